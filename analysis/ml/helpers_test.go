package ml_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/stophacking/kelpie/analysis"
	"github.com/stophacking/kelpie/analysis/ml"
)

func TestMain(m *testing.M) {
	if os.Getenv("KELPIE_TEST_CHILD") == "" {
		dir, err := os.MkdirTemp("", "ml-test-")
		if err != nil {
			panic(err)
		}
		os.Setenv("KELPIE_CACHE", dir)
		code := m.Run()
		os.RemoveAll(dir)
		os.Exit(code)
	}
	os.Exit(m.Run())
}

var session = analysis.NewSession(analysis.Config{})

// frame is short for a frame of values at hand.
func frame(columns ...analysis.Values) analysis.Frame { return session.FromColumns(columns...) }

// texts returns a column of a frame as text, null as "null".
func texts(t *testing.T, f analysis.Frame, name string) []string {
	t.Helper()
	table, err := f.Collect()
	if err != nil {
		t.Fatal(err)
	}
	out := make([]string, table.Len())
	for i := range out {
		v, err := table.Value(i, name)
		if err != nil {
			t.Fatal(err)
		}
		out[i] = fmt.Sprint(v)
		if v == nil {
			out[i] = "null"
		}
	}
	return out
}

func floats(t *testing.T, f analysis.Frame, name string) []float64 {
	t.Helper()
	table, err := f.Collect()
	if err != nil {
		t.Fatal(err)
	}
	out, err := table.Floats(name)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// join is what a column looks like on one line.
func join(list []string) string { return strings.Join(list, " ") }

// stage returns the fitted stage at place i.
func stage[T ml.Transformer](t *testing.T, m *ml.PipelineModel, i int) T {
	t.Helper()
	stages, err := m.Stages()
	if err != nil {
		t.Fatal(err)
	}
	return stages[i].(T)
}

// wantError checks that an error says all of the words, and its package once.
func wantError(t *testing.T, err error, words ...string) {
	t.Helper()
	if err == nil {
		t.Fatalf("no error, want one that says %q", words)
	}
	text := err.Error()
	for _, w := range words {
		if !strings.Contains(text, w) {
			t.Errorf("the error is %q and does not say %q", text, w)
		}
	}
	if strings.Count(text, "analysis: ")+strings.Count(text, "eval: ")+strings.Count(text, "ml: ")+strings.Count(text, "tree: ")+strings.Count(text, "score: ") != 1 {
		t.Errorf("the error names its package not once: %q", text)
	}
	if i := strings.Index(text, ".go:"); i >= 0 && strings.Contains(text[i+1:], ".go:") {
		t.Errorf("the error names two places: %q", text)
	}
	parts := strings.Split(text, ": ")
	for i := 1; i < len(parts); i++ {
		if parts[i] == parts[i-1] {
			t.Errorf("the error says something twice: %q", text)
		}
	}
}

// saving returns only the error of Save.
func saving(_ ml.Saved, err error) error { return err }
