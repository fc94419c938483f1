package jupyter

import (
	"testing"

	"github.com/stophacking/kelpie/kernel-ext/internal/notebook"
)

// What a failed cell said goes to a terminal, which must not obey it.
func TestErrorOfIsVisible(t *testing.T) {
	for _, test := range []struct {
		outputs []notebook.Output
		want    string
	}{
		{[]notebook.Output{{Type: "error", Traceback: []string{"\x1b[31mred\x1b[0m", "\x1b]0;title\a\u202e"}}}, "red\n\\x1b]0;title\\a\\u202e"},
		{[]notebook.Output{{Type: "error", ErrorValue: "a\rb "}}, `a\rb`},
		{[]notebook.Output{{Type: "stream", Name: "stderr", Text: "\x1b[2Jgone"}, {Type: "error", ErrorValue: "exit status 3"}}, "exit status 3\n\\x1b[2Jgone"},
	} {
		if got := errorOf(test.outputs); got != test.want {
			t.Errorf("%q, want %q", got, test.want)
		}
	}
}
