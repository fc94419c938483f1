//go:build !windows

package scratch

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"

	"github.com/stophacking/kelpie/analysis/visible"
)

// A Folder is a folder of ours.
type Folder struct {
	// Path is the folder's full name.
	Path string

	root  *os.Root // the folder itself, whatever comes to have its name
	proof string   // the file in it that tells that it is ours; may be empty
	name  string   // the secret name that Make made it for
	lock  *os.File // held by the program that made it with Make
}

// Temporary makes a folder (mode 0700) in dir, or in the system's folder for temporary files when dir is empty. Its name
// is the prefix with something random. Nobody removes it but Remove.
func Temporary(dir, prefix string) (*Folder, error) {
	if dir == "" {
		dir = os.TempDir()
	}
	// Whoever is told the path may be elsewhere.
	dir, err := filepath.Abs(dir)
	if err != nil {
		return nil, fmt.Errorf("scratch: %w", err)
	}
	path, err := os.MkdirTemp(dir, prefix)
	if err != nil {
		return nil, fmt.Errorf("scratch: %w", err)
	}
	f, err := Adopt(path, "")
	if err != nil {
		return nil, errors.Join(err, syscall.Rmdir(path))
	}
	return f, nil
}

// Adopt takes over a folder that the caller knows to be Kelpie's. Where a file in it tells so, its name is the proof: it is
// removed last, so that it still tells when a removal was cut short. A link, or the root of what is mounted, is an error.
func Adopt(path, proof string) (*Folder, error) {
	root, err := openFolder(path)
	if err != nil {
		return nil, fmt.Errorf("scratch: %w", err)
	}
	return &Folder{Path: path, root: root, proof: proof}, nil
}

// RemoveAll removes a folder that the caller knows to be Kelpie's, as Adopt and Remove do. That there is none is no error.
func RemoveAll(path, proof string) error {
	f, err := Adopt(path, proof)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	defer f.Leave()
	return f.Remove()
}

// Remove removes the folder with all it holds, and lets go of it. A folder that is gone already, or was moved away, is
// no error; another one in its place is, and stays. So does what is mounted in it. Remove may be called again after an
// error. It returns nil for a nil Folder.
func (f *Folder) Remove() error {
	if f == nil || f.root == nil {
		return nil
	}
	here, err := f.isThere()
	if err != nil {
		return err
	}
	if here {
		if err := f.empty(); err != nil {
			return fmt.Errorf("scratch: removing %s: %w", visible.Text(f.Path), err)
		}
		// Unlike os.Remove this takes away nothing but an empty folder, should it be another by now.
		if err := syscall.Rmdir(f.Path); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("scratch: removing %s: %w", visible.Text(f.Path), err)
		}
	}
	f.Leave()
	return nil
}

// Leave lets go of the folder without removing it.
func (f *Folder) Leave() {
	if f == nil {
		return
	}
	if f.root != nil {
		_ = f.root.Close()
	}
	if f.lock != nil {
		_ = f.lock.Close()
	}
	f.root, f.lock = nil, nil
}

// isThere says whether the folder has its name still: false when nothing has it. Something else there is an error.
func (f *Folder) isThere() (bool, error) {
	there, err := os.Lstat(f.Path)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("scratch: %w", err)
	}
	made, err := f.root.Stat(".")
	if err != nil {
		return false, fmt.Errorf("scratch: %s: %w", visible.Text(f.Path), err)
	}
	if !os.SameFile(there, made) {
		return false, fmt.Errorf("scratch: %s is not what was made under this name; it stays", visible.Text(f.Path))
	}
	return true, nil
}

// openFolder opens a folder that is no link.
func openFolder(path string) (*os.Root, error) {
	found, err := os.Lstat(path)
	if err != nil {
		return nil, err
	}
	if !found.IsDir() {
		return nil, fmt.Errorf("%s is not a folder", visible.Text(path))
	}
	root, err := os.OpenRoot(path)
	if err != nil {
		return nil, err
	}
	opened, err := root.Stat(".")
	if err == nil && !os.SameFile(found, opened) {
		err = fmt.Errorf("%s is replaced while it is looked at", visible.Text(path))
	}
	if err == nil {
		err = notMounted(filepath.Dir(path), root)
	}
	if err != nil {
		return nil, errors.Join(err, root.Close())
	}
	return root, nil
}

// owned says whether the file belongs to the user that this process runs as.
func owned(about fs.FileInfo) bool {
	stat, ok := about.Sys().(*syscall.Stat_t)
	return ok && int(stat.Uid) == os.Geteuid()
}
