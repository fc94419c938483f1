package jupyter

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/stophacking/kelpie/kernel-ext/internal/process"
)

// oldestGo is the oldest minor version of Go 1 that go.mod asks for.
const oldestGo = 26

const goRemedy = "install Go 1.26 or newer from https://go.dev/dl"

// goTool is what the set-up needs to know of the installed Go.
type goTool struct {
	Version    string `json:"GOVERSION"` // as in go1.26.0
	Root       string `json:"GOROOT"`
	BuildCache string `json:"GOCACHE"`
	ModCache   string `json:"GOMODCACHE"`
	OS         string `json:"GOHOSTOS"`
	Arch       string `json:"GOHOSTARCH"`
}

// inspectGo asks the go command on PATH.
func inspectGo(ctx context.Context, root string) (goTool, error) {
	var answer, complaint bytes.Buffer
	err := process.Run(ctx, process.Command{
		Args: []string{"go", "env", "-json", "GOVERSION", "GOROOT", "GOCACHE", "GOMODCACHE", "GOHOSTOS", "GOHOSTARCH"},
		Dir:  root, Env: []string{"GOTOOLCHAIN=local"}, Stdout: &answer, Stderr: &complaint,
	})
	var tool goTool
	switch {
	case errors.Is(err, exec.ErrNotFound):
		return tool, errors.New("jupyter: there is no go on PATH: " + goRemedy)
	case ctx.Err() != nil:
		return tool, err
	case err != nil:
		return tool, fmt.Errorf("jupyter: go env: %w\n%s", err, indent(lastLines(complaint.String(), 4)))
	}
	if err := json.Unmarshal(answer.Bytes(), &tool); err != nil {
		return tool, fmt.Errorf("jupyter: go env: %w", err)
	}
	// A development build ("devel go1.27-...") is as new as it says.
	version := tool.Version[strings.Index(tool.Version, "go")+2:]
	if tooOld(version, 1, oldestGo) {
		return tool, fmt.Errorf("jupyter: the go on PATH is %s, too old: %s", tool.Version, goRemedy)
	}
	return tool, nil
}

// kernel builds GoNB and goimports from their pins.
func (s setup) kernel(ctx context.Context) error {
	return s.tools(ctx, "kernel", "bin", 150, "github.com/janpfeifer/gonb", "golang.org/x/tools/cmd/goimports")
}

// front builds the kernel that Jupyter starts, from the checkout's own sources, and gives it the name by which it is the go
// command of cells.
func (s setup) front(ctx context.Context) error {
	from, err := s.frontSources()
	if err != nil {
		return err
	}
	program, goCommand := s.Path("bin", FrontName), filepath.Join(s.CellPath(), "go")
	intact := func() bool { return exists(program, goCommand) }
	return s.ensure("front", from, intact, "building the kernel into .kelpie/bin", 20, func() error {
		err := s.run(ctx, process.Command{
			Args: []string{"go", "build", "-buildvcs=false", "-ldflags=-w", "-o", program, "./kernel-ext/kernel"}, Dir: s.Root, Env: goEnv(),
		})
		if err != nil {
			return remedy(err, "building the kernel", "Where the lines above name a file of the checkout, it does not compile: mend it, or take another commit.\nElse: "+networkRemedy)
		}
		return link(filepath.Join("..", FrontName), goCommand)
	})
}

// link makes a symbolic link, in the place of one that may be there.
func link(target, path string) error {
	err := os.MkdirAll(filepath.Dir(path), 0o755)
	if _, reading := os.Readlink(path); err == nil && reading == nil {
		err = os.Remove(path)
	}
	if err == nil {
		err = os.Symlink(target, path)
	}
	if err != nil {
		return fmt.Errorf("jupyter: %w", err)
	}
	return nil
}

// frontSources condenses the Go files and the requirements that the kernel is built from, and the Go that builds it.
func (s setup) frontSources() (string, error) {
	sum := sha256.New()
	err := s.eachGoFile([]string{"kernel-ext/kernel", "kernel-ext/internal"}, func(path string) error { return hashFile(sum, path) })
	for _, name := range []string{"go.mod", "go.sum"} {
		if err == nil {
			err = hashFile(sum, filepath.Join(s.Root, name))
		}
	}
	if err != nil {
		return "", fmt.Errorf("jupyter: the checkout is not complete: %w", err)
	}
	return digest(fmt.Sprintf("%x", sum.Sum(nil)), s.goTool.Version, s.goTool.OS, s.goTool.Arch), nil
}

// gopls builds gopls, in a folder of its own: a kernel that finds gopls on its PATH starts it, and a headless run has no
// use for it.
func (s setup) gopls(ctx context.Context) error {
	return s.tools(ctx, "gopls", "gopls", 300, "golang.org/x/tools/gopls")
}

// tools builds programs of the tools module into a folder of .kelpie. `go install package@version` would ask the module
// proxy for the list of versions, which some do not serve; a module that requires them does not.
func (s setup) tools(ctx context.Context, step, folder string, megabytes int64, packages ...string) error {
	module := filepath.Join(s.Root, "kernel-ext", "internal", "tools")
	pins, err := digestFiles(filepath.Join(module, "go.mod"), filepath.Join(module, "go.sum"))
	if err != nil {
		return err
	}
	var names, built []string
	for _, path := range packages {
		names = append(names, filepath.Base(path))
		built = append(built, s.Path(folder, filepath.Base(path)))
	}
	intact := func() bool { return exists(built...) }
	says := "building " + strings.Join(names, " and ") + " into .kelpie/" + folder
	return s.ensure(step, digest(pins, s.goTool.Version, s.goTool.OS, s.goTool.Arch), intact, says, megabytes, func() error {
		if err := NeedSpace(s.goTool.BuildCache, 600, "the Go build cache"); err != nil {
			return err
		}
		if err := NeedSpace(s.goTool.ModCache, 400, "the Go module cache"); err != nil {
			return err
		}
		err := s.run(ctx, process.Command{
			Args: append([]string{"go", "install", "-mod=readonly", "-buildvcs=false", "-ldflags=-w"}, packages...), Dir: module,
			Env: append(goEnv(), "GOBIN="+s.Path(folder)),
		})
		return remedy(err, "building "+strings.Join(names, " and "), networkRemedy)
	})
}

// goEnv is how the set-up and the kernel call the go command, whatever the user's settings for other work are: this Go,
// pure Go, no workspace but our own.
func goEnv() []string {
	return []string{"GOTOOLCHAIN=local", "CGO_ENABLED=0", "GOWORK=off", "GOOS=", "GOARCH=", "GO111MODULE="}
}
