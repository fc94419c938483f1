package ml_test

import (
	"encoding/json"
	"math"
	"os"
	"strings"
	"testing"

	"github.com/stophacking/kelpie/analysis"
	"github.com/stophacking/kelpie/analysis/eval"
	"github.com/stophacking/kelpie/analysis/ml"
)

// sparkAnswers is testdata/spark.json, which testdata/spark.py has Spark answer.
type sparkAnswers struct {
	Inputs      map[string]map[string][]any
	Answers     map[string][][]float64 // rows of numbers
	Importances map[string][]float64   // by slot of the feature vector
	Areas       map[string]map[string]float64
}

func readSparkAnswers(t *testing.T) sparkAnswers {
	t.Helper()
	var s sparkAnswers
	data, err := os.ReadFile("testdata/spark.json")
	if err == nil {
		err = json.Unmarshal(data, &s)
	}
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// frame makes an input a frame.
func (s sparkAnswers) frame(name string) analysis.Frame {
	var columns []analysis.Values
	for column, values := range s.Inputs[name] {
		var words []string
		var numbers []float64
		var nulls []int
		for i, v := range values {
			word, isText := v.(string)
			number, isNumber := v.(float64)
			words, numbers = append(words, word), append(numbers, number)
			if !isText && !isNumber {
				nulls = append(nulls, i)
			}
		}
		made := analysis.Float64s(column, numbers...)
		if strings.Join(words, "") != "" {
			made = analysis.Strings(column, words...)
		}
		columns = append(columns, made.Nulls(nulls...))
	}
	return frame(columns...)
}

// What the stages answer equals what Spark itself does: transformers to the last
// digits of float64, and so do trees and forests. Boosted trees, whose residuals
// are rounded where splits are searched, equal it to 1e-9 in the probability of
// every row, their importances, made of the gains found there, to 1e-3.
func TestSparkAnswers(t *testing.T) {
	s := readSparkAnswers(t)
	type answer struct {
		name        string
		stages      ml.Pipeline
		train, test string
		column      string
		tolerance   float64
	}
	var all []answer
	for _, order := range []string{ml.FrequencyDesc, ml.FrequencyAsc, ml.AlphabetDesc, ml.AlphabetAsc} {
		for _, invalid := range []string{"keep", "skip"} {
			indexer := one(ml.StringIndexer{InputCols: []string{"c"}, OutputCols: []string{"i"}, StringOrderType: order, HandleInvalid: invalid})
			name := "index " + order + " " + invalid
			all = append(all, answer{name, indexer, "texts", "other texts", "i", 0}, answer{name + ", rows", indexer, "texts", "other texts", "n", 0})
		}
	}
	hot := func(keepLast bool, invalid string) ml.Pipeline {
		return one(ml.OneHotEncoder{InputCols: []string{"i"}, OutputCols: []string{"v"}, KeepLast: keepLast, HandleInvalid: invalid})
	}
	scaled := func(s ml.Stage) ml.Pipeline {
		return one(ml.VectorAssembler{InputCols: []string{"x", "k", "z"}, OutputCol: "f"}, s)
	}
	imputed := func(strategy string, missing ...float64) ml.Pipeline {
		return one(ml.Imputer{InputCols: []string{"x"}, OutputCols: []string{"y"}, Strategy: strategy, MissingValues: missing})
	}
	trees := func(text string, classifier ml.Stage) ml.Pipeline {
		columns := []string{"a", "b", "d"}
		if text != "" {
			columns = append(columns, text)
		}
		return one(ml.StringIndexer{InputCols: []string{"c"}}, ml.OneHotEncoder{InputCols: []string{"c_index"}, OutputCols: []string{"c_vec"}},
			ml.VectorAssembler{InputCols: columns}, classifier)
	}
	const (
		last    = 1e-15
		sum     = 1e-9
		swapped = 1e-4 // in a node of 47 rows two labels are worth the same, and go left one for the other
	)
	all = append(all, []answer{
		{"one-hot dropLast=True error", hot(false, ""), "indexes", "indexes", "v", 0},
		{"one-hot dropLast=True keep", hot(false, "keep"), "indexes", "other indexes", "v", 0},
		{"one-hot dropLast=False error", hot(true, ""), "indexes", "indexes", "v", 0},
		{"one-hot dropLast=False keep", hot(true, "keep"), "indexes", "other indexes", "v", 0},
		{"standard", scaled(ml.StandardScaler{InputCol: "f", OutputCol: "g"}), "numbers", "other numbers", "g", last},
		{"standard withMean", scaled(ml.StandardScaler{InputCol: "f", OutputCol: "g", WithMean: true}), "numbers", "other numbers", "g", last},
		{"standard withMean withoutStd", scaled(ml.StandardScaler{InputCol: "f", OutputCol: "g", WithMean: true, WithoutStd: true}), "numbers", "other numbers", "g", last},
		{"minmax", scaled(ml.MinMaxScaler{InputCol: "f", OutputCol: "g"}), "numbers", "other numbers", "g", last},
		{"minmax -1 3", scaled(ml.MinMaxScaler{InputCol: "f", OutputCol: "g", Min: -1, Max: 3}), "numbers", "other numbers", "g", last},
		{"imputed mean", imputed(ml.ImputeMean), "gaps", "gaps", "y", last},
		{"imputed median", imputed(ml.ImputeMedian), "gaps", "gaps", "y", 0},
		{"imputed mode", imputed(ml.ImputeMode), "gaps", "gaps", "y", 0},
		{"imputed mean, 1 is missing", imputed(ml.ImputeMean, 1), "gaps", "gaps", "y", last},
		{"tree", trees("", ml.DecisionTreeClassifier{}), "training", "test", "probability", last},
		{"tree one-hot", trees("c_vec", ml.DecisionTreeClassifier{}), "training", "test", "probability", last},
		{"tree by sets", trees("c_index", ml.DecisionTreeClassifier{WeightCol: "w"}), "training", "test", "probability", last},
		{"tree limited", trees("c_index", ml.DecisionTreeClassifier{MaxDepth: 8, MinInstancesPerNode: 10, MinInfoGain: 0.005}), "training", "test", "probability", last},
		{"forest of one", trees("c_index", ml.RandomForestClassifier{NumTrees: 1, WeightCol: "w", FeatureSubsetStrategy: "all", WithoutBootstrap: true}), "training", "test", "probability", last},
		{"forest of three", trees("", ml.RandomForestClassifier{NumTrees: 3, FeatureSubsetStrategy: "all", WithoutBootstrap: true}), "training", "test", "probability", last},
		{"boosted", trees("", ml.GBTClassifier{MinInstancesPerNode: 20}), "training", "test", "probability", sum},
		{"boosted one-hot", trees("c_vec", ml.GBTClassifier{MinInstancesPerNode: 20}), "training", "test", "probability", sum},
		{"boosted by sets", trees("c_index", ml.GBTClassifier{MinInstancesPerNode: 20}), "training", "test", "probability", swapped},
		{"boosted weighted", trees("c_vec", ml.GBTClassifier{MinInstancesPerNode: 20, WeightCol: "few"}), "training", "test", "probability", sum},
		{"boosted limited", trees("c_vec", ml.GBTClassifier{MaxIter: 8, StepSize: 0.3, MaxDepth: 3, MinInfoGain: 0.01}), "training", "test", "probability", sum},
		{"boosted validated", trees("", ml.GBTClassifier{MaxIter: 40, StepSize: 0.5, ValidationIndicatorCol: "later"}), "training", "test", "probability", sum},
	}...)
	if len(all) != len(s.Answers) {
		t.Errorf("%d answers are compared, there are %d", len(all), len(s.Answers))
	}
	for _, c := range all {
		t.Run(c.name, func(t *testing.T) {
			m := c.stages.Fit(s.frame(c.train))
			out := m.Transform(s.frame(c.test))
			got, want := rowsOf(t, out, c.column), s.Answers[c.name]
			if len(got) != len(want) {
				t.Fatalf("%d rows, Spark has %d", len(got), len(want))
			}
			differ := 0
			for i, row := range want {
				for k := range max(len(row), len(got[i])) {
					if k >= len(row) || k >= len(got[i]) || !(math.Abs(got[i][k]-row[k]) <= c.tolerance*max(1, math.Abs(row[k]))) {
						if differ++; differ <= 3 {
							t.Errorf("row %d is %v, Spark has %v", i, got[i], row)
						}
					}
				}
			}
			if differ > 3 {
				t.Errorf("%d values differ", differ)
			}
			if want, ok := s.Importances[c.name]; ok {
				tolerance := 1e-12
				if strings.HasPrefix(c.name, "boosted") {
					tolerance = 1e-3
				}
				compareImportances(t, m, want, tolerance)
			}
			if areas, ok := s.Areas[c.name]; ok {
				// Spark's 1000 bins hold one score each: there are fewer scores.
				report, err := eval.Evaluate(out, "label")
				for bins, want := range areas {
					if err != nil || math.Abs(report.AUC-want) > 1e-12 {
						t.Errorf("area under the curve %v, %v, Spark has %v with numBins %s", report.AUC, err, want, bins)
					}
				}
			}
		})
	}
}

// rowsOf returns a column as rows of numbers.
func rowsOf(t *testing.T, f analysis.Frame, column string) [][]float64 {
	t.Helper()
	for _, field := range f.Schema().Fields {
		if field.Name == column && field.Type == analysis.Vector {
			rows, _, err := ml.Slots(f, column)
			if err != nil {
				t.Fatal(err)
			}
			return rows
		}
	}
	var rows [][]float64
	for _, v := range floats(t, f, column) {
		rows = append(rows, []float64{v})
	}
	return rows
}

func compareImportances(t *testing.T, m *ml.PipelineModel, want []float64, tolerance float64) {
	t.Helper()
	got, err := m.GainImportances()
	if err != nil {
		t.Fatal(err)
	}
	names := stage[ml.TreeModel](t, m, 3).FeatureNames
	if len(names) != len(want) {
		t.Fatalf("%d features, Spark has %d", len(names), len(want))
	}
	for i, name := range got.Names {
		for k := range names {
			if names[k] == name && math.Abs(got.Values[i]-want[k]) > tolerance {
				t.Errorf("importance of %s is %v, Spark has %v", name, got.Values[i], want[k])
			}
		}
	}
}
