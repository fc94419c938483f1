package csv

import (
	"context"

	"github.com/stophacking/kelpie/analysis/internal/column"
)

// allocate makes the buffers for so many rows.
func allocate(fields []Field, rows int) []target {
	targets := make([]target, len(fields))
	for k, f := range fields {
		out := &column.Column{Name: f.Name, Type: f.Type, Len: rows}
		targets[k] = target{field: f, out: out}
		switch f.Type {
		case column.Int32:
			out.Int32s = buffer[int32](rows)
		case column.Int64, column.Timestamp:
			out.Int64s = buffer[int64](rows)
		case column.Float64:
			out.Float64s = buffer[float64](rows)
		case column.Bool:
			targets[k].flags = make([]byte, rows)
		case column.String:
			targets[k].narrow, targets[k].wide = buffer[uint16](rows), buffer[uint32](rows)
		}
	}
	return targets
}

// finish turns what the workers hold for themselves into the columns' own: null
// rows into bitmaps, truth values into bits, the workers' dictionaries into one, or
// into plain texts where most are different.
// by[i] is the worker that decoded blocks[i].
func finish(ctx context.Context, targets []target, workers []worker, blocks []block, by []int) error {
	codes := make([][][]uint32, len(targets)) // a target, a worker, a code of its own
	err := each(ctx, len(workers), len(targets), func(_, k int) error {
		out := targets[k].out
		var dictionaries []*dictionary
		for i := range workers {
			out.Nulls += len(workers[i].findings[k].nulls)
			dictionaries = append(dictionaries, &workers[i].findings[k].words)
		}
		if out.Nulls > 0 {
			out.Valid = pack(out.Len, func(int) bool { return true })
			for i := range workers {
				for _, row := range workers[i].findings[k].nulls {
					out.Valid[row>>3] &^= 1 << (row & 7)
				}
			}
		}
		switch out.Type {
		case column.Bool:
			out.Bools = pack(out.Len, func(row int) bool { return targets[k].flags[row] != 0 })
		case column.String:
			out.Dictionary, codes[k] = merge(dictionaries)
			switch {
			case column.MostlyDistinct(out.Len, len(out.Dictionary)):
				out.Dictionary, out.Offsets = nil, buffer[int64](out.Len+1)
			case out.Narrow():
				out.Codes16 = targets[k].narrow
			default:
				out.Codes = targets[k].wide
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	err = each(ctx, len(workers), len(blocks), func(_, i int) error {
		b := &blocks[i]
		for k := range targets {
			t := &targets[k]
			if t.out.Type != column.String || t.out.Plain() {
				continue
			}
			final := codes[k][by[i]]
			narrow, wide := t.narrow[b.base:][:b.rows], t.wide[b.base:][:b.rows]
			switch from := workers[by[i]].findings[k].inNarrow(b); {
			case from && t.out.Narrow():
				recode(narrow, narrow, final)
			case from:
				recode(wide, narrow, final)
			case t.out.Narrow():
				recode(narrow, wide, final)
			default:
				recode(wide, wide, final)
			}
		}
		return nil
	})
	if err == nil {
		err = layOut(ctx, targets, workers, blocks, by)
	}
	for k := range targets {
		t := &targets[k]
		if t.out.Codes == nil {
			release(t.wide)
			t.wide = nil
		}
		if t.out.Codes16 == nil {
			release(t.narrow)
			t.narrow = nil
		}
	}
	return err
}

// recode sets to[r] to the final code of from[r]; to may be from.
func recode[To, From column.Code](to []To, from []From, final []uint32) {
	for r, code := range from {
		to[r] = To(final[code])
	}
}

// pack returns a bit a row, lowest first, the bits past the last row 0.
func pack(rows int, set func(row int) bool) []byte {
	packed := make([]byte, (rows+7)/8)
	for row := range rows {
		if set(row) {
			packed[row>>3] |= 1 << (row & 7)
		}
	}
	return packed
}
