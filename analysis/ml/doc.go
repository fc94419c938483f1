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
// Fit builds a recipe and returns at once; a mistake in it, such as a column that
// is not there, is known then, see [PipelineModel.Err], and reported by the first
// call that needs the model. The model is fitted when it is first needed, is always
// kept, and is there in every later cell and program that has the same recipe
// (but see [Transformer] for stages of a notebook's own).
//
// The zero value of a stage has Spark's defaults. Flags that are true by default
// in Spark are therefore named the other way round (WithoutStd, KeepLast).
//
// # Differences from Spark, on purpose
//
//   - probability and rawPrediction are plain float64 columns: the probability of
//     class 1, and its raw score. For boosted trees that is the log-odds 2F of the
//     margin F; for a decision tree the probability itself, where Spark has class
//     counts, which do not rank.
//   - Numbers that are indexed read "1", not "1.0". A null that is one-hot encoded
//     is an error, not null.
//   - An index column keeps its labels, and a feature vector is a list of encoded
//     columns, never a dense matrix.
//   - Split thresholds come from the quantiles of up to 200,000 rows, not of
//     10,000, and nothing in training is random.
package ml
