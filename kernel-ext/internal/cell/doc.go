// Package cell says what a cell's source means to the kernel, and what went wrong
// with it in words for its author. It does no input or output of its own.
//
// Data in: the source of a cell as the notebook has it, and the declarations that
// the session keeps. Data out: a Program, the sources to hand to GoNB one after the
// other, with the way back from their lines to the cell's; or the errors that can be
// told without running anything; later an Explanation of what GoNB reports.
//
// # What a cell may hold
//
// GoNB's meaning stays: lines that start with % or ! are commands and run first, in
// order; %% (or %main) puts what follows into func main; everything else is
// declarations, kept for later cells. Added to that:
//
//   - A cell without %%, %main, %exec, %test, %wasm and func main may hold statements.
//     They become the body of main, in order; declarations among them stay
//     declarations of the session, as they would above a %%. What := declares is local
//     to the cell. (It could not be otherwise: a declared value is made anew in every
//     later cell, and x, err := os.Create(name) would empty the file each time.)
//   - The last expression of such a cell is shown as the cell's value, unless a
//     semicolon follows it; then it is computed only. See hasValue for calls that have no value.
//   - A failing shell line, %%bash, %%sh or %%script fails the cell, and what stands
//     after it does not run.
//   - %vars, alone in its cell, lists the declarations. %time and %timeit before a
//     statement time it; on a line of their own, the statements below.
//
// A cell with a %% reaches GoNB byte for byte, but for: \r\n becomes \n; shell lines
// go in requests of their own, wrapped so that their status is known; the lines of
// %time and %timeit become Go; with %capture its main starts by turning displays
// inside of its output off.
package cell
