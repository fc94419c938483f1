// Package eval says what a binary classifier is worth, from its scores and the
// true labels.
//
// scores[i] is what a model says of row i, a probability of the positive class or
// any other finite number that grows with it; labels[i] is 1 for a positive row,
// such as an attack, and 0 for another. A row is predicted positive where its
// score is greater than the threshold, as in Spark.
//
//	report, err := eval.Score(scores, labels, 0.5)   // counts, rates, AUC, warnings
//	curve, err := eval.ROC(scores, labels)           // the curve behind the AUC
//	table := eval.Compare(eval.Named{Name: "tree", Report: report}) // several models beside a constant answer
//
// Numbers that have no value, such as the precision of a model that never says
// yes, are NaN and come with a [Warning]; they are never replaced by 0 or 0.5.
package eval
