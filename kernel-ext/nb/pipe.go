package nb

import (
	"encoding/gob"
	"fmt"
	"os"
	"time"

	"github.com/janpfeifer/gonb/gonbui/protocol"
)

// openTimeout bounds the wait for the kernel to open its ends. A kernel that runs
// the cell has them open at once; a program started by hand with the variables
// left over from a kernel would wait for ever.
const openTimeout = 10 * time.Second

func init() {
	// Nested metadata travels as this type; the kernel registers it too.
	gob.Register(map[string]any{})
}

// pipe is the channel to the kernel, as GoNB v0.11 defines it: a gob stream of
// protocol.DisplayData on the named pipe $GONB_PIPE, and a gob stream of
// protocol.CommValue back on $GONB_PIPE_BACK. A request to the sync address is
// answered after all earlier messages have been passed on to the notebook.
type pipe struct {
	encoder *gob.Encoder
	decoder *gob.Decoder
	syncs   int
}

// openPipe connects to the kernel that runs this cell.
func openPipe(toKernel, fromKernel string) (*pipe, error) {
	type result struct {
		pipe *pipe
		err  error
	}
	opened := make(chan result, 1)
	go func() {
		// The kernel opens its ends in this order too; each open waits for the other side.
		out, err := os.OpenFile(toKernel, os.O_WRONLY, 0)
		if err != nil {
			opened <- result{err: err}
			return
		}
		in, err := os.Open(fromKernel)
		if err != nil {
			_ = out.Close()
			opened <- result{err: err}
			return
		}
		opened <- result{pipe: &pipe{encoder: gob.NewEncoder(out), decoder: gob.NewDecoder(in)}}
	}()
	select {
	case r := <-opened:
		return r.pipe, r.err
	case <-time.After(openTimeout):
		return nil, fmt.Errorf("no kernel answers on %s", toKernel)
	}
}

// send passes one display to the kernel and waits until it has been taken over.
// After an error the stream is of no further use.
func (p *pipe) send(display *protocol.DisplayData) error {
	if err := p.encoder.Encode(display); err != nil {
		return err
	}
	p.syncs++
	sync := protocol.CommValue{Address: protocol.GonbuiSyncAddress, Value: p.syncs}
	if err := p.encoder.Encode(&protocol.DisplayData{
		Data: map[protocol.MIMEType]any{protocol.MIMECommValue: sync},
	}); err != nil {
		return err
	}
	for {
		var answer protocol.CommValue
		if err := p.decoder.Decode(&answer); err != nil {
			return err
		}
		// Anything else on this pipe is for widgets, which nb does not have.
		if answer.Address == protocol.GonbuiSyncAckAddress && answer.Value == p.syncs {
			return nil
		}
	}
}
