//go:build !windows

package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// The cell that the README has a newcomer type compiles.
func TestReadmeCell(t *testing.T) {
	readme, err := os.ReadFile(filepath.Join("..", "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, cell, _ := strings.Cut(string(readme), "```go\n")
	cell, _, _ = strings.Cut(cell, "```")
	declarations, statements, found := strings.Cut(cell, "\n%%\n")
	if !found {
		t.Fatalf("the README has no cell with a %%%% line:\n%s", cell)
	}
	program := filepath.Join(t.TempDir(), "main.go")
	if err := os.WriteFile(program, []byte("package main\n\n"+declarations+"\nfunc main() {\n"+statements+"}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command("go", "vet", program).CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

// The README names every verb and every variable.
func TestReadmeIsComplete(t *testing.T) {
	readme, err := os.ReadFile(filepath.Join("..", "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	words := []string{"`KELPIE_DATA`", "`KELPIE_CACHE`", "kernel-ext demo", "kernel-ext check"}
	for _, v := range verbs()[1:] {
		if v.name != "check" {
			words = append(words, "`"+v.name+"`")
		}
	}
	for _, word := range words {
		if !strings.Contains(string(readme), word) {
			t.Errorf("the README does not name %s", word)
		}
	}
}
