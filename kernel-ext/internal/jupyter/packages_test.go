package jupyter_test

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stophacking/kelpie/kernel-ext/internal/jupyter"
)

// publish puts a version of a module into a folder that the go command reads as a module proxy (go.dev/ref/mod,
// "GOPROXY protocol").
func publish(t *testing.T, proxy, path, version, requirements, source string) {
	t.Helper()
	module := "module " + path + "\n\ngo 1.26\n" + requirements
	var archive bytes.Buffer
	w := zip.NewWriter(&archive)
	for name, text := range map[string]string{"go.mod": module, filepath.Base(path) + ".go": source} {
		file, err := w.Create(path + "@" + version + "/" + name)
		if err == nil {
			_, err = file.Write([]byte(text))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	base := filepath.Join(proxy, filepath.FromSlash(path), "@v", version)
	write(t, base+".mod", module)
	write(t, base+".info", fmt.Sprintf(`{"Version":%q}`, version))
	write(t, base+".zip", archive.String())
}

// A shop is a checkout, and a proxy beside it, as the go command itself sees them.
func newShop(t *testing.T) (c jupyter.Checkout, proxy string) {
	t.Helper()
	root, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	c, proxy = jupyter.Checkout{Root: filepath.Join(root, "kel pie")}, filepath.Join(root, "proxy")
	cache := filepath.Join(root, "cache")
	t.Cleanup(func() {
		// The go command writes its module cache read-only.
		_ = filepath.WalkDir(cache, func(path string, entry fs.DirEntry, err error) error {
			if err == nil && entry.IsDir() {
				_ = os.Chmod(path, 0o755)
			}
			return nil
		})
	})
	for name, value := range map[string]string{"GOPROXY": "file://" + proxy, "GOSUMDB": "off", "GOMODCACHE": cache, "GOFLAGS": "", "GOWORK": "", "GONOPROXY": "", "GOPRIVATE": ""} {
		t.Setenv(name, value)
	}
	publish(t, proxy, "example.test/base", "v1.0.0", "", "package base\n\nconst Text = \"base 1.0\"\n")
	publish(t, proxy, "example.test/base", "v1.1.0", "", "package base\n\nconst Text = \"base 1.1\"\n")
	publish(t, proxy, "example.test/greet", "v1.0.0", "\nrequire example.test/base v1.0.0\n", "package greet\n\nimport \"example.test/base\"\n\nfunc Text() string { return \"greet 1.0 on \" + base.Text }\n")
	publish(t, proxy, "example.test/greet", "v1.2.0", "\nrequire example.test/base v1.1.0\n", "package greet\n\nimport \"example.test/base\"\n\nfunc Text() string { return \"greet 1.2 on \" + base.Text }\n")
	publish(t, proxy, "example.test/old", "v0.1.0", "", "package old\n")
	write(t, filepath.Join(c.Root, "go.mod"), "module "+jupyter.Module+"\n\ngo 1.26\n\nrequire example.test/base v1.0.0\n")
	write(t, filepath.Join(c.Root, "analysis", "analysis.go"), "package analysis\n\nimport \"example.test/base\"\n\nconst Text = base.Text\n")
	write(t, filepath.Join(c.Root, "plots", "plots.go"), "package plots\n")
	write(t, filepath.Join(c.Root, "kernel-ext", "nb", "nb.go"), "package nb\n")
	command := exec.Command("go", "mod", "download", "all")
	command.Dir = c.Root
	if out, err := command.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if out, err := exec.Command("go", "-C", c.Root, "mod", "tidy").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return c, proxy
}

// runCell builds a program as a kernel would, without the network, and returns what it prints.
func runCell(t *testing.T, c jupyter.Checkout, imports, statement string) (string, error) {
	t.Helper()
	dir := t.TempDir()
	write(t, filepath.Join(dir, "go.mod"), "module gonb_cell\n\ngo 1.26\n")
	write(t, filepath.Join(dir, "main.go"), "package main\n\nimport (\n"+imports+"\n)\n\nfunc main() { "+statement+" }\n")
	for _, args := range [][]string{{"work", "init"}, {"work", "use", ".", c.Root, c.SessionFolder()}} {
		command := exec.Command("go", args...)
		command.Dir = dir
		if out, err := command.CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
	}
	command := exec.Command("go", "run", ".")
	command.Dir, command.Env = dir, append(os.Environ(), "GOPROXY=off")
	out, err := command.CombinedOutput()
	return string(out), err
}

func TestAddPackages(t *testing.T) {
	c, proxy := newShop(t)
	before := read(t, filepath.Join(c.Root, "go.mod")) + read(t, filepath.Join(c.Root, "go.sum"))
	log := func(string, ...any) {}
	greet := func(version string) jupyter.Package {
		return jupyter.Package{Path: "example.test/greet", Version: version}
	}
	cell := func(want string) {
		t.Helper()
		got, err := runCell(t, c, "\"example.test/greet\"\n\""+jupyter.Module+"/analysis\"", `println(greet.Text(), "and", analysis.Text)`)
		if err != nil || strings.TrimSpace(got) != want {
			t.Errorf("a cell printed %q, %v; want %q", got, err, want)
		}
	}

	added, raised, err := jupyter.AddPackages(t.Context(), c, log, greet("v1.0.0"))
	if err != nil || len(raised) != 0 || !slices.Equal(added, []jupyter.Package{greet("v1.0.0")}) {
		t.Fatalf("added %v, raised %q, %v", added, raised, err)
	}
	cell("greet 1.0 on base 1.0 and base 1.0")

	// A newer version takes the place of the old one, and brings a newer requirement.
	added, raised, err = jupyter.AddPackages(t.Context(), c, log, greet("v1.2.0"), jupyter.Package{Path: "example.test/old", Version: "v0.1.0"})
	if err != nil || len(added) != 2 || !slices.Equal(raised, []string{"example.test/base v1.0.0 -> v1.1.0"}) {
		t.Fatalf("added %v, raised %q, %v", added, raised, err)
	}
	cell("greet 1.2 on base 1.1 and base 1.1")

	// What the module cache holds needs no proxy any more.
	if err := os.Rename(proxy, proxy+" is gone"); err != nil {
		t.Fatal(err)
	}
	if _, _, err := jupyter.AddPackages(t.Context(), c, log, greet("v1.0.0")); err != nil {
		t.Error(err)
	}
	if err := jupyter.RemovePackages(t.Context(), c, log, "example.test/old"); err != nil {
		t.Error(err)
	}
	all, err := jupyter.Packages(c)
	if err != nil || !slices.Equal(all, []jupyter.Package{greet("v1.0.0")}) {
		t.Errorf("list %v, %v", all, err)
	}
	cell("greet 1.0 on base 1.0 and base 1.0")

	if err := jupyter.RemovePackages(t.Context(), c, log, "example.test/greet"); err != nil {
		t.Error(err)
	}
	if got, err := runCell(t, c, `_ "example.test/greet"`, ""); err == nil || !strings.Contains(got, "example.test/greet") {
		t.Errorf("a removed module can still be imported: %q", got)
	}
	if after := read(t, filepath.Join(c.Root, "go.mod")) + read(t, filepath.Join(c.Root, "go.sum")); after != before {
		t.Errorf("go.mod or go.sum of the checkout changed:\n%s", after)
	}
}

func TestAddPackagesThatCannotBe(t *testing.T) {
	c, proxy := newShop(t)
	publish(t, proxy, "example.test/newer", "v1.0.0", "", "package newer\n")
	mod := filepath.Join(proxy, "example.test", "newer", "@v", "v1.0.0.mod")
	write(t, mod, strings.Replace(read(t, mod), "go 1.26", "go 1.99", 1))
	evil := filepath.Join(t.TempDir(), "evil")
	write(t, evil, "#!/bin/sh\necho ran > \"$0.ran\"\nexec \"$@\"\n")
	if err := os.Chmod(evil, 0o755); err != nil {
		t.Fatal(err)
	}
	log := func(string, ...any) {}
	if _, _, err := jupyter.AddPackages(t.Context(), c, log, jupyter.Package{Path: "example.test/old", Version: "v0.1.0"}); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct{ path, version, err string }{
		{"example.test/none", "v1.0.0", "needs the network once"},
		{"example.test/greet", "v9.9.9", "pkg.go.dev"},
		{"example.test/newer", "v1.0.0", "newer Go"},
		{jupyter.Module, "v1.0.0", "is this checkout"},
		{"-toolexec=" + evil, "v1.0.0", "leading dash"},
		{"-overlay=x", "latest", "leading dash"},
		{"example.test/...", "v1.0.0", "names no module"},
		{"./analysis", "v1.0.0", "names no module"},
		{"example.test/greet", "v1.0.0 -toolexec=" + evil, "asks for no version"},
		{"example.test/greet", "v1.0.0\n-toolexec=" + evil, "asks for no version"},
		{"example.test/greet", "-x", "asks for no version"},
		{"example.test/greet", "", "asks for no version"},
	} {
		_, _, err := jupyter.AddPackages(t.Context(), c, log, jupyter.Package{Path: test.path, Version: test.version})
		if err == nil || !strings.Contains(err.Error(), test.err) {
			t.Errorf("%s@%s: error %v, want %q", test.path, test.version, err, test.err)
		}
	}
	if err := jupyter.RemovePackages(t.Context(), c, log, "example.test/greet"); err == nil || !strings.Contains(err.Error(), "add --list") {
		t.Errorf("error %v", err)
	}
	if all, err := jupyter.Packages(c); err != nil || len(all) != 1 {
		t.Errorf("after failures: %v, %v", all, err)
	}
	// Nor does the list of what was added before, which somebody else may have written.
	list := filepath.Join(c.SessionFolder(), "added.txt")
	good := read(t, list)
	for _, bad := range []string{"-toolexec=" + evil + "@v1.0.0", "-toolexec=" + evil, "example.test/greet@latest", "example.test/greet@v1.0.0 -x@v1.0.0"} {
		write(t, list, good+bad+"\n")
		if _, err := jupyter.Packages(c); err == nil || !strings.Contains(err.Error(), list+":2: ") {
			t.Errorf("%q: listing: %v", bad, err)
		}
		_, _, err := jupyter.AddPackages(t.Context(), c, log, jupyter.Package{Path: "example.test/greet", Version: "v1.0.0"})
		if err == nil || !strings.Contains(err.Error(), list+":2: ") {
			t.Errorf("%q: adding: %v", bad, err)
		}
	}
	write(t, list, good)
	if _, err := os.Stat(evil + ".ran"); err == nil {
		t.Error("a name made the go command run a program")
	}
	if left, _ := filepath.Glob(c.Path("run", "*")); len(left) != 0 {
		t.Errorf("left behind: %q", left)
	}
}
