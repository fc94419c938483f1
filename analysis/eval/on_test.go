package eval_test

import (
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/stophacking/kelpie/analysis/eval"
)

// Thresholds that were chosen on some rows are those of the other rows, too, whatever
// the rules would have chosen there.
func TestOnKeepsTheThresholds(t *testing.T) {
	validation, err := eval.Of(eval.Rows{Scores: []float64{.9, .8, .7, .6, .5, .4}, Labels: []float64{1, 0, 1, 0, 0, 0}})
	if err != nil {
		t.Fatal(err)
	}
	test, err := eval.Of(eval.Rows{Scores: []float64{.95, .85, .75, .65, .55}, Labels: []float64{0, 1, 0, 1, 0}})
	if err != nil {
		t.Fatal(err)
	}
	rules := []eval.Rule{eval.AtFPR(0.25), eval.AtRecall(1), eval.AtThreshold(0.6), eval.AtLeastCost(1, 1)}
	chosen, err := validation.Operating(rules...)
	if err != nil {
		t.Fatal(err)
	}
	moved, err := chosen.On(test)
	if err != nil {
		t.Fatal(err)
	}
	// Above 0.6 lie .9, .8, .7 of the validation rows, and .95, .85, .75, .65 of the test
	// rows: two of three normal rows are false alarms there.
	for k, want := range []struct {
		threshold, reached float64
		tp, fp             int
	}{{.6, 2.0 / 3, 2, 2}, {.6, 1, 2, 2}, {.6, math.NaN(), 2, 2}, {.8, 2, 1, 1}} {
		p := moved.Points[k]
		same := p.Reached == want.reached || math.IsNaN(p.Reached) && math.IsNaN(want.reached)
		if p.Threshold != want.threshold || p.Threshold != chosen.Points[k].Threshold || p.Rule != chosen.Points[k].Rule || p.TP != want.tp || p.FP != want.fp || !same {
			t.Errorf("point %d: %+v, want %+v", k, p, want)
		}
	}
	if text := moved.String(); !strings.Contains(text, "thresholds chosen on other rows") || strings.Contains(text, "nearest below") {
		t.Errorf("the table does not say where the thresholds come from, or that they are nearest:\n%s", text)
	}
	again, err := moved.On(validation)
	if err != nil || again.Points[0].FPR != chosen.Points[0].FPR {
		t.Errorf("back on the validation rows: %v, %v", again, err)
	}
}

// Where no threshold could be chosen there is none on other rows, which is said.
func TestOnWithoutThreshold(t *testing.T) {
	normal, _ := eval.Of(eval.Rows{Scores: []float64{.1, .2}, Labels: []float64{0, 0}})
	test, _ := eval.Of(eval.Rows{Scores: []float64{.3, .4}, Labels: []float64{0, 1}})
	chosen, err := normal.Operating(eval.AtRecall(0.5))
	if err != nil {
		t.Fatal(err)
	}
	moved, err := chosen.On(test)
	if err != nil {
		t.Fatal(err)
	}
	p := moved.Points[0]
	if !math.IsNaN(p.Threshold) || !math.IsNaN(p.Recall) || len(p.Warnings) != 1 || !strings.Contains(p.Warnings[0].Text, "no row is positive") {
		t.Errorf("%+v", p)
	}
	days, _ := eval.Of(eval.Rows{Scores: []float64{.1, .2}, Labels: []float64{0, 1}, Days: 2})
	if chosen, err = days.Operating(eval.AtAlertsPerDay(1)); err != nil {
		t.Fatal(err)
	}
	if _, err := chosen.On(test); !errors.Is(err, eval.ErrDays) {
		t.Errorf("error %v", err)
	}
}

// Nothing to move, and nowhere to move it, are errors.
func TestOnOfNothing(t *testing.T) {
	sample, _ := eval.Of(eval.Rows{Scores: []float64{.1, .2}, Labels: []float64{0, 1}})
	if _, err := (eval.Operating{}).On(sample); !errors.Is(err, eval.ErrRule) {
		t.Errorf("no points: %v", err)
	}
	chosen, _ := sample.Operating(eval.AtThreshold(0.5))
	if _, err := chosen.On(nil); !errors.Is(err, eval.ErrEmpty) {
		t.Errorf("no sample: %v", err)
	}
}

func ExampleOperating_On() {
	validation, _ := eval.Of(eval.Rows{Scores: []float64{.9, .8, .7, .6, .5, .4}, Labels: []float64{1, 0, 1, 0, 0, 0}})
	test, _ := eval.Of(eval.Rows{Scores: []float64{.95, .85, .75, .65, .55}, Labels: []float64{0, 1, 0, 1, 0}})
	chosen, _ := validation.Operating(eval.AtFPR(0.25))
	judged, _ := chosen.On(test)
	p := judged.Points[0]
	fmt.Printf("%s: threshold %v\n", p.Rule, p.Threshold)
	fmt.Printf("there %.2f, here %.2f of the normal rows raise an alarm\n", chosen.Points[0].FPR, p.FPR)
	// Output:
	// false alarm rate at most 0.25: threshold 0.6
	// there 0.25, here 0.67 of the normal rows raise an alarm
}
