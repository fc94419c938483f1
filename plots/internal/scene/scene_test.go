package scene

import (
	"errors"
	"math"
	"testing"
)

func TestNorm(t *testing.T) {
	for _, test := range []struct {
		axis    Axis
		v, want float64
	}{
		{Axis{Min: 2, Max: 4}, 3, 0.5},
		{Axis{Min: 2, Max: 4}, 5, 1.5},
		{Axis{Min: 2, Max: 4, Flip: true}, 2, 1},
		{Axis{Min: 1, Max: 100, Log: true}, 10, 0.5},
		{Axis{Min: 1, Max: 100, Log: true}, 0, math.Inf(-1)},
	} {
		if got := test.axis.Norm(test.v); math.Abs(got-test.want) > 1e-12 && got != test.want {
			t.Errorf("%+v at %g: %g, want %g", test.axis, test.v, got, test.want)
		}
	}
}

func TestRoles(t *testing.T) {
	if i, ok := Series(3).SeriesIndex(); !ok || i != 3 {
		t.Errorf("Series(3) is number %d, %v", i, ok)
	}
	for _, r := range []Role{Normal, Attack, Neutral, Spread, Chosen, Unsure} {
		if _, ok := r.SeriesIndex(); ok {
			t.Errorf("role %d counts as a series", r)
		}
	}
}

func TestRegister(t *testing.T) {
	if _, err := Render(Scene{}); !errors.Is(err, ErrNoDriver) {
		t.Errorf("error %v, want ErrNoDriver", err)
	}
	refused := func(r Renderer) (panicked bool) {
		defer func() { panicked = recover() != nil }()
		Register(r)
		return false
	}
	if !refused(nil) {
		t.Error("nil is taken as a driver")
	}
	Register(func(s Scene) ([]byte, error) { return []byte(s.Title), nil })
	if got, err := Render(Scene{Title: "drawn"}); string(got) != "drawn" || err != nil {
		t.Errorf("%q, %v", got, err)
	}
	if !refused(func(Scene) ([]byte, error) { return nil, nil }) {
		t.Error("a second driver is taken")
	}
}
