package analysis

import (
	"fmt"
	"time"

	"github.com/stophacking/kelpie/analysis/internal/plan"
)

// A Split is a frame in two disjoint parts. A part that holds no row, although
// rows were given and its share is not 0, is an empty frame with a warning.
type Split struct{ Train, Test Frame }

// Split divides the rows of f at random: each goes to Train with probability
// fraction, else to Test. Sizes are therefore near the fraction, not equal to it.
// A part can be split again, with the same seed or another.
func (f Frame) Split(fraction float64, seed uint64) Split {
	return f.split(plan.Part{Seed: seed}, fraction)
}

// split returns the parts [0, fraction) and [fraction, 1) of what p says of both.
func (f Frame) split(p plan.Part, fraction float64) Split {
	train, test := p, p
	train.From, train.To = 0, fraction
	test.From, test.To = fraction, 1
	return Split{Train: f.with(train), Test: f.with(test)}
}

// RandomSplit divides the rows at random in parts of the given weights, which
// need not sum to one. The parts are disjoint and hold every row; part i is the
// result's item i. Split(w, seed) equals RandomSplit of w and 1-w.
func (f Frame) RandomSplit(weights []float64, seed uint64) []Frame {
	total, valid := 0.0, true
	for _, w := range weights {
		total += w
		valid = valid && w >= 0
	}
	frames := make([]Frame, len(weights))
	from, sum := 0.0, 0.0
	for i, w := range weights {
		sum += w
		to := sum / total
		if i == len(weights)-1 {
			to = 1
		}
		if !valid || !(total > 0) {
			frames[i] = f.failed(plan.Part{}, fmt.Errorf("random split: weights %v must be positive", weights))
			continue
		}
		frames[i] = f.with(plan.Part{From: from, To: to, Seed: seed})
		from = to
	}
	return frames
}

// failed returns the frame of op applied to f, with a mistake that op does not
// know of. An earlier mistake of f stays the one that is reported.
func (f Frame) failed(op plan.Op, mistake error) Frame {
	n := plan.New(op, f.Node())
	if f.Node().Err == nil {
		n.Fail(mistake)
	}
	return Frame{session: f.session, node: n}
}

// StratifiedSplit divides the rows of f at random so that both parts have equal
// shares of each level, that is, each value of the column: of a level of n rows,
// Train has fraction*n, which is rounded up or down, by a draw of the level. So a
// level of one row goes to Train with probability fraction, as in [Frame.Split]. A
// part that has no row of some level says so in a warning. Null is a level, and so
// is NaN.
//
// The rows of Train are those with the smallest draws. A filter above does not
// change a row's draw, but it may change how many rows of its level count, and so
// move rows that lie near the border. The cost is that of GroupBy and three passes.
func (f Frame) StratifiedSplit(column string, fraction float64, seed uint64) Split {
	return f.split(plan.Part{By: plan.ByLevel, Column: column, Seed: seed}, fraction)
}

// GroupSplit divides the rows of f at random so that all rows of a group, that is,
// with one value of the column, are in the same part: what is learned from a host is
// tried on others. Each group goes to Train with probability fraction, else to Test,
// so the shares are about groups; those of rows may differ much where few groups
// hold most rows. Null is a group, and so is NaN.
//
// A group is drawn by its value and the seed alone. With equal seeds it goes the
// same way in other frames too, whatever the type of numbers or the column's name.
func (f Frame) GroupSplit(column string, fraction float64, seed uint64) Split {
	return f.split(plan.Part{By: plan.ByGroup, Column: column, Seed: seed}, fraction)
}

// TimeSplit divides the rows of f by a column of times, Timestamp or a number of
// seconds since 1970 UTC. Test has the rows from the cut on, Train those before the
// cut less the gap. The rows in the gap, which ends at the cut, are in neither part:
// a gap stands for the time that labels take to arrive, or keeps one attack from
// being in both parts. Test does not depend on the gap, so gaps can be compared.
//
// Nothing is drawn. The cut and the gap are whole seconds; a gap may be 0. A row
// whose time is null or NaN is an error: drop such rows first, or fill them.
func (f Frame) TimeSplit(column string, cut time.Time, gap time.Duration) Split {
	train := plan.TimePart{Column: column, Cut: cut.Unix() - int64(gap/time.Second)}
	test := plan.TimePart{Column: column, Cut: cut.Unix(), From: true}
	var mistake error
	switch {
	case cut.IsZero():
		mistake = fmt.Errorf("time split: the cut is the zero time.Time")
	case cut.Nanosecond() != 0:
		mistake = fmt.Errorf("time split: the cut %s is no whole second", cut.UTC().Format(time.RFC3339Nano))
	case gap < 0 || gap%time.Second != 0:
		mistake = fmt.Errorf("time split: the gap %v must be whole seconds, and not negative", gap)
	default:
		return Split{Train: f.with(train), Test: f.with(test)}
	}
	return Split{Train: f.failed(train, mistake), Test: f.failed(test, mistake)}
}
