package analysis

import (
	"fmt"

	"github.com/stophacking/kelpie/analysis/internal/column"
	"github.com/stophacking/kelpie/analysis/internal/plan"
)

// An Expression is a value computed row by row from the columns of a frame. Its
// types are checked when it is given to a verb; nothing is converted silently
// but integers to floats.
//
// Arguments of type any take an Expression or a Go number, bool or string.
type Expression struct{ expr plan.Expr }

// Col is the value of a column.
func Col(name string) Expression { return Expression{plan.Ref{Name: name}} }

// Lit is a constant: an integer, a float, a bool or a string.
func Lit(value any) Expression { return Expression{toExpr(value)} }

// Null is the missing value of a type.
func Null(t Type) Expression { return Expression{plan.Null{Of: column.Type(t)}} }

func toExpr(value any) plan.Expr {
	switch v := value.(type) {
	case Expression:
		if v.expr == nil {
			return plan.Literal{Value: fmt.Errorf("an empty expression")}
		}
		return v.expr
	case int:
		return plan.Literal{Value: int64(v)}
	case int32:
		return plan.Literal{Value: int64(v)}
	case int64, float64, bool, string:
		return plan.Literal{Value: v}
	case float32:
		return plan.Literal{Value: float64(v)}
	}
	return plan.Literal{Value: fmt.Errorf("a literal of type %T; use an integer, a float, a bool or a string", value)}
}

func (e Expression) binary(operator string, other any) Expression {
	return Expression{plan.Binary{Operator: operator, Left: toExpr(e), Right: toExpr(other)}}
}

func (e Expression) unary(function string) Expression {
	return Expression{plan.Unary{Function: function, Of: toExpr(e)}}
}

func (e Expression) match(function, pattern, with string) Expression {
	return Expression{plan.TextMatch{Function: function, Of: toExpr(e), Pattern: pattern, With: with}}
}

// Equal is whether e and other are equal: numbers by value, an integer beside a
// float as a float, texts by bytes. A null on either side gives null, here and in
// every comparison; NaN equals NaN and is greater than every other number.
func (e Expression) Equal(other any) Expression { return e.binary(plan.Equal, other) }

// NotEqual is whether e and other differ.
func (e Expression) NotEqual(other any) Expression { return e.binary(plan.NotEqual, other) }

// Less is whether e is less than other; texts compare by bytes, false before true.
func (e Expression) Less(other any) Expression { return e.binary(plan.Less, other) }

// LessOrEqual is whether e is at most other.
func (e Expression) LessOrEqual(other any) Expression { return e.binary(plan.LessOrEqual, other) }

// Greater is whether e is greater than other.
func (e Expression) Greater(other any) Expression { return e.binary(plan.Greater, other) }

// GreaterOrEqual is whether e is at least other.
func (e Expression) GreaterOrEqual(other any) Expression { return e.binary(plan.GreaterOrEqual, other) }

// Plus is e + other. Two integers give an int64, anything with a float gives a
// float64. A sum, difference or product outside int64 is an error.
func (e Expression) Plus(other any) Expression { return e.binary(plan.Plus, other) }

// Minus is e - other.
func (e Expression) Minus(other any) Expression { return e.binary(plan.Minus, other) }

// Times is e × other.
func (e Expression) Times(other any) Expression { return e.binary(plan.Times, other) }

// Divide is e ÷ other, always a float64; null where other is 0.
func (e Expression) Divide(other any) Expression { return e.binary(plan.Divide, other) }

// And is whether both are true: false if either is false, else null if either is null.
func (e Expression) And(other any) Expression { return e.binary(plan.And, other) }

// Or is whether either is true: true if either is true, else null if either is null.
func (e Expression) Or(other any) Expression { return e.binary(plan.Or, other) }

// Not is the opposite of a truth value; null stays null.
func (e Expression) Not() Expression { return e.unary(plan.Not) }

// Negate is -e.
func (e Expression) Negate() Expression { return e.unary(plan.Negate) }

// IsNull is whether e is null; it is never null itself.
func (e Expression) IsNull() Expression { return e.unary(plan.IsNull) }

// IsNotNull is whether e has a value.
func (e Expression) IsNotNull() Expression { return e.unary(plan.IsNotNull) }

// Trim is a text without white space at both ends.
func (e Expression) Trim() Expression { return e.unary(plan.Trim) }

// Length is the length of a text in bytes.
func (e Expression) Length() Expression { return e.unary(plan.Length) }

// Contains is whether a text contains part.
func (e Expression) Contains(part string) Expression { return e.match(plan.Contains, part, "") }

// StartsWith is whether a text starts with prefix.
func (e Expression) StartsWith(prefix string) Expression { return e.match(plan.StartsWith, prefix, "") }

// EndsWith is whether a text ends with suffix.
func (e Expression) EndsWith(suffix string) Expression { return e.match(plan.EndsWith, suffix, "") }

// Replace is a text with every occurrence of old replaced by with; an empty old
// changes nothing.
func (e Expression) Replace(old, with string) Expression { return e.match(plan.Replace, old, with) }

// TrimSuffix is a text without suffix at its end; a text that does not end in it
// stays as it is.
func (e Expression) TrimSuffix(suffix string) Expression { return e.match(plan.TrimSuffix, suffix, "") }

// In is whether a text is one of values.
func (e Expression) In(values ...string) Expression {
	return Expression{plan.In{Of: toExpr(e), Values: append([]string{}, values...)}}
}

// MapValues maps texts to numbers: from[i] becomes to[i], any other text null.
// Where from holds a text twice the first one counts.
func (e Expression) MapValues(from []string, to []float64) Expression {
	return Expression{plan.Lookup{Of: toExpr(e), From: append([]string{}, from...), To: append([]float64{}, to...)}}
}

// Cast converts to another type. Texts are read as numbers as they would be in
// a file, a blank one as null; floats are cut to integers; 0 is false, any other
// number true. A value that cannot be converted is an error that says how many
// there are and shows the first with its row in the source files, counted from 0.
func (e Expression) Cast(to Type) Expression {
	return Expression{plan.Cast{Of: toExpr(e), To: column.Type(to)}}
}

// TryCast converts as [Expression.Cast] does, but a value that cannot be
// converted becomes null.
func (e Expression) TryCast(to Type) Expression {
	return Expression{plan.Cast{Of: toExpr(e), To: column.Type(to), Try: true}}
}

// String prints the expression.
func (e Expression) String() string { return toExpr(e).String() }

// A Choice is a case expression that still lacks its last branch.
type Choice struct{ when plan.When }

// When begins a case expression: value where condition is true. Branches are
// tried in order; finish with Otherwise.
func When(condition Expression, value any) Choice { return Choice{}.When(condition, value) }

// When adds a branch.
func (c Choice) When(condition Expression, value any) Choice {
	return Choice{plan.When{
		Conditions: append(append([]plan.Expr{}, c.when.Conditions...), toExpr(condition)),
		Values:     append(append([]plan.Expr{}, c.when.Values...), toExpr(value)),
	}}
}

// Otherwise ends the case expression with the value of rows for which no
// condition is true (each false or null).
func (c Choice) Otherwise(value any) Expression {
	w := c.when
	w.Otherwise = toExpr(value)
	return Expression{w}
}
