// Package gonum draws the figures of package plots with the canvases of
// gonum.org/v1/plot, under one theme: Liberation Sans, 12, 10 and 9 points, thin
// grey axes, a pale grid, an opaque white background, legends outside the data.
//
// It is a driver: importing it registers it, and package plots imports it unless
// the build tag nodrivers is set. It exports nothing.
//
//	scene (data coordinates) → layout (points on a page) → canvas (192 dpi) → PNG
package gonum
