"""steps.py LIBRARY REPEATS: the steps of race.py in polars, duckdb or pandas.

Reads the files of both activities in the folder KELPIE_DATA and prints a line of JSON a
measurement: {"step": ..., "seconds": ...}, and at last {"peak_mb": ...} of reading.
"""
import json
import os
import resource
import sys
import time

import numpy as np

TEXT = {"process": ["POLI", "Status", "State", "CMD"], "memory": ["CMD"]}
REPAIRED = ["MINFLT", "MAJFLT", "VSTEXT", "RSIZE", "VGROW", "RGROW"]
COLUMNS = {
    "process": "ts PID TRUN TSLPI TSLPU POLI NICE PRI RTPR CPUNR Status EXC State CPU CMD attack type".split(),
    "memory": "ts PID MINFLT MAJFLT VSTEXT VSIZE RSIZE VGROW RGROW MEM CMD attack type".split(),
}
ACTIVITIES = ("process", "memory")


def files(activity):
    folder = os.environ["KELPIE_DATA"]
    names = sorted(n for n in os.listdir(folder)
                   if n.lower().replace("_", "").startswith("linux" + activity) and n.lower().endswith(".csv"))
    return [os.path.join(folder, n) for n in names]


def kind(activity, column):
    """As toniot declares it: 64 bits where the time needs them."""
    if column in TEXT[activity] + ["type"] or activity == "memory" and column in REPAIRED:
        return "text"
    return {"ts": "long", "CPU": "real", "VSIZE": "real", "MEM": "real"}.get(column, "int")


def numbers(activity):
    return [c for c in COLUMNS[activity] if c not in TEXT[activity] + ["attack", "type"]]


def uniform(n, seed):
    """n numbers in [0, 1) by splitmix64 of the row number, as the anchors of all libraries draw them."""
    with np.errstate(over="ignore"):
        z = np.arange(1, n + 1, dtype=np.uint64) + np.uint64(seed << 32)
        z *= np.uint64(0x9E3779B97F4A7C15)
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        z ^= z >> np.uint64(31)
    return (z >> np.uint64(11)).astype(np.float64) * 2.0 ** -53


def rebalance(attack):
    """Row numbers of a fifth of the attacks and twice as many other rows, in order."""
    hit, miss = np.flatnonzero(attack == 1), np.flatnonzero(attack == 0)
    hit = hit[uniform(len(hit), 2) < 0.2]
    want = min(2 * len(hit), len(miss))
    return np.sort(np.concatenate([hit, miss[np.argpartition(uniform(len(miss), 3), want - 1)[:want]]]))


class Polars:
    def __init__(self):
        import polars
        self.pl = polars

    def read(self, activity):
        pl = self.pl
        types = {"text": pl.String, "int": pl.Int32, "long": pl.Int64, "real": pl.Float64}
        schema = {c: types[kind(activity, c)] for c in COLUMNS[activity]}
        return pl.concat([pl.read_csv(f, schema=schema, has_header=True) for f in files(activity)])

    def repair(self, df):
        pl = self.pl

        def number(column):
            text = pl.col(column).str.replace_all(" ", "", literal=True)
            scale = (pl.when(text.str.ends_with("K")).then(1e3)
                     .when(text.str.ends_with("M")).then(1e6).otherwise(1.0))
            return (text.str.strip_chars_end("KM").cast(pl.Float64) * scale).alias(column)
        return df.with_columns(number(c) for c in REPAIRED)

    def top(self, df, columns):
        return [df[c].value_counts(sort=True).head(10) for c in columns]

    def describe(self, df, columns):
        return df.select(columns).describe(interpolation="linear")

    def group(self, df):
        return df.group_by("CMD").agg(self.pl.len().alias("n"), self.pl.col("attack").mean()).sort("CMD")

    def train(self, df):
        mask = self.pl.Series(uniform(df.height, 1) < 0.2)
        train, test = df.filter(~mask), df.filter(mask)
        return train[rebalance(train["attack"].to_numpy())], test


class Pandas:
    def __init__(self):
        import pandas
        self.pd = pandas

    def read(self, activity):
        types = {"text": "str", "int": "int32", "long": "int64", "real": "float64"}
        dtype = {c: types[kind(activity, c)] for c in COLUMNS[activity]}
        parts = [self.pd.read_csv(f, engine="pyarrow", names=COLUMNS[activity], header=0, dtype=dtype)
                 for f in files(activity)]
        return self.pd.concat(parts, ignore_index=True)

    def repair(self, df):
        def number(text):
            text = text.str.replace(" ", "", regex=False)
            scale = np.select([text.str.endswith("K"), text.str.endswith("M")], [1e3, 1e6], 1.0)
            return self.pd.to_numeric(text.str.rstrip("KM")).astype("float64") * scale
        df = df.copy(deep=False)
        df[REPAIRED] = df[REPAIRED].apply(number)
        return df

    def top(self, df, columns):
        return [df[c].value_counts().head(10) for c in columns]

    def describe(self, df, columns):
        return df[columns].describe()

    def group(self, df):
        return df.groupby("CMD")["attack"].agg(["size", "mean"])

    def train(self, df):
        mask = uniform(len(df), 1) < 0.2
        train, test = df[~mask], df[mask]
        return train.iloc[rebalance(train["attack"].to_numpy())], test


class Duckdb:
    """Tables in memory; what makes rows makes a table, what makes a summary fetches it."""

    def __init__(self):
        import duckdb
        self.db = duckdb.connect()

    def read(self, activity):
        types = {"text": "VARCHAR", "int": "INTEGER", "long": "BIGINT", "real": "DOUBLE"}
        columns = {c: types[kind(activity, c)] for c in COLUMNS[activity]}
        self.db.execute(f"CREATE OR REPLACE TABLE {activity} AS SELECT * FROM read_csv($files, header = true, "
                        f"columns = {columns})", {"files": files(activity)})
        return activity

    def repair(self, table):
        def number(column):
            text = f"replace({column}, ' ', '')"
            return (f"CAST(rtrim({text}, 'KM') AS DOUBLE) * "
                    f"CASE right({text}, 1) WHEN 'K' THEN 1e3 WHEN 'M' THEN 1e6 ELSE 1 END AS {column}")
        self.db.execute(f"CREATE OR REPLACE TABLE repaired AS SELECT * REPLACE ({', '.join(map(number, REPAIRED))}) "
                        f"FROM {table}")
        return "repaired"

    def top(self, table, columns):
        return [self.db.execute(f"SELECT {c}, count(*) AS n FROM {table} GROUP BY 1 ORDER BY n DESC LIMIT 10").fetchall()
                for c in columns]

    def describe(self, table, columns):
        return self.db.execute("SELECT " + ", ".join(
            f"count({c}), avg({c}), stddev_samp({c}), min({c}), max({c}), quantile_cont({c}, [0.25, 0.5, 0.75])"
            for c in columns) + f" FROM {table}").fetchall()

    def group(self, table):
        return self.db.execute(f"SELECT CMD, count(*), avg(attack) FROM {table} GROUP BY 1 ORDER BY 1").fetchall()

    def train(self, table):
        """Its own hash draws: a fifth of the train attacks and twice as many other rows, both exact."""
        draw = "hash(rowid) / 18446744073709551616.0"
        self.db.execute(f"CREATE OR REPLACE TABLE test AS SELECT * FROM {table} WHERE {draw} < 0.2")
        self.db.execute(f"CREATE OR REPLACE TABLE train AS SELECT * FROM {table} WHERE {draw} >= 0.2")
        count = self.db.execute("SELECT count(*) FROM train WHERE attack = 1").fetchall()[0][0] // 5
        self.db.execute("CREATE OR REPLACE TABLE small AS "
                        f"(SELECT * FROM train WHERE attack = 1 ORDER BY hash(rowid + 1) LIMIT {count}) UNION ALL "
                        f"(SELECT * FROM train WHERE attack = 0 ORDER BY hash(rowid + 2) LIMIT {2 * count})")


def measure(step, repeats, work):
    for _ in range(repeats):
        began = time.perf_counter()
        work()
        print(json.dumps({"step": step, "seconds": time.perf_counter() - began}), flush=True)


def main(name, repeats):
    library = {"polars": Polars, "pandas": Pandas, "duckdb": Duckdb}[name]()
    data = {}

    def read():
        data.clear()
        for activity in ACTIVITIES:
            data[activity] = library.read(activity)
    measure("read", 1, read)
    print(json.dumps({"peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}), flush=True)
    measure("read", repeats - 1, read)
    measure("repair", repeats, lambda: library.repair(data["memory"]))
    data["memory"] = library.repair(data["memory"])
    measure("top", repeats, lambda: [library.top(data[a], TEXT[a]) for a in ACTIVITIES])
    measure("describe", repeats, lambda: [library.describe(data[a], numbers(a)) for a in ACTIVITIES])
    measure("group", repeats, lambda: [library.group(data[a]) for a in ACTIVITIES])
    measure("train", repeats, lambda: [library.train(data[a]) for a in ACTIVITIES])


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
