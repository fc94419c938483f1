package plots

import (
	"fmt"
	"math"
)

// summary names the largest and the smallest bar, with n and interval where they are
// known. Bars of few rows are not named where others are.
func (b Bars) summary(d barsData, percentages bool) string {
	write := count
	if percentages {
		write = percent
	}
	out := fmt.Sprintf("%s: %s", heading("Bar chart", b.Title), plural(len(d.names), "name"))
	for _, one := range d.series {
		low, high, few := -1, -1, 0
		better := func(i, than int) bool { return than < 0 || d.few != nil && d.few[than] && !d.few[i] }
		for i, v := range one.Values {
			if math.IsNaN(v) {
				continue
			}
			if d.few != nil && d.few[i] {
				if few++; low >= 0 && !d.few[low] {
					continue
				}
			}
			if better(i, low) || v < one.Values[low] {
				low = i
			}
			if better(i, high) || v > one.Values[high] {
				high = i
			}
		}
		bar := func(i int) string {
			said := write(one.Values[i])
			if d.ends != nil && !math.IsNaN(d.ends[i].lo) && b.Deviations == nil {
				said += ", " + write(d.ends[i].lo) + " to " + write(d.ends[i].hi)
			}
			if b.N != nil {
				said += ", n = " + count(b.N[i])
			}
			return fmt.Sprintf("%s (%s)", d.names[i], said)
		}
		out += "; "
		if name := clean(one.Name); name != "" {
			out += name + " "
		}
		switch {
		case high < 0:
			out += "without a value"
		case low == high:
			out += bar(high)
		default:
			out += "from " + bar(high) + " to " + bar(low)
		}
		if few > 0 {
			out += fmt.Sprintf("; %s of fewer than %d rows", plural(few, "bar"), fewRows)
		}
	}
	if b.Reference.Name != "" {
		out += "; " + b.Reference.label(percentages)
	}
	return out + "."
}
