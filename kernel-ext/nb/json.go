package nb

import (
	"encoding/json"
	"fmt"
	"unicode/utf8"

	"github.com/stophacking/kelpie/kernel-ext/internal/frame"
)

// JSON shows value as JSON: a tree to open and close in JupyterLab, indented text
// elsewhere and with plain GoNB. What encoding/json cannot encode fails the cell.
func JSON(value any) {
	text, err := json.MarshalIndent(value, "", "  ")
	if err != nil {
		fail(fmt.Errorf("nb: %w", err))
	}
	compact, err := json.Marshal(value)
	if err != nil {
		fail(fmt.Errorf("nb: %w", err))
	}
	deliver(bundle{text: string(text), json: asciiJSON(compact)}.cleaned())
}

// asciiJSON writes the characters of JSON's strings that are not ASCII as escapes.
// Nothing else of JSON can hold any.
func asciiJSON(text []byte) string {
	var out []byte
	for len(text) > 0 {
		if text[0] < utf8.RuneSelf {
			out = append(out, text[0])
			text = text[1:]
			continue
		}
		r, size := utf8.DecodeRune(text)
		escaped := frame.AppendString(nil, string(r))
		out = append(out, escaped[1:len(escaped)-1]...)
		text = text[size:]
	}
	return string(out)
}
