package exchange_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"golang.org/x/sys/unix"

	"github.com/stophacking/kelpie/analysis"
	"github.com/stophacking/kelpie/analysis/exchange"
	"github.com/stophacking/kelpie/analysis/visible/visibletest"
)

// Names of files are seen in errors about them.
func TestErrorsShowFiles(t *testing.T) {
	for _, name := range visibletest.Files {
		dir := t.TempDir()
		at := func(of string) string { return filepath.Join(dir, of+name) }
		if err := errors.Join(os.WriteFile(at("damaged"), []byte("ARROW1\x00\x00no more"), 0o600), os.Mkdir(at("folder"), 0o700), unix.Mkfifo(at("pipe"), 0o600)); err != nil {
			t.Fatal(err)
		}
		for _, of := range []string{"none", "damaged", "folder", "pipe"} {
			_, err := exchange.ReadArrow(session, at(of)).Count()
			if err == nil {
				t.Errorf("no error about %s", of)
				continue
			}
			visibletest.Check(t, err.Error(), name)
		}
		for _, path := range []string{at("folder"), at("pipe"), filepath.Join(at("none"), "x")} {
			err := exchange.WriteArrow(many(3), path)
			if err == nil {
				t.Errorf("no error about writing %q", path)
				continue
			}
			visibletest.Check(t, err.Error(), name)
		}
	}
}

// So are names of columns, those inside of types among them.
func TestErrorsShowColumns(t *testing.T) {
	for _, name := range visibletest.Names {
		of := func(t arrow.DataType) *arrow.Schema {
			return arrow.NewSchema([]arrow.Field{{Name: name, Type: t}}, nil)
		}
		for what, f := range map[string]analysis.Frame{
			"a type":             exchange.FromRecords(session, of(arrow.FixedWidthTypes.Duration_s)),
			"a name in a type":   exchange.FromRecords(session, arrow.NewSchema([]arrow.Field{{Name: "s", Type: arrow.StructOf(arrow.Field{Name: name, Type: arrow.PrimitiveTypes.Int64})}}, nil)),
			"a column of a name": exchange.FromRecords(session, of(arrow.PrimitiveTypes.Int64)).Select("none"),
		} {
			_, err := f.Collect()
			if err == nil {
				t.Errorf("%s: no error about %+q", what, name)
				continue
			}
			if what == "a name in a type" { // Arrow's colon follows it
				visibletest.Shown(t, err.Error(), strings.TrimSpace(name))
				continue
			}
			visibletest.Check(t, err.Error(), name)
		}
		_, err := exchange.Records(session.FromColumns(analysis.Strings(name, "\xff")))
		if err == nil {
			t.Errorf("no error about a text that is no UTF-8 in %+q", name)
			continue
		}
		visibletest.Check(t, err.Error(), name)
	}
}
