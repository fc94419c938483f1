package notebook

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// Renderable returns why the notebook cannot be shown as a page, naming the cell by
// its place from 1: a type of cell or of output that nbformat 4 does not have, a text
// that is none, attachments that are none. It is nil for every notebook
// that Jupyter would write.
func (nb *Notebook) Renderable() error {
	for i, cell := range nb.Cells {
		if err := cell.renderable(); err != nil {
			return fmt.Errorf("cell %d: %w", i+1, err)
		}
	}
	return nil
}

func (c Cell) renderable() error {
	if !slices.Contains([]string{"code", "markdown", "raw"}, c.Type) {
		return fmt.Errorf("cell_type is %q, want code, markdown or raw", c.Type)
	}
	var attachments map[string]map[string]string
	if raw, found := c.other["attachments"]; found {
		if err := json.Unmarshal(raw, &attachments); err != nil {
			return fmt.Errorf("attachments: %w", err)
		}
	}
	for i, output := range c.Outputs {
		if err := output.renderable(); err != nil {
			return fmt.Errorf("output %d: %w", i+1, err)
		}
	}
	return nil
}

func (o Output) renderable() error {
	switch o.Type {
	case "stream", "error":
		return nil
	case "display_data", "execute_result":
	default:
		return fmt.Errorf("output_type is %q, want stream, display_data, execute_result or error", o.Type)
	}
	for mime, raw := range o.Data {
		if !strings.HasPrefix(mime, "text/") && !strings.HasPrefix(mime, "image/") {
			continue
		}
		if _, err := readText(raw); err != nil {
			return fmt.Errorf("%s: %w", mime, err)
		}
	}
	return nil
}
