// Package visibletest helps tests hold that messages show what they name.
package visibletest

import (
	"strconv"
	"strings"
	"testing"
	"unicode"

	"github.com/stophacking/kelpie/analysis/visible"
)

// Names are names of columns, files or values that show less than they are: a blank at
// an end, nothing at all, a mark of direction, an escape of terminals.
var Names = []string{"high ", "", "a\u202eb", "\x1b[2Kc"}

// Files are those of Names that a file can have.
var Files = []string{"high ", "a\u202eb", "\x1b[2Kc"}

// Check fails the test where a message about what has that name does not name it, as
// visible.Text or %q does, or passes on anything unseen.
func Check(t testing.TB, message, name string) {
	t.Helper()
	if !strings.Contains(message, visible.Text(name)) && !strings.Contains(message, strings.Trim(strconv.Quote(name), `"`)) {
		t.Errorf("%q does not name %+q", message, name)
	}
	Shown(t, message, name)
}

// Shown is Check of a message that may leave the name out.
func Shown(t testing.TB, message, name string) {
	t.Helper()
	if strings.ContainsFunc(message, func(r rune) bool { return r != '\n' && unicode.In(r, unicode.Cc, unicode.Cf) }) {
		t.Errorf("%+q holds what is not seen", message)
	}
	bare := strings.ReplaceAll(message, strconv.Quote(name), "it")
	bare = strings.ReplaceAll(bare, name+"/", "it/") // a blank is seen where a slash follows
	if strings.HasSuffix(name, " ") && strings.Contains(bare, name) {
		t.Errorf("%q hides the blank at the end of %q", message, name)
	}
	for line := range strings.Lines(message) {
		if line = strings.TrimSuffix(line, "\n"); line != strings.TrimRight(line, " ") {
			t.Errorf("%q ends in a blank", line)
		}
	}
	if name == "" && (strings.Contains(strings.Join(strings.Fields(bare), " "), ": :") || strings.Contains(bare, "column  ")) {
		t.Errorf("%q hides an empty name", message)
	}
}
