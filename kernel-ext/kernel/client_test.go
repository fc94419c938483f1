//go:build !windows

package main

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/stophacking/kelpie/kernel-ext/internal/build"
	"github.com/stophacking/kelpie/kernel-ext/internal/session"
	"github.com/stophacking/kelpie/kernel-ext/internal/wire"
	"github.com/stophacking/kelpie/kernel-ext/internal/zmtp"
)

// patience bounds every wait of a test; it is reached only when something is wrong.
const patience = 60 * time.Second

// A client is a front end, with the kernel that it started.
type client struct {
	t       *testing.T
	cmd     *exec.Cmd
	ended   chan struct{}
	connect wire.Connection
	base    string      // folder of the session's directory
	fake    bool        // behind the kernel is the fake GoNB
	gopls   string      // path of gopls; empty for none
	file    string      // how the connection file is called; kernel-0123abcd.json when empty
	mode    os.FileMode // of the connection file; 0600 when 0
	log     string
	cellMay time.Duration // how long a cell may take
	key     wire.Key

	shell, control, stdin, iopub *zmtp.Peer

	mu       sync.Mutex
	replies  map[string]*wire.Message
	heard    []*wire.Message
	changed  chan struct{} // closed and made anew with every message
	onPrompt func(prompt string) string
}

// A setting changes how a kernel is started.
type setting func(c *client, cmd *exec.Cmd)

// start starts the kernel binary before the given GoNB and connects to it.
func start(t *testing.T, gonb []string, settings ...setting) *client {
	t.Helper()
	c := &client{t: t, base: t.TempDir(), cellMay: patience, ended: make(chan struct{}), key: wire.NewKey(), replies: map[string]*wire.Message{}, changed: make(chan struct{})}
	c.connect = wire.Connection{Transport: "tcp", IP: "127.0.0.1", Key: string(c.key), SignatureScheme: "hmac-sha256"}
	for _, port := range []*int{&c.connect.Shell, &c.connect.IOPub, &c.connect.Stdin, &c.connect.Control, &c.connect.Heartbeat} {
		*port = freePort(t)
	}
	c.log = filepath.Join(t.TempDir(), "kernel.log")
	c.fake = len(gonb) > 1 && gonb[1] == "fakegonb"
	c.cmd = exec.Command(binary)
	// As a Jupyter server does, so that the kernel ends when the tests are killed.
	c.cmd.Env = append(os.Environ(), "JPY_PARENT_PID="+strconv.Itoa(os.Getpid()), "GOPROXY=off", "GOSUMDB=off", "GOTOOLCHAIN=local", "GOFLAGS="+build.Flags, "CGO_ENABLED=0")
	if !c.fake {
		folder := filepath.Dir(binary)
		c.cmd.Env = append(c.cmd.Env, "PATH="+filepath.Join(folder, "cell")+":"+filepath.Dir(gonb[0])+":"+os.Getenv("PATH"), build.Variable+"="+filepath.Join(folder, "plans"))
	}
	c.cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	for _, s := range settings {
		s(c, c.cmd)
	}
	file := filepath.Join(t.TempDir(), cmp.Or(c.file, "kernel-0123abcd.json"))
	text, err := json.Marshal(c.connect)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, text, cmp.Or(c.mode, 0o600)); err != nil {
		t.Fatal(err)
	}
	c.cmd.Args = append([]string{binary, "-log", c.log, "-sessions", c.base, "-gopls", c.gopls, file}, gonb...)
	var complaint bytes.Buffer
	c.cmd.Stderr = &complaint
	if err := c.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() { _ = c.cmd.Wait(); close(c.ended) }()
	t.Cleanup(func() {
		c.kill(syscall.SIGKILL)
		c.nothingLeft()
		if t.Failed() {
			log, _ := os.ReadFile(c.log)
			t.Logf("the kernel said %q and logged\n%s", complaint.String(), log)
		}
	})
	c.shell = c.dial(c.connect.Shell, zmtp.Dealer, c.gotReply)
	c.control = c.dial(c.connect.Control, zmtp.Dealer, c.gotReply)
	c.stdin = c.dial(c.connect.Stdin, zmtp.Dealer, c.gotPrompt)
	c.iopub = c.dial(c.connect.IOPub, zmtp.Sub, c.gotPublished)
	// The subscription has taken effect when a status message arrives.
	for deadline := time.Now().Add(patience); ; {
		c.send("shell", "kernel_info_request", map[string]any{})
		if c.until(50*time.Millisecond, func() bool { return len(c.heard) > 0 }) {
			break
		}
		if time.Now().After(deadline) {
			t.Fatal("the kernel publishes nothing")
		}
	}
	return c
}

// lastPort is the last port handed out. The system gives a port of 0 one from 32768 on, so that nobody gets one of ours
// between our look and the kernel's.
var lastPort atomic.Int32

func init() { lastPort.Store(int32(10_000 + os.Getpid()*53%20_000)) }

// freePort is a port that no other kernel of these tests has.
func freePort(t *testing.T) int {
	t.Helper()
	for range 1000 {
		port := int(lastPort.Add(1))
		listener, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", port))
		if err == nil {
			_ = listener.Close()
			return port
		}
	}
	t.Fatal("no port is free")
	return 0
}

func (c *client) dial(port int, kind zmtp.Kind, receive func(*zmtp.Peer, zmtp.Message)) *zmtp.Peer {
	c.t.Helper()
	for deadline := time.Now().Add(patience); ; time.Sleep(5 * time.Millisecond) {
		peer, err := zmtp.Dial(context.Background(), c.connect.Network(), c.connect.Address(port), kind, "front", receive)
		if err == nil {
			return peer
		}
		select {
		case <-c.ended:
			c.t.Fatalf("the kernel ended: %v", err)
		default:
		}
		if time.Now().After(deadline) {
			c.t.Fatal(err)
		}
	}
}

func (c *client) got(channel string, m zmtp.Message, keep func(*wire.Message)) {
	message, err := c.key.Decode(m.Frames)
	if err != nil {
		c.t.Errorf("the kernel sent a bad message: %v", err)
		return
	}
	c.checkMessage(channel, message)
	c.mu.Lock()
	defer c.mu.Unlock()
	keep(message)
	close(c.changed)
	c.changed = make(chan struct{})
}

func (c *client) gotReply(_ *zmtp.Peer, m zmtp.Message) {
	c.got("shell or control", m, func(m *wire.Message) { c.replies[m.ParentID()] = m })
}

func (c *client) gotPublished(_ *zmtp.Peer, m zmtp.Message) {
	m.Frames = m.Frames[1:] // the topic
	c.got("iopub", m, func(m *wire.Message) { c.heard = append(c.heard, m) })
}

func (c *client) gotPrompt(p *zmtp.Peer, m zmtp.Message) {
	var asked *wire.Message
	c.got("stdin", m, func(m *wire.Message) { asked = m })
	if asked == nil {
		return
	}
	var content struct{ Prompt string }
	_ = json.Unmarshal(asked.Content, &content)
	value := c.onPrompt(content.Prompt)
	_ = p.Send(c.key.Encode(wire.New("input_reply", "test", asked.Raw, map[string]any{"value": value})))
}

// until waits until the condition holds, which is asked under the lock after every message.
func (c *client) until(timeout time.Duration, condition func() bool) bool {
	limit := time.After(timeout)
	for {
		c.mu.Lock()
		holds, changed := condition(), c.changed
		c.mu.Unlock()
		if holds {
			return true
		}
		select {
		case <-changed:
		case <-limit:
			return false
		}
	}
}

// send sends a request and returns its identifier.
func (c *client) send(channel, kind string, content any) string {
	c.t.Helper()
	m := wire.New(kind, "test", nil, content)
	peer := c.shell
	if channel == "control" {
		peer = c.control
	}
	if err := peer.Send(c.key.Encode(m)); err != nil {
		c.t.Error(err)
	}
	return m.Header.ID
}

// A result is what came of a request.
type result struct {
	kind      string
	content   map[string]any
	published []*wire.Message // without busy and idle
}

// await waits for the reply to a request and for what it published, up to idle.
func (c *client) await(id string) result {
	c.t.Helper()
	var r result
	idle := func() bool {
		for _, m := range c.heard {
			if m.Header.Type == "status" && m.ParentID() == id && strings.Contains(string(m.Content), "idle") {
				return true
			}
		}
		return false
	}
	if !c.until(c.cellMay, func() bool { return c.replies[id] != nil && idle() }) {
		c.t.Fatal("no reply, or no idle")
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	r.kind = c.replies[id].Header.Type
	if err := json.Unmarshal(c.replies[id].Content, &r.content); err != nil {
		c.t.Fatal(err)
	}
	for _, m := range c.heard {
		if m.ParentID() == id && m.Header.Type != "status" {
			r.published = append(r.published, m)
		}
	}
	return r
}

// ask sends a request on the shell channel and waits for what comes of it.
func (c *client) ask(kind string, content any) result {
	c.t.Helper()
	return c.await(c.send("shell", kind, content))
}

// cell is the content of an ordinary execute_request.
func cell(code string) map[string]any {
	return map[string]any{"code": code, "silent": false, "store_history": true, "allow_stdin": false, "stop_on_error": true, "user_expressions": map[string]any{}}
}

// run executes a cell.
func (c *client) run(code string) result {
	c.t.Helper()
	if c.fake {
		return c.ask("execute_request", do(code))
	}
	return c.ask("execute_request", cell(code))
}

// stream is all text of one stream.
func (r result) stream(name string) string {
	var all strings.Builder
	for _, m := range r.published {
		var s struct{ Name, Text string }
		if m.Header.Type == "stream" && json.Unmarshal(m.Content, &s) == nil && s.Name == name {
			all.WriteString(s.Text)
		}
	}
	return all.String()
}

// String is status, error and output on one line, as tests compare it.
func (r result) String() string {
	text := fmt.Sprint(r.content["status"])
	if r.content["status"] == "error" {
		text += fmt.Sprintf(" %v: %v", r.content["ename"], r.content["evalue"])
	}
	for _, name := range []string{"stdout", "stderr"} {
		if s := r.stream(name); s != "" {
			text += fmt.Sprintf(" %s=%q", name, s)
		}
	}
	return text
}

// expect fails the test unless the cell ends as told.
func (c *client) expect(code, want string) {
	c.t.Helper()
	if got := c.run(code).String(); got != want {
		c.t.Errorf("%q gave\n%s\nwant\n%s", code, got, want)
	}
}

// forget drops what came so far, which a test of many cells must not keep.
func (c *client) forget() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.heard = nil
	clear(c.replies)
}

// kill sends a signal to the kernel and waits for its end.
func (c *client) kill(signal syscall.Signal) {
	c.t.Helper()
	_ = syscall.Kill(c.cmd.Process.Pid, signal)
	select {
	case <-c.ended:
	case <-time.After(patience):
		c.t.Error("the kernel does not end")
	}
}

// dirs are the directories of sessions below the client's base.
func (c *client) dirs() []string {
	dirs, _ := filepath.Glob(filepath.Join(c.base, "kelpie-*"))
	return dirs
}

// marked lists the processes of the client's sessions; guards are found by their arguments.
func (c *client) marked() []int {
	var pids []int
	for _, pid := range allProcesses() {
		environ, _ := os.ReadFile(fmt.Sprintf("/proc/%d/environ", pid))
		args, _ := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", pid))
		ours := bytes.Contains(environ, []byte(session.Mark+"=")) && bytes.Contains(environ, []byte("TMPDIR="+c.base))
		if ours || bytes.Contains(args, []byte("guard\x00")) && bytes.Contains(args, []byte(c.base)) {
			pids = append(pids, pid)
		}
	}
	return pids
}

func allProcesses() []int {
	names, _ := filepath.Glob("/proc/[0-9]*")
	var pids []int
	for _, name := range names {
		var pid int
		if _, err := fmt.Sscan(filepath.Base(name), &pid); err == nil {
			pids = append(pids, pid)
		}
	}
	return pids
}

// nothingLeft fails the test when, a moment after the kernel's end, there is still a process or a directory of it.
func (c *client) nothingLeft() {
	c.t.Helper()
	deadline := time.Now().Add(patience)
	for len(c.marked()) > 0 || len(c.dirs()) > 0 {
		if time.Now().After(deadline) {
			c.t.Errorf("left behind: processes %v, directories %v", c.marked(), c.dirs())
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
}

// eventually fails the test unless the condition comes to hold.
func eventually(t *testing.T, what string, condition func() bool) {
	t.Helper()
	for deadline := time.Now().Add(patience); !condition(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal(what)
		}
	}
}

// binary is the kernel as TestMain built it; in cell beside it is the go command of cells.
var binary string

// rounds is how often something is tried: at length if the environment has KELPIE_LONG.
func rounds(short, long int) int {
	if os.Getenv("KELPIE_LONG") != "" {
		return long
	}
	return short
}

func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == "fakegonb" {
		fakeGoNB()
		return
	}
	if len(os.Args) > 4 && os.Args[1] == "stranger" {
		actStranger(os.Args[2], os.Args[3], os.Args[4] == "true")
		return
	}
	// The tests wait more than they work, so more of them run at once than there are processors.
	if err := flag.Set("test.parallel", "6"); err != nil {
		panic(err)
	}
	os.Exit(func() int {
		dir, err := os.MkdirTemp("", "kelpie-test-")
		if err != nil {
			panic(err)
		}
		defer os.RemoveAll(dir)
		// Another user runs a copy of this program, so it is where others can read it.
		self, err := os.ReadFile(os.Args[0])
		if err == nil {
			err = errors.Join(os.Chmod(dir, 0o755), os.WriteFile(filepath.Join(dir, "stranger"), self, 0o755))
		}
		if err != nil {
			panic(err)
		}
		binary = filepath.Join(dir, "kernel")
		output, err := exec.Command("go", "build", "-ldflags=-w", "-o", binary, ".").CombinedOutput()
		if err != nil {
			fmt.Fprintf(os.Stderr, "building the kernel: %v\n%s", err, output)
			return 1
		}
		if err := os.Mkdir(filepath.Join(dir, "cell"), 0o755); err != nil {
			panic(err)
		}
		if err := os.Symlink(binary, filepath.Join(dir, "cell", "go")); err != nil {
			panic(err)
		}
		return m.Run()
	}())
}

// realGoNB is the command line of the checkout's GoNB; the test is skipped where it was not set up.
func realGoNB(t *testing.T) []string {
	t.Helper()
	root, err := filepath.Abs(filepath.Join("..", ".."))
	if err != nil {
		t.Fatal(err)
	}
	gonb := filepath.Join(root, ".kelpie", "bin", "gonb")
	if _, err := os.Stat(gonb); errors.Is(err, os.ErrNotExist) {
		t.Skip("GoNB is not there; `go run ./kernel-ext install` sets it up")
	}
	return []string{gonb, "-raw_error=true", "-logtostderr=false", "-stderrthreshold=3", "-log_file=/dev/null", "-go_work=" + root}
}
