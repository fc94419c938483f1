package eval

import (
	"fmt"
	"slices"
	"strings"
	"time"
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
	number := make(map[int64]int32)
	for _, t := range s.times {
		number[at(t)] = 0
	}
	for start := range number {
		starts = append(starts, start)
	}
	slices.Sort(starts)
	for k, start := range starts {
		number[start] = int32(k)
	}
	blocks = make([]int32, len(s.times))
	for i, t := range s.times {
		blocks[i] = number[at(t)]
	}
	return blocks, starts, nil
}

// duration writes whole hours and minutes without zeros behind them.
func duration(d time.Duration) string {
	text := d.String()
	if strings.HasSuffix(text, "m0s") {
		text = strings.TrimSuffix(text, "0s")
	}
	if strings.HasSuffix(text, "h0m") {
		text = strings.TrimSuffix(text, "0m")
	}
	return text
}
