package exchange_test

import (
	"path/filepath"
	"testing"

	"github.com/stophacking/kelpie/analysis/exchange"
)

// Three columns, of numbers, texts and truth values, a fifth of them null.
const benchmarkRows = 1_000_000

func BenchmarkRecords(b *testing.B) {
	f := many(benchmarkRows)
	for b.Loop() {
		if _, err := exchange.Records(f); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkFromRecords(b *testing.B) {
	records, err := exchange.Records(many(benchmarkRows))
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if err := exchange.FromRecords(session, nil, records...).Err(); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(benchmarkRows*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
}

func BenchmarkWriteAndReadArrow(b *testing.B) {
	f, path := many(benchmarkRows), filepath.Join(b.TempDir(), "frame.arrow")
	for b.Loop() {
		if err := exchange.WriteArrow(f, path); err != nil {
			b.Fatal(err)
		}
		if n, err := exchange.ReadArrow(session, path).Count(); err != nil || n != benchmarkRows {
			b.Fatal(n, err)
		}
	}
	b.ReportMetric(benchmarkRows*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
}
