package files

import "golang.org/x/sys/unix"

// hasACL reports whether a folder has an access list: the mode then shows as the
// group's what anybody on the list may have at most.
func hasACL(path string) bool {
	_, err := unix.Lgetxattr(path, "system.posix_acl_access", nil)
	return err == nil
}
