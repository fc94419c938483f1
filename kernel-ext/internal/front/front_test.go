//go:build !windows

package front

import (
	"path/filepath"
	"reflect"
	"testing"

	"github.com/stophacking/kelpie/kernel-ext/internal/session"
)

func TestMatches(t *testing.T) {
	for _, test := range []struct {
		pattern, text string
		want          bool
	}{
		{"", "anything", true},
		{"*", "a/b\nc", true},
		{"a*c", "a/b\nc", true},
		{"a?c", "a/c", true},
		{"a[b]c", "a[b]c", true},
		{"a[b]c", "abc", false},
		{`a\*`, `a\b`, true},
		{"a", "ab", false},
	} {
		if got := matches(test.pattern, test.text); got != test.want {
			t.Errorf("matches(%q, %q) is %v", test.pattern, test.text, got)
		}
	}
}

func TestSettings(t *testing.T) {
	var s settings
	s.add("%env A=1\nimport \"fmt\"\n//gonb:%cd /tmp\n%%\n%environment\nfmt.Println()")
	s.add("%env A=1\r\n!echo %cd")
	if want := (settings{"%env A=1", "%cd /tmp"}); !reflect.DeepEqual(s, want) {
		t.Errorf("settings %q, want %q", s, want)
	}
	if (settings)(nil).steps() != nil || len(s.steps()) != 1 || s.steps()[0].Source != "%env A=1\n%cd /tmp" {
		t.Errorf("steps %v", s.steps())
	}
}

func TestBuildCache(t *testing.T) {
	dir := t.TempDir()
	k := &Kernel{o: Options{Session: &session.Session{Dir: dir}, Log: t.Logf}}
	t.Setenv("GOCACHE", filepath.Join(dir, "own"))
	if got := k.buildCache(); got != nil {
		t.Errorf("a cache that can be written to is replaced by %q", got)
	}
	t.Setenv("GOCACHE", "")
	t.Setenv("XDG_CACHE_HOME", "")
	t.Setenv("HOME", "/dev/null/home")
	if got, want := k.buildCache(), "GOCACHE="+filepath.Join(dir, "build"); len(got) != 1 || got[0] != want {
		t.Errorf("without a home: %q, want %q", got, want)
	}
}
