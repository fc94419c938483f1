package ml

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/stophacking/kelpie/analysis"
	"github.com/stophacking/kelpie/analysis/internal/column"
	"github.com/stophacking/kelpie/analysis/internal/plan"
)

// Orders of a StringIndexer. Texts of equal counts stand in the order of their
// bytes, in both frequency orders.
const (
	FrequencyDesc = "frequencyDesc" // the most frequent text gets index 0
	FrequencyAsc  = "frequencyAsc"  // the least frequent text gets index 0
	AlphabetDesc  = "alphabetDesc"  // by bytes, the last one gets index 0
	AlphabetAsc   = "alphabetAsc"   // by bytes, the first one gets index 0
)

// A StringIndexer numbers the texts of columns by frequency: index 0 is the most
// frequent one, equal counts are ordered by bytes. Other values count as texts:
// 1 and 1.0 are "1", true is "true". Nulls and NaN are not counted, and "" is a
// text like others.
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

func (s StringIndexer) blank() (fitted, error) {
	outputs, err := paired(s.InputCols, s.OutputCols, "_index")
	if err != nil {
		return nil, err
	}
	if err := order(nil, s.StringOrderType); err != nil {
		return nil, err
	}
	m := StringIndexerModel{InputCols: s.InputCols, OutputCols: outputs, Labels: make([][]string, len(outputs))}
	m.HandleInvalid, err = invalid(s.HandleInvalid, plan.OnInvalidError, plan.OnInvalidSkip, plan.OnInvalidKeep)
	return m, err
}

func (s StringIndexer) fit(_ context.Context, f, _ analysis.Frame) (fitted, error) {
	blank, err := s.blank()
	if err != nil {
		return nil, err
	}
	m := blank.(StringIndexerModel)
	counts, err := frequencies(f, s.InputCols...)
	if err != nil {
		return nil, err
	}
	for i, name := range s.InputCols {
		if err := order(counts[name], s.StringOrderType); err != nil {
			return nil, err
		}
		m.Labels[i] = make([]string, len(counts[name]))
		for k, c := range counts[name] {
			m.Labels[i][k] = c.text
		}
	}
	return m, nil
}

type frequency struct {
	text  string
	count float64
}

// frequencies returns the texts of each column with their counts, most frequent
// first, equal counts by bytes.
func frequencies(f analysis.Frame, columns ...string) (map[string][]frequency, error) {
	t, err := f.TopValues(math.MaxInt32, columns...)
	if err != nil {
		return nil, err
	}
	of := slices.Repeat(columns[:1], t.Len()) // a table of one column does not name it
	if len(columns) > 1 {
		if of, err = t.Texts("column"); err != nil {
			return nil, err
		}
	}
	counts, err := t.Floats("count")
	if err != nil {
		return nil, err
	}
	out := map[string][]frequency{}
	for i, count := range counts {
		v, err := t.Value(i, "value")
		if err != nil {
			return nil, err
		}
		text, ok := v.(string)
		if !ok { // null
			continue
		}
		if !utf8.ValidString(text) { // a model is kept as JSON
			return nil, fmt.Errorf("column %q holds %q, which is no UTF-8", of[i], text)
		}
		if t, _ := typeOf(f, of[i]); t == column.Float64 {
			switch text {
			case "NaN":
				continue
			case "-0":
				text = "0"
			}
		}
		out[of[i]] = append(out[of[i]], frequency{text, count})
	}
	for _, list := range out {
		if err := order(list, FrequencyDesc); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func order(counts []frequency, by string) error {
	var compare func(a, b frequency) int
	switch by {
	case "", FrequencyDesc:
		compare = func(a, b frequency) int { return cmp.Compare(b.count, a.count) }
	case FrequencyAsc:
		compare = func(a, b frequency) int { return cmp.Compare(a.count, b.count) }
	case AlphabetDesc:
		compare = func(a, b frequency) int { return strings.Compare(b.text, a.text) }
	case AlphabetAsc:
		compare = func(a, b frequency) int { return 0 }
	default:
		return fmt.Errorf("StringOrderType %q is not one of %q", by, []string{FrequencyDesc, FrequencyAsc, AlphabetDesc, AlphabetAsc})
	}
	slices.SortFunc(counts, func(a, b frequency) int {
		return cmp.Or(compare(a, b), strings.Compare(a.text, b.text))
	})
	return nil
}

// A StringIndexerModel is a fitted [StringIndexer]: Labels[i][k] is the text of
// InputCols[i] that has index k.
type StringIndexerModel struct {
	InputCols     []string
	OutputCols    []string
	Labels        [][]string
	HandleInvalid string
}

// Transform adds the index columns.
func (m StringIndexerModel) Transform(f analysis.Frame) analysis.Frame {
	if err := fresh(f, m.OutputCols...); err != nil {
		return mistaken(f, fmt.Errorf("string indexer: %w", err))
	}
	there := types(f)
	for _, name := range m.InputCols {
		if t, exists := there[name]; exists && t == column.Vector {
			return mistaken(f, fmt.Errorf("string indexer: column %q is a feature vector", name))
		}
	}
	return with(f, plan.Index{Inputs: m.InputCols, Outputs: m.OutputCols, Levels: m.Labels, Invalid: m.HandleInvalid})
}

func (m StringIndexerModel) inputs() []string  { return m.InputCols }
func (m StringIndexerModel) outputs() []string { return m.OutputCols }

func (m StringIndexerModel) check() error {
	if len(m.InputCols) == 0 || len(m.OutputCols) != len(m.InputCols) || len(m.Labels) != len(m.InputCols) {
		return fmt.Errorf("%d InputCols, %d OutputCols and %d lists of labels", len(m.InputCols), len(m.OutputCols), len(m.Labels))
	}
	_, err := invalid(m.HandleInvalid, plan.OnInvalidError, plan.OnInvalidSkip, plan.OnInvalidKeep)
	return err
}
