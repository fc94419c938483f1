package cell

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"regexp"
	"slices"
	"strings"

	"github.com/stophacking/kelpie/analysis/visible"
	"github.com/stophacking/kelpie/kernel-ext/internal/frame"
)

// Failure is what the kernel knows of a step that failed.
type Failure struct {
	Value     string   // evalue of GoNB's error
	Traceback []string // traceback of GoNB's error
	// Main is the text of main.go (or main_test.go) in GoNB's directory after the
	// failure; without it some lines of traces have no place.
	Main string
	// Stderr is the program's standard error as the Trace of the step has read it.
	Stderr *Trace
	// Fault is the error that the program itself has told in a frame, if any.
	Fault *frame.Fault
}

// Explanation is an error of a cell in words for its author: what the kernel sends as
// the error message. All of it is plain text; what is unseen in it the kernel makes
// visible.
type Explanation struct {
	Name      string   // ename: what kind of error
	Value     string   // evalue: its first line and place
	Traceback []string // all of it, line by line, each thing said once
	// Compiled says that the program was built: GoNB keeps its declarations.
	Compiled bool
	// Remove names declarations that would fail every later cell: the kernel gives
	// them up by %rm, and tells the session by Forget.
	Remove []string
}

// Refused explains the error of Prepare, of the cell that is to have that number.
func Refused(cellNumber int, source string, err error) Explanation {
	problems, ok := err.(Problems)
	if !ok {
		problems = Problems{{Text: err.Error()}}
	}
	e := Explanation{Name: "cell error"}
	lines := strings.Split(source, "\n")
	for _, p := range problems {
		text := ""
		if p.Line >= 1 && p.Line <= len(lines) {
			text = strings.TrimSuffix(lines[p.Line-1], "\r")
		}
		e.say(p.Text, place{cellNumber, p.Line}, p.Column, text, p.Remedy)
	}
	return e
}

// ShellFailed explains a shell step: status is what its frame said, -1 if none came.
func (p Program) ShellFailed(step Step, status int) Explanation {
	e := Explanation{Name: "shell error", Compiled: false}
	text := fmt.Sprintf("exit status %d", status)
	switch {
	case status < 0:
		text = "the shell was stopped before it could tell its exit status"
	case status == 127:
		text += ": command not found"
	case status > 128:
		text += fmt.Sprintf(": ended by signal %d", status-128)
	}
	line := ""
	if step.Line >= 1 && step.Line <= len(p.source) {
		line = p.source[step.Line-1]
	}
	e.say(text, place{p.Number, step.Line}, 0, line, "")
	return e
}

// Explain explains the failure of the last step. The session must have been told of
// the program by Ran or Accept, or places in the cell are missing.
func (p Program) Explain(s *Session, f Failure) Explanation {
	value := strings.TrimSpace(f.Value)
	ended := regexp.MustCompile(`^(exit status \d+|signal: .+)$`).MatchString(value)
	switch {
	case !ended && strings.HasPrefix(value, "executing special commands in cell: "):
		return p.explainMagic(strings.TrimPrefix(value, "executing special commands in cell: "))
	case !ended:
		return p.explainBuild(s, f)
	}
	e := Explanation{Compiled: true}
	if f.Fault != nil {
		e.Name = "error"
		remedy := ""
		if f.Fault.Initialiser {
			for _, d := range p.declared {
				if d.kind == varKind && d.calls {
					e.Remove = append(e.Remove, d.names...)
				}
			}
			remedy = p.givenUp(e.Remove)
		}
		locate := locator(p, s, f.Main)
		at, _ := locate(f.Fault.Line)
		e.say(inCells(f.Fault.Message, locate), at, 0, s.line(at), remedy)
		return e
	}
	if f.Stderr != nil {
		if c, ok := readCrash(f.Stderr.held); ok {
			p.explainCrash(s, f, c, &e)
			return e
		}
	}
	e.Name = "exit"
	switch {
	case value == "signal: interrupt":
		e.Name, value = "interrupted", "interrupted"
	case value == "signal: killed":
		value += ": the program was killed from outside, as it is when memory runs out"
	case p.test:
		value += ": a test failed"
	case strings.HasPrefix(value, "exit status"):
		value += ": the program ended itself, by os.Exit or log.Fatal"
	}
	at := place{cell: p.Number}
	if e.Name == "exit" && !p.test && !strings.HasPrefix(value, "signal: ") {
		at = p.ender(locator(p, s, f.Main), f.Main, "os.Exit", "syscall.Exit", "log.Fatal", "log.Fatalf", "log.Fatalln")
	}
	e.say(value, at, 0, s.line(at), "")
	return e
}

// ender returns the place of the one call among those named that may have ended the
// program; of several, which of them it was is not known, and the place is the cell.
func (p Program) ender(locate func(int) (place, bool), main string, names ...string) place {
	found := place{cell: p.Number}
	files := token.NewFileSet()
	file, err := parser.ParseFile(files, "", main, parser.SkipObjectResolution)
	if err != nil {
		return found
	}
	count := 0
	ast.Inspect(file, func(n ast.Node) bool {
		if call, ok := n.(*ast.SelectorExpr); ok && slices.Contains(names, types.ExprString(call)) {
			count++
			if at, ok := locate(files.Position(call.Pos()).Line); ok {
				found = at
			}
		}
		return true
	})
	if count > 1 {
		return place{cell: p.Number}
	}
	return found
}

// Ended explains that the kernel has ended the cell, and where: at the line that the
// program's goroutines tell of, when it was asked for them, or at the shell's.
func (p Program) Ended(s *Session, step Step, name, text string, f Failure) Explanation {
	e := Explanation{Name: name}
	at := place{p.Number, step.Line}
	if f.Stderr != nil {
		if c, ok := readCrash(f.Stderr.held); ok {
			locate := locator(p, s, f.Main)
			for _, b := range slices.Backward(c.blocks) {
				if here, ok := locate(b.frames[0].main); ok {
					at = here
				}
			}
		}
	}
	e.say(text, at, 0, s.line(at), "")
	return e
}

// say adds a message with its place, the line of source there, and a remedy. The
// first message is the error's value.
func (e *Explanation) say(text string, at place, column int, source, remedy string) {
	where := ""
	switch {
	case at.line > 0:
		where = fmt.Sprintf("cell [%d], line %d", at.cell, at.line)
	case at.cell > 0:
		where = fmt.Sprintf("cell [%d]", at.cell)
	}
	if e.Value == "" {
		e.Value, _, _ = strings.Cut(text, "\n")
		if where != "" && !strings.Contains(e.Value, where+":") { // frames name the place themselves
			e.Value += " (" + where + ")"
		}
	}
	e.Traceback = append(e.Traceback, strings.Split(text, "\n")...)
	if where != "" {
		line := "  " + where
		if trimmed := strings.TrimSpace(source); trimmed != "" {
			line += ": " + trimmed
		}
		e.Traceback = append(e.Traceback, line)
		// The caret goes below the column, past what was trimmed.
		if indent := len(source) - len(strings.TrimLeft(source, " \t")); column > indent && column <= len(source)+1 {
			width := len([]rune("  "+where+": ")) + len([]rune(visible.Lines(source[indent:column-1])))
			e.Traceback = append(e.Traceback, strings.Repeat(" ", width)+"^")
		}
	}
	if remedy != "" {
		e.Traceback = append(e.Traceback, "  "+remedy)
	}
}

// explainMagic explains what GoNB says of a magic.
func (p Program) explainMagic(text string) Explanation {
	e := Explanation{Name: "cell error"}
	at, source := place{}, ""
	for _, c := range p.commands {
		if c.kind == '%' && (strings.Contains(text, "%"+c.words[0]+" ") || strings.Contains(text, "%"+c.words[0]+"`")) {
			at, source = place{p.Number, c.first + 1}, p.source[c.first]
			break
		}
	}
	e.say(text, at, 0, source, "")
	return e
}

var (
	buildLine   = regexp.MustCompile(`^(?:.*[/\s])?main(?:_test)?\.go:(\d+)(?::(\d+))?: (.*)$`)
	cellLine    = regexp.MustCompile(`^Cell(?:\[(\d+)\]:)? Line (\d+)$`)
	missing     = regexp.MustCompile(`(?:no required module provides package|cannot find module providing package|package) ([^\s;:]+)(?:[;:]| is not in std|$)`)
	undefinedOf = regexp.MustCompile(`^undefined: (\w+)$`)
	unusedOf    = regexp.MustCompile(`^declared and not used: (\w+)$`)
)

// explainBuild explains errors of the compiler, and of go get.
func (p Program) explainBuild(s *Session, f Failure) Explanation {
	e := Explanation{Name: "build error"}
	locate := locator(p, s, f.Main)
	said := map[string]bool{}
	value := f.Value
	for i, line := range strings.Split(value, "\n") {
		if m := missing.FindStringSubmatch(line); m != nil && !said[m[1]] {
			said[m[1]] = true
			at := p.importOf(m[1])
			e.say("there is no package "+m[1]+" in this session", at, 0, s.line(at),
				"kernel-ext add MODULE@VERSION brings it, for the module that holds it: "+m[1]+" or what that starts with")
			continue
		}
		m := buildLine.FindStringSubmatch(line)
		if m == nil {
			if len(e.Traceback) > 0 && strings.HasPrefix(line, "\t") && len(said) > 0 && !strings.Contains(value, "go get") {
				e.Traceback = append(e.Traceback, line) // the wanted and the found type
			}
			continue
		}
		at, column := place{}, 0
		if located, ok := locate(number(m[1])); ok {
			at = located
		} else if i < len(f.Traceback) {
			first, _, _ := strings.Cut(ansi.ReplaceAllString(f.Traceback[i], ""), "\n")
			if c := cellLine.FindStringSubmatch(first); c != nil {
				at, _ = s.place(number(c[1]), number(c[2]))
			}
		}
		if p.final != nil && at.cell == p.Number {
			column = p.column(f.Traceback, i, at, number(m[2]))
		}
		if key := fmt.Sprint(at, m[3]); at.line == 0 || !said[key] {
			said[key] = true
			e.say(m[3], at, column, s.line(at), p.remedy(s, m[3]))
		}
	}
	if len(e.Traceback) == 0 {
		text := workPath.ReplaceAllString(strings.TrimSpace(value), "")
		at := place{}
		if text == "" { // GoNB passes on what the go command prints, not how it ends
			text, at.cell = "the go command ended without a word: it was killed from outside, as it is when memory runs out", p.Number
		}
		e.say(text, at, 0, "", "")
	}
	return e
}

// column returns the column in the cell for one of main.go: known where the line of
// main.go, which GoNB quotes above a caret, is the one that it was given.
func (p Program) column(traceback []string, i int, at place, column int) int {
	if i >= len(traceback) {
		return 0
	}
	lines := strings.Split(ansi.ReplaceAllString(traceback[i], ""), "\n")
	for n := 1; n < len(lines); n++ {
		if strings.TrimSpace(lines[n]) != "^" {
			continue
		}
		for l, text := range p.final.lines {
			if p.final.from[l] == at.line && text == lines[n-1] {
				_, column = p.final.place(l+1, column)
				return column
			}
		}
	}
	return 0
}

// importOf returns where the cell imports a package.
func (p Program) importOf(path string) place {
	for _, d := range p.declared {
		if d.kind == importKind && d.path == path && len(d.lines) > 0 {
			return place{p.Number, d.lines[0]}
		}
	}
	return place{}
}

// remedy says what to do about an error of the compiler whose cause is that cells
// are programs of their own.
func (p Program) remedy(s *Session, text string) string {
	if m := undefinedOf.FindStringSubmatch(text); m != nil {
		if number := s.locals[m[1]]; number > 0 && number != p.Number {
			return fmt.Sprintf("%s was local to cell [%d]; var %s = … there keeps it for other cells", m[1], number, m[1])
		}
	}
	if m := unusedOf.FindStringSubmatch(text); m != nil && p.plain && slices.Contains(p.locals, m[1]) {
		return fmt.Sprintf("%s is local to this cell; var %s = … keeps it for other cells", m[1], m[1])
	}
	return ""
}

// givenUp is the remedy for declarations that cannot be kept.
func (p Program) givenUp(names []string) string {
	if len(names) == 0 {
		return "it is made anew in every later cell too: %rm gives it up"
	}
	return fmt.Sprintf("%s would be made anew, and fail, in every later cell: not kept; mend it and run this cell again", strings.Join(names, ", "))
}

// inCells writes lines of main.go that a message names as lines of cells, and leaves
// GoNB's directory out.
func inCells(message string, locate func(int) (place, bool)) string {
	message = workPath.ReplaceAllString(message, "")
	return mainLine.ReplaceAllStringFunc(message, func(name string) string {
		at, ok := locate(number(mainLine.FindStringSubmatch(name)[1]))
		if !ok {
			return name
		}
		return fmt.Sprintf("cell [%d], line %d", at.cell, at.line)
	})
}

// maxFrames is how many calls of a stack are shown.
const maxFrames = 10

// explainCrash explains a panic or an end by the runtime.
func (p Program) explainCrash(s *Session, f Failure, c crash, e *Explanation) {
	e.Name = "panic"
	if c.fatal {
		e.Name = "fatal error"
	}
	locate := locator(p, s, f.Main)
	where := func(frame callFrame) (place, bool) {
		if at, ok := locate(frame.main); ok {
			return at, true
		}
		return s.place(frame.cell, frame.line)
	}
	message := inCells(strings.Join(c.message, "\n"), locate)
	e.Value, _, _ = strings.Cut(strings.TrimPrefix(message, e.Name+": "), "\n")
	e.Traceback = strings.Split(message, "\n")
	blocks := c.blocks
	if !c.fatal {
		blocks = blocks[:min(len(blocks), 1)]
	}
	placed := false
	for _, b := range blocks[:min(len(blocks), 3)] {
		if c.fatal && b.state != "running" {
			e.Traceback = append(e.Traceback, "  waiting: "+b.state)
		}
		for i, frame := range b.frames {
			if i == maxFrames {
				e.Traceback = append(e.Traceback, fmt.Sprintf("  … and %d calls more", len(b.frames)-i))
				break
			}
			at, ok := where(frame)
			if !ok {
				continue
			}
			if !placed {
				placed = true
				e.Value += fmt.Sprintf(" (cell [%d], line %d)", at.cell, at.line)
			}
			line := fmt.Sprintf("  cell [%d], line %d, in %s", at.cell, at.line, frame.function)
			if text := strings.TrimSpace(s.line(at)); text != "" {
				line += ": " + text
			}
			e.Traceback = append(e.Traceback, line)
		}
		for _, frame := range b.frames {
			if frame.function != "init" && !strings.HasPrefix(frame.function, "init.") {
				continue
			}
			at, _ := where(frame)
			d, ok := p.declaredAt(s, at)
			switch {
			case !ok:
				e.Traceback = append(e.Traceback, "  "+p.givenUp(nil))
			case at.cell == p.Number:
				e.Remove = append(e.Remove, d.names...)
				e.Traceback = append(e.Traceback, "  "+p.givenUp(d.names))
			default:
				names := strings.Join(d.names, " ")
				e.Traceback = append(e.Traceback, fmt.Sprintf("  %s of cell [%d] is made anew in every cell: mend it there, or %%rm %s", names, at.cell, names))
			}
			break
		}
	}
	if !placed {
		at := p.ender(locate, f.Main, "runtime.Goexit")
		placed := Explanation{}
		placed.say(e.Value, at, 0, s.line(at), "")
		e.Value, e.Traceback = placed.Value, append(e.Traceback, placed.Traceback[1:]...)
	}
}

// declaredAt returns the declaration, of the program or the session, that has a line
// at a place.
func (p Program) declaredAt(s *Session, at place) (declaration, bool) {
	all := slices.Clone(s.declared)
	for _, d := range p.declared {
		d.cell = p.Number
		all = append(all, d)
	}
	for _, d := range slices.Backward(all) {
		if at.line > 0 && d.cell == at.cell && slices.Contains(d.lines, at.line) && d.kind != importKind {
			return d, true
		}
	}
	return declaration{}, false
}
