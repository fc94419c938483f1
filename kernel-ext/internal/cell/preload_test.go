package cell

import (
	"go/ast"
	"go/build/constraint"
	"go/parser"
	"go/token"
	"go/types"
	"strings"
	"testing"
)

// The file compiled into every cell declares nothing, and relies on no name that a cell could take.
func TestPreload(t *testing.T) {
	for _, system := range []string{"linux", "darwin"} {
		name, text := Preload(system)
		if name >= "main.go" {
			t.Errorf("%s is initialised after main.go", name)
		}
		line, _, _ := strings.Cut(text, "\n")
		if expr, err := constraint.Parse(line); err != nil || expr.Eval(func(tag string) bool { return tag == "js" || tag == "wasm" }) {
			t.Errorf("%q takes in wasm, %v", line, err)
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, text, 0)
		if err != nil {
			t.Fatal(err)
		}
		for declared := range file.Scope.Objects {
			if declared != "_" {
				t.Errorf("declares %s", declared)
			}
		}
		ast.Inspect(file, func(n ast.Node) bool {
			if id, ok := n.(*ast.Ident); ok && id.Obj == nil && types.Universe.Lookup(id.Name) != nil {
				t.Errorf("uses %s", id.Name)
			}
			return true
		})
	}
}
