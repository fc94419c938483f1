package assist

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stophacking/kelpie/kernel-ext/internal/cell"
)

// ask completes without gopls; the cursor is at ‸.
func ask(t *testing.T, a *Assistant, cell, dir string, known ...string) Completion {
	t.Helper()
	before, after, _ := strings.Cut(cell, "‸")
	return a.Complete(t.Context(), Cell{Text: before + after, Cursor: len([]rune(before)), Known: known, Dir: dir})
}

func TestCompleteWithoutGopls(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"plain.csv", "two words.csv", "naïve.txt", ".hidden", "folder/inner.go"} {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	bin := t.TempDir()
	if err := os.WriteFile(filepath.Join(bin, "kelpie-tool"), nil, 0o700); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", bin)
	a := New(Config{Dir: dir})
	defer a.Close()
	known := []string{"import m \"math\"\nvar total, rest = 1, 2\nconst (\n\ttop = iota\n\ttotem\n)\nfunc (t T) toString() {}\nfunc tomorrow() {}", "%%\nvar tomato = 1\n", "func broken( {"}
	for _, test := range []struct {
		cell  string
		want  string // blank separated, a blank within a match as _
		start int
	}{
		{"%ti‸", "%time %timeit", 0},
		{"//gonb:%ti‸", "%time %timeit", 7},
		{"x := 1\n%%b‸", "", 10},
		{"%%ba‸", "%%bash", 0},
		{"%cd ‸", "folder/", 4},
		{"%cd fo‸", "folder/", 4},
		{"%%writefile na‸", "naïve.txt", 12},
		{"!cat tw‸", `two\_words.csv`, 5},
		{`!cat two\ w‸`, `two\_words.csv`, 5},
		{"!cat naï‸ x", "naïve.txt", 5},
		{"!cat folder/‸", "folder/inner.go", 5},
		{"!cat .h‸", ".hidden", 5},
		{"!kelp‸", "kelpie-tool", 1},
		{"!cat x | kelp‸", "kelpie-tool", 9},
		{"!cat \\\npl‸", "plain.csv", 7},
		{"%%bash\necho pl‸", "plain.csv", 12},
		{"%%writefile x\npl‸", "", 16},
		{"%rm tot‸", "total totem", 4},
		{"%exec to‸", "tomorrow", 6},
		{"%%\nto‸", "total top totem tomorrow toniot token", 3},
		{"var toast = 1\ntons := 2\nto‸", "toast total top totem tomorrow tons toniot token", 24},
		{"import \"math/b‸\"", "math/big math/bits", 8},
		{"import (\n\t\"encoding/j‸", "encoding/json", 11},
		{"x.to‸", "", 4},
		{"s := \"to‸\"", "", 8},
		{"f() // to‸", "", 9},
		{"/* to‸", "", 5},
		{"s := `to‸", "", 8},
		{"cont‸", "context continue", 0},
		{"x := 12‸", "", 7},
		{"‸", "m total rest top totem tomorrow broken", 0},
	} {
		got := ask(t, a, test.cell, dir, known...)
		want := strings.Fields(test.want)
		for i := range want {
			want[i] = strings.ReplaceAll(want[i], "_", " ")
		}
		sorted := slices.Sorted(slices.Values(got.Matches))
		slices.Sort(want)
		if !slices.Equal(sorted, want) {
			t.Errorf("%q: got %q, want %q", test.cell, sorted, want)
		}
		if len(want) > 0 && got.Start != test.start {
			t.Errorf("%q: replaces from %d, want %d", test.cell, got.Start, test.start)
		}
		if len(got.Types) != len(got.Matches) || got.Matches == nil {
			t.Errorf("%q: %d types of %d matches", test.cell, len(got.Types), len(got.Matches))
		}
	}
}

func TestInspectWithoutGopls(t *testing.T) {
	a := New(Config{})
	defer a.Close()
	known := []string{"// twice doubles\nfunc twice(n int) int {\n\treturn 2 * n\n}\nvar n = 3", "var n = 4 // now"}
	for _, test := range []struct{ cell, want string }{
		{"%%\ntw‸ice(1)", "func twice(n int) int\n\ntwice doubles\n"},
		{"n‸", "var n = 4\n"},
		{"x := 1\n%time‸it x", "%timeit runs a statement often and says how long it takes\n"},
		{"!l‸s", "! runs the rest of the line in a shell; !* runs it in the folder that cells are built in\n"},
		{"unknown‸", ""},
		{"a.n‸", ""},
		{"‸", ""},
	} {
		before, after, _ := strings.Cut(test.cell, "‸")
		bundle, found := a.Inspect(t.Context(), Cell{Text: before + after, Cursor: len([]rune(before)), Known: known}, 0)
		if found != (test.want != "") || bundle["text/plain"] != test.want {
			t.Errorf("%q: %v %q, want %q", test.cell, found, bundle["text/plain"], test.want)
		}
	}
}

func TestCursorOutsideTheCell(t *testing.T) {
	a := New(Config{})
	for _, c := range []Cell{{Text: "ret", Cursor: 99}, {Text: "\nret", Cursor: -4}, {Text: "", Cursor: 3}, {Text: "\xff\xfe", Cursor: 2}} {
		got := a.Complete(t.Context(), c)
		if got.Start < 0 || got.Start > got.End || got.End > len([]rune(c.Text)) {
			t.Errorf("%+v: %+v", c, got)
		}
	}
}

func TestDocument(t *testing.T) {
	known := []string{
		"import (\n\t\"fmt\"\n\tstr \"strings\"\n)\nvar a, b = 1, 2\ntype T struct{}\nfunc (t *T) M() {}\nfunc main() {}",
		"!ls\nvar a = 3\n%%\nprintln(a)",
		"func (t T) M() int { return 1 }",
	}
	cell := "import \"fmt\"\nx := os.Args\nvar y = x.(T)\nfunc f() {}\n!echo\nf()"
	items := New(Config{}).items(known)
	want := `package main
import str "strings"
import "os"
import "fmt"
type T struct{}
var a = 3
func (t T) M() int { return 1 }
var y = x.(T)
func f() {}
func main() {
x := os.Args
f()
}
`
	if got := compose(lay(cell, -1), items).text; got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestIsComplete(t *testing.T) {
	for _, test := range []struct{ cell, status, indent string }{
		{"", "complete", ""},
		{"x := 1", "complete", ""},
		{"1 + 2", "complete", ""},
		{"import \"fmt\"\nvar a = 1\nfmt.Println(a)", "complete", ""},
		{"func f() {\n\treturn\n}", "complete", ""},
		{"func f() {", "incomplete", "\t"},
		{"func f() {\n\tfor {", "incomplete", "\t\t"},
		{"func f() {\n\tx := 1", "incomplete", "\t"},
		{"fmt.Println(1,", "incomplete", ""},
		{"x := `raw", "incomplete", ""},
		{"/* comment", "incomplete", ""},
		{"x := 1 +", "incomplete", ""},
		{"type T struct {", "incomplete", "\t"},
		{"import (", "incomplete", "\t"},
		{"if x {\n} else", "incomplete", ""},
		{"x := )", "invalid", ""},
		{"func f() }", "invalid", ""},
		{"x := \"open", "invalid", ""},
		{"x y z", "invalid", ""},
		{"var = 3", "invalid", ""},
		{"fmt.Println(]", "invalid", ""},
		{"f(]\nfunc g() {", "invalid", ""},
		{"var a = 1\n%%\nprintln(a)", "complete", ""},
		{"var a = 1\n%%\nif a == 1 {", "incomplete", "\t"},
		{"%%\n%%", "invalid", ""},
		{"a := 1\n%%\nf()", "invalid", ""},
		{"!ls", "complete", ""},
		{"!ls \\", "incomplete", ""},
		{"%time f()", "complete", ""},
		{"%%bash\necho", "incomplete", ""},
		{"%%bash\necho\n", "complete", ""},
		{"%%cobol\nx", "unknown", ""},
		{"func() { f() }()", "complete", ""},
		{"func (t T) f() {}", "complete", ""},
		{"defer func() {", "incomplete", "\t"},
		{"\xff", "invalid", ""},
		{"x := 1\x00", "invalid", ""},
	} {
		if status, indent := IsComplete(test.cell); status != test.status || indent != test.indent {
			t.Errorf("%q is %s with indent %q, want %s with %q", test.cell, status, indent, test.status, test.indent)
		}
	}
}

// Every command that cells know is completed.
func TestMagicsAreThoseOfCells(t *testing.T) {
	for _, name := range cell.Magics() {
		if !slices.ContainsFunc(magics, func(m match) bool { return strings.TrimLeft(m.text, "%") == strings.TrimLeft(name, "%") }) {
			t.Errorf("%s is not offered", name)
		}
	}
}
