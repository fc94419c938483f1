package eval_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stophacking/kelpie/analysis/eval"
)

func TestDeLongAgainstAllPairs(t *testing.T) {
	rng := rand.New(rand.NewPCG(13, 14))
	for range 200 {
		r := drawnRows(rng)
		r.Weights = nil
		for len(r.Labels) < 4 {
			r = drawnRows(rng)
			r.Weights = nil
		}
		copy(r.Labels, []float64{0, 1, 0, 1})
		other := r
		other.Scores = make([]float64, len(r.Scores))
		for i := range other.Scores {
			other.Scores[i] = math.Round(4*(r.Scores[i]+rng.Float64())) / 8
		}
		a, err := eval.Of(r)
		if err != nil {
			t.Fatal(err)
		}
		b, err := eval.Of(other)
		if err != nil {
			t.Fatal(err)
		}
		got, err := eval.DeLong(a, b)
		if err != nil {
			t.Fatal(err)
		}
		d, se := naiveDeLong(r.Scores, other.Scores, r.Labels)
		if !close(got.Difference, d) || math.Abs(got.StandardError-se) > 1e-7 || math.Abs(got.StandardError*got.StandardError-se*se) > 1e-12 {
			t.Errorf("%v, %v: %+v, want %v ± %v", r, other.Scores, got, d, se)
		}
		if same, err := eval.DeLong(a, a); err != nil || same.P != 1 || !same.Noise || same.StandardError != 0 {
			t.Errorf("%v, %v", same, err)
		}
	}
}

func ExampleDeLong() {
	tree, _, noisy := hourly()
	test, err := eval.DeLong(tree, noisy)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(test)
	// Output:
	// Test of DeLong, n = 600, positives = 200 (33.33 %)
	//           A       B  difference       95 % interval  standard error        p
	// AUC  0.7519  0.6296     +0.1223  +0.0710 to +0.1736        0.026169  <0.0001
	// ~: the interval holds 0, so the difference is within noise.
}

func TestTinyChance(t *testing.T) {
	r := eval.Rows{}
	other := eval.Rows{}
	for i := range 20_000 {
		label := float64(i % 2)
		r.Labels, other.Labels = append(r.Labels, label), append(other.Labels, label)
		r.Scores = append(r.Scores, label*0.5+float64(i%97)/97)
		other.Scores = append(other.Scores, float64(i%89)/89)
	}
	test, err := eval.DeLong(must(eval.Of(r)), must(eval.Of(other)))
	if err != nil {
		t.Fatal(err)
	}
	if test.P != 0 || !strings.Contains(test.String(), "<0.0001") {
		t.Errorf("p %v in\n%v", test.P, test)
	}
}
