package ml_test

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/stophacking/kelpie/analysis"
	"github.com/stophacking/kelpie/analysis/ml"
)

// show prints a frame, or why there is none.
func show(f analysis.Frame) {
	t, err := f.Collect()
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(t)
}

func ExampleStringIndexer() {
	train := session.FromColumns(analysis.Strings("CMD", "sshd", "cron", "sshd", "bash"))
	indexer := ml.StringIndexer{InputCols: []string{"CMD"}, HandleInvalid: "keep"}.Fit(train)
	test := session.FromColumns(analysis.Strings("CMD", "bash", "vsftpd", "sshd"))
	show(indexer.Transform(test))
	// Output:
	// transform by StringIndexer
	// CMD     CMD_index
	// bash            1
	// vsftpd          3
	// sshd            0
	// 3 rows × 2 columns
}

func ExampleOneHotEncoder() {
	f := session.FromColumns(analysis.Strings("state", "S", "R", "S", "Z"))
	encoded := ml.Pipeline{
		ml.StringIndexer{InputCols: []string{"state"}},
		ml.OneHotEncoder{InputCols: []string{"state_index"}},
	}.Fit(f)
	show(encoded.Transform(f))
	// Output:
	// transform by OneHotEncoder
	// state  state_index  state_index_vec
	// S                0  [2 features]
	// R                1  [2 features]
	// S                0  [2 features]
	// Z                2  [2 features]
	// 4 rows × 3 columns
}

func ExampleVectorAssembler() {
	f := session.FromColumns(analysis.Float64s("CPU", 0.5, 0, 1).Nulls(1), analysis.Int64s("threads", 1, 2, 3))
	show(ml.VectorAssembler{InputCols: []string{"threads", "CPU"}, HandleInvalid: "skip"}.Transform(f))
	// Output:
	// assemble threads, CPU as features
	// CPU  threads  features
	// 0.5        1  [2 features]
	// 1.0        3  [2 features]
	// 2 rows × 3 columns
}

func ExampleStandardScaler() {
	f := session.FromColumns(analysis.Float64s("CPU", 1, 2, 3), analysis.Float64s("constant", 7, 7, 7))
	m := ml.Pipeline{ml.VectorAssembler{InputCols: []string{"CPU", "constant"}}, ml.StandardScaler{WithMean: true}}.Fit(f)
	stages, err := m.Stages()
	if err != nil {
		fmt.Println(err)
		return
	}
	scaler := stages[1].(ml.StandardScalerModel)
	fmt.Println("mean", scaler.Mean, "standard deviation", scaler.Std)
	// Output:
	// mean [2 7] standard deviation [1 0]
}

func ExampleMinMaxScaler() {
	f := session.FromColumns(analysis.Float64s("CPU", 1, 2, 5), analysis.Float64s("constant", 7, 7, 7))
	m := ml.Pipeline{ml.VectorAssembler{InputCols: []string{"CPU", "constant"}}, ml.MinMaxScaler{}}.Fit(f)
	stages, err := m.Stages()
	if err != nil {
		fmt.Println(err)
		return
	}
	scaler := stages[1].(ml.MinMaxScalerModel)
	fmt.Println("from", scaler.OriginalMin, "to", scaler.OriginalMax)
	// Output:
	// from [1 7] to [5 7]
}

func ExampleImputer() {
	train := session.FromColumns(analysis.Float64s("CPU", 0.5, 2, 0, 0.5).Nulls(2), analysis.Int64s("threads", 1, -1, 3, 8))
	imputed := ml.Pipeline{
		ml.Imputer{InputCols: []string{"CPU"}},
		ml.Imputer{InputCols: []string{"threads"}, Strategy: ml.ImputeMedian, MissingValues: []float64{-1}},
	}.Fit(train)
	show(imputed.Transform(train))
	// Output:
	// transform by Imputer
	//  CPU  threads  CPU_imputed  threads_imputed
	//  0.5        1          0.5                1
	//  2.0       -1          2.0                3
	// null        3          1.0                3
	//  0.5        8          0.5                8
	// 4 rows × 4 columns
}

func ExampleValueMap() {
	f := session.FromColumns(analysis.Strings("POLI", "norm", "0", "-", "new"))
	show(ml.ValueMap{
		InputCol: "POLI", OutputCol: "policy",
		OriginalValues: []string{"norm", "btch", "idle", "fifo", "rr", "0", "-"},
		NewValues:      []float64{0, 1, 2, 3, 4, 5, 6},
	}.Transform(f))
	// Output:
	// with policy = map(POLI, [norm, btch, idle, fifo, rr … 7 val…
	// POLI  policy
	// norm       0
	// 0          5
	// -          6
	// new     null
	// 4 rows × 2 columns
}

func ExampleCategoryPooler() {
	train := session.FromColumns(analysis.Strings("CMD", "sshd", "cron", "sshd", "bash", "cron", "ls"))
	pooler := ml.CategoryPooler{InputCol: "CMD", TopK: 2}.Fit(train)
	show(pooler.Transform(session.FromColumns(analysis.Strings("CMD", "cron", "ls", "vsftpd", "sshd"))))
	// Output:
	// transform by CategoryPooler
	// CMD     CMD_pooled
	// cron    cron
	// ls      other
	// vsftpd  other
	// sshd    sshd
	// 4 rows × 2 columns
}

// processes has a command that attacks at high load only.
func processes() analysis.Frame {
	return session.FromColumns(
		analysis.Strings("CMD", "nmap", "nmap", "nmap", "nmap", "sshd", "sshd", "sshd", "sshd"),
		analysis.Float64s("CPU", 0.9, 0.8, 0.1, 0.7, 0.9, 0.8, 0.2, 0.1),
		analysis.Int64s("attack", 1, 1, 0, 1, 0, 0, 0, 0))
}

func ExampleDecisionTreeClassifier() {
	f := processes()
	tree := ml.Pipeline{
		ml.StringIndexer{InputCols: []string{"CMD"}},
		ml.VectorAssembler{InputCols: []string{"CMD_index", "CPU"}},
		ml.DecisionTreeClassifier{LabelCol: "attack"},
	}.Fit(f)
	show(tree.Transform(f).Select("CMD", "CPU", "attack", "probability", "prediction"))
	// Output:
	// transform by DecisionTreeClassifier; select CMD, CPU, attack, probability, prediction
	// CMD   CPU  attack  probability  prediction
	// nmap  0.9       1            1           1
	// nmap  0.8       1            1           1
	// nmap  0.1       0            0           0
	// nmap  0.7       1            1           1
	// sshd  0.9       0            0           0
	// sshd  0.8       0            0           0
	// sshd  0.2       0            0           0
	// sshd  0.1       0            0           0
	// 8 rows × 5 columns
}

func ExampleGBTClassifier() {
	f := processes()
	gbt := ml.Pipeline{
		ml.StringIndexer{InputCols: []string{"CMD"}},
		ml.VectorAssembler{InputCols: []string{"CMD_index", "CPU"}},
		ml.GBTClassifier{LabelCol: "attack", MaxIter: 3},
	}.Fit(f)
	log, err := gbt.TrainingLog()
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(log)
	// Output:
	// training log: gradient-boosted trees, 3 trees of 9 leaves, 2 features
	// tree  leaves  log-loss
	//    1       3   0.12693
	//    2       3   0.11603
	//    3       3   0.10679
	// 3 rows × 3 columns
}

func ExampleRandomForestClassifier() {
	f := processes()
	forest := ml.Pipeline{
		ml.StringIndexer{InputCols: []string{"CMD"}},
		ml.VectorAssembler{InputCols: []string{"CMD_index", "CPU"}},
		ml.RandomForestClassifier{LabelCol: "attack", NumTrees: 50, KeepEqualLeaves: true},
	}.Fit(f)
	show(forest.Transform(f).Select("CMD", "CPU", "attack", "prediction"))
	// Output:
	// transform by RandomForestClassifier; select CMD, CPU, attack, prediction
	// CMD   CPU  attack  prediction
	// nmap  0.9       1           1
	// nmap  0.8       1           1
	// nmap  0.1       0           0
	// nmap  0.7       1           1
	// sshd  0.9       0           0
	// sshd  0.8       0           0
	// sshd  0.2       0           0
	// sshd  0.1       0           0
	// 8 rows × 4 columns
}

func ExampleConstantClassifier() {
	f := processes()
	show(ml.ConstantClassifier{LabelCol: "attack"}.Fit(f).Transform(f).Select("attack", "probability", "prediction").Limit(2))
	// Output:
	// transform by ConstantClassifier; select attack, probability, prediction; first 2 rows
	// attack  probability  prediction
	//      1        0.375           0
	//      1        0.375           0
	// 2 rows × 3 columns
}

// A PolicyNumbers is a stage of a notebook's own: it turns scheduling policies
// into numbers by Go code. Its exported fields and its version stand for the code:
// after a change of either a model that holds it is fitted again.
type PolicyNumbers struct {
	InputCol, OutputCol string
	Unknown             float64 // the number of a policy that is not in the list
}

func (p PolicyNumbers) Version() string { return "1" }

func (p PolicyNumbers) Transform(f analysis.Frame) analysis.Frame {
	return f.Map(p.OutputCol, analysis.Float64, p, p.InputCol)
}

func (p PolicyNumbers) Map(values []any) (any, error) {
	for i, name := range []string{"norm", "btch", "idle", "fifo", "rr", "0", "-"} {
		if values[0] == name {
			return float64(i), nil
		}
	}
	return p.Unknown, nil
}

// A stage of one's own takes a struct with Transform, and for Go code Map and
// Version.
func ExampleTransformer() {
	f := session.FromColumns(analysis.Strings("POLI", "norm", "-", "rr", "new"), analysis.Int64s("label", 0, 1, 0, 1))
	model := ml.Pipeline{
		PolicyNumbers{InputCol: "POLI", OutputCol: "policy", Unknown: 99},
		ml.VectorAssembler{InputCols: []string{"policy"}},
		ml.DecisionTreeClassifier{},
	}.Fit(f)
	show(model.Transform(f).Select("POLI", "policy", "prediction"))
	// Output:
	// transform by DecisionTreeClassifier; select POLI, policy, prediction
	// POLI  policy  prediction
	// norm       0           0
	// -          6           1
	// rr         4           0
	// new       99           1
	// 4 rows × 3 columns
}

// From rows to a model on disk and back.
func Example() {
	train := processes()
	model := ml.Pipeline{
		ml.CategoryPooler{InputCol: "CMD", TopK: 50},
		ml.StringIndexer{InputCols: []string{"CMD_pooled"}, HandleInvalid: "keep"},
		ml.OneHotEncoder{InputCols: []string{"CMD_pooled_index"}},
		ml.VectorAssembler{InputCols: []string{"CMD_pooled_index_vec", "CPU"}},
		ml.GBTClassifier{LabelCol: "attack"},
	}.Fit(train)

	test := session.FromColumns(
		analysis.Strings("CMD", "nmap", "nmap", "sshd", "vim"),
		analysis.Float64s("CPU", 0.95, 0.05, 0.95, 0.5),
		analysis.Int64s("attack", 1, 0, 0, 1))
	show(model.Transform(test).GroupBy("attack", "prediction").Count().OrderBy(analysis.Ascending("attack"), analysis.Ascending("prediction")))

	top, err := model.TopFeatures(2)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(top)

	dir := filepath.Join(os.TempDir(), "kelpie-example-model")
	defer os.RemoveAll(dir)
	if _, err := model.Save(dir); err != nil {
		fmt.Println(err)
		return
	}
	loaded, err := ml.Load(dir)
	if err != nil {
		fmt.Println(err)
		return
	}
	show(loaded.Transform(test).Select("CMD", "prediction"))
	// Output:
	// transform by GBTClassifier; count by attack, prediction; order by attack, prediction
	// attack  prediction  count
	//      0           0      2
	//      1           0      1
	//      1           1      1
	// 3 rows × 3 columns
	// feature importances: gradient-boosted trees, 20 trees of 60 leaves, 3 features
	// feature          column      share
	// CMD_pooled_nmap  CMD_pooled   60 %
	// CPU              CPU          40 %
	// 2 rows × 3 columns
	// transform by GBTClassificationModel; select CMD, prediction
	// CMD   prediction
	// nmap           1
	// nmap           0
	// sshd           0
	// vim            0
	// 4 rows × 2 columns
}

func ExamplePipelineModel_Summary() {
	f := processes()
	model := ml.Pipeline{
		ml.StringIndexer{InputCols: []string{"CMD"}},
		ml.VectorAssembler{InputCols: []string{"CMD_index", "CPU"}},
		ml.DecisionTreeClassifier{LabelCol: "attack"},
	}.Fit(f)
	summary, err := model.Summary()
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(summary)
	// Output:
	// fitted pipeline: decision tree, 1 tree of 3 leaves, 2 features
	// stage                            reads           adds                                    fitted
	// StringIndexerModel               CMD             CMD_index                               CMD 2 labels
	// VectorAssembler                  CMD_index, CPU  features                                –
	// DecisionTreeClassificationModel  features        rawPrediction, probability, prediction  1 tree of 3 leaves, 2 features
	// 3 rows × 4 columns
}
