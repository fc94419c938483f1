package ml

import (
	"context"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"runtime/debug"
	"strconv"

	"github.com/stophacking/kelpie/analysis/internal/grid"
	"github.com/stophacking/kelpie/analysis/internal/lightgbm"
	"github.com/stophacking/kelpie/analysis/number"
	"github.com/stophacking/kelpie/analysis/visible"
)

// A Saved is what [PipelineModel.Save] wrote, and the proof that another library
// reads it, to show as a table.
type Saved struct {
	Directory string // as it was given
	Files     []SavedFile
	Proof     Proof
}

// A SavedFile is a file of a model's directory.
type SavedFile struct {
	Name  string
	Bytes int64
	Holds string // what is in it
}

// A Proof says how the scores of a second library, which read the trees from the
// file that was written, differ from those of the model, on the model's golden rows.
// The zero value is that of a model without trees: there is nothing to read.
type Proof struct {
	Library string // such as "leaves", with its version where the program knows it
	Rows    int
	Largest float64 // the largest difference of two raw scores, in absolute value
}

// String says the proof in a sentence.
func (p Proof) String() string {
	if p.Rows == 0 {
		return "The model has no trees, so no second library was asked."
	}
	return fmt.Sprintf("Read back with %s: %s rows scored, largest difference %s.", p.Library, number.Count(p.Rows), strconv.FormatFloat(p.Largest, 'g', 2, 64))
}

// HTML returns a table of one row a file.
func (s Saved) HTML() (string, error) { return s.grid().HTML(), nil }

// Markdown returns a table of one row a file.
func (s Saved) Markdown() (string, error) { return s.grid().Markdown(), nil }

// String returns the files as lines of text.
func (s Saved) String() string { return s.grid().String() }

func (s Saved) grid() grid.Grid {
	g := grid.Grid{
		Title:   "saved to " + visible.Text(filepath.ToSlash(s.Directory)),
		Columns: []grid.Column{{Name: "file", Head: true}, {Name: "bytes", Right: true}, {Name: "holds"}},
		Footer:  s.Proof.String(),
	}
	for _, f := range s.Files {
		g.Rows = append(g.Rows, []grid.Cell{{Text: f.Name}, {Text: number.Count(f.Bytes)}, {Text: f.Holds}})
	}
	return g
}

// holds says what the files of a model are, in the order in which they are listed.
var holds = []SavedFile{
	{Name: pipelineFile, Holds: "stages, and golden rows with their scores"},
	{Name: modelFile, Holds: "trees, in LightGBM's text format"},
	{Name: cardFile, Holds: "a page for people"},
}

// read looks at what was written to dir: how long the files are, and what the leaves
// library makes of the trees. Scores that differ are an error.
func (g goldenRows) read(ctx context.Context, dir string, stages []Transformer) (files []SavedFile, p Proof, err error) {
	for _, f := range holds {
		info, err := os.Stat(filepath.Join(dir, f.Name))
		if os.IsNotExist(err) {
			continue
		}
		if err != nil {
			return nil, p, err
		}
		f.Bytes = info.Size()
		files = append(files, f)
	}
	_, _, trees := scoring(stages)
	if trees == nil || len(g.Rows) == 0 {
		return files, p, nil
	}
	text, err := os.ReadFile(filepath.Join(dir, modelFile)) // which was just written, to a folder of our own
	if err != nil {
		return nil, p, err
	}
	now, err := g.score(ctx, stages)
	if err != nil {
		return nil, p, err
	}
	opinion, err := secondOpinion(text, now.features)
	if err == nil {
		err = equalScores("leaves", opinion, g.Raw)
	}
	if err != nil {
		return nil, p, fmt.Errorf("%s as it was written: %w", modelFile, err)
	}
	p = Proof{Library: leavesVersion(), Rows: len(opinion)}
	for i := range opinion {
		p.Largest = max(p.Largest, math.Abs(opinion[i]-g.Raw[i]))
	}
	return files, p, nil
}

// secondOpinion is what the leaves library says of rows, a number a feature, from the
// text of the trees.
func secondOpinion(text []byte, rows [][]float64) ([]float64, error) {
	second, err := lightgbm.Leaves(text)
	if err != nil {
		return nil, err
	}
	opinion := make([]float64, len(rows))
	for i, row := range rows {
		if opinion[i], err = second.Raw(row); err != nil {
			return nil, err
		}
	}
	return opinion, nil
}

// leavesVersion names the library, with its version where the program knows it.
func leavesVersion() string {
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, m := range info.Deps {
			if m.Path == "github.com/dmitryikh/leaves" {
				return "leaves " + m.Version
			}
		}
	}
	return "leaves"
}
