//go:build !windows

package build

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/stophacking/kelpie/analysis/files"
)

// A module is one whose files lie in a folder, where they can change.
type module struct {
	path, dir string
}

// maxText is how many bytes of a source or a go.mod file are read, far more than any has.
const maxText = 1 << 28

// A workspace is what a program's go.work and the go.mod files that it leads to say.
type workspace struct {
	local []module
	gonb  []string // the versions of GoNB that are required; "" for a replacement
	text  string   // all that was read, with the program's own module without its name
}

// readWorkspace reads the workspace of the module name in dir.
func readWorkspace(dir, name string) (workspace, error) {
	var w workspace
	text, err := files.Read(filepath.Join(dir, "go.mod"), maxText)
	if err != nil {
		return w, err
	}
	own, found := strings.CutPrefix(string(text), "module "+name+"\n")
	if !found {
		return w, errUnplanned
	}
	work, err := files.Read(filepath.Join(dir, "go.work"), maxText)
	if err != nil {
		return w, err
	}
	texts := []string{own, string(work)}
	for _, name := range []string{"go.sum", "go.work.sum"} {
		text, err := optional(filepath.Join(dir, name))
		if err != nil {
			return w, err
		}
		texts = append(texts, text)
	}
	lines, err := directives(string(work))
	if err != nil {
		return w, err
	}
	replaced := replacements(lines, dir)
	w.gonb = versions(gonb, lines)
	for _, line := range lines {
		if line[0] != "use" || len(line) != 2 {
			continue
		}
		used := absolute(dir, line[1])
		text, err := files.Read(filepath.Join(used, "go.mod"), maxText)
		if err != nil {
			return w, err
		}
		inner, err := directives(string(text))
		if err != nil {
			return w, err
		}
		replaced = append(replaced, replacements(inner, used)...)
		w.gonb = append(w.gonb, versions(gonb, inner)...)
		path := ""
		for _, line := range inner {
			if line[0] == "module" && len(line) == 2 {
				path = line[1]
			}
		}
		if used != dir {
			w.local = append(w.local, module{path, used})
		}
	}
	for _, m := range replaced {
		if !slices.Contains(w.local, m) {
			w.local = append(w.local, m)
		}
	}
	for _, m := range w.local {
		mod, err := files.Read(filepath.Join(m.dir, "go.mod"), maxText)
		if err != nil {
			return w, err
		}
		sum, err := optional(filepath.Join(m.dir, "go.sum"))
		if err != nil {
			return w, err
		}
		texts = append(texts, m.path, m.dir, string(mod), sum)
	}
	w.text = condense(texts...)
	return w, nil
}

// replacements are the modules that a go.mod or go.work in dir takes from folders.
func replacements(lines [][]string, dir string) []module {
	var local []module
	for _, line := range lines {
		arrow := slices.Index(line, "=>")
		if line[0] != "replace" || arrow < 2 || arrow+2 != len(line) {
			continue
		}
		local = append(local, module{line[1], absolute(dir, line[arrow+1])})
	}
	return local
}

// versions are those of a module that a go.mod or go.work asks for; "" where it takes another in its place.
func versions(module string, lines [][]string) []string {
	var all []string
	for _, line := range lines {
		switch {
		case len(line) < 3 || line[1] != module:
		case line[0] == "require":
			all = append(all, line[2])
		case line[0] == "replace":
			all = append(all, "")
		}
	}
	return all
}

func absolute(dir, path string) string {
	if filepath.IsAbs(path) {
		return filepath.Clean(path)
	}
	return filepath.Join(dir, path)
}

// directives are the lines of a go.mod or go.work (https://go.dev/ref/mod#go-mod-file-lexical) in words, those in
// parentheses with their verb before them.
func directives(text string) ([][]string, error) {
	var lines [][]string
	block := ""
	for _, line := range strings.Split(text, "\n") {
		words, err := words(line)
		switch {
		case err != nil:
			return nil, err
		case len(words) == 0:
		case block != "" && words[0] == ")":
			block = ""
		case block != "":
			lines = append(lines, append([]string{block}, words...))
		case len(words) == 2 && words[1] == "(":
			block = words[0]
		default:
			lines = append(lines, words)
		}
	}
	return lines, nil
}

var errModuleFile = errors.New("build: a go.mod or go.work that is not understood")

// words splits a line into words, which may be quoted as Go's strings are, up to a comment.
func words(line string) ([]string, error) {
	var all []string
	for line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "//"); line = strings.TrimSpace(line) {
		if line[0] == '"' || line[0] == '`' {
			quoted, err := strconv.QuotedPrefix(line)
			if err != nil {
				return nil, errModuleFile
			}
			word, err := strconv.Unquote(quoted)
			if err != nil {
				return nil, errModuleFile
			}
			all, line = append(all, word), line[len(quoted):]
			continue
		}
		if strings.HasPrefix(line, "/*") {
			return nil, errModuleFile
		}
		end := strings.IndexAny(line, " \t")
		if end < 0 {
			end = len(line)
		}
		// "verb(" opens a block too.
		if word, found := strings.CutSuffix(line[:end], "("); found && word != "" {
			all = append(all, word, "(")
		} else {
			all = append(all, line[:end])
		}
		line = line[end:]
	}
	return all, nil
}

// optional is the text of a file that need not be there.
func optional(path string) (string, error) {
	text, err := files.Read(path, maxText)
	if errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	return string(text), err
}

// condense makes one short text of several; which is which matters.
func condense(texts ...string) string {
	sum := sha256.New()
	for _, text := range texts {
		fmt.Fprintf(sum, "%d:%s", len(text), text)
	}
	return hex.EncodeToString(sum.Sum(nil)[:16])
}
