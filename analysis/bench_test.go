package analysis_test

import (
	"context"
	"fmt"
	"os"
	"slices"
	"sync"
	"testing"

	. "github.com/stophacking/kelpie/analysis"
	"github.com/stophacking/kelpie/analysis/internal/column"
	"github.com/stophacking/kelpie/analysis/internal/csv"
	"github.com/stophacking/kelpie/analysis/internal/plan"
	disk "github.com/stophacking/kelpie/analysis/internal/store"
	"github.com/stophacking/kelpie/analysis/toniot"
)

// The benchmarks take both activities of the data set together, from the files
// in the folder KELPIE_DATA:
//
//	KELPIE_DATA=$PWD/DIR go test -run '^$' -bench . ./analysis
//
// Besides those that read, each starts from frames that lie in memory, in a
// session that keeps nothing, so that an iteration does all of the work named
// and no other. testdata/race compares them with other libraries.

// An activity is one of the two data sets.
type activity struct {
	schema         Schema
	paths          []string
	frame          Frame // as read; of memory activity, what toniot.Repair takes
	repaired       Frame // ready for use
	rows           int
	numbers, texts []string // as toniot names them
}

var loaded = sync.OnceValues(func() ([]activity, error) {
	reading := NewSession(Config{KeepNothing: true})
	var all []activity
	for _, schema := range []Schema{toniot.Process, toniot.Memory} {
		a, err := newActivity(schema)
		if err != nil {
			return nil, err
		}
		frame := reading.ReadCSV(a.schema, a.paths...)
		if a.frame, a.rows, err = inMemory(frame); err != nil {
			return nil, err
		}
		a.repaired = a.frame
		if schema.Name == toniot.Memory.Name {
			if a.repaired, _, err = inMemory(toniot.Repair(a.frame)); err != nil {
				return nil, err
			}
		}
		all = append(all, a)
	}
	return all, nil
})

func newActivity(schema Schema) (activity, error) {
	of := toniot.ProcessActivity
	if schema.Name == toniot.Memory.Name {
		of = toniot.MemoryActivity
	}
	paths, err := toniot.FindIn(os.Getenv(toniot.DataVariable), of)
	return activity{schema: schema, paths: paths,
		numbers: toniot.NumericColumns(schema), texts: toniot.TextColumns(schema)}, err
}

// inMemory returns the value of f as a frame that computing takes no time.
func inMemory(f Frame) (Frame, int, error) {
	b, err := batchOf(f)
	if err != nil {
		return Frame{}, 0, err
	}
	return f.Session().Frame(plan.New(plan.FromColumns{Batch: b, Content: f.String()})), b.Len, nil
}

func batchOf(f Frame) (*column.Batch, error) {
	engine, settings, err := f.Engine()
	if err != nil {
		return nil, err
	}
	b, _, err := engine.Collect(context.Background(), settings, f.Node())
	return b, err
}

// overRows measures work on frames in memory.
func overRows(b *testing.B, work func(activity) error) {
	over(b, []string{toniot.Process.Name, toniot.Memory.Name}, work)
}

func over(b *testing.B, names []string, work func(activity) error) {
	skipWithoutData(b)
	activities, err := loaded()
	if err != nil {
		b.Fatal(err)
	}
	activities = slices.DeleteFunc(slices.Clone(activities), func(a activity) bool { return !slices.Contains(names, a.schema.Name) })
	rows := 0
	for _, a := range activities {
		rows += a.rows
	}
	for b.Loop() {
		for _, a := range activities {
			if err := work(a); err != nil {
				b.Fatal(err)
			}
		}
	}
	b.ReportMetric(float64(rows)*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
}

func skipWithoutData(b *testing.B) {
	if os.Getenv(toniot.DataVariable) == "" {
		b.Skip("KELPIE_DATA names no folder with the files of both activities")
	}
}

// overFiles measures reading.
func overFiles(b *testing.B, work func(activity) error) {
	skipWithoutData(b)
	var activities []activity
	size := int64(0)
	for _, schema := range []Schema{toniot.Process, toniot.Memory} {
		a, err := newActivity(schema)
		if err != nil {
			b.Fatal(err)
		}
		activities = append(activities, a)
		for _, path := range a.paths {
			info, err := os.Stat(path)
			if err != nil {
				b.Fatal(err)
			}
			size += info.Size()
		}
	}
	b.SetBytes(size)
	for b.Loop() {
		for _, a := range activities {
			if err := work(a); err != nil {
				b.Fatal(err)
			}
		}
	}
}

// read calls the reader itself: a session reads the files of a recipe once and
// remembers them.
func (a activity) read() (*csv.Result, error) {
	var o csv.Options
	for _, f := range a.schema.Fields {
		o.Fields = append(o.Fields, csv.Field{Name: f.Name, Type: column.Type(f.Type), Aliases: f.Aliases})
	}
	return csv.Read(context.Background(), a.paths, o)
}

func BenchmarkReadCSV(b *testing.B) {
	held := map[string]*csv.Result{} // both at a time, as a user would have them
	overFiles(b, func(a activity) (err error) {
		held[a.schema.Name], err = a.read()
		return err
	})
}

// BenchmarkReadCSVCached reads, writes what was read to a store and maps it back.
func BenchmarkReadCSVCached(b *testing.B) {
	keeper, err := disk.Open(disk.Options{Dir: b.TempDir()})
	if err != nil {
		b.Fatal(err)
	}
	values := 0
	overFiles(b, func(a activity) error {
		values++ // each under a key of its own, so that none is there
		key := fmt.Sprintf("%064x", values)
		_, _, err := keeper.Batch(context.Background(), key, func() (*column.Batch, []byte, error) {
			result, err := a.read()
			if err != nil {
				return nil, nil, err
			}
			return result.Batch, []byte("{}"), nil
		})
		return err
	})
}

// BenchmarkRepair makes numbers of the six memory columns that hold units.
func BenchmarkRepair(b *testing.B) {
	over(b, []string{toniot.Memory.Name}, func(a activity) error {
		_, err := batchOf(toniot.Repair(a.frame).Select(toniot.RepairedColumns...))
		return err
	})
}

// BenchmarkTopValues finds the ten most frequent values of each text column.
func BenchmarkTopValues(b *testing.B) {
	overRows(b, func(a activity) error {
		_, err := a.repaired.TopValues(10, a.texts...)
		return err
	})
}

// BenchmarkDescribe describes all numeric columns, with exact quartiles.
func BenchmarkDescribe(b *testing.B) {
	overRows(b, func(a activity) error {
		_, err := a.repaired.Describe(a.numbers...)
		return err
	})
}

// BenchmarkGroupBy counts the rows of each command and takes the share of attacks.
func BenchmarkGroupBy(b *testing.B) {
	overRows(b, func(a activity) error {
		_, err := a.repaired.GroupBy("CMD").Aggregate(Count(), Mean("attack")).Collect()
		return err
	})
}

// BenchmarkTrainingFrame splits the rows, undersamples the larger part to a
// training frame, and takes the smaller one as it is.
func BenchmarkTrainingFrame(b *testing.B) {
	overRows(b, func(a activity) error {
		split := a.repaired.Split(0.8, 42)
		if _, err := batchOf(split.Train.Undersample("attack", Undersample{Keep: 0.2, Ratio: 2, Seed: 42})); err != nil {
			return err
		}
		_, err := batchOf(split.Test)
		return err
	})
}
