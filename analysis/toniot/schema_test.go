package toniot_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/stophacking/kelpie/analysis"
	"github.com/stophacking/kelpie/analysis/toniot"
)

// TestMain gives the tests an empty store.
func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "kelpie-store")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Setenv("KELPIE_CACHE", dir)
	code := m.Run()
	os.RemoveAll(dir)
	os.Exit(code)
}

// texts returns a frame of one text column.
func texts(name string, values ...string) analysis.Frame {
	return analysis.NewSession(analysis.Config{}).FromColumns(analysis.Strings(name, values...))
}

func ExampleRepairExpression() {
	f := texts("VGROW", "   -212", "  9392K", " 7560 3", "224.2M").WithColumn("number", toniot.RepairExpression("VGROW"))
	fmt.Println(f.Collect())
	// Output:
	// with number = case when (replace(VGROW, " ", "") ends with …
	// VGROW       number
	// ␣␣␣-212       -212
	// ␣␣9392K    9392000
	// ␣7560 3      75603
	// 224.2M   224200000
	// 4 rows × 2 columns <nil>
}

// The rows are those that the data set's published descriptions show, and what
// the published repairs make of them: decimal units, blanks joined.
func TestRepair(t *testing.T) {
	for text, want := range map[string]any{
		"132": 132.0, "0": 0.0, "281.3": 281.3, "-9728": -9728.0, "  -10.9": -10.9,
		"132K": 132e3, "0K": 0.0, "224.2M": 224.2e6, "1.6G": 1.6e9, "-9392K": -9392e3, "  9392K": 9392e3,
		"019.9 3": 19.93, "43420 5": 434205.0, " 7560 3": 75603.0, "  052 6": 526.0, "15692 1": 156921.0,
		"": nil, "K": nil, "-": nil, "1K2K": nil, "12X": nil, "NaN": nil, "1e400": nil,
	} {
		table, err := texts("RSIZE", text).WithColumn("RSIZE", toniot.RepairExpression("RSIZE")).Collect()
		if err != nil {
			t.Fatal(err)
		}
		if got, _ := table.Value(0, "RSIZE"); got != want {
			t.Errorf("%q became %v, want %v", text, got, want)
		}
	}
}

func TestSchemasFollowTheFiles(t *testing.T) {
	for _, c := range []struct {
		schema analysis.Schema
		header string
	}{
		{toniot.Process, toniot.ProcessHeader}, {toniot.Memory, toniot.MemoryHeader}, {toniot.MemoryDeclared(), toniot.MemoryHeader},
	} {
		var names []string
		for _, f := range c.schema.Fields {
			names = append(names, f.Name)
		}
		if got := strings.Join(names, ","); got != strings.TrimSpace(c.header) {
			t.Errorf("%s declares %s, the files have %s", c.schema.Name, got, c.header)
		}
	}
	if f, _ := toniot.Memory.Field("MAJFLT"); f.Type != analysis.String {
		t.Error("MemoryDeclared changed Memory")
	}
}

func TestColumnLists(t *testing.T) {
	for _, c := range []struct {
		name      string
		got, want []string
	}{
		{"process numbers", toniot.NumericColumns(toniot.Process), []string{"ts", "PID", "TRUN", "TSLPI", "TSLPU", "NICE", "PRI", "RTPR", "CPUNR", "EXC", "CPU"}},
		{"process texts", toniot.TextColumns(toniot.Process), []string{"POLI", "Status", "State", "CMD"}},
		{"memory numbers", toniot.NumericColumns(toniot.Memory), []string{"ts", "PID", "MINFLT", "MAJFLT", "VSTEXT", "VSIZE", "RSIZE", "VGROW", "RGROW", "MEM"}},
		{"memory texts", toniot.TextColumns(toniot.Memory), []string{"CMD"}},
	} {
		if !reflect.DeepEqual(c.got, c.want) {
			t.Errorf("%s: %v, want %v", c.name, c.got, c.want)
		}
	}
	for _, list := range [][]string{toniot.ProcessNumbers, toniot.ProcessCategories, toniot.MemoryNumbers} {
		for _, name := range list {
			if name == "attack" || name == "type" || name == "ts" {
				t.Errorf("%s is among the features %v", name, list)
			}
		}
	}
}

// A small stand-in goes the way of the notebooks: found, identified, read,
// counted, repaired.
func TestNotebookPath(t *testing.T) {
	dir := t.TempDir()
	t.Setenv(toniot.DataVariable, dir)
	if _, err := toniot.OriginOf(toniot.Process); err == nil || !strings.Contains(err.Error(), "go run ./kernel-ext data") {
		t.Errorf("without data: %v", err)
	}
	s := analysis.NewSession(analysis.Config{})
	if _, err := s.ReadCSV(toniot.Process, toniot.Files(toniot.Process)...).Count(); err == nil || !strings.Contains(err.Error(), "go run ./kernel-ext data") {
		t.Errorf("reading without data: %v", err)
	}
	if _, err := toniot.Generate(context.Background(), toniot.Generation{Dir: dir, Seed: 7, Scale: 0.01}); err != nil {
		t.Fatal(err)
	}
	origin, err := toniot.OriginOf(toniot.Memory)
	if err != nil || origin.String() != "synthetic stand-in (seed 7, scale 0.01), not TON_IoT data" {
		t.Errorf("origin %q, %v", origin, err)
	}
	process := s.ReadCSV(toniot.Process, toniot.Files(toniot.Process)...)
	if n, err := process.Count(); n != 19279 || err != nil {
		t.Errorf("%d process rows, %v", n, err)
	}
	if p, err := process.Problems(); p.Len() != 0 || err != nil {
		t.Errorf("process columns do not follow their types: %v, %v", p, err)
	}
	raw := s.ReadCSV(toniot.Memory, toniot.Files(toniot.Memory)...)
	declared := toniot.MemoryDeclared()
	before, err := raw.NonConforming(declared)
	if err != nil {
		t.Fatal(err)
	}
	for i := range before.Len() {
		if rows, _ := before.Value(i, "rows"); rows == int64(0) {
			t.Errorf("every value of row %d of\n%s conforms", i, before)
		}
	}
	after, err := toniot.Repair(raw).NullCounts()
	if err != nil {
		t.Fatal(err)
	}
	for i := range after.Len() {
		if nulls, _ := after.Value(i, "nulls"); nulls != int64(0) {
			t.Errorf("the repair left nulls:\n%s", after)
		}
	}
	if _, err := toniot.OriginOf(analysis.Schema{Name: "other"}); err == nil || toniot.Files(analysis.Schema{Name: "other"}) != nil {
		t.Errorf("the files of another schema: %v", err)
	}
}

// The files of the streaming part are real TON_IoT rows that lie beside a
// checkout, if at all.
func TestStreamedRows(t *testing.T) {
	dir := filepath.Join("..", "..", "..", "shared", "data", "partb_stream")
	for name, c := range map[string]struct {
		schema analysis.Schema
		rows   int64
	}{
		"Streaming_Linux_process_partial.csv": {toniot.ProcessStream, 39221},
		"Streaming_Linux_memory_partial.csv":  {toniot.MemoryStream, 42414},
	} {
		path := filepath.Join(dir, name)
		if _, err := os.Stat(path); err != nil {
			t.Skipf("no streamed rows: %v", err)
		}
		schema := c.schema
		schema.FailFast = true
		if n, err := analysis.NewSession(analysis.Config{}).ReadCSV(schema, path).Count(); n != c.rows || err != nil {
			t.Errorf("%s: %d rows, %v", name, n, err)
		}
	}
}
