package notebook_test

import (
	"strings"
	"testing"

	"github.com/stophacking/kelpie/kernel-ext/internal/notebook"
)

// report returns a notebook whose first cell answers by numbers of two sections.
func report(items ...string) *notebook.Notebook {
	show := func(count int, text string) notebook.Cell {
		return notebook.Cell{Type: "code", ExecutionCount: count, Source: "%%", Outputs: []notebook.Output{
			{Type: "display_data", Data: fields("text/plain", text)}}}
	}
	return &notebook.Notebook{Cells: []notebook.Cell{
		{Type: "markdown", Source: "# Title\n\n- " + strings.Join(items, "\n- ")},
		{Type: "markdown", Source: "## 2.3.3 Metrics\n\ntext"}, show(1, "model  AUC\ntree  0.7824"),
		{Type: "markdown", Source: "text\n\n#### At which threshold"}, show(2, "alerts a day 1,817.5"), show(3, "49.3 %"),
	}}
}

func TestAnswers(t *testing.T) {
	const usable, alarms = "**Usable?** AUC [0.7824](#2.3.3-Metrics).", "**How many?** [1,817.5](#At-which-threshold) at [49.3 %](#At-which-threshold)."
	for _, test := range []struct {
		name string
		nb   *notebook.Notebook
		want []string // parts of the findings, in order
	}{
		{"all there", report(usable, alarms, "**Else?** 7"), nil},
		{"none there", report(), []string{"no item for **Usable?**", "no item for **How many?**"}},
		{"no first cell", &notebook.Notebook{}, []string{"no item for **Usable?**", "no item for **How many?**"}},
		{"no link", report(usable, "**How many?** Many."), []string{"How many? has no link"}},
		{"a number without a link", report(usable+" Or 78.", alarms), []string{"Usable? has a number that is no link: AUC"}},
		{"another number", report(strings.Replace(usable, "0.7824", "0.7825", 1), alarms), []string{"Usable? says 0.7825, which no cell below the heading #2.3.3-Metrics prints"}},
		{"a part of a number", report(usable, strings.Replace(alarms, "1,817.5", "817.5", 1)), []string{"How many? says 817.5"}},
		{"a number cut short", report(strings.Replace(usable, "0.7824", "0.782", 1), alarms), []string{"Usable? says 0.782,"}},
		{"printed elsewhere", report(strings.Replace(usable, "2.3.3-Metrics", "At-which-threshold", 1), alarms), []string{"Usable? says 0.7824"}},
		{"no such heading", report(strings.Replace(usable, "#2.3.3-Metrics", "#2.3.4", 1), alarms), []string{"Usable? links to #2.3.4, which is no heading"}},
		{"no anchor", report(strings.Replace(usable, "#2.3.3-Metrics", "2.3.3-Metrics", 1), alarms), []string{"Usable? links to 2.3.3-Metrics, which is no heading"}},
		{"nothing in the link", report(strings.Replace(usable, "0.7824", "", 1), alarms), []string{"Usable? says ,"}},
	} {
		var got []string
		for _, f := range notebook.Check(test.nb, nil, notebook.Rules{Answers: []string{"Usable?", "How many?"}}) {
			if f.Rule == notebook.RuleAnswer {
				got = append(got, f.Message)
			}
		}
		if len(got) != len(test.want) {
			t.Errorf("%s: %q, want %q", test.name, got, test.want)
			continue
		}
		for i := range got {
			if !strings.Contains(got[i], test.want[i]) {
				t.Errorf("%s: %q, want %q", test.name, got[i], test.want[i])
			}
		}
	}
}

func TestCaptions(t *testing.T) {
	table := func(count int, html ...string) notebook.Cell {
		c := notebook.Cell{Type: "code", ExecutionCount: count, Source: "%%"}
		for _, h := range html {
			c.Outputs = append(c.Outputs, notebook.Output{Type: "display_data", Data: fields("text/html", h, "text/plain", "x")})
		}
		return c
	}
	const a, b, none = "<table><caption>a</caption></table>", "<table><caption>b</caption></table>", "<table><tr></tr></table>"
	nb := &notebook.Notebook{Cells: []notebook.Cell{table(1, a, b), table(2, none), table(3, a), table(4, "<p>text</p>")}}
	var got []string
	for _, f := range notebook.Check(nb, nil, notebook.Rules{Captions: true}) {
		got = append(got, f.String()[:len("cell 2: caption: a table has no")])
	}
	if want := "cell 2: caption: a table has no|cell 3: caption: the caption \"a"; strings.Join(got, "|")[:len(want)] != want || len(got) != 2 {
		t.Errorf("%q", got)
	}
	if found := notebook.Check(nb, nil, notebook.Rules{}); len(found) > 0 {
		t.Errorf("without the rule: %v", found)
	}
}
