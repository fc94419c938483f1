package files

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/stophacking/kelpie/analysis/visible"
)

// A Refusal is why a folder is not trusted.
type Refusal struct {
	Folder string // the one that was asked about
	At     string // the folder or link on the way to it that others hold
	Reason string // what is wrong with At, with owner and mode
}

// Error returns the refusal in one sentence, without what to do about it.
func (r *Refusal) Error() string {
	if r.At == r.Folder {
		return fmt.Sprintf("%s is not used: %s", visible.Text(r.Folder), r.Reason)
	}
	return fmt.Sprintf("%s is not used: %s: %s", visible.Text(r.Folder), visible.Text(r.At), r.Reason)
}

// Upward returns the first folder of that name, such as .kelpie/data, at or above the
// working directory that is [Trusted]; "" if there is none. It also returns the nearer
// ones that were refused.
func Upward(name string) (folder string, refused []*Refusal, err error) {
	start, err := os.Getwd()
	if err != nil {
		return "", nil, err
	}
	for at := start; ; at = filepath.Dir(at) {
		path := filepath.Join(at, name)
		if info, err := os.Stat(path); err == nil && info.IsDir() {
			var why *Refusal
			switch err := Trusted(path); {
			case err == nil:
				return path, refused, nil
			case errors.As(err, &why):
				refused = append(refused, why)
			default:
				return "", refused, err
			}
		}
		if at == filepath.Dir(at) {
			return "", refused, nil
		}
	}
}

// Trusted returns nil if what lies in the folder at dir was put there by the user or by
// root: it, each folder above it and each link on the way belong to one of them, and
// nobody else can write to it, or replace it. A folder above it may be writable for all
// if its sticky bit keeps them from replacing what is not theirs, as in /tmp. Writable
// for a group is as good as private if the group is the owner's own. Otherwise the error
// is a [*Refusal].
func Trusted(dir string) error {
	full, err := filepath.Abs(dir)
	if err != nil {
		return err
	}
	return walk{dir: full, user: uint32(os.Geteuid())}.trusted()
}

// TrustedFile is [Trusted] of an open file alone: it belongs to the user or to root, and
// nobody else can write to it. What lies above it is not looked at.
func TrustedFile(file *os.File) error {
	info, err := file.Stat()
	if err != nil {
		return err
	}
	return walk{dir: file.Name(), user: uint32(os.Geteuid())}.check(file.Name(), info, true)
}

// A walk goes from the root to a folder, through links.
type walk struct {
	dir  string // absolute
	user uint32
}

// mostLinks are followed; the system follows as many.
const mostLinks = 40

func (w walk) trusted() error {
	at, rest, links := "/", parts(w.dir), 0
	for {
		info, err := os.Lstat(at)
		if err != nil {
			return err
		}
		if err := w.check(at, info, len(rest) == 0); err != nil {
			return err
		}
		if !info.IsDir() && info.Mode()&fs.ModeSymlink == 0 {
			return &fs.PathError{Op: "trust", Path: at, Err: syscall.ENOTDIR}
		}
		if info.Mode()&fs.ModeSymlink != 0 {
			if links++; links > mostLinks {
				return &fs.PathError{Op: "trust", Path: w.dir, Err: syscall.ELOOP}
			}
			target, err := os.Readlink(at)
			if err != nil {
				return err
			}
			rest = append(parts(target), rest...)
			if at = filepath.Dir(at); filepath.IsAbs(target) {
				at = "/"
			}
			if len(rest) == 0 {
				return nil
			}
		}
		if len(rest) == 0 {
			return nil
		}
		// The folder in at was checked: below, or as the one before.
		at, rest = filepath.Join(at, rest[0]), rest[1:]
	}
}

// parts are the names in a path; ".." stays, for it leads up from where links led.
func parts(path string) []string {
	return strings.FieldsFunc(path, func(r rune) bool { return r == '/' })
}

// check looks at one folder, link or file; the last one is what was asked about.
func (w walk) check(at string, info fs.FileInfo, last bool) error {
	system, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return nil // a system without owners
	}
	refuse := func(why string) error {
		return &Refusal{Folder: w.dir, At: at, Reason: fmt.Sprintf("%s (owner %s, mode %s)", why, userName(system.Uid), info.Mode())}
	}
	mode := info.Mode()
	guarded := mode&fs.ModeSticky != 0 && !last // the folder that is read must not let others add to it
	switch {
	case system.Uid != w.user && system.Uid != 0:
		return refuse("it belongs to somebody else")
	case mode&fs.ModeSymlink != 0:
		return nil // the modes of links mean nothing
	case mode&0o002 != 0 && !guarded:
		return refuse("everybody can write to it")
	case mode&0o020 != 0 && !guarded && !ownGroup(system.Gid, system.Uid, readAccounts()):
		return refuse(fmt.Sprintf("the group %s can write to it", groupName(system.Gid)))
	case mode&0o020 != 0 && !guarded && hasACL(at):
		return refuse("its access list lets others write to it")
	}
	return nil
}
