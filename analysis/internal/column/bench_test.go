package column_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stophacking/kelpie/analysis/internal/column"
)

const benchRows = 2_000_000

// benchColumns are like those of host telemetry: times, counters, rates, names.
func benchColumns() map[string]*column.Column {
	rng := rand.New(rand.NewPCG(1, 1))
	nulls := fill(benchRows, func() bool { return rng.IntN(10) > 0 })
	names := make([]string, 300)
	for i := range names {
		names[i] = string(rune('a'+i%26)) + string(rune('a'+i/26))
	}
	return map[string]*column.Column{
		"timestamp":    column.FromTimestamps("ts", fill(benchRows, func() int64 { return 1_554_000_000 + rng.Int64N(5e6) }), nil),
		"int32":        column.FromInt32s("PID", fill(benchRows, func() int32 { return rng.Int32N(32768) }), nil),
		"int32nulls":   column.FromInt32s("PID", fill(benchRows, func() int32 { return rng.Int32N(32768) }), nulls),
		"float64":      column.FromFloat64s("CPU", fill(benchRows, func() float64 { return math.Abs(rng.NormFloat64()) }), nil),
		"float64nulls": column.FromFloat64s("CPU", fill(benchRows, func() float64 { return float64(rng.IntN(100)) / 100 }), nulls),
		"string":       column.FromStrings("CMD", fill(benchRows, func() string { return names[min(299, int(rng.ExpFloat64()*20))] }), nil),
	}
}

func benchmark(b *testing.B, do func(c *column.Column)) {
	for name, c := range benchColumns() {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				do(c)
			}
		})
	}
}

func BenchmarkDescribe(b *testing.B) { benchmark(b, func(c *column.Column) { column.Describe(c) }) }

func BenchmarkValueCounts(b *testing.B) {
	benchmark(b, func(c *column.Column) { column.ValueCounts(c) })
}

func BenchmarkGather(b *testing.B) {
	rng := rand.New(rand.NewPCG(1, 1))
	var rows []uint32
	for i := range benchRows {
		if rng.IntN(2) == 0 {
			rows = append(rows, uint32(i))
		}
	}
	benchmark(b, func(c *column.Column) { c.Gather(rows) })
}

func BenchmarkSortRows(b *testing.B) {
	benchmark(b, func(c *column.Column) { column.SortRows([]*column.Column{c}, nil) })
}
