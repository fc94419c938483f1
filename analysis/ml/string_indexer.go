package ml

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/stophacking/kelpie/analysis"
	"github.com/stophacking/kelpie/analysis/internal/column"
	"github.com/stophacking/kelpie/analysis/internal/plan"
)

// Orders of a StringIndexer.
const (
	FrequencyDesc = "frequencyDesc" // the most frequent text gets index 0
	FrequencyAsc  = "frequencyAsc"
	AlphabetDesc  = "alphabetDesc"
	AlphabetAsc   = "alphabetAsc"
)

// A StringIndexer numbers the texts of columns by frequency: index 0 is the most
// frequent one, equal counts are ordered by bytes. Numbers count as the texts
// they are written as; nulls are not counted, and "" is a text like others.
//
// The output is a float64 column that keeps the labels. HandleInvalid says what
// is to be done, when transforming, with a null or a text that fitting did not
// see: "error" (the default), "skip" the row, or "keep" it under an index of its
// own, the number of labels.
type StringIndexer struct {
	InputCols       []string
	OutputCols      []string // default: the input with "_index"
	StringOrderType string   // default FrequencyDesc
	HandleInvalid   string
}

// Fit returns the indexer fitted to f.
func (s StringIndexer) Fit(f analysis.Frame) *PipelineModel { return Pipeline{s}.Fit(f) }

func (s StringIndexer) inputs() []string { return s.InputCols }

func (s StringIndexer) outputs() []plan.Field {
	names, _ := paired("", s.InputCols, s.OutputCols, "_index")
	return fieldsOf(column.Float64, names...)
}

func (s StringIndexer) fit(_ context.Context, f analysis.Frame) (fitted, error) {
	outputs, err := paired("string indexer", s.InputCols, s.OutputCols, "_index")
	if err != nil {
		return nil, err
	}
	m := StringIndexerModel{InputCols: s.InputCols, OutputCols: outputs}
	if m.HandleInvalid, err = invalid("string indexer", s.HandleInvalid, plan.OnInvalidError, plan.OnInvalidSkip, plan.OnInvalidKeep); err != nil {
		return nil, err
	}
	for _, name := range s.InputCols {
		counts, err := frequencies(f, name)
		if err != nil {
			return nil, err
		}
		if err := order(counts, orDefault(s.StringOrderType, FrequencyDesc)); err != nil {
			return nil, err
		}
		labels := make([]string, len(counts))
		for i, c := range counts {
			labels[i] = c.text
		}
		m.Labels = append(m.Labels, labels)
	}
	return m, nil
}

type frequency struct {
	text  string
	count float64
}

// frequencies returns the texts of a column with their counts, most frequent
// first, equal counts by bytes.
func frequencies(f analysis.Frame, name string) ([]frequency, error) {
	t, err := f.TopValues(math.MaxInt32, name)
	if err != nil {
		return nil, err
	}
	counts, err := t.Floats("count")
	if err != nil {
		return nil, err
	}
	var out []frequency
	for i, count := range counts {
		v, err := t.Value(i, "value")
		if err != nil {
			return nil, err
		}
		if text, ok := v.(string); ok { // not null
			out = append(out, frequency{text, count})
		}
	}
	err = order(out, FrequencyDesc)
	return out, err
}

func order(counts []frequency, by string) error {
	var compare func(a, b frequency) int
	switch by {
	case FrequencyDesc:
		compare = func(a, b frequency) int { return int(b.count) - int(a.count) }
	case FrequencyAsc:
		compare = func(a, b frequency) int { return int(a.count) - int(b.count) }
	case AlphabetDesc:
		compare = func(a, b frequency) int { return strings.Compare(b.text, a.text) }
	case AlphabetAsc:
		compare = func(a, b frequency) int { return 0 }
	default:
		return fmt.Errorf("string indexer: StringOrderType %q is not one of %q", by, []string{FrequencyDesc, FrequencyAsc, AlphabetDesc, AlphabetAsc})
	}
	slices.SortFunc(counts, func(a, b frequency) int {
		if c := compare(a, b); c != 0 {
			return c
		}
		return strings.Compare(a.text, b.text)
	})
	return nil
}

// A StringIndexerModel is a fitted [StringIndexer]: Labels[i][k] is the text of
// column i that has index k.
type StringIndexerModel struct {
	InputCols     []string
	OutputCols    []string
	Labels        [][]string
	HandleInvalid string
}

// Transform adds the index columns.
func (m StringIndexerModel) Transform(f analysis.Frame) analysis.Frame {
	for i, name := range m.InputCols {
		f = with(f, plan.Index{Input: name, Output: m.OutputCols[i], Levels: m.Labels[i], Invalid: m.HandleInvalid})
	}
	return f
}

func (m StringIndexerModel) inputs() []string { return m.InputCols }
func (m StringIndexerModel) outputs() []plan.Field {
	return fieldsOf(column.Float64, m.OutputCols...)
}
