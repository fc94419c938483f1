package ml

import (
	"context"
	"fmt"
	"math"
	"path/filepath"
	"slices"

	"github.com/stophacking/kelpie/analysis/internal/column"
	"github.com/stophacking/kelpie/analysis/internal/lightgbm"
	"github.com/stophacking/kelpie/analysis/internal/plan"
	"github.com/stophacking/kelpie/analysis/visible"
)

// LoadLightGBM reads a text file that LightGBM 2.3 to 4.x wrote, as Python's
// Booster.save_model does, and returns it as a model that scores frames, is saved
// and shown like one that was fitted here.
//
// A frame needs one column for each feature of the file, of its name, or of the
// names given here in the features' order. (LightGBM writes a blank in a name as
// '_', and Column_0, Column_1, ... where it knew no names.) Nulls and NaN are
// missing values, which go as the file says. A feature that was a pandas category
// is looked up by its text, others are numbers; texts that the file does not know
// count as missing, and where it knows none of a column, scoring warns. If the
// file has both and does not say which is which, the types of the frame that is
// transformed do, or [PipelineModel.WithTextColumns].
//
// The model must say a probability of class 1: objective binary or cross_entropy,
// or a regression whose trees stay between 0 and 1. Any boosting will do (gbdt,
// dart, goss, rf), and any rule for missing values. Several classes, linear
// trees, ranking and other regressions are refused by name, and so is a damaged
// or foreign file, before any of it is used. As the file has no rows, the golden
// rows that Save writes are made of the trees' thresholds.
func LoadLightGBM(path string, columns ...string) (*PipelineModel, error) {
	m, err := loadLightGBM(path, columns)
	if err != nil {
		return nil, fmt.Errorf("ml: load %s: %w", visible.Text(path), bare(err))
	}
	return m, nil
}

func loadLightGBM(path string, columns []string) (*PipelineModel, error) {
	text, err := readFile(path, lightgbm.MaxSize, lightgbm.CheckHead)
	if err != nil {
		return nil, err
	}
	trees, err := lightgbm.Parse(text)
	if err == nil {
		err = trees.CheckProbability()
	}
	if err != nil {
		return nil, err
	}
	if columns == nil {
		columns = trees.Names
	}
	if len(columns) != len(trees.Names) {
		return nil, fmt.Errorf("%d columns for %d features", len(columns), len(trees.Names))
	}
	twice := map[string]bool{}
	for _, name := range columns {
		if twice[name] {
			return nil, fmt.Errorf("column %q stands for two features", name)
		}
		twice[name] = true
	}
	lists, err := pandasLists(trees.PandasCategorical)
	if err != nil {
		return nil, err
	}
	file := &lightGBMFile{name: filepath.Base(path), checksum: sum(text), trees: trees, columns: columns, lists: lists, candidates: candidates(trees, len(lists))}
	chosen, settled, err := file.choose()
	switch {
	case err != nil:
		return nil, err
	case settled:
		return file.model(chosen, false)
	}
	m, err := file.model(chosen, true) // any of the choices: what is wrong with the file is said now
	if err != nil {
		return nil, err
	}
	return &PipelineModel{file: file, pipeline: m.pipeline, training: m.training, blanks: m.blanks, node: m.node}, nil
}

// build makes the model of the file. labels[k] are the texts of feature k, nil for
// a number.
func (l *lightGBMFile) build(labels [][]string, arguments string) (*PipelineModel, error) {
	stages, err := lightgbmStages(l.trees, l.columns, labels)
	if err != nil {
		return nil, err
	}
	value := &model{stages: stages}
	if value.golden, err = makeGolden(context.Background(), thresholdRows(l.trees, l.columns, labels), stages); err != nil {
		return nil, err
	}
	if err := value.golden.prove(context.Background(), stages); err != nil {
		return nil, err
	}
	m := &PipelineModel{value: value, training: "rows unknown: LightGBM file " + l.name, blanks: stages}
	for _, s := range stages {
		m.pipeline = append(m.pipeline, s)
	}
	m.node = plan.New(plan.Fitted{Label: "LightGBM model " + l.name, Arguments: arguments})
	return m, nil
}

// lightGBMName is the name of the trees of LightGBM's files.
const lightGBMName = "LightGBMClassificationModel"

// ofAnyType returns the columns whose type nobody knows: those that are looked up
// by their texts in a model of a LightGBM file, where a category of 1 or of true
// was a number, a truth value or a text.
func ofAnyType(stages []Transformer) map[string]bool {
	out := map[string]bool{}
	if _, _, trees := scoring(stages); trees == nil || trees.Name != lightGBMName {
		return out
	}
	for _, t := range stages {
		if m, ok := t.(StringIndexerModel); ok {
			for _, name := range m.InputCols {
				out[name] = true
			}
		}
	}
	return out
}

// lightgbmStages are the stages that make the features of the columns and score
// them. labels[k] are the texts of feature k, nil for a number.
func lightgbmStages(m *lightgbm.Model, columns []string, labels [][]string) ([]Transformer, error) {
	taken := map[string]bool{}
	for _, name := range columns {
		taken[name] = true
	}
	index := StringIndexerModel{HandleInvalid: plan.OnInvalidKeep}
	assemble := VectorAssembler{HandleInvalid: plan.OnInvalidKeep}
	for k, name := range columns {
		if labels[k] != nil {
			index.InputCols, index.Labels = append(index.InputCols, name), append(index.Labels, labels[k])
			for name += "_category"; taken[name]; name += "_" {
			}
			taken[name] = true
			index.OutputCols = append(index.OutputCols, name)
		}
		assemble.InputCols = append(assemble.InputCols, name)
	}
	text, err := m.Marshal()
	if err != nil {
		return nil, err
	}
	trees := TreeModel{Name: lightGBMName, Columns: Columns{}.withDefaults(), FeatureNames: m.Names, FeatureColumns: columns, Text: string(text), compiled: &plan.Memo{}}
	for _, t := range m.Trees {
		trees.Log.Leaves = append(trees.Log.Leaves, len(t.LeafValue))
	}
	stages := []Transformer{assemble, trees}
	if index.InputCols != nil {
		stages = append([]Transformer{index}, stages...)
	}
	return stages, nil
}

// thresholdRows returns rows whose values lie around the thresholds of the trees,
// so that between them they see many leaves.
func thresholdRows(m *lightgbm.Model, columns []string, labels [][]string) *column.Batch {
	choices := make([][]float64, len(columns))
	for k := range choices {
		choices[k] = []float64{math.NaN(), 0, 1}
	}
	for _, t := range m.Trees {
		for i, k := range t.SplitFeature {
			at := t.Threshold[i]
			if t.DecisionType[i]&lightgbm.Categorical != 0 {
				at = float64(32*int(t.CatBoundaries[int(at)+1]-t.CatBoundaries[int(at)]) - 1)
			}
			choices[k] = append(choices[k], at, math.Nextafter(at, math.Inf(1)))
		}
	}
	b := &column.Batch{Len: goldenCount}
	for k, name := range columns {
		slices.Sort(choices[k])
		choices[k] = slices.Compact(choices[k])
		values, texts, valid := make([]float64, b.Len), make([]string, b.Len), make([]bool, b.Len)
		for i := range values {
			at := (i + k) * (2*k + 1) // another order for each column
			values[i] = choices[k][at%len(choices[k])]
			valid[i] = !math.IsNaN(values[i])
			if n := len(labels[k]); n > 0 {
				texts[i] = labels[k][at%n]
			}
		}
		if labels[k] != nil {
			b.Columns = append(b.Columns, column.FromStrings(name, texts, valid))
		} else {
			b.Columns = append(b.Columns, column.FromFloat64s(name, values, valid))
		}
	}
	return b
}
