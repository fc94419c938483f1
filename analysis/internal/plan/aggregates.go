package plan

import (
	"fmt"
	"strings"

	"github.com/stophacking/kelpie/analysis/internal/column"
	"github.com/stophacking/kelpie/analysis/number"
	"github.com/stophacking/kelpie/analysis/visible"
)

// counts is a column of how many rows or values there are.
func counts(name string) Field { return Field{Name: name, Type: column.Int64, Unit: number.Counts} }

// NullCounts is one row a column: column, type, nulls, rows.
type NullCounts struct{}

func (NullCounts) Describe() string { return "null counts" }
func (NullCounts) Fields([][]Field) ([]Field, error) {
	return []Field{{Name: "column", Type: column.String}, {Name: "type", Type: column.String},
		counts("nulls"), counts("rows")}, nil
}

// Describe is one row a numeric column: column, count (of values), nulls, mean,
// stddev (n-1), min, the quartiles 25%, 50% and 75% (linear interpolation, R's
// type 7) and max.
type Describe struct{ Columns []string }

func (d Describe) Describe() string { return "describe " + visible.Names(d.Columns) }
func (d Describe) Fields(parents [][]Field) ([]Field, error) {
	if err := allNumeric("describe", parents[0], d.Columns); err != nil {
		return nil, err
	}
	fields := []Field{{Name: "column", Type: column.String}, counts("count"), counts("nulls")}
	for _, name := range []string{"mean", "stddev", "min", "25%", "50%", "75%", "max"} {
		fields = append(fields, Field{Name: name, Type: column.Float64})
	}
	return fields, nil
}

// plainColumns returns the named fields; a feature vector among them is a mistake.
func plainColumns(fields []Field, names []string) ([]Field, error) {
	found, err := FindAll(fields, names)
	if err != nil {
		return nil, err
	}
	for _, f := range found {
		if f.Type == column.Vector {
			return nil, fmt.Errorf("column %q is a feature vector", f.Name)
		}
	}
	return found, nil
}

func allNumeric(operation string, fields []Field, names []string) error {
	found, err := FindAll(fields, names)
	if err != nil {
		return fmt.Errorf("%s: %w", operation, err)
	}
	for _, f := range found {
		if !f.Type.Numeric() {
			return fmt.Errorf("%s: column %q is %s, not a number", operation, f.Name, f.Type)
		}
	}
	return nil
}

// TopValues is the K most frequent values of each column, most frequent first,
// equal counts by value: column, value (as text), count, share of the rows.
type TopValues struct {
	Columns []string
	K       int
}

func (t TopValues) Describe() string {
	return fmt.Sprintf("top %d values of %s", t.K, visible.Names(t.Columns))
}
func (t TopValues) Fields(parents [][]Field) ([]Field, error) {
	if _, err := plainColumns(parents[0], t.Columns); err != nil {
		return nil, fmt.Errorf("top values: %w", err)
	}
	return []Field{{Name: "column", Type: column.String}, {Name: "value", Type: column.String},
		counts("count"), {Name: "share", Type: column.Float64, Unit: number.Shares}}, nil
}

// Aggregate functions of a group.
const (
	Count  = "count"
	Sum    = "sum"
	Mean   = "mean"
	Min    = "min"
	Max    = "max"
	StdDev = "stddev"
)

// Aggregate is a function of one column over the rows of a group; Count counts
// rows and takes no column.
type Aggregate struct {
	Function string
	Column   string
	As       string // the result column's name; "": see Name
}

// Name is the result column's name: As, or "count" or "mean(CPU)".
func (a Aggregate) Name() string {
	if a.As != "" {
		return a.As
	}
	return a.of()
}

func (a Aggregate) of() string {
	if a.Function == Count {
		return Count
	}
	return a.Function + "(" + visible.Text(a.Column) + ")"
}

// unit is what the aggregate of a column counts: what the column does, but for a sum of
// points in time, which is none, and for how they spread, which is a duration.
func (a Aggregate) unit(of Field) number.Unit {
	switch unit := of.Shown(); {
	case a.Function == StdDev:
		return unit.Difference()
	case a.Function == Sum && unit.Dates():
		return number.Plain
	default:
		return unit
	}
}

// GroupBy is one row for each distinct combination of the keys, in their order,
// null being a value: the keys, then one column an aggregate.
type GroupBy struct {
	Keys       []string
	Aggregates []Aggregate
}

func (g GroupBy) Describe() string {
	return fmt.Sprintf("group by %s: %s", visible.Names(g.Keys), g.aggregates())
}

// Counted says what the groups' rows are: "count, mean(CPU) by CMD".
func (g GroupBy) Counted() string { return g.aggregates() + " by " + visible.Names(g.Keys) }

func (g GroupBy) aggregates() string {
	names := make([]string, len(g.Aggregates))
	for i, a := range g.Aggregates {
		if names[i] = a.of(); a.As != "" {
			names[i] += " as " + visible.Text(a.As)
		}
	}
	return strings.Join(names, ", ")
}
func (g GroupBy) Fields(parents [][]Field) ([]Field, error) {
	if len(g.Keys) == 0 {
		return nil, fmt.Errorf("group by: name at least one column")
	}
	keys, err := plainColumns(parents[0], g.Keys)
	if err != nil {
		return nil, fmt.Errorf("group by: %w", err)
	}
	var names []string // of what is aggregated
	for _, a := range g.Aggregates {
		if a.Function != Count {
			names = append(names, a.Column)
		}
	}
	if err := allNumeric("group by", parents[0], names); err != nil {
		return nil, err
	}
	numbers, _ := FindAll(parents[0], names)
	fields := append([]Field{}, keys...)
	if err := unique(keys); err != nil {
		return nil, fmt.Errorf("group by: %w", err)
	}
	for _, a := range g.Aggregates {
		field := counts(a.Name())
		if a.Function != Count {
			of := numbers[0]
			numbers = numbers[1:]
			if of.Type == column.Float64 || a.Function == Mean || a.Function == StdDev {
				field.Type = column.Float64
			}
			field.Unit = a.unit(of)
		}
		fields = append(fields, field)
	}
	if err := unique(fields); err != nil {
		return nil, fmt.Errorf("group by: %w; name the aggregate, as in Aggregate(Count().As(\"n\"))", err)
	}
	return fields, nil
}

// NonConforming tries the text columns against the types they are declared to
// have: column, declared, rows (that do not follow it), distinct (values among
// them) and examples.
type NonConforming struct{ Declared []Field }

func (NonConforming) Describe() string { return "values that do not follow the declared types" }
func (n NonConforming) Fields(parents [][]Field) ([]Field, error) {
	found, err := FindAll(parents[0], NamesOf(n.Declared))
	if err != nil {
		return nil, fmt.Errorf("non conforming: %w", err)
	}
	for _, f := range found {
		if f.Type != column.String {
			return nil, fmt.Errorf("non conforming: column %q is %s, not a text", f.Name, f.Type)
		}
	}
	return []Field{{Name: "column", Type: column.String}, {Name: "declared", Type: column.String},
		counts("rows"), counts("distinct"),
		{Name: "examples", Type: column.String}}, nil
}

// Correlation is Pearson's r between columns over the rows in which none of them
// is null: column, then one column a column. NaN where a column is constant.
type Correlation struct{ Columns []string }

func (c Correlation) Describe() string { return "correlation of " + visible.Names(c.Columns) }
func (c Correlation) Fields(parents [][]Field) ([]Field, error) {
	if err := allNumeric("correlation", parents[0], c.Columns); err != nil {
		return nil, err
	}
	fields := []Field{{Name: "column", Type: column.String}}
	for _, name := range c.Columns {
		fields = append(fields, Field{Name: name, Type: column.Float64})
	}
	if err := unique(fields); err != nil {
		return nil, fmt.Errorf("correlation: %w in the result; rename one first", err)
	}
	return fields, nil
}

// Histogram is the rows of a numeric column counted in bins [Edges[i],
// Edges[i+1]), the last one closed: from, to, class, count, ordered by class and
// bin. class is the value of the integer column By, 0 without one. Values outside
// the edges and nulls are not counted.
type Histogram struct {
	Column string
	Edges  []float64
	By     string // "" counts all rows together
}

func (h Histogram) Describe() string { return "histogram of " + h.Column }
func (h Histogram) Fields(parents [][]Field) ([]Field, error) {
	if err := allNumeric("histogram", parents[0], []string{h.Column}); err != nil {
		return nil, err
	}
	if h.By != "" {
		by, err := Find(parents[0], h.By)
		if err != nil {
			return nil, fmt.Errorf("histogram: %w", err)
		}
		if !by.Type.Numeric() || by.Type == column.Float64 {
			return nil, fmt.Errorf("histogram: column %q is %s, not an integer", h.By, by.Type)
		}
	}
	for i := range h.Edges {
		if i > 0 && !(h.Edges[i] > h.Edges[i-1]) {
			return nil, fmt.Errorf("histogram: edge %d, %v, is not above %v", i, h.Edges[i], h.Edges[i-1])
		}
	}
	if len(h.Edges) < 2 {
		return nil, fmt.Errorf("histogram: %d edges make no bin", len(h.Edges))
	}
	of, err := Find(parents[0], h.Column)
	return []Field{{Name: "from", Type: column.Float64, Unit: of.Shown()}, {Name: "to", Type: column.Float64, Unit: of.Shown()},
		{Name: "class", Type: column.Int64}, counts("count")}, err
}
