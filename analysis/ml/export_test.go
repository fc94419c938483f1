package ml

import (
	"bytes"
	"context"
	"fmt"

	"github.com/stophacking/kelpie/analysis"
)

// Seal gives a changed pipeline.json the checksum that belongs to it, so that
// tests get at the checks behind it.
func Seal(data []byte) []byte {
	_, rest, found := bytes.Cut(data, []byte(`"pipeline.json": "`))
	seal, _, _ := bytes.Cut(rest, []byte(`"`))
	if !found || len(seal) != len(unsealed) {
		return data
	}
	zeroed := bytes.Replace(data, seal, []byte(unsealed), 1)
	return bytes.Replace(zeroed, []byte(unsealed), []byte(sum(zeroed)), 1)
}

// Slots returns the rows of a feature vector, one number a slot, and the names of
// the slots.
func Slots(f analysis.Frame, vector string) ([][]float64, []string, error) {
	b, err := collect(context.Background(), f.Select(vector))
	if err != nil {
		return nil, nil, err
	}
	features := b.Columns[0].Features
	rows := make([][]float64, b.Len)
	for i := range rows {
		rows[i] = dense(features, i)
	}
	return rows, features.Names(), nil
}

// Shuffle is the order in which a column's values are shuffled.
func Shuffle(n int, seed uint64, column string, repeat int) []uint32 {
	return shuffle(n, seed, column, repeat)
}

// Plain reports whether a text column of f is held without a dictionary.
func Plain(f analysis.Frame, name string) bool {
	b, err := collect(context.Background(), f.Select(name))
	return err == nil && b.Columns[0].Plain()
}

// RemoveModel is what Save does with the model that it replaces.
var RemoveModel = removeModel

// ReadWritten proves the directory of a model as Save does.
func ReadWritten(m *PipelineModel, dir string) error {
	value, err := m.load(context.Background())
	if err == nil {
		_, _, err = value.golden.read(context.Background(), dir, value.stages)
	}
	if err != nil {
		return fmt.Errorf("ml: %w", err)
	}
	return nil
}
