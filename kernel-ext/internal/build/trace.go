package build

import (
	"errors"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// A tool is a call of the compiler or the linker: its file, what it adds to the environment, and its arguments, in which
// $WORK stands for the folder of temporary files.
type tool struct {
	Path string
	Env  []string
	Args []string
}

// A trace is what a build with -x did for the main package.
type trace struct {
	compile, link      tool
	importcfg, linkcfg string // the packages that compiler and linker may read; $WORK is in them, too
}

// errTrace says that -x printed something that is not understood.
var errTrace = errors.New("build: unknown output of go build -x")

// The files of the main package, which the go command builds in the first of its folders.
const (
	archiveFile   = "$WORK/b001/_pkg_.a"
	importcfgFile = "$WORK/b001/importcfg"
	linkcfgFile   = "$WORK/b001/importcfg.link"
	programFile   = "$WORK/b001/exe/a.out"
)

// readTrace reads what `go build -x` printed when it built the package main from the files named, in the current
// directory. Any flag of compiler or linker that a plain cell does not have is an error, as is a build that found the
// program's parts in the cache.
func readTrace(text string, files []string) (trace, error) {
	var t trace
	lines := strings.Split(text, "\n")
	work := ""
	cached := map[string]string{} // where packages that this build compiled are kept in the build cache
	for i := 0; i < len(lines); i++ {
		line := lines[i]
		if dir, found := strings.CutPrefix(line, "WORK="); found && work == "" && filepath.IsAbs(dir) {
			work = dir
			continue
		}
		if file, found := hereDocument(line); found {
			end := slices.Index(lines[i:], "EOF")
			if end < 0 {
				return t, errTrace
			}
			content := strings.ReplaceAll(strings.Join(lines[i+1:i+end], "\n")+"\n", "="+work+"/", "=$WORK/")
			i += end
			switch strings.Replace(file, work+"/", "$WORK/", 1) {
			case importcfgFile:
				t.importcfg = content
			case linkcfgFile:
				t.linkcfg = content
			}
			continue
		}
		var into *tool
		switch {
		case strings.Contains(line, "/compile -o "+archiveFile+" "):
			into = &t.compile
		case strings.Contains(line, "/link -o "+programFile+" "):
			into = &t.link
		case strings.HasPrefix(line, "cp $WORK/"):
			if words, err := splitCall(line); err == nil && len(words) == 5 && words[1] != archiveFile {
				cached[words[1]] = words[2]
			}
			continue
		default:
			continue
		}
		var err error
		if *into, err = readCall(line); err != nil {
			return t, err
		}
	}
	for archive, kept := range cached {
		t.importcfg = strings.ReplaceAll(t.importcfg, "="+archive+"\n", "="+kept+"\n")
		t.linkcfg = strings.ReplaceAll(t.linkcfg, "="+archive+"\n", "="+kept+"\n")
	}
	return t, t.check(files)
}

// hereDocument is the file that the line begins to write.
func hereDocument(line string) (file string, found bool) {
	file, found = strings.CutPrefix(line, "cat >")
	if !found {
		return "", false
	}
	return strings.CutSuffix(file, " << 'EOF' # internal")
}

// readCall reads a line with a call of a tool. Variables stand before it with their values in quotes; arguments are
// quoted as Go's strings are where they need it.
func readCall(line string) (tool, error) {
	var t tool
	all, err := splitCall(line)
	if err != nil {
		return t, err
	}
	for len(all) > 0 && strings.Contains(all[0], "=") {
		t.Env, all = append(t.Env, all[0]), all[1:]
	}
	if len(all) < 2 || !filepath.IsAbs(all[0]) {
		return t, errTrace
	}
	t.Path, t.Args = all[0], all[1:]
	return t, nil
}

func splitCall(line string) ([]string, error) {
	var all []string
	for line != "" {
		word, rest, err := nextWord(line)
		if err != nil {
			return nil, err
		}
		all, line = append(all, word), rest
	}
	return all, nil
}

// nextWord cuts the first word off a line.
func nextWord(line string) (word, rest string, err error) {
	if name, value, found := strings.Cut(line, "='"); found && name != "" && !strings.ContainsAny(name, " \"'=/-") {
		value, rest, found = strings.Cut(value, "'")
		if !found || strings.ContainsAny(value, "\"\\") {
			return "", "", errTrace
		}
		word = name + "=" + value
	} else if line[0] == '"' {
		quoted, err := strconv.QuotedPrefix(line)
		if err != nil {
			return "", "", errTrace
		}
		if word, err = strconv.Unquote(quoted); err != nil {
			return "", "", errTrace
		}
		rest = line[len(quoted):]
	} else {
		end := strings.IndexByte(line, ' ')
		if end < 0 {
			end = len(line)
		}
		word, rest = line[:end], line[end:]
		if word == "" || strings.ContainsAny(word, "\"'\\") {
			return "", "", errTrace
		}
	}
	if rest != "" && rest[0] != ' ' {
		return "", "", errTrace
	}
	return word, strings.TrimPrefix(rest, " "), nil
}

// The flags that a plain cell is built with. One that ends in "=" takes any value, one that ends in a blank the next
// argument.
var (
	compileFlags = []string{"-o ", "-trimpath ", "-p ", "-lang=", "-complete", "-buildid ", "-goversion ", "-c=", "-nolocalimports", "-importcfg ", "-pack", "-shared"}
	linkFlags    = []string{"-o ", "-importcfg ", "-buildmode=", "-buildid=", "-w", "-X=runtime.godebugDefault=", "-extld="}
)

// check says whether all that a plan needs is there and nothing else.
func (t *trace) check(files []string) error {
	compiled := flagValues(t.compile.Args, compileFlags)
	linked := flagValues(t.link.Args, linkFlags)
	var sources []string
	for _, name := range files {
		sources = append(sources, "./"+name)
	}
	switch {
	case compiled == nil || linked == nil,
		filepath.Base(t.compile.Path) != "compile" || filepath.Base(t.link.Path) != "link",
		!slices.Equal(compiled[""], sources) || !slices.Equal(linked[""], []string{archiveFile}),
		!slices.Equal(compiled["-o "], []string{archiveFile}) || !slices.Equal(compiled["-p "], []string{"main"}),
		!slices.Equal(compiled["-importcfg "], []string{importcfgFile}) || compiled["-complete"] == nil || len(compiled["-buildid "]) != 1,
		!slices.Equal(linked["-o "], []string{programFile}) || !slices.Equal(linked["-importcfg "], []string{linkcfgFile}),
		len(linked["-buildid="]) != 1:
		return errTrace
	}
	return nil
}

// flagValues sorts arguments by flag, those that are none under "". It is nil when there is a flag that is not listed.
func flagValues(args, flags []string) map[string][]string {
	values := map[string][]string{}
next:
	for i := 0; i < len(args); i++ {
		if !strings.HasPrefix(args[i], "-") {
			values[""] = append(values[""], args[i])
			continue
		}
		for _, flag := range flags {
			name, takesNext := strings.CutSuffix(flag, " ")
			switch {
			case takesNext && args[i] == name && i+1 < len(args):
				i++
				values[flag] = append(values[flag], args[i])
			case strings.HasSuffix(flag, "=") && strings.HasPrefix(args[i], flag), args[i] == flag:
				values[flag] = append(values[flag], strings.TrimPrefix(args[i], flag))
			default:
				continue
			}
			continue next
		}
		return nil
	}
	return values
}
