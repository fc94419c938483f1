package ml_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/stophacking/kelpie/analysis/ml"
)

// A link in the place of a model is replaced: the model that it leads to stays, and so does
// a file that links in it lead to.
func TestSaveFollowsNoLink(t *testing.T) {
	p := ml.Pipeline{ml.VectorAssembler{InputCols: []string{"CPU time"}}, ml.GBTClassifier{}}
	other := saved(t, p, commands())
	before := string(read(t, other, "pipeline.json"))
	top := t.TempDir()
	place, victim := filepath.Join(top, "model"), filepath.Join(top, "victim")
	if err := errors.Join(os.Symlink(other, place), os.WriteFile(victim, []byte("precious"), 0o600)); err != nil {
		t.Fatal(err)
	}
	model := p.Fit(commands())
	if _, err := model.Save(place, ml.Card{Purpose: "another"}); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Lstat(place); err != nil || !info.IsDir() {
		t.Errorf("%v, %v", info, err)
	}
	if string(read(t, other, "pipeline.json")) != before {
		t.Error("the model that the link leads to has changed")
	}
	card := filepath.Join(place, "model-card.md")
	if err := errors.Join(os.Remove(card), os.Symlink(victim, card)); err != nil {
		t.Fatal(err)
	}
	if _, err := model.Save(place); err != nil {
		t.Fatal(err)
	}
	if text, err := os.ReadFile(victim); err != nil || string(text) != "precious" {
		t.Errorf("the user's file holds %q, %v", text, err)
	}
	if left, _ := filepath.Glob(filepath.Join(top, ".model-*")); len(left) > 0 {
		t.Errorf("left: %q", left)
	}
}

// A pipe in the place of a model's file is an error at once.
func TestLoadWaitsForNoPipe(t *testing.T) {
	dir := saved(t, ml.Pipeline{ml.VectorAssembler{InputCols: []string{"CPU time"}}, ml.GBTClassifier{}}, commands())
	for _, name := range []string{"model.txt", "pipeline.json"} {
		path := filepath.Join(dir, name)
		if err := errors.Join(os.Remove(path), unix.Mkfifo(path, 0o600)); err != nil {
			t.Fatal(err)
		}
		_, loading := ml.Load(dir)
		_, direct := ml.LoadLightGBM(path)
		for _, err := range []error{loading, direct} {
			if err == nil || !strings.Contains(err.Error(), "this is not a file") {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
}
