//go:build !windows

// Package front is the kernel that Jupyter sees: it speaks the messaging protocol and has GoNB, behind it, carry out the
// cells.
//
// Messages go three ways. A cell waits in a queue and is handed to GoNB over sockets in the session's directory; what
// GoNB publishes for it goes on under the front end's own message as parent, in order, merged and bounded (output.go).
// GoNB reads standard output 32 KB at a time and sends each piece as text: a character of several bytes that a piece ends
// in the middle of has become U+FFFD before we see it. Displays are ASCII, so they come whole.
// Everything that can be answered without GoNB is answered at once, also while a cell runs (answers.go). Widgets' messages
// pass through as they come (comm.go).
//
// GoNB is a child that may be killed. Then the cell fails with a word about it, and before the next one GoNB is started
// again and given the declarations that it had accepted (revive.go).
package front
