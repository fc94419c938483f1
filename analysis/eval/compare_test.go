package eval_test

import (
	"strings"
	"testing"

	"github.com/stophacking/kelpie/analysis/eval"
)

func report(t *testing.T, n, positives, hits, alarms int, threshold float64) eval.Report {
	t.Helper()
	scores, labels := rows(n, positives, hits, alarms)
	r, err := eval.Score(scores, labels, threshold)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestCompareEscapesNames(t *testing.T) {
	c := eval.Compare(eval.Named{Name: "<script>|x_\n", Report: report(t, 100, 40, 40, 5, 0.5)})
	html, err := c.HTML()
	if err != nil || strings.Contains(html, "<script>") || !strings.Contains(html, `&lt;script&gt;|x_\n</th>`) {
		t.Errorf("%v, HTML %s", err, html)
	}
	markdown, err := c.Markdown()
	if err != nil || !strings.Contains(markdown, `| &lt;script&gt;\|x\_\\n |`) {
		t.Errorf("%v, Markdown %s", err, markdown)
	}
	for _, line := range strings.Split(strings.TrimSpace(markdown), "\n")[2:] {
		if bars := strings.Count(line, "|") - strings.Count(line, `\|`); bars != 10 {
			t.Errorf("%d bars in %q, want 10", bars, line)
		}
	}
}

func TestCompareHTML(t *testing.T) {
	html, err := eval.Compare(eval.Named{Name: "tree", Report: report(t, 100, 40, 30, 5, 0.5)}).HTML()
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"<caption>tree: n = 100, positives = 40 (40 %), predicted 1 where the score is above 0.5</caption>",
		`<th scope="col" align="right">AUC</th>`,
		`<th scope="row" style="text-align: left">tree</th><td align="right">0.8333</td><td align="right">0.8500</td>`,
		`<th scope="row" style="text-align: left">always 0</th><td align="right">0.5000</td><td align="right">0.6000</td><td align="right">0.0000</td><td align="right">–</td>`,
	} {
		if !strings.Contains(html, want) {
			t.Errorf("no %s in\n%s", want, html)
		}
	}
}

func TestCompareSaysWhatDiffers(t *testing.T) {
	text := eval.Compare(
		eval.Named{Name: "a", Report: report(t, 100, 40, 40, 0, 0.5)},
		eval.Named{Name: "b", Report: report(t, 90, 60, 50, 0, 0.25)},
	).String()
	for _, want := range []string{
		"different rows", "thresholds differ", "a > 0.5 ", "b > 0.25 ",
		"always 0, n = 100, positives = 40 (40 %)", "always 1, n = 90, positives = 60 (66.67 %)", "; b: n = 90",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
	if text := eval.Compare().String(); !strings.HasPrefix(text, "No models") {
		t.Errorf("no models: %q", text)
	}
}

func TestReportShowsOneRow(t *testing.T) {
	r := report(t, 100, 4, 2, 0, 0.5)
	markdown, err := r.Markdown()
	if err != nil || !strings.Contains(markdown, "; only 4 rows are positive") || strings.Contains(markdown, "model: ") {
		t.Errorf("%v, %s", err, markdown)
	}
	html, err := r.HTML()
	if err != nil || !strings.Contains(html, "<p>⚠ 96 % of the rows are of class 0") {
		t.Errorf("%v, %s", err, html)
	}
	html, err = r.Confusion().HTML()
	if err != nil || !strings.Contains(html, `<th scope="row" style="text-align: left">actual 1</th><td align="right">2</td><td align="right">2</td><td align="right">0.5000</td>`) {
		t.Errorf("%v, %s", err, html)
	}
	markdown, err = r.Confusion().Markdown()
	if err != nil || !strings.Contains(markdown, "| actual 0 | 96 | 0 | 1.0000 |") {
		t.Errorf("%v, %s", err, markdown)
	}
}

// What is true of several models is said once.
func TestCompareFoldsWarnings(t *testing.T) {
	few := eval.Named{Name: "few", Report: report(t, 1000, 4, 2, 0, 0.5)}
	same, other := few, eval.Named{Name: "other", Report: report(t, 1000, 400, 400, 0, 0.5)}
	same.Name = "same "
	for want, models := range map[string][]eval.Named{
		"few, same␣, other: different rows": {few, same, other}, "; few, same␣: only 4 rows are positive": {few, same, other},
		"both models: only 4 rows are positive": {few, same}, "all models: only 4 rows are positive": {few, same, few}, "; only 4 rows are positive": {few},
		"few: n = 1,000, positives = 4 (0.4 %)": {few},
	} {
		c := eval.Compare(models...)
		text := c.String()
		if !strings.Contains(text, want) || strings.Count(text, "warning: ") != 1 {
			t.Errorf("no %q, or several paragraphs, in\n%s", want, text)
		}
		html, err := c.HTML()
		if err != nil || strings.Count(html, "⚠") != 1 {
			t.Errorf("%v, HTML\n%s", err, html)
		}
	}
}

// Tables of a named sample say whose they are, and rates that are neither 0 nor 1 do
// not look it.
func TestTablesNameTheirSample(t *testing.T) {
	scores, labels := rows(200_000, 100_000, 99_999, 1)
	s, err := eval.Of(eval.Rows{Name: "boosted trees", Scores: scores, Labels: labels})
	if err != nil {
		t.Fatal(err)
	}
	r, err := s.Report(0.5)
	if err != nil {
		t.Fatal(err)
	}
	points, err := s.Thresholds(0.5)
	if err != nil {
		t.Fatal(err)
	}
	for want, text := range map[string]string{
		"boosted trees: n = 200,000, positives = 100,000 (50 %), predicted 1": r.String(),
		"99,999   1        1   99,999":                                        r.String(),
		">0.9999":                                                             r.String(),
		"Confusion matrix, boosted trees: n = 200,000, positives = 100,000, predicted 1": r.Confusion().String(),
		"actual 0       99,999            1  >0.9999":                                    r.Confusion().String(),
		"Operating points, boosted trees: n = 200,000":                                   points.String(),
		"<0.0001": points.String(),
	} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
}
