package ml

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/stophacking/kelpie/analysis"
	"github.com/stophacking/kelpie/analysis/number"
	"github.com/stophacking/kelpie/analysis/visible"
)

// none stands in a table for what there is not: an empty text would be taken for a
// value.
const none = "–"

// Summary returns the fitted stages, a row each: its kind, the columns that it
// reads and adds (– for a stage of the notebook's own), and what fitting found (– for
// nothing). The model's warnings are the table's.
func (m *PipelineModel) Summary() (analysis.Table, error) {
	value, err := m.load(context.Background())
	if err != nil {
		return analysis.Table{}, err
	}
	var names, reads, adds, found []string
	for _, t := range value.stages {
		in, out, what := none, none, none
		if s, ours := t.(fitted); ours {
			in, out, what = strings.Join(s.inputs(), ", "), strings.Join(s.outputs(), ", "), orDefault(finding(s), none)
		}
		names, reads, adds, found = append(names, nameOf(t)), append(reads, in), append(adds, out), append(found, what)
	}
	warnings, err := m.Warnings()
	if err != nil {
		return analysis.Table{}, err
	}
	t, err := analysis.NewTable(m.title("fitted pipeline"), analysis.Strings("stage", names...), analysis.Strings("reads", reads...),
		analysis.Strings("adds", adds...), analysis.Strings("fitted", found...))
	return t.NamedBy("stage").WithWarnings(warnings...), err
}

// finding says what fitting found for a stage.
func finding(s fitted) string {
	switch s := s.(type) {
	case StringIndexerModel:
		var sizes []string
		for i, labels := range s.Labels {
			sizes = append(sizes, fmt.Sprintf("%s %s labels", visible.Text(s.InputCols[i]), number.Count(len(labels))))
		}
		return strings.Join(sizes, ", ")
	case CategoryPoolerModel:
		return number.Count(len(s.Kept)) + " texts kept"
	case OneHotEncoderModel:
		return fmt.Sprintf("categories %v", s.CategorySizes)
	case StandardScalerModel:
		return number.Count(len(s.Std)) + " slots"
	case MinMaxScalerModel:
		return number.Count(len(s.OriginalMin)) + " slots"
	case ImputerModel:
		var parts []string
		for i, v := range s.Surrogates {
			parts = append(parts, visible.Text(s.InputCols[i])+" "+number.Short(v))
		}
		return strings.Join(parts, ", ")
	case TreeModel:
		leaves := 0
		for _, n := range s.Log.Leaves {
			leaves += n
		}
		return fmt.Sprintf("%s of %s leaves, %s", plural(len(s.Log.Leaves), "tree"), number.Count(leaves), plural(len(s.FeatureNames), "feature"))
	case ConstantModel:
		return "share of class 1: " + number.Percent(s.Share)
	}
	return ""
}

func plural(n int, noun string) string {
	if n != 1 {
		noun += "s"
	}
	return number.Count(n) + " " + noun
}

// TrainingLog returns a row for each tree: its number from 1, its leaves, and the
// mean log-loss of the training rows after it, and of the validation rows if
// there were any. A model without trees has none.
func (m *PipelineModel) TrainingLog() (analysis.Table, error) {
	t, err := m.trees()
	if err != nil {
		return analysis.Table{}, err
	}
	var trees, leaves []int64
	for i, n := range t.Log.Leaves {
		trees, leaves = append(trees, int64(i+1)), append(leaves, int64(n))
	}
	columns := []analysis.Values{analysis.Int64s("tree", trees...), analysis.Int64s("leaves", leaves...).In(analysis.Counts), analysis.Float64s("log-loss", t.Log.Loss...)}
	if t.Log.Validation != nil {
		columns = append(columns, analysis.Float64s("validation", t.Log.Validation...))
	}
	log, err := analysis.NewTable(m.title("training log"), columns...)
	return log.NamedBy("tree"), err
}

// trees returns the model's last stage of trees.
func (m *PipelineModel) trees() (TreeModel, error) {
	value, err := m.load(context.Background())
	if err != nil {
		return TreeModel{}, err
	}
	if _, _, trees := scoring(value.stages); trees != nil {
		return *trees, nil
	}
	return TreeModel{}, fmt.Errorf("ml: %s holds no model of trees", m.pipeline)
}

// An Importance is a feature's share of what the trees gained by splitting.
type Importance struct {
	Feature string // the slot's name: the column, or column_level of a one-hot slot
	Column  string // the column it comes from
	Share   float64
}

// FeatureImportances returns the k most important features, the most important
// first, equal shares in the order of the feature vector; k 0 means all of them.
// Shares are those of Spark ML: the gain of every split times its rows, summed
// by feature (for a decision tree and for boosted trees alike) and divided by
// the total. They are all 0 where no tree has a split.
func (m *PipelineModel) FeatureImportances(k int) ([]Importance, error) {
	t, err := m.trees()
	if err != nil {
		return nil, err
	}
	parsed, err := t.parse()
	if err != nil {
		return nil, err
	}
	out := make([]Importance, len(t.FeatureNames))
	for i, share := range parsed.Importances() {
		out[i] = Importance{t.FeatureNames[i], t.FeatureColumns[i], share}
	}
	slices.SortStableFunc(out, func(a, b Importance) int {
		switch {
		case a.Share > b.Share:
			return -1
		case a.Share < b.Share:
			return 1
		}
		return 0
	})
	if k > 0 && k < len(out) {
		out = out[:k]
	}
	return out, nil
}

// TopFeatures returns FeatureImportances as a table: feature, column, share.
func (m *PipelineModel) TopFeatures(k int) (analysis.Table, error) {
	list, err := m.FeatureImportances(k)
	if err != nil {
		return analysis.Table{}, err
	}
	var features, columns []string
	var shares []float64
	for _, i := range list {
		features, columns, shares = append(features, i.Feature), append(columns, i.Column), append(shares, i.Share)
	}
	t, err := analysis.NewTable(m.title("feature importances"), analysis.Strings("feature", features...),
		analysis.Strings("column", columns...), analysis.Float64s("share", shares...).In(analysis.Shares))
	return t.NamedBy("feature"), err
}
