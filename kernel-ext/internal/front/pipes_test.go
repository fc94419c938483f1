//go:build !windows

package front

import (
	"bytes"
	"encoding/gob"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/janpfeifer/gonb/gonbui/protocol"

	"github.com/stophacking/kelpie/kernel-ext/internal/cell"
	"github.com/stophacking/kelpie/kernel-ext/internal/session"
)

// quiet is an output that keeps its text.
func quiet(t *testing.T) *output {
	k := &Kernel{token: "T", blocks: map[string]bool{}, o: Options{Session: &session.Session{Dir: t.TempDir()}, Log: t.Logf}}
	x := &execution{stopped: make(chan struct{}), done: make(chan struct{})}
	x.out = newOutput(k, x)
	x.out.begin()
	x.out.armed = true // there is nobody to publish to
	return x.out
}

func TestReadText(t *testing.T) {
	for text, want := range map[string]string{
		"":                      "",
		"é€😀":                   "é€😀",
		"a\xff\xfeb":            "a\uFFFD\uFFFDb",
		"a\xe2\x82":             "a\uFFFD\uFFFD",            // ends in the middle
		"\xe2\x82a\xc3":         "\uFFFD\uFFFDa\uFFFD",      // does not go on
		"\xf0\x9f\x98😀":         "\uFFFD\uFFFD\uFFFD😀",      // three bytes of four
		"\x80\x80\x80\x80":      "\uFFFD\uFFFD\uFFFD\uFFFD", // no beginning
		"é\x1eT:s:sh:1;7€\x1e":  "é€\x1e",                   // a frame between, and what is none
		"\xed\xa0\x80":          "\uFFFD\uFFFD\uFFFD",       // half of a surrogate pair
		strings.Repeat("€", 99): strings.Repeat("€", 99),
	} {
		for name, reader := range map[string]io.Reader{
			"at once": strings.NewReader(text), "by bytes": iotest.OneByteReader(strings.NewReader(text)),
			"with the end": iotest.DataErrReader(strings.NewReader(text)),
		} {
			out := quiet(t)
			out.read(reader)
			out.end(false, true)
			if got := string(out.texts[0]); got != want {
				t.Errorf("%q %s gave %q, want %q", text, name, got, want)
			}
		}
	}
}

func TestPipes(t *testing.T) {
	out := quiet(t)
	k, x := out.k, out.x
	if k.openPipes(x, cell.Step{Captured: true}) != nil {
		t.Error("a captured step has pipes")
	}
	p := k.openPipes(x, cell.Step{})
	late, err := os.OpenFile(filepath.Join(k.pipesDir(), "stdout"), os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := late.WriteString("early,"); err != nil {
		t.Fatal(err)
	}
	finished := make(chan struct{})
	go func() { p.finish(x, false); close(finished) }()
	for gone := false; !gone; _, err = os.Lstat(k.pipesDir()) {
		gone = os.IsNotExist(err)
	}
	if _, err := late.WriteString("late"); err != nil {
		t.Fatal(err)
	}
	select {
	case <-finished:
		t.Error("the step ends before its writer")
	default:
	}
	_ = late.Close()
	<-finished
	if got := string(out.texts[0]); got != "early,late" {
		t.Errorf("got %q", got)
	}
	// Of a GoNB that is lost nobody waits for the processes.
	p = k.openPipes(x, cell.Step{})
	if late, err = os.OpenFile(filepath.Join(k.pipesDir(), "stdout"), os.O_WRONLY, 0); err != nil {
		t.Fatal(err)
	}
	defer late.Close()
	p.finish(x, true)
	if _, err := late.WriteString("x"); err == nil {
		t.Error("the pipe is still read")
	}
}

// A program that sends displays is answered, and told apart from one that cannot be understood.
func TestRelay(t *testing.T) {
	messages := func(values ...any) []byte {
		var b bytes.Buffer
		encoder := gob.NewEncoder(&b)
		for _, value := range values {
			if err := encoder.Encode(value); err != nil {
				t.Fatal(err)
			}
		}
		return b.Bytes()
	}
	sync := &protocol.DisplayData{Data: map[protocol.MIMEType]any{protocol.MIMECommValue: protocol.CommValue{Address: protocol.GonbuiSyncAddress, Value: 3}}}
	whole := messages(sync)
	for _, test := range []struct {
		name, want string
		sent       []byte
	}{
		{"a sync", "", whole},
		{"half a message", "the program ended while it was displaying something", whole[:len(whole)-3]},
		{"no message", "a display cannot be read, and is lost with those after it: ", []byte("\x05hello")},
		{"another type", "a display cannot be read, and is lost with those after it: ", messages("text")},
		{"a display without end", "a display is larger than 2 MB", append([]byte{0xfc, 0x10, 0, 0, 0}, make([]byte, 3<<20)...)},
	} {
		out := quiet(t)
		r := &relay{dir: t.TempDir(), limit: 2 << 20, out: out}
		if err := r.open(); err != nil {
			t.Fatal(err)
		}
		r.serve(bytes.NewReader(test.sent))
		if !strings.HasPrefix(out.lost, test.want) || test.want == "" && out.lost != "" {
			t.Errorf("%s: %q, want %q", test.name, out.lost, test.want)
		}
		if test.want == "" {
			_ = r.files[0].SetReadDeadline(time.Now().Add(10 * time.Second))
			var answer protocol.CommValue
			if err := gob.NewDecoder(r.files[0]).Decode(&answer); err != nil || answer.Address != protocol.GonbuiSyncAckAddress || answer.Value != 3 {
				t.Errorf("%s: answered %v, %v", test.name, answer, err)
			}
		}
		r.close()
		if _, err := r.toGoNB(); err != os.ErrClosed {
			t.Errorf("%s: a relay that is over says %v", test.name, err)
		}
	}
}
