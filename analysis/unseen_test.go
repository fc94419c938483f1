package analysis_test

import (
	"strings"
	"testing"

	. "github.com/stophacking/kelpie/analysis"
)

// forms are the forms that a table or a frame is shown in.
type forms interface {
	HTML() (string, error)
}

// shownIn fails unless every text is in every form of what is shown.
func shownIn(t *testing.T, name string, value forms, wants ...string) {
	t.Helper()
	html, err := value.HTML()
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]string{"HTML": html}
	if m, ok := value.(interface{ Markdown() (string, error) }); ok {
		if all["Markdown"], err = m.Markdown(); err != nil {
			t.Fatal(err)
		}
	}
	switch v := value.(type) {
	case interface{ Text() (string, error) }:
		if all["text"], err = v.Text(); err != nil {
			t.Fatal(err)
		}
	case Table:
		all["text"] = v.String()
	}
	for form, text := range all {
		if strings.ContainsAny(text, "\t\u202e\u200b\u00a0\x1b") {
			t.Errorf("%s as %s has unseen characters:\n%q", name, form, text)
		}
		for _, want := range wants {
			switch form {
			case "HTML":
				want = strings.ReplaceAll(want, `"`, "&#34;")
			case "Markdown":
				want = strings.NewReplacer(`\`, `\\`, "[", `\[`).Replace(want)
			}
			if !strings.Contains(text, want) {
				t.Errorf("%s as %s does not show %s:\n%s", name, form, want, text)
			}
		}
	}
}

// Values, names and titles that differ in what is not seen look it, in every table.
func TestUnseenTextIsShown(t *testing.T) {
	twins := []string{"high", "high ", " high", "", "hi  gh", "high\u00a0", "high\u200b", "high\u202e", "high\t", "high\x1b[0m"}
	wants := []string{"high␣", "␣high", `""`, "hi␣␣gh", `high\u00a0`, `high\u200b`, `high\u202e`, `high\t`, `high\x1b[0m`}
	f := session.FromColumns(Strings("level ", twins...).Nulls(0), Strings("\u202e", twins...), Int64s("n", make([]int64, len(twins))...))
	shownIn(t, "a table", collected(t, f).Titled("levels of %s", "\u202e "), append(wants, "level␣", `\u202e`, `levels of \u202e␣`, "null")...)
	shownIn(t, "a frame", f, append(wants, "level␣")...)
	shownIn(t, "the beginning and end of a frame", session.FromColumns(Strings("level ", append(twins, twins...)...)), "level␣", "␣high", `""`, `high\t`)
	for name, table := range map[string]func() (Table, error){
		"value counts":   func() (Table, error) { return f.TopValues(20, "level ") },
		"counts":         f.GroupBy("level ").Count().Collect,
		"null counts":    f.NullCounts,
		"non-conforming": func() (Table, error) { return f.NonConforming(Schema{Fields: []Field{{Name: "level ", Type: Int64}}}) },
		"description":    func() (Table, error) { return f.WithColumn("n ", Col("n")).Describe("n ") },
	} {
		got, err := table()
		if err != nil {
			t.Fatal(err)
		}
		switch name {
		case "value counts":
			shownIn(t, name, got, append(wants, "top 20 values of level␣", "level␣")...)
		case "counts":
			shownIn(t, name, got, append(wants, "level␣")...)
		case "description":
			shownIn(t, name, got, "n␣")
		default:
			shownIn(t, name, got, "level␣")
		}
	}
	problem := collected(t, session.ReadCSV(Schema{Name: "s", Fields: []Field{{Name: "n", Type: Int64}, {Name: "t", Type: String}}}, csvFile(t, "a\u202e.csv", "n,t\nx\u200b,high \n,\n")))
	shownIn(t, "a file", problem, "high␣", `""`)
}

// Recipes and schemas are texts of their own.
func TestUnseenTextOfRecipes(t *testing.T) {
	f := process().WithColumn("a ", Col("PID")).Filter(Col("a ").Equal(1)).Select("a ").Rename("a ", "b\u202e")
	if got := f.String(); !strings.Contains(got, "a␣") || !strings.Contains(got, `b\u202e`) || strings.Contains(got, "\u202e") {
		t.Errorf("the recipe is\n%q", got)
	}
	s := Schema{Name: "s\x1b", Fields: []Field{{Name: "cpu ", Type: Int64, Doc: "a\nb"}, {Name: "", Type: String}}}
	if got, want := s.String(), "root (s\\x1b)\n |-- cpu␣: int64  a\\nb\n |-- \"\": string"; got != want {
		t.Errorf("the schema is\n%q, want\n%q", got, want)
	}
}
