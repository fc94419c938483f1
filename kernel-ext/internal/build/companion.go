//go:build !windows

package build

import (
	"runtime"
	"slices"
	"strings"
)

const (
	gonb   = "github.com/janpfeifer/gonb"
	gonbui = gonb + "/gonbui" // by which programs display; its sub-packages use it
	known  = "v0.11.4"        // whose variables the companion replaces
)

// accompany says whether the program gets the companion: it imports gonbui, in the version that we know.
func (p program) accompany(w workspace) bool {
	displays := slices.ContainsFunc(p.imports, func(path string) bool { return path == gonbui || strings.HasPrefix(path, gonbui+"/") })
	other := slices.ContainsFunc(w.gonb, func(version string) bool { return version != known })
	return runtime.GOOS == "linux" && displays && len(w.gonb) > 0 && !other
}

// TurnFile is the file, beside the named pipe of $GONB_PIPE, that the kernel holds an exclusive lock (flock) of while it
// carries out what it has read from the pipe.
const TurnFile = "turn"

// companion is a file that is compiled into programs that import gonbui; it is beside main.go during the build only.
//
// gonbui writes a display into a pipe and goes on. What the program prints next comes by another pipe, and nothing tells
// which of the two came first. So the companion has gonbui write through itself, and waits, after each write, until the
// pipe is empty and the kernel not at work on what it took. With %capture, where the pipe is GoNB's and there is no such
// file, GoNB has then read what it would drop at the program's end. It does not wait for ever: of a pipe that nobody reads
// any more only the next write tells. For all that it replaces a variable of gonbui that is not exported. Where it does
// not compile, the program is built without it.
//
// The name sorts after the file that names the pipes, and before main.go, whose variables may display something.
const companion = "kelpie_turns.go"

const companionText = `package main

import (
	kelpie_gob "encoding/gob"
	kelpie_os "os"
	kelpie_filepath "path/filepath"
	kelpie_syscall "syscall"
	kelpie_time "time"
	kelpie_unsafe "unsafe"

	kelpie_gonbui "` + gonbui + `"
)

//go:linkname kelpie_encoder ` + gonbui + `.gonbEncoder
var kelpie_encoder *kelpie_gob.Encoder

//go:linkname kelpie_pipe ` + gonbui + `.gonbWriterPipe
var kelpie_pipe *kelpie_os.File

var _ = func() struct{} {
	name := kelpie_filepath.Join(kelpie_filepath.Dir(kelpie_os.Getenv("GONB_PIPE")), "` + TurnFile + `")
	turn, _ := kelpie_syscall.Open(name, kelpie_syscall.O_RDWR|kelpie_syscall.O_CLOEXEC, 0)
	if kelpie_gonbui.IsNotebook && kelpie_gonbui.Open() == nil {
		kelpie_encoder = kelpie_gob.NewEncoder(kelpie_turn(turn))
	}
	return struct{}{}
}()

type kelpie_turn int

func (turn kelpie_turn) Write(b []byte) (int, error) {
	n, err := kelpie_pipe.Write(b)
	for begun := kelpie_time.Now(); err == nil && turn.waiting() && kelpie_time.Since(begun) < 2*kelpie_time.Second; {
		kelpie_time.Sleep(20 * kelpie_time.Microsecond)
	}
	return n, err
}

func (turn kelpie_turn) waiting() bool {
	var left int32
	raw, err := kelpie_pipe.SyscallConn()
	if err != nil || turn >= 0 && kelpie_syscall.Flock(int(turn), kelpie_syscall.LOCK_SH) != nil {
		return false
	}
	_ = raw.Control(func(pipe uintptr) {
		kelpie_syscall.Syscall(kelpie_syscall.SYS_IOCTL, pipe, kelpie_syscall.TIOCINQ, uintptr(kelpie_unsafe.Pointer(&left)))
	})
	kelpie_syscall.Flock(int(turn), kelpie_syscall.LOCK_UN)
	return left > 0
}
`
