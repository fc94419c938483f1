package number_test

import (
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/stophacking/kelpie/analysis/number"
)

func ExampleUnit_Format() {
	shares := []float64{0.84888, 0.0092113, 5.8092e-05, 1e-9}
	f := number.Shares.Format(shares)
	for _, s := range shares {
		fmt.Printf("%8s\n", f.Text(s))
	}
	// Output:
	//  84.89 %
	//   0.92 %
	//   0.01 %
	//  <0.01 %
}

// written is a column as it is shown, rows separated by blanks.
func written(u number.Unit, values ...float64) string {
	f := u.Format(values)
	var texts []string
	for _, v := range values {
		texts = append(texts, f.Text(v))
	}
	return strings.Join(texts, "  ")
}

func TestPlainColumns(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	for want, values := range map[string][]float64{
		"0  -2  0":                                   {0, -2, math.Copysign(0, -1)},
		"0.53999  0.52720  0.52604":                  {0.53999, 0.5272, 0.52604},
		"0.5  0.0  12.0  -0.5":                       {0.5, 0, 12, -0.5},
		"0.06046  4840.00000  0.24512":               {0.060457, 4840, 0.24512},
		"12.3456  0.0010  -0.0010  0.0000":           {12.3456, 0.001, -0.001, 0},
		"12.3456  7.2500  3.0000  <0.0001  >-0.0001": {12.34560001, 7.25, 3, 1e-9, -1e-9},
		"1.0  NaN  +Inf  -Inf  1.5":                  {1, nan, inf, -inf, 1.5},
		"NaN  +Inf  0":                               {nan, inf, 0},
		"1e-300  1e+300  0  NaN":                     {1e-300, 1e300, 0, nan},
		"1.5e+15  2.0e+00":                           {1.5e15, 2},
		"999999999999999  1":                         {999999999999999, 1},
		"1.2346e-10  1.0000e+00  5.0000e-11":         {1.23456e-10, 1, 5e-11},
		"0.00012  0.00010":                           {0.00012, 0.0001},
		"1554216855  <1  3108433711":                 {1554216855.3, 0.2, 3108433710.6},
		"":                                           {},
	} {
		if got := written(number.Plain, values...); got != want {
			t.Errorf("%v is shown as\n%s, want\n%s", values, got, want)
		}
	}
}

// All rows of an ordinary column have their points in one place.
func TestColumnsAlign(t *testing.T) {
	for k := -5.0; k < 14; k++ {
		values := []float64{math.Pow(10, k), 3.3333 * math.Pow(10, k-1), 7.12345678 * math.Pow(10, k), 0}
		f := number.Plain.Format(values)
		points := map[int]bool{}
		for _, v := range values {
			text := f.Text(v)
			if strings.ContainsAny(text, "e<>") {
				t.Errorf("%v is shown as %s", values, text)
			}
			_, decimals, _ := strings.Cut(text, ".")
			points[len(decimals)] = true
		}
		if len(points) != 1 {
			t.Errorf("%v: decimals %v", values, points)
		}
	}
}

func TestUnits(t *testing.T) {
	for _, c := range []struct {
		unit   number.Unit
		want   string
		values []float64
	}{
		{number.Counts, "1,927,968  0  -1,000  999", []float64{1927968, 0, -1000, 999}},
		{number.Counts, "1,234.5  0.2", []float64{1234.5, 0.25}},
		{number.Shares, "84.89 %  0.00 %  100.00 %  >99.99 %  <0.01 %  >-0.01 %  NaN", []float64{0.84888, 0, 1, 0.999999, 1e-6, -1e-6, math.NaN()}},
		{number.Shares, "50 %  100 %", []float64{0.5, 1}},
		{number.Shares, "37.5 %  250.0 %", []float64{0.375, 2.5}},
		{number.SecondsSince1970, "2019-04-02 14:54:15  1970-01-01 00:00:00  NaN", []float64{1554216855, 0, math.NaN()}},
		{number.SecondsSince1970, "2019-04-02 14:54:16  1969-12-31 23:59:59", []float64{1554216855.6, -1}},
		{number.SecondsSince1970, "1e+300  2019-04-02 14:54:15  +Inf", []float64{1e300, 1554216855, math.Inf(1)}},
		{number.MillisecondsSince1970, "2019-04-02 14:54:15.250  2019-04-02 14:54:15.000", []float64{1554216855250, 1554216855000}},
		{number.MillisecondsSince1970, "2019-04-02 14:54:15", []float64{1554216855000}},
		{number.MicrosecondsSince1970, "2019-04-02 14:54:15.000250", []float64{1554216855000250}},
		{number.NanosecondsSince1970, "2019-04-02 14:54:15", []float64{1554216855e9}},
		{number.Seconds, "8.7 days  0.21 s  0 s  NaN", []float64{749525, 0.209254875, 0, math.NaN()}},
		{number.Milliseconds, "0.21 s", []float64{209}},
		{number.Nanoseconds, "21 µs", []float64{20900}},
	} {
		if got := written(c.unit, c.values...); got != c.want {
			t.Errorf("%v of %v:\n%s, want\n%s", c.values, c.unit, got, c.want)
		}
	}
	if got := number.Counts.Format(nil).Integer(math.MaxInt64); got != "9,223,372,036,854,775,807" {
		t.Error(got)
	}
	if got := number.Plain.Format(nil).Integer(math.MinInt64); got != "-9223372036854775808" {
		t.Error(got)
	}
	for unit, want := range map[number.Unit]number.Unit{
		number.SecondsSince1970: number.Seconds, number.NanosecondsSince1970: number.Nanoseconds, number.Counts: number.Counts, number.Plain: number.Plain, number.Seconds: number.Seconds,
	} {
		if got := unit.Difference(); got != want {
			t.Errorf("the difference of %v is in %v", unit, got)
		}
	}
}

func TestDurations(t *testing.T) {
	for seconds, want := range map[float64]string{
		0.209254875: "0.21 s", 0.1: "0.10 s", 0.0999: "0.10 s", 0.035: "35 ms", 1e-9: "1.0 ns", 2.5e-10: "0.25 ns", 0.00012: "0.12 ms", 3.2e-5: "32 µs",
		1: "1.0 s", 59.4: "59 s", 59.96: "1.0 min", 61: "1.0 min", 5400: "1.5 h", 86399: "1.0 days", 749525: "8.7 days", 86400 * 123: "123 days", 86400 * 12345: "12,345 days",
		-5400: "-1.5 h",
	} {
		if got := number.Lasting(seconds); got != want {
			t.Errorf("%v s is %s, want %s", seconds, got, want)
		}
	}
	if got := number.Duration(1500 * time.Millisecond); got != "1.5 s" {
		t.Error(got)
	}
}

func TestSingleNumbers(t *testing.T) {
	for value, want := range map[float64]string{
		0: "0", math.Copysign(0, -1): "0", -3: "-3", 1.5: "1.5", 1.99999999: "2", 99999.6: "100000", 0.000123456: "0.00012346", 0.00001: "1e-05", 1.23456e10: "1.2346e+10",
	} {
		if got := number.Short(value); got != want {
			t.Errorf("%v is shown as %s, want %s", value, got, want)
		}
	}
	if got := number.Percent(57991.0/384691) + number.Percent(0.375); got != "15.07 %37.5 %" {
		t.Error(got)
	}
	if got := number.Count(-1234567) + " " + number.Count(-123) + " " + number.Count(int32(1000)); got != "-1,234,567 -123 1,000" {
		t.Error(got)
	}
}
