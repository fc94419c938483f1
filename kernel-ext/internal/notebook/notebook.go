package notebook

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/stophacking/kelpie/analysis/files"
	"github.com/stophacking/kelpie/analysis/visible"
)

// Fields is a JSON object with its values as they were read.
type Fields map[string]json.RawMessage

// Notebook is one notebook of nbformat 4.
type Notebook struct {
	Cells    []Cell
	Metadata Fields
	other    Fields // further fields of the object: nbformat, nbformat_minor, unknown ones
}

// Cell is one cell, in the order of the document.
type Cell struct {
	Type           string // "code", "markdown" or "raw"
	Source         string
	Metadata       Fields
	ExecutionCount int      // code cells: 0 is not executed
	Outputs        []Output // code cells
	other          Fields
}

// Output is one output of a code cell, in the order of arrival.
type Output struct {
	Type string // "stream", "display_data", "execute_result" or "error"
	// Stream outputs: the stream's name ("stdout", "stderr") and text.
	Name, Text string
	// Displays: the content by MIME type. Text types are strings, image/png is base64.
	Data     Fields
	Metadata Fields
	// Error outputs.
	ErrorName, ErrorValue string
	Traceback             []string
	other                 Fields
}

// maxNotebook is how many bytes of a notebook are read, far more than any front end shows.
const maxNotebook = 1 << 30

// Load reads the notebook at path. Errors name the file and, for bad JSON, line
// and column.
func Load(path string) (*Notebook, error) {
	text, err := files.Read(path, maxNotebook)
	if err != nil {
		return nil, fmt.Errorf("notebook: %w", err)
	}
	nb, err := Parse(text)
	if err != nil {
		return nil, fmt.Errorf("notebook: %s%w", visible.Text(path), err)
	}
	return nb, nil
}

// Save writes the notebook to path in the form of Encode. The file is replaced as
// a whole: an interrupted Save leaves the old one. Where a link is, the file takes
// its place.
func (nb *Notebook) Save(path string) error {
	text, err := nb.Encode()
	if err != nil {
		return err
	}
	if err := files.Write(path, text, 0o644); err != nil {
		return fmt.Errorf("notebook: %w", err)
	}
	return nil
}

// Parse reads a notebook from its JSON text. Its errors start with ": " or
// ":line:column: ", to follow a file name.
func Parse(text []byte) (*Notebook, error) {
	var nb Notebook
	if err := json.Unmarshal(text, &nb); err != nil {
		return nil, located(text, err)
	}
	var major int
	if err := json.Unmarshal(nb.other["nbformat"], &major); err != nil || major != 4 {
		return nil, fmt.Errorf(": not a notebook of nbformat 4 (nbformat is %s)", visible.Lines(orNone(nb.other["nbformat"])))
	}
	return &nb, nil
}

// located puts line and column in front of a JSON error, where it has an offset.
func located(text []byte, err error) error {
	var syntax *json.SyntaxError
	if !errors.As(err, &syntax) {
		return fmt.Errorf(": %w", err)
	}
	before := text[:max(0, min(int(syntax.Offset)-1, len(text)))]
	line := bytes.Count(before, []byte("\n")) + 1
	column := len(before) - bytes.LastIndexByte(before, '\n')
	return fmt.Errorf(":%d:%d: %w", line, column, err)
}

func orNone(raw json.RawMessage) string {
	if len(raw) == 0 {
		return "missing"
	}
	return string(raw)
}

// IsVolatile reports whether the output is marked as one that may differ from run
// to run: kelpie.volatile is true, or the string "true".
func (o Output) IsVolatile() bool {
	mark := string(o.Metadata["kelpie.volatile"])
	return mark == "true" || mark == `"true"`
}

// Content returns the text of one MIME type, "" where the output has none or has
// something else than text there.
func (o Output) Content(mime string) string {
	text, err := readText(o.Data[mime])
	if err != nil {
		return ""
	}
	return text
}

// heading returns the level and text of the first heading that a Markdown line
// is, or level 0.
func heading(line string) (level int, text string) {
	level = len(line) - len(strings.TrimLeft(line, "#"))
	if level == 0 || level > 6 || len(line) > level && line[level] != ' ' && line[level] != '\t' {
		return 0, ""
	}
	return level, strings.TrimSpace(line[level:])
}
