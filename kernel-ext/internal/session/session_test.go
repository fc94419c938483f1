//go:build !windows

package session_test

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
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
	if len(os.Args) == 3 && os.Args[1] == "session" {
		beSession(os.Args[2])
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
	if err := os.MkdirAll(base, 0o700); err != nil {
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
	eventually(t, func() bool { text, _ := os.ReadFile(file); return string(text) == "green "+s.Temp+"\n" })
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
	file := filepath.Join(s.Temp, "got")
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

// A session whose kernel and guard were killed together is swept by the next one; what is not a session's stays, however
// much it looks like one.
func TestWhatAKilledSessionLeftIsSwept(t *testing.T) {
	base := t.TempDir()
	long := filepath.Join(base, strings.Repeat("long", 20))
	for _, folder := range []string{base, long} {
		dir, short := killed(t, folder)
		var users []string
		for _, name := range []string{"kelpie-mine", "kelpie-checkout", "kelpie-123456789", "kelpie-abcdefghijkl", "mine"} {
			users = append(users, filepath.Join(folder, name))
		}
		living := open(t, folder)
		again := open(t, folder)
		users = append(users, again.Dir)
		if err := os.RemoveAll(again.Dir); err != nil {
			t.Fatal(err)
		}
		old := time.Now().Add(-time.Hour)
		for _, user := range users {
			if err := errors.Join(os.Mkdir(user, 0o700), os.WriteFile(filepath.Join(user, "work"), nil, 0o600), os.Chtimes(user, old, old)); err != nil {
				t.Fatal(err)
			}
		}
		if err := os.Chtimes(living.Dir, old, old); err != nil {
			t.Fatal(err)
		}
		open(t, folder)
		eventually(t, func() bool {
			_, err := os.Stat(dir)
			_, link := os.Lstat(short)
			return err != nil && link != nil
		})
		again.End()
		for _, user := range users {
			if _, err := os.Stat(filepath.Join(user, "work")); err != nil {
				t.Errorf("%s is gone", user)
			}
		}
		if _, err := os.Stat(living.Dir); err != nil {
			t.Error("a living session is gone")
		}
	}
}

// killed starts a session in a process of its own and kills that together with the guard.
func killed(t *testing.T, base string) (dir, short string) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(base, 0o700); err != nil {
		t.Fatal(err)
	}
	child := exec.Command(self, "session", base)
	child.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	output, err := child.StdoutPipe()
	if err == nil {
		err = child.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	var guard int
	if _, err := fmt.Fscan(output, &dir, &short, &guard); err != nil {
		t.Fatal(err)
	}
	// Its guard would clean up between the two.
	if err := errors.Join(syscall.Kill(guard, syscall.SIGSTOP), child.Process.Kill(), syscall.Kill(guard, syscall.SIGKILL)); err != nil {
		t.Fatal(err)
	}
	_ = child.Wait()
	if _, err := os.Stat(filepath.Join(dir, "tmp")); err != nil {
		t.Fatal("nothing is left to sweep:", err)
	}
	return dir, short
}

// beSession is the process that killed kills: it says where its session is, by both names, and which process is its guard.
func beSession(base string) {
	self, err := os.Executable()
	if err != nil {
		panic(err)
	}
	// exec keeps the number of the process that the shell writes down.
	file := filepath.Join(base, "guard.pid")
	guard := []string{"sh", "-c", `echo $$ > "$1"; shift; exec "$@"`, "guard", file, self, "guard"}
	s, err := session.New(session.Options{Guard: guard, Base: base})
	if err != nil {
		panic(err)
	}
	for {
		if pid, err := os.ReadFile(file); err == nil && len(pid) > 1 {
			fmt.Println(s.Dir, s.Short, string(pid))
			break
		}
		time.Sleep(time.Millisecond)
	}
	select {}
}

// What a session's programs delete of its directory is made again, and goes with the session.
func TestRestore(t *testing.T) {
	for _, gone := range []string{"", "lock", "tmp"} {
		s := open(t, t.TempDir())
		if err := os.RemoveAll(filepath.Join(s.Dir, gone)); err != nil {
			t.Fatal(err)
		}
		if err := s.Restore(); err != nil {
			t.Errorf("without %q: %v", gone, err)
		}
		if _, err := os.Stat(s.Temp); err != nil {
			t.Errorf("without %q: %v", gone, err)
		}
		s.End()
		if _, err := os.Lstat(s.Dir); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("without %q the directory stays: %v", gone, err)
		}
	}
}

// The short name of a session may have come to be that of something else.
func TestAnotherWithTheShortNameStays(t *testing.T) {
	s := open(t, filepath.Join(t.TempDir(), strings.Repeat("long", 20)))
	if err := errors.Join(os.Remove(s.Short), os.WriteFile(s.Short, []byte("x"), 0o600)); err != nil {
		t.Fatal(err)
	}
	defer os.Remove(s.Short)
	s.End()
	if _, err := os.Stat(s.Short); err != nil {
		t.Error("a user's file is gone")
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
