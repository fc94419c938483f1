//go:build nodrivers

package plots

import (
	"errors"
	"testing"

	"github.com/stophacking/kelpie/plots/internal/scene"
)

func TestNoDriver(t *testing.T) {
	f := Bars{Names: []string{"a"}, Values: []float64{1}}
	if picture, err := f.PNG(); !errors.Is(err, scene.ErrNoDriver) || picture != nil {
		t.Errorf("%d bytes, error %v; want ErrNoDriver", len(picture), err)
	}
	if f.AltText() == "" {
		t.Error("a figure without a driver has no text")
	}
}
