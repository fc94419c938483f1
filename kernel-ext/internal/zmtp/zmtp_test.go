package zmtp

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

const patience = 30 * time.Second

// listen opens a server on a free port, closed with the test.
func listen(t *testing.T, kind Kind, receive func(*Peer, Message)) *Server {
	t.Helper()
	s, err := Listen("tcp", "127.0.0.1:0", kind, receive, Options{Log: t.Logf})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close(0) })
	return s
}

// dial connects to a server; what comes goes to the channel, its frames joined by |.
func dial(t *testing.T, s *Server, kind Kind, identity string) (*Peer, chan string) {
	t.Helper()
	got := make(chan string, 1000)
	p, err := Dial(t.Context(), s.Addr().Network(), s.Addr().String(), kind, identity, func(_ *Peer, m Message) {
		got <- string(bytes.Join(m.Frames, []byte("|")))
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.Close(0) })
	return p, got
}

func expect(t *testing.T, got chan string, want string) {
	t.Helper()
	select {
	case text := <-got:
		if text != want {
			t.Errorf("got %.80q, want %.80q", text, want)
		}
	case <-time.After(patience):
		t.Fatalf("nothing came; want %.80q", want)
	}
}

func frames(texts ...string) [][]byte {
	var all [][]byte
	for _, text := range texts {
		all = append(all, []byte(text))
	}
	return all
}

func TestRouterAnswersWhoAsked(t *testing.T) {
	s := listen(t, Router, func(p *Peer, m Message) {
		p.Prove()
		_ = p.Reply(append(m.Frames, []byte(p.Identity())))
	})
	a, gotA := dial(t, s, Dealer, "ann")
	b, gotB := dial(t, s, Dealer, "ben")
	long := strings.Repeat("x", 3<<20)
	for _, text := range []string{"", "short", strings.Repeat("y", 255), strings.Repeat("z", 256), long} {
		if err := errors.Join(a.Send(frames("1", text)), b.Send(frames("2", text))); err != nil {
			t.Fatal(err)
		}
		expect(t, gotA, "1|"+text+"|ann")
		expect(t, gotB, "2|"+text+"|ben")
	}
	s.SendTo("ben", frames("by name"))
	expect(t, gotB, "by name")
	s.SendTo("nobody", frames("lost"))
	if err := a.Send(nil); err == nil {
		t.Error("a message without frames was sent")
	}
}

func TestAReplyFindsAPeerThatCameBack(t *testing.T) {
	asked := make(chan *Peer, 2)
	s := listen(t, Router, func(p *Peer, _ Message) { asked <- p })
	first, _ := dial(t, s, Dealer, "ann")
	_ = first.Send(frames("?"))
	old := <-asked
	first.Close(0)
	<-old.Done()
	second, got := dial(t, s, Dealer, "ann")
	_ = second.Send(frames("?"))
	<-asked
	if err := old.Reply(frames("late")); err != nil {
		t.Error(err)
	}
	expect(t, got, "late")
}

func TestPubSendsWhatWasSubscribed(t *testing.T) {
	s := listen(t, Pub, nil)
	_, all := dial(t, s, Sub, "")
	some, err := Dial(t.Context(), "tcp", s.Addr().String(), Req, "", nil)
	if err == nil {
		some.Close(0)
		t.Error("a REQ socket was accepted by a PUB socket")
	}
	eventually(t, func() bool { s.Publish(frames("a", "warm")); return len(all) > 0 })
	for len(all) > 0 {
		<-all
	}
	s.Publish(frames("b", "text"))
	eventually(t, func() bool { return strings.HasPrefix(<-all, "b|text") })
}

func eventually(t *testing.T, condition func() bool) {
	t.Helper()
	for deadline := time.Now().Add(patience); !condition(); time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("it does not come")
		}
	}
}

func TestUnixSockets(t *testing.T) {
	s, err := Listen("unix", filepath.Join(t.TempDir(), "s-1"), Rep, nil, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close(0)
	p, got := dial(t, s, Req, "")
	if err := p.Send(frames("", "ping")); err != nil {
		t.Fatal(err)
	}
	expect(t, got, "|ping")
}

func TestClosingSendsWhatIsQueued(t *testing.T) {
	s := listen(t, Router, func(p *Peer, _ Message) {
		p.Prove()
		for i := range 500 {
			_ = p.Send(frames(fmt.Sprint(i), strings.Repeat("x", 10_000)))
		}
		p.Close(patience)
	})
	p, got := dial(t, s, Dealer, "")
	_ = p.Send(frames("go"))
	<-p.Done()
	if len(got) != 500 {
		t.Errorf("%d messages of 500 came before the end", len(got))
	}
	if err := p.Send(frames("x")); !errors.Is(err, ErrClosed) {
		t.Errorf("sending to a closed peer: %v", err)
	}
}

// Peers that do not speak, speak nonsense or lie must neither be served nor get in the way.
func TestStrangers(t *testing.T) {
	heard := make(chan Message, 10)
	s := listen(t, Router, func(_ *Peer, m Message) { heard <- m })
	ready := string(command("READY", property("Socket-Type", "DEALER")))
	hello := string(greeting()) + "\x04" + string(rune(len(ready))) + ready
	for name, text := range map[string]string{
		"silent":          "",
		"http":            "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n" + strings.Repeat("x", 100),
		"old":             "\xff\x00\x00\x00\x00\x00\x00\x00\x01\x7f\x01" + strings.Repeat("\x00", 53),
		"no READY":        string(greeting()) + "\x00\x01x",
		"READY cut short": string(greeting()) + "\x04\x07\x05READY\x20",
		"wrong socket":    string(greeting()) + "\x04" + string(rune(len(ready)-3)) + string(command("READY", property("Socket-Type", "PUB"))),
		"liar":            hello + "\x02\x3f\xff\xff\xff\xff\xff\xff\xff",
		"giant":           hello + "\x02\x7f\xff\xff\xff\xff\xff\xff\xff",
		"flags":           hello + "\xff\x01x",
		"command":         hello + "\x04\x01\xff",
		"ping":            hello + "\x04\x06\x04PINGx",
	} {
		conn, err := net.Dial("tcp", s.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		if _, err := io.WriteString(conn, text); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	p, _ := dial(t, s, Dealer, "")
	_ = p.Send(frames("good"))
	select {
	case m := <-heard:
		if string(m.Frames[0]) != "good" {
			t.Errorf("heard %q", m.Frames)
		}
	case <-time.After(patience):
		t.Error("the strangers shut the peer out")
	}
}

func TestCommands(t *testing.T) {
	s := listen(t, Pub, nil)
	conn, err := net.Dial("tcp", s.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	ready := command("READY", property("Socket-Type", "SUB"))
	w := bufio.NewWriter(conn)
	_, _ = w.Write(greeting())
	for _, c := range [][]byte{ready, command("PING", []byte("\x00\x00context")), command("SUBSCRIBE", []byte("a")), command("SUBSCRIBE", []byte("b")), command("CANCEL", []byte("a"))} {
		if err := writeFrame(w, flagCommand, c); err != nil {
			t.Fatal(err)
		}
	}
	_ = w.Flush()
	r := bufio.NewReader(conn)
	if _, err := io.CopyN(io.Discard, r, 64); err != nil {
		t.Fatal(err)
	}
	if _, _, _, err := readFrame(r, upTo(1000)); err != nil {
		t.Fatal(err)
	}
	_, body, _, err := readFrame(r, upTo(1000))
	if name, data, _ := parseCommand(body); err != nil || name != "PONG" || string(data) != "context" {
		t.Errorf("the ping was answered by %q %v", body, err)
	}
	eventually(t, func() bool {
		s.mu.Lock()
		defer s.mu.Unlock()
		for p := range s.peers {
			return p.subscribed([]byte("bee")) && !p.subscribed([]byte("ant"))
		}
		return false
	})
}

func TestDialErrors(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	if _, err := Dial(ctx, "unix", filepath.Join(t.TempDir(), "none"), Dealer, "", nil); err == nil {
		t.Error("no error without a server")
	}
	if _, err := Dial(ctx, "tcp", listen(t, Pub, nil).Addr().String(), Dealer, strings.Repeat("x", 300), nil); err == nil {
		t.Error("no error for a giant identity")
	}
	if _, err := Listen("tcp", "127.0.0.1:99999", Pub, nil, Options{}); err == nil || !strings.HasPrefix(err.Error(), "zmtp: ") {
		t.Errorf("listening on no port: %v", err)
	}
}

// FuzzRead feeds a peer whatever the network may bring.
func FuzzRead(f *testing.F) {
	for _, seed := range []string{
		"", "\x00\x01x", "\x01\x01x\x00\x01y", "\x02\x00\x00\x00\x00\x00\x00\x00\x01x", "\x04\x06\x05READY", "\x04\x07\x04PING\x00\x00",
		"\x02\xff\xff\xff\xff\xff\xff\xff\xff", "\x05\x00", "\x00\x01\x01", "\x00\x02\x00a",
	} {
		f.Add([]byte(seed), false)
		f.Add([]byte(seed), true)
	}
	f.Fuzz(func(t *testing.T, data []byte, pub bool) {
		kind := Router
		if pub {
			kind = Pub
		}
		budget := NewBudget(1 << 10)
		p := &Peer{kind: kind, r: bufio.NewReader(bytes.NewReader(data)), closed: true, server: &Server{o: Options{Budget: budget}}}
		for {
			room := p.allowance(false)
			m, err := p.read(room)
			total := 0
			for _, frame := range m.Frames {
				total += len(frame)
			}
			if total > len(data) {
				t.Fatalf("%d bytes out of %d", total, len(data))
			}
			if room.end(); budget.left != 1<<10 {
				t.Fatalf("%d bytes of the budget are left", budget.left)
			}
			if err != nil {
				return
			}
		}
	})
}

func FuzzProperties(f *testing.F) {
	f.Add(append(property("Socket-Type", "DEALER"), property("Identity", "")...))
	f.Add([]byte("\x01a\xff\xff\xff\xff"))
	f.Fuzz(func(t *testing.T, data []byte) { _, _ = parseProperties(data) })
}
