package csv

import (
	"bytes"
	"context"
)

// blockSize is how many bytes a worker decodes at a time: a block, where its fields
// lie and the values made of it fit into a core's cache. Tests make it tiny.
var blockSize = 256 << 10

// A block is a part of a file that holds whole records.
type block struct {
	source     *source
	start, end int  // offsets in the file
	line       int  // 1-based line of start
	rows       int  // records
	base       int  // number of the first record in all files together
	plain      bool // no quotes, no blank lines, and the last line is ended
}

// text returns the block's bytes.
func (b *block) text() []byte { return b.source.data[b.start:b.end] }

// A tally counts the bytes that matter to the structure of a text.
type tally struct{ lines, commas, quotes int }

func count(text []byte) tally {
	return tally{bytes.Count(text, newline), bytes.Count(text, comma), bytes.Count(text, quote)}
}

// scan divides the file's body into blocks at the first record that begins at or
// after each cut, and counts the records. The cuts are offsets in ascending order,
// the first the body's start. A block that would be empty is left out.
//
// A line feed ends a record just where the number of quotes before it is even, so
// the quotes in all text between two cuts, counted in parallel, tell where records
// begin without reading the file from its start.
func (s *source) scan(ctx context.Context, workers int, cuts []int) ([]block, error) {
	parts := len(cuts)
	cuts = append(cuts, len(s.data))
	tallies := make([]tally, parts)
	err := s.each(ctx, workers, parts, func(k int) error {
		text := s.data[cuts[k]:cuts[k+1]]
		if n := bytes.IndexByte(text, 0); n >= 0 {
			return s.fault(cuts[k]+n, errNUL)
		}
		tallies[k] = count(text)
		return nil
	})
	if err != nil {
		return nil, err
	}

	quoted := make([]bool, parts) // whether the cut lies between quotes
	for k := range parts - 1 {
		quoted[k+1] = quoted[k] != (tallies[k].quotes%2 == 1)
	}
	starts := make([]int, parts+1)
	err = s.each(ctx, workers, parts, func(k int) error {
		starts[k] = s.recordFrom(cuts[k], cuts[k+1], quoted[k])
		return nil
	})
	if err != nil {
		return nil, err
	}
	starts[parts] = len(s.data)
	for k := parts - 1; k >= 0; k-- {
		if starts[k] < 0 {
			starts[k] = starts[k+1]
		}
	}

	blocks := make([]block, parts)
	err = s.each(ctx, workers, parts, func(k int) error {
		b := block{source: s, start: starts[k], end: starts[k+1]}
		if b.start < b.end {
			before, after := count(s.data[cuts[k]:starts[k]]), count(s.data[cuts[k+1]:starts[k+1]])
			t := tallies[k]
			t.lines += after.lines - before.lines
			t.commas += after.commas - before.commas
			t.quotes += after.quotes - before.quotes
			b.line, b.rows = t.lines, s.records(b.text(), t)
			b.plain = t.quotes == 0 && b.rows == t.lines && s.data[b.end-1] == '\n'
		}
		blocks[k] = b
		return nil
	})
	if err != nil {
		return nil, err
	}
	line := 1 + s.lines
	filled := blocks[:0]
	for _, b := range blocks {
		if b.start < b.end {
			b.line, line = line, line+b.line
			filled = append(filled, b)
		}
	}
	return filled, nil
}

// each is [each] for work on this file.
func (s *source) each(ctx context.Context, workers, items int, do func(item int) error) error {
	return each(ctx, workers, items, func(_, item int) error {
		return guard(s.path, func() error { return do(item) })
	})
}

// recordFrom returns the offset of the first record that begins at or after from,
// looking no further than the text before to, or -1. quoted says whether from lies
// between quotes.
func (s *source) recordFrom(from, to int, quoted bool) int {
	if !quoted && s.data[from-1] == '\n' {
		return from
	}
	for at := from; ; {
		n := bytes.IndexByte(s.data[at:to], '\n')
		if n < 0 {
			return -1
		}
		quoted = quoted != (bytes.Count(s.data[at:at+n], quote)%2 == 1)
		at += n + 1
		if !quoted {
			return at
		}
	}
}

// records returns the number of records in a block's text, up to any flaw in it.
func (s *source) records(text []byte, t tally) int {
	// A blank line lacks commas, so with the right number of them either there is
	// no blank line, or some record has too many fields and decoding fails.
	columns := len(s.names)
	if columns > 1 && t.quotes == 0 && t.commas == t.lines*(columns-1) && text[len(text)-1] == '\n' {
		return t.lines
	}
	rows, quoted := 0, false
	for at := skipBlank(text, 0); at < len(text); {
		n := bytes.IndexByte(text[at:], '\n')
		if n < 0 {
			return rows + 1
		}
		quoted = quoted != (bytes.Count(text[at:at+n], quote)%2 == 1)
		at += n + 1
		if !quoted {
			rows++
			at = skipBlank(text, at)
		}
	}
	return rows
}
