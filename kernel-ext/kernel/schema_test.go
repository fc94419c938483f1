//go:build !windows

package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stophacking/kelpie/analysis/visible"
	"github.com/stophacking/kelpie/kernel-ext/internal/wire"
)

// shapes are the contents of the messages that a kernel sends: by type, and for replies by status, the fields with what
// each holds. A field that ends in "?" may be absent; no other may be there.
//
// Sources: "Messaging in Jupyter", version 5.4 (jupyter-client.readthedocs.io/en/stable/messaging.html), and for what
// becomes an output of a notebook (stream, display_data, execute_result, error) nbformat.v4.5.schema.json of nbformat,
// which allows no further properties. An aborted request has its status alone, as from ipykernel: JupyterLab writes the
// execution_count of a reply before the cell. The protocol gives user_expressions to good cells alone; ipykernel sends
// them with errors too.
var shapes = map[string]map[string]string{
	"status":              {"execution_state": "busy|idle|starting"},
	"execute_input":       {"code": "text", "execution_count": "count"},
	"stream":              {"name": "stdout|stderr", "text": "text"},
	"display_data":        {"data": "bundle", "metadata": "object", "transient?": "transient"},
	"update_display_data": {"data": "bundle", "metadata": "object", "transient": "transient"},
	"execute_result":      {"data": "bundle", "metadata": "object", "execution_count": "count"},
	"error":               {"ename": "text", "evalue": "text", "traceback": "texts"},
	"clear_output":        {"wait": "bool"},
	"comm_open":           {"comm_id": "text", "target_name": "text", "data": "object"},
	"comm_msg":            {"comm_id": "text", "data": "object"},
	"comm_close":          {"comm_id": "text", "data": "object"},
	"input_request":       {"prompt": "text", "password": "bool"},

	"execute_reply ok":      {"execution_count": "count", "user_expressions": "object", "payload": "list"},
	"execute_reply error":   {"execution_count": "count", "user_expressions?": "object", "ename": "text", "evalue": "text", "traceback": "texts"},
	"execute_reply aborted": {},
	"kernel_info_reply ok": {
		"protocol_version": "text", "implementation": "text", "implementation_version": "text", "banner": "text", "debugger": "bool",
		"supported_features": "texts", "help_links": "list", "language_info": "object",
	},
	"comm_info_reply ok":    {"comms": "object"},
	"history_reply ok":      {"history": "list"},
	"complete_reply ok":     {"matches": "texts", "cursor_start": "count", "cursor_end": "count", "metadata": "object"},
	"inspect_reply ok":      {"found": "bool", "data": "bundle", "metadata": "object"},
	"interrupt_reply ok":    {},
	"shutdown_reply ok":     {"restart": "bool"},
	"is_complete_reply":     {"status": "complete|incomplete|invalid|unknown", "indent?": "text"},
	"debug_reply ok":        {"type": "response", "seq": "count", "request_seq": "count", "command": "text", "success": "bool", "message": "text"},
	"any other reply error": {"ename": "text", "evalue": "text", "traceback": "texts"},
}

// published are the types that come by IOPub; the others answer a request, or ask.
var published = []string{
	"status", "execute_input", "stream", "display_data", "update_display_data", "execute_result", "error", "clear_output",
	"comm_open", "comm_msg", "comm_close", "shutdown_reply",
}

var jsonBundle = regexp.MustCompile(`^application/(.*\+)?json$`)

// isA reports whether a value, as encoding/json decodes it, is what a field is to hold.
func isA(want string, value any) bool {
	switch want {
	case "bool":
		_, ok := value.(bool)
		return ok
	case "count":
		n, ok := value.(float64)
		return ok && n >= 0 && n == math.Trunc(n)
	case "text":
		_, ok := value.(string)
		return ok
	case "list":
		_, ok := value.([]any)
		return ok
	case "texts":
		list, ok := value.([]any)
		return ok && !slices.ContainsFunc(list, func(one any) bool { return !isA("text", one) })
	case "object":
		_, ok := value.(map[string]any)
		return ok
	case "bundle":
		bundle, ok := value.(map[string]any)
		for kind, one := range bundle {
			ok = ok && (jsonBundle.MatchString(kind) || isA("text", one) || isA("texts", one))
		}
		return ok
	case "transient":
		transient, ok := value.(map[string]any)
		for key, one := range transient {
			ok = ok && key == "display_id" && isA("text", one)
		}
		return ok
	}
	return slices.Contains(strings.Split(want, "|"), fmt.Sprint(value)) // one of the words
}

// conforms checks a message of the kernel against the protocol and, where it becomes an output, against nbformat.
func conforms(m *wire.Message) error {
	var header, parent, metadata, content map[string]any
	for part, into := range map[string]*map[string]any{
		string(m.Raw): &header, string(m.Parent): &parent, string(m.Metadata): &metadata, string(m.Content): &content,
	} {
		if err := json.Unmarshal([]byte(part), into); err != nil || *into == nil {
			return fmt.Errorf("%q is no JSON object", part)
		}
	}
	for _, field := range []string{"msg_id", "session", "username", "msg_type", "version"} {
		if !isA("text", header[field]) || header[field] == "" && field != "username" {
			return fmt.Errorf("the header says %v as %s", header[field], field)
		}
	}
	// The protocol asks for ISO 8601 in UTC.
	if _, err := time.Parse(time.RFC3339Nano, fmt.Sprint(header["date"])); err != nil {
		return err
	}
	kind, status := m.Header.Type, ""
	if strings.HasSuffix(kind, "_reply") && kind != "is_complete_reply" {
		status = fmt.Sprint(content["status"])
		delete(content, "status")
		kind += " " + status
	}
	shape, known := shapes[kind]
	if !known && status == "error" {
		shape, known = shapes["any other reply error"]
	}
	if !known {
		return errors.New("the protocol knows no such message")
	}
	for field, want := range shape {
		name, optional := strings.CutSuffix(field, "?")
		value, there := content[name]
		if !there && !optional || there && !isA(want, value) {
			return fmt.Errorf("%s is %v, want %s", name, value, want)
		}
		delete(content, name)
	}
	if len(content) > 0 {
		return fmt.Errorf("the protocol knows no %v", slices.Sorted(maps.Keys(content)))
	}
	return nil
}

// checkMessage fails the test of a client whose kernel sends what front ends cannot rely on, or cannot save.
func (c *client) checkMessage(channel string, m *wire.Message) {
	err := conforms(m)
	if isPublished := slices.Contains(published, m.Header.Type); err == nil && m.Header.Type != "shutdown_reply" && isPublished != (channel == "iopub") {
		err = errors.New("not on this channel")
	}
	// An error quotes programs and cells, and front ends obey what steers a terminal in it.
	var failed struct {
		Name      string `json:"ename"`
		Value     string `json:"evalue"`
		Traceback []string
	}
	if json.Unmarshal(m.Content, &failed) == nil && m.Header.Type != "stream" {
		for _, text := range append(failed.Traceback, failed.Name, failed.Value) {
			if visible.Lines(text) != text {
				err = fmt.Errorf("%q is not visible", text)
			}
		}
	}
	if err != nil {
		c.t.Errorf("%s on %s: %v\n%.1000s", m.Header.Type, channel, err, m.Content)
	}
}

// Every client of these tests checks each message that it gets. So this asks for one of each kind.
func TestMessagesConform(t *testing.T) {
	t.Parallel()
	c := start(t, fake(t))
	c.onPrompt = func(string) string { return "x" }
	asking := do("ask name?")
	asking["allow_stdin"] = true
	c.ask("execute_request", asking)
	c.run("out a\nerr b\nshow 1\nupdate 3\nodd")
	c.run("fail oh")
	c.ask("execute_request", cell("%nosuch"))
	c.ask("execute_request", map[string]any{"code": 3})
	c.ask("execute_request", map[string]any{"code": "1", "silent": true})
	for kind, content := range map[string]map[string]any{
		"kernel_info_request": {}, "comm_info_request": {}, "history_request": {"hist_access_type": "tail", "n": 3},
		"complete_request": {"code": "fmt.", "cursor_pos": 4}, "inspect_request": {"code": "%timeit", "cursor_pos": 3},
		"is_complete_request": {"code": "f("}, "debug_request": {"seq": 1, "command": "attach", "type": "request"}, "nosuch_request": {},
	} {
		c.ask(kind, content)
	}
	c.ask("inspect_request", map[string]any{"code": "", "cursor_pos": 0})
	c.ask("is_complete_request", map[string]any{"code": "x := )"})
	c.await(c.send("control", "interrupt_request", map[string]any{}))
	c.send("shell", "comm_msg", map[string]any{"comm_id": "7", "data": map[string]any{}})
	ids := []string{c.send("shell", "execute_request", do("sleep 100\nfail oh")), c.send("shell", "execute_request", do("out no"))}
	for _, id := range ids {
		c.await(id)
	}
	c.await(c.send("control", "shutdown_request", map[string]any{"restart": false}))

	c.mu.Lock()
	defer c.mu.Unlock()
	seen := map[string]bool{}
	for _, m := range c.heard {
		seen[m.Header.Type] = true
	}
	for _, kind := range published {
		// The fake makes no value and opens no channel; real cells are tried elsewhere.
		if !seen[kind] && !slices.Contains([]string{"execute_result", "clear_output", "comm_open", "comm_close"}, kind) {
			t.Errorf("no %s was published", kind)
		}
	}
}

// Cells that waited behind an error have no number, and use none up.
func TestAbortedCellsHaveNoNumber(t *testing.T) {
	t.Parallel()
	c := start(t, fake(t))
	c.run("out warm")
	ids := []string{c.send("shell", "execute_request", do("sleep 200\nfail oh"))}
	for range 2 {
		ids = append(ids, c.send("shell", "execute_request", do("out no")))
	}
	for i, id := range ids {
		r := c.await(id)
		if count, there := r.content["execution_count"]; there != (i == 0) || there && count != 2.0 {
			t.Errorf("%v of cell %d", r.content, i)
		}
		for _, m := range r.published {
			if i > 0 {
				t.Errorf("a cell that did not run published %s %s", m.Header.Type, m.Content)
			}
		}
	}
	if r := c.run("count"); r.content["execution_count"] != 3.0 || r.stream("stdout") != "3\n" {
		t.Errorf("the next cell: %v %v", r.content, r)
	}
}

// What is shown under a type of text is text, whatever the program sent.
func TestDisplaysCanBeSaved(t *testing.T) {
	t.Parallel()
	c := start(t, fake(t))
	r := c.run("odd")
	var got []string
	for _, m := range r.published {
		if m.Header.Type != "execute_input" {
			got = append(got, m.Header.Type+" "+string(m.Content))
		}
	}
	want := []string{`display_data {"data":{"application/json":[1],"application/vnd.x+json":null,"image/png":["a","b"],"text/html":"{\"a\":1}","text/latex":"[null]","text/markdown":"null","text/plain":"3"},"metadata":{},"transient":{}}`}
	if !slices.Equal(got, want) {
		t.Errorf("got %q\nwant %q", got, want)
	}
}

// The check itself must see what is wrong.
func TestConforms(t *testing.T) {
	for _, test := range []struct{ kind, content, want string }{
		{"error", `{"ename":"a","evalue":"b","traceback":["c"]}`, ""},
		{"error", `{"status":"error","ename":"a","evalue":"b","traceback":["c"]}`, "the protocol knows no [status]"},
		{"error", `{"ename":"a","evalue":"b","traceback":"c"}`, "traceback is c, want texts"},
		{"error", `{"ename":"a","evalue":"b"}`, "traceback is <nil>, want texts"},
		{"stream", `{"name":"stdin","text":""}`, "name is stdin, want stdout|stderr"},
		{"display_data", `{"data":{"text/plain":3},"metadata":{}}`, "data is map[text/plain:3], want bundle"},
		{"display_data", `{"data":{"application/json":3},"metadata":{}}`, ""},
		{"display_data", `{"data":{},"metadata":null}`, "metadata is <nil>, want object"},
		{"execute_result", `{"data":{},"metadata":{},"execution_count":-1}`, "execution_count is -1, want count"},
		{"execute_reply", `{"status":"aborted"}`, ""},
		{"execute_reply", `{"status":"aborted","execution_count":3}`, "the protocol knows no [execution_count]"},
		{"execute_reply", `{"status":"fine"}`, "the protocol knows no such message"},
		{"inspect_reply", `{"status":"ok","found":true,"data":{"text/html":{}},"metadata":{}}`, "data is map[text/html:map[]], want bundle"},
		{"nosuch", `{}`, "the protocol knows no such message"},
	} {
		m := wire.New(test.kind, "session", json.RawMessage(`{}`), nil)
		m.Content = json.RawMessage(test.content)
		got := ""
		if err := conforms(m); err != nil {
			got = err.Error()
		}
		if got != test.want {
			t.Errorf("%s %s: %q, want %q", test.kind, test.content, got, test.want)
		}
	}
}
