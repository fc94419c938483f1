//go:build !windows

package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// manyBytes is 200 KB of characters of two, three and four bytes.
var manyBytes = strings.Repeat("é€😀", 200<<10/9)

// printMany is Go that prints it in one call.
const printMany = `os.Stdout.WriteString(strings.Repeat("é€😀", 200<<10/9))`

// Standard output comes byte for byte, whoever prints it and however the program ends.
func TestTextOfGoNB(t *testing.T) {
	t.Parallel()
	c := start(t, realGoNB(t))
	file := filepath.Join(t.TempDir(), "many bytes")
	if err := os.WriteFile(file, []byte(manyBytes), 0o600); err != nil {
		t.Fatal(err)
	}
	cat := fmt.Sprintf("child := exec.Command(\"cat\", %q)\nchild.Stdout = os.Stdout\n", file)
	for name, test := range map[string]struct{ code, status string }{
		"go":         {"%%\n" + printMany, "ok"},
		"statements": {printMany + ";", "ok"},
		"test":       {"%test\nfunc TestIt(t *testing.T) { " + printMany + " }", "ok"},
		"exit":       {"%%\n" + printMany + "\nos.Exit(3)", "error exit: exit status 3"},
		"panic":      {"%%\n" + printMany + "\npanic(\"oh\")", "error panic: oh"},
		"shell":      {"!cat '" + file + "'", "ok"},
		"bash":       {"%%bash\ncat '" + file + "'", "ok"},
		"script":     {"%%script sed s/x/" + manyBytes[:9] + "/\n" + manyBytes, "ok"},
		"child":      {"import \"os/exec\"\n%%\n" + cat + "_ = child.Run()", "ok"},
		"left alone": {"import \"os/exec\"\n%%\n" + cat + "_ = child.Start()", "ok"},
	} {
		r := c.run(test.code)
		text := r.stream("stdout")
		if name == "test" { // what go test says stands around it
			at := max(strings.Index(text, manyBytes), 0)
			text = text[at:min(at+len(manyBytes), len(text))]
		}
		if strings.TrimSuffix(text, "\n") != manyBytes {
			t.Errorf("%s: %d bytes came, with %d of U+FFFD", name, len(text), strings.Count(text, "\uFFFD"))
		}
		r.published = nil
		if got := r.String(); !strings.HasPrefix(got, test.status) {
			t.Errorf("%s: %s", name, got)
		}
	}
}

func TestOutputOfGoNB(t *testing.T) {
	t.Parallel()
	c := start(t, realGoNB(t))
	c.expect("import (\"bytes\"; \"os/exec\")\n%%\n_, _ = bytes.MinRead, exec.ErrNotFound", "ok")
	for _, test := range []struct{ code, want string }{
		// Bytes that are no UTF-8, one at the end of it all.
		{"%%\nos.Stdout.Write([]byte{'a', 0xff, 0xfe, 'b', 0xe2, 0x82})", `ok stdout="a` + "\uFFFD\uFFFD" + `b` + "\uFFFD\uFFFD" + `"`},
		{"!printf 'a\\377b\\303'", `ok stdout="a` + "\uFFFDb\uFFFD" + `"`},
		// A character in two parts, by two writers.
		{"%%\nos.Stdout.Write([]byte{0xc3})\ntime.Sleep(50 * time.Millisecond)\nprintln(\"between\")\nos.Stdout.Write([]byte{0xa9})", `ok stdout="é" stderr="between\n"`},
		// What a cell leaves running belongs to it.
		{"!(sleep 0.3; echo late) 2>/dev/null & echo early", `ok stdout="early\nlate\n"`},
		// A program whose output somebody else takes does not take the cell's place.
		{"%%\nif len(os.Args) > 1 {\n\tfmt.Print(\"again\")\n\treturn\n}\ntext, err := exec.Command(os.Args[0], \"x\").Output()\nfmt.Printf(\"%q %v\", text, err)", `ok stdout="\"again\" <nil>"`},
		{"!$GONB_TMP_DIR/gonb_* x | tr a-z A-Z", `ok stdout="AGAIN"`},
		// The names of the file that is compiled into each cell are free.
		{"var syscall, pipe, folder = 1, 2, 3\n%%\nfmt.Println(syscall, pipe, folder, os.Getenv(\"KELPIE_PIPES\"))", `ok stdout="1 2 3 \n"`},
		{"%rm syscall pipe folder", `ok stdout=". removed var syscall\n. removed var pipe\n. removed var folder\n"`},
		{"import \"syscall\"\n%%\nfmt.Println(syscall.Getpid() > 0)", `ok stdout="true\n"`},
		{"%reset go.mod\n%%\nfmt.Println(\"é\")", `ok stdout="é\n"`},
		{"!rm $GONB_TMP_DIR/kelpie_pipes.go", "ok"},
		{"%%\nfmt.Println(\"GoNB's way\")", `ok stdout="GoNB's way\n"`},
	} {
		c.expect(test.code, test.want)
	}
	if got := c.run("%vars").String(); strings.Contains(got, "kelpie") {
		t.Errorf("%%vars lists %s", got)
	}
}

func TestCaptureOfGoNB(t *testing.T) {
	t.Parallel()
	c := start(t, realGoNB(t))
	file := filepath.Join(t.TempDir(), "captured")
	for _, code := range []string{"%capture " + file + "\n%%\n" + printMany, "%capture " + file + "\n" + printMany + ";"} {
		r := c.run(code)
		if text, err := os.ReadFile(file); err != nil || string(text) != manyBytes {
			t.Errorf("%d bytes are captured, %v", len(text), err)
		}
		if r.content["status"] != "ok" || len(r.stream("stdout")) < len(manyBytes) {
			t.Errorf("%v, %d bytes are shown", r.content, len(r.stream("stdout")))
		}
	}
}

// Standard error keeps its characters, and GoNB's words about lines in stack traces.
func TestStandardError(t *testing.T) {
	t.Parallel()
	c := start(t, realGoNB(t))
	const lines = 3000
	var want strings.Builder
	for i := range lines {
		fmt.Fprintln(&want, strings.Repeat("é€", 40), i)
	}
	long := strings.Repeat("€", 50_000)
	for code, want := range map[string]string{
		"%%\nfor i := range " + fmt.Sprint(lines) + " { fmt.Fprintln(os.Stderr, strings.Repeat(\"é€\", 40), i) }": want.String(),
		"%%\nfmt.Fprint(os.Stderr, strings.Repeat(\"€\", 50_000))":                                                long,
		"!for i in $(seq 3); do printf '%0.s€' $(seq 20000) >&2; done":                                            strings.Repeat("€", 60_000),
	} {
		r := c.run(code)
		if got := r.stream("stderr"); got != want || r.content["status"] != "ok" {
			t.Errorf("%s: %d bytes, want %d, %d of its characters are torn, %v", code, len(got), len(want), strings.Count(got, "\uFFFD"), r.content)
		}
	}
	if got := c.run("%%\ndebug.PrintStack()").stream("stderr"); !strings.Contains(got, "[[ Cell [") {
		t.Errorf("a stack trace lacks its lines: %s", got)
	}
	if r := c.run("%%\nfmt.Fprintln(os.Stderr, \"said\")\npanic(\"größe\")"); !strings.HasPrefix(r.stream("stderr"), "said\n") || !strings.Contains(r.String(), "panic: größe") {
		t.Errorf("a panic: %v", r)
	}
}

// With %capture the displays of gonbui go through GoNB, which drops what it has not read when the program ends.
func TestCapturedDisplays(t *testing.T) {
	onlyLinux(t)
	t.Parallel()
	c := start(t, realGoNB(t))
	file := filepath.Join(t.TempDir(), "captured")
	for range rounds(5, 50) {
		const displays = 40
		r := c.run("import \"github.com/janpfeifer/gonb/gonbui\"\n%capture " + file + "\n%%\nfor n := range " + fmt.Sprint(displays) + " {\n\tgonbui.DisplayMarkdown(fmt.Sprint(n))\n}\nos.Exit(0)")
		shown := 0
		for _, m := range r.published {
			if m.Header.Type == "display_data" {
				shown++
			}
		}
		if shown != displays {
			t.Errorf("%d displays of %d: %v", shown, displays, r)
		}
		c.forget()
	}
}

// A flood is cut with a notice, and the kernel does not grow with it.
func TestFloodOfGoNB(t *testing.T) {
	onlyLinux(t)
	t.Parallel()
	c := start(t, realGoNB(t))
	c.run("!true")
	for _, code := range []string{
		"!head -c 104857600 /dev/zero | tr '\\0' x",
		"%%\nline := strings.Repeat(\"x\", 1<<20)\nfor range 100 { os.Stdout.WriteString(line) }",
	} {
		r := c.run(code)
		if n := len(r.stream("stdout")); n != 10<<20 || !strings.Contains(r.stream("stderr"), "the cell printed 91 MB more") {
			t.Errorf("%d bytes came; stderr %q", n, r.stream("stderr"))
		}
		c.forget()
	}
	if peak := peakMemory(c.cmd.Process.Pid); peak == 0 || peak > 150<<10 {
		t.Errorf("the kernel took %d kB", peak)
	}
}

// peakMemory is the most memory that a process had, in kB.
func peakMemory(pid int) (kilobytes int) {
	status, _ := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	_, rest, _ := strings.Cut(string(status), "VmHWM:")
	_, _ = fmt.Sscan(rest, &kilobytes)
	return kilobytes
}

func TestFaultKilledWhilePrinting(t *testing.T) {
	onlyLinux(t)
	t.Parallel()
	c := start(t, realGoNB(t))
	c.run("!true")
	for range rounds(2, 50) {
		id := c.send("shell", "execute_request", cell("%%\nfor { fmt.Println(\"é\") }"))
		eventually(t, "it prints nothing", func() bool {
			c.mu.Lock()
			defer c.mu.Unlock()
			return len(c.heard) > 0 && c.heard[len(c.heard)-1].Header.Type == "stream"
		})
		for _, pid := range c.processes("gonb\x00") {
			_ = syscall.Kill(pid, syscall.SIGKILL)
		}
		r := c.await(id)
		if r.content["ename"] != "GoNB ended" || strings.Contains(r.stream("stdout"), "\uFFFD") {
			t.Errorf("got %.200s", r)
		}
		c.forget()
		if got := c.run("%%\nfmt.Println(\"on\")").stream("stdout"); got != "on\n" {
			t.Errorf("afterwards %q", got)
		}
		c.forget()
	}
}

// Displays of GoNB's package gonbui are not lost, however the program ends after them, and without its Sync.
func TestFaultDisplaysOfGonbui(t *testing.T) {
	t.Parallel()
	c := start(t, realGoNB(t))
	c.run("import \"github.com/janpfeifer/gonb/gonbui\"\nfunc show(n int) { gonbui.DisplayMarkdown(fmt.Sprint(\"**\", n, \"**\")) }")
	displays := func(code, status string, want, size int) {
		t.Helper()
		r := c.run(code)
		count, bytes := 0, 0
		for _, m := range r.published {
			if m.Header.Type == "display_data" {
				count, bytes = count+1, bytes+len(m.Content)
			}
		}
		r.published = nil
		if got := r.String(); !strings.HasPrefix(got, status) || count != want || bytes < size {
			t.Errorf("%q: %s, %d displays of %d bytes, want %s, %d of %d", code, got, count, bytes, status, want, size)
		}
		c.forget()
	}
	for range rounds(3, 40) {
		displays("%%\nfor n := range 5 { show(n) }", "ok", 5, 0)
	}
	for range rounds(2, 20) {
		displays("gonbui.DisplayHTML(strings.Repeat(\"x\", 2<<20))", "ok", 1, 2<<20)
	}
	for range rounds(1, 10) {
		displays("func main() {\n\tgonbui.DisplayHTML(strings.Repeat(\"x\", 2<<20))\n\tos.Exit(3)\n}", "error exit", 1, 2<<20)
		displays("%%\nfor n := range 5 { show(n) }\ngo panic(\"elsewhere\")\nselect {}", "error panic: elsewhere", 5, 0)
		displays("%%\nshow(1)\nlog.Fatal(\"no\")", "error exit", 1, 0)
	}
	displays("%%\nfor range 3 { show(1); gonbui.Sync() }", "ok", 3, 0)
	displays("%%\ngonbui.UpdateHTML(\"bar\", \"1\")", "ok", 1, 0)
	r := c.run("%%\nfor n := range 50 { gonbui.UpdateHTML(\"bar\", fmt.Sprint(\"step \", n)) }")
	last := r.published[len(r.published)-1]
	if last.Header.Type != "update_display_data" || !strings.Contains(string(last.Content), "step 49") || !strings.Contains(string(last.Content), `"display_id":"bar"`) {
		t.Errorf("the last update is %s %s", last.Header.Type, last.Content)
	}
	r = c.run("%%\nfor range 60 { gonbui.DisplayHTML(strings.Repeat(\"x\", 1<<20)) }")
	if got := r.String(); !strings.Contains(got, "displays of the cell are left out") {
		t.Errorf("60 MB of displays: %s", got)
	}
}

// What is about widgets and input goes through the kernel to GoNB and back.
func TestWidgetsOfGoNB(t *testing.T) {
	t.Parallel()
	c := start(t, realGoNB(t))
	heard := func(kind, text string) func() bool {
		return func() bool {
			c.mu.Lock()
			defer c.mu.Unlock()
			for _, m := range c.heard {
				if m.Header.Type == kind && strings.Contains(string(m.Content), text) {
					return true
				}
			}
			return false
		}
	}
	id := c.send("shell", "execute_request", cell(`import ("fmt"; "github.com/janpfeifer/gonb/gonbui"; "github.com/janpfeifer/gonb/gonbui/comms")
values := make(chan int)
gonbui.Sync()
comms.Subscribe("/slider", func(_ string, value int) { values <- value })
gonbui.DisplayMarkdown("slide")
comms.Send("/light", 7)
gonbui.Sync()
fmt.Println("slid to", <-values);`))
	eventually(t, "GoNB's script does not come", heard("display_data", "gonb_comm"))
	open := map[string]any{"comm_id": "17", "target_name": "gonb_comm", "kernel_id": "0123abcd", "data": map[string]any{}}
	c.send("shell", "comm_open", open)
	eventually(t, "the light does not come", heard("comm_msg", "/light"))
	c.send("shell", "comm_msg", map[string]any{"comm_id": "17", "data": map[string]any{"address": "/slider", "value": 5}})
	if got := c.await(id).String(); got != `ok stdout="slid to 5\n"` {
		t.Errorf("got %s", got)
	}
	c.onPrompt = func(prompt string) string { return "to " + prompt }
	asking := cell("import (\"bufio\"; \"os\")\n%%\ngonbui.RequestInput(\"größe?\", false)\nline, _ := bufio.NewReader(os.Stdin).ReadString('\\n')\nfmt.Print(line)")
	asking["allow_stdin"] = true
	if got := c.ask("execute_request", asking).String(); got != `ok stdout="to größe?\n"` {
		t.Errorf("the input gave %s", got)
	}
}

// Displays of gonbui and of a package that uses it stand among the text where the program made them.
func TestOrderOfGonbui(t *testing.T) {
	onlyLinux(t)
	t.Parallel()
	c := start(t, realGoNB(t))
	for round := range rounds(3, 20) {
		r := c.run(fmt.Sprintf("import \"github.com/janpfeifer/gonb/gonbui\"\n%%%%\nfor n := range 20 {\n\tfmt.Print(%d+n, \",\")\n\tgonbui.DisplayMarkdown(fmt.Sprint(\"d\", n, \",\"))\n}", round*100))
		var got, want strings.Builder
		for _, m := range r.published {
			var content struct {
				Text string            `json:"text"`
				Data map[string]string `json:"data"`
			}
			if err := json.Unmarshal(m.Content, &content); err != nil {
				continue // of another kind
			}
			got.WriteString(content.Text + content.Data["text/markdown"])
		}
		for n := range 20 {
			fmt.Fprintf(&want, "%d,d%d,", round*100+n, n)
		}
		if got.String() != want.String() {
			t.Errorf("got %s\nwant %s", got.String(), want.String())
		}
		c.forget()
	}
}
