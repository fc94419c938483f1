package notebook

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// compare holds the executed notebook's outputs to the committed ones, cell by
// cell. Volatile outputs, execution counts and the pieces in which a stream
// arrived do not count.
func (c *checker) compare(committed *Notebook) {
	executed := c.notebook.Cells
	if len(executed) != len(committed.Cells) {
		c.add(-1, RuleText, "", "%d cells, the committed notebook has %d", len(executed), len(committed.Cells))
		return
	}
	for i, cell := range executed {
		old := committed.Cells[i]
		if cell.Type != old.Type || cell.Source != old.Source {
			c.add(i, RuleText, unifiedDiff(old.Source, cell.Source), "the cell itself differs from the committed one")
			continue
		}
		before, beforeFigures := transcript(old)
		after, afterFigures := transcript(cell)
		if before != after || len(beforeFigures) != len(afterFigures) {
			c.add(i, RuleText, unifiedDiff(before, after), "the output differs from the committed one")
			continue
		}
		for k := range afterFigures {
			if message := figureDifference(beforeFigures[k], afterFigures[k]); message != "" {
				c.add(i, RuleFigure, "", "figure %d differs from the committed one: %s", k+1, message)
			}
		}
	}
}

// SameOutputs reports whether the comparison of Check finds no difference: all
// that differs, if anything, is volatile. An update of committed notebooks then
// has nothing to write.
func SameOutputs(executed, committed *Notebook) bool {
	c := &checker{notebook: executed}
	c.compare(committed)
	return len(c.findings) == 0
}

// transcript writes a cell's lasting outputs as lines, with a line for each
// figure, and returns the figures' base64 texts in order.
func transcript(cell Cell) (text string, figures []string) {
	var b strings.Builder
	section := func(title, content string) {
		fmt.Fprintf(&b, "--- %s\n%s", title, content)
		if content != "" && !strings.HasSuffix(content, "\n") {
			b.WriteByte('\n')
		}
	}
	for _, output := range coalesced(withoutVolatile(cell.Outputs)) {
		switch output.Type {
		case "stream":
			section(output.Name, output.Text)
		case "error":
			section("error", output.ErrorName+": "+output.ErrorValue)
		}
		for _, mime := range sortedKeys(output.Data) {
			if mime == "image/png" {
				figures = append(figures, output.Content(mime))
				section(mime, "alt: "+output.alt())
				continue
			}
			content, err := readText(output.Data[mime])
			if err != nil {
				content = compacted(output.Data[mime])
			}
			section(mime, content)
		}
	}
	return b.String(), figures
}

// compacted is JSON without the spaces that a writer may set as it likes.
func compacted(raw json.RawMessage) string {
	var b bytes.Buffer
	if err := json.Compact(&b, raw); err != nil {
		return string(raw)
	}
	return b.String()
}

func withoutVolatile(outputs []Output) []Output {
	var lasting []Output
	for _, output := range outputs {
		if !output.IsVolatile() {
			lasting = append(lasting, output)
		}
	}
	return lasting
}

func sortedKeys(fields Fields) []string { return slices.Sorted(maps.Keys(fields)) }
