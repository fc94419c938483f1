package toniot

import (
	"slices"

	"github.com/stophacking/kelpie/analysis"
)

// ProcessStream and MemoryStream declare the files of the streaming part of the
// assignment: the columns of [Process] and [Memory] without time and label, but
// with the machine and the number of the row on it. Their numbers are clean.
var (
	ProcessStream = stream("Linux process activity, streamed", Process)
	MemoryStream  = stream("Linux memory activity, streamed", MemoryDeclared())
)

func stream(name string, of analysis.Schema) analysis.Schema {
	s := analysis.Schema{Name: name, Fields: []analysis.Field{
		{Name: "sequence", Type: analysis.Int64, Doc: "number of the row on its machine"},
		{Name: "machine", Type: analysis.Int32, Doc: "machine that the row was recorded on"},
	}}
	for _, f := range of.Fields {
		if !slices.Contains([]string{"ts", "attack", "type"}, f.Name) {
			s.Fields = append(s.Fields, f)
		}
	}
	return s
}
