package tree

// A matrix is the codes of all rows. Fields of up to 256 codes take a byte each
// and are there twice: row by row, stride bytes apart, for adding rows up, and
// column by column for parting them. Larger fields have only a column.
//
// Rows of equal codes are one row once [matrix.merge] has been called.
type matrix struct {
	rows    int
	merged  bool     // some rows stand for several
	fields  []*field // those that can be split, in slot order
	size    int      // codes of all fields
	stride  int      // a multiple of four
	codes   []uint8
	columns [][]uint8
	wide    [][]uint16
	infos   []string // one a slot
	empty   []string // the names of parts that are NaN in all rows
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
		if f.empty {
			m.empty = append(m.empty, f.part.Name)
		}
	}
	m.allocate()
	parallel(p.Workers, m.rows, blockRows, func(_, from, to int) {
		var buffer [encodedRows]float64
		var codes [encodedRows]uint8
		for ; from < to; from += encodedRows {
			n := min(encodedRows, to-from)
			for _, f := range m.fields {
				f.part.Read(from, buffer[:n])
				if f.wide {
					encode(f, buffer[:n], m.wide[f.column][from:])
				} else {
					encode(f, buffer[:n], codes[:])
					m.put(f, from, codes[:n])
				}
			}
		}
	})
	return m, nil
}

// encodedRows is how many rows are encoded at a time, few enough that they stay in
// cache from one field to the next.
const encodedRows = 512

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

// allocate makes room for the codes of the fields that have their places.
func (m *matrix) allocate() {
	for k := range m.wide {
		m.wide[k] = make([]uint16, m.rows)
	}
	m.stride = (len(m.columns) + 3) / 4 * 4
	m.codes = make([]uint8, m.rows*m.stride)
}

// put writes codes of a field, of the rows from that one on.
func (m *matrix) put(f *field, from int, codes []uint8) {
	at := from*m.stride + f.column
	for _, code := range codes {
		m.codes[at] = code
		at += m.stride
	}
}

// byColumn makes the columns of the codes, some rows at a time.
func (m *matrix) byColumn(workers int) {
	for k := range m.columns {
		m.columns[k] = make([]uint8, m.rows)
	}
	parallel(workers, m.rows, encodedRows, func(_, from, to int) {
		for k, column := range m.columns {
			at := from*m.stride + k
			column := column[from:to]
			for i := range column {
				column[i] = m.codes[at]
				at += m.stride
			}
		}
	})
}
