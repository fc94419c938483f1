//go:build !windows

package session

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"sync"
	"syscall"
	"time"

	"github.com/stophacking/kelpie/kernel-ext/internal/scratch"
)

// Mark is the environment variable that names the session in each of its processes.
const Mark = "KELPIE_SESSION"

// Options of a session.
type Options struct {
	// Guard is the command line that runs Guard; name and directory of the session are appended.
	Guard []string
	// Base is the folder to make the directory in. When empty it is /dev/shm where that is a tmpfs with 1 GiB free that
	// lets programs run, else the system's folder for temporary files.
	Base string
	// Log receives what went wrong without stopping anything; nil drops it.
	Log func(format string, args ...any)
}

// A Session is the directory and the processes of one kernel.
type Session struct {
	// Name is unguessable: who knows it belongs to the session.
	Name string
	// Dir is the private directory.
	Dir string
	// Temp is the folder in it that is the TMPDIR of the session's programs: what they call their files there is theirs
	// to choose.
	Temp string
	// Short is Dir by a name that is short enough for the paths of Unix sockets.
	Short string

	log    func(string, ...any)
	folder *scratch.Folder
	mu     sync.Mutex
	ending bool
	pipe   *os.File // our end; the guard watches the other
	gone   chan struct{}

	children []*Child
}

// New makes the directory and starts the guard.
func New(o Options) (*Session, error) {
	s := &Session{Name: scratch.NewName(), log: o.Log, gone: make(chan struct{})}
	if s.log == nil {
		s.log = func(string, ...any) {}
	}
	base := o.Base
	if base == "" {
		base = chooseBase()
	}
	folder, err := scratch.Make(base, s.Name)
	if err != nil {
		return nil, fmt.Errorf("session: the kernel's private directory: %w; set TMPDIR to a folder that can be written", err)
	}
	s.folder, s.Dir, s.Temp = folder, folder.Path, filepath.Join(folder.Path, "tmp")
	if err = s.Restore(); err == nil {
		s.Short, err = shorten(s.Dir)
	}
	if err == nil {
		err = s.startGuard(o.Guard, 0)
	}
	if err != nil {
		unshorten(s.Dir)
		return nil, errors.Join(fmt.Errorf("session: %w", err), folder.Remove())
	}
	return s, nil
}

// Restore makes what of the directory a program of the session has deleted. GoNB and what a kernel keeps in it have to be
// started anew then.
func (s *Session) Restore() error {
	if err := s.folder.Restore(); err != nil {
		return fmt.Errorf("session: the kernel's private directory: %w", err)
	}
	if err := os.MkdirAll(s.Temp, 0o700); err != nil {
		return fmt.Errorf("session: the folder for temporary files: %w", err)
	}
	return nil
}

// maxPath is the length up to which a directory's own name serves; the paths of Unix sockets have 104 bytes at least.
const maxPath = 80

// linkOf is where the short name of a directory with a long one is.
func linkOf(dir string) string { return filepath.Join("/tmp", filepath.Base(dir)) }

// shorten gives a directory with a long name a short one, by a symbolic link that the guard removes.
func shorten(dir string) (string, error) {
	if len(dir) <= maxPath {
		return dir, nil
	}
	return linkOf(dir), os.Symlink(dir, linkOf(dir))
}

// unshorten removes the short name of a directory, unless something else has it.
func unshorten(dir string) {
	if to, err := os.Readlink(linkOf(dir)); err == nil && to == dir && len(dir) > maxPath {
		_ = os.Remove(linkOf(dir))
	}
}

// chooseBase picks where the directory goes.
func chooseBase() string {
	if memory := "/dev/shm"; roomyTmpfs(memory, 1<<30) {
		return memory
	}
	return os.TempDir()
}

// startGuard starts the guard and another one whenever it is killed: at once, for a kernel that is killed meanwhile leaves
// everything behind, unless so many in a row ended early.
func (s *Session) startGuard(command []string, early int) error {
	read, write, err := os.Pipe()
	if err != nil {
		return err
	}
	guard := exec.Command(command[0], append(append([]string{}, command[1:]...), s.Name, s.Dir)...)
	// Nothing of the caller's environment: a mark in it would have the guard killed with the rest.
	guard.Env = []string{"PATH=" + os.Getenv("PATH")}
	guard.Stdin, guard.Dir = read, "/"
	guard.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	started := time.Now()
	err = guard.Start()
	_ = read.Close()
	if err != nil {
		_ = write.Close()
		return fmt.Errorf("starting the guard: %w", err)
	}
	s.mu.Lock()
	old := s.pipe
	s.pipe = write
	s.mu.Unlock()
	if old != nil {
		_ = old.Close()
	}
	go func() {
		err := guard.Wait()
		s.mu.Lock()
		ending := s.ending
		s.mu.Unlock()
		if ending {
			close(s.gone)
			return
		}
		s.log("the guard ended (%v); starting another", err)
		if time.Since(started) > time.Second {
			early = 0
		} else if early++; early > 3 {
			time.Sleep(time.Second) // it cannot run, most likely
		}
		if err := s.startGuard(command, early); err != nil {
			s.log("%v", err)
			close(s.gone)
		}
	}()
	return nil
}

// End ends everything of the session: its processes, its directory. It waits up to 10 s for the guard to have done so.
func (s *Session) End() {
	s.mu.Lock()
	already := s.ending
	s.ending = true
	if !already {
		_ = s.pipe.Close()
	}
	s.mu.Unlock()
	select {
	case <-s.gone:
	case <-time.After(10 * time.Second):
		s.log("the guard does not end")
	}
}

// Guard is the life of the guard process: it waits until standard input ends, that is until the kernel is gone, then
// kills the session's processes and removes its directory, unless something else has come to have its name. It also
// removes what sessions left behind whose kernel and guard were killed together.
func Guard(name, dir string) error {
	ignoreSignals()
	Sweep(filepath.Dir(dir))
	var one [1]byte
	for {
		_, err := os.Stdin.Read(one[:])
		if err != nil && !errors.Is(err, syscall.EINTR) {
			break
		}
	}
	killMarked(name, nil)
	unshorten(dir)
	if _, err := os.Lstat(dir); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	folder, err := scratch.Open(dir, name)
	if err != nil {
		return err
	}
	for range 20 {
		if err = folder.Remove(); err == nil {
			return nil
		}
		// A process that was just killed may still have been writing.
		time.Sleep(20 * time.Millisecond)
		killMarked(name, nil)
	}
	return err
}

// Sweep removes from a folder what sessions, and others who keep a folder of package scratch there, left when they were
// killed.
func Sweep(base string) {
	for _, left := range scratch.Sweep(base) {
		unshorten(left)
	}
}

// killMarked kills every process of the session but those in the spared groups. It looks again until it finds none, because
// a process may start a child between the look and the kill.
func killMarked(name string, spared map[int]bool) {
	for range 100 {
		found := Marked(name)
		found = slices.DeleteFunc(found, func(pid int) bool {
			group, err := syscall.Getpgid(pid)
			return err == nil && spared[group]
		})
		if len(found) == 0 {
			return
		}
		for _, pid := range found {
			_ = syscall.Kill(pid, syscall.SIGKILL)
		}
		time.Sleep(5 * time.Millisecond)
	}
}
