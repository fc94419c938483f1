package notebook_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"slices"
	"strings"
	"testing"

	"github.com/stophacking/kelpie/kernel-ext/internal/notebook"
)

// good returns a notebook that no rule objects to: headings with steps, limited
// prose, two code cells with a table, a figure, a stream and a volatile output.
func good(t *testing.T) *notebook.Notebook {
	t.Helper()
	return &notebook.Notebook{
		Cells: []notebook.Cell{
			{Type: "markdown", Source: "# Process\n\n## 1.1 Engine\n\nThe engine reads `/data`."},
			{Type: "markdown", Source: "### 1.2.1 Load\n\nfive words of limited prose", Metadata: fields("kelpie.words", 5)},
			{Type: "code", ExecutionCount: 1, Source: "%noautoget\nimport \"fmt\"\n\nvar lazy = func() int { return nb.Must(load()) }\nvar a, b int\n\n%%\nfmt.Println(\"x\")",
				Outputs: []notebook.Output{
					{Type: "stream", Name: "stdout", Text: "root 12 seen\n"},
					{Type: "display_data", Data: fields("text/html", "<table><td>12</td><td>s</td></table>", "text/plain", "n  12\ns  3")},
					{Type: "display_data", Data: fields("text/plain", "rows: 5 of 5 in 3.2 s"), Metadata: fields("kelpie.volatile", true)},
				}},
			{Type: "code", Source: "  \n"},
			{Type: "code", ExecutionCount: 2, Source: "%%\nnb.Show(figure)", Outputs: []notebook.Output{figure(t, 0, 0)}},
		},
	}
}

var goodRules = notebook.Rules{
	Steps:   []string{"1.1", "1.2.1"},
	Private: []string{"/home/ada/kelpie", "/root", "/tmp", "root", "build-7f3a"},
}

// fields makes a JSON object of alternating names and values.
func fields(pairs ...any) notebook.Fields {
	f := notebook.Fields{}
	for i := 0; i < len(pairs); i += 2 {
		raw, err := json.Marshal(pairs[i+1])
		if err != nil {
			panic(err)
		}
		f[pairs[i].(string)] = raw
	}
	return f
}

// figure is an output with a picture of 100 by 100 pixels, the first of which
// (count, row by row) are lighter than black by shade.
func figure(t *testing.T, count int, shade uint8) notebook.Output {
	t.Helper()
	picture := image.NewGray(image.Rect(0, 0, 100, 100))
	for i := range count {
		picture.SetGray(i%100, i/100, color.Gray{Y: shade})
	}
	var b bytes.Buffer
	if err := png.Encode(&b, picture); err != nil {
		t.Fatal(err)
	}
	return notebook.Output{Type: "display_data",
		Data:     fields("image/png", base64.StdEncoding.EncodeToString(b.Bytes()), "text/plain", "all black"),
		Metadata: fields("image/png", map[string]any{"alt": "all black", "width": 50})}
}

func TestGoodNotebook(t *testing.T) {
	nb := good(t)
	before := encode(t, nb)
	for _, finding := range notebook.Check(nb, good(t), goodRules) {
		t.Error(finding)
	}
	if encode(t, nb) != before {
		t.Error("Check changed the notebook")
	}
	if findings := notebook.Check(&notebook.Notebook{}, nil, notebook.Rules{}); findings != nil {
		t.Errorf("empty notebook: %v", findings)
	}
}

// show replaces the outputs of the first code cell.
func show(nb *notebook.Notebook, outputs ...notebook.Output) { nb.Cells[2].Outputs = outputs }

// print replaces the outputs of the first code cell by one text.
func printed(nb *notebook.Notebook, text string) {
	show(nb, notebook.Output{Type: "stream", Name: "stdout", Text: text})
}

// One bad notebook for each rule, and more where a rule has several sides. Each
// breaks its rule alone.
func TestRules(t *testing.T) {
	type breaks func(nb *notebook.Notebook)
	source := func(text string) breaks {
		return func(nb *notebook.Notebook) { nb.Cells[2].Source = text }
	}
	prints := func(text string) breaks {
		return func(nb *notebook.Notebook) { printed(nb, text) }
	}
	covered := map[string]bool{}
	for i, c := range []struct {
		rule    string
		cell    int
		message string
		bad     breaks
	}{
		{notebook.RuleError, 3, "exit status 1", func(nb *notebook.Notebook) {
			show(nb, notebook.Output{Type: "error", ErrorName: "ERROR", ErrorValue: "exit status 1", Traceback: []string{"exit status 1"}})
		}},
		{notebook.RuleShell, 3, "!false", source("!false\n%%\n")},
		{notebook.RuleShell, 3, "!*ls", source("//gonb:!*ls \\\nvar _ = 1\n%%\n")},
		{notebook.RuleMagic, 3, "%%bash", source("%%bash\nexit 9")},
		{notebook.RuleMagic, 3, "%cd", source("%cd /data\n%%\n")},
		{notebook.RuleMagic, 3, "second %%", source("%%\nx()\n%%\ny()")},
		{notebook.RuleParse, 3, "line 2", source("\nx := 3")},
		{notebook.RuleBlank, 3, "var _", source("var _ = f()")},
		{notebook.RuleTuple, 3, "var frame, err", source("var frame, err = load()\n%%\n")},
		{notebook.RuleTuple, 3, "var a, b", source("var (\n\tc = 1\n\ta, b = 1, 2\n)")},
		{notebook.RuleMust, 3, "var t calls Must", source("var t = nb.Must(load())")},
		{notebook.RuleMust, 3, "var t calls Must", source("var t = f(Must[int](load())).Head(3)")},
		{notebook.RuleCount, 5, "count is 7, want 2", func(nb *notebook.Notebook) { nb.Cells[4].ExecutionCount = 7 }},
		{notebook.RuleCount, 3, "count is 0, want 1", func(nb *notebook.Notebook) { nb.Cells[2].ExecutionCount = 0 }},
		{notebook.RuleStep, 0, "1.2.1", func(nb *notebook.Notebook) { nb.Cells[1].Source = "### 1.2.10 and 11.2.1\n\n1.2.1" }},
		{notebook.RuleStep, 0, "1.1", func(nb *notebook.Notebook) { nb.Cells[0].Source = "```\n# 1.1\n```" }},
		{notebook.RuleWords, 2, "6 words, the limit is 5", func(nb *notebook.Notebook) { nb.Cells[1].Source += " indeed –" }},
		{notebook.RuleWords, 2, "8 words, the limit is 5", func(nb *notebook.Notebook) {
			nb.Cells[3] = notebook.Cell{Type: "markdown", Source: "#### deeper\n\nthree more words"}
		}},
		{notebook.RuleAlt, 5, "alt text", func(nb *notebook.Notebook) { nb.Cells[4].Outputs[0].Metadata = fields("alt", " ") }},
		{notebook.RuleScript, 3, "script", func(nb *notebook.Notebook) {
			show(nb, notebook.Output{Type: "display_data", Data: fields("text/html", "<SCRIPT>draw()</SCRIPT>", "text/plain", "x")})
		}},
		{notebook.RuleScript, 3, "script", func(nb *notebook.Notebook) {
			show(nb, notebook.Output{Type: "display_data", Data: fields("application/javascript", "draw()")})
		}},
		{notebook.RuleStderr, 3, "standard error", func(nb *notebook.Notebook) {
			show(nb, notebook.Output{Type: "stream", Name: "stderr", Text: "warning"})
		}},
		{notebook.RulePrivate, 3, "/home/ada/kelpie", prints("read /home/ada/kelpie/notebooks/x.csv")},
		{notebook.RulePrivate, 3, "/tmp", prints("file:///tmp.")},
		{notebook.RulePrivate, 3, "/root", prints("HOME=/root\n")},
		{notebook.RulePrivate, 3, "the name root", prints("root@server")},
		{notebook.RulePrivate, 3, "the name root", prints("~root ")},
		{notebook.RulePrivate, 3, "build-7f3a", prints("on build-7f3a:")},
		{notebook.RulePrivate, 3, "/tmp", func(nb *notebook.Notebook) {
			show(nb, notebook.Output{Type: "display_data", Data: fields("application/json", map[string]string{"a": "/tmp/x"})})
		}},
		{notebook.RulePrivate, 3, "/tmp", func(nb *notebook.Notebook) {
			show(nb, notebook.Output{Type: "display_data", Metadata: fields("kelpie.volatile", "true", "kelpie.summary", `{"path":"/tmp/x"}`)})
		}},
		{notebook.RuleDuration, 3, `"12.3 s"`, prints("took 12.3 s")},
		{notebook.RuleDuration, 3, `"4ms"`, prints("(4ms)")},
		{notebook.RuleDuration, 3, `"1m3s"`, prints("1m3s")},
		{notebook.RuleDuration, 3, `"1h2m3.5s"`, prints("in 1h2m3.5s.")},
		{notebook.RuleDuration, 3, `"80 MB/s"`, prints("80 MB/s")},
		{notebook.RuleDuration, 3, `"7µs"`, func(nb *notebook.Notebook) {
			show(nb, notebook.Output{Type: "display_data", Data: fields("text/html", "<td>7µs</td>")})
		}},
		{notebook.RuleSize, 0, "the limit is 1048576", func(nb *notebook.Notebook) { nb.Cells[0].Source += strings.Repeat("x", 1<<20) }},
	} {
		nb := good(t)
		c.bad(nb)
		findings := notebook.Check(nb, nil, goodRules)
		if len(findings) != 1 || findings[0].Rule != c.rule || findings[0].Cell != c.cell || !strings.Contains(findings[0].Message, c.message) {
			t.Errorf("case %d, %s: %v", i, c.rule, findings)
		}
		covered[c.rule] = true
	}
	for _, rule := range []string{notebook.RuleError, notebook.RuleShell, notebook.RuleMagic, notebook.RuleParse, notebook.RuleBlank,
		notebook.RuleTuple, notebook.RuleMust, notebook.RuleCount, notebook.RuleStep, notebook.RuleWords, notebook.RuleAlt, notebook.RuleScript,
		notebook.RuleStderr, notebook.RulePrivate, notebook.RuleDuration, notebook.RuleSize} {
		if !covered[rule] {
			t.Errorf("no bad notebook for rule %s", rule)
		}
	}
}

// What looks like a breach and is none.
func TestNoFalseAlarms(t *testing.T) {
	for _, text := range []string{
		"the root of the tree, by root, and/root",
		"/rooted /tmpfs /data/root ./tmp my-build-7f3a",
		"10 secrets, 5 steps, 3 months, q1s, 1.2.3, 100 MB, 12  s, 7 Smith",
		"count 100 mean 3.5 s2 min max",
	} {
		nb := good(t)
		printed(nb, text)
		for _, finding := range notebook.Check(nb, nil, goodRules) {
			t.Errorf("%q: %s", text, finding)
		}
	}
	for _, text := range []string{
		"var pattern = regexp.MustCompile(`x`)\nfunc Must() {}\nconst a, b = 1, 2\ntype T struct{ a, b int }",
		"package main\nimport \"fmt\"\n\nvar f = func() (int, error) { a, b := g(); return a, b }",
		"// only a comment\n%%\nvar a, b = f()\nvar _ = 1",
	} {
		nb := good(t)
		nb.Cells[2].Source = text
		for _, finding := range notebook.Check(nb, nil, goodRules) {
			t.Errorf("%q: %s", text, finding)
		}
	}
}

func TestComparison(t *testing.T) {
	for i, c := range []struct {
		rule, message, detail string
		change                func(nb *notebook.Notebook)
	}{
		{notebook.RuleText, "output differs", "--- committed\n+++ executed\n@@ -1 +1 @@\n --- stdout\n-root 12 seen\n+root 13 seen\n --- text/html\n <table>",
			func(nb *notebook.Notebook) { nb.Cells[2].Outputs[0].Text = "root 13 seen\n" }},
		{notebook.RuleText, "output differs", "+alt: all white", func(nb *notebook.Notebook) {
			nb.Cells[4].Outputs[0].Metadata = fields("alt", "all white")
		}},
		{notebook.RuleText, "cell itself differs", "+nb.Show(other)", func(nb *notebook.Notebook) { nb.Cells[4].Source = "%%\nnb.Show(other)" }},
		{notebook.RuleText, "4 cells, the committed notebook has 5", "", func(nb *notebook.Notebook) {
			nb.Cells = slices.Delete(nb.Cells, 3, 4)
		}},
		{notebook.RuleFigure, "0.21 % of the pixels, the limit is 0.20 %", "", func(nb *notebook.Notebook) {
			nb.Cells[4].Outputs[0] = figure(t, 21, notebook.PixelThreshold+1)
		}},
		{notebook.RuleFigure, "cannot be read", "", func(nb *notebook.Notebook) {
			nb.Cells[4].Outputs[0].Data["image/png"] = json.RawMessage(`"AAAA"`)
		}},
		{"", "", "", func(nb *notebook.Notebook) { nb.Cells[4].Outputs[0] = figure(t, 20, 255) }},
		{"", "", "", func(nb *notebook.Notebook) { nb.Cells[4].Outputs[0] = figure(t, 5000, notebook.PixelThreshold) }},
		{"", "", "", func(nb *notebook.Notebook) {
			nb.Cells[2].Outputs[2].Data = fields("text/plain", "rows: 5 of 5 in 99.9 s")
		}},
		{"", "", "", func(nb *notebook.Notebook) {
			outputs := nb.Cells[2].Outputs
			nb.Cells[2].Outputs = append([]notebook.Output{
				{Type: "stream", Name: "stdout", Text: "root 12"}, {Type: "stream", Name: "stdout", Text: " seen\n"}}, outputs[1], outputs[2])
		}},
	} {
		nb := good(t)
		c.change(nb)
		findings := notebook.Check(nb, good(t), goodRules)
		if same := notebook.SameOutputs(nb, good(t)); same != (c.rule == "") {
			t.Errorf("case %d: same outputs: %v", i, same)
		}
		if c.rule == "" {
			if len(findings) != 0 {
				t.Errorf("case %d: %v", i, findings)
			}
			continue
		}
		if len(findings) != 1 || findings[0].Rule != c.rule || !strings.Contains(findings[0].Message, c.message) || !strings.Contains(findings[0].Detail, c.detail) {
			t.Errorf("case %d, %s: %v", i, c.rule, findings)
		}
	}
}

func TestPrivateStrings(t *testing.T) {
	home, temporary := t.TempDir(), t.TempDir()
	t.Setenv("HOME", home)
	t.Setenv("TMPDIR", temporary)
	got := notebook.PrivateStrings("/checkout/")
	for _, want := range []string{"/checkout", home, temporary} {
		if !slices.Contains(got, want) {
			t.Errorf("%q is not in %q", want, got)
		}
	}
	t.Setenv("HOME", "/")
	if got := notebook.PrivateStrings("relative"); slices.Contains(got, "") || slices.Contains(got, "/") || slices.Contains(got, "relative") {
		t.Errorf("too much: %q", got)
	}
}

func ExampleFinding() {
	nb := &notebook.Notebook{Cells: []notebook.Cell{{
		Type: "code", Source: "%%\nnb.Show(load())", ExecutionCount: 1,
		Outputs: []notebook.Output{{Type: "error", ErrorName: "ERROR", ErrorValue: "exit status 1"}},
	}}}
	for _, finding := range notebook.Check(nb, nil, notebook.Rules{}) {
		fmt.Println(finding)
	}
	// Output:
	// cell 1: error: the cell failed: exit status 1
	//   source:
	//     %%
	//     nb.Show(load())
	//   detail:
	//     ERROR: exit status 1
}
