package notebook

import (
	"go/ast"
	"go/parser"
	"go/scanner"
	"go/token"
	"slices"
	"strings"
)

// source checks the source of a code cell.
func (c *checker) source(index int, magics []string) {
	declarations, commands := splitCell(c.notebook.Cells[index].Source)
	mains := 0
	for _, command := range commands {
		name := strings.Fields(command)[0]
		switch {
		case command[0] == '!':
			c.add(index, RuleShell, "", "shell line %q: its failure would go unnoticed", command)
		case !slices.Contains(magics, name):
			c.add(index, RuleMagic, "", "magic %q is not among %s", name, strings.Join(magics, ", "))
		case name == "%%":
			if mains++; mains == 2 {
				c.add(index, RuleMagic, "", "a second %%%% in one cell ends the kernel")
			}
		}
	}
	c.declarations(index, declarations)
}

// splitCell returns the part of a cell that is Go declarations, before %%, with
// other lines blank so that line numbers hold; and the cell's command lines, which
// the kernel knows by their first character.
func splitCell(source string) (declarations string, commands []string) {
	var b strings.Builder
	inMain, continued := false, false
	for _, line := range strings.Split(source, "\n") {
		line = strings.TrimPrefix(line, "//gonb:")
		command := len(line) > 1 && (line[0] == '%' || line[0] == '!')
		switch {
		case continued:
			// The rest of a command that ended in a backslash.
		case command:
			commands = append(commands, line)
			name := strings.Fields(line)[0]
			inMain = inMain || name == "%main" || strings.HasPrefix(name, "%%") // %%bash and the like: not Go either
		case !inMain && !strings.HasPrefix(line, "package "):
			b.WriteString(line)
		}
		continued = (command || continued) && strings.HasSuffix(line, `\`)
		b.WriteByte('\n')
	}
	return b.String(), commands
}

// declarations checks a cell's top-level declarations. The kernel remembers each
// variable's initialiser and runs it again in every later cell.
func (c *checker) declarations(index int, text string) {
	const header = "package main;"
	file, err := parser.ParseFile(token.NewFileSet(), "", header+text, parser.SkipObjectResolution)
	if err != nil {
		message, line := err.Error(), 0
		if list, ok := err.(scanner.ErrorList); ok && len(list) > 0 {
			message, line = list[0].Msg, list[0].Pos.Line
		}
		c.add(index, RuleParse, "", "line %d: %s (statements belong below %%%%)", line, message)
		return
	}
	for _, declaration := range file.Decls {
		group, ok := declaration.(*ast.GenDecl)
		if !ok || group.Tok != token.VAR {
			continue
		}
		for _, spec := range group.Specs {
			c.variables(index, spec.(*ast.ValueSpec))
		}
	}
}

// variables checks one "var names = values".
func (c *checker) variables(index int, spec *ast.ValueSpec) {
	var names []string
	for _, name := range spec.Names {
		names = append(names, name.Name)
	}
	list := strings.Join(names, ", ")
	switch {
	case len(names) == 1 && names[0] == "_":
		c.add(index, RuleBlank, "", "var _: each run of the cell adds a copy, and all run in every later cell")
	case len(names) > 1 && len(spec.Values) > 0:
		c.add(index, RuleTuple, "", "var %s: redefining one of the names loses the others; declare one value a line", list)
	}
	for _, value := range spec.Values {
		if callsMust(value) {
			c.add(index, RuleMust, "", "var %s calls Must: once it fails, every later cell fails; call it below %%%%", list)
		}
	}
}

// callsMust reports whether evaluating value calls a function named Must. What
// stands inside a function literal runs only when that is called.
func callsMust(value ast.Expr) bool {
	found := false
	ast.Inspect(value, func(node ast.Node) bool {
		if _, ok := node.(*ast.FuncLit); ok {
			return false
		}
		call, ok := node.(*ast.CallExpr)
		if !ok {
			return true
		}
		function := call.Fun
		switch generic := function.(type) {
		case *ast.IndexExpr:
			function = generic.X
		case *ast.IndexListExpr:
			function = generic.X
		}
		switch f := function.(type) {
		case *ast.Ident:
			found = found || f.Name == "Must"
		case *ast.SelectorExpr:
			found = found || f.Sel.Name == "Must"
		}
		return true
	})
	return found
}
