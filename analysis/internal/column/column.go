// Package column holds typed columns in Arrow's memory layout, and the kernels
// that count, describe, order and gather them.
//
// A [Column] is immutable once it is built: every kernel reads its input and
// returns a new value, and columns share their buffers freely. Buffers may lie
// in memory that is mapped read-only from a file, so writing to one faults.
package column

import "fmt"

// A Type says what the values of a column are.
type Type uint8

// The column types. The numbers are part of no file format and may change.
const (
	Invalid   Type = iota
	Int32          // 32-bit signed integer
	Int64          // 64-bit signed integer
	Float64        // IEEE 754 double; NaN is a value, not a null
	Bool           // true or false
	String         // UTF-8 text, dictionary-coded or plain
	Timestamp      // seconds since 1970-01-01 00:00:00 UTC, held as Int64
	Vector         // a row of features, see [Features]
)

var typeNames = [...]string{"invalid", "int32", "int64", "float64", "bool", "string", "timestamp", "vector"}

// String returns the type's name as it is shown in tables, such as "float64".
func (t Type) String() string {
	if int(t) < len(typeNames) {
		return typeNames[t]
	}
	return fmt.Sprintf("type(%d)", uint8(t))
}

// Numeric reports whether values of t take part in arithmetic: integers and
// floats. A timestamp is numeric (seconds); a bool is not.
func (t Type) Numeric() bool {
	return t == Int32 || t == Int64 || t == Float64 || t == Timestamp
}

// A Column is one named column of a table. Which slice holds the values follows
// from Type; the others are nil. Every slice has one item a row, also under a
// null, where its value is defined (zero) but has no meaning.
type Column struct {
	Name string
	Type Type
	Len  int

	// Nulls counts the null rows. Valid is nil when it is 0; otherwise bit i%8
	// of Valid[i/8] is set where row i holds a value (Arrow's validity bitmap).
	Nulls int
	Valid []byte

	Int32s   []int32   // Int32
	Int64s   []int64   // Int64, Timestamp
	Float64s []float64 // Float64
	Bools    []byte    // Bool: one bit a row, packed as Valid is

	// String: row i is Dictionary[Code(i)]. Dictionary is sorted by bytes and
	// holds no value twice; it may hold values that no row uses. The codes are in
	// Codes16 where the column is [Column.Narrow], otherwise in Codes; the other
	// is nil.
	Codes16    []uint16
	Codes      []uint32
	Dictionary []string

	// String where [Column.Plain], which has no codes and no dictionary: row i is
	// Bytes[Offsets[i]:Offsets[i+1]]. Offsets has Len+1 items, which do not
	// descend; the first need not be 0, nor the last the end of Bytes. (Arrow's
	// large_utf8.)
	Offsets []int64
	Bytes   []byte

	// Levels are the category labels of an index column (as StringIndexer
	// makes): value k stands for Levels[k]. nil for an ordinary column. Source is
	// the name of the column that was indexed.
	Levels []string
	Source string

	Features *Features // Vector
}

// Features is what a column of type [Vector] holds: the row's features as a list
// of encoded columns, never as a dense matrix. Slots are numbered through the
// parts in order.
type Features struct {
	Parts []Part
}

// A Part is one input column of a feature vector and how it becomes slots.
//
// With Levels nil and OneHot false it is one numeric slot: the column's value.
// With OneHot true it is len(Levels) slots (0/1): slot k is 1 where the column's
// value, an index, is k; an index beyond the levels gives all zeros.
// With Levels set and OneHot false it is one categorical slot: the index itself,
// which trees may split by subsets of Levels.
//
// Shift, Scale and Offset, one item a slot or nil, say that a slot's value v
// appears as (v-Shift)*Scale + Offset.
type Part struct {
	Name   string   // the input column's name before encoding
	Values *Column  // Int32, Int64, Float64, Timestamp or Bool
	Levels []string // labels of an index column
	OneHot bool
	Shift  []float64
	Scale  []float64
	Offset []float64
}

// Slots returns how many features the part contributes.
func (p Part) Slots() int {
	if p.OneHot {
		return len(p.Levels)
	}
	return 1
}

// Size returns the number of slots of all parts together.
func (f *Features) Size() int {
	n := 0
	for _, p := range f.Parts {
		n += p.Slots()
	}
	return n
}

// Names returns one name a slot: the column's name, or name_level for one-hot
// slots (the level as it is in the data, of any text).
func (f *Features) Names() []string {
	names := make([]string, 0, f.Size())
	for _, p := range f.Parts {
		if !p.OneHot {
			names = append(names, p.Name)
			continue
		}
		for _, level := range p.Levels {
			names = append(names, p.Name+"_"+level)
		}
	}
	return names
}

// IsNull reports whether row i is null.
func (c *Column) IsNull(i int) bool {
	return c.Nulls > 0 && c.Valid[i>>3]&(1<<(i&7)) == 0
}

// Bool returns row i of a Bool column.
func (c *Column) Bool(i int) bool { return c.Bools[i>>3]&(1<<(i&7)) != 0 }

// Text returns row i of a String column; "" where it is null.
func (c *Column) Text(i int) string {
	if c.IsNull(i) {
		return ""
	}
	if c.Plain() {
		return c.plainText(i)
	}
	return c.Dictionary[c.Code(i)]
}

// Float returns row i of a numeric or Bool column as a float64 (true is 1), and
// 0 where it is null. An int64 beyond 2^53 is rounded.
func (c *Column) Float(i int) float64 {
	switch c.Type {
	case Int32:
		return float64(c.Int32s[i])
	case Int64, Timestamp:
		return float64(c.Int64s[i])
	case Float64:
		return c.Float64s[i]
	case Bool:
		if c.Bool(i) {
			return 1
		}
	}
	return 0
}

// Value returns row i as nil (null), int32, int64, float64, bool or string.
func (c *Column) Value(i int) any {
	if c.IsNull(i) {
		return nil
	}
	switch c.Type {
	case Int32:
		return c.Int32s[i]
	case Int64, Timestamp:
		return c.Int64s[i]
	case Float64:
		return c.Float64s[i]
	case Bool:
		return c.Bool(i)
	case String:
		return c.Text(i)
	}
	return nil
}

// A Batch is the columns of one frame: all of the same length.
type Batch struct {
	Columns []*Column
	Len     int // rows, also when there is no column

	// Rows holds each row's number in the source files, the identity that
	// random draws are made from. nil means row i is number i.
	Rows []uint32
}

// Column returns the column of that name, or nil. [Batch.Named] looks for many.
func (b *Batch) Column(name string) *Column {
	for _, c := range b.Columns {
		if c.Name == name {
			return c
		}
	}
	return nil
}

// Named returns the column of each name, nil where there is none, in the order of
// names. It costs a step for each column and name.
func (b *Batch) Named(names []string) []*Column {
	by := make(map[string]*Column, len(b.Columns))
	for _, c := range b.Columns {
		by[c.Name] = c
	}
	found := make([]*Column, len(names))
	for i, name := range names {
		found[i] = by[name]
	}
	return found
}

// Row returns the source row number of row i.
func (b *Batch) Row(i int) uint64 {
	if b.Rows == nil {
		return uint64(i)
	}
	return uint64(b.Rows[i])
}
