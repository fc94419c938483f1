package plots

import (
	"math"
	"strconv"
	"strings"
)

// count writes a whole number with commas, 1,234,567, and any other number with
// four significant digits.
func count(v float64) string {
	size := math.Abs(v)
	switch {
	case size >= 1e15 || size > 0 && size < 1e-4:
		return strconv.FormatFloat(v, 'g', 4, 64)
	case v == math.Trunc(v):
		return group(strconv.FormatFloat(v, 'f', 0, 64))
	}
	rounded, _ := strconv.ParseFloat(strconv.FormatFloat(v, 'g', 4, 64), 64)
	return group(strconv.FormatFloat(rounded, 'f', -1, 64))
}

// group puts commas between the thousands of a decimal number.
func group(digits string) string {
	sign := ""
	if strings.HasPrefix(digits, "-") {
		sign, digits = "-", digits[1:]
	}
	whole, fraction, found := strings.Cut(digits, ".")
	for i := len(whole) - 3; i > 0; i -= 3 {
		whole = whole[:i] + "," + whole[i:]
	}
	if found {
		whole += "." + fraction
	}
	if strings.Trim(whole, "0.,") == "" {
		sign = "" // no minus zero
	}
	return sign + whole
}

// units are the suffixes of numbers too long to write out.
var units = []struct {
	size   float64
	suffix string
}{{1e12, "T"}, {1e9, "G"}, {1e6, "M"}, {1e3, "k"}}

// short writes a number in about four characters: 950, 12.3k, 4M.
func short(v float64) string {
	for _, u := range units {
		if a := math.Abs(v); a >= u.size && a < 1e15 {
			return strconv.FormatFloat(v/u.size, 'g', 3, 64) + u.suffix
		}
	}
	return strconv.FormatFloat(v, 'g', 3, 64)
}

// percent writes a share as a percentage with one decimal.
func percent(v float64) string {
	if v > 0 && v < 0.0005 {
		return "<0.1%"
	}
	return group(strconv.FormatFloat(v*100, 'f', 1, 64)) + "%"
}
