package csv

import (
	"bytes"
	"fmt"
)

var (
	newline = []byte{'\n'}
	comma   = []byte{','}
	quote   = []byte{'"'}
	mark    = []byte("\ufeff") // byte order mark
)

// between separates the fields in an index's own text. No field can hold it: a
// file with this byte is refused beforehand.
const between = 0

var (
	errBareQuote = fmt.Errorf("%w: a quote inside a field that is not in quotes", ErrQuote)
	errAfter     = fmt.Errorf("%w: text after the closing quote", ErrQuote)
	errUnclosed  = fmt.Errorf("%w: it is never closed", ErrQuote)
	errNUL       = fmt.Errorf("%w: it holds a NUL byte, so it is binary or UTF-16", ErrNotCSV)
	errEndless   = fmt.Errorf("%w: more than 64 MiB follow this quote, and none closes it", ErrTooLong)
	errTooLong   = fmt.Errorf("%w: it has more than 64 MiB", ErrTooLong)
	errTooWide   = fmt.Errorf("%w: the header has more than %d columns", ErrTooLong, maxColumns)
)

// maxRecord is the most bytes of a record, its line end included, and so of a field.
// Reading takes a few times this in memory for each worker, whatever the file
// holds. Tests make it less.
var maxRecord = 64 << 20

// maxColumns is the most columns of a file.
const maxColumns = 1 << 20

// A flaw is damage to the structure, at an offset of a text.
type flaw struct {
	at  int
	err error
}

// skipBlank returns the offset of the first byte at or after at that is not part
// of a line without characters.
func skipBlank(text []byte, at int) int {
	for at < len(text) {
		end := lineEnd(text, at)
		if end < 0 {
			break
		}
		at = end
	}
	return at
}

// lineEnd returns the offset after the line end or the end of text that lies at
// offset at, or -1 if there is neither.
func lineEnd(text []byte, at int) int {
	switch rest := text[at:]; {
	case len(rest) == 0:
		return at
	case rest[0] == '\n':
		return at + 1
	case rest[0] == '\r' && len(rest) == 1:
		return at + 1
	case rest[0] == '\r' && rest[1] == '\n':
		return at + 2
	}
	return -1
}

// appendRecord appends the record at offset at of text, which is not the end of a
// line, to the index: each field's text without its quotes. It returns the offset
// after the record and the number of its fields; of more than most, the index does
// not say where they lie.
func (x *index) appendRecord(text []byte, at, most int) (next, fields int, bad *flaw) {
	start, cut := at, len(text)-at > maxRecord
	if cut {
		text = text[:at+maxRecord]
	}
	for {
		if fields++; fields <= most {
			x.origins = append(x.origins, at)
		}
		if at < len(text) && text[at] == '"' {
			at, bad = x.appendQuoted(text, at)
		} else {
			at, bad = x.appendBare(text, at)
		}
		if bad != nil {
			if cut && bad.err == errUnclosed {
				bad.err = errEndless
			}
			return at, fields, bad
		}
		x.own = append(x.own, between)
		if fields <= most {
			x.bounds = append(x.bounds, uint32(len(x.own)))
		}
		if end := lineEnd(text, at); end >= 0 {
			if cut && end == len(text) && text[end-1] != '\n' {
				return end, fields, &flaw{start, errTooLong}
			}
			return end, fields, nil
		}
		at++ // the comma
	}
}

// appendBare copies the field without quotes at offset at and returns the offset
// of the comma, line end or end of text after it.
func (x *index) appendBare(text []byte, at int) (int, *flaw) {
	end := at
	for end < len(text) && text[end] != ',' && text[end] != '\n' {
		end++
	}
	if end > at && text[end-1] == '\r' && (end == len(text) || text[end] == '\n') {
		end--
	}
	if n := bytes.IndexByte(text[at:end], '"'); n >= 0 {
		return at, &flaw{at + n, errBareQuote}
	}
	x.own = append(x.own, text[at:end]...)
	return end, nil
}

// appendQuoted copies the field whose opening quote is at offset at and returns
// the offset of the comma, line end or end of text after it.
func (x *index) appendQuoted(text []byte, at int) (int, *flaw) {
	opening := at
	for at++; ; {
		n := bytes.IndexByte(text[at:], '"')
		if n < 0 {
			return at, &flaw{opening, errUnclosed}
		}
		end := at + n
		if end+1 < len(text) && text[end+1] == '"' {
			x.own = append(x.own, text[at:end+1]...)
			at = end + 2
			continue
		}
		x.own = append(x.own, text[at:end]...)
		end++
		if lineEnd(text, end) < 0 && text[end] != ',' {
			return end, &flaw{end, errAfter}
		}
		return end, nil
	}
}
