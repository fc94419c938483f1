//go:build !windows

package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/stophacking/kelpie/kernel-ext/internal/wire"
)

func TestCellsOfGoNB(t *testing.T) {
	t.Parallel()
	c := start(t, realGoNB(t))
	c.expect("import \"fmt\"\nfunc answer() int { return 42 }", "ok")
	c.expect("%%\nfmt.Println(answer())", `ok stdout="42\n"`)
	c.expect("!echo shell", `ok stdout="shell\n"`)
	for code, want := range map[string]string{
		"%%\npanic(\"oh\")":                        "oh",
		"import \"os\"\n%%\nos.Exit(3)":            "3",
		"import \"runtime\"\n%%\nruntime.Goexit()": "no goroutines (main called runtime.Goexit)",
		"%%\nundefined()":                          "undefined",
		"%%\nfmt.Println(\"a\x00b\")":              "NUL",
	} {
		r := c.run(code)
		if text := fmt.Sprint(r, r.content["traceback"]); r.content["status"] != "error" || !strings.Contains(text, want) {
			t.Errorf("%q gave %s; want an error with %q", code, text, want)
		}
	}
	// All that a program printed before it died is there, and nothing twice.
	r := c.run("%%\nfor i := range 20000 { fmt.Println(i) }\npanic(\"late\")")
	if lines := strings.Count(r.stream("stdout"), "\n"); lines != 20000 {
		t.Errorf("%d lines of 20000 came", lines)
	}
}

// What an error quotes is visible, whoever said it; what a program prints is its own.
func TestErrorsAreVisible(t *testing.T) {
	t.Parallel()
	c := start(t, realGoNB(t))
	const said = `\x1b[31mred\x1b[0m \x1b]0;title\a \u202eright\u202c \u200b\x00`
	for _, test := range []struct{ code, want string }{
		{"%%\npanic(\"" + said + "\")", `\x1b[31mred\x1b[0m \x1b]0;title\a \u202eright\u202c \u200b\x00 (cell [1], line 2)`},
		{"import \"errors\"\n%%\npanic(errors.New(\"" + said + "\"))", `\x1b[31mred\x1b[0m \x1b]0;title\a \u202eright\u202c \u200b\x00 (cell [2], line 3)`},
		{"import \"github.com/stophacking/kelpie/kernel-ext/nb\"\n%%\nnb.Show(errors.New(\"" + said + "\"))", `\x1b[31mred\x1b[0m \x1b]0;title\a \u202eright\u202c \u200b\x00 (cell [3], line 3)`},
		{"%%\ngo func() { panic(\"a\\rb\") }()\ntime.Sleep(time.Minute)", `a\rb`},
		{"var n int = \"\u202e\"", `cannot use "\u202e"`},
		{"!echo '\x1b[31m\u202e' && false", "exit status 1"},
		{"%nosuch\u202e", `there is no magic %nosuch\u202e`},
		{"%%script nosuch\u2066\nx", "exit status 127"},
		{"func f() { \u202e }", ""},
	} {
		r := c.run(test.code)
		if value := fmt.Sprint(r.content["evalue"]); r.content["status"] != "error" || !strings.Contains(value, test.want) {
			t.Errorf("%q: %v %q, want %q", test.code, r.content["status"], value, test.want)
		}
		traceback := fmt.Sprint(r.content["traceback"])
		if strings.ContainsAny(test.code, "\u202e\u2066") && !strings.Contains(traceback, `\u20`) {
			t.Errorf("%q: the line of the cell is not quoted: %s", test.code, traceback)
		}
	}
	// So is what is told of a declaration.
	c.run("// says \u202e and \u200b\nfunc told() string { return `\u2066` }")
	told := c.ask("inspect_request", map[string]any{"code": "told()", "cursor_pos": 2, "detail_level": 1}).content
	if text := fmt.Sprint(told["data"]); told["found"] != true || strings.ContainsAny(text, "\u202e\u200b\u2066") || !strings.Contains(text, `\u20`) {
		t.Errorf("told %v of a declaration", told)
	}
	c.expect("%%\nfmt.Print(\"\\x1b[31mred\\u202e\")\nfmt.Fprint(os.Stderr, \"\\x1b]0;a\\a\")", `ok stdout="\x1b[31mred\u202e" stderr="\x1b]0;a\a"`)
}

// restarted is what a kernel adds where GoNB took so long to end a cell that it was ended itself, as it may on a machine
// that has much else to do.
const restarted = ` stderr="kelpie: GoNB had ended (signal: killed); it was started again\n"`

// awaitInterrupted waits for the end of a cell that was interrupted.
func (c *client) awaitInterrupted(id string) {
	c.t.Helper()
	if got := strings.TrimSuffix(c.await(id).String(), restarted); got != "error interrupted: the cell was interrupted" {
		c.t.Errorf("got %s", got)
	}
}

func TestInterruptOfGoNB(t *testing.T) {
	onlyLinux(t)
	t.Parallel()
	c := start(t, realGoNB(t))
	c.run("!true")
	for name, test := range map[string]struct{ code, process string }{
		"shell":    {"!sleep 61 | cat", "sleep\x0061"},
		"children": {"import (\"os/exec\"; \"time\")\n%%\n_ = exec.Command(\"sleep\", \"62\").Start()\ntime.Sleep(time.Minute)", "sleep\x0062"},
		"script":   {"%%bash\ntrap '' INT\nsleep 63", "sleep\x0063"},
		"build":    {"!sleep 64; true", "sleep\x0064"},
	} {
		t.Run(name, func(t *testing.T) {
			id := c.send("shell", "execute_request", cell(test.code))
			queued := c.send("shell", "execute_request", cell("!echo no"))
			eventually(t, "it does not start", func() bool { return len(c.processes(test.process)) > 0 })
			c.await(c.send("control", "interrupt_request", map[string]any{}))
			c.awaitInterrupted(id)
			if got := c.await(queued).String(); got != "aborted" {
				t.Errorf("the cell that waited: %s", got)
			}
			eventually(t, "its processes stay", func() bool { return len(c.processes(test.process)) == 0 })
		})
	}
	if got := strings.TrimSuffix(c.run("!echo on").String(), restarted); got != `ok stdout="on\n"` {
		t.Errorf("got %s", got)
	}
	// A front end without messages for it sends a signal.
	id := c.send("shell", "execute_request", cell("!sleep 65"))
	eventually(t, "it does not start", func() bool { return len(c.processes("sleep\x0065")) > 0 })
	_ = syscall.Kill(c.cmd.Process.Pid, syscall.SIGINT)
	c.awaitInterrupted(id)
}

func TestInterruptStopsABuild(t *testing.T) {
	onlyLinux(t)
	t.Parallel()
	c, slow := startSlow(t, "66")
	c.expect("func f() {}", "ok")
	slow(true)
	id := c.send("shell", "execute_request", cell("func g() {}"))
	eventually(t, "it does not start", func() bool { return len(c.processes("sleep\x0066")) > 0 })
	c.await(c.send("control", "interrupt_request", map[string]any{}))
	c.awaitInterrupted(id)
	slow(false)
	if got := strings.TrimSuffix(c.run("%%\nf()").String(), restarted); got != "ok" {
		t.Errorf("got %s", got)
	}
}

// startSlow starts a kernel whose go command can be made to sleep for that many seconds instead of building.
func startSlow(t *testing.T, seconds string) (c *client, slow func(bool)) {
	t.Helper()
	gonb, dir := realGoNB(t), t.TempDir()
	flag := filepath.Join(dir, "slow")
	script := "#!/bin/sh\nif [ \"$1\" = build ] && [ -e '" + flag + "' ]; then exec sleep " + seconds + "; fi\nPATH='" + os.Getenv("PATH") + "' exec go \"$@\"\n"
	if err := os.WriteFile(filepath.Join(dir, "go"), []byte(script), 0o755); err != nil {
		t.Fatal(err)
	}
	c = start(t, gonb, func(_ *client, cmd *exec.Cmd) {
		cmd.Env = append(cmd.Env, "PATH="+dir+":"+filepath.Dir(gonb[0])+":"+os.Getenv("PATH"))
	})
	return c, func(on bool) {
		err := os.Remove(flag)
		if on {
			err = os.WriteFile(flag, nil, 0o644)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

func TestInputOfGoNB(t *testing.T) {
	onlyLinux(t)
	t.Parallel()
	c := start(t, realGoNB(t))
	c.onPrompt = func(string) string { return "größe" }
	go_ := "import (\"bufio\"; \"fmt\"; \"os\")\n%%\ns, err := bufio.NewReader(os.Stdin).ReadString('\\n')\nfmt.Printf(\"%q %v\", s, err)"
	for code, want := range map[string]string{
		// Without %with_inputs a shell line has nothing to read.
		"!read x; echo got $x":               `ok stdout="got\n"`,
		"%with_inputs\n!read x; echo got $x": `ok stdout="got größe\n"`,
		go_:                                  `ok stdout="\"größe\\n\" <nil>"`,
		"!seq 3 | sort -r; sleep 1":          `ok stdout="3\n2\n1\n"`,
	} {
		asking := cell(code)
		asking["allow_stdin"] = true
		if got := c.ask("execute_request", asking).String(); got != want {
			t.Errorf("%q gave %s, want %s", code, got, want)
		}
	}
	for code, want := range map[string]string{"%with_inputs\n!read x; echo got $x": "line 2)", go_: "line 3)"} {
		got := c.run(code).String()
		if !strings.HasPrefix(got, "error no input: the cell reads standard input, and this front end cannot ask for any (cell [") || !strings.HasSuffix(got, want) {
			t.Errorf("%q gave %s", code, got)
		}
	}
}

func TestFaultGoNBKilled(t *testing.T) {
	onlyLinux(t)
	t.Parallel()
	c := start(t, realGoNB(t))
	c.expect("import \"fmt\"\nvar a = 41\nfunc f() int { return a + 1 }\nfunc main() { fmt.Println(\"once\") }", `ok stdout="once\n"`)
	for range rounds(1, 50) {
		if got := c.run("!kill -9 $(cut -d' ' -f4 /proc/$PPID/stat)").String(); !strings.HasPrefix(got, "error GoNB ended") {
			t.Errorf("got %s", got)
		}
		if got := c.run("%%\nfmt.Println(f())"); got.stream("stdout") != "42\n" || !strings.Contains(got.stream("stderr"), "it was started again") {
			t.Errorf("got %s", got)
		}
	}
	if files := c.files(); len(files) > 12 {
		t.Errorf("the session's directory fills up: %v", files)
	}
	c.expect("!rm -rf \"$TMPDIR\"", "ok")
	if got := c.run("%%\nfmt.Println(f())"); got.stream("stdout") != "42\n" {
		t.Errorf("got %s", got)
	}
}

// files lists what lies in the session's directory.
func (c *client) files() []string {
	var names []string
	for _, dir := range c.dirs() {
		found, _ := filepath.Glob(filepath.Join(dir, "*"))
		names = append(names, found...)
	}
	return names
}

func TestFaultTooManyProcesses(t *testing.T) {
	onlyLinux(t)
	t.Parallel()
	c := start(t, realGoNB(t))
	c.run("!true")
	for _, code := range []string{
		"!for i in $(seq 600); do sleep 67 & done; wait",
		// They double, but not for ever.
		"!bomb() { [ $1 -lt 11 ] || exec sleep 67; sleep 0.1; bomb $(($1+1)) & bomb $(($1+1)) & wait; }; bomb 0",
	} {
		if got := c.run(code).String(); !strings.HasPrefix(got, "error too many processes") {
			t.Errorf("%s: got %s", code, got)
		}
		eventually(t, "processes stay", func() bool { return len(c.processes("sleep\x0067")) == 0 && len(c.processes("bomb 0")) == 0 })
		if got := c.run("!echo on").stream("stdout"); got != "on\n" {
			t.Errorf("afterwards: %s", got)
		}
	}
}

// Each process is killed in turn, at rest and at work, and the kernel after it; whatever the order, nothing stays.
func TestFaultKilledWithGoNB(t *testing.T) {
	onlyLinux(t)
	t.Parallel()
	gonb := realGoNB(t)
	for _, test := range []struct{ name, victim, code string }{
		{"kernel", "", "!setsid sleep 68 & sleep 68"},
		{"guard", "guard\x00", "!setsid sleep 68 & sleep 68"},
		{"GoNB", "gonb\x00", "!setsid sleep 68 & sleep 68"},
		{"shell", "sleep\x0068", "!setsid sleep 68 & sleep 68"},
		{"program", "/gonb_", "%%\nfmt.Println(\"é\")\ntime.Sleep(time.Minute)"},
		{"build", "go\x00build\x00", "%%\nfmt.Println(\"built\")"},
		{"gopls", "gopls\x00serve", "!sleep 68"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			settings := []setting{}
			if test.name == "gopls" {
				gopls := realGopls(t)
				settings = append(settings, func(c *client, _ *exec.Cmd) { c.gopls = gopls })
			}
			if test.name == "build" { // of everything, which takes long enough to be met
				settings = append(settings, func(_ *client, cmd *exec.Cmd) { cmd.Env = append(cmd.Env, "GOFLAGS=-a") })
			}
			for range rounds(1, 50) {
				c := start(t, gonb, settings...)
				if test.name == "gopls" {
					const question = "%%\nPoint{}.Wid"
					c.run("type Point struct{ Width int }")
					c.ask("complete_request", map[string]any{"code": question, "cursor_pos": len(question)})
				}
				id := c.send("shell", "execute_request", cell(test.code))
				switch {
				case test.name == "program":
					eventually(t, "it does not print", func() bool {
						c.mu.Lock()
						defer c.mu.Unlock()
						return slices.ContainsFunc(c.heard, func(m *wire.Message) bool { return m.Header.Type == "stream" })
					})
				case test.name != "build":
					eventually(t, "it does not start", func() bool { return len(c.processes("sleep\x0068")) > strings.Count(test.code, "setsid") })
				}
				var victims []int
				if test.victim != "" {
					eventually(t, "it is not there", func() bool { victims = c.end(test.victim); return len(victims) > 0 })
				}
				switch test.name {
				case "guard":
					eventually(t, "no second guard", func() bool { now := c.processes("guard\x00"); return len(now) == 1 && now[0] != victims[0] })
				case "GoNB", "program", "build":
					if r := c.await(id); r.content["status"] != "error" {
						t.Errorf("the cell: %s", r)
					}
				}
				c.kill(syscall.SIGKILL)
				c.nothingLeft()
			}
		})
	}
}

// Kernels that run at once do not get in each other's way.
func TestFaultManyKernelsOfGoNB(t *testing.T) {
	t.Parallel()
	gonb := realGoNB(t)
	var all sync.WaitGroup
	for i := range rounds(2, 20) {
		c := start(t, gonb)
		all.Go(func() {
			for code, want := range map[string]string{
				fmt.Sprintf("var mine%d = %d\n%%%%\nfmt.Print(\"é\", mine%d)", i, i, i): fmt.Sprintf(`ok stdout="é%d"`, i),
				fmt.Sprintf("!echo kernel %d", i):                                       fmt.Sprintf(`ok stdout="kernel %d\n"`, i),
				fmt.Sprintf("%%%%bash\nsleep 0.%d; exit %d", i, i+1):                    fmt.Sprintf("error shell error: exit status %d", i+1),
			} {
				if got := c.run(code).String(); !strings.HasPrefix(got, want) {
					t.Errorf("kernel %d: %s, want %s", i, got, want)
				}
			}
		})
	}
	all.Wait()
}

func TestFaultFolders(t *testing.T) {
	t.Parallel()
	gonb := realGoNB(t)
	for name, folder := range map[string]string{"blanks": "a b/größe", "long": strings.Repeat("long folder/", 12)} {
		t.Run(name, func(t *testing.T) {
			c := start(t, gonb, func(c *client, cmd *exec.Cmd) {
				c.base = filepath.Join(c.base, folder)
				if err := os.MkdirAll(c.base, 0o755); err != nil {
					t.Fatal(err)
				}
				cmd.Dir = c.base
			})
			c.expect("import \"fmt\"\n%%\nfmt.Println(\"hé\")", `ok stdout="hé\n"`)
			c.expect("!pwd", fmt.Sprintf("ok stdout=%q", c.base+"\n"))
			if r := c.run("import \"github.com/janpfeifer/gonb/gonbui\"\n%%\ngonbui.DisplayHTML(\"<b>é</b>\")"); !strings.Contains(r.order(), "<b>é") && !strings.Contains(r.order(), `\u003cb\u003eé`) {
				t.Errorf("the display is %s", r.order())
			}
		})
	}
}
