//go:build !windows

package main

import (
	"strings"
	"testing"
)

// order is the kinds of messages that a cell published, text with its text.
func (r result) order() string {
	var all []string
	for _, m := range r.published {
		switch m.Header.Type {
		case "execute_input":
		default:
			all = append(all, m.Header.Type+" "+string(m.Content))
		}
	}
	return strings.Join(all, "\n")
}

func TestLastExpressionAndDisplays(t *testing.T) {
	t.Parallel()
	c := start(t, realGoNB(t))
	c.run("import \"github.com/stophacking/kelpie/kernel-ext/nb\"")
	r := c.run("x := 20\nx + 22")
	if last := r.order(); !strings.Contains(last, `execute_result {"data":{`) || !strings.Contains(last, `"text/plain":"42"`) || !strings.Contains(last, `"execution_count":2`) {
		t.Errorf("x + 22 gave %s: %s", r, last)
	}
	// Displays and text arrive in the order of the program, also when it dies of a panic.
	r = c.run("%%\nfor i := range 20 {\n\tfmt.Println(i)\n\tnb.Markdown(fmt.Sprint(\"**\", i, \"**\"))\n}\npanic(\"end\")")
	kinds := strings.Count(r.order(), "display_data ")
	if kinds != 20 || r.content["ename"] != "panic" {
		t.Errorf("%d displays of 20; %s", kinds, r)
	}
	for i, line := range strings.Split(r.order(), "\n")[:40] {
		if want := []string{"stream", "display_data"}[i%2]; !strings.HasPrefix(line, want) {
			t.Errorf("message %d is %.60q, want %s", i, line, want)
		}
	}
}

// gonbui is a cell that shows something through GoNB's own package, with a value as metadata.
func gonbui(metadata string) string {
	return `import (
	"math"
	"github.com/janpfeifer/gonb/gonbui"
	"github.com/janpfeifer/gonb/gonbui/protocol"
)
%%
_ = math.Pi
gonbui.SendData(&protocol.DisplayData{
	Data: map[protocol.MIMEType]any{protocol.MIMETextPlain: "x"}, Metadata: map[string]any{"k": ` + metadata + `},
})
gonbui.Sync()`
}

func TestNothingIsSilent(t *testing.T) {
	t.Parallel()
	c := start(t, realGoNB(t))
	for _, test := range []struct{ code, want string }{
		{"!false", "error shell error: exit status 1 (cell [1], line 1)"},
		{"!exit 7\n%%\nfmt.Println(1)", "error shell error: exit status 7 (cell [2], line 1)"},
		{"%%bash\necho before\nexit 9", `error shell error: exit status 9 (cell [3], line 1) stdout="before\n"`},
		{"%%script nosuchprogram", "error shell error: exit status 127: command not found (cell [4], line 1)"},
		{"%nosuchmagic", "error cell error: there is no magic %nosuchmagic (cell [5], line 1)"},
		{"%%\nfmt.Println(1)\n%%", "error cell error: a second %%: line 1 has %% already, and a cell has one main (cell [6], line 3)"},
		{"func f() int { return 1 }\n\nvar broken = f() / (f() - 1)", "error panic: runtime error: integer divide by zero (cell [7], line 3)"},
		{"%%\nos.Exit(3)", "error exit: exit status 3: the program ended itself, by os.Exit or log.Fatal (cell [8], line 2)"},
		{"%%\nlog.Fatal(\"no\")", "error exit: exit status 1: the program ended itself, by os.Exit or log.Fatal (cell [9], line 2)"},
		{gonbui("make(chan int)"), "error lost display: a display cannot be encoded, and is lost: gob: type not registered for interface: chan int (cell [10])"},
		{gonbui("math.NaN()"), "error lost display: a display cannot be encoded, and is lost: json: unsupported value: NaN (cell [11])"},
		{gonbui("1.5"), "ok"},
		{"import \"github.com/stophacking/kelpie/kernel-ext/nb\"\n%%\nos.Stdout.Close()\nnb.Markdown(\"x\")", "error error: nb: a display is lost, because the cell's standard output broke: write /dev/stdout: file already closed (cell [13], line 4)"},
		{"import \"github.com/stophacking/kelpie/kernel-ext/nb\"\n%%\n_ = nb.Markdown\nfmt.Printf(\"\\x1e%s:+:7:2;{}\", os.Getenv(\"KELPIE_DISPLAY\"))", "error lost display: the program ended while another goroutine was displaying something, which is lost; wait for that goroutine (cell [14])"},
		{"%%\nfmt.Println(\"well\")", `ok stdout="well\n"`},
	} {
		r := c.run(test.code)
		got := r.String()
		if cut := strings.Index(got, " stderr="); cut > 0 && strings.HasPrefix(test.want, "error") {
			got = got[:cut]
		}
		if got != test.want {
			t.Errorf("%q gave\n%s\nwant\n%s", test.code, got, test.want)
		}
	}
}
