package plan

import (
	"fmt"

	"github.com/stophacking/kelpie/analysis/internal/column"
	"github.com/stophacking/kelpie/analysis/visible"
)

// Kinds of a join.
const (
	InnerJoin = "inner" // rows of the first parent that have a partner
	LeftJoin  = "left"  // all rows of the first parent
)

// Join is each row of the first parent beside each row of the second that equals
// it in the columns On: the first's columns, then the second's but On. A name
// that both have gets the suffix [RightSuffix] in the second.
//
// Rows come in the order of the first parent, then of the second, and keep the
// row number of the first. A null equals nothing; NaN equals NaN.
type Join struct {
	On   []string
	Kind string
}

// RightSuffix marks a column of a join's second frame whose name the first has.
const RightSuffix = "_right"

func (j Join) Describe() string {
	return fmt.Sprintf("%s join on %s", j.Kind, visible.Names(j.On))
}

// Added returns the columns that the second frame adds to a join: their names
// there and in the result.
func (j Join) Added(left, right []Field) []Rename {
	taken, key := map[string]bool{}, map[string]bool{}
	for _, f := range left {
		taken[f.Name] = true
	}
	for _, name := range j.On {
		key[name] = true
	}
	var added []Rename
	for _, f := range right {
		if key[f.Name] {
			continue
		}
		to := f.Name
		if taken[to] {
			to += RightSuffix
		}
		added = append(added, Rename{From: f.Name, To: to})
	}
	return added
}

func (j Join) Fields(parents [][]Field) ([]Field, error) {
	if len(j.On) == 0 {
		return nil, fmt.Errorf("join: name at least one column to join on")
	}
	left, err := plainColumns(parents[0], j.On)
	if err != nil {
		return nil, fmt.Errorf("join: %w", err)
	}
	right, err := plainColumns(parents[1], j.On)
	if err != nil {
		return nil, fmt.Errorf("join: the second frame: %w", err)
	}
	for i, f := range left {
		if g := right[i]; f.Type != g.Type && !(integer(f.Type) && integer(g.Type)) {
			return nil, fmt.Errorf("join: column %q is %s and %s; cast one of them", f.Name, f.Type, g.Type)
		}
	}
	if err := unique(left); err != nil {
		return nil, fmt.Errorf("join: %w", err)
	}
	added := j.Added(parents[0], parents[1])
	from := make([]string, len(added))
	for i, a := range added {
		from[i] = a.From
	}
	others, err := FindAll(parents[1], from)
	if err != nil {
		return nil, err
	}
	fields := append([]Field{}, parents[0]...)
	for i, f := range others {
		if f.Type == column.Vector {
			return nil, fmt.Errorf("join: column %q of the second frame is a feature vector", f.Name)
		}
		f.Name = added[i].To
		fields = append(fields, f)
	}
	if err := unique(fields); err != nil {
		return nil, fmt.Errorf("join: %w; rename one of them", err)
	}
	return fields, nil
}

func integer(t column.Type) bool { return t == column.Int32 || t == column.Int64 }
