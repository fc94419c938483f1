package frame

import (
	"bytes"
	"strings"
)

// maxStreams bounds the messages that are under way at one time.
const maxStreams = 64

// maxHeader bounds what stands between a token and its payload.
const maxHeader = len(":k:") + 32 + len(":4096;")

// Part is a piece of a program's output: text, or a message.
type Part struct {
	Text    string // where Kind is 0
	Kind    Kind
	Payload []byte
	// Dropped is the size of a message that was over the limit, in bytes: its
	// payload is gone. Such parts have a Kind as others have.
	Dropped int64
}

// Splitter parts a program's output into text and messages. It keeps at most the
// limit of the messages under way, one frame, and a token's length of text.
type Splitter struct {
	marker   string
	limit    int
	pending  []byte // an unfinished frame, or what may be the start of one
	messages map[string]*message
	held     int // bytes in messages
}

// message is one whose last frame has not come yet.
type message struct {
	payload []byte
	size    int64
	dropped bool
}

// NewSplitter makes a splitter for the frames that carry token, which must not be
// empty. A message of more than limit bytes is dropped.
func NewSplitter(token string, limit int) *Splitter {
	return &Splitter{marker: string(mark) + token, limit: limit, messages: map[string]*message{}}
}

// Write takes the next text, of any length and cut anywhere, and returns the parts
// that are complete, in order. Text is passed on at once, but for an end that may
// be the start of a frame.
func (s *Splitter) Write(text string) []Part {
	s.pending = append(s.pending, text...)
	var parts []Part
	addText := func(b []byte) {
		if len(b) > 0 {
			parts = append(parts, Part{Text: string(b)})
		}
	}
	rest := s.pending
	for len(rest) > 0 {
		at := bytes.Index(rest, []byte(s.marker))
		if at < 0 {
			keep := s.tail(rest)
			addText(rest[:len(rest)-keep])
			rest = rest[len(rest)-keep:]
			break
		}
		addText(rest[:at])
		rest = rest[at:]
		f, state := parse(rest, len(s.marker))
		if state == incomplete {
			break
		}
		if state == malformed { // text that happens to hold the token, as a listing of the environment does
			addText(rest[:len(s.marker)])
			rest = rest[len(s.marker):]
			continue
		}
		if part, ok := s.add(f); ok {
			parts = append(parts, part)
		}
		rest = rest[f.size:]
	}
	s.pending = append(s.pending[:0], rest...)
	return joined(parts)
}

// Flush ends the output: it returns the text held back, and how many messages were
// cut short, as by a program that was killed while it wrote.
func (s *Splitter) Flush() (text string, lost int) {
	lost = len(s.messages)
	if bytes.HasPrefix(s.pending, []byte(s.marker)) {
		if lost == 0 {
			lost = 1
		}
	} else {
		text = string(s.pending)
	}
	s.pending, s.messages, s.held = nil, map[string]*message{}, 0
	return text, lost
}

// tail returns the length of the longest end of b that may be the start of a marker.
func (s *Splitter) tail(b []byte) int {
	at := bytes.LastIndexByte(b, mark)
	if at < 0 || !strings.HasPrefix(s.marker, string(b[at:])) {
		return 0
	}
	return len(b) - at
}

// add takes a frame and returns the message that it completes.
func (s *Splitter) add(f parsed) (Part, bool) {
	m := s.messages[f.stream]
	if m == nil {
		m = &message{}
		if f.kind == more && len(s.messages) < maxStreams {
			s.messages[f.stream] = m
		}
	}
	m.size += int64(len(f.payload))
	switch {
	case m.dropped:
	case s.held+len(f.payload) > s.limit:
		s.held -= len(m.payload)
		m.payload, m.dropped = nil, true
	default:
		m.payload = append(m.payload, f.payload...)
		s.held += len(f.payload)
	}
	if f.kind == more {
		return Part{}, false
	}
	delete(s.messages, f.stream)
	s.held -= len(m.payload)
	if m.dropped {
		return Part{Kind: f.kind, Dropped: m.size}, true
	}
	return Part{Kind: f.kind, Payload: m.payload}, true
}

// joined puts neighbouring texts together.
func joined(parts []Part) []Part {
	kept := parts[:0]
	for _, part := range parts {
		if n := len(kept); n > 0 && part.Kind == 0 && kept[n-1].Kind == 0 {
			kept[n-1].Text += part.Text
			continue
		}
		kept = append(kept, part)
	}
	return kept
}

// parsed is one frame.
type parsed struct {
	kind    Kind
	stream  string
	payload []byte
	size    int // of the frame, marker included
}

// What parse found.
const (
	complete = iota
	incomplete
	malformed
)

// parse reads the frame at the start of b, whose marker takes skip bytes.
func parse(b []byte, skip int) (parsed, int) {
	head := b[skip:]
	semicolon := bytes.IndexByte(head[:min(len(head), maxHeader)], ';')
	if semicolon < 0 {
		if len(head) < maxHeader && plausible(head) {
			return parsed{}, incomplete
		}
		return parsed{}, malformed
	}
	fields := strings.Split(string(head[:semicolon]), ":")
	if !plausible(head[:semicolon]) || len(fields) != 4 || fields[0] != "" || len(fields[1]) != 1 || !strings.Contains("durse+", fields[1]) || fields[3] == "" {
		return parsed{}, malformed
	}
	length := 0
	for _, digit := range []byte(fields[3]) {
		if length = length*10 + int(digit-'0'); digit < '0' || digit > '9' || length > MaxFrame {
			return parsed{}, malformed
		}
	}
	start := skip + semicolon + 1
	if len(b) < start+length {
		return parsed{}, incomplete
	}
	return parsed{Kind(fields[1][0]), fields[2], b[start : start+length], start + length}, complete
}

// plausible reports whether head may become a header: text that holds the token by
// chance is passed on at once.
func plausible(head []byte) bool {
	for i, c := range head {
		switch {
		case i == 0 || i == 2:
			if c != ':' {
				return false
			}
		case c != ':' && c != '+' && (c < '0' || c > '9') && (c < 'a' || c > 'z') && (c < 'A' || c > 'Z'):
			return false
		}
	}
	return true
}
