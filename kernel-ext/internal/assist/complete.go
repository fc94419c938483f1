package assist

import (
	"context"
	"go/token"
	"slices"
	"strings"
	"unicode/utf8"
)

// A Completion is what could stand at the cursor.
type Completion struct {
	// Matches are the texts that would replace the cell's code points from Start to End, the likeliest first; at most 1000.
	// It is empty, never nil, when nothing fits.
	Matches []string
	// Types says of each match what it is, in the words that Jupyter front ends know: function, instance, class, module,
	// property, keyword, magic, path.
	Types []string
	// Start and End are code points, Start <= the cursor = End.
	Start, End int
}

const maxMatches = 1000

// Complete says what could stand at the cursor. It returns within the deadline of the configuration, and sooner when ctx
// ends: what gopls has not said by then is missing, never an error.
func (a *Assistant) Complete(ctx context.Context, c Cell) Completion {
	ctx, cancel := context.WithTimeout(ctx, a.config.Deadline)
	defer cancel()
	at := locate(c)
	l := lay(c.Text, at.line)
	var found matches
	switch {
	case l.kinds[at.line] == magic || magicLine(at.text) != "" && !timed(at.text):
		found = a.completeMagic(c, l, at)
	default:
		items := a.items(c.Known)
		var asked bool
		found, asked = a.askCompletion(ctx, compose(l, items), at)
		// Paths of packages take gopls long the first time.
		if inside, _ := literal(l, at); !asked || len(found.all) == 0 && inside == token.STRING {
			found = completeLocally(l, items, at)
		}
	}
	return at.completion(found)
}

// A match is a text, and what it is.
type match struct{ text, kind string }

// matches replace the bytes from start, counted in the line of the cursor, to the cursor.
type matches struct {
	start int
	all   []match
}

// A spot is where the cursor stands.
type spot struct {
	line, column int    // bytes within the line
	text         string // the line, as it was typed
	cursor       int    // code points from the beginning of the cell
}

func locate(c Cell) spot {
	left := max(0, c.Cursor)
	offset := len(c.Text)
	for i := range c.Text {
		if left == 0 {
			offset = i
			break
		}
		left--
	}
	before := c.Text[:offset]
	begin := strings.LastIndexByte(before, '\n') + 1
	text, _, _ := strings.Cut(c.Text[begin:], "\n")
	return spot{strings.Count(before, "\n"), offset - begin, text, utf8.RuneCountInString(before)}
}

// before is the line up to the cursor.
func (s spot) before() string { return s.text[:s.column] }

// name is the identifier that ends at the cursor, perhaps empty, and where it starts.
func (s spot) name() (string, int) {
	before := s.before()
	start := len(before)
	for start > 0 {
		r, size := utf8.DecodeLastRuneInString(before[:start])
		if !letter(r) {
			break
		}
		start -= size
	}
	return before[start:], start
}

func letter(r rune) bool {
	return r == '_' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r >= 0x80
}

// completion turns matches into the answer: each text once.
func (s spot) completion(found matches) Completion {
	c := Completion{Matches: []string{}, Types: []string{}, End: s.cursor}
	c.Start = s.cursor - utf8.RuneCountInString(s.text[min(found.start, s.column):s.column])
	for _, m := range found.all {
		if len(c.Matches) < maxMatches && !slices.Contains(c.Matches, m.text) {
			c.Matches, c.Types = append(c.Matches, m.text), append(c.Types, m.kind)
		}
	}
	if len(c.Matches) == 0 {
		c.Start = c.End
	}
	return c
}

// kinds are the numbers of language servers for what a completion is (LSP 3.17, CompletionItemKind).
var kinds = map[int]string{
	2: "function", 3: "function", 4: "function", 5: "property", 6: "instance", 7: "class", 8: "class", 9: "module",
	10: "property", 12: "instance", 13: "class", 14: "keyword", 20: "instance", 21: "instance", 22: "class", 25: "class",
}

// askCompletion asks gopls; false when there is no answer.
func (a *Assistant) askCompletion(ctx context.Context, d document, at spot) (matches, bool) {
	p, ok := d.position(at.line, at.column)
	if !ok {
		return matches{}, false
	}
	s := a.ready(ctx)
	if s == nil {
		return matches{}, false
	}
	var list struct {
		Items []struct {
			Label    string
			Kind     int
			TextEdit struct {
				NewText string
				Range   struct{ Start position }
				Insert  struct{ Start position }
			}
		}
	}
	if err := s.ask(ctx, d.text, "textDocument/completion", p, &list); err != nil {
		return matches{}, false
	}
	_, start := at.name()
	found := matches{start: start}
	for _, item := range list.Items {
		begin := item.TextEdit.Range.Start
		if item.TextEdit.NewText == "" || begin.Line != p.Line {
			continue
		}
		_, column, _ := d.place(begin)
		if item.TextEdit.NewText == "main" && d.wrapped {
			continue // it is not the user's
		}
		// All matches of an answer replace the same text; what differs, an edit elsewhere, is left out.
		if len(found.all) == 0 {
			found.start = column
		}
		if column == found.start {
			found.all = append(found.all, match{item.TextEdit.NewText, kinds[item.Kind]})
		}
	}
	return found, true
}

// timed says whether the line is a magic that times Go.
func timed(line string) bool {
	word, _, found := strings.Cut(magicLine(line), " ")
	return found && (word == "%time" || word == "%timeit")
}
