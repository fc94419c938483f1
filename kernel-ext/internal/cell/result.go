package cell

import (
	"go/ast"
	"go/parser"
	"go/token"
	"slices"
	"strings"

	"github.com/stophacking/kelpie/kernel-ext/internal/frame"
)

// What a cell calls to show its value and times. The name is unlikely enough to be
// free; GoNB forgets about the import in cells that do not use it.
const (
	nbName     = "kelpie_nb"
	nbPath     = "github.com/stophacking/kelpie/kernel-ext/nb"
	importLine = "import " + nbName + ` "` + nbPath + `"`
)

// byPipe starts func main of a cell with %capture: displays inside the captured
// output would end up in the file, so they take GoNB's way there.
const byPipe = `os.Unsetenv("` + frame.Variable + `"); `

// intoMain puts the statements into func main, on their own lines, behind the code
// before. Declarations between them go behind it, imports before everything.
func (t *text) intoMain(segments []segment, before string) {
	first, last := -1, -1
	for i, s := range segments {
		if !s.declaration {
			if first < 0 {
				first = i
			}
			last = i
		}
	}
	var imports []string
	type part struct {
		lines []string
		from  []int
	}
	var behind []part
	for i, s := range segments {
		if !s.declaration || i < first || i > last && s.keyword != token.IMPORT {
			continue
		}
		from := s.comment
		if s.keyword == token.IMPORT {
			from = s.start
		}
		p := part{}
		for l := from.line; l <= s.end.line; l++ {
			line := t.lines[l]
			if l == s.end.line {
				line = line[:s.end.column]
			}
			if l == from.line {
				line = line[from.column:]
			}
			p.lines, p.from = append(p.lines, line), append(p.from, t.from[l])
		}
		t.blank(from, s.end)
		if s.keyword == token.IMPORT {
			imports = append(imports, importSpecs(strings.Join(p.lines, "\n")))
			continue
		}
		behind = append(behind, p)
	}
	end := segments[last].end
	t.insert(end.line, end.column, " }")
	start := segments[first].start
	t.insert(start.line, start.column, "func main() { flag.Parse(); "+before)
	for _, p := range behind {
		for i, line := range p.lines {
			t.add(line, p.from[i])
		}
	}
	if len(imports) > 0 {
		t.prefix(strings.Join(imports, "; "))
	}
}

// blank overwrites what lies between two positions, keeping lines and columns.
func (t *text) blank(from, to position) {
	for l := from.line; l <= to.line; l++ {
		a, b := 0, len(t.lines[l])
		if l == from.line {
			a = from.column
		}
		if l == to.line {
			b = to.column
		}
		t.lines[l] = t.lines[l][:a] + strings.Repeat(" ", b-a) + t.lines[l][b:]
	}
}

// importSpecs writes an import declaration on one line.
func importSpecs(declaration string) string {
	file, err := parser.ParseFile(token.NewFileSet(), "", packageClause+declaration, parser.ImportsOnly)
	if err != nil {
		return declaration // the parser says later what is wrong with it
	}
	var specs []string
	for _, spec := range file.Imports {
		name := ""
		if spec.Name != nil {
			name = spec.Name.Name + " "
		}
		specs = append(specs, "import "+name+spec.Path.Value)
	}
	return strings.Join(specs, "; ")
}

// declaresMain reports whether a declaration is func main.
func (t *text) declaresMain(s segment) bool {
	if s.keyword != token.FUNC {
		return false
	}
	line := t.lines[s.start.line][s.start.column:]
	if s.end.line == s.start.line {
		line = t.lines[s.start.line][s.start.column:s.end.column]
	}
	fields := strings.Fields(strings.Replace(line, "(", " (", 1))
	return len(fields) > 2 && fields[1] == "main" && strings.HasPrefix(fields[2], "(")
}

// firstStatement returns the first segment that is no declaration.
func firstStatement(segments []segment) segment {
	return segments[slices.IndexFunc(segments, func(s segment) bool { return !s.declaration })]
}

// withResult returns the text with the last statement's value shown, nil if it has
// none to show. Unless sure it may turn out at compiling that it has none.
func (t *text) withResult(last segment, s *Session, declared []declaration) (shown *text, sure bool) {
	e, start, end := t.expression(last)
	if e == nil {
		return nil, true // a statement
	}
	call := "Result"
	switch x := e.(type) {
	case *ast.CallExpr:
		var has bool
		if has, sure = hasValue(x, s, declared); !has {
			return nil, true
		}
	case *ast.BadExpr:
		return nil, true
	default:
		call, sure = "ResultValue", true
	}
	shown = t.clone()
	shown.insert(end.line, end.column, ")")
	shown.insert(start.line, start.column, nbName+"."+call+"(")
	return shown, sure
}

// discarded returns the text with the last statement's value thrown away: where a
// semicolon keeps an expression from being shown, Go would not have it stand alone.
func (t *text) discarded(last segment) *text {
	e, start, _ := t.expression(last)
	switch x := e.(type) {
	case nil, *ast.CallExpr, *ast.BadExpr:
		return t
	case *ast.UnaryExpr:
		if x.Op == token.ARROW {
			return t
		}
	}
	discarded := t.clone()
	discarded.insert(start.line, start.column, "_ = ")
	return discarded
}

// expression reads a statement as an expression and returns where intoMain has put
// it; nil when it is none.
func (t *text) expression(last segment) (e ast.Expr, start, end position) {
	// intoMain has moved the lines behind its imports, and the columns of this one.
	start, end = last.start, last.end
	start.line, end.line = slices.Index(t.from, last.start.line+1), slices.Index(t.from, last.end.line+1)
	start.column, end.column = t.moved(start.line, start.column), t.movedEnd(end.line, end.column)
	var source []string
	for l := start.line; l <= end.line; l++ {
		part := t.lines[l]
		if l == end.line {
			part = part[:end.column]
		}
		if l == start.line {
			part = part[start.column:]
		}
		source = append(source, part)
	}
	e, err := parser.ParseExpr(strings.Join(source, "\n"))
	if err != nil {
		return nil, start, end
	}
	return e, start, end
}

// moved returns where the byte at a column of a cell's line is now.
func (t *text) moved(line, column int) int {
	for _, s := range t.byColumn(line) {
		if s.column-1 <= column {
			column += s.n
		}
	}
	return column
}

// movedEnd returns where the end of what ended at a column is now: before an
// insertion at that column.
func (t *text) movedEnd(line, column int) int {
	for _, s := range t.byColumn(line) {
		if s.column-1 < column {
			column += s.n
		}
	}
	return column
}

// byColumn returns the insertions of a line from left to right.
func (t *text) byColumn(line int) []shift {
	list := slices.Clone(t.shifts[line])
	slices.SortFunc(list, func(a, b shift) int { return a.column - b.column })
	return list
}

// silent holds calls whose values nobody means to see, by package and start of name.
var silent = map[string][]string{
	"fmt":    {"Print", "Fprint", "Scan", "Fscan", "Sscan"},
	"log":    {""},
	"os":     {"Exit"},
	"time":   {"Sleep"},
	"nb":     {""},
	nbName:   {""},
	"gonbui": {""}, "dom": {""}, "widgets": {""}, "plotly": {""},
}

// hasValue decides whether a call has a value to show: as its function's declaration
// says where the cell or the session has it; no for those that print; else perhaps,
// and the compiler will say. An explicit conversion looks like a call and has one.
func hasValue(call *ast.CallExpr, s *Session, declared []declaration) (has, sure bool) {
	switch f := ast.Unparen(call.Fun).(type) {
	case *ast.Ident:
		for _, d := range slices.Backward(slices.Concat(s.declared, declared)) {
			if d.kind == funcKind && d.names[0] == f.Name {
				return d.results > 0, true
			}
		}
		switch f.Name {
		case "panic", "print", "println", "close", "delete", "clear", "copy", "recover":
			return false, true
		}
	case *ast.SelectorExpr:
		id, ok := f.X.(*ast.Ident)
		if !ok {
			break
		}
		name := id.Name
		for _, d := range slices.Concat(s.declared, declared) {
			if d.kind == importKind && d.names[0] == name && d.path == nbPath {
				name = nbName
			}
		}
		for _, start := range silent[name] {
			if strings.HasPrefix(f.Sel.Name, start) {
				return false, true
			}
		}
	case *ast.FuncLit:
		return f.Type.Results.NumFields() > 0, true
	}
	return true, false
}

// Retry returns the step to run instead of the last one, where its error says that
// the last expression has no value to show. What did run must not run again.
func (p Program) Retry(gonbError string) (Step, bool) {
	if p.fallback == nil || !strings.Contains(gonbError, "used as value") {
		return Step{}, false
	}
	return *p.fallback, true
}
