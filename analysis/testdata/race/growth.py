"""growth.py FOLDER [SCALES] [ROUNDS]: what more rows cost the frame engine.

    python3 analysis/testdata/race/growth.py FOLDER 1,2,4,8 3

Makes synthetic data of each scale (a multiple of 3.9 million rows) in a folder below FOLDER, unless it
is there, and does five steps with both activities, each in a process of its own, as a cell would:
read all files and cache them; repair the memory columns and cache them; describe every number column
with exact quartiles; rows and attack share of each command; split and undersample to a training frame
and cache it. The steps after reading start from cached frames. Printed as a Markdown table, a cell for
each scale, the least of ROUNDS (3): seconds; the seconds that processors were busy, which other work on
the machine disturbs less; the most that Go's heap has taken; and the peak resident memory, of which
files that are mapped are a part.

Time should grow as the rows do, the heap should not: what is read or kept lies in mapped files, what is
computed to be kept in memory outside of the heap until it is. That a row is chosen takes a bit of it.
Scale 8 takes 2 GB of disk for the data and 4 GB for the store, which is removed at the end.
"""
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(os.path.dirname(HERE)))
STEPS = {"read": "read and cache", "repair": "repair and cache", "describe": "describe", "group": "group by",
         "train": "training frame, cached"}


def measure(binary, step, data, store):
    """Does a step and returns its rows, its seconds, those of all processors, and heap and peak memory in MB."""
    environment = dict(os.environ, KELPIE_TEST_CHILD="growth", KELPIE_STEP=step, KELPIE_DATA=data, KELPIE_CACHE=store)
    child = subprocess.Popen([binary], stdout=subprocess.PIPE, text=True, env=environment)
    text = child.stdout.read()
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        sys.exit(f"{step}: {text}")
    rows, seconds, heap = text.split()
    unit = 1 << 20 if sys.platform == "darwin" else 1 << 10
    return int(rows), float(seconds), usage.ru_utime + usage.ru_stime, int(heap), usage.ru_maxrss // unit


def main(folder, scales="1,2,4,8", rounds="3"):
    scales, table = scales.split(","), {step: [] for step in STEPS}
    counted = []
    with tempfile.TemporaryDirectory() as built:
        binary = os.path.join(built, "analysis.test")
        subprocess.run(["go", "test", "-c", "-o", binary, "./analysis"], cwd=ROOT, check=True)
        for scale in scales:
            data = os.path.join(folder, scale)
            if not os.path.isfile(os.path.join(data, "synthetic.json")):
                subprocess.run(["go", "run", "./kernel-ext", "data", "--out", data, "--scale", scale], cwd=ROOT, check=True)
                time.sleep(3)  # what was made of files younger than 2 s is not kept
            best = {}
            for _ in range(int(rounds)):
                store = tempfile.mkdtemp(prefix="store-", dir=folder)
                for step in STEPS:
                    rows, *cost = measure(binary, step, data, store)
                    best[step] = [min(pair) for pair in zip(best.get(step, cost), cost)]
                shutil.rmtree(store)
            counted.append(f"{rows:,} rows")
            for step, (seconds, busy, heap, peak) in best.items():
                table[step].append(f"{seconds:.2f} s, {busy:.2f} s, {heap} MB, {peak} MB")
    print("| seconds, processor seconds, heap, peak |", " | ".join(counted), "|")
    print("|---|" + "--:|" * len(counted))
    for step, cells in table.items():
        print(f"| {STEPS[step]} |", " | ".join(cells), "|")
    print()
    go = subprocess.run(["go", "version"], check=True, capture_output=True, text=True).stdout.split()[2]
    print(f"{os.cpu_count()} cores, {platform.machine()}, the least of {rounds} rounds; {go}; load at the end {os.getloadavg()[0]:.1f}.")


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    main(*sys.argv[1:4])
