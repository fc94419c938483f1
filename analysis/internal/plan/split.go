package plan

import (
	"fmt"
	"time"

	"github.com/stophacking/kelpie/analysis/internal/column"
	"github.com/stophacking/kelpie/analysis/visible"
)

// What the numbers of a [Part] are drawn for.
const (
	ByRow   = ""           // each row
	ByLevel = "stratified" // each row; its place among those of its level counts
	ByGroup = "group"      // each group: its rows have one number
)

// Part is one part of a random split: the rows whose number lies in [From, To),
// or, with Rest, all others. The numbers of one split lie in [0, 1), and its parts
// tile that, so they are disjoint and complete.
//
// The number of a row is its draw; in a group the draw of the group. Of a level of
// n rows, that with the k-th smallest draw, counted from 0, has the number (k+u)/n,
// where u in [0, 1) is drawn for the level: a part has its share of each level, up
// to one row, and of levels of few rows it has that share on average.
type Part struct {
	By       string
	Column   string // of which each value is a level or a group; null is one
	Fold     bool   // of a k-fold: its draws are not those of a split
	From, To float64
	Rest     bool
	Seed     uint64
}

func (p Part) Draws() (kind string, seed uint64) { return p.kind(), p.Seed }

func (p Part) kind() string {
	kind := "split"
	if p.Fold {
		kind = "fold"
	}
	if p.By == ByRow {
		return kind
	}
	return p.By + " " + kind
}

func (p Part) Describe() string {
	text := p.kind()
	if p.By != ByRow {
		text += " by " + visible.Text(p.Column)
	}
	switch p.By {
	case ByLevel:
		text += ", rows of each level"
	case ByGroup:
		text += ", groups drawn"
	default:
		text += ", rows drawn"
	}
	in := "in"
	if p.Rest {
		in = "outside"
	}
	return fmt.Sprintf("%s %s [%s, %s) (seed %d)", text, in, written(p.From), written(p.To), p.Seed)
}

// Share is which share of the rows, levels or groups the part is expected to have.
func (p Part) Share() float64 {
	if p.Rest {
		return 1 - (p.To - p.From)
	}
	return p.To - p.From
}

func (p Part) Fields(parents [][]Field) ([]Field, error) {
	if !(p.From >= 0 && p.From <= p.To && p.To <= 1) {
		return nil, fmt.Errorf("%s: weights must be positive shares; got the part [%v, %v)", p.kind(), p.From, p.To)
	}
	if p.By != ByRow {
		if _, err := plainColumns(parents[0], []string{p.Column}); err != nil {
			return nil, fmt.Errorf("%s: %w", p.kind(), err)
		}
	}
	return parents[0], nil
}

// TimePart is the rows whose time, in seconds since 1970 UTC, is before Cut, or,
// with From, those whose time is not. A row without a time is a mistake.
type TimePart struct {
	Column string
	Cut    int64
	From   bool
}

func (t TimePart) Describe() string {
	side := "before"
	if t.From {
		side = "from"
	}
	return fmt.Sprintf("time split, %s %s %s", visible.Text(t.Column), side, time.Unix(t.Cut, 0).UTC().Format("2006-01-02 15:04:05 UTC"))
}

func (t TimePart) Fields(parents [][]Field) ([]Field, error) {
	f, err := Find(parents[0], t.Column)
	if err != nil {
		return nil, fmt.Errorf("time split: %w", err)
	}
	if !f.Type.Numeric() {
		return nil, fmt.Errorf("time split: column %q is %s, neither timestamp nor a number of seconds", t.Column, f.Type)
	}
	if !column.InYears(t.Cut) {
		return nil, fmt.Errorf("time split: the cut, less the gap, is %d seconds since 1970 UTC, outside of the years 1 to 9999", t.Cut)
	}
	return parents[0], nil
}
