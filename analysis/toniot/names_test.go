package toniot_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/stophacking/kelpie/analysis/toniot"
	"github.com/stophacking/kelpie/analysis/visible/visibletest"
)

// Names of folders and files are seen in errors about the data.
func TestErrorsShowFolders(t *testing.T) {
	for _, name := range visibletest.Files {
		dir := filepath.Join(t.TempDir(), name)
		touch(t, dir, "linux_memory_1.csv", "Linux_memory1.csv", "linux_process_1.csv")
		pipe, odd := filepath.Join(dir, "pipe"), filepath.Join(t.TempDir(), name)
		if err := errors.Join(unix.Mkfifo(pipe, 0o600), os.Mkdir(odd, 0o700), os.WriteFile(filepath.Join(odd, "synthetic.json"), []byte("{}"), 0o600)); err != nil {
			t.Fatal(err)
		}
		file := filepath.Join(t.TempDir(), name)
		if err := os.WriteFile(file, nil, 0o600); err != nil {
			t.Fatal(err)
		}
		find := func(dir string, a toniot.Activity) error {
			_, err := toniot.FindIn(dir, a)
			return err
		}
		identify := func(path string) error {
			_, err := toniot.Identify(path)
			return err
		}
		generate := func(dir string) error {
			_, err := toniot.Generate(t.Context(), toniot.Generation{Dir: dir, Scale: .001})
			return err
		}
		t.Setenv(toniot.DataVariable, dir)
		_, named := toniot.Find(toniot.MemoryActivity)
		_, report := toniot.Report(t.Context(), dir)
		for what, err := range map[string]error{
			"two of one number": find(dir, toniot.MemoryActivity), "the same, named": named, "none": find(filepath.Join(dir, name), toniot.ProcessActivity),
			"a file": find(file, toniot.ProcessActivity), "no file": identify(filepath.Join(dir, name)), "a pipe": identify(pipe),
			"foreign data": generate(dir), "a foreign description": generate(odd), "a folder that is a file": generate(file), "a report": report,
		} {
			if err == nil {
				t.Errorf("%s: no error about %+q", what, name)
				continue
			}
			visibletest.Check(t, err.Error(), name)
		}
	}
}
