package process

import (
	"bytes"
	"os"
	"path/filepath"
	"strconv"
	"syscall"
	"time"
)

// sweep kills every process whose environment carries the name of the run. It looks again until it finds none, because
// a process may start a child between the look and the kill; 50 rounds bound it.
func sweep(name string) {
	for range 50 {
		found := marked(name)
		if len(found) == 0 {
			return
		}
		for _, pid := range found {
			_ = syscall.Kill(pid, syscall.SIGKILL)
		}
		time.Sleep(10 * time.Millisecond)
	}
}

// marked lists the processes that carry the name. A process that ended or belongs to someone else reads as empty.
func marked(name string) []int {
	entry := []byte(Mark + "=" + name)
	files, _ := filepath.Glob("/proc/[0-9]*/environ")
	var pids []int
	for _, file := range files {
		environ, err := os.ReadFile(file)
		if err != nil || !bytes.Contains(environ, entry) {
			continue
		}
		pid, err := strconv.Atoi(filepath.Base(filepath.Dir(file)))
		if err == nil && pid != os.Getpid() {
			pids = append(pids, pid)
		}
	}
	return pids
}
