package eval_test

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/stophacking/kelpie/analysis"
	"github.com/stophacking/kelpie/analysis/eval"
	"github.com/stophacking/kelpie/analysis/ml"
)

func predictions() analysis.Frame {
	attack := make([]int64, len(labels))
	for i, l := range labels {
		attack[i] = int64(l)
	}
	s := analysis.NewSession(analysis.Config{})
	return s.FromColumns(analysis.Int64s("attack", attack...), analysis.Float64s("probability", tree...))
}

func ExampleEvaluate() {
	report, err := eval.Evaluate(predictions(), "attack")
	fmt.Printf("AUC %.4f, recall %.4f, %v\n", report.AUC, report.Recall, err)
	// Output: AUC 0.8667, recall 0.6667, <nil>
}

func ExampleCurve() {
	curve, err := eval.Curve(predictions(), "attack")
	fmt.Println(curve, err)
	// Output: ROC curve of 8 points, AUC 0.86667, n = 8, positives = 3 <nil>
}

// The threshold's rule is one: the class that a model predicts, the counts of a
// report and the curve's point at one half all put a probability of exactly one half
// on the same side.
func TestOneRuleOfTheThreshold(t *testing.T) {
	s := analysis.NewSession(analysis.Config{})
	rows := s.FromColumns(analysis.Float64s("x", 1, 1, 2, 2, 2, 3), analysis.Int64s("attack", 0, 1, 1, 1, 0, 0))
	model := ml.Pipeline{
		ml.VectorAssembler{InputCols: []string{"x"}, OutputCol: "features"},
		ml.DecisionTreeClassifier{LabelCol: "attack", MaxDepth: 2},
	}.Fit(rows)
	predictions, err := model.Transform(rows).Collect()
	if err != nil {
		t.Fatal(err)
	}
	probability, err := predictions.Floats("probability")
	if err != nil {
		t.Fatal(err)
	}
	predicted, err := predictions.Floats("prediction")
	if err != nil {
		t.Fatal(err)
	}
	if fmt.Sprint(probability[:2], predicted) != "[0.5 0.5] [0 0 1 1 1 0]" {
		t.Fatalf("probabilities %v, predictions %v", probability, predicted)
	}
	report, err := eval.Evaluate(model.Transform(rows), "attack")
	if err != nil || report.TP != 2 || report.FP != 1 || report.FN != 1 || report.TN != 2 {
		t.Errorf("%v, %v", report, err)
	}
	curve, err := eval.Curve(model.Transform(rows), "attack")
	if err != nil {
		t.Fatal(err)
	}
	k := slices.Index(curve.Thresholds, 0.5)
	if k < 0 || curve.TPR[k] != report.Recall || curve.FPR[k] != 1./3 {
		t.Errorf("%v, %v, %v", curve.Thresholds, curve.TPR, curve.FPR)
	}
}

func TestEvaluateMistakes(t *testing.T) {
	s := analysis.NewSession(analysis.Config{})
	for _, c := range []struct {
		frame analysis.Frame
		want  string
	}{
		{predictions().Drop("probability"), `no column "probability"`},
		{predictions().Rename("attack", "label"), `no column "attack"`},
		{s.FromColumns(analysis.Int64s("attack", 0, 1).Nulls(1), analysis.Float64s("probability", 0.1, 0.2)), `column "attack" has 1 nulls`},
		{s.FromColumns(analysis.Strings("attack", "0"), analysis.Float64s("probability", 0.1)), `column "attack" is string, not a number`},
		{s.FromColumns(analysis.Int64s("attack", 0, 2), analysis.Float64s("probability", 0.1, 0.2)), `eval: column "attack", row 1: a label is neither 0 nor 1: 2`},
		{s.FromColumns(analysis.Int64s("attack", 0), analysis.Float64s("probability", math.NaN())), `eval: column "probability", row 0: a score is not finite: NaN`},
	} {
		if _, err := eval.Evaluate(c.frame, "attack"); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("Evaluate: %v, want %q", err, c.want)
		}
		if _, err := eval.Curve(c.frame, "attack"); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("Curve: %v, want %q", err, c.want)
		}
	}
}

func TestRunMetadata(t *testing.T) {
	r := eval.Run{Activity: "process", Origin: `a "quoted" origin`, Rows: 3, Models: []eval.Named{
		{Name: "tree", Report: eval.Report{AUC: 0.75}}, {Name: "constant", Report: eval.Report{AUC: math.NaN()}},
	}}
	var got struct {
		Activity, Origin string
		Rows             int
		Models           []struct {
			Name string
			AUC  *float64
		}
	}
	if err := json.Unmarshal([]byte(r.Metadata()["kelpie.summary"]), &got); err != nil {
		t.Fatal(err)
	}
	if got.Activity != "process" || got.Origin != r.Origin || got.Rows != 3 || len(got.Models) != 2 ||
		got.Models[0].Name != "tree" || *got.Models[0].AUC != 0.75 || got.Models[1].AUC != nil {
		t.Errorf("summary %+v", got)
	}
	if want := "process activity, 3 rows, a \"quoted\" origin\ntree: AUC 0.7500\nconstant: AUC – (undefined: all labels are equal)"; r.String() != want {
		t.Errorf("got %q, want %q", r.String(), want)
	}
}
