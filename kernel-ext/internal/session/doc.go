//go:build !windows

// Package session owns what a kernel leaves in the world, a directory and processes, and sees to it that nothing of it
// outlives the kernel, however that ends.
//
// A session has a private directory (mode 0700; package scratch), on a tmpfs when there is one with room, and a name that
// every process started in it carries in its environment as KELPIE_SESSION. A second process, the guard, holds one end of a
// pipe: when the other end closes, because the kernel ended or was killed, the guard kills every process that carries the
// name, removes the directory and ends. It is the kernel's own binary, in a session of its own, so that a signal to the
// kernel's process group does not reach it. When the guard is killed, the kernel starts another.
//
//	s, err := session.New(session.Options{Guard: []string{self, "guard"}})
//	child, err := s.Start(session.Program{Args: []string{gonb, "--kernel", file}})
//	…
//	s.End()
package session
