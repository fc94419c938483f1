package store_test

import (
	"fmt"
	"testing"

	"github.com/stophacking/kelpie/analysis/internal/column"
	"github.com/stophacking/kelpie/analysis/internal/store"
)

// telemetry is a batch of 2 million rows and 17 columns, 5 of them texts.
func telemetry() *column.Batch {
	n := 2_000_000
	b := &column.Batch{Len: n}
	dictionary := make([]string, 430)
	for i := range dictionary {
		dictionary[i] = fmt.Sprintf("command %03d", i)
	}
	ints, floats, codes := make([]int32, n), make([]float64, n), make([]uint16, n)
	for i := range n {
		ints[i], floats[i], codes[i] = int32(i), float64(i), uint16(i*7%430)
	}
	for k := range 17 {
		c := &column.Column{Name: fmt.Sprint("column", k), Len: n}
		switch {
		case k < 5:
			c.Type, c.Codes16, c.Dictionary = column.String, codes, dictionary
		case k < 14:
			c.Type, c.Int32s = column.Int32, ints
		default:
			c.Type, c.Float64s = column.Float64, floats
		}
		b.Columns = append(b.Columns, c)
	}
	return b
}

// BenchmarkAttach opens the store and attaches 2 million rows x 17 columns, as
// every cell does; head has the first rows checked, and read all values, which is
// done once a process; checked is the first use after a restart of the machine.
func BenchmarkAttach(b *testing.B) {
	dir := b.TempDir()
	batch := telemetry()
	compute := func() (*column.Batch, []byte, error) { return batch, nil, nil }
	s := open(b, dir)
	if _, _, err := s.Batch(b.Context(), "key", compute); err != nil {
		b.Fatal(err)
	}
	noWarnings(b, s)
	for name, need := range map[string]store.Need{
		"attach": {Columns: func(string) bool { return false }}, "head": {Rows: 10}, "read": {}, "checked": {},
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if name == "checked" {
					unseal(b, s.Namespace()+"/key.arrow")
				}
				if _, _, err := open(b, dir).Part(b.Context(), "key", need, compute); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(batch.Len)*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
		})
	}
}

// BenchmarkReadAll attaches the same rows and describes all numbers and counts all texts,
// with the check of what is read and without.
func BenchmarkReadAll(b *testing.B) {
	dir := b.TempDir()
	batch := telemetry()
	compute := func() (*column.Batch, []byte, error) { return batch, nil, nil }
	if _, _, err := open(b, dir).Batch(b.Context(), "key", compute); err != nil {
		b.Fatal(err)
	}
	for name, need := range map[string]store.Need{"unchecked": {Columns: func(string) bool { return false }}, "checked": {}} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				got, _, err := open(b, dir).Part(b.Context(), "key", need, compute)
				if err != nil {
					b.Fatal(err)
				}
				column.DescribeAll(got.Columns[5:])
				for _, c := range got.Columns[:5] {
					column.ValueCounts(c)
				}
			}
		})
	}
}

// BenchmarkKeep writes the same rows.
func BenchmarkKeep(b *testing.B) {
	batch := telemetry()
	b.SetBytes(int64(batch.Len) * (14*4 + 3*8))
	for b.Loop() {
		s := open(b, b.TempDir())
		if _, _, err := s.Batch(b.Context(), "key", func() (*column.Batch, []byte, error) { return batch, nil, nil }); err != nil {
			b.Fatal(err)
		}
		noWarnings(b, s)
		b.StopTimer()
		s.Clear()
		b.StartTimer()
	}
}
