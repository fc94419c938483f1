package toniot_test

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stophacking/kelpie/analysis"
	"github.com/stophacking/kelpie/analysis/toniot"
)

func touch(t *testing.T, dir string, names ...string) {
	t.Helper()
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("ts\n"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

func TestFindIn(t *testing.T) {
	for _, test := range []struct {
		name     string
		files    []string
		activity toniot.Activity
		want     []string
	}{
		{"course", []string{"linux_process_2.csv", "linux_process_1.csv", "linux_memory_1.csv"}, toniot.ProcessActivity,
			[]string{"linux_process_1.csv", "linux_process_2.csv"}},
		{"TON_IoT process", []string{"Linux_process_1.csv", "Linux_process_2.csv"}, toniot.ProcessActivity,
			[]string{"Linux_process_1.csv", "Linux_process_2.csv"}},
		{"TON_IoT memory", []string{"linux_memory1.csv", "linux_memory2.csv"}, toniot.MemoryActivity,
			[]string{"linux_memory1.csv", "linux_memory2.csv"}},
		{"mixed", []string{"Linux_memory_2.csv", "LINUX_MEMORY1.CSV"}, toniot.MemoryActivity, []string{"LINUX_MEMORY1.CSV", "Linux_memory_2.csv"}},
		{"by number", []string{"linux_memory_10.csv", "linux_memory_9.csv"}, toniot.MemoryActivity, []string{"linux_memory_9.csv", "linux_memory_10.csv"}},
		{"others", []string{"linux_process_1.csv", "linux_process_1.csv.partial", "linux_process.csv", "linux_process_1a.csv",
			"linux_disk_1.csv", "my_linux_process_2.csv", "linux_process_-1.csv"}, toniot.ProcessActivity, []string{"linux_process_1.csv"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			dir := t.TempDir()
			touch(t, dir, test.files...)
			touch(t, filepath.Join(dir, "linux_process_7.csv"), "x") // a directory is no file
			got, err := toniot.FindIn(dir, test.activity)
			if err != nil {
				t.Fatal(err)
			}
			for i := range got {
				got[i] = strings.TrimPrefix(got[i], dir+string(filepath.Separator))
			}
			if !slices.Equal(got, test.want) {
				t.Errorf("found %v, want %v", got, test.want)
			}
		})
	}
}

func TestFindInErrors(t *testing.T) {
	dir := t.TempDir()
	for _, d := range []string{dir, filepath.Join(dir, "none")} {
		if _, err := toniot.FindIn(d, toniot.MemoryActivity); !errors.Is(err, fs.ErrNotExist) || !strings.Contains(err.Error(), d) {
			t.Errorf("%s: %v", d, err)
		}
	}
	touch(t, dir, "linux_memory_1.csv", "Linux_memory1.csv")
	if _, err := toniot.FindIn(dir, toniot.MemoryActivity); err == nil || !strings.Contains(err.Error(), "both") {
		t.Errorf("two files with one number: %v", err)
	}
}

func TestFind(t *testing.T) {
	root := t.TempDir()
	touch(t, filepath.Join(root, ".kelpie", "data"), "linux_process_1.csv")
	deep := filepath.Join(root, "notebooks", "deep")
	touch(t, deep)
	t.Chdir(deep)

	t.Setenv(toniot.DataVariable, "")
	paths, err := toniot.Find(toniot.ProcessActivity)
	if err != nil || len(paths) != 1 || filepath.Base(filepath.Dir(paths[0])) != "data" {
		t.Errorf("upward: %v, %v", paths, err)
	}
	other := t.TempDir()
	touch(t, other, "Linux_process_1.csv")
	t.Setenv(toniot.DataVariable, other)
	paths, err = toniot.Find(toniot.ProcessActivity)
	if err != nil || len(paths) != 1 || filepath.Dir(paths[0]) != other {
		t.Errorf("%s: %v, %v", toniot.DataVariable, paths, err)
	}
	if _, err := toniot.Find(toniot.MemoryActivity); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("no memory files: %v", err)
	}
}

func TestIdentify(t *testing.T) {
	dir := t.TempDir()
	generate(t, toniot.Generation{Dir: dir, Seed: 3, Scale: .001})
	path := filepath.Join(dir, "linux_process_1.csv")
	check := func(what string, identify func(string) (toniot.Origin, error), path, want string) {
		t.Helper()
		o, err := identify(path)
		if err != nil || o.String() != want {
			t.Errorf("%s: %q, %v; want %q", what, o, err, want)
		}
	}
	const stand = "synthetic stand-in (seed 3, scale 0.001), not TON_IoT data"
	check("stand-in", toniot.Identify, path, stand)
	check("stand-in, thoroughly", toniot.IdentifyThoroughly, path, stand)

	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	text[len(text)/2] ^= 1
	if err := os.WriteFile(path, text, 0o644); err != nil {
		t.Fatal(err)
	}
	check("changed", toniot.IdentifyThoroughly, path, "unknown origin: synthetic.json lists linux_process_1.csv with another checksum")
	if err := os.WriteFile(path, text[:100], 0o644); err != nil {
		t.Fatal(err)
	}
	o, err := toniot.Identify(path)
	if err != nil || o.Kind != toniot.UnknownOrigin || !strings.Contains(o.Reason, "it has 100") {
		t.Errorf("cut: %v, %v", o, err)
	}

	touch(t, dir, "linux_memory_7.csv")
	check("not listed", toniot.Identify, filepath.Join(dir, "linux_memory_7.csv"), "unknown origin: neither the stand-in nor a known TON_IoT file")
	if _, err := toniot.Identify(filepath.Join(dir, "none.csv")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("no file: %v", err)
	}
}

// A file of the right size whose hash begins as published is TON_IoT data. The
// real files are not at hand, so the hash of an empty stretch stands for theirs.
func TestIdentifyTONIoT(t *testing.T) {
	path := filepath.Join(t.TempDir(), "Linux_process_1.csv")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := f.Truncate(61_000_000); err != nil {
		t.Fatal(err)
	}
	sum := sha256.New()
	if _, err := io.Copy(sum, f); err != nil {
		t.Fatal(err)
	}
	if o, err := toniot.Identify(path); err != nil || o.Kind != toniot.UnknownOrigin {
		t.Errorf("%v, %v", o, err)
	}
	defer toniot.KnowHash(hex.EncodeToString(sum.Sum(nil))[:16])()
	o, err := toniot.Identify(path)
	if err != nil || o.Kind != toniot.TONIoTOrigin || o.String() != "TON_IoT data (Linux_process_1.csv, by checksum)" {
		t.Errorf("%v, %v", o, err)
	}
	if err := f.Truncate(1000); err != nil {
		t.Fatal(err)
	}
	if o, err := toniot.Identify(path); err != nil || o.Kind != toniot.UnknownOrigin {
		t.Errorf("a file of another size: %v, %v", o, err)
	}
}

func TestOriginsSayOneSentence(t *testing.T) {
	a := toniot.Origin{Path: "a.csv", Kind: toniot.SyntheticOrigin, Seed: 1, Scale: 1}
	b := a
	b.Path = "b.csv"
	if got, want := (toniot.Origins{a, b}).String(), "synthetic stand-in (seed 1, scale 1), not TON_IoT data"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	b.Kind = toniot.UnknownOrigin
	want := "a.csv: synthetic stand-in (seed 1, scale 1), not TON_IoT data\nb.csv: unknown origin: neither the stand-in nor a known TON_IoT file"
	if got := (toniot.Origins{a, b}).String(); got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

// Data that somebody else could have put above the working directory is not read, and
// finding it, telling its origin and reading it all say whose it is and what accepts it.
func TestFindRefusesWhatOthersCouldPlant(t *testing.T) {
	for name, change := range map[string]func(root string) error{
		"writable for all":        func(root string) error { return os.Chmod(filepath.Join(root, ".kelpie"), 0o777) },
		"data others may add to":  func(root string) error { return os.Chmod(filepath.Join(root, ".kelpie", "data"), 0o1777|fs.ModeSticky) },
		"a checkout of uid 1000":  func(root string) error { return os.Chown(filepath.Join(root, ".kelpie"), 1000, 1000) },
		"in a folder of uid 1000": func(root string) error { return os.Chown(root, 1000, 1000) },
	} {
		t.Run(name, func(t *testing.T) {
			root, err := filepath.EvalSymlinks(t.TempDir())
			if err != nil {
				t.Fatal(err)
			}
			data := filepath.Join(root, ".kelpie", "data")
			touch(t, data, "linux_process_1.csv")
			t.Chdir(root)
			t.Setenv(toniot.DataVariable, "")
			if err := change(root); errors.Is(err, fs.ErrPermission) {
				t.Skip("only root gives files away")
			} else if err != nil {
				t.Fatal(err)
			}
			_, found := toniot.Find(toniot.ProcessActivity)
			_, origin := toniot.OriginOf(toniot.Process)
			paths := toniot.Files(toniot.Process)
			_, read := analysis.NewSession(analysis.Config{}).ReadCSV(toniot.Process, paths...).Count()
			for what, err := range map[string]error{"find": found, "origin": origin, "read": read} {
				if err == nil || !strings.Contains(err.Error(), data) || !strings.Contains(err.Error(), "mode d") || !strings.Contains(err.Error(), "set KELPIE_DATA="+data) {
					t.Errorf("%s: %v", what, err)
				}
			}
			if len(paths) > 0 {
				t.Errorf("files %q", paths)
			}
			t.Setenv(toniot.DataVariable, data) // named, it is used
			if paths, err := toniot.Find(toniot.ProcessActivity); err != nil || len(paths) != 1 {
				t.Errorf("named: %q, %v", paths, err)
			}
		})
	}
}

// A planted .kelpie does not hide the user's own, which is nearer.
func TestFindTakesTheNearest(t *testing.T) {
	root := t.TempDir()
	touch(t, filepath.Join(root, ".kelpie", "data"), "linux_process_1.csv")
	if err := os.Chmod(filepath.Join(root, ".kelpie"), 0o777); err != nil {
		t.Fatal(err)
	}
	touch(t, filepath.Join(root, "mine", ".kelpie", "data"), "linux_process_1.csv")
	t.Chdir(filepath.Join(root, "mine"))
	t.Setenv(toniot.DataVariable, "")
	if paths, err := toniot.Find(toniot.ProcessActivity); err != nil || !strings.Contains(paths[0], "mine") {
		t.Errorf("%q, %v", paths, err)
	}
}
