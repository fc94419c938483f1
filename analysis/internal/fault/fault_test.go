package fault_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/stophacking/kelpie/analysis/internal/fault"
)

// gone returns mapped memory whose file was cut short.
func gone(t *testing.T) []byte {
	t.Helper()
	path := filepath.Join(t.TempDir(), "file")
	size := 4 * os.Getpagesize()
	if err := os.WriteFile(path, make([]byte, size), 0o600); err != nil {
		t.Fatal(err)
	}
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	data, err := unix.Mmap(int(file.Fd()), 0, size, unix.PROT_READ, unix.MAP_SHARED)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { unix.Munmap(data) })
	if err := os.Truncate(path, 0); err != nil {
		t.Fatal(err)
	}
	return data
}

// total keeps the compiler from leaving out what sum reads.
var total atomic.Int64

func sum(data []byte) {
	for _, b := range data {
		total.Add(int64(b))
	}
}

func TestCatch(t *testing.T) {
	data := gone(t)
	for name, read := range map[string]func(){
		"here":           func() { sum(data) },
		"in a goroutine": func() { fault.Each(3, func(worker int) { sum(data[worker:]) }) },
		"in one of two":  func() { fault.Each(2, func(worker int) { sum(data[:worker]) }) },
		"two deep":       func() { fault.Each(2, func(int) { fault.Each(2, func(int) { sum(data) }) }) },
	} {
		err := fault.Catch(func() error { read(); return nil })
		var at *fault.Error
		if !errors.As(err, &at) || at.Addr == 0 || !strings.Contains(err.Error(), "is gone") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestCatchPassesOn(t *testing.T) {
	failure := errors.New("of its own")
	if err := fault.Catch(func() error { return failure }); err != failure {
		t.Errorf("error %v", err)
	}
	if err := fault.Catch(func() error { fault.Each(3, func(int) {}); return nil }); err != nil {
		t.Errorf("error %v", err)
	}
	defer func() {
		if r := recover(); r == nil {
			t.Error("a nil pointer is no fault of a file")
		}
	}()
	var nothing *int
	_ = fault.Catch(func() error { *nothing++; return nil })
}
