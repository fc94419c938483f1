package ml

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/stophacking/kelpie/analysis"
	"github.com/stophacking/kelpie/analysis/number"
	"github.com/stophacking/kelpie/analysis/visible"
)

// Kinds of Importances.
const (
	ByGain        = "gain"        // a feature's share of what the trees gained by splitting
	BySplits      = "splits"      // how many splits ask for a feature
	ByPermutation = "permutation" // what a metric loses when a column is shuffled
)

// Importances say how much a model relies on its features, or on the columns of
// the frame: the greatest value first, equal ones in the order of the features.
// Names[i], Columns[i] and Values[i] belong together; Names, Values and
// Deviations are what a bar chart takes. It shows itself as a table.
//
// No kind tells cause from effect. Gain and splits come from the training rows
// and favour features of many values. Columns that say the same share what they
// are worth, and each hides the other from shuffling.
type Importances struct {
	Kind    string
	Model   string   // whose they are, as the table's title says; see [PipelineModel.Named]
	Names   []string // the slots of the feature vector as they are called in the data, or the columns
	Columns []string // the column of the pipeline's input that each was made from
	Values  []float64

	// Of shuffling only: the sample standard deviation of each value over the
	// repeats (nil if there is one repeat), and what was measured.
	Deviations    []float64
	Metric        string
	Baseline      float64 // the metric without shuffling
	Rows, Repeats int
}

// GainImportances returns the features with their shares of the gain, as
// [PipelineModel.FeatureImportances] does; Columns goes back to the columns of
// the frame, also through stages that made one text or number of another.
func (m *PipelineModel) GainImportances() (Importances, error) {
	out, t, err := m.slots(ByGain)
	if err != nil {
		return out, err
	}
	parsed, err := t.parse()
	if err != nil {
		return out, err
	}
	out.Values = parsed.Importances()
	out.sort()
	return out, nil
}

// SplitImportances returns the features with the number of splits, of all trees,
// that ask for each.
func (m *PipelineModel) SplitImportances() (Importances, error) {
	out, t, err := m.slots(BySplits)
	if err != nil {
		return out, err
	}
	parsed, err := t.parse()
	if err != nil {
		return out, err
	}
	out.Values = make([]float64, len(out.Names))
	for _, tree := range parsed.Trees {
		for _, feature := range tree.SplitFeature {
			out.Values[feature]++
		}
	}
	out.sort()
	return out, nil
}

// slots returns the features of the model's last stage of trees, without values.
func (m *PipelineModel) slots(kind string) (Importances, TreeModel, error) {
	t, err := m.trees()
	if err != nil {
		return Importances{}, t, err
	}
	value, err := m.load(context.Background())
	if err != nil {
		return Importances{}, t, err
	}
	out := Importances{Kind: kind, Model: orDefault(m.name, described(value.stages)), Names: slices.Clone(t.FeatureNames), Columns: make([]string, len(t.FeatureColumns))}
	from := origins(value.stages)
	for i, name := range t.FeatureColumns {
		out.Columns[i] = orDefault(from[name], name)
	}
	return out, t, nil
}

// origins returns, for each column that a stage makes of one other, the first one
// that it goes back to.
func origins(stages []Transformer) map[string]string {
	from := map[string]string{}
	for _, t := range stages {
		switch s := t.(type) {
		case StringIndexerModel, ImputerModel, CategoryPoolerModel, ValueMap:
			inputs := s.(fitted).inputs()
			for i, name := range s.(fitted).outputs() {
				from[name] = orDefault(from[inputs[i]], inputs[i])
			}
		}
	}
	return from
}

// sort puts the greatest value first; equal ones stay as they are.
func (m *Importances) sort() {
	order := make([]int, len(m.Values))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(m.Values[b], m.Values[a]) })
	m.Names, m.Columns, m.Values = picked(m.Names, order), picked(m.Columns, order), picked(m.Values, order)
	if m.Deviations != nil {
		m.Deviations = picked(m.Deviations, order)
	}
}

func picked[T any](list []T, order []int) []T {
	out := make([]T, len(order))
	for i, at := range order {
		out[i] = list[at]
	}
	return out
}

// ByColumn returns the importances of the columns of the frame: the values of
// the features that were made from each, added up.
func (m Importances) ByColumn() Importances {
	if m.Kind == ByPermutation {
		return m
	}
	out := m
	out.Names, out.Values = nil, nil
	for i, name := range m.Columns {
		k := slices.Index(out.Names, name)
		if k < 0 {
			k = len(out.Names)
			out.Names, out.Values = append(out.Names, name), append(out.Values, 0)
		}
		out.Values[k] += m.Values[i]
	}
	out.Columns = slices.Clone(out.Names)
	out.sort()
	return out
}

// Top returns the first k, or all if there are fewer.
func (m Importances) Top(k int) Importances {
	k = max(0, min(k, len(m.Values)))
	m.Names, m.Columns, m.Values = m.Names[:k], m.Columns[:k], m.Values[:k]
	if m.Deviations != nil {
		m.Deviations = m.Deviations[:k]
	}
	return m
}

// Table returns the importances as a table, a row each: feature and column (or
// column alone), and the share, the splits, or the loss with its deviation.
func (m Importances) Table() analysis.Table {
	var columns []analysis.Values
	head := "column"
	if !slices.Equal(m.Names, m.Columns) {
		head = "feature"
		columns = append(columns, analysis.Strings(head, m.Names...))
	}
	columns = append(columns, analysis.Strings("column", m.Columns...))
	title := "importance by " + m.Kind
	if m.Model != "" {
		title += ": " + visible.Text(m.Model)
	}
	switch m.Kind {
	case BySplits:
		columns = append(columns, analysis.Float64s("splits", m.Values...).In(analysis.Counts))
	case ByPermutation:
		times := "once"
		columns = append(columns, analysis.Float64s("loss of "+m.Metric, m.Values...))
		if m.Deviations != nil {
			times = number.Count(m.Repeats) + " times"
			columns = append(columns, analysis.Float64s("deviation", m.Deviations...))
		}
		title += fmt.Sprintf("; each column shuffled %s, %s %.4f without", times, m.Metric, m.Baseline)
	default:
		columns = append(columns, analysis.Float64s("share", m.Values...).In(analysis.Shares))
	}
	t, err := analysis.NewTable(title, columns...)
	if err != nil { // the lists were changed by hand
		return analysis.Table{}.Titled("%s: %v", title, err)
	}
	return t.NamedBy(head)
}

// HTML returns Table as HTML.
func (m Importances) HTML() (string, error) { return m.Table().HTML() }

// Markdown returns Table as Markdown.
func (m Importances) Markdown() (string, error) { return m.Table().Markdown() }

// String returns Table as text.
func (m Importances) String() string { return m.Table().String() }
