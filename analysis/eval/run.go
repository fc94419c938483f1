package eval

import (
	"encoding/json"
	"fmt"
	"math"
	"strings"

	"github.com/stophacking/kelpie/analysis/number"
	"github.com/stophacking/kelpie/analysis/visible"
)

// A Run is what a notebook leaves behind for whoever executes it: which data it
// saw and what its models are worth. Shown in a cell, it carries itself in the
// output's metadata, as JSON under "kelpie.summary".
type Run struct {
	Activity string // "process" or "memory"
	Origin   string // which data it was, such as "synthetic stand-in (seed 1, scale 1)"
	Rows     int64
	Models   []Named
}

// Metadata returns the run as JSON: activity, origin, rows, and name and AUC of
// each model. An AUC that is undefined is left out.
func (r Run) Metadata() map[string]string {
	type model struct {
		Name string   `json:"name"`
		AUC  *float64 `json:"auc,omitempty"`
	}
	summary := struct {
		Activity string  `json:"activity"`
		Origin   string  `json:"origin"`
		Rows     int64   `json:"rows"`
		Models   []model `json:"models"`
	}{r.Activity, r.Origin, r.Rows, nil}
	for _, n := range r.Models {
		m := model{Name: n.Name}
		if auc := n.Report.AUC; !math.IsNaN(auc) { // which has no JSON
			m.AUC = &auc
		}
		summary.Models = append(summary.Models, m)
	}
	text, err := json.Marshal(summary)
	if err != nil { // no field of the summary can fail
		return nil
	}
	return map[string]string{"kelpie.summary": string(text)}
}

// String says the same in one line a model.
func (r Run) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s activity, %s rows, %s", visible.Lines(r.Activity), number.Count(r.Rows), visible.Lines(r.Origin))
	for _, n := range r.Models {
		fmt.Fprintf(&b, "\n%s: AUC %s", visible.Text(n.Name), rate(n.Report.AUC))
		if math.IsNaN(n.Report.AUC) {
			b.WriteString(" (undefined: all labels are equal)")
		}
	}
	return b.String()
}
