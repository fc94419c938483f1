//go:build !windows

package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stophacking/kelpie/analysis"
)

// The cache of a notebook is listed, found damaged, and pruned of it.
func TestCache(t *testing.T) {
	directory := filepath.Join(t.TempDir(), "store")
	t.Setenv("KELPIE_CACHE", directory)
	says := func(status int, words string, args ...string) {
		t.Helper()
		got, stdout, stderr := call(t, t.TempDir(), append([]string{"cache"}, args...)...)
		for _, word := range strings.Split(words, "|") {
			if got != status || !strings.Contains(stdout+stderr, word) {
				t.Errorf("cache %v: status %d\n%s%s\nwant %d and %q", args, got, stdout, stderr, status, word)
			}
		}
	}
	says(0, directory, "ls")
	frame := analysis.NewSession(analysis.Config{}).FromColumns(analysis.Int64s("id", 1, 2, 3)).WithColumn("x", analysis.Lit(1)).Cache()
	if _, err := frame.Count(); err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(filepath.Join(directory, "code-*", "*.arrow"))
	if err != nil || len(files) != 1 {
		t.Fatal(files, err)
	}
	says(0, "frame|x = 1|good|last used (UTC)|"+directory, "ls")
	says(0, "every value is as it was written", "verify")
	says(0, "removed 0 from", "prune")

	// Replaced, not overwritten: this process has it mapped.
	data, err := os.ReadFile(files[0])
	if err != nil {
		t.Fatal(err)
	}
	data[len(data)/2] ^= 0x10
	if err := os.Remove(files[0]); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(files[0], data, 0o600); err != nil {
		t.Fatal(err)
	}
	says(1, "damaged|1 damaged in "+directory+"|cache prune", "verify")
	says(0, "damaged|removed 1 from "+directory, "prune", "--to", "1GB")
	says(0, "every value is as it was written", "verify")
	if _, err := os.Stat(files[0]); err == nil {
		t.Error("it is still there")
	}
	marks := filepath.Join(directory, "sources")
	if err := os.MkdirAll(marks, 0o700); err != nil {
		t.Fatal(err)
	}
	says(0, "cleared "+directory, "clear")
	if _, err := os.Stat(marks); err == nil {
		t.Error("the marks of files that were read are still there")
	}
}

func TestParseSize(t *testing.T) {
	for text, want := range map[string]int64{"1": 1, "512B": 512, "1.5kb": 1500, "500MB": 500e6, "2 GB": 2e9, "8gb": 8e9} {
		if got, err := parseSize(text); err != nil || got != want {
			t.Errorf("%s is %d, %v; want %d", text, got, err, want)
		}
	}
	for _, text := range []string{"", "0", "-1GB", "GB", "1TB", "NaN", "Inf", "1e30GB", "many"} {
		if got, err := parseSize(text); err == nil {
			t.Errorf("%q is %d", text, got)
		}
	}
}
