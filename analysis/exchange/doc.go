// Package exchange is the door to other programs: frames become Arrow records
// and files, and Arrow records and files become frames.
//
//	records, err := exchange.Records(frame)                    // for Go code that speaks Arrow
//	frame := exchange.FromRecords(session, nil, records...)    // from such code
//	err = exchange.WriteArrow(frame, "process.arrow")          // for pyarrow, polars, DuckDB, R …
//	frame = exchange.ReadArrow(session, "process.arrow")       // from them
//
// Arrow is the format of https://arrow.apache.org/docs/format/Columnar.html, in
// the Go library of version 15. Column i of a record is column i of the frame,
// row k is row k, and a null is a null on both sides:
//
//	frame      to Arrow                       from Arrow
//	Int32      int32                          int8, int16, int32, uint8, uint16
//	Int64      int64                          int64, uint32, uint64 (up to 2^63-1)
//	Float64    double                         float, double
//	Bool       bool                           bool
//	String     dictionary of utf8 (uint16/32) utf8, large_utf8, utf8_view, dictionaries of them
//	           large_utf8 of most distinct
//	Timestamp  timestamp[s, UTC]              timestamp of any unit, date32
//
// A timestamp without a time zone is taken as UTC. Frames count whole seconds: a
// timestamp with a fraction is an error rather than another point in time. A
// date is its first second in UTC. All other types are errors that name column
// and type; so is a value that does not fit, with its row. NaN is a value, and
// the sign of zero is kept.
//
// What a frame has beside its columns does not travel: the numbers of its rows
// in the files they came from (a frame that came back draws other samples) and
// the labels of columns that were indexed.
//
// The package is apart so that only programs which import it link it.
package exchange
