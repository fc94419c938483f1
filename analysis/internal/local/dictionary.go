package local

import (
	"math"

	"github.com/stophacking/kelpie/analysis/internal/arena"
	"github.com/stophacking/kelpie/analysis/internal/column"
	"github.com/stophacking/kelpie/analysis/internal/plan"
)

// soleText returns the text column that e reads if it reads nothing else, does
// something with it, and that pays.
func soleText(e plan.Expr, b *column.Batch) *column.Column {
	if _, bare := e.(plan.Ref); bare {
		return nil
	}
	used := plan.Columns(e)
	if len(used) != 1 {
		return nil
	}
	if c := b.Column(used[0]); c != nil && c.Type == column.String && !c.Plain() && len(c.Dictionary) < c.Len {
		return c
	}
	return nil
}

// overDictionary computes e over the texts that c uses and one null, then
// spreads the results over the rows of c, in memory.
func overDictionary(e plan.Expr, c *column.Column, memory *arena.Arena) (*column.Column, error) {
	if c.Narrow() {
		return overCodes(e, c, c.Codes16, memory)
	}
	return overCodes(e, c, c.Codes, memory)
}

func overCodes[C column.Code](e plan.Expr, c *column.Column, codes []C, memory *arena.Arena) (*column.Column, error) {
	sample, place, null := samples(c, codes)
	out, err := compute(e, &column.Batch{Columns: []*column.Column{c.Gather(sample)}, Len: len(sample)})
	if err != nil {
		return nil, err
	}
	return out.GatherIn(memory, column.Listed(c.Len, func(rows []uint32, from int) {
		for i, code := range codes[from : from+len(rows)] {
			rows[i] = place[code]
		}
		if c.Nulls > 0 {
			for i := range rows {
				if c.IsNull(from + i) {
					rows[i] = null
				}
			}
		}
	})), nil
}

// samples returns the first row of each text that c uses and of its nulls; and the
// place among those rows of each code that is used, and of null.
func samples[C column.Code](c *column.Column, codes []C) (sample, place []uint32, null uint32) {
	const unused = math.MaxUint32
	place = make([]uint32, max(1, len(c.Dictionary))) // code 0 stands under nulls even with no dictionary
	for i := range place {
		place[i] = unused
	}
	null = unused
	most := len(c.Dictionary) + min(1, c.Nulls)
	for i, code := range codes {
		at := &place[code]
		if c.IsNull(i) {
			at = &null
		}
		if *at == unused {
			*at = uint32(len(sample))
			if sample = append(sample, uint32(i)); len(sample) == most {
				break
			}
		}
	}
	return sample, place, null
}
