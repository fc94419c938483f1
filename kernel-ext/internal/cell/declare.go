package cell

import (
	"go/ast"
	"go/token"
	"strings"
)

// Kinds of declarations, in Go's words.
const (
	importKind = "import"
	constKind  = "const"
	typeKind   = "type"
	varKind    = "var"
	funcKind   = "func"
)

// declaration is what one import, type, var or func declares, or one const block.
type declaration struct {
	kind  string
	names []string // the keys GoNB knows them by: an import's name, Type~Method
	blank bool     // a var of which no name but _ is declared
	tuple bool     // a var whose names take the values of one call: all are replaced or none
	text  string   // complete, with its keyword
	cell  int      // number of the cell; set when the session takes it over
	lines []int    // line of that cell for each line of the text, 0 for none

	signature string   // of a func: its type, as it is written; of a var or const: the type, where one is written
	results   int      // of a func: the number of its results
	path      string   // of an import
	calls     bool     // of a var: making it runs a function
	packages  []string // names that may be packages: x of x.y where the file declares no x
}

// declarations returns what a parsed cell declares, but for func main; of main the
// names that := and var declare at its top level, and the lines of the cell that its
// lines come from.
func (t *text) declarations(file *ast.File, files *token.FileSet, source string) (list []declaration, locals []string, main []int) {
	line := func(pos token.Pos) int { return files.Position(pos).Line - 1 } // of the text
	slice := func(from, to token.Pos) string { return source[files.Position(from).Offset:files.Position(to).Offset] }
	unresolved := map[*ast.Ident]bool{}
	for _, id := range file.Unresolved {
		unresolved[id] = true
	}
	add := func(d declaration, node ast.Node, from, to token.Pos, before string) {
		d.text = before + slice(from, to)
		for l := line(from); l <= line(to); l++ {
			cellLine, _ := t.place(l, 1)
			d.lines = append(d.lines, cellLine)
		}
		seen := map[string]bool{}
		ast.Inspect(node, func(n ast.Node) bool {
			if s, ok := n.(*ast.SelectorExpr); ok {
				if id, ok := s.X.(*ast.Ident); ok && unresolved[id] && !seen[id.Name] {
					seen[id.Name] = true
					d.packages = append(d.packages, id.Name)
				}
			}
			return true
		})
		list = append(list, d)
	}
	for _, decl := range file.Decls {
		switch decl := decl.(type) {
		case *ast.FuncDecl:
			if decl.Recv == nil && decl.Name.Name == "main" {
				if decl.Body != nil {
					locals = localNames(decl.Body)
				}
				for l := line(decl.Pos()); l <= line(decl.End()); l++ {
					if l <= len(t.from) && !t.dropped[t.from[l-1]] {
						main = append(main, t.from[l-1])
					}
				}
				continue
			}
			d := declaration{kind: funcKind, names: []string{decl.Name.Name}, results: decl.Type.Results.NumFields()}
			if decl.Recv != nil && len(decl.Recv.List) > 0 {
				d.names[0] = receiver(decl.Recv.List[0].Type, slice) + "~" + decl.Name.Name
			}
			// The type without the name, as fmt's %T has it.
			from := decl.Type.Params.Pos()
			if decl.Type.TypeParams != nil {
				from = decl.Type.TypeParams.Pos()
			}
			d.signature = "func" + slice(from, decl.Type.End())
			from = decl.Pos()
			if decl.Doc != nil {
				from = decl.Doc.Pos()
			}
			add(d, decl, from, decl.End(), "")
		case *ast.GenDecl:
			if decl.Tok == token.CONST {
				// Whole: a later line may repeat an earlier one's value.
				d := declaration{kind: constKind}
				for _, spec := range decl.Specs {
					for _, name := range spec.(*ast.ValueSpec).Names {
						d.names = append(d.names, name.Name)
					}
				}
				add(d, decl, decl.Pos(), decl.End(), "")
				continue
			}
			for _, spec := range decl.Specs {
				switch spec := spec.(type) {
				case *ast.ImportSpec:
					d := declaration{kind: importKind, path: strings.Trim(spec.Path.Value, "\"`")}
					alias := ""
					if spec.Name != nil {
						alias = spec.Name.Name
					}
					d.names = []string{importKey(d.path, alias)}
					add(d, spec, spec.Pos(), spec.End(), "import ")
				case *ast.TypeSpec:
					add(declaration{kind: typeKind, names: []string{spec.Name.Name}}, spec, spec.Pos(), spec.End(), "type ")
				case *ast.ValueSpec:
					for _, v := range variables(spec, slice) {
						add(v.declaration, spec, v.from, v.to, v.before)
					}
				}
			}
		}
	}
	return list, locals, main
}

// variable is what a var declares, and the source that says so behind a text of ours.
type variable struct {
	declaration
	before   string
	from, to token.Pos
}

// variables returns what a line of a var declares: one declaration for all names
// where they share a value, one each where they do not, as GoNB has it.
func variables(spec *ast.ValueSpec, slice func(from, to token.Pos) string) []variable {
	signature := ""
	if spec.Type != nil {
		signature = slice(spec.Type.Pos(), spec.Type.End())
	}
	one := func(names []*ast.Ident, values []ast.Expr) declaration {
		d := declaration{kind: varKind, blank: true, signature: signature, tuple: len(names) > 1}
		for _, name := range names {
			if name.Name != "_" {
				d.names = append(d.names, name.Name)
				d.blank = false
			}
		}
		for _, value := range values {
			ast.Inspect(value, func(n ast.Node) bool {
				if _, ok := n.(*ast.FuncLit); ok {
					return false
				}
				if _, ok := n.(*ast.CallExpr); ok {
					d.calls = true
				}
				return true
			})
		}
		return d
	}
	if len(spec.Names) == 1 || len(spec.Values) == 1 {
		return []variable{{one(spec.Names, spec.Values), "var ", spec.Pos(), spec.End()}}
	}
	var list []variable
	for i, name := range spec.Names {
		before := "var " + name.Name + " " + signature
		switch {
		case i < len(spec.Values):
			v := spec.Values[i]
			list = append(list, variable{one(spec.Names[i:i+1], spec.Values[i:i+1]), before + " = ", v.Pos(), v.End()})
		default:
			list = append(list, variable{one(spec.Names[i:i+1], nil), before, spec.End(), spec.End()})
		}
	}
	return list
}

// importKey is the name that GoNB keeps an import under.
func importKey(path, alias string) string {
	switch alias {
	case "":
		at := len(path)
		for at > 0 && (path[at-1] == '_' || path[at-1] >= '0' && path[at-1] <= '9' ||
			path[at-1] >= 'a' && path[at-1] <= 'z' || path[at-1] >= 'A' && path[at-1] <= 'Z') {
			at--
		}
		if at == len(path) {
			return path
		}
		return path[at:]
	case ".":
		return ".~" + path
	}
	return alias
}

// receiver is the type's name of a method, as GoNB's keys have it.
func receiver(e ast.Expr, slice func(from, to token.Pos) string) string {
	switch e := e.(type) {
	case *ast.Ident:
		return e.Name
	case *ast.StarExpr:
		return slice(e.X.Pos(), e.X.End())
	}
	return "unknown"
}

// localNames returns the names that a body declares at its top level.
func localNames(body *ast.BlockStmt) []string {
	var names []string
	add := func(e ast.Expr) {
		if id, ok := e.(*ast.Ident); ok && id.Name != "_" {
			names = append(names, id.Name)
		}
	}
	for _, statement := range body.List {
		switch s := statement.(type) {
		case *ast.AssignStmt:
			if s.Tok == token.DEFINE {
				for _, e := range s.Lhs {
					add(e)
				}
			}
		case *ast.DeclStmt:
			if g, ok := s.Decl.(*ast.GenDecl); ok && g.Tok == token.VAR {
				for _, spec := range g.Specs {
					for _, id := range spec.(*ast.ValueSpec).Names {
						add(id)
					}
				}
			}
		}
	}
	return names
}
