# Several notebooks at once through nbclient, each in a kernel of its own, and one through papermill.
import asyncio
import os
import sys

import nbformat
import papermill
from nbclient import NotebookClient
from nbformat.v4 import new_code_cell, new_notebook

NAME = os.environ["KELPIE_KERNEL"]
COUNT = 4


def notebook(number):
    cells = [
        new_code_cell(f"var number = {number}"),
        new_code_cell("%%\nfor i := range 5 {\n\tfmt.Println(number, i)\n\ttime.Sleep(10 * time.Millisecond)\n}"),
        new_code_cell("%%\nfmt.Println(number * number)"),
    ]
    metadata = {"kernelspec": {"name": NAME, "display_name": "Go", "language": "go"}}
    return new_notebook(cells=cells, metadata=metadata)


def text(cell):
    return "".join(o.text for o in cell.outputs if o.output_type == "stream")


def check(nb, number):
    want = "".join(f"{number} {i}\n" for i in range(5))
    got = [text(c) for c in nb.cells[-2:]]
    if got != [want, f"{number * number}\n"]:
        sys.exit(f"notebook {number} showed {got}")


async def main():
    books = [notebook(n) for n in range(1, COUNT + 1)]
    clients = [NotebookClient(nb, timeout=60, kernel_name=NAME) for nb in books]
    await asyncio.gather(*(c.async_execute() for c in clients))
    for n, nb in enumerate(books, 1):
        check(nb, n)


asyncio.run(main())
folder = sys.argv[1]
nbformat.write(notebook(7), os.path.join(folder, "in.ipynb"))
papermill.execute_notebook(os.path.join(folder, "in.ipynb"), os.path.join(folder, "out.ipynb"), progress_bar=False, log_output=False)
check(nbformat.read(os.path.join(folder, "out.ipynb"), as_version=4), 7)
