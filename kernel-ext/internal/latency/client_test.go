package latency

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stophacking/kelpie/kernel-ext/internal/wire"
	"github.com/stophacking/kelpie/kernel-ext/internal/zmtp"
)

// A spec is what a kernel.json says.
type spec struct {
	Argv []string          `json:"argv"`
	Env  map[string]string `json:"env"`
}

// A client is the front end of one kernel.
type client struct {
	key       wire.Key
	shell     *zmtp.Peer
	replies   chan *wire.Message
	published chan *wire.Message
}

// limit bounds the start of a kernel and each cell.
const limit = 2 * time.Minute

// start starts a kernel and waits until it answers. It ends with the benchmark.
func start(b *testing.B, s spec) *client {
	b.Helper()
	c := &client{key: wire.NewKey(), replies: make(chan *wire.Message, 1000), published: make(chan *wire.Message, 100_000)}
	dir := b.TempDir()
	// In a folder that nobody else can enter, as where Kelpie starts kernels.
	connection := wire.Connection{
		Transport: "ipc", IP: filepath.Join(dir, "k"), SignatureScheme: "hmac-sha256", Key: string(c.key),
		Shell: 1, IOPub: 2, Stdin: 3, Control: 4, Heartbeat: 5,
	}
	text, err := json.Marshal(connection)
	if err != nil {
		b.Fatal(err)
	}
	file := filepath.Join(dir, "connection.json")
	if err := os.WriteFile(file, text, 0o600); err != nil {
		b.Fatal(err)
	}
	var args []string
	for _, arg := range s.Argv {
		args = append(args, strings.ReplaceAll(arg, "{connection_file}", file))
	}
	cmd := exec.Command(args[0], args[1:]...)
	cmd.Dir, cmd.Env = dir, append(os.Environ(), "TMPDIR="+dir)
	for name, value := range s.Env {
		cmd.Env = append(cmd.Env, name+"="+strings.ReplaceAll(strings.ReplaceAll(value, "${PATH}", os.Getenv("PATH")), "$$", "$"))
	}
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { c.end(cmd) })
	peer := func(port int, kind zmtp.Kind, to chan *wire.Message) *zmtp.Peer {
		for begun := time.Now(); ; time.Sleep(20 * time.Millisecond) {
			p, err := zmtp.Dial(b.Context(), connection.Network(), connection.Address(port), kind, "", func(_ *zmtp.Peer, m zmtp.Message) {
				if message, err := c.key.Decode(m.Frames); err == nil {
					to <- message
				}
			})
			if err == nil {
				return p
			}
			if time.Since(begun) > limit {
				b.Fatalf("the kernel does not listen: %v", err)
			}
		}
	}
	c.shell = peer(connection.Shell, zmtp.Dealer, c.replies)
	peer(connection.IOPub, zmtp.Sub, c.published)
	// The first cell answers once the kernel is up; it also finds out whether what is published arrives.
	if _, err := c.run("%%\nfmt.Println(\"ready\")"); err != nil {
		b.Fatal(err)
	}
	return c
}

// run runs a cell and returns how long it took until the kernel said that it is idle.
func (c *client) run(code string) (time.Duration, error) {
	request := wire.New("execute_request", "bench", nil, map[string]any{
		"code": code, "silent": false, "store_history": true, "user_expressions": map[string]any{}, "allow_stdin": false, "stop_on_error": true,
	})
	begun := time.Now()
	if err := c.shell.Send(c.key.Encode(request)); err != nil {
		return 0, err
	}
	late := time.After(limit)
	said := ""
	for idle := false; !idle; {
		select {
		case m := <-c.published:
			var content struct {
				State string `json:"execution_state"`
				Text  string `json:"text"`
				Value string `json:"evalue"`
			}
			if json.Unmarshal(m.Content, &content) == nil && m.ParentID() == request.Header.ID {
				idle = content.State == "idle"
				said += content.Text + content.Value
			}
		case <-late:
			return 0, errors.New("no answer to a cell\n" + said)
		}
	}
	took := time.Since(begun)
	for {
		select {
		case m := <-c.replies:
			var content struct {
				Status string `json:"status"`
			}
			if m.ParentID() != request.Header.ID {
				continue
			}
			if err := json.Unmarshal(m.Content, &content); err != nil || content.Status != "ok" {
				return 0, fmt.Errorf("the cell failed\n%s", said)
			}
			return took, nil
		case <-late:
			return 0, errors.New("no reply to a cell")
		}
	}
}

// end asks the kernel to end, and ends what is left of its processes.
func (c *client) end(cmd *exec.Cmd) {
	_ = syscall.Kill(cmd.Process.Pid, syscall.SIGTERM)
	ended := make(chan struct{})
	go func() {
		_ = cmd.Wait() // it was told to end
		close(ended)
	}()
	select {
	case <-ended:
	case <-time.After(5 * time.Second):
	}
	_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
	<-ended
}
