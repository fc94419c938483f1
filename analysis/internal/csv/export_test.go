package csv

import "time"

// SetBlockSize makes blocks of n bytes until the returned function is called.
func SetBlockSize(n int) (restore func()) {
	old := blockSize
	blockSize = n
	return func() { blockSize = old }
}

// SetMaxRecord makes records of more than n bytes too long until the returned
// function is called.
func SetMaxRecord(n int) (restore func()) {
	old := maxRecord
	maxRecord = n
	return func() { maxRecord = old }
}

// Foreign is foreign.
var Foreign = foreign

// SetProgressEvery changes the shortest time between two reports until the
// returned function is called.
func SetProgressEvery(d time.Duration) (restore func()) {
	old := progressEvery
	progressEvery = d
	return func() { progressEvery = old }
}
