package csv_test

import (
	"fmt"
	"math"
	"math/big"
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"

	"github.com/stophacking/kelpie/analysis/internal/column"
	"github.com/stophacking/kelpie/analysis/internal/csv"
)

// decimal is what a number looks like, and exponent what is behind its e.
var decimal = regexp.MustCompile(`^[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE]([+-]?[0-9]+))?$`)

// whole reads an integer with math/big: a decimal number of any notation whose value
// is whole and lies within low and high.
func whole(text string, low, high int64) (int64, error) {
	parts := decimal.FindStringSubmatch(text)
	if parts == nil {
		return 0, fmt.Errorf("%q is no number", text)
	}
	if exponent := parts[1]; len(exponent) > 5 { // too large for math/big, if it means something
		if mantissa, _, _ := strings.Cut(strings.ToLower(text), "e"); strings.Trim(mantissa, "+-.0") == "" {
			return 0, nil
		}
		if small := strings.TrimLeft(strings.TrimLeft(exponent, "+-"), "0"); len(small) > 4 {
			return 0, fmt.Errorf("%q is too large, or not whole", text)
		}
	}
	number, ok := new(big.Rat).SetString(text)
	if !ok || !number.IsInt() || !number.Num().IsInt64() {
		return 0, fmt.Errorf("%q is not an int64", text)
	}
	if n := number.Num().Int64(); low <= n && n <= high {
		return n, nil
	}
	return 0, fmt.Errorf("%q is out of range", text)
}

// A number whose value is a whole one is that integer, however it is written, and
// exact beyond 2^53, where floats are not.
func TestWholeNumbers(t *testing.T) {
	const fraction, range32, range64, no = "is not an int64: it has a fraction", "is beyond the range of int32", "is beyond the range of int64", "is not an int64"
	for _, test := range []struct {
		text string
		want int64
		why  string // it is none; "null" is no problem
	}{
		{"3257.0", 3257, ""}, {"3257.00000000000000000000000000", 3257, ""}, {"3257.", 3257, ""}, {"+5", 5, ""}, {"+5.0", 5, ""},
		{"-0.0", 0, ""}, {".0", 0, ""}, {"0e99999999999999999999", 0, ""}, {" 42 ", 42, ""}, {"\t42.0 ", 42, ""}, {"007.0", 7, ""},
		{"1e3", 1000, ""}, {"1E+3", 1000, ""}, {"3.257e3", 3257, ""}, {"32570e-1", 3257, ""}, {"100000000000000000000000e-21", 100, ""},
		{"9007199254740993.0", 9007199254740993, ""}, {"9007199254740993", 9007199254740993, ""}, {"-9007199254740993.000", -9007199254740993, ""},
		{"9223372036854775807.0", math.MaxInt64, ""}, {"-9223372036854775808.0", math.MinInt64, ""}, {"922337203685477580.7e1", math.MaxInt64, ""},
		{"9.223372036854775807e18", math.MaxInt64, ""}, {"0.00000000000000000001e20", 1, ""},
		{"1e18", 1e18, ""}, {"", 0, "null"}, {"  ", 0, "null"},
		{"3257.5", 0, fraction}, {"-0.1", 0, fraction}, {"1e-3", 0, fraction}, {"3.2571e3", 0, fraction}, {"1e-99999999999999999999", 0, fraction},
		{"9007199254740993.00000000000000000000000000000000001", 0, fraction}, {"123456789012345678901234567890.5", 0, fraction},
		{"9223372036854775808", 0, range64}, {"9223372036854775808.0", 0, range64}, {"-9223372036854775809.0", 0, range64},
		{"18446744073709551616", 0, range64}, {"1e19", 0, range64}, {"1e99999999999999999999", 0, range64}, {"123456789012345678901234567890", 0, range64},
		{"", 0, "null"}, {".", 0, no}, {"+", 0, no}, {"-.", 0, no}, {"e3", 0, no}, {"1e", 0, no}, {"1e+", 0, no}, {"1e1.0", 0, no}, {"1.2.3", 0, no},
		{"1 000", 0, no}, {"1_000", 0, no}, {"0x10", 0, no}, {"1,5", 0, no}, {"--1", 0, no}, {"1-", 0, no}, {"3257.0f", 0, no}, {"١", 0, no},
	} {
		for _, kind := range []column.Type{column.Int64, column.Timestamp, column.Int32} {
			quoted := `"` + test.text + `"` // since one has a comma
			got, err := csv.Read(t.Context(), write(t, "a\n1\n"+quoted+"\n"), csv.Options{Fields: []csv.Field{{Name: "a", Type: kind}}})
			if err != nil {
				t.Fatal(err)
			}
			want, why := any(test.want), test.why
			switch {
			case kind == column.Timestamp:
				why = strings.NewReplacer("an int64", "a timestamp", "int64", "timestamp").Replace(why)
			case kind == column.Int32:
				want, why = int32(test.want), strings.ReplaceAll(why, "int64", "int32")
				if test.why == "" && test.want != int64(int32(test.want)) {
					why = range32
				}
			}
			if why != "" {
				want = nil
			}
			reason := ""
			for _, p := range got.Problems {
				reason += p.Reason
			}
			if v := got.Batch.Columns[0].Value(1); v != want || reason != strings.TrimPrefix(why, "null") {
				t.Errorf("%q as %s is %v, %q; want %v, %q", test.text, kind, v, reason, want, why)
			}
		}
	}
}

// Numbers of any notation, put together at random, are what math/big says.
func TestWholeNumbersRandom(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	digits := func(most int) string {
		var b strings.Builder
		for range r.IntN(most + 1) {
			b.WriteByte("0000123456789"[r.IntN(13)])
		}
		return b.String()
	}
	good := 0
	for range 100_000 {
		text := []string{"", "", "-", "+"}[r.IntN(4)] + digits(21)
		if r.IntN(2) == 0 {
			text += "." + digits(6)
		}
		if r.IntN(2) == 0 {
			text += fmt.Sprintf("e%d", r.IntN(25)-8)
		}
		want, err := whole(text, math.MinInt64, math.MaxInt64)
		got, ok := csv.Int(text, 64)
		if ok != (err == nil) || got != want {
			t.Fatalf("%q is %d, %v; math/big %d, %v", text, got, ok, want, err)
		}
		if ok {
			good++
		}
		if narrow, ok := csv.Int(text, 32); ok != (err == nil && want == int64(int32(want))) || ok && narrow != want {
			t.Fatalf("%q as int32 is %d, %v", text, narrow, ok)
		}
	}
	if good < 10_000 {
		t.Errorf("only %d numbers were whole: the test says little", good)
	}
}

// Truth values are words, or numbers that are 0 or 1.
func TestTruthValues(t *testing.T) {
	for text, want := range map[string]any{
		"1": true, "0": false, "True": true, "false": false, "T": true, "1.0": true, "0.0": false, "-0": false, "1e0": true, " 1.00 ": true,
		"": nil, "2": nil, "0.5": nil, "yes": nil, "10e-1": true, "tRUE": nil, "-1": nil,
	} {
		got, ok := csv.Bool(text)
		if ok != (want != nil) || ok && got != want {
			t.Errorf("%q is %v, %v; want %v", text, got, ok, want)
		}
	}
}
