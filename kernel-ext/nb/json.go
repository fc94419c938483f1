package nb

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"unicode/utf8"

	"github.com/stophacking/kelpie/kernel-ext/internal/frame"
)

// JSON shows value as JSON: a tree to open and close in JupyterLab, indented text
// elsewhere and with plain GoNB. What encoding/json cannot encode fails the cell, and
// so does a value that is too large, or nested too deep, to be shown.
func JSON(value any) {
	size := ofJSON()
	if err := size.take(reflect.ValueOf(value), 0); err != nil {
		fail(fmt.Errorf("nb: JSON of %T, %s", value, unshowable(err)))
	}
	compact, err := json.Marshal(value)
	if err != nil {
		fail(fmt.Errorf("nb: %w", err))
	}
	text := compact
	if size.deepest <= maxIndented && len(compact) <= maxText {
		var indented bytes.Buffer
		if err := json.Indent(&indented, compact, "", "  "); err != nil {
			fail(fmt.Errorf("nb: %w", err))
		}
		text = indented.Bytes()
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
