package assist

import (
	"bufio"
	"strings"
	"testing"
	"unicode/utf8"
)

// Whatever is typed, nothing panics, every line of Go stands in the document as it is, and places survive the way there
// and back.
func FuzzCell(f *testing.F) {
	for _, seed := range []string{"", "fmt.", "x := 1\n%%\ny", "import (\n\"a\n)", "%%bash\necho", "func (a) f() {", "%time x\r\n!ls \\\nb", "a😀ä.b\n/* c", "type T[P any] struct{}\nconst (\na = iota\n)", "//gonb:%%\n`"} {
		f.Add(seed, uint16(3))
	}
	a := New(Config{})
	f.Fuzz(func(t *testing.T, text string, cursor uint16) {
		c := Cell{Text: text, Cursor: int(cursor), Known: []string{text}, Dir: t.TempDir()}
		at := locate(c)
		l := lay(text, at.line)
		d := compose(l, a.items(c.Known))
		lines := strings.Split(d.text, "\n")
		for i, line := range l.lines {
			if l.kinds[i] == magic {
				continue
			}
			if d.lines[i] < 0 || lines[d.lines[i]] != line {
				t.Fatalf("line %d of %q is not in\n%s", i, text, d.text)
			}
		}
		if p, ok := d.position(at.line, at.column); ok && utf8.ValidString(text) {
			if line, column, ok := d.place(p); !ok || line != at.line || column != at.column {
				t.Fatalf("%q: line %d column %d came back as %d, %d", text, at.line, at.column, line, column)
			}
			d.callee(p)
		}
		got := a.Complete(t.Context(), c)
		if got.Start < 0 || got.Start > got.End || got.End > utf8.RuneCountInString(text) {
			t.Fatalf("%q: %+v", text, got)
		}
		a.Inspect(t.Context(), c, 1)
		switch status, _ := IsComplete(text); status {
		case "complete", "incomplete", "invalid", "unknown":
		default:
			t.Fatalf("%q is %s", text, status)
		}
	})
}

func FuzzReadMessage(f *testing.F) {
	f.Add("Content-Length: 2\r\n\r\n{}Content-Length: 17\r\n\r\n{\"id\":1,\"error\":{")
	f.Add("Content-Length: 99\n\n")
	f.Fuzz(func(t *testing.T, text string) {
		reader := bufio.NewReader(strings.NewReader(text))
		for {
			if _, err := readMessage(reader); err != nil {
				return
			}
		}
	})
}
