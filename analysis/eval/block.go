package eval

import (
	"fmt"
	"slices"
	"time"

	"github.com/stophacking/kelpie/analysis/number"
)

// blocks numbers the stretches of time that hold rows, in order: blocks[i] is that of
// row i, and starts are their beginnings in Unix seconds.
func (s *Sample) blocks(width time.Duration) (blocks []int32, starts []int64, err error) {
	if err := s.check(); err != nil {
		return nil, nil, err
	}
	if s.times == nil {
		return nil, nil, fmt.Errorf("eval: %w", ErrNoTimes)
	}
	if width < time.Second || width%time.Second != 0 {
		return nil, nil, fmt.Errorf("eval: %w: %v", ErrWidth, width)
	}
	seconds := int64(width / time.Second)
	at := func(t int64) int64 {
		rest := t % seconds
		if rest < 0 {
			rest += seconds
		}
		return t - rest
	}
	place := make(map[int64]int32)
	for _, t := range s.times {
		place[at(t)] = 0
	}
	for start := range place {
		starts = append(starts, start)
	}
	slices.Sort(starts)
	for k, start := range starts {
		place[start] = int32(k)
	}
	blocks = make([]int32, len(s.times))
	for i, t := range s.times {
		blocks[i] = place[at(t)]
	}
	return blocks, starts, nil
}

// duration writes the width of a stretch of time in the greatest unit of which it is a
// whole number.
func duration(d time.Duration) string {
	for _, unit := range []struct {
		name  string
		width time.Duration
	}{{"day", 24 * time.Hour}, {"h", time.Hour}, {"min", time.Minute}, {"s", time.Second}} {
		if n := d / unit.width; d%unit.width == 0 && n > 0 {
			if unit.name == "day" && n > 1 {
				unit.name = "days"
			}
			return number.Count(int64(n)) + " " + unit.name
		}
	}
	return number.Duration(d)
}
