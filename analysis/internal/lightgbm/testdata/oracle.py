"""Writes oracle.json: what Python LightGBM answers for the files beside it.

Run in this folder: python oracle.py. It also trains python.txt, a small model
with a categorical feature, missing values and a lone leaf, for reading here.
"""
import json
import platform

import lightgbm
import numpy

random = numpy.random.default_rng(1)
x = numpy.column_stack([random.integers(0, 40, 600), random.normal(size=600), random.exponential(size=600)])
x[::7, 1] = numpy.nan
y = ((x[:, 0] % 3 == 1) ^ (numpy.nan_to_num(x[:, 1]) > 0.3)).astype(int)
data = lightgbm.Dataset(x, y, feature_name=["command", "rate", "größe"], categorical_feature=["command"])
options = {"objective": "binary", "num_leaves": 6, "verbose": -1, "seed": 1, "num_threads": 1, "deterministic": True}
lightgbm.train(options, data, 5).save_model("python.txt")

golden = [[0, 100, 0.1], [0, 5000, 0.1], [1, 100, 0.1], [1, 100, 0.9], [35, 5000, 0.9], [36, 5000, 0.9], [None] * 3, [2, 1536.5, 0.75]]
cases = {
    "golden.txt": golden,
    "written.txt": golden,
    "python.txt": [[None if v != v else v for v in row] for row in x[:40].tolist()] + [[99, 0, 0], [-1, 0, 0], [2.9, 0, 0]],
}
result = {"lightgbm": lightgbm.__version__, "numpy": numpy.__version__, "python": platform.python_version(), "files": {}}
for file, rows in cases.items():
    model = lightgbm.Booster(model_file=file)
    matrix = numpy.array(rows, dtype=float)
    result["files"][file] = {
        "rows": rows,
        "raw": model.predict(matrix, raw_score=True).tolist(),
        "probability": model.predict(matrix).tolist(),
        "split_gain": model.feature_importance("gain").tolist(),
    }
with open("oracle.json", "w") as out:
    json.dump(result, out, separators=(",", ":"))
    out.write("\n")
