package local

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/stophacking/kelpie/analysis/internal/column"
	"github.com/stophacking/kelpie/analysis/internal/lightgbm"
	"github.com/stophacking/kelpie/analysis/internal/plan"
	"github.com/stophacking/kelpie/analysis/internal/score"
	"github.com/stophacking/kelpie/analysis/internal/tree"
	"github.com/stophacking/kelpie/analysis/visible"
)

// Train grows trees on n's features and labels.
func (e *engine) Train(ctx context.Context, s plan.Settings, n *plan.Node, t plan.Trees) ([]byte, plan.TrainingLog, error) {
	r := e.begin(ctx, s)
	var text []byte
	var log plan.TrainingLog
	err := r.guard(func() (err error) {
		text, log, err = r.train(n, t)
		return err
	})
	if err != nil {
		return nil, plan.TrainingLog{}, fail(err)
	}
	return text, log, nil
}

var methods = map[string]tree.Method{plan.OneTree: tree.DecisionTree, plan.Boosting: tree.GradientBoosting,
	plan.Newton: tree.NewtonBoosting, plan.TreeForest: tree.RandomForest}

func (r *run) train(n *plan.Node, t plan.Trees) ([]byte, plan.TrainingLog, error) {
	var none plan.TrainingLog
	want := names{}
	for _, name := range t.Columns() {
		want[name] = true
	}
	b, err := r.eval(n, want)
	if err != nil {
		return nil, none, err
	}
	d := tree.Data{Rows: b.Len, Features: b.Column(t.Features).Features}
	if d.Labels, err = classes(b, t.Label); err != nil {
		return nil, none, err
	}
	if t.Weight != "" {
		if d.Weights, err = weights(b, t.Weight); err != nil {
			return nil, none, err
		}
	}
	if t.Validation != "" {
		if d.Validation, err = validation(b, t.Validation); err != nil {
			return nil, none, err
		}
	}
	p := tree.Parameters{
		Method: methods[t.Method], MaxIter: t.MaxIter, StepSize: t.StepSize,
		MaxDepth: t.MaxDepth, MaxLeaves: t.MaxLeaves, MaxBins: t.MaxBins,
		MinInstancesPerNode: t.MinInstancesPerNode, MinInfoGain: t.MinInfoGain,
		MinWeightFractionPerNode: t.MinWeightFractionPerNode, MinHessian: t.MinHessian, L2: t.L2,
		SubsamplingRate: t.SubsamplingRate, WithoutBootstrap: t.WithoutBootstrap, FeatureSubset: t.FeatureSubset,
		Seed: t.Seed, ValidationTol: t.ValidationTol, KeepEqualLeaves: t.KeepEqualLeaves, AllowNaN: t.AllowMissing,
		Workers: r.settings.Workers,
	}
	var progress func(tree.Progress)
	var last tree.Progress
	if r.settings.Progress != nil {
		progress = func(p tree.Progress) {
			last = p
			label := fmt.Sprintf("training, trees; log-loss %.4g, %.3g M rows/s", p.Loss, p.Rate/1e6)
			r.settings.Progress(label, int64(p.Tree), int64(p.Trees))
		}
	}
	model, log, err := tree.Train(r.ctx, d, p, progress)
	if err != nil {
		return nil, none, renumbered(b, err)
	}
	if last.Tree < last.Trees { // validation rows ended it: there are no more to wait for
		r.settings.Progress("training, trees", int64(last.Tree), int64(last.Tree))
	}
	text, err := model.Marshal()
	return text, plan.TrainingLog(log), err
}

// A compiled model is one made ready for features of certain parts.
type compiled struct {
	text   string
	model  *lightgbm.Model
	names  []column.Part // whose names and levels have been found in order
	scorer *score.Scorer
}

// suit returns c if it suits the features, or else the model made ready for them.
// c may be nil.
func (c *compiled) suit(op plan.Predict, features *column.Features) (*compiled, error) {
	if c != nil && c.text != op.Model {
		c = nil
	}
	if c != nil && c.scorer.Suits(features) && slices.EqualFunc(c.names, features.Parts, func(a, b column.Part) bool {
		return a.Name == b.Name && slices.Equal(a.Levels, b.Levels)
	}) {
		return c, nil
	}
	next := &compiled{text: op.Model, names: slices.Clone(features.Parts)}
	for i := range next.names {
		next.names[i].Values = nil
	}
	var err error
	if c != nil {
		next.model = c.model
	} else if next.model, err = lightgbm.Parse([]byte(op.Model)); err != nil {
		return nil, err
	}
	if features.Size() != len(next.model.Names) {
		return nil, fmt.Errorf("predict: column %s has %d features, the model was trained on %d", visible.Text(op.Features), features.Size(), len(next.model.Names))
	}
	if err := sameOrder(op.Features, features.Names(), next.model.Names); err != nil {
		return nil, err
	}
	next.scorer, err = score.Compile(next.model, features)
	return next, err
}

// sameOrder refuses features that are those of the training rows in another
// order. Other names than in training are no mistake in themselves.
func sameOrder(column string, names, trained []string) error {
	for i := range names {
		if names[i] == trained[i] {
			continue
		}
		a, b := slices.Sorted(slices.Values(names)), slices.Sorted(slices.Values(trained))
		if !slices.Equal(a, b) {
			return nil
		}
		return fmt.Errorf("predict: column %s has its features in another order than in training: number %d is %q, it was %q", visible.Text(column), i+1, names[i], trained[i])
	}
	return nil
}

// classes returns the labels of b's rows, each 0 or 1.
func classes(b *column.Batch, name string) ([]float64, error) {
	c := b.Column(name)
	if !c.Type.Numeric() && c.Type != column.Bool {
		return nil, fmt.Errorf("label %q is %s; it must be 0 or 1", name, c.Type)
	}
	labels := make([]float64, b.Len)
	for i := range labels {
		labels[i] = c.Float(i)
		if c.IsNull(i) || labels[i] != 0 && labels[i] != 1 {
			return nil, fmt.Errorf("label %q is %v in row %d; it must be 0 or 1%s", name, shown(c, i), b.Row(i), hint(c, i))
		}
	}
	return labels, nil
}

// weights returns what b's rows weigh, each at least 0.
func weights(b *column.Batch, name string) ([]float64, error) {
	c := b.Column(name)
	list := make([]float64, b.Len)
	for i := range list {
		list[i] = c.Float(i)
		if c.IsNull(i) || !(list[i] >= 0 && list[i] <= math.MaxFloat64) {
			return nil, fmt.Errorf("weight %q is %v in row %d; it must be finite and at least 0%s", name, shown(c, i), b.Row(i), hint(c, i))
		}
	}
	return list, nil
}

// validation returns which of b's rows are for validation.
func validation(b *column.Batch, name string) ([]bool, error) {
	c := b.Column(name)
	list := make([]bool, b.Len)
	for i := range list {
		v := c.Float(i)
		if c.IsNull(i) || v != 0 && v != 1 {
			return nil, fmt.Errorf("validation indicator %q is %v in row %d; it must be true or false%s", name, shown(c, i), b.Row(i), hint(c, i))
		}
		list[i] = v == 1
	}
	return list, nil
}

// hint says how to go on where a row has no value: AllowMissing is of features alone.
func hint(c *column.Column, i int) string {
	if v := c.Float(i); !c.IsNull(i) && v == v {
		return ""
	}
	return ", and AllowMissing is for features only: drop such rows, or fill them"
}

// renumbered returns err naming the row of the frame that b was made from where
// it names one of b.
func renumbered(b *column.Batch, err error) error {
	var of *column.RowError
	if !errors.As(err, &of) || b.Row(of.Row) == uint64(of.Row) {
		return err
	}
	now := *of
	now.Row = int(b.Row(of.Row))
	return reworded{strings.Replace(err.Error(), of.Error(), now.Error(), 1), err}
}

// A reworded error says the same as another one in other words.
type reworded struct {
	text string
	error
}

func (r reworded) Error() string { return r.text }
func (r reworded) Unwrap() error { return r.error }

// shown returns a value for a message.
func shown(c *column.Column, i int) any {
	if c.IsNull(i) {
		return "null"
	}
	return c.Value(i)
}

func (r *run) predict(n *plan.Node, op plan.Predict, want names) (*column.Batch, error) {
	added := []string{op.Raw, op.Probability, op.Prediction}
	inner := want.with(op.Features)
	needed := false
	for _, name := range added {
		needed = needed || want[name]
		delete(inner, name)
	}
	if !needed {
		return r.eval(n.Parents[0], inner)
	}
	b, err := r.eval(n.Parents[0], inner)
	if err != nil {
		return nil, err
	}
	features := b.Column(op.Features).Features
	made, err := op.Compiled.Use(func(was any) (any, error) {
		c, _ := was.(*compiled)
		return c.suit(op, features)
	})
	if err != nil {
		return nil, err
	}
	raw, probability, prediction := make([]float64, b.Len), make([]float64, b.Len), make([]float64, b.Len)
	if err := made.(*compiled).scorer.Predict(features, b.Len, raw, probability); err != nil {
		return nil, renumbered(b, err)
	}
	for i, p := range probability {
		if p > 0.5 {
			prediction[i] = 1
		}
	}
	for k, values := range [][]float64{raw, probability, prediction} {
		b = put(b, column.FromFloat64s(added[k], values, nil))
	}
	return b, nil
}
