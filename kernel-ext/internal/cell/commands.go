package cell

import (
	"slices"
	"strings"
)

// A command is a line that is not Go: %magic or !shell, with the lines that a
// backslash at the end joins to it.
type command struct {
	kind        byte   // '%' or '!'
	text        string // without the % or !, blanks after it, and joining backslashes
	words       []string
	first, last int // indices of its lines
}

// name returns the magic's name as it is written: "%%" for the one that starts main.
func (c command) name() string { return "%" + c.words[0] }

// commentPrefix may stand before a command, so that Go editors see a comment.
const commentPrefix = "//gonb:"

// commands finds the commands among the lines, as GoNB does: by the first character
// of a line, also inside of strings and comments.
func commands(lines []string) ([]command, error) {
	var found []command
	for i := 0; i < len(lines); i++ {
		line := strings.TrimPrefix(lines[i], commentPrefix)
		if len(line) < 2 || line[0] != '%' && line[0] != '!' {
			continue
		}
		c := command{kind: line[0], first: i, last: i}
		text := line
		for strings.HasSuffix(text, `\`) {
			text = text[:len(text)-1] + " "
			if c.last+1 == len(lines) {
				break
			}
			c.last++
			text += strings.TrimPrefix(lines[c.last], commentPrefix)
		}
		c.text = strings.TrimLeft(text[1:], " \t")
		if c.text == "" {
			return nil, problem(i+1, "", "a %c without a command", c.kind)
		}
		if c.kind == '%' {
			c.words = words(c.text)
		}
		found = append(found, c)
		i = c.last
	}
	return found, nil
}

// words splits a magic at blanks outside of double quotes, as GoNB does. Inside of
// quotes a backslash keeps the next character, and \n and \t are what they are in Go.
func words(text string) []string {
	var list []string
	var word []byte
	started, quoted := false, false
	for i := 0; i < len(text); i++ {
		c := text[i]
		switch {
		case !quoted && (c == ' ' || c == '\t' || c == '\n'):
			if started {
				list = append(list, string(word))
			}
			word, started = word[:0], false
			continue
		case c == '"':
			quoted, started = !quoted, true
			continue
		case c == '\\' && quoted:
			if i++; i == len(text) {
				continue
			}
			switch c = text[i]; c {
			case 'n':
				c = '\n'
			case 't':
				c = '\t'
			}
		}
		word, started = append(word, c), true
	}
	if started {
		list = append(list, string(word))
	}
	return list
}

// quoteWord writes a word so that words reads it back.
func quoteWord(word string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(word) + `"`
}

// quoteShell writes text so that a shell reads it back as one word.
func quoteShell(text string) string {
	return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'"
}

// Magics that GoNB has.
var (
	// cellMagics change what the whole cell is, and stand in its first line.
	cellMagics = []string{"%%bash", "%%gx", "%%script", "%%sh", "%%writefile"}
	// runMagics say how the Go of the cell runs.
	runMagics = []string{"%%", "%args", "%capture", "%exec", "%main", "%test", "%wasm"}
	// lineMagics do something at their place among the commands.
	lineMagics = []string{
		"%autoget", "%cd", "%env", "%goflags", "%goworkfix", "%help", "%list", "%ls", "%noautoget", "%remove", "%reset",
		"%rm", "%track", "%untrack", "%version", "%widgets", "%widgets_hb", "%with_inputs", "%with_password",
	}
	// ownMagics are Kelpie's.
	ownMagics = []string{"%time", "%timeit", "%vars"}
)

// Magics returns the names of all magics, in order, for completion.
func Magics() []string {
	return slices.Sorted(slices.Values(slices.Concat(cellMagics, runMagics, lineMagics, ownMagics)))
}

// near returns the names that name may be a slip of, closest first.
func near(name string, names []string) []string {
	type candidate struct {
		name     string
		distance int
	}
	var close []candidate
	for _, n := range names {
		if d := distance(name, n); d <= 1+len(name)/4 || len(name) > 3 && strings.HasPrefix(n, name) {
			close = append(close, candidate{n, d})
		}
	}
	slices.SortStableFunc(close, func(a, b candidate) int { return a.distance - b.distance })
	var list []string
	for _, c := range close[:min(len(close), 3)] {
		list = append(list, c.name)
	}
	return list
}

// distance is the number of bytes to insert, drop or change between a and b
// (Levenshtein's), with neighbours exchanged counting as one.
func distance(a, b string) int {
	before := make([]int, len(b)+1)
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		older := before
		before, row = row, make([]int, len(b)+1)
		row[0] = i + 1
		for j := range len(b) {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			row[j+1] = min(before[j]+cost, before[j+1]+1, row[j]+1)
			if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
				row[j+1] = min(row[j+1], older[j-1]+1)
			}
		}
	}
	return row[len(b)]
}
