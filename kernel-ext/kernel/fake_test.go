//go:build !windows

package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/stophacking/kelpie/kernel-ext/internal/wire"
	"github.com/stophacking/kelpie/kernel-ext/internal/zmtp"
)

// fake is the command line of a GoNB that does as the lines of a cell tell it, and nothing else.
func fake(t interface{ Fatal(...any) }) []string {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	return []string{self, "fakegonb"}
}

// do is the content of a request that has the fake do the lines of the code. For the kernel they are declarations and
// comments in main.
func do(code string) map[string]any {
	var declarations, comments strings.Builder
	for line := range strings.SplitSeq(code, "\n") {
		if strings.HasPrefix(line, "func ") {
			declarations.WriteString(line + "() {}\n")
		} else {
			comments.WriteString("\n// " + line)
		}
	}
	return cell(declarations.String() + "%%" + comments.String())
}

// gonb is the state of the fake.
type gonb struct {
	key     wire.Key
	iopub   *zmtp.Server
	stdin   *zmtp.Server
	count   int
	known   []string
	inputs  chan string
	parent  *wire.Message
	replied map[string]any
}

// fakeGoNB is the fake's main.
func fakeGoNB() {
	flags := flag.NewFlagSet("", flag.ExitOnError)
	file := flags.String("kernel", "", "")
	_ = flags.String("stderrthreshold", "", "")
	_ = flags.Parse(os.Args[2:])
	text, err := os.ReadFile(*file)
	if err != nil {
		panic(err)
	}
	var c wire.Connection
	if err := json.Unmarshal(text, &c); err != nil {
		panic(err)
	}
	if err := os.Mkdir(filepath.Join(os.Getenv("TMPDIR"), "gonb_"+fmt.Sprintf("%08d", os.Getpid()%1e8)), 0o700); err != nil {
		panic(err)
	}
	g := &gonb{key: wire.Key(c.Key), inputs: make(chan string)}
	listen := func(port int, kind zmtp.Kind, receive func(*zmtp.Peer, zmtp.Message)) *zmtp.Server {
		server, err := zmtp.Listen(c.Network(), c.Address(port), kind, receive, zmtp.Options{})
		if err != nil {
			panic(err)
		}
		return server
	}
	g.iopub = listen(c.IOPub, zmtp.Pub, nil)
	g.stdin = listen(c.Stdin, zmtp.Router, func(_ *zmtp.Peer, m zmtp.Message) {
		message, err := g.key.Decode(m.Frames)
		if err != nil {
			panic(err)
		}
		var content struct{ Value string }
		_ = json.Unmarshal(message.Content, &content)
		g.inputs <- content.Value
	})
	listen(c.Shell, zmtp.Router, g.handle)
	select {}
}

func (g *gonb) publish(kind string, content any) {
	m := wire.New(kind, "fake", g.parent.Raw, content)
	m.Identities = [][]byte{[]byte(kind)}
	g.iopub.Publish(g.key.Encode(m))
}

func (g *gonb) handle(p *zmtp.Peer, frames zmtp.Message) {
	m, err := g.key.Decode(frames.Frames)
	if err != nil {
		panic(err)
	}
	p.Prove()
	g.parent = m
	g.publish("status", map[string]string{"execution_state": "busy"})
	switch m.Header.Type {
	case "execute_request":
		g.execute(m)
		_ = p.Send(g.key.Encode(wire.New("execute_reply", "fake", m.Raw, g.replied)))
	case "comm_msg":
		g.publish("comm_msg", json.RawMessage(m.Content))
	}
	g.publish("status", map[string]string{"execution_state": "idle"})
}

// execute does the lines of a cell: each is a word and its argument.
func (g *gonb) execute(m *wire.Message) {
	var c struct {
		Code  string
		Store bool `json:"store_history"`
	}
	if err := json.Unmarshal(m.Content, &c); err != nil {
		panic(err)
	}
	if c.Store {
		g.count++
	}
	g.replied = map[string]any{"status": "ok", "execution_count": g.count}
	for line := range strings.SplitSeq(c.Code, "\n") {
		word, argument, _ := strings.Cut(strings.TrimPrefix(line, "// "), " ")
		number, _ := strconv.Atoi(argument)
		switch word {
		case "", "%%", "%env":
		case "out":
			g.publish("stream", map[string]string{"name": "stdout", "text": argument + "\n"})
		case "err":
			g.publish("stream", map[string]string{"name": "stderr", "text": argument + "\n"})
		case "count":
			g.publish("stream", map[string]string{"name": "stdout", "text": fmt.Sprintln(g.count)})
		case "flood": // megabytes of text
			for range number {
				g.publish("stream", map[string]string{"name": "stdout", "text": strings.Repeat("0123456789abcde\n", 1<<16)})
			}
		case "show", "huge": // displays of a megabyte; one of that many megabytes
			times, size := number, 1<<20
			if word == "huge" {
				times, size = 1, number<<20
			}
			for range times {
				g.publish("display_data", map[string]any{"data": map[string]string{"text/plain": strings.Repeat("x", size)}, "metadata": map[string]any{}, "transient": map[string]any{}})
			}
		case "update":
			for i := range number {
				g.publish("update_display_data", map[string]any{"data": map[string]string{"text/plain": strconv.Itoa(i + 1)}, "metadata": map[string]any{}, "transient": map[string]any{"display_id": "bar"}})
			}
		case "odd": // what gonbui lets programs send under any type
			g.publish("display_data", map[string]any{"data": map[string]any{
				"text/plain": 3, "text/html": map[string]int{"a": 1}, "text/markdown": nil, "text/latex": []any{nil}, "image/png": []string{"a", "b"},
				"application/json": []int{1}, "application/vnd.x+json": nil,
			}})
		case "fail":
			g.publish("error", map[string]any{"ename": "ERROR", "evalue": argument, "traceback": []string{argument}})
			g.replied = map[string]any{"status": "error", "ename": "ERROR", "evalue": argument, "traceback": []string{argument}}
		case "die":
			time.Sleep(50 * time.Millisecond) // what was published is on its way
			os.Exit(number)
		case "sleep":
			time.Sleep(time.Duration(number) * time.Millisecond)
		case "vanish":
			dirs, _ := filepath.Glob(filepath.Join(os.Getenv("TMPDIR"), "gonb_*"))
			for _, dir := range dirs {
				_ = os.RemoveAll(dir)
			}
		case "ask", "hold": // hold waits for as long as it takes
			request := wire.New("input_request", "fake", m.Raw, map[string]any{"prompt": argument, "password": false})
			g.stdin.SendTo("kelpie", g.key.Encode(request))
			patience := time.After(time.Second)
			if word == "hold" {
				patience = nil
			}
			select {
			case input := <-g.inputs:
				g.publish("stream", map[string]string{"name": "stdout", "text": "heard " + input + "\n"})
			case <-patience:
			}
		case "known":
			g.publish("stream", map[string]string{"name": "stdout", "text": strings.Join(g.known, ";") + "\n"})
		default: // a declaration
			g.known = append(g.known, fmt.Sprintf("%s@%d", strings.TrimSuffix(line, "() {}"), g.count))
		}
	}
}
