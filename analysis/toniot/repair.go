package toniot

import "github.com/stophacking/kelpie/analysis"

// Repair makes numbers of the memory columns that hold units and blanks
// ([RepairedColumns]); the other columns stay as they are. It takes a frame read
// by [Memory].
//
// Blanks go, wherever they stand: " 7560 3" becomes 75603. A closing K, M or G
// multiplies by 1e3, 1e6 or 1e9: the units of this data set are decimal. A text
// that is still no number becomes null.
//
// What it cannot know: VSIZE, RSIZE, VGROW and RGROW mix kilo-, mega- and
// gigabytes without saying so; and where a blank was, the digit behind it may
// have been the first of the next column, so that joining makes the number ten
// times too large. The statistics published of these columns join.
func Repair(memory analysis.Frame) analysis.Frame {
	for _, name := range RepairedColumns {
		memory = memory.WithColumn(name, RepairExpression(name))
	}
	return memory
}

// RepairExpression is the value of a column of texts with units and blanks as a
// number; [Repair] says how it is read.
func RepairExpression(name string) analysis.Expression {
	text := analysis.Col(name).Replace(" ", "")
	scaled := func(unit string, factor float64) analysis.Expression {
		return text.TrimSuffix(unit).TryCast(analysis.Float64).Times(factor)
	}
	return analysis.When(text.EndsWith("K"), scaled("K", 1e3)).
		When(text.EndsWith("M"), scaled("M", 1e6)).
		When(text.EndsWith("G"), scaled("G", 1e9)).
		Otherwise(text.TryCast(analysis.Float64))
}
