package assist

import (
	"go/parser"
	"go/scanner"
	"go/token"
	"strings"
)

// IsComplete says whether a cell could be run as it stands, in the words of the Jupyter protocol: "complete",
// "incomplete" when more lines could make it so, "invalid" when none could, "unknown" for text that belongs to a magic
// that is not known here. indent is what the next line of an incomplete cell should begin with.
func IsComplete(cell string) (status, indent string) {
	l := lay(cell, -1)
	switch {
	case l.body != "":
		// As in other consoles, an empty line ends the text of a cell magic.
		if len(l.lines) > 1 && strings.TrimSpace(l.lines[len(l.lines)-1]) == "" {
			return "complete", ""
		}
		return "incomplete", ""
	case l.marks > 1:
		return "invalid", ""
	}
	if first, _, _ := strings.Cut(magicLine(l.lines[0]), " "); strings.HasPrefix(first, "%%") && strings.TrimSpace(first) != "%%" {
		return "unknown", ""
	}
	last := strings.TrimRight(l.lines[len(l.lines)-1], "\r")
	if l.kinds[len(l.kinds)-1] == magic && strings.HasSuffix(last, `\`) {
		return "incomplete", ""
	}
	for i, p := range l.pieces {
		switch state := p.state(); {
		case state == "incomplete" && i == len(l.pieces)-1:
			return state, nextIndent(l.lines)
		case state != "complete":
			return "invalid", ""
		}
	}
	return "complete", ""
}

// state says of one piece whether it is complete, incomplete or invalid.
func (p piece) state() string {
	before, after := "package main\n", ""
	if p.kind == statement {
		before, after = before+"func main() {\n", "\n}\n"
	}
	files := token.NewFileSet()
	_, err := parser.ParseFile(files, "", before+p.text+after, parser.SkipObjectResolution)
	if err == nil {
		return "complete"
	}
	// What is wrong only because the text ends is not wrong yet: the first complaint is about the end, or about a comment
	// or raw string that does not end.
	list, ok := err.(scanner.ErrorList)
	if !ok || len(list) == 0 {
		return "invalid"
	}
	list.Sort()
	first := list[0]
	end := len(before) + len(strings.TrimRight(p.text, " \t\r\n"))
	open := strings.HasPrefix(first.Msg, "comment not terminated") || strings.HasPrefix(first.Msg, "raw string literal not terminated")
	if open || first.Pos.Offset >= end && !balanced(p.text) {
		return "incomplete"
	}
	return "invalid"
}

// balanced says whether every bracket is closed and no operator waits for its right side.
func balanced(text string) bool {
	source := []byte(text)
	files := token.NewFileSet()
	file := files.AddFile("", -1, len(source))
	var s scanner.Scanner
	s.Init(file, source, func(token.Position, string) {}, 0)
	depth := 0
	last := token.SEMICOLON
	for {
		_, t, text := s.Scan()
		switch t {
		case token.EOF:
			waits := last.IsOperator() && last != token.RPAREN && last != token.RBRACK && last != token.RBRACE &&
				last != token.INC && last != token.DEC && last != token.SEMICOLON || last.IsKeyword() && !ends[last]
			return depth == 0 && !waits
		case token.LPAREN, token.LBRACK, token.LBRACE:
			depth++
		case token.RPAREN, token.RBRACK, token.RBRACE:
			depth--
		case token.SEMICOLON:
			if text == "\n" {
				continue
			}
		}
		last = t
	}
}

// ends are the keywords that can be the last word of a statement.
var ends = map[token.Token]bool{token.BREAK: true, token.CONTINUE: true, token.FALLTHROUGH: true, token.RETURN: true}

// nextIndent continues the indent of the last line that holds something, one step deeper where that opened a bracket.
func nextIndent(lines []string) string {
	for i := len(lines) - 1; i >= 0; i-- {
		line := strings.TrimRight(lines[i], " \t\r")
		if line == "" {
			continue
		}
		indent := line[:len(line)-len(strings.TrimLeft(line, " \t"))]
		if strings.HasSuffix(line, "{") || strings.HasSuffix(line, "(") || strings.HasSuffix(line, "[") {
			indent += "\t"
		}
		return indent
	}
	return ""
}
