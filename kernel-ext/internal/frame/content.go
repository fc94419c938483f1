package frame

import (
	"encoding/json"
	"fmt"
)

// Content is a display in the terms of the Jupyter protocol: what a display_data,
// an update_display_data and, with the cell's number, an execute_result carries.
type Content struct {
	Data      map[string]json.RawMessage `json:"data"` // by MIME type
	Metadata  map[string]json.RawMessage `json:"metadata"`
	Transient struct {
		DisplayID string `json:"display_id,omitempty"`
	} `json:"transient"`
}

// Fault is the error that ended a cell's program, said by the program itself.
type Fault struct {
	Message string `json:"message"`
	Line    int    `json:"line"` // of main.go, where the cell met it; 0: not known
	// Initialiser is set where the error came while a top-level variable was made:
	// before main ran, and so in every later cell too.
	Initialiser bool `json:"initialiser"`
}

// DecodeContent reads the payload of a Display, Update or Result.
func DecodeContent(payload []byte) (Content, error) {
	var c Content
	if err := json.Unmarshal(payload, &c); err != nil {
		return Content{}, fmt.Errorf("frame: display: %w", err)
	}
	if len(c.Data) == 0 {
		return Content{}, fmt.Errorf("frame: display without data")
	}
	if c.Metadata == nil {
		c.Metadata = map[string]json.RawMessage{}
	}
	return c, nil
}

// DecodeFault reads the payload of a Failure.
func DecodeFault(payload []byte) (Fault, error) {
	var f Fault
	if err := json.Unmarshal(payload, &f); err != nil {
		return Fault{}, fmt.Errorf("frame: failure: %w", err)
	}
	return f, nil
}
