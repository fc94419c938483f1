//go:build !windows

package scratch

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/stophacking/kelpie/analysis/visible"
)

// Open opens a folder that another program made for the secret name, to remove it once that program has ended. It is an
// error when what is at the path does not prove to be that folder.
func Open(path, name string) (*Folder, error) {
	f, lock, err := prove(path)
	if err != nil {
		return nil, err
	}
	_ = lock.Close()
	if f.name != name {
		f.Leave()
		return nil, fmt.Errorf("scratch: %s is another's", visible.Text(path))
	}
	return f, nil
}

// Sweep removes the folders that Make made in base and that nobody locks any more, and returns their paths. What does
// not prove to be such a folder is left alone, without a word.
func Sweep(base string) (removed []string) {
	entries, _ := os.ReadDir(base) // what cannot be read is not swept
	for _, entry := range entries {
		if !entry.IsDir() || !pattern.MatchString(entry.Name()) {
			continue
		}
		f, lock, err := prove(filepath.Join(base, entry.Name()))
		if err != nil {
			continue
		}
		// Whoever sweeps at the same time finds it locked; and it stays so until it is gone.
		if syscall.Flock(int(lock.Fd()), syscall.LOCK_EX|syscall.LOCK_NB) == nil && isLockOf(f.root, lock) && f.Remove() == nil {
			removed = append(removed, f.Path)
		}
		_ = lock.Close()
		f.Leave()
	}
	return removed
}

// prove opens what may be a folder of ours, and the file that has to prove it. Nothing is made, and no link followed.
func prove(path string) (f *Folder, lock *os.File, err error) {
	root, err := openFolder(path)
	if err != nil {
		return nil, nil, fmt.Errorf("scratch: %w", err)
	}
	f = &Folder{Path: path, root: root, proof: lockName}
	if about, looking := root.Stat("."); looking != nil || !owned(about) {
		err = errors.New("it is another user's")
	} else if lock, err = openLock(root); err == nil {
		if f.name, err = readName(lock, filepath.Base(path)); err == nil {
			return f, lock, nil
		}
		_ = lock.Close()
	}
	f.Leave()
	return nil, nil, fmt.Errorf("scratch: %s is no folder of ours: %w", visible.Text(path), err)
}

// openLock opens the lock of a folder: a file of this user's that has no other name.
func openLock(root *os.Root) (*os.File, error) {
	found, err := root.Lstat(lockName)
	if err != nil {
		return nil, err
	}
	if stat, ok := found.Sys().(*syscall.Stat_t); !ok || !found.Mode().IsRegular() || !owned(found) || stat.Nlink != 1 {
		return nil, errors.New("its lock is not a file of this user's alone")
	}
	// Should it be a pipe by now, this does not wait for its other end.
	lock, err := root.OpenFile(lockName, os.O_RDWR|syscall.O_NOFOLLOW|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, err
	}
	if !isLockOf(root, lock) {
		return nil, errors.Join(errors.New("its lock is replaced while it is looked at"), lock.Close())
	}
	return lock, nil
}

// isLockOf says whether an open file is what the folder has for its lock now.
func isLockOf(root *os.Root, lock *os.File) bool {
	found, err := root.Lstat(lockName)
	if err != nil {
		return false
	}
	opened, err := lock.Stat()
	return err == nil && os.SameFile(found, opened)
}

// readName reads the secret name out of the lock of a folder that is called so.
func readName(lock io.Reader, called string) (string, error) {
	text, err := io.ReadAll(io.LimitReader(lock, 1024))
	if err != nil {
		return "", err
	}
	before, _ := strings.CutSuffix(mark(""), "\n")
	name, found := strings.CutPrefix(strings.TrimSuffix(string(text), "\n"), before)
	if !found || mark(name) != string(text) || len(name) < nameLength || prefix+name[:nameLength] != called {
		return "", errors.New("its lock does not bear its name")
	}
	return name, nil
}
