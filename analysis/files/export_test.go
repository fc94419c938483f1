package files

// TrustedBy is [Trusted] for another user.
func TrustedBy(dir string, user int) error { return walk{dir: dir, user: uint32(user)}.trusted() }

// OwnGroup is ownGroup by the texts of passwd and group.
func OwnGroup(gid, user uint32, passwd, group string) bool {
	return ownGroup(gid, user, accounts{passwd, group})
}
