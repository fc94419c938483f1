package wire_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"syscall"
	"testing"

	"github.com/stophacking/kelpie/kernel-ext/internal/wire"
)

// The signature of these four parts under this key, made by Python's
// hmac.new(b"key", b"".join(parts), hashlib.sha256).hexdigest(), as jupyter_client does.
const signature = "fbbc90b41cbc360b30174768d1d1000be19738439f42accc97f1fd0e584ff9b5"

func TestRoundTrip(t *testing.T) {
	key := wire.NewKey()
	m := wire.New("execute_request", "s", json.RawMessage(`{"msg_id":"p","more":[1]}`), map[string]any{"code": "<é>"})
	m.Identities, m.Buffers = [][]byte{[]byte("ann")}, [][]byte{{0, 255}}
	got, err := key.Decode(key.Encode(m))
	if err != nil {
		t.Fatal(err)
	}
	if got.Header != m.Header || got.ParentID() != "p" || !reflect.DeepEqual(got.Identities, m.Identities) || !reflect.DeepEqual(got.Buffers, m.Buffers) {
		t.Errorf("got %+v", got)
	}
	if !bytes.Equal(got.Parent, m.Parent) || !bytes.Equal(got.Content, m.Content) || string(got.Metadata) != "{}" {
		t.Errorf("parts %s %s %s", got.Parent, got.Content, got.Metadata)
	}
}

func TestSignature(t *testing.T) {
	parts := [][]byte{[]byte(`{"msg_id":"1","msg_type":"t"}`), []byte(`{}`), []byte(`{}`), []byte(`{"a":1}`)}
	frames := wire.Key("key").Encode(&wire.Message{Raw: parts[0], Parent: parts[1], Metadata: parts[2], Content: parts[3]})
	if got := string(frames[1]); got != signature {
		t.Errorf("signature %s, want %s", got, signature)
	}
	for i := 1; i < 6; i++ {
		broken := append([][]byte{}, frames...)
		broken[i] = append([]byte(" "), broken[i]...)
		if _, err := wire.Key("key").Decode(broken); !errors.Is(err, wire.ErrSignature) {
			t.Errorf("part %d changed: %v", i, err)
		}
	}
	if _, err := wire.Key("other").Decode(frames); !errors.Is(err, wire.ErrSignature) {
		t.Errorf("another key: %v", err)
	}
}

func TestMalformed(t *testing.T) {
	key := wire.Key("key")
	for name, m := range map[string]*wire.Message{
		"header":  {Raw: []byte(`{"msg_id":3}`)},
		"list":    {Raw: []byte(`[]`)},
		"cut":     {Raw: []byte(`{"msg_id":"1"}`), Content: []byte(`{"a":`)},
		"blanks":  {Raw: []byte(`{"msg_id":"1"}`), Content: []byte("  ")},
		"null":    {Raw: []byte(`{"msg_id":"1"}`), Content: []byte("null")},
		"two":     {Raw: []byte(`{"msg_id":"1"}`), Parent: []byte("{}{}")},
		"comment": {Raw: []byte(`{"msg_id":"1"}`), Metadata: []byte("{}//")},
	} {
		if _, err := key.Decode(key.Encode(m)); !errors.Is(err, wire.ErrMalformed) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, frames := range [][][]byte{nil, {{}}, {[]byte("<IDS|MSG>")}, {[]byte("x"), []byte("<IDS|MSG>"), {}, {}, {}, {}}} {
		if _, err := key.Decode(frames); !errors.Is(err, wire.ErrMalformed) {
			t.Errorf("%q: %v", frames, err)
		}
	}
	bad, err := key.Decode(key.Encode(&wire.Message{Raw: []byte(`{"msg_id":"1"}`), Content: []byte("{\"code\":\"\xff\"}")}))
	if err != nil || !bad.BadText || string(bad.Content) != "{\"code\":\"\uFFFD\"}" {
		t.Errorf("text that is not UTF-8: %v %+v", err, bad)
	}
}

func TestReadConnection(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "c.json")
	open := filepath.Join(dir, "open")
	if err := errors.Join(os.Mkdir(open, 0o700), os.Chmod(open, 0o777)); err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]string{
		`{"transport":"tcp","ip":"127.0.0.1","key":"k","shell_port":5}`:     "tcp 127.0.0.1:5",
		`{"transport":"tcp","ip":"::1","key":"k","shell_port":5}`:           "tcp [::1]:5",
		`{"transport":"tcp","ip":"localhost","key":"k","shell_port":5}`:     "tcp localhost:5",
		`{"transport":"ipc","ip":"` + dir + `/k","key":"k","shell_port":5}`: "unix " + dir + "/k-5",
		// Where others could lay a socket in the kernel's place, or none can be.
		`{"transport":"ipc","ip":"` + open + `/k","key":"k"}`:                            open + ": everybody can write to it",
		`{"transport":"ipc","ip":"/tmp/k","key":"k"}`:                                    "/tmp: everybody can write to it",
		`{"transport":"ipc","ip":"` + dir + `/none/k","key":"k"}`:                        "no such file",
		`{"transport":"ipc","ip":"` + dir + strings.Repeat("/long", 30) + `","key":"k"}`: "bytes, and",
		`{"transport":"tcp","ip":"127.0.0.1","key":""}`:                                  "no key",
		`{"transport":"tcp","ip":"10.0.0.1","key":"k"}`:                                  "10.0.0.1",
		`{"transport":"tcp","ip":"","key":"k"}`:                                          "it asks to listen on",
		`{"transport":"udp","ip":"127.0.0.1","key":"k"}`:                                 `"udp"`,
		`[]`: "cannot unmarshal",
	} {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		c, err := wire.ReadConnection(file)
		got := c.Network() + " " + c.Address(c.Shell)
		if err != nil {
			got = err.Error()
		}
		if !strings.Contains(got, want) {
			t.Errorf("%s: %s, want %s", text, got, want)
		}
	}
	if _, err := wire.ReadConnection(file + "x"); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("no file: %v", err)
	}
}

// A connection file that somebody else wrote, or could have, is refused; one that others can read is told.
func TestConnectionFilesOfOthers(t *testing.T) {
	dir := t.TempDir()
	path := func(name string, mode os.FileMode, text string) string {
		file := filepath.Join(dir, name)
		if err := errors.Join(os.WriteFile(file, []byte(text), 0o600), os.Chmod(file, mode)); err != nil {
			t.Fatal(err)
		}
		return file
	}
	const good = `{"transport":"tcp","ip":"127.0.0.1","key":"k"}`
	for mode, exposed := range map[os.FileMode]bool{0o600: false, 0o400: false, 0o644: true, 0o604: true, 0o640: true} {
		c, err := wire.ReadConnection(path("read", mode, good))
		if err != nil || (c.Exposed != "") != exposed || exposed && !strings.Contains(c.Exposed, mode.String()) {
			t.Errorf("mode %v: %v, %q", mode, err, c.Exposed)
		}
	}
	pipe := filepath.Join(dir, "pipe")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	refused := map[string]string{
		path("written", 0o666, good):                                                      "everybody can write to it",
		path("long", 0o600, good+strings.Repeat(" ", 1<<16)):                              "longer than 65536 bytes",
		path("named ", 0o600, good[:20]):                                                  "named␣: ",
		path("name\u202ed", 0o600, `{"transport":"tcp","ip":"10.0.0.1\u202e","key":"k"}`): `10.0.0.1\u202e;`,
		pipe: "named pipe",
		dir:  "a folder",
	}
	theirs := path("theirs", 0o600, good)
	if os.Chown(theirs, 54321, -1) == nil {
		refused[theirs] = "it belongs to somebody else"
	}
	for file, want := range refused {
		if _, err := wire.ReadConnection(file); err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "\u202e") {
			t.Errorf("%q: %v, want %s", file, err, want)
		}
	}
}

func FuzzDecode(f *testing.F) {
	f.Add([]byte(`{"msg_id":"1"}`), []byte(`{}`), []byte(`{}`), []byte(`{"code":"x"}`))
	f.Add([]byte("{\"msg_id\":\"\xff\"}"), []byte(``), []byte(`null`), []byte(`[1]`))
	f.Fuzz(func(t *testing.T, header, parent, metadata, content []byte) {
		key := wire.Key("key")
		m, err := key.Decode(key.Encode(&wire.Message{Raw: header, Parent: parent, Metadata: metadata, Content: content}))
		if err != nil {
			return
		}
		for _, part := range []json.RawMessage{m.Raw, m.Parent, m.Metadata, m.Content} {
			if !json.Valid(part) {
				t.Errorf("%q is not JSON", part)
			}
		}
		_ = m.ParentID()
	})
}

// What was recorded cannot be sent again, however it is dressed: identities and buffers are not signed.
func TestReplay(t *testing.T) {
	key := wire.NewKey()
	var seen wire.Seen
	m := wire.New("execute_request", "s", nil, map[string]any{"code": "x"})
	frames := key.Encode(m)
	if _, err := seen.Decode(key, frames); err != nil {
		t.Fatal(err)
	}
	dressed := append(append([][]byte{[]byte("me")}, frames...), []byte("buffer"))
	for _, again := range [][][]byte{frames, dressed} {
		if _, err := seen.Decode(key, again); !errors.Is(err, wire.ErrSeen) {
			t.Errorf("the second time: %v", err)
		}
	}
	// A forged one is not remembered, or forging would shut the true one out.
	forged := key.Encode(wire.New("execute_request", "s", nil, nil))
	true6 := forged[5]
	forged[5] = []byte("{} ")
	if _, err := seen.Decode(key, forged); !errors.Is(err, wire.ErrSignature) {
		t.Errorf("forged: %v", err)
	}
	forged[5] = true6
	if _, err := seen.Decode(key, forged); err != nil && !errors.Is(err, wire.ErrMalformed) {
		t.Errorf("true after forged: %v", err)
	}
}

func TestSeenIsBounded(t *testing.T) {
	var seen wire.Seen
	note := func(n int) bool { return seen.Note([][]byte{[]byte("<IDS|MSG>"), fmt.Appendf(nil, "%064d", n)}) }
	const most = 1 << 16
	for n := range most + 1 {
		if !note(n) {
			t.Fatalf("signature %d is new", n)
		}
	}
	if note(most) || note(1) {
		t.Error("one of the last signatures is forgotten")
	}
	if !note(0) {
		t.Error("more are remembered than said")
	}
}
