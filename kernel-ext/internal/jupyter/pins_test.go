package jupyter_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stophacking/kelpie/kernel-ext/internal/jupyter"
)

var (
	pin  = regexp.MustCompile(`^([a-z0-9]+(?:-[a-z0-9]+)*)==[0-9][0-9a-z.]*$`)
	hash = regexp.MustCompile(`^--hash=sha256:[0-9a-f]{64}$`)
)

// readPins reads a file of pins, and complains about every line that is no exact pin with hashes.
func readPins(t *testing.T, path string) (names []string) {
	t.Helper()
	for line := range strings.Lines(strings.ReplaceAll(read(t, path), "\\\n", " ")) {
		words := strings.Fields(line)
		if len(words) == 0 || words[0] == "#" {
			continue
		}
		match := pin.FindStringSubmatch(words[0])
		if match == nil {
			t.Errorf("%s: %q is no exact pin", path, words[0])
			continue
		}
		hashes := words[1:]
		if len(hashes) == 0 {
			t.Errorf("%s: %s has no hash", path, words[0])
		}
		for i, word := range hashes {
			if !hash.MatchString(word) || slices.Contains(hashes[:i], word) {
				t.Errorf("%s: %s has %q", path, words[0], word)
			}
		}
		names = append(names, match[1])
	}
	if !slices.IsSorted(names) || len(slices.Compact(slices.Clone(names))) < len(names) {
		t.Errorf("%s: not in order, or a package twice", path)
	}
	return names
}

// Every file of pins in the repository names exact versions with the hashes of their files, and nothing else: an index, a
// flag, or a package from elsewhere. What is installed together names no package twice.
func TestPinsHaveHashes(t *testing.T) {
	root, err := filepath.Abs(filepath.Join("..", "..", ".."))
	if err != nil {
		t.Fatal(err)
	}
	var found []string
	err = filepath.WalkDir(root, func(path string, entry os.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && strings.HasPrefix(entry.Name(), "."):
			return filepath.SkipDir
		case !entry.IsDir() && strings.HasPrefix(entry.Name(), "requirements") && filepath.Ext(path) == ".txt":
			name, err := filepath.Rel(root, path)
			found = append(found, name)
			return err
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"kernel-ext/conformance/requirements.txt", "kernel-ext/internal/jupyter/requirements-lab.txt", "kernel-ext/requirements-oracles.txt", "requirements-dev.txt"}
	if !slices.Equal(found, want) {
		t.Errorf("files of pins are %q, want %q", found, want)
	}
	names := map[string][]string{}
	for _, file := range found {
		names[file] = readPins(t, filepath.Join(root, file))
	}
	for _, more := range []string{want[0], want[1]} {
		for _, name := range names[more] {
			if slices.Contains(names["requirements-dev.txt"], name) {
				t.Errorf("%s and requirements-dev.txt both name %s", more, name)
			}
		}
	}
	for _, name := range []string{"nbconvert", "ipykernel"} {
		if !slices.Contains(slices.Concat(names["requirements-dev.txt"], names[want[1]]), name) {
			t.Errorf("%s is not pinned", name)
		}
	}
}

// The set-up has pip check the hashes and build nothing, for each set of pins.
func TestPinsAreInstalledByTheirHashes(t *testing.T) {
	flags := "-m pip install --quiet --disable-pip-version-check --no-user --require-hashes --only-binary :all: -r "
	if got := strings.Join(jupyter.PipInstall("a.txt", "b.txt"), " "); got != flags+"a.txt -r b.txt" {
		t.Errorf("pip is called as %s", got)
	}
	w := newWorld(t)
	if err := w.setup(true); err != nil {
		t.Fatal(err)
	}
	dev := filepath.Join(w.checkout.Root, "requirements-dev.txt")
	for _, call := range []string{flags + dev + "\n", flags + dev + " -r " + w.checkout.Path("venv", "requirements-lab.txt") + "\n"} {
		if !strings.Contains(read(t, w.calls), "python -I "+call) {
			t.Errorf("pip was not called as %s but\n%s", call, read(t, w.calls))
		}
	}
	if got := w.called("python -I -m pip"); got != 2 {
		t.Errorf("pip was called %d times", got)
	}
	// Nowhere else is it called.
	for _, room := range []string{".", filepath.Join("..", "..")} {
		files, err := filepath.Glob(filepath.Join(room, "*.go"))
		if err != nil || len(files) == 0 {
			t.Fatalf("%v, %v", files, err)
		}
		for _, file := range files {
			if text := read(t, file); !strings.HasSuffix(file, "_test.go") && strings.Count(text, `"pip"`) != strings.Count(text, `"-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-user", "--require-hashes", "--only-binary", ":all:"`) {
				t.Errorf("%s calls pip otherwise", file)
			}
		}
	}
}
