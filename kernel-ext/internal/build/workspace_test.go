//go:build !windows

package build

import (
	"os"
	"path/filepath"
	"reflect"
	"testing"
)

func write(t testing.TB, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// The forms are those of https://go.dev/ref/mod#go-mod-file-lexical.
func TestDirectives(t *testing.T) {
	tests := []struct {
		text string
		want [][]string
	}{
		{"", nil},
		{"go 1.26.8\n\nuse (\n\t.\n\t/a\n)\nuse /b // why\n", [][]string{{"go", "1.26.8"}, {"use", "."}, {"use", "/a"}, {"use", "/b"}}},
		{"use(\n\"/a b\"\n`/c\\d`\n)\n", [][]string{{"use", "/a b"}, {"use", `/c\d`}}},
		{"// a comment\nreplace a v1.2.3 => ../b\nmodule \"m\"", [][]string{{"replace", "a", "v1.2.3", "=>", "../b"}, {"module", "m"}}},
		{"retract [v1.0.0, v1.1.0]\n", [][]string{{"retract", "[v1.0.0,", "v1.1.0]"}}},
	}
	for _, test := range tests {
		got, err := directives(test.text)
		if err != nil || !reflect.DeepEqual(got, test.want) {
			t.Errorf("%q: %q, %v, want %q", test.text, got, err, test.want)
		}
	}
	for _, text := range []string{"use \"/a", "use `/a\n`", "/* a */ use /b", "use \"\\q\""} {
		if got, err := directives(text); err != errModuleFile {
			t.Errorf("%q: %q, %v, want %v", text, got, err, errModuleFile)
		}
	}
}

func FuzzDirectives(f *testing.F) {
	f.Add("go 1.26.8\n\nuse (\n\t.\n\t\"/a b\" // why\n)\n")
	f.Add("module m\n\nreplace a v1.2.3 => ../b\n")
	f.Fuzz(func(t *testing.T, text string) {
		lines, err := directives(text)
		if err != nil && lines != nil {
			t.Errorf("%q and %v", lines, err)
		}
		for _, line := range lines {
			if len(line) == 0 {
				t.Error("a line without words")
			}
		}
	})
}

// workspaceFiles are those of a cell beside two modules in folders, one of which takes a third one from a folder.
var workspaceFiles = map[string]string{
	"gonb_12ab34cd/go.mod":  "module gonb_12ab34cd\n\ngo 1.26.8\n\nreplace example.org/lib => ../lib\n",
	"gonb_12ab34cd/go.work": "go 1.26.8\n\nuse (\n\t.\n\t../lib\n\t../added\n)\n",
	"lib/go.mod":            "module example.org/lib\n\nreplace example.org/fork v1.0.0 => ../fork\n\nreplace example.org/other => example.net/other v1.2.3\n",
	"lib/go.sum":            "example.net/other v1.2.3 h1:x\n",
	"added/go.mod":          "module added\n",
	"fork/go.mod":           "module example.org/original\n",
}

func TestReadWorkspace(t *testing.T) {
	root := t.TempDir()
	for name, text := range workspaceFiles {
		write(t, filepath.Join(root, name), text)
	}
	dir := filepath.Join(root, "gonb_12ab34cd")
	first, err := readWorkspace(dir, "gonb_12ab34cd")
	if err != nil {
		t.Fatal(err)
	}
	want := []module{{"example.org/lib", filepath.Join(root, "lib")}, {"added", filepath.Join(root, "added")}, {"example.org/fork", filepath.Join(root, "fork")}}
	if !reflect.DeepEqual(first.local, want) {
		t.Errorf("modules %q, want %q", first.local, want)
	}
	// Each file counts, also one that was not there.
	for _, name := range []string{
		"gonb_12ab34cd/go.mod", "gonb_12ab34cd/go.work", "gonb_12ab34cd/go.sum", "gonb_12ab34cd/go.work.sum",
		"lib/go.mod", "lib/go.sum", "added/go.mod", "added/go.sum", "fork/go.mod", "fork/go.sum",
	} {
		write(t, filepath.Join(root, name), workspaceFiles[name]+"// changed\n")
		if now, err := readWorkspace(dir, "gonb_12ab34cd"); err != nil || now.text == first.text {
			t.Errorf("%s changed: the same, %v", name, err)
		}
		_ = os.Remove(filepath.Join(root, name))
		if text, found := workspaceFiles[name]; found {
			write(t, filepath.Join(root, name), text)
		}
	}
	if now, err := readWorkspace(dir, "gonb_12ab34cd"); err != nil || now.text != first.text {
		t.Errorf("changed back: another, %v", err)
	}
	// Two kernels differ in the names of their modules only.
	other := filepath.Join(root, "gonb_56ef78ab")
	write(t, filepath.Join(other, "go.mod"), "module gonb_56ef78ab"+workspaceFiles["gonb_12ab34cd/go.mod"][len("module gonb_12ab34cd"):])
	write(t, filepath.Join(other, "go.work"), workspaceFiles["gonb_12ab34cd/go.work"])
	if now, err := readWorkspace(other, "gonb_56ef78ab"); err != nil || now.text != first.text {
		t.Errorf("another kernel's: another, %v", err)
	}
	if _, err := readWorkspace(other, "gonb_12ab34cd"); err != errUnplanned {
		t.Errorf("a module of another name: %v, want %v", err, errUnplanned)
	}
	_ = os.Remove(filepath.Join(root, "added/go.mod"))
	if _, err := readWorkspace(dir, "gonb_12ab34cd"); err == nil {
		t.Error("a module without go.mod: no error")
	}
}
