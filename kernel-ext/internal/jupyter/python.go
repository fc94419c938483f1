package jupyter

import (
	"bytes"
	"context"
	_ "embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/stophacking/kelpie/analysis/files"
	"github.com/stophacking/kelpie/analysis/visible"
	"github.com/stophacking/kelpie/kernel-ext/internal/process"
	"github.com/stophacking/kelpie/kernel-ext/internal/scratch"
)

//go:embed requirements-lab.txt
var labRequirements string

// oldestPython is the oldest minor version of Python 3 that the pins hold for.
const oldestPython = 10

const pythonRemedy = "install Python 3.10 or newer with its venv module (Debian, Ubuntu: apt install python3-venv; Fedora: dnf install python3; macOS: brew install python3)"

const networkRemedy = "The first set-up needs the network. Behind a proxy or a mirror, the usual variables hold: HTTPS_PROXY, PIP_INDEX_URL, GOPROXY. Then call it again: it goes on where it stopped."

const wheelsRemedy = "Nothing is built: the packages come as wheels, which there are for Python 3.10 to 3.14 on Linux and macOS. For a newer Python, put one of these before it on PATH."

// pythonFree are variables that would let a Python look for its modules elsewhere than in its own folders.
var pythonFree = []string{"PYTHONHOME", "PYTHONPATH", "PYTHONSTARTUP", "VIRTUAL_ENV", "__PYVENV_LAUNCHER__"}

// venv makes the virtual environment from requirements-dev.txt.
func (s setup) venv(ctx context.Context) error {
	pins, err := digestFiles(filepath.Join(s.Root, "requirements-dev.txt"))
	if err != nil {
		return err
	}
	// The environment's own interpreter goes when the Python it was made from is removed or replaced.
	version, err := pythonVersion(ctx, s.Python())
	if err == nil && s.stamped("venv") == digest(pins, version) {
		return nil
	}
	base, version, err := findPython(ctx)
	if err != nil {
		return err
	}
	never := func() bool { return false }
	// JupyterLab lies in the same environment, which is made anew.
	_ = os.Remove(s.Path("stamps", "lab"))
	return s.ensure("venv", digest(pins, version), never, "installing nbconvert into .kelpie/venv (Python "+version+")", 200, func() error {
		if err := ClearVenv(s.Path("venv")); err != nil {
			return err
		}
		// -I: no module of the folder that the user happens to be in is taken for Python's.
		err := s.run(ctx, process.Command{Args: []string{base, "-I", "-m", "venv", s.Path("venv")}, Unset: pythonFree})
		if err != nil {
			return remedy(err, "making the virtual environment", "If the message speaks of ensurepip: "+pythonRemedy+".")
		}
		if err := s.pip(ctx, filepath.Join(s.Root, "requirements-dev.txt")); err != nil {
			return err
		}
		return s.stamp("place", s.Path("venv"))
	})
}

// venvMark is the file that makes a folder a virtual environment.
const venvMark = "pyvenv.cfg"

// ClearVenv makes room for a virtual environment: it removes the one that is at the path, and makes a folder that counts
// as one, however soon the set-up ends. Anything else that is there, a link too, is an error, and stays; Python's own
// venv --clear would empty it.
func ClearVenv(path string) error {
	if entries, err := os.ReadDir(path); err == nil && len(entries) > 0 && !exists(filepath.Join(path, venvMark)) {
		return fmt.Errorf("jupyter: %s is no virtual environment, and so not of Kelpie's making: move it away", visible.Text(path))
	}
	if err := scratch.RemoveAll(path, venvMark); err != nil {
		return fmt.Errorf("jupyter: making room for a virtual environment: %w", err)
	}
	return WriteFile(filepath.Join(path, venvMark), nil)
}

// PipInstall is what an interpreter is asked to install the pins in some files. What pip is given is what was pinned, whatever
// the user's settings name for an index: each file has to have one of the pins' hashes, and nothing is built, which would
// run code and fetch more that is not pinned.
func PipInstall(files ...string) []string {
	args := []string{"-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-user", "--require-hashes", "--only-binary", ":all:"}
	for _, file := range files {
		args = append(args, "-r", file)
	}
	return args
}

// pip installs pins into the virtual environment, from where the user's settings say.
func (s setup) pip(ctx context.Context, files ...string) error {
	args := append([]string{s.Python(), "-I"}, PipInstall(files...)...)
	return remedy(s.run(ctx, process.Command{Args: args, Unset: pythonFree}), "pip could not install the pinned packages", networkRemedy+"\n"+wheelsRemedy)
}

// jupyterLab adds JupyterLab to the virtual environment.
func (s setup) jupyterLab(ctx context.Context) error {
	from := digest(s.stamped("venv"), labRequirements)
	return s.ensure("lab", from, func() bool { return true }, "installing JupyterLab into .kelpie/venv", 400, func() error {
		pins := s.Path("venv", "requirements-lab.txt")
		if err := WriteFile(pins, []byte(labRequirements)); err != nil {
			return err
		}
		return s.pip(ctx, filepath.Join(s.Root, "requirements-dev.txt"), pins)
	})
}

// relocate mends the scripts of a virtual environment whose checkout was moved: they name their interpreter by its full
// path. The environment itself finds its modules beside it.
func (s setup) relocate(context.Context) error {
	old, now := s.stamped("place"), s.Path("venv")
	if old == now || old == "" {
		return nil
	}
	s.log("the checkout was moved; mending the paths in .kelpie/venv")
	entries, err := os.ReadDir(s.Path("venv", "bin"))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("jupyter: %w", err)
	}
	for _, entry := range entries {
		script := s.Path("venv", "bin", entry.Name())
		about, err := os.Lstat(script)
		if err != nil || !about.Mode().IsRegular() {
			continue
		}
		text, err := files.Read(script, maxText)
		if err != nil || !bytes.Contains(text, []byte(old)) || bytes.IndexByte(text, 0) >= 0 {
			continue
		}
		if err := files.Write(script, bytes.ReplaceAll(text, []byte(old), []byte(now)), about.Mode()); err != nil {
			return fmt.Errorf("jupyter: %w", err)
		}
	}
	return s.stamp("place", now)
}

// findPython looks for an interpreter that can make the virtual environment, and returns its path and version.
func findPython(ctx context.Context) (path, version string, err error) {
	var problem error
	for _, name := range []string{"python3", "python3.14", "python3.13", "python3.12", "python3.11", "python3.10"} {
		if _, err := exec.LookPath(name); err != nil {
			continue
		}
		version, err := pythonVersion(ctx, name)
		switch {
		case err != nil:
			err = fmt.Errorf("jupyter: %s does not run (%w): %s", visible.Text(name), err, pythonRemedy)
		case tooOld(version, 3, oldestPython):
			err = fmt.Errorf("jupyter: %s is Python %s, too old: %s", visible.Text(name), version, pythonRemedy)
		default:
			// Debian ships venv without ensurepip, and then fails half-way.
			path, asking := askPython(ctx, name, "import venv, ensurepip, sys; print(sys.executable)")
			if asking == nil {
				return path, version, nil
			}
			err = fmt.Errorf("jupyter: %s has no venv module: %s", visible.Text(name), pythonRemedy)
		}
		if ctx.Err() != nil {
			return "", "", fmt.Errorf("jupyter: looking for Python: %w", ctx.Err())
		}
		if problem == nil {
			problem = err
		}
	}
	if problem == nil {
		problem = errors.New("jupyter: there is no python3 on PATH: " + pythonRemedy)
	}
	return "", "", problem
}

// pythonVersion is the version of an interpreter, as in 3.11.7.
func pythonVersion(ctx context.Context, python string) (string, error) {
	return askPython(ctx, python, `import sys; print("%d.%d.%d" % sys.version_info[:3])`)
}

// askPython runs one line of Python and returns what it prints.
func askPython(ctx context.Context, python, line string) (string, error) {
	var answer bytes.Buffer
	err := process.Run(ctx, process.Command{Args: []string{python, "-c", line}, Stdout: &answer, Unset: pythonFree})
	return strings.TrimSpace(answer.String()), err
}

// tooOld says whether a dotted version lies before major.minor; one that is no version counts as too old.
func tooOld(version string, major, minor int) bool {
	var have [2]int
	if _, err := fmt.Sscanf(version, "%d.%d", &have[0], &have[1]); err != nil {
		return true
	}
	return have[0] < major || have[0] == major && have[1] < minor
}
