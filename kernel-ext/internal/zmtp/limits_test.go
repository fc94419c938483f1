package zmtp

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// listenWith opens a server with options.
func listenWith(t *testing.T, kind Kind, receive func(*Peer, Message), o Options) *Server {
	t.Helper()
	s, err := Listen("tcp", "127.0.0.1:0", kind, receive, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close(0) })
	return s
}

// stranger connects and says what a socket of the kind says first, then the text. What it hears it does not read.
func stranger(t *testing.T, s *Server, kind Kind, text string) net.Conn {
	t.Helper()
	conn, err := net.Dial("tcp", s.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	hello := ready(kind, "")
	_, _ = conn.Write(append(append(greeting(), flagCommand, byte(len(hello))), hello...))
	_, _ = io.WriteString(conn, text)
	return conn
}

// connected waits until the server has so many peers.
func connected(t *testing.T, s *Server, want int) {
	t.Helper()
	eventually(t, func() bool { s.mu.Lock(); defer s.mu.Unlock(); return len(s.peers) == want })
}

// ended waits until the server has closed the connection.
func ended(t *testing.T, conn net.Conn) {
	t.Helper()
	_ = conn.SetDeadline(time.Now().Add(patience))
	if _, err := io.Copy(io.Discard, conn); errors.Is(err, os.ErrDeadlineExceeded) {
		t.Error("the connection lives")
	}
}

func TestNobodyIsHeardBeforeAdmission(t *testing.T) {
	asked := make(chan net.Conn, 1)
	heard := make(chan Message, 1)
	decide := make(chan error)
	s := listenWith(t, Router, func(_ *Peer, m Message) { heard <- m }, Options{Log: t.Logf, Admit: func(c net.Conn) error {
		asked <- c
		return <-decide
	}})
	conn := stranger(t, s, Dealer, "\x00\x01x")
	<-asked
	// Nothing was sent either: not even what the kernel is.
	_ = conn.SetReadDeadline(time.Now().Add(50 * time.Millisecond))
	if n, _ := conn.Read(make([]byte, 1)); n > 0 {
		t.Error("the server spoke before it asked whose the connection is")
	}
	decide <- errors.New("not yours")
	_ = conn.SetReadDeadline(time.Now().Add(patience))
	if n, err := conn.Read(make([]byte, 1)); n > 0 || err == nil {
		t.Errorf("read %d bytes, %v", n, err)
	}
	stranger(t, s, Dealer, "\x00\x01y")
	<-asked
	decide <- nil
	if m := <-heard; string(m.Frames[0]) != "y" {
		t.Errorf("heard %q", m.Frames)
	}
}

// frameHead announces a frame of that size.
func frameHead(size int) string {
	return string(binary.BigEndian.AppendUint64([]byte{flagLong}, uint64(size)))
}

// Before a signature all unfinished messages together have one budget, and the first words of an honest peer have room
// beside it.
func TestUnfinishedMessagesHaveOneBudget(t *testing.T) {
	const most = 4 << 20
	budget := NewBudget(most)
	heard := make(chan string, 10)
	s := listenWith(t, Router, func(_ *Peer, m Message) { heard <- fmt.Sprint(len(m.Frames[0]), m.Cut) }, Options{Budget: budget, Log: t.Logf})
	other := listenWith(t, Router, func(*Peer, Message) {}, Options{Budget: budget, Log: t.Logf})
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	filling := strings.Repeat("x", 900<<10)
	for i := range 40 {
		server := s
		if i%2 == 0 {
			server = other
		}
		stranger(t, server, Dealer, frameHead(1<<20)+filling)
	}
	connected(t, s, 20)
	connected(t, other, 20)
	eventually(t, func() bool { budget.mu.Lock(); defer budget.mu.Unlock(); return budget.left < 1<<20 })
	runtime.GC()
	runtime.ReadMemStats(&after)
	if grown := int64(after.HeapAlloc) - int64(before.HeapAlloc); grown > 3*most {
		t.Errorf("40 unfinished messages take %d MB", grown>>20)
	}
	p, _ := dial(t, s, Dealer, "")
	if err := p.Send(frames(strings.Repeat("y", 10<<10))); err != nil {
		t.Fatal(err)
	}
	expect(t, heard, "10240 false")
	// What does not fit is told from what does.
	if err := p.Send(frames(strings.Repeat("y", UnprovenLimit+1))); err != nil {
		t.Fatal(err)
	}
	expect(t, heard, "0 true")
}

func TestAMessageIsNotBegunForEver(t *testing.T) {
	old := messageTimeout
	messageTimeout = 50 * time.Millisecond
	t.Cleanup(func() { messageTimeout = old })
	s := listenWith(t, Router, func(*Peer, Message) {}, Options{Log: t.Logf})
	quiet := stranger(t, s, Dealer, "")
	connected(t, s, 1)
	for _, begun := range []string{"\x02", frameHead(1000) + "x", "\x01\x01x", frameHead(300<<20) + "x"} {
		ended(t, stranger(t, s, Dealer, begun))
	}
	connected(t, s, 1)
	if _, err := io.WriteString(quiet, "\x00\x01x"); err != nil {
		t.Error("who said nothing was let go")
	}
}

// What a proven peer sends is only bounded by Limit, and nothing of a longer frame is kept.
func TestAProvenPeerMaySendMore(t *testing.T) {
	heard := make(chan string, 2)
	s := listenWith(t, Router, func(p *Peer, m Message) { p.Prove(); heard <- fmt.Sprint(len(m.Frames[0]), m.Cut) }, Options{Budget: NewBudget(0), Log: t.Logf})
	p, _ := dial(t, s, Dealer, "")
	_ = p.Send(frames("hello"))
	expect(t, heard, "5 false")
	_ = p.Send(frames(strings.Repeat("x", 3<<20)))
	expect(t, heard, "3145728 false")
}

func TestSubscribersHaveFewTopics(t *testing.T) {
	s := listen(t, Pub, nil)
	message := func(text string) string { return "\x00" + string(rune(len(text))) + text }
	var topics, flood, pings strings.Builder
	for i := range maxTopics + 1 {
		topics.WriteString(message(fmt.Sprintf("\x01%03d", i)))
	}
	for range maxChanges {
		flood.WriteString(message("\x01a") + message("\x00a"))
	}
	for range maxTopics {
		pings.WriteString(message("\x01"))
	}
	long := "\x01" + strings.Repeat("x", maxTopic+1)
	for name, text := range map[string]string{
		"too many":         topics.String(),
		"too long":         frameHead(len(long)) + long,
		"100 MB":           frameHead(100<<20) + "\x01x",
		"twelve of 100 MB": strings.Repeat(frameHead(100<<20)+"\x01", 12),
		"back and forth":   flood.String(),
		"the same":         pings.String() + message("\x01"),
		"two frames":       "\x01\x01\x01\x00\x01x",
		"a message":        message("hello"),
		"long command":     "\x06" + frameHead(1000)[1:] + "\x09SUBSCRIBE" + strings.Repeat("x", 990),
	} {
		conn := stranger(t, s, Sub, text)
		if name == "100 MB" || name == "twelve of 100 MB" {
			// Its bytes are read and dropped, for as long as a message may take: nothing of it is kept.
			s.mu.Lock()
			for p := range s.peers {
				if p.subscribed([]byte("x")) {
					t.Errorf("%s: a subscription is kept", name)
				}
			}
			s.mu.Unlock()
			conn.Close()
			continue
		}
		ended(t, conn)
	}
	connected(t, s, 0)
}

// Nobody waits for subscribers that do not read, and the others get everything.
func TestStalledSubscribersAreLetGo(t *testing.T) {
	var said atomic.Int32
	s := listenWith(t, Pub, nil, Options{Log: func(format string, args ...any) {
		if strings.HasPrefix(format, "let go") {
			said.Add(1)
		}
	}})
	for range 3 {
		stranger(t, s, Sub, "\x00\x01\x01")
	}
	connected(t, s, 3)
	p, got := dial(t, s, Sub, "")
	eventually(t, func() bool { s.Publish(frames("warm")); return len(got) > 0 })
	text := strings.Repeat("x", 1<<20)
	for i := range 2 * highWater >> 20 {
		s.Publish(frames(fmt.Sprint(i), text))
		for want := fmt.Sprint(i) + "|"; ; {
			select {
			case message := <-got:
				if message == "warm" {
					continue
				}
				if !strings.HasPrefix(message, want) {
					t.Fatalf("got %.20q, want %s", message, want)
				}
			case <-time.After(patience):
				t.Fatal("the publisher waits")
			}
			break
		}
	}
	connected(t, s, 1)
	if said.Load() != 3 {
		t.Errorf("%d lines are logged of 3 subscribers", said.Load())
	}
	select {
	case <-p.Done():
		t.Error("the subscriber that reads was let go")
	default:
	}
}

// A server does not wait for one who asks and does not listen: the echo, pings, and replies.
func TestWhoDoesNotReadIsLetGo(t *testing.T) {
	echo := listen(t, Rep, nil)
	router := listen(t, Router, func(p *Peer, m Message) {
		for range 100 {
			_ = p.Send(frames(strings.Repeat("x", 100<<10)))
		}
	})
	beat := strings.Repeat("\x01\x00\x00\xfa"+strings.Repeat("b", 250), 1000)
	ping := strings.Repeat("\x04\x17\x04PING\x00\x00"+strings.Repeat("c", 16), 1000)
	for name, test := range map[string]struct {
		s    *Server
		kind Kind
		text string
	}{
		"heartbeats": {echo, Req, beat}, "pings": {router, Dealer, ping}, "questions": {router, Dealer, "\x00\x01?"},
	} {
		conn := stranger(t, test.s, test.kind, "")
		connected(t, test.s, 1)
		_ = conn.SetDeadline(time.Now().Add(patience))
		for err := error(nil); err == nil; {
			if _, err = io.WriteString(conn, test.text); errors.Is(err, os.ErrDeadlineExceeded) {
				t.Errorf("%s are taken for ever", name)
			}
		}
		connected(t, test.s, 0)
	}
}

func TestALivingIdentityIsNotTakenOver(t *testing.T) {
	asked := make(chan *Peer, 10)
	s := listen(t, Router, func(p *Peer, _ Message) { asked <- p })
	first, got := dial(t, s, Dealer, "front")
	_ = first.Send(frames("?"))
	<-asked
	for range 2 {
		if _, err := Dial(t.Context(), "tcp", s.Addr().String(), Dealer, "front", nil); err == nil {
			t.Fatal("another connection has the identity of a living one")
		}
	}
	s.SendTo("front", frames("secret"))
	expect(t, got, "secret")
	// Names that the server gives cannot be chosen.
	if _, err := Dial(t.Context(), "tcp", s.Addr().String(), Dealer, "\x00front", nil); err == nil {
		t.Error("a name of the server's own kind was taken")
	}
	// One that comes while the old connection is ending waits for its end.
	again := make(chan error, 1)
	go func() {
		second, err := Dial(t.Context(), "tcp", s.Addr().String(), Dealer, "front", func(*Peer, Message) {})
		if err == nil {
			err = second.Send(frames("?"))
		}
		again <- err
	}()
	first.Close(0)
	if err := <-again; err != nil {
		t.Errorf("coming back: %v", err)
	}
	<-asked
}

// Connections that are made and not used make room for those that are.
func TestHalfOpenConnectionsMakeRoom(t *testing.T) {
	s := listen(t, Router, func(p *Peer, m Message) { _ = p.Send(m.Frames) })
	for i := range 5 * maxHalfOpen {
		conn, err := net.Dial("tcp", s.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		_, _ = conn.Write(greeting()[:i%64])
	}
	p, got := dial(t, s, Dealer, "")
	_ = p.Send(frames("here"))
	expect(t, got, "here")
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.half) > maxHalfOpen {
		t.Errorf("%d handshakes are under way", len(s.half))
	}
}

func TestPeersAreCounted(t *testing.T) {
	s := listen(t, Router, func(p *Peer, m Message) { _ = p.Send(m.Frames) })
	var first *Peer
	for range maxPeers {
		p, _ := dial(t, s, Dealer, "")
		if first == nil {
			first = p
		}
	}
	if _, err := Dial(t.Context(), "tcp", s.Addr().String(), Dealer, "", nil); err == nil {
		t.Error("there is room for more than said")
	}
	first.Close(0)
	connected(t, s, maxPeers-1)
	p, got := dial(t, s, Dealer, "")
	_ = p.Send(frames("here"))
	expect(t, got, "here")
}

// FuzzHear feeds a handshake whatever the network may bring.
func FuzzHear(f *testing.F) {
	hello := ready(Dealer, "me")
	f.Add(append(append(greeting(), flagCommand, byte(len(hello))), hello...))
	f.Add(greeting())
	f.Add([]byte("GET / HTTP/1.1\r\n\r\n"))
	f.Add(append(greeting(), "\x04\x26\x05READY\x0bSocket-Type\x00\x00\x00\x06DEALER\x08Identity"...))
	f.Fuzz(func(t *testing.T, data []byte) {
		p := &Peer{kind: Router, server: &Server{}, r: bufio.NewReader(bytes.NewReader(data))}
		if identity, err := p.hear(); err == nil && (len(identity) > 255 || strings.HasPrefix(identity, "\x00")) {
			t.Errorf("the identity %q was taken", identity)
		}
	})
}
