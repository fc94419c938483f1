package jupyter_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stophacking/kelpie/kernel-ext/internal/jupyter"
)

// fakePython stands for Python: it says which version it is, makes virtual environments that hold itself, and notes what
// else it is asked. $FAIL names the module it is to fail at.
const fakePython = `#!/bin/sh
echo "python $*" >> "$CALLS"
case "$*" in
*version_info*) echo "${PYTHON_VERSION:-3.11.7}" ;;
*ensurepip*) [ "$FAIL" = ensurepip ] && exit 1; command -v python3 ;;
"-I -m venv"*)
	for folder; do :; done
	mkdir -p "$folder/bin"
	cp "$0" "$folder/bin/python"
	printf '#!%s/bin/python\n' "$folder" > "$folder/bin/jupyter"
	chmod +x "$folder/bin/jupyter" ;;
"-I -m pip"*) [ "$FAIL" = pip ] && { echo "no route to the index" >&2; exit 1; } ;;
esac
exit 0
`

// fakeGo stands for the go command: it answers go env, installs empty programs, and builds nothing.
const fakeGo = `#!/bin/sh
echo "go $*" >> "$CALLS"
case "$1" in
env) printf '{"GOVERSION":"%s","GOROOT":"/go","GOCACHE":"%s","GOMODCACHE":"%s","GOHOSTOS":"linux","GOHOSTARCH":"amd64"}' \
	"${GO_VERSION:-go1.26.1}" "$CACHES/build" "$CACHES/mod" ;;
mod) mkdir -p "$CACHES/build" "$CACHES/mod/cache/download" ;;
install)
	mkdir -p "$GOBIN"
	for package; do case "$package" in -*|install) ;; *) echo > "$GOBIN/${package##*/}" ;; esac; done ;;
build)
	case "$*" in *kernel-ext/kernel*) for last; do [ "$previous" = -o ] && echo > "$last"; previous=$last; done; exit 0 ;; esac
	[ "$FAIL" = build ] && { echo "does not compile" >&2; exit 1; } ;;
esac
exit 0
`

// A world is a checkout and the programs that a set-up finds.
type world struct {
	t        *testing.T
	checkout jupyter.Checkout
	bin      string // folder of the programs, the only one on PATH beside the system's
	calls    string // file in which they note how they were called
	lines    []string
}

// newWorld makes a checkout with the files that a set-up looks at, and puts the fakes on PATH.
func newWorld(t *testing.T) *world {
	t.Helper()
	root, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	w := &world{t: t, checkout: jupyter.Checkout{Root: filepath.Join(root, "kelpie")}, bin: filepath.Join(root, "bin"), calls: filepath.Join(root, "calls")}
	for name, text := range map[string]string{
		"go.mod": "module " + jupyter.Module + "\n\ngo 1.26\n", "go.sum": "",
		"requirements-dev.txt":             "nbconvert==7.17.2 \\\n    --hash=sha256:00\n",
		"kernel-ext/internal/tools/go.mod": "module tools\n\nrequire (\n\tgithub.com/janpfeifer/gonb v0.11.4 // indirect\n\tgolang.org/x/tools/gopls v0.23.0 // indirect\n)\n",
		"kernel-ext/internal/tools/go.sum": "",
		"kernel-ext/nb/nb.go":              "package nb\n", "kernel-ext/kernel/main.go": "package main\n", "analysis/analysis.go": "package analysis\n", "plots/plots.go": "package plots\n",
	} {
		write(t, filepath.Join(w.checkout.Root, name), text)
	}
	w.program("python3", fakePython)
	w.program("go", fakeGo)
	t.Setenv("PATH", w.bin+":/usr/bin:/bin")
	t.Setenv("CALLS", w.calls)
	t.Setenv("CACHES", filepath.Join(root, "caches"))
	for _, name := range []string{"FAIL", "PYTHON_VERSION", "GO_VERSION", "KELPIE_DATA", "KELPIE_CACHE"} {
		t.Setenv(name, "")
	}
	return w
}

// program puts a program into the world.
func (w *world) program(name, text string) {
	w.t.Helper()
	path := filepath.Join(w.bin, name)
	write(w.t, path, text)
	if err := os.Chmod(path, 0o755); err != nil {
		w.t.Fatal(err)
	}
}

// setup sets the checkout up, and keeps what it said.
func (w *world) setup(lab bool) error {
	w.lines = nil
	_ = os.Remove(w.calls)
	return jupyter.Setup(w.t.Context(), w.checkout, jupyter.Options{Lab: lab, Log: func(format string, args ...any) {
		w.lines = append(w.lines, fmt.Sprintf(format, args...))
	}})
}

// called says how often a program was called, since the last set-up began, with that beginning.
func (w *world) called(beginning string) int {
	text, err := os.ReadFile(w.calls)
	if err != nil {
		w.t.Fatal(err)
	}
	return strings.Count("\n"+string(text), "\n"+beginning)
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func read(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
