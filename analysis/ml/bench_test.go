package ml_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/stophacking/kelpie/analysis"
	"github.com/stophacking/kelpie/analysis/eval"
	"github.com/stophacking/kelpie/analysis/exchange"
	"github.com/stophacking/kelpie/analysis/internal/plan"
	"github.com/stophacking/kelpie/analysis/ml"
	"github.com/stophacking/kelpie/analysis/toniot"
)

// inMemory returns the frame as one that computing takes no time, in a session
// that keeps nothing.
func inMemory(b *testing.B, f analysis.Frame) (analysis.Frame, int) {
	engine, settings, err := f.Engine()
	if err != nil {
		b.Fatal(err)
	}
	rows, _, err := engine.Collect(context.Background(), settings, f.Node())
	if err != nil {
		b.Fatal(err)
	}
	quiet := analysis.NewSession(analysis.Config{KeepNothing: true})
	return quiet.Frame(plan.New(plan.FromColumns{Batch: rows, Content: f.String()})), rows.Len
}

// drawn is what the notebooks' pipeline trains on and is tested on, of one activity.
type drawn struct {
	train, test analysis.Frame // in memory
	rows        int            // of train
	categories  []string       // texts but CMD
	numbers     []string
}

// pipeline is the notebooks', to fit a classifier of attack with the features scaled.
func (d drawn) pipeline(classifier ml.Stage) ml.Pipeline {
	categories := append([]string{"CMD_pooled"}, d.categories...)
	var vectors, indexes []string
	for _, c := range categories {
		indexes = append(indexes, c+"_index")
		vectors = append(vectors, c+"_index_vec")
	}
	return ml.Pipeline{
		ml.CategoryPooler{InputCol: "CMD", TopK: 50},
		ml.StringIndexer{InputCols: categories, HandleInvalid: "keep"},
		ml.OneHotEncoder{InputCols: indexes},
		ml.VectorAssembler{InputCols: append(vectors, d.numbers...)},
		ml.StandardScaler{InputCol: "features", OutputCol: "scaled"},
		classifier,
	}
}

// score returns the labels and probabilities of the test rows, and the exact area
// under their ROC curve.
func (d drawn) score(b *testing.B, model *ml.PipelineModel) (analysis.Frame, float64) {
	scores, _ := inMemory(b, model.Transform(d.test).Select("attack", "probability"))
	report, err := eval.Evaluate(scores, "attack")
	if err != nil {
		b.Fatal(err)
	}
	return scores, report.AUC
}

// ofActivities runs a benchmark for each activity, on the rows that draw leaves of
// four fifths of the data, tested on the other fifth.
//
// Where KELPIE_FRAMES names a folder it writes the rows there, for others to train
// on and be tested on: train.arrow and test.arrow.
func ofActivities(b *testing.B, draw func(analysis.Frame) analysis.Frame, run func(*testing.B, drawn)) {
	if os.Getenv(toniot.DataVariable) == "" {
		b.Skip("KELPIE_DATA names no folder with the files of the activities")
	}
	quiet := analysis.NewSession(analysis.Config{KeepNothing: true})
	for _, a := range []struct {
		name       string
		activity   toniot.Activity
		schema     analysis.Schema
		categories []string
		numbers    []string
	}{
		{"process", toniot.ProcessActivity, toniot.Process, append([]string{"POLI"}, toniot.ProcessCategories...), toniot.ProcessNumbers},
		{"memory", toniot.MemoryActivity, toniot.Memory, nil, toniot.MemoryNumbers},
	} {
		b.Run(a.name, func(b *testing.B) {
			paths, err := toniot.FindIn(os.Getenv(toniot.DataVariable), a.activity)
			if err != nil {
				b.Fatal(err)
			}
			f := quiet.ReadCSV(a.schema, paths...)
			if a.name == "memory" {
				f = toniot.Repair(f)
			}
			read := append(append([]string{"CMD", "attack"}, a.categories...), a.numbers...)
			split := f.Select(read...).Split(0.8, 42)
			d := drawn{categories: a.categories, numbers: a.numbers}
			d.train, d.rows = inMemory(b, draw(split.Train))
			d.test, _ = inMemory(b, split.Test)
			handOver(b, d.train, "train")
			handOver(b, d.test, "test")
			run(b, d)
		})
	}
}

// benchmarkTrain fits the notebooks' pipeline with each of Spark's classifiers, from
// the frame in memory to the model, reports the exact area under the ROC curve of
// the test rows, and hands over their probabilities.
func benchmarkTrain(b *testing.B, draw func(analysis.Frame) analysis.Frame) {
	const label, scaled = "attack", "scaled"
	ofActivities(b, draw, func(b *testing.B, d drawn) {
		for _, c := range []struct {
			name       string
			classifier ml.Stage
		}{
			{"boosted", ml.GBTClassifier{LabelCol: label, FeaturesCol: scaled}},
			{"tree", ml.DecisionTreeClassifier{LabelCol: label, FeaturesCol: scaled}},
			{"forest", ml.RandomForestClassifier{LabelCol: label, FeaturesCol: scaled}},
			{"tree-unmerged", ml.DecisionTreeClassifier{LabelCol: label, FeaturesCol: scaled, KeepEqualLeaves: true}},
			{"forest-unmerged", ml.RandomForestClassifier{LabelCol: label, FeaturesCol: scaled, KeepEqualLeaves: true}},
		} {
			b.Run(c.name, func(b *testing.B) {
				var model *ml.PipelineModel
				b.ReportAllocs()
				for b.Loop() {
					model = d.pipeline(c.classifier).Fit(d.train)
					if _, err := model.Stages(); err != nil {
						b.Fatal(err)
					}
				}
				scores, area := d.score(b, model)
				b.ReportMetric(float64(d.rows), "rows")
				b.ReportMetric(area, "AUC")
				handOver(b, scores, c.name)
			})
		}
	})
}

// BenchmarkTrainForestSeeds grows the forest of BenchmarkTrainRebalanced with forty
// seeds each, since its area under the ROC curve depends on them: as it is, with
// sibling leaves of one class kept apart, and with 255 bins as well.
func BenchmarkTrainForestSeeds(b *testing.B) {
	ofActivities(b, rebalanced, func(b *testing.B, d drawn) {
		for name, forest := range map[string]ml.RandomForestClassifier{
			"kelpie": {}, "unmerged": {KeepEqualLeaves: true}, "255-bins": {KeepEqualLeaves: true, MaxBins: 255},
		} {
			forest.LabelCol, forest.FeaturesCol = "attack", "scaled"
			for forest.Seed = range uint64(40) {
				b.Run(fmt.Sprintf("%s/seed=%d", name, forest.Seed), func(b *testing.B) {
					var model *ml.PipelineModel
					for b.Loop() {
						model = d.pipeline(forest).Fit(d.train)
						if _, err := model.Stages(); err != nil {
							b.Fatal(err)
						}
					}
					_, area := d.score(b, model)
					b.ReportMetric(area, "AUC")
				})
			}
		}
	})
}

// handOver writes a frame into the folder KELPIE_FRAMES, if there is one.
func handOver(b *testing.B, f analysis.Frame, name string) {
	dir := os.Getenv("KELPIE_FRAMES")
	if dir == "" {
		return
	}
	if err := exchange.WriteArrow(f, filepath.Join(dir, name+".arrow")); err != nil {
		b.Fatal(err)
	}
}

// BenchmarkTrainRebalanced trains on a fifth of the attacks and twice as many
// other rows.
func BenchmarkTrainRebalanced(b *testing.B) {
	benchmarkTrain(b, rebalanced)
}

func rebalanced(f analysis.Frame) analysis.Frame {
	return f.Undersample("attack", analysis.Undersample{Keep: 0.2, Ratio: 2, Seed: 42})
}

// BenchmarkTrainAllAttacks trains on all attacks and twice as many other rows.
func BenchmarkTrainAllAttacks(b *testing.B) {
	benchmarkTrain(b, func(f analysis.Frame) analysis.Frame {
		return f.Undersample("attack", analysis.Undersample{Ratio: 2, Seed: 42})
	})
}

// BenchmarkScore scores all rows of the memory activity, from the frame in memory
// to the frame with probabilities, encoding included. KELPIE_DATA names the
// folder with the CSV files. internal/score has the same without encoding, beside
// other libraries.
func BenchmarkScore(b *testing.B) {
	f, model := memoryModel(b)
	engine, settings, err := f.Engine()
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	b.ResetTimer()
	for range b.N {
		out := model.Transform(f).Select("probability")
		if _, _, err := engine.Collect(context.Background(), settings, out.Node()); err != nil {
			b.Fatal(err)
		}
	}
	rows := f.Node().Op.(plan.FromColumns).Batch.Len
	b.ReportMetric(float64(rows)*float64(b.N)/b.Elapsed().Seconds()/1e6, "Mrows/s")
}

// memoryModel returns the rows of the memory activity, in memory, and 100 trees
// fitted to some of them.
func memoryModel(b *testing.B) (analysis.Frame, *ml.PipelineModel) {
	b.Helper()
	if os.Getenv(toniot.DataVariable) == "" {
		b.Skip("KELPIE_DATA names no folder with the files of the activities")
	}
	paths, err := toniot.FindIn(os.Getenv(toniot.DataVariable), toniot.MemoryActivity)
	if err != nil {
		b.Fatal(err)
	}
	quiet := analysis.NewSession(analysis.Config{KeepNothing: true})
	f := toniot.Repair(quiet.ReadCSV(toniot.Memory, paths...))
	engine, settings, err := f.Engine()
	if err != nil {
		b.Fatal(err)
	}
	rows, _, err := engine.Collect(context.Background(), settings, f.Node())
	if err != nil {
		b.Fatal(err)
	}
	f = quiet.Frame(plan.New(plan.FromColumns{Batch: rows, Content: "memory"}))
	model := ml.Pipeline{
		ml.CategoryPooler{InputCol: "CMD", TopK: 50},
		ml.StringIndexer{InputCols: []string{"CMD_pooled"}, HandleInvalid: "keep"},
		ml.OneHotEncoder{InputCols: []string{"CMD_pooled_index"}},
		ml.VectorAssembler{InputCols: append([]string{"CMD_pooled_index_vec"}, toniot.MemoryNumbers...), HandleInvalid: "keep"},
		ml.GBTClassifier{LabelCol: "attack", MaxIter: 100},
	}.Fit(f.Limit(100_000).DropNulls())
	if _, err := model.Stages(); err != nil {
		b.Fatal(err)
	}
	return f, model
}

// BenchmarkPermutationImportances shuffles each of the columns of up to 385,000
// rows of the memory activity five times. KELPIE_DATA names the folder.
func BenchmarkPermutationImportances(b *testing.B) {
	f, model := memoryModel(b)
	f = f.DropNulls().Limit(385_000)
	b.ReportAllocs()
	b.ResetTimer()
	for range b.N {
		if _, err := model.PermutationImportances(f, ml.Permutation{}); err != nil {
			b.Fatal(err)
		}
	}
}
