package jupyter

import (
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"

	"github.com/stophacking/kelpie/analysis/files"
	"github.com/stophacking/kelpie/analysis/visible"
	"github.com/stophacking/kelpie/kernel-ext/internal/owner"
	"github.com/stophacking/kelpie/kernel-ext/internal/scratch"
	"github.com/stophacking/kelpie/kernel-ext/internal/session"
)

// Sockets is a private folder (mode 0700) for the sockets of kernels and for their connection files. It is short wherever
// the checkout lies, for the path of a Unix socket has hardly more than a hundred bytes.
type Sockets struct {
	// Folder is its path.
	Folder string

	made *scratch.Folder
}

// nameBytes is what Jupyter adds to the folder: "/kernel-", an identifier of 36 bytes, "-ipc-" and a number.
const nameBytes = len("/kernel-") + 36 + len("-ipc-") + 2

// OpenSockets makes the folder: in $XDG_RUNTIME_DIR where that is the user's own and private, else in the system's
// folder for temporary files where that is short, else in /tmp. It also removes those that killed programs left there.
func OpenSockets() (*Sockets, error) {
	var failed []error
	for _, base := range socketBases() {
		s, err := openSocketsIn(base)
		if err == nil {
			session.Sweep(base)
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
	base, err := filepath.Abs(base)
	if err != nil {
		return nil, err
	}
	made, err := scratch.Make(base, scratch.NewName())
	if err != nil {
		return nil, err
	}
	if length := len(made.Path) + nameBytes; length > owner.MaxSocketPath {
		err = fmt.Errorf("%s is too long: a socket would have a path of %d bytes, and %d are the most", visible.Text(base), length, owner.MaxSocketPath)
	} else {
		err = errors.Join(files.Trusted(made.Path), tryListening(made.Path))
	}
	if err != nil {
		return nil, errors.Join(err, made.Remove())
	}
	return &Sockets{Folder: made.Path, made: made}, nil
}

// tryListening finds out whether the file system knows sockets.
func tryListening(folder string) error {
	listener, err := net.Listen("unix", filepath.Join(folder, "try"))
	if err != nil {
		return err
	}
	return listener.Close()
}

// Close removes the folder with what is in it. What cannot be removed, the next program of Kelpie's removes.
func (s *Sockets) Close() { _ = s.made.Remove() }
