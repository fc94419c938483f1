package plots

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/stophacking/kelpie/analysis/visible"
	"github.com/stophacking/kelpie/plots/internal/scene"
)

// Timeline counts rows along the time, by kind: stacked on each other, or each kind
// in a lane of its own, where kinds of few rows are seen beside those of many. The
// zero value has no data, which is an error of PNG.
type Timeline struct {
	Title string

	// Times[i] is when row i was, in seconds since 1970 (UTC), and Kinds[i] what it is,
	// such as "normal" or the kind of an attack; nil Kinds are all one. Rows[i] is how
	// many rows stand behind it, as in a table of counts; nil counts each as one. A
	// row whose time is not finite is left out and said.
	Times []float64
	Kinds []string
	Rows  []float64

	// Bin is the length of time in which rows are counted together, in seconds, from a
	// multiple of it since 1970 on; 0 is an hour.
	Bin float64

	// Lanes draws a lane for each of at most 24 kinds, each with its own scale, the
	// attacks in one colour. Otherwise at most 8 kinds are stacked.
	Lanes bool

	Total int // number of rows from which these are a sample; 0 means that these are all

	Caption       string // small print under the figure
	Alt           string // a sentence that states the finding
	Width, Height int    // display pixels; 0 is 640 by 400, or as high as the lanes need

	Fonts [][]byte // for characters that the figure's own font has not (package comment)
}

// Limits of a timeline.
const (
	maxLanes   = 24
	maxStacked = 8
	maxBins    = 20000
	leastBin   = 1.5 // display pixels of a bin in a lane
)

// PNG draws the figure.
func (f Timeline) PNG() ([]byte, error) { return draw(f.lower()) }

// AltText returns Alt, or a sentence made from the data.
func (f Timeline) AltText() string { return altText(f.Alt, f.lower) }

// String returns the finding and where the rows of each kind lie in one line.
func (f Timeline) String() string { return text(f.Alt, f.lower) }

// A lane is the counted rows of a kind.
type lane struct {
	name      string
	counts    []float64 // by bin
	rows      float64
	from, to  int // first and last bin with a row
	peak      float64
	otherwise bool // not normal
}

// A timetable is the rows of a timeline by kind and bin.
type timetable struct {
	lanes []lane
	start float64 // of the first bin
	bin   float64
	bins  int
	rows  float64
	notes []string
}

func (f Timeline) lower() (scene.Scene, string, error) {
	t, err := f.count()
	if err != nil {
		return scene.Scene{}, "", fmt.Errorf("plots: timeline: %w", err)
	}
	s := scene.Scene{Title: clean(f.Title), Fonts: f.Fonts}
	high := defaultHeight
	if f.Lanes {
		high = 130 + 44*max(2, len(t.lanes))
	}
	if s.Width, s.Height, err = size("timeline", f.Width, f.Height, defaultWidth, high); err != nil {
		return s, "", err
	}
	long := t.bin * float64(t.bins)
	if s.X, err = timeAxis("time", span{t.start - 0.01*long, t.start + 1.01*long}, timeTicks); err != nil {
		return s, "", err
	}
	s.X.Grid = f.Lanes
	per := "rows in " + duration(t.bin)
	if f.Lanes {
		f.drawLanes(&s, t, per)
	} else if err := f.drawStack(&s, t, per); err != nil {
		return s, "", err
	}
	s.Caption = caption(f.Caption, t.notes)
	return s, f.summary(t), nil
}

// count sorts the rows into kinds and bins.
func (f Timeline) count() (timetable, error) {
	t := timetable{bin: f.Bin}
	if t.bin == 0 {
		t.bin = 3600
	}
	switch {
	case len(f.Times) == 0:
		return t, errors.New("no rows")
	case f.Kinds != nil && len(f.Kinds) != len(f.Times):
		return t, fmt.Errorf("%d times, but %d kinds", len(f.Times), len(f.Kinds))
	case f.Rows != nil && len(f.Rows) != len(f.Times):
		return t, fmt.Errorf("%d times, but %d numbers of rows", len(f.Times), len(f.Rows))
	case !(t.bin > 0) || math.IsInf(t.bin, 0):
		return t, fmt.Errorf("a bin of %g seconds", f.Bin)
	}
	lo, hi := extent(f.Times)
	if lo > hi {
		return t, errors.New("no row can be drawn: no time is finite")
	}
	if lo < -timeLimit/4 || hi > timeLimit {
		return t, fmt.Errorf("times from %g to %g are not seconds since 1970", lo, hi)
	}
	first := math.Floor(lo / t.bin)
	bins := math.Floor(hi/t.bin) - first + 1
	if bins > maxBins {
		return t, fmt.Errorf("%.0f bins of %s are more than the %d that can be drawn; give a longer Bin", bins, duration(t.bin), maxBins)
	}
	t.start, t.bins = first*t.bin, int(bins)

	places := map[string]int{}
	lost, total := 0, 0.0
	lastKind, place := "", -1 // kinds come in runs
	for i, at := range f.Times {
		rows, kind := 1.0, ""
		if f.Rows != nil {
			rows = f.Rows[i]
		}
		if f.Kinds != nil {
			kind = f.Kinds[i]
		}
		if !finite(rows) || rows < 0 {
			return t, fmt.Errorf("row %d stands for %g rows", i, rows)
		}
		if !finite(at) {
			lost++
			continue
		}
		if place < 0 || kind != lastKind {
			k, ok := places[kind]
			if !ok {
				if k = len(t.lanes); k == maxLanes || !f.Lanes && k == maxStacked {
					return t, fmt.Errorf("more than %d kinds; group the rare ones", k)
				}
				places[kind] = k
				t.lanes = append(t.lanes, lane{name: kind, counts: make([]float64, t.bins), from: -1,
					otherwise: !strings.EqualFold(kind, "normal")})
			}
			lastKind, place = kind, k
		}
		b := min(t.bins-1, max(0, int(math.Floor(at/t.bin)-first)))
		t.lanes[place].counts[b] += rows
		total += rows
	}
	if total == 0 || math.IsInf(total, 0) {
		return t, fmt.Errorf("%g rows can be drawn", total)
	}
	t.rows = total
	for k := range t.lanes {
		t.lanes[k].measure()
	}
	slices.SortStableFunc(t.lanes, func(a, b lane) int { // normal first, then as they begin
		switch {
		case a.otherwise != b.otherwise && b.otherwise:
			return -1
		case a.otherwise != b.otherwise:
			return 1
		case a.from != b.from:
			return a.from - b.from
		}
		return strings.Compare(a.name, b.name)
	})
	if f.Total > 0 {
		if float64(f.Total) < total {
			return t, fmt.Errorf("a sample of %s rows cannot come from %s", count(total), count(float64(f.Total)))
		}
		t.notes = append(t.notes, fmt.Sprintf("%s of %s rows, sampled", count(total), count(float64(f.Total))))
	} else {
		t.notes = append(t.notes, "n = "+count(total)+" rows")
	}
	if lost > 0 {
		t.notes = append(t.notes, plural(lost, "row")+" without a time, left out")
	}
	return t, nil
}

// measure finds where the rows of a lane lie.
func (l *lane) measure() {
	for i, n := range l.counts {
		if n > 0 {
			if l.from < 0 {
				l.from = i
			}
			l.to, l.rows, l.peak = i, l.rows+n, max(l.peak, n)
		}
	}
}

// summary says for each kind how many rows there are, from when to when.
func (f Timeline) summary(t timetable) string {
	out := fmt.Sprintf("%s: %s rows in bins of %s from %s to %s", heading("Timeline", f.Title), count(t.rows), duration(t.bin),
		date(t.start), date(t.start+t.bin*float64(t.bins)))
	for _, l := range t.lanes {
		if l.rows == 0 {
			continue
		}
		name := ""
		if f.Kinds != nil {
			name = visible.Text(l.name) + " "
		}
		out += fmt.Sprintf("; %s%s rows from %s to %s, at most %s in %s", name, count(l.rows),
			date(t.start+t.bin*float64(l.from)), date(t.start+t.bin*float64(l.to+1)), count(l.peak), duration(t.bin))
	}
	return out + "."
}

// duration writes a length of time: an hour, 30 minutes, 2 days.
func duration(seconds float64) string {
	for _, u := range []struct {
		size float64
		one  string
		many string
	}{{day, "a day", "days"}, {3600, "an hour", "hours"}, {60, "a minute", "minutes"}} {
		if seconds == u.size {
			return u.one
		}
		if seconds > u.size && math.Mod(seconds, u.size) == 0 {
			return count(seconds/u.size) + " " + u.many
		}
	}
	return count(seconds) + " seconds"
}
