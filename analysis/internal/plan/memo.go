package plan

import "sync"

// A Memo is room for what an engine makes of an operation's arguments, so that it
// is made once however often the operation is carried out. A nil Memo remembers
// nothing. Several goroutines may use one.
type Memo struct {
	mu    sync.Mutex
	value any
}

// Use returns what replace makes of the value so far (nil at first), and
// remembers it unless there is an error.
func (m *Memo) Use(replace func(was any) (any, error)) (any, error) {
	if m == nil {
		return replace(nil)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	now, err := replace(m.value)
	if err == nil {
		m.value = now
	}
	return now, err
}
