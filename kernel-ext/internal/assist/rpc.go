package assist

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"sync"
)

// The base protocol of language servers: JSON-RPC 2.0, each message after a header that holds its length in bytes
// (microsoft.github.io/language-server-protocol, 3.17, "Base Protocol"). The libraries for it bring tracing, logging and
// code for all the hundreds of messages; what is needed here is one kind of frame and a dozen messages.

// maxMessage bounds a message of the server.
const maxMessage = 64 << 20

// errClosed is the error of a call whose connection ended.
var errClosed = errors.New("assist: the connection to gopls has ended")

// A message is a request (method and id), a notification (method alone) or a response (id alone).
type message struct {
	Version string          `json:"jsonrpc"`
	ID      json.RawMessage `json:"id,omitempty"`
	Method  string          `json:"method,omitempty"`
	Params  json.RawMessage `json:"params,omitempty"`
	Result  json.RawMessage `json:"result,omitempty"`
	Error   *remoteError    `json:"error,omitempty"`
}

// A remoteError is what the server says of a call that failed.
type remoteError struct {
	Code    int    `json:"code"`
	Message string `json:"message"`
}

func (e *remoteError) Error() string { return "assist: gopls: " + e.Message }

// A connection carries calls in one direction and their answers in the other.
type connection struct {
	stream io.ReadWriteCloser
	done   chan struct{} // closed when the stream has ended; err is why

	writing sync.Mutex

	mu      sync.Mutex
	next    int64
	pending map[int64]chan message
	err     error
}

func newConnection(stream io.ReadWriteCloser) *connection {
	c := &connection{stream: stream, done: make(chan struct{}), pending: map[int64]chan message{}}
	go c.receive()
	return c
}

// A question is a call that waits for its answer.
type question struct {
	id     int64
	method string
	answer chan message
}

// begin sends a call. What is sent later, the server sees later.
func (c *connection) begin(method string, params any) (question, error) {
	q := question{method: method, answer: make(chan message, 1)}
	c.mu.Lock()
	c.next++
	q.id = c.next
	c.pending[q.id] = q.answer
	c.mu.Unlock()
	err := c.send(message{ID: json.RawMessage(strconv.FormatInt(q.id, 10)), Method: method}, params)
	if err != nil {
		c.forget(q)
	}
	return q, err
}

func (c *connection) forget(q question) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.pending, q.id)
}

// await decodes the answer into result. When ctx ends first the server is told that nobody waits any more.
func (c *connection) await(ctx context.Context, q question, result any) error {
	defer c.forget(q)
	select {
	case m := <-q.answer:
		if m.Error != nil {
			return m.Error
		}
		if err := json.Unmarshal(m.Result, result); err != nil {
			return fmt.Errorf("assist: the answer to %s: %w", q.method, err)
		}
		return nil
	case <-c.done:
		return errClosed
	case <-ctx.Done():
		// A server that does not read must not hold us up.
		go func() { _ = c.notify("$/cancelRequest", map[string]int64{"id": q.id}) }()
		return fmt.Errorf("assist: %s: %w", q.method, ctx.Err())
	}
}

// notify tells without waiting for an answer.
func (c *connection) notify(method string, params any) error {
	return c.send(message{Method: method}, params)
}

func (c *connection) send(m message, params any) error {
	m.Version = "2.0"
	if params != nil {
		text, err := json.Marshal(params)
		if err != nil {
			return fmt.Errorf("assist: %s: %w", m.Method, err)
		}
		m.Params = text
	}
	text, err := json.Marshal(m)
	if err != nil {
		return fmt.Errorf("assist: %s: %w", m.Method, err)
	}
	c.writing.Lock()
	defer c.writing.Unlock()
	if _, err := fmt.Fprintf(c.stream, "Content-Length: %d\r\n\r\n%s", len(text), text); err != nil {
		return fmt.Errorf("assist: %s: %w", m.Method, err)
	}
	return nil
}

// receive hands answers to those who wait, until the stream ends.
func (c *connection) receive() {
	reader := bufio.NewReader(c.stream)
	var err error
	for err == nil {
		var m message
		if m, err = readMessage(reader); err != nil {
			break
		}
		switch {
		case m.Method != "" && m.ID != nil:
			// The server asks for something of the editor; there is none, and nothing is a legal answer to all it may ask. It
			// is sent from elsewhere, because a server may read no further before somebody reads what it writes.
			go func() { _ = c.send(message{ID: m.ID, Result: json.RawMessage("null")}, nil) }()
		case m.Method == "":
			id, _ := strconv.ParseInt(string(m.ID), 10, 64) // an id that is not ours finds nobody
			c.mu.Lock()
			if waiting := c.pending[id]; waiting != nil {
				waiting <- m
				delete(c.pending, id)
			}
			c.mu.Unlock()
		}
	}
	c.mu.Lock()
	c.err = err
	c.mu.Unlock()
	_ = c.stream.Close()
	close(c.done)
}

// readMessage reads one message; a stream that ends between two messages gives io.EOF.
func readMessage(reader *bufio.Reader) (message, error) {
	var m message
	length := -1
	for first := true; ; first = false {
		line, err := reader.ReadString('\n')
		if err != nil {
			if !first || line != "" {
				err = io.ErrUnexpectedEOF
			}
			return m, err
		}
		line = strings.TrimRight(line, "\r\n")
		if line == "" {
			break
		}
		name, value, _ := strings.Cut(line, ":")
		if strings.EqualFold(strings.TrimSpace(name), "Content-Length") {
			if length, err = strconv.Atoi(strings.TrimSpace(value)); err != nil || length < 0 || length > maxMessage {
				return m, fmt.Errorf("assist: a message of length %q", value)
			}
		}
	}
	if length < 0 {
		return m, errors.New("assist: a message without a length")
	}
	text := make([]byte, length)
	if _, err := io.ReadFull(reader, text); err != nil {
		return m, io.ErrUnexpectedEOF
	}
	if err := json.Unmarshal(text, &m); err != nil {
		return m, fmt.Errorf("assist: a message that is no JSON: %w", err)
	}
	return m, nil
}
