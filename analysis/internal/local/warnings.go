package local

import (
	"fmt"
	"path/filepath"
	"strings"

	"github.com/stophacking/kelpie/analysis/internal/column"
	"github.com/stophacking/kelpie/analysis/internal/csv"
	"github.com/stophacking/kelpie/analysis/internal/plan"
	"github.com/stophacking/kelpie/analysis/visible"
)

// Warnings stand under every table that is made of what they are about, so one cause
// gives few lines, however many columns or files it strikes.
const (
	shownLines = 5 // of one kind
	shownNames = 3 // in a line
)

// readWarnings says what reading files of that schema has found.
func readWarnings(schema []plan.Field, result *csv.Result) []string {
	examples := map[string]csv.Problem{} // the first of each column
	for _, p := range result.Problems {
		if _, seen := examples[p.Field]; !seen {
			examples[p.Field] = p
		}
	}
	var bad, doubts []string
	for _, f := range schema {
		if count := result.Bad[f.Name]; count > 0 {
			what := "became null"
			if f.Type == column.String {
				what = "got U+FFFD"
			}
			bad = append(bad, fmt.Sprintf("%s: %s %s: %s; Problems() shows the first",
				visible.Text(f.Name), values(count), what, example(examples[f.Name])))
		}
	}
	for _, d := range result.Doubts {
		doubts = append(doubts, doubt(d.Field, d.Count, example(d.Problem)))
	}
	warnings := append(few(bad, "bad values"), few(doubts, "values that are no seconds")...)
	if len(result.Extra) > 0 {
		warnings = append(warnings, skipped(result.Extra))
	}
	return warnings
}

// few returns the first lines, a column each, and one that counts the others.
func few(lines []string, have string) []string {
	if len(lines) <= shownLines+1 {
		return lines
	}
	return append(lines[:shownLines:shownLines], fmt.Sprintf("%d more columns have %s", len(lines)-shownLines, have))
}

// example says what is wrong with a value, and where it stands.
func example(p csv.Problem) string {
	return fmt.Sprintf("%q (%s:%d:%d) %s", p.Text, visible.Text(filepath.Base(p.Path)), p.Line, p.Column, p.Reason)
}

// doubt says that so many timestamps of a column are of another unit than seconds.
func doubt(name string, count int64, example string) string {
	if count == 1 {
		return fmt.Sprintf("%s: 1 value, read as seconds, lies outside of the years 1 to 9999: %s", visible.Text(name), example)
	}
	return fmt.Sprintf("%s: %d values, read as seconds, lie outside of the years 1 to 9999: %s", visible.Text(name), count, example)
}

// doubtTimes warns where a column that was computed or given is one of timestamps
// that are no seconds.
func (r *run) doubtTimes(c *column.Column, rows *column.Batch) {
	if c.Type != column.Timestamp {
		return
	}
	count, first := int64(0), 0
	for i, v := range c.Int64s {
		if column.InYears(v) || c.IsNull(i) {
			continue
		}
		if count++; count == 1 {
			first = i
		}
	}
	if count > 0 {
		v := c.Int64s[first]
		r.warn(doubt(c.Name, count, fmt.Sprintf("%d (row %d) %s", v, rows.Row(first), column.LikelyUnit(v))))
	}
}

// skipped says that a file has columns of these names, some of them perhaps empty,
// which the schema does not declare.
func skipped(names []string) string {
	if len(names) == 1 {
		if names[0] == "" {
			return "a column without a name was skipped"
		}
		return fmt.Sprintf("column %q is not in the schema and was skipped", clipped(names[0]))
	}
	var shown []string
	unnamed := 0
	for _, name := range names {
		switch {
		case name == "":
			unnamed++
		case len(shown) < shownNames:
			shown = append(shown, fmt.Sprintf("%q", clipped(name)))
		}
	}
	if unnamed == len(names) {
		return fmt.Sprintf("%d columns without a name were skipped", unnamed)
	}
	if unnamed > 0 {
		shown = append(shown, fmt.Sprintf("%d without a name", unnamed))
	}
	return fmt.Sprintf("%d columns are not in the schema and were skipped: %s", len(names), andMore(shown, len(names)-unnamed-min(len(names)-unnamed, shownNames)))
}

// andMore joins what is listed, and says how many more there are.
func andMore(listed []string, more int) string {
	if more > 0 {
		listed = append(listed, fmt.Sprintf("%d more", more))
	}
	last := len(listed) - 1
	if last == 0 {
		return listed[0]
	}
	return strings.Join(listed[:last], ", ") + " and " + listed[last]
}

func wasOrWere(n int) string {
	if n == 1 {
		return "it was"
	}
	return "they were"
}

func values(n int64) string {
	if n == 1 {
		return "1 value"
	}
	return fmt.Sprintf("%d values", n)
}

// clipped is the beginning of a text that is too long to be shown.
func clipped(text string) string {
	const most = 100
	if runes := []rune(text); len(runes) > most {
		return string(runes[:most-1]) + "…"
	}
	return text
}
