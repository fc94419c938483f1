package eval_test

import (
	"fmt"

	"github.com/stophacking/kelpie/analysis"
	"github.com/stophacking/kelpie/analysis/eval"
)

var (
	labels = []float64{0, 0, 0, 0, 0, 1, 1, 1}
	tree   = []float64{0.1, 0.2, 0.2, 0.4, 0.7, 0.3, 0.8, 0.9}
	forest = []float64{0.1, 0.1, 0.2, 0.3, 0.6, 0.7, 0.8, 0.9}
)

func ExampleScore() {
	report, err := eval.Score(tree, labels, 0.5)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(report)
	// Output:
	// n = 8, positives = 3 (37.5 %), predicted 1 where the score is above 0.5
	// model        AUC  accuracy  recall  precision  TP  FP  FN  TN
	// model     0.8667    0.7500  0.6667     0.6667   2   1   1   4
	// always 0  0.5000    0.6250  0.0000          –   0   0   3   5
	// warning: only 3 rows are positive, so recall and AUC are uncertain
}

// Warnings can be told apart by their codes.
func ExampleScore_warnings() {
	report, err := eval.Score(tree, labels, 0.95)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, w := range report.Warnings {
		fmt.Println(w)
	}
	// Output:
	// nothing-predicted: no score is above the threshold 0.95, so the precision is undefined
	// few-positives: only 3 rows are positive, so recall and AUC are uncertain
}

func ExampleROC() {
	curve, err := eval.ROC(tree, labels)
	if err != nil {
		fmt.Println(err)
		return
	}
	for k, threshold := range curve.Thresholds {
		fmt.Printf("%.1f  %.2f %.2f\n", threshold, curve.FPR[k], curve.TPR[k])
	}
	fmt.Println(curve)
	// Output:
	// 0.9  0.00 0.00
	// 0.8  0.00 0.33
	// 0.7  0.00 0.67
	// 0.4  0.20 0.67
	// 0.3  0.40 0.67
	// 0.2  0.40 1.00
	// 0.1  0.80 1.00
	// -Inf  1.00 1.00
	// ROC curve of 8 points, AUC 0.86667, n = 8, positives = 3
}

func ExampleReport_Confusion() {
	report, err := eval.Score(tree, labels, 0.5)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(report.Confusion())
	// Output:
	// Confusion matrix, n = 8, positives = 3, predicted 1 where the score is above 0.5
	//           predicted 0  predicted 1   right
	// actual 0            4            1  0.8000
	// actual 1            1            2  0.6667
}

func ExampleCompare() {
	var models []eval.Named
	for _, model := range []struct {
		name   string
		scores []float64
	}{{"tree", tree}, {"forest", forest}} {
		report, err := eval.Score(model.scores, labels, 0.5)
		if err != nil {
			fmt.Println(err)
			return
		}
		models = append(models, eval.Named{Name: model.name, Report: report})
	}
	fmt.Println(eval.Compare(models...))
	// Output:
	// tree, forest: n = 8, positives = 3 (37.5 %), predicted 1 where the score is above 0.5
	// model        AUC  accuracy  recall  precision  TP  FP  FN  TN
	// tree      0.8667    0.7500  0.6667     0.6667   2   1   1   4
	// forest    1.0000    0.8750  1.0000     0.7500   3   1   0   4
	// always 0  0.5000    0.6250  0.0000          –   0   0   3   5
	// warning: both models: only 3 rows are positive, so recall and AUC are uncertain
}

// The predictions of a model are taken once; all that follows comes from the sample.
func ExampleTake() {
	s := analysis.NewSession(analysis.Config{})
	predictions := s.FromColumns( // in a notebook: model.Transform(test)
		analysis.Int64s("attack", 0, 0, 1, 1), analysis.Float64s("probability", 0.1, 0.6, 0.4, 0.9),
		analysis.Strings("type", "normal", "normal", "xss", "dos"), analysis.Int64s("ts", 1556089200, 1556092800, 1556096400, 1556175600),
	)
	sample, err := eval.Take(predictions, eval.Columns{Label: "attack", Group: "type", Time: "ts"})
	if err != nil {
		fmt.Println(err)
		return
	}
	last := sample.At(3)
	fmt.Println(sample)
	fmt.Println(last.Score, last.Group, last.Time)
	// Output:
	// Sample, n = 4, positives = 2 (50 %)
	// 0.9 dos 2019-04-25 07:00:00 +0000 UTC
}

func ExampleOf() {
	sample, err := eval.Of(eval.Rows{Scores: tree, Labels: labels, Days: 2, Share: 0.5})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(sample)
	// Output: Sample, n = 8, positives = 3 (37.5 %)
}

func ExampleSample_At() {
	sample, err := eval.Of(eval.Rows{Scores: []float64{0.2, 0.7, 0.6}, Labels: []float64{0, 1, 0}})
	if err != nil {
		fmt.Println(err)
		return
	}
	for i := range sample.Len() {
		if p := sample.At(i); p.Score > 0.5 && p.Label == 0 {
			fmt.Printf("row %d is a false alarm of %v\n", p.Row, p.Score)
		}
	}
	// Output: row 2 is a false alarm of 0.6
}

func ExampleSample_Report() {
	report, err := days().Report(0.25)
	fmt.Printf("recall %.2f, precision %.2f, %v\n", report.Recall, report.Precision, err)
	// Output: recall 1.00, precision 0.60, <nil>
}

func ExampleSample_ROC() {
	curve, err := days().ROC()
	fmt.Println(curve, err)
	// Output: ROC curve of 8 points, AUC 0.86667, n = 8, positives = 3 <nil>
}

// point prints what a rule chooses.
func point(rule eval.Rule) {
	points, err := days().Operating(rule)
	if err != nil {
		fmt.Println(err)
		return
	}
	p := points.Points[0]
	fmt.Printf("threshold %v: recall %.2f, precision %.2f, false alarm rate %.2f, %.1f alerts a day\n", p.Threshold, p.Recall, p.Precision, p.FPR, p.AlertsPerDay)
}

func ExampleAtThreshold() {
	point(eval.AtThreshold(0.5))
	// Output: threshold 0.5: recall 0.67, precision 0.67, false alarm rate 0.20, 1.5 alerts a day
}

// One of the five negative rows may be a false alarm.
func ExampleAtFPR() {
	point(eval.AtFPR(0.2))
	// Output: threshold 0.4: recall 0.67, precision 0.67, false alarm rate 0.20, 1.5 alerts a day
}

func ExampleAtRecall() {
	point(eval.AtRecall(0.9))
	// Output: threshold 0.2: recall 1.00, precision 0.60, false alarm rate 0.40, 2.5 alerts a day
}

func ExampleAtAlertsPerDay() {
	point(eval.AtAlertsPerDay(2))
	// Output: threshold 0.3: recall 0.67, precision 0.50, false alarm rate 0.40, 2.0 alerts a day
}

// A miss costs ten times as much as a false alarm.
func ExampleAtLeastCost() {
	point(eval.AtLeastCost(10, 1))
	// Output: threshold 0.2: recall 1.00, precision 0.60, false alarm rate 0.40, 2.5 alerts a day
}

func ExampleRecallAt() {
	recall, err := days().Measure(eval.RecallAt(eval.AtFPR(0.2)))
	fmt.Printf("%.2f %v\n", recall, err)
	// Output: 0.67 <nil>
}

func ExamplePrecisionAt() {
	precision, err := days().Measure(eval.PrecisionAt(eval.AtAlertsPerDay(2)))
	fmt.Printf("%.2f %v\n", precision, err)
	// Output: 0.50 <nil>
}

func ExampleRun() {
	report, err := days().Report(0.5)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(eval.Run{Activity: "process", Origin: "synthetic", Rows: 8, Models: []eval.Named{{Name: "tree", Report: report}}})
	// Output:
	// process activity, 8 rows, synthetic
	// tree: AUC 0.8667
}
