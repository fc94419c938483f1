package column

import (
	"fmt"
	"slices"
	"sort"
)

// Concat returns the rows of all parts, one part after the other, under the
// first part's name. Dictionaries are merged and stay sorted; a plain part makes
// all texts plain. Parts must agree in type and levels, and vectors in their parts
// and encodings; no part at all is an error.
func Concat(parts []*Column) (*Column, error) {
	if len(parts) == 0 {
		return nil, fmt.Errorf("column: no columns to concatenate")
	}
	first := parts[0]
	if len(parts) == 1 {
		return first, nil
	}
	c := &Column{Name: first.Name, Type: first.Type, Levels: first.Levels}
	for _, p := range parts {
		if p.Type != first.Type {
			return nil, fmt.Errorf("column: cannot concatenate %q: %v and %v", first.Name, first.Type, p.Type)
		}
		if !slices.Equal(p.Levels, first.Levels) {
			return nil, fmt.Errorf("column: cannot concatenate %q: the parts have different levels", first.Name)
		}
		c.Len += p.Len
		c.Nulls += p.Nulls
	}
	if c.Nulls > 0 {
		c.Valid = make([]byte, BitmapLen(c.Len))
		at := 0
		for _, p := range parts {
			if p.Nulls > 0 {
				appendBits(c.Valid, at, p.Valid, 0, p.Len)
			} else {
				setBits(c.Valid, at, p.Len)
			}
			at += p.Len
		}
	}
	switch c.Type {
	case Int32:
		c.Int32s = join(parts, c.Len, func(p *Column) []int32 { return p.Int32s })
	case Int64, Timestamp:
		c.Int64s = join(parts, c.Len, func(p *Column) []int64 { return p.Int64s })
	case Float64:
		c.Float64s = join(parts, c.Len, func(p *Column) []float64 { return p.Float64s })
	case Bool:
		c.Bools = make([]byte, BitmapLen(c.Len))
		at := 0
		for _, p := range parts {
			appendBits(c.Bools, at, p.Bools, 0, p.Len)
			at += p.Len
		}
	case String:
		joinText(c, parts)
	case Vector:
		features, err := joinFeatures(parts)
		if err != nil {
			return nil, fmt.Errorf("column: cannot concatenate %q: %w", first.Name, err)
		}
		c.Features = features
	}
	return c, nil
}

func join[T any](parts []*Column, n int, values func(*Column) []T) []T {
	all := make([]T, 0, n)
	for _, p := range parts {
		all = append(all, values(p)...)
	}
	return all
}

// joinText sets the texts of c.
func joinText(c *Column, parts []*Column) {
	if slices.ContainsFunc(parts, (*Column).Plain) {
		joinPlain(c, parts)
		return
	}
	c.Dictionary = parts[0].Dictionary
	same := true
	for _, p := range parts[1:] {
		same = same && slices.Equal(p.Dictionary, c.Dictionary)
	}
	if same {
		if c.Narrow() {
			c.Codes16 = join(parts, c.Len, func(p *Column) []uint16 { return p.Codes16 })
		} else {
			c.Codes = join(parts, c.Len, func(p *Column) []uint32 { return p.Codes })
		}
		return
	}
	for _, p := range parts[1:] {
		c.Dictionary = mergeSorted(c.Dictionary, p.Dictionary)
	}
	if c.Narrow() {
		c.Codes16 = joinCodes[uint16](c, parts)
	} else {
		c.Codes = joinCodes[uint32](c, parts)
	}
}

// joinPlain lays the texts of the parts out one after another.
func joinPlain(c *Column, parts []*Column) {
	starts := make([]int, len(parts)+1)
	for k, p := range parts {
		starts[k+1] = starts[k] + p.Len
	}
	c.layOut(func(i int) string {
		k := sort.SearchInts(starts, i+1) - 1
		return parts[k].Text(i - starts[k])
	})
}

// joinCodes returns the parts' codes as those of the dictionary of c.
func joinCodes[C Code](c *Column, parts []*Column) []C {
	codes := make([]C, 0, c.Len)
	for _, p := range parts {
		recode := make([]C, max(1, len(p.Dictionary))) // code 0 stands under nulls even with no dictionary
		at := 0
		for k, v := range p.Dictionary {
			for c.Dictionary[at] != v {
				at++
			}
			recode[k] = C(at)
		}
		if p.Narrow() {
			codes = appendRecoded(codes, p.Codes16, recode)
		} else {
			codes = appendRecoded(codes, p.Codes, recode)
		}
	}
	for i := range codes {
		if c.IsNull(i) {
			codes[i] = 0
		}
	}
	return codes
}

func appendRecoded[To, From Code](codes []To, from []From, recode []To) []To {
	for _, code := range from {
		codes = append(codes, recode[code])
	}
	return codes
}

// mergeSorted returns the union of two sorted lists without repeats.
func mergeSorted(a, b []string) []string {
	merged := make([]string, 0, max(len(a), len(b)))
	for len(a) > 0 && len(b) > 0 {
		switch {
		case a[0] < b[0]:
			merged, a = append(merged, a[0]), a[1:]
		case a[0] > b[0]:
			merged, b = append(merged, b[0]), b[1:]
		default:
			merged, a, b = append(merged, a[0]), a[1:], b[1:]
		}
	}
	return append(append(merged, a...), b...)
}

func joinFeatures(parts []*Column) (*Features, error) {
	first := parts[0].Features.Parts
	joined := make([]Part, len(first))
	for k, want := range first {
		values := make([]*Column, len(parts))
		for i, p := range parts {
			if len(p.Features.Parts) != len(first) {
				return nil, fmt.Errorf("vectors of %d and %d parts", len(first), len(p.Features.Parts))
			}
			have := p.Features.Parts[k]
			if have.Name != want.Name || have.OneHot != want.OneHot || !slices.Equal(have.Levels, want.Levels) ||
				!slices.Equal(have.Shift, want.Shift) || !slices.Equal(have.Scale, want.Scale) || !slices.Equal(have.Offset, want.Offset) {
				return nil, fmt.Errorf("the feature %q is encoded differently from %q", have.Name, want.Name)
			}
			values[i] = have.Values
		}
		all, err := Concat(values)
		if err != nil {
			return nil, err
		}
		want.Values = all
		joined[k] = want
	}
	return &Features{Parts: joined}, nil
}
