# Notebooks through nbconvert as a continuous build calls it: each that goes wrong ends it with an error, which says where,
# once, in its log, in the notebook and on the page alike; and one that goes well is the same text twice.
import difflib
import html
import multiprocessing
import os
import re
import sys
import tempfile
import traceback

import nbformat
from nbconvert.nbconvertapp import NbConvertApp
from nbformat.v4 import new_code_cell, new_notebook

NAME = os.environ["KELPIE_KERNEL"]
FOLDER = sys.argv[1]
NB = 'import "github.com/stophacking/kelpie/kernel-ext/nb"\n'

# By name: the cell, the first line of the error, and the line of the cell that it names, 0 where there is none to name.
FAILURES = {
    "shell": ("!false", "exit status 1", 1),
    "bash": ("%%bash\necho before\nexit 9", "exit status 9", 1),
    "script": ("%%script nosuchprogram\nx", "exit status 127: command not found", 1),
    "magic": ("%nosuch", "there is no magic %nosuch", 1),
    "panic": ('%%\nvar m map[string]int\nm["a"] = 1', "panic: assignment to entry in nil map", 3),
    "exit": ("%%\nos.Exit(3)", "exit status 3: the program ended itself, by os.Exit or log.Fatal", 2),
    "fatal": ('%%\nlog.Fatal("no")', "exit status 1: the program ended itself, by os.Exit or log.Fatal", 2),
    "build": ('%%\nvar n int = "text"', 'cannot use "text" (untyped string constant) as int value in variable declaration', 2),
    "second": ("%%\nfmt.Println(1)\n%%", "a second %%: line 1 has %% already, and a cell has one main", 3),
    "input": ("%%\nvar s string\nfmt.Scanln(&s)", "the cell reads standard input, and this front end cannot ask for any", 3),
    "lost": (NB + "%%\nos.Stdout.Close()\nnb.Markdown(`x`)", "nb: a display is lost, because the cell's standard output broke: write /dev/stdout: file already closed", 4),
    "metadata": (
        'import (\n"math"\n"github.com/janpfeifer/gonb/gonbui"\n"github.com/janpfeifer/gonb/gonbui/protocol"\n)\n%%\n'
        'gonbui.SendData(&protocol.DisplayData{Data: map[protocol.MIMEType]any{"text/plain": "x"}, '
        'Metadata: map[string]any{"k": math.NaN()}})\ngonbui.Sync()',
        "a display cannot be encoded, and is lost: json: unsupported value: NaN",
        0,
    ),
}

# Three cells that go well or not, but the same each time. Standard error comes by a way of its own: its place among
# displays is not always the same, and so is not tried here.
MIXED = NB + """
%%
for i := range 30 {
	fmt.Println("line", i, "größe")
	if i%3 == 0 {
		nb.Markdown(fmt.Sprint("**", i, "**"))
	}
	nb.Update("state", i)
}
"""
PROGRESS = NB + """%%
for i := range int64(201) {
	nb.Progress("work", i, 200)
	time.Sleep(time.Millisecond)
}
fmt.Println("after")
"""
PANIC = NB + '%%\nfor i := range 2000 {\n\tfmt.Println(i)\n}\nnb.Markdown("last")\npanic("end")'


def write(name, *cells):
    metadata = {"kernelspec": {"name": NAME, "display_name": "Go", "language": "go"}}
    book = new_notebook(cells=[new_code_cell(c, id=f"c{i}") for i, c in enumerate(cells)], metadata=metadata)
    nbformat.write(book, os.path.join(FOLDER, name + ".ipynb"))


def nbconvert(*args):
    """Runs nbconvert in a copy of this process, which has it loaded; returns its exit status and its log."""
    with tempfile.TemporaryFile("w+", encoding="utf-8") as log:
        child = os.fork()
        if child == 0:
            os.chdir(FOLDER)
            os.dup2(log.fileno(), 2)
            try:
                app = NbConvertApp()
                app.initialize(["--log-level=ERROR", "--ExecutePreprocessor.record_timing=False", "--ExecutePreprocessor.timeout=60", *args])
                app.start()
                os._exit(0)
            except SystemExit as ended:
                os._exit(ended.code if isinstance(ended.code, int) else 1)
            except BaseException:
                traceback.print_exc()
                os._exit(1)
        _, status = os.waitpid(child, 0)
        log.seek(0)
        return os.waitstatus_to_exitcode(status), log.read()


def execute(name):
    """Runs a notebook and what is asked of it after that; returns nbconvert's exit status and log."""
    status, log = nbconvert("--to", "notebook", "--execute", "--inplace", *OPTIONS.get(name, []), name + ".ipynb")
    if name == "all" and status == 0:
        status, log = nbconvert("--to", "html", "all.ipynb")
    if name in TWICE and status == 0:
        status, log = nbconvert("--to", "notebook", "--coalesce-streams", "--inplace", name + ".ipynb")
    return status, log


def read(name):
    with open(os.path.join(FOLDER, name), encoding="utf-8") as file:
        return file.read()


def failure(name, status, log, book, page):
    """What is wrong about how a failing cell was reported: alone in a notebook, and as one of all."""
    code, message, line = FAILURES[name]
    if status == 0:
        return f"{name}: nbconvert was content"
    # What nbclient prints begins with the source of the cell.
    log = log[log.rfind("CellExecutionError") :].split(code, 1)[-1]
    cell = list(FAILURES).index(name)
    errors = [o for o in book.cells[cell].outputs if o.output_type == "error"]
    if len(errors) != 1:
        return f"{name}: {len(errors)} errors"
    text = "\n".join(errors[0].traceback)
    shown = page.split(f"In\xa0[{cell + 1}]:")[1].split("In\xa0[")[0]
    # The same text everywhere, but for the number of the cell; the page and the log show the source too.
    where = f", line {line}" if line else ""
    for place, said, number in (("log", log, 2), ("notebook", text, cell + 1), ("page", shown, cell + 1)):
        want = text.replace(f"cell [{cell + 1}]", f"cell [{number}]")
        if said.count(message) != 1 or want not in said or f"cell [{number}]{where}" not in said:
            return f"{name}: the {place} says {said[-2000:]}; want {message!r} once, and cell [{number}]{where}"
    return None


def settled(name):
    """A notebook's text, without the outputs that say themselves that they differ from run to run."""
    book = nbformat.read(os.path.join(FOLDER, name + ".ipynb"), as_version=4)
    volatile = 0
    for cell in book.cells:
        for output in cell.outputs:
            if output.get("metadata", {}).get("kelpie.volatile"):
                output.data = {}
                volatile += 1
    if volatile != 1:
        sys.exit(f"{name}: {volatile} volatile outputs, want the progress line alone")
    return nbformat.writes(book)


TWICE = ["first", "second-run"]
OPTIONS = {name: ["--allow-errors"] for name in ["all", *TWICE]}
write("all", *[code for code, _, _ in FAILURES.values()])
for name, (code, _, _) in FAILURES.items():
    write(name, "%%\nfmt.Println(1)", code)
for name in TWICE:
    write(name, MIXED, PROGRESS, PANIC)
names = [*OPTIONS, *FAILURES]
with multiprocessing.get_context("fork").Pool(4) as pool:
    results = dict(zip(names, pool.map(execute, names, chunksize=1)))
for name in OPTIONS:
    if results[name][0]:
        sys.exit(f"{name}: {results[name][1]}")
book = nbformat.read(os.path.join(FOLDER, "all.ipynb"), as_version=4)
page = html.unescape(re.sub(r"<[^>]*>", "", read("all.html")))
found = [failure(name, *results[name], book, page) for name in FAILURES]
runs = [settled(name) for name in TWICE]
if runs[0] != runs[1]:
    found.append("two runs differ:\n" + "\n".join(difflib.unified_diff(*[run.splitlines() for run in runs], lineterm="")))
if any(found):
    sys.exit("\n".join(f for f in found if f))
