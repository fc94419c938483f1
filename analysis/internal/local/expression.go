package local

import (
	"cmp"
	"fmt"
	"math"
	"strings"

	"github.com/stophacking/kelpie/analysis/internal/column"
	"github.com/stophacking/kelpie/analysis/internal/plan"
)

// evaluate computes an expression for every row of b. The column it returns has
// no name of its own.
//
// An expression that reads one text column only is computed once for each
// distinct text and then spread over the rows: 40,000 values that need repair
// may be 3,000 distinct ones.
func evaluate(e plan.Expr, b *column.Batch) (*column.Column, error) {
	if c := soleText(e, b); c != nil {
		return overDictionary(e, c)
	}
	return compute(e, b)
}

// soleText returns the text column that e reads if it reads nothing else, does
// something with it, and that pays.
func soleText(e plan.Expr, b *column.Batch) *column.Column {
	if _, bare := e.(plan.Ref); bare {
		return nil
	}
	used := plan.Columns(e)
	if len(used) != 1 {
		return nil
	}
	if c := b.Column(used[0]); c != nil && c.Type == column.String && len(c.Dictionary) < c.Len {
		return c
	}
	return nil
}

// overDictionary computes e over the texts that c uses and one null, then
// spreads the results over the rows of c.
func overDictionary(e plan.Expr, c *column.Column) (*column.Column, error) {
	const unused = math.MaxUint32
	place := make([]uint32, len(c.Dictionary)) // of a code among the used ones
	for i := range place {
		place[i] = unused
	}
	var sample []uint32 // a row for each place
	null := uint32(unused)
	rows := make([]uint32, c.Len)
	for i, code := range c.Codes {
		at := &place[0]
		if c.IsNull(i) {
			at = &null
		} else {
			at = &place[code]
		}
		if *at == unused {
			*at = uint32(len(sample))
			sample = append(sample, uint32(i))
		}
		rows[i] = *at
	}
	distinct := c.Gather(sample)
	out, err := compute(e, &column.Batch{Columns: []*column.Column{distinct}, Len: len(sample), Rows: sample})
	if err != nil {
		return nil, err
	}
	return out.Gather(rows), nil
}

// compute is evaluate without the detour over distinct texts at its top.
func compute(e plan.Expr, b *column.Batch) (*column.Column, error) {
	switch e := e.(type) {
	case plan.Ref:
		if c := b.Column(e.Name); c != nil {
			return c, nil
		}
		return nil, fmt.Errorf("no column %q", e.Name)
	case plan.Literal:
		return column.Constant("", e.Value, b.Len)
	case plan.Null:
		return fromValues("", e.Of, make([]any, b.Len))
	case plan.Binary:
		return binary(e, b)
	case plan.Unary:
		return unary(e, b)
	case plan.TextMatch:
		return textMatch(e, b)
	case plan.Cast:
		return cast(e, b)
	case plan.When:
		return when(e, b)
	case plan.In:
		of, err := evaluate(e.Of, b)
		if err != nil {
			return nil, err
		}
		set := map[string]bool{}
		for _, v := range e.Values {
			set[v] = true
		}
		return mapText(of, func(s string) bool { return set[s] }, column.FromBools), nil
	case plan.Lookup:
		return lookup(e, b)
	}
	return nil, fmt.Errorf("the local engine cannot compute %s", e)
}

// validity returns which rows have a value, or nil if all have.
func validity(columns ...*column.Column) []bool {
	var valid []bool
	for _, c := range columns {
		if c.Nulls == 0 {
			continue
		}
		if valid == nil {
			valid = make([]bool, c.Len)
			for i := range valid {
				valid[i] = true
			}
		}
		for i := range valid {
			valid[i] = valid[i] && !c.IsNull(i)
		}
	}
	return valid
}

func binary(e plan.Binary, b *column.Batch) (*column.Column, error) {
	left, err := evaluate(e.Left, b)
	if err != nil {
		return nil, err
	}
	right, err := evaluate(e.Right, b)
	if err != nil {
		return nil, err
	}
	switch e.Operator {
	case plan.And, plan.Or:
		return logic(e.Operator, left, right), nil
	case plan.Plus, plan.Minus, plan.Times, plan.Divide:
		return arithmetic(e, left, right, b)
	}
	valid := validity(left, right)
	out := make([]bool, b.Len)
	switch {
	case left.Type == column.String:
		compareRows(out, e.Operator, left.Text, right.Text, cmp.Compare)
	case left.Type == column.Bool:
		compareRows(out, e.Operator, left.Float, right.Float, cmp.Compare)
	case left.Type == column.Float64 || right.Type == column.Float64:
		compareRows(out, e.Operator, left.Float, right.Float, compareFloats)
	default:
		compareRows(out, e.Operator, integers(left), integers(right), cmp.Compare)
	}
	return column.FromBools("", out, valid), nil
}

// compareFloats orders NaN after every number and equal to itself.
func compareFloats(a, b float64) int {
	switch {
	case math.IsNaN(a) && math.IsNaN(b):
		return 0
	case math.IsNaN(a):
		return 1
	case math.IsNaN(b):
		return -1
	}
	return cmp.Compare(a, b)
}

func integers(c *column.Column) func(int) int64 {
	if c.Type == column.Int32 {
		return func(i int) int64 { return int64(c.Int32s[i]) }
	}
	return func(i int) int64 { return c.Int64s[i] }
}

// compareRows sets out[i] to whether left and right compare as the operator asks.
func compareRows[T any](out []bool, operator string, left, right func(int) T, compare func(a, b T) int) {
	var less, equal, greater bool
	switch operator {
	case plan.Equal:
		equal = true
	case plan.NotEqual:
		less, greater = true, true
	case plan.Less:
		less = true
	case plan.LessOrEqual:
		less, equal = true, true
	case plan.Greater:
		greater = true
	case plan.GreaterOrEqual:
		greater, equal = true, true
	}
	for i := range out {
		switch c := compare(left(i), right(i)); {
		case c < 0:
			out[i] = less
		case c > 0:
			out[i] = greater
		default:
			out[i] = equal
		}
	}
}

// logic is and/or in three-valued logic: a value that decides wins over a null.
func logic(operator string, left, right *column.Column) *column.Column {
	decides := operator == plan.Or // true decides or, false decides and
	out, valid := make([]bool, left.Len), make([]bool, left.Len)
	for i := range out {
		l, r := !left.IsNull(i), !right.IsNull(i)
		switch {
		case l && left.Bool(i) == decides || r && right.Bool(i) == decides:
			out[i], valid[i] = decides, true
		case l && r:
			out[i], valid[i] = !decides, true
		}
	}
	return column.FromBools("", out, valid)
}

func arithmetic(e plan.Binary, left, right *column.Column, b *column.Batch) (*column.Column, error) {
	valid := validity(left, right)
	if e.Operator == plan.Divide || left.Type == column.Float64 || right.Type == column.Float64 {
		out := make([]float64, b.Len)
		for i := range out {
			l, r := left.Float(i), right.Float(i)
			switch e.Operator {
			case plan.Plus:
				out[i] = l + r
			case plan.Minus:
				out[i] = l - r
			case plan.Times:
				out[i] = l * r
			case plan.Divide:
				if r == 0 { // no value, rather than an infinity or NaN
					if valid == nil {
						valid = allTrue(b.Len)
					}
					valid[i] = false
					continue
				}
				out[i] = l / r
			}
		}
		return column.FromFloat64s("", out, valid), nil
	}
	l, r := integers(left), integers(right)
	out := make([]int64, b.Len)
	for i := range out {
		v, ok := integerOperation(e.Operator, l(i), r(i))
		if !ok && (valid == nil || valid[i]) {
			return nil, fmt.Errorf("%s: row %d: %d %s %d is outside int64", e, b.Row(i), l(i), e.Operator, r(i))
		}
		out[i] = v
	}
	return column.FromInt64s("", out, valid), nil
}

func allTrue(n int) []bool {
	valid := make([]bool, n)
	for i := range valid {
		valid[i] = true
	}
	return valid
}

// integerOperation reports false where the result does not fit.
func integerOperation(operator string, a, b int64) (int64, bool) {
	switch operator {
	case plan.Plus:
		c := a + b
		return c, (c > a) == (b > 0)
	case plan.Minus:
		c := a - b
		return c, (c < a) == (b > 0)
	}
	if a == 0 || b == 0 {
		return 0, true
	}
	c := a * b
	return c, (c < 0) == ((a < 0) != (b < 0)) && c/b == a && !(a == -1 && b == math.MinInt64) && !(b == -1 && a == math.MinInt64)
}

func unary(e plan.Unary, b *column.Batch) (*column.Column, error) {
	of, err := evaluate(e.Of, b)
	if err != nil {
		return nil, err
	}
	switch e.Function {
	case plan.IsNull, plan.IsNotNull:
		out := make([]bool, b.Len)
		for i := range out {
			out[i] = of.IsNull(i) == (e.Function == plan.IsNull)
		}
		return column.FromBools("", out, nil), nil
	case plan.Not:
		out := make([]bool, b.Len)
		for i := range out {
			out[i] = !of.Bool(i)
		}
		return column.FromBools("", out, validity(of)), nil
	case plan.Trim:
		return mapText(of, strings.TrimSpace, column.FromStrings), nil
	case plan.Length:
		return mapText(of, func(s string) int64 { return int64(len(s)) }, column.FromInt64s), nil
	}
	if of.Type == column.Float64 {
		out := make([]float64, b.Len)
		for i := range out {
			out[i] = -of.Float64s[i]
		}
		return column.FromFloat64s("", out, validity(of)), nil
	}
	zero, err := column.Constant("", int64(0), b.Len)
	if err != nil {
		return nil, err
	}
	return arithmetic(plan.Binary{Operator: plan.Minus, Left: plan.Literal{Value: int64(0)}, Right: e.Of}, zero, of, b)
}

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
	case plan.StartsWith:
		return mapText(of, func(s string) bool { return strings.HasPrefix(s, e.Pattern) }, column.FromBools), nil
	case plan.EndsWith:
		return mapText(of, func(s string) bool { return strings.HasSuffix(s, e.Pattern) }, column.FromBools), nil
	}
	return mapText(of, func(s string) bool { return strings.Contains(s, e.Pattern) }, column.FromBools), nil
}

func when(e plan.When, b *column.Batch) (*column.Column, error) {
	fields := make([]plan.Field, len(b.Columns))
	for i, c := range b.Columns {
		fields[i] = plan.Field{Name: c.Name, Type: c.Type}
	}
	of, err := e.Type(fields)
	if err != nil {
		return nil, err
	}
	branch := make([]int, b.Len) // the value each row takes
	for i := range branch {
		branch[i] = len(e.Conditions)
	}
	for k := len(e.Conditions) - 1; k >= 0; k-- {
		condition, err := evaluate(e.Conditions[k], b)
		if err != nil {
			return nil, err
		}
		for i := range branch {
			if condition.Bool(i) && !condition.IsNull(i) {
				branch[i] = k
			}
		}
	}
	// Each value is computed for its own rows only: a cast that would fail on
	// other rows is no mistake.
	out := make([]*column.Column, 0, len(e.Values)+1)
	place := make([]uint32, b.Len)
	var before uint32
	for k, value := range append(append([]plan.Expr{}, e.Values...), e.Otherwise) {
		var rows []uint32
		for i, take := range branch {
			if take == k {
				place[i] = before + uint32(len(rows))
				rows = append(rows, uint32(i))
			}
		}
		if len(rows) == 0 {
			continue
		}
		part := only(b, names{}.with(plan.Columns(value)...))
		if len(rows) < b.Len {
			part = part.Gather(rows)
		}
		c, err := evaluate(value, part)
		if err != nil {
			return nil, err
		}
		if c, err = castColumn(c, of); err != nil {
			return nil, err
		}
		before += uint32(len(rows))
		out = append(out, named(c, ""))
	}
	if len(out) == 0 {
		return fromValues("", of, nil)
	}
	all, err := column.Concat(out)
	if err != nil {
		return nil, err
	}
	return all.Gather(place), nil
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
