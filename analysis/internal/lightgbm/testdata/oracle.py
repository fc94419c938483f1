"""Writes oracle.json: what Python LightGBM answers for the files beside it.

Run in this folder, after go test -update: python oracle.py. It also trains the
models in foreign/, each another thing that LightGBM can write, and python.txt, a
small model with a categorical feature, missing values and a lone leaf.
rewritten/ holds some of them as this package writes them.
"""
import json
import os
import platform

import lightgbm
import numpy


def train(path, x, y, options, rounds=3, names=None, objective=None, **data):
    options = {"num_leaves": 5, "min_data_in_leaf": 5, "verbose": -1, "seed": 1, "num_threads": 1, "deterministic": True} | options
    if objective:
        options["objective"] = objective
    lightgbm.train(options, lightgbm.Dataset(x, y, feature_name=names or "auto", **data), rounds).save_model(path)


def plain(rows):
    return [[None if v != v else v for v in row] for row in rows.tolist()]


random = numpy.random.default_rng(1)
x = numpy.column_stack([random.integers(0, 40, 600), random.normal(size=600), random.exponential(size=600)])
x[::7, 1] = numpy.nan
y = ((x[:, 0] % 3 == 1) ^ (numpy.nan_to_num(x[:, 1]) > 0.3)).astype(int)
names = ["command", "rate", "größe"]
train("python.txt", x, y, {"objective": "binary", "num_leaves": 6, "min_data_in_leaf": 20}, 5, names, categorical_feature=["command"])
python = plain(x[:40]) + [[99, 0, 0], [-1, 0, 0], [2.9, 0, 0]]

# Zeros and missing values of every sort; the last feature says nothing.
x = numpy.column_stack([random.integers(-3, 4, 300), random.normal(size=300), random.integers(0, 70, 300), numpy.zeros(300)]).astype(float)
x[::5, 1] = numpy.nan
x[1::6, 0] = numpy.nan
chance = 1 / (1 + numpy.exp(-(numpy.nan_to_num(x[:, 0], nan=2) * numpy.where(x[:, 2] % 3 == 1, 1, -1) + numpy.nan_to_num(x[:, 1], nan=1.5))))
y = (random.random(300) < chance).astype(float)
rows = x[:30].copy()
rows[3], rows[4], rows[5], rows[6] = numpy.nan, 0, [1e-36, -1e-36, 2.9, 5], [1e30, -1e30, 1e9, -1]
rows[7], rows[8] = [numpy.inf, -numpy.inf, numpy.inf, 0], [-0.0, 0.5, -0.5, 1]
numeric = {"names": ["signed", "real", "code", "none"]}
coded = {"names": numeric["names"], "categorical_feature": ["code"]}
os.makedirs("foreign", exist_ok=True)
taken = {
    "binary": dict(objective="binary", options={}, **numeric),
    "one_leaf": dict(objective="binary", options={"min_data_in_leaf": 300}, **numeric),
    "sigmoid": dict(objective="binary", options={"sigmoid": 0.7}, **numeric),
    "weighted": dict(objective="binary", options={"is_unbalance": True, "boost_from_average": False}, **numeric),
    "dart": dict(objective="binary", options={"boosting": "dart", "drop_rate": 0.5, "skip_drop": 0}, rounds=6, **coded),
    "forest": dict(objective="binary", options={"boosting": "rf", "bagging_freq": 1, "bagging_fraction": 0.7}, **coded),
    "forest_mean": dict(objective="regression", options={"boosting": "rf", "bagging_freq": 1, "bagging_fraction": 0.7}, **numeric),
    "goss": dict(objective="binary", options={"data_sample_strategy": "goss"}, **numeric),
    "categories": dict(objective="binary", options={"cat_smooth": 1, "min_data_per_group": 5}, **coded),
    "categories_one": dict(objective="binary", options={"max_cat_to_onehot": 100}, **coded),
    "zero_missing": dict(objective="binary", options={"zero_as_missing": True}, **numeric),
    "zero_missing_categories": dict(objective="binary", options={"zero_as_missing": True, "cat_smooth": 1, "min_data_per_group": 5}, **coded),
    "none_missing": dict(objective="binary", options={"use_missing": False}, **numeric),
    "monotone": dict(objective="binary", options={"monotone_constraints": [1, 0, 0, 0]}, **numeric),
    "quantized": dict(objective="binary", options={"use_quantized_grad": True}, **numeric),
    "cross_entropy": dict(objective="cross_entropy", options={}, **numeric),
    "cross_entropy_lambda": dict(objective="cross_entropy_lambda", options={}, **numeric),
    "own_objective": dict(objective=lambda p, d: (p - d.get_label(), numpy.ones_like(p)), options={}, **numeric),
    "sqrt": dict(objective="regression", options={"reg_sqrt": True}, **numeric),
    "lambdarank": dict(objective="lambdarank", options={}, group=[100, 200], **numeric),
    "rank_xendcg": dict(objective="rank_xendcg", options={}, group=[100, 200], **numeric),
}
for name in ["regression", "regression_l1", "huber", "fair", "poisson", "quantile", "mape", "gamma", "tweedie"]:
    taken[name] = dict(objective=name, options={}, **numeric)
refused = {
    "multiclass": dict(objective="multiclass", options={"num_class": 3}, **numeric),
    "multiclassova": dict(objective="multiclassova", options={"num_class": 3}, **numeric),
    "linear": dict(objective="binary", options={"linear_tree": True}, **numeric),
}
for name, settings in (taken | refused).items():
    label = y + 0.5 if name in ("gamma", "mape") else y + (x[:, 1] > 0) if name.startswith("multi") else y
    train(f"foreign/{name}.txt", x, label, **settings)
with open("foreign/categories.txt") as file:  # as if the categories had been a pandas column
    text = file.read().replace("pandas_categorical:null", "pandas_categorical:" + json.dumps([[f"c{k}" for k in range(70)]]))
with open("foreign/pandas.txt", "w") as file:
    file.write(text)

golden = [[0, 100, 0.1], [0, 5000, 0.1], [1, 100, 0.1], [1, 100, 0.9], [35, 5000, 0.9], [36, 5000, 0.9], [None] * 3, [2, 1536.5, 0.75]]
cases = {"golden.txt": golden, "written.txt": golden, "python.txt": python}
for folder in ["foreign", "rewritten"]:
    for file in sorted(os.listdir(folder)):
        if file.removesuffix(".txt") not in refused:
            cases[f"{folder}/{file}"] = plain(rows)
result = {"lightgbm": lightgbm.__version__, "numpy": numpy.__version__, "python": platform.python_version(), "files": {}}
for file, rows in cases.items():
    model = lightgbm.Booster(model_file=file)
    matrix = numpy.array(rows, dtype=float)
    result["files"][file] = {
        "rows": [["+Inf" if v == numpy.inf else "-Inf" if v == -numpy.inf else v for v in row] for row in rows],
        "raw": model.predict(matrix, raw_score=True).tolist(),
        "answer": model.predict(matrix).tolist(),
        "split_gain": model.feature_importance("gain").tolist(),
    }
with open("oracle.json", "w") as out:
    json.dump(result, out, separators=(",", ":"))
    out.write("\n")
