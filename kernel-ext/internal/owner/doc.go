//go:build !windows

// Package owner asks the system to whom things on this machine belong: the other end of a connection, and a folder that
// is to hold sockets.
//
// ZeroMQ's subscribers never sign anything, and Jupyter's other sockets read before they can check a signature. So who
// may talk to a kernel at all is decided by the user that the system names, before a byte is read.
package owner
