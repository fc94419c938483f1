package jupyter

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/stophacking/kelpie/analysis/files"
	"github.com/stophacking/kelpie/analysis/visible"
	"github.com/stophacking/kelpie/kernel-ext/internal/owner"
)

// A Finding is one thing that the set-up needs or keeps.
type Finding struct {
	// Name is what it is.
	Name string
	// State is what was found: a version, a path.
	State string
	// Remedy is what to do; empty when nothing has to be done.
	Remedy string
	// Optional says that notebooks run without it.
	Optional bool
}

// A Place is a folder that holds something of ours.
type Place struct {
	// Path is absolute; What says what it holds.
	Path, What string
	// Bytes is the size of the files in it; 0 when there is no such folder.
	Bytes int64
}

// A Report is what Inspect found.
type Report struct {
	Checkout Checkout
	Findings []Finding
	Places   []Place
}

// Inspect looks at the machine and the checkout, and changes nothing.
func Inspect(ctx context.Context, c Checkout) Report {
	report := Report{Checkout: c}
	add := func(name, state, remedy string, optional bool) {
		report.Findings = append(report.Findings, Finding{name, state, remedy, optional})
	}
	tool, err := inspectGo(ctx, c.Root)
	if err == nil {
		add("Go", tool.Version+" in "+tool.Root, "", false)
	} else {
		add("Go", message(err), goRemedy, false)
	}
	if path, version, err := findPython(ctx); err == nil {
		add("Python", version+" at "+path, "", false)
	} else {
		add("Python", message(err), pythonRemedy, false)
	}
	const install, lab = "go run ./kernel-ext install", "go run ./kernel-ext lab (or install --lab)"
	s := setup{Checkout: c, goTool: tool}
	pins, err := digestFiles(filepath.Join(c.Root, "requirements-dev.txt"))
	version, asking := pythonVersion(ctx, c.Python())
	state := func(name, made, stale string, present, current bool, remedy string, optional bool) {
		switch {
		case !present:
			add(name, "not there", remedy, optional)
		case !current:
			add(name, stale, remedy, optional)
		default:
			add(name, made, "", optional)
		}
	}
	state("nbconvert", pinned(c, "nbconvert")+" in .kelpie/venv, Python "+version, "not of the pinned versions", asking == nil, err == nil && c.stamped("venv") == digest(pins, version), install, false)
	module := filepath.Join(c.Root, "kernel-ext", "internal", "tools")
	toolPins, err := digestFiles(filepath.Join(module, "go.mod"), filepath.Join(module, "go.sum"))
	toolKey := digest(toolPins, tool.Version, tool.OS, tool.Arch)
	state("GoNB, goimports", toolVersion(module, "github.com/janpfeifer/gonb")+" in .kelpie/bin", "built from other pins, or by another Go",
		exists(c.Path("bin", "gonb"), c.Path("bin", "goimports")), err == nil && c.stamped("kernel") == toolKey, install, false)
	frontKey, err := s.frontSources()
	state("kernel", "built from this checkout", "built from other sources, or by another Go", exists(c.Path("bin", FrontName)), err == nil && c.stamped("front") == frontKey, install, false)
	sources, err := s.cellSources()
	state("packages of cells", "compiled", "not compiled since they changed; the first cell will take longer", c.stamped("cells") != "",
		err == nil && c.stamped("cells") == digest(c.Root, sources, tool.Version, tool.BuildCache, tool.ModCache), install, false)
	spec, err := files.Read(c.Path("venv", "share", "jupyter", "kernels", KernelName, "kernel.json"), maxText)
	want, making := s.kernelJSON(c.Path("log", "kernel.log"), c.Root, c.SessionFolder())
	state("kernel "+KernelName, "registered in .kelpie/venv", "registered for another place or another Go", err == nil, making == nil && string(spec) == string(want), install, false)
	state("JupyterLab", pinned(c, "jupyterlab")+" in .kelpie/venv", "not of the pinned versions", c.stamped("lab") != "", c.stamped("lab") == digest(c.stamped("venv"), labRequirements), lab, true)
	state("gopls", toolVersion(module, "golang.org/x/tools/gopls")+" in .kelpie/gopls", "built from other pins, or by another Go", exists(c.Path("gopls", "gopls")), c.stamped("gopls") == toolKey, lab, true)
	var why *files.Refusal
	if errors.As(files.Trusted(c.Path()), &why) {
		add("folder .kelpie", why.Error(), "kernels that this command does not start use it only where KELPIE_DATA and KELPIE_CACHE name "+c.Path("data")+" and "+c.Path("store"), true)
	}
	report.Findings = append(report.Findings, readers(owner.KnowsTCP))
	report.Places = places(c)
	return report
}

// readers says who on this machine can read what cells show; knows is whether the system says whose a connection is.
func readers(knows bool) Finding {
	f := Finding{Name: "who can read", State: "you and root; the sockets of kernels are in a private folder", Optional: true}
	if knows {
		f.State += ",\nand over TCP, for front ends that ask for it, the system says whose a connection is"
	} else {
		f.State += ".\nBut over TCP, for front ends that ask for it, all users of this machine can read what cells show"
		f.Remedy = "use lab, or a front end with sockets in files (transport ipc)"
	}
	return f
}

// message is an error without the name of this package.
func message(err error) string { return strings.TrimPrefix(err.Error(), "jupyter: ") }

// pinned is the version of a Python package that the pins name.
func pinned(c Checkout, name string) string {
	text, _ := files.Read(filepath.Join(c.Root, "requirements-dev.txt"), maxText)
	for line := range strings.Lines(string(text) + "\n" + labRequirements) {
		if pin, found := strings.CutPrefix(line, name+"=="); found {
			version, _, _ := strings.Cut(strings.TrimSpace(pin), " ") // hashes follow
			return version
		}
	}
	return "?"
}

// toolVersion is the version of a module that the tools' go.mod names.
func toolVersion(module, path string) string {
	text, _ := files.Read(filepath.Join(module, "go.mod"), maxText)
	for _, line := range strings.Split(string(text), "\n") {
		if fields := strings.Fields(line); len(fields) >= 2 && fields[0] == path {
			return fields[1]
		}
	}
	return "?"
}

// kept says what the folders of .kelpie hold.
var kept = map[string]string{
	"bin":         "the kernel",
	"checked":     "notebooks as the last check executed them",
	"conformance": "the programs that check tries the kernel with",
	"data":        "the data",
	"failed":      "notebooks that failed, and the kernel's logs",
	"gopls":       "completion in JupyterLab",
	"jupyter":     "settings of JupyterLab",
	"lab":         "your working copies of the notebooks",
	"oracles":     "the programs that check --oracles asks",
	"session":     "what cells may import beyond the checkout",
	"reports":     "executed notebooks and web pages",
	"store":       "computed values; it holds copies of the data",
	"venv":        "Python with nbconvert",
}

// places lists what takes up space: the folders of .kelpie, and those that the user chose for data and values.
func places(c Checkout) []Place {
	var list []Place
	entries, _ := os.ReadDir(c.Path()) // a checkout that was never set up has none
	for _, entry := range entries {
		if what := kept[entry.Name()]; entry.IsDir() {
			if strings.HasPrefix(entry.Name(), "data-") {
				what = "data of another seed or scale"
			}
			list = append(list, Place{Path: c.Path(entry.Name()), What: what})
		}
	}
	for _, chosen := range []struct{ variable, kind string }{{"KELPIE_DATA", "data"}, {"KELPIE_CACHE", "store"}} {
		if path := os.Getenv(chosen.variable); path != "" {
			list = append(list, Place{Path: path, What: kept[chosen.kind] + " ($" + chosen.variable + ")"})
		}
	}
	for i := range list {
		list[i].Bytes = size(list[i].Path)
	}
	return list
}

// size is the sum of the sizes of the files below a folder; what cannot be read counts nothing.
func size(folder string) int64 {
	var sum int64
	_ = filepath.WalkDir(folder, func(_ string, entry fs.DirEntry, err error) error {
		if err != nil {
			return nil
		}
		if about, err := entry.Info(); err == nil && about.Mode().IsRegular() {
			sum += about.Size()
		}
		return nil
	})
	return sum
}

// Ready says whether everything that running notebooks needs is there.
func (r Report) Ready() bool {
	for _, finding := range r.Findings {
		if finding.Remedy != "" && !finding.Optional {
			return false
		}
	}
	return true
}

// String is the report for people: what has to be mended is marked with "!", what could be added with "-".
func (r Report) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "checkout %s\n\n", visible.Text(r.Checkout.Root))
	for _, f := range r.Findings {
		mark := "ok"
		switch {
		case f.Remedy != "" && f.Optional:
			mark = "-"
		case f.Remedy != "":
			mark = "!"
		}
		fmt.Fprintf(&b, "%2s %-18s %s\n", mark, f.Name, strings.ReplaceAll(f.State, "\n", "\n"+strings.Repeat(" ", 22)))
		if f.Remedy != "" && !strings.Contains(f.State, f.Remedy) {
			fmt.Fprintf(&b, "   %-18s -> %s\n", "", f.Remedy)
		}
	}
	b.WriteString("\nstored, in MB (delete a folder of .kelpie to be rid of it: what is needed is made again):\n")
	for _, p := range r.Places {
		if p.Bytes >= 50_000 { // what rounds to 0.0 is not worth a line
			fmt.Fprintf(&b, "%8.1f  %s  %s\n", float64(p.Bytes)/1e6, visible.Text(p.Path), p.What)
		}
	}
	fmt.Fprintf(&b, "to remove everything: rm -rf %s", visible.Text(r.Checkout.Path()))
	return b.String()
}
