package tree

// partition orders the rows in [from, to) so that those of codes on the left side
// come first, both sides in their old order, and returns where the right side
// starts.
func (g *grower) partition(f *field, side []uint8, from, to int) int {
	rows, spare := g.rows[from:to], g.spare[from:to]
	const share = 1 << 15
	lefts := make([]int, (len(rows)+share-1)/share)
	parallel(g.p.Workers, len(rows), share, func(_, from, to int) {
		rows, spare := rows[from:to], spare[from:to]
		if f.wide {
			lefts[from/share] = separate(g.matrix.wide[f.column], side, rows, spare)
		} else {
			lefts[from/share] = separateNarrow(g.matrix.columns[f.column], (*[narrowSize]uint8)(side), rows, spare)
		}
	})
	middle := 0
	for i, left := range lefts {
		copy(rows[middle:], rows[i*share:i*share+left])
		middle += left
	}
	at := middle
	for i, left := range lefts {
		from := i * share
		right := min(share, len(rows)-from) - left
		copy(rows[at:], spare[from:from+right])
		at += right
	}
	return from + middle
}

// separate moves the rows that go left to the front of rows and the others to
// spare, and returns how many go left. It writes both ways and counts one, as a
// branch would be guessed wrong half the time.
func separate(codes []uint16, side []uint8, rows, spare []uint32) int {
	left, right := 0, 0
	for _, r := range rows {
		l := int(side[codes[r]])
		rows[left], spare[right] = r, r
		left += l
		right += 1 - l
	}
	return left
}

func separateNarrow(codes []uint8, side *[narrowSize]uint8, rows, spare []uint32) int {
	left, right := 0, 0
	for _, r := range rows {
		l := int(side[codes[r]])
		rows[left], spare[right] = r, r
		left += l
		right += 1 - l
	}
	return left
}
