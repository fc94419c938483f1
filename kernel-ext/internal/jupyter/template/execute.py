# nbconvert reads this as its settings while it executes a notebook. It says which cell runs, and keeps what each cell
# showed, so that a notebook that fails half-way can still be looked at.
import atexit
import json
import os
import sys

running = {}


def keep():
    with open(os.environ["KELPIE_OUTPUTS"], "a", encoding="utf-8") as file:
        for index, cell in running.items():
            outputs = {"cell": index, "execution_count": cell.get("execution_count"), "outputs": cell.get("outputs", [])}
            file.write(json.dumps(outputs) + "\n")
    running.clear()


def started(cell, cell_index):
    running[cell_index] = cell
    print("kelpie: cell", cell_index, file=sys.stderr, flush=True)


def executed(cell, cell_index, execute_reply):
    running[cell_index] = cell
    keep()


# A cell that reached its time limit, or whose kernel died, never counts as executed.
atexit.register(keep)

c = get_config()  # noqa: F821, nbconvert defines it
c.ExecutePreprocessor.on_cell_execute = started
c.ExecutePreprocessor.on_cell_executed = executed
# A port of the loopback is everybody's; this folder is the user's alone.
c.KernelManager.transport = "ipc"
c.KernelManager.ip = os.path.join(os.environ.pop("KELPIE_SOCKETS"), "kernel")
