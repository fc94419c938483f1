package assist

import (
	"go/ast"
	"go/parser"
	"go/token"
)

// declarationAt is the source of the declaration at the top of a file that a line, counted from 0, lies in.
func declarationAt(text string, line int) string {
	files := token.NewFileSet()
	file, _ := parser.ParseFile(files, "", text, parser.SkipObjectResolution|parser.ParseComments)
	if file == nil {
		return ""
	}
	holds := func(node ast.Node) bool {
		return files.Position(node.Pos()).Line <= line+1 && line+1 <= files.Position(node.End()).Line
	}
	for _, d := range file.Decls {
		if !holds(d) {
			continue
		}
		var found ast.Node = d
		// One of a group is enough.
		if group, ok := d.(*ast.GenDecl); ok && group.Lparen.IsValid() {
			for _, s := range group.Specs {
				if holds(s) {
					found = s
				}
			}
		}
		from, to := files.Position(found.Pos()).Offset, files.Position(found.End()).Offset
		return text[from:min(to, len(text))]
	}
	return ""
}
