// Package scene is the seam between figures and the drivers that draw them.
//
// Package plots lowers every figure to a [Scene]: axes with their ticks already
// chosen, marks in data coordinates with a style role, a legend, a caption. A
// driver such as plots/gonum turns a Scene into a picture; it decides on fonts,
// colours and placement, and knows nothing of bars, curves or matrices.
//
//	data → plots.Bars → Scene → driver → PNG
package scene

import "math"

// A Scene describes one picture completely.
type Scene struct {
	// Width and Height are the display size in pixels of 1/96 inch. The picture
	// itself has twice as many pixels each way.
	Width, Height int

	Title   string // above the data; "" for none
	Caption string // below everything, small; "" for none

	X, Y   Axis
	Square bool // one unit of X is as long as one unit of Y

	Marks []Mark // drawn in this order, so the last lies on top

	Legend      []Entry // outside the data; empty for none
	LegendRight bool    // beside the data, otherwise below them
	ColorBar    float64 // where the colours of Cells end, which a bar shows; 0 for none

	// Fonts are TrueType or OpenType files, asked in order for the characters that
	// the driver's own font has not. What none of them has is drawn as a box, and
	// counted below the caption.
	Fonts [][]byte
}

// An Axis maps data to a side of the data area.
type Axis struct {
	Label    string
	Min, Max float64 // Min < Max, both finite; both > 0 on a log axis
	Log      bool    // equal ratios are equally long
	Flip     bool    // Min is at the top or the right
	Ticks    []Tick
	Grid     bool // pale lines through the data at labelled ticks
	Names    bool // the ticks name categories: labels without tick lines
}

// Norm returns where v lies on the axis, 0 at its start (left or bottom) and 1
// at its end. A value outside the axis gives a number outside [0, 1]; a value
// that is not positive gives NaN or an infinity on a log axis.
func (a Axis) Norm(v float64) float64 {
	lo, hi := a.Min, a.Max
	if a.Log {
		lo, hi, v = math.Log(lo), math.Log(hi), math.Log(v)
	}
	t := (v - lo) / (hi - lo)
	if a.Flip {
		return 1 - t
	}
	return t
}

// A Tick is a place on an axis. A tick without a label is a minor one.
type Tick struct {
	At    float64
	Label string
	Note  string // small print under a name of X, or where a tick of Y has no label; "" for none
}

// A Role says what a mark stands for; the driver's theme gives it a colour, a
// dash pattern and a marker. Series(0), Series(1), … are told apart in that order.
type Role int

// The roles that keep their look in every figure.
const (
	Normal  Role = iota // the class 0
	Attack              // the class 1
	Neutral             // a reference, such as the chance line
	Spread              // how far a value may be off, over its bar
	Chosen              // what the reader is pointed at, such as the threshold of an alarm
	Unsure              // a value of too few rows to rely on

	firstSeries
)

// Series is the role of the i-th series that has no look of its own.
func Series(i int) Role { return firstSeries + Role(i) }

// SeriesIndex returns i for Series(i), and false for the fixed roles.
func (r Role) SeriesIndex() (int, bool) { return int(r - firstSeries), r >= firstSeries }

// A Point lies in data coordinates.
type Point struct{ X, Y float64 }

// A Mark is one of Boxes, Points, Line, Area, Texts and Cells.
type Mark interface{ mark() }

// A Box is a rectangle with sides along the axes. Parts outside them are cut off.
type Box struct{ X0, Y0, X1, Y1 float64 }

// Boxes are filled rectangles: bars and bins.
type Boxes struct {
	Role  Role
	Pale  bool // light enough for what lies under it to be seen
	Boxes []Box
}

// Points are markers, one at each point.
type Points struct {
	Role   Role
	Points []Point
}

// A Line joins the points of each segment.
type Line struct {
	Role     Role
	Thin     bool // an outline rather than a curve
	Markers  bool // a marker at each point as well
	Segments [][]Point
}

// An Area is filled polygons, such as the band around a curve or the outline of a
// row of bins. Each is closed by itself.
type Area struct {
	Role     Role
	Pale     bool // light enough for what lies under it to be seen
	Polygons [][]Point
}

// Side says on which side of its point a text stands.
type Side uint8

// The sides of a point.
const (
	Above Side = iota
	Below
	Right
	Left
	Middle // on the point itself
)

// A Text is a short label at a point.
type Text struct {
	Point
	Side   Side
	String string
	Backed bool // on a patch of paper, so that lines do not cross it; a hyphen in it is none of a number
}

// Texts are labels of values.
type Texts struct{ Texts []Text }

// RoomForBar is the least number of columns of Lower cells above which the colour bar
// has room; otherwise it stands beside the data.
const RoomForBar = 7

// Cells are a grid of coloured squares, white at 0, blue below it, red above it, to the
// ends that the scene's ColorBar names, and grey where NaN; with Shares from white at 0
// to blue at 1. Cell (row i, column j)
// is centred at the point (j, i) and is one unit wide and high.
type Cells struct {
	Columns int
	Values  []float64  // Values[i*Columns+j]
	Lower   bool       // only the cells with j <= i
	Numbers bool       // write each value into its cell, with two decimals
	Shares  bool       // values are shares from 0 to 1
	Texts   [][]string // instead of Numbers, the lines written into each cell; nil for none
}

func (Boxes) mark()  {}
func (Points) mark() {}
func (Line) mark()   {}
func (Area) mark()   {}
func (Texts) mark()  {}
func (Cells) mark()  {}

// A Key is the sample shown in a legend.
type Key uint8

// The legend's keys: a filled square, a pale one with an outline, a marker, a
// line, and a line with a marker.
const (
	KeyBox Key = iota
	KeyPaleBox
	KeyPoint
	KeyLine
	KeyLinePoint
)

// An Entry is one line of a legend.
type Entry struct {
	Name string
	Role Role
	Key  Key
}
