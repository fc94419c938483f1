package analysis_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	. "github.com/stophacking/kelpie/analysis"
	"github.com/stophacking/kelpie/analysis/visible/visibletest"
)

// refusing is a mapper of errors, or of panics.
type refusing struct{ Panics bool }

func (refusing) Version() string { return "1" }
func (r refusing) Map([]any) (any, error) {
	if r.Panics {
		panic("refused")
	}
	return nil, errors.New("refused")
}

// Names of columns and values of texts are seen in the errors about them.
func TestErrorsShowNames(t *testing.T) {
	for _, name := range visibletest.Names {
		f := session.FromColumns(Int64s(name, 1, 2), Int64s("n", 0, 5), Strings("text", name, "x"))
		texts := session.FromColumns(Strings(name, "a", "b"))
		for what, wrong := range map[string]Frame{
			"an unknown column":            session.FromColumns(Int64s("n", 1)).Select(name),
			"the list of columns":          f.Drop("none"),
			"an unknown column of a name":  texts.Select("none"),
			"rename":                       f.Rename("n", name),
			"filter by a number":           f.Filter(Col(name)),
			"filter":                       f.Filter(Col(name).Trim().Equal("x")),
			"with column, its name":        f.WithColumn(name, Col("none")),
			"with column, its value":       f.WithColumn("x", Col(name).Trim()),
			"with column, a list":          f.WithColumn("x", Col("n").In(name, "x")),
			"a cast":                       f.WithColumn("x", Col("text").Cast(Int64)),
			"a cast of the column":         texts.WithColumn("x", Col(name).Cast(Int64)),
			"a computed column":            f.WithColumn(name, Col("text").Cast(Int32)),
			"a group":                      f.GroupBy(name).Aggregate(Mean("none")),
			"a sum of texts":               texts.GroupBy(name).Aggregate(Sum(name)),
			"an order":                     f.OrderBy(Ascending("none")),
			"a join":                       f.InnerJoin(texts, name),
			"a union":                      texts.Union(texts.WithColumn(name, Lit(1))),
			"nulls filled":                 texts.FillNulls(1, name),
			"a label":                      f.Undersample(name, Undersample{Keep: 0.5, Ratio: 1}),
			"a label of texts":             texts.Undersample(name, Undersample{Keep: 0.5, Ratio: 1}),
			"a split by levels":            f.StratifiedSplit(name, 0, 1).Train.Select("none"),
			"a split by groups":            f.GroupSplit(name, 0.5, 1).Train.Select("none"),
			"a split by time":              texts.TimeSplit(name, time.Unix(0, 0), 0).Train,
			"a time that is null":          session.FromColumns(Int64s(name, 1).Nulls(0)).TimeSplit(name, time.Unix(0, 0), 0).Train,
			"a mapped value":               f.Map("x", String, refusing{}, "text"),
			"a mapped value, with a panic": f.Map("x", String, refusing{Panics: true}, "text"),
			"a mapped value of its type":   f.Map("x", Int64, echo{}, "text"),
		} {
			_, err := wrong.Collect()
			if err == nil {
				t.Errorf("%s: no error about %+q", what, name)
				continue
			}
			visibletest.Check(t, err.Error(), name)
			visibletest.Shown(t, wrong.String(), name)
		}
		table := collected(t, texts)
		_, unknown := table.Floats("none")
		_, text := table.Floats(name)
		_, err := session.FromColumns(Strings(name, "a"), Strings(name, "b")).Collect()
		for _, err := range []error{unknown, text, err} {
			visibletest.Check(t, err.Error(), name)
		}
	}
}

// So are names of files and of what stands in them, in errors and warnings.
func TestReadingShowsNames(t *testing.T) {
	schema := func(name string, kind Type) Schema {
		return Schema{Fields: []Field{{Name: "n", Type: Int64}, {Name: name, Type: kind}}}
	}
	for _, name := range visibletest.Files {
		quoted := `"` + name + `"`
		file := csvFile(t, name, "n,x\n1,2\n")
		missing := filepath.Join(filepath.Dir(file), "none "+name)
		folder := filepath.Join(t.TempDir(), name)
		if err := os.Mkdir(folder, 0o700); err != nil {
			t.Fatal(err)
		}
		failing := schema("x", Int64)
		failing.FailFast = true
		for what, f := range map[string]Frame{
			"no file":         session.ReadCSV(schema("x", Int64), missing),
			"a folder":        session.ReadCSV(schema("x", Int64), folder),
			"a missing field": session.ReadCSV(schema("y", Int64), file),
			"no such kind":    session.ReadCSV(Schema{Name: name, Fields: schema("x", Int64).Fields}),
			"ragged":          session.ReadCSV(schema("x", Int64), csvFile(t, name, "n,x\n1\n")),
			"a bad value":     session.ReadCSV(failing, csvFile(t, name, "n,x\n1,"+quoted+"\n")),
			"another header":  session.ReadCSV(schema("x", Int64), csvFile(t, "a.csv", "n,"+quoted+",z\n1,2,3\n")),
			"no field":        session.ReadCSV(schema(name+"x", Int64), csvFile(t, "a.csv", "n,"+quoted+"\n1,2\n")),
		} {
			_, err := f.Collect()
			if err == nil {
				t.Errorf("%s: no error about %+q", what, name)
				continue
			}
			if what == "another header" || what == "no field" {
				visibletest.Shown(t, err.Error(), strings.TrimSpace(name)) // blanks around names in files do not matter
				continue
			}
			visibletest.Check(t, err.Error(), name)
		}
		trimmed := strings.TrimSpace(name)
		for what, f := range map[string]Frame{
			"a bad value":        session.ReadCSV(schema("x", Int64), csvFile(t, name, "n,x\n1,"+quoted+"\n")),
			"milliseconds":       session.ReadCSV(schema("x", Timestamp), csvFile(t, name, "n,x\n1,1554218915000\n")),
			"a column not asked": session.ReadCSV(Schema{Fields: []Field{{Name: "n", Type: Int64}}}, csvFile(t, name, "n,"+quoted+"\n1,2\n")),
			"columns not asked":  session.ReadCSV(Schema{Fields: []Field{{Name: "n", Type: Int64}}}, csvFile(t, name, "n,"+quoted+",y\n1,2,3\n")),
			"a computed time":    session.FromColumns(Int64s("n", 1554218915000)).WithColumn(trimmed, Col("n").Cast(Timestamp)),
		} {
			warnings := collected(t, f).Warnings()
			if len(warnings) == 0 {
				t.Errorf("%s: no warning about %+q", what, name)
			}
			for _, w := range warnings {
				visibletest.Shown(t, w, name)
				if strings.Contains(what, "not asked") || what == "a computed time" {
					visibletest.Check(t, w, trimmed)
				} else {
					visibletest.Check(t, w, name)
				}
			}
			if problems, err := f.Problems(); err != nil {
				t.Error(err)
			} else {
				visibletest.Shown(t, strings.TrimRight(problems.String(), "\n"), name+"?")
			}
		}
	}
}
