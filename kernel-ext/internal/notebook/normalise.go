package notebook

import (
	"encoding/json"
	"fmt"
)

// StripOutputs removes all outputs and execution counts.
func (nb *Notebook) StripOutputs() {
	for i := range nb.Cells {
		nb.Cells[i].Outputs = nil
		nb.Cells[i].ExecutionCount = 0
	}
}

// SetLexer names the highlighter of the code cells, "go" for Go. The kernel names
// none, and exports to HTML then colour the cells as Python.
func (nb *Notebook) SetLexer(name string) {
	language := Fields{}
	if raw, found := nb.Metadata["language_info"]; found {
		// What is no object is replaced.
		_ = json.Unmarshal(raw, &language)
	}
	if language == nil {
		language = Fields{}
	}
	if _, found := language["name"]; !found {
		language.with("name", "go")
	}
	if nb.Metadata == nil {
		nb.Metadata = Fields{}
	}
	nb.Metadata.with("language_info", language.with("pygments_lexer", name))
}

// Normalise removes what differs between two runs or two machines without saying
// anything: the version of Go and the name under which the kernel is installed,
// timing metadata of cells, and how often a stream was flushed (neighbouring
// stream outputs of one name become one). It also sets the lexer. Volatile outputs
// stay. Committed notebooks are normalised, so that an update shows what changed.
func (nb *Notebook) Normalise() {
	if nb.Metadata == nil {
		nb.Metadata = Fields{}
	}
	nb.Metadata.
		with("kernelspec", Fields{}.with("display_name", "Go (gonb)").with("language", "go").with("name", "gonb")).
		with("language_info", Fields{}.with("name", "go").with("file_extension", ".go").with("mimetype", "text/x-go"))
	nb.SetLexer("go")
	for i := range nb.Cells {
		cell := &nb.Cells[i]
		delete(cell.Metadata, "execution")
		cell.Outputs = coalesced(cell.Outputs)
	}
}

// coalesced joins neighbouring stream outputs of the same name.
func coalesced(outputs []Output) []Output {
	var joined []Output
	for _, output := range outputs {
		last := len(joined) - 1
		if output.Type == "stream" && last >= 0 && joined[last].Type == "stream" && joined[last].Name == output.Name {
			joined[last].Text += output.Text
			continue
		}
		joined = append(joined, output)
	}
	return joined
}

// Summaries returns the values that cells left for tools: the metadata entry
// kelpie.summary of each output that has one, a JSON text, in order of the cells.
func (nb *Notebook) Summaries() ([]json.RawMessage, error) {
	var summaries []json.RawMessage
	for i, cell := range nb.Cells {
		for _, output := range cell.Outputs {
			raw, found := output.Metadata["kelpie.summary"]
			if !found {
				continue
			}
			var text string
			if err := json.Unmarshal(raw, &text); err != nil {
				return nil, fmt.Errorf("notebook: cell %d: kelpie.summary is not a string", i+1)
			}
			if !json.Valid([]byte(text)) {
				return nil, fmt.Errorf("notebook: cell %d: kelpie.summary is not JSON: %.80q", i+1, text)
			}
			summaries = append(summaries, json.RawMessage(text))
		}
	}
	return summaries, nil
}
