package cell

import (
	"reflect"
	"strings"
	"testing"

	"github.com/stophacking/kelpie/kernel-ext/internal/frame"
)

// run prepares a cell as the session's next and tells the session of it, as the
// kernel does with a cell that failed.
func run(t *testing.T, s *Session, number int, source string) Program {
	t.Helper()
	p, err := Prepare(source, s)
	if err != nil {
		t.Fatal(err)
	}
	p.Number = number
	s.Ran(p)
	return p
}

// written is a trace that came in pieces.
func written(pieces ...string) *Trace {
	t := &Trace{}
	for _, piece := range pieces {
		t.Write(piece)
	}
	return t
}

// The texts below are what GoNB v0.11.4 with -raw_error=true sent for these cells.
func TestExplain(t *testing.T) {
	const index = "goroutine 1 [running]:\nmain.f(...)\n\t \x1b[7m[[ Cell [1] Line 3 ]]\x1b[0m /tmp/gonb_233fae9c/main.go:13\n"
	declare := "var s []int\nfunc f(i int) int {\n  return s[i]\n}"
	for _, c := range []struct {
		name   string
		before []string
		source string
		f      Failure
		want   Explanation
	}{
		{
			name: "compiler", source: "fmt.Println(y)\nf(1, 2) // é\nx := 1", before: []string{declare},
			f: Failure{
				Value: "# gonb_233fae9c\n./main.go:19:41: undefined: y\n./main.go:20:26: too many arguments in call to f\n\thave (number, number)\n\twant (int)\n./main.go:21:1: declared and not used: x\n",
				Traceback: []string{"\x1b[31m# gonb_233fae9c\x1b[0m",
					"Cell[2]: Line 1\n\nfunc main() { flag.Parse(); fmt.Println(y)\n                                        ^\nf(1, 2) // é\n\n\x1b[31mundefined: y\x1b[0m",
					"Cell[2]: Line 2\nf(1, 2) // é\n         ^\n\ntoo many arguments in call to f", "\thave (number, number)", "\twant (int)",
					"Cell[2]: Line 3\nx := 1 }\n^\n\ndeclared and not used: x", ""},
			},
			want: Explanation{Name: "build error", Value: "undefined: y (cell [2], line 1)", Traceback: []string{
				"undefined: y", "  cell [2], line 1: fmt.Println(y)", "                                ^",
				"too many arguments in call to f", "  cell [2], line 2: f(1, 2) // é", "\thave (number, number)", "\twant (int)",
				"declared and not used: x", "  cell [2], line 3: x := 1", "                    ^",
				"  x is local to this cell; var x = … keeps it for other cells"}},
		},
		{
			name: "local to another cell", before: []string{"q := 1\n_ = q"}, source: "%%\nq++",
			f: Failure{Value: "# gonb_1\n./main.go:9:1: undefined: q\n", Traceback: []string{"# gonb_1", "Cell[2]: Line 2\n\nundefined: q"}},
			want: Explanation{Name: "build error", Value: "undefined: q (cell [2], line 2)", Traceback: []string{
				"undefined: q", "  cell [2], line 2: q++", "  q was local to cell [1]; var q = … there keeps it for other cells"}},
		},
		{
			name: "missing module", source: "import \"example.org/nope/pkg\"\n%%\npkg.X()",
			f: Failure{Value: "failed to run \"/usr/local/go/bin/go get\": exit status 1\n\ngo: gonb_233fae9c imports\n\texample.org/nope/pkg: cannot find module providing package example.org/nope/pkg\n\n---------------\nNote: 'go get' doesn't know\n"},
			want: Explanation{Name: "build error", Value: "there is no package example.org/nope/pkg in this session (cell [1], line 1)", Traceback: []string{
				"there is no package example.org/nope/pkg in this session", "  cell [1], line 1: import \"example.org/nope/pkg\"",
				"  kernel-ext add MODULE@VERSION brings it, for the module that holds it: example.org/nope/pkg or what that starts with"}},
		},
		{
			name: "missing module at building", source: "import \"example.org/nope/pkg\"\n%%\npkg.X()",
			f: Failure{Value: "main.go:4:2: no required module provides package example.org/nope/pkg; to add it:\n\tgo get example.org/nope/pkg\n"},
			want: Explanation{Name: "build error", Value: "there is no package example.org/nope/pkg in this session (cell [1], line 1)", Traceback: []string{
				"there is no package example.org/nope/pkg in this session", "  cell [1], line 1: import \"example.org/nope/pkg\"",
				"  kernel-ext add MODULE@VERSION brings it, for the module that holds it: example.org/nope/pkg or what that starts with"}},
		},
		{
			name: "unknown to us", source: "x()", f: Failure{Value: "failed: open /tmp/gonb_233fae9c/go.mod: no space left on device"},
			want: Explanation{Name: "build error", Value: "failed: open go.mod: no space left on device",
				Traceback: []string{"failed: open go.mod: no space left on device"}},
		},
		{
			name: "build killed", source: "x()", f: Failure{Value: "\n"},
			want: Explanation{Name: "build error", Value: "the go command ended without a word: it was killed from outside, as it is when memory runs out (cell [1])",
				Traceback: []string{"the go command ended without a word: it was killed from outside, as it is when memory runs out", "  cell [1]"}},
		},
		{
			name: "panic", before: []string{declare}, source: "%%\nf(3)",
			f: Failure{Value: "exit status 2", Stderr: written("live\npan", "ic: ", "runtime error: index out of range [3] with length 0\n\n"+index+
				"main.main()\n\t \x1b[7m[[ Cell [2] Line 2 ]]\x1b[0m /tmp/gonb_233fae9c/main.go:19 +0x65\n", "exit status 2\n")},
			want: Explanation{Name: "panic", Compiled: true, Value: "runtime error: index out of range [3] with length 0 (cell [1], line 3)", Traceback: []string{
				"panic: runtime error: index out of range [3] with length 0",
				"  cell [1], line 3, in f: return s[i]", "  cell [2], line 2, in main: f(3)"}},
		},
		{
			name: "initialiser", before: []string{declare}, source: "var q, r = f(2), 1",
			f: Failure{Value: "exit status 2", Stderr: written("panic: runtime error: index out of range [2] with length 0\n\n" + index +
				"main.init()\n\t \x1b[7m[[ Cell [2] Line 1 ]]\x1b[0m /tmp/gonb_233fae9c/main.go:8 +0x2a\nexit status 2\n")},
			want: Explanation{Name: "panic", Compiled: true, Remove: []string{"r"}, Value: "runtime error: index out of range [2] with length 0 (cell [1], line 3)",
				Traceback: []string{"panic: runtime error: index out of range [2] with length 0",
					"  cell [1], line 3, in f: return s[i]", "  cell [2], line 1, in init: var q, r = f(2), 1",
					"  r would be made anew, and fail, in every later cell: not kept; mend it and run this cell again"}},
		},
		{
			name: "initialiser of another cell", before: []string{declare, "var q = f(2)"}, source: "%%\nx()",
			f: Failure{Value: "exit status 2", Stderr: written("panic: no\n\ngoroutine 1 [running]:\n" +
				"main.init()\n\t \x1b[7m[[ Cell [2] Line 1 ]]\x1b[0m /tmp/gonb_233fae9c/main.go:8 +0x2a\n")},
			want: Explanation{Name: "panic", Compiled: true, Value: "no (cell [2], line 1)", Traceback: []string{
				"panic: no", "  cell [2], line 1, in init: var q = f(2)", "  q of cell [2] is made anew in every cell: mend it there, or %rm q"}},
		},
		{
			// The runtime writes this one in pieces, which GoNB does not annotate.
			name: "deadlock", before: []string{declare}, source: "c := make(chan int)\n!true\n\n<-c",
			f: Failure{Value: "exit status 2", Stderr: written("fatal error: ", "all goroutines are asleep - deadlock!", "\n", "\n", "goroutine ", "1", " [", "chan receive", "]:\n",
				"main.main", "(", ")\n", "\t", "/tmp/gonb_233fae9c/main.go", ":", "12", " +", "0x65", "\n", "exit status 2\n"),
				Main: "package main\n\nvar (\n\ts []int\n)\n\nfunc f(i int) int {\n  return s[i]\n}\nfunc main() { flag.Parse(); c := make(chan int)\n\nkelpie_nb.ResultValue(<-c) }\n"},
			want: Explanation{Name: "fatal error", Compiled: true, Value: "all goroutines are asleep - deadlock! (cell [2], line 4)", Traceback: []string{
				"fatal error: all goroutines are asleep - deadlock!", "  waiting: chan receive", "  cell [2], line 4, in main: <-c"}},
		},
		{
			name: "error told by the program", before: []string{declare}, source: "%%\n\nnb.Must(load())",
			f: Failure{Value: "exit status 1", Fault: &frame.Fault{Message: "load: main.go:8: no\nsuch file main.go:99", Line: 14},
				Main: "package main\n\nvar (\n\ts []int\n)\n\nfunc f(i int) int {\n  return s[i]\n}\n\nfunc main() {\n\tflag.Parse()\n\nnb.Must(load())\n\n}\n"},
			want: Explanation{Name: "error", Compiled: true, Value: "load: cell [1], line 3: no (cell [2], line 3)", Traceback: []string{
				"load: cell [1], line 3: no", "such file main.go:99", "  cell [2], line 3: nb.Must(load())"}},
		},
		{
			name: "error of an initialiser", source: "var a = nb.Must(load())\nvar b = 3",
			f: Failure{Value: "exit status 1", Fault: &frame.Fault{Message: "load: no", Initialiser: true}},
			want: Explanation{Name: "error", Compiled: true, Remove: []string{"a"}, Value: "load: no", Traceback: []string{
				"load: no", "  a would be made anew, and fail, in every later cell: not kept; mend it and run this cell again"}},
		},
		{name: "exit", source: "%%\nos.Exit(3)", f: Failure{Value: "exit status 3", Stderr: written("exit status 3\n"),
			Main: "package main\n\nfunc main() {\n\tflag.Parse()\nos.Exit(3)\n\n}\n"},
			want: Explanation{Name: "exit", Compiled: true, Value: "exit status 3: the program ended itself, by os.Exit or log.Fatal (cell [1], line 2)",
				Traceback: []string{"exit status 3: the program ended itself, by os.Exit or log.Fatal", "  cell [1], line 2: os.Exit(3)"}}},
		{name: "one of two exits", source: "%%\nos.Exit(3)\nlog.Fatal()", f: Failure{Value: "exit status 1",
			Main: "package main\n\nfunc main() {\n\tflag.Parse()\nos.Exit(3)\nlog.Fatal()\n\n}\n"},
			want: Explanation{Name: "exit", Compiled: true, Value: "exit status 1: the program ended itself, by os.Exit or log.Fatal (cell [1])",
				Traceback: []string{"exit status 1: the program ended itself, by os.Exit or log.Fatal", "  cell [1]"}}},
		{name: "goexit", source: "%%\nruntime.Goexit()", f: Failure{Value: "exit status 2", Stderr: written("fatal error: no goroutines\nexit status 2\n"),
			Main: "package main\n\nfunc main() {\n\tflag.Parse()\nruntime.Goexit()\n\n}\n"},
			want: Explanation{Name: "fatal error", Compiled: true, Value: "no goroutines (cell [1], line 2)",
				Traceback: []string{"fatal error: no goroutines", "  cell [1], line 2: runtime.Goexit()"}}},
		{name: "test", source: "%test\nfunc TestA(t *testing.T) { t.Fail() }", f: Failure{Value: "exit status 1"},
			want: Explanation{Name: "exit", Compiled: true, Value: "exit status 1: a test failed (cell [1])", Traceback: []string{"exit status 1: a test failed", "  cell [1]"}}},
		{name: "killed", source: "x()", f: Failure{Value: "signal: killed"},
			want: Explanation{Name: "exit", Compiled: true, Value: "signal: killed: the program was killed from outside, as it is when memory runs out (cell [1])",
				Traceback: []string{"signal: killed: the program was killed from outside, as it is when memory runs out", "  cell [1]"}}},
		{name: "interrupted", source: "x()", f: Failure{Value: "signal: interrupt"},
			want: Explanation{Name: "interrupted", Compiled: true, Value: "interrupted (cell [1])", Traceback: []string{"interrupted", "  cell [1]"}}},
		{name: "magic", source: "%cd /\n%env", f: Failure{Value: "executing special commands in cell: `%env <VAR_NAME> <value>`: it takes 2 arguments"},
			want: Explanation{Name: "cell error", Value: "`%env <VAR_NAME> <value>`: it takes 2 arguments (cell [1], line 2)", Traceback: []string{
				"`%env <VAR_NAME> <value>`: it takes 2 arguments", "  cell [1], line 2: %env"}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := accepted(t, c.before...)
			p := run(t, s, len(c.before)+1, c.source)
			got := p.Explain(s, c.f)
			if !reflect.DeepEqual(got, c.want) {
				t.Errorf("%+v\nwant %+v\n%s", got, c.want, strings.Join(got.Traceback, "\n"))
			}
		})
	}
}

func TestRefusedAndShell(t *testing.T) {
	const source = "x := 1\r\n\tя = = 2"
	_, err := Prepare(source, &Session{})
	want := Explanation{Name: "cell error", Value: "expected operand, found '=' (cell [4], line 2)", Traceback: []string{
		"expected operand, found '='", "  cell [4], line 2: я = = 2", "                        ^"}}
	if got := Refused(4, source, err); !reflect.DeepEqual(got, want) {
		t.Errorf("%+v, want %+v", got, want)
	}
	p := run(t, &Session{}, 2, "x()\n!ls /none")
	for status, text := range map[int]string{2: "exit status 2", 127: "exit status 127: command not found", 137: "exit status 137: ended by signal 9",
		-1: "the shell was stopped before it could tell its exit status"} {
		want := Explanation{Name: "shell error", Value: text + " (cell [2], line 2)", Traceback: []string{text, "  cell [2], line 2: !ls /none"}}
		if got := p.ShellFailed(p.Steps[0], status); !reflect.DeepEqual(got, want) {
			t.Errorf("%+v, want %+v", got, want)
		}
	}
}

func TestTrace(t *testing.T) {
	for _, c := range []struct {
		pieces     []string
		live, rest string
	}{
		{[]string{"a\nb"}, "a\nb", ""},
		{[]string{"p", "rompt"}, "prompt", ""},
		{[]string{"a\np", "anic: x\n", "goroutine 1"}, "a\n", "panic: x\ngoroutine 1"},
		{[]string{"not a panic: x\nexit status 1", "\n"}, "not a panic: x\n", "exit status 1\n"},
		{[]string{"", "exit", " sta", "ge\nb"}, "exit stage\nb", ""},
	} {
		var trace Trace
		live := ""
		for _, piece := range c.pieces {
			live += trace.Write(piece)
		}
		if rest := trace.Rest(); live != c.live || rest != c.rest {
			t.Errorf("%q: live %q, rest %q", c.pieces, live, rest)
		}
	}
	var trace Trace
	all := "panic: x\n" + strings.Repeat("y", maxTrace)
	if live := trace.Write(all); live != "" || trace.Write("z") != all+"z" || trace.Write("after") != "after" {
		t.Error("a trace without end is not passed on")
	}
}

func TestSession(t *testing.T) {
	s := accepted(t,
		"import \"math/rand\"\nimport f \"fmt\"\nvar a, b = 1, two()\nvar c, _ = three()",
		"type T struct {\n\tx int\n}\n\n// M is told.\nfunc (t *T) M() {}\nfunc init_x() {}\nconst (\n\td = iota\n\te\n)",
		"var a string\nlocal := 1\n_ = local")
	if got := strings.Join(s.Names(), " "); got != "T T~M a b c d e f init_x rand" {
		t.Errorf("names %q", got)
	}
	p := s.Replay()
	const want = `import "math/rand"
import f "fmt"
var b  = two()
var c, _ = three()
type T struct {
	x int
}
// M is told.
func (t *T) M() {}
func init_x() {}
const (
	d = iota
	e
)
var a string`
	if len(p.Steps) != 1 || p.Steps[0].Source != want {
		t.Fatalf("%+v", p.Steps)
	}
	p.Counter = 1 // of the new GoNB
	s.Ran(p)
	if at, ok := s.place(1, 6); !ok || at != (place{2, 2}) || s.line(at) != "\tx int" {
		t.Errorf("%v %v", at, ok)
	}
	again := accepted(t, p.Steps[0].Source)
	if !reflect.DeepEqual(again.Names(), s.Names()) {
		t.Errorf("declared again: %v", again.Names())
	}
	s.Forget("rand", "c", "none")
	if got := strings.Join(s.Names(), " "); got != "T T~M a b d e f init_x" {
		t.Errorf("after Forget: %q", got)
	}
	p = run(t, s, 4, "%rm a\n%reset\n%rm b")
	if len(s.Names()) != 0 {
		t.Errorf("after %%reset: %q", s.Names())
	}
	if p = (&Session{}).Replay(); len(p.Steps) != 0 {
		t.Errorf("nothing declared: %+v", p.Steps)
	}
}

func TestSessionStaysSmall(t *testing.T) {
	s := accepted(t, "var kept = 1")
	for number := 2; number < 200; number++ {
		p := run(t, s, number, "x := 1\nfmt.Println(x)\nvar again = 2")
		s.Accept(p)
	}
	// The cell before the last goes with the next one.
	if len(s.places) != 3 || len(s.sources) != 3 || len(s.locals) != 1 || len(s.declared) != 2 {
		t.Errorf("%d places, %d sources, %d locals, %d declarations", len(s.places), len(s.sources), len(s.locals), len(s.declared))
	}
	if at, ok := s.place(1, 1); !ok || s.line(at) != "var kept = 1" {
		t.Errorf("%v %v", at, ok)
	}
}

// The mistake of a frame names its place, which is not said a second time.
func TestPlaceIsSaidOnce(t *testing.T) {
	for text, want := range map[string]string{
		"no such thing": "no such thing (cell [7], line 2)",
		"analysis: cell [7], line 2: select: no column \"m\"": "analysis: cell [7], line 2: select: no column \"m\"",
		"analysis: cell [7], line 25: select: no column":      "analysis: cell [7], line 25: select: no column (cell [7], line 2)",
	} {
		var e Explanation
		e.say(text, place{7, 2}, 0, "", "")
		if e.Value != want {
			t.Errorf("%q became %q, want %q", text, e.Value, want)
		}
	}
}

func TestVars(t *testing.T) {
	s := accepted(t, "import m \"math\"\nvar a, b = m.Pi, []int{1}\nconst c = 3\ntype T struct {\n}\nfunc (t T) M(x int) error { return nil }")
	p, err := Prepare("\n%vars\n", s)
	if err != nil || !p.Result {
		t.Fatal(err)
	}
	want := shown + `%%
kelpie_nb.ResultValue(kelpie_nb.Declarations{
kelpie_nb.Declared{Kind: "import", Name: "m", Type: "math", Cell: 1, Value: nil},
kelpie_nb.Declared{Kind: "var", Name: "a", Type: "", Cell: 1, Value: a},
kelpie_nb.Declared{Kind: "var", Name: "b", Type: "", Cell: 1, Value: b},
kelpie_nb.Declared{Kind: "const", Name: "c", Type: "= 3", Cell: 1, Value: nil},
kelpie_nb.Declared{Kind: "type", Name: "T", Type: "struct {", Cell: 1, Value: nil},
kelpie_nb.Declared{Kind: "func", Name: "T.M", Type: "func(x int) error", Cell: 1, Value: nil},
})`
	if got := p.Steps[0].Source; got != want {
		t.Errorf("%s", got)
	}
}

func TestRetry(t *testing.T) {
	p, err := Prepare("!true\nx := 1\ng(x)", &Session{})
	if err != nil || len(p.Steps) != 2 {
		t.Fatalf("%v %v", p.Steps, err)
	}
	if _, ok := p.Retry("undefined: g"); ok {
		t.Error("retried for another error")
	}
	step, ok := p.Retry("./main.go:5:30: g(x) (no value) used as value")
	if !ok || step.Source != "\nfunc main() { flag.Parse(); x := 1\ng(x) }" {
		t.Errorf("%q %v", step.Source, ok)
	}
	if p, _ = Prepare("1 + 1", &Session{}); p.fallback != nil {
		t.Error("a value needs no second try")
	}
}

func FuzzExplain(f *testing.F) {
	f.Add("exit status 2", "panic: x\n\ngoroutine 1 [running]:\nmain.f(...)\n\t \x1b[7m[[ Cell [1] Line 3 ]]\x1b[0m /tmp/gonb_1/main.go:13\nmain.init()\n\t/a/main.go:4\n",
		"package main\n\nvar (\n\ts []int\n)\n\nfunc main() {\n\tflag.Parse()\nx()\n\n}\n", "Cell[2]: Line 1\nx()\n^\n")
	f.Add("# gonb_1\n./main.go:9:30: undefined: q\n\thave ()\n", "fatal error: y\n\ngoroutine 1 [chan receive]:\nmain.main()\n\tmain.go:99999999999999999999 +0x1\n", "package main\nfunc (a", "Cell Line 7")
	f.Fuzz(func(t *testing.T, value, stderr, main, line string) {
		s := accepted(t, "var s []int\nfunc f() {}")
		p := run(t, s, 2, "x()\n!true\nvar q, r = f(2)\ny()")
		e := p.Explain(s, Failure{Value: value, Traceback: []string{line, line}, Main: main, Stderr: written(stderr[:len(stderr)/2], stderr[len(stderr)/2:])})
		if e.Name == "" || len(e.Traceback) == 0 {
			t.Fatalf("nothing said: %+v", e)
		}
		for _, said := range e.Traceback {
			if strings.Contains(said, "\x1b[3") {
				t.Fatalf("colour in %q", said)
			}
		}
	})
}
