package analysis_test

import (
	"fmt"
	"math"
	"testing"

	. "github.com/stophacking/kelpie/analysis"
)

func TestDescribeText(t *testing.T) {
	const columns = "column count nulls distinct top times min max"
	f := process().WithColumn("none", Null(String)).WithColumn("other", When(Col("attack").Equal(1), "z").Otherwise("y"))
	same(t, must(t)(f.DescribeText()), columns, "CMD 5 1 4 bash 2  bash\nnone 0 6 0 <nil> 0 <nil> <nil>\nother 6 0 2 y 3 y z")
	same(t, must(t)(f.DescribeText("other")), columns, "other 6 0 2 y 3 y z")
	// Values that a filter left out are not counted, though the dictionary has them.
	same(t, must(t)(f.Filter(Col("PID").Equal(2)).DescribeText("CMD")), columns, "CMD 1 0 1 atop 1 atop atop")
	same(t, must(t)(f.Limit(0).DescribeText("CMD")), columns, "CMD 0 0 0 <nil> 0 <nil> <nil>")
	same(t, must(t)(f.Select("PID").DescribeText()), columns, "")
	_, err := f.DescribeText("CPU")
	mistaken(t, err, "summaries_test.go:", `describe text: column "CPU" is float64, not string`)
	_, err = f.DescribeText("x")
	mistaken(t, err, "summaries_test.go:", `describe text: no column "x"`)
}

func TestDistinctCounts(t *testing.T) {
	const columns = "column type distinct rows"
	nan := session.FromColumns(Float64s("x", 0, math.Copysign(0, -1), math.NaN(), -math.NaN(), 1, 5).Nulls(5))
	same(t, must(t)(nan.DistinctCounts()), columns, "x float64 3 6")
	same(t, must(t)(process().DistinctCounts()), columns, "PID int64 6 6\nCMD string 4 6\nCPU float64 5 6\nroot bool 2 6\nattack int64 2 6")
	same(t, must(t)(process().Filter(Col("attack").Equal(0)).DistinctCounts("CMD", "attack")), columns, "CMD string 2 3\nattack int64 1 3")
	same(t, must(t)(process().Limit(0).DistinctCounts("CMD")), columns, "CMD string 0 0")
	_, err := process().DistinctCounts("x")
	mistaken(t, err, "summaries_test.go:", `distinct counts: no column "x"`)
}

// The values are those of numpy.quantile (method linear), worked out by hand.
func TestQuantiles(t *testing.T) {
	f := process()
	got, err := f.Quantiles("CPU", 1, 0, 0.5, 0.25, 0.9) // of 0 0.5 1.5 3 8
	if want := []float64{8, 0, 1.5, 0.5, 6}; err != nil || fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("%v, %v, want %v", got, err, want)
	}
	described := must(t)(f.Describe("PID"))
	quartiles, err := f.Quantiles("PID", 0.25, 0.5, 0.75)
	if err != nil {
		t.Fatal(err)
	}
	for i, name := range []string{"25%", "50%", "75%"} {
		if v, err := described.Value(0, name); err != nil || v != quartiles[i] {
			t.Errorf("%s is %v, of Quantiles %v", name, v, quartiles[i])
		}
	}
	if got, err := f.Quantiles("PID"); err != nil || len(got) != 0 {
		t.Error(got, err)
	}
	for name, empty := range map[string]Frame{"no rows": f.Limit(0), "nulls": f.WithColumn("CPU", Null(Float64)), "NaN": session.FromColumns(Float64s("CPU", 1, math.NaN()))} {
		if got, err := empty.Quantiles("CPU", 0.5); err != nil || len(got) != 1 || !math.IsNaN(got[0]) {
			t.Errorf("%s: %v, %v", name, got, err)
		}
	}
	for _, p := range []float64{-0.1, 1.1, math.NaN()} {
		_, err := f.Quantiles("CPU", 0.5, p)
		mistaken(t, err, "summaries_test.go:", fmt.Sprintf("quantiles: the probability %v is outside [0, 1]", p))
	}
	_, err = f.Quantiles("CMD", 0.5)
	mistaken(t, err, `quantiles: column "CMD" is string, not a number`)
	_, err = f.Quantiles("x")
	mistaken(t, err, `quantiles: no column "x"`)
}
