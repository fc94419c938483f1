package assist

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// magics are the commands of cells and what they do, in the order of their use.
var magics = []match{
	{"%%", "begins func main: the rest of the cell are statements, and all declarations above it stand for later cells"},
	{"%main", "begins func main, as %% does; what follows on the line are the program's arguments"},
	{"%%bash", "runs the rest of the cell with bash"},
	{"%%gx", "runs the rest of the cell as GX, a language for arrays"},
	{"%%script", "runs a program with the rest of the cell as its input"},
	{"%%sh", "runs the rest of the cell with sh"},
	{"%%writefile", "writes the rest of the cell to a file; -a appends"},
	{"%args", "sets the program's arguments"},
	{"%autoget", "fetches packages that a cell imports, before it is built"},
	{"%capture", "writes what the cell prints to a file too; -a appends"},
	{"%cd", "changes the folder that cells run in"},
	{"%env", "sets an environment variable for cells"},
	{"%exec", "runs a declared function as the cell's program"},
	{"%goflags", "sets flags of go build"},
	{"%goworkfix", "lets go get find the modules of go.work"},
	{"%help", "lists all commands"},
	{"%list", "lists the declarations that stand"},
	{"%ls", "lists the declarations that stand"},
	{"%noautoget", "fetches no packages before a cell is built"},
	{"%remove", "forgets declarations"},
	{"%reset", "forgets all declarations"},
	{"%rm", "forgets declarations"},
	{"%test", "runs the tests and benchmarks that the cell declares"},
	{"%time", "says how long a statement took"},
	{"%timeit", "runs a statement often and says how long it takes"},
	{"%track", "watches a folder for changes"},
	{"%untrack", "stops watching a folder"},
	{"%vars", "lists the variables that stand, with their types"},
	{"%version", "says which version of GoNB runs the cells"},
	{"%wasm", "builds the cell for the browser"},
	{"%widgets", "connects to the front end's widgets"},
	{"%widgets_hb", "sends a heartbeat to the front end's widgets"},
	{"%with_inputs", "lets a shell line read from the user"},
	{"%with_password", "lets a shell line read a password from the user"},
}

// pathMagics take a file, folderMagics a folder, nameMagics a declared name.
var (
	pathMagics   = []string{"%%writefile", "%capture", "%%script"}
	folderMagics = []string{"%cd", "%track", "%untrack"}
	nameMagics   = []string{"%rm", "%remove", "%exec"}
)

// completeMagic completes lines that are not Go.
func (a *Assistant) completeMagic(c Cell, l layout, at spot) matches {
	before := at.before()
	prefix := 0
	if strings.HasPrefix(before, markPrefix) {
		prefix = len(markPrefix)
	}
	command := before[prefix:]
	first := at.line == 0
	switch {
	case l.body != "" && !first:
		if !bodyMagics[l.body] {
			return matches{}
		}
		return completeShell(c.Dir, before, 0)
	case strings.HasPrefix(command, "!*"):
		return completeShell(a.config.Dir, before, prefix+2)
	case strings.HasPrefix(command, "!"):
		return completeShell(c.Dir, before, prefix+1)
	case strings.HasPrefix(command, "%"):
		name, _, arguments := strings.Cut(command, " ")
		if !arguments {
			var names []string
			for _, m := range magics {
				if first || !strings.HasPrefix(m.text, "%%") || m.text == "%%" {
					names = append(names, m.text)
				}
			}
			return prefixed(command, prefix, "magic", names)
		}
		switch {
		case slices.Contains(pathMagics, name):
			return completePath(c.Dir, before, false)
		case slices.Contains(folderMagics, name):
			return completePath(c.Dir, before, true)
		case slices.Contains(nameMagics, name):
			return a.completeDeclared(c, before, name == "%exec")
		}
		return matches{}
	}
	return completePath(c.Dir, before, false) // a shell line that goes on after a backslash
}

// completeDeclared completes names of declarations; of functions alone for what can be run.
func (a *Assistant) completeDeclared(c Cell, before string, functions bool) matches {
	start := strings.LastIndexByte(before, ' ') + 1
	found := matches{start: start}
	for _, it := range a.items(c.Known) {
		for _, name := range it.names {
			if strings.HasPrefix(name, before[start:]) && (!functions || itemKinds[it.kind] == "function") {
				found.all = append(found.all, match{name, itemKinds[it.kind]})
			}
		}
	}
	return found
}

// completeShell completes the last word of a shell line: a program where a command begins, else a path.
func completeShell(dir, before string, from int) matches {
	start := wordStart(before)
	word := before[max(start, from):]
	command := strings.TrimSpace(before[from:max(start, from)])
	if strings.Contains(word, "/") || command != "" && !strings.ContainsAny(command[len(command)-1:], "|;&(") {
		return completePath(dir, before, false)
	}
	found := matches{start: max(start, from)}
	if word == "" {
		return found
	}
	for _, folder := range filepath.SplitList(os.Getenv("PATH")) {
		entries, _ := os.ReadDir(folder) // a folder of PATH that is not there holds no programs
		for _, entry := range entries {
			if strings.HasPrefix(entry.Name(), word) && !entry.IsDir() {
				found.all = append(found.all, match{entry.Name(), "path"})
			}
		}
	}
	slices.SortFunc(found.all, func(a, b match) int { return strings.Compare(a.text, b.text) })
	return found
}

// wordStart is where the last word of a shell line starts: after a blank or an operator that no backslash precedes.
func wordStart(before string) int {
	start := 0
	for i := 0; i < len(before); i++ {
		switch {
		case before[i] == '\\':
			i++
		case strings.IndexByte(" \t|;&()<>='\"", before[i]) >= 0, i == 0 && before[i] == '!':
			start = i + 1
		}
	}
	return min(start, len(before))
}

// shellSpecial are the characters of a path that a shell would take for its own.
const shellSpecial = " \t\\'\"$&|;()<>*?[]#`!"

// completePath completes the path that ends at the cursor. A match is the path as it would stand in the line, blanks and
// the like with a backslash before them; folders end in a slash.
func completePath(dir, before string, foldersOnly bool) matches {
	start := wordStart(before)
	typed := before[start:]
	plain := strings.NewReplacer(`\\`, `\`, `\`, "").Replace(typed)
	folder, name := filepath.Split(plain)
	kept := typed[:len(typed)-len(escaped(name, typed))]
	look := folder
	if home, err := os.UserHomeDir(); err == nil && strings.HasPrefix(look, "~/") {
		look = filepath.Join(home, look[2:])
	}
	if !filepath.IsAbs(look) {
		look = filepath.Join(dir, look)
	}
	if look == "" {
		look = "."
	}
	found := matches{start: start}
	entries, _ := os.ReadDir(look) // a folder that cannot be read completes to nothing
	for _, entry := range entries {
		text := entry.Name()
		if !strings.HasPrefix(text, name) || name == "" && strings.HasPrefix(text, ".") {
			continue
		}
		about, err := os.Stat(filepath.Join(look, text))
		isFolder := err == nil && about.IsDir()
		if foldersOnly && !isFolder {
			continue
		}
		text = kept + escape(text)
		if isFolder {
			text += "/"
		}
		found.all = append(found.all, match{text, "path"})
	}
	return found
}

// escape puts a backslash before what a shell would not take as a letter of a path.
func escape(name string) string {
	var b strings.Builder
	for _, r := range name {
		if strings.ContainsRune(shellSpecial, r) {
			b.WriteByte('\\')
		}
		b.WriteRune(r)
	}
	return b.String()
}

// escaped is the end of typed that stands for the name.
func escaped(name, typed string) string {
	if strings.HasSuffix(typed, escape(name)) {
		return escape(name)
	}
	return name
}
