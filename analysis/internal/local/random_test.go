package local

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stophacking/kelpie/analysis/internal/column"
)

// The first numbers of splitmix64.c (Sebastiano Vigna, 2015, public domain) from
// the seed 1234567, as Rosetta Code's task "Pseudo-random numbers/Splitmix64"
// lists them.
func TestSplitMix64(t *testing.T) {
	want := []uint64{6457827717110365317, 3203168211198807973, 9817491932198370423, 4593380528125082431, 16408922859458223821}
	for row, w := range want {
		if got := drawer(1234567).bits(uint64(row)); got != w {
			t.Errorf("number %d is %d, want %d", row, got, w)
		}
	}
}

// The draws of consecutive rows, and those of one row from consecutive seeds, are
// uniform: chi-square over 100 bins has mean 99 and deviation 14.1.
func TestDrawsAreUniform(t *testing.T) {
	const n, bins = 100_000, 100
	series := map[string]func(i int) float64{
		"rows":       func(i int) float64 { return newDrawer("split", 42).draw(uint64(i)) },
		"other rows": func(i int) float64 { return newDrawer("sample", 0).draw(uint64(i) * 1000) },
		"seeds":      func(i int) float64 { return newDrawer("split", uint64(i)).draw(7) },
	}
	for name, draw := range series {
		var counts [bins]float64
		for i := range n {
			x := draw(i)
			if x < 0 || x >= 1 {
				t.Fatalf("%s: draw %d is %v", name, i, x)
			}
			counts[int(x*bins)]++
		}
		square := 0.0
		for _, c := range counts {
			square += (c - n/bins) * (c - n/bins) / (n / bins)
		}
		if square < 99-5*14.1 || square > 99+5*14.1 {
			t.Errorf("%s: chi-square is %.1f", name, square)
		}
	}
}

func TestPurposesDiffer(t *testing.T) {
	seen := map[drawer]string{}
	for _, purpose := range []string{"split", "sample", "undersample positive", "undersample negative"} {
		for seed := range uint64(100) {
			d := newDrawer(purpose, seed)
			if other, taken := seen[d]; taken {
				t.Errorf("%s with seed %d draws as %s", purpose, seed, other)
			}
			seen[d] = purpose
		}
	}
}

// bounded agrees with sorting, also where many draws are equal.
func TestBounded(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 1))
	for range 300 {
		draws := make([]uint64, 1+random.IntN(500))
		few := random.IntN(2) == 0
		for i := range draws {
			draws[i] = random.Uint64()
			if few {
				draws[i] = draws[i] % 4 << 61
			}
		}
		sorted := slices.Sorted(slices.Values(draws))
		k := 1 + random.IntN(len(draws))
		ties := 0
		for _, x := range sorted[:k] {
			if x == sorted[k-1] {
				ties++
			}
		}
		if bound, got := bounded(draws, k); bound != sorted[k-1] || got != ties {
			t.Fatalf("the %d-th of %d: %d, %d times; want %d, %d times", k, len(draws), bound, got, sorted[k-1], ties)
		}
	}
}

func TestSmallest(t *testing.T) {
	b := &column.Batch{Len: 1000}
	rows := make([]uint32, 500)
	for i := range rows {
		rows[i] = uint32(2 * i)
	}
	d := newDrawer("test", 1)
	for _, k := range []int{0, 1, 250, 499, 500} {
		got := smallest(b, rows, k, d)
		if len(got) != k || !slices.IsSorted(got) {
			t.Fatalf("%d rows of %d, %v", len(got), k, got)
		}
		largest := uint64(0)
		for _, row := range got {
			largest = max(largest, d.bits(uint64(row)))
		}
		for _, row := range rows {
			if _, chosen := slices.BinarySearch(got, row); !chosen && d.bits(uint64(row)) < largest {
				t.Fatalf("row %d was left out of the %d smallest", row, k)
			}
		}
	}
}
