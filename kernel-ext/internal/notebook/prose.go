package notebook

import (
	"encoding/json"
	"regexp"
	"strings"
	"unicode"
)

// stepNumber matches a step number such as 1.2.1 as a whole.
var stepNumber = regexp.MustCompile(`\d+(?:\.\d+)+`)

// proseLines calls visit with each line of a Markdown cell outside fenced code.
func proseLines(source string, visit func(line string)) {
	fence := ""
	for _, line := range strings.Split(source, "\n") {
		trimmed := strings.TrimSpace(line)
		switch {
		case fence != "":
			if strings.HasPrefix(trimmed, fence) {
				fence = ""
			}
		case strings.HasPrefix(trimmed, "```"):
			fence = "```"
		case strings.HasPrefix(trimmed, "~~~"):
			fence = "~~~"
		default:
			visit(line)
		}
	}
}

// steps holds the headings to carrying each required step number.
func (c *checker) steps(required []string) {
	found := map[string]bool{}
	for _, cell := range c.notebook.Cells {
		if cell.Type != "markdown" {
			continue
		}
		proseLines(cell.Source, func(line string) {
			if _, title := heading(line); title != "" {
				for _, number := range stepNumber.FindAllString(title, -1) {
					found[number] = true
				}
			}
		})
	}
	for _, step := range required {
		if !found[step] {
			c.add(-1, RuleStep, "", "no heading carries step %s", step)
		}
	}
}

// words holds Markdown cells to the limit in their metadata kelpie.words. On a
// cell that starts with a heading the limit covers the whole section: the cells
// up to the next heading of the same or a higher level.
func (c *checker) words() {
	for i, cell := range c.notebook.Cells {
		raw, limited := cell.Metadata["kelpie.words"]
		if !limited || cell.Type != "markdown" {
			continue
		}
		var limit int
		if err := json.Unmarshal(raw, &limit); err != nil {
			c.add(i, RuleWords, "", "metadata kelpie.words is %s, want a number", raw)
			continue
		}
		count := countWords(cell.Source)
		if level, _ := heading(firstLine(cell.Source)); level > 0 {
			for _, next := range c.notebook.Cells[i+1:] {
				if next.Type != "markdown" {
					continue
				}
				if other, _ := heading(firstLine(next.Source)); other > 0 && other <= level {
					break
				}
				count += countWords(next.Source)
			}
		}
		if count > limit {
			c.add(i, RuleWords, "", "%d words, the limit is %d", count, limit)
		}
	}
}

func firstLine(source string) string {
	line, _, _ := strings.Cut(strings.TrimLeft(source, "\n"), "\n")
	return line
}

// countWords counts the words of a Markdown text, without headings and code
// blocks. A word is what spaces set apart and holds a letter or digit.
func countWords(source string) int {
	count := 0
	proseLines(source, func(line string) {
		if level, _ := heading(line); level > 0 {
			return
		}
		for _, word := range strings.Fields(line) {
			if strings.ContainsFunc(word, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }) {
				count++
			}
		}
	})
	return count
}
