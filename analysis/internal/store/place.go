package store

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"

	"golang.org/x/sys/unix"

	"github.com/stophacking/kelpie/analysis/files"
	"github.com/stophacking/kelpie/analysis/visible"
)

// variable names the store's directory. What it names is trusted.
const variable = "KELPIE_CACHE"

// A location is where a store lies, and how it was come by.
type location struct {
	dir     string   // absolute
	named   bool     // by the caller or the environment, not found by looking
	notices []string // about folders that were passed over
}

// place finds the store's directory.
func place(dir string) (location, error) {
	if dir == "" {
		dir = os.Getenv(variable)
	}
	if dir != "" {
		full, err := filepath.Abs(dir)
		return location{dir: full, named: true}, err
	}
	var at location
	above, refused, err := files.Upward(".kelpie")
	for _, r := range refused {
		at.notices = append(at.notices, fmt.Sprintf("%v; to use the values in it, set %s=%s", r, variable, visible.Text(filepath.Join(r.Folder, "store"))))
	}
	if err == nil && above != "" {
		at.dir = filepath.Join(above, "store")
		return at, at.trusted()
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		return at, err
	}
	at.dir = filepath.Join(cache, "kelpie")
	return at, at.trusted()
}

// trusted refuses a directory that others can write to, or could have made.
func (at location) trusted() error {
	for dir := at.dir; ; dir = filepath.Dir(dir) {
		err := files.Trusted(dir)
		if errors.Is(err, fs.ErrNotExist) && dir != filepath.Dir(dir) {
			continue // the first one above that is there is the one to ask about
		}
		var why *files.Refusal
		if errors.As(err, &why) {
			return fmt.Errorf("%w; set %s to the directory to use", err, variable)
		}
		return err
	}
}

// marked is the name of the file that a store puts into each directory that it makes:
// only in such a one does it ever remove anything.
const marked = ".kelpie-store"

const markText = "The store of Kelpie made this directory. It removes the values in it, in files KEY.arrow and KEY.blob, when it needs room.\n"

// makePrivate makes the directory of the store's values, which nobody else can write to
// or read, and marks it. One that belongs to somebody else is refused, since what lies
// in it cannot be trusted; unless the user named the store's directory, and it is of the
// same owner.
func makePrivate(at location, dir string) error {
	if err := os.MkdirAll(filepath.Dir(dir), 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	made := os.Mkdir(dir, 0o700)
	if made != nil && !errors.Is(made, fs.ErrExist) {
		return made
	}
	var info, above unix.Stat_t
	if err := unix.Lstat(dir, &info); err != nil {
		return &fs.PathError{Op: "lstat", Path: dir, Err: err}
	}
	if info.Mode&unix.S_IFMT != unix.S_IFDIR {
		return fmt.Errorf("%s is not a directory", visible.Text(dir))
	}
	if mine := int(info.Uid) == os.Geteuid(); !mine {
		if !at.named || unix.Stat(at.dir, &above) != nil || above.Uid != info.Uid {
			return fmt.Errorf("%s is not a directory of this user", visible.Text(dir))
		}
	} else if info.Mode&0o077 != 0 {
		if err := os.Chmod(dir, 0o700); err != nil {
			return err
		}
	}
	if nothing, _ := os.ReadDir(dir); len(nothing) == 0 {
		return files.Write(filepath.Join(dir, marked), []byte(markText), 0o600)
	}
	return nil
}

// ours reports whether a store made the directory.
func ours(dir string) bool {
	info, err := os.Lstat(dir)
	if err != nil || !info.IsDir() {
		return false
	}
	mark, err := os.Lstat(filepath.Join(dir, marked))
	return err == nil && mark.Mode().IsRegular()
}

// entryForm is that of the names of the files that hold values.
var entryForm = regexp.MustCompile(`^([0-9a-z_-]{1,128})\.(arrow|blob)$`)

// valueOf returns the name of the value that a file in the store's directory belongs to,
// as its value, as its lock, or as what a process writes; ext tells which.
func valueOf(name string) (value, ext string, ok bool) {
	if final, temporary := files.Temporary(name); temporary {
		return final, ".tmp", entryForm.MatchString(final) || final == marked
	}
	if ext = filepath.Ext(name); ext == ".lock" {
		value = name[:len(name)-len(ext)]
		return value, ext, entryForm.MatchString(value)
	}
	return name, ext, entryForm.MatchString(name)
}

// empty removes what the store has put into a directory, and then the directory, unless
// something else lies in it.
func empty(dir string) error {
	list, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	own := ours(dir)
	for _, file := range list {
		_, ext, ok := valueOf(file.Name())
		switch path := filepath.Join(dir, file.Name()); {
		case !ok || !file.Type().IsRegular():
		case ext == ".tmp" || ext == ".lock":
			if own {
				err = errors.Join(err, remove(path))
			}
		default:
			err = errors.Join(err, entryAt(path).remove())
		}
	}
	if left, failure := os.ReadDir(dir); failure != nil || len(left) > b2i(own) {
		return err // something that is not the store's, or was written meanwhile
	}
	if own {
		_ = os.Remove(filepath.Join(dir, marked))
	}
	_ = os.Remove(dir) // unless a process has come to use it again
	return err
}

// remove removes a file that may be gone already.
func remove(path string) error {
	if err := os.Remove(path); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}
