package notebook

import (
	"strings"
	"testing"
)

func TestUnifiedDiff(t *testing.T) {
	const head = "--- committed\n+++ executed\n"
	for _, c := range []struct{ before, after, want string }{
		{"a\nb\nc\n", "a\nb\nc\n", head},
		{"a\n", "b\n", head + "@@ -1 +1 @@\n-a\n+b\n"},
		{"1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n", "1\n2\n3\n4\nx\n6\n7\n8\n9\n", head +
			"@@ -3 +3 @@\n 3\n 4\n-5\n+x\n 6\n 7\n 8\n 9\n-10\n"},
		{"1\n2\n3\n4\n5\n6\n7\n8\n", "0\n1\n2\n3\n4\n5\n6\n7\n", head +
			"@@ -1 +1 @@\n+0\n 1\n 2\n@@ -6 +7 @@\n 6\n 7\n-8\n"},
		{"high\n", "high  \n", head + "@@ -1 +1 @@\n-high\n+high␣␣\n"},
		{"\x1b[31ma\n", "a\u202e\n", head + "@@ -1 +1 @@\n-\\x1b[31ma\n+a\\u202e\n"},
	} {
		if got := unifiedDiff(c.before, c.after); got != c.want {
			t.Errorf("%q to %q:\n%s\nwant\n%s", c.before, c.after, got, c.want)
		}
	}
	// Too many lines to align: all of them changed, and the print is cut.
	long := unifiedDiff(strings.Repeat("a\nb\n", 2000), strings.Repeat("c\nd\n", 2000))
	if len(long) > maxDiffText+100 || !strings.HasSuffix(long, "more bytes]\n") {
		t.Errorf("%d bytes, ends in %q", len(long), long[len(long)-40:])
	}
}
