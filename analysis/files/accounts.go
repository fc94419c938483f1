package files

import (
	"slices"
	"strconv"
	"strings"
)

// accounts are the texts of /etc/passwd and /etc/group,
// https://man7.org/linux/man-pages/man5/passwd.5.html and group.5.html. They are read
// here because os/user would be linked into every cell. Accounts that a directory
// service adds are not in them.
type accounts struct{ passwd, group string }

func readAccounts() accounts {
	passwd, _ := Read("/etc/passwd", 1<<22) // without them nothing is known, and little is trusted
	group, _ := Read("/etc/group", 1<<22)
	return accounts{string(passwd), string(group)}
}

// ownGroup reports whether nobody but a user, and root, is in a group: it is the user's
// first group and nobody else's, and lists no other members. Of a user who is not in
// passwd it must have the user's number, as such groups do.
func ownGroup(gid, user uint32, a accounts) bool {
	name, first := "", false
	for _, entry := range entries(a.passwd, 4) {
		primary := entry[3] == number(gid)
		switch mine := entry[2] == number(user); {
		case mine:
			if name == "" {
				name = entry[0]
			}
			first = first || primary
		case primary && entry[2] != "0":
			return false
		}
	}
	if !first && (name != "" || gid != user) {
		return false
	}
	for _, entry := range entries(a.group, 4) {
		if entry[2] != number(gid) || entry[3] == "" {
			continue
		}
		others := func(member string) bool { return member != name && member != "root" }
		if slices.ContainsFunc(strings.Split(entry[3], ","), others) {
			return false
		}
	}
	return true
}

// entries are the lines of so many fields or more.
func entries(text string, fields int) [][]string {
	var list [][]string
	for line := range strings.Lines(text) {
		if entry := strings.Split(strings.TrimSpace(line), ":"); len(entry) >= fields {
			list = append(list, entry)
		}
	}
	return list
}

func number(id uint32) string { return strconv.FormatUint(uint64(id), 10) }

// userName is the number of a user with the name, if it has one.
func userName(user uint32) string { return named(readAccounts().passwd, user) }

func groupName(group uint32) string { return named(readAccounts().group, group) }

func named(text string, id uint32) string {
	for _, entry := range entries(text, 3) {
		if entry[2] == number(id) {
			return entry[0] + ", " + number(id)
		}
	}
	return number(id)
}
