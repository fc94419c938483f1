// Package nb shows values in a notebook cell.
//
// A cell of a Go notebook is a program of its own; what it prints is text. With
// this package it shows tables, figures and Markdown instead:
//
//	%%
//	nb.Show(process.Count())          // takes a call's (value, error) as it is
//	report := nb.Must(frame.Describe())
//	nb.Show(report, figure)
//
// Data in: any value. Data out: one display per value, carrying every form the
// value has (text/plain always; text/html, text/markdown, image/png where the
// value offers them), so that the notebook, its HTML page and a plain text
// export each find a form they can use.
//
// Pictures (image.Image, PNG), JSON, Markdown, HTML, panels of names and values and
// progress lines have functions of their own; Update shows a value in the place of
// an earlier one. Kelpie's kernel calls Result around the last expression of a cell,
// Time and TimeIt for %time and %timeit, and shows Declarations for %vars.
//
// # Showing your own type
//
// A value is asked for its forms by small interfaces; no package has to import
// nb for its values to be shown. All are optional and may be combined:
//
//	HTML() (string, error)       text/html: complete, already escaped (see Escape)
//	Markdown() (string, error)   text/markdown
//	PNG() ([]byte, error)        a picture at twice its display size
//	AltText() string             one sentence that states what the picture shows
//	String() string              text/plain
//	Text() (string, error)       text/plain that has to be computed; wins over String
//	Display() (any, error)       what to show instead, computed once for all forms
//	Volatile() bool              true: differs from run to run (durations, rates)
//	Metadata() map[string]string further output metadata, for tools
//	Kept() (int64, bool)         bytes and whether kept between cells, for %vars
//
// They are written down as types (HTMLer and its neighbours) so that a package's
// tests can assert them. Without any of them a value is shown as fmt prints it.
//
// # Failing a cell
//
// An error given to Show or Must, or met while a value renders itself, ends the
// cell: the message on standard error, once and without a stack, exit status 1.
// Deferred functions of the cell do not run.
//
// # Order and delivery
//
// Each call returns only after its display cannot be lost any more, when the cell
// exits or panics right afterwards. Displays keep the order of the calls, from any
// number of goroutines.
//
// Under Kelpie's kernel displays travel inside standard output, so they also keep
// their place among the texts that the cell prints. What a program that the cell
// starts shows with nb, on the same standard output, does so too. Under plain GoNB
// displays take another way than text printed with fmt, which may appear earlier or
// later than displays of the same cell; Printf here keeps the order. There a cell
// should not use gonbui (GoNB's own display package) beside nb: both would write to
// the one channel the kernel offers, and the kernel reads one stream.
//
// Texts of more than 1 MB and pictures of more than 16 MB are cut or left out, and
// the output says so.
//
// # Outside a notebook
//
// Without a kernel the text form of each value goes to standard output; a figure
// prints its alt text. The same code so runs as a program and in tests.
//
// # Metadata written
//
//   - kelpie.volatile = true (a boolean) on volatile outputs; comparisons of
//     notebooks skip them.
//   - alt = the alt text, and image/png = {alt, width, height} in display pixels,
//     half the picture's own.
//   - needs_background = "light" on pictures, so that they stay readable in dark
//     themes.
package nb
