package nb

import (
	"fmt"
	"math/rand/v2"
	"sync"
)

// Show displays each value in all the forms it has (package comment), one output
// a value, in order. It takes a call's results as they are:
//
//	nb.Show(frame.Head(5))
//
// A non-nil error among the values fails the cell before anything is shown, and
// so does an error met while a value renders itself. A nil last value is the nil
// error of such a call and is not shown; a nil elsewhere is shown as <nil>.
// Numbers are shown as fmt prints them, strings as plain text (never as HTML),
// an image.Image as a picture pixel for pixel.
func Show(values ...any) {
	for _, value := range values {
		if err, ok := value.(error); ok && err != nil {
			fail(err)
		}
	}
	if n := len(values); n > 0 && values[n-1] == nil {
		values = values[:n-1]
	}
	for _, value := range values {
		b, err := render(value)
		if err != nil {
			fail(err)
		}
		deliver(b)
	}
}

// Must returns value, or fails the cell with err's message.
//
//	table := nb.Must(frame.Describe())
//
// It belongs below a cell's %% line. As the initialiser of a top-level variable
// it would run again in every later cell, and fail each of them.
func Must[T any](value T, err error) T {
	if err != nil {
		fail(err)
	}
	return value
}

// Printf shows formatted text. Unlike fmt.Printf it keeps the order among
// displays; each call is an output of its own, so one closing newline is dropped.
func Printf(format string, args ...any) {
	deliver(bundle{text: fmt.Sprintf(format, args...)}.cleaned())
}

// Markdown shows text as Markdown. Text that comes from data may hold markup of
// its own and belongs into a table or Printf instead.
func Markdown(text string) {
	deliver(bundle{markdown: text, text: text}.cleaned())
}

// HTML shows markup as it is. Variable parts must be escaped (Escape).
func HTML(markup string) {
	deliver(bundle{html: markup, text: stripTags(markup)}.cleaned())
}

// Volatile marks value's output as one that may differ from run to run on the
// same data, such as durations and rates; comparisons of notebooks skip it. The
// value is shown as it would be without the mark.
//
//	nb.Show(nb.Volatile(elapsed))
func Volatile(value any) any {
	return marked{value}
}

// shown holds the display IDs of this program, by the name given to Update.
var shown struct {
	sync.Mutex
	ids map[string]string
}

// Update shows value where the earlier call of this cell with the same name showed
// its own, and as Show does at first: a table that fills, a figure that moves.
// Notebook servers drop messages that come faster than about a thousand a second.
// A non-nil error as value, or met while it renders itself, fails the cell. Outside
// a notebook each state is printed.
func Update(name string, value any) {
	if err, ok := value.(error); ok && err != nil {
		fail(err)
	}
	b, err := render(value)
	if err != nil {
		fail(err)
	}
	shown.Lock()
	defer shown.Unlock()
	if b.displayID, b.update = shown.ids[name], true; b.displayID == "" {
		if shown.ids == nil {
			shown.ids = map[string]string{}
		}
		// As for Progress: IDs live as long as the kernel.
		b.displayID, b.update = fmt.Sprintf("nb-%016x", rand.Uint64()), false
		shown.ids[name] = b.displayID
	}
	deliver(b)
}
