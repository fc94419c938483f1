package scratch

import (
	"os"

	"golang.org/x/sys/unix"
)

// mountedAt says whether the folder is where something is mounted, be it another folder of the same file system, which
// its number does not tell. A Linux before 5.8 does not say; there the number has to do.
func mountedAt(root *os.Root) (bool, error) {
	folder, err := root.Open(".")
	if err != nil {
		return false, err
	}
	defer folder.Close()
	var about unix.Statx_t
	if err := unix.Statx(int(folder.Fd()), "", unix.AT_EMPTY_PATH, 0, &about); err != nil {
		return false, nil
	}
	return about.Attributes_mask&about.Attributes&unix.STATX_ATTR_MOUNT_ROOT != 0, nil
}
