//go:build !windows

package scratch

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"

	"github.com/stophacking/kelpie/analysis/visible"
)

// prefix begins the name of every folder that Make makes, and nameLength letters of its secret name follow. They are
// those of crypto/rand.Text, in small letters.
const (
	prefix     = "kelpie-"
	nameLength = 12
)

var pattern = regexp.MustCompile(`^` + prefix + `[a-z2-7]{12}$`)

// lockName is the file in such a folder that proves it to be ours.
const lockName = "lock"

// mark is what that file says.
func mark(name string) string {
	return "A folder of Kelpie's, removed when nobody locks this file: " + name + "\n"
}

// NewName makes a secret name for Make.
func NewName() string { return strings.ToLower(rand.Text()) }

// Make makes a folder (mode 0700) in base for a secret name, the first letters of which end its own name, and locks it.
// Processes that this one starts do not inherit the lock. That something has the folder's name already is an error.
func Make(base, name string) (*Folder, error) {
	if len(name) < nameLength || !pattern.MatchString(prefix+name[:nameLength]) {
		return nil, errors.New("scratch: the name is not a random one")
	}
	base, err := filepath.Abs(base)
	if err != nil {
		return nil, fmt.Errorf("scratch: %w", err)
	}
	f := &Folder{Path: filepath.Join(base, prefix+name[:nameLength]), proof: lockName, name: name}
	// Nobody takes a folder with this name for one of ours, so nobody meets it half-made.
	making := &Folder{Path: filepath.Join(base, "."+filepath.Base(f.Path)), proof: lockName}
	if err := os.Mkdir(making.Path, 0o700); err != nil {
		return nil, fmt.Errorf("scratch: %w", err)
	}
	root, err := openFolder(making.Path)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("scratch: %w", err), syscall.Rmdir(making.Path))
	}
	making.root, f.root = root, root
	if err = f.takeLock(); err == nil {
		_, err = os.Lstat(f.Path)
		if err == nil {
			err = fs.ErrExist
		} else if errors.Is(err, fs.ErrNotExist) {
			err = os.Rename(making.Path, f.Path)
		}
	}
	if err != nil {
		making.lock = f.lock
		return nil, errors.Join(fmt.Errorf("scratch: making %s: %w", visible.Text(f.Path), err), making.Remove())
	}
	return f, nil
}

// takeLock makes the file that proves the folder to be ours, and locks it. It says so only once it is locked.
func (f *Folder) takeLock() error {
	lock, err := f.root.OpenFile(lockName, os.O_CREATE|os.O_EXCL|os.O_RDWR, 0o600)
	if err != nil {
		return err
	}
	err = syscall.Flock(int(lock.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if err == nil {
		_, err = lock.WriteString(mark(f.name))
	}
	if err != nil {
		return errors.Join(err, lock.Close())
	}
	if f.lock != nil {
		_ = f.lock.Close()
	}
	f.lock = lock
	return nil
}

// Restore makes the folder again where it was removed, and its lock where that was. A folder of the same user's that
// somebody else made in its place is taken as it is; it will not be removed. It is for the program that made the folder.
func (f *Folder) Restore() error {
	here, err := f.isThere()
	switch {
	case err == nil && !here:
		again, err := Make(filepath.Dir(f.Path), f.name)
		if err != nil {
			return err
		}
		f.Leave()
		*f = *again
		return nil
	case err == nil:
		if _, err := f.root.Lstat(lockName); err == nil {
			return nil
		}
		if err := f.takeLock(); err != nil {
			return fmt.Errorf("scratch: locking %s: %w", visible.Text(f.Path), err)
		}
		return nil
	}
	// In a folder for everybody somebody else may have been quicker, and would see all that goes into it.
	if there, looking := os.Lstat(f.Path); looking != nil || !there.IsDir() || !owned(there) {
		return err
	}
	return nil
}
