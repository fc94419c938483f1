package nb

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/stophacking/kelpie/analysis/visible"
)

// htmlEscaper covers text between tags and inside quoted attributes.
var htmlEscaper = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&#34;", "'", "&#39;")

// htmlUnescaper undoes the entities that generated tables use.
var htmlUnescaper = strings.NewReplacer("&lt;", "<", "&gt;", ">", "&#34;", `"`, "&quot;", `"`, "&#39;", "'", "&nbsp;", " ", "&amp;", "&")

// Escape makes text safe inside HTML, between tags and in quoted attributes. Log
// fields are written by whoever is logged: a process may well call itself
// <script>. What steers the display or shows nothing of itself, such as terminal
// codes and marks of the reading direction, is written as visible.Lines does:
// newlines and tabs stay.
func Escape(text string) string {
	return htmlEscaper.Replace(visible.Lines(text))
}

// bounded returns running text with nothing in it unseen (package visible), cut to the
// cap at a character's boundary; it says so.
func bounded(text string) string {
	whole := len(text)
	shown := visible.Lines(beginOf(text, maxText))
	if whole <= maxText && len(shown) <= maxText {
		return shown
	}
	shown = beginOf(shown, maxText)
	return shown + fmt.Sprintf("\n[text cut: the first %d of %d bytes are shown]", len(shown), max(whole, len(shown)))
}

// beginOf cuts text to a number of bytes, at a character's boundary.
func beginOf(text string, bytes int) string {
	if len(text) <= bytes {
		return text
	}
	for !utf8.RuneStart(text[bytes]) && bytes > 0 {
		bytes--
	}
	return text[:bytes]
}

// stripTags reduces HTML to its words, a line per table row or block: the plain
// form of a value that has no other. It trusts the markup to be well formed.
func stripTags(html string) string {
	html = beginOf(html, maxValue) // more than can be shown
	var b strings.Builder
	for html != "" {
		open := strings.IndexByte(html, '<')
		if open < 0 {
			b.WriteString(html)
			break
		}
		b.WriteString(html[:open])
		closing := strings.IndexByte(html[open:], '>')
		if closing < 0 {
			b.WriteString(html[open:])
			break
		}
		switch tag := strings.ToLower(html[open+1 : open+closing]); {
		case tag == "/td" || tag == "/th":
			b.WriteByte('\t')
		case tag == "ul" || tag == "ol" || tag == "/tr" || tag == "/p" || tag == "/div" || tag == "/li" || tag == "/caption" || tag == "/pre" ||
			strings.HasPrefix(tag, "/h") || strings.HasPrefix(tag, "br"):
			b.WriteByte('\n')
		}
		html = html[open+closing+1:]
	}
	lines := strings.Split(htmlUnescaper.Replace(b.String()), "\n")
	kept := lines[:0]
	for _, line := range lines {
		if line = strings.TrimSpace(line); line != "" {
			kept = append(kept, line)
		}
	}
	return strings.Join(kept, "\n")
}
