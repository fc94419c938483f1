package csv

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/stophacking/kelpie/analysis/visible"
)

// A header is a file's first record.
type header struct {
	names   []string // as they are in the file, a column each; they may repeat
	origins []int    // offset of each
	body    int      // offset of the first byte after the header
	lines   int      // line ends in it
	size    int      // bytes of the names with one separator between
}

// readHeader reads the header.
func (s *source) readHeader() error {
	at := 0
	if bytes.HasPrefix(s.data, mark) {
		at = len(mark)
	}
	if at = skipBlank(s.data, at); at == len(s.data) {
		return refuse(s.path, ErrEmpty)
	}
	if n := loneReturn(s.data, at); n >= 0 {
		return s.fault(n, errReturns)
	}
	var x index
	next, fields, bad := x.appendRecord(s.data, at, maxColumns+1)
	if n := bytes.IndexByte(s.data[:next], 0); n >= 0 {
		return s.fault(n, errNUL)
	}
	switch {
	case bad != nil && bad.err == errAfter:
		for _, other := range otherSeparators {
			if s.data[bad.at] == other.is {
				return s.fault(bad.at, errSeparator(other.name))
			}
		}
		fallthrough
	case bad != nil:
		return s.fault(bad.at, bad.err)
	case fields > maxColumns:
		return s.fault(x.origins[maxColumns], errTooWide)
	}
	s.body, s.size, s.lines = next, len(x.own)-1, bytes.Count(s.data[:next], newline)
	s.names, s.origins = strings.Split(string(x.own[:s.size]), string(rune(between))), x.origins
	for i, name := range s.names {
		if n := strings.IndexByte(strings.TrimSpace(name), '\r'); n >= 0 && s.data[s.origins[i]] != '"' {
			return s.fault(s.origins[i]+strings.IndexByte(name, '\r'), errReturns)
		}
	}
	return nil
}

// places returns, for each field, the number of its column in the file, and the
// names of the columns that are no field's. Blanks around a name in the file do
// not matter. declared holds the number of the field that may have a name.
func (s *source) places(fields []Field, declared map[string]int) (places []int, extra []string, err error) {
	places = slices.Repeat([]int{-1}, len(fields))
	for i, name := range s.names {
		k, ok := declared[strings.TrimSpace(name)]
		switch {
		case !ok:
			extra = append(extra, strings.TrimSpace(name))
		case places[k] >= 0:
			return nil, nil, s.doubled(fields[k].Name, places[k], i)
		default:
			places[k] = i
		}
	}
	if k := slices.Index(places, -1); k >= 0 {
		return nil, nil, s.missing(fields[k].Name, declared, len(extra) == len(s.names))
	}
	return places, extra, nil
}

// doubled returns an error about two columns that are both the field's.
func (s *source) doubled(field string, first, second int) error {
	one, two := strings.TrimSpace(s.names[first]), strings.TrimSpace(s.names[second])
	err := s.fault(s.origins[second], fmt.Errorf("%w: %q", ErrDuplicateColumn, two))
	if one != two {
		err.Field, err.Err = field, fmt.Errorf("%w: %q and %q", ErrDuplicateColumn, one, two)
	}
	return err
}

// missing returns an error about a field that no column has. strange says that no
// column is any field's.
func (s *source) missing(field string, declared map[string]int, strange bool) error {
	at := s.origins[0]
	if strange {
		if err := otherSeparator(s.data[at:s.body], declared); err != nil {
			return s.fault(at, err)
		}
	}
	err := s.fault(at, fmt.Errorf("%w: the header has %s", ErrMissingColumn, visible.Text(short(strings.Join(s.names, ","), 300))))
	err.Field = field
	return err
}

// mayRepeat reports whether a record of that many bytes, its end included, can be
// the header once more. In a file of one column it cannot: that is a value.
func (h *header) mayRepeat(size int) bool {
	return len(h.names) > 1 && uint(size-h.size-1) <= uint(1+len(mark))
}

// repeated reports whether a record, without its end, is the header once more,
// possibly after a byte order mark: files that were joined carelessly.
func (h *header) repeated(record []byte, separator byte) bool {
	record = bytes.TrimPrefix(record, mark)
	for i, name := range h.names {
		rest, ok := bytes.CutPrefix(record, []byte(name))
		if !ok || (len(rest) == 0) != (i == len(h.names)-1) || len(rest) > 0 && rest[0] != separator {
			return false
		}
		record = rest[min(1, len(rest)):]
	}
	return true
}

// short returns s, cut before the character that would take it beyond limit bytes.
func short[T string | []byte](s T, limit int) string {
	if len(s) <= limit {
		return string(s)
	}
	for limit > 0 && !utf8.RuneStart(s[limit]) {
		limit--
	}
	return string(s[:limit]) + "…"
}
