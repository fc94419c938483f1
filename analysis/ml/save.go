package ml

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"

	"github.com/stophacking/kelpie/analysis/visible"
)

// The files of a model directory.
const (
	pipelineFile = "pipeline.json" // stages, golden rows, what the other files hold
	modelFile    = "model.txt"     // trees, LightGBM text version=v3
	cardFile     = "model-card.md" // for people; nothing is read from it
)

// formatName is what the member "format" of pipeline.json has to say.
const (
	formatFamily = "kelpie-pipeline/"
	formatName   = formatFamily + "2"
)

// directory is pipeline.json, a JSON object whose members are, in this order:
//
//   - format: "kelpie-pipeline/2", the version of this list; it comes first, so
//     that a foreign file is known by its head.
//   - sha256: of each file by its name, in hexadecimal; of pipeline.json itself
//     with zeros in the place of its own.
//   - bytes: the size of model.txt, if there is one.
//   - versions: of what wrote the directory, see [versions].
//   - recipe: how the training rows came about, for people.
//   - metrics: what the model was found to be worth, a list of name and value.
//   - card: the other fields of [Card].
//   - stages: in order, each with the type of the fitted stage and its fields.
//   - schema: name and type of each column that a frame must have.
//   - golden: up to 64 training rows, in the order of schema, each value as text or
//     null, and the raw scores and probabilities that the model gives them.
//
// Load refuses a directory in which one of them does not go with the others.
type directory struct {
	Format   string            `json:"format"`
	SHA256   map[string]string `json:"sha256"`
	Bytes    map[string]int64  `json:"bytes,omitempty"`
	Versions versions          `json:"versions"`
	Recipe   string            `json:"recipe"`
	Metrics  []Metric          `json:"metrics"`
	Card     Card              `json:"card"`
	savedModel
}

// versions are those of the program that saved a model.
type versions struct {
	Kelpie string `json:"kelpie"` // of this module, as the program's build says
	Go     string `json:"go"`
}

// check refuses versions that no program has.
func (v versions) check() error {
	if v.Kelpie == "" || !strings.HasPrefix(v.Go, "go") && !strings.HasPrefix(v.Go, "devel") {
		return fmt.Errorf("versions: %q of Kelpie, %q of Go: one of them is none", v.Kelpie, v.Go)
	}
	return nil
}

// thisProgram returns the versions of the running program.
func thisProgram() versions {
	const path = "github.com/stophacking/kelpie"
	v := versions{Kelpie: "(devel)", Go: runtime.Version()}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return v
	}
	for _, m := range append(info.Deps, &info.Main) {
		if m.Path == path && m.Replace == nil && m.Version != "" {
			v.Kelpie = m.Version
		}
	}
	return v
}

// unsealed stands in pipeline.json for its own checksum.
var unsealed = strings.Repeat("0", 2*sha256.Size)

// Save writes the fitted model, fitting it first if need be, to a directory:
// pipeline.json with the stages and up to 64 training rows with their scores,
// model.txt with the trees in LightGBM's text format, which LightGBM itself
// opens, and model-card.md, a page for people. What only people know about the
// model is taken from card; a model that was loaded keeps the one it has unless
// another is given.
//
// Before Save reports success the leaves library has read the trees from the file
// that was written and scored those rows: a score that differs is an error, and
// [Saved] says how close they are. The directory appears complete or not at all; an
// older model in its place is replaced, and anything else in its place is an error. A
// pipeline with a transformer of the notebook's own cannot be saved: its code is not
// data.
func (m *PipelineModel) Save(dir string, card ...Card) (Saved, error) {
	saved := Saved{Directory: dir}
	value, err := m.load(context.Background())
	if err != nil {
		return Saved{}, err
	}
	files, err := m.files(value, card)
	if err == nil {
		err = writeDirectory(dir, files, func(fresh string) (err error) {
			saved.Files, saved.Proof, err = value.golden.read(context.Background(), fresh, value.stages)
			return err
		})
	}
	if err != nil {
		return Saved{}, fmt.Errorf("ml: save %s: %w", visible.Text(dir), visible.Error(err))
	}
	return saved, nil
}

// files returns what the files of the directory hold.
func (m *PipelineModel) files(value *model, card []Card) (map[string][]byte, error) {
	out := directory{Format: formatName, SHA256: map[string]string{pipelineFile: unsealed}, Versions: thisProgram(), Recipe: m.training, Card: m.card}
	switch {
	case len(card) > 1:
		return nil, fmt.Errorf("%d cards for one model", len(card))
	case len(card) == 1:
		out.Card = card[0]
	}
	err := out.Card.check()
	if err != nil {
		return nil, err
	}
	if out.savedModel, err = encodeModel(value); err != nil {
		return nil, err
	}
	page := out.Card
	out.Metrics, out.Card.Metrics = append([]Metric{}, page.Metrics...), nil
	files := map[string][]byte{}
	for i, s := range out.Stages {
		if s.Stage == ownCode {
			return nil, fmt.Errorf("stage %d, a %T, is code of the notebook, which cannot be saved; use a ValueMap or an expression", i+1, value.stages[i])
		}
		t, trees := value.stages[i].(TreeModel)
		if !trees {
			continue
		}
		if files[modelFile] != nil {
			return nil, fmt.Errorf("two models of trees; a directory holds one")
		}
		files[modelFile] = []byte(t.Text)
		out.SHA256[modelFile] = sum(files[modelFile])
		out.Bytes = map[string]int64{modelFile: int64(len(files[modelFile]))}
		t.Text = ""
		if out.Stages[i], err = encodeStage(t); err != nil {
			return nil, err
		}
	}
	if files[cardFile], err = page.page(value, m.training); err != nil {
		return nil, err
	}
	data, err := json.MarshalIndent(out, "", " ")
	files[pipelineFile] = bytes.Replace(data, []byte(unsealed), []byte(sum(data)), 1)
	return files, err
}

func sum(data []byte) string {
	h := sha256.Sum256(data)
	return hex.EncodeToString(h[:])
}

// replaceable returns an error unless there is nothing at dir but, perhaps, a
// model, damaged or not.
func replaceable(dir string) error {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		if _, err := os.Readlink(dir); err == nil {
			return errors.New("a link is there that leads to nothing, which Save does not replace")
		}
		return nil
	}
	if err != nil {
		if info, statErr := os.Stat(dir); statErr == nil && !info.IsDir() {
			return errors.New("a file is there, which Save does not replace")
		}
		return err
	}
	for _, e := range entries {
		if !slices.Contains([]string{pipelineFile, modelFile, cardFile}, e.Name()) {
			return fmt.Errorf("the directory holds %s, which is no part of a model; Save replaces models only", visible.Text(e.Name()))
		}
	}
	if len(entries) == 0 {
		return nil
	}
	if _, err := readFile(filepath.Join(dir, pipelineFile), maxPipelineFile, pipelineHead); err != nil {
		return fmt.Errorf("%s: %w; Save replaces models only", pipelineFile, err)
	}
	return nil
}

// writeDirectory writes the files to a new directory beside dir, has them proved, and
// moves it there. A link is replaced, and not followed.
func writeDirectory(dir string, contents map[string][]byte, prove func(fresh string) error) error {
	dir = filepath.Clean(dir)
	if err := replaceable(dir); err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(dir), 0o755); err != nil {
		return err
	}
	fresh, err := os.MkdirTemp(filepath.Dir(dir), "."+filepath.Base(dir)+"-*")
	if err != nil {
		return err
	}
	defer removeModel(fresh)
	for name, data := range contents { // into a new folder, which only this user can write to
		if err := os.WriteFile(filepath.Join(fresh, name), data, 0o644); err != nil {
			return err
		}
	}
	if err := errors.Join(prove(fresh), os.Chmod(fresh, 0o755)); err != nil {
		return err
	}
	old := fresh + ".old"
	switch err := os.Rename(dir, old); {
	case errors.Is(err, fs.ErrNotExist):
		return os.Rename(fresh, dir)
	case err != nil:
		return err
	}
	// What somebody put there meanwhile has come along.
	err = replaceable(old)
	if err == nil {
		err = os.Rename(fresh, dir)
	}
	if err != nil {
		return errors.Join(err, os.Rename(old, dir))
	}
	return removeModel(old)
}

// removeModel removes the files of a model, if they are there, and then their directory,
// or a link in its place. A directory in which something else has come to lie stays, with
// that.
func removeModel(dir string) error {
	info, err := os.Lstat(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err == nil && info.IsDir() {
		for _, name := range []string{pipelineFile, modelFile, cardFile} {
			if failure := os.Remove(filepath.Join(dir, name)); failure != nil && !errors.Is(failure, fs.ErrNotExist) {
				err = errors.Join(err, failure)
			}
		}
	}
	if err = errors.Join(err, os.Remove(dir)); err != nil {
		return fmt.Errorf("the model is saved, but the older one, moved to %s, could not be removed: %w", visible.Text(dir), err)
	}
	return nil
}
