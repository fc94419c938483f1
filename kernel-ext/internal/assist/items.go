package assist

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path"
	"slices"
	"strconv"
	"strings"
)

// An item is one declaration that stands: an import, or something with a name.
type item struct {
	kind  token.Token // IMPORT, CONST, TYPE, VAR or FUNC
	names []string    // what it declares; a method is Type~Name
	text  string      // its source, as it can stand in a file
	doc   string      // its comment
}

// parseItems returns the declarations of a cell. One that is not finished gives those that can be read.
func parseItems(cell string) []item {
	l := lay(cell, -1)
	if l.body != "" {
		return nil
	}
	return itemsOf(l.declared())
}

func itemsOf(source string) []item {
	files := token.NewFileSet()
	file, _ := parser.ParseFile(files, "", source, parser.ParseComments|parser.SkipObjectResolution)
	if file == nil {
		return nil
	}
	text := func(node ast.Node) string {
		from, to := files.Position(node.Pos()).Offset, files.Position(node.End()).Offset
		return source[min(from, len(source)):max(min(from, len(source)), min(to, len(source)))]
	}
	var items []item
	for _, d := range file.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			name := d.Name.Name
			if d.Recv != nil && len(d.Recv.List) == 1 {
				name = receiver(d.Recv.List[0].Type) + "~" + name
			}
			if name != "main" {
				items = append(items, item{token.FUNC, []string{name}, text(d), d.Doc.Text()})
			}
		case *ast.GenDecl:
			items = append(items, specs(d, text)...)
		}
	}
	return items
}

// specs are the items of a declaration. Constants of one group refer to one another and stay together.
func specs(d *ast.GenDecl, text func(ast.Node) string) []item {
	var items []item
	var constants []string
	for _, s := range d.Specs {
		switch s := s.(type) {
		case *ast.ImportSpec:
			name, err := strconv.Unquote(s.Path.Value)
			if err != nil {
				continue
			}
			local := packageName(name)
			if s.Name != nil {
				local = s.Name.Name
			}
			items = append(items, item{token.IMPORT, []string{local}, "import " + text(s), ""})
		case *ast.TypeSpec:
			doc := s.Doc.Text()
			if doc == "" {
				doc = d.Doc.Text()
			}
			items = append(items, item{token.TYPE, []string{s.Name.Name}, "type " + text(s), doc})
		case *ast.ValueSpec:
			var names []string
			for _, n := range s.Names {
				names = append(names, n.Name)
			}
			if d.Tok == token.CONST {
				constants = append(constants, names...)
				continue
			}
			doc := s.Doc.Text()
			if doc == "" {
				doc = d.Doc.Text()
			}
			items = append(items, item{token.VAR, names, "var " + text(s), doc})
		}
	}
	if d.Tok == token.CONST && len(constants) > 0 {
		items = append(items, item{token.CONST, constants, text(d), d.Doc.Text()})
	}
	return items
}

// receiver is the name of the type that a method belongs to.
func receiver(t ast.Expr) string {
	switch t := t.(type) {
	case *ast.Ident:
		return t.Name
	case *ast.StarExpr:
		return receiver(t.X)
	case *ast.IndexExpr:
		return receiver(t.X)
	case *ast.IndexListExpr:
		return receiver(t.X)
	case *ast.ParenExpr:
		return receiver(t.X)
	}
	return ""
}

// lastOfEach leaves out what a later item declares again; a declaration of several names goes when one of them does, as
// it does in GoNB.
func lastOfEach(items []item) []item {
	seen := map[string]bool{}
	var kept []item
	for _, it := range slices.Backward(items) {
		again := false
		for _, name := range it.names {
			again = again || seen[name] && name != "_" && name != "init"
		}
		if again {
			continue
		}
		for _, name := range it.names {
			seen[name] = true
		}
		kept = append(kept, it)
	}
	slices.Reverse(kept)
	return kept
}

// packageName guesses the name of a package from its path: the last element that is no major version.
func packageName(importPath string) string {
	name := path.Base(importPath)
	if len(name) > 1 && name[0] == 'v' && strings.Trim(name[1:], "0123456789") == "" {
		name = path.Base(path.Dir(importPath))
	}
	name, _, _ = strings.Cut(name, ".v")
	return strings.TrimPrefix(name, "go-")
}
