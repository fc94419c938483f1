package analysis_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	. "github.com/stophacking/kelpie/analysis"
	"github.com/stophacking/kelpie/analysis/exchange"
)

func init() { children["cut"] = cut }

// The files of kept values are cut to nothing while tables of them are in use: small
// tables hold what they held, of large ones every call returns an error, and what is
// asked for next is computed again.
func TestFaultTablesOfAFileCutShort(t *testing.T) {
	if printed, _ := newStore(t).run("cut"); printed != "" {
		t.Error(printed)
	}
}

func cut() error {
	const rows = 200_000
	numbers, texts, ids := make([]int64, rows), make([]string, rows), make([]string, rows)
	for i := range rows {
		numbers[i], texts[i], ids[i] = int64(i), fmt.Sprint("command ", i%70_000), fmt.Sprint("id ", i)
	}
	f := session.FromColumns(Int64s("n", numbers...), Strings("text", texts...).Nulls(7), Strings("id", ids...)).Cache()
	if _, err := f.Count(); err != nil { // keeps it
		return err
	}
	whole, err := f.Collect()
	if err != nil {
		return err
	}
	display, err := f.Display()
	if err != nil {
		return err
	}
	small := map[string]fmt.Stringer{"display": display.(fmt.Stringer)}
	for name, call := range map[string]func() (Table, error){
		"head":          func() (Table, error) { return f.Head(100) },
		"some":          f.Filter(Col("n").Less(500)).Collect,
		"many":          f.Limit(10_000).Collect,
		"top values":    func() (Table, error) { return f.TopValues(3) },
		"groups":        f.Filter(Col("n").Less(3000)).GroupBy("text", "id").Count().Collect,
		"describe":      func() (Table, error) { return f.Describe() },
		"describe text": func() (Table, error) { return f.DescribeText() },
	} {
		table, err := call()
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		small[name] = table
	}
	before := map[string]string{}
	for name, table := range small {
		before[name] = table.String()
	}
	value, err := whole.Value(rows-1, "text")
	if err != nil {
		return err
	}
	want := fmt.Sprint(value)
	columns := map[string][]string{}
	for _, name := range []string{"text", "id"} {
		if columns[name], err = whole.Texts(name); err != nil {
			return err
		}
	}

	files, err := filepath.Glob(filepath.Join(os.Getenv("KELPIE_CACHE"), "*", "*.arrow"))
	if err != nil || len(files) == 0 {
		return fmt.Errorf("no file in the store, %v", err)
	}
	for _, file := range files {
		if err := os.Truncate(file, 0); err != nil {
			return err
		}
	}

	for name, table := range small {
		if got := table.String(); got != before[name] {
			fmt.Printf("%s: %s\nbefore\n%s\n", name, got, before[name])
		}
	}
	if fmt.Sprint(value) != want || columns["text"][rows-1] != texts[rows-1] || columns["id"][rows-1] != ids[rows-1] {
		fmt.Println("values that were taken out changed")
	}
	calls := map[string]error{}
	_, calls["Value"] = whole.Value(rows-1, "text")
	_, calls["Value of a number"] = whole.Value(rows/2, "n")
	_, calls["Texts"] = whole.Texts("text")
	_, calls["plain Texts"] = whole.Texts("id")
	_, calls["numbers as Texts"] = whole.Texts("n")
	_, calls["Floats"] = whole.Floats("n")
	_, calls["Matrix"] = whole.Matrix("n")
	_, calls["HTML"] = whole.HTML()
	_, calls["Markdown"] = whole.Markdown()
	calls["String"] = errors.New(whole.String())
	for name, err := range calls {
		if err == nil || !strings.Contains(err.Error(), "was cut short on disk by something else") {
			fmt.Println(name, err)
		}
	}

	// From here on a cell is run again.
	table, err := f.Filter(Col("n").Equal(rows - 1)).Collect()
	if err != nil || !strings.Contains(table.String(), ids[rows-1]) {
		fmt.Println("then", table, err)
	}
	if records, err := exchange.Records(f); err != nil || records[0].NumRows() != rows {
		fmt.Println("records", err)
	}
	return nil
}
