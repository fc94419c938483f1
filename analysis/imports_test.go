package analysis_test

import (
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/stophacking/kelpie/"

// cellPackages are what a notebook cell imports.
var cellPackages = []string{"analysis", "analysis/ml", "analysis/eval", "analysis/exchange", "analysis/toniot", "plots", "kernel-ext/nb"}

// dependencies returns the packages that the given ones link, themselves
// included, built with the given tags.
func dependencies(t *testing.T, tags string, packages ...string) []string {
	t.Helper()
	args := []string{"list", "-deps", "-tags=" + tags}
	for _, p := range packages {
		args = append(args, module+p)
	}
	out, err := exec.Command("go", args...).Output()
	if err != nil {
		t.Fatalf("go %s: %v", strings.Join(args, " "), err)
	}
	return strings.Fields(string(out))
}

// Cells are linked anew each time they run, so what they import has to stay light.
func TestCellsLinkNothingHeavy(t *testing.T) {
	for _, p := range cellPackages {
		for _, d := range dependencies(t, "", p) {
			for _, heavy := range []string{
				"net/http", "html/template", "github.com/apache/arrow/go/v15/arrow/compute",
				"github.com/apache/arrow/go/v15/parquet", "k8s.io/klog", "google.golang.org/grpc",
				"github.com/segmentio/kafka-go", "github.com/janpfeifer/gonb/gonbui",
			} {
				if (d == heavy || strings.HasPrefix(d, heavy+"/")) && d != "github.com/janpfeifer/gonb/gonbui/protocol" {
					t.Errorf("%s links %s", p, d)
				}
			}
		}
	}
}

// A cell that reads, caches, describes and shows links to less than 10 MB. (One
// platform stands for all: the size differs between them.)
func TestCellBinaryIsSmall(t *testing.T) {
	if runtime.GOOS != "linux" || runtime.GOARCH != "amd64" {
		t.Skip("measured on linux/amd64")
	}
	folder := t.TempDir()
	cell, overlay, binary := filepath.Join(folder, "main.go"), filepath.Join(folder, "overlay.json"), filepath.Join(folder, "cell")
	const source = `package main

import (
	"github.com/stophacking/kelpie/analysis"
	"github.com/stophacking/kelpie/analysis/toniot"
	"github.com/stophacking/kelpie/kernel-ext/nb"
)

func main() {
	session := analysis.NewSession(analysis.Config{})
	nb.Show(session.ReadCSV(toniot.Memory, toniot.Files(toniot.Memory)...).Cache().Describe())
}
`
	here, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	// The cell is a package of this module that is in no folder of it.
	inModule, err := json.Marshal(map[string]map[string]string{"Replace": {filepath.Join(here, "cell", "main.go"): cell}})
	if err == nil {
		err = errors.Join(os.WriteFile(cell, []byte(source), 0o600), os.WriteFile(overlay, inModule, 0o600))
	}
	if err != nil {
		t.Fatal(err)
	}
	build := exec.Command("go", "build", "-overlay", overlay, "-ldflags=-w", "-o", binary, "./cell")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	info, err := os.Stat(binary)
	if err != nil {
		t.Fatal(err)
	}
	if info.Size() >= 10e6 {
		t.Errorf("the cell links to %d bytes", info.Size())
	}
}

// Without its drivers a package says what is to be done and links nothing that
// does it.
func TestVocabularyImportsNoEngine(t *testing.T) {
	engines := []string{"analysis/internal/local", "analysis/internal/csv", "analysis/internal/store", "analysis/internal/tree", "analysis/internal/score", "plots/gonum"}
	for _, p := range cellPackages {
		deps := dependencies(t, "nodrivers", p)
		for _, engine := range engines {
			if slices.Contains(deps, module+engine) {
				t.Errorf("%s imports %s without its drivers", p, engine)
			}
		}
	}
	// Arrow comes with the engine that keeps values, and with the door for it.
	for _, d := range dependencies(t, "nodrivers", "analysis") {
		if strings.HasPrefix(d, "github.com/apache/arrow/") {
			t.Errorf("analysis imports %s without its drivers", d)
		}
	}
	if deps := dependencies(t, "", "analysis"); !slices.Contains(deps, module+"analysis/internal/local") {
		t.Error("analysis does not link its engine by default")
	}
}

// The rooms depend on one another in one direction.
func TestRoomsKnowOnlyWhatIsBelowThem(t *testing.T) {
	for room, unknown := range map[string][]string{
		"kernel-ext/nb":              {"analysis", "plots"},
		"plots":                      {"analysis", "kernel-ext"},
		"analysis":                   {"analysis/ml", "analysis/eval", "analysis/exchange", "analysis/toniot", "plots", "kernel-ext"},
		"analysis/ml":                {"analysis/eval", "analysis/exchange", "analysis/toniot", "plots", "kernel-ext"},
		"analysis/exchange":          {"analysis/ml", "analysis/eval", "analysis/toniot", "plots", "kernel-ext"},
		"analysis/eval":              {"analysis/toniot", "plots", "kernel-ext"},
		"analysis/number":            {"analysis/visible", "analysis/internal", "analysis/ml", "plots", "kernel-ext"},
		"analysis/visible":           {"analysis/internal", "analysis/ml", "plots", "kernel-ext"},
		"analysis/toniot":            {"analysis/ml", "analysis/eval", "plots", "kernel-ext"},
		"analysis/internal/column":   {"analysis/internal/plan", "analysis/internal/store"},
		"analysis/internal/csv":      {"analysis/internal/plan", "analysis/internal/store", "analysis/internal/local"},
		"analysis/internal/lightgbm": {"analysis/internal/tree", "analysis/internal/score", "analysis/internal/plan"},
		"analysis/internal/score":    {"analysis/internal/tree", "analysis/internal/plan", "analysis/internal/local"}, // whoever scores need not train
		"analysis/internal/tree":     {"analysis/internal/score", "analysis/internal/plan", "analysis/internal/local"},
	} {
		for _, d := range dependencies(t, "", room) {
			d = strings.TrimPrefix(d, module)
			for _, u := range unknown {
				// How texts are made visible, and numbers written, is the same everywhere.
				if d == u || strings.HasPrefix(d, u+"/") && d != "analysis/visible" && d != "analysis/number" {
					t.Errorf("%s imports %s", room, d)
				}
			}
		}
	}
}
