package csv

import "time"

// SetBlockSize makes blocks of n bytes until the returned function is called.
func SetBlockSize(n int) (restore func()) {
	old := blockSize
	blockSize = n
	return func() { blockSize = old }
}

// SetProgressEvery changes the shortest time between two reports until the
// returned function is called.
func SetProgressEvery(d time.Duration) (restore func()) {
	old := progressEvery
	progressEvery = d
	return func() { progressEvery = old }
}
