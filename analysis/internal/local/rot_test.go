package local

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stophacking/kelpie/analysis/internal/column"
	"github.com/stophacking/kelpie/analysis/internal/plan"
)

// A bit flips in a kept frame whose times do not change, in any of 64 places: whatever is
// asked of the frame gets the answer it got before, and where that met the damage a warning
// says that the frame was computed again.
func TestFaultRottenFrame(t *testing.T) {
	const rows = 200_000
	numbers, floats, texts := make([]int64, rows), make([]float64, rows), make([]string, rows)
	for i := range rows {
		numbers[i], floats[i], texts[i] = int64(i), float64(i)/7, fmt.Sprint("cmd ", i%50)
	}
	source := plan.New(plan.FromColumns{Content: "rotten", Batch: &column.Batch{Len: rows, Columns: []*column.Column{
		column.FromInt64s("n", numbers, nil), column.FromFloat64s("f", floats, nil), column.FromStrings("cmd", texts, nil)}}})
	calls := 0
	// A filter gives it row numbers, and a map has its values tried on rows of it.
	some := plan.New(plan.Filter{Condition: plan.Binary{Operator: plan.Less, Left: ref("f"), Right: literal(25_000.0)}}, source)
	kept := plan.New(plan.Map{Output: plan.Field{Name: "copy", Type: column.Int64}, Inputs: []string{"n"}, Mapper: counter{&calls}}, some).Keep(true)
	asked := map[string]*plan.Node{
		"describe": plan.New(plan.Describe{Columns: []string{"n", "f", "copy"}}, kept),
		"group":    plan.New(plan.TopValues{Columns: []string{"cmd"}, K: 50}, kept),
		"first":    plan.New(plan.Limit{Rows: 5}, kept),
		"sample":   plan.New(plan.Limit{Rows: 1000}, plan.New(plan.Sample{Fraction: .1, Seed: 3}, kept)),
		"filter":   plan.New(plan.Describe{Columns: []string{"n"}}, plan.New(plan.Filter{Condition: plan.Binary{Operator: plan.Less, Left: ref("f"), Right: literal(100.0)}}, kept)),
		"count":    plan.New(plan.Select{}, kept),
	}
	answer := func(e *engine, n *plan.Node) (string, []string) {
		b, notes, err := e.Collect(t.Context(), plan.Settings{Workers: 2}, n)
		if err != nil {
			t.Fatal(err)
		}
		var text strings.Builder
		for i := range b.Len {
			for _, c := range b.Columns {
				fmt.Fprint(&text, c.Value(i), " ")
			}
		}
		return fmt.Sprint(b.Len, text.String()), notes.Warnings
	}
	t.Setenv("KELPIE_CACHE", t.TempDir())
	want := map[string]string{}
	for name, n := range asked {
		want[name], _ = answer(new(engine), n)
	}
	entries, err := filepath.Glob(filepath.Join(os.Getenv("KELPIE_CACHE"), "code-*", "*.arrow"))
	if err != nil || len(entries) != 1 {
		t.Fatal(entries, err)
	}
	good, err := os.ReadFile(entries[0])
	if err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(entries[0])
	if err != nil {
		t.Fatal(err)
	}
	places, found := 8, map[string]int{}
	if os.Getenv("KELPIE_LONG") != "" {
		places = 200
	}
	for k := range places {
		changed := append([]byte(nil), good...)
		changed[(2*k+1)*len(good)/(2*places)] ^= 1 << (k % 8)
		for name, n := range asked {
			os.Remove(entries[0])
			if err := os.WriteFile(entries[0], changed, 0o600); err != nil {
				t.Fatal(err)
			}
			if err := os.Chtimes(entries[0], info.ModTime(), info.ModTime()); err != nil {
				t.Fatal(err)
			}
			got, warnings := answer(new(engine), n)
			if got != want[name] {
				t.Fatalf("place %d: %s has another answer; warnings %q", k, name, warnings)
			}
			for _, w := range warnings {
				if !strings.Contains(w, "is computed again: damaged: ") {
					t.Errorf("place %d: %s: %s", k, name, w)
				}
				found[name]++
			}
		}
	}
	for name := range asked {
		if found[name] == 0 || found[name] > places {
			t.Errorf("%s: %d of %d places were found", name, found[name], places)
		}
	}
}
