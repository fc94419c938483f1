package analysis

import (
	"fmt"
	"slices"
	"strings"

	"github.com/stophacking/kelpie/analysis/internal/column"
	"github.com/stophacking/kelpie/analysis/internal/plan"
	"github.com/stophacking/kelpie/analysis/number"
	"github.com/stophacking/kelpie/analysis/visible"
)

// A Type says what the values of a column are.
type Type uint8

// The column types.
const (
	Int32     = Type(column.Int32)     // 32-bit signed integer
	Int64     = Type(column.Int64)     // 64-bit signed integer
	Float64   = Type(column.Float64)   // IEEE 754 double
	Bool      = Type(column.Bool)      // true or false
	String    = Type(column.String)    // UTF-8 text
	Timestamp = Type(column.Timestamp) // whole seconds since 1970-01-01 00:00:00 UTC
	Vector    = Type(column.Vector)    // a row of features; made by package ml, never read from a file
)

// String returns the type's name as it stands in tables, such as "float64".
func (t Type) String() string { return column.Type(t).String() }

// A Unit says what the numbers of a column count. Tables show them by it; types, values
// and what is kept on disk are the same with any unit. A unit travels with its column
// through every verb that leaves the values as they are, and to aggregates of it; what
// an expression computes has none.
type Unit number.Unit

// The units. A column of type Timestamp without a unit is SecondsSince1970.
const (
	Plain                 = Unit(number.Plain)                 // shown as in the data
	Counts                = Unit(number.Counts)                // how many: shown with separators, 1,927,968
	Shares                = Unit(number.Shares)                // of 1: shown in percent
	SecondsSince1970      = Unit(number.SecondsSince1970)      // points in time since 1970-01-01 00:00:00 UTC: shown as dates in UTC
	MillisecondsSince1970 = Unit(number.MillisecondsSince1970) // the same in milliseconds
	MicrosecondsSince1970 = Unit(number.MicrosecondsSince1970)
	NanosecondsSince1970  = Unit(number.NanosecondsSince1970)
	Seconds               = Unit(number.Seconds) // durations: shown in two digits and the unit that suits, 0.21 s
	Milliseconds          = Unit(number.Milliseconds)
	Microseconds          = Unit(number.Microseconds)
	Nanoseconds           = Unit(number.Nanoseconds)
)

// String names the unit, as in "seconds since 1970 UTC"; "" is Plain.
func (u Unit) String() string { return number.Unit(u).String() }

// A Field declares one column of a file.
type Field struct {
	Name    string
	Type    Type
	Unit    Unit     // what its numbers count; no part of the type
	Aliases []string // other names the column may have in a file's header
	Doc     string   // what the values mean, for people
}

// A Schema declares the columns of files: their names, types and order in the
// frame. In a file the columns are found by name, in any order.
type Schema struct {
	Name   string // what the rows are, such as "Linux process activity"; used in messages
	Fields []Field
	Remedy string // what to do when there is no file, said by the error

	// Refused, if not nil, is asked when there is no file: it returns why files that
	// are there are not used, which the error then says, or nil.
	Refused func() error

	// FailFast makes reading stop with an error at the first value, in file
	// order, that does not follow its type. Without it such a value becomes
	// null, is counted, and is shown by [Frame.Problems].
	FailFast bool
}

// Field returns the field of that name.
func (s Schema) Field(name string) (Field, bool) {
	for _, f := range s.Fields {
		if f.Name == name {
			return f, true
		}
	}
	return Field{}, false
}

// String prints the schema as a tree, one column a line, its texts as package
// visible writes them.
func (s Schema) String() string {
	var b strings.Builder
	b.WriteString("root")
	if s.Name != "" {
		b.WriteString(" (" + visible.Text(s.Name) + ")")
	}
	for _, f := range s.Fields {
		fmt.Fprintf(&b, "\n |-- %s: %s", visible.Text(f.Name), f.Type)
		if f.Unit >= SecondsSince1970 { // a count or a share says so by its name
			fmt.Fprintf(&b, ", %s", f.Unit)
		}
		if f.Doc != "" {
			b.WriteString("  " + visible.Text(f.Doc))
		}
	}
	return b.String()
}

func planFields(fields []Field) []plan.Field {
	out := make([]plan.Field, len(fields))
	for i, f := range fields {
		out[i] = plan.Field{Name: f.Name, Type: column.Type(f.Type), Aliases: slices.Clone(f.Aliases), Unit: number.Unit(f.Unit)}
	}
	return out
}
