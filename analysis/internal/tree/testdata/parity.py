"""Writes parity.json: how well Newton boosting does beside LightGBM and scikit-learn, 10 seeds each.

Run in a folder of the checkout: python parity.py. It needs lightgbm, scikit-learn, numpy, and go on the PATH, and takes
a quarter of a minute.

Three data sets that ship with scikit-learn are cut 70:30 with the seed, and every trainer, with 100 trees of
31 leaves at rate 0.1 and its other defaults, is fitted to the same rows. The answers, to six digits, were the same with one,
two and three threads, and so are those of LightGBM by rows and by columns: check --oracles compares them as they are.
"""
import json
import os
import platform
import subprocess
import tempfile
import warnings

os.environ["OMP_NUM_THREADS"] = "1"  # more wait for each other longer than so few rows take
import lightgbm
import numpy
import sklearn
from sklearn.datasets import load_breast_cancer, load_digits, load_wine
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.metrics import log_loss, roc_auc_score
from sklearn.model_selection import train_test_split

SEEDS = 10
warnings.filterwarnings("ignore")


def problems():
    cancer, wine, digits = load_breast_cancer(), load_wine(), load_digits()
    yield "breast_cancer", cancer.data, cancer.target
    yield "wine", wine.data, (wine.target == 1).astype(int)
    yield "digits", digits.data, (digits.target >= 5).astype(int)


def metrics(y, p):
    return {"auc": round(roc_auc_score(y, p), 6), "log_loss": round(log_loss(y, p), 6)}


results = {}
with tempfile.TemporaryDirectory() as folder:
    answers = {}
    for name, x, y in problems():
        for seed in range(SEEDS):
            x1, x2, y1, y2 = train_test_split(x, y, test_size=0.3, random_state=seed, stratify=y)
            with open(os.path.join(folder, f"{name}-{seed}.json"), "w") as out:
                json.dump({"seed": seed, "train": x1.tolist(), "labels": y1.tolist(), "test": x2.tolist()}, out)
            answers[name, seed] = y2
            settings = {"objective": "binary", "num_leaves": 31, "learning_rate": 0.1, "seed": seed, "verbose": -1, "num_threads": 1}
            model = lightgbm.train(settings, lightgbm.Dataset(x1, label=y1, params=settings), 100)
            other = HistGradientBoostingClassifier(max_iter=100, max_leaf_nodes=31, learning_rate=0.1, early_stopping=False, random_state=seed).fit(x1, y1)
            of = results.setdefault(name, {})
            of.setdefault("lightgbm", []).append(metrics(y2, model.predict(x2)))
            of.setdefault("scikit-learn", []).append(metrics(y2, other.predict_proba(x2)[:, 1]))
    subprocess.run(["go", "test", "-count=1", "-run", "^TestParity$", "github.com/stophacking/kelpie/analysis/internal/tree"], env=dict(os.environ, KELPIE_PARITY=folder), check=True)
    for (name, seed), y in answers.items():
        with open(os.path.join(folder, f"{name}-{seed}.out")) as f:
            results[name].setdefault("kelpie", []).append(metrics(y, json.load(f)))
versions = {"lightgbm": lightgbm.__version__, "scikit-learn": sklearn.__version__, "numpy": numpy.__version__, "python": platform.python_version()}
with open("parity.json", "w") as out:
    json.dump({"versions": versions, "results": results}, out, indent=1)
    out.write("\n")
