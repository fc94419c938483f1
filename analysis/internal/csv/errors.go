package csv

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/stophacking/kelpie/analysis/visible"
)

// What can be wrong with a file. An [Error] wraps one of them, or what the
// operating system said.
var (
	ErrRagged          = errors.New("wrong number of fields")
	ErrTooLong         = errors.New("the record is too long")
	ErrQuote           = errors.New("misplaced quote")
	ErrMissingColumn   = errors.New("missing column")
	ErrDuplicateColumn = errors.New("duplicate column")
	ErrRepeatedHeader  = errors.New("the header is repeated")
	ErrNotCSV          = errors.New("not a CSV file")
	ErrEmpty           = errors.New("the file is empty")
	ErrChanged         = errors.New("the file changed while it was read")
	ErrBadValue        = errors.New("bad value") // only with FailFast
)

// An Error says what is wrong with a file, and where.
type Error struct {
	Path         string // as it was given
	Line, Column int    // 1-based; Column counts bytes; both 0 when the file as a whole is meant
	Field        string // the field's declared name, or ""
	Err          error  // what is wrong
}

// Error returns the message, such as
// "csv: data/linux_process_1.csv:17:20: wrong number of fields: 3, the header has 17".
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString("csv: " + visible.Text(e.Path))
	if e.Line > 0 {
		fmt.Fprintf(&b, ":%d:%d", e.Line, e.Column)
	}
	if e.Field != "" {
		b.WriteString(": " + visible.Text(e.Field))
	}
	b.WriteString(": " + e.Err.Error())
	return b.String()
}

// Unwrap returns e.Err.
func (e *Error) Unwrap() error { return e.Err }

// A Doubt is a column of timestamps with values that follow the type but are no
// seconds since 1970, since these would lie outside of the years 1 to 9999.
type Doubt struct {
	Problem       // the first in file order; Reason says what it looks like
	Count   int64 // how many there are
}

// A Problem is one value that did not fit its column's type.
type Problem struct {
	Path         string // as it was given
	Line, Column int    // 1-based, of the field's first byte; Column counts bytes
	Field        string // the field's declared name
	Text         string // the value; of a long one the beginning and "…"
	Reason       string // continues the sentence: "is not an int32"
}

// String returns the problem as one line for people, such as
// `linux_process_1.csv:17:4: PID: "x" is not an int32`. It names the file without
// its folder, so that it reads the same on every machine.
func (p Problem) String() string {
	return fmt.Sprintf("%s:%d:%d: %s: %q %s", visible.Text(filepath.Base(p.Path)), p.Line, p.Column, visible.Text(p.Field), p.Text, p.Reason)
}
