package csv

import (
	"bytes"
	"fmt"
	"strings"
)

// magics are first bytes that tell what a file is that is no CSV.
var magics = []struct{ prefix, kind string }{
	{"\x1f\x8b", "compressed (gzip): decompress it first"},
	{"PK\x03\x04", "compressed (zip): unpack it first"},
	{"BZh", "compressed (bzip2): decompress it first"},
	{"\xfd7zXZ\x00", "compressed (xz): decompress it first"},
	{"\x28\xb5\x2f\xfd", "compressed (zstd): decompress it first"},
	{"\x04\x22\x4d\x18", "compressed (lz4): decompress it first"},
	{"7z\xbc\xaf\x27\x1c", "compressed (7z): unpack it first"},
	{"\xff\xfe", "UTF-16 text: convert it to UTF-8 first"},
	{"\xfe\xff", "UTF-16 text: convert it to UTF-8 first"},
	{"PAR1\x15", "a Parquet file"},
	{"ARROW1\x00\x00", "an Arrow file"},
	{"\xff\xff\xff\xff", "an Arrow stream"},
	{"FEA1\x00", "a Feather file"},
	{"Obj\x01", "an Avro file"},
	{"SQLite format 3\x00", "an SQLite database"},
	{"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an Office document, such as an Excel workbook: save it as CSV first"},
	{"ElfFile\x00", "a Windows event log"},
	{"\x7fELF", "a program"},
	{"MZ\x90\x00", "a program"},
	{"\xd4\xc3\xb2\xa1", "a packet capture"},
	{"%PDF-", "a PDF document"},
	{"version https://git-lfs", "a Git LFS pointer: fetch the file itself first"},
}

// markups begin texts of other kinds, after blanks and in any case of letters.
var markups = []struct{ prefix, kind string }{
	{"<!doctype html", "a web page"},
	{"<html", "a web page"},
	{"<head", "a web page"},
	{"<?xml", "XML"},
	{`{"`, "JSON"},
	{`[{"`, "JSON"},
}

// foreign says what the file is if it is certainly no CSV, otherwise "".
func foreign(data []byte) string {
	if bytes.HasPrefix(data, []byte("PK\x03\x04")) {
		for _, name := range []string{"[Content_Types].xml", "_rels/", "xl/"} { // of the first file in it
			if len(data) > 30 && bytes.HasPrefix(data[30:], []byte(name)) {
				return "an Office document, such as an Excel workbook: save it as CSV first"
			}
		}
	}
	for _, m := range magics {
		if bytes.HasPrefix(data, []byte(m.prefix)) {
			return m.kind
		}
	}
	if len(data) >= 4 && (data[0] == 0) == (data[2] == 0) && (data[1] == 0) == (data[3] == 0) && (data[0] == 0) != (data[1] == 0) {
		return "UTF-16 text: convert it to UTF-8 first"
	}
	start := bytes.TrimLeft(bytes.TrimPrefix(data[:min(len(data), 1024)], mark), " \t\r\n")
	for _, m := range markups {
		if len(start) >= len(m.prefix) && strings.EqualFold(string(start[:len(m.prefix)]), m.prefix) {
			return m.kind
		}
	}
	return ""
}

var errReturns = fmt.Errorf("%w: its lines end in CR alone, as on old Mac systems: convert CR to LF first", ErrNotCSV)

// loneReturn returns the offset of the CR that was meant to end the header, which
// begins at offset at, where no LF ends it; otherwise -1.
func loneReturn(data []byte, at int) int {
	text := data[at:min(len(data), at+maxRecord)]
	if bytes.IndexByte(text, '\n') >= 0 {
		return -1
	}
	n := bytes.IndexByte(text, '\r')
	if n < 0 || at+n+1 == len(data) || bytes.Count(text[:n], quote)%2 == 1 {
		return -1
	}
	return at + n
}

// separators are bytes that some programs put between fields instead of commas.
var otherSeparators = []struct {
	is   byte
	name string
}{{';', "semicolons"}, {'\t', "tabs"}, {'|', "vertical bars"}}

func errSeparator(name string) error {
	return fmt.Errorf("%w: its fields are separated by %s, not by commas: convert it first", ErrNotCSV, name)
}

// otherSeparator returns an error if another separator than the comma makes names
// of declared columns out of a header in which there is none, otherwise nil.
func otherSeparator(header []byte, declared map[string]int) error {
	line := strings.TrimRight(string(header), "\r\n")
	if len(line) == 5 && strings.EqualFold(line[:4], "sep=") {
		return fmt.Errorf("%w: its first line, %q, is a note to Excel: remove it", ErrNotCSV, line)
	}
	for _, s := range otherSeparators {
		for _, name := range strings.Split(line, string(s.is)) {
			if _, ok := declared[strings.Trim(name, " \"")]; ok {
				return errSeparator(s.name)
			}
		}
	}
	return nil
}
