// Package score scores frames with models of trees.
//
// In goes a [lightgbm.Model] and a [column.Features] with as many slots as the
// model has features; out comes the raw score of every row. It needs nothing of
// the trainer: a program that only scores does not link it.
//
//	err := score.Predict(model, features, rows, raw, probability)
package score
