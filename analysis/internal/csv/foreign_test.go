package csv_test

import (
	"encoding/binary"
	"errors"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/stophacking/kelpie/analysis/internal/csv"
)

// utf16Of returns text in UTF-16 without a byte order mark.
func utf16Of(text string, order binary.AppendByteOrder) string {
	var out []byte
	for _, unit := range utf16.Encode([]rune(text)) {
		out = order.AppendUint16(out, unit)
	}
	return string(out)
}

// What is certainly no CSV file is named for what it is.
func TestForeignFiles(t *testing.T) {
	defer csv.SetBlockSize(64)()
	const table = "a,b,c\n1,2,x\n3,4,y\n"
	const returns = ": not a CSV file: its lines end in CR alone, as on old Mac systems: convert CR to LF first"
	const zipped = "PK\x03\x04\x14\x00\x00\x00\x08\x00\x00\x00\x21\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x13\x00\x00\x00"
	is := func(what string) string { return ": not a CSV file: it is " + what }
	separated := func(by string) string {
		return ":1:1: not a CSV file: its fields are separated by " + by + ", not by commas: convert it first"
	}
	for name, test := range map[string]struct{ text, want string }{
		"CR alone":                    {strings.ReplaceAll(table, "\n", "\r"), ":1:6" + returns},
		"CR alone, blank lines first": {"\r\n\r\n" + strings.ReplaceAll(table, "\n", "\r"), ":3:6" + returns},
		"CR alone, after a mark":      {"\ufeff" + strings.ReplaceAll(table, "\n", "\r"), ":1:9" + returns},
		"CR alone, quotes":            {"\"a\",b,\"c\"\r1,2,x\r", ":1:10" + returns},
		"CR alone, but for the last":  {"a,b,c\r1,2,x\r3,4,y\n", ":1:6" + returns},
		"CR alone behind the header":  {"a,b,c\n1,2,x\r3,4,y\r", ":2:9: wrong number of fields: 5, the header has 3; it holds CR alone, which ends no line: convert CR to LF"},
		"semicolons":                  {strings.ReplaceAll(table, ",", ";"), separated("semicolons")},
		"semicolons, decimal commas":  {"a;b;c\n1,5;2;x\n", separated("semicolons")},
		"semicolons, quotes":          {"\"a\";\"b\";\"c\"\n", ":1:4: not a CSV file: its fields are separated by semicolons, not by commas: convert it first"},
		"semicolons, other names":     {"z;\"a\"\n", separated("semicolons")[:len(":1:")] + "3: misplaced quote: a quote inside a field that is not in quotes"},
		"tabs":                        {strings.ReplaceAll(table, ",", "\t"), separated("tabs")},
		"bars":                        {strings.ReplaceAll(table, ",", " | "), separated("vertical bars")},
		"Excel's note":                {"sep=;\r\na;b;c\r\n", ":1:1: not a CSV file: its first line, \"sep=;\", is a note to Excel: remove it"},
		"Excel's note, comma":         {"SEP=,\na,b,c\n", ":1:1: not a CSV file: its first line, \"SEP=,\", is a note to Excel: remove it"},
		"UTF-16, little, no mark":     {utf16Of(table, binary.LittleEndian), is("UTF-16 text: convert it to UTF-8 first")},
		"UTF-16, big, no mark":        {utf16Of(table, binary.BigEndian), is("UTF-16 text: convert it to UTF-8 first")},
		"web page":                    {"\r\n <!doctype HTML><title>404</title>", is("a web page")},
		"web page, after a mark":      {"\ufeff<HTML>\n", is("a web page")},
		"error page of a store":       {"<?xml version=\"1.0\"?><Error/>", is("XML")},
		"JSON lines":                  {"{\"a\":1,\"b\":2}\n", is("JSON")},
		"JSON":                        {" [{\"a\":1,\"b\":2}]\n", is("JSON")},
		"workbook":                    {zipped + "[Content_Types].xml", is("an Office document, such as an Excel workbook: save it as CSV first")},
		"old workbook":                {"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\x00", is("an Office document, such as an Excel workbook: save it as CSV first")},
		"Arrow file":                  {"ARROW1\x00\x00\xff\xff\xff\xff", is("an Arrow file")},
		"Arrow stream":                {"\xff\xff\xff\xff\x10\x00", is("an Arrow stream")},
		"SQLite":                      {"SQLite format 3\x00", is("an SQLite database")},
		"event log":                   {"ElfFile\x00\x00", is("a Windows event log")},
		"binary":                      {"abc\x01\x00\xff", ":1:5: not a CSV file: it holds a NUL byte, so it is binary or UTF-16"},
	} {
		t.Run(name, func(t *testing.T) {
			paths := write(t, test.text)
			_, err := csv.Read(t.Context(), paths, csv.Options{Fields: abc})
			if err == nil || strings.TrimPrefix(err.Error(), "csv: "+paths[0]) != test.want {
				t.Errorf("error %v, want %s", err, test.want)
			}
		})
	}
}

// What only looks a little like another kind of file is read.
func TestNotForeign(t *testing.T) {
	for name, text := range map[string]string{
		"names like magics":       "PAR1,FEA1,ARROW1,MZ,Obj,a,b,c\n,,,,,1,2,x\n",
		"semicolon in a name":     "x;y,a,b,c\n,1,2,x\n",
		"CR in a quoted name":     "\"x\ry\",a,b,c\n,1,2,x\n",
		"CR in a name, one line":  "\"x\ry\",a,b,c",
		"CR in a value":           "a,b,c\n1,2,x\ry\n",
		"quote in a one-line CSV": "\"a\",b,c\r",
	} {
		if _, err := csv.Read(t.Context(), write(t, text), csv.Options{Fields: abc}); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	_, err := csv.Read(t.Context(), write(t, "x;y,z\n"), csv.Options{Fields: abc})
	if !errors.Is(err, csv.ErrMissingColumn) {
		t.Errorf("names with semicolons, none of them declared: %v", err)
	}
}
