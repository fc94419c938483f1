//go:build !windows

package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestReportPages(t *testing.T) {
	pages, err := reportPages("/here", "", []string{"a.ipynb", "/other/b.ipynb", "c.ipynb"})
	if err != nil {
		t.Fatal(err)
	}
	if pages[0].To != "/here/a.html" || !slices.Equal(pages[0].Beside, []string{"c"}) || pages[1].To != "/other/b.html" || pages[1].Beside != nil {
		t.Errorf("pages %+v", pages)
	}
	pages, err = reportPages("/here", "out", []string{"a.ipynb", "/other/b.ipynb"})
	if err != nil || pages[1].To != filepath.Join("/here", "out", "b.html") || !slices.Equal(pages[1].Beside, []string{"a"}) {
		t.Errorf("pages %+v, %v", pages, err)
	}
	for name, test := range map[string]struct {
		notebooks []string
		want      string
	}{
		"no notebook": {[]string{"a.txt"}, "a.txt is no notebook"},
		"one place":   {[]string{"x/a.ipynb", "y/a.ipynb"}, "would both be written"},
	} {
		if _, err := reportPages("/here", "out", test.notebooks); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: error %v", name, err)
		}
	}
}

// A page that is there stays.
func TestReportKeepsWhatIsThere(t *testing.T) {
	dir := t.TempDir()
	page := filepath.Join(dir, "a.html")
	if err := os.WriteFile(page, []byte("precious"), 0o644); err != nil {
		t.Fatal(err)
	}
	var out, complaint strings.Builder
	status := run(t.Context(), app{dir: dir, stdout: &out, stderr: &complaint}, []string{"report", "a.ipynb"})
	if status != 1 || !strings.Contains(complaint.String(), "--force replaces it") {
		t.Errorf("status %d, %s", status, complaint.String())
	}
	if text, err := os.ReadFile(page); err != nil || string(text) != "precious" {
		t.Errorf("the page is %q, %v", text, err)
	}
	if status := run(t.Context(), app{dir: dir, stdout: &out, stderr: &complaint}, []string{"report"}); status != 2 {
		t.Errorf("report of nothing ends in %d", status)
	}
}
