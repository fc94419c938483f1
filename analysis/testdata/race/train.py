"""The race of the trainers: Kelpie beside LightGBM, XGBoost and scikit-learn on one matrix.

    python train.py build DATA RACE             write the matrix from the memory files in DATA
    python train.py race RACE [ROUNDS]          run all in turns and print the tables
    python train.py frames [ROUNDS]             Spark's boosted trees from the frame, encoding included
    python train.py growth RACE [ROUNDS]        more rows, columns, bins and threads

RACE is a folder: race_X.f32 and race_y.f32 are the features and labels as little-endian float32, row by
row, and race.json says their shape; the first n_train rows train, the others test. python is one that has
polars, lightgbm, xgboost, scikit-learn and numpy (pip install); go must be on the PATH.

In each of ROUNDS rounds (3) every contender takes its turn in a process of its own, with two threads. Times
are of training with everything that comes before it but reading the file: binning, or nothing. Printed for
each: the median and the least of the seconds passed and of the processor seconds, memory at its peak beyond
the matrix (of Kelpie: all it ever asked for, which is more), the area under the ROC curve of the test rows,
and how many times as long as Kelpie it takes. Seconds passed mean little on a busy machine, above all for
OpenMP's threads, which wait for each other in a loop unless OMP_WAIT_POLICY is passive: LightGBM runs with both.

Boosting is 100 trees of 31 leaves at rate 0.1 and the library's other defaults; "categorical" is Kelpie with
the commands as one column, where the matrix has one column a command. A tree has depth 5, a forest 20 of them.

"frames" needs the CSV files' folder in KELPIE_DATA. From the frame in memory to the model, 20 trees of depth 5, on
a fifth of the attacks and twice as many other rows of the training part, and on all attacks and twice as many others.
"""
import json
import os
import re
import resource
import statistics
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(os.path.dirname(HERE)))
THREADS = 2
BOOSTING = {"TrainGBT": "kelpie", "TrainGBTCategorical": "kelpie categorical"}
GROUPS = [(BOOSTING, ["lightgbm", "lightgbm passive", "xgboost", "sklearn boosting"]),
          ({"TrainForest": "kelpie forest"}, ["sklearn forest"]),
          ({"TrainTree": "kelpie tree"}, ["sklearn tree"])]


def build(data, race):
    """Top 50 commands one-hot, one column for the others, then the nine numbers; a fifth of the rows tests."""
    import numpy as np
    import polars as pl
    frame = pl.concat([pl.read_csv(os.path.join(data, f"linux_memory_{k}.csv"), infer_schema_length=0) for k in (1, 2)])
    numbers = [c for c in frame.columns if c not in ("ts", "CMD", "attack", "type")]

    def number(c):
        text = pl.col(c).str.replace_all(" ", "", literal=True)
        unit = pl.when(text.str.ends_with("K")).then(1e3).when(text.str.ends_with("M")).then(1e6).otherwise(1.0)
        return (text.str.strip_chars_end("KM").cast(pl.Float64) * unit).cast(pl.Float32)
    test = np.random.default_rng(1).random(frame.height) < 0.2
    counts = frame.filter(pl.Series(~test))["CMD"].value_counts(sort=True)
    top = sorted(counts["CMD"].to_list()[:50])
    x = frame.select([(pl.col("CMD") == c).cast(pl.Float32).alias("CMD_" + c) for c in top] +
                     [(~pl.col("CMD").is_in(top)).cast(pl.Float32).alias("CMD_other")] + [number(c) for c in numbers])
    y = frame["attack"].cast(pl.Float32).to_numpy()
    os.makedirs(race, exist_ok=True)
    order = np.concatenate([np.flatnonzero(~test), np.flatnonzero(test)])
    np.ascontiguousarray(x.to_numpy(), dtype=np.float32)[order].tofile(os.path.join(race, "race_X.f32"))
    y[order].tofile(os.path.join(race, "race_y.f32"))
    with open(os.path.join(race, "race.json"), "w") as out:
        json.dump({"rows": frame.height, "features": x.width, "n_train": int((~test).sum()), "columns": x.columns}, out, indent=1)


def usage():
    r = resource.getrusage(resource.RUSAGE_SELF)
    return r.ru_utime + r.ru_stime, r.ru_maxrss / 1024


def one(name, race):
    """One contender's turn: one line of JSON."""
    import numpy as np
    with open(os.path.join(race, "race.json")) as f:
        about = json.load(f)
    x = np.fromfile(os.path.join(race, "race_X.f32"), np.float32).reshape(about["rows"], -1)
    y = np.fromfile(os.path.join(race, "race_y.f32"), np.float32)
    n = about["n_train"]
    if name.startswith("lightgbm"):
        import lightgbm as lib
        settings = {"objective": "binary", "num_leaves": 31, "learning_rate": 0.1, "num_threads": THREADS, "force_row_wise": True, "verbose": -1}

        def run():
            return lib.train(settings, lib.Dataset(x[:n], label=y[:n], params=settings), num_boost_round=100).predict
    elif name == "xgboost":
        import xgboost as lib
        settings = {"objective": "binary:logistic", "tree_method": "hist", "grow_policy": "lossguide", "max_leaves": 31,
                    "max_depth": 0, "learning_rate": 0.1, "nthread": THREADS}

        def run():
            model = lib.train(settings, lib.QuantileDMatrix(x[:n], label=y[:n], nthread=THREADS), num_boost_round=100)
            return model.inplace_predict
    else:
        import sklearn.ensemble as ensemble
        import sklearn.tree as trees
        model = {"sklearn boosting": lambda: ensemble.HistGradientBoostingClassifier(max_iter=100, max_leaf_nodes=31, learning_rate=0.1, early_stopping=False),
                 "sklearn forest": lambda: ensemble.RandomForestClassifier(20, max_depth=5, n_jobs=THREADS),
                 "sklearn tree": lambda: trees.DecisionTreeClassifier(max_depth=5)}[name]()

        def run():
            model.fit(x[:n], y[:n])
            return lambda z: model.predict_proba(z)[:, 1]
    cpu, held = usage()
    began = time.perf_counter()
    predict = run()
    passed, (cpu_after, peak) = time.perf_counter() - began, usage()
    from sklearn.metrics import roc_auc_score
    print(json.dumps({"seconds": passed, "cpu": cpu_after - cpu, "mb": peak - held, "auc": roc_auc_score(y[n:], predict(x[n:]))}))


def turn(name, race):
    policy = "passive" if name.endswith("passive") else "active"
    environment = dict(os.environ, OMP_NUM_THREADS=str(THREADS), OMP_WAIT_POLICY=policy)
    run = subprocess.run([sys.executable, os.path.abspath(__file__), "one", name, race], env=environment, check=True, capture_output=True, text=True)
    return json.loads(run.stdout.splitlines()[-1])


def kelpie(binary, benchmark, race):
    environment = dict(os.environ, KELPIE_RACE=os.path.abspath(race), GOMAXPROCS=str(THREADS))
    run = subprocess.run([binary, "-test.run", "^$", "-test.bench", f"^Benchmark{benchmark}$", "-test.benchtime", "1x"],
                         env=environment, check=True, capture_output=True, text=True)
    line = next(line for line in run.stdout.splitlines() if line.startswith("Benchmark"))
    value = {unit: float(number) for number, unit in re.findall(r"([\d.e+-]+) (\S+)", line)}
    return {"seconds": value["ns/op"] / 1e9, "cpu": value["cpu-s"], "mb": value["MB-beyond"], "auc": value["AUC"]}


def encoded(activity, rows):
    """LightGBM from the frame in memory to the model: commands and other text one-hot, 20 trees of depth 5."""
    import lightgbm as lib
    import numpy as np
    import polars as pl
    import steps
    frames = steps.Polars()
    frame = frames.read(activity)
    if activity == "memory":
        frame = frames.repair(frame)
    attack = frame["attack"].to_numpy()
    if rows == "rebalanced":
        train = np.flatnonzero(steps.uniform(len(attack), 1) >= 0.2)
        chosen = train[steps.rebalance(attack[train])]
    else:
        hit, miss = np.flatnonzero(attack == 1), np.flatnonzero(attack == 0)
        want = min(2 * len(hit), len(miss))
        chosen = np.sort(np.concatenate([hit, miss[np.argpartition(steps.uniform(len(miss), 3), want - 1)[:want]]]))
    frame = frame[chosen]
    settings = {"objective": "binary", "learning_rate": 0.1, "num_leaves": 32, "max_depth": 5, "num_threads": THREADS, "verbose": -1}
    numbers = [c for c in steps.numbers(activity) if c != "ts"]
    cpu, held = usage()
    began = time.perf_counter()
    columns = []
    for c in steps.TEXT[activity]:
        values = frame[c].value_counts(sort=True)[c].to_list()[:50 if c == "CMD" else None]
        columns += [(pl.col(c) == v).cast(pl.Float32).alias(f"{c}_{v}") for v in values]
        if c == "CMD":
            columns.append((~pl.col(c).is_in(values)).cast(pl.Float32).alias("CMD_other"))
    x = frame.lazy().select(columns + [pl.col(c).cast(pl.Float32) for c in numbers]).collect().to_numpy()
    lib.train(settings, lib.Dataset(x, label=frame["attack"].to_numpy()), num_boost_round=20)
    passed, (cpu_after, _) = time.perf_counter() - began, usage()
    print(json.dumps({"seconds": passed, "cpu": cpu_after - cpu, "rows": frame.height}))


def frames(rounds=3):
    """Spark's boosted trees from the frame, beside LightGBM with its encoding."""
    results = {}
    with tempfile.TemporaryDirectory() as folder:
        binary = os.path.join(folder, "ml.test")
        subprocess.run(["go", "test", "-c", "-o", binary, "./analysis/ml"], cwd=ROOT, check=True)
        for _ in range(rounds):
            for rows, benchmark in (("rebalanced", "TrainRebalanced"), ("all attacks", "TrainAllAttacks")):
                for activity in ("process", "memory"):
                    run = subprocess.run([binary, "-test.run", "^$", "-test.bench", f"^Benchmark{benchmark}$/^{activity}$", "-test.benchtime", "3x"],
                                         env=dict(os.environ, GOMAXPROCS=str(THREADS)), check=True, capture_output=True, text=True)
                    line = next(line for line in run.stdout.splitlines() if line.startswith("Benchmark") and "ns/op" in line)
                    value = {unit: float(number) for number, unit in re.findall(r"([\d.e+-]+) (\S+)", line)}
                    count = f"{value['rows']:,.0f}"
                    results.setdefault((rows, activity, count), {}).setdefault("kelpie", []).append(value["ns/op"] / 1e9)
                    for policy in ("active", "passive"):
                        environment = dict(os.environ, OMP_NUM_THREADS=str(THREADS), OMP_WAIT_POLICY=policy)
                        run = subprocess.run([sys.executable, os.path.abspath(__file__), "encoded", activity, rows], env=environment,
                                             check=True, capture_output=True, text=True)
                        results[rows, activity, count].setdefault(policy, []).append(json.loads(run.stdout.splitlines()[-1])["seconds"])
    print("\n| training rows | kelpie, s | lightgbm | lightgbm passive |\n|---|--:|--:|--:|")
    for (rows, activity, count), by in results.items():
        own = by["kelpie"]
        cells = [f"{statistics.median(by[p]) / statistics.median(own):.1f}x ({min(by[p]) / min(own):.1f}x)" for p in ("active", "passive")]
        print(f"| {activity}, {rows}, {count} | {statistics.median(own):.2f} ({min(own):.2f}) |", " | ".join(cells), "|")


def growth(race, rounds=2):
    """How the time of training grows."""
    best = {}
    with tempfile.TemporaryDirectory() as folder:
        binary = os.path.join(folder, "tree.test")
        subprocess.run(["go", "test", "-c", "-o", binary, "./analysis/internal/tree"], cwd=ROOT, check=True)
        for _ in range(rounds):
            run = subprocess.run([binary, "-test.run", "^$", "-test.bench", "^BenchmarkTrainGrowth$", "-test.benchtime", "1x"],
                                 env=dict(os.environ, KELPIE_RACE=os.path.abspath(race)), check=True, capture_output=True, text=True)
            for what, n, seconds, cpu in re.findall(r"TrainGrowth/(\w+)=(\d+)\S*\s+1\s+([\d.]+) ns/op\s+([\d.]+) cpu-s", run.stdout):
                cost = (float(seconds) / 1e9, float(cpu))
                best.setdefault(what, {})[int(n)] = min(best.get(what, {}).get(int(n), cost), cost)
    for what, cells in best.items():
        print(f"\n| {what} |", " | ".join(f"{n:,}" for n in cells), "|\n|---|" + "--:|" * len(cells))
        print("| seconds |", " | ".join(f"{s:.2f}" for s, _ in cells.values()), "|")
        print("| processor seconds |", " | ".join(f"{c:.2f}" for _, c in cells.values()), "|")


def main(race, rounds=3):
    results = {}
    with tempfile.TemporaryDirectory() as folder:
        binary = os.path.join(folder, "tree.test")
        subprocess.run(["go", "test", "-c", "-o", binary, "./analysis/internal/tree"], cwd=ROOT, check=True)
        for number in range(rounds):
            for ours, theirs in GROUPS:
                for benchmark, name in ours.items():
                    results.setdefault(name, []).append(kelpie(binary, benchmark, race))
                for name in theirs:
                    results.setdefault(name, []).append(turn(name, race))
            print(f"round {number + 1} of {rounds}, load {os.getloadavg()[0]:.1f}", file=sys.stderr)
    for ours, theirs in GROUPS:
        names = list(ours.values()) + theirs
        base = results[names[0]]
        print("\n| trainer | seconds | times | processor seconds | times | MB | AUC |\n|---|--:|--:|--:|--:|--:|--:|")
        for name in names:
            row = [name]
            for key in ("seconds", "cpu"):
                all_, own = [[r[key] for r in rs] for rs in (results[name], base)]
                row.append(f"{statistics.median(all_):.2f} ({min(all_):.2f})")
                row.append(f"{statistics.median(all_) / statistics.median(own):.2f} ({min(all_) / min(own):.2f})")
            row += [f"{max(r['mb'] for r in results[name]):.0f}", f"{results[name][-1]['auc']:.4f}"]
            print("|", " | ".join(row), "|")


if __name__ == "__main__":
    command, rest = sys.argv[1], sys.argv[2:]
    if command == "race":
        main(rest[0], *map(int, rest[1:]))
    else:
        {"build": build, "one": one, "encoded": encoded, "frames": frames, "growth": growth}[command](
            *(int(r) if r.isdigit() else r for r in rest))
