//go:build !windows

package front

import (
	"context"
	"encoding/json"
	"runtime"
	"strings"
	"time"
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

// assistTimeout is how long a completion or an inspection may take.
const assistTimeout = 5 * time.Second

// assist answers a question about code, which may take a while.
func (k *Kernel) assist(r *request) any {
	var question struct {
		Code   string `json:"code"`
		Cursor *int   `json:"cursor_pos"`
		Detail int    `json:"detail_level"`
	}
	_ = json.Unmarshal(r.Content, &question)
	length := len([]rune(question.Code))
	cursor := length
	if question.Cursor != nil {
		cursor = min(max(*question.Cursor, 0), length)
	}
	ctx, cancel := context.WithTimeout(context.Background(), assistTimeout)
	defer cancel()
	switch r.Header.Type {
	case "complete_request":
		c := k.o.Assist.Complete(ctx, question.Code, cursor)
		return map[string]any{
			"status": "ok", "matches": notNil(c.Matches), "cursor_start": c.Start, "cursor_end": c.End, "metadata": notNilMap(c.Metadata),
		}
	case "inspect_request":
		data := k.o.Assist.Inspect(ctx, question.Code, cursor, question.Detail)
		return map[string]any{"status": "ok", "found": len(data) > 0, "data": notNilMap(data), "metadata": map[string]any{}}
	default:
		status, indent := k.o.Assist.IsComplete(question.Code)
		answer := map[string]any{"status": status}
		if status == "incomplete" {
			answer["indent"] = indent
		}
		return answer
	}
}

func notNil(list []string) []string { return append([]string{}, list...) }

func notNilMap(m map[string]any) map[string]any {
	if m == nil {
		return map[string]any{}
	}
	return m
}

// plain is text without the line ends that a reply's one-line fields must not have.
func plain(text string) string { return strings.TrimSpace(strings.ReplaceAll(text, "\r\n", "\n")) }
