"""Writes oracle.json: what scikit-learn makes of the rows that rows() makes.

Run in this folder: python oracle.py

tree and boost are Spark ML's algorithms built of scikit-learn's trees: boost fits
a squared-error tree to the labels -1 and 1, then 19 more, of weight 0.1, to
4y/(1+exp(2yF)). gradient_boosting is scikit-learn's own, which takes a Newton
step in every leaf. Features have few values, so that every cut is tried by both.
"""
import json
import platform

import numpy
import sklearn
from sklearn.ensemble import GradientBoostingClassifier
from sklearn.metrics import roc_auc_score
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

MASK = (1 << 64) - 1


def mix(x):
    """The finalizer of splitmix64."""
    x = (x + 0x9E3779B97F4A7C15) & MASK
    x = ((x ^ (x >> 30)) * 0xBF58476D1CE4E5B9) & MASK
    x = ((x ^ (x >> 27)) * 0x94D049BB133111EB) & MASK
    return x ^ (x >> 31)


def rows(count):
    x, y = [], []
    for i in range(count):
        h = mix(i)
        a, b, c, d = h % 16, (h >> 8) % 24, (h >> 16) % 9, (h >> 24) % 2
        chance = 5 + 4 * a + (30 if b > 15 and d == 1 else 0) - (3 * c if a > 9 else 0)
        x.append([a, b, c, d])
        y.append(int((h >> 32) % 100 < chance))
    return numpy.array(x, dtype=float), numpy.array(y)


x, y = rows(6000)
train, test = slice(0, 4000), slice(4000, 6000)


def report(scores, first=10):
    return {"auc": roc_auc_score(y[test], scores[test]), "first": scores[test][:first].tolist()}


tree = DecisionTreeClassifier(max_depth=5, random_state=0).fit(x[train], y[train])
signs = 2.0 * y - 1
margin = numpy.zeros(len(y))
for i in range(20):
    target = signs if i == 0 else 4 * signs / (1 + numpy.exp(2 * signs * margin))
    grown = DecisionTreeRegressor(max_depth=5, random_state=0).fit(x[train], target[train])
    margin += (1.0 if i == 0 else 0.1) * grown.predict(x)
theirs = GradientBoostingClassifier(n_estimators=20, max_depth=5, random_state=0).fit(x[train], y[train])

with open("oracle.json", "w") as out:
    json.dump({
        "made_by": "oracle.py",
        "versions": {"scikit-learn": sklearn.__version__, "numpy": numpy.__version__, "python": platform.python_version()},
        "positive": int(y.sum()),
        "tree": report(tree.predict_proba(x)[:, 1]),
        "boost": report(1 / (1 + numpy.exp(-2 * margin))),
        "gradient_boosting": report(theirs.predict_proba(x)[:, 1], first=0),
    }, out, indent=1)
    out.write("\n")
