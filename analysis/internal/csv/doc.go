// Package csv reads comma-separated files into typed columns.
//
// In go the paths of one or more files and the fields that are wanted, each with
// a type; out comes one [column.Batch] with a column a field, the files' rows one
// after the other. The files are mapped, cut into blocks at record ends, counted,
// and decoded by several workers straight into the final buffers; the result is
// the same, bit for bit, for any number of workers.
//
// The format is RFC 4180: fields in quotes may hold separators, line breaks and
// doubled quotes; lines end in LF or CRLF, the last one may lack its end. Lines
// without any character are skipped. A byte order mark is dropped. Columns are
// found by their name in the header, so their order does not matter; only a name
// that is a field's must not be there twice. A record, its line end included, has at
// most 64 MiB, so a field too; a header has at most 1,048,576 columns.
//
// Damage to the structure (a ragged row, a stray quote, a missing column) is an
// [Error] with file, line and column. A value that does not fit its column's type
// is a [Problem]: the value becomes null, is counted, and the first five of a
// column are kept; with [Options.FailFast] it is an error too.
//
// Values are read so:
//   - Int32, Int64: any decimal number, as below, whose value is whole and in the
//     type's range: "3257.0" and "3.257e3" have one meaning, 3257. It is taken from
//     the digits, never rounded. "3257.5" is bad.
//   - Timestamp: whole seconds since 1970-01-01 00:00:00 UTC, read as Int64. Values
//     outside of the years 1 to 9999 are kept as they are, but are a [Doubt].
//   - Float64: decimal notation, with or without exponent, rounded as
//     [strconv.ParseFloat] rounds; hexadecimal floats, "nan" and "inf" are bad.
//   - Bool: what [strconv.ParseBool] takes, such as "1", "true" or "F", or a number
//     that is 0 or 1, such as "1.0".
//   - String: the text as it is, a line break inside quotes included. An empty
//     field is "", never null. Text that is not UTF-8 is a problem; each bad
//     sequence in it becomes U+FFFD.
//
// Blanks (spaces and tabs) around a value that is not a String are ignored, blanks
// within are bad. An empty or blank field that is not a String is null, and no
// problem.
package csv
