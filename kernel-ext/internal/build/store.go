//go:build !windows

package build

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// A folder is where plans are kept, by their keys; they outlive kernels, and kernels share them.
type folder string

// Bounds of a folder: plans of 30 to 100 KB are dropped from the oldest one on, and longer ones than maxPlan not kept.
const (
	maxPlans = 200
	maxPlan  = 1 << 20
)

const planSuffix = ".plan"

func (f folder) path(p program) string { return filepath.Join(string(f), p.key+planSuffix) }

// find returns the plan for a program, which may be out of date.
func (f folder) find(p program) (Plan, error) {
	text, err := os.ReadFile(f.path(p))
	if err != nil {
		return Plan{}, err
	}
	return decodePlan(text)
}

// keep keeps a plan for the program. The file appears whole or not at all.
func (f folder) keep(p program, plan Plan) error {
	text, err := plan.encode()
	if err != nil {
		return err
	}
	if len(text) > maxPlan {
		return fmt.Errorf("build: a plan of %d bytes is too long", len(text))
	}
	if err := os.MkdirAll(string(f), 0o755); err != nil {
		return fmt.Errorf("build: %w", err)
	}
	f.prune()
	file, err := os.CreateTemp(string(f), ".writing-*")
	if err != nil {
		return fmt.Errorf("build: %w", err)
	}
	defer os.Remove(file.Name())
	_, err = file.Write(text)
	if closing := file.Close(); err == nil {
		err = closing
	}
	if err == nil {
		err = os.Rename(file.Name(), f.path(p))
	}
	if err != nil {
		return fmt.Errorf("build: %w", err)
	}
	return nil
}

// prune makes room for one more plan. It also takes away what a write that was killed left.
func (f folder) prune() {
	entries, err := os.ReadDir(string(f))
	if err != nil {
		return
	}
	type aged struct {
		name string
		time int64
	}
	var all []aged
	for _, entry := range entries {
		ours := strings.HasSuffix(entry.Name(), planSuffix) || strings.HasPrefix(entry.Name(), ".writing-")
		if info, err := entry.Info(); err == nil && ours {
			all = append(all, aged{entry.Name(), info.ModTime().UnixNano()})
		}
	}
	slices.SortFunc(all, func(a, b aged) int { return int(min(max(a.time-b.time, -1), 1)) })
	for _, old := range all[:max(0, len(all)-maxPlans+1)] {
		_ = os.Remove(filepath.Join(string(f), old.name))
	}
}
