package tree_test

import (
	"cmp"
	"context"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stophacking/kelpie/analysis/internal/column"
	"github.com/stophacking/kelpie/analysis/internal/lightgbm"
	"github.com/stophacking/kelpie/analysis/internal/score"
	"github.com/stophacking/kelpie/analysis/internal/tree"
)

// A race is the matrix that analysis/testdata/race/train.py writes, in the folder
// that KELPIE_RACE names: race_X.f32 and race_y.f32, row by row, and race.json.
type race struct {
	Rows    int
	Columns []string
	NTrain  int `json:"n_train"`
	x       []float32
	labels  []float64
}

var readRace = sync.OnceValues(func() (*race, error) {
	dir := os.Getenv("KELPIE_RACE")
	about, err := os.ReadFile(filepath.Join(dir, "race.json"))
	if err != nil {
		return nil, err
	}
	r := &race{}
	if err := json.Unmarshal(about, r); err != nil {
		return nil, err
	}
	if r.x, err = readFloats(filepath.Join(dir, "race_X.f32"), r.Rows*len(r.Columns)); err != nil {
		return nil, err
	}
	y, err := readFloats(filepath.Join(dir, "race_y.f32"), r.Rows)
	for _, v := range y {
		r.labels = append(r.labels, float64(v))
	}
	return r, err
})

func readFloats(path string, n int) ([]float32, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	values := make([]float32, n)
	const some = 1 << 16 // at a time: the memory for all of them would count as the trainer's
	for rest := values; len(rest) > 0; rest = rest[min(some, len(rest)):] {
		if err := binary.Read(f, binary.LittleEndian, rest[:min(some, len(rest))]); err != nil {
			return nil, err
		}
	}
	return values, nil
}

func openRace(b *testing.B) *race {
	if os.Getenv("KELPIE_RACE") == "" {
		b.Skip("KELPIE_RACE is not set")
	}
	r, err := readRace()
	if err != nil {
		b.Fatal(err)
	}
	return r
}

// training returns the training rows.
func (r *race) training() tree.Data {
	return tree.Data{Rows: r.NTrain, Labels: r.labels[:r.NTrain],
		Dense: &tree.Dense{Columns: r.Columns, Values: r.x[:r.NTrain*len(r.Columns)]}}
}

// features returns rows from that one on as a frame has them, the one-hot columns
// as the index column they were made of.
func (r *race) features(from, to int, oneHot bool) *column.Features {
	width := len(r.Columns)
	command := column.Part{Name: "CMD", OneHot: oneHot}
	f := &column.Features{}
	codes := make([]int32, to-from)
	for k, name := range r.Columns {
		if len(name) > 4 && name[:4] == "CMD_" {
			for i := range codes {
				if r.x[(from+i)*width+k] != 0 {
					codes[i] = int32(len(command.Levels))
				}
			}
			command.Levels = append(command.Levels, name[4:])
			continue
		}
		values := make([]float64, to-from)
		for i := range values {
			values[i] = float64(r.x[(from+i)*width+k])
		}
		f.Parts = append(f.Parts, column.Part{Name: name, Values: &column.Column{Name: name, Type: column.Float64, Len: len(values), Float64s: values}})
	}
	command.Values = &column.Column{Name: "CMD", Type: column.Int32, Len: len(codes), Int32s: codes}
	f.Parts = append([]column.Part{command}, f.Parts...)
	return f
}

// auc returns the area under the ROC curve of the test rows.
func (r *race) auc(b *testing.B, m *lightgbm.Model, oneHot bool) float64 {
	rows := r.Rows - r.NTrain
	scores := make([]float64, rows)
	if err := score.Predict(m, r.features(r.NTrain, r.Rows, oneHot), rows, scores, nil); err != nil {
		b.Fatal(err)
	}
	return areaOfTies(scores, r.labels[r.NTrain:])
}

func areaOfTies(scores, labels []float64) float64 {
	order := make([]int, len(scores))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return cmp.Compare(scores[a], scores[b]) })
	won, negative, positive := 0.0, 0.0, 0.0
	for i := 0; i < len(order); {
		var of [2]float64
		for start := order[i]; i < len(order) && scores[order[i]] == scores[start]; i++ {
			of[int(labels[order[i]])]++
		}
		won += of[1] * (negative + of[0]/2)
		negative += of[0]
		positive += of[1]
	}
	return won / negative / positive
}

func (r *race) run(b *testing.B, d tree.Data, oneHot bool, p tree.Parameters) {
	var m *lightgbm.Model
	var log tree.Log
	before, held := processorSeconds(), allocated()
	b.ReportAllocs()
	for b.Loop() {
		var err error
		if m, log, err = tree.Train(context.Background(), d, p, nil); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric((processorSeconds()-before)/float64(b.N), "cpu-s")
	b.ReportMetric((allocated()-held)/float64(b.N), "MB-beyond")
	b.ReportMetric(r.auc(b, m, oneHot), "AUC")
	b.ReportMetric(log.Loss[len(log.Loss)-1], "log-loss")
	if last := log.Loss[len(log.Loss)-1]; math.IsNaN(last) {
		b.Error("no loss")
	}
}

// processorSeconds is what the process has taken of all processors.
func processorSeconds() float64 {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano()).Seconds()
}

// allocated is the megabytes that the process has ever asked for: from before to
// after training, no less than the peak of what training holds.
func allocated() float64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return float64(m.TotalAlloc) / (1 << 20)
}

// The race: 100 trees of 31 leaves on the dense matrix, binning included.
func BenchmarkTrainGBT(b *testing.B) {
	r := openRace(b)
	r.run(b, r.training(), true, tree.Parameters{Method: tree.NewtonBoosting})
}

// The same with the commands as one categorical column.
func BenchmarkTrainGBTCategorical(b *testing.B) {
	r := openRace(b)
	d := r.training()
	d.Features, d.Dense = r.features(0, r.NTrain, false), nil
	r.run(b, d, false, tree.Parameters{Method: tree.NewtonBoosting})
}

// A forest of 20 trees with the defaults.
func BenchmarkTrainForest(b *testing.B) {
	r := openRace(b)
	r.run(b, r.training(), true, tree.Parameters{Method: tree.RandomForest, KeepEqualLeaves: true})
}

// BenchmarkTrainForestSeeds grows forests of forty seeds each, since the area under
// the ROC curve depends on them: as Spark has them, with sibling leaves of one class
// kept apart, and with 255 bins as well.
func BenchmarkTrainForestSeeds(b *testing.B) {
	r := openRace(b)
	for name, p := range map[string]tree.Parameters{
		"kelpie": {}, "unmerged": {KeepEqualLeaves: true}, "255-bins": {KeepEqualLeaves: true, MaxBins: 255},
	} {
		p.Method = tree.RandomForest
		for p.Seed = range uint64(40) {
			b.Run(fmt.Sprintf("%s/seed=%d", name, p.Seed), func(b *testing.B) { r.run(b, r.training(), true, p) })
		}
	}
}

// One decision tree with the defaults.
func BenchmarkTrainTree(b *testing.B) {
	r := openRace(b)
	r.run(b, r.training(), true, tree.Parameters{KeepEqualLeaves: true})
}

// BenchmarkTrainGrowth is 20 trees of 31 leaves on made-up numbers: with more rows,
// more columns, fewer bins, fewer workers.
func BenchmarkTrainGrowth(b *testing.B) {
	if os.Getenv("KELPIE_RACE") == "" {
		b.Skip("KELPIE_RACE is not set")
	}
	const rows, columns, bins, workers = 1_000_000, 16, 255, 2
	measure := func(what string, rows, columns, bins, workers int) {
		b.Run(what, func(b *testing.B) {
			features, labels := &column.Features{}, make([]float64, rows)
			for k := range columns {
				values := make([]float64, rows)
				for i := range values {
					z := (uint64(i)*64 + uint64(k) + 1) * 0x9E3779B97F4A7C15
					z = (z ^ z>>30) * 0xBF58476D1CE4E5B9
					values[i] = float64((z^z>>27)>>44) / (1 << 20)
					if k < 4 {
						labels[i] += values[i] / 2
					}
				}
				c := &column.Column{Name: "x", Type: column.Float64, Len: rows, Float64s: values}
				features.Parts = append(features.Parts, column.Part{Name: fmt.Sprint("x", k), Values: c})
			}
			for i := range labels {
				labels[i] = math.Floor(min(labels[i], 1.5))
			}
			p := tree.Parameters{Method: tree.NewtonBoosting, MaxIter: 20, MaxBins: bins, Workers: workers}
			before := processorSeconds()
			for b.Loop() {
				if _, _, err := tree.Train(context.Background(), tree.Data{Rows: rows, Features: features, Labels: labels}, p, nil); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric((processorSeconds()-before)/float64(b.N), "cpu-s")
		})
	}
	for _, n := range []int{500_000, 1_000_000, 2_000_000, 4_000_000, 8_000_000} {
		measure(fmt.Sprintf("rows=%d", n), n, columns, bins, workers)
	}
	for _, n := range []int{4, 8, 16, 32, 64} {
		measure(fmt.Sprintf("columns=%d", n), rows, n, bins, workers)
	}
	for _, n := range []int{31, 63, 127, 255} {
		measure(fmt.Sprintf("bins=%d", n), rows, columns, n, workers)
	}
	for _, n := range []int{1, 2} {
		measure(fmt.Sprintf("threads=%d", n), rows, columns, bins, n)
	}
}
