package files_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stophacking/kelpie/analysis/files"
)

// tree makes folders below a new one whose real path it returns.
func tree(t *testing.T, folders ...string) string {
	t.Helper()
	top, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	for _, folder := range folders {
		if err := os.MkdirAll(filepath.Join(top, folder), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	return top
}

func TestTrusted(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(top string) error // of top/shared/.kelpie/data
		want   string                 // of the refusal; "" for none
		at     string                 // where it is refused
	}{
		{"as made", func(string) error { return nil }, "", ""},
		{"all may write above", func(top string) error { return os.Chmod(top+"/shared", 0o777) }, "everybody can write to it", "shared"},
		{"as in /tmp", func(top string) error { return os.Chmod(top+"/shared", fs.ModeSticky|0o777) }, "", ""},
		{"all may write to .kelpie", func(top string) error { return os.Chmod(top+"/shared/.kelpie", 0o777) }, "everybody can write to it", "shared/.kelpie"},
		{"all may write to it", func(top string) error { return os.Chmod(top+"/shared/.kelpie/data", 0o777) }, "everybody can write to it", "shared/.kelpie/data"},
		{"all may add to it", func(top string) error { return os.Chmod(top+"/shared/.kelpie/data", fs.ModeSticky|0o777) }, "everybody can write to it", "shared/.kelpie/data"},
		{"a group may write", func(top string) error {
			return errors.Join(os.Chown(top+"/shared", -1, 54321), os.Chmod(top+"/shared", 0o775))
		}, "the group 54321 can write to it", "shared"},
		{"a group, with the sticky bit", func(top string) error {
			return errors.Join(os.Chown(top+"/shared", -1, 54321), os.Chmod(top+"/shared", fs.ModeSticky|0o775))
		}, "", ""},
		{"of another user", func(top string) error { return os.Chown(top+"/shared/.kelpie", 54321, -1) }, "it belongs to somebody else (owner 54321, mode drwxr-xr-x)", "shared/.kelpie"},
		{"above, of another user", func(top string) error { return os.Chown(top+"/shared", 54321, -1) }, "it belongs to somebody else", "shared"},
		{"a link", func(top string) error {
			return errors.Join(os.Rename(top+"/shared/.kelpie", top+"/big"), os.Symlink("../big", top+"/shared/.kelpie"))
		}, "", ""},
		{"a link to what others hold", func(top string) error {
			return errors.Join(os.Rename(top+"/shared/.kelpie", top+"/big"), os.Chmod(top+"/big", 0o777), os.Symlink(top+"/big", top+"/shared/.kelpie"))
		}, "everybody can write to it", "big"},
		{"a link of another user", func(top string) error {
			return errors.Join(os.Rename(top+"/shared/.kelpie", top+"/big"), os.Symlink("../big", top+"/shared/.kelpie"), os.Lchown(top+"/shared/.kelpie", 54321, -1))
		}, "it belongs to somebody else", "shared/.kelpie"},
	} {
		t.Run(c.name, func(t *testing.T) {
			top := tree(t, "shared/.kelpie/data")
			if err := c.change(top); errors.Is(err, fs.ErrPermission) {
				t.Skip("only root gives files away")
			} else if err != nil {
				t.Fatal(err)
			}
			dir := filepath.Join(top, "shared", ".kelpie", "data")
			err := files.Trusted(dir)
			var why *files.Refusal
			switch {
			case c.want == "" && err != nil:
				t.Errorf("refused: %v", err)
			case c.want != "" && (!errors.As(err, &why) || !strings.Contains(why.Reason, c.want) || why.Folder != dir || why.At != filepath.Join(top, c.at)):
				t.Errorf("error %v, want %q at %s", err, c.want, c.at)
			}
		})
	}
}

// Root trusts what is root's. What another user has, such as a checkout that is mounted
// into a container, it does not, nor does a third user.
func TestTrustedByWhom(t *testing.T) {
	top := tree(t, "checkout/.kelpie")
	dir := filepath.Join(top, "checkout", ".kelpie")
	if err := os.Chmod(filepath.Dir(top), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Chown(filepath.Join(top, "checkout"), 1000, 1000); err != nil {
		t.Skip("only root gives files away")
	}
	if err := os.Chown(dir, 1000, 1000); err != nil {
		t.Fatal(err)
	}
	for user, trusted := range map[int]bool{0: false, 1000: true, 1001: false} {
		if err := files.TrustedBy(dir, user); (err == nil) != trusted {
			t.Errorf("user %d: %v", user, err)
		}
	}
}

func TestOwnGroup(t *testing.T) {
	const passwd = "root:x:0:0:root:/root:/bin/sh\nana:x:1000:1000::/home/ana:/bin/sh\nben:x:1001:100::/home/ben:/bin/sh\ncem:x:1002:100::/home/cem:/bin/sh\ndot:x:1003:1003::/:\nbin:x:1004:1003::/:\neve:x:1005:2005::/:\n"
	const group = "root:x:0:\nana:x:1000:\nusers:x:100:\ndot:x:1003:\neve:x:2005:eve,root\nshared:x:1000000:ana\ntold:x:3000:ana\n"
	for _, c := range []struct {
		gid, user uint32
		want      bool
		why       string
	}{
		{1000, 1000, true, "umask 002 and a group of the user's own"},
		{100, 1001, false, "the first group of all"},
		{1003, 1003, false, "a service has the same first group"},
		{2005, 1005, true, "under another number, with root in it"},
		{0, 0, true, "root's own"},
		{1000, 1001, false, "somebody else's"},
		{1000000, 1000, false, "not the user's first"},
		{7000, 7000, true, "a user and group that passwd does not know"},
		{7001, 7000, false, "of another number"},
		{3000, 3000, false, "unknown user; somebody else is in the group"},
	} {
		if got := files.OwnGroup(c.gid, c.user, passwd, group); got != c.want {
			t.Errorf("group %d of user %d, %s: %t", c.gid, c.user, c.why, got)
		}
	}
}

func TestUpward(t *testing.T) {
	top := tree(t, "a/.kelpie", "a/b/.kelpie", "a/b/c/d")
	t.Chdir(filepath.Join(top, "a/b/c/d"))
	found := func(want string, refusals int) {
		t.Helper()
		folder, refused, err := files.Upward(".kelpie")
		if err != nil || folder != want || len(refused) != refusals {
			t.Errorf("found %q, refused %v, %v; want %q", folder, refused, err, want)
		}
	}
	found(filepath.Join(top, "a/b/.kelpie"), 0)
	if err := os.Chmod(filepath.Join(top, "a/b/.kelpie"), 0o777); err != nil {
		t.Fatal(err)
	}
	found(filepath.Join(top, "a/.kelpie"), 1)
	if err := os.WriteFile("c.txt", nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if folder, refused, err := files.Upward("none-of-this-name"); folder != "" || refused != nil || err != nil {
		t.Errorf("%q, %v, %v", folder, refused, err)
	}
}
