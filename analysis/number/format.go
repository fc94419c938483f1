package number

import (
	"math"
	"slices"
	"strconv"
	"strings"
)

// A Format writes the numbers of one column, all with the same number of decimals.
type Format struct {
	unit       Unit
	decimals   int
	scientific bool
}

const (
	digits       = 5    // of a typical number
	fewestDigits = 2    // of a typical number, where greater ones take the room
	widest       = 10   // digits of the greatest number
	exact        = 15   // digits that a float64 holds
	least        = 1e-6 // typical numbers below it have an exponent
	shareDigits  = 2    // decimals of percents
)

// Format chooses how the numbers of a column are written, by its finite ones.
//
// Plain numbers, and counts, have as many decimals as give the typical one, which is
// the median of their sizes without zeros, five significant digits; fewer where the
// greatest would have more than ten digits; and none that are 0 in every row. Where
// that cannot be, since the numbers are 1e15 or more, mostly below 1e-6, or too far
// apart, the whole column has exponents. Shares are in percent with two decimals.
func (u Unit) Format(values []float64) Format {
	f := Format{unit: u}
	switch {
	case u.epoch():
		f.decimals = fractionDigits(u, values)
		return f
	case u.duration():
		return f
	case u == Shares:
		f.decimals = shareDigits
		f.trim(values)
		return f
	}
	var sizes []float64
	for _, v := range values {
		if a := math.Abs(v); a > 0 && !math.IsInf(a, 0) {
			sizes = append(sizes, a)
		}
	}
	if len(sizes) == 0 {
		return f
	}
	slices.Sort(sizes)
	typical, greatest := exponent(sizes[len(sizes)/2]), exponent(sizes[len(sizes)-1])
	fewest := max(0, fewestDigits-1-typical)
	room := max(0, widest-1-max(0, greatest))
	f.decimals = min(max(0, digits-1-typical), max(room, fewest))
	if whole(values) && greatest < exact {
		f.decimals = 0
	} else if greatest >= exact || sizes[len(sizes)/2] < least || max(0, greatest)+1+fewest > exact {
		f.scientific, f.decimals = true, digits-1
	}
	f.trim(values)
	return f
}

func whole(values []float64) bool {
	for _, v := range values {
		if v != math.Trunc(v) && !math.IsNaN(v) {
			return false
		}
	}
	return true
}

// trim takes away the decimals that are 0 in every row. A number that rounds to 0
// keeps them all, to say below what it lies.
func (f *Format) trim(values []float64) {
	zeros := f.decimals
	for _, v := range values {
		if math.IsNaN(v) || math.IsInf(v, 0) || v == 0 {
			continue
		}
		text, approximate := f.digits(v)
		if approximate {
			return
		}
		text, _, _ = strings.Cut(text, "e")
		zeros = min(zeros, len(text)-len(strings.TrimRight(text, "0")))
	}
	f.decimals -= zeros
}

// digits writes a finite number; approximate means that it is a bound.
func (f Format) digits(v float64) (text string, approximate bool) {
	if f.scientific {
		return strconv.FormatFloat(v, 'e', f.decimals, 64), false
	}
	shown := v
	if f.unit == Shares {
		shown *= 100
	}
	text = strconv.FormatFloat(shown, 'f', f.decimals, 64)
	switch bound := math.Pow10(-f.decimals); {
	case v == 0:
	case !strings.ContainsAny(text, "123456789"):
		text, approximate = strconv.FormatFloat(bound, 'f', f.decimals, 64), true
		if text = "<" + text; v < 0 {
			text = ">-" + text[1:]
		}
	case f.unit == Shares && 0 < v && v < 1 && strings.HasPrefix(text, "100"):
		text, approximate = ">"+strconv.FormatFloat(100-bound, 'f', f.decimals, 64), true
	}
	return text, approximate
}

// Text writes a number of the column. What is not 0 but would round to it is written
// as a bound, such as <0.01; -0 is 0; NaN, +Inf and -Inf are written by name.
func (f Format) Text(v float64) string {
	switch {
	case math.IsNaN(v), math.IsInf(v, 0):
		return strconv.FormatFloat(v, 'g', -1, 64)
	case f.unit.epoch():
		return f.date(v)
	case f.unit.duration():
		return Lasting(v / f.unit.perSecond())
	case v == 0:
		v = 0 // not -0
		if f.scientific {
			return "0"
		}
	}
	text, _ := f.digits(v)
	switch f.unit {
	case Counts:
		return separated(text)
	case Shares:
		return text + " %"
	}
	return text
}

// Integer writes an integer of the column, in full where Text would round it.
func (f Format) Integer(n int64) string {
	switch f.unit {
	case Plain:
		return strconv.FormatInt(n, 10)
	case Counts:
		return Count(n)
	}
	return f.Text(float64(n))
}

// Exact returns a number in as many digits as tell it from every other, plain where it
// is of an ordinary size.
func Exact(v float64) string {
	if a := math.Abs(v); least <= a && a < 1e21 {
		return strconv.FormatFloat(v, 'f', -1, 64)
	}
	return strconv.FormatFloat(v, 'g', -1, 64)
}
