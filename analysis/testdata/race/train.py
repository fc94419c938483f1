"""The race of the trainers: Kelpie beside LightGBM, XGBoost and scikit-learn on one matrix.

    python train.py build DATA RACE             write the matrix from the memory files in DATA
    python train.py race RACE [ROUNDS]          run all in turns and print the tables
    python train.py frames [ROUNDS [spark]]     Spark's classifiers from the frame, encoding included; beside Spark itself
    python train.py growth RACE [ROUNDS]        more rows, columns, bins and threads

RACE is a folder: race_X.f32 and race_y.f32 are the features and labels as little-endian float32, row by
row, and race.json says their shape; the first n_train rows train, the others test. python is one that has
polars, lightgbm, xgboost, scikit-learn and numpy (pip install), and for "spark" pyspark 4.1 with Java 17; go must be on
the PATH.

In each of ROUNDS rounds (3) every contender takes its turn in a process of its own, with two threads. Times
are of training with everything that comes before it but reading the file: binning, or nothing. Printed for
each: the median and the least of the seconds passed and of the processor seconds, memory at its peak beyond
the matrix (of Kelpie: all it ever asked for, which is more), the area under the ROC curve of the test rows,
and how many times as long as Kelpie it takes. Seconds passed mean little on a busy machine, above all for
OpenMP's threads, which wait for each other in a loop unless OMP_WAIT_POLICY is passive: LightGBM runs with both.

Boosting is 100 trees of 31 leaves at rate 0.1 and the library's other defaults; "categorical" is Kelpie with
the commands as one column, where the matrix has one column a command. A tree has depth 5, a forest 20 of them.

"frames" needs the CSV files' folder in KELPIE_DATA. From the frame in memory to the model, all on the rows that Kelpie's
benchmark draws of four fifths of the data and hands over: a fifth of the attacks and twice as many other rows, and all
attacks and twice as many others. Boosting is 20 trees of depth 5, a tree has depth 5, a forest 20 of them. The area under the
ROC curve of the other fifth is computed alike for all, of their probabilities. "unmerged" is Kelpie with sibling leaves of
one class kept apart, as scikit-learn has them and Spark has not. Forests are random: forests.py compares many. Spark
takes minutes, its time does not count starting and a first training on 5000 rows.
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


def read(race):
    """The matrix, its labels, and how many of its rows train."""
    import numpy as np
    with open(os.path.join(race, "race.json")) as f:
        about = json.load(f)
    x = np.fromfile(os.path.join(race, "race_X.f32"), np.float32).reshape(about["rows"], -1)
    return x, np.fromfile(os.path.join(race, "race_y.f32"), np.float32), about["n_train"]


def one(name, race):
    """One contender's turn: one line of JSON."""
    x, y, n = read(race)
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


def turn(name, folder, command="one"):
    policy = "passive" if name.endswith("passive") else "active"
    environment = dict(os.environ, OMP_NUM_THREADS=str(THREADS), OMP_WAIT_POLICY=policy)
    run = subprocess.run([sys.executable, os.path.abspath(__file__), command, name, folder], env=environment, check=True, stdout=subprocess.PIPE, text=True)
    return json.loads(run.stdout.splitlines()[-1])


def measured(line):
    """The numbers of a benchmark's line by unit."""
    return {unit: float(number) for number, unit in re.findall(r"([\d.e+-]+) (\S+)", line)}


def kelpie(binary, benchmark, race):
    environment = dict(os.environ, KELPIE_RACE=os.path.abspath(race), GOMAXPROCS=str(THREADS))
    run = subprocess.run([binary, "-test.run", "^$", "-test.bench", f"^Benchmark{benchmark}$", "-test.benchtime", "1x"],
                         env=environment, check=True, capture_output=True, text=True)
    line = next(line for line in run.stdout.splitlines() if line.startswith("Benchmark"))
    value = measured(line)
    return {"seconds": value["ns/op"] / 1e9, "cpu": value["cpu-s"], "mb": value["MB-beyond"], "auc": value["AUC"]}


def handed(folder, name):
    """Rows that the benchmark wrote, as polars has them, texts plain."""
    import polars as pl
    frame = pl.read_ipc(os.path.join(folder, name + ".arrow"))
    return frame.with_columns(pl.col(c).cast(pl.String) for c, kind in frame.schema.items() if kind == pl.Categorical)


def area(rows):
    """The exact area under the ROC curve of rows with attack and probability."""
    from sklearn.metrics import roc_auc_score
    return roc_auc_score(rows["attack"].to_numpy(), rows["probability"].to_numpy())


def encoder(train):
    """What turns rows into a matrix of numbers: texts one-hot by polars, of CMD the 50 that train has most of."""
    import polars as pl
    texts = [c for c, kind in train.schema.items() if kind == pl.String]
    numbers = [c for c in train.columns if c not in texts and c != "attack"]

    def encode(frame):
        columns = []
        for c in texts:
            values = train[c].value_counts(sort=True)[c].to_list()[:50 if c == "CMD" else None]
            columns += [(pl.col(c) == v).cast(pl.Float32).alias(f"{c}_{v}") for v in values]
            if c == "CMD":
                columns.append((~pl.col(c).is_in(values)).cast(pl.Float32).alias("CMD_other"))
        return frame.lazy().select(columns + [pl.col(c).cast(pl.Float32) for c in numbers]).collect().to_numpy()
    return encode


def polars(name, folder):
    """LightGBM or scikit-learn from the frame in memory to the model."""
    import lightgbm as lib
    import numpy as np
    import polars as pl
    import sklearn.ensemble as ensemble
    import sklearn.tree as trees
    train, test = handed(folder, "train"), handed(folder, "test")
    encode = encoder(train)

    def boosted(x, y):
        settings = {"objective": "binary", "learning_rate": 0.1, "num_leaves": 32, "max_depth": 5, "num_threads": THREADS, "verbose": -1}
        return lib.train(settings, lib.Dataset(x, label=y), num_boost_round=20).predict

    trainers = {"boosted": boosted} if name.startswith("lightgbm") else {
        "tree": lambda x, y: trees.DecisionTreeClassifier(max_depth=5, random_state=0).fit(x, y).predict_proba,
        "forest": lambda x, y: ensemble.RandomForestClassifier(20, max_depth=5, n_jobs=THREADS, random_state=0).fit(x, y).predict_proba}
    results = {}
    for kind, fit in trainers.items():
        began = time.perf_counter()
        predict = fit(encode(train), train["attack"].to_numpy())
        passed = time.perf_counter() - began
        p = predict(encode(test))
        results[kind] = {"seconds": passed, "auc": area(test.select("attack", probability=pl.Series(p if p.ndim == 1 else np.ascontiguousarray(p[:, 1]))))}
    return results


def spark(folder, seeds=0):
    """Spark in this machine's two threads: from the cached frame to the model, after it has trained on a few rows.

    With seeds: forests of that many, and no others. The pipeline is the benchmark's but for the scaler, which trees do not need: the CMD's top 50 texts and one for the
    others, indexes, one-hot, a vector.
    """
    import polars as pl
    from pyspark.ml import Pipeline
    from pyspark.ml.classification import DecisionTreeClassifier, GBTClassifier, RandomForestClassifier
    from pyspark.ml.feature import OneHotEncoder, StringIndexer, VectorAssembler
    from pyspark.ml.functions import vector_to_array
    from pyspark.sql import SparkSession
    from pyspark.sql.functions import col, when
    settings = {"spark.ui.enabled": "false", "spark.driver.memory": "6g", "spark.driver.host": "127.0.0.1", "spark.sql.shuffle.partitions": THREADS,
                "spark.local.dir": folder, "spark.log.level": "ERROR", "spark.ui.showConsoleProgress": "false"}
    builder = SparkSession.builder.master(f"local[{THREADS}]")
    for name, value in settings.items():
        builder = builder.config(name, value)
    session = builder.getOrCreate()

    def cached(name):
        path = os.path.join(folder, name + ".parquet")
        handed(folder, name).write_parquet(path)
        frame = session.read.parquet(path).repartition(THREADS).cache()
        frame.count()
        return frame
    train, test = cached("train"), cached("test")
    texts = [c for c, kind in train.dtypes if kind == "string" and c != "CMD"] + ["CMD_pooled"]
    numbers = [c for c, kind in train.dtypes if kind != "string" and c != "attack"]
    stages = [StringIndexer(inputCols=texts, outputCols=[c + "_index" for c in texts], handleInvalid="keep"),
              OneHotEncoder(inputCols=[c + "_index" for c in texts], outputCols=[c + "_vec" for c in texts]),
              VectorAssembler(inputCols=[c + "_vec" for c in texts] + numbers, outputCol="features")]

    def fit(frame, classifier):
        top = [row["CMD"] for row in frame.groupBy("CMD").count().orderBy(col("count").desc(), "CMD").limit(50).collect()]

        def pool(rows):
            return rows.withColumn("CMD_pooled", when(col("CMD").isin(top), col("CMD")).otherwise("other"))
        model = Pipeline(stages=stages + [classifier]).fit(pool(frame))
        return lambda rows: model.transform(pool(rows))
    classifiers = {f"forest-{seed}": RandomForestClassifier(labelCol="attack", seed=seed) for seed in range(seeds)}
    if not seeds:
        classifiers = {"boosted": GBTClassifier(labelCol="attack"), "tree": DecisionTreeClassifier(labelCol="attack"),
                       "forest": RandomForestClassifier(labelCol="attack")}
    results, few = {}, train.limit(5000).cache()
    for kind, classifier in classifiers.items():
        fit(few, classifier)(few).count()
        began = time.perf_counter()
        transform = fit(train, classifier)
        passed = time.perf_counter() - began
        out = os.path.join(folder, f"spark-{kind}")
        transform(test).select("attack", vector_to_array("probability")[1].alias("probability")).write.mode("overwrite").parquet(out)
        results[kind] = {"seconds": passed, "auc": area(pl.read_parquet(os.path.join(out, "*.parquet")))}
        print(f"spark, {kind}: {results[kind]}", file=sys.stderr)
    session.stop()
    return results


def encoded(name, folder):
    """One contender's turn at the frames: one line of JSON."""
    print(json.dumps(spark(folder) if name == "spark" else polars(name, folder)))


def frames(rounds=3, *more):
    """Spark's classifiers from the frame, beside others with their encoding, and Spark itself if more says so."""
    results = {}
    with tempfile.TemporaryDirectory() as folder:
        binary = os.path.join(folder, "ml.test")
        subprocess.run(["go", "test", "-c", "-o", binary, "./analysis/ml"], cwd=ROOT, check=True)
        for number in range(rounds):
            for rows, benchmark in (("rebalanced", "TrainRebalanced"), ("all attacks", "TrainAllAttacks")):
                for activity in ("process", "memory"):
                    run = subprocess.run([binary, "-test.run", "^$", "-test.bench", f"^Benchmark{benchmark}$/^{activity}$", "-test.benchtime", "3x"],
                                         env=dict(os.environ, GOMAXPROCS=str(THREADS), KELPIE_FRAMES=folder), check=True, capture_output=True, text=True)
                    for kind, line in re.findall(rf"^Benchmark{benchmark}/{activity}/([a-z-]+?)(?:-\d+)?\s(.*)", run.stdout, re.MULTILINE):
                        value = measured(line)
                        of = results.setdefault((f"{activity}, {rows}, {value['rows']:,.0f}", kind), {})
                        of.setdefault("kelpie", []).append({"seconds": value["ns/op"] / 1e9, "auc": area(handed(folder, kind))})
                    place = f"{activity}, {rows}, {value['rows']:,.0f}"
                    for name in ("lightgbm", "lightgbm passive", "sklearn", *more):
                        for kind, result in turn(name, folder, "encoded").items():
                            results[place, kind].setdefault(name, []).append(result)
            print(f"round {number + 1} of {rounds}, load {os.getloadavg()[0]:.1f}", file=sys.stderr)
    for kind in ("boosted", "tree", "forest"):
        of = {place: by for (place, k), by in results.items() if k == kind}
        if kind + "-unmerged" in {k for _, k in results}:
            for place, by in of.items():
                by["kelpie unmerged"] = results[place, kind + "-unmerged"]["kelpie"]
        names = [name for name in ("lightgbm", "lightgbm passive", "spark", "kelpie unmerged", "sklearn") if name in next(iter(of.values()))]
        scored = [name for name in ["kelpie"] + names if name != "lightgbm passive"]
        head = [f"{kind}, training rows", "kelpie, s"] + names + ["AUC: " + scored[0]] + scored[1:]
        print("\n|", " | ".join(head), "|\n|---|" + "--:|" * (len(head) - 1))
        for place, by in of.items():
            own = [r["seconds"] for r in by["kelpie"]]
            cells = [place, f"{statistics.median(own):.2f} ({min(own):.2f})"]
            for name in names:
                all_ = [r["seconds"] for r in by[name]]
                cells.append(f"{statistics.median(all_) / statistics.median(own):.1f}x ({min(all_) / min(own):.1f}x)")
            print("|", " | ".join(cells + [f"{by[name][-1]['auc']:.4f}" for name in scored]), "|")


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
