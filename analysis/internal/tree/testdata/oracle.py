"""Writes oracle.json: what Python LightGBM answers for rows.json, by model, and what it reads as the features' importances.

Run in this folder, after go test -update: python oracle.py
"""
import json
import platform

import lightgbm
import numpy

rows = numpy.array(json.load(open("rows.json")))
result = {"versions": {"lightgbm": lightgbm.__version__, "numpy": numpy.__version__, "python": platform.python_version()}}
for name in ["tree", "boost", "leaf", "newton", "forest"]:
    model = lightgbm.Booster(model_file=name + ".txt")
    result[name] = model.predict(rows).tolist()
    result[name + " importance"] = {kind: model.feature_importance(kind).tolist() for kind in ["split", "gain"]}
with open("oracle.json", "w") as out:
    json.dump(result, out, separators=(",", ":"))
    out.write("\n")
