package cell

import (
	"reflect"
	"strings"
	"testing"
)

// accepted is a session that has run the given cells, numbered from 1.
func accepted(t testing.TB, cells ...string) *Session {
	t.Helper()
	s := &Session{}
	for i, source := range cells {
		p, err := Prepare(source, s)
		if err != nil {
			t.Fatalf("cell [%d]: %v", i+1, err)
		}
		p.Number = i + 1
		s.Accept(p)
	}
	return s
}

// sources returns what GoNB gets.
func sources(p Program) []string {
	var list []string
	for _, step := range p.Steps {
		list = append(list, step.Source)
	}
	return list
}

const shown = "import kelpie_nb \"github.com/stophacking/kelpie/kernel-ext/nb\"\n"

func TestPrepare(t *testing.T) {
	shell, status := "!"+takePipes, "; "+sayStatus
	for _, c := range []struct {
		name, source string
		want         []string
	}{
		{"empty", "", nil},
		{"comment", "// nothing\n", nil},
		{"marked", "var x = 1\n%%\nfmt.Println(x)\nx", []string{"var x = 1\n%%\nfmt.Println(x)\nx"}},
		{"carriage returns", "%%\r\nf()\r\n", []string{"%%\nf()\n"}},
		{"declarations", "package foo\nvar x = 1\nfunc f() {}\n", []string{"package foo\nvar x = 1\nfunc f() {}\n"}},
		{"own main", "func main() { f() }", []string{"func main() { f() }"}},
		{"test", "func TestA(t *testing.T) {}\n%test -test.v", []string{"func TestA(t *testing.T) {}\n%test -test.v"}},
		{"exec", "func f() {}\n%exec f a", []string{"func f() {}\n%exec f a"}},
		{"magics", "%env A=1\n%rm x\n", []string{"%env A=1\n%rm x\n"}},
		{"args alone", "%args -x", []string{"%args -x"}},
		{"writefile", "%%writefile a.txt\n%x\n", []string{"%%writefile a.txt\n%x\n"}},

		{"statement", "fmt.Println(1)", []string{"func main() { flag.Parse(); fmt.Println(1) }"}},
		{"statements", "x := 1 // one\n\nfor range 3 {\n\tx++\n}\n// end", []string{"func main() { flag.Parse(); x := 1 // one\n\nfor range 3 {\n\tx++\n} }\n// end"}},
		{"value", "x := 1\nx + 1 // two", []string{shown + "func main() { flag.Parse(); x := 1\nkelpie_nb.ResultValue(x + 1) } // two"}},
		{"value on one line", "x", []string{shown + "func main() { flag.Parse(); kelpie_nb.ResultValue(x) }"}},
		{"value over lines", "[]int{\n\t1,\n}", []string{shown + "func main() { flag.Parse(); kelpie_nb.ResultValue([]int{\n\t1,\n}) }"}},
		{"call", "f(1)", []string{shown + "func main() { flag.Parse(); kelpie_nb.Result(f(1)) }"}},
		{"semicolon", "f(1);", []string{"func main() { flag.Parse(); f(1) };"}},
		{"value not shown", "x := 1\nx +\n 2; // two", []string{"func main() { flag.Parse(); x := 1\n_ = x +\n 2 }; // two"}},
		{"receive not shown", "<-c;", []string{"func main() { flag.Parse(); <-c };"}},
		{"receive", "<-c", []string{shown + "func main() { flag.Parse(); kelpie_nb.ResultValue(<-c) }"}},
		{"function literal", "func() {}()", []string{"func main() { flag.Parse(); func() {}() }"}},
		{"function literal with value", "func() int { return 1 }()", []string{shown + "func main() { flag.Parse(); kelpie_nb.Result(func() int { return 1 }()) }"}},
		{"raw string", "`a\nb`", []string{shown + "func main() { flag.Parse(); kelpie_nb.ResultValue(`a\nb`) }"}},
		{"own function without value", "func f() {}\nf()", []string{"func f() {}\nfunc main() { flag.Parse(); f() }"}},
		{"own function with value", "func f() int { return 1 }\nf()", []string{shown + "func f() int { return 1 }\nfunc main() { flag.Parse(); kelpie_nb.Result(f()) }"}},
		{"nb by another name", "import show \"" + nbPath + "\"\nshow.Show(1)", []string{"import show \"" + nbPath + "\"\nfunc main() { flag.Parse(); show.Show(1) }"}},
		{"method declaration", "func (a A) f() {}\nfunc(a int) {}(1)", []string{"func (a A) f() {}\nfunc main() { flag.Parse(); func(a int) {}(1) }"}},
		{"label", "loop:\nfor {\n\tbreak loop\n}", []string{"func main() { flag.Parse(); loop:\nfor {\n\tbreak loop\n} }"}},
		{"declarations between", "a()\n// B is b.\nvar b = 2\nc();\nfunc d() {}", []string{
			"func main() { flag.Parse(); a()\n          \n         \nc() };\nfunc d() {}\n// B is b.\nvar b = 2"}},
		{"import after statements", "a()\nimport (\n\t\"os\"\n\tm \"math\"\n)\nb();", []string{
			"import \"os\"; import m \"math\"\nfunc main() { flag.Parse(); a()\n        \n     \n         \n \nb() };"}},
		{"packages", "packages := 3\npackages++", []string{" func main() { flag.Parse(); packages := 3\n packages++ }"}},

		{"capture", "%capture f\n%%\n%cd a\nx()", []string{"%capture f\n%%\n%cd a\nos.Unsetenv(\"KELPIE_DISPLAY\"); x()"}},
		{"capture of statements", "%capture f\nx();", []string{"%capture f\nfunc main() { flag.Parse(); os.Unsetenv(\"KELPIE_DISPLAY\"); x() };"}},

		{"shell", "!ls", []string{shell + "/bin/bash -c 'ls' </dev/null" + status}},
		{"shell in the build directory", "!*ls", []string{"!*" + takePipes + "/bin/bash -c 'ls' </dev/null" + status}},
		{"shell with quotes", `! echo 'a' # x`, []string{shell + `/bin/bash -c 'echo '\''a'\'' # x' </dev/null` + status}},
		{"shell over lines", "!a \\\n b\nx();", []string{shell + "/bin/bash -c 'a   b' </dev/null" + status + "\n\n", "\n\nfunc main() { flag.Parse(); x() };"}},
		{"shell with input", "%with_inputs\n!read x", []string{"%with_inputs\n" + shell + "/bin/bash -c 'read x'" + status}},
		{"shell and magics", "%env A=1\n!a\n%cd b\n%args -x\n!c\n%%\nx", []string{
			"%env A=1\n" + shell + "/bin/bash -c 'a' </dev/null" + status + "\n\n\n\n\n", "\n\n%cd b\n\n" + shell + "/bin/bash -c 'c' </dev/null" + status + "\n\n", "\n\n\n%args -x\n\n%%\nx"}},
		{"as a comment", "//gonb:!ls\n//gonb:%%\nx", []string{shell + "/bin/bash -c 'ls' </dev/null" + status + "\n\n", "\n//gonb:%%\nx"}},
		{"bash", "%%bash\nexit 3", []string{wrapScript([]string{"bash"}) + "\nexit 3"}},
		{"script", "%%script python3 -c \"a b\"\nx", []string{wrapScript([]string{"python3", "-c", "a b"}) + "\nx"}},

		{"time", "%time x := f()\nx", []string{shown + "func main() { flag.Parse(); kelpie_nb_0 := kelpie_nb.Time(\"x := f()\"); x := f(); kelpie_nb_0.Stop();\nkelpie_nb.ResultValue(x) }"}},
		{"time of a cell", "%time\nf();", []string{shown + "func main() { flag.Parse(); defer kelpie_nb.Time(\"\").Stop();\nf() };"}},
		{"time of a marked cell", "%%\n%time f()", []string{shown + "%%\nkelpie_nb_1 := kelpie_nb.Time(\"f()\"); f(); kelpie_nb_1.Stop();"}},
		{"timeit", "%timeit a + b", []string{shown + "func main() { flag.Parse(); kelpie_nb.TimeIt(\"a + b\", func() { _ = a + b }) };"}},
		{"timeit of a call", "%timeit f()", []string{shown + "func main() { flag.Parse(); kelpie_nb.TimeIt(\"f()\", func() { f() }) };"}},
		{"timeit of a cell", "a := 1\n%timeit\nf(a)\ng(a) // last", []string{shown + "func main() { flag.Parse(); a := 1\nkelpie_nb.TimeIt(\"\", func() {\nf(a)\ng(a) }) }; // last"}},
	} {
		p, err := Prepare(c.source, &Session{})
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if got := sources(p); !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s:\n%q, want\n%q", c.name, got, c.want)
		}
	}
}

func TestRefused(t *testing.T) {
	session := accepted(t,
		"import \"math/rand\"\nvar df, err = load()\nvar one, two = 1, 2\nfunc f() { fmt.Println() }\ntype T int")
	for _, c := range []struct{ name, source, want string }{
		{"NUL", "a\nb\x00", "line 2, column 2: a NUL byte"},
		{"not UTF-8", "ä\xff", "line 1, column 3: the byte 0xff, which is not UTF-8"},
		{"carriage return", "a\rb", "line 1, column 2: a carriage return without a newline"},
		{"second %%", "%%\na()\n%%\nb()", "line 3: a second %%: line 1 has %% already, and a cell has one main; split the cell in two"},
		{"%% and %main", "%%\n%main", "line 2: a second %main: line 1 has %% already, and a cell has one main; split the cell in two"},
		{"%% and %exec", "%exec f\n%%", "line 2: a second %%: line 1 has %exec already, and a cell has one main; split the cell in two"},
		{"%% and main", "func main() {}\n%%\nf()", "line 2: the cell has both %% and a func main; leave one of them out"},
		{"main and statements", "func main() {}\nf()", "line 2: statements outside of func main; move them into it"},
		{"unknown magic", "x := 1\n%tiem x", "line 2: there is no magic %tiem; is it %time? %help lists the magics"},
		{"unknown cell magic", "%%pyhton\nx", "line 1: there is no magic %%pyhton; %help lists the magics"},
		{"cell magic below", "\n%%bash\nls", "line 2: %%bash stands in the first line of its cell"},
		{"script without program", "%%script\nls", "line 1: %%script needs the program to run, as in %%script python3"},
		{"bash with arguments", "%%bash -x\nls", "line 1: %%bash takes no arguments; %%script takes a program with arguments"},
		{"empty command", "! ", "line 1: a ! without a command"},
		{"empty magic", "%\\", "line 1: a % without a command"},
		{"exec of nothing", "%exec", "line 1: %exec needs the name of the function to call"},
		{"command in a string", "a := `\n!rm\n`", "line 2: this line of the string that starts in line 1 would run as a command; start the line with something else, such as a blank"},
		{"package in a string", "var a = `\npackage b\n`", "line 2: this line of the string that starts in line 1 would be left out as a package clause; start the line with something else, such as a blank"},
		{"vars with others", "%vars\nx()", "line 1: %vars stands alone in its cell"},
		{"time above main", "%time\n%%\nx()", "line 1: %time stands below %%"},
		{"timeit of nothing", "x()\n%timeit", "line 2: %timeit without statements; put them below it, or one behind it"},
		{"syntax", "%%\nx := \ny(", "line 3: expected operand, found '}'"},
		{"syntax in a statement", "x := 1\ny = = 2", "line 2, column 5: expected operand, found '='"},
		{"syntax in a declaration", "func g( {\n}", "line 1, column 9: expected ')', found '{'\ncell: line 2, column 1: missing ',' in parameter list"},

		{"part of a tuple", "var model, err = fit()", "line 1: err was declared together with df in cell [1], and declaring it again would lose df; " +
			"choose another name, or declare df in this cell too, or give df up by %rm df err"},
		{"part of a tuple above %%", "var err error\n%%\nx()", "line 1: err was declared together with df in cell [1], and declaring it again would lose df; " +
			"choose another name, or declare df in this cell too, or give df up by %rm df err"},
		{"part of a tuple removed", "%rm err", "line 1: err was declared together with df in cell [1]; remove them together: %rm df err"},
		{"blank", "var _ = f()", "line 1: var _ is never replaced: each run of this cell would add another, made again in every later cell; " +
			"assign to _ in a statement instead, or give it a name"},
		{"named like an import", "\nvar rand = 3", "line 2: rand is the name of the package math/rand, imported in cell [1]; choose another name"},
		{"named like an import of the cell", "import \"os\"\nvar os = 3", "line 2: os is the name of the package os, imported in this cell; choose another name"},
		{"named like a package in use", "var fmt = 3", "line 1: fmt is a package that f of cell [1] uses; choose another name"},
		{"named like flag", "var flag = true", "line 1: flag is a package that GoNB uses in every cell; choose another name"},
		{"of another kind", "var T = 3", "line 1: T is already a type, of cell [1]; %rm T first, or choose another name"},
	} {
		_, err := Prepare(c.source, session)
		if err == nil {
			t.Errorf("%s: no error", c.name)
			continue
		}
		if got := strings.TrimPrefix(err.Error(), "cell: "); got != c.want {
			t.Errorf("%s:\n%s, want\n%s", c.name, got, c.want)
		}
	}
	for name, source := range map[string]string{
		"all of the tuple":     "var df, err = load()",
		"all, by others":       "var err = a()\nvar df = b()",
		"after removal":        "%rm df err\nvar err = a()",
		"after reset":          "%reset\nvar err = a()",
		"no tuple":             "var one = 3",
		"removed and declared": "%rm T\nvar T = 3",
		"local":                "rand := 3\n_ = rand",
		"function again":       "func f() {}",
	} {
		if _, err := Prepare(source, session); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestWarnings(t *testing.T) {
	p, err := Prepare("%args --x\n%%\nf()", &Session{})
	if err != nil || len(p.Warnings) != 1 || p.Warnings[0].String() != "line 1: %% takes the place of %args; write the arguments behind %%" {
		t.Errorf("%v %v", p.Warnings, err)
	}
}
