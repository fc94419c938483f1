package local

import (
	"errors"
	"fmt"
	"math"
	"math/big"
	"regexp"
	"strconv"
	"strings"

	"github.com/stophacking/kelpie/analysis/internal/column"
	"github.com/stophacking/kelpie/analysis/internal/plan"
)

var errNaive = errors.New("no value")

// A row is the values of one row by column: nil, int32, int64, float64, bool or
// string.
type row struct {
	values map[string]any
	fields []plan.Field
}

// interpret computes an expression for one row, in the plainest way.
func (r row) interpret(e plan.Expr) (any, error) {
	switch e := e.(type) {
	case plan.Ref:
		return r.values[e.Name], nil
	case plan.Literal:
		return e.Value, nil
	case plan.Null:
		return nil, nil
	case plan.Binary:
		return r.binary(e)
	case plan.When:
		return r.when(e)
	}
	of, err := r.interpret(e.Children()[0])
	if err != nil {
		return nil, err
	}
	switch e := e.(type) {
	case plan.Unary:
		return unaryOf(e.Function, of)
	case plan.Cast:
		v, err := castOf(of, e.To)
		if e.Try && err != nil {
			return nil, nil
		}
		return v, err
	}
	text, ok := of.(string)
	if !ok {
		return nil, nil
	}
	switch e := e.(type) {
	case plan.TextMatch:
		switch e.Function {
		case plan.Contains:
			return strings.Contains(text, e.Pattern), nil
		case plan.StartsWith:
			return strings.HasPrefix(text, e.Pattern), nil
		case plan.EndsWith:
			return strings.HasSuffix(text, e.Pattern), nil
		case plan.TrimSuffix:
			if strings.HasSuffix(text, e.Pattern) {
				return text[:len(text)-len(e.Pattern)], nil
			}
			return text, nil
		}
		if e.Pattern == "" {
			return text, nil
		}
		return strings.Join(strings.Split(text, e.Pattern), e.With), nil
	case plan.In:
		for _, v := range e.Values {
			if v == text {
				return true, nil
			}
		}
		return false, nil
	case plan.Lookup:
		for i, from := range e.From {
			if from == text {
				return e.To[i], nil
			}
		}
		return nil, nil
	}
	return nil, fmt.Errorf("unknown %T", e)
}

func (r row) when(e plan.When) (any, error) {
	t, err := e.Type(r.fields)
	if err != nil {
		return nil, err
	}
	value := e.Otherwise
	for i := len(e.Conditions) - 1; i >= 0; i-- {
		c, err := r.interpret(e.Conditions[i])
		if err != nil {
			return nil, err
		}
		if c == true {
			value = e.Values[i]
		}
	}
	v, err := r.interpret(value)
	if err != nil {
		return nil, err
	}
	return castOf(v, t)
}

func (r row) binary(e plan.Binary) (any, error) {
	left, err := r.interpret(e.Left)
	if err != nil {
		return nil, err
	}
	right, err := r.interpret(e.Right)
	if err != nil {
		return nil, err
	}
	switch e.Operator {
	case plan.And, plan.Or:
		decides := e.Operator == plan.Or
		if left == decides || right == decides {
			return decides, nil
		}
		if left == nil || right == nil {
			return nil, nil
		}
		return !decides, nil
	}
	if left == nil || right == nil {
		return nil, nil
	}
	t, err := e.Type(r.fields)
	if err != nil {
		return nil, err
	}
	switch e.Operator {
	case plan.Plus, plan.Minus, plan.Times, plan.Divide:
		if t == column.Int64 {
			return exact(e.Operator, whole(left), whole(right))
		}
		a, b := float(left), float(right)
		switch e.Operator {
		case plan.Plus:
			return a + b, nil
		case plan.Minus:
			return a - b, nil
		case plan.Times:
			return a * b, nil
		}
		if b == 0 {
			return nil, nil
		}
		return a / b, nil
	}
	less, equal := order(left, right)
	switch e.Operator {
	case plan.Equal:
		return equal, nil
	case plan.NotEqual:
		return !equal, nil
	case plan.Less:
		return less, nil
	case plan.LessOrEqual:
		return less || equal, nil
	case plan.Greater:
		return !less && !equal, nil
	}
	return !less, nil
}

func exact(operator string, a, b int64) (any, error) {
	x, y, z := big.NewInt(a), big.NewInt(b), new(big.Int)
	switch operator {
	case plan.Plus:
		z.Add(x, y)
	case plan.Minus:
		z.Sub(x, y)
	default:
		z.Mul(x, y)
	}
	if !z.IsInt64() {
		return nil, errNaive
	}
	return z.Int64(), nil
}

func order(left, right any) (less, equal bool) {
	switch l := left.(type) {
	case string:
		return l < right.(string), l == right.(string)
	case bool:
		return !l && right.(bool), l == right.(bool)
	}
	_, leftFloat := left.(float64)
	_, rightFloat := right.(float64)
	if leftFloat || rightFloat {
		a, b := float(left), float(right)
		if math.IsNaN(a) || math.IsNaN(b) {
			return !math.IsNaN(a), math.IsNaN(a) && math.IsNaN(b)
		}
		return a < b, a == b
	}
	return whole(left) < whole(right), whole(left) == whole(right)
}

func whole(v any) int64 {
	if v, ok := v.(int32); ok {
		return int64(v)
	}
	return v.(int64)
}

func float(v any) float64 {
	switch v := v.(type) {
	case float64:
		return v
	case bool:
		if v {
			return 1
		}
		return 0
	}
	return float64(whole(v))
}

func unaryOf(function string, of any) (any, error) {
	switch function {
	case plan.IsNull:
		return of == nil, nil
	case plan.IsNotNull:
		return of != nil, nil
	}
	if of == nil {
		return nil, nil
	}
	switch function {
	case plan.Not:
		return !of.(bool), nil
	case plan.Trim:
		return strings.TrimSpace(of.(string)), nil
	case plan.Length:
		return int64(len(of.(string))), nil
	}
	if f, ok := of.(float64); ok {
		return -f, nil
	}
	return exact(plan.Minus, 0, whole(of))
}

var decimal = regexp.MustCompile(`^[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?$`)

func castOf(of any, to column.Type) (any, error) {
	if of == nil {
		return nil, nil
	}
	if text, ok := of.(string); ok && to != column.String {
		text = strings.Trim(text, " \t")
		if text == "" {
			return nil, nil
		}
		var v any
		var err error
		switch to {
		case column.Float64:
			if v, err = strconv.ParseFloat(text, 64); !decimal.MatchString(text) {
				err = errNaive
			}
		case column.Bool:
			if v, err = strconv.ParseBool(text); err != nil {
				var number int64
				number, err = wholeText(text, 0, 1)
				v = number == 1
			}
		case column.Int32:
			var wide int64
			wide, err = wholeText(text, math.MinInt32, math.MaxInt32)
			v = int32(wide)
		default:
			v, err = wholeText(text, math.MinInt64, math.MaxInt64)
		}
		return v, err
	}
	switch to {
	case column.String:
		if f, ok := of.(float64); ok {
			return strconv.FormatFloat(f, 'g', -1, 64), nil
		}
		return fmt.Sprint(of), nil
	case column.Float64:
		return float(of), nil
	case column.Bool:
		return float(of) != 0, nil
	}
	var v int64
	switch of.(type) {
	case float64, bool:
		f := math.Trunc(float(of))
		if !(f >= math.MinInt64 && f < math.MaxInt64) {
			return nil, errNaive
		}
		v = int64(f)
	default:
		v = whole(of)
	}
	if to != column.Int32 {
		return v, nil
	}
	if v < math.MinInt32 || v > math.MaxInt32 {
		return nil, errNaive
	}
	return int32(v), nil
}

// wholeText reads a decimal number, with math/big, that is a whole one from low to high.
func wholeText(text string, low, high int64) (int64, error) {
	if _, exponent, _ := strings.Cut(strings.ToLower(text), "e"); !decimal.MatchString(text) || len(exponent) > 5 {
		return 0, errNaive
	}
	number, ok := new(big.Rat).SetString(text)
	if !ok || !number.IsInt() || !number.Num().IsInt64() {
		return 0, errNaive
	}
	if n := number.Num().Int64(); low <= n && n <= high {
		return n, nil
	}
	return 0, errNaive
}
