//go:build !windows

package build

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// A Plan is how programs with some imports are compiled and linked.
type Plan struct {
	// Module is the name of the module that the plan was made from; it is in Linkcfg.
	Module string
	// Compile and Link are the calls. $WORK/b001 is the folder of temporary files, $ID a build ID.
	Compile, Link tool
	// Importcfg and Linkcfg are the files by which compiler and linker find packages; the latter also holds the module
	// information.
	Importcfg, Linkcfg string
	// Files are the packages, the compiler and the linker.
	Files []file
	// Folders hold the sources of packages that can change.
	Folders []sources
}

// A file is one that has to be there, as it was. Of packages the name stands for the content, so their time is zero.
type file struct {
	Path     string
	Size     int64
	Modified int64 // in nanoseconds since 1970
}

// sources are the files in a folder, condensed.
type sources struct {
	Dir, Sum string
}

var (
	errStale   = errors.New("build: the plan is out of date")
	errForeign = errors.New("build: a package that is not in the build cache")
	errYoung   = errors.New("build: sources that have only just changed")
)

// newPlan makes a plan of a build that began at the given time. It fails where what was built could change unnoticed.
func newPlan(t trace, p program, begun time.Time) (Plan, error) {
	plan := Plan{Module: p.module, Compile: t.compile, Link: t.link, Importcfg: t.importcfg, Linkcfg: t.linkcfg}
	plan.Compile.Args = withoutID(t.compile.Args)
	// Without the symbol table, which only debuggers read, linking takes a tenth less.
	plan.Link.Args = append([]string{"-s"}, withoutID(t.link.Args)...)
	for _, path := range []string{t.compile.Path, t.link.Path} {
		info, err := os.Stat(path)
		if err != nil {
			return plan, err
		}
		plan.Files = append(plan.Files, file{path, info.Size(), info.ModTime().UnixNano()})
	}
	told := false
	for _, line := range strings.Split(t.linkcfg, "\n") {
		verb, rest, _ := strings.Cut(line, " ")
		path, archive, _ := strings.Cut(rest, "=")
		switch {
		case verb == "modinfo":
			// A revision changes without any file that we look at.
			told = !strings.Contains(rest, `build\tvcs`)
			continue
		case verb != "packagefile":
			continue
		case path == p.module && archive == archiveFile:
			continue
		case strings.HasPrefix(path, p.module+"/") || !filepath.IsAbs(archive):
			return plan, errForeign
		}
		info, err := os.Stat(archive)
		if err != nil {
			return plan, err
		}
		plan.Files = append(plan.Files, file{Path: archive, Size: info.Size()})
		for _, m := range p.local {
			below, found := strings.CutPrefix(path+"/", m.path+"/")
			if !found {
				continue
			}
			dir := filepath.Join(m.dir, filepath.FromSlash(below))
			sum, youngest, err := condenseFolder(dir)
			switch {
			case err != nil:
				return plan, err
			case begun.Sub(youngest) < settled:
				return plan, errYoung
			case embeds(dir):
				return plan, errUnplanned
			}
			plan.Folders = append(plan.Folders, sources{dir, sum})
		}
	}
	if !told || strings.Contains(t.importcfg, "=$WORK") {
		return plan, errForeign
	}
	return plan, nil
}

// withoutID puts $ID in the place of a call's build ID.
func withoutID(args []string) []string {
	args = append([]string(nil), args...)
	for i, arg := range args {
		switch {
		case i > 0 && args[i-1] == "-buildid":
			args[i] = "$ID"
		case strings.HasPrefix(arg, "-buildid="):
			args[i] = "-buildid=$ID"
		}
	}
	return args
}

// check says whether the plan still holds: errStale, or which file could not be looked at. It costs a look at each file,
// about a millisecond.
func (p Plan) check() error {
	for _, f := range p.Files {
		info, err := os.Stat(f.Path)
		if err != nil {
			return err
		}
		if info.Size() != f.Size || f.Modified != 0 && info.ModTime().UnixNano() != f.Modified {
			return errStale
		}
	}
	for _, s := range p.Folders {
		if sum, _, err := condenseFolder(s.Dir); err != nil || sum != s.Sum {
			return errStale
		}
	}
	return nil
}

// magic begins the file of a plan; the number changes with what a plan is.
const magic = "kelpie plan 1 "

// encode is the text of a plan's file: a line with the sum of what follows, by which half a file is told from a whole one.
func (p Plan) encode() ([]byte, error) {
	text, err := json.Marshal(p)
	if err != nil {
		return nil, fmt.Errorf("build: %w", err)
	}
	return append([]byte(magic+condense(string(text))+"\n"), text...), nil
}

// decodePlan reads the text of a plan's file. Any other text is errStale.
func decodePlan(text []byte) (Plan, error) {
	var p Plan
	head, body, _ := bytes.Cut(text, []byte("\n"))
	if string(head) != magic+condense(string(body)) || json.Unmarshal(body, &p) != nil {
		return Plan{}, errStale
	}
	return p, nil
}
