package csv

import (
	"bytes"
	"fmt"
	"strings"
	"unicode/utf8"
)

// A header is a file's first record.
type header struct {
	names []string // as they are in the file, a column each
	body  int      // offset of the first byte after the header
	lines int      // line ends in it
	size  int      // bytes of the names with one separator between
}

// readHeader reads the header and checks that no name occurs twice.
func (s *source) readHeader() error {
	at := 0
	if bytes.HasPrefix(s.data, mark) {
		at = len(mark)
	}
	if at = skipBlank(s.data, at); at == len(s.data) {
		return refuse(s.path, ErrEmpty)
	}
	var x index
	next, fields, bad := x.appendRecord(s.data, at)
	if n := bytes.IndexByte(s.data[:next], 0); n >= 0 {
		return s.fault(n, errNUL)
	}
	if bad != nil {
		return s.fault(bad.at, bad.err)
	}
	s.body, s.size, s.lines = next, len(x.own)-1, bytes.Count(s.data[:next], newline)
	s.names = strings.Split(string(x.own[:s.size]), string(rune(between)))
	seen := map[string]bool{}
	for i := range fields {
		name := strings.TrimSpace(s.names[i])
		if seen[name] {
			return s.fault(x.origins[i], fmt.Errorf("%w: %q", ErrDuplicateColumn, name))
		}
		seen[name] = true
	}
	return nil
}

// places returns, for each field, the number of its column in the file, and the
// names of the columns that are no field's. Blanks around a name in the file do
// not matter.
func (s *source) places(fields []Field) (places []int, extra []string, err error) {
	taken := make([]bool, len(s.names))
	for _, f := range fields {
		place := -1
		for i, name := range s.names {
			if !f.named(strings.TrimSpace(name)) {
				continue
			}
			if place >= 0 {
				return nil, nil, s.headerError(f.Name, fmt.Errorf("%w: %q and %q", ErrDuplicateColumn, s.names[place], name))
			}
			place = i
		}
		if place < 0 {
			return nil, nil, s.headerError(f.Name, fmt.Errorf("%w: the header has %s", ErrMissingColumn, short(strings.Join(s.names, ","), 300)))
		}
		taken[place] = true
		places = append(places, place)
	}
	for i, name := range s.names {
		if !taken[i] {
			extra = append(extra, strings.TrimSpace(name))
		}
	}
	return places, extra, nil
}

// headerError returns an error about a field, at the header.
func (s *source) headerError(field string, err error) error {
	e := s.fault(skipBlank(s.data, len(s.data)-len(bytes.TrimPrefix(s.data, mark))), err)
	e.Field = field
	return e
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
func short(s string, limit int) string {
	if len(s) <= limit {
		return s
	}
	for limit > 0 && !utf8.RuneStart(s[limit]) {
		limit--
	}
	return s[:limit] + "…"
}
