package nb

import (
	"testing"
	"time"
)

func TestMeter(t *testing.T) {
	start := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	m := &meter{label: "training"}
	for _, c := range []struct {
		milliseconds int
		done, total  int64
		want         string
	}{
		{0, 0, 40, "training: 0 of 40 (0 %)"},
		{99, 1, 40, ""},
		{100, 2, 40, "training: 2 of 40 (5 %)"},
		{150, 3, 40, ""},
		{2000, 10, 40, "training: 10 of 40 (25 %), about 6 s left"},
		{2001, 40, 40, "training: 40 of 40 in 2.0 s"},
	} {
		now := start.Add(time.Duration(c.milliseconds) * time.Millisecond)
		if got := m.update(now, c.done, c.total); got != c.want {
			t.Errorf("at %d ms: %q, want %q", c.milliseconds, got, c.want)
		}
	}
	detailed := &meter{label: "training", details: "log-loss 0.41"}
	if got := detailed.update(start, 4, 40); got != "training: 4 of 40 (10 %), log-loss 0.41" {
		t.Errorf("details: %q", got)
	}
	if got := detailed.update(start, 40, 40); got != "training: 40 of 40" {
		t.Errorf("details at the end: %q", got)
	}
	if got := (&meter{label: "rows"}).update(start, 7, 0); got != "rows: 7" {
		t.Errorf("unknown total: %q", got)
	}
	if got := (&meter{label: "rows"}).update(start, 7, 7); got != "rows: 7 of 7" {
		t.Errorf("at once: %q", got)
	}
}

func TestStripTags(t *testing.T) {
	for html, want := range map[string]string{
		"":                                       "",
		"plain":                                  "plain",
		"a < b":                                  "a < b",
		"<b>x":                                   "x",
		"<tr><th>a</th><td>1</td></tr>":          "a\t1",
		"<p>&lt;i&gt; &amp;amp;</p>\n<p>":        "<i> &amp;",
		"<ul><li>a<ul><li>b</li></ul></li></ul>": "a\nb",
	} {
		if got := stripTags(html); got != want {
			t.Errorf("stripTags(%q) = %q, want %q", html, got, want)
		}
	}
}
