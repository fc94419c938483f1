package local_test

import (
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// cell reads a memory file through the repair, kept, and prints a repaired value
// and how many values are kept.
const cell = `package main

import (
	"fmt"
	"os"

	"github.com/stophacking/kelpie/analysis"
	"github.com/stophacking/kelpie/analysis/toniot"
)

func main() {
	raw := analysis.NewSession(analysis.Config{}).ReadCSV(toniot.Memory, os.Args[1])
	table, err := toniot.Repair(raw).Cache().Collect()
	if err != nil {
		panic(err)
	}
	value, err := table.Value(0, "RGROW")
	kept, _, _ := analysis.Kept()
	fmt.Println(value, err, kept.Len(), table.Warnings())
}
`

// A repair is edited in the source and the cell is run again: it shows the new
// value, not the kept one, though nothing in the cell has changed.
func TestEditedSourceGivesTheNewValue(t *testing.T) {
	if testing.Short() {
		t.Skip("builds programs")
	}
	module := t.TempDir()
	copySources(t, filepath.Join("..", "..", ".."), module)
	writeFile(t, filepath.Join(module, "cell", "main.go"), cell)
	data := filepath.Join(t.TempDir(), "memory.csv")
	writeFile(t, data, "ts,PID,MINFLT,MAJFLT,VSTEXT,VSIZE,RSIZE,VGROW,RGROW,MEM,CMD,attack,type\n1,2,3,4,5,6,7,8,2.5K,0,sh,0,normal\n")
	old := time.Now().Add(-time.Hour)
	if err := os.Chtimes(data, old, old); err != nil {
		t.Fatal(err)
	}
	trusted := time.Now().Add(2100 * time.Millisecond) // when the file is old enough
	store, binary := t.TempDir(), filepath.Join(t.TempDir(), "cell")
	build := func() {
		t.Helper()
		build := exec.Command("go", "build", "-o", binary, "./cell")
		build.Dir = module
		build.Env = append(os.Environ(), "GOFLAGS=", "GOPROXY=off", "CGO_ENABLED=0")
		if out, err := build.CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
	}
	run := func(want string) {
		t.Helper()
		again := exec.Command(binary, data)
		again.Env = append(os.Environ(), "KELPIE_CACHE="+store)
		out, err := again.CombinedOutput()
		if err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		if got := strings.TrimSpace(string(out)); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
	build()
	time.Sleep(time.Until(trusted))
	run("2500 <nil> 1 []") // computed
	run("2500 <nil> 1 []") // and kept
	repair := filepath.Join(module, "analysis", "toniot", "repair.go")
	source, err := os.ReadFile(repair)
	if err != nil {
		t.Fatal(err)
	}
	edited := strings.Replace(string(source), `scaled("K", 1e3)`, `scaled("K", 1024)`, 1)
	if edited == string(source) {
		t.Fatal("the repair is not what this test edits")
	}
	writeFile(t, repair, edited)
	build()
	run("2560 <nil> 2 []") // the old value lies beside the new one
	writeFile(t, repair, string(source))
	build()
	run("2500 <nil> 2 []")
}

// copySources copies what the packages of analysis are built from.
func copySources(t *testing.T, from, to string) {
	t.Helper()
	copyFile := func(path string) {
		text, err := os.ReadFile(filepath.Join(from, path))
		if err != nil {
			t.Fatal(err)
		}
		writeFile(t, filepath.Join(to, path), string(text))
	}
	copyFile("go.mod")
	copyFile("go.sum")
	err := fs.WalkDir(os.DirFS(from), "analysis", func(path string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && entry.Name() == "testdata":
			return fs.SkipDir
		case entry.Type().IsRegular() && !strings.HasSuffix(path, "_test.go"):
			copyFile(path)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func writeFile(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}
