//go:build !windows

package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stophacking/kelpie/analysis/visible/visibletest"
)

// What the command prints about files and folders shows their names.
func TestMessagesShowNames(t *testing.T) {
	for _, name := range visibletest.Files {
		dir := filepath.Join(t.TempDir(), name)
		if err := os.Mkdir(dir, 0o700); err != nil {
			t.Fatal(err)
		}
		for _, verb := range []string{"demo", "lab", "doctor", "install", "check"} {
			status, _, stderr := call(t, dir, verb)
			if status == 0 {
				t.Errorf("%s works outside of a checkout", verb)
			}
			visibletest.Check(t, strings.TrimRight(stderr, "\n"), name)
		}
		var out bytes.Buffer
		a := app{stdout: &sharedWriter{to: &out}}
		a.say("what somebody wrote: %s\nand more", name+"x")
		visibletest.Shown(t, strings.TrimRight(out.String(), "\n"), name+"?")
		file := filepath.Join(dir, name)
		if err := os.WriteFile(file, nil, 0o600); err != nil {
			t.Fatal(err)
		}
		if status, _, stderr := call(t, dir, "data", "--out", file, "--scale", "0.001"); status == 0 {
			t.Errorf("data are written to the file %q", file)
		} else {
			visibletest.Check(t, strings.TrimRight(stderr, "\n"), name)
		}
	}
}
