package store

import (
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"hash/crc32"
	"math"
	"path/filepath"
	"runtime"
	"sync/atomic"

	"github.com/stophacking/kelpie/analysis/internal/arrays"
	"github.com/stophacking/kelpie/analysis/internal/column"
	"github.com/stophacking/kelpie/analysis/internal/fault"
)

// Values are checked when they are first read, for a disk or a copy may flip a bit in a
// file that nobody has touched. What a column holds is cut into blocks, each with its
// checksum in the column's metadata; the checksum of the file covers these, and all that
// is not values. So attaching reads the checksums, and whoever reads some rows of some
// columns has the blocks checked that these lie in, once a process.

// blockSize is how many bytes have one checksum: so few that the first rows of many
// columns are a small matter, and so many that checksums are.
const blockSize = 256 << 10

// A piece is one run of bytes of a column: a buffer, or the last bits of one.
type piece struct {
	data []byte
	bits int // a row; 0 where offsets tell
	more int // bytes beyond those of the rows
}

// piecesOf returns what a column holds in rows, in the order in which the blocks of a file
// are counted. Bits beyond the last row are no part of it. Of an attached column no value
// may be read before.
func piecesOf(c *column.Column, attached bool) []piece {
	var all []piece
	bitmap := func(b []byte) {
		whole, last := splitBitmap(b, c.Len)
		all = append(all, piece{whole, 1, 0}, piece{[]byte{last}, 0, 1})
	}
	if c.Nulls > 0 {
		bitmap(c.Valid)
	}
	if c.Type == column.Bool {
		bitmap(c.Bools)
	}
	if c.Plain() {
		offsets, text := c.Offsets, c.Bytes
		if !attached {
			offsets, text = arrays.Plain(c)
		}
		return append(all, piece{arrays.Bytes(offsets), 64, 8}, piece{text, 0, 0})
	}
	return append(all,
		piece{arrays.Bytes(c.Int32s), 32, 0}, piece{arrays.Bytes(c.Int64s), 64, 0}, piece{arrays.Bytes(c.Float64s), 64, 0},
		piece{arrays.Bytes(c.Codes16), 16, 0}, piece{arrays.Bytes(c.Codes), 32, 0})
}

// piecesOfRows returns row numbers as a column's pieces.
func piecesOfRows(rows []uint32) []piece { return []piece{{arrays.Bytes(rows), 32, 0}} }

// sumsOf returns the checksum of each block of some pieces.
func sumsOf(pieces []piece) []uint32 {
	var sums []uint32
	for _, p := range pieces {
		for data := p.data; len(data) > 0; {
			n := min(len(data), blockSize)
			sums = append(sums, crc32.Checksum(data[:n], castagnoli))
			data = data[n:]
		}
	}
	return sums
}

// encodeSums writes checksums as text, 8 hexadecimal digits each.
func encodeSums(sums []uint32) string {
	b := make([]byte, 0, 4*len(sums))
	for _, sum := range sums {
		b = binary.BigEndian.AppendUint32(b, sum)
	}
	return hex.EncodeToString(b)
}

func decodeSums(text string) ([]uint32, error) {
	b, err := hex.DecodeString(text)
	if err != nil || len(b)%4 != 0 {
		return nil, damaged("checksums that are none")
	}
	sums := make([]uint32, len(b)/4)
	for i := range sums {
		sums[i] = binary.BigEndian.Uint32(b[4*i:])
	}
	return sums, nil
}

// A proof knows the checksums of an attached batch, and which blocks have been checked.
type proof struct {
	columns []*pending
	rows    *pending // nil without row numbers
}

// pending is a column to be checked, or the row numbers.
type pending struct {
	name    string
	shown   string  // in messages
	offsets []int64 // of plain texts
	pieces  []piece
	sums    []uint32
	good    []atomic.Bool // by block
}

// newPending returns a column whose blocks have these checksums, none of them checked.
func newPending(name, shown string, offsets []int64, pieces []piece, sums []uint32) (*pending, error) {
	blocks := 0
	for _, p := range pieces {
		blocks += (len(p.data) + blockSize - 1) / blockSize
	}
	if blocks != len(sums) {
		return nil, damaged("%d checksums for %d blocks", len(sums), blocks)
	}
	return &pending{name, shown, offsets, pieces, sums, make([]atomic.Bool, blocks)}, nil
}

// newProof returns the proof of an attached batch, which checks nothing yet.
func newProof(b *column.Batch, sums checksums) (p *proof, err error) {
	p = &proof{columns: make([]*pending, len(b.Columns))}
	for i, c := range b.Columns {
		if p.columns[i], err = newPending(c.Name, fmt.Sprintf("the values of column %q", c.Name), c.Offsets, piecesOf(c, true), sums.columns[i]); err != nil {
			return nil, fmt.Errorf("column %q: %w", c.Name, err)
		}
	}
	if b.Rows != nil {
		p.rows, err = newPending("", "the row numbers", nil, piecesOfRows(b.Rows), sums.rows)
	}
	return p, err
}

// A task is a block to be checked.
type task struct {
	of    *pending
	data  []byte
	block int
}

// tasks returns the blocks that the first rows lie in and that were not checked yet; the
// texts of a plain column only when texts is true, since its offsets must be good first.
func (p *pending) tasks(rows int, texts bool) []task {
	var list []task
	block := 0
	for _, piece := range p.pieces {
		end := piece.more
		switch {
		case piece.bits > 0 && rows < len(piece.data)*8/piece.bits:
			end += (rows*piece.bits + 7) / 8
		case piece.bits > 0:
			end = len(piece.data)
		case len(p.offsets) > 0 && texts:
			end = len(piece.data)
			if rows+1 < len(p.offsets) {
				end = int(p.offsets[rows] - p.offsets[0])
			}
		}
		end = min(end, len(piece.data))
		for at := 0; at < len(piece.data); at += blockSize {
			if at < end && !p.good[block].Load() {
				list = append(list, task{p, piece.data[at:min(at+blockSize, len(piece.data))], block})
			}
			block++
		}
	}
	return list
}

// all are the columns for which want holds, and the row numbers.
func (p *proof) all(want func(name string) bool) []*pending {
	var list []*pending
	if p.rows != nil {
		list = append(list, p.rows)
	}
	for _, c := range p.columns {
		if want(c.name) {
			list = append(list, c)
		}
	}
	return list
}

// check returns an error unless the first rows of the wanted columns, and their numbers,
// are what was written.
func (p *proof) check(want func(name string) bool, rows int) error {
	for _, texts := range []bool{false, true} {
		var list []task
		for _, c := range p.all(want) {
			list = append(list, c.tasks(rows, texts)...)
		}
		if err := checkAll(list); err != nil {
			return err
		}
	}
	return nil
}

// checkAll checks blocks side by side.
func checkAll(list []task) error {
	if len(list) == 0 {
		return nil
	}
	var next atomic.Int64
	var bad atomic.Pointer[pending]
	fault.Each(min(len(list), runtime.GOMAXPROCS(0)), func(int) {
		for i := int(next.Add(1)) - 1; i < len(list) && bad.Load() == nil; i = int(next.Add(1)) - 1 {
			t := list[i]
			if crc32.Checksum(t.data, castagnoli) != t.of.sums[t.block] {
				bad.Store(t.of)
				return
			}
			t.of.good[t.block].Store(true)
		}
	})
	if of := bad.Load(); of != nil {
		return damaged("%s are not those that were written", of.shown)
	}
	return nil
}

// accept takes all blocks as checked.
func (p *proof) accept() {
	for _, c := range p.all(func(string) bool { return true }) {
		for i := range c.good {
			c.good[i].Store(true)
		}
	}
}

// A Need is what is about to be read of a batch.
type Need struct {
	// Columns says by name which; nil means all of them. Row numbers always are.
	Columns func(name string) bool
	// Rows is how many of the first rows; 0 means all of them.
	Rows int
}

// check looks at what is needed of a batch that may lie in a mapped file.
func (s *Store) check(b *column.Batch, need Need) error {
	s.mu.Lock()
	p := s.proofs[b]
	s.mu.Unlock()
	if p == nil {
		return nil
	}
	want, rows := need.Columns, need.Rows
	if want == nil {
		want = func(string) bool { return true }
	}
	if rows <= 0 {
		rows = math.MaxInt / 64
	}
	return faulted(fault.Catch(func() error { return p.check(want, rows) }))
}

// discard drops the value in a file that was found damaged.
func (s *Store) discard(name string, b *column.Batch, err error) {
	s.say("store: %s is computed again: %v", name, err)
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.proofs, b)
	c := s.memo[name]
	if c == nil {
		return
	}
	select {
	case <-c.done:
	default:
		return // another caller has found it too, and is computing it
	}
	if c.value == any(b) {
		delete(s.memo, name)
		_ = entryAt(filepath.Join(s.dir, name)).remove() // else it is found damaged again
	}
}
