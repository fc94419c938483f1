"""race.py PYTHON [ROUNDS [REPEATS]]: Kelpie's frame engine beside polars, DuckDB, pandas and Arrow's Go reader.

    KELPIE_DATA=$PWD/.kelpie/data python3 analysis/testdata/race/race.py VENV/bin/python

KELPIE_DATA is the folder with the four CSV files; PYTHON one that has polars, duckdb, pandas and
pyarrow (pip install). In each of ROUNDS rounds (5) every contender takes its turn in a process of its
own and does every step REPEATS times (3), so that a busy moment of the machine strikes all alike.
A step takes both activities together. Printed as a Markdown table: the median seconds of Kelpie, and
of each other how many times as long its median is; in brackets the same of the fastest runs.

Steps: read all files, typed, into memory; the same and write the store, against readers that write
nothing; make numbers of the six memory columns with units; the ten most frequent values of each text
column; count, mean, deviation, extremes and exact quartiles of each number column; rows and attack
share of each command; split 80:20, both parts made, and the larger one undersampled.
"""
import json
import os
import platform
import re
import statistics
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(os.path.dirname(HERE)))
STEPS = {"read": "ReadCSV", "read and store": "ReadCSVCached", "repair": "Repair", "top": "TopValues",
         "describe": "Describe", "group": "GroupBy", "train": "TrainingFrame"}
LIBRARIES = ("polars", "duckdb", "pandas")


def benchmark(binary, pattern, repeats):
    """Runs Go benchmarks, one iteration a measurement, and yields (name, seconds) and the process's peak."""
    command = [binary, "-test.run", "^$", "-test.bench", f"^Benchmark({pattern})$", "-test.benchtime", "1x",
               "-test.count", str(repeats)]
    child = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=os.path.join(ROOT, "analysis"))
    text = child.stdout.read()
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        sys.exit(text)
    times = [(n, float(t) / 1e9) for n, t in re.findall(r"^Benchmark(\w+?)(?:-\d+)?\s+1\s+([\d.]+) ns/op", text, re.M)]
    return times, usage.ru_maxrss / 1024


def main(python, rounds=5, repeats=3):
    seconds, peaks = {}, {}

    def note(who, step, value):
        seconds.setdefault(step, {}).setdefault(who, []).append(value)

    with tempfile.TemporaryDirectory() as folder:
        binary = os.path.join(folder, "analysis.test")
        subprocess.run(["go", "test", "-c", "-o", binary, "./analysis"], cwd=ROOT, check=True)
        names = {name: step for step, name in STEPS.items()}
        for _ in range(rounds):
            peaks.setdefault("kelpie", []).append(benchmark(binary, "ReadCSV", 1)[1])
            for name, value in benchmark(binary, "|".join(STEPS.values()), repeats)[0]:
                note("kelpie", names[name], value)
            for _, value in benchmark(binary, "ArrowReadCSV", repeats)[0]:
                note("arrow/csv", "read", value)
            for library in LIBRARIES:
                run = subprocess.run([python, os.path.join(HERE, "steps.py"), library, str(repeats)],
                                     check=True, capture_output=True, text=True)
                for line in run.stdout.splitlines():
                    line = json.loads(line)
                    if "step" in line:
                        note(library, line["step"], line["seconds"])
                    else:
                        peaks.setdefault(library, []).append(line["peak_mb"])

    others = LIBRARIES + ("arrow/csv",)
    print("| step | kelpie, s |", " | ".join(others), "|")
    print("|---|--:|" + "--:|" * len(others))
    for step in STEPS:
        own, row = seconds[step]["kelpie"], []
        rivals = seconds["read" if step == "read and store" else step]
        for who in others:
            theirs = rivals.get(who)
            row.append("-" if not theirs else f"{statistics.median(theirs) / statistics.median(own):.1f}x "
                       f"({min(theirs) / min(own):.1f}x)")
        print(f"| {step} | {statistics.median(own):.3f} ({min(own):.3f}) |", " | ".join(row), "|")
    print(f"| peak memory, reading once, MB | {statistics.median(peaks['kelpie']):.0f} |",
          " | ".join(f"{statistics.median(peaks[w]):.0f}" if w in peaks else "-" for w in others), "|")
    print()
    versions = subprocess.run([python, "-c", "import polars, duckdb, pandas, pyarrow; print(*(f'{m.__name__} {m.__version__}' "
                               "for m in (polars, duckdb, pandas, pyarrow)), sep=', ')"], check=True, capture_output=True, text=True)
    go = subprocess.run(["go", "version"], check=True, capture_output=True, text=True).stdout.split()[2]
    print(f"{os.cpu_count()} cores, {platform.machine()}, {rounds} rounds of {repeats}; {go}, {versions.stdout.strip()}; "
          f"load at the end {os.getloadavg()[0]:.1f}.")


if __name__ == "__main__":
    if len(sys.argv) < 2 or "KELPIE_DATA" not in os.environ:
        sys.exit(__doc__)
    main(sys.argv[1], *map(int, sys.argv[2:4]))
