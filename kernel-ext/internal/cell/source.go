package cell

import (
	"go/ast"
	"go/parser"
	"go/scanner"
	"go/token"
	"slices"
	"strings"
)

// text is Go made from a cell: lines, each with the line of the cell that it comes
// from, and the insertions that moved columns.
type text struct {
	lines   []string
	from    []int // line of the cell, from 1, by index of the line; 0: made here
	shifts  map[int][]shift
	dropped map[int]bool // lines of the cell that GoNB does not write into its file
}

// shift is an insertion into a line: n bytes at column, both of the finished line.
type shift struct{ column, n int }

// newText makes the text of a cell's lines as they are.
func newText(lines []string) *text {
	t := &text{lines: slices.Clone(lines), shifts: map[int][]shift{}, dropped: map[int]bool{}}
	for i := range lines {
		t.from = append(t.from, i+1)
	}
	return t
}

// insert puts s, without a newline, before the byte at the given column (from 0) of
// the line with the given index.
func (t *text) insert(line, column int, s string) {
	t.lines[line] = t.lines[line][:column] + s + t.lines[line][column:]
	for i, old := range t.shifts[line] {
		if old.column > column {
			t.shifts[line][i].column += len(s)
		}
	}
	t.shifts[line] = append(t.shifts[line], shift{column + 1, len(s)})
}

// prefix puts a line of our own before all others.
func (t *text) prefix(s string) {
	t.lines = append([]string{s}, t.lines...)
	t.from = append([]int{0}, t.from...)
	shifts := map[int][]shift{}
	for line, list := range t.shifts {
		shifts[line+1] = list
	}
	t.shifts = shifts
}

// add appends a line that comes from the given line of the cell, 0 for none.
func (t *text) add(s string, from int) {
	t.lines = append(t.lines, s)
	t.from = append(t.from, from)
}

// clone returns a copy that can be changed on its own.
func (t *text) clone() *text {
	c := &text{slices.Clone(t.lines), slices.Clone(t.from), map[int][]shift{}, t.dropped}
	for line, list := range t.shifts {
		c.shifts[line] = slices.Clone(list)
	}
	return c
}

// String returns the text.
func (t *text) String() string { return strings.Join(t.lines, "\n") }

// place returns the line and column of the cell (from 1) for those of the text.
// Columns inside an insertion are those of the byte that follows it.
func (t *text) place(line, column int) (int, int) {
	if line < 1 || line > len(t.from) {
		return 0, 0
	}
	// The latest insertion moved what the earlier ones had left.
	list := t.shifts[line-1]
	back := 0
	for _, s := range list {
		if column >= s.column+s.n {
			back += s.n
		} else if column > s.column {
			back += column - s.column
		}
	}
	if t.from[line-1] == 0 {
		return 0, 0
	}
	return t.from[line-1], max(column-back, 1)
}

// packageClause goes before the text for parsing, on a line of its own.
const packageClause = "package main\n"

// parse parses the text as a file and tells syntax errors by the cell's lines.
func (t *text) parse() (*ast.File, *token.FileSet, string, error) {
	files := token.NewFileSet()
	source := packageClause + t.String()
	file, err := parser.ParseFile(files, "", source, parser.ParseComments)
	if err == nil {
		return file, files, source, nil
	}
	var problems Problems
	if list, ok := err.(scanner.ErrorList); ok {
		for _, e := range list {
			line, column := t.place(e.Pos.Line-1, e.Pos.Column)
			if line == 0 {
				line, column = t.lastLine(), 0
			}
			p := Problem{Line: line, Column: column, Text: e.Msg}
			if !slices.ContainsFunc(problems, func(q Problem) bool { return q.Line == p.Line }) {
				problems = append(problems, p)
			}
		}
	}
	if len(problems) == 0 {
		problems = Problems{{Text: err.Error()}}
	}
	return nil, nil, "", problems[:min(len(problems), 10)]
}

// lastLine is the last line of the cell that is in the text.
func (t *text) lastLine() int { return slices.Max(append([]int{1}, t.from...)) }

// A segment is a declaration or a statement at the top level of a cell.
type segment struct {
	declaration bool
	keyword     token.Token // of a declaration
	start, end  position    // the end is behind the last byte, without a semicolon
	semicolon   bool        // one is written behind it
	comment     position    // start of the comments right before a declaration, else start
}

// position is an index of a line and of a byte in it.
type position struct{ line, column int }

// segments splits the text at the top level. It does not check syntax: of a broken
// cell the segments are a guess. The error is Problems: what is no token of Go.
func (t *text) segments() ([]segment, error) {
	source := []byte(t.String())
	files := token.NewFileSet()
	file := files.AddFile("", -1, len(source))
	at := func(pos token.Pos) position {
		p := file.PositionFor(pos, false)
		return position{p.Line - 1, p.Column - 1}
	}
	var s scanner.Scanner
	var problems Problems
	s.Init(file, source, func(pos token.Position, text string) {
		line, column := t.place(pos.Line, pos.Column)
		problems = append(problems, Problem{Line: line, Column: column, Text: text})
	}, scanner.ScanComments)
	var list []segment
	var tokens []token.Token
	var current segment
	var comment token.Pos // of the first of the comments since the last token
	var commentEnd int    // line on which they end
	depth := 0
	for {
		pos, tok, literal := s.Scan()
		if tok == token.COMMENT {
			if p := at(pos); len(tokens) == 0 && (comment == token.NoPos || p.line > commentEnd+1) {
				comment = pos
			}
			commentEnd = at(pos).line + strings.Count(literal, "\n")
			continue
		}
		if (tok == token.SEMICOLON && depth <= 0) || tok == token.EOF {
			if len(tokens) > 0 {
				current.semicolon = tok == token.SEMICOLON && literal == ";"
				current.keyword = tokens[0]
				current.declaration = declares(tokens)
				list = append(list, current)
				tokens, depth = tokens[:0], 0
			}
			comment = token.NoPos
			if tok == token.EOF && len(problems) > 0 {
				return nil, problems[:min(len(problems), 10)]
			} else if tok == token.EOF {
				return list, nil
			}
			continue
		}
		if tok == token.SEMICOLON && literal != ";" {
			continue // the end of a line inside of brackets
		}
		if len(tokens) == 0 {
			current = segment{start: at(pos), comment: at(pos)}
			if comment != token.NoPos && commentEnd+1 >= current.start.line {
				current.comment = at(comment)
			}
		}
		switch tok {
		case token.LPAREN, token.LBRACK, token.LBRACE:
			depth++
		case token.RPAREN, token.RBRACK, token.RBRACE:
			depth--
		}
		length := len(literal)
		if !tok.IsLiteral() && !tok.IsKeyword() && tok != token.ILLEGAL {
			length = len(tok.String())
		}
		current.end = at(pos + token.Pos(length) - 1)
		current.end.column++
		tokens = append(tokens, tok)
	}
}

// declares reports whether a segment of these tokens is a declaration: a func is one
// where a name follows, after the receiver if there is one.
func declares(tokens []token.Token) bool {
	switch tokens[0] {
	case token.IMPORT, token.TYPE, token.VAR, token.CONST:
		return true
	case token.FUNC:
	default:
		return false
	}
	rest := tokens[1:]
	if len(rest) == 0 || rest[0] == token.IDENT {
		return true
	}
	depth := 0
	for i, tok := range rest {
		switch tok {
		case token.LPAREN:
			depth++
		case token.RPAREN:
			if depth--; depth == 0 {
				return i+2 < len(rest) && rest[i+1] == token.IDENT && (rest[i+2] == token.LPAREN || rest[i+2] == token.LBRACK)
			}
		}
	}
	return false
}
