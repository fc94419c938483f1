// Package plots holds figures as values: what to draw, not how.
//
// A figure is a plain struct of slices and labels. [Bars], [Histogram],
// [Scatter], [Line], [Timeline] and [HeatMap] show data; [ROC], [PrecisionRecall],
// [ThresholdCurves], [Reliability] and [ConfusionMatrix] show what a model does. They
// share their manners:
//
//	PNG() ([]byte, error)   the picture, at twice its display size (192 dpi)
//	AltText() string        one sentence for those who do not see it
//	String() string         the finding and the data in a line of plain text
//
// Data come in as slices of float64, as columns of a table do, and are never
// changed. Nothing is drawn before PNG is called, so building a figure costs
// nothing and cannot fail. In a notebook cell:
//
//	nb.Show(plots.Bars{
//		Title: "Attacks are a quarter of the rows",
//		Names: []string{"normal", "attack"}, Values: []float64{1442000, 485968},
//		Alt:   "A quarter of all rows are attacks.",
//	})
//
// # Title, Caption and Alt
//
// A title states the finding, not the topic: "Attacks come in bursts", not "Rows by
// time". The caption says what the figure cannot know, such as whether data are
// synthetic; the figure adds the number of rows, what is missing and what is sampled,
// where it knows them. Alt states the finding with its numbers. Without it the figure
// describes itself from its data: which bar is the largest, where the middle of a
// histogram lies, what share of the attacks a curve finds at 10 % false alarms.
//
// The background is opaque and light, on dark pages too.
//
// # Data that cannot be drawn
//
// Slices of different lengths, or no data at all, are an error of PNG. A single
// value that has no place (NaN, an infinity, zero on a log axis) is left out,
// and the caption says how many were.
//
// # Texts
//
// Titles, names and labels are drawn as package visible writes them: a blank at an
// end, a control character or a mark of direction is seen, and an empty name is "".
// In captions and Alt white space only parts words.
//
// # Fonts
//
// Texts are drawn in Liberation Sans, which has the Latin, Greek, Cyrillic and Hebrew
// letters. A character that it has not is drawn as a box, and a line below the figure
// counts them. Fonts names font files, as bytes of TrueType or OpenType, that are
// asked for such characters in order:
//
//	noto, err := os.ReadFile("NotoSansJP-Regular.otf")
//	...
//	plots.Bars{Names: []string{"東京", "大阪"}, Values: counts, Fonts: [][]byte{noto}}
//
// The fonts of the system are never looked for, so that a figure is the same
// everywhere. Characters are drawn one after the other, from left to right: scripts
// whose letters change with their neighbours are not shaped, an emoji of several
// characters is drawn as its parts, and fonts of coloured pictures cannot be drawn.
//
// # Colours
//
// Colours are Okabe and Ito's and can be told apart by colour-blind readers; lines
// also differ in dash, points in marker. A series named "normal" or "attack" (in
// any case) has the colour of that class in every figure: a pale blue and a dark
// red-brown, which differ enough in lightness to be told apart in greyscale, and
// without red or green.
//
// # Drivers
//
// The pictures are drawn by a driver that registers itself. Package
// plots/gonum is linked by default; with the build tag nodrivers none is, and
// PNG returns an error that says so.
package plots
