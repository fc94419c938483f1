package nb_test

import (
	"bytes"
	"encoding/gob"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/janpfeifer/gonb/gonbui/protocol"
	"golang.org/x/sys/unix"

	"github.com/stophacking/kelpie/kernel-ext/internal/frame"
)

// cellVariable names the cell that this test binary shall run instead of its
// tests: each cell of a notebook is a process of its own, and so is it here.
const cellVariable = "NB_TEST_CELL"

func TestMain(m *testing.M) {
	if name := os.Getenv(cellVariable); name != "" {
		cell, ok := cells[name]
		if !ok {
			fmt.Fprintln(os.Stderr, "no such cell:", name)
			os.Exit(3)
		}
		cell()
		os.Exit(0)
	}
	// The tests and examples in this process run outside a notebook.
	for _, name := range []string{protocol.GONB_PIPE_ENV, protocol.GONB_PIPE_BACK_ENV, frame.Variable} {
		if err := os.Unsetenv(name); err != nil {
			panic(err)
		}
	}
	os.Exit(m.Run())
}

// ran is what a cell left behind.
type ran struct {
	displays       []protocol.DisplayData
	syncs          int
	stdout, stderr string
	status         int
}

// runPlain runs a cell outside a notebook.
func runPlain(t *testing.T, name string) ran {
	t.Helper()
	return runCell(t, name)
}

// runNotebook runs a cell as GoNB does: two named pipes, an answer to each sync
// request, and both pipes closed as soon as the cell has ended, whatever is still
// in them. The reader is slow, so that a cell which does not wait loses displays.
func runNotebook(t *testing.T, name string, delay time.Duration) ran {
	t.Helper()
	gob.Register(map[string]any{}) // as GoNB does
	dir := t.TempDir()
	toKernel, fromKernel := filepath.Join(dir, "to"), filepath.Join(dir, "from")
	for _, path := range []string{toKernel, fromKernel} {
		if err := unix.Mkfifo(path, 0o600); err != nil {
			t.Skipf("no named pipes here: %v", err)
		}
	}
	// Opened for both directions: opening never waits, and closing ends the reads.
	in, err := os.OpenFile(toKernel, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	out, err := os.OpenFile(fromKernel, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	var lock sync.Mutex
	var displays []protocol.DisplayData
	syncs := 0
	stopped := make(chan struct{})
	go func() {
		defer close(stopped)
		decoder, encoder := gob.NewDecoder(in), gob.NewEncoder(out)
		for {
			var display protocol.DisplayData
			if err := decoder.Decode(&display); err != nil {
				if !errors.Is(err, os.ErrClosed) {
					t.Errorf("the stream broke: %v", err)
				}
				return
			}
			time.Sleep(delay)
			if request, ok := display.Data[protocol.MIMECommValue].(protocol.CommValue); ok {
				// An unrelated message first: the cell must wait for its own answer.
				for _, answer := range []protocol.CommValue{
					{Address: "#elsewhere", Value: request.Value},
					{Address: protocol.GonbuiSyncAckAddress, Value: request.Value},
				} {
					if err := encoder.Encode(answer); err != nil {
						return
					}
				}
				lock.Lock()
				syncs++
				lock.Unlock()
				continue
			}
			lock.Lock()
			displays = append(displays, display)
			lock.Unlock()
		}
	}()
	result := runCell(t, name, protocol.GONB_PIPE_ENV+"="+toKernel, protocol.GONB_PIPE_BACK_ENV+"="+fromKernel)
	for _, file := range []*os.File{in, out} {
		if err := file.Close(); err != nil {
			t.Error(err)
		}
	}
	<-stopped
	lock.Lock()
	defer lock.Unlock()
	result.displays, result.syncs = displays, syncs
	return result
}

// runCell runs one cell in a process of its own.
func runCell(t *testing.T, name string, environment ...string) ran {
	t.Helper()
	binary, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	var stdout, stderr bytes.Buffer
	cmd := exec.CommandContext(t.Context(), binary)
	cmd.Env = append(append(os.Environ(), cellVariable+"="+name), environment...)
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil {
		var exit *exec.ExitError
		if !errors.As(err, &exit) {
			t.Fatal(err)
		}
	}
	return ran{stdout: stdout.String(), stderr: stderr.String(), status: cmd.ProcessState.ExitCode()}
}
