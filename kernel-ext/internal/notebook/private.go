package notebook

import (
	"os"
	"os/user"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// PrivateStrings returns what outputs must not say about this machine: the path
// of the checkout, the home and temporary directories (as named and as their
// links resolve), the user's name and the host's. Paths hold a slash, names do
// not.
func PrivateStrings(checkout string) []string {
	var private []string
	add := func(text string) {
		// "/" and one-letter names would be found everywhere.
		if text = strings.TrimRight(text, "/"); len(text) > 1 && text != "localhost" && !slices.Contains(private, text) {
			private = append(private, text)
		}
	}
	home, _ := os.UserHomeDir() // without one there is nothing to give away
	for _, path := range []string{checkout, home, os.TempDir()} {
		if !filepath.IsAbs(path) {
			continue
		}
		add(filepath.Clean(path))
		if resolved, err := filepath.EvalSymlinks(path); err == nil {
			add(resolved)
		}
	}
	if current, err := user.Current(); err == nil {
		add(current.Username)
	}
	if host, err := os.Hostname(); err == nil {
		add(host)
	}
	return private
}

// privateMatcher finds private strings in a text.
type privateMatcher []privatePattern

type privatePattern struct {
	what    string
	pattern *regexp.Regexp
}

// newPrivateMatcher builds the matcher. A path counts where it starts a path and
// ends at a boundary of its parts: with /root private, /root/x counts but /rooted
// and /data/root do not. A name that could be an ordinary word, such as root,
// counts only where names of users and hosts stand; one like build-7f3a counts as
// a word anywhere.
func newPrivateMatcher(private []string) privateMatcher {
	var matcher privateMatcher
	for _, text := range private {
		quoted := regexp.QuoteMeta(text)
		switch {
		case text == "":
			continue
		case strings.ContainsAny(text, `/\`):
			matcher = append(matcher, privatePattern{"the path " + text,
				regexp.MustCompile(`(?:^|[^\w./\-]|://)` + quoted + `(?:$|[^\w\-])`)})
		case distinctive(text):
			matcher = append(matcher, privatePattern{"the name " + text,
				regexp.MustCompile(`(?:^|[^\w\-])` + quoted + `(?:$|[^\w\-])`)})
		default:
			matcher = append(matcher, privatePattern{"the name " + text,
				regexp.MustCompile(`(?:/home/|/Users/|~|@)` + quoted + `(?:$|[^\w\-])|(?:^|[^\w\-])` + quoted + `@\w`)})
		}
	}
	return matcher
}

// distinctive reports whether a name can hardly be an ordinary word: six
// characters or more, with a digit, or a dash or dot inside.
func distinctive(name string) bool {
	return len(name) >= 6 && strings.ContainsAny(name, "0123456789-.")
}

// find returns the first private string in text and the line it stands in.
func (m privateMatcher) find(text string) (what, line string) {
	for _, p := range m {
		at := p.pattern.FindStringIndex(text)
		if at == nil {
			continue
		}
		start := strings.LastIndexByte(text[:at[0]], '\n') + 1
		line, _, _ = strings.Cut(strings.TrimPrefix(text[start:], "\n"), "\n")
		return p.what, line
	}
	return "", ""
}
