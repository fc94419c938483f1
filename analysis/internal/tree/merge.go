package tree

import (
	"bytes"
	"encoding/binary"
	"slices"
)

const (
	// mostRepeats bounds what one row stands for, so that its sums fit a word.
	mostRepeats = 1 << 13
	// Where hardly any of the first rows are equal, the others are not looked at.
	mergeProbe = 1 << 17
	fewMerged  = mergeProbe / 16
)

// merge makes one row of the rows that no tree can tell apart and that pull alike:
// equal in all codes, in the label, and in whether they are for validation. Sums
// over them are the same added up one by one or all at once, and so are the trees,
// but for what is rounded or drawn at random. Telemetry repeats itself: of memory
// activity in 255 bins a third of the rows are left, in 32 bins a twelfth.
//
// It returns the data of the rows that are left, in the order in which the first
// of each was met, without the features. Rows with weights stay as they are. It is
// to be called before byColumn. The cost is a look-up a row, and where fewer than
// one in 16 of the first 131,072 are equal to another, a copy.
func (m *matrix) merge(d Data) Data {
	d.Features, d.Dense = nil, nil
	if d.Weights != nil {
		return d
	}
	t := newMerger(m)
	for from := 0; from < m.rows; from += mergeBlock {
		if from == mergeProbe && from-t.kept() < fewMerged {
			if t.kept() == from {
				return d
			}
			t.slots = nil
		}
		t.take(d, from, min(from+mergeBlock, m.rows))
	}
	if t.kept() == m.rows {
		return d
	}
	return t.finish(d)
}

// A merger moves the rows that are left to the front of the matrix.
type merger struct {
	matrix *matrix
	counts repeats  // rows that each row left stands for
	marks  []uint8  // of the rows left
	slots  []uint32 // a hash table: the row left, plus 1; 0: empty. nil: no more are merged
	seen   uint8    // keeps what is read ahead from being left out
}

func newMerger(m *matrix) *merger {
	room := m.rows/2 + 1 // more is seldom needed
	return &merger{matrix: m, counts: make(repeats, 0, room), marks: make([]uint8, 0, room), slots: make([]uint32, 1<<12)}
}

func (t *merger) kept() int { return len(t.counts) }

// mergeBlock is how many rows are looked up at a time.
const mergeBlock = 256

// take merges each of a few rows with an equal one that is left, or leaves it.
func (t *merger) take(d Data, from, to int) {
	if t.slots != nil && 2*(t.kept()+mergeBlock) > len(t.slots) {
		t.grow()
	}
	m, mask := t.matrix, uint64(len(t.slots)-1)
	var marks [mergeBlock]uint8
	var hashes [mergeBlock]uint64
	for i := range to - from {
		marks[i] = d.mark(from + i)
		hashes[i] = m.hash(from+i, marks[i])
	}
	// Each look-up waits for two places in memory. Read ahead, many wait together.
	if t.slots != nil {
		var first [mergeBlock]uint32
		for i := range to - from {
			first[i] = t.slots[hashes[i]&mask]
		}
		for _, n := range first[:to-from] {
			if n > 0 && m.stride > 0 {
				t.seen += m.codes[int(n-1)*m.stride]
			}
		}
	}
	for i := range to - from {
		row, mark := from+i, marks[i]
		if t.slots != nil {
			slot := t.find(row, mark, hashes[i])
			if n := *slot; n > 0 && t.counts[n-1] < mostRepeats {
				t.counts[n-1]++
				continue
			}
			*slot = uint32(t.kept() + 1)
		}
		m.move(row, t.kept())
		t.counts = append(t.counts, 1)
		t.marks = append(t.marks, mark)
	}
}

// find returns the slot of the row left that equals a row, or an empty one.
func (t *merger) find(row int, mark uint8, hash uint64) *uint32 {
	mask := uint64(len(t.slots) - 1)
	for at := hash & mask; ; at = (at + 1) & mask {
		slot := &t.slots[at]
		if n := int(*slot) - 1; n < 0 || t.marks[n] == mark && t.matrix.equal(n, row) {
			return slot
		}
	}
}

// grow doubles the table. Of equal rows, which there are beyond
// mostRepeats, the last stays in it.
func (t *merger) grow() {
	t.slots = make([]uint32, 2*len(t.slots))
	for row, mark := range t.marks {
		*t.find(row, mark, t.matrix.hash(row, mark)) = uint32(row + 1)
	}
}

// forValidation is set in the mark of a row that is for validation, beside the label.
const forValidation = 2

// mark is what rows must have in common beside their codes.
func (d *Data) mark(row int) uint8 {
	mark := uint8(d.Labels[row])
	if d.Validation != nil && d.Validation[row] {
		mark |= forValidation
	}
	return mark
}

// finish cuts the matrix to the rows that are left, and returns their data.
func (t *merger) finish(d Data) Data {
	m, kept := t.matrix, t.kept()
	m.rows, m.merged = kept, true
	m.codes = slices.Clone(m.codes[:kept*m.stride])
	for k := range m.wide {
		m.wide[k] = slices.Clone(m.wide[k][:kept])
	}
	d.Rows = kept
	d.Labels = make([]float64, kept)
	if d.Validation != nil {
		d.Validation = make([]bool, kept)
	}
	total := uint32(0)
	for row, mark := range t.marks {
		d.Labels[row] = float64(mark &^ forValidation)
		if mark >= forValidation {
			d.Validation[row] = true
		}
		total += t.counts[row]
		t.counts[row] = total
	}
	d.repeats = t.counts
	return d
}

// move copies a row's codes over those of another.
func (m *matrix) move(from, to int) {
	if from == to {
		return
	}
	copy(m.row(to), m.row(from))
	for _, codes := range m.wide {
		codes[to] = codes[from]
	}
}

// row returns a row's codes of the narrow fields.
func (m *matrix) row(i int) []uint8 { return m.codes[i*m.stride : (i+1)*m.stride] }

func (m *matrix) equal(a, b int) bool {
	for _, codes := range m.wide {
		if codes[a] != codes[b] {
			return false
		}
	}
	return bytes.Equal(m.row(a), m.row(b))
}

// hash is equal for equal rows of one mark. A row has a multiple of four bytes.
func (m *matrix) hash(row int, mark uint8) uint64 {
	h := uint64(mark)
	codes := m.row(row)
	for ; len(codes) >= 8; codes = codes[8:] {
		h = (h ^ binary.LittleEndian.Uint64(codes)) * weyl
		h ^= h >> 32
	}
	if len(codes) > 0 {
		h = (h ^ uint64(binary.LittleEndian.Uint32(codes))) * weyl
		h ^= h >> 32
	}
	for _, codes := range m.wide {
		h = (h ^ uint64(codes[row])) * weyl
		h ^= h >> 32
	}
	return mix(h)
}
