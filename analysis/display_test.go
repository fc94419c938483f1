package analysis_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	. "github.com/stophacking/kelpie/analysis"
	"github.com/stophacking/kelpie/kernel-ext/nb"
)

// golden fails unless text is what the file of that name in testdata holds;
// `go test -run TestDisplay -update` writes it anew.
func golden(t *testing.T, name, text string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if text != string(want) {
		t.Errorf("%s:\ngot\n%s\nwant\n%s", name, text, want)
	}
}

func display(t *testing.T) map[string]Table {
	awkward := session.FromColumns(
		Strings("<script>alert(1)</script>", "<b>bold</b>", "a|b*c_d`e`", "", "", "&amp; $x$ ~~y~~", "two\nlines\ttab", "\x1b[31mred", "right\u202eleft", "bad \xff", strings.Repeat("long ", 20)).Nulls(3),
		Int64s("n", 0, -1234567, 3, 4, 5, 6, 7, 8, 9, 10).Nulls(4),
		Float64s("f", 0, 1e-5, 0.00012345678, 1.0/3, 12.5, 123456.789, 1e9, 1e300, 2e8, -0.5).Nulls(5),
		Bools("b", true, false, true, false, true, true, true, true, true, true).Nulls(6),
	)
	quiet := collected(t, process().WithColumn("at", Lit(1_600_000_000).Cast(Timestamp)))
	content := "ts,PID,CPU,CMD,attack,more\n1,x,1,a,0,<b>\n"
	return map[string]Table{
		"awkward":  collected(t, awkward).Titled("%d rows of <things>\nand | more", 10),
		"warnings": collected(t, session.ReadCSV(telemetry, csvFile(t, "<i>.csv", content))),
		"process":  quiet,
		"many":     collected(t, numbered(session, 1234).Select("id")),
		"one":      collected(t, process().Limit(1).Select("PID")),
		"none":     collected(t, process().Limit(0).Select("PID", "CMD")),
		"zero":     {},
	}
}

func TestDisplay(t *testing.T) {
	for name, table := range display(t) {
		html, err := table.HTML()
		if err != nil {
			t.Fatal(err)
		}
		markdown, err := table.Markdown()
		if err != nil {
			t.Fatal(err)
		}
		golden(t, name+".html", html)
		golden(t, name+".md", markdown)
		golden(t, name+".txt", table.String())
		for _, text := range []string{html, markdown, table.String()} {
			if !utf8.ValidString(text) || strings.ContainsAny(text, "\x1b\u202e\t") {
				t.Errorf("%s holds control characters or is no UTF-8: %q", name, text)
			}
		}
		for _, text := range []string{html, markdown} {
			if strings.Contains(text, "<script") || strings.Contains(text, "<b>") || strings.Contains(text, "<things>") {
				t.Errorf("%s is not escaped:\n%s", name, text)
			}
		}
	}
}

// A frame shows its first and last rows with a gap between them, a short one all
// of its rows; and always how many there are.
func TestFrameDisplay(t *testing.T) {
	long := func(n int) Frame { // the awkward texts and nulls stand at both ends
		return session.FromColumns(Strings("s", append(slices.Repeat([]string{"cmd"}, n-2), "", "x")...).Nulls(n-1, 1),
			Float64s("f", append([]float64{0.5}, make([]float64, n-1)...)...).Nulls(n-2), Strings("<b>", slices.Repeat([]string{strings.Repeat("<i>", 30)}, n)...))
	}
	for name, f := range map[string]Frame{"frame-11": long(11), "frame-10": long(10)} {
		html, err := f.HTML()
		if err != nil {
			t.Fatal(err)
		}
		text, err := f.Text()
		if err != nil {
			t.Fatal(err)
		}
		golden(t, name+".html", html)
		golden(t, name+".txt", text)
	}
	html, err := numbered(session, 1234).Select("id").HTML()
	if err != nil {
		t.Fatal(err)
	}
	var shown []string
	for _, cell := range strings.Split(html, `<td align="right">`)[1:] {
		shown = append(shown, cell[:strings.Index(cell, "<")])
	}
	if got := strings.Join(shown, " "); got != "0 1 2 3 4 … 1229 1230 1231 1232 1233" || !strings.HasSuffix(html, "<small>1,234 rows × 1 column, first 5 and last 5 shown</small></p>") {
		t.Errorf("%s in\n%s", got, html)
	}
	if _, err := process().Select("nobody").Text(); err == nil {
		t.Error("a mistaken frame was shown")
	}
}

// counting counts the rows it is given.
type counting struct{ rows *int }

func (c counting) Map(values []any) (any, error) { *c.rows++; return values[0], nil }

// A frame that is not cached is computed once for all the forms it is shown in.
func TestFrameDisplayComputesOnce(t *testing.T) {
	rows := 0
	f := numbered(session, 1234).Map("copy", Int64, counting{&rows}, "id")
	value, err := nb.Displayer(f).Display()
	if err != nil {
		t.Fatal(err)
	}
	html, err := value.(nb.HTMLer).HTML()
	if err != nil {
		t.Fatal(err)
	}
	if wantHTML, _ := f.HTML(); html != wantHTML {
		t.Error("another HTML form than the frame's own")
	}
	if wantText, _ := f.Text(); value.(fmt.Stringer).String() != wantText {
		t.Error("another text than the frame's own")
	}
	if rows != 3*1234 { // Display, HTML and Text once each
		t.Errorf("%d rows were computed", rows)
	}
}

func TestNumbersAsShown(t *testing.T) {
	for value, want := range map[float64]string{
		0: "0", 1: "1", -3: "-3", 1.5: "1.5", 1.99999999: "2", 123.456: "123.46", 99999.6: "100000", 123456.7: "123457",
		0.000123456: "0.00012346", 0.00001: "1e-05", 1.23456e10: "1.2346e+10", 999999999: "999999999", -2.5e-7: "-2.5e-07",
	} {
		texts, err := collected(t, session.FromColumns(Float64s("f", value))).Texts("f")
		if err != nil || fmt.Sprint(texts) != "["+want+"]" {
			t.Errorf("%v is shown as %s, want %s", value, texts, want)
		}
	}
}
