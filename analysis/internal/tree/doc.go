// Package tree trains decision trees, forests and boosted trees on features as
// they are encoded, or on a dense matrix.
//
// In goes [Data], features and a label of 0 or 1 for every row, and [Parameters];
// out comes a [lightgbm.Model]. [Train] cuts numeric features into bins once and
// then works on sums over bins alone. The rows of a one-hot part are one code
// each: splitting off level k needs the sum of that code and no more, so a
// thousand one-hot slots cost what one column costs. In a dense matrix the 0/1
// columns that exclude each other are found and treated so too.
//
//	model, log, err := tree.Train(ctx, tree.Data{Rows: rows, Features: features, Labels: labels}, tree.Parameters{Method: tree.GradientBoosting}, nil)
//	err = score.Predict(model, features, rows, margins, nil)
//
// # As Spark does
//
// The algorithms, defaults and tie rules of [DecisionTree], [GradientBoosting] and
// [RandomForest] are those of Spark ML's classifiers (gini and variance impurity,
// logistic loss, no Newton step). Deliberate differences: the quantiles come from
// a fixed sample of up to 200,000 rows instead of a random one of 10,000; numeric
// features have at most 255 bins; features with values missing in training are
// accepted where asked; what is drawn comes from other streams.
//
// # As LightGBM does
//
// [NewtonBoosting] has the algorithm and defaults of LightGBM's binary objective:
// leaf-wise growth by G²/(H+L2), starting at the log-odds. Deliberate differences:
// derivatives are rounded to 1022nds of the greatest while splits are searched;
// leaves are bounded so that no tree makes the loss of its rows higher;
// rows are counted, not guessed from the hessian; one-hot columns are bundled only
// where they exclude each other in every row; splits by sets of categories may
// have sets of any size, and the rarest of too many categories share a code.
//
// # How it works
//
// Rows that are equal in all codes and in the label are made one, which counts as
// often as there were: no tree can tell them apart. Telemetry repeats itself, so
// that is most of them.
//
// A row is a few bytes, its codes, and one word: target, weight and count side by
// side in fixed point. A histogram of a node is one addition of that word a row
// and field. Of two siblings the smaller is counted and the other is what is left
// of their parent. Rows are kept in the order of the leaves, page by page, and
// parted in place. All workers split a large node together; small ones are split
// by a worker each, those that gain most ahead of their turn.
//
// All sums are of integers, and what is drawn is a function of the seed, the tree
// and the row or node, so that the same input gives the same model, byte for byte,
// on any number of workers. Newton boosting does not even use a function whose
// last bit differs between processors.
package tree
