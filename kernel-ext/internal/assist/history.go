package assist

import (
	"slices"
	"strings"
	"sync"
)

// An Entry is a cell that was run.
type Entry struct {
	// Session and Line say when: the session's number, and the n of its In [n].
	Session, Line int
	// Input is the cell's text, Output what it showed as plain text, empty when nothing.
	Input, Output string
}

// A HistoryRequest is what a front end asks for, in the fields of the Jupyter protocol's history_request.
type HistoryRequest struct {
	Access  string `json:"hist_access_type"` // "range", "tail" or "search"
	Output  bool   `json:"output"`
	Raw     bool   `json:"raw"` // cells are kept as they were typed, so raw or not is the same
	Session int    `json:"session"`
	Start   int    `json:"start"`
	Stop    int    `json:"stop"`
	N       int    `json:"n"`
	Pattern string `json:"pattern"`
	Unique  bool   `json:"unique"`
}

// A History remembers the cells of the running session, the latest 10,000 and no more than 16 MB. Nothing is written to
// disk. The zero value is empty and ready.
type History struct {
	mu      sync.Mutex
	entries []Entry
	bytes   int
}

const (
	maxEntries      = 10_000
	maxHistoryBytes = 16 << 20
)

// session is the number of the running session; there are no others.
const session = 1

// Add appends a cell: the n of its In [n], its text, and what it showed.
func (h *History) Add(line int, input, output string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.entries = append(h.entries, Entry{session, line, input, output})
	h.bytes += len(input) + len(output)
	drop := 0
	for len(h.entries)-drop > maxEntries || h.bytes > maxHistoryBytes {
		h.bytes -= len(h.entries[drop].Input) + len(h.entries[drop].Output)
		drop++
	}
	h.entries = slices.Delete(h.entries, 0, drop)
}

// Find answers a request, oldest first. "range" gives the lines from Start up to, not including, Stop of a session, 0 or
// a negative number counting back from the running one; "tail" the last N; "search" the last N that match the pattern,
// all when N is 0, in which * stands for any text, ? for any character.
func (h *History) Find(r HistoryRequest) []Entry {
	h.mu.Lock()
	defer h.mu.Unlock()
	found := []Entry{}
	switch r.Access {
	case "range":
		for _, e := range h.entries {
			if (r.Session == session || r.Session == 0) && e.Line >= r.Start && (r.Stop <= 0 || e.Line < r.Stop) {
				found = append(found, e)
			}
		}
		return found
	case "tail":
		found = append(found, h.entries...)
	case "search":
		last := map[string]int{}
		for i, e := range h.entries {
			last[e.Input] = i
		}
		for i, e := range h.entries {
			if glob(r.Pattern, e.Input) && (!r.Unique || last[e.Input] == i) {
				found = append(found, e)
			}
		}
	}
	if r.N > 0 && len(found) > r.N {
		found = found[len(found)-r.N:]
	}
	return found
}

// Tuples are entries as a history_reply carries them: [session, line, input] or, with output, [session, line, [input,
// output]], an output of nothing being null.
func Tuples(entries []Entry, output bool) [][]any {
	tuples := make([][]any, 0, len(entries))
	for _, e := range entries {
		var third any = e.Input
		if output {
			var shown any
			if e.Output != "" {
				shown = e.Output
			}
			third = []any{e.Input, shown}
		}
		tuples = append(tuples, []any{e.Session, e.Line, third})
	}
	return tuples
}

// glob matches a whole text. An empty pattern matches all.
func glob(pattern, text string) bool {
	if pattern == "" {
		return true
	}
	p, t := []rune(pattern), []rune(text)
	star, mark := -1, 0
	i, j := 0, 0
	for j < len(t) {
		switch {
		case i < len(p) && p[i] == '*':
			star, mark = i, j
			i++
		case i < len(p) && (p[i] == '?' || p[i] == t[j]):
			i, j = i+1, j+1
		case star >= 0:
			mark++
			i, j = star+1, mark
		default:
			return false
		}
	}
	return strings.Trim(string(p[i:]), "*") == ""
}
