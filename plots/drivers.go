//go:build !nodrivers

package plots

import _ "github.com/stophacking/kelpie/plots/gonum" // draws the figures
