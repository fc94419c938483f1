//go:build !windows

package front

import (
	"context"
	"encoding/json"
	"runtime"

	"github.com/stophacking/kelpie/analysis/visible"
	"github.com/stophacking/kelpie/kernel-ext/internal/assist"
	"github.com/stophacking/kelpie/kernel-ext/internal/session"
)

// answerNow answers what needs neither GoNB nor gopls.
func (k *Kernel) answerNow(r *request) any {
	switch r.Header.Type {
	case "kernel_info_request":
		return kernelInfo()
	case "comm_info_request":
		return k.comms.info(r.Content)
	case "history_request":
		return k.history.answer(r.Content)
	default:
		return refuseDebugger(r.Content)
	}
}

func kernelInfo() any {
	return map[string]any{
		"status":                 "ok",
		"protocol_version":       "5.4",
		"implementation":         "kelpie",
		"implementation_version": "0.11.4", // of the GoNB behind it
		"banner":                 "Kelpie: Go notebooks on GoNB",
		"debugger":               false,
		"supported_features":     []string{},
		"help_links": []map[string]string{
			{"text": "Go", "url": "https://go.dev/doc/"},
			{"text": "GoNB", "url": "https://github.com/janpfeifer/gonb"},
		},
		"language_info": map[string]any{
			"name":               "go",
			"version":            runtime.Version(),
			"mimetype":           "text/x-go",
			"file_extension":     ".go",
			"pygments_lexer":     "go",
			"codemirror_mode":    "go",
			"nbconvert_exporter": "",
		},
	}
}

// refuseDebugger answers a request of the debug adapter protocol, which travels inside Jupyter's.
func refuseDebugger(content json.RawMessage) any {
	var request struct {
		Seq     int    `json:"seq"`
		Command string `json:"command"`
	}
	_ = json.Unmarshal(content, &request)
	return map[string]any{
		"status": "ok", "type": "response", "seq": request.Seq, "request_seq": request.Seq, "command": request.Command,
		"success": false, "message": "the Go kernel has no debugger",
	}
}

// help answers a question about code, which may take a while.
func (k *Kernel) help(r *request) any {
	var question struct {
		Code   string `json:"code"`
		Cursor *int   `json:"cursor_pos"`
		Detail int    `json:"detail_level"`
	}
	_ = json.Unmarshal(r.Content, &question)
	if r.Header.Type == "is_complete_request" {
		status, indent := assist.IsComplete(question.Code)
		answer := map[string]any{"status": status}
		if status == "incomplete" {
			answer["indent"] = indent
		}
		return answer
	}
	at := assist.Cell{Text: question.Code, Cursor: len(question.Code)}
	if question.Cursor != nil {
		at.Cursor = *question.Cursor
	}
	k.mu.Lock()
	helper := k.helper
	at.Known = []string{k.known}
	k.mu.Unlock()
	if helper == nil {
		helper = assist.New(assist.Config{}) // GoNB is not there yet: what is known without it
	}
	if r.Header.Type == "complete_request" {
		c := helper.Complete(context.Background(), at)
		types := []map[string]any{}
		for i, match := range c.Matches {
			types = append(types, map[string]any{"text": match, "type": c.Types[i], "start": c.Start, "end": c.End})
		}
		return map[string]any{
			"status": "ok", "matches": append([]string{}, c.Matches...), "cursor_start": c.Start, "cursor_end": c.End,
			"metadata": map[string]any{"_jupyter_types_experimental": types},
		}
	}
	bundle, found := helper.Inspect(context.Background(), at, question.Detail)
	if !found {
		bundle = assist.Bundle{}
	}
	for kind, text := range bundle {
		bundle[kind] = visible.Lines(text) // a pager obeys the terminal's escapes
	}
	return map[string]any{"status": "ok", "found": found, "data": bundle, "metadata": map[string]any{}}
}

// learn tells those who help with code what is declared now.
func (k *Kernel) learn() {
	var known string
	for _, step := range k.cells.Replay().Steps {
		known += step.Source + "\n"
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	k.known = known
}

// newHelper makes the one who helps with code look where a new GoNB builds cells.
func (k *Kernel) newHelper(dir string) {
	helper := assist.New(assist.Config{
		Dir: dir, Gopls: k.o.Gopls, Log: k.o.Log,
		Env: []string{session.Mark + "=" + k.o.Session.Name, "TMPDIR=" + k.o.Session.Temp},
	})
	k.mu.Lock()
	old := k.helper
	k.helper = helper
	k.mu.Unlock()
	if old != nil {
		go old.Close()
	}
}
