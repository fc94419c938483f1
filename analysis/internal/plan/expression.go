package plan

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/stophacking/kelpie/analysis/internal/column"
	"github.com/stophacking/kelpie/analysis/visible"
)

// An Expr is a value computed row by row from the columns of one frame.
// Expressions are trees of plain structs; with all their fields they take part
// in keys.
type Expr interface {
	// Type returns the type of the result over these columns, or the mistake.
	Type(fields []Field) (column.Type, error)
	// String prints the expression, for people.
	String() string
	// Children returns the expressions this one is computed from.
	Children() []Expr
}

// Columns returns the names of the columns e reads, each once, in order of use.
func Columns(e Expr) []string {
	var names []string
	seen := map[string]bool{}
	var walk func(Expr)
	walk = func(e Expr) {
		if c, ok := e.(Ref); ok && !seen[c.Name] {
			seen[c.Name] = true
			names = append(names, c.Name)
		}
		for _, child := range e.Children() {
			walk(child)
		}
	}
	walk(e)
	return names
}

// Ref is the value of a column.
type Ref struct{ Name string }

func (r Ref) Type(fields []Field) (column.Type, error) {
	f, err := Find(fields, r.Name)
	if err == nil && f.Type == column.Vector {
		err = fmt.Errorf("column %q is a feature vector; expressions take plain columns", r.Name)
	}
	return f.Type, err
}
func (r Ref) String() string   { return visible.Text(r.Name) }
func (r Ref) Children() []Expr { return nil }

// Literal is a constant: int64, float64, bool or string; an error stands for a
// value that is none of them.
type Literal struct{ Value any }

func (l Literal) Type([]Field) (column.Type, error) {
	switch v := l.Value.(type) {
	case int64:
		return column.Int64, nil
	case float64:
		return column.Float64, nil
	case bool:
		return column.Bool, nil
	case string:
		return column.String, nil
	case error:
		return column.Invalid, v
	}
	return column.Invalid, fmt.Errorf("a literal of type %T", l.Value)
}
func (l Literal) String() string {
	if s, ok := l.Value.(string); ok {
		return strconv.Quote(s)
	}
	return fmt.Sprint(l.Value)
}
func (l Literal) Children() []Expr { return nil }

// Null is the missing value of a type.
type Null struct{ Of column.Type }

func (n Null) Type([]Field) (column.Type, error) {
	if n.Of == column.Vector || n.Of == column.Invalid {
		return 0, fmt.Errorf("a null of type %s is not defined", n.Of)
	}
	return n.Of, nil
}
func (n Null) String() string   { return "null" }
func (n Null) Children() []Expr { return nil }

// Binary operators.
const (
	Equal          = "="
	NotEqual       = "!="
	Less           = "<"
	LessOrEqual    = "<="
	Greater        = ">"
	GreaterOrEqual = ">="
	Plus           = "+"
	Minus          = "-"
	Times          = "*"
	Divide         = "/"
	And            = "and"
	Or             = "or"
)

// Binary is an operator over two expressions. Arithmetic on two integers gives
// int64, division and anything with a float give float64; a null operand gives
// null, except that and/or follow three-valued logic.
type Binary struct {
	Operator    string
	Left, Right Expr
}

func (b Binary) Type(fields []Field) (column.Type, error) {
	l, err := b.Left.Type(fields)
	if err != nil {
		return 0, err
	}
	r, err := b.Right.Type(fields)
	if err != nil {
		return 0, err
	}
	mismatch := fmt.Errorf("%s: %s %s %s is not defined", b, l, b.Operator, r)
	switch b.Operator {
	case And, Or:
		if l != column.Bool || r != column.Bool {
			return 0, mismatch
		}
		return column.Bool, nil
	case Equal, NotEqual, Less, LessOrEqual, Greater, GreaterOrEqual:
		if l.Numeric() && r.Numeric() || l == r {
			return column.Bool, nil
		}
		return 0, mismatch
	}
	if !l.Numeric() || !r.Numeric() {
		return 0, mismatch
	}
	if b.Operator == Divide || l == column.Float64 || r == column.Float64 {
		return column.Float64, nil
	}
	return column.Int64, nil
}
func (b Binary) String() string   { return fmt.Sprintf("(%s %s %s)", b.Left, b.Operator, b.Right) }
func (b Binary) Children() []Expr { return []Expr{b.Left, b.Right} }

// Functions of one expression.
const (
	Not       = "not"
	IsNull    = "is null"
	IsNotNull = "is not null"
	Negate    = "negate"
	Trim      = "trim"
	Length    = "length"
)

// Unary is a function of one expression.
type Unary struct {
	Function string
	Of       Expr
}

func (u Unary) Type(fields []Field) (column.Type, error) {
	t, err := u.Of.Type(fields)
	if err != nil {
		return 0, err
	}
	switch u.Function {
	case IsNull, IsNotNull:
		return column.Bool, nil
	case Not:
		if t == column.Bool {
			return t, nil
		}
	case Trim:
		if t == column.String {
			return t, nil
		}
	case Length:
		if t == column.String {
			return column.Int64, nil
		}
	case Negate:
		if t == column.Float64 {
			return t, nil
		}
		if t.Numeric() {
			return column.Int64, nil
		}
	}
	return 0, fmt.Errorf("%s: %s of %s is not defined", u, u.Function, t)
}
func (u Unary) String() string   { return fmt.Sprintf("%s(%s)", u.Function, u.Of) }
func (u Unary) Children() []Expr { return []Expr{u.Of} }

// Tests and changes of text.
const (
	Contains   = "contains"
	StartsWith = "starts with"
	EndsWith   = "ends with"
	Replace    = "replace"
	TrimSuffix = "trim suffix"
)

// TextMatch asks something of a text, replaces Pattern in it by With, or takes
// Pattern off its end. The pattern is plain text; "" matches everywhere.
type TextMatch struct {
	Function string
	Of       Expr
	Pattern  string
	With     string
}

func (m TextMatch) Type(fields []Field) (column.Type, error) {
	t, err := m.Of.Type(fields)
	if err != nil {
		return 0, err
	}
	if t != column.String {
		return 0, fmt.Errorf("%s: %s takes a string, not %s", m, m.Function, t)
	}
	if m.Function == Replace || m.Function == TrimSuffix {
		return column.String, nil
	}
	return column.Bool, nil
}
func (m TextMatch) String() string {
	if m.Function == Replace {
		return fmt.Sprintf("replace(%s, %q, %q)", m.Of, m.Pattern, m.With)
	}
	return fmt.Sprintf("(%s %s %q)", m.Of, m.Function, m.Pattern)
}
func (m TextMatch) Children() []Expr { return []Expr{m.Of} }

// Cast changes the type of a value. A text that is no number of the type, or a
// number outside the type's range, is an error; with Try it becomes null.
type Cast struct {
	Of  Expr
	To  column.Type
	Try bool
}

func (c Cast) Type(fields []Field) (column.Type, error) {
	t, err := c.Of.Type(fields)
	if err != nil {
		return 0, err
	}
	if t == column.Vector || c.To == column.Vector || c.To == column.Invalid {
		return 0, fmt.Errorf("%s: cannot cast %s to %s", c, t, c.To)
	}
	return c.To, nil
}
func (c Cast) String() string {
	if c.Try {
		return fmt.Sprintf("try_cast(%s as %s)", c.Of, c.To)
	}
	return fmt.Sprintf("cast(%s as %s)", c.Of, c.To)
}
func (c Cast) Children() []Expr { return []Expr{c.Of} }

// When is the value of the first branch whose condition is true, else Otherwise.
type When struct {
	Conditions []Expr
	Values     []Expr
	Otherwise  Expr
}

func (w When) Type(fields []Field) (column.Type, error) {
	var of column.Type
	for i, e := range append(append([]Expr{}, w.Values...), w.Otherwise) {
		if i < len(w.Conditions) {
			t, err := w.Conditions[i].Type(fields)
			if err != nil {
				return 0, err
			}
			if t != column.Bool {
				return 0, fmt.Errorf("%s: condition %d is %s, not bool", w, i+1, t)
			}
		}
		t, err := e.Type(fields)
		if err != nil {
			return 0, err
		}
		switch {
		case i == 0 || t == of:
			of = t
		case of.Numeric() && t.Numeric():
			if of == column.Float64 || t == column.Float64 {
				of = column.Float64
			} else {
				of = column.Int64
			}
		default:
			return 0, fmt.Errorf("%s: the values are of types %s and %s", w, of, t)
		}
	}
	return of, nil
}
func (w When) String() string {
	var b strings.Builder
	b.WriteString("case")
	for i := range w.Conditions {
		fmt.Fprintf(&b, " when %s then %s", w.Conditions[i], w.Values[i])
	}
	fmt.Fprintf(&b, " else %s end", w.Otherwise)
	return b.String()
}
func (w When) Children() []Expr {
	children := append(append([]Expr{}, w.Conditions...), w.Values...)
	return append(children, w.Otherwise)
}

// In is whether a text is one of a list.
type In struct {
	Of     Expr
	Values []string
}

func (in In) Type(fields []Field) (column.Type, error) {
	t, err := in.Of.Type(fields)
	if err == nil && t != column.String {
		err = fmt.Errorf("%s: in takes a string, not %s", in, t)
	}
	return column.Bool, err
}
func (in In) String() string   { return fmt.Sprintf("(%s in %s)", in.Of, shortList(in.Values)) }
func (in In) Children() []Expr { return []Expr{in.Of} }

// Lookup maps texts to numbers: From[k] becomes To[k]; any other text is null.
type Lookup struct {
	Of   Expr
	From []string
	To   []float64
}

func (l Lookup) Type(fields []Field) (column.Type, error) {
	t, err := l.Of.Type(fields)
	if err == nil && t != column.String {
		err = fmt.Errorf("%s: a value map takes a string, not %s", l, t)
	}
	if err == nil && len(l.From) != len(l.To) {
		err = fmt.Errorf("a value map from %d values to %d", len(l.From), len(l.To))
	}
	return column.Float64, err
}
func (l Lookup) String() string   { return fmt.Sprintf("map(%s, %s)", l.Of, shortList(l.From)) }
func (l Lookup) Children() []Expr { return []Expr{l.Of} }

// shortList prints at most six values.
func shortList(values []string) string {
	if len(values) > 6 {
		return fmt.Sprintf("[%s … %d values]", visible.Names(values[:5]), len(values))
	}
	return "[" + visible.Names(values) + "]"
}
