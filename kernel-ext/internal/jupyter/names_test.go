package jupyter_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stophacking/kelpie/analysis/visible/visibletest"
	"github.com/stophacking/kelpie/kernel-ext/internal/jupyter"
	"github.com/stophacking/kelpie/kernel-ext/internal/notebook"
)

// Names of folders and files are seen in errors about them.
func TestErrorsShowNames(t *testing.T) {
	for _, name := range visibletest.Files {
		dir := filepath.Join(t.TempDir(), name)
		if err := os.MkdirAll(dir, 0o755); err != nil {
			t.Fatal(err)
		}
		file := filepath.Join(dir, name)
		write(t, file, "{")
		_, outside := jupyter.Find(dir)
		_, broken := notebook.Load(file)
		for what, err := range map[string]error{
			"no checkout": outside, "no notebook": broken, "no space": jupyter.NeedSpace(dir, 1<<40, "the moon"),
			"a failed cell":     &jupyter.Failure{Notebook: name, Cell: 1, Reason: "no"},
			"a failed notebook": &jupyter.Failure{Notebook: name, Reason: "no"},
		} {
			if err == nil {
				t.Errorf("%s: no error about %+q", what, name)
				continue
			}
			visibletest.Check(t, err.Error(), name)
		}
	}
}
