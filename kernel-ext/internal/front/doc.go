//go:build !windows

// Package front is the kernel that Jupyter sees: it speaks the messaging protocol and has GoNB, behind it, carry out the
// cells.
//
// Messages go three ways. A cell waits in a queue and is handed to GoNB over sockets in the session's directory; what
// GoNB publishes for it goes on under the front end's own message as parent, in order, merged and bounded (output.go).
// Everything that can be answered without GoNB is answered at once, also while a cell runs (answers.go). Widgets' messages
// pass through as they come (comm.go).
//
// Two things do not go through GoNB, because it would harm them. It passes standard output on in pieces, and loses the
// character that a piece ends in the middle of; so the processes of a step write to pipes of ours (pipes.go). And it
// drops the displays of its package gonbui that it has not read when the program ends; so we read them (relay.go), and
// publish each after the text that was printed before it, while the program waits (turns.go; internal/build has what makes
// it wait). Standard error goes to GoNB in the end, which says in the stack traces that a program prints of itself what
// line of which cell each line is; but we hand it on, in pieces that GoNB does not cut (errors.go). All that is as ever
// where GoNB writes the output into a file, for %capture.
//
// GoNB is a child that may be killed. Then the cell fails with a word about it, and before the next one GoNB is started
// again and given the declarations that it had accepted (revive.go).
package front
