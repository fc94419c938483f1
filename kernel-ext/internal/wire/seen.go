package wire

import (
	"bytes"
	"sync"
)

// maxSeen is how many signatures are remembered; they take about 5 MB.
const maxSeen = 1 << 16

// Seen remembers the signatures of the last 65536 messages, so that who records one cannot send it again. Its zero value
// remembers none. Its methods may be called from any goroutine.
type Seen struct {
	mu    sync.Mutex
	known map[[64]byte]bool
	ring  [][64]byte // in the order in which they came; once it is full, at is the oldest
	at    int
}

// Decode is Key.Decode, but a message that was here before is ErrSeen.
func (s *Seen) Decode(key Key, frames [][]byte) (*Message, error) {
	m, err := key.Decode(frames)
	if err == nil && !s.Note(frames) {
		return nil, ErrSeen
	}
	return m, err
}

// Note remembers the signature of a message, whose frames are a message's, and says whether it is new.
func (s *Seen) Note(frames [][]byte) bool {
	var signature [64]byte
	for i, frame := range frames {
		if bytes.Equal(frame, delimiter) && i+1 < len(frames) {
			copy(signature[:], frames[i+1])
			break
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.known[signature] {
		return false
	}
	if s.known == nil {
		s.known = map[[64]byte]bool{}
	}
	if s.known[signature] = true; len(s.ring) < maxSeen {
		s.ring = append(s.ring, signature)
		return true
	}
	delete(s.known, s.ring[s.at])
	s.ring[s.at] = signature
	s.at = (s.at + 1) % maxSeen
	return true
}
