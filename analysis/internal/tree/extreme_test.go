package tree_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stophacking/kelpie/analysis/internal/column"
	"github.com/stophacking/kelpie/analysis/internal/lightgbm"
	"github.com/stophacking/kelpie/analysis/internal/tree"
)

// Whatever finite numbers come in, the model is valid, reads back, and sends the
// training rows where training put them: the leaf counts are those of the rows
// that the predictor brings there.
func TestExtremeValues(t *testing.T) {
	special := []float64{0, math.Copysign(0, -1), math.MaxFloat64, -math.MaxFloat64, math.SmallestNonzeroFloat64, -math.SmallestNonzeroFloat64,
		1, math.Nextafter(1, 2), 1e-40, 1e300, math.NaN()}
	r := rand.New(rand.NewPCG(21, 22))
	for range 300 {
		rows := 1 + r.IntN(60)
		a, b, labels := make([]float64, rows), make([]float64, rows), make([]float64, rows)
		codes := make([]int32, rows)
		for i := range rows {
			a[i], b[i] = special[r.IntN(len(special))], special[r.IntN(2+r.IntN(4))]
			codes[i] = int32(r.IntN(3))
			labels[i] = float64(r.IntN(2))
		}
		hot := indexes("hot", 2, true, codes...)
		hot.Scale = []float64{special[r.IntN(10)], special[r.IntN(10)]}
		group := indexes("group", 3, false, codes...)
		if r.IntN(2) == 0 {
			group.Scale = []float64{-1} // no longer categorical
		}
		f := of(floats("a", a...), hot, group, floats("b", b...))
		p := tree.Parameters{Method: tree.Method(r.IntN(2)), MaxIter: 3, AllowNaN: true, KeepEqualLeaves: r.IntN(2) == 0}
		m := train(t, f, labels, p)
		again, err := lightgbm.Parse([]byte(text(t, m)))
		if err != nil {
			t.Fatal(err)
		}
		scores := predict(t, again, f, rows)
		counts := make([][]int64, len(m.Trees))
		for k := range m.Trees {
			counts[k] = make([]int64, len(m.Trees[k].LeafCount))
		}
		for i := range rows {
			row := dense(f, i)
			equal(t, "score", []float64{m.Raw(row)}, scores[i:i+1])
			for k := range m.Trees {
				counts[k][m.Trees[k].Leaf(row)]++
			}
		}
		for k, tree := range m.Trees {
			for leaf, want := range tree.LeafCount {
				if counts[k][leaf] != want {
					t.Fatalf("tree %d, leaf %d: %d rows come, %d were counted\n%s", k, leaf, counts[k][leaf], want, text(t, m))
				}
			}
		}
	}
}

// The part's column may be of any numeric type.
func TestColumnTypes(t *testing.T) {
	labels := []float64{0, 0, 1, 1, 0}
	want := predict(t, train(t, of(floats("x", 1, 0, 1, 1, 0)), labels, tree.Parameters{}), of(floats("x", 1, 0, 1, 1, 0)), 5)
	for _, c := range []*column.Column{
		{Type: column.Int32, Len: 5, Int32s: []int32{1, 0, 1, 1, 0}},
		{Type: column.Int64, Len: 5, Int64s: []int64{1, 0, 1, 1, 0}},
		{Type: column.Timestamp, Len: 5, Int64s: []int64{1, 0, 1, 1, 0}},
		{Type: column.Bool, Len: 5, Bools: []byte{0b01101}},
	} {
		f := of(column.Part{Name: "x", Values: c})
		m := train(t, f, labels, tree.Parameters{})
		equal(t, c.Type.String(), predict(t, m, f, 5), want)
		equal(t, c.Type.String(), m.Trees[0].Threshold, []float64{0.5})
	}
}
