package assist

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// A fakeServer is a language server that answers over a pipe what a test tells it to.
type fakeServer struct {
	completion func(text string, at position) any // nil answers nothing, ever
	text       string
	seen       []string // methods, in order
	over       chan struct{}
}

// serve speaks the protocol until the stream ends.
func (f *fakeServer) serve(stream io.ReadWriteCloser) {
	reader := bufio.NewReader(stream)
	answer := func(id json.RawMessage, result any) {
		text, _ := json.Marshal(result)
		m, _ := json.Marshal(message{Version: "2.0", ID: id, Result: text})
		fmt.Fprintf(stream, "Content-Type: x\r\nContent-Length: %d\r\n\r\n%s", len(m), m)
	}
	for {
		m, err := readMessage(reader)
		if err != nil {
			return
		}
		f.seen = append(f.seen, m.Method)
		var params struct {
			TextDocument   struct{ Text string }
			ContentChanges []struct{ Text string }
			Position       position
		}
		_ = json.Unmarshal(m.Params, &params)
		switch m.Method {
		case "initialize":
			// Servers ask back before they answer.
			ask := `{"jsonrpc":"2.0","id":7,"method":"workspace/configuration"}`
			fmt.Fprintf(stream, "Content-Length: %d\r\n\r\n%s", len(ask), ask)
			answer(m.ID, map[string]any{})
		case "textDocument/didOpen":
			f.text = params.TextDocument.Text
		case "textDocument/didChange":
			f.text = params.ContentChanges[0].Text
		case "textDocument/completion":
			if f.completion != nil {
				answer(m.ID, f.completion(f.text, params.Position))
			}
		case "textDocument/hover":
			line := strings.Split(f.text, "\n")[params.Position.Line]
			answer(m.ID, map[string]any{"contents": map[string]string{"value": "```go\n" + line + "\n```\n\n1 \\< 2"}})
		}
	}
}

func withFake(t *testing.T, f *fakeServer, deadline time.Duration) *Assistant {
	t.Helper()
	f.over = make(chan struct{})
	a := New(Config{Dir: t.TempDir(), Deadline: deadline, dial: func() (io.ReadWriteCloser, error) {
		here, there := net.Pipe()
		go func() {
			defer close(f.over)
			f.serve(there)
		}()
		return here, nil
	}})
	t.Cleanup(a.Close)
	return a
}

// items is an answer that replaces the text from a place to the position.
func items(from, at position, texts ...string) any {
	var list []any
	for _, text := range texts {
		list = append(list, map[string]any{"label": text, "kind": 3, "textEdit": map[string]any{
			"newText": text, "range": map[string]any{"start": from, "end": at},
		}})
	}
	return map[string]any{"isIncomplete": true, "items": list}
}

func TestCompleteAsksForTheRightPosition(t *testing.T) {
	for _, test := range []struct {
		name, cell string // the cursor is at ‸
		known      []string
		line       string // of the document
		start, end int    // code points
	}{
		{"a statement", "fmt.Pri‸", nil, "fmt.Pri", 4, 7},
		{"above the plane", "a := \"😀ä\" + str.Pri‸ // 😀", nil, "a := \"😀ä\" + str.Pri // 😀", 16, 19},
		{"after a mark", "var a = 1\n%%\n\tx.Pri‸\ny()", nil, "\tx.Pri", 16, 19},
		{"a name within a name", "func f() {\n\tPri‸nt\n}\nf()", nil, "\tPrint", 12, 15},
		{"a timed statement", "%time Pri‸", nil, "      Pri", 6, 9},
		{"with carriage returns", "a := 1\r\nPri‸\r\nb()", nil, "Pri\r", 8, 11},
		{"after what is known", "Pri‸", []string{"import \"os\"\nvar a, b = 1, `\n\n`\n%%\nrun()"}, "Pri", 0, 3},
	} {
		t.Run(test.name, func(t *testing.T) {
			var line string
			f := &fakeServer{completion: func(text string, at position) any {
				line = strings.Split(text, "\n")[at.Line]
				from := at
				from.Character -= len("Pri")
				return items(from, at, "Print", "Printf", "Print")
			}}
			before, after, _ := strings.Cut(test.cell, "‸")
			a := withFake(t, f, time.Minute)
			got := a.Complete(t.Context(), Cell{Text: before + after, Cursor: len([]rune(before)), Known: test.known})
			if line != test.line {
				t.Errorf("asked about %q, want %q, in\n%s", line, test.line, f.text)
			}
			if !slices.Equal(got.Matches, []string{"Print", "Printf"}) || got.Start != test.start || got.End != test.end {
				t.Errorf("got %+v, want %d to %d", got, test.start, test.end)
			}
			if got.Types[0] != "function" || len(got.Types) != 2 {
				t.Errorf("types %q", got.Types)
			}
		})
	}
}

// A second question changes the text and does not open it again, and questions of several goroutines do not mix.
func TestQuestionsFollowOneAnother(t *testing.T) {
	f := &fakeServer{completion: func(text string, at position) any {
		return items(at, at, strings.TrimSpace(strings.Split(text, "\n")[at.Line]))
	}}
	a := withFake(t, f, time.Minute)
	answers := make(chan error, 20)
	for i := range cap(answers) {
		go func() {
			cell := fmt.Sprintf("name%d.", i)
			got := a.Complete(t.Context(), Cell{Text: cell, Cursor: 99})
			if !slices.Equal(got.Matches, []string{cell}) {
				answers <- fmt.Errorf("%s: %q", cell, got.Matches)
				return
			}
			answers <- nil
		}()
	}
	for range cap(answers) {
		if err := <-answers; err != nil {
			t.Error(err)
		}
	}
	a.Close()
	<-f.over
	opened := 0
	for _, method := range f.seen {
		if method == "textDocument/didOpen" {
			opened++
		}
	}
	if opened != 1 {
		t.Errorf("opened the document %d times", opened)
	}
}

// A server that does not answer costs the deadline and no more; names that are known are still told.
func TestDeadline(t *testing.T) {
	f := &fakeServer{}
	a := withFake(t, f, 20*time.Millisecond)
	got := a.Complete(t.Context(), Cell{Text: "%%\ntab", Cursor: 99, Known: []string{"var table = 1", "func tabulate() {}"}})
	if !slices.Equal(got.Matches, []string{"table", "tabulate", "tabwriter"}) || got.Start != 3 || got.End != 6 {
		t.Errorf("got %+v", got)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	a = withFake(t, &fakeServer{}, time.Hour)
	if got := a.Complete(ctx, Cell{Text: "retu", Cursor: 4}); !slices.Equal(got.Matches, []string{"return"}) {
		t.Errorf("got %+v", got)
	}
}

func TestServerThatEnds(t *testing.T) {
	var starts atomic.Int32
	said := make(chan string, 100)
	a := New(Config{Dir: t.TempDir(), Deadline: time.Minute,
		Log: func(format string, args ...any) { said <- fmt.Sprintf(format, args...) },
		dial: func() (io.ReadWriteCloser, error) {
			starts.Add(1)
			return nil, errors.New("no such program")
		}})
	defer a.Close()
	for range 2 * maxStarts {
		if got := a.Complete(t.Context(), Cell{Text: "retu", Cursor: 4}); len(got.Matches) != 1 {
			t.Fatalf("got %+v", got)
		}
	}
	if got := starts.Load(); got != maxStarts {
		t.Errorf("started %d times, want %d", got, maxStarts)
	}
	if text := <-said; !strings.Contains(text, "no such program") {
		t.Errorf("said %q", text)
	}
}

// A changed go.mod is told before the next question.
func TestTellsOfChangedModules(t *testing.T) {
	f := &fakeServer{completion: func(string, position) any { return items(position{}, position{}) }}
	a := withFake(t, f, time.Minute)
	a.Complete(t.Context(), Cell{Text: "a", Cursor: 1})
	if err := os.WriteFile(filepath.Join(a.config.Dir, "go.mod"), []byte("module m\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	a.Complete(t.Context(), Cell{Text: "a", Cursor: 1})
	a.Complete(t.Context(), Cell{Text: "a", Cursor: 1})
	a.Close()
	<-f.over
	told := 0
	for _, method := range f.seen {
		if method == "workspace/didChangeWatchedFiles" {
			told++
		}
	}
	if told != 1 {
		t.Errorf("told %d times: %q", told, f.seen)
	}
}

func TestInspectShowsMarkdownAndText(t *testing.T) {
	a := withFake(t, &fakeServer{}, time.Minute)
	bundle, found := a.Inspect(t.Context(), Cell{Text: "x := 1\ncount(x, ", Cursor: 99}, 0)
	if !found || bundle["text/plain"] != "count(x, \n\n1 < 2\n" || !strings.HasPrefix(bundle["text/markdown"], "```go\n") {
		t.Errorf("%v, %q", found, bundle)
	}
}

func TestReadMessage(t *testing.T) {
	for _, test := range []struct{ name, text, err string }{
		{"a message", "content-length: 2\r\n\r\n{}", ""},
		{"nothing", "", "EOF"},
		{"half a header", "Content-Le", "unexpected EOF"},
		{"half a message", "Content-Length: 20\r\n\r\n{}", "unexpected EOF"},
		{"no length", "Content-Type: x\r\n\r\n{}", "without a length"},
		{"a negative length", "Content-Length: -1\r\n\r\n{}", "length"},
		{"a huge length", "Content-Length: 99999999999\r\n\r\n{}", "length"},
		{"no JSON", "Content-Length: 2\r\n\r\n{x", "no JSON"},
	} {
		_, err := readMessage(bufio.NewReader(strings.NewReader(test.text)))
		if (err == nil) != (test.err == "") || err != nil && !strings.Contains(err.Error(), test.err) {
			t.Errorf("%s: error %v, want %q", test.name, err, test.err)
		}
	}
}
