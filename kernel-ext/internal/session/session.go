//go:build !windows

package session

import (
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"
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
	// Short is Dir by a name that is short enough for the paths of Unix sockets.
	Short string

	log    func(string, ...any)
	lock   *os.File // held while the session lives; a directory whose lock is free was left behind
	mu     sync.Mutex
	ending bool
	pipe   *os.File // our end; the guard watches the other
	gone   chan struct{}

	children []*Child
}

// New makes the directory and starts the guard.
func New(o Options) (*Session, error) {
	s := &Session{Name: strings.ToLower(rand.Text()), log: o.Log, gone: make(chan struct{})}
	if s.log == nil {
		s.log = func(string, ...any) {}
	}
	base := o.Base
	if base == "" {
		base = chooseBase()
	}
	s.Dir = filepath.Join(base, prefix+s.Name[:12])
	if err := os.Mkdir(s.Dir, 0o700); err != nil {
		return nil, fmt.Errorf("session: the kernel's private directory: %w; set TMPDIR to a folder that can be written", err)
	}
	lock, err := lockDir(s.Dir)
	if err == nil {
		s.lock = lock
		s.Short, err = shorten(s.Dir)
	}
	if err == nil {
		err = s.startGuard(o.Guard, 0)
	}
	if err != nil {
		_ = os.Remove(linkOf(s.Dir))
		_ = os.RemoveAll(s.Dir)
		return nil, fmt.Errorf("session: %w", err)
	}
	return s, nil
}

// prefix begins the name of every session's directory.
const prefix = "kelpie-"

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

// lockDir takes the lock of a session's directory; the error is EWOULDBLOCK while its session lives.
func lockDir(dir string) (*os.File, error) {
	file, err := os.OpenFile(filepath.Join(dir, "lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		_ = file.Close()
		return nil, err
	}
	return file, nil
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
// kills the session's processes and removes its directory. It also removes what sessions left behind whose kernel and
// guard were killed together.
func Guard(name, dir string) error {
	ignoreSignals()
	sweepStale(filepath.Dir(dir))
	var one [1]byte
	for {
		_, err := os.Stdin.Read(one[:])
		if err != nil && !errors.Is(err, syscall.EINTR) {
			break
		}
	}
	killMarked(name, nil)
	var err error
	for range 20 {
		if len(dir) > maxPath {
			_ = os.Remove(linkOf(dir))
		}
		if err = os.RemoveAll(dir); err == nil {
			break
		}
		// A process that was just killed may still have been writing.
		time.Sleep(20 * time.Millisecond)
		killMarked(name, nil)
	}
	return err
}

// killMarked kills every process of the session but those in the spared groups. It looks again until it finds none, because a process may start a
// child between the look and the kill.
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

// sweepStale removes directories of ours whose session is gone.
func sweepStale(base string) {
	dirs, _ := filepath.Glob(filepath.Join(base, prefix+"*"))
	for _, dir := range dirs {
		info, err := os.Lstat(dir)
		// A young one may not have its lock yet.
		if err != nil || !info.IsDir() || time.Since(info.ModTime()) < time.Minute {
			continue
		}
		if stat, ok := info.Sys().(*syscall.Stat_t); !ok || int(stat.Uid) != os.Getuid() {
			continue
		}
		if lock, err := lockDir(dir); err == nil {
			_ = os.RemoveAll(dir)
			_ = lock.Close()
		}
	}
}
