package score_test

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/dmitryikh/leaves"

	"github.com/stophacking/kelpie/analysis/internal/column"
	"github.com/stophacking/kelpie/analysis/internal/lightgbm"
	"github.com/stophacking/kelpie/analysis/internal/score"
)

// A race is the matrix in KELPIE_RACE: rows of float32, most of whose columns
// say which command a row has, and score_model.txt, 100 trees of 31 leaves that
// Python LightGBM trained on it, see testdata/race.py.
type race struct {
	rows    int
	values  []float32 // of row i: values[i*len(columns):]
	columns []string
	model   *lightgbm.Model
	text    []byte
}

var theRace = sync.OnceValues(func() (*race, error) {
	dir := os.Getenv("KELPIE_RACE")
	text, err := os.ReadFile(filepath.Join(dir, "race.json"))
	if err != nil {
		return nil, err
	}
	var about struct {
		Rows    int      `json:"rows"`
		Train   int      `json:"n_train"`
		Columns []string `json:"columns"`
	}
	if err := json.Unmarshal(text, &about); err != nil {
		return nil, err
	}
	r := &race{rows: about.Rows, columns: about.Columns}
	if r.text, err = os.ReadFile(filepath.Join(dir, "score_model.txt")); err != nil {
		return nil, err
	}
	if r.model, err = lightgbm.Parse(r.text); err != nil {
		return nil, err
	}
	f, err := os.Open(filepath.Join(dir, "race_X.f32"))
	if err != nil {
		return nil, err
	}
	defer f.Close()
	r.values = make([]float32, r.rows*len(r.columns))
	return r, binary.Read(f, binary.LittleEndian, r.values)
})

func openRace(b *testing.B) *race {
	if os.Getenv("KELPIE_RACE") == "" {
		b.Skip("KELPIE_RACE is not set")
	}
	r, err := theRace()
	if err != nil {
		b.Fatal(err)
	}
	return r
}

func (r *race) column(k, rows int) column.Part {
	values := make([]float64, rows)
	for i := range values {
		values[i] = float64(r.values[i*len(r.columns)+k])
	}
	return floats(r.columns[k], values...)
}

// frame has the commands as one part, as frames do.
func (r *race) frame(rows int) *column.Features {
	command := column.Part{Name: "CMD", OneHot: true}
	for len(command.Levels) < len(r.columns) && strings.HasPrefix(r.columns[len(command.Levels)], "CMD_") {
		command.Levels = append(command.Levels, strings.TrimPrefix(r.columns[len(command.Levels)], "CMD_"))
	}
	n := len(command.Levels)
	index := make([]float64, rows)
	for i := range index {
		k := 0
		for k < n && r.values[i*len(r.columns)+k] == 0 {
			k++
		}
		index[i] = float64(k)
	}
	command.Values = floats("CMD", index...).Values
	parts := []column.Part{command}
	for k := n; k < len(r.columns); k++ {
		parts = append(parts, r.column(k, rows))
	}
	return of(parts...)
}

// dense has a part for each column.
func (r *race) dense(rows int) *column.Features {
	var parts []column.Part
	for k := range r.columns {
		parts = append(parts, r.column(k, rows))
	}
	return of(parts...)
}

// measure starts the clock; the function that it returns stops it and reports
// rows a second, and rows a second of processor time, which tells more on a
// machine that others use too.
func measure(b *testing.B, rows int) func() {
	b.ReportAllocs()
	b.ResetTimer()
	before := processorTime(b)
	return func() {
		done := float64(rows) * float64(b.N) / 1e6
		b.ReportMetric(done/(processorTime(b)-before), "Mrows/cpu-s")
		b.ReportMetric(done/b.Elapsed().Seconds(), "Mrows/s")
	}
}

func processorTime(b *testing.B) float64 {
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		b.Fatal(err)
	}
	return float64(used.Utime.Nano()+used.Stime.Nano()) / 1e9
}

// BenchmarkScore scores with 100 trees of 31 leaves, probabilities included: all
// rows with the commands as one part, and a fifth of them with the matrix's
// columns. testdata/race.py does the same with LightGBM.
func BenchmarkScore(b *testing.B) {
	r := openRace(b)
	for _, layout := range []struct {
		name string
		rows int
		of   func(*race, int) *column.Features
	}{{"frame", r.rows, (*race).frame}, {"dense", r.rows / 5, (*race).dense}} {
		b.Run(layout.name, func(b *testing.B) {
			f := layout.of(r, layout.rows)
			out, probability := make([]float64, layout.rows), make([]float64, layout.rows)
			defer measure(b, layout.rows)()
			for range b.N {
				if err := score.Predict(r.model, f, layout.rows, out, probability); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// The leaves library, each goroutine with its half of the rows.
func BenchmarkScoreLeaves(b *testing.B) {
	r := openRace(b)
	if _, err := lightgbm.Leaves(r.text); err != nil {
		b.Fatal(err)
	}
	text, _ := r.model.Marshal()
	ensemble, err := leaves.LGEnsembleFromReader(bufio.NewReader(bytes.NewReader(text)), true)
	if err != nil {
		b.Fatal(err)
	}
	rows, n := r.rows/5, len(r.columns)
	values := make([]float64, rows*n)
	for i := range values {
		values[i] = float64(r.values[i])
	}
	out := make([]float64, rows)
	defer measure(b, rows)()
	for range b.N {
		column.EachBlock(rows, func(_, from, to int) {
			if err := ensemble.PredictDense(values[from*n:to*n], to-from, n, out[from:to], 0, 1); err != nil {
				panic(fmt.Sprint(err))
			}
		})
	}
}
