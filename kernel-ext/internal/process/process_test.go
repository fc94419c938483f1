package process_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stophacking/kelpie/kernel-ext/internal/process"
)

func TestRunReportsTheExitStatus(t *testing.T) {
	var out bytes.Buffer
	err := process.Run(context.Background(), process.Command{Args: []string{"sh", "-c", "echo $COLOUR $SHAPE; exit 3"}, Env: []string{"COLOUR=green"}, Unset: []string{"SHAPE"}, Stdout: &out})
	var exit *exec.ExitError
	if !errors.As(err, &exit) || exit.ExitCode() != 3 {
		t.Errorf("error %v, want exit status 3", err)
	}
	if out.String() != "green\n" {
		t.Errorf("printed %q", out.String())
	}
}

func TestRunWithoutProgram(t *testing.T) {
	if err := process.Run(context.Background(), process.Command{}); err == nil {
		t.Error("no error for an empty command")
	}
	if err := process.Run(context.Background(), process.Command{Args: []string{"no-such-program-here"}}); !errors.Is(err, exec.ErrNotFound) {
		t.Errorf("error %v, want not found", err)
	}
}

// A grandchild in a session of its own, which ignores the interrupt, is what a kernel is to nbconvert.
func TestNothingIsLeftBehind(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("only Linux lets us find a process that left the group")
	}
	for _, test := range []struct {
		name string
		end  string // what the program does after starting the grandchild
		want error
	}{
		{"program ends", "exit 0", nil},
		{"context ends", "sleep 60", context.DeadlineExceeded},
	} {
		t.Run(test.name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "pid")
			script := `trap "" INT; setsid sh -c 'trap "" INT; echo $$ > "` + file + `"; sleep 60' & while [ ! -s "` + file + `" ]; do sleep 0.01; done; ` + test.end
			ctx, cancel := context.WithTimeout(context.Background(), time.Second)
			defer cancel()
			err := process.Run(ctx, process.Command{Args: []string{"sh", "-c", script}, Grace: 50 * time.Millisecond})
			if !errors.Is(err, test.want) {
				t.Errorf("error %v, want %v", err, test.want)
			}
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			pid, err := strconv.Atoi(strings.TrimSpace(string(text)))
			if err != nil {
				t.Fatal(err)
			}
			if alive(pid) {
				t.Errorf("process %d is still there", pid)
				_ = syscall.Kill(pid, syscall.SIGKILL)
			}
		})
	}
}

// alive says whether the process runs; one that has ended but was not yet waited for counts as gone.
func alive(pid int) bool {
	stat, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	return err == nil && !strings.Contains(string(stat), ") Z ")
}
