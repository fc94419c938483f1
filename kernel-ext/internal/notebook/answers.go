package notebook

import (
	"regexp"
	"strings"
)

var (
	link  = regexp.MustCompile(`\[([^\]]*)\]\(([^)]*)\)`)
	digit = regexp.MustCompile(`\d`)
)

// answers holds the first cell to the list of answers that a reader wants first: an
// item for each question, in bold, in which each number is a link to the section of a
// cell that prints it.
func (c *checker) answers(questions []string) {
	if len(questions) == 0 {
		return
	}
	items := map[string]string{}
	if len(c.notebook.Cells) > 0 && c.notebook.Cells[0].Type == "markdown" {
		proseLines(c.notebook.Cells[0].Source, func(line string) {
			if item, isItem := strings.CutPrefix(line, "- **"); isItem {
				question, answer, _ := strings.Cut(item, "**")
				items[question] = answer
			}
		})
	}
	printed := c.printed()
	for _, question := range questions {
		answer, found := items[question]
		links := link.FindAllStringSubmatch(answer, -1)
		switch {
		case !found:
			c.add(0, RuleAnswer, "", "the first cell has no item for **%s**", question)
			continue
		case len(links) == 0:
			c.add(0, RuleAnswer, "", "%s has no link to a cell that shows it", question)
		}
		for _, l := range links {
			text, target := l[1], strings.TrimPrefix(l[2], "#")
			switch outputs, exists := printed[target]; {
			case !exists || target == l[2]:
				c.add(0, RuleAnswer, "", "%s links to %s, which is no heading", question, l[2])
			case !holds(outputs, text):
				c.add(0, RuleAnswer, "", "%s says %s, which no cell below the heading %s prints", question, text, l[2])
			}
		}
		if rest := link.ReplaceAllString(answer, ""); digit.MatchString(rest) {
			c.add(0, RuleAnswer, "", "%s has a number that is no link: %s", question, strings.TrimSpace(rest))
		}
	}
}

// holds reports whether a text stands in another, not as a part of a longer number or
// word.
func holds(text, part string) bool {
	if part == "" {
		return false
	}
	for at := 0; ; {
		k := strings.Index(text[at:], part)
		if k < 0 {
			return false
		}
		start, end := at+k, at+k+len(part)
		if !runsOn.MatchString(text[:start]) && !goesOn.MatchString(text[end:]) {
			return true
		}
		at = end
	}
}

// What would make a number that begins or ends there a longer one.
var (
	runsOn = regexp.MustCompile(`[\pL\d]$|\d[.,]$`)
	goesOn = regexp.MustCompile(`^[\pL\d]|^[.,]\d`)
)

// printed returns what the cells below each heading print, as text, up to the next
// heading, by the anchor that pages and front ends give it: blanks are hyphens there.
func (c *checker) printed() map[string]string {
	sections := map[string]string{}
	anchor := ""
	for _, cell := range c.notebook.Cells {
		if cell.Type == "markdown" {
			proseLines(cell.Source, func(line string) {
				if level, title := heading(line); level > 0 {
					anchor = strings.ReplaceAll(title, " ", "-")
					sections[anchor] += ""
				}
			})
			continue
		}
		for _, o := range cell.Outputs {
			sections[anchor] += o.Text + o.Content("text/plain") + "\n"
		}
	}
	return sections
}
