// Package number writes numbers for people: counts with separators, shares in percent,
// points in time as dates, durations in the unit that suits them, and a column of
// numbers with one number of decimals, so that it aligns at the point. [Wilson] is how far
// a share may be off, which stands beside it.
//
// What it writes is for reading. The exact value of a cell stays in the table.
package number

import (
	"math"
	"strconv"
	"strings"
)

// Count writes how many there are, with a comma after every three digits: 1,927,968.
func Count[T ~int | ~int32 | ~int64](n T) string {
	return separated(strconv.FormatInt(int64(n), 10))
}

// separated puts commas into the whole part of a decimal number.
func separated(s string) string {
	whole, rest := s, ""
	if point := strings.IndexByte(s, '.'); point >= 0 {
		whole, rest = s[:point], s[point:]
	}
	from := strings.IndexAny(whole, "0123456789") // behind a sign
	for i := len(whole) - 3; from >= 0 && i > from; i -= 3 {
		whole = whole[:i] + "," + whole[i:]
	}
	return whole + rest
}

// Short writes one number that stands by itself in five significant digits, without
// zeros at the end: plain between 1e-4 and 1e9, whole numbers below 1e9 in full,
// anything else with an exponent; NaN, +Inf and -Inf by name. Numbers in a column are
// written by [Unit.Format].
func Short(f float64) string {
	a := math.Abs(f)
	switch {
	case f == 0: // also -0
		return "0"
	case math.IsNaN(f), math.IsInf(f, 0):
		return strconv.FormatFloat(f, 'g', -1, 64)
	case f == math.Trunc(f) && a < 1e9:
		return strconv.FormatFloat(f, 'f', -1, 64)
	case a >= 1e9 || a < 1e-4:
		return strconv.FormatFloat(f, 'g', 5, 64)
	case a >= 1e5:
		return strconv.FormatFloat(f, 'f', 0, 64)
	}
	text := strconv.FormatFloat(f, 'f', max(0, 4-exponent(a)), 64)
	if !strings.Contains(text, ".") {
		return text
	}
	return strings.TrimRight(strings.TrimRight(text, "0"), ".")
}

// Percent writes a share of 1 in percent, with two decimals at most: 15.07 %. A share
// that is neither 0 nor 1 does not look it: <0.01 %, >99.99 %.
func Percent(share float64) string { return Shares.Format([]float64{share}).Text(share) }

// exponent is the power of ten of the first digit of a positive number.
func exponent(a float64) int { return int(math.Floor(math.Log10(a))) }
