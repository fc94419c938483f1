package analysis_test

import (
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	. "github.com/stophacking/kelpie/analysis"
	"github.com/stophacking/kelpie/analysis/toniot"
)

func init() { children["attach"] = attach }

// attach has every cached frame of both activities at hand, as a cell does, and
// prints its rows and the time that took in all: opening the store, finding out
// that code and files are unchanged, and mapping.
func attach() error {
	start := time.Now()
	s := NewSession(Config{})
	memory := s.ReadCSV(toniot.Memory, toniot.Files(toniot.Memory)...).Cache()
	process := s.ReadCSV(toniot.Process, toniot.Files(toniot.Process)...).Cache()
	var rows int64
	for _, f := range []Frame{process, memory, toniot.Repair(memory).Cache()} {
		n, err := f.Count()
		if err != nil {
			return err
		}
		rows += n
	}
	fmt.Println(rows, time.Since(start).Microseconds())
	return nil
}

// BenchmarkAttach runs a new process for each round, whose time is ns/op; of it,
// attach-ms is spent on having the frames at hand. KELPIE_DATA names the CSV files.
func BenchmarkAttach(b *testing.B) {
	if os.Getenv(toniot.DataVariable) == "" {
		b.Skip("set KELPIE_DATA to a folder with the CSV files of both activities")
	}
	directory := b.TempDir()
	run := func() (rows, microseconds int64) {
		command := exec.Command(os.Args[0])
		command.Env = append(os.Environ(), "KELPIE_TEST_CHILD=attach", "KELPIE_CACHE="+directory)
		out, err := command.CombinedOutput()
		if err != nil {
			b.Fatalf("%v\n%s", err, out)
		}
		if n, err := fmt.Sscan(strings.TrimSpace(string(out)), &rows, &microseconds); n != 2 || err != nil {
			b.Fatalf("%s: %v", out, err)
		}
		return rows, microseconds
	}
	run() // reads the files and keeps the frames
	var rows, total int64
	for b.Loop() {
		n, microseconds := run()
		rows, total = n, total+microseconds
	}
	b.ReportMetric(float64(rows), "rows")
	b.ReportMetric(float64(total)/1e3/float64(b.N), "attach-ms")
}
