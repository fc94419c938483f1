package frame

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os/exec"
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"
)

const token = "0123456789abcdef0123456789abcdef"

// script writes texts and messages in turn: strings are text, others messages.
func script(items ...any) string {
	var out bytes.Buffer
	w := NewWriter(&out, token, "7b")
	for _, item := range items {
		switch item := item.(type) {
		case string:
			out.WriteString(item)
		case Part:
			if err := w.Write(item.Kind, item.Payload); err != nil {
				panic(err)
			}
		}
	}
	return out.String()
}

// read splits output that comes in pieces of the given size.
func read(s *Splitter, output string, size int) []Part {
	var parts []Part
	for len(output) > 0 {
		n := min(size, len(output))
		parts = append(parts, s.Write(output[:n])...)
		output = output[n:]
	}
	if text, _ := s.Flush(); text != "" {
		parts = append(parts, Part{Text: text})
	}
	return joined(parts)
}

func TestSplitAtEveryPlace(t *testing.T) {
	long := bytes.Repeat([]byte("0123456789"), 1500)
	want := []Part{
		{Text: "before\n"},
		{Kind: Display, Payload: []byte(`{"a":1}`)},
		{Kind: Display, Payload: long},
		{Text: "between \x1e and \x1e" + token + " and \x1e" + token + ":x:9;\n"},
		{Kind: Result, Payload: []byte{}},
		{Text: "after \x1e" + token[:9]},
	}
	var items []any
	for _, part := range want {
		if part.Kind == 0 {
			items = append(items, part.Text)
		} else {
			items = append(items, part)
		}
	}
	output := script(items...)
	for size := 1; size < 5000; size += 1 + size/7 {
		got := read(NewSplitter(token, 1<<20), output, size)
		for i := range got {
			if got[i].Kind != 0 && got[i].Payload == nil {
				got[i].Payload = []byte{}
			}
		}
		if !reflect.DeepEqual(got, want) {
			t.Fatalf("in pieces of %d: %+v", size, got)
		}
	}
}

// Text goes on at once: a prompt must not wait for what follows.
func TestTextIsLive(t *testing.T) {
	s := NewSplitter(token, 100)
	for _, c := range [][2]string{
		{"Name? ", "Name? "}, {"\x1e", ""}, {"x", "\x1ex"}, {"\x1e" + token, ""}, {"!", "\x1e" + token + "!"},
		{"a\x1e" + token[:5], "a"}, {"-", "\x1e" + token[:5] + "-"},
	} {
		var got string
		for _, part := range s.Write(c[0]) {
			got += part.Text
		}
		if got != c[1] {
			t.Errorf("after %q: %q, want %q", c[0], got, c[1])
		}
	}
}

func TestLimit(t *testing.T) {
	huge := bytes.Repeat([]byte("x"), 50_000)
	output := script(Part{Kind: Display, Payload: huge}, "text", Part{Kind: Display, Payload: []byte("small")})
	s := NewSplitter(token, 10_000)
	var got []Part
	for len(output) > 0 {
		n := min(1000, len(output))
		got = append(got, s.Write(output[:n])...)
		output = output[n:]
		if s.held > 10_000 || len(s.pending) > 2*MaxFrame {
			t.Fatalf("holds %d and %d bytes", s.held, len(s.pending))
		}
	}
	want := []Part{{Kind: Display, Dropped: 50_000}, {Text: "text"}, {Kind: Display, Payload: []byte("small")}}
	if !reflect.DeepEqual(joined(got), want) {
		t.Errorf("%+v", got)
	}
	if s.held != 0 {
		t.Errorf("%d bytes stay", s.held)
	}
}

// Two programs that share an output are told apart, frame by frame.
func TestTwoWriters(t *testing.T) {
	var a, b bytes.Buffer
	payloads := [2][]byte{bytes.Repeat([]byte("a"), 9000), bytes.Repeat([]byte("b"), 9000)}
	for i, out := range []*bytes.Buffer{&a, &b} {
		if err := NewWriter(out, token, fmt.Sprint(i)).Write(Display, payloads[i]); err != nil {
			t.Fatal(err)
		}
	}
	var mixed []byte
	for a.Len() > 0 {
		mixed = append(append(mixed, a.Next(MaxFrame)...), b.Next(MaxFrame)...)
	}
	got := NewSplitter(token, 1<<20).Write(string(mixed))
	if len(got) != 2 || !bytes.Equal(got[0].Payload, payloads[0]) || !bytes.Equal(got[1].Payload, payloads[1]) {
		t.Errorf("%d parts", len(got))
	}
}

func TestFlush(t *testing.T) {
	whole := script(Part{Kind: Display, Payload: bytes.Repeat([]byte("x"), 9000)})
	for cut, want := range map[int]int{1: 0, 40: 1, 5000: 1, len(whole): 0} {
		s := NewSplitter(token, 1<<20)
		s.Write(whole[:cut])
		if text, lost := s.Flush(); lost != want || cut == 1 && text != "\x1e" {
			t.Errorf("cut at %d: %q, lost %d", cut, text, lost)
		}
	}
}

func TestShellCanWriteAFrame(t *testing.T) {
	const line = `status=42; printf '\036%s:s:sh:%d;%s' "$KELPIE_DISPLAY" "${#status}" "$status"`
	for _, shell := range []string{"sh", "bash"} {
		cmd := exec.CommandContext(t.Context(), shell, "-c", line)
		cmd.Env = []string{Variable + "=" + token}
		out, err := cmd.Output()
		if err != nil {
			t.Skipf("%s: %v", shell, err)
		}
		if got := NewSplitter(token, 100).Write(string(out)); !reflect.DeepEqual(got, []Part{{Kind: Status, Payload: []byte("42")}}) {
			t.Errorf("%s: %q gave %+v", shell, out, got)
		}
	}
}

func TestContent(t *testing.T) {
	c, err := DecodeContent([]byte(`{"data":{"text/plain":"a"},"transient":{"display_id":"i"}}`))
	if err != nil || string(c.Data["text/plain"]) != `"a"` || c.Transient.DisplayID != "i" || c.Metadata == nil {
		t.Errorf("%+v %v", c, err)
	}
	for payload, want := range map[string]string{"{": "frame: display: unexpected end of JSON input", "{}": "frame: display without data"} {
		if _, err := DecodeContent([]byte(payload)); err == nil || err.Error() != want {
			t.Errorf("%s: %v", payload, err)
		}
	}
	if f, err := DecodeFault([]byte(`{"message":"m","line":3,"initialiser":true}`)); err != nil || f != (Fault{"m", 3, true}) {
		t.Errorf("%+v %v", f, err)
	}
}

func FuzzSplitter(f *testing.F) {
	f.Add("text "+script(Part{Kind: Display, Payload: []byte("{}")})+" text", 7)
	f.Add("\x1e"+token+":d:1:9999999999;", 3)
	f.Add("\x1e"+token+":+:1:3;abc\x1e"+token+":d:1:0;", 1)
	f.Fuzz(func(t *testing.T, output string, size int) {
		size = min(max(size, 1), 1<<16)
		whole := read(NewSplitter(token, 1<<16), output, len(output)+1)
		pieces := read(NewSplitter(token, 1<<16), output, size)
		if !reflect.DeepEqual(whole, pieces) {
			t.Fatalf("in pieces of %d: %+v\nwhole: %+v", size, pieces, whole)
		}
		if !strings.Contains(output, token) && (len(whole) > 1 || len(whole) == 1 && whole[0].Text != output) {
			t.Fatalf("text %q became %+v", output, whole)
		}
	})
}

func FuzzAppendString(f *testing.F) {
	f.Add("a\"b\\\n\t\x00\x7f\u2028é€😀\xff")
	f.Fuzz(func(t *testing.T, text string) {
		b := AppendString(nil, text)
		for _, c := range b {
			if c < ' ' || c >= 0x7f {
				t.Fatalf("byte %#x in %q", c, b)
			}
		}
		var back string
		if err := json.Unmarshal(b, &back); err != nil || utf8.ValidString(text) && back != text {
			t.Fatalf("%q became %q: %v", text, back, err)
		}
	})
}
