package cell

import (
	"fmt"
	"strings"
)

// vars makes the program that lists the session's declarations. The values of
// variables are asked for their types and sizes; the rest is known from the source.
func (b *builder) vars() error {
	var rows []string
	for _, d := range b.session.declared {
		for _, name := range d.names {
			value, signature := "nil", d.signature
			switch d.kind {
			case importKind:
				signature = d.path
			case varKind:
				value = name
			case constKind:
				if name == "_" {
					continue
				}
				if len(d.names) == 1 {
					signature = strings.TrimSpace(strings.TrimPrefix(d.text, "const "+name))
				}
			case typeKind:
				signature = strings.TrimSpace(strings.TrimPrefix(d.text, "type "+name))
				signature, _, _ = strings.Cut(signature, "\n")
			case funcKind:
				if t, method, ok := strings.Cut(name, "~"); ok {
					name = t + "." + method
				}
			}
			rows = append(rows, fmt.Sprintf("%s.Declared{Kind: %q, Name: %q, Type: %q, Cell: %d, Value: %s},",
				nbName, d.kind, name, signature, d.cell, value))
		}
	}
	lines := []string{importLine, "%%", nbName + ".ResultValue(" + nbName + ".Declarations{"}
	lines = append(append(lines, rows...), "})")
	b.program.Steps = []Step{{Source: strings.Join(lines, "\n")}}
	b.program.Result = true
	for range lines {
		b.program.places = append(b.program.places, place{0, b.commands[0].first + 1})
	}
	return nil
}
