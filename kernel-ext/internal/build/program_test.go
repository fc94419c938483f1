//go:build !windows

package build

import (
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"testing"
)

// settings are those of the kernel's environment.
var settings = map[string]string{
	"GOFLAGS": Flags, "GOTOOLCHAIN": "local", "CGO_ENABLED": "0", "GOWORK": "", "GO111MODULE": "", "GOOS": "", "GOARCH": "", "GOPROXY": "off", "GOSUMDB": "off",
}

const hello = "package main\n\nimport (\n\t\"fmt\"\n\t\"flag\"\n)\n\nfunc main() { flag.Parse(); fmt.Println(1) }\n"

// cellDir makes GoNB's work directory with files, and the kernel's environment, and changes into it.
func cellDir(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "gonb_12ab34cd")
	for name, text := range files {
		write(t, filepath.Join(dir, name), text)
	}
	for name, value := range settings {
		t.Setenv(name, value)
	}
	t.Chdir(dir)
	return dir
}

var plainCell = map[string]string{
	"main.go": hello, "go.mod": "module gonb_12ab34cd\n\ngo 1.26\n", "go.work": "go 1.26\n\nuse .\n",
}

func TestReadProgram(t *testing.T) {
	tests := []struct {
		name  string
		files map[string]string
		env   [2]string
		ok    bool
	}{
		{name: "plain", ok: true},
		{name: "a file of the kernel", files: map[string]string{"kelpie_text.go": "package main\n\nimport \"os\"\n"}, ok: true},
		{name: "what go does not build", files: map[string]string{"main_test.go": "package main\n", "gonb_12ab34cd": "", "notes.txt": ""}, ok: true},
		{name: "a directive behind the head", files: map[string]string{"main.go": hello + "\n//go:noinline\nfunc f() {}\n"}, ok: true},
		{name: "no main.go", files: map[string]string{"main.go": ""}},
		{name: "another Go file", files: map[string]string{"other.go": "package main\n"}},
		{name: "a file for this system", files: map[string]string{"kelpie_text.go": "//go:build " + runtime.GOOS + "\n\npackage main\n"}, ok: true},
		{name: "a file for another system", files: map[string]string{"kelpie_text.go": "//go:build windows\n\npackage main\n"}},
		{name: "a file of another system", files: map[string]string{"kelpie_text_windows.go": "package main\n"}},
		{name: "a file of this system", files: map[string]string{"kelpie_" + runtime.GOOS + ".go": "package main\n"}},
		{name: "assembler", files: map[string]string{"add_amd64.s": ""}},
		{name: "a profile", files: map[string]string{"default.pgo": ""}},
		{name: "vendored modules", files: map[string]string{"vendor/modules.txt": ""}},
		{name: "no workspace", files: map[string]string{"go.work": ""}},
		{name: "another module", files: map[string]string{"go.mod": "module cell\n"}},
		{name: "another package", files: map[string]string{"main.go": "package cell\n"}},
		{name: "broken", files: map[string]string{"main.go": "package main\n\nimport (\n"}},
		{name: "cgo", files: map[string]string{"main.go": "package main\n\nimport \"C\"\n\nfunc main() {}\n"}},
		{name: "embedded files", files: map[string]string{"main.go": "package main\n\nimport _ \"embed\"\n\nfunc main() {}\n"}},
		{name: "a package of its own", files: map[string]string{"main.go": "package main\n\nimport _ \"gonb_12ab34cd/p\"\n\nfunc main() {}\n"}},
		{name: "a constraint", files: map[string]string{"main.go": "//go:build !plan9\n\n" + hello}},
		{name: "an old constraint", files: map[string]string{"main.go": "// +build linux\n\n" + hello}},
		{name: "a setting of the runtime", files: map[string]string{"main.go": "//go:debug panicnil=1\n" + hello}},
		{name: "other flags", env: [2]string{"GOFLAGS", "-race"}},
		{name: "another system", env: [2]string{"GOOS", "plan9"}},
		{name: "WebAssembly", env: [2]string{"GOARCH", "wasm"}},
		{name: "cgo allowed", env: [2]string{"CGO_ENABLED", "1"}},
		{name: "no workspaces", env: [2]string{"GOWORK", "off"}},
		{name: "any toolchain", env: [2]string{"GOTOOLCHAIN", "auto"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			files := maps.Clone(plainCell)
			maps.Copy(files, test.files)
			dir := cellDir(t, files)
			for name, text := range test.files {
				if text == "" && plainCell[name] != "" {
					_ = os.Remove(filepath.Join(dir, name))
				}
			}
			if test.env[0] != "" {
				t.Setenv(test.env[0], test.env[1])
			}
			p, err := readProgram("/bin/sh")
			if (err == nil) != test.ok {
				t.Fatalf("error %v", err)
			}
			if test.ok && p.target() != filepath.Join(dir, "gonb_12ab34cd") {
				t.Errorf("target %s", p.target())
			}
		})
	}
}

func TestKeys(t *testing.T) {
	dir := cellDir(t, plainCell)
	key := func() string {
		t.Helper()
		p, err := readProgram("/bin/sh")
		if err != nil {
			t.Fatal(err)
		}
		return p.key
	}
	first := key()
	write(t, filepath.Join(dir, "main.go"), hello+"\nvar calls int\n")
	if key() != first {
		t.Error("the key depends on more than the imports")
	}
	t.Setenv("GONB_PIPE", "/tmp/pipe")
	if key() != first {
		t.Error("the key depends on GoNB's variables")
	}
	write(t, filepath.Join(dir, "kelpie_a.go"), "package main\n\nimport \"os\"\n\nvar _ = os.Args\n")
	if p, err := readProgram("/bin/sh"); err != nil || !slices.Equal(p.files, []string{"kelpie_a.go", "main.go"}) || !slices.Equal(p.imports, []string{"flag", "fmt", "os"}) {
		t.Errorf("files %q, imports %q, %v", p.files, p.imports, err)
	}
	if key() == first {
		t.Error("the key does not depend on the imports of all files")
	}
	_ = os.Remove(filepath.Join(dir, "kelpie_a.go"))
	for _, entry := range [][2]string{{"GOAMD64", "v3"}, {"GOEXPERIMENT", "x"}, {"GODEBUG", "panicnil=1"}, {"GOROOT", "/go"}, {"GOCACHE", "/c"}, {"HOME", "/h"}} {
		t.Run(entry[0], func(t *testing.T) {
			t.Setenv(entry[0], entry[1])
			if key() == first {
				t.Error("the key does not depend on it")
			}
		})
	}
	t.Setenv("GOENV", filepath.Join(dir, "env"))
	before := key()
	write(t, filepath.Join(dir, "env"), "GOAMD64=v3\n")
	if key() == before {
		t.Error("the key does not depend on the file of go env -w")
	}
}
