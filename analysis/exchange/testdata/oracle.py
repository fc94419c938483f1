"""Opens Arrow files in pyarrow, polars and DuckDB and compares what they hold.

python oracle.py expected.json FILE...

expected.json is {"columns": [{"name", "type", "values"}]}: type is a frame's
type, values are texts, null for a null; a timestamp is in seconds. Prints what
differs and exits with 1, or says what was compared.
"""
import json
import math
import os
import struct
import sys

import duckdb
import polars
import pyarrow.ipc

# A frame's texts are 16-bit codes, and plain where most are different.
TYPES = {
    "pyarrow": {
        "int32": "int32", "int64": "int64", "float64": "double", "bool": "bool", "timestamp": "timestamp[s, tz=UTC]",
        "string": "dictionary<values=string, indices=uint16, ordered=0>", "plain string": "large_string",
    },
    "polars": {
        "int32": "Int32", "int64": "Int64", "float64": "Float64", "bool": "Boolean", "string": "Categorical",
        "plain string": "String",
        "timestamp": "Datetime(time_unit='ms', time_zone='UTC')",
    },
    "duckdb": {
        "int32": "INTEGER", "int64": "BIGINT", "float64": "DOUBLE", "bool": "BOOLEAN", "string": "VARCHAR",
        "plain string": "VARCHAR",
        "timestamp": "TIMESTAMP WITH TIME ZONE",
    },
}


def by_pyarrow(path):
    with pyarrow.ipc.open_file(path) as file:
        table = file.read_all()
    table.validate(full=True)
    for name in table.column_names:
        column = table[name]
        kind = column.type
        if pyarrow.types.is_timestamp(kind):
            column = column.cast("int64")
        yield name, str(kind), column.null_count, column.to_pylist()


def by_polars(path):
    frame = polars.read_ipc(path)
    for column in frame.get_columns():
        kind, nulls = column.dtype, column.null_count()
        if kind == polars.Datetime:
            column = column.dt.epoch("s")
        yield column.name, str(kind), nulls, column.to_list()


def by_duckdb(path):
    with pyarrow.ipc.open_file(path) as file:
        table = file.read_all()  # DuckDB scans the table where it lies
    connection = duckdb.connect()
    connection.register("frame", table)
    for name, kind in connection.execute("select column_name, column_type from (describe frame)").fetchall():
        quoted = '"' + name.replace('"', '""') + '"'
        value = f"epoch({quoted})::bigint" if kind.startswith("TIMESTAMP") else quoted
        values = [row[0] for row in connection.execute(f"select {value} from frame").fetchall()]
        nulls = connection.execute(f"select count(*) - count({quoted}) from frame").fetchone()[0]
        yield name, "VARCHAR" if kind.startswith("ENUM") else kind, nulls, values


def parse(kind, text):
    if text is None:
        return None
    if kind == "float64":
        return float(text)
    if kind == "bool":
        return text == "true"
    return text if kind.endswith("string") else int(text)


def same(a, b):
    if isinstance(a, float) and isinstance(b, float):
        return math.isnan(a) and math.isnan(b) or struct.pack("d", a) == struct.pack("d", b)
    return type(a) is type(b) and a == b


def main(expected, *paths):
    with open(expected, encoding="utf-8") as file:
        wanted = json.load(file)["columns"]
    failed = 0
    for path in paths:
        for reader in (by_pyarrow, by_polars, by_duckdb):
            program = reader.__name__[3:]
            found = list(reader(path))
            if [c[0] for c in found] != [c["name"] for c in wanted]:
                print(f"{path}: {program} finds the columns {[c[0] for c in found]}")
                failed += 1
                continue
            for (name, kind, nulls, values), want in zip(found, wanted):
                expect = [parse(want["type"], text) for text in want["values"]]
                wrong = [i for i, (a, b) in enumerate(zip(values, expect)) if not same(a, b)]
                if kind != TYPES[program][want["type"]]:
                    print(f"{path}: {program}: column {name} is {kind}, not {TYPES[program][want['type']]}")
                    failed += 1
                if nulls != expect.count(None) or len(values) != len(expect):
                    print(f"{path}: {program}: column {name} has {nulls} nulls in {len(values)} rows, not {expect.count(None)} in {len(expect)}")
                    failed += 1
                if wrong:
                    print(f"{path}: {program}: column {name} differs in {len(wrong)} rows, first {wrong[0]}: {values[wrong[0]]!r}, not {expect[wrong[0]]!r}")
                    failed += 1
    if failed:
        sys.exit(1)
    rows = len(wanted[0]["values"]) if wanted else 0
    print(f"pyarrow {pyarrow.__version__}, polars {polars.__version__} and DuckDB {duckdb.__version__} read {rows} rows of {len(wanted)} columns from {', '.join(map(os.path.basename, paths))}")


if __name__ == "__main__":
    main(*sys.argv[1:])
