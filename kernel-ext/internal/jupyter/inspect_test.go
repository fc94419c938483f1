package jupyter_test

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stophacking/kelpie/kernel-ext/internal/jupyter"
	"github.com/stophacking/kelpie/kernel-ext/internal/owner"
)

var update = flag.Bool("update", false, "write the golden files anew")

func TestInspect(t *testing.T) {
	w := newWorld(t)
	before := jupyter.Inspect(t.Context(), w.checkout)
	if before.Ready() {
		t.Error("ready before the set-up")
	}
	if err := w.setup(false); err != nil {
		t.Fatal(err)
	}
	write(t, w.checkout.Path("store", "value"), strings.Repeat("x", 200_000))
	after := jupyter.Inspect(t.Context(), w.checkout)
	if !after.Ready() {
		t.Error("not ready after the set-up")
	}
	t.Setenv("GO_VERSION", "go1.25.0")
	t.Setenv("PYTHON_VERSION", "3.9.1")
	onlyTools(w)
	broken := jupyter.Inspect(t.Context(), w.checkout)
	if broken.Ready() {
		t.Error("ready with a Go and a Python that are too old")
	}
	got := "before the set-up\n\n" + before.String() + "\n\nafter it\n\n" + after.String() + "\n\nwith other programs\n\n" + broken.String() + "\n"
	got = strings.ReplaceAll(got, filepath.Dir(w.checkout.Root), "/home/ann")
	golden := filepath.Join("testdata", "inspect.txt")
	if *update {
		if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if !owner.KnowsTCP {
		t.Skip("the golden file is of a system that says whose a connection is")
	}
	if want := read(t, golden); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}
