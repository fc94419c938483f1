package column

import (
	"encoding/binary"
	"slices"
	"strings"
)

// fewTexts are sorted by comparing them.
const fewTexts = 32

// SortTexts returns the order of texts by their bytes: texts[order[0]] is the
// least, and equal ones stay in their order. It sorts by eight bytes at a time
// (radix), so that texts that differ early are never compared.
func SortTexts(texts []string) (order []uint32) {
	order = identity(len(texts))
	sortTexts(texts, order, 0)
	return order
}

// sortTexts sorts order, whose texts agree in their first skip bytes; a text that
// ends before counts as if zeros followed.
func sortTexts(texts []string, order []uint32, skip int) {
	ended := true
	for _, k := range order {
		ended = ended && len(texts[k]) <= skip
	}
	if ended || len(order) <= fewTexts {
		slices.SortStableFunc(order, func(a, b uint32) int { return strings.Compare(texts[a], texts[b]) })
		return
	}
	skip += agreeing(texts, order, skip)
	keys := make([]uint64, len(order))
	for i, k := range order {
		keys[i] = eightBytes(texts[k], skip)
	}
	sortByKey(keys, order)
	for lo := 0; lo < len(order); {
		hi := lo + 1
		for hi < len(order) && keys[hi] == keys[lo] {
			hi++
		}
		if hi-lo > 1 {
			sortTexts(texts, order[lo:hi], skip+8)
		}
		lo = hi
	}
}

// agreeing returns how many bytes from skip on all texts share.
func agreeing(texts []string, order []uint32, skip int) int {
	shared := from(texts[order[0]], skip)
	for _, k := range order[1:] {
		text := from(texts[k], skip)
		n := min(len(shared), len(text))
		for i := range n {
			if shared[i] != text[i] {
				n = i
				break
			}
		}
		shared = shared[:n]
	}
	return len(shared)
}

// from returns what text holds behind its first skip bytes.
func from(text string, skip int) string { return text[min(skip, len(text)):] }

// eightBytes returns the bytes from skip on as a number that orders as they do.
func eightBytes(text string, skip int) uint64 {
	text = from(text, skip)
	if len(text) >= 8 {
		return binary.BigEndian.Uint64([]byte(text[:8]))
	}
	var padded [8]byte
	copy(padded[:], text)
	return binary.BigEndian.Uint64(padded[:])
}
