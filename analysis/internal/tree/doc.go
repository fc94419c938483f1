// Package tree trains decision trees on features as they are encoded.
//
// In goes a [column.Features], a label of 0 or 1 for every row, and [Parameters];
// out comes a [lightgbm.Model]. [Train] cuts numeric features into bins once and
// then works on sums over bins alone. The rows of a one-hot part are one code
// each: splitting off level k needs the sum of that code and no more, so a
// thousand one-hot slots cost what one column costs.
//
//	model, log, err := tree.Train(ctx, features, rows, labels, tree.Parameters{Method: tree.GradientBoosting}, nil)
//	err = score.Predict(model, features, rows, margins, nil)
//
// The algorithms, defaults and tie rules are those of Spark ML's
// DecisionTreeClassifier and GBTClassifier (gini and variance impurity, logistic
// loss, no Newton step). Deliberate differences: the quantiles come from a fixed
// sample of up to 200,000 rows instead of a random one of 10,000; numeric
// features have at most 255 bins; feature values missing in training are accepted
// where asked. All sums are of integers, so that the same input gives the same
// model, byte for byte, on any number of workers.
package tree
