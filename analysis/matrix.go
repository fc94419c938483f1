package analysis

// Matrix returns numeric or bool columns as rows of numbers: item i holds row i,
// in the order of the named columns. A null is an error, because no float64
// stands for it.
func (t Table) Matrix(columns ...string) ([][]float64, error) {
	rows := make([][]float64, t.Len())
	for i := range rows {
		rows[i] = make([]float64, len(columns))
	}
	for k, name := range columns {
		values, err := t.Floats(name)
		if err != nil {
			return nil, err
		}
		for i, v := range values {
			rows[i][k] = v
		}
	}
	return rows, nil
}
