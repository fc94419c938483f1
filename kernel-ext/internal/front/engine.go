//go:build !windows

package front

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/stophacking/kelpie/kernel-ext/internal/cell"
	"github.com/stophacking/kelpie/kernel-ext/internal/frame"
	"github.com/stophacking/kelpie/kernel-ext/internal/scratch"
	"github.com/stophacking/kelpie/kernel-ext/internal/session"
	"github.com/stophacking/kelpie/kernel-ext/internal/wire"
	"github.com/stophacking/kelpie/kernel-ext/internal/zmtp"
)

// An engine is one GoNB process and the connections to it.
type engine struct {
	key     wire.Key
	id      string
	child   *session.Child
	sockets string // the beginning of the sockets' paths
	shell   *zmtp.Peer
	stdin   *zmtp.Peer
	iopub   *zmtp.Peer
	stray   func(*wire.Message) // gets what belongs to no cell: widgets' messages
	asks    func(*wire.Message) // gets what GoNB asks of the user
	ready   chan struct{}       // closed when the first status message has come
	once    sync.Once

	mu   sync.Mutex
	call *call

	// Of the goroutine that executes cells:
	count int      // GoNB's number of the last cell
	said  *os.File // what GoNB logs as errors
	log   *os.File // where that goes to in the end; may be nil
	dir   string   // GoNB's work directory
	work  *scratch.Folder
}

// A call is a request to GoNB that is under way.
type call struct {
	id    string
	sink  func(*wire.Message)
	reply chan json.RawMessage
	idle  chan struct{}
	begun bool // GoNB has said that it is busy with it
	ended bool // idle is closed
}

// Errors of a call whose GoNB ended: while it carried the call out, or before it got to it.
var (
	errEngineGone = errors.New("front: GoNB ended")
	errEngineDeaf = errors.New("front: GoNB had ended")
)

// Numbers of GoNB's sockets: it makes their paths of a beginning and a port.
const (
	portShell = iota + 1
	portIOPub
	portStdin
	portControl
	portHeartbeat
)

// startTimeout is how long GoNB may take to open its sockets.
const startTimeout = 60 * time.Second

// startEngine starts GoNB and connects to it; generation tells the sockets of a second GoNB from those of the first.
func (k *Kernel) startEngine(generation int) (*engine, error) {
	e := &engine{key: wire.NewKey(), id: string(wire.NewKey()), ready: make(chan struct{})}
	e.stray, e.asks = k.passBack, k.ask
	e.sockets = filepath.Join(k.o.Session.Short, "s"+strconv.Itoa(generation))
	connection := wire.Connection{
		Transport: "ipc", IP: e.sockets, Key: string(e.key), SignatureScheme: "hmac-sha256",
		Shell: portShell, IOPub: portIOPub, Stdin: portStdin, Control: portControl, Heartbeat: portHeartbeat,
	}
	text, err := json.Marshal(connection)
	if err != nil {
		return nil, fmt.Errorf("front: %w", err)
	}
	// GoNB reads the kernel's number out of the name, which the front end chose; it must not meet a file of ours.
	file := filepath.Join(k.o.Session.Dir, "connection", k.o.Name)
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		return nil, fmt.Errorf("front: %w", err)
	}
	if err := os.WriteFile(file, text, 0o600); err != nil {
		return nil, fmt.Errorf("front: %w", err)
	}
	e.log = k.o.Output
	if e.said, err = os.OpenFile(filepath.Join(k.o.Session.Dir, "said"), os.O_CREATE|os.O_TRUNC|os.O_RDWR|os.O_APPEND, 0o600); err != nil {
		return nil, fmt.Errorf("front: %w", err)
	}
	program := session.Program{
		// GoNB is silent about a display that it cannot pass on, but in its log.
		Args: append(append([]string{}, k.o.GoNB...), "-stderrthreshold=2", "--kernel", file),
		Env:  append(k.buildCache(), frame.Variable+"="+k.token, cell.PipesVariable+"="+k.pipesDir()), Output: e.said,
	}
	before := workDirs(k.o.Session.Temp)
	if e.child, err = k.o.Session.Start(program); err != nil {
		_ = e.said.Close()
		return nil, err
	}
	if err := e.connect(); err != nil {
		e.end()
		return nil, err
	}
	// A cell may have made folders with such names.
	made := slices.DeleteFunc(workDirs(k.o.Session.Temp), func(dir string) bool { return slices.Contains(before, dir) })
	if len(made) == 1 {
		if e.work, err = scratch.Adopt(made[0], ""); err != nil {
			e.end()
			return nil, fmt.Errorf("front: GoNB's work directory: %w", err)
		}
		e.dir = made[0]
	}
	if name, program := cell.Preload(runtime.GOOS); e.dir != "" {
		if err := os.WriteFile(filepath.Join(e.dir, name), []byte(program), 0o600); err != nil {
			k.o.Log("the output of Go comes GoNB's way: %v", err)
		}
	}
	return e, nil
}

// buildCache gives Go a build cache of the session's where its own cannot be written to, as with a read-only home. Cells
// then take long until everything is compiled anew; otherwise they could not be built at all.
func (k *Kernel) buildCache() []string {
	dir := os.Getenv("GOCACHE")
	if dir == "" {
		if base, err := os.UserCacheDir(); err == nil {
			dir = filepath.Join(base, "go-build")
		}
	}
	err := os.MkdirAll(dir, 0o777)
	if err == nil {
		var probe *os.File
		if probe, err = os.CreateTemp(dir, ".kelpie-*"); err == nil {
			_ = probe.Close()
			_ = os.Remove(probe.Name())
			return nil
		}
	}
	k.o.Log("Go's build cache cannot be used (%v); this session has its own", err)
	return []string{"GOCACHE=" + filepath.Join(k.o.Session.Dir, "build")}
}

// complaints returns what GoNB has logged as errors since the last call, and puts it into the kernel's log.
func (e *engine) complaints() string {
	info, err := e.said.Stat()
	if err != nil || info.Size() == 0 {
		return ""
	}
	text := make([]byte, min(info.Size(), 1<<20))
	n, _ := e.said.ReadAt(text, 0)
	_ = e.said.Truncate(0)
	if e.log != nil {
		_, _ = e.log.Write(text[:n])
	}
	return string(text[:n])
}

// connect dials GoNB's sockets as they appear, and waits until its messages reach us: a subscription takes effect some
// time after it was made.
func (e *engine) connect() error {
	deadline := time.Now().Add(startTimeout)
	dial := func(port int, kind zmtp.Kind, receive func(*zmtp.Peer, zmtp.Message)) (*zmtp.Peer, error) {
		for {
			ctx, cancel := context.WithDeadline(context.Background(), deadline)
			peer, err := zmtp.Dial(ctx, "unix", e.sockets+"-"+strconv.Itoa(port), kind, "kelpie", receive)
			cancel()
			if err == nil {
				return peer, nil
			}
			if time.Now().After(deadline) {
				return nil, fmt.Errorf("front: GoNB does not open its sockets: %w", err)
			}
			select {
			case <-e.child.Gone:
				return nil, fmt.Errorf("front: GoNB ended as it started (%w); its log is in .kelpie/log", endOf(e.child))
			case <-time.After(2 * time.Millisecond):
			}
		}
	}
	var err error
	if e.shell, err = dial(portShell, zmtp.Dealer, e.fromShell); err != nil {
		return err
	}
	if e.iopub, err = dial(portIOPub, zmtp.Sub, e.fromIOPub); err != nil {
		return err
	}
	if e.stdin, err = dial(portStdin, zmtp.Dealer, e.fromStdin); err != nil {
		return err
	}
	for pause := time.Millisecond; ; pause *= 2 {
		if err := e.send("kernel_info_request", map[string]any{}); err != nil {
			return err
		}
		select {
		case <-e.ready:
			return nil
		case <-e.child.Gone:
			return fmt.Errorf("front: GoNB ended as it started (%w)", endOf(e.child))
		case <-time.After(pause):
			if time.Now().After(deadline) {
				return errors.New("front: GoNB does not answer")
			}
		}
	}
}

// workDir is how GoNB calls its work directory.
var workDir = regexp.MustCompile(`^gonb_[0-9a-f]{8}$`)

// workDirs lists what may be a work directory of GoNB's in the folder that it makes them in.
func workDirs(folder string) (dirs []string) {
	entries, _ := os.ReadDir(folder) // GoNB says what is wrong with it
	for _, entry := range entries {
		if entry.IsDir() && workDir.MatchString(entry.Name()) {
			dirs = append(dirs, filepath.Join(folder, entry.Name()))
		}
	}
	return dirs
}

// endOf is how a child ended.
func endOf(c *session.Child) error {
	if c.Err == nil {
		return errors.New("exit status 0")
	}
	return c.Err
}

// send sends a request of our own.
func (e *engine) send(kind string, content any) error {
	return e.shell.Send(e.key.Encode(wire.New(kind, e.id, nil, content)))
}

// pass sends a front end's message on, signed with GoNB's key.
func (e *engine) pass(m *wire.Message) {
	inner := *m
	inner.Identities = nil
	_ = e.shell.Send(e.key.Encode(&inner))
}

// run has GoNB execute code and returns its reply once all that it published for it has gone to the sink.
func (e *engine) run(content any, sink func(*wire.Message)) (json.RawMessage, error) {
	m := wire.New("execute_request", e.id, nil, content)
	c := &call{id: m.Header.ID, sink: sink, reply: make(chan json.RawMessage, 1), idle: make(chan struct{})}
	e.mu.Lock()
	e.call = c
	e.mu.Unlock()
	defer e.release()
	if err := e.shell.Send(e.key.Encode(m)); err != nil {
		return nil, errEngineDeaf
	}
	var reply json.RawMessage
	for idle := c.idle; reply == nil || idle != nil; {
		select {
		case reply = <-c.reply:
		case <-idle:
			idle = nil
		case <-e.child.Gone:
			// What it had said may still be on the way.
			<-e.iopub.Done()
			e.mu.Lock()
			begun := c.begun
			e.mu.Unlock()
			if !begun {
				return nil, errEngineDeaf
			}
			return nil, errEngineGone
		}
	}
	return reply, nil
}

func (e *engine) release() {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.call = nil
}

func (e *engine) fromShell(_ *zmtp.Peer, frames zmtp.Message) {
	m, err := e.key.Decode(frames.Frames)
	if err != nil {
		return
	}
	e.mu.Lock()
	c := e.call
	e.mu.Unlock()
	if m.Header.Type == "execute_reply" && c != nil && m.ParentID() == c.id {
		select {
		case c.reply <- m.Content:
		default:
		}
	}
}

func (e *engine) fromIOPub(_ *zmtp.Peer, frames zmtp.Message) {
	m, err := e.decode(frames)
	if err != nil {
		return
	}
	e.once.Do(func() { close(e.ready) })
	e.mu.Lock()
	c := e.call
	mine := c != nil && m.ParentID() == c.id
	if mine {
		c.begun = true
	}
	e.mu.Unlock()
	switch {
	case m.Header.Type == "status":
		if mine && !c.ended && string(m.Content) == `{"execution_state":"idle"}` {
			c.ended = true
			close(c.idle)
		}
	case mine:
		c.sink(m)
	default:
		e.stray(m)
	}
}

// decode reads a message of GoNB's. One that was too long for us comes without its content.
func (e *engine) decode(frames zmtp.Message) (*wire.Message, error) {
	if !frames.Cut {
		return e.key.Decode(frames.Frames)
	}
	for i, frame := range frames.Frames {
		if string(frame) == "<IDS|MSG>" && len(frames.Frames) > i+3 {
			// Its signature covers what is gone; the socket is in our own directory.
			parts := [][]byte{frames.Frames[i+2], frames.Frames[i+3], nil, nil}
			return e.key.Decode(e.key.Encode(&wire.Message{Raw: parts[0], Parent: parts[1]}))
		}
	}
	return nil, wire.ErrMalformed
}

func (e *engine) fromStdin(_ *zmtp.Peer, frames zmtp.Message) {
	if m, err := e.key.Decode(frames.Frames); err == nil && m.Header.Type == "input_request" {
		e.asks(m)
	}
}

// end ends GoNB at once.
func (e *engine) end() {
	for _, p := range []*zmtp.Peer{e.shell, e.iopub, e.stdin} {
		if p != nil {
			go p.Close(0)
		}
	}
	e.child.Kill()
	e.complaints()
	_ = e.said.Close()
}

// clean removes what a GoNB that was killed left in the session's directory.
func (e *engine) clean() {
	_ = e.work.Remove() // what stays goes with the session, unless it is not ours
	e.work.Leave()
	for port := portShell; port <= portHeartbeat; port++ {
		_ = os.Remove(e.sockets + "-" + strconv.Itoa(port))
	}
}
