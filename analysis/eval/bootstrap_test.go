package eval_test

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stophacking/kelpie/analysis/eval"
)

var allMetrics = []eval.Metric{
	eval.AUC, eval.AveragePrecision, eval.LogLoss, eval.Brier,
	eval.RecallAt(eval.AtFPR(0.25)), eval.PrecisionAt(eval.AtRecall(0.5)), eval.PrecisionAt(eval.AtThreshold(0.4)),
}

// A replicate is the sample whose rows are repeated as often as their block was drawn.
func TestReplicatesAreSamplesOfRepeatedRows(t *testing.T) {
	rng := rand.New(rand.NewPCG(11, 12))
	compared := 0
	for range 60 {
		r := drawnRows(rng)
		s, err := eval.Of(r)
		if err != nil {
			t.Fatal(err)
		}
		values, draws, blocks, err := eval.Replicates(eval.Bootstrap{Block: 6 * time.Hour, Replicates: 10, Seed: rng.Uint64()}, s, allMetrics...)
		if err != nil {
			t.Fatal(err)
		}
		for k, times := range draws {
			var repeated eval.Rows
			for i, b := range blocks {
				for range int(times[b]) {
					repeated.Scores, repeated.Labels = append(repeated.Scores, r.Scores[i]), append(repeated.Labels, r.Labels[i])
					if r.Weights != nil {
						repeated.Weights = append(repeated.Weights, r.Weights[i])
					}
				}
			}
			want, err := eval.Of(repeated)
			if err != nil {
				t.Fatal(err)
			}
			for m, metric := range allMetrics {
				if v, _ := want.Measure(metric); !close(values[k][0][m], v) {
					t.Errorf("%v, draw %v: %v %v, want %v", r, times, metric, values[k][0][m], v)
				}
				compared++
			}
		}
	}
	if compared < 4000 {
		t.Errorf("%d values", compared)
	}
}

// The ends of an interval are quantiles of what the replicates found, along the line
// between two of them: R's type 7, by hand for five.
func TestIntervalsAreQuantiles(t *testing.T) {
	s, _ := many(200, 4, 0)
	b := eval.Bootstrap{Block: 20 * time.Second, Replicates: 5, Seed: 3}
	values, _, _, err := eval.Replicates(b, s, eval.AUC)
	if err != nil {
		t.Fatal(err)
	}
	var found []float64
	for _, row := range values {
		found = append(found, row[0][0])
	}
	slices.Sort(found)
	for _, c := range []struct{ level, lower, upper float64 }{
		{0.5, found[1], found[3]}, {0.75, (found[0] + found[1]) / 2, (found[3] + found[4]) / 2}, {0.625, (found[0] + 3*found[1]) / 4, (3*found[3] + found[4]) / 4},
	} {
		b.Level = c.level
		if e := must(s.Intervals(b, eval.AUC)).Estimates[0]; !close(e.Lower, c.lower) || !close(e.Upper, c.upper) {
			t.Errorf("level %v: %v to %v, want %v to %v", c.level, e.Lower, e.Upper, c.lower, c.upper)
		}
	}
}

// There is an interval unless more than half of the replicates have no value, and it is
// said how many have none.
func TestIntervalNeedsHalfOfTheReplicates(t *testing.T) {
	s := must(eval.Of(eval.Rows{Scores: []float64{0.1, 0.9}, Labels: []float64{0, 1}, Times: []time.Time{began, began.Add(24 * time.Hour)}}))
	seen := make(map[int]bool)
	for seed := range uint64(60) {
		b := eval.Bootstrap{Block: 24 * time.Hour, Replicates: 10, Seed: seed}
		values, _, _, err := eval.Replicates(b, s, eval.AUC)
		if err != nil {
			t.Fatal(err)
		}
		undefined := 0
		for _, row := range values {
			if math.IsNaN(row[0][0]) {
				undefined++
			}
		}
		seen[undefined] = true
		i := must(s.Intervals(b, eval.AUC))
		if none := math.IsNaN(i.Estimates[0].Lower); none != (undefined > 5) {
			t.Errorf("seed %d: %d undefined, %v", seed, undefined, i)
		}
		if undefined > 0 && !strings.Contains(i.String(), fmt.Sprintf("AUC: undefined in %d of 10 replicates", undefined)) {
			t.Errorf("%v", i)
		}
	}
	if !seen[4] || !seen[5] || !seen[6] {
		t.Errorf("undefined %v", seen)
	}
}

// Attacks on fewer than ten days are said to be few.
func TestFewBlocks(t *testing.T) {
	for _, days := range []int{9, 10} {
		var r eval.Rows
		for k := range 20 {
			label := 0.0
			if k < days {
				label = 1
			}
			r.Scores, r.Labels, r.Times = append(r.Scores, float64(k%3)), append(r.Labels, label), append(r.Times, began.Add(time.Duration(k)*24*time.Hour))
		}
		i := must(must(eval.Of(r)).Intervals(eval.Bootstrap{Replicates: 10}, eval.AUC))
		few := slices.ContainsFunc(i.Warnings, func(w eval.Warning) bool { return w.Code == eval.FewBlocks })
		if few != (days == 9) || i.Blocks != 20 {
			t.Errorf("%d days: %v", days, i)
		}
	}
}

func TestDrawsAreOfAllBlocksAlike(t *testing.T) {
	r := eval.Rows{}
	for k := range 7 {
		r.Scores, r.Labels, r.Times = append(r.Scores, float64(k)), append(r.Labels, float64(k%2)), append(r.Times, began.Add(time.Duration(k)*time.Hour))
	}
	s, err := eval.Of(r)
	if err != nil {
		t.Fatal(err)
	}
	_, draws, _, err := eval.Replicates(eval.Bootstrap{Block: time.Hour, Replicates: 3000}, s, eval.AUC)
	if err != nil {
		t.Fatal(err)
	}
	taken := make([]float64, 7)
	for _, times := range draws {
		sum := 0.0
		for k, n := range times {
			taken[k] += n
			sum += n
		}
		if sum != 7 {
			t.Fatalf("%v blocks drawn of 7", sum)
		}
	}
	for k, n := range taken { // mean 3000, standard deviation 51
		if math.Abs(n-3000) > 260 {
			t.Errorf("block %d was taken %v times of 3000", k, n)
		}
	}
}

// many are rows of which each has a second of its own.
func many(n int, seed uint64, noise float64) (first, second *eval.Sample) {
	rng := rand.New(rand.NewPCG(seed, 0))
	a, b := eval.Rows{}, eval.Rows{}
	for i := range n {
		label := float64(i % 3 / 2)
		shared := label + rng.NormFloat64()
		a.Scores, b.Scores = append(a.Scores, shared), append(b.Scores, shared+noise*rng.NormFloat64())
		a.Labels, a.Times = append(a.Labels, label), append(a.Times, began.Add(time.Duration(i)*time.Second))
	}
	b.Labels, b.Times = a.Labels, a.Times
	first, err := eval.Of(a)
	if err == nil {
		second, err = eval.Of(b)
	}
	if err != nil {
		panic(err)
	}
	return first, second
}

// Where every row is a block of its own, the bootstrap finds the interval that DeLong
// computes.
func TestBootstrapAgreesWithDeLong(t *testing.T) {
	a, b := many(900, 5, 0.8)
	test, err := eval.DeLong(b, a)
	if err != nil {
		t.Fatal(err)
	}
	paired, err := eval.ComparePaired(eval.Bootstrap{Block: time.Second}, []eval.Metric{eval.AUC}, eval.Contender{"a", a}, eval.Contender{"b", b})
	if err != nil {
		t.Fatal(err)
	}
	d := paired.Differences[1]
	if d.P != test.P || d.Difference != test.Difference || d.Noise || test.Noise {
		t.Errorf("%+v, %+v", d, test)
	}
	if ratio := (d.Upper - d.Lower) / (test.Upper - test.Lower); ratio < 0.9 || ratio > 1.1 {
		t.Errorf("intervals [%v, %v] and [%v, %v]", d.Lower, d.Upper, test.Lower, test.Upper)
	}
}

func TestSameOnAnyNumberOfProcessors(t *testing.T) {
	a, b := many(400, 6, 0.3)
	var got []eval.Paired
	for _, n := range []int{1, 4} {
		before := runtime.GOMAXPROCS(n)
		p, err := eval.ComparePaired(eval.Bootstrap{Block: time.Minute, Replicates: 50, Seed: 9}, []eval.Metric{eval.AveragePrecision}, eval.Contender{"a", a}, eval.Contender{"b", b})
		runtime.GOMAXPROCS(before)
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, p)
	}
	for _, p := range got {
		for k := range p.Differences {
			p.Differences[k].P = 0 // NaN is not equal
		}
		d := &p.Differences[0]
		d.Difference, d.Lower, d.Upper = 0, 0, 0
	}
	if !reflect.DeepEqual(got[0], got[1]) {
		t.Errorf("%v\n%v", got[0], got[1])
	}
	other, err := a.Intervals(eval.Bootstrap{Block: time.Minute, Replicates: 50, Seed: 10}, eval.AveragePrecision)
	again, err2 := a.Intervals(eval.Bootstrap{Block: time.Minute, Replicates: 50, Seed: 11}, eval.AveragePrecision)
	if err != nil || err2 != nil || other.Estimates[0].Lower == again.Estimates[0].Lower {
		t.Errorf("another seed gave the same: %v, %v, %v, %v", other, again, err, err2)
	}
}

func TestIntervalsSayWhatIsUndefined(t *testing.T) {
	r := eval.Rows{Scores: []float64{0.1, 0.9, 0.4}, Labels: []float64{0, 0, 0}, Times: []time.Time{began, began, began}}
	s, err := eval.Of(r)
	if err != nil {
		t.Fatal(err)
	}
	i, err := s.Intervals(eval.Bootstrap{}, eval.AUC, eval.Brier)
	if err != nil {
		t.Fatal(err)
	}
	text := i.String()
	for _, want := range []string{"no AUC: all labels are equal", "Brier score: all rows lie in one block, so there is no interval", "positive rows lie in only 0 of 1 blocks of 1 day"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
	if strings.Contains(text, "NaN") {
		t.Error(text)
	}
	r.Labels[1], r.Times[1] = 1, began.Add(48*time.Hour)
	if s, err = eval.Of(r); err != nil {
		t.Fatal(err)
	}
	if i, err = s.Intervals(eval.Bootstrap{}, eval.AUC); err != nil || !strings.Contains(i.String(), "AUC: undefined in ") {
		t.Errorf("%v, %v", i, err)
	}
}

// The test of DeLong as it is defined, from all pairs of rows.
func naiveDeLong(a, b, labels []float64) (difference, standardError float64) {
	psi := func(scores []float64, i, j int) float64 {
		switch {
		case scores[i] > scores[j]:
			return 1
		case scores[i] == scores[j]:
			return 0.5
		}
		return 0
	}
	var components [2][][2]float64 // by class: the mean of psi over the other class
	for class := range 2 {
		for i := range labels {
			if int(labels[i]) != class {
				continue
			}
			var sum [2]float64
			others := 0.0
			for j := range labels {
				if int(labels[j]) == class {
					continue
				}
				positive, negative := i, j
				if class == 0 {
					positive, negative = j, i
				}
				sum[0] += psi(a, positive, negative)
				sum[1] += psi(b, positive, negative)
				others++
			}
			components[class] = append(components[class], [2]float64{sum[0] / others, sum[1] / others})
		}
	}
	variance := 0.0
	for _, rows := range components {
		var mean, s [2]float64
		var cross float64
		n := float64(len(rows))
		for _, v := range rows {
			mean[0] += v[0] / n
			mean[1] += v[1] / n
		}
		for _, v := range rows {
			s[0] += (v[0] - mean[0]) * (v[0] - mean[0]) / (n - 1)
			s[1] += (v[1] - mean[1]) * (v[1] - mean[1]) / (n - 1)
			cross += (v[0] - mean[0]) * (v[1] - mean[1]) / (n - 1)
		}
		variance += (s[0] + s[1] - 2*cross) / n
		difference = mean[0] - mean[1]
	}
	return difference, math.Sqrt(max(0, variance))
}

func TestComparisonMistakes(t *testing.T) {
	a, b := many(30, 1, 1)
	short, _ := many(29, 1, 1)
	bare, err := eval.Of(eval.Rows{Scores: tree, Labels: labels})
	if err != nil {
		t.Fatal(err)
	}
	weighted, err := eval.Of(eval.Rows{Scores: tree, Labels: labels, Weights: []float64{1, 2, 1, 1, 1, 1, 1, 1}})
	if err != nil {
		t.Fatal(err)
	}
	one, err := eval.Of(eval.Rows{Scores: []float64{1, 2, 3}, Labels: []float64{0, 1, 0}})
	if err != nil {
		t.Fatal(err)
	}
	compare := func(b eval.Bootstrap, m eval.Metric, contenders ...eval.Contender) func() error {
		return func() error { _, err := eval.ComparePaired(b, []eval.Metric{m}, contenders...); return err }
	}
	delong := func(a, b *eval.Sample) func() error {
		return func() error { _, err := eval.DeLong(a, b); return err }
	}
	for name, c := range map[string]struct {
		do   func() error
		want error
	}{
		"rows":           {compare(eval.Bootstrap{}, eval.AUC, eval.Contender{"a", a}, eval.Contender{"b", short}), eval.ErrRows},
		"none":           {compare(eval.Bootstrap{}, eval.AUC), eval.ErrEmpty},
		"nil":            {compare(eval.Bootstrap{}, eval.AUC, eval.Contender{"a", a}, eval.Contender{Name: "b"}), eval.ErrEmpty},
		"times":          {compare(eval.Bootstrap{}, eval.AUC, eval.Contender{"a", bare}), eval.ErrNoTimes},
		"replicates":     {compare(eval.Bootstrap{Replicates: -1}, eval.AUC, eval.Contender{"a", a}), eval.ErrBootstrap},
		"too many":       {compare(eval.Bootstrap{Replicates: 1e6}, eval.AUC, eval.Contender{"a", a}), eval.ErrBootstrap},
		"level":          {compare(eval.Bootstrap{Level: 1}, eval.AUC, eval.Contender{"a", a}), eval.ErrBootstrap},
		"block":          {compare(eval.Bootstrap{Block: -1}, eval.AUC, eval.Contender{"a", a}), eval.ErrWidth},
		"metric":         {compare(eval.Bootstrap{}, eval.Metric{}, eval.Contender{"a", a}), eval.ErrRule},
		"DeLong rows":    {delong(a, short), eval.ErrRows},
		"DeLong labels":  {delong(bare, weighted), eval.ErrRows},
		"DeLong weights": {delong(weighted, weighted), eval.ErrWeighted},
		"DeLong class":   {delong(one, one), eval.ErrOneClass},
	} {
		if err := c.do(); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
	_ = b
}

func hourly() (first, second, third *eval.Sample) {
	first, second = many(600, 2, 0.02)
	_, third = many(600, 2, 2)
	return first, second, third
}

func ExampleSample_Intervals() {
	s, _, _ := hourly()
	intervals, err := s.Intervals(eval.Bootstrap{Block: 30 * time.Second, Replicates: 200, Seed: 1}, eval.AUC, eval.AveragePrecision, eval.RecallAt(eval.AtFPR(0.05)))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(intervals)
	// Output:
	// Metrics with intervals, n = 600, positives = 200 (33.33 %)
	// metric                                    value          interval
	// AUC                                      0.7519  0.7189 to 0.7899
	// average precision                        0.5802  0.5313 to 0.6398
	// recall at false alarm rate at most 0.05  0.2150  0.1348 to 0.2700
	// 95 % intervals: 200 draws of 20 blocks of 30 s, seed 1.
}

func ExampleComparePaired() {
	tree, forest, guess := hourly()
	paired, err := eval.ComparePaired(eval.Bootstrap{Block: 30 * time.Second, Replicates: 200, Seed: 1}, []eval.Metric{eval.AUC, eval.AveragePrecision},
		eval.Contender{Name: "tree", Sample: tree}, eval.Contender{Name: "forest", Sample: forest}, eval.Contender{Name: "noisy", Sample: guess})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(paired)
	// Output:
	// Differences to tree: n = 600, positives = 200 (33.33 %)
	// model   metric              value  difference to tree            interval  p by DeLong
	// tree    AUC                0.7519                   –                   –            –
	// forest  AUC                0.7528                   ~  -0.0001 to +0.0019       0.0855
	// noisy   AUC                0.6296             -0.1223  -0.1837 to -0.0744      <0.0001
	// tree    average precision  0.5802                   –                   –            –
	// forest  average precision  0.5813                   ~  -0.0010 to +0.0037            –
	// noisy   average precision  0.4510             -0.1292  -0.1895 to -0.0687            –
	// 95 % intervals: 200 draws of 20 blocks of 30 s, seed 1, the same for all models. ~: the interval holds 0, so the difference is within noise.
}

// A thousand draws of 48 days from 400,000 rows whose scores all differ.
func BenchmarkIntervals(b *testing.B) {
	rng := rand.New(rand.NewPCG(1, 2))
	r := eval.Rows{}
	for i := range 400_000 {
		r.Scores = append(r.Scores, rng.Float64())
		r.Labels = append(r.Labels, float64(i%7/6))
		r.Times = append(r.Times, began.Add(time.Duration(i)*10*time.Second))
	}
	s, err := eval.Of(r)
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, err := s.Intervals(eval.Bootstrap{}, eval.AUC, eval.AveragePrecision); err != nil {
			b.Fatal(err)
		}
	}
}

// A chance too small for a number is not said to be none.
