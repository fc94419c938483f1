package local

import (
	"fmt"
	"math"
	"slices"

	"github.com/stophacking/kelpie/analysis/internal/column"
	"github.com/stophacking/kelpie/analysis/internal/plan"
)

// rechecked is how many rows of a kept value are computed again by the Go code
// that it came from: code may change while its version stays.
const rechecked = 64

// outdated returns the code that no longer gives what b, the kept value of n,
// holds, or nil. It looks at the maps whose inputs and output are still in b.
func outdated(n *plan.Node, b *column.Batch) plan.Mapper {
	replaced := names{}
	for ; ; n = n.Parents[0] {
		switch op := n.Op.(type) {
		case plan.Select, plan.Drop, plan.Filter, plan.DropNulls, plan.OrderBy, plan.Limit, plan.Sample, plan.Part, plan.TimePart, plan.Undersample:
		case plan.WithColumn:
			replaced[op.Name] = true
		case plan.Recode:
			for _, name := range op.Outputs {
				replaced[name] = true
			}
		case plan.Join: // goes on with the left frame, whose names come first
			for _, added := range op.Added(n.Parents[0].Fields, n.Parents[1].Fields) {
				replaced[added.To] = true
			}
		case plan.Map:
			output := op.Output.Name
			if !replaced[output] && b.Column(output) != nil && !slices.Contains(op.Inputs, output) {
				there := !slices.ContainsFunc(op.Inputs, func(name string) bool { return replaced[name] || b.Column(name) == nil })
				if there && !reproduces(op, b) {
					return op.Mapper
				}
			}
			replaced[output] = true
		default:
			return nil
		}
	}
}

// reproduces reports whether the code of op gives the values that b holds, in
// rows spread over it.
func reproduces(op plan.Map, b *column.Batch) bool {
	count := min(rechecked, b.Len)
	values := make([]any, len(op.Inputs))
	for k := range count {
		i := k * b.Len / count
		for j, name := range op.Inputs {
			values[j] = b.Column(name).Value(i)
		}
		v, err := callMapper(op.Mapper, values, b.Row(i))
		if err != nil || !equalValues(v, b.Column(op.Output.Name).Value(i)) {
			return false
		}
	}
	return true
}

func equalValues(a, b any) bool {
	x, ok := a.(float64)
	y, too := b.(float64)
	if ok && too && math.IsNaN(x) {
		return math.IsNaN(y)
	}
	return a == b
}

// mapped reports whether a value of n may hold what a map made, which [outdated] looks at.
func mapped(n *plan.Node) bool {
	for ; ; n = n.Parents[0] {
		switch n.Op.(type) {
		case plan.Map:
			return true
		case plan.Select, plan.Drop, plan.Filter, plan.DropNulls, plan.OrderBy, plan.Limit, plan.Sample, plan.Part, plan.TimePart, plan.Undersample, plan.WithColumn, plan.Recode, plan.Join:
		default:
			return false
		}
	}
}

// unchecked reports whether the kept value under key was not tried yet by verified.
func (r *run) unchecked(key string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return !r.checked[key]
}

// verified returns whether the kept value b of n is what its code gives now; if
// not it says so. A value is tried once a process, if it was mapped and not
// computed there.
func (r *run) verified(n *plan.Node, key string, b *column.Batch, mapped bool) bool {
	r.mu.Lock()
	known := r.checked[key]
	if r.checked == nil {
		r.checked = map[string]bool{}
	}
	r.checked[key] = true
	r.mu.Unlock()
	if known || !mapped {
		return true
	}
	code := outdated(n, b)
	if code != nil {
		r.warn(fmt.Sprintf("%T gives other values than were kept, under the same version: they were computed again; change what Version returns when the code changes", code))
	}
	return code == nil
}
