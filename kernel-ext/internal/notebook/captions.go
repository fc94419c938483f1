package notebook

import (
	"regexp"
	"strings"
)

var caption = regexp.MustCompile(`(?s)<caption>(.*?)</caption>`)

// captions holds each table to a caption, and to one that no other table has: readers
// and screen readers know tables by it.
func (c *checker) captions() {
	first := map[string]int{}
	for i, cell := range c.notebook.Cells {
		for _, o := range cell.Outputs {
			html := o.Content("text/html")
			for range strings.Count(html, "<table") - strings.Count(html, "<caption>") {
				c.add(i, RuleCaption, "", "a table has no caption")
			}
			for _, match := range caption.FindAllStringSubmatch(html, -1) {
				if cell, seen := first[match[1]]; seen {
					c.add(i, RuleCaption, "", "the caption %q is that of a table of cell %d, too", match[1], cell+1)
				} else {
					first[match[1]] = i
				}
			}
		}
	}
}
