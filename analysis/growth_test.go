package analysis_test

import (
	"fmt"
	"os"
	"runtime"
	"time"

	. "github.com/stophacking/kelpie/analysis"
	"github.com/stophacking/kelpie/analysis/toniot"
)

func init() { children["growth"] = grow }

// grow does the work that KELPIE_STEP names as a cell does it, over both activities
// and with frames that earlier steps have cached, and prints its rows, seconds and
// the most memory that Go's heap has taken, in MB. testdata/race/growth.py runs it
// over data of several sizes.
func grow() error {
	s := NewSession(Config{})
	read := []Frame{s.ReadCSV(toniot.Process, toniot.Files(toniot.Process)...).Cache(), s.ReadCSV(toniot.Memory, toniot.Files(toniot.Memory)...).Cache()}
	repaired := []Frame{read[0], toniot.Repair(read[1]).Cache()}
	schemas := []Schema{toniot.Process, toniot.Memory}
	each := func(frames []Frame, do func(i int, f Frame) error) error {
		for i, f := range frames {
			if err := do(i, f); err != nil {
				return err
			}
		}
		return nil
	}
	count := func(_ int, f Frame) error { _, err := f.Count(); return err }
	steps := map[string]func() error{
		"read":   func() error { return each(read, count) },
		"repair": func() error { return count(0, repaired[1]) },
		"describe": func() error {
			return each(repaired, func(i int, f Frame) error {
				_, err := f.Describe(toniot.NumericColumns(schemas[i])...)
				return err
			})
		},
		"group": func() error {
			return each(repaired, func(_ int, f Frame) error {
				_, err := f.GroupBy("CMD").Aggregate(Count(), Mean("attack")).Collect()
				return err
			})
		},
		"train": func() error {
			return each(repaired, func(_ int, f Frame) error {
				return count(0, f.Split(0.8, 42).Train.Undersample("attack", Undersample{Keep: 0.2, Ratio: 2, Seed: 42}).Cache())
			})
		},
	}
	step := steps[os.Getenv("KELPIE_STEP")]
	if step == nil {
		return fmt.Errorf("KELPIE_STEP is %q", os.Getenv("KELPIE_STEP"))
	}
	start := time.Now()
	if err := step(); err != nil {
		return err
	}
	seconds := time.Since(start).Seconds()
	var rows int64
	for _, f := range read {
		n, err := f.Count()
		if err != nil {
			return err
		}
		rows += n
	}
	var memory runtime.MemStats
	runtime.ReadMemStats(&memory)
	fmt.Println(rows, seconds, memory.HeapSys>>20)
	return nil
}
