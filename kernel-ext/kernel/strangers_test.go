//go:build !windows

package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stophacking/kelpie/kernel-ext/internal/owner"
	"github.com/stophacking/kelpie/kernel-ext/internal/wire"
	"github.com/stophacking/kelpie/kernel-ext/internal/zmtp"
)

const nobody = 65534

// strangerHello is what a subscriber to everything says first.
const strangerHello = "\xff\x00\x00\x00\x00\x00\x00\x00\x00\x7f\x03\x00NULL\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00" +
	"\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00" +
	"\x04\x19\x05READY\x0bSocket-Type\x00\x00\x00\x03SUB\x00\x01\x01"

// actStranger is the test's program as another user: it connects, says hello, and prints how many bytes it hears. With
// hurry it closes the connection before anybody can look whose it is.
func actStranger(network, address string, hurry bool) {
	conn, err := net.Dial(network, address)
	if err != nil {
		fmt.Println(err)
		return
	}
	_, _ = io.WriteString(conn, strangerHello)
	heard := int64(0)
	if !hurry {
		_ = conn.SetReadDeadline(time.Now().Add(patience))
		heard, err = io.Copy(io.Discard, conn)
	}
	_ = conn.Close()
	if errors.Is(err, os.ErrDeadlineExceeded) {
		fmt.Print("served, ")
	}
	fmt.Println(heard)
}

// asNobody runs actStranger as another user.
func asNobody(t *testing.T, network, address string, hurry bool) string {
	t.Helper()
	if os.Getuid() != 0 {
		t.Skip("only root can be another user")
	}
	if runtime.GOOS != "linux" {
		t.Skip("only Linux says of all connections whose they are")
	}
	cmd := exec.Command(filepath.Join(filepath.Dir(binary), "stranger"), "stranger", network, address, fmt.Sprint(hurry))
	cmd.Dir = "/"
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
	output, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, output)
	}
	return strings.TrimSpace(string(output))
}

// overIPC has the kernel's sockets lie in a folder.
func overIPC(folder string) setting {
	return func(c *client, _ *exec.Cmd) {
		c.connect.Transport, c.connect.IP = "ipc", filepath.Join(folder, "k")
		c.connect.Shell, c.connect.IOPub, c.connect.Stdin, c.connect.Control, c.connect.Heartbeat = 1, 2, 3, 4, 5
	}
}

// ports are all sockets of a kernel.
func (c *client) ports() []int {
	return []int{c.connect.Shell, c.connect.IOPub, c.connect.Stdin, c.connect.Control, c.connect.Heartbeat}
}

func (c *client) logged(text string) bool {
	log, _ := os.ReadFile(c.log)
	return strings.Contains(string(log), text)
}

// Another user hears nothing, not even what is listening there: over TCP, and through sockets in files that were opened
// for everybody.
func TestAnotherUserIsTurnedAway(t *testing.T) {
	t.Parallel()
	folder, err := os.MkdirTemp("", "open-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(folder) })
	for _, private := range []bool{false, true} {
		c := start(t, fake(t), func(c *client, cmd *exec.Cmd) {
			if private {
				overIPC(folder)(c, cmd)
			}
		})
		if private {
			if err := os.Chmod(folder, 0o755); err != nil {
				t.Fatal(err)
			}
		}
		for _, port := range c.ports() {
			address := c.connect.Address(port)
			if private {
				if info, err := os.Stat(address); err != nil || info.Mode().Perm() != 0o600 {
					t.Errorf("%v %v", info, err)
				}
				if err := os.Chmod(address, 0o777); err != nil {
					t.Fatal(err)
				}
			}
			if heard := asNobody(t, c.connect.Network(), address, false); heard != "0" {
				t.Errorf("another user connects to %s, and hears %s bytes", address, heard)
			}
		}
		for range rounds(5, 200) {
			asNobody(t, c.connect.Network(), c.connect.Address(c.connect.IOPub), true)
		}
		c.expect("out good", `ok stdout="good\n"`)
		if !c.logged(fmt.Sprintf("the other end belongs to user %d", nobody)) {
			t.Error("the log does not say why")
		}
	}
}

// The user's own programs, and root's, are let in over TCP: as they are by the system's word or, where it has none, all.
func TestOurOwnAreLetIn(t *testing.T) {
	t.Parallel()
	c := start(t, fake(t))
	if !owner.KnowsTCP {
		t.Skip("this system does not say whose a connection is")
	}
	conn, err := net.Dial("tcp", c.connect.Address(c.connect.IOPub))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	_ = conn.SetReadDeadline(time.Now().Add(patience))
	if _, err := io.ReadFull(conn, make([]byte, 64)); err != nil {
		t.Error(err)
	}
}

func TestOverPrivateSockets(t *testing.T) {
	t.Parallel()
	folder, err := os.MkdirTemp("", "k")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(folder) })
	c := start(t, fake(t), overIPC(folder))
	c.onPrompt = strings.ToUpper
	asking := do("ask name?")
	asking["allow_stdin"] = true
	if r := c.ask("execute_request", asking); r.String() != `ok stdout="heard NAME?\n"` {
		t.Errorf("got %v", r)
	}
	id := c.send("shell", "execute_request", do("out on\nsleep 60000"))
	running := func() bool {
		return slices.ContainsFunc(c.heard, func(m *wire.Message) bool { return m.Header.Type == "stream" && m.ParentID() == id })
	}
	if !c.until(patience, running) {
		t.Fatal("the cell does not start")
	}
	c.send("control", "interrupt_request", map[string]any{})
	if r := c.await(id); r.content["status"] != "error" {
		t.Errorf("an interrupted cell: %v", r)
	}
	// A killed kernel leaves its sockets. The next one, which a front end starts under the same names, takes their place.
	c.kill(syscall.SIGKILL)
	if left, _ := filepath.Glob(filepath.Join(folder, "k-?")); len(left) != 5 {
		t.Errorf("a killed kernel leaves %v", left)
	}
	again := start(t, fake(t), overIPC(folder))
	again.expect("out here", `ok stdout="here\n"`)
	again.await(again.send("control", "shutdown_request", map[string]any{"restart": false}))
	<-again.ended
	if left, _ := os.ReadDir(folder); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

// A kernel does not listen where others could take its place, nor take the place of something else.
func TestHostileFoldersAreRefused(t *testing.T) {
	t.Parallel()
	base := t.TempDir()
	long := filepath.Join(base, strings.Repeat("long", 30))
	taken, open, sticky := filepath.Join(base, "taken"), filepath.Join(base, "open"), filepath.Join(base, "sticky")
	for path, mode := range map[string]os.FileMode{long: 0o700, taken: 0o700, open: 0o777, sticky: 0o777 | os.ModeSticky} {
		if err := errors.Join(os.Mkdir(path, 0o700), os.Chmod(path, mode)); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(taken, "k-1"), []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	for folder, want := range map[string]string{
		open: open + ": everybody can write to it", sticky: sticky + ": everybody can write to it",
		long: "the path of a socket has", taken: "address already in use", filepath.Join(base, "none"): "no such file",
	} {
		connection, err := json.Marshal(wire.Connection{Transport: "ipc", IP: filepath.Join(folder, "k"), Key: "k", Shell: 1, IOPub: 2, Stdin: 3, Control: 4, Heartbeat: 5})
		if err != nil {
			t.Fatal(err)
		}
		file := filepath.Join(base, "connection.json")
		if err := os.WriteFile(file, connection, 0o600); err != nil {
			t.Fatal(err)
		}
		cmd := exec.Command(binary, append([]string{"-sessions", t.TempDir(), file}, fake(t)...)...)
		output, err := cmd.CombinedOutput()
		if err == nil || !strings.Contains(string(output), want) {
			t.Errorf("%s: %v\n%s", folder, err, output)
		}
	}
	if left, _ := os.ReadDir(taken); len(left) != 1 {
		t.Errorf("a kernel that cannot have one socket leaves the others: %v", left)
	}
	if text, err := os.ReadFile(filepath.Join(taken, "k-1")); err != nil || string(text) != "mine" {
		t.Errorf("the file in the way: %q %v", text, err)
	}
}

// more is one more connection of ours to a socket of the kernel.
func (c *client) more(port int, kind zmtp.Kind, identity string, receive func(*wire.Message)) (*zmtp.Peer, error) {
	return zmtp.Dial(c.t.Context(), c.connect.Network(), c.connect.Address(port), kind, identity, func(_ *zmtp.Peer, m zmtp.Message) {
		if message, err := c.key.Decode(m.Frames); err == nil && receive != nil {
			receive(message)
		}
	})
}

// Who learns the identity of a front end is neither asked in its place nor given its replies.
func TestIdentitiesAreNotTakenOver(t *testing.T) {
	t.Parallel()
	c := start(t, fake(t))
	c.onPrompt = func(string) string { return "the user" }
	for _, port := range []int{c.connect.Stdin, c.connect.Shell, c.connect.Control} {
		if _, err := c.more(port, zmtp.Dealer, "front", func(*wire.Message) { t.Error("the other hears something") }); err == nil {
			t.Errorf("the identity of a living front end was taken on port %d", port)
		}
	}
	asking := do("ask who?")
	asking["allow_stdin"] = true
	if r := c.ask("execute_request", asking); r.String() != `ok stdout="heard the user\n"` {
		t.Errorf("got %v", r)
	}
	// Once it is gone it comes back under it.
	c.stdin.Close(0)
	c.stdin = c.dial(c.connect.Stdin, zmtp.Dealer, c.gotPrompt)
	if r := c.ask("execute_request", asking); r.String() != `ok stdout="heard the user\n"` {
		t.Errorf("after coming back: %v", r)
	}
}

// What was recorded is not carried out again: on any channel, from any connection, nor what the kernel itself has signed.
func TestRecordedMessagesAreRefused(t *testing.T) {
	t.Parallel()
	c := start(t, fake(t))
	recorded := c.key.Encode(wire.New("execute_request", "test", nil, do("out once\ncount")))
	if err := c.shell.Send(recorded); err != nil {
		t.Fatal(err)
	}
	c.expect("count", `ok stdout="2\n"`)
	other, err := c.more(c.connect.Shell, zmtp.Dealer, "", nil)
	if err != nil {
		t.Fatal(err)
	}
	c.await(c.send("control", "kernel_info_request", map[string]any{}))
	for _, peer := range []*zmtp.Peer{c.shell, c.control, other} {
		if err := peer.Send(recorded); err != nil {
			t.Fatal(err)
		}
	}
	<-other.Done() // who begins like that is not listened to any longer
	c.ask("kernel_info_request", map[string]any{})
	c.await(c.send("control", "kernel_info_request", map[string]any{}))
	c.expect("count", `ok stdout="3\n"`)

	// The fake sends a widget's message back, which the kernel signs: it must not go round.
	echoes := func(value string) (count int, last *wire.Message) {
		for _, m := range c.heard {
			if m.Header.Type == "comm_msg" && strings.Contains(string(m.Content), value) {
				count, last = count+1, m
			}
		}
		return count, last
	}
	say := func(value string) {
		c.send("shell", "comm_msg", map[string]any{"comm_id": "7", "data": map[string]any{"text": value}})
		if !c.until(patience, func() bool { count, _ := echoes(value); return count > 0 }) {
			t.Fatal("the widget's message did not come back")
		}
	}
	say("first")
	c.mu.Lock()
	_, echo := echoes("first")
	c.mu.Unlock()
	echo.Identities = nil
	if err := c.shell.Send(c.key.Encode(echo)); err != nil {
		t.Fatal(err)
	}
	say("second")
	c.mu.Lock()
	defer c.mu.Unlock()
	if count, _ := echoes("first"); count != 1 {
		t.Errorf("what the kernel had published was carried out, and came %d times", count)
	}
}

// What is too long is answered, with the limit in the answer.
func TestTooLongMessagesAreAnswered(t *testing.T) {
	t.Parallel()
	c := start(t, fake(t))
	const most = "is longer than 256 MB, which is the most that the kernel takes"
	tooLong := func(kind string) string {
		m := wire.New(kind, "test", nil, map[string]any{})
		frames := c.key.Encode(m)
		frames[5] = make([]byte, zmtp.Limit+1)
		if err := c.shell.Send(frames); err != nil {
			t.Fatal(err)
		}
		return m.Header.ID
	}
	if got, want := c.await(tooLong("complete_request")).String(), "error message too long: the complete_request "+most; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if got, want := c.await(tooLong("execute_request")).String(), "error message too long: the execute_request "+most; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	c.expect("out after", `ok stdout="after\n"`)

	// The first message of a connection may be less long. Its sender is told; the others hear nothing of it.
	replies := make(chan *wire.Message, 1)
	fresh, err := c.more(c.connect.Shell, zmtp.Dealer, "", func(m *wire.Message) { replies <- m })
	if err != nil {
		t.Fatal(err)
	}
	first := wire.New("execute_request", "test", nil, cell(strings.Repeat("x", 2<<20)))
	if err := fresh.Send(c.key.Encode(first)); err != nil {
		t.Fatal(err)
	}
	select {
	case m := <-replies:
		if m.ParentID() != first.Header.ID || !strings.Contains(string(m.Content), "the execute_request is longer than 1 MB") || m.Header.Type != "execute_reply" {
			t.Errorf("got %s %s", m.Header.Type, m.Content)
		}
	case <-time.After(patience):
		t.Fatal("no answer")
	}
	if err := fresh.Send(c.key.Encode(wire.New("kernel_info_request", "test", nil, map[string]any{}))); err != nil {
		t.Fatal(err)
	}
	<-replies
	if err := fresh.Send(c.key.Encode(wire.New("execute_request", "test", nil, do("out "+strings.Repeat("x", 2<<20))))); err != nil {
		t.Fatal(err)
	}
	if m := <-replies; !strings.Contains(string(m.Content), `"status":"ok"`) {
		t.Errorf("after proving itself: %.300s", m.Content)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, m := range c.heard {
		if m.ParentID() == first.Header.ID {
			t.Errorf("all hear of it: %s", m.Content)
		}
	}
	// An input that is too long ends the cell that waits for it.
	c.mu.Unlock()
	defer c.mu.Lock()
	c.onPrompt = func(string) string { return strings.Repeat("x", 2<<20) }
	asking := do("ask who?")
	asking["allow_stdin"] = true
	if got := c.ask("execute_request", asking).String(); !strings.HasPrefix(got, "error message too long: the input_reply is longer than 1 MB") {
		t.Errorf("got %s", got)
	}
}

// Nobody can fill the log.
func TestTheLogIsNotFilled(t *testing.T) {
	t.Parallel()
	c := start(t, fake(t))
	for range 20 {
		other, err := c.more(c.connect.Control, zmtp.Dealer, "", nil)
		if err != nil {
			t.Fatal(err)
		}
		_ = other.Send([][]byte{[]byte(strings.Repeat("x", 1000))})
		<-other.Done()
	}
	for range 20_000 {
		_ = c.shell.Send([][]byte{[]byte("<IDS|MSG>"), []byte("00"), {}, {}, {}, {}})
	}
	c.expect("out good", `ok stdout="good\n"`)
	text, err := os.ReadFile(c.log)
	if lines := bytes.Count(text, []byte("\n")); err != nil || lines == 0 || lines > 30 {
		t.Errorf("%d lines are logged, %v", lines, err)
	}
}

// Subscribers that never read hold up no cell, and keep nothing from those that do.
func TestStalledSubscribersHoldUpNoCell(t *testing.T) {
	t.Parallel()
	c := start(t, fake(t))
	for range 3 {
		conn, err := net.Dial("tcp", c.connect.Address(c.connect.IOPub))
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		if _, err := io.WriteString(conn, strangerHello); err != nil {
			t.Fatal(err)
		}
	}
	for range 4 {
		if r := c.run("show 49"); len(r.published) != 1+49 {
			t.Fatalf("%d messages came: %s", len(r.published), r)
		}
		c.forget()
	}
	eventually(t, "they are still waited for", func() bool { return c.logged("it does not read") })
	c.expect("out good", `ok stdout="good\n"`)
}
