//go:build !windows

package front

import (
	"encoding/gob"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"
	"syscall"

	"github.com/janpfeifer/gonb/gonbui/protocol"

	"github.com/stophacking/kelpie/kernel-ext/internal/frame"
)

// maxMessage bounds what a program may send as one display: the kernel holds it in memory before it knows what it is.
const maxMessage = 4 * maxData

func init() {
	// Values in metadata may be of these types; GoNB knows them too.
	gob.Register(map[string]any{})
	gob.Register([]any{})
}

// A relay stands between GoNB's package gonbui, in the programs of one step, and GoNB, and speaks the protocol that
// package nb describes at its type pipe. Displays it publishes itself: GoNB would drop those that it has not read when
// the program ends, however that does. What is about widgets and input goes on to GoNB, and GoNB's answers back.
type relay struct {
	dir   string // of the pipes, and of links to GoNB's
	limit int64  // bytes of a message
	out   *output

	mu     sync.Mutex
	closed bool
	text   *turns // standard output
	files  []*os.File
	back   *gob.Encoder // to the program
	gonb   *gob.Encoder // to GoNB; nil until something goes there
}

// open makes the pipe back to the program.
func (r *relay) open() error {
	file, err := openBack(filepath.Join(r.dir, "back"))
	if err != nil {
		return err
	}
	r.files, r.back = append(r.files, file), gob.NewEncoder(file)
	return nil
}

// close ends all traffic but that of displays: GoNB and the program have ended.
func (r *relay) close() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.closed = true
	for _, file := range r.files {
		_ = file.Close()
	}
}

// serve carries out what a program sends, until it ends.
func (r *relay) serve(from io.Reader) {
	bounded := &io.LimitedReader{R: from}
	decoder := gob.NewDecoder(bounded)
	for {
		bounded.N = r.limit
		var m protocol.DisplayData
		if err := decoder.Decode(&m); err != nil {
			r.broken(err, bounded.N <= 0)
			return
		}
		r.carryOut(&m)
	}
}

// broken says why a stream of displays ends, unless it is over.
func (r *relay) broken(err error, long bool) {
	switch {
	case long:
		r.out.lose(fmt.Sprintf("a display is larger than %d MB, and is lost with those after it", r.limit>>20))
	case err == io.EOF || errors.Is(err, os.ErrDeadlineExceeded):
	case err == io.ErrUnexpectedEOF:
		r.out.lose("the program ended while it was displaying something, which is lost")
	default:
		r.out.lose("a display cannot be read, and is lost with those after it: " + err.Error())
	}
}

// carryOut does what one message asks for.
func (r *relay) carryOut(m *protocol.DisplayData) {
	value, isValue := m.Data[protocol.MIMECommValue].(protocol.CommValue)
	_, subscribes := m.Data[protocol.MIMECommSubscribe]
	_, asks := m.Data[protocol.MIMEJupyterInput]
	r.mu.Lock()
	alone, text := r.gonb == nil, r.text
	r.mu.Unlock()
	switch {
	case isValue && value.Address == protocol.GonbuiSyncAddress && alone:
		r.answer(&protocol.CommValue{Address: protocol.GonbuiSyncAckAddress, Value: value.Value})
	case isValue || subscribes || asks:
		r.forward(m)
	default:
		if text != nil {
			text.settle()
		}
		r.out.displayed(m)
	}
}

// follow has displays come after the text that was printed before them.
func (r *relay) follow(text *turns) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.text = text
}

// answer sends the program a value.
func (r *relay) answer(value *protocol.CommValue) {
	if err := r.back.Encode(value); err != nil && !errors.Is(err, os.ErrClosed) {
		r.out.k.o.Log("answering a program: %v", err)
	}
}

// forward hands a message on to GoNB, to whose own pipes the program has left links.
func (r *relay) forward(m *protocol.DisplayData) {
	gonb, err := r.toGoNB()
	if err == nil {
		err = gonb.Encode(m)
	}
	if err != nil && !errors.Is(err, os.ErrClosed) {
		r.out.k.o.Log("handing a message on to GoNB: %v", err)
	}
}

// toGoNB opens GoNB's pipes when they are needed first.
func (r *relay) toGoNB() (*gob.Encoder, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.gonb != nil {
		return r.gonb, nil
	}
	if r.closed {
		return nil, os.ErrClosed
	}
	// GoNB waits for other ends; with both ours, we need not.
	to, err := openEnd(filepath.Join(r.dir, "gonb"), syscall.O_RDWR)
	if err != nil {
		return nil, err
	}
	r.files = append(r.files, to)
	from, err := openEnd(filepath.Join(r.dir, "gonb_back"), syscall.O_RDWR)
	if err != nil {
		return nil, err
	}
	r.files, r.gonb = append(r.files, from), gob.NewEncoder(to)
	go func() {
		decoder := gob.NewDecoder(from)
		for {
			var value protocol.CommValue
			if decoder.Decode(&value) != nil {
				return
			}
			r.answer(&value)
		}
	}()
	return r.gonb, nil
}

// displayed shows what a program of gonbui sends. A display with an identifier is an update of the earlier one with it.
func (o *output) displayed(m *protocol.DisplayData) {
	content := frame.Content{Data: map[string]json.RawMessage{}, Metadata: map[string]json.RawMessage{}}
	var failed error
	put := func(into map[string]json.RawMessage, key string, value any) {
		text, err := json.Marshal(value)
		if err != nil {
			failed = err
		}
		into[key] = text
	}
	for kind, value := range m.Data {
		put(content.Data, string(kind), value)
	}
	for key, value := range m.Metadata {
		put(content.Metadata, key, value)
	}
	content.Transient.DisplayID = m.DisplayID
	if failed != nil {
		o.lose("a display cannot be encoded, and is lost: " + failed.Error())
		return
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	kind := frame.Display
	if m.DisplayID != "" {
		if o.k.blocks[m.DisplayID] {
			kind = frame.Update
		}
		o.k.blocks[m.DisplayID] = true
	}
	if !o.finished {
		o.show(kind, content)
	}
}
