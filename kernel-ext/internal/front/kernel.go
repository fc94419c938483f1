//go:build !windows

package front

import (
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/stophacking/kelpie/kernel-ext/internal/assist"
	"github.com/stophacking/kelpie/kernel-ext/internal/cell"
	"github.com/stophacking/kelpie/kernel-ext/internal/owner"
	"github.com/stophacking/kelpie/kernel-ext/internal/session"
	"github.com/stophacking/kelpie/kernel-ext/internal/wire"
	"github.com/stophacking/kelpie/kernel-ext/internal/zmtp"
)

// Options of a kernel.
type Options struct {
	// Connection is what the front end's connection file says, Name the file's base name: GoNB reads Jupyter's
	// identifier of the kernel off it.
	Connection wire.Connection
	Name       string
	// GoNB is the command line that starts GoNB, without its connection file.
	GoNB []string
	// Session owns the processes and the directory.
	Session *session.Session
	// Gopls is the path of gopls; without it completion knows less.
	Gopls string
	// Output receives what GoNB prints, which is only what goes wrong in it; nil drops it.
	Output *os.File
	// Log receives what the user need not see; nil drops it.
	Log func(format string, args ...any)
}

// A Kernel serves one connection file.
type Kernel struct {
	o     Options
	key   wire.Key
	token string // marks what a cell's program tells the kernel in its output
	id    string // the session in the headers of our messages

	shell, control, stdin, iopub, heartbeat *zmtp.Server

	heard, comm wire.Seen // all signed messages; those about widgets, also of our own
	strangers   quietLog  // what others are the cause of

	publishing sync.Mutex // keeps what is published in order
	queue      queue
	history    history
	comms      comms

	mu      sync.Mutex
	count   int        // cells executed
	current *execution // the cell that runs, or nil
	engine  *engine    // GoNB, or nil before its first start

	helper *assist.Assistant // answers questions about code; nil before the first GoNB is there
	known  string            // the declarations of all cells, as Go

	// Of the goroutine that executes cells:
	cells       cell.Session
	settings    settings
	generations int // how many GoNBs there were

	blocks map[string]bool // the displays of gonbui that an update may be of; guarded by the lock of the cell's output

	stop chan struct{}
	over sync.Once
}

// A request is a message of the front end with the way back.
type request struct {
	*wire.Message
	peer    *zmtp.Peer
	refused *failure // why it cannot be carried out; nil when it can
}

// New opens the sockets; requests wait until Serve is called.
func New(o Options) (*Kernel, error) {
	if o.Log == nil {
		o.Log = func(string, ...any) {}
	}
	k := &Kernel{o: o, key: wire.Key(o.Connection.Key), id: string(wire.NewKey()), token: rand.Text(), blocks: map[string]bool{}, stop: make(chan struct{})}
	k.queue.init()
	k.strangers.to = o.Log
	c := o.Connection
	options := zmtp.Options{Admit: owner.Admit, Budget: zmtp.NewBudget(strangersBytes), Log: k.strangers.log}
	var failed error
	listen := func(port int, kind zmtp.Kind, receive func(*zmtp.Peer, zmtp.Message)) *zmtp.Server {
		server, err := zmtp.Listen(c.Network(), c.Address(port), kind, receive, options)
		failed = errors.Join(failed, err)
		return server
	}
	k.heartbeat = listen(c.Heartbeat, zmtp.Rep, nil)
	k.iopub = listen(c.IOPub, zmtp.Pub, nil)
	k.stdin = listen(c.Stdin, zmtp.Router, k.receive(k.input))
	k.control = listen(c.Control, zmtp.Router, k.receive(k.dispatch))
	k.shell = listen(c.Shell, zmtp.Router, k.receive(k.dispatch))
	if failed != nil {
		k.closeSockets(0)
		return nil, fmt.Errorf("front: %w", failed)
	}
	return k, nil
}

// Serve executes cells until Stop is called. GoNB starts at once, while the front end still says hello.
func (k *Kernel) Serve() {
	k.publish(nil, "status", map[string]any{"execution_state": "starting"})
	go k.work()
	<-k.stop
	k.mu.Lock()
	helper := k.helper
	k.mu.Unlock()
	if helper != nil {
		go helper.Close()
	}
	k.queue.close()
	k.closeSockets(2 * time.Second)
}

// closeSockets closes those that are open, and sends what is queued for at most the grace period.
func (k *Kernel) closeSockets(grace time.Duration) {
	var all sync.WaitGroup
	for _, server := range []*zmtp.Server{k.shell, k.control, k.iopub, k.stdin, k.heartbeat} {
		if server != nil {
			all.Go(func() { server.Close(grace) })
		}
	}
	all.Wait()
}

// Stop ends Serve. It may be called more than once.
func (k *Kernel) Stop() { k.over.Do(func() { close(k.stop) }) }

// dispatch carries out a request of the shell or the control channel. Nothing in it waits for a cell.
func (k *Kernel) dispatch(r *request) {
	switch kind := r.Header.Type; kind {
	case "execute_request":
		k.queue.add(r)
	case "shutdown_request":
		k.shutdown(r)
	case "interrupt_request":
		k.Interrupt()
		k.answer(r, map[string]any{"status": "ok"})
	case "kernel_info_request", "comm_info_request", "history_request", "debug_request":
		k.answer(r, k.answerNow(r))
	case "complete_request", "inspect_request", "is_complete_request":
		go func() { k.answer(r, k.help(r)) }()
	case "comm_open", "comm_msg", "comm_close":
		k.comms.note(r.Message)
		go k.forward(r)
	default:
		k.o.Log("unknown message %q", kind)
		if strings.HasSuffix(kind, "_request") {
			k.answer(r, failure{name: "not implemented", value: "the Go kernel does not know " + kind}.reply())
		}
	}
}

// answer sends the reply of a request between busy and idle.
func (k *Kernel) answer(r *request, content any) {
	k.state(r, "busy")
	k.reply(r, content)
	k.state(r, "idle")
	// A front end shows the last state that it heard of: a cell is still running. Under the lock, so that this comes before
	// the cell's idle.
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.current != nil {
		k.state(k.current.request, "busy")
	}
}

// reply sends the reply of a request: its type is the request's with _reply for _request.
func (k *Kernel) reply(r *request, content any) {
	m := wire.New(strings.TrimSuffix(r.Header.Type, "_request")+"_reply", k.id, r.Raw, content)
	m.Identities = r.Identities
	_ = r.peer.Reply(k.key.Encode(m))
}

// state publishes what the kernel does about a request: busy or idle.
func (k *Kernel) state(r *request, state string) {
	k.publish(r.Raw, "status", map[string]any{"execution_state": state})
}

// publish sends a message to all front ends.
func (k *Kernel) publish(parent json.RawMessage, kind string, content any) {
	k.publishMessage(wire.New(kind, k.id, parent, content))
}

func (k *Kernel) publishMessage(m *wire.Message) {
	m.Identities = [][]byte{[]byte(m.Header.Type)}
	frames := k.key.Encode(m)
	if isComm(m) {
		k.comm.Note(frames)
	}
	k.publishing.Lock()
	defer k.publishing.Unlock()
	k.iopub.Publish(frames)
}

// shutdown answers and ends the kernel.
func (k *Kernel) shutdown(r *request) {
	var content struct {
		Restart bool `json:"restart"`
	}
	_ = json.Unmarshal(r.Content, &content)
	reply := map[string]any{"status": "ok", "restart": content.Restart}
	k.answer(r, reply)
	k.publish(r.Raw, "shutdown_reply", reply)
	k.Stop()
}
