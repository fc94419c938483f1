package jupyter

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/mod/module"

	"github.com/stophacking/kelpie/analysis/files"
	"github.com/stophacking/kelpie/analysis/visible"
	"github.com/stophacking/kelpie/kernel-ext/internal/process"
	"github.com/stophacking/kelpie/kernel-ext/internal/scratch"
)

// A cell can import the packages of the checkout and what those require. Any other module is added to a module of its
// own, in .kelpie/session, which the workspace of every kernel of the checkout holds beside the checkout: so the go.mod of
// the checkout stays as it is, kernels that already run see it with their next cell, and a kernel that recreates its own
// go.mod loses nothing. The file added.txt in it holds what was asked for; go.mod and go.sum follow from it.

// SessionFolder is the folder of the module that holds what cells may import beyond the checkout.
func (c Checkout) SessionFolder() string { return c.Path("session") }

// A Package is a module that was added for cells.
type Package struct {
	Path, Version string
}

func (p Package) String() string { return p.Path + "@" + p.Version }

// asks is what a version that somebody asks for may look like: an exact one, latest, <v2.0.0, a branch or a commit.
var asks = regexp.MustCompile(`^[<>=]{0,2}[0-9A-Za-z][0-9A-Za-z._+/~-]*$`)

// valid is an error when the path or the version is none. The go command would take one that begins with a dash for a flag,
// and a flag may name a program to run.
func (p Package) valid() error {
	if err := module.CheckImportPath(p.Path); err != nil {
		return fmt.Errorf("%q names no module: %w", p.String(), err)
	}
	if !asks.MatchString(p.Version) {
		return fmt.Errorf("%q asks for no version of %s: one looks like v0.16.0 or latest", p.String(), p.Path)
	}
	return nil
}

// sessionModule is the go.mod of a session to which nothing was added.
const sessionModule = "module kelpie.session\n\ngo 1.26\n"

// session makes the module that packages are added to, unless it is there.
func (s setup) session(context.Context) error {
	path := filepath.Join(s.SessionFolder(), "go.mod")
	if exists(path) {
		return nil
	}
	return WriteFile(path, []byte(sessionModule))
}

// Packages lists what was added, in the order of the paths. A line of the list that names no module in an exact version is
// an error.
func Packages(c Checkout) ([]Package, error) {
	file := filepath.Join(c.SessionFolder(), "added.txt")
	text, err := files.Read(file, maxText)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("jupyter: %w", err)
	}
	var all []Package
	number := 0
	for line := range strings.Lines(string(text)) {
		number++
		path, version, _ := strings.Cut(strings.TrimSpace(line), "@")
		if err := module.Check(path, version); err != nil {
			return nil, fmt.Errorf("jupyter: %s:%d: %w; delete the line, and add what it should say again", visible.Text(file), number, err)
		}
		all = append(all, Package{path, version})
	}
	return all, nil
}

// AddPackages adds modules, or other versions of those added before. It needs the network for what the module cache does
// not hold; what cells import after that needs none. It returns what was added, with exact versions, and which modules
// that the checkout requires cells get in a newer version for its sake, as "path old -> new". At an error nothing has
// changed.
func AddPackages(ctx context.Context, c Checkout, log func(format string, args ...any), asked ...Package) (added []Package, raised []string, err error) {
	for _, p := range asked {
		if err := p.valid(); err != nil {
			return nil, nil, fmt.Errorf("jupyter: %w", err)
		}
		if p.Path == Module || strings.HasPrefix(p.Path, Module+"/") {
			return nil, nil, fmt.Errorf("jupyter: %s is this checkout: cells import it as it is", p.Path)
		}
	}
	return changePackages(ctx, c, log, func(all []Package) ([]Package, error) {
		for _, p := range asked {
			all = slices.DeleteFunc(all, func(old Package) bool { return old.Path == p.Path })
			all = append(all, p)
		}
		return all, nil
	}, asked)
}

// RemovePackages takes modules away again. A path that was never added is an error.
func RemovePackages(ctx context.Context, c Checkout, log func(format string, args ...any), paths ...string) error {
	_, _, err := changePackages(ctx, c, log, func(all []Package) ([]Package, error) {
		for _, path := range paths {
			left := slices.DeleteFunc(slices.Clone(all), func(p Package) bool { return p.Path == path })
			if len(left) == len(all) {
				return nil, fmt.Errorf("jupyter: %s was not added; `go run ./kernel-ext add --list` says what was", path)
			}
			all = left
		}
		return all, nil
	}, nil)
	return err
}

// changePackages makes the session's module anew from a changed list, beside the old one, tries it, and takes its place.
func changePackages(ctx context.Context, c Checkout, log func(string, ...any), change func([]Package) ([]Package, error), asked []Package) (added []Package, raised []string, err error) {
	if err := os.MkdirAll(c.Path("run"), 0o755); err != nil {
		return nil, nil, notWritable(c.Root, err)
	}
	release, err := c.lock(ctx, log)
	if err != nil {
		return nil, nil, err
	}
	defer release()
	s := setup{Checkout: c, log: log}
	if s.goTool, err = inspectGo(ctx, c.Root); err != nil {
		return nil, nil, err
	}
	all, err := Packages(c)
	if err == nil {
		all, err = change(all)
	}
	if err != nil {
		return nil, nil, err
	}
	made, err := scratch.Temporary(c.Path("run"), "session-")
	if err != nil {
		return nil, nil, fmt.Errorf("jupyter: %w", err)
	}
	defer made.Remove()
	folder := made.Path
	if err := WriteFile(filepath.Join(folder, "go.mod"), []byte(sessionModule)); err != nil {
		return nil, nil, err
	}
	before, err := s.cellModules(ctx, folder)
	if err != nil {
		return nil, nil, err
	}
	if err := s.require(ctx, folder, all); err != nil {
		return nil, nil, err
	}
	if all, added, err = resolve(folder, all, asked); err != nil {
		return nil, nil, err
	}
	after, err := s.cellModules(ctx, folder)
	if err != nil {
		return nil, nil, err
	}
	for path, version := range before {
		if after[path] != version && path != "kelpie.session" {
			raised = append(raised, path+" "+version+" -> "+after[path])
		}
	}
	slices.Sort(raised)
	return added, raised, s.install(folder, all)
}

// install puts a tried module in the place of the session's.
func (s setup) install(folder string, all []Package) error {
	slices.SortFunc(all, func(a, b Package) int { return strings.Compare(a.Path, b.Path) })
	var list strings.Builder
	for _, p := range all {
		list.WriteString(p.String() + "\n")
	}
	if err := WriteFile(filepath.Join(folder, "added.txt"), []byte(list.String())); err != nil {
		return err
	}
	// First the sums: a kernel that builds in between misses none of what its go.mod asks for.
	for _, name := range []string{"go.sum", "go.mod", "added.txt"} {
		text, err := files.Read(filepath.Join(folder, name), maxText)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("jupyter: %w", err)
		}
		if err := WriteFile(filepath.Join(s.SessionFolder(), name), text); err != nil {
			return err
		}
	}
	return nil
}

// require fills a module's go.mod and go.sum, and the module cache with all that its packages import. What the cache
// holds is not asked of the network.
func (s setup) require(ctx context.Context, folder string, all []Package) error {
	if len(all) == 0 {
		return nil
	}
	var names, patterns []string
	for _, p := range all {
		names, patterns = append(names, p.String()), append(patterns, p.Path+"/...")
	}
	try := func(env ...string) error {
		env = append(append(goEnv(), "GOFLAGS=-mod=mod"), env...)
		err := s.run(ctx, process.Command{Args: append([]string{"go", "get", "--"}, names...), Dir: folder, Env: env})
		if err != nil {
			return err
		}
		// A package that does not load here, for want of cgo perhaps, is no reason against the others.
		return s.run(ctx, process.Command{Args: append([]string{"go", "list", "-e", "-deps", "--"}, patterns...), Dir: folder, Env: env})
	}
	if try("GOPROXY=off", "GOSUMDB=off") == nil {
		return nil
	}
	s.log("fetching what the module cache does not hold ...")
	return remedy(try(), "adding "+strings.Join(names, ", "),
		"Look for the versions of a module at https://pkg.go.dev/MODULE?tab=versions. A module that asks for a newer Go may have older versions that do not.\n"+
			"Adding needs the network once. Behind a proxy or a mirror, the usual variables hold: HTTPS_PROXY, GOPROXY, GONOSUMDB.")
}

// resolve replaces what was asked for by the modules and exact versions that it came to: somebody may have named a
// package, a branch or latest.
func resolve(folder string, all, asked []Package) (resolved, added []Package, err error) {
	text, err := files.Read(filepath.Join(folder, "go.mod"), maxText)
	if err != nil {
		return nil, nil, fmt.Errorf("jupyter: %w", err)
	}
	required := requirements(string(text))
	for _, p := range all {
		module := Package{}
		for path, version := range required {
			if (path == p.Path || strings.HasPrefix(p.Path, path+"/")) && len(path) > len(module.Path) {
				module = Package{path, version}
			}
		}
		if module.Path == "" {
			return nil, nil, fmt.Errorf("jupyter: go get did not add %s", p)
		}
		if !slices.Contains(resolved, module) {
			resolved = append(resolved, module)
		}
		if slices.Contains(asked, p) {
			added = append(added, module)
		}
	}
	return resolved, added, nil
}

// requirements are the modules that the text of a go.mod requires, with their versions.
func requirements(text string) map[string]string {
	required := map[string]string{}
	for _, line := range strings.Split(text, "\n") {
		fields := strings.Fields(strings.TrimPrefix(strings.TrimSpace(line), "require "))
		if len(fields) >= 2 && strings.HasPrefix(fields[1], "v") {
			required[strings.Trim(fields[0], `"`)] = fields[1]
		}
	}
	return required
}

// cellModules builds, without the network, a program that imports all that the checkout offers cells, in a workspace with
// the session's module in a folder, and returns the versions of the modules that its packages come from.
func (s setup) cellModules(ctx context.Context, session string) (map[string]string, error) {
	made, err := scratch.Temporary(s.Path("run"), "cell-")
	if err != nil {
		return nil, fmt.Errorf("jupyter: %w", err)
	}
	defer made.Remove()
	folder := made.Path
	imports, err := s.cellImports()
	if err != nil {
		return nil, fmt.Errorf("jupyter: the checkout is not complete: %w", err)
	}
	version, _, _ := strings.Cut(strings.TrimPrefix(s.goTool.Version, "go"), " ")
	for name, text := range map[string]string{
		"go.mod":  "module cell\n\ngo 1." + strconv.Itoa(oldestGo) + "\n",
		"go.work": "go " + version + "\n\nuse (\n\t.\n\t" + strconv.Quote(s.Root) + "\n\t" + strconv.Quote(session) + "\n)\n",
		"main.go": "package main\n\nimport (\n" + imports + ")\n\nfunc main() {}\n",
	} {
		if err := WriteFile(filepath.Join(folder, name), []byte(text)); err != nil {
			return nil, err
		}
	}
	env := s.cellEnv()
	build := process.Command{Args: []string{"go", "build", "-o", filepath.Join(folder, "cell"), "."}, Dir: folder, Env: env}
	if s.run(ctx, build) != nil {
		// A module raised to another version has to be fetched for the checkout's packages too.
		online := build
		online.Env = append(goEnv(), "GOWORK=", "GOFLAGS="+cellFlags)
		if err := s.run(ctx, online); err != nil {
			return nil, remedy(err, "building a cell with what was added", "The added module does not go together with what Kelpie requires: take another version of it.\nElse: "+networkRemedy)
		}
		if err := s.run(ctx, build); err != nil {
			return nil, remedy(err, "building a cell with what was added, without the network", "Take another version of the module.")
		}
	}
	var list bytes.Buffer
	err = process.Run(ctx, process.Command{Args: []string{"go", "list", "-deps", "-f", "{{with .Module}}{{if .Version}}{{.Path}} {{.Version}}{{end}}{{end}}", "."}, Dir: folder, Env: env, Stdout: &list})
	if err != nil {
		return nil, fmt.Errorf("jupyter: listing the modules of a cell: %w", err)
	}
	modules := map[string]string{}
	for _, line := range strings.Split(list.String(), "\n") {
		if path, version, found := strings.Cut(line, " "); found {
			modules[path] = version
		}
	}
	return modules, nil
}
