package eval_test

import (
	"errors"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/stophacking/kelpie/analysis"
	"github.com/stophacking/kelpie/analysis/eval"
)

var began = time.Date(2019, 4, 24, 7, 0, 0, 0, time.UTC)

func TestSampleKeepsWhatIsKnown(t *testing.T) {
	s, err := eval.Of(eval.Rows{
		Scores: []float64{0.1, 0.9, 0.4}, Labels: []float64{0, 1, 1}, Weights: []float64{2, 0, 3},
		Groups: []string{"normal", "dos", "xss"}, Times: []time.Time{began, began, began.Add(time.Hour)},
	})
	if err != nil {
		t.Fatal(err)
	}
	want := eval.Prediction{Row: 2, Score: 0.4, Weight: 3, Label: 1, Group: "xss", Time: began.Add(time.Hour)}
	if s.Len() != 2 || s.At(1) != want {
		t.Errorf("%d rows, %+v, want %+v", s.Len(), s.At(1), want)
	}
	r, err := s.Report(0.2)
	if err != nil || r.TP != 1 || r.TN != 1 || !r.Weighted || r.Prevalence != 0.6 || r.Warnings[len(r.Warnings)-1].Code != eval.ZeroWeights {
		t.Errorf("%+v, %v", r, err)
	}
	if want := "Sample, n = 2, positives = 1 (60 %), weighted"; s.String() != want {
		t.Errorf("%q, want %q", s.String(), want)
	}
}

func TestSampleMistakes(t *testing.T) {
	two := []float64{0, 1}
	for _, c := range []struct {
		rows eval.Rows
		want error
		text string
	}{
		{eval.Rows{}, eval.ErrEmpty, ""},
		{eval.Rows{Scores: two, Labels: two, Weights: []float64{0, 0}}, eval.ErrEmpty, ""},
		{eval.Rows{Scores: two, Labels: two[:1]}, eval.ErrLength, "2 and 1"},
		{eval.Rows{Scores: two, Labels: two, Weights: two[:1]}, eval.ErrLength, "1 weights"},
		{eval.Rows{Scores: two, Labels: two, Groups: []string{}}, eval.ErrLength, "0 groups"},
		{eval.Rows{Scores: two, Labels: two, Times: make([]time.Time, 3)}, eval.ErrLength, "3 times"},
		{eval.Rows{Scores: two, Labels: two, Weights: []float64{1, -1}}, eval.ErrWeight, "row 1"},
		{eval.Rows{Scores: two, Labels: two, Weights: []float64{math.NaN(), 1}}, eval.ErrWeight, "row 0"},
		{eval.Rows{Scores: two, Labels: two, Weights: []float64{math.MaxFloat64, math.MaxFloat64}}, eval.ErrWeight, "sum"},
		{eval.Rows{Scores: two, Labels: two, Share: 1.5}, eval.ErrSpan, "1.5"},
		{eval.Rows{Scores: two, Labels: two, Days: math.NaN()}, eval.ErrSpan, "NaN"},
		{eval.Rows{Scores: two, Labels: two, Days: 5e-324}, eval.ErrSpan, "5e-324"},
		{eval.Rows{Scores: two, Labels: two, Times: []time.Time{began, {}}}, eval.ErrTime, "row 1"},
		{eval.Rows{Scores: two, Labels: two, Times: []time.Time{began, time.UnixMilli(math.MaxInt64)}}, eval.ErrTime, "row 1"},
	} {
		if _, err := eval.Of(c.rows); !errors.Is(err, c.want) || !strings.Contains(err.Error(), c.text) {
			t.Errorf("%v, want %v with %q", err, c.want, c.text)
		}
	}
}

// frame is predictions with all that a sample can keep.
func frame() analysis.Frame {
	s := analysis.NewSession(analysis.Config{})
	return s.FromColumns(
		analysis.Int64s("attack", 0, 1, 1), analysis.Float64s("probability", 0.1, 0.9, 0.4), analysis.Float64s("weight", 1, 2, 3),
		analysis.Strings("type", "normal", "dos", "").Nulls(2), analysis.Int64s("ts", began.Unix(), began.Unix()+60, began.Unix()+120),
		analysis.Timestamps("time", began, began, began), analysis.Float64s("late", 0, 1e300, 0),
		analysis.Int64s("millis", began.UnixMilli(), 0, 0),
	)
}

// counting counts the rows that it is given.
type counting struct{ rows *int }

func (c counting) Map(values []any) (any, error) { *c.rows++; return values[0], nil }

// All columns, and so labels and scores, come of one computation of the frame, however
// much is then asked of the sample.
func TestTakeComputesOnce(t *testing.T) {
	rows := 0
	f := frame().Map("score", analysis.Float64, counting{&rows}, "probability")
	s, err := eval.Take(f, eval.Columns{Label: "attack", Score: "score", Weight: "weight", Group: "type", Time: "ts"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Report(0.5); err != nil {
		t.Fatal(err)
	}
	if _, err := s.ROC(); err != nil {
		t.Fatal(err)
	}
	if rows != s.Len() {
		t.Errorf("%d rows were computed of %d", rows, s.Len())
	}
}

func TestTake(t *testing.T) {
	s, err := eval.Take(frame(), eval.Columns{Label: "attack", Weight: "weight", Group: "type", Time: "ts"})
	if err != nil {
		t.Fatal(err)
	}
	if got, want := s.At(1), (eval.Prediction{Row: 1, Score: 0.9, Weight: 2, Label: 1, Group: "dos", Time: began.Add(time.Minute)}); got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
	if s.At(2).Group != "" {
		t.Errorf("a null is the group %q", s.At(2).Group)
	}
	if s, err = eval.Take(frame(), eval.Columns{Label: "attack", Time: "time"}); err != nil || s.At(2).Time != began {
		t.Errorf("%v", err)
	}
	for _, c := range []struct {
		columns eval.Columns
		want    string
	}{
		{eval.Columns{Label: "attack", Time: "late"}, `column "late", row 1: a time is out of range`},
		{eval.Columns{Label: "attack", Time: "millis"}, `column "millis", row 0: a time is out of range: it should be a moment that was set, or Unix seconds, not milliseconds`},
		{eval.Columns{Label: "attack", Weight: "type"}, `column "type" is string`},
		{eval.Columns{}, `set Columns.Label`},
		{eval.Columns{Label: "attack", Group: "machine"}, `no column "machine"`},
		{eval.Columns{Label: "weight"}, `column "weight", row 1: a label is neither 0 nor 1: 2`},
	} {
		if _, err := eval.Take(frame(), c.columns); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%v, want %q", err, c.want)
		}
	}
}
