"""Writes oracle.json: what Python LightGBM answers for rows.json, by model.

Run in this folder, after go test -update: python oracle.py
"""
import json
import platform

import lightgbm
import numpy

rows = numpy.array(json.load(open("rows.json")))
result = {"versions": {"lightgbm": lightgbm.__version__, "numpy": numpy.__version__, "python": platform.python_version()}}
for name in ["tree", "boost", "leaf", "newton", "forest"]:
    result[name] = lightgbm.Booster(model_file=name + ".txt").predict(rows).tolist()
with open("oracle.json", "w") as out:
    json.dump(result, out, separators=(",", ":"))
    out.write("\n")
