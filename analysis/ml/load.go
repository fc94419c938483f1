package ml

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"

	"github.com/stophacking/kelpie/analysis"
	"github.com/stophacking/kelpie/analysis/files"
	"github.com/stophacking/kelpie/analysis/internal/lightgbm"
	"github.com/stophacking/kelpie/analysis/internal/plan"
	"github.com/stophacking/kelpie/analysis/visible"
)

// What Load takes at most. Models that Fit makes are far below.
const (
	maxPipelineFile = 64 << 20 // bytes
	maxStages       = 1000
	maxGolden       = 1000
	maxColumns      = 1 << 17 // that all stages read and add
	maxSlots        = 1 << 20 // one-hot categories of all stages
)

// Load reads a model directory and proves it: the files must be those that were
// saved, the trees must be sound, and the golden rows must get the scores that
// were saved with them, from this program and from the leaves library. Nothing
// of a file is used before it is checked; what is wrong is an error that names
// the file. It takes milliseconds, more only for models of many megabytes.
func Load(dir string) (*PipelineModel, error) {
	m, err := load(dir)
	if err != nil {
		return nil, fmt.Errorf("ml: load %s: %w", visible.Text(dir), bare(err))
	}
	return m, nil
}

func load(dir string) (*PipelineModel, error) {
	switch info, err := os.Stat(dir); {
	case errors.Is(err, fs.ErrNotExist):
		return nil, errors.New("there is no such directory")
	case err != nil:
		return nil, err
	case !info.IsDir():
		return nil, errors.New("this is a file; a model is a directory, and LoadLightGBM reads the files of LightGBM")
	}
	saved, err := readPipeline(dir)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", pipelineFile, err)
	}
	saved.Card.Metrics, saved.Golden.Inputs = saved.Metrics, saved.Schema
	if err := oneOfTrees(saved.Stages); err != nil {
		return nil, fmt.Errorf("%s: %w", pipelineFile, err)
	}
	value := &model{golden: saved.Golden}
	m := &PipelineModel{value: value, training: saved.Recipe, schema: saved.Schema, card: saved.Card}
	for i, s := range saved.Stages {
		t, err := decodeStage(s)
		if err != nil {
			return nil, fmt.Errorf("%s: stage %d: %w", pipelineFile, i+1, err)
		}
		if trees, ok := t.(TreeModel); ok {
			if t, err = readTrees(dir, saved, trees); err != nil {
				return nil, fmt.Errorf("%s: %w", modelFile, err)
			}
		}
		value.stages = append(value.stages, t)
		m.pipeline = append(m.pipeline, t)
	}
	if err := saved.Card.check(); err != nil {
		return nil, fmt.Errorf("%s: %w", pipelineFile, err)
	}
	if err := errors.Join(limits(value.stages), saved.Versions.check(), checkSchema(saved.Schema, value.stages)); err != nil {
		return nil, fmt.Errorf("%s: %w", pipelineFile, err)
	}
	if err := value.golden.prove(context.Background(), value.stages); err != nil {
		return nil, fmt.Errorf("%s: golden rows: %w", pipelineFile, bare(err))
	}
	m.blanks = value.stages
	m.node = plan.New(plan.Fitted{Label: "model loaded from " + filepath.Base(dir), Arguments: saved.SHA256[pipelineFile]})
	return m, nil
}

// checkSchema refuses a schema that does not list, once, each column that the
// stages read.
func checkSchema(schema []input, stages []Transformer) error {
	wanted := neededColumns(analysis.Frame{}, stages)
	read, listed := setOf(wanted), map[string]bool{}
	for _, in := range schema {
		if _, err := parseColumn(in, nil, nil); err != nil {
			return fmt.Errorf("schema: %w", err)
		}
		if !read[in.Name] {
			return fmt.Errorf("schema: no stage reads column %q", in.Name)
		}
		if listed[in.Name] {
			return fmt.Errorf("schema: column %q stands there twice", in.Name)
		}
		listed[in.Name] = true
	}
	for _, name := range wanted {
		if !listed[name] {
			return fmt.Errorf("schema: column %q, which a stage reads, is not there", name)
		}
	}
	return nil
}

// oneOfTrees refuses stages that would read the file of the trees again and again,
// before any is looked into.
func oneOfTrees(stages []savedStage) error {
	trees := 0
	for _, s := range stages {
		if s.Stage == reflect.TypeFor[TreeModel]().Name() {
			trees++
		}
	}
	if trees > 1 {
		return fmt.Errorf("%d stages are of trees, but %s holds those of one", trees, modelFile)
	}
	return nil
}

// limits bounds what replaying the golden rows takes.
func limits(stages []Transformer) error {
	slots, columns := 0, 0
	for _, s := range stages {
		if t, ours := s.(fitted); ours {
			columns += len(t.inputs()) + len(t.outputs())
		}
		if o, ok := s.(OneHotEncoderModel); ok {
			for _, size := range o.CategorySizes {
				slots += size
			}
		}
	}
	switch {
	case len(stages) == 0:
		return errors.New("there are no stages")
	case columns > maxColumns:
		return fmt.Errorf("the stages have %d columns, more than %d", columns, maxColumns)
	case slots > maxSlots:
		return fmt.Errorf("%d one-hot categories are more than %d", slots, maxSlots)
	}
	return nil
}

// readPipeline reads pipeline.json and checks its checksum.
func readPipeline(dir string) (directory, error) {
	var d directory
	data, err := readFile(filepath.Join(dir, pipelineFile), maxPipelineFile, pipelineHead)
	if err != nil {
		return d, err
	}
	var head struct {
		Format string            `json:"format"`
		SHA256 map[string]string `json:"sha256"`
		Stages counted           `json:"stages"`
		Golden struct {
			Rows counted `json:"rows"`
		} `json:"golden"`
	}
	head.Stages.most, head.Golden.Rows.most = maxStages, maxGolden
	if err := json.Unmarshal(data, &head); err != nil {
		return d, lined(data, err)
	}
	for name, list := range map[string]counted{"stages": head.Stages, "golden rows": head.Golden.Rows} {
		if list.over {
			return d, fmt.Errorf("there are more than %d %s", list.most, name)
		}
	}
	switch {
	case head.Format != formatName:
		return d, fmt.Errorf("the format is %q, this program reads %q; fit and save the model again", head.Format, formatName)
	}
	seal := head.SHA256[pipelineFile]
	if len(seal) != len(unsealed) || sum(bytes.Replace(data, []byte(seal), []byte(unsealed), 1)) != seal {
		return d, errors.New("this is not the file that was saved: its content does not have the checksum that it says")
	}
	err = json.Unmarshal(data, &d)
	return d, lined(data, err)
}

// counted is a list of which no more than the count up to most is read: what it
// holds takes many times the memory of the text.
type counted struct {
	most int
	over bool
}

// UnmarshalJSON counts the items. What is no list is left to who reads it.
func (c *counted) UnmarshalJSON(data []byte) error {
	if !bytes.HasPrefix(data, []byte("[")) {
		return nil
	}
	items := json.NewDecoder(bytes.NewReader(data))
	if _, err := items.Token(); err != nil {
		return err
	}
	for n := 0; items.More(); n++ {
		if c.over = n == c.most; c.over {
			return nil
		}
		var item json.RawMessage
		if err := items.Decode(&item); err != nil {
			return err
		}
	}
	return nil
}

// lined adds the line to an error about JSON.
func lined(data []byte, err error) error {
	offset := int64(-1)
	var syntax *json.SyntaxError
	var of *json.UnmarshalTypeError
	switch {
	case errors.As(err, &syntax):
		offset = syntax.Offset
	case errors.As(err, &of):
		offset = of.Offset
	}
	if offset < 0 {
		return err
	}
	return fmt.Errorf("line %d: %w", 1+bytes.Count(data[:min(int(offset), len(data))], []byte("\n")), err)
}

// readTrees reads model.txt into a stage.
func readTrees(dir string, saved directory, t TreeModel) (TreeModel, error) {
	path := filepath.Join(dir, modelFile)
	if info, err := os.Stat(path); err == nil && info.Mode().IsRegular() && info.Size() <= lightgbm.MaxSize && info.Size() != saved.Bytes[modelFile] {
		return t, fmt.Errorf("this is not the file that was saved: it has %d bytes, %s says %d", info.Size(), pipelineFile, saved.Bytes[modelFile])
	}
	data, err := readFile(path, lightgbm.MaxSize, lightgbm.CheckHead)
	if err != nil {
		return t, err
	}
	checksum := saved.SHA256[modelFile]
	if got := sum(data); got != checksum {
		return t, fmt.Errorf("this is not the file that was saved: its SHA-256 is %.12s…, %s says %s…", got, pipelineFile, visible.Text(fmt.Sprintf("%.12s", checksum)))
	}
	t.Text = string(data)
	trees, err := t.parse()
	if err == nil {
		err = trees.CheckProbability()
	}
	return t, err
}

// pipelineHead refuses what is no pipeline.json by its first bytes: the format is
// the first member.
func pipelineHead(head []byte) error {
	if !bytes.HasPrefix(head, []byte("{")) || !bytes.Contains(head[:min(len(head), 100)], []byte(`"`+formatFamily)) {
		return fmt.Errorf("no model of this package: its first lines do not say %q", formatFamily)
	}
	return nil
}

// readFile reads a regular file of at most that many bytes whose first ones,
// [lightgbm.HeadSize] or all, pass check: a huge file of another kind is not read.
func readFile(path string, limit int64, check func(head []byte) error) ([]byte, error) {
	f, err := files.Open(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, errors.New("the file is missing")
	case errors.Is(err, files.ErrNotRegular):
		return nil, errors.New("this is not a file")
	case err != nil:
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if info.Size() > limit {
		return nil, fmt.Errorf("the file has %d bytes, more than %d", info.Size(), limit)
	}
	head := make([]byte, lightgbm.HeadSize)
	n, err := io.ReadFull(f, head)
	if err != nil && err != io.EOF && err != io.ErrUnexpectedEOF {
		return nil, err
	}
	if err := check(head[:n]); err != nil {
		return nil, err
	}
	all := bytes.NewBuffer(make([]byte, 0, info.Size()+bytes.MinRead))
	all.Write(head[:n])
	_, err = all.ReadFrom(io.LimitReader(f, limit+1-int64(n)))
	return all.Bytes(), err
}
