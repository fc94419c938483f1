"""How fast Python LightGBM scores the matrix in KELPIE_RACE, and with which model.

Run: python race.py FOLDER [THREADS]. It trains score_model.txt, 100 trees of 31
leaves, in FOLDER unless it is there; BenchmarkScore scores with the same file.
"""
import json
import os
import resource
import sys
import time

folder = sys.argv[1]
threads = int(sys.argv[2]) if len(sys.argv) > 2 else 2
os.environ["OMP_NUM_THREADS"] = str(threads)

import lightgbm
import numpy

about = json.load(open(f"{folder}/race.json"))
x = numpy.fromfile(f"{folder}/race_X.f32", numpy.float32).reshape(about["rows"], about["features"])
train = about["n_train"]
path = f"{folder}/score_model.txt"
if not os.path.exists(path):
    y = numpy.fromfile(f"{folder}/race_y.f32", numpy.float32)
    options = {"objective": "binary", "num_leaves": 31, "learning_rate": 0.1, "verbose": -1, "num_threads": threads}
    lightgbm.train(options, lightgbm.Dataset(x[:train], y[:train]), 100).save_model(path)

model = lightgbm.Booster(model_file=path)
rows = x[train:]


def processor():
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


best = [float("inf")] * 2
for _ in range(5):
    before = time.perf_counter(), processor()
    model.predict(rows, num_threads=threads)
    best = [min(best[0], time.perf_counter() - before[0]), min(best[1], processor() - before[1])]
print(f"LightGBM {lightgbm.__version__}, {threads} threads: {len(rows) / best[0] / 1e6:.3f} Mrows/s, {len(rows) / best[1] / 1e6:.3f} Mrows/cpu-s")
