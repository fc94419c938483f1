//go:build !windows

package scratch

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"syscall"

	"github.com/stophacking/kelpie/analysis/visible"
)

// empty removes what the folder holds. The file that proves it to be ours goes last: a removal that is killed can be
// taken up by another program.
func (f *Folder) empty() error {
	if err := empty(f.root, f.proof); err != nil || f.proof == "" {
		return err
	}
	return removeIn(f.root, f.proof)
}

// empty removes what a folder holds, except what is called spared. It goes on after an error, and returns the first.
func empty(root *os.Root, spared string) error {
	folder, err := root.Open(".")
	if err != nil {
		return err
	}
	names, first := folder.Readdirnames(-1)
	_ = folder.Close()
	for _, name := range names {
		if name == spared {
			continue
		}
		if err := removeIn(root, name); err != nil && first == nil {
			first = err
		}
	}
	return first
}

// removeIn removes something that lies in a folder; that nothing is there is no error. Of a link only the link goes.
func removeIn(root *os.Root, name string) error {
	found, err := root.Lstat(name)
	if err == nil && found.IsDir() {
		err = emptyIn(root, name, found)
	}
	if err == nil {
		err = root.Remove(name)
	}
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// emptyIn empties a folder that was found in another one.
func emptyIn(root *os.Root, name string, found fs.FileInfo) error {
	below, err := root.OpenRoot(name)
	if err != nil {
		return err
	}
	defer below.Close()
	opened, err := below.Stat(".")
	if err != nil {
		return err
	}
	above, err := root.Stat(".")
	if err != nil {
		return err
	}
	switch mounted, err := mountedAt(below); {
	case err != nil:
		return err
	case !os.SameFile(found, opened):
		return fmt.Errorf("%s is replaced while it is removed", visible.Text(name))
	case mounted || device(opened) != device(above):
		return fmt.Errorf("%s: something is mounted there, which stays", visible.Text(name))
	}
	return empty(below, "")
}

// notMounted is an error when the folder is the root of what somebody mounted in the one above it.
func notMounted(parent string, root *os.Root) error {
	above, err := os.Stat(parent)
	if err != nil {
		return err
	}
	opened, err := root.Stat(".")
	if err != nil {
		return err
	}
	mounted, err := mountedAt(root)
	if err == nil && (mounted || device(opened) != device(above)) {
		err = errors.New("something is mounted there")
	}
	return err
}

// device is the number of the file system that the file lies in.
func device(about fs.FileInfo) uint64 {
	stat, ok := about.Sys().(*syscall.Stat_t)
	if !ok {
		return 0
	}
	return uint64(stat.Dev)
}
