package ml_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stophacking/kelpie/analysis/ml"
)

// Save says which files there are, as long as they are, and that the leaves library
// scores all golden rows the same.
func TestSavedSaysWhatThereIs(t *testing.T) {
	for name, c := range map[string]struct {
		classifier ml.Stage
		files      []string
		rows       int
	}{
		"trees":    {ml.GBTClassifier{FeaturesCol: "features_scaled"}, []string{"pipeline.json", "model.txt", "model-card.md"}, 64},
		"forest":   {ml.RandomForestClassifier{FeaturesCol: "features_scaled"}, []string{"pipeline.json", "model.txt", "model-card.md"}, 64},
		"constant": {ml.ConstantClassifier{}, []string{"pipeline.json", "model-card.md"}, 0},
	} {
		dir := filepath.Join(t.TempDir(), "a  model")
		s, err := commandPipeline(c.classifier).Fit(commands()).Save(dir)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		var names []string
		for _, f := range s.Files {
			names = append(names, f.Name)
			if info, err := os.Stat(filepath.Join(dir, f.Name)); err != nil || info.Size() != f.Bytes {
				t.Errorf("%s: %s has %d bytes: %v, %v", name, f.Name, f.Bytes, info, err)
			}
		}
		if strings.Join(names, " ") != strings.Join(c.files, " ") {
			t.Errorf("%s: files %v, want %v", name, names, c.files)
		}
		if p := s.Proof; p.Rows != c.rows || p.Rows > 0 && !strings.HasPrefix(p.Library, "leaves") || !(p.Largest <= 1e-12) {
			t.Errorf("%s: proof %+v, want %d rows", name, p, c.rows)
		}
		if html, _ := s.HTML(); !strings.Contains(html, `a␣␣model</caption>`) {
			t.Errorf("%s: the directory's name is not seen in\n%s", name, html)
		}
	}
}

// A file that says something else than the model, by one leaf, is not reported as
// saved.
func TestSaveRefusesWhatIsReadBackOtherwise(t *testing.T) {
	model := commandPipeline(ml.GBTClassifier{FeaturesCol: "features_scaled"}).Fit(commands())
	dir := t.TempDir()
	place := filepath.Join(dir, "model")
	if _, err := model.Save(place); err != nil {
		t.Fatal(err)
	}
	if err := ml.ReadWritten(model, place); err != nil {
		t.Fatal(err)
	}
	text := string(read(t, place, "model.txt"))
	leaf := regexp.MustCompile(`leaf_value=(\S+)`)
	damaged := strings.Replace(text, leaf.FindString(text), "leaf_value=0.123", 1)
	if damaged == text {
		t.Fatal("no leaf was changed")
	}
	if err := os.WriteFile(filepath.Join(place, "model.txt"), []byte(damaged), 0o644); err != nil {
		t.Fatal(err)
	}
	wantError(t, ml.ReadWritten(model, place), "model.txt as it was written", "leaves scores")
	if err := os.WriteFile(filepath.Join(place, "model.txt"), []byte("tree\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	wantError(t, ml.ReadWritten(model, place), "model.txt as it was written")
}
