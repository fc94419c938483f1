"""Writes scikit-learn.json: what scikit-learn makes of ordinary, tied, weighted and
degenerate scores.

Run in this folder: python oracle.py

A value that is undefined, of which scikit-learn warns, is null. scikit-learn gives an
average precision of 0 without positives; that is null here too. Its calibration_curve
knows no weights: it gets each row as often as the weight is twentieths.

Writes delong.json too: DeLong's test as its authors define it (Biometrics 44, 1988), by
numpy from all pairs of rows, for two models on the same rows.
"""
import json
import math
import platform
import warnings

import numpy
import sklearn
from sklearn import calibration, metrics

MASK = (1 << 64) - 1


def mix(x):
    """The finalizer of splitmix64."""
    x = (x + 0x9E3779B97F4A7C15) & MASK
    x = ((x ^ (x >> 30)) * 0xBF58476D1CE4E5B9) & MASK
    x = ((x ^ (x >> 27)) * 0x94D049BB133111EB) & MASK
    return x ^ (x >> 31)


def drawn(name, seed, count, steps, positive, threshold, weights=None):
    """Rows whose scores are multiples of 1/steps and say something of their labels."""
    scores, labels, weighed = [], [], []
    for i in range(count):
        h = mix(1000 * seed + i)
        labels.append(int(h % 1000 < 1000 * positive))
        scores.append(min(steps, (h >> 10) % (steps + 1) + labels[-1] * ((h >> 40) % (steps // 3 + 1))) / steps)
        weighed.append([0.25, 1.0, 3.0, 0.1, 0.0 if weights == "zeros" else 7.5][(h >> 55) % 5])
    return name, scores, labels, threshold, weighed if weights else None


CASES = [
    ("separated", [0.1, 0.2, 0.8, 0.9], [0, 0, 1, 1], 0.5, None),
    ("mixed", [0.1, 0.4, 0.35, 0.8], [0, 0, 1, 1], 0.5, None),
    ("inverted", [0.9, 0.8, 0.2, 0.1], [0, 0, 1, 1], 0.5, None),
    ("threshold on a score", [0.2, 0.5, 0.5, 0.6, 0.7, 0.1], [0, 1, 0, 1, 1, 0], 0.5, None),
    ("ties", [0.5, 0.5, 0.5, 0.2, 0.9, 0.9, 0.7, 0.2], [1, 0, 1, 0, 1, 0, 1, 1], 0.5, None),
    ("all tied", [0.3, 0.3, 0.3, 0.3, 0.3], [0, 1, 0, 1, 1], 0.5, None),
    ("all tied, weighted", [0.3, 0.3, 0.3, 0.3, 0.3], [0, 1, 0, 1, 1], 0.25, [1, 2, 3, 4, 0.5]),
    ("margins", [-2.5, -1.0, 0.0, 0.5, 3.25, -0.75, 1.5], [0, 0, 1, 0, 1, 1, 1], 0.0, None),
    ("zero and one", [0.0, 1.0, 1.0, 0.0, 0.5, 1.0, 0.0], [0, 1, 0, 1, 1, 1, 0], 0.5, None),
    ("no positives", [0.2, 0.7, 0.4], [0, 0, 0], 0.5, None),
    ("no negatives", [0.2, 0.7, 0.4], [1, 1, 1], 0.5, None),
    ("one row", [0.75], [1], 0.5, None),
    ("nothing predicted", [0.2, 0.1, 0.3, 0.05], [0, 1, 1, 0], 0.9, None),
    ("two positives, weighted", [0.2, 0.7], [1, 1], 0.5, [0.25, 3]),
    ("no positives, weighted", [0.2, 0.7, 0.4], [0, 0, 0], 0.5, [1, 7.5, 0.1]),
    ("one class but for a weight of zero", [0.2, 0.7, 0.4], [0, 1, 0], 0.5, [1, 0, 3]),
    ("one row, weighted", [0.75], [0], 0.5, [0.1]),
    ("zeros of both signs", [-0.0, 0.0, 0.5, -0.0, 0.0, 0.5], [0, 1, 1, 1, 0, 0], 0.0, None),
    ("smallest numbers", [5e-324, 0.0, 1e-310, 5e-324, 1e-310, 2.2250738585072014e-308], [0, 0, 1, 1, 0, 1], 5e-324, None),
    ("beside one", [1.0, 1 - 2.0**-53, 1 - 2.0**-52, 1.0, 1 - 2.0**-53], [1, 0, 1, 1, 1], 1 - 2.0**-53, None),
    ("edges of bins", [k / 10 for k in range(11)], [0, 0, 1, 0, 1, 0, 1, 1, 0, 1, 1], 0.3, None),
    ("weights of many sizes", [0.1, 0.4, 0.35, 0.8, 0.4, 0.6], [0, 0, 1, 1, 1, 0], 0.35, [1e-6, 1e6, 1, 1e3, 1e-3, 10]),
    ("one positive", [0.1, 0.9, 0.3, 0.8, 0.2], [0, 1, 0, 0, 0], 0.85, None),
    drawn("many", 1, 600, 1 << 20, 0.3, 0.7),
    drawn("many ties", 2, 600, 12, 0.3, 0.75),
    drawn("rare", 3, 900, 1000, 0.01, 0.9),
    drawn("weighted", 4, 400, 1 << 20, 0.4, 0.6, "weights"),
    drawn("weighted ties", 5, 400, 9, 0.4, 0.6, "weights"),
    drawn("weights of zero", 6, 300, 9, 0.4, 0.6, "zeros"),
]


def value(f, *args, **kwargs):
    with warnings.catch_warnings():
        warnings.simplefilter("error", sklearn.exceptions.UndefinedMetricWarning)
        try:
            got = float(f(*args, **kwargs))
        except sklearn.exceptions.UndefinedMetricWarning:
            return None
    return None if numpy.isnan(got) else got


def case(name, scores, labels, threshold, weights):
    s, y = numpy.array(scores, dtype=float), numpy.array(labels)
    w = None if weights is None else numpy.array(weights, dtype=float)
    kept = numpy.ones(len(y), dtype=bool) if w is None else w > 0
    predicted = (s > threshold).astype(int)
    counts = metrics.confusion_matrix(y[kept], predicted[kept], labels=[0, 1])
    both, probable = 0 < y[kept].sum() < kept.sum(), s.min() >= 0 and s.max() <= 1
    out = {
        "name": name, "scores": s.tolist(), "labels": y.tolist(), "weights": None if w is None else w.tolist(), "threshold": threshold,
        "tp": int(counts[1, 1]), "fp": int(counts[0, 1]), "fn": int(counts[1, 0]), "tn": int(counts[0, 0]),
        "auc": value(metrics.roc_auc_score, y, s, sample_weight=w) if both else None,
        "accuracy": value(metrics.accuracy_score, y, predicted, sample_weight=w),
        "recall": value(metrics.recall_score, y, predicted, sample_weight=w, zero_division=numpy.nan),
        "precision": value(metrics.precision_score, y, predicted, sample_weight=w, zero_division=numpy.nan),
        "f1": value(metrics.f1_score, y, predicted, sample_weight=w, zero_division=numpy.nan),
        "average_precision": value(metrics.average_precision_score, y, s, sample_weight=w) if y[kept].any() else None,
        "log_loss": value(metrics.log_loss, y, s, sample_weight=w, labels=[0, 1]) if probable else None,
        "brier": value(metrics.brier_score_loss, y, s, sample_weight=w, labels=[0, 1]) if probable else None,
    }
    if both:
        fpr, tpr, thresholds = metrics.roc_curve(y, s, sample_weight=w, drop_intermediate=False)
        out.update(fpr=fpr.tolist(), tpr=tpr.tolist(), thresholds=thresholds[1:].tolist())
    if y[kept].any():
        precision, recall, thresholds = metrics.precision_recall_curve(y[kept], s[kept], sample_weight=None if w is None else w[kept])
        out.update(pr_precision=precision[:-1].tolist(), pr_recall=recall[:-1].tolist(), pr_thresholds=thresholds.tolist())
    often = numpy.ones(len(y), dtype=int) if w is None else numpy.round(20 * w).astype(int)
    if probable and (w is None or (often == 20 * w).all()):
        observed, mean = calibration.calibration_curve(numpy.repeat(y, often), numpy.repeat(s, often), n_bins=10)
        out.update(calibration_observed=observed.tolist(), calibration_mean=mean.tolist())
    return out


def delong(name, a, b, labels):
    y = numpy.array(labels) == 1
    areas, positive, negative = [], [], []
    for scores in (a, b):
        x = numpy.array(scores, dtype=float)
        won = (numpy.sign(x[y][:, None] - x[~y][None, :]) + 1) / 2  # ties count half
        areas.append(won.mean())
        positive.append(won.mean(axis=1))
        negative.append(won.mean(axis=0))
    covariance = numpy.cov(positive) / y.sum() + numpy.cov(negative) / (~y).sum()
    variance = covariance[0, 0] + covariance[1, 1] - 2 * covariance[0, 1]
    difference, error = areas[0] - areas[1], math.sqrt(max(0, variance))
    p = 1.0 if abs(difference) < 1e-15 else None if error < 1e-7 else math.erfc(abs(difference) / error / math.sqrt(2))
    return {
        "name": name, "first": list(a), "second": list(b), "labels": list(labels), "areas": areas, "difference": difference,
        "standard_error": 0.0 if error < 1e-7 else error, "p": p,
    }


def two(name, seed, count, steps, positive):
    """Two models: of the second every other score is the first's."""
    _, a, labels, _, _ = drawn(name, seed, count, steps, positive, 0.5)
    _, b, _, _, _ = drawn(name, seed + 50, count, steps, positive, 0.5)
    return name, a, [a[i] if i % 2 else b[i] for i in range(count)], labels


PAIRS = [
    two("many", 21, 300, 1 << 20, 0.3),
    two("many ties", 22, 300, 6, 0.4),
    two("rare", 23, 400, 1000, 0.02),
    two("small", 24, 12, 4, 0.5),
    ("same", [0.1, 0.4, 0.35, 0.8, 0.4], [0.1, 0.4, 0.35, 0.8, 0.4], [0, 0, 1, 1, 1]),
    ("all tied against a model", [0.5] * 6, [0.1, 0.4, 0.35, 0.8, 0.7, 0.2], [0, 0, 1, 1, 1, 0]),
    ("separated against all tied", [0.1, 0.2, 0.8, 0.9], [0.5] * 4, [0, 0, 1, 1]),
    ("separated against inverted", [0.1, 0.2, 0.8, 0.9], [0.9, 0.8, 0.2, 0.1], [0, 0, 1, 1]),
    ("a third more for each row", [1, 3, 5, 2, 4, 6], [2, 4, 6, 1, 3, 5], [0, 0, 0, 1, 1, 1]),
]

with open("scikit-learn.json", "w") as out:
    versions = {"made_by": "oracle.py", "python": platform.python_version(), "numpy": numpy.__version__, "scikit-learn": sklearn.__version__}
    out.write("{" + json.dumps(versions)[1:-1] + ', "cases": [\n')
    out.write(",\n".join(json.dumps(case(*c)) for c in CASES))
    out.write("\n]}\n")

with open("delong.json", "w") as out:
    versions = {"made_by": "oracle.py", "python": platform.python_version(), "numpy": numpy.__version__}
    out.write("{" + json.dumps(versions)[1:-1] + ', "cases": [\n')
    out.write(",\n".join(json.dumps(delong(*c)) for c in PAIRS))
    out.write("\n]}\n")
