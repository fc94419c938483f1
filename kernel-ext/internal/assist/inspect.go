package assist

import (
	"context"
	"go/token"
	"net/url"
	"strings"
	"unicode/utf8"

	"github.com/stophacking/kelpie/analysis/files"
)

// A Bundle is a text in several forms: MIME type to text. text/plain is always there.
type Bundle map[string]string

// Inspect says what the name at the cursor means: its declaration and comment, and, with a detail above 0, the source of
// the declaration where gopls finds it. Within the arguments of a call that names nothing it explains the call. The
// answer comes within the deadline; false when nothing is known.
func (a *Assistant) Inspect(ctx context.Context, c Cell, detail int) (Bundle, bool) {
	ctx, cancel := context.WithTimeout(ctx, a.config.Deadline)
	defer cancel()
	at := locate(c)
	l := lay(c.Text, at.line)
	text := magicLine(at.text)
	if text != "" && (!timed(at.text) || at.column <= strings.IndexByte(at.text, ' ')) || l.kinds[at.line] == magic {
		return inspectMagic(text)
	}
	items := a.items(c.Known)
	d := compose(l, items)
	if p, ok := d.position(at.line, at.column); ok {
		if s := a.ready(ctx); s != nil {
			if named(at) {
				if bundle, found := s.inspect(ctx, d.text, p, detail); found {
					return bundle, true
				}
			}
			if call, ok := d.callee(p); ok {
				if bundle, found := s.inspect(ctx, d.text, call, detail); found {
					return bundle, true
				}
			}
		}
	}
	return inspectLocally(l, items, at)
}

func inspectMagic(line string) (Bundle, bool) {
	word, _, _ := strings.Cut(line, " ")
	for _, m := range magics {
		if m.text == word {
			return Bundle{"text/plain": m.text + " " + m.kind + "\n"}, true
		}
	}
	if strings.HasPrefix(line, "!") {
		return Bundle{"text/plain": "! runs the rest of the line in a shell; !* runs it in the folder that cells are built in\n"}, true
	}
	return nil, false
}

// inspect asks gopls.
func (s *server) inspect(ctx context.Context, text string, p position, detail int) (Bundle, bool) {
	var hover struct{ Contents struct{ Value string } }
	if err := s.ask(ctx, text, "textDocument/hover", p, &hover); err == nil && hover.Contents.Value != "" {
		markdown := hover.Contents.Value
		if detail > 0 {
			if source := s.source(ctx, text, p); source != "" {
				markdown += "\n\n```go\n" + source + "\n```"
			}
		}
		return Bundle{"text/markdown": markdown, "text/plain": plain(markdown)}, true
	}
	return nil, false
}

// source is the text of the declaration of what stands at the position; empty when it is not found.
func (s *server) source(ctx context.Context, text string, p position) string {
	var places []struct {
		URI   string
		Range struct{ Start position }
	}
	if err := s.ask(ctx, text, "textDocument/definition", p, &places); err != nil || len(places) == 0 {
		return ""
	}
	if places[0].URI != s.uri() {
		address, err := url.Parse(places[0].URI)
		if err != nil {
			return ""
		}
		file, err := files.Read(address.Path, 1<<26)
		if err != nil {
			return ""
		}
		text = string(file)
	}
	return declarationAt(text, places[0].Range.Start.Line)
}

// named says whether the cursor touches a name.
func named(at spot) bool {
	next, _ := utf8.DecodeRuneInString(at.text[at.column:])
	name, _ := at.name()
	return name != "" || at.column < len(at.text) && letter(next)
}

// inspectLocally shows the declaration that stands from an earlier cell, or from this one.
func inspectLocally(l layout, items []item, at spot) (Bundle, bool) {
	end := at.column
	for end < len(at.text) && letter(rune(at.text[end])) {
		end++
	}
	at.column = end
	name, start := at.name()
	if name == "" || start > 0 && at.text[start-1] == '.' {
		return nil, false
	}
	own := itemsOf(l.declared())
	for _, it := range lastOfEach(append(append([]item{}, items...), own...)) {
		for _, n := range it.names {
			if n != name {
				continue
			}
			text := it.text
			if it.kind == token.FUNC {
				text, _, _ = strings.Cut(text, "\n")
				text = strings.TrimSuffix(strings.TrimSpace(text), "{")
			}
			markdown := "```go\n" + strings.TrimSpace(text) + "\n```"
			if it.doc != "" {
				markdown += "\n\n" + it.doc
			}
			return Bundle{"text/markdown": markdown, "text/plain": plain(markdown)}, true
		}
	}
	return nil, false
}

// plain is Markdown as gopls writes it without its marks: fences, rules and backslashes.
func plain(markdown string) string {
	var lines []string
	code := false
	for _, line := range strings.Split(markdown, "\n") {
		switch {
		case strings.HasPrefix(line, "```"):
			code = !code
			continue
		case !code && strings.TrimSpace(line) == "---":
			continue
		case !code:
			line = unescape(line)
		}
		if line == "" && (len(lines) == 0 || lines[len(lines)-1] == "") {
			continue
		}
		lines = append(lines, line)
	}
	return strings.TrimRight(strings.Join(lines, "\n"), "\n") + "\n"
}

// unescape drops the backslashes that Markdown needs before punctuation.
func unescape(line string) string {
	var b strings.Builder
	for i := 0; i < len(line); i++ {
		if line[i] == '\\' && i+1 < len(line) && strings.IndexByte("\\`*_{}[]()#+-.!<>|~&\"'/:;=?@^$%,", line[i+1]) >= 0 {
			i++
		}
		b.WriteByte(line[i])
	}
	return b.String()
}
