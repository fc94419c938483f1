package nb

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// htmlEscaper covers text between tags and inside quoted attributes.
var htmlEscaper = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&#34;", "'", "&#39;")

// htmlUnescaper undoes the entities that generated tables use.
var htmlUnescaper = strings.NewReplacer("&lt;", "<", "&gt;", ">", "&#34;", `"`, "&quot;", `"`, "&#39;", "'", "&nbsp;", " ", "&amp;", "&")

// Escape makes text safe inside HTML, between tags and in quoted attributes. Log
// fields are written by whoever is logged: a process may well call itself
// <script>. Bytes that are not UTF-8, control characters (but newline and tab)
// and characters that turn the reading direction are made visible as \xNN or
// \uNNNN.
func Escape(text string) string {
	return htmlEscaper.Replace(visible(text))
}

// visible replaces what a reader could not see or what would steer the display:
// invalid UTF-8, control characters (so also terminal colour codes) and
// directional overrides. Newlines and tabs stay; \r\n becomes \n.
func visible(text string) string {
	if !needsCare(text) {
		return text
	}
	var b strings.Builder
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRuneInString(text[i:])
		switch {
		case r == utf8.RuneError && size == 1:
			fmt.Fprintf(&b, `\x%02x`, text[i])
		case r == '\r' && strings.HasPrefix(text[i:], "\r\n"):
			// The newline that follows says it all.
		case hidden(r) && r < utf8.RuneSelf:
			fmt.Fprintf(&b, `\x%02x`, r)
		case hidden(r):
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			b.WriteString(text[i : i+size])
		}
		i += size
	}
	return b.String()
}

// needsCare reports whether visible would change text.
func needsCare(text string) bool {
	return !utf8.ValidString(text) || strings.ContainsFunc(text, hidden)
}

// hidden reports whether r steers the display instead of showing something.
func hidden(r rune) bool {
	switch {
	case r == '\n', r == '\t':
		return false
	case r >= 0x202a && r <= 0x202e, r >= 0x2066 && r <= 0x2069: // directional overrides
		return true
	}
	return unicode.IsControl(r)
}

// cut shortens text to the cap, at a character's boundary, and says so.
func cut(text string) string {
	if len(text) <= maxText {
		return text
	}
	end := maxText
	for !utf8.RuneStart(text[end]) {
		end--
	}
	return text[:end] + fmt.Sprintf("\n[text cut: the first %d of %d bytes are shown]", end, len(text))
}

// stripTags reduces HTML to its words, a line per table row or block: the plain
// form of a value that has no other. It trusts the markup to be well formed.
func stripTags(html string) string {
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
