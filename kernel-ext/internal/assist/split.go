package assist

import (
	"go/scanner"
	"go/token"
	"slices"
	"strings"
)

// A kind is what a line of a cell is to Go.
type kind int

const (
	imports     kind = iota // import declarations
	declaration             // stands at the top of the program
	statement               // stands in func main
	magic                   // is none of Go's: a magic, a shell line, a package clause
)

// A layout is a cell taken apart.
type layout struct {
	lines []string // with magics that hold Go after them (%time f()) blanked in front, so that columns stay
	kinds []kind   // of each line
	// body is the first word of a cell whose other lines are the text of a cell magic ("%%bash"); empty when it is Go.
	body string
	// marks counts the lines that begin func main.
	marks int
	// pieces are the declarations and statements in order; what follows the mark is one piece.
	pieces []piece
}

// A piece is a run of Go text at the top of a cell: one declaration or one statement.
type piece struct {
	kind     kind
	from, to int // lines, to excluded
	text     string
}

// bodyMagics begin cells that hold no Go, and whether what follows is for a shell.
var bodyMagics = map[string]bool{"%%bash": true, "%%sh": true, "%%script": true, "%%writefile": false, "%%gx": false}

// markPrefix lets Jupytext keep magics in files that are Go.
const markPrefix = "//gonb:"

// magicLine returns the line as a magic, without the prefix; empty when it is none.
func magicLine(line string) string {
	line = strings.TrimPrefix(line, markPrefix)
	if strings.HasPrefix(line, "%") || strings.HasPrefix(line, "!") {
		return line
	}
	return ""
}

// lay takes a cell apart. cursor is the line that is being typed on, -1 when there is none: a selector that ends it, as
// in "frame.", does not go on in the next line.
func lay(cell string, cursor int) layout {
	l := layout{lines: strings.Split(cell, "\n")}
	l.kinds = make([]kind, len(l.lines))
	if first, _, _ := strings.Cut(magicLine(l.lines[0]), " "); strings.HasPrefix(first, "%%") {
		first = strings.TrimRight(first, "\r")
		if _, other := bodyMagics[first]; other {
			l.body = first
			for i := range l.kinds {
				l.kinds[i] = magic
			}
			return l
		}
	}
	mark := -1
	goes := false // a magic goes on after a backslash
	for i, line := range l.lines {
		text := magicLine(line)
		if text == "" && !goes {
			continue
		}
		word, rest, _ := strings.Cut(text, " ")
		word = strings.TrimRight(word, "\r")
		switch {
		case goes:
			l.kinds[i] = magic
		case word == "%%" || word == "%main":
			l.kinds[i] = magic
			if l.marks++; l.marks == 1 {
				mark = i
			}
		case word == "%time" || word == "%timeit":
			l.lines[i] = strings.Repeat(" ", len(line)-len(rest)) + rest
			continue
		default:
			l.kinds[i] = magic
		}
		goes = strings.HasSuffix(strings.TrimRight(line, "\r"), `\`)
	}
	if mark < 0 {
		l.sort(cursor, len(l.lines), false)
		return l
	}
	l.sort(cursor, mark, true)
	for i := mark + 1; i < len(l.kinds); i++ {
		if l.kinds[i] != magic {
			l.kinds[i] = statement
		}
	}
	l.pieces = append(l.pieces, piece{statement, mark + 1, len(l.lines), l.text(mark+1, len(l.lines), statement)})
	return l
}

// text is the lines of some kinds in a range, others blank.
func (l layout) text(from, to int, some ...kind) string {
	var b strings.Builder
	for i := from; i < to; i++ {
		if slices.Contains(some, l.kinds[i]) {
			b.WriteString(l.lines[i])
		}
		b.WriteByte('\n')
	}
	return b.String()
}

// A word is a token and the line, from 0, that it begins in.
type word struct {
	token token.Token
	line  int
}

// declared are the imports and declarations of the cell, as a file.
func (l layout) declared() string {
	return "package main\n" + l.text(0, len(l.lines), imports, declaration)
}

// words are the tokens of the Go lines before a line; what is no token is left out.
func (l layout) words(until int) []word {
	var b strings.Builder
	for i, line := range l.lines[:until] {
		if l.kinds[i] != magic {
			b.WriteString(line)
		}
		b.WriteByte('\n')
	}
	source := []byte(b.String())
	files := token.NewFileSet()
	file := files.AddFile("", -1, len(source))
	var s scanner.Scanner
	s.Init(file, source, func(token.Position, string) {}, 0)
	var words []word
	for {
		at, t, _ := s.Scan()
		if t == token.EOF {
			return words
		}
		words = append(words, word{t, file.Line(at) - 1})
	}
}

// sort finds out which of the lines before a line are declarations and which are statements; all of them are
// declarations where a mark follows.
func (l *layout) sort(cursor, to int, declarations bool) {
	words := l.words(to)
	depth, first := 0, 0 // of the words of the piece
	start := 0           // line after the piece before
	end := func(last int) {
		if first > last {
			return
		}
		k := kindOf(words[first : last+1])
		if k == statement && declarations {
			k = declaration
		}
		until := max(words[last].line+1, start)
		for i := start; i < until; i++ {
			if l.kinds[i] != magic {
				l.kinds[i] = k
			}
		}
		if k != magic {
			l.pieces = append(l.pieces, piece{kind: k, from: start, to: until})
		}
		start, first = until, last+1
	}
	for i, w := range words {
		switch w.token {
		case token.LPAREN, token.LBRACK, token.LBRACE:
			depth++
		case token.RPAREN, token.RBRACK, token.RBRACE:
			depth = max(0, depth-1)
		}
		last := i+1 == len(words) || words[i+1].line > w.line
		if depth == 0 && last && (w.token == token.SEMICOLON || w.token == token.PERIOD && w.line == cursor) {
			end(i)
		}
	}
	end(len(words) - 1)
	if len(l.pieces) == 0 {
		// Nothing, or comments alone: what is typed next can be anything.
		k := statement
		if declarations {
			k = declaration
		}
		l.pieces = []piece{{kind: k}}
	}
	// Comments and blanks after the last word belong to what is before them.
	for i := start; i < to; i++ {
		if l.kinds[i] != magic {
			l.kinds[i] = l.pieces[len(l.pieces)-1].kind
			l.pieces[len(l.pieces)-1].to = i + 1
		}
	}
	for i := range l.pieces {
		p := &l.pieces[i]
		p.text = l.text(p.from, p.to, p.kind)
	}
}

// kindOf tells a declaration from a statement by its first words. A function without a name is a value, and so part of a
// statement.
func kindOf(words []word) kind {
	at := func(i int) token.Token {
		if i < len(words) {
			return words[i].token
		}
		return token.EOF
	}
	switch words[0].token {
	case token.PACKAGE:
		return magic
	case token.IMPORT:
		return imports
	case token.CONST, token.TYPE, token.VAR:
		return declaration
	case token.FUNC:
		if at(1) != token.LPAREN {
			return declaration
		}
		depth := 0
		for i := 1; i < len(words); i++ {
			switch words[i].token {
			case token.LPAREN:
				depth++
			case token.RPAREN:
				if depth--; depth == 0 {
					if at(i+1) == token.IDENT && (at(i+2) == token.LPAREN || at(i+2) == token.SEMICOLON || at(i+2) == token.EOF) {
						return declaration
					}
					return statement
				}
			}
		}
	}
	return statement
}
