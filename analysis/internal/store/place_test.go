package store_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stophacking/kelpie/analysis/internal/store"
)

func TestPlace(t *testing.T) {
	top, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	below := filepath.Join(top, "notebooks", "deep")
	if err := os.MkdirAll(below, 0o700); err != nil {
		t.Fatal(err)
	}
	t.Chdir(below)
	t.Setenv("HOME", filepath.Join(top, "home"))
	t.Setenv("XDG_CACHE_HOME", "")
	where := func(dir string) string {
		t.Helper()
		return open(t, dir).Dir()
	}
	t.Setenv("KELPIE_CACHE", "")
	if got := where(""); !strings.HasPrefix(got, filepath.Join(top, "home")) || filepath.Base(got) != "kelpie" {
		t.Errorf("without a .kelpie: %s", got)
	}
	if err := os.Mkdir(filepath.Join(top, ".kelpie"), 0o700); err != nil {
		t.Fatal(err)
	}
	if got := where(""); got != filepath.Join(top, ".kelpie", "store") {
		t.Errorf("below a .kelpie: %s", got)
	}
	t.Setenv("KELPIE_CACHE", filepath.Join(top, "env"))
	if got := where(""); got != filepath.Join(top, "env") {
		t.Errorf("with KELPIE_CACHE: %s", got)
	}
	if got := where("given"); got != filepath.Join(below, "given") {
		t.Errorf("with Dir: %s", got)
	}
}

func TestCodeDigest(t *testing.T) {
	t.Setenv("KELPIE_CACHE", t.TempDir())
	digest := store.CodeDigest()
	if len(digest) != 64 || store.CodeDigest() != digest {
		t.Errorf("digest %q", digest)
	}
	s, err := store.Open(store.Options{Dir: t.TempDir()})
	if err != nil || filepath.Base(s.Namespace()) != "code-"+digest[:16] {
		t.Errorf("%v, %v", s, err)
	}
}

// Every edit of code changes the digest; tests, documents and other modules do
// not, and neither does what was remembered.
func TestSourceDigest(t *testing.T) {
	module, dir := t.TempDir(), t.TempDir()
	clock := time.Now().Add(-time.Hour)
	write := func(path, text string) {
		t.Helper()
		full := filepath.Join(module, path)
		os.MkdirAll(filepath.Dir(full), 0o700)
		if err := os.WriteFile(full, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		clock = clock.Add(time.Second)
		os.Chtimes(full, clock, clock)
	}
	sum := func() string {
		t.Helper()
		remembered, err := store.SourceDigest(module, dir)
		if err != nil {
			t.Fatal(err)
		}
		again, _ := store.SourceDigest(module, dir)
		fresh, _ := store.SourceDigest(module, "")
		if remembered != fresh || again != fresh {
			t.Fatal("the remembered digest differs")
		}
		return fresh
	}
	write("go.mod", "module m")
	write("go.sum", "")
	write("a/a.go", "package a")
	last := sum()
	if left, _ := filepath.Glob(filepath.Join(dir, "sources-*")); len(left) != 1 {
		t.Errorf("remembered: %q", left)
	}
	for _, c := range []struct {
		path, text string
		changes    bool
	}{
		{"a/a.go", "package a ", true},
		{"a/a.go", "package  a", true}, // of the same size
		{"a/table.csv", "1,2", true},   // may be embedded
		{"a/b/b.go", "package b", true},
		{"go.sum", "x", true},
		{"a/a.go", "package  a", false}, // only its time
		{"a/a_test.go", "package a", false},
		{"a/README.md", "text", false},
		{"notebooks/out.csv", "1,2", false},
		{"a/testdata/x.go", "package x", false},
		{".kelpie/x/x.go", "package x", false},
		{"tools/go.mod", "module t", false},
		{"tools/t.go", "package t", false},
	} {
		write(c.path, c.text)
		now := sum()
		if (now != last) != c.changes {
			t.Errorf("%s: changed is %t", c.path, now != last)
		}
		last = now
	}
}

// What a cell links through the store stays small.
func TestDependencies(t *testing.T) {
	out, err := exec.Command("go", "list", "-deps", ".").Output()
	if err != nil {
		t.Skipf("go list: %v", err)
	}
	for _, name := range strings.Fields(string(out)) {
		for _, banned := range []string{"net/http", "html/template", "arrow/compute", "/parquet", "grpc", "klog"} {
			if strings.Contains(name, banned) {
				t.Errorf("the store links %s", name)
			}
		}
	}
}
