package toniot

import "sort"

// The clock. atop wrote a row every five seconds of the trace's own clock; the
// real files hold about three traces, rows of which alternate, and no second
// carries more than three rows. A window says how many lanes record at once: a
// lane is one trace at one phase of the five seconds.
const (
	step      = 5
	traces    = 3
	blockRows = 512 // rows of one trace that follow each other in a file

	// The band that holds every attack: 23 to 29 April 2019, UTC.
	bandStart, bandEnd = 1_556_000_000, 1_556_500_000
	// From here on the newer host is recorded, and with it units that survive.
	newerHostStart = 1_556_203_721
)

// A kind is a value of the column type; its text is kindNames[kind].
type kind uint8

const (
	normal kind = iota
	ddos
	dos
	injection
	mitm
	password
	scanning
	xss
)

var kindNames = [...]string{"normal", "ddos", "dos", "injection", "mitm", "password", "scanning", "xss"}

// A window is a stretch of time in which as many lanes record, and in which one
// kind of attack goes on (normal: none). Seconds count from 1,550,000,000.
type window struct {
	from, to int64
	lanes    int64
	kind     kind
}

const clockBase = 1_550_000_000

// A recording is a run of rows of one trace, five seconds apart.
type recording struct {
	trace   int
	start   int64 // ts of the first row
	rows    int64
	attacks int64 // rows of kind; the others are normal
	kind    kind
	era     int
}

// Eras: features may differ between them, and drawing is exact within each.
const (
	eraBefore = iota // before the band
	eraEarly         // the band, before the newer host
	eraLate          // the band, with the newer host
	eraAfter
	eras
)

func eraOf(ts int64) int {
	switch {
	case ts < bandStart:
		return eraBefore
	case ts < newerHostStart:
		return eraEarly
	case ts < bandEnd:
		return eraLate
	}
	return eraAfter
}

// longest is the most seconds a recording covers, so that a few rows too are
// spread over the whole range.
const longest = 50_000

// record lays rows over the windows, in trace order. Each recording starts at
// its place, and is as long as its share of the rows; the last one ends with
// the last window, so that the clock's range does not depend on the number of
// rows. attacks is indexed by kind.
func record(windows []window, rows int64, attacks []int64) []recording {
	var list []recording
	var room []int64
	for trace := range int64(traces) {
		for _, w := range windows {
			for from := w.from; from < w.to; from += longest {
				for lane := trace; lane < w.lanes; lane += traces {
					start := clockBase + from + lane/traces
					list = append(list, recording{trace: int(trace), start: start, kind: w.kind, era: eraOf(start)})
					room = append(room, (min(w.to, from+longest)-from)/step)
				}
			}
		}
	}
	for i, n := range apportion(rows, room) {
		list[i].rows = n
	}
	for k := ddos; int(k) < len(attacks); k++ {
		room := make([]int64, len(list))
		for i, r := range list {
			if r.kind == k {
				room[i] = r.rows
			}
		}
		for i, n := range capped(attacks[k], room, room) {
			list[i].attacks += n
		}
	}
	last := 0
	for i, r := range list {
		if r.start > list[last].start {
			last = i
		}
	}
	list[last].start = clockBase + windows[len(windows)-1].to - step*(list[last].rows-1)
	return list
}

// A block is a run of rows in file order: rows [from, from+rows) of all traces
// laid end to end.
type block struct{ from, rows int64 }

// interleave returns the file order of the rows of the recordings: blocks of
// the traces take turns, so that each trace is spread evenly over the files.
func interleave(list []recording) []block {
	var size, start [traces]int64
	for _, r := range list {
		size[r.trace] += r.rows
	}
	for t := 1; t < traces; t++ {
		start[t] = start[t-1] + size[t-1]
	}
	type placed struct {
		block
		key int64
	}
	var all []placed
	for t := range traces {
		count := (size[t] + blockRows - 1) / blockRows
		for b := range count {
			from := b * blockRows
			all = append(all, placed{
				block{start[t] + from, min(blockRows, size[t]-from)},
				(2*b + 1) << 32 / (2 * count),
			})
		}
	}
	sort.SliceStable(all, func(a, b int) bool { return all[a].key < all[b].key })
	blocks := make([]block, len(all))
	for i, p := range all {
		blocks[i] = p.block
	}
	return blocks
}
