//go:build !windows

package main

import (
	"context"
	"testing"

	"github.com/stophacking/kelpie/analysis/toniot"
)

// What models find in the stand-in stays where the published results on TON_IoT
// lie, already at a twentieth of its size.
func TestSignal(t *testing.T) {
	dir := t.TempDir()
	if _, err := toniot.Generate(context.Background(), toniot.Generation{Dir: dir, Seed: 1, Scale: 0.05}); err != nil {
		t.Fatal(err)
	}
	var c toniot.Calibration
	if err := addSignal(dir, &c); err != nil {
		t.Fatal(err)
	}
	if len(c.Figures) != 10 {
		t.Errorf("%d figures, want 10", len(c.Figures))
	}
	for _, f := range c.Missed() {
		t.Errorf("%s, %s: published %v within %v, here %v", f.Group, f.Name, f.Target, f.Bound, f.Got)
	}
}
