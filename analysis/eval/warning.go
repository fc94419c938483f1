package eval

import (
	"fmt"

	"github.com/stophacking/kelpie/analysis/number"
)

// A Warning says why a number of a report may mislead. It is an error value, but
// the report it comes with stands.
type Warning struct {
	Code string // one of the codes below; they do not change
	Text string // one sentence, with the numbers
}

// The codes of warnings.
const (
	BelowBaseline    = "below-baseline"    // accuracy is lower than that of a constant answer
	Imbalanced       = "imbalanced"        // one class has 80 % of the rows or more
	FewPositives     = "few-positives"     // less than 30 positive rows
	OneClass         = "one-class"         // all labels are equal, or a class is missing: no AUC, or no rate of its rows
	NothingPredicted = "nothing-predicted" // no row is predicted positive: no precision
	UnknownValues    = "unknown-values"    // of a text column the model knows no value
	ZeroWeights      = "zero-weights"      // rows of weight 0 are left out
	CertainAndWrong  = "certain-and-wrong" // a probability of 0 or 1 for a row of the other label
	FewBlocks        = "few-blocks"        // positive rows lie in less than 10 blocks of time
	Undefined        = "undefined"         // a number, or some of its replicates, have no value
	AllTied          = "all-tied"          // all scores are equal: nothing is told apart
	ClassScores      = "class-scores"      // all scores are 0 or 1, as those of predicted classes are
	MixedCorrections = "mixed-corrections" // models are compared whose probabilities are corrected in different ways
)

const (
	imbalance    = 0.8
	minPositives = 30
)

// without warns of the rows of a table that lack what a share is taken of, for example
// "1 of 3 groups hold no positive row, so they have no recall"; nothing where none do.
func without(code string, count, of int, rows, lack, number string) []Warning {
	if count == 0 {
		return nil
	}
	return []Warning{{code, fmt.Sprintf("%d of %d %s %s, so they have no %s", count, of, rows, lack, number)}}
}

// Error returns the warning's code and text.
func (w Warning) Error() string { return w.Code + ": " + w.Text }

func (r Report) warnings() []Warning {
	var all []Warning
	warn := func(code, format string, args ...any) {
		all = append(all, Warning{Code: code, Text: fmt.Sprintf(format, args...)})
	}
	if r.Positives == 0 || r.Positives == r.N {
		if r.Positives == 0 {
			warn(OneClass, "no row is positive, so the AUC is undefined, and the recall")
		} else {
			warn(OneClass, "no row is negative, so the AUC is undefined")
		}
	}
	if r.TP+r.FP == 0 {
		warn(NothingPredicted, "no score is above the threshold %s, so the precision is undefined", short(r.Threshold))
	}
	if r.Accuracy < r.Baseline {
		accuracy, baseline := rate(r.Accuracy), rate(r.Baseline)
		if accuracy == baseline { // as in the table, unless that tells no difference
			accuracy, baseline = number.Exact(r.Accuracy), number.Exact(r.Baseline)
		}
		warn(BelowBaseline, "accuracy %s is below the %s of always answering %d", accuracy, baseline, r.majority())
	}
	if r.Baseline >= imbalance {
		warn(Imbalanced, "%s of the rows are of class %d, so accuracy alone misleads", percent(r.Baseline), r.majority())
	}
	if r.Positives > 0 && r.Positives < minPositives {
		warn(FewPositives, "only %s rows are positive, so recall and AUC are uncertain", number.Count(r.Positives))
	}
	return all
}

// majority is the more frequent label, 0 if both are as frequent.
func (r Report) majority() int {
	if r.Prevalence > 0.5 {
		return 1
	}
	return 0
}
