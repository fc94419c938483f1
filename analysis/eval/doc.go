// Package eval says what a binary classifier is worth, from its scores and the
// true labels.
//
// A [Sample] is predictions and what is known of each: score, label and, where they are
// given, weight, group, time and row. [Take] makes one of a frame, [Of] of slices. A
// score is what a model says of a row, a probability of the positive class or any other
// finite number that grows with it; a label is 1 for a positive row, such as an attack,
// and 0 for another. A row is predicted positive where its score is greater than the
// threshold, as in Spark.
//
//	sample, err := eval.Take(predictions, eval.Columns{Label: "attack", Group: "type", Time: "ts"})
//	report, err := sample.Report(0.5)                                          // counts, rates, AUC, warnings
//	points, err := sample.Operating(eval.AtFPR(0.01), eval.AtAlertsPerDay(50)) // at which threshold to run
//	groups, err := sample.ByGroup(eval.AtFPR(0.01))                            // which kinds of attack are found
//	log, err := sample.OverTime(24*time.Hour, eval.AtFPR(0.01))                // whether it holds from day to day
//	table, err := sample.Calibration(10)                                       // whether probabilities are what they say
//	bounds, err := sample.Intervals(eval.Bootstrap{}, eval.AUC, eval.AveragePrecision)
//
// [Sample.ROC] and [Sample.PrecisionRecall] are the curves, [Sample.Measure] is one
// number, [ComparePaired] and [DeLong] say whether models differ by more than noise.
// [Score], [ROC], [Evaluate] and [Curve] are the short ways to one report or curve.
//
// Numbers that have no value, such as the precision of a model that never says yes, are
// NaN, shown as a dash, and come with a [Warning] or an error that says why; they are
// never replaced by 0 or 0.5.
package eval
