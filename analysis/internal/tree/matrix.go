package tree

import (
	"github.com/stophacking/kelpie/analysis/internal/column"
)

// A matrix is the codes of all rows. Fields of up to 256 codes take a byte each
// and stand in blocks of eight: word i of a block is eight fields of row i, the
// first in the lowest byte. Larger fields have a column of their own.
type matrix struct {
	rows   int
	fields []*field // those that can be split, in slot order
	narrow int      // fields that take a byte
	blocks [][]uint64
	wide   [][]uint16
	infos  []string // one a slot
}

func newMatrix(features *column.Features, rows int, p Parameters) (*matrix, error) {
	m := &matrix{rows: rows}
	all := make([]*field, len(features.Parts))
	errs := make([]error, len(features.Parts))
	slots := make([]int, len(features.Parts)+1)
	for i, part := range features.Parts {
		slots[i+1] = slots[i] + part.Slots()
	}
	parallel(p.Workers, len(all), 1, func(_, i, _ int) {
		all[i], errs[i] = prepare(&features.Parts[i], slots[i], rows, p)
	})
	for i, f := range all {
		if errs[i] != nil {
			return nil, errs[i]
		}
		m.infos = append(m.infos, f.infos...)
		if f.size < 2 {
			continue
		}
		if f.wide = f.size > narrowSize; f.wide {
			f.column = len(m.wide)
			m.wide = append(m.wide, make([]uint16, rows))
		} else {
			f.column = m.narrow
			if m.narrow++; m.narrow > 8*len(m.blocks) {
				m.blocks = append(m.blocks, make([]uint64, rows))
			}
		}
		m.fields = append(m.fields, f)
	}
	parallel(p.Workers, rows, blockRows, func(_, from, to int) {
		for _, f := range m.fields {
			m.fill(f, from, to)
		}
	})
	return m, nil
}

func (m *matrix) fill(f *field, from, to int) {
	var buffer [1024]float64
	for ; from < to; from += len(buffer) {
		values := buffer[:min(len(buffer), to-from)]
		f.part.Read(from, values)
		if f.wide {
			codes := m.wide[f.column][from:]
			for i, v := range values {
				codes[i] = uint16(f.code(v))
			}
			continue
		}
		block, shift := m.blocks[f.column/8][from:], 8*(f.column%8)
		for i, v := range values {
			block[i] |= uint64(f.code(v)) << shift
		}
	}
}
