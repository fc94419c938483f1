//go:build !windows

package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net"
	"reflect"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stophacking/kelpie/kernel-ext/internal/wire"
	"github.com/stophacking/kelpie/kernel-ext/internal/zmtp"
)

func TestAnswers(t *testing.T) {
	t.Parallel()
	c := start(t, fake(t))
	info := c.ask("kernel_info_request", map[string]any{})
	language := info.content["language_info"].(map[string]any)
	for name, want := range map[string]any{"name": "go", "pygments_lexer": "go", "codemirror_mode": "go", "file_extension": ".go"} {
		if language[name] != want {
			t.Errorf("language_info: %s is %v, want %v", name, language[name], want)
		}
	}
	if info.content["debugger"] != false || info.content["protocol_version"] != "5.4" || info.content["status"] != "ok" {
		t.Errorf("kernel_info %v", info.content)
	}
	for _, test := range []struct {
		channel, kind string
		content       any
		want          string
	}{
		{"shell", "complete_request", map[string]any{"code": "fm", "cursor_pos": 2}, `complete_reply {"cursor_end":2,"cursor_start":0,"matches":["fmt"],"metadata":{"_jupyter_types_experimental":[{"end":2,"start":0,"text":"fmt","type":"module"}]},"status":"ok"}`},
		{"shell", "inspect_request", map[string]any{"code": "é", "cursor_pos": 99, "detail_level": 0}, `inspect_reply {"data":{},"found":false,"metadata":{},"status":"ok"}`},
		{"shell", "is_complete_request", map[string]any{"code": "x"}, `is_complete_reply {"status":"complete"}`},
		{"shell", "comm_info_request", map[string]any{}, `comm_info_reply {"comms":{},"status":"ok"}`},
		{"shell", "history_request", map[string]any{"hist_access_type": "tail", "n": 3}, `history_reply {"history":[],"status":"ok"}`},
		{"control", "debug_request", map[string]any{"seq": 4, "type": "request", "command": "attach"}, `debug_reply {"command":"attach","message":"the Go kernel has no debugger","request_seq":4,"seq":4,"status":"ok","success":false,"type":"response"}`},
		{"control", "interrupt_request", map[string]any{}, `interrupt_reply {"status":"ok"}`},
		{"shell", "create_subshell_request", map[string]any{}, `create_subshell_reply {"ename":"not implemented","evalue":"the Go kernel does not know create_subshell_request","status":"error","traceback":["the Go kernel does not know create_subshell_request"]}`},
	} {
		got := c.await(c.send(test.channel, test.kind, test.content))
		text, _ := json.Marshal(got.content)
		if got.kind+" "+string(text) != test.want {
			t.Errorf("%s gave\n%s %s\nwant\n%s", test.kind, got.kind, text, test.want)
		}
	}
	// Nothing at all is an answer too.
	c.send("shell", "no_such_message", map[string]any{})
	c.expect("out still here", `ok stdout="still here\n"`)
}

func TestCellsAreNumberedAndRemembered(t *testing.T) {
	t.Parallel()
	c := start(t, fake(t))
	first := c.run("out a\ncount")
	if first.content["execution_count"] != 1.0 || first.stream("stdout") != "a\n1\n" {
		t.Errorf("first cell: %v", first.content)
	}
	if text := string(first.published[0].Content); first.published[0].Header.Type != "execute_input" || text != `{"code":"%%\n// out a\n// count","execution_count":1}` {
		t.Errorf("the first message is %s", text)
	}
	silent := do("count")
	silent["silent"], silent["store_history"] = true, true
	if r := c.ask("execute_request", silent); r.stream("stdout") != "1\n" || r.content["execution_count"] != 1.0 || r.published[0].Header.Type == "execute_input" {
		t.Errorf("silent cell: %v", r)
	}
	unstored := do("count")
	unstored["store_history"] = false
	if r := c.ask("execute_request", unstored); r.stream("stdout") != "1\n" || r.content["execution_count"] != 1.0 {
		t.Errorf("cell without history: %v %v", r, r.content)
	}
	c.expect("fail oh", `error build error: oh`)
	third := c.run("count")
	if third.stream("stdout") != "3\n" || !reflect.DeepEqual(third.content["user_expressions"], map[string]any{}) {
		t.Errorf("third cell: %v", third.content)
	}
	for _, test := range []struct {
		query map[string]any
		want  string
	}{
		{map[string]any{"hist_access_type": "tail", "n": 2}, `[[0,2,"%%\n// fail oh"],[0,3,"%%\n// count"]]`},
		{map[string]any{"hist_access_type": "range", "session": 0, "start": 1, "stop": 2}, `[[0,1,"%%\n// out a\n// count"]]`},
		{map[string]any{"hist_access_type": "range", "session": 1, "start": 1}, `[]`},
		{map[string]any{"hist_access_type": "search", "pattern": "*count", "n": 10}, `[[0,1,"%%\n// out a\n// count"],[0,3,"%%\n// count"]]`},
		{map[string]any{"hist_access_type": "tail", "n": 1, "output": true}, `[[0,3,["%%\n// count",null]]]`},
	} {
		got, _ := json.Marshal(c.ask("history_request", test.query).content["history"])
		if string(got) != test.want {
			t.Errorf("history %v: %s, want %s", test.query, got, test.want)
		}
	}
}

func TestTextIsMergedAndInOrder(t *testing.T) {
	t.Parallel()
	c := start(t, fake(t))
	var code, want strings.Builder
	for i := range 3000 {
		fmt.Fprintf(&code, "out %d\n", i)
		fmt.Fprintf(&want, "%d\n", i)
	}
	r := c.run(code.String())
	if r.stream("stdout") != want.String() {
		t.Error("text was lost or moved")
	}
	if len(r.published) > 300 {
		t.Errorf("3000 lines came in %d messages", len(r.published))
	}
	// What stands between two displays stays there.
	var order []string
	for _, m := range c.run("out a\nshow 1\nout b\nout c\nshow 1\nerr d").published[1:] {
		order = append(order, m.Header.Type)
	}
	order = slices.Compact(order) // on a busy machine b and c come too far from one another to be merged
	if want := []string{"stream", "display_data", "stream", "display_data", "stream"}; !slices.Equal(order, want) {
		t.Errorf("order %v, want %v", order, want)
	}
}

func TestUpdatesAreThinned(t *testing.T) {
	t.Parallel()
	c := start(t, fake(t))
	r := c.run("update 2000")
	last := r.published[len(r.published)-1]
	if len(r.published) > 20 || !strings.Contains(string(last.Content), `"2000"`) {
		t.Errorf("%d messages, the last one %s", len(r.published), last.Content)
	}
}

func TestTooMuchIsCut(t *testing.T) {
	t.Parallel()
	c := start(t, fake(t))
	megabytes := rounds(20, 100)
	r := c.run(fmt.Sprintf("flood %d", megabytes))
	if got := len(r.stream("stdout")); got != 10<<20 {
		t.Errorf("%d bytes of %d MB came", got, megabytes)
	}
	if got := r.stream("stderr"); !strings.Contains(got, fmt.Sprintf("the cell printed %d MB more", megabytes-9)) || r.content["status"] != "ok" {
		t.Errorf("the user is told %q", got)
	}
	r = c.run("show 60")
	if got := len(r.published); got != 1+49+1 || !strings.Contains(r.stream("stderr"), "11 displays of the cell are left out") {
		t.Errorf("%d messages, %q", got, r.stream("stderr"))
	}
	r = c.run(fmt.Sprintf("huge %d\nout after", rounds(51, 1000)))
	if r.stream("stdout") != "after\n" || !strings.Contains(r.stream("stderr"), "1 displays of the cell are left out") {
		t.Errorf("one huge display: %v", r)
	}
}

func TestAFailureStopsTheQueue(t *testing.T) {
	t.Parallel()
	c := start(t, fake(t))
	c.run("out warm")
	ids := []string{c.send("shell", "execute_request", do("sleep 200\nfail oh"))}
	for range 3 {
		ids = append(ids, c.send("shell", "execute_request", do("out no")))
	}
	var states []string
	for _, id := range ids {
		r := c.await(id)
		states = append(states, fmt.Sprint(r.content["status"]))
		if strings.Contains(r.stream("stdout"), "no") {
			t.Error("a cell after the failure was run")
		}
	}
	if want := []string{"error", "aborted", "aborted", "aborted"}; !reflect.DeepEqual(states, want) {
		t.Errorf("states %v, want %v", states, want)
	}
	// Unless the front end wants it.
	going := do("sleep 100\nfail oh")
	going["stop_on_error"] = false
	c.send("shell", "execute_request", going)
	c.expect("out yes", `ok stdout="yes\n"`)
}

// Questions are answered while a cell runs, and the cell's busy is said again after each answer.
func TestAnswersWhileACellRuns(t *testing.T) {
	t.Parallel()
	c := start(t, fake(t))
	answered := make(chan struct{})
	c.onPrompt = func(string) string { <-answered; return "on" }
	holding := do("hold")
	holding["allow_stdin"] = true
	id := c.send("shell", "execute_request", holding)
	for _, kind := range []string{"kernel_info_request", "complete_request", "is_complete_request"} {
		c.ask(kind, map[string]any{"code": "x", "cursor_pos": 1})
		if !c.until(patience, func() bool {
			var last *wire.Message
			for _, m := range c.heard {
				if m.Header.Type == "status" {
					last = m
				}
			}
			return last.ParentID() == id && strings.Contains(string(last.Content), "busy")
		}) {
			t.Errorf("after %s the last state is not the cell's busy", kind)
		}
	}
	close(answered)
	if r := c.await(id); r.stream("stdout") != "heard on\n" {
		t.Errorf("the cell: %v", r)
	}
}

func TestInput(t *testing.T) {
	t.Parallel()
	c := start(t, fake(t))
	c.onPrompt = func(prompt string) string { return strings.ToUpper(prompt) }
	asking := do("ask name?")
	asking["allow_stdin"] = true
	if r := c.ask("execute_request", asking); r.String() != `ok stdout="heard NAME?\n"` {
		t.Errorf("got %v", r)
	}
	if r := c.run("ask name?"); !strings.HasPrefix(r.String(), "error no input: the cell reads standard input") {
		t.Errorf("without a way to ask: %v", r)
	}
}

func TestWidgetMessagesPass(t *testing.T) {
	t.Parallel()
	c := start(t, fake(t))
	c.run("out warm")
	c.send("shell", "comm_open", map[string]any{"comm_id": "7", "target_name": "slider", "data": map[string]any{}})
	id := c.send("shell", "comm_msg", map[string]any{"comm_id": "7", "data": map[string]any{"value": 3}})
	if !c.until(patience, func() bool {
		for _, m := range c.heard {
			if m.Header.Type == "comm_msg" && m.ParentID() == id && string(m.Content) == `{"comm_id":"7","data":{"value":3}}` {
				return true
			}
		}
		return false
	}) {
		t.Error("the widget's message did not come back")
	}
	if got := fmt.Sprint(c.ask("comm_info_request", map[string]any{}).content["comms"]); got != "map[7:map[target_name:slider]]" {
		t.Errorf("open channels: %s", got)
	}
}

func TestUnsignedAndMalformedMessagesAreDropped(t *testing.T) {
	t.Parallel()
	c := start(t, fake(t))
	good := c.key.Encode(wire.New("execute_request", "test", nil, do("out BAD")))
	change := func(f func(frames [][]byte) [][]byte) {
		if err := c.shell.Send(f(append([][]byte{}, good...))); err != nil {
			t.Error(err)
		}
	}
	change(func(f [][]byte) [][]byte { f[1] = []byte("00"); return f })
	change(func(f [][]byte) [][]byte { f[1] = nil; return f })
	change(func(f [][]byte) [][]byte { f[5] = []byte(strings.Replace(string(f[5]), "BAD", "bad", 1)); return f })
	change(func(f [][]byte) [][]byte { return f[1:] })
	change(func(f [][]byte) [][]byte { return f[:4] })
	change(func([][]byte) [][]byte { return [][]byte{{}} })
	other := wire.NewKey()
	change(func([][]byte) [][]byte {
		return other.Encode(wire.New("execute_request", "test", nil, do("out BAD")))
	})
	for _, content := range []string{"", "[]", "null", "{", `"x"`, "\xff"} {
		m := wire.New("execute_request", "test", nil, nil)
		m.Content = json.RawMessage(content)
		_ = c.shell.Send(c.key.Encode(m))
	}
	m := wire.New("execute_request", "test", nil, nil)
	m.Raw = json.RawMessage(`{"msg_id": 3}`)
	_ = c.shell.Send(c.key.Encode(m))
	c.expect("out good", `ok stdout="good\n"`)
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, m := range c.heard {
		if strings.Contains(strings.ToLower(string(m.Content)), "out bad") {
			t.Errorf("a forged cell was run: %s", m.Content)
		}
	}
}

func TestSignedNonsenseIsAnswered(t *testing.T) {
	t.Parallel()
	c := start(t, fake(t))
	for _, test := range []struct{ content, want string }{
		{`{}`, "ok"},
		{`{"code": 3}`, "error malformed request: the request is not one: json: cannot unmarshal number into Go struct field .code of type string"},
		{"{\"code\": \"out \xff\"}", "error invalid text: the cell is not UTF-8 text"},
		{`{"code": "// a\u0000b"}`, "error cell error: a NUL byte (cell [4], line 1)"},
		{`{"code": "out x", "silent": 1}`, "error malformed request: the request is not one: json: cannot unmarshal number into Go struct field .silent of type bool"},
	} {
		m := wire.New("execute_request", "test", nil, nil)
		m.Content = json.RawMessage(test.content)
		if err := c.shell.Send(c.key.Encode(m)); err != nil {
			t.Fatal(err)
		}
		if got := c.await(m.Header.ID).String(); got != test.want {
			t.Errorf("%q gave %s, want %s", test.content, got, test.want)
		}
	}
	// A giant cell is a cell.
	c.expect("out ok\n%% "+strings.Repeat("x", rounds(2, 20)<<20), `ok stdout="ok\n"`)
}

// Whoever can reach the port and knows no key must not get in the way.
func TestStrangersOnThePorts(t *testing.T) {
	t.Parallel()
	c := start(t, fake(t))
	for _, port := range []int{c.connect.Shell, c.connect.IOPub, c.connect.Heartbeat, c.connect.Control, c.connect.Stdin} {
		address := c.connect.Address(port)
		silent, err := net.Dial("tcp", address)
		if err != nil {
			t.Fatal(err)
		}
		defer silent.Close()
		garbage, err := net.Dial("tcp", address)
		if err != nil {
			t.Fatal(err)
		}
		defer garbage.Close()
		_, _ = io.WriteString(garbage, "GET / HTTP/1.1\r\n\r\n"+strings.Repeat("x", 100))
	}
	c.expect("out good", `ok stdout="good\n"`)
	for _, address := range localAddresses(t) {
		if conn, err := net.DialTimeout("tcp", net.JoinHostPort(address, fmt.Sprint(c.connect.Shell)), time.Second); err == nil {
			conn.Close()
			t.Errorf("the kernel can be reached at %s", address)
		}
	}
}

// localAddresses are this machine's addresses that others can reach.
func localAddresses(t *testing.T) []string {
	t.Helper()
	all, err := net.InterfaceAddrs()
	if err != nil {
		t.Fatal(err)
	}
	var open []string
	for _, a := range all {
		if ip, ok := a.(*net.IPNet); ok && !ip.IP.IsLoopback() && ip.IP.To4() != nil {
			open = append(open, ip.IP.String())
		}
	}
	return open
}

func TestHeartbeat(t *testing.T) {
	t.Parallel()
	c := start(t, fake(t))
	echo := make(chan string, 1)
	beat, err := zmtp.Dial(t.Context(), "tcp", c.connect.Address(c.connect.Heartbeat), zmtp.Req, "", func(_ *zmtp.Peer, m zmtp.Message) {
		echo <- fmt.Sprintf("%q", m.Frames)
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := beat.Send([][]byte{{}, []byte("ping")}); err != nil {
		t.Fatal(err)
	}
	select {
	case got := <-echo:
		if got != `["" "ping"]` {
			t.Errorf("the heart echoes %s", got)
		}
	case <-time.After(patience):
		t.Error("no heartbeat")
	}
}

func TestShutdown(t *testing.T) {
	t.Parallel()
	for _, restart := range []bool{false, true} {
		c := start(t, fake(t))
		c.run("out warm")
		r := c.await(c.send("control", "shutdown_request", map[string]any{"restart": restart}))
		if r.content["status"] != "ok" || r.content["restart"] != restart {
			t.Errorf("reply %v", r.content)
		}
		select {
		case <-c.ended:
		case <-time.After(patience):
			t.Fatal("the kernel does not end")
		}
		if !c.cmd.ProcessState.Success() || len(c.dirs()) > 0 || len(c.marked()) > 0 {
			t.Errorf("%v; left %v %v", c.cmd.ProcessState, c.dirs(), c.marked())
		}
	}
}

func TestTerminateEndsTheKernel(t *testing.T) {
	t.Parallel()
	c := start(t, fake(t))
	c.send("shell", "execute_request", do("sleep 60000"))
	c.kill(syscall.SIGTERM)
	if len(c.dirs()) > 0 || len(c.marked()) > 0 {
		t.Errorf("left %v %v", c.dirs(), c.marked())
	}
}

func TestManyKernels(t *testing.T) {
	t.Parallel()
	var all sync.WaitGroup
	for i := range rounds(4, 20) {
		c := start(t, fake(t))
		all.Go(func() {
			for range 20 {
				want := fmt.Sprintf("ok stdout=\"kernel %d\\n\"", i)
				if got := c.run(fmt.Sprintf("out kernel %d", i)).String(); got != want {
					t.Errorf("%s, want %s", got, want)
				}
			}
		})
	}
	all.Wait()
}
