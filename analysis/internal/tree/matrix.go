package tree

// A matrix is the codes of all rows. Fields of up to 256 codes take a byte each
// and are there twice: row by row, stride bytes apart, for adding rows up, and
// column by column for parting them. Larger fields have only a column.
type matrix struct {
	rows    int
	fields  []*field // those that can be split, in slot order
	size    int      // codes of all fields
	stride  int      // a multiple of four
	codes   []uint8
	columns [][]uint8
	wide    [][]uint16
	infos   []string // one a slot
}

// newMatrix checks the data's features and turns them into codes.
func newMatrix(d Data, p Parameters) (*matrix, error) {
	if d.Dense != nil {
		return denseMatrix(d, p)
	}
	parts := d.Features.Parts
	all := make([]*field, len(parts))
	errs := make([]error, len(parts))
	slots := make([]int, len(parts)+1)
	for i, part := range parts {
		slots[i+1] = slots[i] + part.Slots()
	}
	parallel(p.Workers, len(all), 1, func(_, i, _ int) {
		all[i], errs[i] = prepare(&parts[i], slots[i], d, p)
	})
	m := &matrix{rows: d.Rows}
	for i, f := range all {
		if errs[i] != nil {
			return nil, errs[i]
		}
		m.infos = append(m.infos, f.infos...)
		m.place(f)
	}
	m.allocate()
	parallel(p.Workers, m.rows, blockRows, func(_, from, to int) {
		var buffer [1024]float64
		for _, f := range m.fields {
			for at := from; at < to; at += len(buffer) {
				values := buffer[:min(len(buffer), to-at)]
				f.part.Read(at, values)
				if f.wide {
					encode(f, values, m.wide[f.column][at:])
				} else {
					encode(f, values, m.columns[f.column][at:])
				}
			}
		}
		m.transpose(from, to)
	})
	return m, nil
}

// place gives a field its place, unless all rows have one code.
func (m *matrix) place(f *field) {
	if f.size < 2 {
		return
	}
	f.start = m.size
	m.size += f.size
	if f.wide = f.size > narrowSize; f.wide {
		f.column = len(m.wide)
		m.wide = append(m.wide, nil)
	} else {
		f.column = len(m.columns)
		m.columns = append(m.columns, nil)
	}
	m.fields = append(m.fields, f)
}

func (m *matrix) allocate() {
	for k := range m.columns {
		m.columns[k] = make([]uint8, m.rows)
	}
	for k := range m.wide {
		m.wide[k] = make([]uint16, m.rows)
	}
	m.stride = (len(m.columns) + 3) / 4 * 4
	m.codes = make([]uint8, m.rows*m.stride)
}

// transpose writes those rows' codes row by row, few enough at a time to stay in
// cache.
func (m *matrix) transpose(from, to int) {
	for ; from < to; from += 512 {
		rows := m.codes[from*m.stride : min(to, from+512)*m.stride]
		for k, column := range m.columns {
			for at, i := k, from; at < len(rows); at, i = at+m.stride, i+1 {
				rows[at] = column[i]
			}
		}
	}
}
