package cell

import (
	"go/ast"
	"go/parser"
	"go/token"
)

// locator returns the way from a line of main.go to the cells. GoNB writes that file
// anew for each cell, declarations sorted by name, and tells where lines come from
// only in part: the runtime writes its traces in pieces that GoNB does not recognise.
// The way here is by name: a declaration's lines are those of the cell that made it.
func locator(p Program, s *Session, main string) func(line int) (place, bool) {
	none := func(int) (place, bool) { return place{}, false }
	files := token.NewFileSet()
	file, err := parser.ParseFile(files, "", main, parser.ParseComments|parser.SkipObjectResolution)
	if main == "" || file == nil || err != nil {
		return none
	}
	at := map[int]place{} // by line of main.go
	note := func(from, to token.Pos, d declaration) {
		first := files.Position(from).Line
		for l := first; l <= files.Position(to).Line; l++ {
			if i := l - first; i < len(d.lines) && d.lines[i] > 0 {
				at[l] = place{d.cell, d.lines[i]}
			}
		}
	}
	named := func(kind, name string) (declaration, bool) {
		for i := len(p.declared) - 1; i >= 0; i-- {
			if d := p.declared[i]; d.kind == kind && len(d.names) > 0 && d.names[0] == name {
				d.cell = p.Number
				return d, true
			}
		}
		for i := len(s.declared) - 1; i >= 0; i-- {
			if d := s.declared[i]; d.kind == kind && len(d.names) > 0 && d.names[0] == name {
				return d, true
			}
		}
		return declaration{}, false
	}
	slice := func(from, to token.Pos) string { return main[files.Position(from).Offset:files.Position(to).Offset] }
	for _, decl := range file.Decls {
		switch decl := decl.(type) {
		case *ast.FuncDecl:
			if decl.Recv == nil && decl.Name.Name == "main" {
				first := files.Position(decl.Pos()).Line
				for i, line := range p.main {
					if line > 0 {
						at[first+i] = place{p.Number, line}
					}
				}
				continue
			}
			name := decl.Name.Name
			if decl.Recv != nil && len(decl.Recv.List) > 0 {
				name = receiver(decl.Recv.List[0].Type, slice) + "~" + name
			}
			if d, ok := named(funcKind, name); ok {
				from := decl.Pos()
				if decl.Doc != nil {
					from = decl.Doc.Pos()
				}
				note(from, decl.End(), d)
			}
		case *ast.GenDecl:
			for _, spec := range decl.Specs {
				kind, name := typeKind, ""
				switch spec := spec.(type) {
				case *ast.TypeSpec:
					name = spec.Name.Name
				case *ast.ValueSpec:
					kind = varKind
					for _, id := range spec.Names {
						if id.Name != "_" && name == "" {
							name = id.Name
						}
					}
				}
				if d, ok := named(kind, name); ok {
					note(spec.Pos(), spec.End(), d)
				}
			}
		}
	}
	return func(line int) (place, bool) {
		found, ok := at[line]
		return found, ok
	}
}
