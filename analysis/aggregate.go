package analysis

import (
	"slices"

	"github.com/stophacking/kelpie/analysis/internal/column"
	"github.com/stophacking/kelpie/analysis/internal/plan"
)

// Groups are the rows of a frame grouped by key columns.
type Groups struct {
	frame Frame
	keys  []string
}

// GroupBy groups the rows by the values of one or more key columns; null is a value.
// Frames made from groups have a row for each, ordered by the keys, nulls first.
func (f Frame) GroupBy(keys ...string) Groups { return Groups{f, slices.Clone(keys)} }

// Count returns the keys and, as column "count", the number of rows. Another name
// is given by Aggregate(Count().As("n")).
func (g Groups) Count() Frame { return g.Aggregate(Count()) }

// Mean returns the keys and the mean of each named column, as "mean(name)".
func (g Groups) Mean(columns ...string) Frame {
	var aggregates []Aggregate
	for _, name := range columns {
		aggregates = append(aggregates, Mean(name))
	}
	return g.Aggregate(aggregates...)
}

// Aggregate returns the keys and a column for each aggregate, named as in
// "mean(CPU)", or as [Aggregate.As] says. Nulls take no part in them; over no value
// at all count is 0 and the others are null.
func (g Groups) Aggregate(aggregates ...Aggregate) Frame {
	op := plan.GroupBy{Keys: g.keys}
	for _, a := range aggregates {
		op.Aggregates = append(op.Aggregates, a.aggregate)
	}
	return g.frame.with(op)
}

// An Aggregate is a function over the rows of a group.
type Aggregate struct{ aggregate plan.Aggregate }

// As returns a with another name for its column: what an aggregate is called by
// itself may be taken, by a key or by the same aggregate again.
func (a Aggregate) As(name string) Aggregate {
	a.aggregate.As = name
	return a
}

// Count counts the rows of a group.
func Count() Aggregate { return Aggregate{plan.Aggregate{Function: plan.Count}} }

// Sum adds a column up: int64 for integers, an error where it overflows; of floats
// infinite where the sum, not just a part of it, is beyond what a float64 holds.
func Sum(name string) Aggregate {
	return Aggregate{plan.Aggregate{Function: plan.Sum, Column: name}}
}

// Mean is the arithmetic mean of a column.
func Mean(name string) Aggregate {
	return Aggregate{plan.Aggregate{Function: plan.Mean, Column: name}}
}

// Min is the least value of a column.
func Min(name string) Aggregate {
	return Aggregate{plan.Aggregate{Function: plan.Min, Column: name}}
}

// Max is the greatest value of a column.
func Max(name string) Aggregate {
	return Aggregate{plan.Aggregate{Function: plan.Max, Column: name}}
}

// StdDev is the sample standard deviation (n-1) of a column; null for one value,
// infinite where it is beyond what a float64 holds.
func StdDev(name string) Aggregate {
	return Aggregate{plan.Aggregate{Function: plan.StdDev, Column: name}}
}

func isText(t column.Type) bool { return t == column.String }

// orAll returns names, or if there are none the columns whose type passes.
func (f Frame) orAll(names []string, wanted func(column.Type) bool) []string {
	if len(names) == 0 {
		return f.columnsOf(wanted)
	}
	return names
}
