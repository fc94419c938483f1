package local

import (
	"strings"

	"github.com/stophacking/kelpie/analysis/internal/column"
	"github.com/stophacking/kelpie/analysis/internal/plan"
)

// mapText applies f to the text of every row that has one.
func mapText[T any](c *column.Column, f func(string) T, build func(string, []T, []bool) *column.Column) *column.Column {
	out := make([]T, c.Len)
	for i := range out {
		if !c.IsNull(i) {
			out[i] = f(c.Text(i))
		}
	}
	return build("", out, validity(c))
}

func textUnary(e plan.Unary, of *column.Column) *column.Column {
	if e.Function == plan.Trim {
		return mapText(of, strings.TrimSpace, column.FromStrings)
	}
	return mapText(of, func(s string) int64 { return int64(len(s)) }, column.FromInt64s)
}

func textMatch(e plan.TextMatch, b *column.Batch) (*column.Column, error) {
	of, err := evaluate(e.Of, b)
	if err != nil {
		return nil, err
	}
	switch e.Function {
	case plan.Replace:
		if e.Pattern == "" {
			return of, nil
		}
		return mapText(of, func(s string) string { return strings.ReplaceAll(s, e.Pattern, e.With) }, column.FromStrings), nil
	case plan.TrimSuffix:
		return mapText(of, func(s string) string { return strings.TrimSuffix(s, e.Pattern) }, column.FromStrings), nil
	case plan.StartsWith:
		return mapText(of, func(s string) bool { return strings.HasPrefix(s, e.Pattern) }, column.FromBools), nil
	case plan.EndsWith:
		return mapText(of, func(s string) bool { return strings.HasSuffix(s, e.Pattern) }, column.FromBools), nil
	}
	return mapText(of, func(s string) bool { return strings.Contains(s, e.Pattern) }, column.FromBools), nil
}

func in(e plan.In, b *column.Batch) (*column.Column, error) {
	of, err := evaluate(e.Of, b)
	if err != nil {
		return nil, err
	}
	set := names{}.with(e.Values...)
	return mapText(of, func(s string) bool { return set[s] }, column.FromBools), nil
}

func lookup(e plan.Lookup, b *column.Batch) (*column.Column, error) {
	of, err := evaluate(e.Of, b)
	if err != nil {
		return nil, err
	}
	to := make(map[string]float64, len(e.From))
	for i, from := range e.From {
		if _, seen := to[from]; !seen {
			to[from] = e.To[i]
		}
	}
	out, valid := make([]float64, b.Len), make([]bool, b.Len)
	for i := range out {
		if !of.IsNull(i) {
			out[i], valid[i] = to[of.Text(i)]
		}
	}
	return column.FromFloat64s("", out, valid), nil
}
