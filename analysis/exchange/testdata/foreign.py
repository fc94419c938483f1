"""Writes the .arrow files beside it: one frame, as other programs write it.

Run in this folder with pyarrow and polars installed: python foreign.py. What the
frame holds is said again in foreign_test.go.
"""
import datetime

import polars
import pyarrow
import pyarrow.feather
import pyarrow.ipc

utc = datetime.timezone.utc
times = [datetime.datetime(1969, 12, 31, 23, 59, 59, tzinfo=utc), None, datetime.datetime(2020, 2, 29, 12, tzinfo=utc), datetime.datetime(1970, 1, 1, tzinfo=utc)]
table = pyarrow.table({
    "i8": pyarrow.array([-128, None, 0, 127], pyarrow.int8()),
    "u16": pyarrow.array([0, None, 1, 65535], pyarrow.uint16()),
    "i32": pyarrow.array([-(2**31), None, 0, 2**31 - 1], pyarrow.int32()),
    "u32": pyarrow.array([0, None, 1, 2**32 - 1], pyarrow.uint32()),
    "i64": pyarrow.array([-(2**63), None, 0, 2**63 - 1], pyarrow.int64()),
    "u64": pyarrow.array([0, None, 1, 2**63 - 1], pyarrow.uint64()),
    "f32": pyarrow.array([0.5, None, -0.0, float("inf")], pyarrow.float32()),
    "f64": pyarrow.array([0.1, None, -0.0, float("nan")], pyarrow.float64()),
    "flag": pyarrow.array([True, None, False, True]),
    "text": pyarrow.array(["", None, "größe", "a text of more than twelve bytes"]),
    "large": pyarrow.array(["b", None, "a", "b"], pyarrow.large_utf8()),
    "class": pyarrow.DictionaryArray.from_arrays(pyarrow.array([2, None, 0, 1], pyarrow.int8()), ["z", None, "a"]),
    "time": pyarrow.array(times, pyarrow.timestamp("us", "UTC")),
    "day": pyarrow.array([datetime.date(1969, 12, 31), None, datetime.date(2020, 2, 29), datetime.date(1970, 1, 1)], pyarrow.date32()),
})
one, rest = table.slice(0, 1), table.slice(1)
for name, codec in {"pyarrow": None, "pyarrow_lz4": "lz4", "pyarrow_zstd": "zstd"}.items():
    options = pyarrow.ipc.IpcWriteOptions(compression=codec)
    with pyarrow.ipc.new_file(name + ".arrow", table.schema, options=options) as out:
        out.write_table(one)
        out.write_table(rest)
frame = polars.from_arrow(table)
frame.write_ipc("polars.arrow")
frame.write_ipc("polars_zstd.arrow", compression="zstd")
