//go:build !windows

package front

import (
	"encoding/json"
	"path"
	"sync"
)

// historyLimit is how many cells are remembered.
const historyLimit = 10_000

// A history remembers the cells of this kernel. Nothing of it is written to disk.
type history struct {
	mu      sync.Mutex
	entries []entry
}

type entry struct {
	line   int
	source string
}

func (h *history) add(line int, source string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.entries = append(h.entries, entry{line, source}); len(h.entries) > historyLimit {
		h.entries = h.entries[1:]
	}
}

// answer answers a history_request: the last n, a range of lines, or what matches a pattern of * and ?.
func (h *history) answer(content json.RawMessage) any {
	var q struct {
		Access  string `json:"hist_access_type"`
		Output  bool   `json:"output"`
		Session int    `json:"session"`
		Start   int    `json:"start"`
		Stop    int    `json:"stop"`
		N       int    `json:"n"`
		Pattern string `json:"pattern"`
		Unique  bool   `json:"unique"`
	}
	_ = json.Unmarshal(content, &q)
	h.mu.Lock()
	defer h.mu.Unlock()
	var found []entry
	seen := map[string]int{}
	for _, e := range h.entries {
		switch q.Access {
		case "range":
			// Session 0 is this one; there are no others. Stop is not included; 0 means to the end.
			if q.Session != 0 || e.line < q.Start || q.Stop > 0 && e.line >= q.Stop {
				continue
			}
		case "search":
			if !matches(q.Pattern, e.source) {
				continue
			}
			if at, have := seen[e.source]; q.Unique && have {
				found[at] = e
				continue
			}
			seen[e.source] = len(found)
		}
		found = append(found, e)
	}
	if q.Access != "range" && q.N > 0 && len(found) > q.N {
		found = found[len(found)-q.N:]
	}
	list := [][]any{}
	for _, e := range found {
		if q.Output {
			list = append(list, []any{0, e.line, []any{e.source, nil}})
		} else {
			list = append(list, []any{0, e.line, e.source})
		}
	}
	return map[string]any{"status": "ok", "history": list}
}

// matches says whether the whole text matches the pattern, in which * stands for anything and ? for one character.
func matches(pattern, text string) bool {
	if pattern == "" {
		return true
	}
	// The star of path.Match stops at slashes and brackets mean sets there; neither is meant here.
	guard := func(s string) string {
		out := make([]rune, 0, len(s))
		for _, c := range s {
			switch c {
			case '/':
				c = '\uE000'
			case '[':
				c = '\uE001'
			case ']':
				c = '\uE002'
			case '\\':
				c = '\uE003'
			}
			out = append(out, c)
		}
		return string(out)
	}
	ok, err := path.Match(guard(pattern), guard(text))
	return err == nil && ok
}
