package zmtp

import (
	"sync"
	"time"
)

// What a message may hold. Beyond its limit nothing of it is kept but the frames that fitted, see Message.Cut.
const (
	// Limit is the length in bytes up to which the frames of one message are kept.
	Limit = 256 << 20
	// UnprovenLimit is the same for a peer that has not proved itself, see Peer.Prove. Jupyter's first message on every
	// socket is a question of a few hundred bytes.
	UnprovenLimit = 1 << 20
	// beatLimit is the same for the echo, where Jupyter sends four bytes.
	beatLimit = 4 << 10
	// maxFrames bounds the frames of a message; Jupyter uses seven, and one for each buffer of a widget. A frame takes
	// frameCost bytes beside its own.
	maxFrames = 1 << 12
	frameCost = 32
)

// What a server may hold. A front end has one connection to each of a kernel's sockets.
const (
	// maxPeers are the connections of one server, maxHalfOpen those of them whose handshake is under way. Of these the
	// oldest makes room for the next one: an honest handshake is over at once.
	maxPeers    = 64
	maxHalfOpen = 32
	// maxTopics are the subscriptions of a subscriber, each of maxTopic bytes at most; Jupyter's front ends subscribe once,
	// to everything. maxChanges is how often a subscriber may change its mind.
	maxTopics  = 32
	maxTopic   = 256
	maxChanges = 4096
)

// What may wait to be sent to one peer, in bytes. A message is queued while less than that waits, so one more may go
// beyond it.
const (
	// highWater is what two cells can show, see package front: a front end that is busy with a full cell is not late.
	// Subscribers share the messages, so all that are slow hold hardly more than one of them.
	highWater         = 128 << 20
	unprovenHighWater = 1 << 20
	beatHighWater     = 64 << 10
)

// How long a peer may take.
const (
	handshakeTimeout = 10 * time.Second
	// namesakeTimeout is how long a peer waits for one that has its identity: a front end that comes back may be here before
	// the end of its old connection is.
	namesakeTimeout = time.Second
)

// messageTimeout is for the rest of a message whose first byte has come, where a peer has not proved itself; tests make it
// short.
var messageTimeout = 10 * time.Second

// A Budget bounds the bytes of unfinished and unread messages of all peers that have not proved themselves, of one or
// several servers. Its zero value is empty: nothing beyond a peer's first 16 KiB of a message is kept.
type Budget struct {
	mu   sync.Mutex
	left int64
}

// free is what each message may hold outside of the budget, so that others that use it up do not keep out the first
// message of an honest peer.
const free = 16 << 10

// NewBudget makes a budget of so many bytes.
func NewBudget(bytes int64) *Budget { return &Budget{left: bytes} }

func (b *Budget) take(bytes int64) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if bytes > b.left {
		return false
	}
	b.left -= bytes
	return true
}

func (b *Budget) giveBack(bytes int64) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.left += bytes
}

// An allowance decides what of one message is kept.
type allowance struct {
	limit  int64
	budget *Budget // nil where only the limit counts
	frames int64   // that are kept
	bytes  int64   // in them
	taken  int64   // of the budget
}

// keep says whether a frame of that size is kept.
func (a *allowance) keep(size int64) bool {
	if size > a.limit-a.bytes {
		return false
	}
	if more := a.bytes + size + (a.frames+1)*frameCost - free - a.taken; a.budget != nil && more > 0 {
		if !a.budget.take(more) {
			return false
		}
		a.taken += more
	}
	a.bytes, a.frames = a.bytes+size, a.frames+1
	return true
}

// end gives back what the message took of the budget.
func (a *allowance) end() {
	if a.budget != nil {
		a.budget.giveBack(a.taken)
	}
}
