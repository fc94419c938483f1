// Package visible writes text so that a reader sees all of it. What is shown here
// comes from logs, and what is logged is written by whoever is logged: a text may
// differ from another in a blank alone, turn the reading direction of its
// neighbours, or speak to the terminal.
//
// [Text] is for one value that stands somewhere: a cell of a table, a name, a
// title, a label. [Lines] is for running text: messages, what a cell prints by way
// of a display. Both leave everything alone that shows itself, and write the rest
// as Go's string literals do. [Names] lists names in a message, and [Error] is for
// errors on their way out of a package, which may quote the names of files.
// The forms are:
//
//	what                                             Text                Lines
//	newline, tab                                     \n, \t              stay; \r\n is \n
//	other controls (C0, DEL, C1)                     \r, \x1b, \u0085    the same
//	marks of direction (U+061C, 200E, 200F,          \u202e              the same
//	  202A–202E, 2066–2069)
//	what shows nothing (zero-width characters,       \u200b              the same
//	  soft hyphen, byte order mark, tags, fillers)
//	line and paragraph separators                    \u2028              the same
//	bytes that are not UTF-8                         \xff                the same
//	blanks at an end, or several in a row            ␣ each              stay
//	other blanks (no-break, wide, thin)              \u00a0              stay
//	private and unassigned characters                \ue000              stay
//	a combining mark with nothing before it          \u0301              stays
//	nothing at all                                   ""                  stays
//
// Joiners (U+200C, 200D) and variation selectors stay where writing needs them:
// joiners between letters of the scripts that join or between the parts of an
// emoji, selectors behind a symbol, a digit of a keycap, or the letter that they
// select a form of. Elsewhere they are written as escapes. So are the tags that
// make a flag of England out of a black one.
//
// The escapes are for people. Backslashes, quotes and ␣ of the text itself stay as
// they are, so that most texts do; to tell them apart for certain print with %q.
// Text made visible once more stays the same.
package visible

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Blank stands for a blank that would not be noticed.
const Blank = '␣'

// Text returns s, one value, with nothing in it unseen (package comment). Its cost is
// one pass; a text in which everything shows is returned as it is.
func Text(s string) string {
	switch {
	case s == "":
		return `""`
	case plain(s) && s[0] != ' ' && s[len(s)-1] != ' ' && !strings.Contains(s, "  "):
		return s
	}
	return write(s, false)
}

// Lines returns s, running text, with nothing in it that is unseen or steers the
// display (package comment).
func Lines(s string) string {
	if plain(s) {
		return s
	}
	return write(s, true)
}

// plain reports whether s is of printable ASCII alone.
func plain(s string) bool {
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' {
			return false
		}
	}
	return true
}

func write(s string, lines bool) string {
	var b strings.Builder
	b.Grow(len(s) + 8)
	end := len(strings.TrimRight(s, " ")) // the blanks from here on end the text
	var before rune                       // what stands before, where it shows; else 0
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		text := s[i : i+size]
		i += size
		next, width := utf8.DecodeRuneInString(s[i:])
		if next == utf8.RuneError && width <= 1 {
			next = 0
		}
		switch {
		case r == utf8.RuneError && size == 1:
			text, r = `\x`+strconv.FormatUint(uint64(text[0]), 16), 0
		case lines && r == '\r' && next == '\n':
			text = ""
		case lines && (r == '\n' || r == '\t' || r == ' '):
		case r == ' ':
			if next == ' ' || before == ' ' || i == size || i > end {
				text = string(Blank)
			}
		case unseen(r, lines) && !joins(before, r, next, lines), !lines && before == 0 && unicode.IsMark(r):
			text = strings.Trim(strconv.QuoteRuneToASCII(r), "'")
			r = 0
		}
		b.WriteString(text)
		before = r
	}
	return b.String()
}

// unseen reports whether r shows nothing of itself, or steers how others are shown.
func unseen(r rune, lines bool) bool {
	switch {
	case unicode.Is(unicode.Other_Default_Ignorable_Code_Point, r), unicode.Is(unicode.Variation_Selector, r):
		return true // letters, marks and symbols among them
	case r == 0x2800, r == 0x1d159:
		return true // Braille without a dot; a note without a head
	case lines:
		return unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp)
	}
	return !strconv.IsPrint(r)
}

// joining are the scripts whose letters take other forms beside a joiner.
var joining = []*unicode.RangeTable{
	unicode.Arabic, unicode.Syriac, unicode.Nko, unicode.Mandaic, unicode.Mongolian, unicode.Devanagari, unicode.Bengali, unicode.Gurmukhi,
	unicode.Gujarati, unicode.Oriya, unicode.Tamil, unicode.Telugu, unicode.Kannada, unicode.Malayalam, unicode.Sinhala, unicode.Khmer,
	unicode.Myanmar, unicode.Tibetan,
}

const (
	nonJoiner   = 0x200c
	joiner      = 0x200d
	textStyle   = 0xfe0e
	emojiStyle  = 0xfe0f
	keycap      = 0x20e3
	firstSkin   = 0x1f3fb
	lastSkin    = 0x1f3ff
	firstForm   = 0xfe00 // standardised forms of letters, of ideographs among them
	lastForm    = 0xfe02
	firstIdeo   = 0xe0100 // registered forms of ideographs
	lastIdeo    = 0xe01ef
	firstMongol = 0x180b
	lastMongol  = 0x180f
)

// joins reports whether r, which shows nothing, is what writing needs between its
// neighbours. A neighbour that will be an escape is none: what stands beside one would
// be written otherwise the next time.
func joins(before, r, next rune, lines bool) bool {
	switch {
	case (r == joiner || r == nonJoiner) && unseen(next, lines):
		return false
	case r == joiner && emoji(before) && emoji(next):
		return true
	case r == joiner || r == nonJoiner:
		return unicode.In(before, joining...) && unicode.In(next, joining...)
	case r == textStyle || r == emojiStyle:
		return before > unicode.MaxASCII && unicode.In(before, unicode.S, unicode.P) ||
			next == keycap && (before == '#' || before == '*' || '0' <= before && before <= '9')
	case firstForm <= r && r <= lastForm, firstIdeo <= r && r <= lastIdeo:
		return unicode.Is(unicode.Han, before)
	case firstMongol <= r && r <= lastMongol && r != 0x180e:
		return unicode.Is(unicode.Mongolian, before)
	}
	return false
}

// emoji reports whether r is a part of an emoji: a symbol, a colour of skin, or the
// selector behind a symbol.
func emoji(r rune) bool {
	return r == emojiStyle || firstSkin <= r && r <= lastSkin || unicode.Is(unicode.So, r)
}
