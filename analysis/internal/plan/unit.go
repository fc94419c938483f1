package plan

import (
	"github.com/stophacking/kelpie/analysis/internal/column"
	"github.com/stophacking/kelpie/analysis/number"
)

// Shown is what the numbers of the column are shown as: what the field declares, and of
// a timestamp that declares nothing the seconds it is.
func (f Field) Shown() number.Unit {
	switch {
	case !f.Type.Numeric():
		return number.Plain
	case f.Type == column.Timestamp && f.Unit == number.Plain:
		return number.SecondsSince1970
	}
	return f.Unit
}
