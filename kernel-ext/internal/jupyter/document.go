package jupyter

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"strings"
)

// A document is a notebook file as the JSON it is. Numbers keep their digits and unknown members stay, so a notebook that
// is read and written differs only in what was changed.
type document map[string]any

// readDocument reads a notebook file.
func readDocument(path string) (document, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("jupyter: %w", err)
	}
	var d document
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	if err := decoder.Decode(&d); err != nil {
		return nil, fmt.Errorf("jupyter: %s is not a notebook: %w", path, err)
	}
	if _, ok := d["cells"].([]any); !ok {
		return nil, fmt.Errorf("jupyter: %s is not a notebook: it has no list of cells", path)
	}
	return d, nil
}

// write writes the notebook in the form that Jupyter gives it: members sorted, indented by one blank.
func (d document) write(path string) error {
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", " ")
	if err := encoder.Encode(d); err != nil {
		return fmt.Errorf("jupyter: %s: %w", path, err)
	}
	return writeFile(path, text.Bytes())
}

// cells are the cells as maps; anything else in the list is passed over.
func (d document) cells() []map[string]any {
	list, _ := d["cells"].([]any)
	var cells []map[string]any
	for _, entry := range list {
		cell, _ := entry.(map[string]any)
		cells = append(cells, cell)
	}
	return cells
}

// highlightGo names the lexer for the code cells: GoNB sends an empty name, and nbconvert then takes Python's.
func (d document) highlightGo() {
	metadata := member(d, "metadata")
	language := member(metadata, "language_info")
	language["name"] = "go"
	language["pygments_lexer"] = "go"
}

// member is the map of that name, made when it is not there.
func member(of map[string]any, name string) map[string]any {
	value, ok := of[name].(map[string]any)
	if !ok {
		value = map[string]any{}
		of[name] = value
	}
	return value
}

// joined is a member that holds a string or, as notebook files may have it, a list of strings.
func joined(value any) string {
	switch value := value.(type) {
	case string:
		return value
	case []any:
		var whole strings.Builder
		for _, part := range value {
			line, _ := part.(string)
			whole.WriteString(line)
		}
		return whole.String()
	}
	return ""
}

// OutputMetadata returns, in the order of the notebook, the strings that outputs carry in their metadata under the name.
func OutputMetadata(notebook, name string) ([]string, error) {
	d, err := readDocument(notebook)
	if err != nil {
		return nil, err
	}
	var values []string
	for _, cell := range d.cells() {
		outputs, _ := cell["outputs"].([]any)
		for _, entry := range outputs {
			output, _ := entry.(map[string]any)
			metadata, _ := output["metadata"].(map[string]any)
			if value, ok := metadata[name].(string); ok {
				values = append(values, value)
			}
		}
	}
	return values, nil
}
