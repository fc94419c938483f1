package visible_test

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/stophacking/kelpie/analysis/visible"
)

// Texts, and what Text and Lines make of them; "" for Lines means the text itself.
var cases = []struct{ name, text, want, lines string }{
	{"nothing", "", `""`, ""},
	{"plain", "sshd -D", "sshd -D", ""},
	{"quotes and backslashes", `C:\a "b" 'c'`, `C:\a "b" 'c'`, ""},
	{"other scripts", "größe 東京 日本語 עברית हिन्दी é", "größe 東京 日本語 עברית हिन्दी é", ""},
	{"blank at the end", "high ", "high␣", ""},
	{"blanks at the end", "high  ", "high␣␣", ""},
	{"blank at the start", " high", "␣high", ""},
	{"a blank alone", " ", "␣", ""},
	{"blanks alone", "   ", "␣␣␣", ""},
	{"blanks inside", "a b  c   d", "a b␣␣c␣␣␣d", ""},
	{"newline, tab", "a\nb\tc", `a\nb\tc`, ""},
	{"line ends of Windows", "a\r\nb", `a\r\nb`, "a\nb"},
	{"carriage return", "a\rb", `a\rb`, `a\rb`},
	{"terminal", "\x1b[31mred\x1b]0;title\a\b", `\x1b[31mred\x1b]0;title\a\b`, `\x1b[31mred\x1b]0;title\a\b`},
	{"NUL, DEL, C1", "\x00\x7f\u009b31m\u0085", `\x00\x7f\u009b31m\u0085`, `\x00\x7f\u009b31m\u0085`},
	{"direction", "a\u202eb\u2066c\u200ed\u200fe\u061cf", `a\u202eb\u2066c\u200ed\u200fe\u061cf`, `a\u202eb\u2066c\u200ed\u200fe\u061cf`},
	{"zero width", "a\u200bb\u2060c\ufeffd\u00ade", `a\u200bb\u2060c\ufeffd\u00ade`, `a\u200bb\u2060c\ufeffd\u00ade`},
	{"joiner between Latin letters", "hi\u200dgh\u200c", `hi\u200dgh\u200c`, `hi\u200dgh\u200c`},
	{"joiner in Hindi, Persian", "क्\u200dष می\u200cخواهم", "क्\u200dष می\u200cخواهم", ""},
	{"joiner at the end", "क्\u200d", `क्\u200d`, `क्\u200d`},
	{"joiner beside an escape", "ی\u200c\u0600 ☀\u200d\ufe0f", `ی\u200c\u0600 ☀\u200d\ufe0f`, `ی\u200c\u0600 ☀\u200d\ufe0f`},
	{"emoji", "👩🏽\u200d💻 ❤\ufe0f\u200d🔥 1\ufe0f\u20e3 ©\ufe0e", "👩🏽\u200d💻 ❤\ufe0f\u200d🔥 1\ufe0f\u20e3 ©\ufe0e", ""},
	{"selectors elsewhere", "high\ufe0f 1\ufe0f ©\ufe0f\ufe0f", `high\ufe0f 1\ufe0f ©️\ufe0f`, `high\ufe0f 1\ufe0f ©️\ufe0f`},
	{"form of an ideograph", "葛\U000e0100 a\U000e0100", "葛\U000e0100 a\\U000e0100", "葛\U000e0100 a\\U000e0100"},
	{"tags", "\U0001f3f4\U000e0067\U000e007f", `🏴\U000e0067\U000e007f`, `🏴\U000e0067\U000e007f`},
	{"fillers that count as letters", "a\u3164b\uffa0\u115f\u2800", `a\u3164b\uffa0\u115f\u2800`, `a\u3164b\uffa0\u115f\u2800`},
	{"separators", "a\u2028b\u2029c", `a\u2028b\u2029c`, `a\u2028b\u2029c`},
	{"other blanks", "10\u00a0000\u202f€\u3000x", `10\u00a0000\u202f€\u3000x`, ""},
	{"private, unassigned", "\ue000\U0010fffd\u0378", `\ue000\U0010fffd\u0378`, ""},
	{"marks", "e\u0301 \u0301", "e\u0301 \u0301", ""},
	{"mark on nothing", "\u0301e\x1b\u0301", `\u0301e\x1b\u0301`, "\u0301e\\x1b\u0301"},
	{"not UTF-8", "a\xff\xc3(\x80\ufffd", "a\\xff\\xc3(\\x80\ufffd", "a\\xff\\xc3(\\x80\ufffd"},
}

func TestTextAndLines(t *testing.T) {
	for _, test := range cases {
		lines := test.lines
		if lines == "" {
			lines = test.text
		}
		if got := visible.Text(test.text); got != test.want {
			t.Errorf("%s: Text is %+q, want %+q", test.name, got, test.want)
		}
		if got := visible.Lines(test.text); got != lines {
			t.Errorf("%s: Lines is %+q, want %+q", test.name, got, lines)
		}
	}
}

// Values that differ are shown so that they do.
func TestTwinsAreToldApart(t *testing.T) {
	twins := []string{"high", "high ", "high  ", " high", "high\t", "high\n", "high\r", "high\u00a0", "high\u3000", "high\u200b", "hi\u200dgh", "high\ufe0f",
		"high\u2800", "high\u3164", "high\u00ad", "high\u200e", "\ufeffhigh", "high\x00", "high\x7f", "high\u034f", "hi gh", "hi  gh", ""}
	seen := map[string]string{}
	for _, twin := range twins {
		shown := visible.Text(twin)
		// As a browser or a renderer of Markdown shows it: blanks at the ends are gone, those inside folded.
		shown = strings.Join(strings.Fields(shown), " ")
		if other, there := seen[shown]; there {
			t.Errorf("%+q and %+q both show as %q", twin, other, shown)
		}
		seen[shown] = twin
	}
}

// Of every character by itself: it is seen, or written as an escape.
func TestEveryCharacter(t *testing.T) {
	for r := rune(0); r <= unicode.MaxRune; r++ {
		text := visible.Text("a" + string(r) + "b")
		if strings.ContainsFunc(text, func(r rune) bool {
			return unicode.In(r, unicode.C, unicode.Z, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector) && r != ' '
		}) {
			t.Errorf("Text leaves %U as it is", r)
		}
		lines := visible.Lines("a" + string(r) + "b")
		if strings.ContainsFunc(lines, func(r rune) bool {
			return unicode.In(r, unicode.Cc, unicode.Cf, unicode.Bidi_Control) && r != '\n' && r != '\t'
		}) {
			t.Errorf("Lines leaves %U as it is", r)
		}
	}
}

func FuzzVisible(f *testing.F) {
	for _, test := range cases {
		f.Add(test.text)
	}
	f.Fuzz(func(t *testing.T, s string) {
		text, lines := visible.Text(s), visible.Lines(s)
		if !utf8.ValidString(text) || !utf8.ValidString(lines) {
			t.Errorf("%+q is no UTF-8 afterwards: %+q, %+q", s, text, lines)
		}
		if text == "" || strings.TrimSpace(text) != text || strings.ContainsAny(text, "\n\t\r\x1b\u202e") || strings.Contains(text, "  ") {
			t.Errorf("Text(%+q) is %+q", s, text)
		}
		if strings.ContainsAny(lines, "\r\x1b\u202e\u009b") || strings.Count(lines, "\n") != strings.Count(s, "\n") {
			t.Errorf("Lines(%+q) is %+q", s, lines)
		}
		if visible.Text(text) != text || visible.Lines(lines) != lines {
			t.Errorf("%+q changes when it is made visible once more", s)
		}
	})
}
