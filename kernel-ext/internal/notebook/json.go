package notebook

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
)

// Encode returns the notebook as JSON in the layout that Jupyter writes: keys
// sorted, indented by one space, texts as lists of lines, a newline at the end.
// A notebook written by Jupyter comes back byte for byte.
func (nb *Notebook) Encode() ([]byte, error) {
	compact, err := encodeJSON(nb)
	if err != nil {
		return nil, fmt.Errorf("notebook: %w", err)
	}
	var b bytes.Buffer
	if err := json.Indent(&b, compact, "", " "); err != nil {
		return nil, fmt.Errorf("notebook: %w", err)
	}
	b.WriteByte('\n')
	return b.Bytes(), nil
}

// UnmarshalJSON reads the notebook's object; it is for encoding/json, use Parse.
func (nb *Notebook) UnmarshalJSON(text []byte) error {
	fields, err := readFields(text)
	if err != nil {
		return err
	}
	*nb = Notebook{other: fields}
	if _, found := fields["cells"]; !found {
		return errors.New("no cells")
	}
	return errors.Join(
		fields.take("cells", &nb.Cells),
		fields.take("metadata", &nb.Metadata),
	)
}

// MarshalJSON writes the notebook's object; it is for encoding/json, use Encode.
func (nb *Notebook) MarshalJSON() ([]byte, error) {
	fields := nb.other.copied()
	cells := nb.Cells
	if cells == nil {
		cells = []Cell{}
	}
	return fields.with("cells", cells).with("metadata", nb.Metadata.copied()).encoded()
}

// UnmarshalJSON reads a cell.
func (c *Cell) UnmarshalJSON(text []byte) error {
	fields, err := readFields(text)
	if err != nil {
		return err
	}
	*c = Cell{other: fields}
	return errors.Join(
		fields.take("cell_type", &c.Type),
		fields.takeText("source", &c.Source),
		fields.take("metadata", &c.Metadata),
		fields.take("execution_count", &c.ExecutionCount),
		fields.take("outputs", &c.Outputs),
	)
}

// MarshalJSON writes a cell.
func (c Cell) MarshalJSON() ([]byte, error) {
	fields := c.other.copied().
		with("cell_type", c.Type).
		with("source", lines(c.Source)).
		with("metadata", c.Metadata.copied())
	if c.Type == "code" || c.ExecutionCount != 0 || len(c.Outputs) > 0 {
		var count *int
		if c.ExecutionCount != 0 {
			count = &c.ExecutionCount
		}
		outputs := c.Outputs
		if outputs == nil {
			outputs = []Output{}
		}
		fields.with("execution_count", count).with("outputs", outputs)
	}
	return fields.encoded()
}

// UnmarshalJSON reads an output.
func (o *Output) UnmarshalJSON(text []byte) error {
	fields, err := readFields(text)
	if err != nil {
		return err
	}
	*o = Output{other: fields}
	return errors.Join(
		fields.take("output_type", &o.Type),
		fields.take("name", &o.Name),
		fields.takeText("text", &o.Text),
		fields.take("data", &o.Data),
		fields.take("metadata", &o.Metadata),
		fields.take("ename", &o.ErrorName),
		fields.take("evalue", &o.ErrorValue),
		fields.take("traceback", &o.Traceback),
	)
}

// MarshalJSON writes an output, with the fields its type has.
func (o Output) MarshalJSON() ([]byte, error) {
	fields := o.other.copied().with("output_type", o.Type)
	switch o.Type {
	case "stream":
		fields.with("name", o.Name).with("text", lines(o.Text))
	case "error":
		traceback := o.Traceback
		if traceback == nil {
			traceback = []string{}
		}
		fields.with("ename", o.ErrorName).with("evalue", o.ErrorValue).with("traceback", traceback)
	default:
		data := Fields{}
		for mime, raw := range o.Data {
			data[mime] = raw
			if text, err := readText(raw); err == nil && splitsLines(mime) {
				data.with(mime, lines(text))
			}
		}
		fields.with("data", data).with("metadata", o.Metadata.copied())
	}
	return fields.encoded()
}

// splitsLines reports whether Jupyter stores the MIME type as a list of lines.
func splitsLines(mime string) bool {
	return strings.HasPrefix(mime, "text/") || mime == "application/javascript" || mime == "image/svg+xml"
}

// lines splits text behind each newline; the empty text has no lines.
func lines(text string) []string {
	split := strings.SplitAfter(text, "\n")
	if last := len(split) - 1; split[last] == "" {
		split = split[:last]
	}
	return split
}

// readText reads a text that is stored as one string or as a list of them.
func readText(raw json.RawMessage) (string, error) {
	var text string
	if err := json.Unmarshal(raw, &text); err == nil {
		return text, nil
	}
	var parts []string
	if err := json.Unmarshal(raw, &parts); err != nil {
		return "", errors.New("neither a string nor a list of strings")
	}
	return strings.Join(parts, ""), nil
}

func readFields(text []byte) (Fields, error) {
	var fields Fields
	if err := json.Unmarshal(text, &fields); err != nil {
		return nil, err
	}
	if fields == nil {
		return nil, errors.New("null in place of an object")
	}
	return fields, nil
}

// take moves the field into target; a missing field leaves target as it is.
func (f Fields) take(name string, target any) error {
	raw, found := f[name]
	if !found {
		return nil
	}
	delete(f, name)
	if err := json.Unmarshal(raw, target); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}

// takeText is take for a text.
func (f Fields) takeText(name string, target *string) error {
	raw, found := f[name]
	if !found {
		return nil
	}
	delete(f, name)
	text, err := readText(raw)
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	*target = text
	return nil
}

// with sets a field and returns f. Only strings, numbers, lists and types of this
// package come here, all of which encode.
func (f Fields) with(name string, value any) Fields {
	raw, err := encodeJSON(value)
	if err != nil {
		panic(fmt.Sprintf("notebook: impossible: field %s does not encode: %v", name, err))
	}
	f[name] = raw
	return f
}

func (f Fields) copied() Fields {
	fields := make(Fields, len(f)+4)
	for name, raw := range f {
		fields[name] = raw
	}
	return fields
}

func (f Fields) encoded() ([]byte, error) { return encodeJSON(map[string]json.RawMessage(f)) }

// encodeJSON is json.Marshal without \u003c for <, which Jupyter does not write.
func encodeJSON(value any) ([]byte, error) {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(value); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}
