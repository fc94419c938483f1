package assist

import (
	_ "embed"
	"go/scanner"
	"go/token"
	"slices"
	"strings"
)

// standard lists the packages of the standard library, of Go 1.26.
//
//go:embed packages.txt
var standard string

// ours are the packages that cells import from this module.
var ours = []string{
	"github.com/stophacking/kelpie/analysis", "github.com/stophacking/kelpie/analysis/eval",
	"github.com/stophacking/kelpie/analysis/exchange", "github.com/stophacking/kelpie/analysis/ml",
	"github.com/stophacking/kelpie/analysis/toniot", "github.com/stophacking/kelpie/kernel-ext/nb",
	"github.com/stophacking/kelpie/plots",
}

// packages are the paths that a cell can import without any set-up, the likelier of two with one name first.
var packages = append(append([]string{"math/rand", "text/template"}, ours...), strings.Fields(standard)...)

// packagePath is the path of the package that a name most likely means; empty when it means none.
func packagePath(name string) string {
	for _, importPath := range packages {
		if packageName(importPath) == name {
			return importPath
		}
	}
	return ""
}

// completeLocally says what is known of Go without gopls: packages within an import, and for a name that follows no
// point the keywords, what Go predeclares, the packages, and what the cell and earlier ones declare.
func completeLocally(l layout, items []item, at spot) matches {
	inside, text := literal(l, at)
	name, start := at.name()
	switch {
	case inside == token.STRING && len(text) <= at.column && importing(l, at):
		return prefixed(text, at.column-len(text), "module", packages)
	case inside != token.ILLEGAL, start > 0 && at.text[start-1] == '.', name != "" && name[0] >= '0' && name[0] <= '9':
		return matches{start: start}
	}
	var found []match
	add := func(kind string, names ...string) { found = append(found, prefixed(name, start, kind, names).all...) }
	own := itemsOf(l.declared())
	for _, it := range append(slices.Clone(own), items...) {
		for _, n := range it.names {
			if !strings.Contains(n, "~") && n != "_" && n != "init" {
				add(itemKinds[it.kind], n)
			}
		}
	}
	add("instance", assigned(l)...)
	if name == "" {
		return matches{start, found}
	}
	for _, importPath := range packages {
		add("module", packageName(importPath))
	}
	for t := token.BREAK; t <= token.VAR; t++ {
		add("keyword", t.String())
	}
	add("function", strings.Fields("append cap clear close complex copy delete imag len make max min new panic print println real recover")...)
	add("class", strings.Fields("any bool byte comparable complex64 complex128 error float32 float64 int int8 int16 int32 int64 rune string uint uint8 uint16 uint32 uint64 uintptr")...)
	add("instance", "true", "false", "iota", "nil")
	return matches{start, found}
}

var itemKinds = map[token.Token]string{
	token.IMPORT: "module", token.CONST: "instance", token.TYPE: "class", token.VAR: "instance", token.FUNC: "function",
}

// prefixed are the names that begin with what was typed.
func prefixed(typed string, start int, kind string, names []string) matches {
	found := matches{start: start}
	for _, name := range names {
		if strings.HasPrefix(name, typed) {
			found.all = append(found.all, match{name, kind})
		}
	}
	return found
}

// assigned are the names that statements of the cell make with :=.
func assigned(l layout) []string {
	var names []string
	for i, line := range l.lines {
		left, _, found := strings.Cut(line, ":=")
		if l.kinds[i] == magic || !found {
			continue
		}
		for _, name := range strings.FieldsFunc(left, func(r rune) bool { return !letter(r) }) {
			if !token.IsKeyword(name) && name != "_" && (name[0] < '0' || name[0] > '9') {
				names = append(names, name)
			}
		}
	}
	return names
}

// literal says whether the cursor stands inside a comment, a character or a string, and what of it stands before the
// cursor, without its quote; token.ILLEGAL when it stands elsewhere.
func literal(l layout, at spot) (token.Token, string) {
	source := []byte(l.text(0, at.line, l.kinds[at.line]) + l.lines[at.line][:at.column])
	files := token.NewFileSet()
	file := files.AddFile("", -1, len(source))
	var s scanner.Scanner
	open := false
	s.Init(file, source, func(at token.Position, text string) { open = open || strings.Contains(text, "not terminated") }, scanner.ScanComments)
	last, from := token.ILLEGAL, 0
	for {
		position, t, text := s.Scan()
		if t == token.EOF {
			break
		}
		if t == token.SEMICOLON && text == "\n" {
			continue
		}
		last, from = t, file.Offset(position)
	}
	switch {
	case open && (last == token.STRING || last == token.CHAR || last == token.COMMENT):
		return last, string(source[from+1:])
	case last == token.COMMENT && source[from+1] == '/' && !strings.Contains(string(source[from:]), "\n"):
		return last, ""
	}
	return token.ILLEGAL, ""
}

// importing says whether the line of the cursor is within an import declaration.
func importing(l layout, at spot) bool {
	for i := at.line; i >= 0; i-- {
		line := strings.TrimSpace(l.lines[i])
		if strings.HasPrefix(line, "import") {
			return true
		}
		if i < at.line && strings.Contains(line, ")") {
			return false
		}
	}
	return false
}
