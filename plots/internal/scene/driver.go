package scene

import (
	"errors"
	"sync"
)

// A Renderer draws a scene as a PNG image with 2·Width × 2·Height pixels that
// says 192 dpi. Equal scenes give equal bytes. It may be called from several
// goroutines at once.
type Renderer func(Scene) ([]byte, error)

// ErrNoDriver is returned by Render when no driver has registered itself.
var ErrNoDriver = errors.New("plots: no drawing driver: build without the tag nodrivers, or import github.com/stophacking/kelpie/plots/gonum")

var (
	mutex    sync.RWMutex
	renderer Renderer
)

// Register makes r the renderer of every figure. A driver calls it from its
// init function. It panics when r is nil or another driver is there already.
func Register(r Renderer) {
	mutex.Lock()
	defer mutex.Unlock()
	if r == nil || renderer != nil {
		panic("plots: a drawing driver is registered twice, or is nil")
	}
	renderer = r
}

// Render draws s with the registered driver, or returns ErrNoDriver.
func Render(s Scene) ([]byte, error) {
	mutex.RLock()
	r := renderer
	mutex.RUnlock()
	if r == nil {
		return nil, ErrNoDriver
	}
	return r(s)
}
