package ml

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/stophacking/kelpie/analysis/internal/column"
	"github.com/stophacking/kelpie/analysis/internal/lightgbm"
	"github.com/stophacking/kelpie/analysis/internal/plan"
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
// count as missing.
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
		return nil, fmt.Errorf("ml: load %s: %w", path, bare(err))
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
	labels, err := pandasLabels(trees)
	if err != nil {
		return nil, err
	}
	stages, err := lightgbmStages(trees, columns, labels)
	if err != nil {
		return nil, err
	}
	value := &model{stages: stages}
	if value.golden, err = makeGolden(context.Background(), thresholdRows(trees, columns, labels), stages); err != nil {
		return nil, err
	}
	if err := value.golden.prove(context.Background(), stages); err != nil {
		return nil, err
	}
	name := filepath.Base(path)
	m := &PipelineModel{value: value, training: "rows unknown: LightGBM file " + name, blanks: stages}
	for _, s := range stages {
		m.pipeline = append(m.pipeline, s)
	}
	m.node = plan.New(plan.Fitted{Label: "LightGBM model " + name, Arguments: sum(text) + strings.Join(columns, "\x00")})
	return m, nil
}

// lightgbmStages are the stages that make the features of the columns and score
// them. labels[k] are the texts of feature k, nil for a number.
func lightgbmStages(m *lightgbm.Model, columns []string, labels [][]string) ([]Transformer, error) {
	const suffix = "_category"
	index := StringIndexerModel{HandleInvalid: plan.OnInvalidKeep}
	assemble := VectorAssembler{HandleInvalid: plan.OnInvalidKeep}
	for k, name := range columns {
		if slices.Contains(columns[:k], name) {
			return nil, fmt.Errorf("column %q stands for two features", name)
		}
		if labels[k] != nil {
			index.InputCols, index.OutputCols, index.Labels = append(index.InputCols, name), append(index.OutputCols, name+suffix), append(index.Labels, labels[k])
			name += suffix
		}
		assemble.InputCols = append(assemble.InputCols, name)
	}
	text, err := m.Marshal()
	if err != nil {
		return nil, err
	}
	trees := TreeModel{Name: "LightGBMClassificationModel", Columns: Columns{}.withDefaults(), FeatureNames: m.Names, FeatureColumns: columns, Text: string(text), compiled: &plan.Memo{}}
	for _, t := range m.Trees {
		trees.Log.Leaves = append(trees.Log.Leaves, len(t.LeafValue))
	}
	stages := []Transformer{assemble, trees}
	if index.InputCols != nil {
		stages = append([]Transformer{index}, stages...)
	}
	return stages, nil
}

// pandasLabels returns the texts of each feature that was a pandas category, in
// the order of their codes. The file lists them without the features' names.
func pandasLabels(m *lightgbm.Model) ([][]string, error) {
	out := make([][]string, len(m.Names))
	if m.PandasCategorical == "" {
		return out, nil
	}
	var lists [][]any
	decoder := json.NewDecoder(strings.NewReader(m.PandasCategorical))
	decoder.UseNumber()
	if err := decoder.Decode(&lists); err != nil {
		return nil, fmt.Errorf("pandas_categorical: %w", err)
	}
	var categorical, unused []int
	for k, info := range m.Infos {
		switch {
		case info == "none":
			unused = append(unused, k)
		case !strings.HasPrefix(info, "["):
			categorical = append(categorical, k)
		}
	}
	if len(categorical) != len(lists) && len(categorical)+len(unused) == len(lists) {
		categorical = append(categorical, unused...)
		slices.Sort(categorical)
	}
	if len(categorical) != len(lists) {
		return nil, fmt.Errorf("pandas_categorical: the categories of %d columns, but %d features are categorical: the file does not say which are pandas'", len(lists), len(categorical))
	}
	for i, list := range lists {
		texts := make([]string, len(list))
		for code, label := range list {
			switch label := label.(type) {
			case string:
				texts[code] = label
			case bool:
				texts[code] = strconv.FormatBool(label)
			case json.Number:
				texts[code] = label.String()
				if _, err := label.Int64(); err != nil { // as frames write floats
					v, err := label.Float64()
					if err != nil {
						return nil, fmt.Errorf("pandas_categorical: %w", err)
					}
					texts[code] = strconv.FormatFloat(v, 'g', -1, 64)
				}
			default:
				return nil, fmt.Errorf("pandas_categorical: %v is neither a text nor a number", label)
			}
		}
		out[categorical[i]] = texts
	}
	return out, nil
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
