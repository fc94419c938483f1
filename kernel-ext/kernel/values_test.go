//go:build !windows

package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// shown is the kinds and plain texts of what a cell displayed, and how it ended.
func (r result) shown() string {
	all := []string{fmt.Sprint(r.content["status"])}
	if r.content["status"] == "error" {
		all[0] += fmt.Sprintf(" %v", r.content["evalue"])
	}
	for _, m := range r.published {
		var c struct {
			Text string
			Data map[string]any
		}
		_ = json.Unmarshal(m.Content, &c)
		switch m.Header.Type {
		case "stream":
			all = append(all, fmt.Sprintf("print %q", c.Text))
		case "display_data", "execute_result":
			kind := map[string]string{"display_data": "show", "execute_result": "out"}[m.Header.Type]
			for _, more := range []string{"text/html", "text/markdown", "image/png"} {
				if c.Data[more] != nil {
					kind += "+" + strings.TrimPrefix(more, "text/")
				}
			}
			all = append(all, fmt.Sprintf("%s %q", kind, c.Data["text/plain"]))
		}
	}
	return strings.Join(all, "; ")
}

// What the last expression of a cell shows, of values of many kinds.
func TestValuesOfGoNB(t *testing.T) {
	t.Parallel()
	c := start(t, realGoNB(t))
	if r := c.run(`import (
	"errors"
	"image"
	"math"
	"os"
	"strings"

	"github.com/stophacking/kelpie/analysis"
	"github.com/stophacking/kelpie/analysis/ml"
)

type Point struct{ X, Y float64 }

func (p Point) Dist() float64 { return math.Hypot(p.X, p.Y) }
func (p *Point) Move()        { p.X++ }

type Stack[T any] struct{ items []T }

func (s *Stack[T]) Push(x T) *Stack[T] { s.items = append(s.items, x); return s }
func Map[T, U any](in []T, f func(T) U) (out []U) {
	for _, x := range in {
		out = append(out, f(x))
	}
	return out
}
func two() (int, string)      { return 1, "two" }
func good() (string, error)   { return "good", nil }
func bad() (string, error)    { return "", errors.New("no such thing") }
func count() (int, error)     { return 7, nil }
func nothing() error          { return nil }

var failed = errors.New("a value")
var session = analysis.NewSession(analysis.Config{})
var small = session.FromColumns(analysis.Int64s("n", 1, 2))
var model = ml.Pipeline{ml.VectorAssembler{InputCols: []string{"n"}}, ml.DecisionTreeClassifier{}}.Fit(small)
var local = 5`); r.content["status"] != "ok" {
		t.Fatal(r)
	}
	for _, test := range []struct{ code, want string }{
		{"1 + 2 // a comment", `ok; out "3"`},
		{"\"<script>\\x00 \\u202e é😀\"", `ok; out "<script>\\x00 \\u202e é😀"`},
		{"[]int{1, 2}", `ok; out "[1 2]"`},
		{"struct{ A, B any }{1, nil}", `ok; out "{1 <nil>}"`},
		{"map[string]int{\"b\": 2, \"a\": 1}", `ok; out "map[a:1 b:2]"`},
		{"[]float64{math.NaN(), math.Inf(1)}", `ok; out "[NaN +Inf]"`},
		{"small", `ok; out+html "values at hand\nn\n1\n2\n2 rows × 1 column"`},
		{"small.Count()", `ok; out "2"`},
		{"small.Select(\"m\")", `error analysis: cell [10], line 1: select: no column "m"; there are n`},
		{"image.NewGray(image.Rect(0, 0, 4, 3))", `ok; out+image/png "picture, 4 by 3 pixels"`},
		{"failed", `ok; out "a value"`},
		{"nil", `ok; out "<nil>"`},
		{"(*Point)(nil)", `ok; out "<nil *main.Point>"`},
		{"good()", `ok; out "good"`},
		{"bad()", `error no such thing (cell [16], line 1)`},
		{"nothing()", `ok`},
		{"two()", `ok; show "1"; out "two"`},
		{"count()", `ok`},
		{"fmt.Println(1)", `ok; print "1\n"`},
		{"p := Point{3, 4}\np.Move()", `ok`},
		{"Point{3, 4}.Dist()", `ok; out "5"`},
		{"Point{3, 4}.Dist", `ok; out "func() float64"`},
		{"new(Stack[string]).Push(\"x\")", `ok; out "&{[x]}"`},
		{"Map([]int{1, 2}, func(n int) string {\n\treturn strings.\n\t\tRepeat(\"x\", n)\n})", `ok; out "[x xx]"`},
		{"func() { fmt.Println(2) }()", `ok; print "2\n"`},
		{"f := func(n int) int { return 2 * n }\nf(21)", `ok; out "42"`},
		{"var more = 6\nfor range 2 {\n\tlocal++\n}\nlocal * more", `ok; out "42"`},
		{"more;", `ok`},
		{"x := 1", `error declared and not used: x (cell [30], line 1)`},
		{"!echo shell\nmore", `ok; print "shell\n"; out "6"`},
		{"os.ReadFile(\"/nonexistent\")", `error open /nonexistent: no such file or directory (cell [32], line 1)`},
	} {
		got := c.run(test.code).shown()
		if got != test.want {
			t.Errorf("%s\ngave %s\nwant %s", test.code, got, test.want)
		}
	}
	// Types of variables are those of their values; recipes say whether they are kept.
	got := c.run("%vars").shown()
	for _, want := range []string{"out+html", `local`, `var     int`, `small`, `analysis.Frame`, `size unknown, not kept`, `model`, `*ml.PipelineModel`, `Point.Dist`} {
		if !strings.Contains(got, want) {
			t.Errorf("%%vars lacks %s: %s", want, got)
		}
	}
	for _, code := range []string{"%time nothing()", "%timeit math.Sqrt(2)"} {
		if got := c.run(code).shown(); !strings.HasPrefix(got, fmt.Sprintf("ok; show %q", code[strings.Index(code, " ")+1:])[:15]) {
			t.Errorf("%s gave %s", code, got)
		}
	}
}

// Help answers at once while a cell runs, from what earlier cells declared.
func TestHelpWhileACellRuns(t *testing.T) {
	t.Parallel()
	c := start(t, realGoNB(t))
	c.expect("// Answer answers.\nfunc Answer() int { return 42 }\n\nvar größe = 3", "ok")
	helped := filepath.Join(t.TempDir(), "helped")
	id := c.send("shell", "execute_request", cell(fmt.Sprintf("%%%%\nfor {\n\tif _, err := os.Stat(%q); err == nil {\n\t\tbreak\n\t}\n\ttime.Sleep(10 * time.Millisecond)\n}", helped)))
	for _, test := range []struct{ code, want string }{
		{"%timei", "[%timeit] 0 6"},
		{"x := \"😀é\"; Answ", "[Answer] 11 15"},
		{"grö", "[größe] 0 3"},
		{"!ls /us", "[/usr/] 4 7"},
	} {
		r := c.ask("complete_request", map[string]any{"code": test.code, "cursor_pos": len([]rune(test.code))})
		if got := fmt.Sprint(r.content["matches"], " ", r.content["cursor_start"], " ", r.content["cursor_end"]); got != test.want {
			t.Errorf("%q completes to %s, want %s", test.code, got, test.want)
		}
	}
	if r := c.ask("inspect_request", map[string]any{"code": "Answer()", "cursor_pos": 3, "detail_level": 0}); !strings.Contains(fmt.Sprint(r.content["data"]), "func Answer() int") {
		t.Errorf("Answer is explained by %v", r.content)
	}
	for _, kind := range []string{"history_request", "comm_info_request", "is_complete_request", "kernel_info_request"} {
		if r := c.ask(kind, map[string]any{"hist_access_type": "tail", "n": 1, "code": "x"}); r.content["status"] == "error" {
			t.Errorf("%s: %v", kind, r.content)
		}
	}
	if err := os.WriteFile(helped, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if r := c.await(id); r.content["status"] != "ok" {
		t.Errorf("the cell: %v", r)
	}
}
