package eval

import (
	"fmt"
	"math"
	"math/bits"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/stophacking/kelpie/analysis/internal/ranking"
	"github.com/stophacking/kelpie/analysis/number"
)

// A Bootstrap says how intervals are found: blocks of time are drawn with replacement,
// as many as there are, and the metric is computed anew from their rows, over and
// over. Rows of one attack lie close in time and are no independent evidence, so it is
// hours or days that are drawn, not rows. The zero value is a good one.
//
// The interval is between percentiles of what was found (Efron 1979). It is as wrong
// as the blocks are few: attacks on five days are five pieces of evidence.
type Bootstrap struct {
	Block      time.Duration // default 24 hours; blocks begin at multiples of it since 1970, UTC
	Replicates int           // how often blocks are drawn; default 1000, at most 100,000
	Seed       uint64        // the same seed draws the same blocks, on any number of processors
	Level      float64       // how often the interval should cover the truth; default 0.95
}

const (
	defaultReplicates = 1000
	maxReplicates     = 100_000
	minBlocks         = 10
)

func (b Bootstrap) withDefaults() (Bootstrap, error) {
	if b.Block == 0 {
		b.Block = 24 * time.Hour
	}
	if b.Replicates == 0 {
		b.Replicates = defaultReplicates
	}
	if b.Level == 0 {
		b.Level = 0.95
	}
	if b.Replicates < 1 || b.Replicates > maxReplicates {
		return b, fmt.Errorf("eval: %w: %d replicates", ErrBootstrap, b.Replicates)
	}
	if !(b.Level > 0 && b.Level < 1) {
		return b, fmt.Errorf("eval: %w: a level of %v", ErrBootstrap, b.Level)
	}
	return b, nil
}

// replicates computes metrics of samples of the same rows, each time of the same
// blocks: values[r][i][k] is metric k of sample i in replicate r, NaN where undefined.
func (b Bootstrap) replicates(samples []*Sample, metrics []Metric) (values [][][]float64, blocks int, warnings []Warning, err error) {
	if len(metrics) == 0 {
		return nil, 0, nil, fmt.Errorf("eval: %w: there are no metrics, such as AUC", ErrBootstrap)
	}
	for _, m := range metrics {
		for _, s := range samples {
			if err := m.check(s); err != nil {
				return nil, 0, nil, err
			}
		}
	}
	of, starts, err := samples[0].blocks(b.Block)
	if err != nil {
		return nil, 0, nil, err
	}
	blocks = len(starts)
	warnings = samples[0].fewBlocks(of, blocks, b.Block)
	drawn := make([]pieces, len(samples))
	for i, s := range samples {
		drawn[i] = s.pieces(of, blocks)
	}
	values = make([][][]float64, b.Replicates)
	var next atomic.Int64
	var workers sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), b.Replicates) {
		workers.Go(func() {
			times := make([]float64, blocks)
			steps := make([]ranking.Steps, len(samples))
			for i, p := range drawn {
				steps[i] = ranking.Steps{Scores: p.scores, Positives: make([]float64, len(p.scores)), Negatives: make([]float64, len(p.scores))}
			}
			for r := int(next.Add(1)) - 1; r < b.Replicates; r = int(next.Add(1)) - 1 {
				draw(times, b.Seed, r)
				for i, s := range samples {
					drawn[i].count(times, steps[i])
					v := newView(steps[i], s.alertDays())
					row := make([]float64, len(metrics))
					for k, m := range metrics {
						row[k] = m.of(v)
					}
					values[r] = append(values[r], row)
				}
			}
		})
	}
	workers.Wait()
	return values, blocks, warnings, nil
}

// fewBlocks warns where there is little to draw from.
func (s *Sample) fewBlocks(of []int32, blocks int, width time.Duration) []Warning {
	positive := make([]bool, blocks)
	count := 0
	for i, b := range of {
		if s.labels[i] == 1 && !positive[b] {
			positive[b] = true
			count++
		}
	}
	if count >= minBlocks {
		return nil
	}
	return []Warning{{FewBlocks, fmt.Sprintf("positive rows lie in only %s of %s blocks of %s, so the intervals are rough", number.Count(count), number.Count(blocks), duration(width))}}
}

// draw counts how often each block is taken in a replicate. Each draw is splitmix64's
// output at a place of its own.
func draw(times []float64, seed uint64, replicate int) {
	clear(times)
	stream := mix(mix(seed) + uint64(replicate+1)*weyl)
	for k := range times {
		high, _ := bits.Mul64(mix(stream+uint64(k+1)*weyl), uint64(len(times)))
		times[high]++
	}
}

const weyl = 0x9E3779B97F4A7C15 // splitmix64's step

// mix is splitmix64's output function.
func mix(x uint64) uint64 {
	x = (x ^ x>>30) * 0xBF58476D1CE4E5B9
	x = (x ^ x>>27) * 0x94D049BB133111EB
	return x ^ x>>31
}

// pieces are the weights of a sample by step, block and class, so that a draw is one
// pass over them: rows are sorted once, and those of equal scores are added up once.
type pieces struct {
	scores []float64 // of each step
	ends   []int32   // pieces[ends[k-1]:ends[k]] are of step k
	of     []piece
}

type piece struct {
	slot   int32 // twice the block, and 1 more for positives
	weight float64
}

func (s *Sample) pieces(blocks []int32, n int) pieces {
	p := pieces{scores: s.ranks.Scores}
	sums, touched := make([]float64, 2*n), make([]int32, 0, 2*n)
	start := int32(0)
	for _, end := range s.ranks.Ends {
		touched = touched[:0]
		for _, row := range s.ranks.Order[start:end] {
			slot := 2*blocks[row] + int32(s.labels[row])
			if sums[slot] == 0 { // weights are above 0
				touched = append(touched, slot)
			}
			sums[slot] += s.weight(int(row))
		}
		for _, slot := range touched {
			p.of = append(p.of, piece{slot, sums[slot]})
			sums[slot] = 0
		}
		p.ends = append(p.ends, int32(len(p.of)))
		start = end
	}
	return p
}

// count fills steps with the weights of a draw.
func (p pieces) count(times []float64, steps ranking.Steps) {
	i := int32(0)
	for k, end := range p.ends {
		positives, negatives := 0.0, 0.0
		for ; i < end; i++ {
			weight := p.of[i].weight * times[p.of[i].slot>>1]
			if p.of[i].slot&1 == 1 {
				positives += weight
			} else {
				negatives += weight
			}
		}
		steps.Positives[k], steps.Negatives[k] = positives, negatives
	}
}

// percentiles returns the ends of the middle part of the values that are defined, and
// how many are not; NaN if that is more than half. Between two values it goes along the
// line (R's type 7).
func percentiles(values []float64, level float64) (lower, upper float64, undefined int) {
	defined := slices.DeleteFunc(slices.Clone(values), math.IsNaN)
	slices.Sort(defined)
	undefined = len(values) - len(defined)
	if 2*undefined > len(values) {
		return math.NaN(), math.NaN(), undefined
	}
	return quantile(defined, (1-level)/2), quantile(defined, (1+level)/2), undefined
}

func quantile(sorted []float64, q float64) float64 {
	if len(sorted) == 0 {
		return math.NaN()
	}
	at := q * float64(len(sorted)-1)
	k := min(int(at), len(sorted)-1)
	if k+1 == len(sorted) {
		return sorted[k]
	}
	return sorted[k] + (at-float64(k))*(sorted[k+1]-sorted[k])
}
