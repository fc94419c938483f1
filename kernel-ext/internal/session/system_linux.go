package session

import (
	"bytes"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

const (
	tmpfsMagic = 0x01021994
	mountNoExe = 8 // ST_NOEXEC
)

// roomyTmpfs says whether the folder is a tmpfs with that many bytes free in which we may write and run programs.
func roomyTmpfs(dir string, free uint64) bool {
	var fs syscall.Statfs_t
	if err := syscall.Statfs(dir, &fs); err != nil {
		return false
	}
	if fs.Type != tmpfsMagic || fs.Flags&mountNoExe != 0 || fs.Bavail*uint64(fs.Bsize) < free {
		return false
	}
	const writeAndEnter = 2 | 1
	return syscall.Access(dir, writeAndEnter) == nil
}

// childAttributes puts a child into a group of its own and has it killed when its parent ends.
func childAttributes() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
}

// Marked lists the processes that carry the session's name, without this one. A process that ended or belongs to someone
// else reads as having none.
func Marked(name string) []int {
	entry := []byte(Mark + "=" + name)
	var pids []int
	for _, pid := range processes() {
		environ, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/environ")
		if err == nil && bytes.Contains(environ, entry) && pid != os.Getpid() {
			pids = append(pids, pid)
		}
	}
	return pids
}

// Descendants lists the processes below the child that are still in its group, without the child itself.
func (c *Child) Descendants() []int {
	var pids []int
	for _, pid := range processes() {
		if group(pid) == c.PID && pid != c.PID {
			pids = append(pids, pid)
		}
	}
	return pids
}

// Exceeds says whether more than that many processes are below the child. It counts no further: where processes double
// there is little time.
func (c *Child) Exceeds(limit int) bool {
	folder, err := os.Open("/proc")
	if err != nil {
		return false
	}
	defer folder.Close()
	count := 0
	for {
		names, err := folder.Readdirnames(1024)
		for _, name := range names {
			if pid, err := strconv.Atoi(name); err == nil && pid != c.PID && group(pid) == c.PID {
				if count++; count > limit {
					return true
				}
			}
		}
		if err != nil {
			return false
		}
	}
}

// Threads is how many threads there are on the system, which costs hardly anything to ask; -1 where it does not say.
func Threads() int {
	text, err := os.ReadFile("/proc/loadavg") // 0.50 0.40 0.30 1/234 5678
	fields := strings.Fields(string(text))
	if err != nil || len(fields) < 4 {
		return -1
	}
	_, total, _ := strings.Cut(fields[3], "/")
	threads, err := strconv.Atoi(total)
	if err != nil {
		return -1
	}
	return threads
}

func processes() []int {
	names, _ := filepath.Glob("/proc/[0-9]*")
	pids := make([]int, 0, len(names))
	for _, name := range names {
		if pid, err := strconv.Atoi(filepath.Base(name)); err == nil {
			pids = append(pids, pid)
		}
	}
	return pids
}

// group is the process group of a process; 0 for one that is gone or has ended.
func group(pid int) int {
	stat, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	if err != nil {
		return 0
	}
	// The name, in parentheses, may hold anything; after it come state, parent, group.
	fields := strings.Fields(string(stat[bytes.LastIndexByte(stat, ')')+1:]))
	if len(fields) < 3 || fields[0] == "Z" {
		return 0
	}
	id, _ := strconv.Atoi(fields[2])
	return id
}

// Readers lists the processes of the child's group that wait for something to read on a standard input to which the
// child holds the other end.
func (c *Child) Readers() []int {
	held := map[string]bool{}
	files, _ := filepath.Glob("/proc/" + strconv.Itoa(c.PID) + "/fd/*")
	for _, file := range files {
		if target, err := os.Readlink(file); err == nil && strings.HasPrefix(target, "pipe:") {
			held[target] = true
		}
	}
	var pids []int
	for _, pid := range c.Descendants() {
		input, err := os.Readlink("/proc/" + strconv.Itoa(pid) + "/fd/0")
		if err != nil || !held[input] {
			continue
		}
		calls, _ := filepath.Glob("/proc/" + strconv.Itoa(pid) + "/task/*/syscall")
		for _, file := range calls {
			text, err := os.ReadFile(file)
			if err == nil && bytes.HasPrefix(text, []byte(readZero)) {
				pids = append(pids, pid)
				break
			}
		}
	}
	return pids
}

// readZero is how /proc shows a thread that is in read(0, ...).
var readZero = strconv.Itoa(syscall.SYS_READ) + " 0x0 "

// Feed writes to the standard input of a process of ours, which must be a pipe.
func Feed(pid int, text string) error {
	file, err := os.OpenFile("/proc/"+strconv.Itoa(pid)+"/fd/0", os.O_WRONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return err
	}
	defer file.Close()
	_, err = file.WriteString(text)
	return err
}
