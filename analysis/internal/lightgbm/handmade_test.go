package lightgbm_test

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/stophacking/kelpie/analysis/internal/lightgbm"
)

// A threshold of inf sends every number left and leaves the missing to the
// decision type. The answers are those of Python LightGBM 4.7.0, also for the
// variants of the file.
func TestInfiniteNumbers(t *testing.T) {
	inf, nan := math.Inf(1), math.NaN()
	file := string(read(t, "testdata/handmade/inf_threshold.txt"))
	for _, c := range []struct {
		old, new string
		raw      []float64 // of 1, inf, -inf, NaN, 1e308
		gain     float64
	}{
		{"", "", []float64{-0.5, -0.5, -0.5, 0.5, -0.5}, 1},
		{"threshold=inf", "threshold=Inf", []float64{-0.5, -0.5, -0.5, 0.5, -0.5}, 1},
		{"threshold=inf", "threshold=-inf", []float64{0.5, 0.5, -0.5, 0.5, 0.5}, 1},
		{"threshold=inf", "threshold=1e308", []float64{-0.5, 0.5, -0.5, 0.5, -0.5}, 1},
		{"decision_type=8", "decision_type=10", []float64{-0.5, -0.5, -0.5, -0.5, -0.5}, 1}, // missing goes left
		{"decision_type=8", "decision_type=0", []float64{-0.5, -0.5, -0.5, -0.5, -0.5}, 1},  // missing is 0
		{"decision_type=8", "decision_type=4", []float64{-0.5, -0.5, -0.5, 0.5, -0.5}, 1},   // so is 0 missing
		{"split_gain=50", "split_gain=inf", []float64{-0.5, -0.5, -0.5, 0.5, -0.5}, 1},
		{"split_gain=50", "split_gain=1e308", []float64{-0.5, -0.5, -0.5, 0.5, -0.5}, 1},
		{"split_gain=50", "split_gain=-inf", []float64{-0.5, -0.5, -0.5, 0.5, -0.5}, 0},
		{"split_gain=50", "split_gain=nan", []float64{-0.5, -0.5, -0.5, 0.5, -0.5}, 0},
		{"leaf_weight=50 50", "leaf_weight=inf -nan", []float64{-0.5, -0.5, -0.5, 0.5, -0.5}, 1},
		{"internal_value=0", "internal_value=-inf", []float64{-0.5, -0.5, -0.5, 0.5, -0.5}, 1},
		{"internal_weight=100", "internal_weight=nan", []float64{-0.5, -0.5, -0.5, 0.5, -0.5}, 1},
	} {
		text := strings.Replace(file, c.old, c.new, 1)
		if text == file && c.old != "" {
			t.Fatalf("%s: nothing replaced", c.new)
		}
		m, err := lightgbm.Parse([]byte(text))
		if err != nil {
			t.Errorf("%s: %v", c.new, err)
			continue
		}
		written := marshal(t, m)
		again := parse(t, written)
		if strings.ContainsAny(string(written[strings.Index(string(written), "Tree=0"):]), "IN") {
			t.Errorf("%s: not written as C writes numbers:\n%s", c.new, written)
		}
		second, err := lightgbm.Leaves([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		for i, v := range []float64{1, inf, -inf, nan, 1e308} {
			row := []float64{v}
			opinion, err := second.Raw(row)
			if raw := m.Raw(row); raw != c.raw[i] || again.Raw(row) != raw || opinion != raw || err != nil {
				t.Errorf("%s: %v scores %v, written and read %v, by leaves %v, want %v, %v", c.new, v, raw, again.Raw(row), opinion, c.raw[i], err)
			}
		}
		if got := m.Importances(); got[0] != c.gain {
			t.Errorf("%s: importance %v, want %v", c.new, got, c.gain)
		}
	}
}

// Shares stay numbers whatever gains a file has: infinite ones count alone, what
// is not above 0 nothing, and large ones are added without overflow.
func TestImportancesOfAnyGain(t *testing.T) {
	inf, nan := math.Inf(1), math.NaN()
	for _, c := range []struct{ gains, want []float64 }{
		{[]float64{1, 3, 0}, []float64{0.25, 0.75, 0}},
		{[]float64{1, inf, inf}, []float64{0, 0.5, 0.5}},
		{[]float64{nan, 2, -inf}, []float64{0, 1, 0}},
		{[]float64{-5, 1, 1}, []float64{0, 0.5, 0.5}},
		{[]float64{1e308, 1e308, 1e308}, []float64{1. / 3, 1. / 3, 1. / 3}},
		{[]float64{0, nan, -1}, []float64{0, 0, 0}},
	} {
		for _, average := range []bool{false, true} {
			m := parse(t, golden(t))
			m.AverageOutput = average
			m.Trees = m.Trees[:1]
			m.Trees[0].SplitGain = c.gains
			if got := m.Importances(); !slices.EqualFunc(got, c.want, func(a, b float64) bool { return math.Abs(a-b) < 1e-12 }) {
				t.Errorf("gains %v, average %v: %v, want %v", c.gains, average, got, c.want)
			}
		}
	}
	m := parse(t, read(t, "testdata/handmade/split_gain_inf.txt"))
	if got := m.Importances(); !slices.Equal(got, []float64{1, 0}) {
		t.Errorf("split_gain_inf: %v", got)
	}
	if got := fmt.Sprint(m.Trees[0].SplitGain); got != "[+Inf]" {
		t.Error(got)
	}
}

// Leaves whose sum is no number are refused, not scored as infinite.
func TestLeavesAddUp(t *testing.T) {
	m := parse(t, golden(t))
	m.Trees[0].LeafValue[3], m.Trees[1].LeafValue[1] = 1.7e308, 1.7e308
	if _, err := m.Marshal(); err == nil || !strings.Contains(err.Error(), "leaf_value: the trees add up to -0.52 or +Inf") {
		t.Error(err)
	}
	m.Trees[1].LeafValue[1] = -1.7e308
	if _, err := m.Marshal(); err != nil {
		t.Error(err)
	}
}
