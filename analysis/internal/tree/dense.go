package tree

// Dense is features as one matrix: the value of column k in row i is
// Values[i*len(Columns)+k]. Each column is a numeric feature, named by Columns.
//
// Columns that hold only 0 and 1, never two of them 1 in one row, as one-hot
// encoding makes, are found and treated as the one column they were. That is
// faster and changes nothing in the model.
type Dense struct {
	Columns []string
	Values  []float32
}

// denseMatrix is newMatrix for Dense.
func denseMatrix(d Data, p Parameters) (*matrix, error) {
	x := d.Dense
	width := len(x.Columns)
	survey, err := surveyDense(d, p)
	if err != nil {
		return nil, err
	}
	m := &matrix{rows: d.Rows, infos: survey.infos()}
	fields := make([]*field, width) // by their first slot
	parallel(p.Workers, width, 1, func(_, k, _ int) {
		if !survey.binary[k] {
			fields[k] = &field{slot: k, missing: survey.missing[k]}
			fields[k].setBins(x.sample(k, d), p)
		}
	})
	for _, members := range survey.bundles() {
		f := &field{kind: oneHot, slot: members[0], bundle: members, size: len(members) + 1}
		for range members {
			f.edges = append(f.edges, 0.5)
		}
		fields[members[0]] = f
	}
	for _, f := range fields {
		if f != nil {
			m.place(f)
		}
	}
	m.allocate()
	parallel(p.Workers, m.rows, blockRows, func(_, from, to int) {
		var buffer [encodedRows]uint8
		for ; from < to; from += encodedRows {
			codes := buffer[:min(encodedRows, to-from)]
			values := x.Values[from*width : (from+len(codes))*width]
			for _, f := range m.fields {
				if f.kind == oneHot {
					f.encodeBundle(values, width, codes)
				} else {
					for i := range codes {
						codes[i] = f.ladder.bin(float64(values[i*width+f.slot]))
					}
				}
				m.put(f, from, codes)
			}
		}
	})
	return m, nil
}

// sample returns some of the training rows' values of column k.
func (x *Dense) sample(k int, d Data) []float64 {
	taken := min(d.Rows, sampleRows)
	sample := make([]float64, 0, taken)
	for i := range taken {
		row := i * d.Rows / taken
		if v := float64(x.Values[row*len(x.Columns)+k]); v == v && d.trains(row) {
			sample = append(sample, v)
		}
	}
	return sample
}

// encodeBundle gives each row the place of the member that is 1 in it.
func (f *field) encodeBundle(values []float32, width int, codes []uint8) {
	last := f.bundle[len(f.bundle)-1]
	together := last-f.slot+1 == len(f.bundle)
	for i := range codes {
		codes[i] = uint8(f.size - 1)
		if together {
			for k, v := range values[i*width+f.slot : i*width+last+1] {
				if v != 0 {
					codes[i] = uint8(k)
					break
				}
			}
			continue
		}
		for k, slot := range f.bundle {
			if values[i*width+slot] != 0 {
				codes[i] = uint8(k)
				break
			}
		}
	}
}
