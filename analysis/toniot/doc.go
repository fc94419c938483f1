// Package toniot knows the data set of the notebooks: the process and memory
// activity of the Linux hosts in TON_IoT (UNSW Canberra Cyber Range), as atop
// recorded it, with a label on every row.
//
// [Find] finds the CSV files of an [Activity] under whichever of their known
// names, and [Identify] says what a file is: TON_IoT data, the synthetic
// stand-in, or unknown. Notebooks show that sentence in their first output.
//
// # The stand-in
//
// TON_IoT is free for academic use, but not ours to hand out. [Generate] writes
// a synthetic stand-in of the same size and shape: every row is drawn from
// tables of published figures (row, class and command counts, quartiles, means),
// so that each step of an analysis meets what it would meet in the real files,
// down to their flaws. Nothing measured on it is a result on TON_IoT. A scale
// below 1 makes it smaller; one above 1 puts several side by side, to see how
// work grows with rows.
//
//	s, err := toniot.Generate(ctx, toniot.Generation{Dir: ".kelpie/data", Seed: 1})
//	fmt.Println(s) // four files, their rows, sizes and checksums
//
// [Report] reads such a set again and compares it, figure by figure, with what
// has been published about the real one.
//
// The bytes follow from seed and scale alone: everything that decides them is
// integer arithmetic, so they are the same on every platform.
package toniot
