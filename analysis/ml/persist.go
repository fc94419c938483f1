package ml

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"

	"github.com/stophacking/kelpie/analysis/internal/plan"
)

// The files of a model directory.
const (
	pipelineFile = "pipeline.json" // stages, golden rows, what the other files hold
	modelFile    = "model.txt"     // trees, LightGBM text version=v3
)

// formatName is what the member "format" of pipeline.json has to say.
const formatName = "kelpie-pipeline/1"

// maxFile bounds what Load reads of one file.
const maxFile = 256 << 20

// directory is pipeline.json.
type directory struct {
	Format string            `json:"format"`
	Go     string            `json:"go"`
	Recipe string            `json:"recipe"` // of the training rows, for people
	Inputs []plan.Field      `json:"inputs"` // columns that a frame must have
	SHA256 map[string]string `json:"sha256"` // of the other files
	savedModel
}

// Save writes the fitted model, fitting it first if need be, to a directory:
// pipeline.json with the stages and 64 golden rows with their scores, and
// model.txt with the trees in LightGBM's text format, which LightGBM itself
// opens. The directory appears complete or not at all; an older model in its
// place is replaced, and anything else in its place is an error. A pipeline with
// a transformer of the notebook's own cannot be saved: its code is not data.
func (m *PipelineModel) Save(dir string) error {
	value, err := m.load(context.Background())
	if err != nil {
		return err
	}
	out := directory{Format: formatName, Go: runtime.Version(), Recipe: m.frame.String(), Inputs: value.golden.Fields, SHA256: map[string]string{}}
	if out.savedModel, err = encodeModel(value); err != nil {
		return fmt.Errorf("ml: save %s: %w", dir, err)
	}
	files := map[string][]byte{}
	for i, s := range out.Stages {
		if s.Stage == ownCode {
			return fmt.Errorf("ml: save %s: stage %d, a %T, is code of the notebook, which cannot be saved; use a ValueMap or an expression", dir, i+1, value.stages[i])
		}
		t, trees := value.stages[i].(TreeModel)
		if !trees {
			continue
		}
		files[modelFile] = []byte(t.Text)
		out.SHA256[modelFile] = sum(files[modelFile])
		t.Text = ""
		if out.Stages[i], err = encodeStage(t); err != nil {
			return fmt.Errorf("ml: save %s: %w", dir, err)
		}
	}
	if files[pipelineFile], err = json.MarshalIndent(out, "", " "); err != nil {
		return fmt.Errorf("ml: save %s: %w", dir, err)
	}
	if err := writeDirectory(dir, files); err != nil {
		return fmt.Errorf("ml: save %s: %w", dir, err)
	}
	return nil
}

func sum(data []byte) string {
	h := sha256.Sum256(data)
	return hex.EncodeToString(h[:])
}

// writeDirectory writes files to a new directory beside dir and moves it there.
func writeDirectory(dir string, files map[string][]byte) error {
	dir = filepath.Clean(dir)
	if entries, err := os.ReadDir(dir); err == nil && len(entries) > 0 {
		if _, err := readPipeline(dir); err != nil {
			return fmt.Errorf("something else is there: %w", err)
		}
	} else if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(dir), 0o755); err != nil {
		return err
	}
	fresh, err := os.MkdirTemp(filepath.Dir(dir), "."+filepath.Base(dir)+"-*")
	if err != nil {
		return err
	}
	defer os.RemoveAll(fresh)
	for name, data := range files {
		if err := os.WriteFile(filepath.Join(fresh, name), data, 0o644); err != nil {
			return err
		}
	}
	if err := os.Chmod(fresh, 0o755); err != nil {
		return err
	}
	old := fresh + ".old"
	if err := os.Rename(dir, old); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err := os.Rename(fresh, dir); err != nil {
		return errors.Join(err, os.Rename(old, dir))
	}
	return os.RemoveAll(old)
}

// Load reads a model directory and proves it: the files must be those that were
// saved, the trees must be sound, and the golden rows must get the scores that
// were saved with them, from this program and from the leaves library. Nothing
// of a file is used before it is checked; what is wrong is an error that names
// the file.
func Load(dir string) (*PipelineModel, error) {
	m, err := load(dir)
	if err != nil {
		return nil, fmt.Errorf("ml: load %s: %w", dir, err)
	}
	return m, nil
}

func load(dir string) (*PipelineModel, error) {
	saved, err := readPipeline(dir)
	if err != nil {
		return nil, err
	}
	value := &model{golden: saved.Golden}
	m := &PipelineModel{value: value}
	for i, s := range saved.Stages {
		t, err := decodeStage(s)
		if err != nil {
			return nil, fmt.Errorf("%s: stage %d: %w", pipelineFile, i+1, err)
		}
		if trees, ok := t.(TreeModel); ok {
			if trees, err = readTrees(dir, saved, trees); err != nil {
				return nil, err
			}
			t = trees
		}
		value.stages = append(value.stages, t)
		m.pipeline = append(m.pipeline, t)
		m.outputs = append(m.outputs, t.outputs()...)
	}
	if len(value.stages) == 0 {
		return nil, fmt.Errorf("%s: no stages", pipelineFile)
	}
	if err := value.golden.prove(context.Background(), value.stages); err != nil {
		return nil, err
	}
	identity, err := json.Marshal(saved)
	if err != nil {
		return nil, err
	}
	m.node = plan.New(plan.Fitted{Label: "model loaded from " + filepath.Base(dir), Arguments: sum(identity)})
	return m, nil
}

// readPipeline reads pipeline.json.
func readPipeline(dir string) (directory, error) {
	var d directory
	data, err := readFile(dir, pipelineFile)
	if err != nil {
		return d, err
	}
	decoder := json.NewDecoder(bytes.NewReader(data))
	if err := decoder.Decode(&d); err != nil {
		var syntax *json.SyntaxError
		if errors.As(err, &syntax) {
			return d, fmt.Errorf("%s: line %d: %w", pipelineFile, 1+bytes.Count(data[:min(int(syntax.Offset), len(data))], []byte("\n")), err)
		}
		return d, fmt.Errorf("%s: %w", pipelineFile, err)
	}
	if _, err := decoder.Token(); err != io.EOF {
		return d, fmt.Errorf("%s: more text after the end", pipelineFile)
	}
	if d.Format != formatName {
		return d, fmt.Errorf("%s: the format is %q, not %q: no model of this package", pipelineFile, d.Format, formatName)
	}
	return d, nil
}

// readTrees reads model.txt into a stage.
func readTrees(dir string, saved directory, t TreeModel) (TreeModel, error) {
	data, err := readFile(dir, modelFile)
	if err != nil {
		return t, err
	}
	if got, want := sum(data), saved.SHA256[modelFile]; got != want {
		return t, fmt.Errorf("%s is not the file that was saved: its SHA-256 is %.12s…, %s says %.12s…", modelFile, got, pipelineFile, want)
	}
	t.Text = string(data)
	if _, err := t.parse(); err != nil {
		return t, fmt.Errorf("%s: %w", modelFile, err)
	}
	return t, nil
}

func readFile(dir, name string) ([]byte, error) {
	f, err := os.Open(filepath.Join(dir, name))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%s is missing", name)
	}
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	if err != nil {
		return nil, err
	}
	if len(data) > maxFile {
		return nil, fmt.Errorf("%s is larger than %d bytes", name, maxFile)
	}
	return data, nil
}
