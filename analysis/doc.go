// Package analysis is the vocabulary of a notebook: a [Session], a [Frame] and
// its verbs, expressions over columns, and the [Table] in which results come.
//
// # Declared values
//
// A notebook cell of GoNB is a program of its own, and every package-level var
// of earlier cells is initialised again in it. So a Frame is a recipe, not data:
// building one takes microseconds, reads nothing, prints nothing and never
// fails. What a recipe stands for is computed when a terminal call asks for it,
// and where [Frame.Cache] marks a frame it is kept on disk under a key made of
// the recipe and the identity of the files it reads. A later cell, in this
// notebook or another, maps it back without computing.
//
//	var session = analysis.NewSession(analysis.Config{AppName: "StopHacking", Master: "local[*]"})
//	var process = session.ReadCSV(toniot.Process, toniot.Files(toniot.Process)...).Cache()
//	var split = process.Split(0.8, 42) // split.Train, split.Test
//
// Verbs (Select, Filter, WithColumn, Split, …) return Frames. Terminal calls
// (Count, Head, Describe, …) run the recipe and return a value and an error. A
// mistake in a recipe, such as an unknown column, is carried along and reported
// by the first terminal call, with the file and line of the call that made it.
//
// # Nulls and NaN
//
// A value may be missing: null. Statistics leave nulls out, comparisons with
// null are null, and a filter keeps only rows for which its condition is true.
// NaN is a float64 like others and no null.
//
// # Randomness
//
// Sample, the splits, the folds and Undersample draw from their seed and each row's
// number in the source files, GroupSplit and GroupKFold from the seed and each group's
// value: the same rows in every run, whatever the threads, and verbs are independent
// of one another although the seeds are equal. TimeSplit draws nothing. A draw of rows that a
// draw of its kind and seed has chosen takes new numbers, so a fraction is always
// one of the rows given: f.Sample(0.5, 7).Sample(0.5, 7) is about a quarter of f.
// Nothing else in a recipe moves rows from one part to another: not a filter, a
// column, an order or a cache, above the draw or between two. Of a union or a join,
// the draws of both frames count; of a model, those of the rows it is applied to.
// Where numbers are exact, in Undersample, StratifiedSplit and StratifiedKFold, the
// rows with the smallest draws are taken, so it also counts how many rows there are.
package analysis
