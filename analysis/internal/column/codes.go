package column

// A Code is a number of a text in a dictionary. Loops over many rows are written
// for both widths, those over few call [Column.Code].
type Code interface{ uint16 | uint32 }

// NarrowCodes is the length of the longest dictionary whose codes are 16 bits wide.
const NarrowCodes = 1 << 16

// Narrow reports whether the codes of a String column are in Codes16: the length
// of the dictionary decides. A plain column has no codes.
func (c *Column) Narrow() bool { return len(c.Dictionary) <= NarrowCodes && !c.Plain() }

// Code returns the place in the dictionary of row i of a String column that is not
// plain; 0 where it is null.
func (c *Column) Code(i int) uint32 {
	if c.Codes16 != nil {
		return uint32(c.Codes16[i])
	}
	return c.Codes[i]
}
