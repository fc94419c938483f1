package analysis_test

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// TestWideTables doubles the number of columns and bounds by what the work grows: the
// number of statements that run, of this module and of package slices, which loops on
// its behalf. They are counted, so the test does not depend on time. (In proportion
// to the width, twice as much; to its square, four times.)
func TestWideTables(t *testing.T) {
	if testing.Short() {
		t.Skip("builds a program whose statements are counted")
	}
	const width, most = 1500, 2.5
	program := countedProgram(t, "./testdata/wide")
	for _, step := range []string{
		"undeclared", "undeclared doubles", "without names", "declared", "bad values", "milliseconds", "kept",
		"select", "drop", "rename", "nulls", "order", "union", "join", "describe", "top values", "non-conforming", "group", "unknown",
	} {
		t.Run(step, func(t *testing.T) {
			once, twice := statements(t, program, step, strconv.Itoa(width)), statements(t, program, step, strconv.Itoa(2*width))
			one, two := total(once), total(twice)
			ratio := float64(two) / float64(one)
			t.Logf("%d columns: %.1f million statements; twice as many: times %.2f", width, float64(one)/1e6, ratio)
			if ratio <= most {
				return
			}
			// Say where.
			places := slices.SortedFunc(maps.Keys(twice), func(a, b string) int {
				return cmp.Compare(twice[b]-2*once[b], twice[a]-2*once[a])
			})
			for _, place := range places[:5] {
				t.Errorf("%s: %d, then %d", place, once[place], twice[place])
			}
		})
	}
}

// countedProgram builds a program of this module that counts how often each of its
// statements runs: from a copy that has package slices beside its own ones, since to
// count in the library itself, all of it would be compiled anew.
func countedProgram(t *testing.T, folder string) string {
	t.Helper()
	root := t.TempDir()
	write := func(path string, text []byte, err error) {
		path = filepath.Join(root, path)
		if err = errors.Join(err, os.MkdirAll(filepath.Dir(path), 0o700), os.WriteFile(path, text, 0o600)); err != nil {
			t.Fatal(err)
		}
	}
	own, ours := []byte("\t\"slices\"\n"), []byte("\t\""+module+"analysis/internal/slices\"\n")
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if err == nil && strings.HasSuffix(path, ".go") && !strings.HasSuffix(path, "_test.go") {
			text, err := os.ReadFile(path)
			write(filepath.Join("analysis", path), bytes.Replace(text, own, ours, 1), err)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	goroot, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		t.Fatal(err)
	}
	library, err := filepath.Glob(filepath.Join(strings.TrimSpace(string(goroot)), "src", "slices", "*.go"))
	if err != nil || len(library) == 0 {
		t.Fatal(library, err)
	}
	for _, path := range library {
		if !strings.HasSuffix(path, "_test.go") {
			text, err := os.ReadFile(path)
			write(filepath.Join("analysis", "internal", "slices", filepath.Base(path)), text, err)
		}
	}
	for _, name := range []string{"go.mod", "go.sum"} {
		text, err := os.ReadFile(filepath.Join("..", name))
		write(name, text, err)
	}
	program := filepath.Join(root, "program")
	build := exec.Command("go", "build", "-cover", "-covermode=count", "-ldflags=-w", "-o", program, folder)
	build.Dir, build.Env = filepath.Join(root, "analysis"), append(os.Environ(), "CGO_ENABLED=0", "GOWORK=off")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return program
}

// statements runs the program and returns how many statements ran, a block of code
// each.
func statements(t *testing.T, program, step, width string) map[string]int {
	t.Helper()
	folder := t.TempDir()
	counters, text := filepath.Join(folder, "counters"), filepath.Join(folder, "counted")
	if err := os.Mkdir(counters, 0o700); err != nil {
		t.Fatal(err)
	}
	run := exec.Command(program, step, width, folder)
	run.Env = append(os.Environ(), "GOCOVERDIR="+counters, "GOMAXPROCS=1", "KELPIE_CACHE="+filepath.Join(folder, "cache"))
	if out, err := run.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if out, err := exec.Command("go", "tool", "covdata", "textfmt", "-i", counters, "-o", text).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	profile, err := os.ReadFile(text)
	if err != nil {
		t.Fatal(err)
	}
	counted := map[string]int{}
	for line := range strings.Lines(string(profile)) {
		var size, times int
		place, rest, _ := strings.Cut(line, " ")
		if n, _ := fmt.Sscan(rest, &size, &times); n == 2 {
			counted[place] += size * times
		}
	}
	if total(counted) == 0 {
		t.Fatalf("nothing was counted:\n%s", profile)
	}
	return counted
}

func total(counted map[string]int) int {
	sum := 0
	for _, n := range counted {
		sum += n
	}
	return sum
}
