//go:build !windows

package build

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"

	"github.com/stophacking/kelpie/analysis/files"
)

// A folder is where plans are kept, by their keys; they outlive kernels, and kernels share them.
type folder string

// Bounds of a folder: plans of 30 to 100 KB are dropped from the oldest one on, and longer ones than maxPlan not kept.
const (
	maxPlans = 200
	maxPlan  = 1 << 20
)

const planSuffix = ".plan"

// planForm is that of the names of plans: a key, and the suffix.
var planForm = regexp.MustCompile(`^[0-9a-f]{32}\.plan$`)

func (f folder) path(p program) string { return filepath.Join(string(f), p.key+planSuffix) }

// find returns the plan for a program, which may be out of date.
func (f folder) find(p program) (Plan, error) {
	text, err := files.Read(f.path(p), maxPlan)
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
	if err := files.Write(f.path(p), text, 0o644); err != nil {
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
		name := entry.Name()
		if final, temporary := files.Temporary(name); temporary {
			name = final
		}
		if info, err := entry.Info(); err == nil && info.Mode().IsRegular() && planForm.MatchString(name) {
			all = append(all, aged{entry.Name(), info.ModTime().UnixNano()})
		}
	}
	slices.SortFunc(all, func(a, b aged) int { return int(min(max(a.time-b.time, -1), 1)) })
	for _, old := range all[:max(0, len(all)-maxPlans+1)] {
		_ = os.Remove(filepath.Join(string(f), old.name))
	}
}
