package jupyter

import (
	"fmt"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/stophacking/kelpie/analysis/files"
	"github.com/stophacking/kelpie/analysis/visible"
)

// Module is the path of the module whose checkout this is.
const Module = "github.com/stophacking/kelpie"

// A Checkout is a copy of the repository on disk.
type Checkout struct {
	// Root is the absolute path of the folder that holds go.mod.
	Root string
}

// Find returns the checkout that dir lies in: the nearest folder upward whose go.mod names our module. One above dir must
// be the one that this program was built from, or one that nobody but the user and root can have put there.
func Find(dir string) (Checkout, error) {
	start, err := filepath.Abs(dir)
	if err != nil {
		return Checkout{}, fmt.Errorf("jupyter: %w", err)
	}
	// Paths are compared and written into files, so they have to be the real ones.
	if real, err := filepath.EvalSymlinks(start); err == nil {
		start = real
	}
	for at := start; ; at = filepath.Dir(at) {
		text, err := files.Read(filepath.Join(at, "go.mod"), 1<<20)
		if err == nil && moduleOf(string(text)) == Module {
			if strings.ContainsAny(at, ",\n") {
				return Checkout{}, fmt.Errorf("jupyter: the path %q holds a comma or a line break, which the kernel cannot take: move the checkout", at)
			}
			if at != start && at != builtFrom() {
				if err := files.Trusted(at); err != nil {
					return Checkout{}, fmt.Errorf("jupyter: the checkout %w; change into it to use it", err)
				}
			}
			return Checkout{Root: at}, nil
		}
		if at == filepath.Dir(at) {
			return Checkout{}, fmt.Errorf("jupyter: %s is not inside a checkout of %s: change into the folder you cloned", visible.Text(start), Module)
		}
	}
}

// maxText is how many bytes of a checkout's sources and settings are read, far more than any has.
const maxText = 1 << 28

// builtFrom is the folder of the module whose sources this program was built from, "" where the build does not tell.
func builtFrom() string {
	_, file, _, ok := runtime.Caller(0)
	if !ok || !filepath.IsAbs(file) {
		return ""
	}
	root, err := filepath.EvalSymlinks(filepath.Join(filepath.Dir(file), "..", "..", ".."))
	if err != nil {
		return ""
	}
	return root
}

// moduleOf is the module path that the text of a go.mod declares; empty when it declares none.
func moduleOf(text string) string {
	for _, line := range strings.Split(text, "\n") {
		if fields := strings.Fields(line); len(fields) > 1 && fields[0] == "module" {
			return strings.Trim(fields[1], `"`)
		}
	}
	return ""
}

// Path is the path of something the set-up or a run keeps: Root/.kelpie/elem...
func (c Checkout) Path(elem ...string) string {
	return filepath.Join(append([]string{c.Root, ".kelpie"}, elem...)...)
}

// Python is the interpreter of the private virtual environment.
func (c Checkout) Python() string { return c.Path("venv", "bin", "python") }
