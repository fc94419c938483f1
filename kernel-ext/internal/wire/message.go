package wire

import (
	"bytes"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"
	"unicode/utf8"
)

// Version is the version of the messages that this package makes.
const Version = "5.4"

// A Header says what a message is.
type Header struct {
	ID       string `json:"msg_id"`
	Session  string `json:"session"`
	Username string `json:"username"`
	Date     string `json:"date"`
	Type     string `json:"msg_type"`
	Version  string `json:"version"`
}

// A Message is one message. Raw is the header as it came, with fields that Header does not know: it is the parent of
// every answer.
type Message struct {
	Identities [][]byte
	Header     Header
	Raw        json.RawMessage
	Parent     json.RawMessage
	Metadata   json.RawMessage
	Content    json.RawMessage
	Buffers    [][]byte
	// BadText is set when a part was not UTF-8, as JSON must be: what did not fit was replaced by U+FFFD.
	BadText bool
}

var (
	delimiter = []byte("<IDS|MSG>")
	empty     = json.RawMessage("{}")
)

// Errors of Decode. A message with one of them is dropped: its sender does not know the key, or is broken.
var (
	ErrSignature = errors.New("wire: the signature is wrong")
	ErrMalformed = errors.New("wire: the message is malformed")
	ErrSeen      = errors.New("wire: the message was here before")
)

// A Key signs messages.
type Key []byte

// NewKey makes a random key.
func NewKey() Key { return Key(rand.Text()) }

// sign computes the signature of the four parts.
func (k Key) sign(parts [][]byte) []byte {
	mac := hmac.New(sha256.New, k)
	for _, part := range parts {
		mac.Write(part)
	}
	return hex.AppendEncode(nil, mac.Sum(nil))
}

// Encode gives the frames of a message, signed.
func (k Key) Encode(m *Message) [][]byte {
	parts := [][]byte{m.Raw, m.Parent, m.Metadata, m.Content}
	for i, part := range parts {
		if len(part) == 0 {
			parts[i] = empty
		}
	}
	frames := append(append([][]byte{}, m.Identities...), delimiter, k.sign(parts))
	return append(append(frames, parts...), m.Buffers...)
}

// Decode checks the signature and takes the frames apart; the four parts must be JSON objects.
func (k Key) Decode(frames [][]byte) (*Message, error) {
	at := 0
	for at < len(frames) && !bytes.Equal(frames[at], delimiter) {
		at++
	}
	if len(frames) < at+6 {
		return nil, fmt.Errorf("%w: %d frames", ErrMalformed, len(frames))
	}
	parts := slices.Clone(frames[at+2 : at+6])
	if !hmac.Equal(frames[at+1], k.sign(parts)) {
		return nil, ErrSignature
	}
	badText := false
	for i, part := range parts {
		if !utf8.Valid(part) {
			parts[i], badText = bytes.ToValidUTF8(part, []byte("\uFFFD")), true
		}
		if !json.Valid(parts[i]) || bytes.TrimLeft(parts[i], " \t\r\n")[0] != '{' {
			return nil, fmt.Errorf("%w: part %d is not a JSON object", ErrMalformed, i+1)
		}
	}
	m := &Message{BadText: badText, Identities: frames[:at], Raw: parts[0], Parent: parts[1], Metadata: parts[2], Content: parts[3], Buffers: frames[at+6:]}
	if err := json.Unmarshal(m.Raw, &m.Header); err != nil {
		return nil, fmt.Errorf("%w: header: %w", ErrMalformed, err)
	}
	return m, nil
}

// ParentID is the identifier of the message that this one answers; empty when it says none.
func (m *Message) ParentID() string {
	var parent Header
	_ = json.Unmarshal(m.Parent, &parent)
	return parent.ID
}

// New makes a message of the type. Its content is marshalled as JSON; parent is the header of what it answers, nil for
// none. It panics on a content that JSON cannot hold, which is an error of the program.
func New(kind, session string, parent json.RawMessage, content any) *Message {
	body, err := json.Marshal(content)
	if err != nil {
		panic(fmt.Sprintf("wire: content of %s: %v", kind, err))
	}
	header := Header{
		ID: rand.Text(), Session: session, Username: "kernel", Type: kind, Version: Version,
		Date: time.Now().UTC().Format("2006-01-02T15:04:05.000000Z"),
	}
	raw, err := json.Marshal(header)
	if err != nil {
		panic(fmt.Sprintf("wire: header of %s: %v", kind, err))
	}
	return &Message{Header: header, Raw: raw, Parent: parent, Metadata: empty, Content: body}
}
