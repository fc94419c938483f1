package tree_test

import (
	"context"
	"fmt"
	"sync"
	"testing"

	"github.com/stophacking/kelpie/analysis/internal/column"
	"github.com/stophacking/kelpie/analysis/internal/tree"
)

type generated struct {
	features *column.Features
	labels   []float64
}

var large = sync.OnceValue(func() generated {
	f, labels := problem(874_000, 50)
	return generated{f, labels}
})

var middle = sync.OnceValue(func() generated {
	f, labels := problem(94_000, 50)
	return generated{f, labels}
})

func BenchmarkSparkTree(b *testing.B) { benchmarkTrain(b, tree.Parameters{}) }

func BenchmarkSparkGBT(b *testing.B) {
	benchmarkTrain(b, tree.Parameters{Method: tree.GradientBoosting})
}

func benchmarkTrain(b *testing.B, p tree.Parameters) {
	for _, data := range []func() generated{middle, large} {
		d := data()
		b.Run(fmt.Sprintf("rows=%d", len(d.labels)), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, _, err := tree.Train(context.Background(), tree.Data{Features: d.features, Rows: len(d.labels), Labels: d.labels}, p, nil); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
