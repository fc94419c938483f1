package assist

import (
	"context"
	"errors"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"sync"
	"time"
)

// startLimit is how long gopls may take to greet.
const startLimit = 60 * time.Second

// A server is one run of gopls.
type server struct {
	config Config
	ready  chan struct{} // closed when it answers
	done   chan struct{} // closed when it has ended, err is why
	stop   context.CancelFunc
	err    error

	*connection // set before ready is closed

	mu      sync.Mutex // keeps a question behind the text that it is about
	version int
	seen    map[string]time.Time // when the watched files last changed
}

// newServer starts gopls in the background.
func newServer(config Config) *server {
	ctx, stop := context.WithCancel(context.Background())
	s := &server{config: config, ready: make(chan struct{}), done: make(chan struct{}), stop: stop, seen: map[string]time.Time{}}
	go func() {
		defer close(s.done)
		s.err = s.run(ctx)
	}()
	return s
}

// run is the life of the server, to its end.
func (s *server) run(ctx context.Context) error {
	dial := s.config.dial
	if dial == nil {
		dial = func() (io.ReadWriteCloser, error) { return startGopls(s.config) }
	}
	stream, err := dial()
	if err != nil {
		return err
	}
	s.connection = newConnection(stream)
	// Ends the connection on every way out; gopls ends when its input does.
	defer func() {
		_ = stream.Close()
		<-s.connection.done
	}()
	greeting, cancel := context.WithTimeout(ctx, startLimit)
	defer cancel()
	if err := s.greet(greeting); err != nil {
		return err
	}
	for _, path := range s.watched() {
		s.seen[path] = changed(path)
	}
	close(s.ready)
	select {
	case <-ctx.Done():
		return errors.New("assist: closed")
	case <-s.connection.done:
		return s.connection.err
	}
}

// greet does the handshake. The settings keep gopls from working on what nobody asks for: it looks at diagnostics only
// when a file is saved, which never happens here.
func (s *server) greet(ctx context.Context) error {
	folder := fileURI(s.config.Dir)
	var about any
	q, err := s.begin("initialize", map[string]any{
		"processId": os.Getpid(),
		"rootUri":   folder,
		"workspaceFolders": []map[string]string{
			{"uri": folder, "name": filepath.Base(s.config.Dir)},
		},
		"capabilities": map[string]any{
			"textDocument": map[string]any{
				"completion": map[string]any{"completionItem": map[string]any{"snippetSupport": false}},
				"hover":      map[string]any{"contentFormat": []string{"markdown"}},
			},
		},
		"initializationOptions": map[string]any{
			"matcher":                 "CaseInsensitive",
			"completeUnimported":      true,
			"completionBudget":        "1s",
			"diagnosticsTrigger":      "Save",
			"expandWorkspaceToModule": false,
			"linksInHover":            false,
			"telemetryPrompt":         false,
			"staticcheck":             false,
		},
	})
	if err != nil {
		return err
	}
	if err := s.await(ctx, q, &about); err != nil {
		return err
	}
	return s.notify("initialized", struct{}{})
}

func (s *server) ended() bool {
	select {
	case <-s.done:
		return true
	default:
		return false
	}
}

// close ends the server and waits for it.
func (s *server) close() {
	s.stop()
	<-s.done
}

// uri is the document that stands for the cell.
func (s *server) uri() string { return fileURI(filepath.Join(s.config.Dir, "main.go")) }

// ask shows the server a text as the cell's program and asks a question about a position in it. The question follows
// its text at once, so that the text of another goroutine's question does not come between.
func (s *server) ask(ctx context.Context, text, method string, at position, result any) error {
	q, err := s.pose(text, method, at)
	if err != nil {
		return err
	}
	return s.await(ctx, q, result)
}

func (s *server) pose(text, method string, at position) (question, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.tellChanges()
	s.version++
	document := map[string]any{"uri": s.uri(), "version": s.version}
	var err error
	if s.version == 1 {
		document["languageId"], document["text"] = "go", text
		err = s.notify("textDocument/didOpen", map[string]any{"textDocument": document})
	} else {
		err = s.notify("textDocument/didChange", map[string]any{"textDocument": document, "contentChanges": []map[string]string{{"text": text}}})
	}
	if err != nil {
		return question{}, err
	}
	return s.begin(method, map[string]any{"textDocument": map[string]string{"uri": s.uri()}, "position": at})
}

// tellChanges tells of changes of the files that say which packages there are.
func (s *server) tellChanges() {
	const made, edited, deleted = 1, 2, 3
	var events []map[string]any
	for _, path := range s.watched() {
		now, before := changed(path), s.seen[path]
		if now.Equal(before) {
			continue
		}
		kind := edited
		switch {
		case before.IsZero():
			kind = made
		case now.IsZero():
			kind = deleted
		}
		s.seen[path] = now
		events = append(events, map[string]any{"uri": fileURI(path), "type": kind})
	}
	if len(events) > 0 {
		// A server that cannot be told has ended, which the question after this finds out.
		_ = s.notify("workspace/didChangeWatchedFiles", map[string]any{"changes": events})
	}
}

func (s *server) watched() []string {
	paths := append([]string{}, s.config.Watch...)
	for _, name := range []string{"go.mod", "go.sum", "go.work"} {
		paths = append(paths, filepath.Join(s.config.Dir, name))
	}
	return paths
}

// changed is when the file was last written; the zero time when there is none.
func changed(path string) time.Time {
	about, err := os.Stat(path)
	if err != nil {
		return time.Time{}
	}
	return about.ModTime()
}

// fileURI is the name of a file among language servers.
func fileURI(path string) string {
	return (&url.URL{Scheme: "file", Path: filepath.ToSlash(path)}).String()
}
