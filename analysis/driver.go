//go:build !nodrivers

package analysis

// The engine that carries recipes out in this process registers itself.
import _ "github.com/stophacking/kelpie/analysis/internal/local"
