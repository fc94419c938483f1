"""How good forests are, by seed: Kelpie's beside scikit-learn's and Spark's.

    KELPIE_DATA=DATA python forests.py RACE [SEEDS [OF_SPARK]]

A forest of 20 trees of depth 5 depends on its seed more than on who grew it, so one of each says little. Kelpie grows one
with each of 40 seeds, scikit-learn with SEEDS (40) of its own: on the matrix in the folder RACE, which train.py build
wrote, and on the rebalanced rows of both activities, the CSV files in DATA; on these Spark grows OF_SPARK (0). Printed are
the mean area under the ROC curve of the test rows and its standard error. "unmerged" is Kelpie with sibling leaves of one
class kept apart, as scikit-learn has them, "255 bins" is that with so many bins where Spark has 32. python is one that
train.py takes.
"""
import math
import os
import re
import statistics
import subprocess
import sys
import tempfile

import train

OURS = ["kelpie", "unmerged", "255-bins"]


def kelpie(folder, program, environment, activity=""):
    """The areas that Kelpie's forests reach, by kind."""
    run = subprocess.run([os.path.join(folder, program), "-test.run", "^$", "-test.bench", f"^BenchmarkTrainForestSeeds${activity}", "-test.benchtime", "1x"],
                         env=dict(os.environ, **environment), check=True, capture_output=True, text=True)
    return {kind: [float(area) for area in re.findall(rf"/{kind}/seed=.*?([\d.]+) AUC", run.stdout)] for kind in OURS}


def sklearn(x, y, z, of, seeds):
    from sklearn.ensemble import RandomForestClassifier
    from sklearn.metrics import roc_auc_score
    return [roc_auc_score(of, RandomForestClassifier(20, max_depth=5, n_jobs=train.THREADS, random_state=seed).fit(x, y).predict_proba(z)[:, 1])
            for seed in range(seeds)]


def main(race, seeds=40, of_spark=0):
    results = {}
    with tempfile.TemporaryDirectory() as folder:
        for package, program in (("./analysis/internal/tree", "tree.test"), ("./analysis/ml", "ml.test")):
            subprocess.run(["go", "test", "-c", "-o", os.path.join(folder, program), package], cwd=train.ROOT, check=True)
        x, y, n = train.read(race)
        areas = results["the race"] = kelpie(folder, "tree.test", {"KELPIE_RACE": os.path.abspath(race)})
        areas["scikit-learn"] = sklearn(x[:n], y[:n], x[n:], y[n:], seeds)
        for activity in ("process", "memory"):
            areas = results[f"{activity}, rebalanced"] = kelpie(folder, "ml.test", {"KELPIE_FRAMES": folder}, f"/^{activity}$")
            fitted, tested = train.handed(folder, "train"), train.handed(folder, "test")
            encode = train.encoder(fitted)
            areas["scikit-learn"] = sklearn(encode(fitted), fitted["attack"].to_numpy(), encode(tested), tested["attack"].to_numpy(), seeds)
            if of_spark:
                areas["spark"] = [forest["auc"] for forest in train.spark(folder, of_spark).values()]
    names = OURS + ["scikit-learn"] + ["spark"] * (of_spark > 0)
    print("| training rows |", " | ".join(names), "|\n|---|" + "--:|" * len(names))
    for place, areas in results.items():
        cells = [f"{statistics.mean(areas[k]):.4f} ± {statistics.stdev(areas[k]) / math.sqrt(len(areas[k])):.4f}" if k in areas else "-" for k in names]
        print("|", " | ".join([place] + cells), "|")


if __name__ == "__main__":
    main(sys.argv[1], *map(int, sys.argv[2:]))
