package cell

import (
	"fmt"
	"strings"
)

// Problem is a mistake in a cell's source, or something its author should know.
type Problem struct {
	Line, Column int // from 1, the column in bytes; 0: not known
	Text         string
	Remedy       string // what to do about it; may be empty
}

// String returns the place, the text and the remedy.
func (p Problem) String() string {
	text := p.Text
	switch {
	case p.Line > 0 && p.Column > 0:
		text = fmt.Sprintf("line %d, column %d: %s", p.Line, p.Column, p.Text)
	case p.Line > 0:
		text = fmt.Sprintf("line %d: %s", p.Line, p.Text)
	}
	if p.Remedy != "" {
		text += "; " + p.Remedy
	}
	return text
}

// Problems are the mistakes for which a cell is not run. There is at least one.
type Problems []Problem

// Error returns all problems, each on a line of its own.
func (p Problems) Error() string {
	lines := make([]string, len(p))
	for i, problem := range p {
		lines[i] = "cell: " + problem.String()
	}
	return strings.Join(lines, "\n")
}

// problem is the error of one problem at a line.
func problem(line int, remedy, format string, args ...any) error {
	return Problems{{Line: line, Text: fmt.Sprintf(format, args...), Remedy: remedy}}
}
