package store

import "time"

// seal returns the second of t with nanoseconds that follow from a checksum. As
// a file's time it says when the file was last used and that the store was the
// last to touch it: a write by anything else sets an arbitrary time.
func seal(t time.Time, crc uint32) time.Time {
	return time.Unix(t.Unix(), int64(crc%1e9))
}

// sealed reports whether mark is a seal for crc that was made since the machine
// started.
func sealed(mark time.Time, crc uint32) bool {
	return mark.Equal(seal(mark, crc)) && mark.After(started()) && mark.Before(time.Now().Add(time.Second))
}
