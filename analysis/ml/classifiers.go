package ml

import (
	"context"
	"fmt"
	"slices"

	"github.com/stophacking/kelpie/analysis"
	"github.com/stophacking/kelpie/analysis/internal/lightgbm"
	"github.com/stophacking/kelpie/analysis/internal/plan"
)

// Columns are the names of the columns that a fitted classifier reads and adds.
// The label is not needed for scoring.
type Columns struct {
	Label         string // default "label"
	Features      string // default "features"
	RawPrediction string // default "rawPrediction"
	Probability   string // default "probability"
	Prediction    string // default "prediction"
}

func (c Columns) withDefaults() Columns {
	return Columns{
		Label: orDefault(c.Label, "label"), Features: orDefault(c.Features, "features"),
		RawPrediction: orDefault(c.RawPrediction, "rawPrediction"),
		Probability:   orDefault(c.Probability, "probability"), Prediction: orDefault(c.Prediction, "prediction"),
	}
}

func (c Columns) added() []string { return []string{c.RawPrediction, c.Probability, c.Prediction} }

// check reports names that are missing or stand for two columns.
func (c Columns) check() error {
	names := append(c.added(), c.Features, c.Label)
	for i, name := range names {
		if name == "" || slices.Contains(names[:i], name) {
			return fmt.Errorf("the columns %q are not five different names", names)
		}
	}
	return nil
}

// A DecisionTreeClassifier grows one binary tree by gini impurity, level by
// level, on labels 0 and 1. Its probability of class 1 is the share of class 1
// among the training rows of the leaf, by weight, and so is its rawPrediction.
//
// Index columns among the features are split by sets of labels, of which there
// may be at most MaxBins. Sibling leaves that predict the same class are merged,
// as Spark does, unless KeepEqualLeaves is set; merging leaves the predicted
// class as it is but makes probabilities, and so the area under the ROC curve,
// coarser.
//
// Whole weights up to 1023 count exactly; among others splits are searched by
// weights in 1023rds of the greatest, and leaves are made of the weights
// themselves.
type DecisionTreeClassifier struct {
	LabelCol                 string  // default "label"
	FeaturesCol              string  // default "features"
	WeightCol                string  // what a row counts, at least 0; "": every row counts 1
	MaxDepth                 int     // default 5; at most 30
	MaxLeaves                int     // 0: no limit; otherwise the splits that gain most per row come first
	MaxBins                  int     // default 32
	MinInstancesPerNode      int     // rows on each side of a split, default 1
	MinWeightFractionPerNode float64 // share of the weight on each side of a split, in [0, 0.5)
	MinInfoGain              float64
	KeepEqualLeaves          bool
	AllowMissing             bool   // NaN in a numeric feature goes to the side that gains more, otherwise it is an error
	Seed                     uint64 // of how weights that are not whole are rounded

	// Columns that it adds: default "prediction", "probability", "rawPrediction".
	PredictionCol, ProbabilityCol, RawPredictionCol string
}

// Fit returns the classifier fitted to f.
func (d DecisionTreeClassifier) Fit(f analysis.Frame) *PipelineModel { return Pipeline{d}.Fit(f) }

func (d DecisionTreeClassifier) columns() Columns {
	return Columns{Label: d.LabelCol, Features: d.FeaturesCol, RawPrediction: d.RawPredictionCol,
		Probability: d.ProbabilityCol, Prediction: d.PredictionCol}.withDefaults()
}

func (d DecisionTreeClassifier) label() string   { return d.columns().Label }
func (d DecisionTreeClassifier) marks() []string { return []string{d.WeightCol} }

func (d DecisionTreeClassifier) blank() (fitted, error) {
	return TreeModel{Name: "DecisionTreeClassificationModel", Columns: d.columns()}, d.columns().check()
}

func (d DecisionTreeClassifier) fit(ctx context.Context, f, few analysis.Frame) (fitted, error) {
	blank, err := d.blank()
	if err != nil {
		return nil, err
	}
	return train(ctx, f, few, blank.(TreeModel), plan.Trees{
		Weight: d.WeightCol, MaxDepth: d.MaxDepth, MaxLeaves: d.MaxLeaves, MaxBins: d.MaxBins,
		MinInstancesPerNode: d.MinInstancesPerNode, MinWeightFractionPerNode: d.MinWeightFractionPerNode,
		MinInfoGain: d.MinInfoGain, KeepEqualLeaves: d.KeepEqualLeaves, AllowMissing: d.AllowMissing, Seed: d.Seed,
	})
}

// A RandomForestClassifier grows decision trees, each on a sample of the rows,
// each node split by one of a sample of the features, and takes the mean of their
// probabilities ("soft vote"): see [DecisionTreeClassifier] for what one is. Its
// rawPrediction is the probability too.
//
// A row counts in a tree as often as a Poisson number of mean SubsamplingRate
// says, or, WithoutBootstrap, once with that probability. Both that and the
// features of a node are functions of Seed and the place alone, so that the same
// rows give the same forest on any number of processors.
//
// In the training log the loss of a tree is that on its own rows.
type RandomForestClassifier struct {
	LabelCol                 string  // default "label"
	FeaturesCol              string  // default "features"
	WeightCol                string  // what a row counts, at least 0; "": every row counts 1
	NumTrees                 int     // default 20
	FeatureSubsetStrategy    string  // features that may split a node: "all", "sqrt", "log2", "onethird", a number or a share; default "auto": sqrt, of one tree all
	SubsamplingRate          float64 // in (0, 1]; default 1
	WithoutBootstrap         bool    // draw rows without replacement
	MaxDepth                 int     // default 5; at most 30
	MaxLeaves                int     // 0: no limit; otherwise the splits that gain most per row come first
	MaxBins                  int     // default 32
	MinInstancesPerNode      int     // rows on each side of a split, default 1
	MinWeightFractionPerNode float64 // share of the weight on each side of a split, in [0, 0.5)
	MinInfoGain              float64
	KeepEqualLeaves          bool
	AllowMissing             bool // as in a decision tree
	Seed                     uint64

	// Columns that it adds: default "prediction", "probability", "rawPrediction".
	PredictionCol, ProbabilityCol, RawPredictionCol string
}

// Fit returns the classifier fitted to f.
func (r RandomForestClassifier) Fit(f analysis.Frame) *PipelineModel { return Pipeline{r}.Fit(f) }

func (r RandomForestClassifier) columns() Columns {
	return Columns{Label: r.LabelCol, Features: r.FeaturesCol, RawPrediction: r.RawPredictionCol,
		Probability: r.ProbabilityCol, Prediction: r.PredictionCol}.withDefaults()
}

func (r RandomForestClassifier) label() string   { return r.columns().Label }
func (r RandomForestClassifier) marks() []string { return []string{r.WeightCol} }

func (r RandomForestClassifier) blank() (fitted, error) {
	return TreeModel{Name: "RandomForestClassificationModel", Columns: r.columns()}, r.columns().check()
}

func (r RandomForestClassifier) fit(ctx context.Context, f, few analysis.Frame) (fitted, error) {
	blank, err := r.blank()
	if err != nil {
		return nil, err
	}
	return train(ctx, f, few, blank.(TreeModel), plan.Trees{
		Method: plan.TreeForest, Weight: r.WeightCol, MaxIter: r.NumTrees, MaxDepth: r.MaxDepth, MaxLeaves: r.MaxLeaves,
		MaxBins: r.MaxBins, MinInstancesPerNode: r.MinInstancesPerNode, MinWeightFractionPerNode: r.MinWeightFractionPerNode,
		MinInfoGain: r.MinInfoGain, KeepEqualLeaves: r.KeepEqualLeaves, AllowMissing: r.AllowMissing, Seed: r.Seed,
		FeatureSubset: r.FeatureSubsetStrategy, SubsamplingRate: r.SubsamplingRate, WithoutBootstrap: r.WithoutBootstrap,
	})
}

// A GBTClassifier grows gradient-boosted trees by Spark's algorithm: variance
// trees on the labels -1 and 1, the first of weight 1, each later one of weight
// StepSize on the residuals 4y/(1+exp(2yF)) of the logistic loss, without a
// Newton step. The probability of class 1 is 1/(1+exp(-2F)); rawPrediction is
// its log-odds, 2F.
//
// With Newton it grows them as LightGBM does, and has that library's defaults:
// from the log-odds of the labels on, a split gains G²/(H+L2) by the sums of the
// first and second derivatives of the loss, a leaf is -G/(H+L2), and each tree's
// leaves are split off by descending gain. Index columns may then have any number
// of labels: the most frequent MaxBins-1 are told apart, the others taken as one,
// and splits by sets of labels are weighed down as LightGBM does (cat_smooth and
// cat_l2 of 10). Differences: sets may have any size, derivatives are rounded at
// random to 1022nds of the greatest where splits are searched (leaves are exact),
// bins hold more equal numbers of rows, and a leaf adds no more than the greater
// of 1.75 and ln(1+|G|/H). Without that bound, the leaves of nearly separable rows
// come to thousands and the loss rises; with it no tree makes the training loss
// higher, unless SubsamplingRate hides rows from it. Warnings of the fitted model
// say where the loss rose all the same, and name a leaf that is out of scale.
//
// Validation rows, those where ValidationIndicatorCol is true, are not trained
// on: when a tree makes their doubled mean log-loss e less by under
// ValidationTol*max(e, 0.01), training ends with the best trees, as in Spark. The
// other stages of a pipeline are not fitted to them either, where Spark's are. A
// validation frame joins the training frame by Union, each with its mark.
type GBTClassifier struct {
	LabelCol    string // default "label"
	FeaturesCol string // default "features"
	WeightCol   string // what a row counts, at least 0; "": every row counts 1

	Newton                   bool
	MaxIter                  int     // trees; default 20, Newton 100
	StepSize                 float64 // in (0, 1]; default 0.1
	MaxDepth                 int     // default 5, Newton 30; at most 30
	MaxLeaves                int     // default no limit, Newton 31; where there is one, the splits that gain most come first
	MaxBins                  int     // default 32, Newton 255
	MinInstancesPerNode      int     // rows on each side of a split; default 1, Newton 20
	MinWeightFractionPerNode float64 // share of the weight (Newton: rows) on each side of a split, in [0, 0.5)
	MinInfoGain              float64 // Newton: of the gain as LightGBM has it, min_gain_to_split
	MinSumHessian            float64 // Newton: on each side of a split; default 0.001
	L2                       float64 // Newton: added to H
	SubsamplingRate          float64 // share of the rows that a tree is grown on, drawn anew for each, in (0, 1]; default 1
	FeatureSubsetStrategy    string  // features that may split a node: "sqrt", "log2", "onethird", a number or a share; default "all"
	ValidationIndicatorCol   string  // which rows are for validation; "": none
	ValidationTol            float64 // default 0.01
	KeepEqualLeaves          bool    // keep sibling leaves of the same value
	AllowMissing             bool    // NaN in a numeric feature goes to the side that gains more, otherwise it is an error
	Seed                     uint64  // of all that is drawn

	// Columns that it adds: default "prediction", "probability", "rawPrediction".
	PredictionCol, ProbabilityCol, RawPredictionCol string
}

// Fit returns the classifier fitted to f.
func (g GBTClassifier) Fit(f analysis.Frame) *PipelineModel { return Pipeline{g}.Fit(f) }

func (g GBTClassifier) columns() Columns {
	return Columns{Label: g.LabelCol, Features: g.FeaturesCol, RawPrediction: g.RawPredictionCol,
		Probability: g.ProbabilityCol, Prediction: g.PredictionCol}.withDefaults()
}

func (g GBTClassifier) label() string   { return g.columns().Label }
func (g GBTClassifier) marks() []string { return []string{g.WeightCol, g.ValidationIndicatorCol} }

func (g GBTClassifier) validation() string { return g.ValidationIndicatorCol }

func (g GBTClassifier) blank() (fitted, error) {
	return TreeModel{Name: "GBTClassificationModel", Columns: g.columns()}, g.columns().check()
}

func (g GBTClassifier) fit(ctx context.Context, f, few analysis.Frame) (fitted, error) {
	blank, err := g.blank()
	if err != nil {
		return nil, err
	}
	method := plan.Boosting
	if g.Newton {
		method = plan.Newton
	} else if g.L2 != 0 || g.MinSumHessian != 0 {
		return nil, fmt.Errorf("L2 and MinSumHessian have no meaning without Newton")
	}
	return train(ctx, f, few, blank.(TreeModel), plan.Trees{
		Method: method, Weight: g.WeightCol, Validation: g.ValidationIndicatorCol, ValidationTol: g.ValidationTol,
		MaxIter: g.MaxIter, StepSize: g.StepSize, MaxDepth: g.MaxDepth, MaxLeaves: g.MaxLeaves, MaxBins: g.MaxBins,
		MinInstancesPerNode: g.MinInstancesPerNode, MinWeightFractionPerNode: g.MinWeightFractionPerNode,
		MinInfoGain: g.MinInfoGain, MinHessian: g.MinSumHessian, L2: g.L2, SubsamplingRate: g.SubsamplingRate,
		FeatureSubset: g.FeatureSubsetStrategy, KeepEqualLeaves: g.KeepEqualLeaves, AllowMissing: g.AllowMissing, Seed: g.Seed,
	})
}

// train grows trees on f and returns them with the names of their features.
func train(ctx context.Context, f, few analysis.Frame, m TreeModel, t plan.Trees) (fitted, error) {
	t.Label, t.Features = m.Columns.Label, m.Columns.Features
	engine, settings, err := f.Engine()
	if err != nil {
		return nil, err
	}
	text, log, err := engine.Train(ctx, settings, f.Select(t.Columns()...).Node(), t)
	if err != nil {
		return nil, err
	}
	m.Text, m.Log, m.compiled = string(text), log, &plan.Memo{}
	b, err := collect(ctx, with(few, plan.Slots{Column: t.Features}).Select("name", "column"))
	if err != nil {
		return nil, err
	}
	for i := range b.Len {
		m.FeatureNames = append(m.FeatureNames, b.Columns[0].Text(i))
		m.FeatureColumns = append(m.FeatureColumns, b.Columns[1].Text(i))
	}
	return m, nil
}

// A TreeModel is a fitted DecisionTreeClassifier, RandomForestClassifier or
// GBTClassifier.
type TreeModel struct {
	Name    string // "DecisionTreeClassificationModel", "RandomForestClassificationModel" or "GBTClassificationModel"
	Columns Columns

	// FeatureNames are the features, a slot each, as they are called in the data,
	// of any text: the column, or column_level of a one-hot slot. FeatureColumns
	// has the column that each comes from.
	FeatureNames   []string
	FeatureColumns []string

	// Text is the model in LightGBM's format, version=v3. In a model directory
	// it is the file model.txt.
	Text string `json:",omitempty"`

	Log plan.TrainingLog

	compiled *plan.Memo // the trees made ready; nil: anew with each frame
}

// Transform adds rawPrediction, probability and prediction (1 where probability
// is above one half).
func (m TreeModel) Transform(f analysis.Frame) analysis.Frame {
	err := vector(f, m.Columns.Features)
	if err == nil {
		err = fresh(f, m.outputs()...)
	}
	if err != nil && f.Err() == nil {
		return mistaken(f, err)
	}
	return with(f, plan.Predict{Model: m.Text, Features: m.Columns.Features, Raw: m.Columns.RawPrediction,
		Probability: m.Columns.Probability, Prediction: m.Columns.Prediction, Compiled: m.compiled})
}

func (m TreeModel) inputs() []string  { return []string{m.Columns.Features} }
func (m TreeModel) outputs() []string { return m.Columns.added() }
func (m TreeModel) check() error      { return m.Columns.check() }

// parse returns the trees, validated.
func (m TreeModel) parse() (*lightgbm.Model, error) {
	model, err := lightgbm.Parse([]byte(m.Text))
	if err != nil {
		return nil, err
	}
	if len(model.Names) != len(m.FeatureNames) || len(m.FeatureColumns) != len(m.FeatureNames) {
		return nil, fmt.Errorf("the trees have %d features, the pipeline names %d", len(model.Names), len(m.FeatureNames))
	}
	return model, nil
}

// A ConstantClassifier is the baseline that any model must beat: it gives every
// row the share of class 1 in the training rows as its probability, and so
// predicts the more frequent class.
type ConstantClassifier struct {
	LabelCol string // default "label"

	// Columns that it adds: default "prediction", "probability", "rawPrediction".
	PredictionCol, ProbabilityCol, RawPredictionCol string
}

// Fit returns the classifier fitted to f.
func (c ConstantClassifier) Fit(f analysis.Frame) *PipelineModel { return Pipeline{c}.Fit(f) }

func (c ConstantClassifier) label() string { return orDefault(c.LabelCol, "label") }

func (c ConstantClassifier) blank() (fitted, error) {
	names := Columns{Label: c.LabelCol, RawPrediction: c.RawPredictionCol, Probability: c.ProbabilityCol, Prediction: c.PredictionCol}.withDefaults()
	return ConstantModel{Columns: names}, names.check()
}

func (c ConstantClassifier) fit(_ context.Context, f, _ analysis.Frame) (fitted, error) {
	blank, err := c.blank()
	if err != nil {
		return nil, err
	}
	m := blank.(ConstantModel)
	counts, err := f.GroupBy(c.label()).Count().Collect()
	if err != nil {
		return nil, err
	}
	n, err := counts.Floats("count")
	if err != nil {
		return nil, err
	}
	var of [2]float64
	for i := range n {
		v, err := counts.Value(i, c.label())
		if err != nil {
			return nil, err
		}
		switch fmt.Sprint(v) {
		case "0", "-0", "false":
			of[0] += n[i]
		case "1", "true":
			of[1] += n[i]
		default:
			return nil, fmt.Errorf("label %q is %v in %v rows; it must be 0 or 1", c.label(), shown(v), n[i])
		}
	}
	if of[0]+of[1] == 0 {
		return nil, fmt.Errorf("there are no rows to be fitted to")
	}
	m.Share = of[1] / (of[0] + of[1])
	return m, nil
}

// A ConstantModel is a fitted [ConstantClassifier]: Share is the share of class
// 1 in the training rows.
type ConstantModel struct {
	Columns Columns
	Share   float64
}

// Transform adds rawPrediction and probability, both Share, and prediction.
func (m ConstantModel) Transform(f analysis.Frame) analysis.Frame {
	if err := fresh(f, m.outputs()...); err != nil {
		return mistaken(f, err)
	}
	prediction := 0.0
	if m.Share > 0.5 {
		prediction = 1
	}
	return f.WithColumn(m.Columns.RawPrediction, analysis.Lit(m.Share)).
		WithColumn(m.Columns.Probability, analysis.Lit(m.Share)).
		WithColumn(m.Columns.Prediction, analysis.Lit(prediction))
}

func (m ConstantModel) inputs() []string  { return nil }
func (m ConstantModel) outputs() []string { return m.Columns.added() }

func (m ConstantModel) check() error {
	if !(m.Share >= 0 && m.Share <= 1) {
		return fmt.Errorf("the share of class 1 is %v", m.Share)
	}
	return m.Columns.check()
}
