//go:build !windows

package build

import (
	"bytes"
	"errors"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestMain makes this binary the go command where it is called so.
func TestMain(m *testing.M) {
	if filepath.Base(os.Args[0]) == "go" {
		os.Exit(Main(os.Args))
	}
	os.Exit(m.Run())
}

// A kernel is a work directory with our go first on PATH, and behind it the real one, which notes how it is called.
type kernel struct {
	t    *testing.T
	root string
	dir  string
	env  []string
}

const libModule = "module example.org/lib\n\ngo 1.26\n"

// libSource is a package that returns a number; its text is as long for each digit.
func libSource(digit string) string {
	return "package lib\n\n// Number is a number.\nfunc Number() int { return " + digit + " }\n"
}

// newKernel makes a kernel with a module in a folder that cells may import.
func newKernel(t *testing.T) *kernel {
	t.Helper()
	if testing.Short() {
		t.Skip("builds programs")
	}
	goTool, err := exec.LookPath("go")
	if err != nil {
		t.Skip("there is no go")
	}
	root, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	k := &kernel{t: t, root: root, dir: filepath.Join(root, "gonb_12ab34cd")}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(root, "ours"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(self, filepath.Join(root, "ours", "go")); err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(root, "real", "go"), "#!/bin/sh\necho \"go $*\" >> "+root+"/calls\n[ -e "+root+"/slow ] && exec sleep 60\nexec "+goTool+" \"$@\"\n")
	if err := os.Chmod(filepath.Join(root, "real", "go"), 0o755); err != nil {
		t.Fatal(err)
	}
	k.env = append(os.Environ(), "PATH="+root+"/ours:"+root+"/real:"+os.Getenv("PATH"), Variable+"="+root+"/plans", "TMPDIR="+root+"/tmp")
	for name, value := range settings {
		k.env = append(k.env, name+"="+value)
	}
	k.write("../tmp/kept", "")
	k.write("../lib/go.mod", libModule)
	k.write("../lib/lib.go", libSource("1"))
	age(t, filepath.Join(root, "lib", "go.mod"))
	age(t, filepath.Join(root, "lib", "lib.go"))
	k.write("go.mod", "module gonb_12ab34cd\n\ngo 1.26\n\nreplace example.org/lib => ../lib\n")
	k.write("go.work", "go 1.26\n\nuse (\n\t.\n\t../lib\n)\n")
	return k
}

func (k *kernel) write(name, text string) {
	k.t.Helper()
	write(k.t, filepath.Join(k.dir, name), text)
}

// command is a call of go as GoNB makes it.
func (k *kernel) command(args ...string) *exec.Cmd {
	cmd := exec.Command(filepath.Join(k.root, "ours", "go"), args...)
	cmd.Args[0] = "go"
	cmd.Dir, cmd.Env = k.dir, k.env
	return cmd
}

// calls calls go, and returns what it printed and which calls the real go got.
func (k *kernel) calls(args ...string) (output, calls string, err error) {
	k.t.Helper()
	_ = os.Remove(filepath.Join(k.root, "calls"))
	text, err := k.command(args...).CombinedOutput()
	noted, _ := os.ReadFile(filepath.Join(k.root, "calls"))
	left, _ := filepath.Glob(filepath.Join(k.dir, ".build-*"))
	more, _ := filepath.Glob(filepath.Join(k.root, "tmp", "go-build*"))
	if len(left)+len(more) > 0 {
		k.t.Errorf("go %s left %q %q", strings.Join(args, " "), left, more)
	}
	return string(text), strings.TrimSpace(string(noted)), err
}

// binary is where GoNB has the program put.
func (k *kernel) binary() string { return filepath.Join(k.dir, filepath.Base(k.dir)) }

// build builds the cell as GoNB does; calls are those that the real go must get, of get and build.
func (k *kernel) build(calls ...string) {
	k.t.Helper()
	get, one, err := k.calls("get")
	if err != nil {
		k.t.Fatalf("go get: %v\n%s", err, get)
	}
	output, two, err := k.calls("build", "-o", k.binary())
	if err != nil {
		k.t.Fatalf("go build: %v\n%s", err, output)
	}
	if got, want := strings.Fields(one+"\n"+two), strings.Fields(strings.Join(calls, "\n")); !slices.Equal(got, want) {
		k.t.Fatalf("the real go was called as %q, want %q", got, want)
	}
}

// learns and follows are builds without and with a plan.
func (k *kernel) learns()  { k.t.Helper(); k.build("go get", "go build -x -o "+k.binary()) }
func (k *kernel) follows() { k.t.Helper(); k.build() }

// run runs the program that was built.
func (k *kernel) run(args ...string) (stdout, stderr string) {
	var out, complaint bytes.Buffer
	cmd := exec.Command(k.binary(), args...)
	cmd.Stdout, cmd.Stderr = &out, &complaint
	_ = cmd.Run() // some panic
	return out.String(), complaint.String()
}

// cell prints the number of the library, and what the program knows of its build; with arguments it panics.
const cell = `package main

import (
	"fmt"
	"os"
	"runtime/debug"

	"example.org/lib"
)

func main() {
	info, ok := debug.ReadBuildInfo()
	fmt.Println(lib.Number(), info, ok)
	if len(os.Args) > 1 {
		panic("as asked")
	}
}
`

// places are the files and lines of a trace.
func places(trace string) []string {
	return regexp.MustCompile(`\S+\.go:\d+`).FindAllString(trace, -1)
}

func TestAPlanBuildsTheSame(t *testing.T) {
	k := newKernel(t)
	k.write("main.go", cell)
	k.learns()
	wantOut, _ := k.run()
	_, wantTrace := k.run("panic")
	k.write("main.go", cell+"\nvar unused = 1\n")
	k.follows()
	gotOut, _ := k.run()
	_, gotTrace := k.run("panic")
	if gotOut != wantOut || !strings.HasPrefix(gotOut, "1 go\tgo1.") || !strings.Contains(gotOut, "dep\texample.org/lib") {
		t.Errorf("the program prints\n%s\nwant\n%s", gotOut, wantOut)
	}
	got, want := places(gotTrace), places(wantTrace)
	if !slices.Equal(got, want) || !slices.Contains(got, filepath.Join(k.dir, "main.go:15")) {
		t.Errorf("a panic names %q, want %q", got, want)
	}
	// The go command takes it for a program, and not for its own.
	k.env = append(k.env, Variable+"=")
	k.build("go get", "go build -o "+k.binary())
}

func TestAPlanServesOtherKernels(t *testing.T) {
	k := newKernel(t)
	k.write("main.go", cell)
	k.learns()
	want, _ := k.run()
	files := map[string]string{}
	for _, name := range []string{"main.go", "go.work", "go.mod"} {
		text, err := os.ReadFile(filepath.Join(k.dir, name))
		if err != nil {
			t.Fatal(err)
		}
		files[name] = strings.ReplaceAll(string(text), "gonb_12ab34cd", "gonb_56ef78ab")
	}
	k.dir = filepath.Join(k.root, "gonb_56ef78ab")
	for name, text := range files {
		k.write(name, text)
	}
	k.follows()
	if got, _ := k.run(); got != strings.ReplaceAll(want, "gonb_12ab34cd", "gonb_56ef78ab") {
		t.Errorf("the program prints\n%s\nin the other kernel\n%s", got, want)
	}
}

func TestAPlanIsNeverStale(t *testing.T) {
	number := func(k *kernel) string {
		stdout, _ := k.run()
		return stdout[:1]
	}
	tests := []struct {
		name   string
		change func(k *kernel)
		want   string // the library's number after that
	}{
		{"an edited package", func(k *kernel) { k.write("../lib/lib.go", libSource("2")) }, "2"},
		{"another file of a package", func(k *kernel) {
			k.write("../lib/more.go", "package lib\n\nfunc init() { println() }\n")
			age(k.t, filepath.Join(k.root, "lib", "more.go"))
		}, "1"},
		{"a requirement of a module", func(k *kernel) { k.write("../lib/go.mod", libModule+"\n// changed\n") }, "1"},
		{"a vanished package of the build cache", func(k *kernel) { _ = os.Remove(k.plan().archive(k.t)) }, "1"},
		{"half a package in the build cache", func(k *kernel) {
			path := k.plan().archive(k.t)
			if err := os.Truncate(path, 100); err != nil {
				k.t.Fatal(err)
			}
		}, "1"},
		{"half a plan", func(k *kernel) {
			if err := os.Truncate(k.planFile(), 3000); err != nil {
				k.t.Fatal(err)
			}
		}, "1"},
		{"no plan", func(k *kernel) { _ = os.Remove(k.planFile()) }, "1"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			k := newKernel(t)
			k.write("main.go", cell)
			k.learns()
			k.write("main.go", cell+"\nvar unused = 1\n")
			test.change(k)
			k.learns()
			if got := number(k); got != test.want {
				t.Errorf("the library's number is %s, want %s", got, test.want)
			}
		})
	}
}

// A package that has only just changed may change again before its time does.
func TestYoungPackagesAreNotPlannedFor(t *testing.T) {
	k := newKernel(t)
	k.write("main.go", cell)
	k.write("../lib/lib.go", libSource("3"))
	k.learns()
	if names, _ := filepath.Glob(filepath.Join(k.root, "plans", "*")); len(names) > 0 {
		t.Fatalf("there are %q", names)
	}
	age(t, filepath.Join(k.root, "lib", "lib.go"))
	k.write("main.go", cell+"\nvar unused = 1\n")
	k.learns()
	k.follows()
}

func (k *kernel) planFile() string {
	k.t.Helper()
	names, _ := filepath.Glob(filepath.Join(k.root, "plans", "*"+planSuffix))
	if len(names) != 1 {
		k.t.Fatalf("plans %q, want one", names)
	}
	return names[0]
}

func (k *kernel) plan() Plan {
	k.t.Helper()
	text, err := os.ReadFile(k.planFile())
	if err != nil {
		k.t.Fatal(err)
	}
	plan, err := decodePlan(text)
	if err != nil {
		k.t.Fatal(err)
	}
	return plan
}

// archive is the file of the library in the build cache.
func (p Plan) archive(t *testing.T) string {
	t.Helper()
	_, rest, found := strings.Cut(p.Linkcfg, "packagefile example.org/lib=")
	if !found {
		t.Fatal("the plan lacks the library")
	}
	path, _, _ := strings.Cut(rest, "\n")
	return path
}

// A program of gonbui has a companion beside it while it is built, unless that is another gonbui than we know.
func TestCompanion(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("there is none")
	}
	k := newKernel(t)
	root, err := filepath.Abs("../../..")
	if err != nil {
		t.Fatal(err)
	}
	k.write("go.work", "go 1.26\n\nuse (\n\t.\n\t../lib\n\t"+root+"\n)\n") // it requires GoNB
	program := "package main\n\nimport (\n\t\"fmt\"\n\n\t\"github.com/janpfeifer/gonb/gonbui\"\n)\n\nfunc main() {\n\tgonbui.DisplayMarkdown(\"x\")\n\tfmt.Println(gonbui.Error())\n}\n"
	k.write("main.go", program)
	if text, _, err := k.calls("list", "-deps"); err != nil { // which writes go.work.sum
		t.Fatal(text)
	}
	k.learns()
	k.write("main.go", program+"\nvar more = 1\n")
	k.follows()
	if _, err := os.Stat(filepath.Join(k.dir, companion)); err == nil {
		t.Error("the companion stays")
	}
	// The program waits until what it sent is read, and the lock free.
	pipes := filepath.Join(k.root, "pipes")
	if err := os.Mkdir(pipes, 0o755); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"display", "back"} {
		if err := syscall.Mkfifo(filepath.Join(pipes, name), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write(t, filepath.Join(pipes, TurnFile), "")
	turn, err := os.Open(filepath.Join(pipes, TurnFile))
	if err != nil {
		t.Fatal(err)
	}
	defer turn.Close()
	read, err := os.OpenFile(filepath.Join(pipes, "display"), os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer read.Close()
	back, err := os.OpenFile(filepath.Join(pipes, "back"), os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer back.Close()
	cmd := exec.Command(k.binary())
	cmd.Env = append(os.Environ(), "GONB_PIPE="+filepath.Join(pipes, "display"), "GONB_PIPE_BACK="+filepath.Join(pipes, "back"))
	said, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill() })
	ended := make(chan string, 1)
	go func() {
		text, _ := io.ReadAll(said)
		ended <- string(text)
	}()
	if err := syscall.Flock(int(turn.Fd()), syscall.LOCK_EX); err != nil {
		t.Fatal(err)
	}
	if n, err := read.Read(make([]byte, 100)); n == 0 || err != nil {
		t.Fatalf("read %d bytes, %v", n, err)
	}
	select {
	case text := <-ended:
		t.Fatalf("while its display is worked on, the program says %q", text)
	case <-time.After(100 * time.Millisecond):
	}
	if err := syscall.Flock(int(turn.Fd()), syscall.LOCK_UN); err != nil {
		t.Fatal(err)
	}
	go func() { _, _ = io.Copy(io.Discard, read) }() // gob writes what the types are first, and waits for each
	if text := <-ended; text != "<nil>\n" {
		t.Errorf("the program says %q", text)
	}
	_ = cmd.Wait()
}

func TestAccompany(t *testing.T) {
	for _, test := range []struct {
		imports, versions []string
		want              bool
	}{
		{[]string{"fmt", gonbui}, []string{known}, true},
		{[]string{gonbui + "/plotly"}, []string{known, known}, true},
		{[]string{gonb + "/common", gonbui + "x"}, []string{known}, false},
		{[]string{gonbui}, nil, false},
		{[]string{gonbui}, []string{known, "v0.12.0"}, false},
		{[]string{gonbui}, versions(gonb, [][]string{{"require", gonb, known}, {"replace", gonb, "=>", "../gonb"}}), false},
	} {
		if got := (program{imports: test.imports}).accompany(workspace{gonb: test.versions}); got != (test.want && runtime.GOOS == "linux") {
			t.Errorf("%q with %q: %t", test.imports, test.versions, got)
		}
	}
}

func TestMessagesAreThoseOfGo(t *testing.T) {
	tests := []struct {
		name, source string
		calls        []string // of a build, after the plan for the sound cell was made; %s is the binary
	}{
		{"a type error", strings.Replace(cell, "lib.Number()", "lib.Number() + \"\"", 1), []string{"go build -o %s"}},
		{"an unused import", strings.Replace(cell, "fmt.Println(lib.Number(), info, ok)", "_ = ok; _ = info", 1), []string{"go build -o %s"}},
		{"no main", "package main\n\nimport (\n\t_ \"fmt\"\n\t_ \"os\"\n\t_ \"runtime/debug\"\n\n\t_ \"example.org/lib\"\n)\n", []string{"go build -o %s"}},
		{"another import", "package main\n\nimport \"strings\"\n\nfunc main() { strings.Nothing() }\n", []string{"go build -x -o %s", "go build -o %s"}},
		{"an import that is nowhere", "package main\n\nimport \"example.org/nowhere\"\n\nfunc main() { nowhere.Go() }\n", []string{"go build -x -o %s", "go build -o %s"}},
		{"a parse error", "package main\n\nfunc main( {\n", []string{"go build -x -o %s", "go build -o %s"}},
	}
	k := newKernel(t)
	k.write("main.go", cell)
	k.learns()
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			k.write("main.go", test.source)
			got, calls, err := k.calls("build", "-o", k.binary())
			if want := strings.ReplaceAll(strings.Join(test.calls, "\n"), "%s", k.binary()); calls != want {
				t.Errorf("the real go was called as\n%s\nwant\n%s", calls, want)
			}
			plain := &kernel{t: t, root: k.root, dir: k.dir, env: append(k.env, Variable+"=")}
			want, _, wantErr := plain.calls("build", "-o", k.binary())
			if got != want || status(err) != status(wantErr) || want == "" {
				t.Errorf("prints (%v)\n%s\nwant (%v)\n%s", err, got, wantErr, want)
			}
			got, calls, err = k.calls("get")
			want, _, wantErr = plain.calls("get")
			if got != want || status(err) != status(wantErr) {
				t.Errorf("go get prints (%v)\n%s\nwant (%v)\n%s", err, got, wantErr, want)
			}
		})
	}
	k.write("main.go", cell)
	k.follows()
}

// status is the exit status of a program.
func status(err error) int {
	var exit *exec.ExitError
	switch {
	case err == nil:
		return 0
	case errors.As(err, &exit):
		return exit.ExitCode()
	}
	return -1
}

func TestOtherCallsPassThrough(t *testing.T) {
	k := newKernel(t)
	k.write("main.go", cell)
	k.learns()
	for _, args := range [][]string{
		{"version"}, {"env", "GOROOT"}, {"build", "-o", "elsewhere"}, {"build", "-o", k.binary(), "-race"}, {"get", "-t"}, {"nonsense"}, {"vet"},
	} {
		output, calls, err := k.calls(args...)
		if want := "go " + strings.Join(args, " "); calls != want {
			t.Errorf("the real go was called as %q, want %q", calls, want)
		}
		if sound := args[len(args)-1] != "-race" && args[0] != "nonsense"; sound != (err == nil) {
			t.Errorf("go %s: %v\n%s", strings.Join(args, " "), err, output)
		}
	}
	if err := os.Rename(filepath.Join(k.dir, "main.go"), filepath.Join(k.dir, "main_test.go")); err != nil {
		t.Fatal(err)
	}
	if output, calls, err := k.calls("test", "-c", "-o", k.binary()); err != nil || calls != "go test -c -o "+k.binary() {
		t.Errorf("%%test: %v, calls %q\n%s", err, calls, output)
	}
}

// A build ends with a signal to it alone, leaves nothing, and does not go on as another.
func TestInterrupt(t *testing.T) {
	k := newKernel(t)
	k.write("main.go", cell)
	k.learns()
	slow := filepath.Join(k.root, "compile")
	write(t, slow, "#!/bin/sh\ntouch "+k.root+"/started\nexec sleep 60\n")
	if err := os.Chmod(slow, 0o755); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(slow)
	if err != nil {
		t.Fatal(err)
	}
	plan := k.plan()
	plan.Compile.Path = slow
	plan.Files = append(plan.Files, file{slow, info.Size(), info.ModTime().UnixNano()})
	key := strings.TrimSuffix(filepath.Base(k.planFile()), planSuffix)
	if err := folder(filepath.Join(k.root, "plans")).keep(program{key: key}, plan); err != nil {
		t.Fatal(err)
	}
	for name, begun := range map[string]string{cell: "started", strings.Replace(cell, `"os"`, "\"os\"\n\t_ \"strings\"", 1): "calls"} {
		t.Run(begun, func(t *testing.T) {
			k.write("main.go", name)
			k.write("../slow", "")
			_ = os.Remove(filepath.Join(k.root, "calls"))
			cmd := k.command("build", "-o", k.binary())
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			for exists := false; !exists; time.Sleep(5 * time.Millisecond) {
				_, err := os.Stat(filepath.Join(k.root, begun))
				exists = err == nil
			}
			if err := cmd.Process.Signal(syscall.SIGINT); err != nil {
				t.Fatal(err)
			}
			if err := cmd.Wait(); status(err) != interrupted {
				t.Errorf("ended with %v, want status %d", err, interrupted)
			}
			if left, _ := filepath.Glob(filepath.Join(k.dir, ".build-*")); len(left) > 0 {
				t.Errorf("left %q", left)
			}
		})
	}
}

// Two of ours on PATH must not hand a call to each other for ever.
func TestTheRealGoIsNoneOfOurs(t *testing.T) {
	k := newKernel(t)
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	other := filepath.Join(k.root, "other")
	text, err := os.ReadFile(self)
	if err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(other, "bin", filepath.Base(self)), string(text))
	if err := os.Chmod(filepath.Join(other, "bin", filepath.Base(self)), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(filepath.Join("bin", filepath.Base(self)), filepath.Join(other, "go")); err != nil {
		t.Fatal(err)
	}
	k.env = append(slices.DeleteFunc(k.env, func(entry string) bool { return strings.HasPrefix(entry, "PATH=") }),
		"PATH="+strings.Join([]string{k.root + "/ours", other, k.root + "/ours", k.root + "/real", other, "/usr/bin", "/bin"}, ":"))
	if output, calls, err := k.calls("version"); err != nil || calls != "go version" {
		t.Errorf("%v, calls %q\n%s", err, calls, output)
	}
	k.env = append(slices.DeleteFunc(k.env, func(entry string) bool { return strings.HasPrefix(entry, "PATH=") }), "PATH="+k.root+"/ours:"+other)
	if output, _, err := k.calls("version"); status(err) != 127 || !strings.Contains(output, "no go on PATH") {
		t.Errorf("without a real go: %v\n%s", err, output)
	}
}

// GoNB builds in the same directory as long as it lives: a file of the kernel's that comes or goes gives another plan.
func TestFilesOfTheKernel(t *testing.T) {
	k := newKernel(t)
	files := maps.Clone(map[string]string{"kelpie_number.go": "package main\n\nimport \"example.org/lib\"\n\nvar number = lib.Number() + 4\n", "main.go": "package main\n\nfunc main() { println(number) }\n"})
	for name, text := range files {
		k.write(name, text)
	}
	k.learns()
	k.write("kelpie_number.go", strings.Replace(files["kelpie_number.go"], "4", "5", 1))
	k.follows()
	if _, stderr := k.run(); stderr != "6\n" {
		t.Errorf("the program prints %q", stderr)
	}
}
