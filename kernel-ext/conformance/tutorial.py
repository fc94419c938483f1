# GoNB's tutorial, unchanged, in stock GoNB and in ours: every cell has to end the same way and to show the same.
#
#     tutorial.py FOLDER     with KELPIE_TUTORIAL, the notebook in GoNB's module, and KELPIE_KERNEL
import asyncio
import json
import os
import re
import subprocess
import sys

import nbformat
from jupyter_client.kernelspec import get_kernel_spec
from nbclient import NotebookClient

folder, tutorial = os.path.abspath(sys.argv[1]), os.environ["KELPIE_TUTORIAL"]
ours = get_kernel_spec(os.environ["KELPIE_KERNEL"])
gonb = next(a for a in ours.argv if os.path.basename(a) == "gonb")
workspace = next(a for a in ours.argv if a.startswith("-go_work="))

# What cells import, pinned. The cells that draw with margaid and gofract fail in both kernels: one fetches
# margaid itself, which kernels without a network refuse.
MODULES = [
    "github.com/MetalBlueberry/go-plotly@v0.7.0",
    "github.com/ajstarks/svgo@v0.0.0-20211024235047-1546f124cd8b",
    "github.com/schollz/progressbar/v3@v3.14.1",
    "github.com/stretchr/testify@v1.10.0",
]
modules = os.path.join(folder, "modules")
os.mkdir(modules)
with open(os.path.join(modules, "go.mod"), "w") as f:
    f.write("module tutorial\n\ngo 1.26\n")
subprocess.run(["go", "get", *MODULES], cwd=modules, env={**os.environ, "GOWORK": "off", "GOFLAGS": ""}, check=True, capture_output=True)

# The last cells want GoNB's sources in ~/Projects.
home = os.path.join(folder, "home")
os.makedirs(os.path.join(home, "Projects"))
os.symlink(os.path.dirname(os.path.dirname(tutorial)), os.path.join(home, "Projects", "gonb"))


def kernel(name, argv):
    spec, work = os.path.join(folder, "kernels", name), os.path.join(folder, name)
    os.makedirs(spec)
    os.mkdir(work)
    kept = {v: subprocess.check_output(["go", "env", v], text=True).strip() for v in ("GOCACHE", "GOMODCACHE")}
    with open(os.path.join(spec, "kernel.json"), "w") as f:
        json.dump({
            "argv": [a + "," + modules if a == workspace else a for a in argv],
            "display_name": name, "language": "go", "interrupt_mode": "message",
            "env": {**ours.env, **kept, "HOME": home, "TMPDIR": work},
        }, f)


kernel("stock", [gonb, "--kernel", "{connection_file}", "-raw_error=true", "-logtostderr=false", "-stderrthreshold=3", workspace])
kernel("kelpie", ours.argv)
os.environ["JUPYTER_PATH"] = folder


def words(text):
    # Without what differs from run to run: numbers, names of folders, lines overwritten, colours.
    text = re.sub(r"\x1b\[[0-9;]*[A-Za-z]", "", text)
    text = re.sub(r"[^\n]*\r(?!\n)", "", text)
    text = re.sub(r"/\S*|gonb_[0-9a-f]+", "PATH", text)
    return re.sub(r"[-+]?[0-9][0-9a-fxe.+-]*", "N", text).strip()


def shape(cell):
    # How a cell ended, all that it printed, and the kinds of what it displayed.
    failed = [o.evalue for o in cell.outputs if o.output_type == "error"]
    printed = words("".join(o.text for o in cell.outputs if o.output_type == "stream" and o.name == "stdout"))
    shown = [sorted(o.data) for o in cell.outputs if "data" in o]
    return failed, printed, shown


async def execute(name):
    book = nbformat.read(tutorial, as_version=4)
    await NotebookClient(book, timeout=300, kernel_name=name, allow_errors=True).async_execute(cwd=folder)
    return [(c.source, *shape(c)) for c in book.cells if c.cell_type == "code"]


# What a listing holds depends on the folder.
LISTS = re.compile(r"ls -l|cat go\.mod")
# A failing shell line fails the cell in ours alone.
SHELL = re.compile(r"^!", re.M)


async def main():
    stock, kelpie = await asyncio.gather(execute("stock"), execute("kelpie"))
    wrong, said = [], []
    for i, ((source, *a), (_, *b)) in enumerate(zip(stock, kelpie)):
        if b[0] and not a[0] and SHELL.search(source):
            said.append(i)
        elif bool(a[0]) != bool(b[0]) or a[2] != b[2] or a[1] != b[1] and not LISTS.search(source):
            wrong.append(f"code cell {i}: {source.strip()[:60]!r}\n  stock  {a}\n  kelpie {b}")
    failed = [i for i, cell in enumerate(stock) if cell[1]]
    print(f"{len(kelpie)} code cells; fail in both: {failed}; failing shell lines that only ours reports: {said}")
    if wrong:
        sys.exit("\n".join(wrong))


asyncio.run(main())
