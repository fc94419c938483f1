//go:build linux || darwin

package nb_test

import (
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"image"
	"image/color"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stophacking/kelpie/kernel-ext/nb"
)

// bound ends this program, rather than the machine, where a display has no end.
func bound() {
	for resource, most := range map[int]uint64{syscall.RLIMIT_AS: 8 << 30, syscall.RLIMIT_CPU: 30} {
		var limit syscall.Rlimit
		if syscall.Getrlimit(resource, &limit) == nil {
			limit.Cur = min(most, limit.Max)
			_ = syscall.Setrlimit(resource, &limit)
		}
	}
}

// endless is a picture that claims to be large and has no pixels.
type endless image.Rectangle

func (endless) ColorModel() color.Model   { return color.GrayModel }
func (e endless) Bounds() image.Rectangle { return image.Rectangle(e) }
func (endless) At(int, int) color.Color   { return color.Black }

// bomb is a PNG file whose header alone is there: 60,000 by 60,000 pixels.
type bomb struct{}

func (bomb) PNG() ([]byte, error) {
	header := []byte("IHDR\x00\x00\xea\x60\x00\x00\xea\x60\x08\x00\x00\x00\x00")
	file := append([]byte("\x89PNG\r\n\x1a\n\x00\x00\x00\r"), header...)
	return binary.BigEndian.AppendUint32(file, crc32.ChecksumIEEE(header)), nil
}

// node is a list that may be long, or closed.
type node struct{ Next *node }

// fragile panics when it is asked for its text.
type fragile struct{}

func (fragile) String() string { panic("no text") }

// level is a text with a method.
type level string

func (l level) String() string { return "level " + string(l) }

// deep is a list in a list and so on.
func deep(levels int) any {
	var value any = "end"
	for range levels {
		value = []any{value}
	}
	return value
}

func init() {
	closed := &node{}
	closed.Next = closed
	itself := []any{nil}
	itself[0] = itself
	keyed := map[string]any{}
	keyed["me"] = keyed
	wide := make([]any, 2000)
	for i := range wide {
		wide[i] = wide
	}
	for name, show := range map[string]func(){
		"white":      func() { nb.ResultValue(image.White) },
		"hugeRect":   func() { nb.Show(endless(image.Rect(0, 0, 60_000, 60_000))) },
		"overflow":   func() { nb.Show(endless{Min: image.Pt(-1<<62, 0), Max: image.Pt(1<<62, 1<<62)}) },
		"bomb":       func() { nb.Show(bomb{}) },
		"noPixels":   func() { nb.Show(endless{}) },
		"fragile":    func() { nb.ResultValue(fragile{}) },
		"jsonItself": func() { nb.JSON(keyed) },
		"jsonClosed": func() { nb.JSON(closed) },
		"jsonDeep":   func() { nb.JSON(deep(100_000)) },
		"jsonLarge":  func() { nb.JSON(make([]int, 1<<26)) },
		"jsonNested": func() { nb.JSON(deep(900)) },
		"itself":     func() { nb.Show(itself, keyed, wide, closed, deep(100_000)) },
		"largeSlice": func() { nb.ResultValue(make([]byte, 1<<27)) },
		"largeNested": func() {
			nb.Show([][]int{make([]int, 10), make([]int, 1<<26)}, map[string][]int{"a": make([]int, 1<<26)}, [1][]byte{make([]byte, 1<<26)})
		},
		"largeTexts": func() { nb.Show(nb.KeyValues("large", "x", make([]int, 1<<26))) },
		"largeForms": func() {
			large := strings.Repeat("\x1b", 1<<24)
			nb.HTML(large)
			nb.Markdown(large)
			nb.Printf("%s", large)
		},
		"small": func() {
			nb.Show([]time.Duration{time.Second}, struct{ N *node }{}, []level{"a"}, deep(3), [2]bool{}, map[string]int{"a": 1}, &node{})
		},
	} {
		cells[name] = func() { bound(); show() }
	}
}

// What has no end, or is too large, is refused with its size and the limit, before
// any of it is made.
func TestUnboundedValuesAreRefused(t *testing.T) {
	for cell, want := range map[string]string{
		"white":      "nb: image: 2000000000 by 2000000000 pixels are more than the limit of 50 million; show a part of it, or draw it smaller\n",
		"hugeRect":   "nb: image: 60000 by 60000 pixels are more than the limit of 50 million; show a part of it, or draw it smaller\n",
		"overflow":   "nb: image: 9223372036854775808 by 4611686018427387904 pixels are more than the limit of 50 million; show a part of it, or draw it smaller\n",
		"bomb":       "nb: picture of nb_test.bomb: 60000 by 60000 pixels are more than the limit of 50 million; show a part of it, or draw it smaller\n",
		"noPixels":   "nb: image of (0,0)-(0,0): png: invalid format: invalid image size: 0x0\n",
		"jsonItself": "nb: JSON of map[string]interface {}, which is not shown: it is nested more than 1000 levels deep, or holds itself\n",
		"jsonClosed": "nb: JSON of *nb_test.node, which is not shown: it is nested more than 1000 levels deep, or holds itself\n",
		"jsonDeep":   "nb: JSON of []interface {}, which is not shown: it is nested more than 1000 levels deep, or holds itself\n",
		"jsonLarge":  "nb: JSON of []int, which is not shown: it is larger than 4 MB as text, or holds itself; show a part of it\n",
	} {
		if got := runNotebook(t, cell, 0); got.status != 1 || got.stderr != want || len(got.displays) != 0 {
			t.Errorf("%s: status %d, %d displays, stderr %.300q", cell, got.status, len(got.displays), got.stderr)
		}
	}
	// A panic is the program's own: it ends the cell, and says where.
	if got := runNotebook(t, "fragile", 0); got.status != 2 || !strings.Contains(got.stderr, "panic: no text") {
		t.Errorf("fragile: status %d, stderr %.300q", got.status, got.stderr)
	}
}

// Values that are too large or hold themselves are shown as far as that goes.
func TestLargeValues(t *testing.T) {
	const deeper = "which is not shown: it is nested more than 1000 levels deep, or holds itself"
	const larger = "which is not shown: it is larger than 4 MB as text, or holds itself; show a part of it"
	for cell, want := range map[string][]string{
		"itself":      {"[]interface {}, " + deeper, "map[string]interface {}, " + deeper, "[]interface {}, " + deeper, "", "[]interface {}, " + deeper},
		"largeNested": {"[[0 0 0 0 0 0 0 0 0 0] …\n[[][]int of 2 elements, shown from its beginning]", "map[string][]int, " + larger, "[1][]uint8, " + larger},
		"largeTexts":  {"large\nx  [0 0 0"},
		"jsonNested":  {strings.Repeat("[", 900) + `"end"` + strings.Repeat("]", 900)},
		"small":       {"[1s]", "{<nil>}", "[level a]", "[[[end]]]", "[false false]", "map[a:1]", "&{<nil>}"},
	} {
		got := runNotebook(t, cell, 0)
		shown := texts(got)
		if got.status != 0 || len(shown) != len(want) {
			t.Errorf("%s: status %d, %d displays, stderr %.300q", cell, got.status, len(shown), got.stderr)
			continue
		}
		for i, w := range want {
			exact := shown[i] == w || cell == "largeTexts" && strings.HasPrefix(shown[i], w) && len(shown[i]) < 5<<20
			if w != "" && !exact { // an address differs from run to run
				t.Errorf("%s: display %d is %.300q, want %q", cell, i, shown[i], w)
			}
		}
	}
	slice := texts(runNotebook(t, "largeSlice", 0))
	if len(slice) != 1 || !strings.HasPrefix(slice[0], "[0 0 0 ") || !strings.HasSuffix(slice[0], fmt.Sprintf("\n[[]uint8 of %d elements, shown from its beginning]", 1<<27)) || len(slice[0]) > 2<<20 {
		t.Errorf("a large slice: %d displays", len(slice))
	}
	for i, text := range texts(runNotebook(t, "largeForms", 0)) {
		if len(text) > 2<<20 || !strings.Contains(text, `\x1b\x1b`) || !strings.Contains(text, fmt.Sprint(1<<24)) {
			t.Errorf("form %d: %d bytes, ends in %q", i, len(text), text[max(0, len(text)-100):])
		}
	}
}
