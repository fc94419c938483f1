package cell

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// tutorial returns the code cells of GoNB's tutorial notebook, as the module of the
// version in go.mod brings it.
func tutorial(t testing.TB) []string {
	t.Helper()
	dir, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/janpfeifer/gonb").Output()
	if err != nil {
		t.Fatal(err)
	}
	cells := codeCells(t, filepath.Join(strings.TrimSpace(string(dir)), "examples", "tutorial.ipynb"))
	if len(cells) < 30 {
		t.Fatalf("%d code cells", len(cells))
	}
	return cells
}

// codeCells returns the sources of a notebook's code cells.
func codeCells(t testing.TB, path string) []string {
	t.Helper()
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var notebook struct {
		Cells []struct {
			Type   string   `json:"cell_type"`
			Source []string `json:"source"`
		} `json:"cells"`
	}
	if err := json.Unmarshal(raw, &notebook); err != nil {
		t.Fatal(err)
	}
	var cells []string
	for _, c := range notebook.Cells {
		if c.Type == "code" {
			cells = append(cells, strings.Join(c.Source, ""))
		}
	}
	return cells
}

// The notebooks of this repository run on plain GoNB too, so their cells stay as they are.
func TestNotebooks(t *testing.T) {
	paths, err := filepath.Glob("../../../notebooks/*.ipynb")
	if err != nil || len(paths) == 0 {
		t.Fatalf("%v %v", paths, err)
	}
	for _, path := range paths {
		s := &Session{}
		for i, source := range codeCells(t, path) {
			p, err := Prepare(source, s)
			if got := sources(p); err != nil || len(got) != 1 || got[0] != source {
				t.Errorf("%s, cell %d: %v %q", path, i, err, got)
			}
			p.Number = i + 1
			s.Accept(p)
		}
	}
}

// What GoNB's tutorial does keeps its meaning: cells without shell lines reach GoNB
// byte for byte.
func TestTutorial(t *testing.T) {
	s := &Session{}
	for i, source := range tutorial(t) {
		p, err := Prepare(source, s)
		if err != nil {
			t.Errorf("cell %d: %v\n%s", i, err, source)
			continue
		}
		shell := false
		for _, line := range strings.Split(source, "\n") {
			shell = shell || strings.HasPrefix(line, "!")
		}
		if got := sources(p); !shell && (len(got) != 1 || got[0] != source) {
			t.Errorf("cell %d became %q", i, got)
		}
		p.Number = i + 1
		s.Accept(p)
	}
	if names := strings.Join(s.Names(), " "); !strings.Contains(names, "GonumPlotExample") || strings.Contains(names, "CachedValue") {
		t.Errorf("declared: %s", names)
	}
}

// marked reports whether GoNB sees a %%, %main, %exec, %test or %wasm, or a func main.
func marked(source string) bool {
	for _, line := range strings.Split(source, "\n") {
		line = strings.TrimPrefix(line, commentPrefix)
		for _, start := range []string{"%", "! "} {
			if strings.HasPrefix(line, start) {
				return true
			}
		}
	}
	return strings.Contains(source, "main")
}

func FuzzPrepare(f *testing.F) {
	for _, source := range tutorial(f) {
		f.Add(source)
	}
	for _, source := range []string{
		"a()\nvar b = 2\nimport \"os\"\nc()", "x := 1\nx", "%%\nx\n!ls", "%time x\n%timeit\ny()", "!a \\\nb\n%cd c\nx", "`a\nb`;",
		"func (a A) f() {}; func() {}(); // x", "%%bash\nexit 1", "packages := 1", "var a, _ = f()\nconst (\n\tb = iota\n\tc\n)", "//gonb:%%\nf()", "a\n//x\n)",
	} {
		f.Add(source)
	}
	session := accepted(f, "import \"math/rand\"\nvar df, err = load()\nfunc f() { fmt.Println() }\ntype T int")
	f.Fuzz(func(t *testing.T, source string) {
		p, err := Prepare(source, session)
		again, errAgain := Prepare(source, session)
		if (err == nil) != (errAgain == nil) || strings.Join(sources(p), "\x00") != strings.Join(sources(again), "\x00") {
			t.Fatalf("not stable")
		}
		if err != nil {
			problems, ok := err.(Problems)
			if !ok || len(problems) == 0 {
				t.Fatalf("error %T", err)
			}
			for _, problem := range problems {
				if lines := 1 + strings.Count(source, "\n"); problem.Line < 0 || problem.Line > lines {
					t.Fatalf("%v, of %d lines", problem, lines)
				}
			}
			return
		}
		if len(p.Steps) == 0 {
			return
		}
		last := p.Steps[len(p.Steps)-1]
		if p.places != nil && !last.Shell {
			if got := 1 + strings.Count(last.Source, "\n"); got != len(p.places) {
				t.Fatalf("%d lines, %d places", got, len(p.places))
			}
			// Lines keep their order, but for declarations moved behind main.
			before := 0
			for _, place := range p.places {
				if place.line == 0 {
					continue
				}
				if place.line < before && !p.plain {
					t.Fatalf("lines in disorder: %v", p.places)
				}
				before = place.line
			}
		}
		if !strings.Contains(source, "\r") && !strings.Contains(source, "!") && !strings.Contains(source, "%time") && !strings.Contains(source, "%capture") &&
			!strings.Contains(source, "%vars") && !strings.Contains(source, "package") && marked(source) && len(p.Steps) == 1 && !last.Shell && last.Source != source && !p.plain {
			t.Fatalf("a marked cell changed: %q", last.Source)
		}
		s := accepted(t)
		p.Number = 1
		s.Accept(p)
		s.Replay()
	})
}
