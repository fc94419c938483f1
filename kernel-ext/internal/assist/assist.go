package assist

import (
	"context"
	"io"
	"sync"
	"time"
)

// A Config says where the cells are built and how gopls is found.
type Config struct {
	// Dir is the folder in which cells are built: its go.mod and go.work say which packages there are. A main.go in it is
	// taken to be the cell's program and is hidden from gopls by the cell being typed. With an empty Dir gopls is not asked.
	Dir string
	// Gopls is the path of the program; without it gopls is not asked.
	Gopls string
	// Env is added to the environment of gopls, "NAME=value" each.
	Env []string
	// Watch are further files, beside go.mod, go.sum and go.work in Dir, whose change gopls has to be told: the go.mod of
	// other modules of the workspace.
	Watch []string
	// Deadline bounds each question; 2 s when zero.
	Deadline time.Duration
	// Log receives a line when gopls could not be started or ended by itself; nil drops them.
	Log func(format string, args ...any)

	// dial stands in for starting gopls, in tests.
	dial func() (io.ReadWriteCloser, error)
}

// A Cell is what is being typed, and where.
type Cell struct {
	// Text is the whole cell, magics included.
	Text string
	// Cursor counts the Unicode code points before the cursor; it is moved into the text when it lies outside.
	Cursor int
	// Known are the texts whose declarations stand, oldest first: Go source without a package clause, or whole cells as they
	// were run. Of a name declared twice the last one counts; of text that does not parse, what can be read of it.
	Known []string
	// Dir is the folder that relative paths start from; the process's own when empty.
	Dir string
}

// An Assistant answers questions about cells of one session.
type Assistant struct {
	config Config

	mu     sync.Mutex
	server *server // nil before the first question and after its end
	starts int
	closed bool
	parsed map[string][]item // declarations of the texts that the last question knew
}

// New makes an assistant. Nothing is started before the first question.
func New(config Config) *Assistant {
	if config.Deadline == 0 {
		config.Deadline = 2 * time.Second
	}
	if config.Log == nil {
		config.Log = func(string, ...any) {}
	}
	return &Assistant{config: config}
}

// Close ends gopls and returns when it has ended. Questions asked later are answered without it.
func (a *Assistant) Close() {
	a.mu.Lock()
	s := a.server
	a.server, a.closed = nil, true
	a.mu.Unlock()
	if s != nil {
		s.close()
	}
}

// maxStarts bounds how often a gopls that ends by itself is started again.
const maxStarts = 5

// current is the running server; it is started when there is none. It is nil when there can be none.
func (a *Assistant) current() *server {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.server != nil && a.server.ended() {
		a.config.Log("assist: gopls ended: %v", a.server.err)
		a.server = nil
	}
	if a.server == nil && !a.closed && a.starts < maxStarts && (a.config.dial != nil || a.config.Gopls != "" && a.config.Dir != "") {
		a.starts++
		a.server = newServer(a.config)
	}
	return a.server
}

// ready is the running server once it answers, or nil when ctx ends first.
func (a *Assistant) ready(ctx context.Context) *server {
	s := a.current()
	if s == nil {
		return nil
	}
	select {
	case <-s.ready:
		return s
	case <-s.done:
	case <-ctx.Done():
	}
	return nil
}

// items returns the declarations of the known texts, of a name the last one only. Texts seen by the question before are
// not parsed again.
func (a *Assistant) items(known []string) []item {
	a.mu.Lock()
	defer a.mu.Unlock()
	parsed := make(map[string][]item, len(known))
	var all []item
	for _, text := range known {
		items, seen := a.parsed[text]
		if !seen {
			items = parseItems(text)
		}
		parsed[text] = items
		all = append(all, items...)
	}
	a.parsed = parsed
	return lastOfEach(all)
}
