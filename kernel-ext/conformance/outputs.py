# Outputs as JupyterLab keeps them: the content of each message as it is, with its type. What nbformat does not allow there
# makes the notebook invalid once it is saved. (nbclient picks the fields that it knows, and so notices nothing.)
import os
import sys

import nbformat
from jupyter_client.manager import start_new_kernel
from nbformat.v4 import new_code_cell, new_notebook

NAME = os.environ["KELPIE_KERNEL"]
NB = 'import "github.com/stophacking/kelpie/kernel-ext/nb"\n'
ODD = (
    'import (\n"github.com/janpfeifer/gonb/gonbui"\n"github.com/janpfeifer/gonb/gonbui/protocol"\n)\n%%\n'
    'gonbui.SendData(&protocol.DisplayData{Data: map[protocol.MIMEType]any{"text/plain": 3, "text/html": []float64{1, 2}, "application/json": 3}})\n'
    "gonbui.Sync()"
)
CELLS = [
    "6 * 7",
    NB + '%%\nfmt.Println("out")\nfmt.Fprintln(os.Stderr, "err")\nnb.Markdown("**bold**")\nnb.JSON([]int{1})\nnb.Update("state", 1)',
    ODD,
    '%%\npanic("text \\x1b[31m\\u202e\\x00 end")',
    'var n int = "text"',
    "!false",
    "%nosuch",
    "%%\nfmt.Println(1)\n%%",
    "%vars",
]

manager, client = start_new_kernel(kernel_name=NAME)
try:
    found, cells = [], []
    for code in CELLS:
        outputs = []

        def keep(message):
            kind, content = message["msg_type"], dict(message["content"])
            if kind in ("execute_result", "display_data", "stream", "error"):
                content.pop("transient", None)
                outputs.append(nbformat.from_dict({"output_type": kind, **content}))

        reply = client.execute_interactive(code, output_hook=keep, timeout=60)["content"]
        if not outputs:
            found.append(f"{code!r} shows nothing")
        cells.append(new_code_cell(code, execution_count=reply["execution_count"]))
        cells[-1].outputs = outputs
    # A cell behind an error does not run, and has no number.
    ids = [client.execute(code) for code in ("%%\ntime.Sleep(time.Second)\npanic(1)", "1", "2")]
    replies = {}
    while len(replies) < len(ids):
        message = client.get_shell_msg(timeout=60)
        replies[message["parent_header"]["msg_id"]] = message["content"]
    for id in ids[1:]:
        if replies[id] != {"status": "aborted"}:
            found.append(f"the reply of a cell that did not run is {replies[id]}")
    for cell in cells:
        book = new_notebook()
        book.cells = [cell]
        found += [f"{cell.source!r}: {error.message}" for error in nbformat.validator.iter_validate(book)]
    text = "".join("\n".join(o.traceback) + o.evalue for c in cells for o in c.outputs if o.output_type == "error")
    if any(c in text for c in "\x1b\u202e\x00"):
        found.append(f"an error holds characters that steer the display: {text!r}")
    if found:
        sys.exit("\n".join(found))
finally:
    client.stop_channels()
    manager.shutdown_kernel(now=True)
