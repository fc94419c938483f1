// Command wide does one kind of work over a table of so many columns, for the test
// that counts what the work takes: wide STEP WIDTH FOLDER.
package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	. "github.com/stophacking/kelpie/analysis"
)

func main() {
	width, err := strconv.Atoi(os.Args[2])
	if err == nil {
		err = steps[os.Args[1]](table{NewSession(Config{Master: "local"}), width, os.Args[3]})
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// A table is what steps work on: few rows of many columns.
type table struct {
	session *Session
	width   int
	folder  string
}

// names returns the names of the columns, each with a prefix.
func (t table) names(prefix string) []string {
	names := make([]string, t.width)
	for i := range names {
		names[i] = prefix + strconv.Itoa(i)
	}
	return names
}

// frame returns a frame of numbers or texts, with a null in each column.
func (t table) frame(prefix string, text bool) Frame {
	columns := []Values{Int64s("key", 1, 2, 3)}
	for _, name := range t.names(prefix) {
		if text {
			columns = append(columns, Strings(name, "1", "x", "").Nulls(2))
		} else {
			columns = append(columns, Int64s(name, 1, 2, 3).Nulls(2))
		}
	}
	return t.session.FromColumns(columns...)
}

// read returns a frame of a file whose columns all hold that value, the schema of
// which declares the key and, where all is set, the others too.
func (t table) read(value string, all bool, names []string) (Frame, error) {
	lines := []string{"key," + strings.Join(names, ",")}
	for i := range 5 {
		lines = append(lines, strconv.Itoa(i)+strings.Repeat(","+value, t.width))
	}
	schema := Schema{Fields: []Field{{Name: "key", Type: Int64}}}
	for i, name := range names {
		if all {
			schema.Fields = append(schema.Fields, Field{Name: name, Type: []Type{Int32, Timestamp, Float64}[i%3]})
		}
	}
	slices.Reverse(schema.Fields)
	path := filepath.Join(t.folder, "wide.csv")
	if err := os.WriteFile(path, []byte(strings.Join(lines, "\n")), 0o600); err != nil {
		return Frame{}, err
	}
	old := time.Now().Add(-time.Hour)
	return t.session.ReadCSV(schema, path), os.Chtimes(path, old, old)
}

func (t table) backward(prefix string) []string {
	names := t.names(prefix)
	slices.Reverse(names)
	return names
}

func shown(f Frame, err error) error {
	if err != nil {
		return err
	}
	table, err := f.Collect()
	if err != nil {
		return err
	}
	html, err := table.HTML()
	fmt.Println(len(html), len(table.String()), len(table.Warnings()))
	return err
}

func tabled(_ Table, err error) error { return err }

var steps = map[string]func(t table) error{
	"undeclared": func(t table) error { return shown(t.read("1", false, t.names("c"))) },
	"undeclared doubles": func(t table) error {
		return shown(t.read("1", false, append(t.names("c")[t.width/2:], t.names("c")[t.width/2:]...)))
	},
	"without names": func(t table) error { return shown(t.read("", false, make([]string, t.width))) },
	"declared":      func(t table) error { return shown(t.read("1", true, t.names("c"))) },
	"bad values": func(t table) error {
		f, err := t.read("x", true, t.names("c"))
		if err != nil {
			return err
		}
		if _, err := f.Problems(); err != nil {
			return err
		}
		return shown(f, nil)
	},
	"milliseconds": func(t table) error { return shown(t.read("1554218915000", true, t.names("c"))) },
	"kept": func(t table) error {
		f, err := t.read("1", true, t.names("c"))
		if err != nil {
			return err
		}
		if err := shown(f.Cache(), nil); err != nil {
			return err
		}
		return shown(f.Cache(), nil)
	},
	"select": func(t table) error { return shown(t.frame("c", false).Select(t.backward("c")...), nil) },
	"drop":   func(t table) error { return shown(t.frame("c", false).Drop(t.backward("c")[1:]...), nil) },
	"rename": func(t table) error {
		return shown(t.frame("c", false).Rename("c1", "d").WithColumn("c2", Col("d").Plus(1)).WithColumn("e", Col("c0")).Filter(Col("e").Greater(1)), nil)
	},
	"nulls": func(t table) error {
		f := t.frame("c", false)
		if err := shown(f.FillNulls(0), nil); err != nil {
			return err
		}
		if err := shown(f.FillNulls(0, t.backward("c")...).DropNulls(), nil); err != nil {
			return err
		}
		return tabled(f.DropNulls(t.backward("c")...).NullCounts())
	},
	"order": func(t table) error {
		var keys []Order
		for _, name := range t.backward("c") {
			keys = append(keys, Descending(name))
		}
		return shown(t.frame("c", false).OrderBy(keys...), nil)
	},
	"union": func(t table) error {
		return shown(t.frame("c", false).Union(t.frame("c", false).Select(append(t.backward("c"), "key")...)), nil)
	},
	"join": func(t table) error { return shown(t.frame("c", false).InnerJoin(t.frame("d", false), "key"), nil) },
	"describe": func(t table) error {
		if err := tabled(t.frame("c", false).Describe(t.backward("c")...)); err != nil {
			return err
		}
		return tabled(t.frame("c", true).DescribeText())
	},
	"top values": func(t table) error { return tabled(t.frame("c", true).TopValues(2)) },
	"non-conforming": func(t table) error {
		var schema Schema
		for _, name := range t.backward("c") {
			schema.Fields = append(schema.Fields, Field{Name: name, Type: Int32})
		}
		return tabled(t.frame("c", true).NonConforming(schema))
	},
	"group": func(t table) error {
		var sums []Aggregate
		for _, name := range t.backward("c") {
			sums = append(sums, Sum(name))
		}
		return shown(t.frame("c", false).GroupBy("key").Aggregate(sums...), nil)
	},
	"unknown": func(t table) error {
		if err := t.frame("c", false).Select("none").Err(); err == nil || len(err.Error()) > 2000 {
			return fmt.Errorf("select: %v", err)
		}
		return nil
	},
}
