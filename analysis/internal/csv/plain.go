package csv

import (
	"context"

	"github.com/stophacking/kelpie/analysis/internal/column"
)

// layOut writes the texts of plain columns, which the workers hold in dictionaries
// of their own, to the columns' own bytes: their lengths first, block by block,
// and when it is known where each begins, themselves.
func layOut(ctx context.Context, targets []target, workers []worker, blocks []block, by []int) error {
	perText := func(do func(out *column.Column, row int, text string)) error {
		return each(ctx, len(workers), len(blocks), func(_, i int) error {
			b := &blocks[i]
			for k, t := range targets {
				if !t.out.Plain() {
					continue
				}
				words := workers[by[i]].findings[k].words.values
				if workers[by[i]].findings[k].inNarrow(b) {
					for r, code := range t.narrow[b.base:][:b.rows] {
						do(t.out, b.base+r, words[code])
					}
				} else {
					for r, code := range t.wide[b.base:][:b.rows] {
						do(t.out, b.base+r, words[code])
					}
				}
			}
			return nil
		})
	}
	err := perText(func(out *column.Column, row int, text string) { out.Offsets[row+1] = int64(len(text)) })
	if err != nil {
		return err
	}
	for _, t := range targets {
		if !t.out.Plain() {
			continue
		}
		for row := range t.out.Len {
			t.out.Offsets[row+1] += t.out.Offsets[row]
		}
		t.out.Bytes = buffer[byte](int(t.out.Offsets[t.out.Len]))
	}
	return perText(func(out *column.Column, row int, text string) { copy(out.Bytes[out.Offsets[row]:], text) })
}
