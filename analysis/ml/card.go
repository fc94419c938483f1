package ml

import (
	"bytes"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/stophacking/kelpie/analysis/internal/lightgbm"
	"github.com/stophacking/kelpie/analysis/number"
	"github.com/stophacking/kelpie/analysis/visible"
)

// A Card is what the rows cannot say about a model: what it is for, where its
// rows come from, how good it is. [PipelineModel.Save] writes it, with what is
// known of the model itself, as a page for people; every field may be empty.
type Card struct {
	Purpose   string   `json:"purpose,omitempty"`   // what it predicts, and for what use
	Data      string   `json:"data,omitempty"`      // where the training rows come from
	Synthetic bool     `json:"synthetic,omitempty"` // the rows are generated: the model says nothing about the world
	Metrics   []Metric `json:"metrics,omitempty"`   // as evaluated
	Evaluated string   `json:"evaluated,omitempty"` // on which rows
	Threshold string   `json:"threshold,omitempty"` // the rule that chose the threshold of the metrics
	Caveats   []string `json:"caveats,omitempty"`   // what whoever uses it should know
}

// A Metric is a number that says how good a model is, such as "area under the
// ROC curve" 0.93. It must be finite.
type Metric struct {
	Name  string  `json:"name"`
	Value float64 `json:"value"`
}

// check finds what no page can say.
func (c Card) check() error {
	for _, m := range c.Metrics {
		if math.IsNaN(m.Value) || math.IsInf(m.Value, 0) {
			return fmt.Errorf("metric %q is %v", m.Name, m.Value)
		}
	}
	return nil
}

const (
	topOnCard    = 20 // features
	mostSettings = 50 // LightGBM itself writes all that it has
)

// page returns the card as Markdown. It names no path and no time, so that the
// same model gives the same page.
func (c Card) page(value *model, recipe string) ([]byte, error) {
	var b bytes.Buffer
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	_, names, trees := scoring(value.stages)
	line("# Model card\n")
	what := "It scores nothing: its stages prepare columns."
	if names.Prediction != "" {
		what = fmt.Sprintf("It gives a row the probability that %s is 1 (column %s), and predicts 1 where that is above one half (column %s).",
			escaped(names.Label), escaped(names.Probability), escaped(names.Prediction))
	}
	if c.Purpose != "" {
		what = paragraph(c.Purpose) + "\n\n" + what
	}
	line("%s\n\n## Data\n", what)
	switch {
	case c.Synthetic:
		line("**The training rows are synthetic.** Nothing here is a result about real ones.\n")
	case c.Data == "":
		line("Where the training rows come from, and whether they are synthetic, was not said.\n")
	}
	if c.Data != "" {
		line("%s\n", paragraph(c.Data))
	}
	if trees != nil && trees.Log.Rows > 0 {
		line("%s training rows, %s of them of class 1: a prevalence of %s.\n", number.Count(trees.Log.Rows), number.Count(trees.Log.Positive), number.Percent(float64(trees.Log.Positive)/float64(trees.Log.Rows)))
	}
	if recipe != "" {
		line("Recipe of the rows:\n")
		for step := range strings.SplitSeq(recipe, "\n") {
			line("- %s", escaped(strings.TrimSpace(step)))
		}
		line("")
	}
	line("A frame to be scored needs:\n\n| column | type |\n|---|---|")
	for _, in := range value.golden.Inputs {
		line("| %s | %s |", escaped(in.Name), escaped(in.Type))
	}
	line("\n## Stages\n\n| stage | reads | adds | fitted |\n|---|---|---|---|")
	for _, t := range value.stages {
		s, ours := t.(fitted)
		if !ours {
			return nil, fmt.Errorf("%T is code of the notebook", t)
		}
		line("| %s | %s | %s | %s |", escaped(nameOf(t)), list(s.inputs()), list(s.outputs()), escaped(orDefault(finding(s), none)))
	}
	line("\n## Metrics\n")
	if len(c.Metrics) == 0 {
		line("None were given: how good the model is has to be found on rows that it has not seen.")
	} else {
		line("| metric | value |\n|---|---|")
		for _, m := range c.Metrics {
			line("| %s | %.6g |", escaped(m.Name), m.Value)
		}
		line("")
		line("Evaluated on: %s.", orDefault(paragraph(c.Evaluated), "rows that were not named"))
		line("Threshold: %s.", orDefault(paragraph(c.Threshold), "one half"))
	}
	if trees != nil {
		if err := pageOfTrees(&b, *trees); err != nil {
			return nil, err
		}
	}
	line("\n## Caveats\n")
	for _, caveat := range c.Caveats {
		line("- %s", paragraph(caveat))
	}
	line("- Probabilities are those of the training rows: if these were rebalanced, they are off for others by as much.")
	line("- Rows of another source, time or machine than the training rows may score differently from all that was measured.")
	return b.Bytes(), nil
}

// pageOfTrees writes what is known of the trees, and how to open them elsewhere.
func pageOfTrees(b *bytes.Buffer, t TreeModel) error {
	parsed, err := t.parse()
	if err != nil {
		return err
	}
	fmt.Fprintf(b, "\n## Trees\n\n%s.\n\n", escaped(finding(t)))
	if n := len(parsed.Parameters); n > mostSettings {
		fmt.Fprintf(b, "Its %d settings stand at the end of %s.\n", n, modelFile)
	} else {
		fmt.Fprintf(b, "| setting | value |\n|---|---|\n")
		for _, p := range parsed.Parameters {
			fmt.Fprintf(b, "| %s | %s |\n", escaped(p.Key), escaped(p.Value))
		}
	}
	order := make([]int, len(t.FeatureNames))
	for i := range order {
		order[i] = i
	}
	shares := parsed.Importances()
	slices.SortStableFunc(order, func(i, j int) int {
		switch {
		case shares[i] > shares[j]:
			return -1
		case shares[i] < shares[j]:
			return 1
		}
		return 0
	})
	safe, percents := lightgbm.SafeNames(parsed.Names), number.Shares.Format(shares)
	fmt.Fprintf(b, "\nThe most important of %d features, by their share of the gain:\n\n| feature | column | share | in model.txt |\n|---|---|--:|---|\n", len(order))
	for _, i := range order[:min(len(order), topOnCard)] {
		fmt.Fprintf(b, "| %s | %s | %s | %s |\n", escaped(t.FeatureNames[i]), escaped(t.FeatureColumns[i]), percents.Text(shares[i]), escaped(safe[i]))
	}
	fmt.Fprintf(b, `
## Elsewhere

%[1]s is a LightGBM text file. Its %[2]d features are the numbers that the stages make of a row, in the order of
FeatureNames in %[3]s; the stages themselves are in %[3]s only.

`+"```python"+`
import lightgbm
model = lightgbm.Booster(model_file="%[1]s")
probability = model.predict(rows)  # a matrix of %[2]d columns
`+"```\n", modelFile, len(order), pipelineFile)
	return nil
}

// list is names for a cell of a table.
func list(names []string) string {
	const most = 8
	out := make([]string, 0, most+1)
	for i, name := range names {
		if i == most {
			out = append(out, fmt.Sprintf("and %d more", len(names)-most))
			break
		}
		out = append(out, escaped(name))
	}
	return strings.Join(out, ", ")
}

// paragraph is a text of several lines as one.
func paragraph(text string) string {
	if text = strings.Join(strings.Fields(text), " "); text == "" {
		return ""
	}
	return escaped(text)
}

// escaped returns a text as Markdown shows it letter by letter, on one line: no
// markup, no HTML, what is unseen as package visible writes it, and at most 2,000
// characters.
func escaped(text string) string {
	const most = 2000
	var b strings.Builder
	n := 0
	for _, r := range visible.Text(text) {
		if n++; n > most {
			b.WriteString("…")
			break
		}
		switch {
		case r == '<':
			b.WriteString("&lt;")
		case r == '>':
			b.WriteString("&gt;")
		case r == '&':
			b.WriteString("&amp;")
		case strings.ContainsRune("\\`*_{}[]()#+-!|~$\"'", r):
			b.WriteByte('\\')
			b.WriteRune(r)
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}
