package ml

import "bytes"

// Seal gives a changed pipeline.json the checksum that belongs to it, so that
// tests get at the checks behind it.
func Seal(data []byte) []byte {
	_, rest, found := bytes.Cut(data, []byte(`"pipeline.json": "`))
	seal, _, _ := bytes.Cut(rest, []byte(`"`))
	if !found || len(seal) != len(unsealed) {
		return data
	}
	zeroed := bytes.Replace(data, seal, []byte(unsealed), 1)
	return bytes.Replace(zeroed, []byte(unsealed), []byte(sum(zeroed)), 1)
}
