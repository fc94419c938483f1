package grid_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stophacking/kelpie/analysis/internal/grid"
)

func sample() grid.Grid {
	return grid.Grid{
		Title:   "commands",
		Columns: []grid.Column{{Name: "CMD", Type: "string"}, {Name: "n", Type: "int64", Right: true}},
		Rows:    [][]grid.Cell{{{Text: "<script>"}, {Text: "7"}}, {{Null: true}, {Text: "12"}}, {{Text: "null"}, {Text: "3"}}},
		Footer:  "3 rows", Notes: []string{"a file changed"},
	}
}

func Example() {
	fmt.Println(sample())
	// Output:
	// commands
	// CMD           n
	// string    int64
	// <script>      7
	// null         12
	// null          3
	// 3 rows
	// warning: a file changed
}

func ExampleGrid_Markdown() {
	fmt.Println(sample().Markdown())
	// Output:
	// **commands**
	//
	// | CMD | n |
	// | --- | --: |
	// | *string* | *int64* |
	// | &lt;script&gt; | 7 |
	// | *null* | 12 |
	// | null | 3 |
	//
	// 3 rows
	//
	// ⚠ a file changed
}

// Notes are one paragraph in every form, in which each is said once.
func TestNotesAreFolded(t *testing.T) {
	g := sample()
	g.Notes = []string{"a file changed", "b < c", "a file changed"}
	for form, want := range map[string]string{
		g.HTML(): "\n<p>⚠ a file changed; b &lt; c</p>", g.Markdown(): "\n⚠ a file changed; b &lt; c\n", g.String(): "\nwarning: a file changed; b < c",
	} {
		if !strings.HasSuffix(form, want) || strings.Count(form, "changed") != 1 {
			t.Errorf("no %q at the end of\n%s", want, form)
		}
	}
}

// What is rounded has its exact value in the title.
func TestExactValue(t *testing.T) {
	g := sample()
	g.Rows[0][1] = grid.Cell{Text: "0.33", Exact: `0.3333"<`}
	if got := g.HTML(); !strings.Contains(got, `<td align="right" title="0.3333&#34;&lt;">0.33</td>`) {
		t.Error(got)
	}
}

func TestHTML(t *testing.T) {
	g := sample()
	g.Columns[0].Head = true
	g.Rows = append(g.Rows, []grid.Cell{{Text: strings.Repeat("x", 61)}, {Text: "a\u202eb\n"}}, []grid.Cell{{Text: "  7 1"}, {Text: "7  1"}})
	got := g.HTML()
	for _, want := range []string{
		`<caption>commands</caption>`, `<th scope="col" align="right">n</th>`, `<td align="right"><small>int64</small></td>`,
		`<th scope="row" style="text-align: left">&lt;script&gt;</th>`, `<th scope="row" style="text-align: left"><i>null</i></th>`,
		`title="` + strings.Repeat("x", 61) + `">` + strings.Repeat("x", 59) + `…</th>`, `a\u202eb\n</td>`,
		`<th scope="row" style="text-align: left">␣␣7 1</th><td align="right">7␣␣1</td>`,
		`<p><small>3 rows</small></p>`, `<p>⚠ a file changed</p>`,
	} {
		if !strings.Contains(got, want) {
			t.Errorf("no %s in\n%s", want, got)
		}
	}
	if strings.Contains(got, ">…</td>") {
		t.Error("a gap that nobody asked for")
	}
	g.Gap = 1
	row := `<tr><th scope="row" style="text-align: left">…</th><td align="right">…</td></tr>`
	if got := g.HTML(); strings.Count(got, row) != 1 || strings.Index(got, row) < strings.Index(got, "script") || strings.Index(got, row) > strings.Index(got, "12</td>") {
		t.Errorf("no gap after the first row in\n%s", got)
	}
	if got := g.Markdown(); !strings.Contains(got, "| &lt;script&gt; | 7 |\n| … | … |\n| *null*") {
		t.Errorf("no gap in\n%s", got)
	}
	if got := g.String(); !strings.Contains(got, "\n…                ") {
		t.Errorf("no gap in\n%s", got)
	}
	g.Gap = 0
	g.Columns = []grid.Column{{Name: "a"}, {Name: "b"}}
	if strings.Contains(g.HTML(), "<small>int64") || strings.Count(g.HTML(), "<tr>") != 6 {
		t.Errorf("a line of types without types:\n%s", g.HTML())
	}
}

// Every text of a grid is seen in every form: values that differ in blanks, or are
// empty, look it, and none is taken for a null.
func TestUnseenText(t *testing.T) {
	g := grid.Grid{
		Title:   " top\u200b",
		Columns: []grid.Column{{Name: "", Type: "string"}, {Name: "n ", Type: "int64", Right: true}},
		Rows: [][]grid.Cell{
			{{Text: "high"}, {Text: "1"}}, {{Text: "high "}, {Text: "2"}}, {{Text: ""}, {Text: "3"}}, {{Text: "a  b"}, {Text: "4"}},
			{{Text: strings.Repeat("x", 60) + "\u2066 "}, {Text: "5"}}, {{Null: true}, {Text: "6"}},
		},
		Footer: "6 rows", Notes: []string{"column \u061c changed"},
	}
	for form, want := range map[string][]string{
		g.HTML(): {
			`<caption>␣top\u200b</caption>`, `>&#34;&#34;</th>`, `>n␣</th>`, `>high</td>`, `>high␣</td>`, `>&#34;&#34;</td>`, `>a␣␣b</td>`, `column \u061c changed</p>`,
			`title="` + strings.Repeat("x", 60) + `\u2066␣">`, `<i>null</i>`,
		},
		g.Markdown(): {"**␣top\\\\u200b**", "| \"\" | n␣ |", "| high | 1 |", "| high␣ | 2 |", "| \"\" | 3 |", "| a␣␣b | 4 |", "| *null* | 6 |"},
		g.String():   {"␣top\\u200b\n", "\"\"  ", "high  ", "high␣ ", "a␣␣b ", "warning: column \\u061c changed"},
	} {
		for _, w := range want {
			if !strings.Contains(form, w) {
				t.Errorf("no %s in\n%s", w, form)
			}
		}
	}
	// The corner above the heads of rows needs no name.
	g.Columns[0].Head = true
	if got := g.HTML(); !strings.Contains(got, `<th scope="col" style="text-align: left"></th>`) {
		t.Errorf("the corner has a name:\n%s", got)
	}
}
