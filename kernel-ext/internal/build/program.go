//go:build !windows

package build

import (
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
)

// A program is what a cell is built from.
type program struct {
	dir     string
	module  string   // the name of its module, and of its binary
	files   []string // names of the Go files, in the order of the go command: the alphabet's
	imports []string // of all files, sorted
	local   []module // modules in folders, without its own
	key     string   // condenses all that its plan belongs to
}

// errUnplanned says that a program is none that is planned for.
var errUnplanned = errors.New("build: not a plain cell")

// target is where GoNB has the program put.
func (p program) target() string { return filepath.Join(p.dir, p.module) }

// readProgram reads the program in the current directory, which goTool is to build. The error is errUnplanned, or says
// which file could not be read or understood.
func readProgram(goTool string) (program, error) {
	dir, err := os.Getwd()
	if err != nil {
		return program{}, err
	}
	p := program{dir: dir, module: filepath.Base(dir)}
	if !strings.HasPrefix(p.module, "gonb_") || !plainSettings() {
		return program{}, errUnplanned
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return program{}, err
	}
	for _, entry := range entries {
		switch name := entry.Name(); {
		case name == companion: // of a build that was killed, or of this one
		case name == "main.go", plainKelpie(name):
			p.files = append(p.files, name)
		case name == "vendor", name == "default.pgo", !strings.HasSuffix(name, "_test.go") && slices.Contains(sourceNames, filepath.Ext(name)):
			return program{}, errUnplanned
		}
	}
	if !slices.Contains(p.files, "main.go") {
		return program{}, errUnplanned
	}
	for _, name := range p.files {
		if err := p.readFile(name, nil); err != nil {
			return program{}, err
		}
	}
	w, err := readWorkspace(dir, p.module)
	if err != nil {
		return program{}, err
	}
	p.local = w.local
	if p.accompany(w) {
		p.files = append(p.files, companion)
		slices.Sort(p.files)
		if err := p.readFile(companion, companionText); err != nil {
			return program{}, err
		}
	}
	slices.Sort(p.imports)
	p.imports = slices.Compact(p.imports)
	p.key, err = p.condense(goTool, w)
	return p, err
}

// plainKelpie says whether the file is one that the kernel puts beside a cell, and for every system.
func plainKelpie(name string) bool {
	middle, ok := strings.CutPrefix(strings.TrimSuffix(name, ".go"), "kelpie_")
	return ok && strings.HasSuffix(name, ".go") && !strings.Contains(middle, "_") && middle != runtime.GOOS && middle != runtime.GOARCH
}

// sourceNames are the endings of files that go/build takes for sources of a package.
var sourceNames = []string{
	".go", ".c", ".cc", ".cpp", ".cxx", ".m", ".h", ".hh", ".hpp", ".hxx", ".f", ".F", ".for", ".f90", ".s", ".S", ".sx", ".swig", ".swigcxx", ".syso",
}

// readFile adds a file's imports. Where text is nil the file is on disk, and not ours: it must not speak to the go command.
func (p *program) readFile(name string, text any) error {
	file, err := parser.ParseFile(token.NewFileSet(), filepath.Join(p.dir, name), text, parser.ImportsOnly|parser.ParseComments)
	if err != nil {
		return err
	}
	if file.Name.Name != "main" || text == nil && slices.ContainsFunc(file.Comments, directive) {
		return errUnplanned
	}
	for _, spec := range file.Imports {
		path, err := strconv.Unquote(spec.Path.Value)
		switch {
		case err != nil:
			return err
		case path == "C" || path == "embed" || strings.HasPrefix(path, ".") || path == p.module || strings.HasPrefix(path, p.module+"/"):
			return errUnplanned
		}
		p.imports = append(p.imports, path)
	}
	return nil
}

// directive says whether a comment speaks to the go command: //go:build, //go:debug and the like. That a file is for this
// system says nothing new.
func directive(group *ast.CommentGroup) bool {
	return slices.ContainsFunc(group.List, func(c *ast.Comment) bool {
		return c.Text != "//go:build "+runtime.GOOS && (strings.HasPrefix(c.Text, "//go:") || strings.HasPrefix(c.Text, "// +build") || strings.HasPrefix(c.Text, "//+build"))
	})
}

// plainSettings says whether the environment builds for this machine, as the kernel's settings have it.
func plainSettings() bool {
	for name, allowed := range map[string][]string{
		"GOFLAGS": {Flags}, "GOTOOLCHAIN": {"local"}, "CGO_ENABLED": {"0"}, "GOWORK": {""}, "GO111MODULE": {"", "on"},
		"GOOS": {"", runtime.GOOS}, "GOARCH": {"", runtime.GOARCH},
	} {
		if !slices.Contains(allowed, os.Getenv(name)) {
			return false
		}
	}
	return true
}

// condense makes the key of the program's plan.
func (p program) condense(goTool string, w workspace) (string, error) {
	texts := []string{strings.Join(p.files, " "), strings.Join(p.imports, " "), w.text}
	for _, entry := range os.Environ() {
		name, _, _ := strings.Cut(entry, "=")
		// GONB_ variables are GoNB's; by the last three the go command finds its settings and its cache.
		obeyed := strings.HasPrefix(name, "GO") && !strings.HasPrefix(name, "GONB_") || strings.HasPrefix(name, "CGO_")
		if obeyed || name == "HOME" || name == "XDG_CONFIG_HOME" || name == "XDG_CACHE_HOME" {
			texts = append(texts, entry)
		}
	}
	slices.Sort(texts[3:])
	settings, err := goSettings()
	if err != nil {
		return "", err
	}
	info, err := os.Stat(goTool)
	if err != nil {
		return "", err
	}
	return condense(append(texts, settings, goTool, fmt.Sprint(info.Size(), info.ModTime().UnixNano()))...), nil
}

// goSettings is the text of the file that `go env -w` writes.
func goSettings() (string, error) {
	path := os.Getenv("GOENV")
	if path == "off" {
		return "", nil
	}
	if path == "" {
		base, err := os.UserConfigDir()
		if err != nil {
			return "", nil // the go command does without, too
		}
		path = filepath.Join(base, "go", "env")
	}
	return optional(path)
}
