//go:build !linux

package process

// sweep has nothing to do here: the system does not let a program read the environment of another. The process group
// is ended by Run; nbconvert, interrupted, shuts its kernel down itself.
func sweep(string) {}
