package analysis_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	. "github.com/stophacking/kelpie/analysis"
)

var update = flag.Bool("update", false, "write the golden files anew")

var session = NewSession(Config{AppName: "test"})

// TestMain keeps the tests away from any store that is in use: they start from
// an empty one. A second process of a test (see child) is given its own.
func TestMain(m *testing.M) {
	flag.Parse()
	if child := os.Getenv("KELPIE_TEST_CHILD"); child != "" {
		if err := children[child](); err != nil {
			fmt.Println("error:", err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	directory, err := os.MkdirTemp("", "kelpie-analysis")
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	os.Setenv("KELPIE_CACHE", directory)
	code := m.Run()
	os.RemoveAll(directory)
	os.Exit(code)
}

// collected returns all rows of f.
func collected(t *testing.T, f Frame) Table {
	t.Helper()
	table, err := f.Collect()
	if err != nil {
		t.Fatal(err)
	}
	return table
}

// rows returns a table as text, one row a line, values as Go prints them,
// separated by blanks.
func rows(t *testing.T, table Table) string {
	t.Helper()
	var lines []string
	for i := range table.Len() {
		var cells []string
		for _, name := range table.Columns() {
			v, err := table.Value(i, name)
			if err != nil {
				t.Fatal(err)
			}
			cells = append(cells, fmt.Sprint(v))
		}
		lines = append(lines, strings.Join(cells, " "))
	}
	return strings.Join(lines, "\n")
}

// same fails unless the columns and the rows of table are these.
func same(t *testing.T, table Table, columns, want string) {
	t.Helper()
	if got := strings.Join(table.Columns(), " "); got != columns {
		t.Errorf("columns %q, want %q", got, columns)
	}
	if got := rows(t, table); got != want {
		t.Errorf("rows\n%s\nwant\n%s", got, want)
	}
}

// mistaken fails unless err says all of these.
func mistaken(t *testing.T, err error, parts ...string) {
	t.Helper()
	if err == nil {
		t.Fatalf("no error; want one that says %q", parts)
	}
	for _, part := range parts {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("error %q does not say %q", err, part)
		}
	}
	if n := strings.Count(err.Error(), "analysis: "); n != 1 {
		t.Errorf("error %q names the package %d times", err, n)
	}
}

// csvFile writes a file that is old enough to be trusted.
func csvFile(t *testing.T, name, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	writeOld(t, path, content)
	return path
}

func writeOld(t *testing.T, path, content string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	old := time.Now().Add(-time.Hour)
	if err := os.Chtimes(path, old, old); err != nil {
		t.Fatal(err)
	}
}

// process is a small frame with nulls in every kind of column.
func process() Frame {
	return session.FromColumns(
		Int64s("PID", 1, 2, 3, 4, 5, 6),
		Strings("CMD", "bash", "atop", "", "bash", "<script>", "atop").Nulls(5),
		Float64s("CPU", 0.5, 0, 2, 8, 1.5, 3).Nulls(2),
		Bools("root", true, false, true, false, true, true).Nulls(4),
		Int64s("attack", 0, 1, 1, 0, 0, 1),
	)
}
