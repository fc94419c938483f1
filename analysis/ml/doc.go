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
// # What equals Spark
//
// What Spark does was read from its sources, those of 4.0 before its release; the
// tests named TestSpark… say which file a statement comes from. TestSparkAnswers
// compares with what Spark 4.1.4 itself answered, stored in testdata/spark.json.
//
//   - [StringIndexer]: the four orders, ties by bytes, "" as a label, null and NaN
//     uncounted, and what error, skip and keep do, when transforming.
//   - [OneHotEncoder]: K-1 slots or K, the number of categories from labels or else
//     from the greatest index, and keep's category after the others.
//   - [VectorAssembler]: the order of columns, and error, skip and keep; a NaN
//     inside a vector is not looked for.
//   - [StandardScaler]: the sample deviation, 0 for a constant slot, NaN spreading.
//   - [MinMaxScaler]: a constant slot in the middle of the range, NaN left alone.
//   - [Imputer]: what is missing, and mean, median and mode of the rest.
//   - [DecisionTreeClassifier]: gini, the first of equal gains, merged siblings.
//   - [RandomForestClassifier]: Poisson bags, features drawn by node and how many by
//     each strategy (see below for those that cannot split), the mean of the trees'
//     shares.
//   - [GBTClassifier]: variance trees on -1 and 1, the first of weight 1, and when
//     validation rows end training.
//   - A stage never replaces a column, but for an Imputer, ValueMap or
//     CategoryPooler whose output is named as its input.
//   - FeatureImportances, of every kind of classifier.
//
// # Differences from Spark, on purpose
//
//   - probability and rawPrediction are plain float64 columns: the probability of
//     class 1, and its raw score. For boosted trees that is the log-odds 2F of the
//     margin F; for a decision tree the probability itself, where Spark has class
//     counts, which do not rank.
//   - Numbers that are indexed read "1", not "1.0".
//   - A null that is one-hot encoded is an error, or with keep of the category
//     after the others, where Spark gives null. A fraction is an error, where Spark
//     cuts it.
//   - An index column keeps its labels, and a feature vector is a list of encoded
//     columns, never a dense matrix. A StandardScaler keeps names, too.
//   - A column that a fitted stage reads has to be there, where Spark's
//     StringIndexerModel leaves it out, and to be of the kind it was (number, text,
//     truth value). No column is read twice by one stage.
//   - A MinMaxScaler refuses infinities, and makes NaN of a slot that had no number.
//     An Imputer refuses a surrogate that is infinite; its median is exact.
//   - Split thresholds come from the quantiles of up to 200,000 rows, not of
//     10,000. Nothing in training is random but what a Seed decides: bags, drawn
//     features, the rounding of derivatives and of weights that are not whole.
//     So the same rows give the same model on any number of processors, but not
//     the rows and features that Spark would draw.
//   - Where none of the features that were drawn for a node can split it, others
//     are, until one does or there are no more. Spark makes it a leaf, and a forest
//     of many one-hot slots the worse.
//   - Of cuts that gain exactly the same the first is taken; Spark, too, means to,
//     but the rounding of its sums may favour another. Boosted trees search by
//     rounded residuals, so that of cuts that gain nearly the same they may take
//     another than Spark, above all where weights differ much.
//   - NaN among the features of trees is an error, as in Spark, unless AllowMissing
//     is set: then each split sends it to the side that gains more, and the file
//     says so. Infinities are an error.
//   - The rows that ValidationIndicatorCol marks take no part in fitting any stage
//     of a pipeline, where in Spark they do in all but the classifier.
//   - MaxLeaves is not Spark's: it has the splits that gain most come first.
//   - [Scorer], [Permutation], [ValueMap], [CategoryPooler] and [ConstantClassifier] are not Spark's.
//
// # What equals LightGBM
//
//   - [GBTClassifier] with Newton has the algorithm and the defaults of LightGBM's
//     binary objective; its comment says what differs. Of three data sets that
//     ship with scikit-learn, the mean area under the ROC curve and the mean
//     log-loss of ten seeds are not worse than the worst of LightGBM's ten.
//   - Early stopping is Spark's in both: by ValidationTol, not LightGBM's rounds
//     without progress.
//   - The file model.txt of a saved model is LightGBM's text: LightGBM opens it and
//     predicts the same.
//   - SplitImportances are what its feature_importance says of that file, and
//     GainImportances, of boosted trees, what "gain" says there, divided by the sum
//     (to 7 digits, which is how LightGBM reads gains).
//   - [LoadLightGBM] takes files that LightGBM wrote and scores as it does, to
//     1e-12 in the tests.
//
// # Scoring in a service
//
// [Load] and [PipelineModel.Scorer] are all that it takes. A program that does no
// more links nothing of the trainer: the linker leaves out what no classifier
// calls for, and a test holds it to that.
package ml
