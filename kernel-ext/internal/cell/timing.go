package cell

import (
	"go/ast"
	"go/parser"
	"go/token"
	"strconv"
	"strings"
)

// timed says what timing asks of the rest.
type timed struct {
	any   bool // the text calls nb
	whole bool // the cell's statements run many times: it has no value of its own
}

// timing turns the lines of %time and %timeit into Go.
func (b *builder) timing(code *text, main *command) (timed, error) {
	var done timed
	for n, c := range b.commands {
		if c.kind != '%' || c.words[0] != "time" && c.words[0] != "timeit" {
			continue
		}
		if main != nil && c.first < main.first {
			return done, problem(c.first+1, "", "%s stands below %s", c.name(), main.name())
		}
		name := c.words[0]
		statement := strings.TrimSpace(strings.TrimPrefix(c.text, name))
		label := strconv.Quote(statement)
		done.any = true
		line := ""
		switch {
		case done.whole:
			return done, problem(c.first+1, "", "a %%timeit above takes the rest of the cell")
		case name == "time" && statement == "":
			line = "defer " + nbName + `.Time("").Stop();`
		case name == "time":
			timer := nbName + "_" + strconv.Itoa(n)
			line = timer + " := " + nbName + ".Time(" + label + "); " + statement + "; " + timer + ".Stop();"
		case statement == "":
			done.whole = true
			line = nbName + `.TimeIt("", func() {`
			code.lines[c.first], code.dropped[c.first+1] = line, false
			if err := b.closeWhole(code, c); err != nil {
				return done, err
			}
			continue
		default:
			if _, err := parser.ParseExpr(statement); err == nil && !isCall(statement) {
				statement = "_ = " + statement
			}
			line = nbName + ".TimeIt(" + label + ", func() { " + statement + " });"
		}
		code.lines[c.first], code.dropped[c.first+1] = line, false
	}
	return done, nil
}

// closeWhole ends the function that a %timeit on a line of its own starts, behind
// the last token of the cell.
func (b *builder) closeWhole(code *text, c command) error {
	below := code.clone()
	for i := range c.first + 1 {
		below.lines[i] = ""
	}
	segments, err := below.segments()
	if err != nil {
		return err
	}
	if len(segments) == 0 {
		return problem(c.first+1, "put them below it, or one behind it", "%%timeit without statements")
	}
	for _, s := range segments {
		if s.declaration && s.keyword != token.VAR && s.keyword != token.CONST && s.keyword != token.TYPE {
			return problem(s.start.line+1, "move it above", "%%timeit times statements, and this is a declaration")
		}
	}
	end := segments[len(segments)-1].end
	code.insert(end.line, end.column, " });")
	return nil
}

// isCall reports whether an expression is a call, which a statement may be.
func isCall(expression string) bool {
	e, err := parser.ParseExpr(expression)
	if err != nil {
		return false
	}
	_, ok := ast.Unparen(e).(*ast.CallExpr)
	return ok
}
