//go:build !windows

package session_test

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stophacking/kelpie/kernel-ext/internal/session"
)

func TestMain(m *testing.M) {
	if len(os.Args) == 4 && os.Args[1] == "guard" {
		if session.Guard(os.Args[2], os.Args[3]) != nil {
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

// open makes a session below a folder of the test's.
func open(t *testing.T, base string) *session.Session {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	s, err := session.New(session.Options{Guard: []string{self, "guard"}, Base: base, Log: t.Logf})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.End)
	return s
}

func TestASessionLeavesNothing(t *testing.T) {
	s := open(t, t.TempDir())
	info, err := os.Stat(s.Dir)
	if err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("directory %v %v", info, err)
	}
	file := filepath.Join(s.Dir, "out")
	output, err := os.Create(file)
	if err != nil {
		t.Fatal(err)
	}
	c, err := s.Start(session.Program{Args: []string{"sh", "-c", `echo "$COLOUR $TMPDIR"; sleep 71 & wait`}, Env: []string{"COLOUR=green"}, Output: output})
	if err != nil {
		t.Fatal(err)
	}
	eventually(t, func() bool { text, _ := os.ReadFile(file); return string(text) == "green "+s.Dir+"\n" })
	eventually(t, func() bool { return len(c.Descendants()) == 1 })
	if runtime.GOOS == "linux" && len(session.Marked(s.Name)) != 2 {
		t.Errorf("marked processes %v, want the shell and its child", session.Marked(s.Name))
	}
	s.End()
	if _, err := os.Stat(s.Dir); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the directory stays: %v", err)
	}
	if left := session.Marked(s.Name); len(left) > 0 {
		t.Errorf("processes stay: %v", left)
	}
	s.End() // once more is no harm
}

func TestKillStraysSparesTheLiving(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("setsid is a program of Linux")
	}
	s := open(t, t.TempDir())
	dead, err := s.Start(session.Program{Args: []string{"sh", "-c", "setsid sleep 72 & exit"}})
	if err != nil {
		t.Fatal(err)
	}
	<-dead.Gone
	living, err := s.Start(session.Program{Args: []string{"sleep", "73"}})
	if err != nil {
		t.Fatal(err)
	}
	eventually(t, func() bool { return len(session.Marked(s.Name)) == 2 })
	s.KillStrays()
	if left := session.Marked(s.Name); len(left) != 1 || left[0] != living.PID {
		t.Errorf("left %v, want %d", left, living.PID)
	}
	living.Signal(syscall.SIGTERM)
	<-living.Gone
	if living.Err == nil {
		t.Error("a killed child has no error")
	}
	living.Kill() // nobody is there
}

func TestReadersAndFeed(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("only Linux shows what a process waits for")
	}
	s := open(t, t.TempDir())
	// As GoNB does: the parent holds the other end of its child's input.
	file := filepath.Join(s.Dir, "got")
	script := `mkfifo "$TMPDIR/f"; sh -c 'read x; echo "$x" > "$TMPDIR/got"'`
	c, err := s.Start(session.Program{Args: []string{"bash", "-c", "coproc " + "{ " + script + "; }; wait"}})
	if err != nil {
		t.Fatal(err)
	}
	eventually(t, func() bool { return len(c.Readers()) == 1 })
	if err := session.Feed(c.Readers()[0], "größe\n"); err != nil {
		t.Fatal(err)
	}
	eventually(t, func() bool { text, _ := os.ReadFile(file); return string(text) == "größe\n" })
	if got := c.Readers(); len(got) > 0 {
		t.Errorf("readers %v after the line", got)
	}
}

func TestStaleDirectoriesAreRemoved(t *testing.T) {
	base := t.TempDir()
	stale, young, other := filepath.Join(base, "kelpie-stale"), filepath.Join(base, "kelpie-young"), filepath.Join(base, "mine")
	old := time.Now().Add(-time.Hour)
	for _, dir := range []string{stale, young, other} {
		if err := os.Mkdir(dir, 0o700); err != nil {
			t.Fatal(err)
		}
		if dir != young {
			if err := os.Chtimes(dir, old, old); err != nil {
				t.Fatal(err)
			}
		}
	}
	living := open(t, base)
	if err := os.Chtimes(living.Dir, old, old); err != nil {
		t.Fatal(err)
	}
	open(t, base)
	eventually(t, func() bool { _, err := os.Stat(stale); return err != nil })
	for _, dir := range []string{young, other, living.Dir} {
		if _, err := os.Stat(dir); err != nil {
			t.Errorf("%s is gone", dir)
		}
	}
}

func TestErrors(t *testing.T) {
	if _, err := session.New(session.Options{Guard: []string{"/none"}, Base: t.TempDir()}); err == nil || !strings.Contains(err.Error(), "starting the guard") {
		t.Errorf("no guard: %v", err)
	}
	if _, err := session.New(session.Options{Guard: []string{"/none"}, Base: "/none"}); err == nil || !strings.Contains(err.Error(), "set TMPDIR") {
		t.Errorf("no folder: %v", err)
	}
	s := open(t, t.TempDir())
	if _, err := s.Start(session.Program{Args: []string{"/none"}}); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("no program: %v", err)
	}
	s.KillStrays()
}

func eventually(t *testing.T, condition func() bool) {
	t.Helper()
	for deadline := time.Now().Add(30 * time.Second); !condition(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("it does not come")
		}
	}
}
