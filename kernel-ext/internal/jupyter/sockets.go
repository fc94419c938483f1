package jupyter

import (
	"crypto/rand"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"

	"github.com/stophacking/kelpie/kernel-ext/internal/owner"
)

// Sockets is a private folder (mode 0700) for the sockets of kernels and for their connection files. It is short wherever
// the checkout lies, for the path of a Unix socket has hardly more than a hundred bytes.
type Sockets struct {
	// Folder is its path.
	Folder string

	lock *os.File // held while the folder is in use; a folder whose lock is free was left behind
}

// nameBytes is what Jupyter adds to the folder: "/kernel-", an identifier of 36 bytes, "-ipc-" and a number.
const nameBytes = len("/kernel-") + 36 + len("-ipc-") + 2

// socketsPrefix begins the name of the folder, which has 12 random letters after it.
const socketsPrefix = "kelpie-"

var socketsName = regexp.MustCompile(`^` + socketsPrefix + `[a-z2-7]{12}$`)

// OpenSockets makes the folder: in $XDG_RUNTIME_DIR where that is the user's own and private, else in the system's
// folder for temporary files where that is short, else in /tmp. It also removes those that killed programs left there.
func OpenSockets() (*Sockets, error) {
	var failed []error
	for _, base := range socketBases() {
		s, err := openSocketsIn(base)
		if err == nil {
			sweepSockets(base)
			return s, nil
		}
		failed = append(failed, err)
	}
	return nil, fmt.Errorf("jupyter: no folder for the kernel's sockets: %w; set XDG_RUNTIME_DIR to a short folder of your own with mode 0700", errors.Join(failed...))
}

// socketBases are the folders to try, the best first.
func socketBases() []string {
	var bases []string
	if dir := os.Getenv("XDG_RUNTIME_DIR"); filepath.IsAbs(dir) && owner.Private(dir) {
		bases = append(bases, dir)
	}
	return append(bases, os.TempDir(), "/tmp")
}

func openSocketsIn(base string) (*Sockets, error) {
	folder, err := filepath.Abs(filepath.Join(base, socketsPrefix+strings.ToLower(rand.Text())[:12]))
	if err != nil {
		return nil, err
	}
	if length := len(folder) + nameBytes; length > owner.MaxSocketPath {
		return nil, fmt.Errorf("%s is too long: a socket would have a path of %d bytes, and %d are the most", base, length, owner.MaxSocketPath)
	}
	if err := os.Mkdir(folder, 0o700); err != nil {
		return nil, err
	}
	s := &Sockets{Folder: folder}
	if err := errors.Join(s.takeLock(), owner.Guarded(folder), tryListening(folder)); err != nil {
		s.Close()
		return nil, err
	}
	return s, nil
}

// tryListening finds out whether the file system knows sockets.
func tryListening(folder string) error {
	listener, err := net.Listen("unix", filepath.Join(folder, "try"))
	if err != nil {
		return err
	}
	return listener.Close()
}

// socketsMark is what the lock of a folder of ours says.
func socketsMark(folder string) string {
	return "A folder of Kelpie's, removed when nobody locks this file: " + filepath.Base(folder) + "\n"
}

// takeLock locks the file that proves the folder to be ours. It says so only once it is locked.
func (s *Sockets) takeLock() error {
	file, err := os.OpenFile(filepath.Join(s.Folder, "lock"), os.O_CREATE|os.O_EXCL|os.O_RDWR, 0o600)
	if err != nil {
		return err
	}
	s.lock = file
	if err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		return err
	}
	_, err = file.WriteString(socketsMark(s.Folder))
	return err
}

// Close removes the folder with the sockets and files in it; the lock, which proves it to be ours, goes last. A folder
// that somebody made in it stays, and it with that.
func (s *Sockets) Close() {
	entries, _ := os.ReadDir(s.Folder)
	for _, entry := range entries {
		if !entry.IsDir() && entry.Name() != "lock" {
			_ = os.Remove(filepath.Join(s.Folder, entry.Name()))
		}
	}
	if s.lock != nil {
		_ = os.Remove(s.lock.Name())
		_ = s.lock.Close()
	}
	_ = syscall.Rmdir(s.Folder)
}

// sweepSockets removes the folders that killed programs left. Of a folder that cannot be proved to be one it touches
// nothing.
func sweepSockets(base string) {
	entries, _ := os.ReadDir(base)
	for _, entry := range entries {
		if !entry.IsDir() || !socketsName.MatchString(entry.Name()) {
			continue
		}
		s := &Sockets{Folder: filepath.Join(base, entry.Name())}
		if owner.Private(s.Folder) && s.abandoned() {
			s.Close()
		}
	}
}

// abandoned says whether the folder has our mark and no program uses it; then its lock is ours.
func (s *Sockets) abandoned() bool {
	file, err := os.OpenFile(filepath.Join(s.Folder, "lock"), os.O_RDWR|syscall.O_NOFOLLOW|syscall.O_NONBLOCK, 0)
	if err != nil {
		return false
	}
	text := make([]byte, 256)
	n, _ := file.Read(text)
	if string(text[:n]) != socketsMark(s.Folder) || syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB) != nil {
		_ = file.Close()
		return false
	}
	s.lock = file
	return true
}
