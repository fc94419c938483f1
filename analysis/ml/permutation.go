package ml

import (
	"context"
	"fmt"
	"hash/fnv"
	"math"
	"math/bits"
	"slices"
	"sync"

	"github.com/stophacking/kelpie/analysis"
	"github.com/stophacking/kelpie/analysis/internal/column"
	"github.com/stophacking/kelpie/analysis/internal/ranking"
)

// A Permutation says how permutation importances are measured. Its zero value
// shuffles every column that the pipeline reads five times and measures the area
// under the ROC curve.
type Permutation struct {
	LabelCol string   // default: the label of the pipeline's classifier
	Columns  []string // default: all that the pipeline reads
	Repeats  int      // default 5
	Seed     uint64

	// Metric says what scores are worth, more being better; probability and label
	// i belong together. MetricName is what to call it. Default: the exact area
	// under the ROC curve, "AUC".
	Metric     func(probabilities, labels []float64) (float64, error)
	MetricName string
}

// PermutationImportances returns, for each column of f that the pipeline reads,
// what the metric loses when the column's values are shuffled over the rows,
// before the first stage: mean and standard deviation of all repeats. f should
// be rows that the model was not fitted to; it needs the label. A loss below 0
// is chance: the column is of no use.
//
// The same seed gives the same numbers, for any number of workers. Each repeat
// of each column scores all rows of f, for 20 columns a hundred times, on all
// processors; the stages before the classifier are run once, unless one of them
// drops rows or is the notebook's own. f's columns are held in memory. A [analysis.Frame.Sample] of the rows is often
// enough: the deviation tells.
func (m *PipelineModel) PermutationImportances(f analysis.Frame, p Permutation) (Importances, error) {
	out, err := m.permute(context.Background(), f, p)
	if err != nil {
		return Importances{}, at("", fmt.Errorf("permutation importance: %w", bare(err)))
	}
	return out, nil
}

func (m *PipelineModel) permute(ctx context.Context, f analysis.Frame, p Permutation) (Importances, error) {
	var none Importances
	value, err := m.load(ctx)
	if err != nil {
		return none, err
	}
	stages, names, _ := scoring(value.stages)
	if stages == nil {
		return none, fmt.Errorf("%s holds no classifier", m.pipeline)
	}
	if f.Err() == nil {
		if err := m.sameTypes(f); err != nil {
			return none, err
		}
	}
	p, err = p.withDefaults(names.Label)
	if err != nil {
		return none, err
	}
	needed := slices.DeleteFunc(neededColumns(f, stages), func(name string) bool { return name == p.LabelCol })
	reads := slices.Compact(slices.Sorted(slices.Values(needed)))
	read := setOf(reads)
	if p.Columns == nil {
		for _, name := range f.Columns() {
			if read[name] {
				p.Columns = append(p.Columns, name)
			}
		}
	}
	for _, name := range p.Columns {
		if !read[name] {
			return none, fmt.Errorf("column %q: the pipeline reads %q only", name, reads)
		}
	}
	rows, err := collect(ctx, f.Select(append(reads, p.LabelCol)...))
	if err != nil {
		return none, err
	}
	measure := func(b *column.Batch) (float64, error) { return measured(ctx, f, b, stages, names, p) }
	out := Importances{Kind: ByPermutation, Model: orDefault(m.name, described(stages)), Names: p.Columns, Columns: p.Columns, Metric: p.MetricName, Rows: rows.Len, Repeats: p.Repeats}
	if out.Baseline, err = measure(rows); err != nil {
		return none, err
	}
	ready, err := encodeOnce(ctx, f, rows, stages, p.LabelCol)
	if err != nil {
		return none, err
	}
	losses := make([]float64, len(p.Columns)*p.Repeats)
	err = each(f, len(losses), func(job int) error {
		name, repeat := p.Columns[job/p.Repeats], job%p.Repeats
		order := shuffle(rows.Len, p.Seed, name, repeat)
		var score float64
		var err error
		if ready != nil {
			score, err = measured(ctx, f, ready.shuffled(name, order), ready.classifier, names, p)
		} else {
			shuffled := rows.Column(name).Gather(order)
			b := &column.Batch{Columns: slices.Clone(rows.Columns), Len: rows.Len, Rows: rows.Rows}
			b.Columns[slices.IndexFunc(b.Columns, func(c *column.Column) bool { return c.Name == name })] = shuffled
			score, err = measure(b)
		}
		losses[job] = out.Baseline - score
		return err
	})
	if err != nil {
		return none, err
	}
	for k := range p.Columns {
		d := column.Describe(column.FromFloat64s("", losses[k*p.Repeats:(k+1)*p.Repeats], nil))
		out.Values = append(out.Values, d.Mean)
		if p.Repeats > 1 {
			out.Deviations = append(out.Deviations, d.StdDev)
		}
	}
	out.sort()
	return out, nil
}

// encoded are rows after the stages before the classifier. As each of these
// stages makes a value of a row of one value of it, shuffling a column before
// them is shuffling what was made of it.
type encoded struct {
	label      *column.Column
	features   *column.Column
	from       []string // the column that each part was made of
	rows       []uint32
	classifier []Transformer
}

// encodeOnce returns the rows encoded, or nil where shuffling afterwards would not
// be the same: where a stage is not of this package, rows were dropped, or the
// frame has the features already.
func encodeOnce(ctx context.Context, of analysis.Frame, rows *column.Batch, stages []Transformer, label string) (*encoded, error) {
	before, last := stages[:len(stages)-1], stages[len(stages)-1]
	trees, ok := last.(TreeModel)
	for _, t := range before {
		_, ours := t.(fitted)
		ok = ok && ours
	}
	for _, c := range rows.Columns {
		ok = ok && c.Type != column.Vector
	}
	if !ok {
		return nil, nil
	}
	f := computed(of, rows)
	for _, t := range before {
		f = t.Transform(f)
	}
	b, err := collect(ctx, f.Select(label, trees.Columns.Features))
	if err != nil || b.Len != rows.Len {
		return nil, err
	}
	e := &encoded{label: b.Columns[0], features: b.Columns[1], rows: b.Rows, classifier: []Transformer{trees}}
	from := origins(before)
	for _, part := range e.features.Features.Parts {
		e.from = append(e.from, orDefault(from[part.Name], part.Name))
	}
	return e, nil
}

// shuffled returns the rows with what was made of a column in another order.
func (e *encoded) shuffled(name string, order []uint32) *column.Batch {
	parts := slices.Clone(e.features.Features.Parts)
	for i := range parts {
		if e.from[i] == name {
			parts[i].Values = parts[i].Values.Gather(order)
		}
	}
	features := *e.features
	features.Features = &column.Features{Parts: parts}
	return &column.Batch{Columns: []*column.Column{e.label, &features}, Len: len(order), Rows: e.rows}
}

func (p Permutation) withDefaults(label string) (Permutation, error) {
	p.LabelCol = orDefault(p.LabelCol, label)
	if p.Repeats == 0 {
		p.Repeats = 5
	}
	if p.Metric == nil {
		p.Metric, p.MetricName = areaUnderROC, "AUC"
	}
	p.MetricName = orDefault(p.MetricName, "metric")
	if p.Repeats < 0 {
		return p, fmt.Errorf("Repeats is %d", p.Repeats)
	}
	return p, distinct("Columns", p.Columns)
}

// measured runs the stages over rows and returns what their scores are worth.
func measured(ctx context.Context, of analysis.Frame, rows *column.Batch, stages []Transformer, names Columns, p Permutation) (float64, error) {
	f := computed(of, rows)
	for _, t := range stages {
		f = t.Transform(f)
	}
	b, err := collect(ctx, f.Select(names.Probability, p.LabelCol))
	if err != nil {
		return 0, err
	}
	labels := make([]float64, b.Len)
	for i := range labels {
		c := b.Columns[1]
		if labels[i] = c.Float(i); !c.Type.Numeric() && c.Type != column.Bool || c.IsNull(i) || labels[i] != 0 && labels[i] != 1 {
			return 0, fmt.Errorf("label %q is %v in row %d; it must be 0 or 1", p.LabelCol, shown(c.Value(i)), b.Row(i))
		}
	}
	score, err := p.Metric(b.Columns[0].Float64s, labels)
	if err == nil && (math.IsNaN(score) || math.IsInf(score, 0)) {
		err = fmt.Errorf("the %s is %v", p.MetricName, score)
	}
	return score, err
}

func areaUnderROC(probabilities, labels []float64) (float64, error) {
	if len(labels) == 0 {
		return 0, fmt.Errorf("there are no rows")
	}
	auc := ranking.Of(probabilities).Count(labels, nil).AUC()
	if math.IsNaN(auc) {
		return 0, fmt.Errorf("all labels are %v, so the AUC is undefined", labels[0])
	}
	return auc, nil
}

// each does the jobs on as many goroutines as the session has workers. It returns
// the error of the first job, by number, that fails.
func each(f analysis.Frame, jobs int, do func(job int) error) error {
	_, settings, err := f.Engine()
	if err != nil {
		return err
	}
	failures := make([]error, jobs)
	next, done := make(chan int), make(chan int)
	var group sync.WaitGroup
	for range min(settings.Workers, jobs) {
		group.Go(func() {
			for job := range next {
				failures[job] = do(job)
				done <- job
			}
		})
	}
	go func() {
		for job := range jobs {
			next <- job
		}
		close(next)
		group.Wait()
		close(done)
	}()
	finished := int64(0)
	for range done {
		if finished++; settings.Progress != nil {
			settings.Progress("shuffling", finished, int64(jobs))
		}
	}
	for _, err := range failures {
		if err != nil {
			return err
		}
	}
	return nil
}

// shuffle returns 0 to n-1 in an order that depends on the arguments alone:
// Fisher and Yates's shuffle, draw i being splitmix64 of them and of i.
func shuffle(n int, seed uint64, column string, repeat int) []uint32 {
	h := fnv.New64a()
	fmt.Fprintf(h, "%d %d %s", seed, repeat, column)
	key := h.Sum64()
	order := make([]uint32, n)
	for i := range order {
		z := key + uint64(i+1)*0x9e3779b97f4a7c15
		z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
		z = (z ^ z>>27) * 0x94d049bb133111eb
		j, _ := bits.Mul64(z^z>>31, uint64(i+1))
		order[i] = order[j]
		order[j] = uint32(i)
	}
	return order
}
