package eval_test

import (
	"fmt"

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
	// n = 8, positives = 3 (37.5 %), predicted 1 where the score is above 0.5
	// model        AUC  accuracy  recall  precision  TP  FP  FN  TN
	// tree      0.8667    0.7500  0.6667     0.6667   2   1   1   4
	// forest    1.0000    0.8750  1.0000     0.7500   3   1   0   4
	// always 0  0.5000    0.6250  0.0000          –   0   0   3   5
	// warning: tree: only 3 rows are positive, so recall and AUC are uncertain
	// warning: forest: only 3 rows are positive, so recall and AUC are uncertain
}
