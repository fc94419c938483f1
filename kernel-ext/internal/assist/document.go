package assist

import (
	"go/token"
	"slices"
	"strings"
	"unicode/utf16"
)

// A position in a document, as language servers count: lines from 0, and UTF-16 units within a line.
type position struct {
	Line      int `json:"line"`
	Character int `json:"character"`
}

// A document is the program that gopls is shown for a cell. Every line of the cell that is Go stands in it as it is,
// though not always in the same order: imports, declarations, then statements within func main.
type document struct {
	text  string
	cell  []string // lines of the cell
	lines []int    // the line of the document that holds each of them; -1 where none does

	wrapped bool // func main is ours, not the cell's
}

// compose makes the document of a cell. items are the declarations that stand from earlier cells.
func compose(l layout, items []item) document {
	d := document{cell: l.lines, lines: make([]int, len(l.lines))}
	var b strings.Builder
	count := 0
	add := func(line string) int {
		b.WriteString(line + "\n")
		at := count
		count += 1 + strings.Count(line, "\n")
		return at
	}
	add("package main")
	own := itemsOf(l.declared())
	standing := lastOfEach(append(slices.Clone(items), own...))
	standing = standing[:len(standing)-len(lastOfEach(own))]
	for _, it := range standing {
		if it.kind == token.IMPORT {
			add(it.text)
		}
	}
	for _, importPath := range missingImports(l, standing, own) {
		add("import \"" + importPath + "\"")
	}
	place := func(k kind) {
		for i, line := range l.lines {
			if l.kinds[i] == k {
				d.lines[i] = add(line)
			}
		}
	}
	for i := range d.lines {
		d.lines[i] = -1
	}
	place(imports)
	// A text that breaks off hides what comes after it, so what stands comes first.
	for _, it := range standing {
		if it.kind != token.IMPORT {
			add(it.text)
		}
	}
	place(declaration)
	if slices.Contains(l.kinds, statement) {
		d.wrapped = true
		add("func main() {")
		place(statement)
		add("}")
	}
	d.text = b.String()
	return d
}

// missingImports are the packages that the cell names without importing them, which GoNB adds when it runs: those of the
// standard library and our own.
func missingImports(l layout, groups ...[]item) []string {
	var paths []string
	for i, line := range l.lines {
		if l.kinds[i] == magic {
			continue
		}
		for _, name := range qualifiers(line) {
			importPath := packagePath(name)
			if importPath == "" || slices.Contains(paths, importPath) {
				continue
			}
			known := false
			for _, items := range groups {
				known = known || slices.ContainsFunc(items, func(it item) bool { return slices.Contains(it.names, name) })
			}
			if !known {
				paths = append(paths, importPath)
			}
		}
	}
	return paths
}

// qualifiers are the identifiers in a line that stand before a point and not after one.
func qualifiers(line string) []string {
	var names []string
	start := -1
	for i, r := range line {
		switch {
		case r == '_' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r >= 0x80:
			if start < 0 {
				start = i
			}
			continue
		case r == '.' && start >= 0 && (start == 0 || line[start-1] != '.'):
			names = append(names, line[start:i])
		}
		start = -1
	}
	return names
}

// position is where a place in the cell, a line and the bytes before it, stands in the document; false when the line is
// none of Go's.
func (d document) position(line, column int) (position, bool) {
	if d.lines[line] < 0 {
		return position{}, false
	}
	return position{d.lines[line], units(d.cell[line][:column])}, true
}

// place is the other way: the line of the cell and the bytes before the position in it; false for a line that is not the
// cell's.
func (d document) place(p position) (line, column int, ok bool) {
	line = slices.Index(d.lines, p.Line)
	if line < 0 {
		return 0, 0, false
	}
	left := p.Character
	for i, r := range d.cell[line] {
		if left <= 0 {
			return line, i, true
		}
		left -= utf16.RuneLen(r)
	}
	return line, len(d.cell[line]), true
}

// callee is where the name ends whose argument list the position lies in; false when it lies in none.
func (d document) callee(p position) (position, bool) {
	lines := strings.Split(d.text, "\n")
	depth := 0
	for line := p.Line; line >= 0; line-- {
		text := lines[line]
		for i := len(text) - 1; i >= 0; i-- {
			if line == p.Line && units(text[:i]) >= p.Character {
				continue
			}
			switch text[i] {
			case ')', ']', '}':
				depth++
			case '[', '{':
				depth--
			case '(':
				if depth == 0 {
					return position{line, units(text[:i])}, true
				}
				depth--
			}
			if depth < 0 {
				return position{}, false // a block or an index begins here, not a call
			}
		}
	}
	return position{}, false
}

// units counts UTF-16 units.
func units(text string) int {
	count := 0
	for _, r := range text {
		count += utf16.RuneLen(r)
	}
	return count
}
