package assist

import (
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// withGopls is an assistant with the pinned gopls, over a folder laid out as GoNB lays it out.
func withGopls(t *testing.T) *Assistant {
	t.Helper()
	root, err := filepath.Abs("../../..")
	if err != nil {
		t.Fatal(err)
	}
	program := filepath.Join(root, ".kelpie", "gopls", "gopls")
	if _, err := os.Stat(program); err != nil {
		t.Skip("no gopls in .kelpie: go run ./kernel-ext install --lab")
	}
	dir := t.TempDir()
	for name, text := range map[string]string{
		"go.mod": "module gonb_test\n\ngo 1.26\n", "go.work": "go 1.26\n\nuse (\n\t.\n\t" + strconv.Quote(root) + "\n)\n",
		"main.go": "package main\n\nfunc leftOver() {}\n\nfunc main() {}\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	a := New(Config{Dir: dir, Gopls: program, Deadline: time.Minute, Log: t.Logf, Env: []string{"GOPROXY=off", "GOWORK=", "GOFLAGS="}})
	t.Cleanup(a.Close)
	return a
}

func TestGopls(t *testing.T) {
	a := withGopls(t)
	session := "import \"github.com/stophacking/kelpie/analysis\"\n\nvar session = analysis.NewSession(analysis.Config{})\n"
	for _, test := range []struct {
		cell  string
		known string
		want  string // among the matches
		not   string
		start int
	}{
		{"fmt.Printl‸", "", "Println", "", 4},
		{"import \"strings\"\n%%\ns := \"😀\" + strings.ToUp‸", "", "ToUpper", "", 39},
		{"%%\nsession.ReadC‸", session, "ReadCSV", "", 11},
		{"x := session\nx.ReadC‸\nprintln(x)", session, "ReadCSV", "", 15},
		{"nb.Sho‸", "", "Show", "", 3},
		{"var ünder = 1\nün‸", "", "ünder", "", 14},
		{"x := 1\n‸", "var first = 1", "first", "main", 7},
		{"left‸", "", "", "leftOver", 0},
	} {
		got := ask(t, a, test.cell, "", test.known)
		if test.want != "" && (!slices.Contains(got.Matches, test.want) || got.Start != test.start) {
			t.Errorf("%q: %+v; want %s from %d", test.cell, got, test.want, test.start)
		}
		if test.not != "" && slices.Contains(got.Matches, test.not) {
			t.Errorf("%q: offers %s", test.cell, test.not)
		}
	}
	for _, test := range []struct {
		cell   string
		detail int
		want   []string
	}{
		{"fmt.Println‸", 0, []string{"func fmt.Println(a ...any)", "Println formats using"}},
		{"fmt.Print‸ln(\"ä\")", 1, []string{"func Println(a ...any) (n int, err error) {\n\treturn Fprintln"}},
		{"session.ReadCSV(nil, ‸", 0, []string{"ReadCSV returns the rows"}},
		{"// twice doubles\nfunc twice(n int) int { return 2 * n }\n%%\ntwice‸(1)", 1, []string{"twice doubles", "{ return 2 * n }"}},
	} {
		before, after, _ := strings.Cut(test.cell, "‸")
		bundle, _ := a.Inspect(t.Context(), Cell{Text: before + after, Cursor: len([]rune(before)), Known: []string{session}}, test.detail)
		for _, want := range test.want {
			if !strings.Contains(bundle["text/plain"], want) {
				t.Errorf("%q: %q does not hold %q", test.cell, bundle["text/plain"], want)
			}
		}
	}
}

// Gopls starts no helper of its own, and ends with the assistant or when it is told nothing any more.
func TestGoplsLeavesNothing(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("only Linux lists the processes of a group under /proc")
	}
	a := withGopls(t)
	a.config.Env = append(a.config.Env, "KELPIE_ASSIST_TEST="+t.Name())
	if got := ask(t, a, "fmt.Printl‸", ""); !slices.Contains(got.Matches, "Println") {
		t.Fatalf("got %+v", got)
	}
	marked := func() []string {
		var found []string
		files, _ := filepath.Glob("/proc/[0-9]*/environ")
		for _, file := range files {
			if text, err := os.ReadFile(file); err == nil && strings.Contains(string(text), "KELPIE_ASSIST_TEST="+t.Name()) {
				found = append(found, filepath.Base(filepath.Dir(file)))
			}
		}
		return found
	}
	// The go commands that gopls asks end by themselves; a helper of its own would stay.
	for tries := 0; len(marked()) != 1; tries++ {
		if tries == 100 {
			for _, pid := range marked() {
				line, _ := exec.Command("ps", "-o", "args=", "-p", pid).Output()
				t.Errorf("beside gopls there is %s", line)
			}
			break
		}
		time.Sleep(100 * time.Millisecond)
	}
	a.Close()
	if got := marked(); len(got) != 0 {
		t.Errorf("left behind: %q", got)
	}
}
