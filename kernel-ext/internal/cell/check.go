package cell

import (
	"fmt"
	"slices"
	"strings"
)

// checkDeclarations finds declarations that GoNB would take and that would harm
// other cells, silently or later. The session is as the cell's %rm leave it.
func checkDeclarations(s *Session, declared []declaration) error {
	var all []string
	for _, d := range declared {
		if d.kind == varKind {
			all = append(all, d.names...)
		}
	}
	var problems Problems
	say := func(d declaration, remedy, format string, args ...any) {
		line := 0
		if len(d.lines) > 0 {
			line = d.lines[0]
		}
		problems = append(problems, Problem{Line: line, Text: fmt.Sprintf(format, args...), Remedy: remedy})
	}
	for _, d := range declared {
		if d.blank {
			say(d, "assign to _ in a statement instead, or give it a name",
				"var _ is never replaced: each run of this cell would add another, made again in every later cell")
			continue
		}
		for _, name := range d.names {
			if imported, ok := clash(s, declared, d, name); ok {
				say(d, "choose another name", "%s is %s", name, imported)
				continue
			}
			for _, old := range s.declared {
				if old.kind == importKind || d.kind == importKind || !slices.Contains(old.names, name) {
					continue
				}
				if old.kind != d.kind {
					say(d, "%rm "+name+" first, or choose another name", "%s is already a %s, of cell [%d]", name, old.kind, old.cell)
					continue
				}
				lost := slices.DeleteFunc(slices.Clone(old.names), func(n string) bool { return slices.Contains(all, n) })
				if d.kind == varKind && old.tuple && len(lost) > 0 {
					say(d, fmt.Sprintf("choose another name, or declare %s in this cell too, or give %s up by %%rm %s",
						strings.Join(lost, ", "), strings.Join(lost, ", "), strings.Join(old.names, " ")),
						"%s was declared together with %s in cell [%d], and declaring it again would lose %s",
						name, strings.Join(lost, ", "), old.cell, strings.Join(lost, ", "))
				}
			}
		}
	}
	if len(problems) > 0 {
		return problems
	}
	return nil
}

// clash reports whether a declared name is a package's: an import's of the cell or
// of the session, or one that a declaration of the session uses without importing it.
func clash(s *Session, declared []declaration, d declaration, name string) (string, bool) {
	if d.kind == importKind || strings.Contains(name, "~") {
		return "", false
	}
	if name == "flag" {
		return "a package that GoNB uses in every cell", true
	}
	for _, list := range [][]declaration{declared, s.declared} {
		for _, other := range list {
			if other.kind == importKind && other.names[0] == name {
				if other.cell == 0 {
					return fmt.Sprintf("the name of the package %s, imported in this cell", other.path), true
				}
				return fmt.Sprintf("the name of the package %s, imported in cell [%d]", other.path, other.cell), true
			}
		}
	}
	for _, other := range s.declared {
		if slices.Contains(standard, name) && slices.Contains(other.packages, name) && !slices.ContainsFunc(s.declared, func(o declaration) bool {
			return slices.Contains(o.names, name)
		}) && !slices.Equal(other.names, d.names) {
			return fmt.Sprintf("a package that %s of cell [%d] uses", strings.Join(other.names, ", "), other.cell), true
		}
	}
	return "", false
}

// removals returns the keys that %rm lines name. Naming only a part of what was
// declared together is an error: GoNB would lose the rest, or bring back the name.
func removals(s *Session, commands []command) (keys []string, reset bool, err error) {
	for _, c := range commands {
		if c.kind != '%' {
			continue
		}
		switch c.words[0] {
		case "reset":
			if len(c.words) == 1 {
				keys, reset = nil, true
			}
		case "rm", "remove":
			keys = append(keys, c.words[1:]...)
			if reset {
				continue
			}
			for _, key := range c.words[1:] {
				for _, d := range s.declared {
					if !d.tuple || !slices.Contains(d.names, key) {
						continue
					}
					for _, other := range d.names {
						if !slices.Contains(c.words[1:], other) {
							return nil, false, problem(c.first+1, fmt.Sprintf("remove them together: %%rm %s", strings.Join(d.names, " ")),
								"%s was declared together with %s in cell [%d]", key, other, d.cell)
						}
					}
				}
			}
		}
	}
	return keys, reset, nil
}

// standard holds the names of the standard library's packages that cells use without
// importing them, and that are tempting as names of variables.
var standard = []string{
	"bufio", "bytes", "cmp", "context", "csv", "errors", "filepath", "flag", "fmt", "hash", "html", "image", "io", "iter", "json", "log",
	"maps", "math", "os", "path", "rand", "reflect", "regexp", "runtime", "slices", "sort", "strconv", "strings", "sync", "text", "time",
	"unicode", "url", "user", "utf8",
}
