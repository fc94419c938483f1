package jupyter_test

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stophacking/kelpie/kernel-ext/internal/jupyter"
)

func TestSetupDoesEachStepOnce(t *testing.T) {
	w := newWorld(t)
	if err := w.setup(false); err != nil {
		t.Fatal(err)
	}
	for _, call := range []string{"python -I -m venv", "python -I -m pip install", "go install", "go mod download"} {
		if got := w.called(call); got != 1 {
			t.Errorf("first set-up called %q %d times", call, got)
		}
	}
	if got := w.called("go build -buildvcs=false"); got != 1 {
		t.Errorf("built the kernel %d times", got)
	}
	if got := w.called("go build -o"); got != 2 {
		t.Errorf("compiled what cells import %d times, want once with the network and once without", got)
	}
	if err := w.setup(false); err != nil {
		t.Fatal(err)
	}
	for _, call := range []string{"python -I -m", "go install", "go mod", "go build"} {
		if got := w.called(call); got != 0 {
			t.Errorf("second set-up called %q %d times", call, got)
		}
	}
	if len(w.lines) != 0 {
		t.Errorf("second set-up said %q", w.lines)
	}
}

func TestSetupRedoesWhatChanged(t *testing.T) {
	tests := []struct {
		name   string
		change func(w *world)
		want   []string // calls that have to be made, and no others of those listed
	}{
		{"pins of Python", func(w *world) { write(w.t, filepath.Join(w.checkout.Root, "requirements-dev.txt"), "nbconvert==8\n") }, []string{"python -I -m venv", "python -I -m pip"}},
		{"virtual environment deleted", func(w *world) { _ = os.RemoveAll(w.checkout.Path("venv")) }, []string{"python -I -m venv", "python -I -m pip"}},
		{"another Python", func(w *world) { w.t.Setenv("PYTHON_VERSION", "3.12.1") }, []string{"python -I -m venv", "python -I -m pip"}},
		{"pins of the tools", func(w *world) {
			write(w.t, filepath.Join(w.checkout.Root, "kernel-ext/internal/tools/go.sum"), "x\n")
		}, []string{"go install"}},
		{"our kernel deleted", func(w *world) { _ = os.Remove(w.checkout.Path("bin", jupyter.FrontName)) }, []string{"go build -buildvcs=false"}},
		{"a source of our kernel", func(w *world) {
			write(w.t, filepath.Join(w.checkout.Root, "kernel-ext/kernel/more.go"), "package main\n")
		}, []string{"go build -buildvcs=false"}},
		{"kernel deleted", func(w *world) { _ = os.Remove(w.checkout.Path("bin", "gonb")) }, []string{"go install"}},
		{"another Go", func(w *world) { w.t.Setenv("GO_VERSION", "go1.27.0") }, []string{"go install", "go build -buildvcs=false", "go build -o"}},
		{"a package of cells", func(w *world) { write(w.t, filepath.Join(w.checkout.Root, "analysis/more.go"), "package analysis\n") }, []string{"go build -o"}},
		{"module cache cleaned", func(w *world) { _ = os.RemoveAll(filepath.Join(os.Getenv("CACHES"), "mod")) }, []string{"go build -o"}},
		{"a test of a package", func(w *world) {
			write(w.t, filepath.Join(w.checkout.Root, "analysis/a_test.go"), "package analysis\n")
		}, nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			w := newWorld(t)
			if err := w.setup(false); err != nil {
				t.Fatal(err)
			}
			test.change(w)
			if err := w.setup(false); err != nil {
				t.Fatal(err)
			}
			wanted := strings.Join(test.want, ",")
			for _, call := range []string{"python -I -m venv", "python -I -m pip", "go install", "go build -buildvcs=false", "go build -o"} {
				if got, want := w.called(call) > 0, strings.Contains(wanted, call); got != want {
					t.Errorf("called %q: %v, want %v", call, got, want)
				}
			}
		})
	}
}

func TestSetupGoesOnWhereItStopped(t *testing.T) {
	w := newWorld(t)
	t.Setenv("FAIL", "build")
	if err := w.setup(false); err == nil || !strings.Contains(err.Error(), "does not compile") {
		t.Fatalf("error %v, want the compiler's", err)
	}
	t.Setenv("FAIL", "")
	if err := w.setup(false); err != nil {
		t.Fatal(err)
	}
	if w.called("python -I -m") != 0 || w.called("go install") != 0 {
		t.Error("did finished steps again")
	}
	if w.called("go build") == 0 {
		t.Error("left the failed step undone")
	}
}

func TestSetupOfLab(t *testing.T) {
	w := newWorld(t)
	if err := w.setup(true); err != nil {
		t.Fatal(err)
	}
	if w.called("python -I -m pip") != 2 || w.called("go install") != 2 {
		t.Error("JupyterLab and gopls were not installed")
	}
	// A virtual environment that is made anew has lost JupyterLab.
	write(t, filepath.Join(w.checkout.Root, "requirements-dev.txt"), "nbconvert==8\n")
	if err := w.setup(true); err != nil {
		t.Fatal(err)
	}
	if w.called("python -I -m pip") != 2 || w.called("go install") != 0 {
		t.Error("JupyterLab was not installed again, or gopls was")
	}
}

func TestSetupInAMovedCheckout(t *testing.T) {
	w := newWorld(t)
	if err := w.setup(false); err != nil {
		t.Fatal(err)
	}
	old := w.checkout.Root
	w.checkout.Root = filepath.Join(filepath.Dir(old), "elsewhere [1] with $blank*")
	if err := os.Rename(old, w.checkout.Root); err != nil {
		t.Fatal(err)
	}
	if err := w.setup(false); err != nil {
		t.Fatal(err)
	}
	if w.called("python -I -m") != 0 || w.called("go install") != 0 {
		t.Error("a moved checkout needs no network, and used it")
	}
	if got, want := read(t, w.checkout.Path("venv", "bin", "jupyter")), "#!"+w.checkout.Path("venv")+"/bin/python\n"; got != want {
		t.Errorf("script begins %q, want %q", got, want)
	}
	if text := read(t, w.checkout.Path("venv", "share", "jupyter", "kernels", "gonb", "kernel.json")); strings.Contains(text, old+"/") {
		t.Errorf("the kernel still names the old place:\n%s", text)
	}
}

func TestKernelspec(t *testing.T) {
	w := newWorld(t)
	if err := w.setup(false); err != nil {
		t.Fatal(err)
	}
	var spec struct {
		Argv []string
		Env  map[string]string
	}
	if err := json.Unmarshal([]byte(read(t, w.checkout.Path("venv", "share", "jupyter", "kernels", "gonb", "kernel.json"))), &spec); err != nil {
		t.Fatal(err)
	}
	for _, flag := range []string{w.checkout.Path("bin", jupyter.FrontName), w.checkout.Path("bin", "gonb"), "-- {connection_file}", "-raw_error=true", "-go_work=" + w.checkout.Root + "," + w.checkout.SessionFolder()} {
		if !strings.Contains(" "+strings.Join(spec.Argv, " ")+" ", " "+flag+" ") {
			t.Errorf("argv %q lacks %s", spec.Argv, flag)
		}
	}
	want := map[string]string{
		"GOPROXY": "off", "GOSUMDB": "off", "GOTOOLCHAIN": "local", "GOFLAGS": "-ldflags=-w", "CGO_ENABLED": "0", "GOWORK": "",
		"GOOS": "", "GOARCH": "", "GO111MODULE": "", "KELPIE_PLANS": w.checkout.Path("plans"),
		"PATH": w.checkout.CellPath() + ":" + w.checkout.Path("bin") + ":/go/bin:${PATH}",
	}
	for name, value := range want {
		if spec.Env[name] != value {
			t.Errorf("%s is %q, want %q", name, spec.Env[name], value)
		}
	}
	if len(spec.Env) != len(want) {
		t.Errorf("environment %v, want %v", spec.Env, want)
	}
}

func TestSetupErrorsNameTheRemedy(t *testing.T) {
	tests := []struct {
		name   string
		break_ func(w *world)
		want   []string
	}{
		{"no Python", func(w *world) { _ = os.Remove(filepath.Join(w.bin, "python3")); onlyTools(w) }, []string{"no python3 on PATH", "apt install python3-venv"}},
		{"old Python", func(w *world) { w.t.Setenv("PYTHON_VERSION", "3.9.18"); onlyTools(w) }, []string{"python3 is Python 3.9.18, too old", "Python 3.10"}},
		{"no venv", func(w *world) { w.t.Setenv("FAIL", "ensurepip"); onlyTools(w) }, []string{"no venv module", "apt install python3-venv"}},
		{"broken Python", func(w *world) { w.program("python3", "#!/bin/sh\nexit 127\n"); onlyTools(w) }, []string{"python3 does not run", "install Python"}},
		{"no index", func(w *world) { w.t.Setenv("FAIL", "pip") }, []string{"no route to the index", "needs the network", "PIP_INDEX_URL"}},
		{"no Go", func(w *world) { _ = os.Remove(filepath.Join(w.bin, "go")); onlyTools(w) }, []string{"no go on PATH", "https://go.dev/dl"}},
		{"old Go", func(w *world) { w.t.Setenv("GO_VERSION", "go1.25.4") }, []string{"the go on PATH is go1.25.4, too old", "Go 1.26"}},
		{"read-only", func(w *world) { write(w.t, w.checkout.Path(), "in the way") }, []string{"cannot write to", "clone into a folder of your own"}},
		{"pins missing", func(w *world) { _ = os.Remove(filepath.Join(w.checkout.Root, "requirements-dev.txt")) }, []string{"the checkout is not complete", "requirements-dev.txt"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			w := newWorld(t)
			test.break_(w)
			err := w.setup(false)
			if err == nil {
				t.Fatal("no error")
			}
			for _, part := range append(test.want, "jupyter: ") {
				if !strings.Contains(err.Error(), part) {
					t.Errorf("error %q does not say %q", err, part)
				}
			}
		})
	}
}

// onlyTools takes the system's programs off PATH, but for those that the fakes themselves need.
func onlyTools(w *world) {
	for _, name := range []string{"sh", "cp", "mkdir", "chmod", "cat"} {
		for _, folder := range []string{"/bin", "/usr/bin"} {
			if _, err := os.Stat(filepath.Join(folder, name)); err == nil {
				_ = os.Symlink(filepath.Join(folder, name), filepath.Join(w.bin, name))
				break
			}
		}
	}
	w.t.Setenv("PATH", w.bin)
}

func TestSetupWaitsForAnother(t *testing.T) {
	w := newWorld(t)
	write(t, w.checkout.Path("lock"), "")
	other, err := os.Open(w.checkout.Path("lock"))
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	if err := syscall.Flock(int(other.Fd()), syscall.LOCK_EX); err != nil {
		t.Fatal(err)
	}
	said := make(chan string, 10)
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error)
	go func() {
		ended <- jupyter.Setup(ctx, w.checkout, jupyter.Options{Log: func(format string, _ ...any) { said <- format }})
	}()
	select {
	case line := <-said:
		if !strings.Contains(line, "another set-up") {
			t.Errorf("said %q", line)
		}
	case <-time.After(10 * time.Second):
		t.Error("said nothing about the other set-up")
	}
	cancel()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Errorf("error %v, want canceled", err)
	}
}

func TestNeedSpace(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "not", "made", "yet")
	if err := jupyter.NeedSpace(folder, 0, "nothing"); err != nil {
		t.Error(err)
	}
	err := jupyter.NeedSpace(folder, 1<<40, "the moon")
	if err == nil || !strings.Contains(err.Error(), "the moon needs about 1099511627776 MB") || !strings.Contains(err.Error(), "make room") {
		t.Errorf("error %v", err)
	}
}

func TestFind(t *testing.T) {
	w := newWorld(t)
	// The tools are a module of their own inside the checkout.
	got, err := jupyter.Find(filepath.Join(w.checkout.Root, "kernel-ext", "internal", "tools"))
	if err != nil || got != w.checkout {
		t.Errorf("found %v, %v, want %v", got, err, w.checkout)
	}
	if _, err := jupyter.Find(t.TempDir()); err == nil || !strings.Contains(err.Error(), "change into the folder you cloned") {
		t.Errorf("outside a checkout: error %v", err)
	}
	comma := filepath.Join(t.TempDir(), "a,b")
	write(t, filepath.Join(comma, "go.mod"), "module "+jupyter.Module+"\n")
	if _, err := jupyter.Find(comma); err == nil || !strings.Contains(err.Error(), "comma") {
		t.Errorf("a comma in the path: error %v", err)
	}
}
