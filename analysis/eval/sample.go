package eval

import (
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/stophacking/kelpie/analysis/internal/ranking"
	"github.com/stophacking/kelpie/analysis/number"
	"github.com/stophacking/kelpie/analysis/visible"
)

// Rows are predictions at hand, for [Of]. Item i of each slice belongs to row i; all
// but Scores and Labels may be nil.
type Rows struct {
	Name    string      // whose predictions they are, which tables say; may be ""
	Scores  []float64   // finite; greater is more likely positive
	Labels  []float64   // 1 for a positive row, 0 for another
	Weights []float64   // how much a row counts, 0 or more; nil counts each once
	Groups  []string    // the kind of attack, the machine, or whatever tells rows apart
	Times   []time.Time // when the row was recorded; seconds count

	// Share is which share of all rows these are, in (0, 1]; 0 means 1. It raises the
	// alerts a day, and nothing else: a fifth of the rows has a fifth of the alerts.
	Share float64
	// Days is over how many days all rows were recorded; 0 takes the days from the
	// first to the last of Times. Alerts a day are counted by it.
	Days float64
}

// A Sample is predictions and what is known of each: score, label, weight, group,
// time and row. All that this package says is computed from one. It does not change.
// It is made by [Of] or [Take]; of another, and of nil, all verbs fail with [ErrEmpty].
type Sample struct {
	name           string
	scores, labels []float64
	weights        []float64 // nil: all 1
	groups         []int32   // index in names; nil: none
	names          []string
	times          []int64 // Unix seconds; nil: none
	rows           []int   // where the row was before those of weight 0 were left out; nil: the same

	ranks       ranking.Ranking
	whole       view
	days, share float64
	daysFrom    string // how days were counted
	positives   int
	correction  string // how the scores were corrected; "" is not
	notes       []Warning
}

// A Prediction is one row of a sample.
type Prediction struct {
	Row           int // counted from 0 in what the sample was made of
	Score, Weight float64
	Label         int       // 0 or 1
	Group         string    // "" without groups, and for a null
	Time          time.Time // UTC; zero without times
}

// Of makes a sample of rows at hand, which are copied. It fails with [ErrEmpty],
// [ErrLength], [ErrScore] (NaN or infinite), [ErrLabel], [ErrWeight] (negative, NaN
// or infinite), [ErrTime] (the zero time, or one thousands of years away) or [ErrSpan]
// (Share or Days out of range). Rows of weight 0 are left out, which a warning says.
// O(n).
func Of(r Rows) (*Sample, error) {
	var times []int64
	if r.Times != nil {
		times = make([]int64, len(r.Times))
		for i, t := range r.Times {
			times[i] = t.Unix()
		}
	}
	return newSample(r, times, "", "", "", "")
}

// neverSet is the zero time.
var neverSet = time.Time{}.Unix()

// maxSeconds bounds times to some thirty thousand years around 1970.
const maxSeconds = 1e12

// newSample checks and copies the rows; errors put these texts before the row.
func newSample(r Rows, times []int64, score, label, weight, at string) (*Sample, error) {
	n := len(r.Scores)
	if len(r.Labels) != n {
		return nil, fmt.Errorf("eval: %w: %d and %d", ErrLength, n, len(r.Labels))
	}
	for _, c := range []struct {
		what string
		have int
		none bool
	}{{"weights", len(r.Weights), r.Weights == nil}, {"groups", len(r.Groups), r.Groups == nil}, {"times", len(times), times == nil}} {
		if !c.none && c.have != n {
			return nil, fmt.Errorf("eval: %w: %d scores and %d %s", ErrLength, n, c.have, c.what)
		}
	}
	if !(r.Share >= 0 && r.Share <= 1) || !(r.Days >= 0) || math.IsInf(r.Days, 1) {
		return nil, fmt.Errorf("eval: %w: share %v, days %v", ErrSpan, r.Share, r.Days)
	}
	s := &Sample{name: r.Name, share: r.Share, days: r.Days, daysFrom: "as given"}
	zeros := 0
	for i, value := range r.Scores {
		if math.IsNaN(value) || math.IsInf(value, 0) {
			return nil, fmt.Errorf("eval: %srow %d: %w: %v", score, i, ErrScore, value)
		}
		if l := r.Labels[i]; l != 0 && l != 1 {
			return nil, fmt.Errorf("eval: %srow %d: %w: %v", label, i, ErrLabel, l)
		}
		if times != nil && (times[i] == neverSet || times[i] <= -maxSeconds || times[i] >= maxSeconds) {
			return nil, fmt.Errorf("eval: %srow %d: %w: %s", at, i, ErrTime, moment(times[i]))
		}
		if r.Weights == nil {
			continue
		}
		if w := r.Weights[i]; !(w >= 0) || math.IsInf(w, 1) {
			return nil, fmt.Errorf("eval: %srow %d: %w: %v", weight, i, ErrWeight, w)
		} else if w == 0 {
			zeros++
		}
	}
	if n == zeros {
		return nil, fmt.Errorf("eval: %w", ErrEmpty)
	}
	kept := make([]int, 0, n-zeros)
	for i := range r.Scores {
		if r.Weights == nil || r.Weights[i] > 0 {
			kept = append(kept, i)
		}
	}
	s.scores, s.labels = pick(r.Scores, kept), pick(r.Labels, kept)
	s.weights, s.times = pick(r.Weights, kept), pick(times, kept)
	if zeros > 0 {
		s.rows = kept
		s.notes = append(s.notes, Warning{ZeroWeights, fmt.Sprintf("%s rows of weight 0 are left out", number.Count(zeros))})
	}
	s.code(pick(r.Groups, kept))
	if s.share == 0 {
		s.share = 1
	}
	if s.days == 0 && s.times != nil {
		first, last := span(s.times)
		s.days = float64(last-first) / secondsADay
		s.daysFrom = fmt.Sprintf("from %s to %s", moment(first), moment(last))
	}
	if days := s.alertDays(); days == 0 || math.IsInf(1/days, 1) {
		return nil, fmt.Errorf("eval: %w: share %v, days %v", ErrSpan, r.Share, r.Days)
	}
	for _, l := range s.labels {
		s.positives += int(l)
	}
	s.rank()
	if math.IsInf(s.whole.positives+s.whole.negatives, 1) {
		return nil, fmt.Errorf("eval: %w: the sum of all", ErrWeight)
	}
	return s, nil
}

// rank orders the scores and counts them.
func (s *Sample) rank() {
	s.ranks = ranking.Of(s.scores)
	s.whole = newView(s.ranks.Count(s.labels, s.weights), s.alertDays())
	s.notes = slices.DeleteFunc(slices.Clone(s.notes), func(w Warning) bool { return w.Code == AllTied || w.Code == ClassScores }) // of other scores
	if len(s.whole.Scores) == 1 && s.Len() > 1 {
		s.notes = append(s.notes, Warning{AllTied, fmt.Sprintf("all scores are %s, so they tell no row from another", short(s.scores[0]))})
	}
	if scores := s.whole.Scores; len(scores) == 2 && scores[0] == 1 && scores[1] == 0 {
		s.notes = append(s.notes, Warning{ClassScores, "all scores are 0 or 1: if they are predicted classes, take the probabilities instead, which rank the rows and have thresholds"})
	}
}

// check says whether there is a sample: not where the error of Of or Take was passed
// over.
func (s *Sample) check() error {
	if s == nil || len(s.scores) == 0 {
		return fmt.Errorf("eval: %w: the sample was not made by Of or Take, or that failed", ErrEmpty)
	}
	return nil
}

// code numbers the groups, in the order in which they appear.
func (s *Sample) code(groups []string) {
	if groups == nil {
		return
	}
	codes := make(map[string]int32)
	s.groups = make([]int32, len(groups))
	for i, name := range groups {
		code, known := codes[name]
		if !known {
			code = int32(len(s.names))
			codes[name] = code
			s.names = append(s.names, name)
		}
		s.groups[i] = code
	}
}

func pick[T any](values []T, rows []int) []T {
	if values == nil {
		return nil
	}
	picked := make([]T, len(rows))
	for k, i := range rows {
		picked[k] = values[i]
	}
	return picked
}

// Len returns the number of predictions.
func (s *Sample) Len() int {
	if s == nil {
		return 0
	}
	return len(s.scores)
}

// Positives returns the number of rows with label 1.
func (s *Sample) Positives() int {
	if s == nil {
		return 0
	}
	return s.positives
}

// At returns prediction i, from 0 to Len()-1, in the order of the rows. It panics for
// another i, as a slice does.
func (s *Sample) At(i int) Prediction {
	p := Prediction{Row: i, Score: s.scores[i], Weight: s.weight(i), Label: int(s.labels[i])}
	if s.rows != nil {
		p.Row = s.rows[i]
	}
	if s.groups != nil {
		p.Group = s.names[s.groups[i]]
	}
	if s.times != nil {
		p.Time = time.Unix(s.times[i], 0).UTC()
	}
	return p
}

// String says how large the sample is.
func (s *Sample) String() string {
	if s.check() != nil {
		return "Sample of no rows"
	}
	return "Sample, " + s.title()
}

func (s *Sample) weight(i int) float64 {
	if s.weights == nil {
		return 1
	}
	return s.weights[i]
}

// named is a name as the beginning of what is said of it.
func named(name string) string {
	if name == "" {
		return ""
	}
	return visible.Text(name) + ": "
}

// counted says how many rows there are, and how many of them are positive.
func counted(n, positives int, prevalence float64, weighted bool) string {
	text := fmt.Sprintf("n = %s, positives = %s (%s)", number.Count(n), number.Count(positives), percent(prevalence))
	if weighted {
		text += ", weighted"
	}
	return text
}

// title is what every table of the sample says of it.
func (s *Sample) title() string { return named(s.name) + s.size() }

// size says the sample without its name.
func (s *Sample) size() string {
	text := counted(s.Len(), s.positives, s.whole.prevalence(), s.weights != nil)
	if s.correction != "" {
		text += ", " + s.correction
	}
	return text
}
