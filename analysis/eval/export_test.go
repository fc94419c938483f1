package eval

// Replicates is what a bootstrap of the sample computes, and what it drew: draws[r][k]
// is how often replicate r took block k, and blocks[i] is the block of row i.
func Replicates(b Bootstrap, s *Sample, metrics ...Metric) (values [][][]float64, draws [][]float64, blocks []int32, err error) {
	values, n, _, err := b.replicates([]*Sample{s}, metrics)
	if err != nil {
		return nil, nil, nil, err
	}
	for r := range values {
		draws = append(draws, make([]float64, n))
		draw(draws[r], b.Seed, r)
	}
	blocks, _, err = s.blocks(b.Block)
	return values, draws, blocks, err
}
