package analysis

// Floats computes f and returns one numeric or bool column, one item a row. A
// null is an error, because no float64 stands for it.
func (f Frame) Floats(column string) ([]float64, error) {
	t, err := f.Select(column).Collect()
	if err != nil {
		return nil, err
	}
	return t.Floats(column)
}
