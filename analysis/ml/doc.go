// Package ml fits models to frames, under the names of Spark ML: transformers
// and estimators are stages, a [Pipeline] is a list of them, and fitting one
// gives a [PipelineModel], which is a transformer again.
//
//	var gbt = ml.Pipeline{
//		ml.StringIndexer{InputCols: []string{"CMD"}, OutputCols: []string{"CMD_index"}},
//		ml.OneHotEncoder{InputCols: []string{"CMD_index"}, OutputCols: []string{"CMD_vec"}},
//		ml.VectorAssembler{InputCols: []string{"CMD_vec", "CPU"}, OutputCol: "features"},
//		ml.GBTClassifier{LabelCol: "attack"},
//	}.Fit(train)
//	var scored = gbt.Transform(test)
//
// Fit builds a recipe and returns at once; a mistake in it is reported by the
// first call that needs the model, as [PipelineModel.Err] or a terminal call of
// a transformed frame. The model is fitted when it is first needed, is always
// kept, and is there in every later cell.
//
// The zero value of a stage has Spark's defaults. Flags that are true by default
// in Spark are therefore named the other way round (WithoutStd, KeepLast).
//
// # Differences from Spark, on purpose
//
//   - probability and rawPrediction are plain float64 columns: the probability of
//     class 1, and its raw score (the margin F of boosted trees, the probability
//     itself for a decision tree, where Spark has class counts, which do not rank).
//   - An index column keeps its labels, and a feature vector is a list of encoded
//     columns, never a dense matrix.
//   - Split thresholds come from the quantiles of up to 200,000 rows, not of
//     10,000, and nothing in training is random.
package ml
