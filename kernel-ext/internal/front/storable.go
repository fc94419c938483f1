//go:build !windows

package front

import (
	"bytes"
	"encoding/json"
	"regexp"

	"github.com/stophacking/kelpie/kernel-ext/internal/frame"
)

// jsonType are the MIME types whose content nbformat keeps as JSON (v4.5, misc/mimebundle).
var jsonType = regexp.MustCompile(`^application/(.*\+)?json$`)

// makeStorable gives the content of a display the form that nbformat asks for: text, or a list of texts, for every type
// but JSON's. Programs of gonbui can send any value under any type, and one number under text/plain would make the whole
// notebook invalid once it is saved. Such a value is shown as its JSON.
func makeStorable(content frame.Content) {
	for kind, value := range content.Data {
		if !jsonType.MatchString(kind) && !isText(value) {
			content.Data[kind], _ = json.Marshal(string(bytes.ToValidUTF8(value, []byte("\uFFFD")))) // a text can be encoded
		}
	}
}

// isText reports whether a JSON value is a string or a list of strings.
func isText(value json.RawMessage) bool {
	value = bytes.TrimSpace(value)
	if len(value) > 0 && value[0] == '"' {
		return true
	}
	var list []*string
	if len(value) == 0 || value[0] != '[' || json.Unmarshal(value, &list) != nil {
		return false
	}
	for _, text := range list {
		if text == nil {
			return false
		}
	}
	return true
}
