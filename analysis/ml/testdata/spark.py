"""Writes spark.json: what Spark's own stages answer, for TestSparkAnswers to compare ours with.

Run in this folder: python spark.py. It needs pyspark (pip install pyspark==4.1.4, 450 MB) and Java 17; it takes two minutes.
Because of their size it is not part of check --oracles.

Every answer is rows of numbers. The features of trees have few values, so that every cut
between two of them is tried, and nothing is drawn: forests take all rows and features. Where two cuts of a small node gain
the same, Spark takes whichever its rounding favours, and all later trees of a boosted model depend on it; therefore trees
have weights of many values where needed, and boosted ones nodes of many rows.
"""
import json
import platform
import random

import pyspark
from pyspark.ml import Pipeline
from pyspark.ml.classification import DecisionTreeClassifier, GBTClassifier, RandomForestClassifier
from pyspark.ml.evaluation import BinaryClassificationEvaluator
from pyspark.ml.feature import Imputer, MinMaxScaler, OneHotEncoder, StandardScaler, StringIndexer, VectorAssembler
from pyspark.ml.linalg import Vector
from pyspark.sql import SparkSession
from pyspark.sql.functions import col

session = SparkSession.builder.master("local[1]").config("spark.ui.enabled", "false").config("spark.driver.host", "127.0.0.1") \
    .config("spark.sql.shuffle.partitions", 1).config("spark.ui.showConsoleProgress", "false").config("spark.log.level", "ERROR").getOrCreate()


def frame(columns):
    """A frame of lists of equal length, in one partition; a list is of texts or of numbers, with None for null."""
    kinds = {name: "string" if any(isinstance(v, str) for v in values) else "double" for name, values in columns.items()}
    rows = [tuple(v if v is None or isinstance(v, str) else float(v) for v in row) for row in zip(*columns.values())]
    return session.createDataFrame(rows, ", ".join(f"{name} {kind}" for name, kind in kinds.items())).coalesce(1)


def rows(of, column):
    """The column as rows of numbers."""
    values = [row[0] for row in of.select(column).collect()]
    return [value.toArray().tolist() if isinstance(value, Vector) else [value] for value in values]


inputs, answers, importances, areas = {}, {}, {}, {}

# Texts: b, a and é are equally frequent; the other frame has one that is unseen.
inputs["texts"] = {"c": ["b", "a", "é", "b", "", "a", "c", "", "é", "Z", "", None]}
inputs["other texts"] = {"n": [0, 1, 2, 3, 4, 5, 6, 7], "c": ["", "a", "b", "c", "Z", "é", "w", None]}
for order in ("frequencyDesc", "frequencyAsc", "alphabetDesc", "alphabetAsc"):
    for invalid in ("keep", "skip"):
        model = StringIndexer(inputCol="c", outputCol="i", stringOrderType=order, handleInvalid=invalid).fit(frame(inputs["texts"]))
        out = model.transform(frame(inputs["other texts"]))
        answers[f"index {order} {invalid}"] = rows(out, "i")
        answers[f"index {order} {invalid}, rows"] = rows(out, "n")

inputs["indexes"] = {"i": [0, 1, 2, 0, 3]}
inputs["other indexes"] = {"i": [3, 1, 99, 4, 0]}
for drop in (True, False):
    for invalid, other in (("error", "indexes"), ("keep", "other indexes")):
        model = OneHotEncoder(inputCol="i", outputCol="v", dropLast=drop, handleInvalid=invalid).fit(frame(inputs["indexes"]))
        answers[f"one-hot dropLast={drop} {invalid}"] = rows(model.transform(frame(inputs[other])), "v")

# k is constant.
inputs["numbers"] = {"x": [1, 3.5, -2, 8, 0.1], "k": [7, 7, 7, 7, 7], "z": [0, 1, 0, 0, 1]}
inputs["other numbers"] = {"x": [10, -1], "k": [7, 8], "z": [1, 0.5]}
assembler = VectorAssembler(inputCols=["x", "k", "z"], outputCol="f")
for name, scaler in (("standard", StandardScaler()), ("standard withMean", StandardScaler(withMean=True)),
                     ("standard withMean withoutStd", StandardScaler(withMean=True, withStd=False)),
                     ("minmax", MinMaxScaler()), ("minmax -1 3", MinMaxScaler(min=-1, max=3))):
    model = Pipeline(stages=[assembler, scaler.setInputCol("f").setOutputCol("g")]).fit(frame(inputs["numbers"]))
    answers[name] = rows(model.transform(frame(inputs["other numbers"])), "g")

inputs["gaps"] = {"x": [1, None, 4, None, 4, 1, 9, 2]}
for name, imputer in (("mean", Imputer()), ("median", Imputer(strategy="median")), ("mode", Imputer(strategy="mode")), ("mean, 1 is missing", Imputer(missingValue=1.0))):
    model = imputer.setInputCols(["x"]).setOutputCols(["y"]).fit(frame(inputs["gaps"]))
    answers["imputed " + name] = rows(model.transform(frame(inputs["gaps"])), "y")

# The rows for trees: two in three train, the others are scored.
draw, weigh = random.Random(1).randrange, random.Random(2).randrange
made = {name: [] for name in ("a", "b", "c", "d", "w", "few", "later", "label")}
for _ in range(900):
    a, b, c, d = draw(12), draw(20) / 4, draw(6), draw(2)
    chance = 10 + 4 * a + (25 if b > 3 and d == 1 else 0) + (20 if c in (1, 4) else 0)
    for name, value in zip(made, (a, b, "fdbeac"[c], d, 1 + weigh(300), 1 + weigh(3), draw(4) // 3, int(draw(100) < chance))):
        made[name].append(value)
inputs["training"] = {name: values[:600] for name, values in made.items()}
inputs["test"] = {name: values[600:] for name, values in made.items()}
train, test = (frame(inputs[name]).cache() for name in ("training", "test"))
train = train.withColumn("later", col("later") == 1)
everything = {"featureSubsetStrategy": "all", "bootstrap": False}
for name, classifier, text in (
        ("tree", DecisionTreeClassifier(), None), ("tree one-hot", DecisionTreeClassifier(), "c_vec"), ("tree by sets", DecisionTreeClassifier(weightCol="w"), "c_index"),
        ("tree limited", DecisionTreeClassifier(maxDepth=8, minInstancesPerNode=10, minInfoGain=0.005), "c_index"),
        ("forest of one", RandomForestClassifier(numTrees=1, weightCol="w", **everything), "c_index"), ("forest of three", RandomForestClassifier(numTrees=3, **everything), None),
        ("boosted", GBTClassifier(minInstancesPerNode=20), None), ("boosted one-hot", GBTClassifier(minInstancesPerNode=20), "c_vec"),
        ("boosted by sets", GBTClassifier(minInstancesPerNode=20), "c_index"), ("boosted weighted", GBTClassifier(minInstancesPerNode=20, weightCol="few"), "c_vec"),
        ("boosted limited", GBTClassifier(maxIter=8, stepSize=0.3, maxDepth=3, minInfoGain=0.01), "c_vec"),
        ("boosted validated", GBTClassifier(maxIter=40, stepSize=0.5, validationIndicatorCol="later"), None)):
    numbers = ["a", "b", "d"] + ([text] if text else [])
    model = Pipeline(stages=[StringIndexer(inputCol="c", outputCol="c_index"), OneHotEncoder(inputCol="c_index", outputCol="c_vec"),
                             VectorAssembler(inputCols=numbers, outputCol="features"), classifier]).fit(train)
    out = model.transform(test).cache()
    answers[name] = [row[1:] for row in rows(out, "probability")]
    importances[name] = model.stages[-1].featureImportances.toArray().tolist()
    if name.startswith("boosted"):
        areas[name] = {bins: BinaryClassificationEvaluator(numBins=bins).evaluate(out) for bins in (0, 1000)}

with open("spark.json", "w") as out:
    json.dump({"versions": {"spark": pyspark.__version__, "python": platform.python_version()}, "inputs": inputs, "answers": answers,
               "importances": importances, "areas": areas}, out, ensure_ascii=False, separators=(",", ":"))
    out.write("\n")
