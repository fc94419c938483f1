//go:build !windows

package front

import (
	"encoding/json"
	"sync"

	"github.com/stophacking/kelpie/kernel-ext/internal/wire"
)

// comms knows which channels of widgets are open; the messages themselves are between GoNB and the front end.
type comms struct {
	mu   sync.Mutex
	open map[string]string // identifier to target
}

// note follows a comm_open or comm_close, of either side.
func (c *comms) note(m *wire.Message) {
	var content struct {
		ID     string `json:"comm_id"`
		Target string `json:"target_name"`
	}
	if json.Unmarshal(m.Content, &content) != nil || content.ID == "" {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	switch m.Header.Type {
	case "comm_open":
		if c.open == nil {
			c.open = map[string]string{}
		}
		c.open[content.ID] = content.Target
	case "comm_close":
		delete(c.open, content.ID)
	}
}

// info answers a comm_info_request.
func (c *comms) info(content json.RawMessage) any {
	var q struct {
		Target string `json:"target_name"`
	}
	_ = json.Unmarshal(content, &q)
	c.mu.Lock()
	defer c.mu.Unlock()
	list := map[string]any{}
	for id, target := range c.open {
		if q.Target == "" || q.Target == target {
			list[id] = map[string]string{"target_name": target}
		}
	}
	return map[string]any{"status": "ok", "comms": list}
}

// forget drops all channels: the GoNB that had them is gone.
func (c *comms) forget() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.open = nil
}

// forward hands a widget's message to GoNB.
func (k *Kernel) forward(r *request) {
	k.mu.Lock()
	e := k.engine
	k.mu.Unlock()
	if e != nil {
		e.pass(r.Message)
	}
}
