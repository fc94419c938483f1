//go:build !windows

package build

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/stophacking/kelpie/analysis/files"
)

// samplePlan is a plan of files in a folder, which all are an hour old.
func samplePlan(t testing.TB, dir string) Plan {
	t.Helper()
	for _, name := range []string{"compile", "link", "fmt-d", "lib/a.go", "lib/a_test.go"} {
		write(t, filepath.Join(dir, name), "package lib\n")
		age(t, filepath.Join(dir, name))
	}
	text := strings.NewReplacer("/usr/local/go/pkg/tool/linux_amd64", dir).Replace(golden(t, "plain.txt"))
	read, err := readTrace(text, goldenFiles)
	if err != nil {
		t.Fatal(err)
	}
	read.linkcfg = "packagefile gonb_12ab34cd=$WORK/b001/_pkg_.a\npackagefile fmt=" + dir + "/fmt-d\npackagefile example.org/lib=" + dir + "/fmt-d\nmodinfo \"x\"\n"
	plan, err := newPlan(read, program{module: "gonb_12ab34cd", local: []module{{"example.org/lib", filepath.Join(dir, "lib")}}}, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	return plan
}

// age makes a file an hour old.
func age(t testing.TB, path string) {
	t.Helper()
	old := time.Now().Add(-time.Hour)
	if err := os.Chtimes(path, old, old); err != nil {
		t.Fatal(err)
	}
}

func TestPlanHolds(t *testing.T) {
	tests := []struct {
		name   string
		change func(dir string)
		holds  bool
	}{
		{"nothing", func(string) {}, true},
		{"a test", func(dir string) { write(t, filepath.Join(dir, "lib/a_test.go"), "package lib // changed\n") }, true},
		{"a folder below", func(dir string) { write(t, filepath.Join(dir, "lib/b/b.go"), "package b\n") }, true},
		{"a package used again", func(dir string) { touch(filepath.Join(dir, "fmt-d")) }, true},
		{"a package gone", func(dir string) { _ = os.Remove(filepath.Join(dir, "fmt-d")) }, false},
		{"half a package", func(dir string) { write(t, filepath.Join(dir, "fmt-d"), "pack") }, false},
		{"another compiler", func(dir string) { touch(filepath.Join(dir, "compile")) }, false},
		{"no linker", func(dir string) { _ = os.Remove(filepath.Join(dir, "link")) }, false},
		{"a source as long as before", func(dir string) { write(t, filepath.Join(dir, "lib/a.go"), "package bil\n") }, false},
		{"a source as old as before", func(dir string) {
			info, _ := os.Stat(filepath.Join(dir, "lib/a.go"))
			write(t, filepath.Join(dir, "lib/a.go"), "package lib // changed\n")
			_ = os.Chtimes(filepath.Join(dir, "lib/a.go"), info.ModTime(), info.ModTime())
		}, false},
		{"a source more", func(dir string) { write(t, filepath.Join(dir, "lib/b.go"), "package lib\n") }, false},
		{"a source renamed", func(dir string) { _ = os.Rename(filepath.Join(dir, "lib/a.go"), filepath.Join(dir, "lib/b.go")) }, false},
		{"a folder gone", func(dir string) { _ = os.RemoveAll(filepath.Join(dir, "lib")) }, false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			dir := t.TempDir()
			plan := samplePlan(t, dir)
			test.change(dir)
			if err := plan.check(); (err == nil) != test.holds {
				t.Errorf("error %v", err)
			}
		})
	}
}

func touch(path string) { _ = os.Chtimes(path, time.Now(), time.Now()) }

func TestNoPlan(t *testing.T) {
	tests := []struct {
		name  string
		lines string // of importcfg.link, %s is the folder
		begun time.Duration
		files map[string]string
		want  error
	}{
		{"a package that is not in the cache", "packagefile fmt=$WORK/b002/_pkg_.a\nmodinfo \"x\"\n", 0, nil, errForeign},
		{"a package of the cell's module", "packagefile gonb_12ab34cd/p=%[1]s/fmt-d\nmodinfo \"x\"\n", 0, nil, errForeign},
		{"no module information", "packagefile fmt=%[1]s/fmt-d\n", 0, nil, errForeign},
		{"a revision", "packagefile fmt=%[1]s/fmt-d\nmodinfo \"build\\tvcs.revision=1\"\n", 0, nil, errForeign},
		{"young sources", "packagefile example.org/lib=%[1]s/fmt-d\nmodinfo \"x\"\n", -time.Hour, nil, errYoung},
		{"embedded files", "packagefile example.org/lib=%[1]s/fmt-d\nmodinfo \"x\"\n", 0, map[string]string{"lib/b.go": "package lib\n\n//go:embed x\nvar x string\n"}, errUnplanned},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			dir := t.TempDir()
			plan := samplePlan(t, dir)
			for name, text := range test.files {
				write(t, filepath.Join(dir, name), text)
				age(t, filepath.Join(dir, name))
			}
			lines := strings.ReplaceAll(test.lines, "%[1]s", dir)
			_, err := newPlan(trace{compile: plan.Compile, link: plan.Link, linkcfg: lines}, program{module: "gonb_12ab34cd", local: []module{{"example.org/lib", filepath.Join(dir, "lib")}}}, time.Now().Add(test.begun))
			if err != test.want {
				t.Errorf("error %v, want %v", err, test.want)
			}
		})
	}
}

func TestPlanFile(t *testing.T) {
	plan := samplePlan(t, t.TempDir())
	text, err := plan.encode()
	if err != nil {
		t.Fatal(err)
	}
	if got, err := decodePlan(text); err != nil || !reflect.DeepEqual(got, plan) {
		t.Errorf("read back %v, %v", got, err)
	}
	for length := range len(text) {
		if _, err := decodePlan(text[:length]); err != errStale {
			t.Errorf("%d bytes of %d: error %v, want %v", length, len(text), err, errStale)
		}
	}
}

func FuzzDecodePlan(f *testing.F) {
	text, err := samplePlan(f, f.TempDir()).encode()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(string(text[strings.IndexByte(string(text), '\n')+1:]))
	f.Fuzz(func(t *testing.T, body string) {
		if _, err := decodePlan([]byte(body)); err == nil {
			t.Error("a plan without its sum")
		}
		plan, err := decodePlan([]byte(magic + condense(body) + "\n" + body))
		if err != nil {
			return
		}
		again, err := plan.encode()
		if err != nil {
			t.Fatal(err)
		}
		if back, err := decodePlan(again); err != nil || fmt.Sprint(back) != fmt.Sprint(plan) {
			t.Errorf("%v became %v, %v", plan, back, err)
		}
	})
}

func TestFolderIsBounded(t *testing.T) {
	f := folder(filepath.Join(t.TempDir(), "plans"))
	plan := samplePlan(t, t.TempDir())
	for i := range maxPlans {
		path := f.path(program{key: fmt.Sprintf("%032x", i)})
		write(t, path, "")
		old := time.Now().Add(-time.Hour + time.Duration(i)*time.Second)
		if err := os.Chtimes(path, old, old); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{"README", "house.plan"} {
		path := filepath.Join(string(f), name)
		write(t, path, "no plan of ours")
		if err := os.Chtimes(path, time.Unix(1e9, 0), time.Unix(1e9, 0)); err != nil {
			t.Fatal(err)
		}
	}
	newest := program{key: strings.Repeat("f", 32)}
	if err := f.keep(newest, plan); err != nil {
		t.Fatal(err)
	}
	plans, _ := filepath.Glob(filepath.Join(string(f), "*"+planSuffix))
	if len(plans) != maxPlans+1 {
		t.Errorf("%d plans, want %d and one of the user", len(plans), maxPlans)
	}
	if _, err := f.find(program{key: strings.Repeat("0", 32)}); err == nil {
		t.Error("the oldest plan is still there")
	}
	if got, err := f.find(newest); err != nil || !reflect.DeepEqual(got, plan) {
		t.Errorf("the newest plan: %v", err)
	}
	for _, name := range []string{"README", "house.plan"} {
		if _, err := os.Stat(filepath.Join(string(f), name)); err != nil {
			t.Error(err)
		}
	}
	plan.Linkcfg = strings.Repeat("x", maxPlan)
	if err := f.keep(program{key: "long"}, plan); err == nil {
		t.Error("kept a plan that is too long")
	}
}

// A link in the place of a plan is not written through, and a pipe not waited for.
func TestFolderFollowsNoLink(t *testing.T) {
	dir := t.TempDir()
	f, p, victim := folder(filepath.Join(dir, "plans")), program{key: strings.Repeat("a", 32)}, filepath.Join(dir, "victim")
	write(t, victim, "precious")
	if err := os.MkdirAll(string(f), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(victim, f.path(p)); err != nil {
		t.Fatal(err)
	}
	if err := f.keep(p, samplePlan(t, t.TempDir())); err != nil {
		t.Fatal(err)
	}
	if text, err := os.ReadFile(victim); err != nil || string(text) != "precious" {
		t.Errorf("the user's file holds %q, %v", text, err)
	}
	if err := os.Remove(f.path(p)); err != nil {
		t.Fatal(err)
	}
	if err := unix.Mkfifo(f.path(p), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := f.find(p); !errors.Is(err, files.ErrNotRegular) {
		t.Errorf("a pipe: %v", err)
	}
}
