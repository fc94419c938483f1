package nb_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"image"
	"image/png"
	"os"
	"os/exec"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/janpfeifer/gonb/gonbui/protocol"

	"github.com/stophacking/kelpie/kernel-ext/internal/frame"
	"github.com/stophacking/kelpie/kernel-ext/nb"
)

// figure is a picture of 8 by 6 pixels, so 4 by 3 on display.
type figure struct{ alt string }

func (f figure) PNG() ([]byte, error) {
	var buffer bytes.Buffer
	err := png.Encode(&buffer, image.NewGray(image.Rect(0, 0, 8, 6)))
	return buffer.Bytes(), err
}

func (f figure) AltText() string { return f.alt }

// table has every text form, metadata and the mark.
type table struct{}

func (table) HTML() (string, error)     { return "<table></table>", nil }
func (table) Markdown() (string, error) { return "|a|", nil }
func (table) String() string            { return "a" }
func (table) Volatile() bool            { return true }
func (table) Metadata() map[string]string {
	return map[string]string{"kelpie.summary": `{"rows":3}`, "bad\xff": "x\x00"}
}

// broken cannot render itself.
type broken struct{}

func (broken) HTML() (string, error) { return "", errors.New("table: no columns") }

// noPicture offers bytes that are no PNG.
type noPicture struct{}

func (noPicture) PNG() ([]byte, error) { return []byte("GIF89a and more"), nil }

// wild has metadata of a shape the stream could not carry.
type wild struct{}

func (wild) Metadata() map[string]any { return map[string]any{"a": map[int]any{1: struct{}{}}} }
func (wild) String() string           { return "wild" }

// noise is a picture that does not compress: size by size pixels of 4 bytes.
type noise int

func (n noise) PNG() ([]byte, error) {
	picture := image.NewNRGBA(image.Rect(0, 0, int(n), int(n)))
	state := uint32(1)
	for i := range picture.Pix {
		state = state*1664525 + 1013904223
		picture.Pix[i] = byte(state >> 24)
	}
	var buffer bytes.Buffer
	err := (&png.Encoder{CompressionLevel: png.NoCompression}).Encode(&buffer, picture)
	return buffer.Bytes(), err
}

// kept is a value of that many bytes on disk.
type kept int64

func (k kept) Kept() (bytes int64, is bool) { return int64(k), k >= 0 }

// lazy computes its text.
type lazy struct{ err error }

func (l lazy) Text() (string, error) { return "computed", l.err }
func (lazy) String() string          { return "recipe" }

// costly computes what is shown in its place, and counts how often it does.
type costly struct{ times *int }

func (c costly) Display() (any, error) {
	if *c.times++; *c.times > 1 {
		return nil, fmt.Errorf("computed %d times", *c.times)
	}
	return table{}, nil
}
func (costly) HTML() (string, error)     { return "", errors.New("asked for HTML") }
func (costly) Markdown() (string, error) { return "", errors.New("asked for Markdown") }
func (costly) Text() (string, error)     { return "", errors.New("asked for text") }

// htmlOnly has markup and nothing else.
type htmlOnly string

func (h htmlOnly) HTML() (string, error) { return string(h), nil }

var (
	_ nb.HTMLer     = table{}
	_ nb.Markdowner = table{}
	_ nb.Volatiler  = table{}
	_ nb.Metadataer = table{}
	_ nb.PNGer      = figure{}
	_ nb.Displayer  = costly{}
	_ nb.AltTexter  = figure{}
)

func load(fails bool) (int, error) {
	if fails {
		return 0, fmt.Errorf("toniot: %s:%d: bad number", "process_1.csv", 7)
	}
	return 42, nil
}

var cells = map[string]func(){
	"forms": func() {
		nb.Show(table{}, figure{"attacks are rare"}, 1234567, "a <b> string", 0.5)
		nb.Show(nb.Volatile("fast"), (*figure)(nil), image.NewGray(image.Rect(0, 0, 5, 4)), wild{}, lazy{})
		nb.Show(wild.String, make(chan int))
		nb.Markdown("**bold**")
		nb.HTML("<p>one</p><p>two &amp; three</p>")
		nb.Printf("%d rows\n", 3)
		nb.Show(load(false))
		nb.Show(nil, nil)
	},
	"costly":     func() { nb.Show(nb.Volatile(costly{new(int)})) },
	"uncomputed": func() { once := 1; nb.Show(costly{&once}) },
	"panic": func() {
		nb.Show("first")
		nb.Show("second")
		panic("right after")
	},
	"goroutines": func() {
		var group sync.WaitGroup
		for range 4 {
			group.Go(func() {
				for range 25 {
					nb.Printf("x")
				}
			})
		}
		group.Wait()
	},
	"error":     func() { nb.Printf("before"); nb.Show(load(true)); nb.Printf("after") },
	"must":      func() { nb.Printf("%d", nb.Must(load(false))); nb.Must(load(true)) },
	"broken":    func() { nb.Show(broken{}) },
	"lazy":      func() { nb.Show(lazy{errors.New("table: no rows")}) },
	"noPicture": func() { nb.Show(noPicture{}) },
	"escape": func() {
		nb.Show(nb.KeyValues("<script>alert(1)</script>", "CMD", `"><img src=x>`, "raw", "\x1b[31m\xff\u202e"))
		nb.Printf("%s", "\x1b[31m\xff\r\nend")
	},
	"long": func() {
		nb.Printf("%s", strings.Repeat("ä", 1<<20))
		nb.Show(htmlOnly("<p>" + strings.Repeat("x", 1<<20) + "</p>"))
	},
	"progress": func() {
		for i := range int64(5001) {
			nb.Progress("rows", i, 5000)
		}
		nb.Progress("rows", 5000, 5000)
	},
	"figure": func() { nb.Show(figure{"attacks are rare"}) },
	"mixed": func() {
		fmt.Println("a")
		nb.Show(1)
		fmt.Println("b")
		nb.Show(2, 3)
		fmt.Print("c")
		panic("end")
	},
	"update": func() {
		nb.Update("a", 1)
		nb.Update("b", "other")
		nb.Update("a", 2)
		nb.Update("a", 3)
	},
	"result":      func() { nb.Result(7, "a", nil) },
	"resultVoid":  func() { nb.Result(fmt.Print("text")); nb.Result(nil); nb.Result() },
	"resultError": func() { nb.Result(load(true)) },
	"resultValue": func() { nb.ResultValue(nil) },
	"pictures": func() {
		picture, err := figure{}.PNG()
		nb.PNG(nb.Must(picture, err), "a <square>")
		nb.JSON(map[string]any{"é": []any{1, nil, "<b>"}})
		nb.PNG([]byte("GIF89a"), "")
	},
	"noJSON": func() { nb.JSON(func() {}) },
	"declarations": func() {
		var nothing *kept
		nb.Show(nb.Declarations{
			{Kind: "import", Name: "m", Type: "math", Cell: 1},
			{Kind: "var", Name: "frame", Cell: 12, Value: kept(4_500_000)},
			{Kind: "var", Name: "later", Cell: 12, Value: kept(-1)},
			{Kind: "var", Name: "none", Cell: 2, Value: nothing},
			{Kind: "var", Name: "list", Cell: 2, Value: []int{1, 2}},
			{Kind: "var", Name: "text", Type: "string", Cell: 2, Value: "<é>"},
			{Kind: "func", Name: "f", Type: "func(x map[string]<-chan int)" + strings.Repeat(" x", 50), Cell: 3},
		}, nb.Declarations{})
	},
	"timed": func() {
		nb.Time("quick").Stop()
		calls := 0
		nb.TimeIt("", func() { calls++ })
		fmt.Println(calls > 1)
	},
	"swapped":     func() { os.Stdout = nil; nb.Show("shown") },
	"closed":      func() { _ = os.Stdout.Close(); nb.Show("shown") },
	"hugePicture": func() { nb.Show(noise(1000), noise(3000)) },
	"twoLines": func() {
		nb.Progress("a", 1, 2)
		nb.Progress("b", 1, 2)
		nb.Progress("a", 2, 2)
	},
}

func TestForms(t *testing.T) {
	got := runNotebook(t, "forms", 0)
	if got.status != 0 || got.stdout != "" || got.stderr != "" {
		t.Fatalf("status %d, stdout %q, stderr %q", got.status, got.stdout, got.stderr)
	}
	type display = map[string]any
	picture, _ := figure{}.PNG()
	none := display{}
	var plain bytes.Buffer
	if err := png.Encode(&plain, image.NewGray(image.Rect(0, 0, 5, 4))); err != nil {
		t.Fatal(err)
	}
	want := []struct{ data, metadata display }{
		{display{"text/plain": "a", "text/html": "<table></table>", "text/markdown": "|a|"},
			display{"kelpie.summary": `{"rows":3}`, "kelpie.volatile": true, `bad\xff`: `x\x00`}},
		{display{"text/plain": "attacks are rare", "image/png": picture},
			display{"alt": "attacks are rare", "needs_background": "light",
				"image/png": display{"alt": "attacks are rare", "width": 4, "height": 3}}},
		{display{"text/plain": "1234567"}, none},
		{display{"text/plain": "a <b> string"}, none},
		{display{"text/plain": "0.5"}, none},
		{display{"text/plain": "fast"}, display{"kelpie.volatile": true}},
		{display{"text/plain": "<nil *nb_test.figure>"}, none},
		{display{"text/plain": "picture, 5 by 4 pixels", "image/png": plain.Bytes()},
			display{"needs_background": "light", "image/png": display{"width": 5, "height": 4}}},
		{display{"text/plain": "wild"}, none},
		{display{"text/plain": "computed"}, none},
		{display{"text/plain": "func(nb_test.wild) string"}, none}, // no addresses: they differ from run to run
		{display{"text/plain": "chan int"}, none},
		{display{"text/plain": "**bold**", "text/markdown": "**bold**"}, none},
		{display{"text/plain": "one\ntwo & three", "text/html": "<p>one</p><p>two &amp; three</p>"}, none},
		{display{"text/plain": "3 rows"}, none},
		{display{"text/plain": "42"}, none},
		{display{"text/plain": "<nil>"}, none},
	}
	if len(got.displays) != len(want) {
		t.Fatalf("%d displays, want %d: %v", len(got.displays), len(want), got.displays)
	}
	for i, w := range want {
		data := display{}
		for mime, content := range got.displays[i].Data {
			data[string(mime)] = content
		}
		metadata := got.displays[i].Metadata
		if metadata == nil {
			metadata = none
		}
		if !reflect.DeepEqual(data, w.data) || !reflect.DeepEqual(metadata, w.metadata) {
			t.Errorf("display %d: %v %v\nwant %v %v", i, data, metadata, w.data, w.metadata)
		}
	}
	if got.syncs != len(want) {
		t.Errorf("%d waits for %d displays", got.syncs, len(want))
	}
}

// A value that has to be computed is computed once for all its forms.
func TestDisplayOnce(t *testing.T) {
	got := runNotebook(t, "costly", 0)
	if len(got.displays) != 1 || got.stderr != "" {
		t.Fatalf("%d displays, stderr %q", len(got.displays), got.stderr)
	}
	data := got.displays[0].Data
	if data["text/plain"] != "a" || data["text/html"] != "<table></table>" || data["text/markdown"] != "|a|" || got.displays[0].Metadata["kelpie.volatile"] != true {
		t.Errorf("%v", got.displays[0])
	}
}

// The kernel's end drops what it has not read when the cell ends; a call that
// returned before its display was taken over would lose it here.
func TestDeliveredBeforePanic(t *testing.T) {
	got := runNotebook(t, "panic", 20*time.Millisecond)
	if texts := texts(got); !reflect.DeepEqual(texts, []string{"first", "second"}) {
		t.Errorf("delivered %q", texts)
	}
	if got.status != 2 || !strings.Contains(got.stderr, "right after") {
		t.Errorf("status %d, stderr %q", got.status, got.stderr)
	}
}

func TestManyGoroutines(t *testing.T) {
	if got := runNotebook(t, "goroutines", 0); len(got.displays) != 100 || got.stderr != "" {
		t.Errorf("%d displays of 100, stderr %q", len(got.displays), got.stderr)
	}
}

func TestFailures(t *testing.T) {
	const message = "toniot: process_1.csv:7: bad number\n"
	for _, c := range []struct {
		cell, stderr string
		shown        []string
	}{
		{"error", message, []string{"before"}},
		{"must", message, []string{"42"}},
		{"broken", "table: no columns\n", nil},
		{"lazy", "table: no rows\n", nil},
		{"uncomputed", "computed 2 times\n", nil},
		{"noPicture", "nb: picture of nb_test.noPicture: png: invalid format: not a PNG file\n", nil},
	} {
		got := runNotebook(t, c.cell, 0)
		if got.status != 1 || got.stderr != c.stderr || got.stdout != "" || !reflect.DeepEqual(texts(got), c.shown) {
			t.Errorf("%s: status %d, stderr %q, stdout %q, displays %q", c.cell, got.status, got.stderr, got.stdout, texts(got))
		}
		plain := runPlain(t, c.cell)
		if plain.status != 1 || plain.stderr != c.stderr {
			t.Errorf("%s outside a notebook: status %d, stderr %q", c.cell, plain.status, plain.stderr)
		}
	}
}

func TestEscaping(t *testing.T) {
	got := runNotebook(t, "escape", 0)
	if len(got.displays) != 2 {
		t.Fatalf("%d displays, stderr %q", len(got.displays), got.stderr)
	}
	const html = "<table>\n<caption>&lt;script&gt;alert(1)&lt;/script&gt;</caption>\n<tbody>\n" +
		"<tr><th scope=\"row\">CMD</th><td>&#34;&gt;&lt;img src=x&gt;</td></tr>\n" +
		"<tr><th scope=\"row\">raw</th><td>\\x1b[31m\\xff\\u202e</td></tr>\n</tbody>\n</table>"
	if h := got.displays[0].Data["text/html"]; h != html {
		t.Errorf("html %q", h)
	}
	if text := got.displays[1].Data["text/plain"]; text != "\\x1b[31m\\xff\nend" {
		t.Errorf("text %q", text)
	}
}

func TestLongText(t *testing.T) {
	got := texts(runNotebook(t, "long", 0))
	if len(got) != 2 {
		t.Fatalf("%d displays", len(got))
	}
	for i, notice := range []string{
		"ää\n[text cut: the first 1048576 of 2097152 bytes are shown]",
		"xx\n[HTML of 1048583 bytes left out, the limit is 1048576]",
	} {
		if !strings.HasSuffix(got[i], notice) || len(got[i]) > 1<<20+100 {
			t.Errorf("display %d: %d bytes, ends in %q", i, len(got[i]), got[i][len(got[i])-70:])
		}
	}
}

func TestProgressOnDisplay(t *testing.T) {
	got := runNotebook(t, "progress", 0)
	lines := texts(got)
	if len(lines) < 2 || lines[0] != "rows: 0 of 5,000 (0 %)" || !strings.HasPrefix(lines[len(lines)-1], "rows: 5,000 of 5,000") {
		t.Fatalf("lines %q", lines)
	}
	// Ten a second: the loop of 5000 calls would need minutes to send more.
	if len(lines) > 500 {
		t.Errorf("%d updates", len(lines))
	}
	for _, display := range got.displays {
		if display.DisplayID == "" || display.DisplayID != got.displays[0].DisplayID || display.Metadata["kelpie.volatile"] != true {
			t.Fatalf("update %+v", display)
		}
	}
	two := runNotebook(t, "twoLines", 0).displays
	if len(two) != 3 || two[0].DisplayID == two[1].DisplayID || two[0].DisplayID != two[2].DisplayID {
		t.Errorf("two lines: %+v", two)
	}
}

func TestOutsideNotebook(t *testing.T) {
	for cell, want := range map[string]string{
		"figure":   "attacks are rare\n",
		"progress": "rows: 5,000 of 5,000\n",
		"must":     "42\n",
	} {
		if got := runPlain(t, cell); got.stdout != want {
			t.Errorf("%s printed %q, want %q", cell, got.stdout, want)
		}
	}
}

// A kernel that is gone must not cost the text.
func TestNoSuchPipe(t *testing.T) {
	got := runCell(t, "figure", protocol.GONB_PIPE_ENV+"="+t.TempDir()+"/none")
	if got.stdout != "attacks are rare\n" || !strings.Contains(got.stderr, "does not open") || got.status != 0 {
		t.Errorf("status %d, stdout %q, stderr %q", got.status, got.stdout, got.stderr)
	}
}

// What a cell imports it links, every time it runs.
func TestImports(t *testing.T) {
	out, err := exec.CommandContext(t.Context(), "go", "list", "-deps", ".").Output()
	if err != nil {
		t.Fatal(err)
	}
	for path := range strings.Lines(string(out)) {
		path = strings.TrimSpace(path)
		own := strings.HasPrefix(path, "github.com/stophacking/kelpie/")
		switch {
		case own && !slices.Contains([]string{"kernel-ext/nb", "kernel-ext/internal/frame", "analysis/number", "analysis/visible"}, strings.TrimPrefix(path, "github.com/stophacking/kelpie/")),
			path == "net/http", path == "html/template", path == "github.com/janpfeifer/gonb/gonbui",
			strings.HasPrefix(path, "k8s.io/"):
			t.Errorf("links %s", path)
		}
	}
}

// texts returns the plain text of each display, in order.
func texts(r ran) []string {
	var texts []string
	for _, display := range r.displays {
		texts = append(texts, fmt.Sprint(display.Data[protocol.MIMETextPlain]))
	}
	return texts
}

func TestPicturesAndJSON(t *testing.T) {
	for name, run := range map[string]func(t *testing.T) []map[string]any{
		"pipe": func(t *testing.T) (displays []map[string]any) {
			for _, display := range runNotebook(t, "pictures", 0).displays {
				data := map[string]any{}
				for mime, content := range display.Data {
					data[string(mime)] = content
				}
				displays = append(displays, data)
			}
			return displays
		},
		"in band": func(t *testing.T) (displays []map[string]any) {
			result, parts := runInBand(t, "pictures")
			if said := told(t, parts); result.status != 1 || said[len(said)-1] != "e nb: picture of nb.pngPicture: unexpected EOF false" {
				t.Errorf("status %d, %q", result.status, said)
			}
			for _, part := range parts[:len(parts)-1] {
				content, err := frame.DecodeContent(part.Payload)
				if err != nil {
					t.Fatal(err)
				}
				data := map[string]any{}
				for mime, raw := range content.Data {
					var value any
					if err := json.Unmarshal(raw, &value); err != nil {
						t.Fatal(err)
					}
					data[mime] = value
				}
				displays = append(displays, data)
			}
			return displays
		},
	} {
		got := run(t)
		if len(got) != 2 || got[0]["text/plain"] != "a <square>" || got[0]["image/png"] == nil ||
			got[1]["text/plain"] != "{\n  \"é\": [\n    1,\n    null,\n    \"\\u003cb\\u003e\"\n  ]\n}" {
			t.Fatalf("%s: %q", name, got)
		}
		want := map[string]any{"é": []any{1.0, nil, "<b>"}}
		if value, ok := got[1]["application/json"]; (name == "in band") != ok || ok && !reflect.DeepEqual(value, want) {
			t.Errorf("%s: %v", name, value)
		}
	}
	if got := runPlain(t, "noJSON"); got.status != 1 || got.stderr != "nb: json: unsupported type: func()\n" {
		t.Errorf("status %d, %q", got.status, got.stderr)
	}
}

func TestDeclarations(t *testing.T) {
	got := runNotebook(t, "declarations", 0).displays
	const text = `name   kind    type                                                                              size                    cell
m      import  math                                                                                                      1
frame  var     nb_test.kept                                                                      4.5 MB, kept            12
later  var     nb_test.kept                                                                      size unknown, not kept  12
none   var     *nb_test.kept                                                                                             2
list   var     []int                                                                             2 elements              2
text   var     string                                                                            4 bytes                 2
f      func    func(x map[string]<-chan int) x x x x x x x x x x x x x x x x x x x x x x x x x…                          3`
	if len(got) != 2 || got[0].Data["text/plain"] != text || got[1].Data["text/plain"] != "nothing is declared" {
		t.Fatalf("%v", got)
	}
	if html := fmt.Sprint(got[0].Data["text/html"]); !strings.Contains(html, "<td>func(x map[string]&lt;-chan int) x") || strings.Contains(html, "<-chan") {
		t.Errorf("%s", html)
	}
}

// Panels and lists of declarations show what is unseen in names and values.
func TestUnseenTexts(t *testing.T) {
	panel := nb.KeyValues("t\u200b ", "high ", "", "", " x", "a\u00a0b", []string{"high "}, "none")
	declared := nb.Declarations{{Kind: "var", Name: "ñ\u200d", Type: "struct{a \u202e}", Cell: 1, Value: "x"}, {Kind: "const", Name: "c", Cell: 2}}
	for _, test := range []struct {
		got  interface{ HTML() (string, error) }
		want []string
	}{
		{panel, []string{`t\u200b␣`, "high␣", `""`, "␣x", `a\u00a0b`, "[high ]", "(no value)"}},
		{declared, []string{`ñ\u200d`, `struct{a \u202e}`}},
	} {
		html, err := test.got.HTML()
		if err != nil {
			t.Fatal(err)
		}
		text := fmt.Sprint(test.got)
		for _, want := range test.want {
			if !strings.Contains(text, want) || !strings.Contains(html, strings.ReplaceAll(want, `"`, "&#34;")) {
				t.Errorf("no %s in\n%s\n%s", want, text, html)
			}
		}
	}
	if got := nb.Escape("a\u200b\u061c<\x1b>\r\n\u00a0"); got != "a\\u200b\\u061c&lt;\\x1b&gt;\n\u00a0" {
		t.Errorf("escaped to %q", got)
	}
}

func TestTimed(t *testing.T) {
	result, parts := runInBand(t, "timed")
	said := told(t, parts)
	if len(said) != 3 || !strings.HasPrefix(said[0], `d "quick: `) || !strings.HasPrefix(said[1], `d "`) || !strings.Contains(said[1], " per call (") ||
		said[2] != "true\n" || result.status != 0 {
		t.Errorf("%q", said)
	}
}
