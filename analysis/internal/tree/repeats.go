package tree

// repeats says how many rows of the data each row of a matrix stands for: by row,
// how many it and those before it stand for together. nil: each for one.
type repeats []uint32

// of returns the rows that a row stands for: the first, counted through, and how
// many.
func (r repeats) of(row int) (from, n int) {
	switch {
	case r == nil:
		return row, 1
	case row > 0:
		from = int(r[row-1])
	}
	return from, int(r[row]) - from
}

func (r repeats) count(row int) int {
	_, n := r.of(row)
	return n
}

// total returns how many rows of the data that many rows stand for.
func (r repeats) total(rows int) int {
	if r == nil {
		return rows
	}
	return int(r[rows-1])
}

// drawn returns how many of the rows that a row stands for a tree is grown on.
func (d *Data) drawn(row int, bag *bag, p Parameters) int {
	if !d.trains(row) {
		return 0
	}
	from, n := d.repeats.of(row)
	if p.SubsamplingRate < 1 {
		_, n = bag.times(from, n)
	}
	return n
}
