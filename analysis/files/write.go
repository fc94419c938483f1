package files

import (
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"syscall"
	"time"
)

// A File is one that is being written. It lies beside its place until [File.Commit].
type File struct {
	*os.File
	own  string // where it lies, which a test's opener need not know
	path string // where it goes
	done bool
}

// An Opener makes files as os.OpenFile does, and stands for it in tests of full disks.
type Opener func(name string, flag int, mode fs.FileMode) (*os.File, error)

// exclusive are the flags by which every file is made: it must not be there, and no
// link may stand in its place.
const exclusive = os.O_RDWR | os.O_CREATE | os.O_EXCL | syscall.O_NOFOLLOW

// temporaryForm is that of the names of files that are being written.
var temporaryForm = regexp.MustCompile(`^\.(.+)\.[0-9]+-[0-9a-f]{16}\.tmp$`)

// longest is how much of a name goes into a temporary one, for a name has 255 bytes.
const longest = 200

// Temporary returns the name that a file of [Create] will have if name is that of one
// that is being written, or was when its program was killed.
func Temporary(name string) (final string, ok bool) {
	parts := temporaryForm.FindStringSubmatch(name)
	if parts == nil {
		return "", false
	}
	return parts[1], true
}

// Create makes a file that is to take the place of path: with the permissions of the
// file that is there, otherwise with those of mode that the user's mask leaves. What
// is there must be a file, or a link, which is replaced and not followed. Whoever
// calls it calls [File.Discard] in the end.
func Create(path string, mode fs.FileMode) (*File, error) {
	return CreateBy(os.OpenFile, path, mode)
}

// CreateBy is [Create] by another opener.
func CreateBy(open Opener, path string, mode fs.FileMode) (*File, error) {
	there, err := replaceable(path)
	if err != nil {
		return nil, err
	}
	if there != nil && there.Mode().IsRegular() {
		mode = there.Mode().Perm()
	}
	dir, name := filepath.Split(filepath.Clean(path))
	name = name[:min(len(name), longest)]
	for {
		own := fmt.Sprintf("%s.%s.%d-%016x.tmp", dir, name, os.Getpid(), rand.Uint64())
		file, err := open(own, exclusive, mode)
		if errors.Is(err, fs.ErrExist) {
			continue
		}
		if err != nil {
			return nil, err
		}
		f := &File{File: file, own: own, path: path}
		if there != nil && there.Mode().IsRegular() {
			if err := file.Chmod(mode); err != nil { // past the user's mask
				f.Discard()
				return nil, err
			}
		}
		return f, nil
	}
}

// replaceable returns what is at path, nil for nothing, and an error if a rename would
// put a file in the place of something else, such as a device.
func replaceable(path string) (fs.FileInfo, error) {
	info, err := os.Lstat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err == nil && !info.Mode().IsRegular() && info.Mode()&fs.ModeSymlink == 0 {
		err = notRegular(path, info.Mode())
	}
	return info, err
}

// Commit closes the file and moves it to its place.
func (f *File) Commit() error { return f.commit(nil) }

// CommitAt is [File.Commit] of a file that is to have this time.
func (f *File) CommitAt(changed time.Time) error { return f.commit(&changed) }

func (f *File) commit(changed *time.Time) error {
	if err := f.Close(); err != nil { // some file systems find out only now that they are full
		return err
	}
	if changed != nil {
		if err := os.Chtimes(f.own, *changed, *changed); err != nil {
			return err
		}
	}
	if _, err := replaceable(f.path); err != nil {
		return err
	}
	if err := os.Rename(f.own, f.path); err != nil {
		return err
	}
	f.done = true
	return nil
}

// Discard closes and removes the file, unless it was committed.
func (f *File) Discard() {
	if f.done {
		return
	}
	f.done = true
	_ = f.Close() // it may be closed already
	_ = os.Remove(f.own)
}

// Append opens a file to be added to, such as a log, and makes it if it is not there. It
// follows no link, as others may have laid one in its place, and what is there must be a
// regular file of the user's with no other name: anything else is an error at once.
func Append(path string, mode fs.FileMode) (*os.File, error) {
	// A pipe without a reader is an error with O_NONBLOCK, which means nothing to a file.
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_APPEND|os.O_CREATE|syscall.O_NOFOLLOW|syscall.O_NONBLOCK, mode)
	if err != nil {
		return nil, err
	}
	info, err := file.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = notRegular(path, info.Mode())
	}
	if err == nil {
		err = ownAlone(path, info)
	}
	if err != nil {
		file.Close()
		return nil, err
	}
	return file, nil
}

// ownAlone returns a [*Refusal] of a file that is not the user's, unless that is root, or
// that has a second name, which another user may have given to a file of this one's.
func ownAlone(path string, info fs.FileInfo) error {
	system, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return nil // a system without owners
	}
	switch user := uint32(os.Geteuid()); {
	case system.Uid != user && user != 0:
		return &Refusal{Folder: path, At: path, Reason: "it belongs to somebody else"}
	case system.Nlink > 1:
		return &Refusal{Folder: path, At: path, Reason: "the file has another name too"}
	}
	return nil
}

// Write writes data to the file at path, whole or not at all: see [Create].
func Write(path string, data []byte, mode fs.FileMode) error {
	file, err := Create(path, mode)
	if err != nil {
		return err
	}
	defer file.Discard()
	if _, err := file.Write(data); err != nil {
		return err
	}
	return file.Commit()
}
