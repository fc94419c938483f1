package cell

import (
	"fmt"
	"go/scanner"
	"go/token"
	"slices"
	"strings"
	"unicode/utf8"
)

// Program is what a cell means to the kernel.
type Program struct {
	// Number is the cell's number in the notebook, In[n]. The kernel sets it.
	Number int
	// Counter is the number that GoNB counts the cell as; 0: the same as Number.
	Counter int
	// Steps go to GoNB one after the other, until one fails. A cell without steps
	// has nothing to run. Only the first step counts up GoNB's number: the others go
	// with store_history false.
	Steps []Step
	// Warnings are worth saying, and no reason not to run the cell.
	Warnings []Problem
	// Result says that the cell may show a value of its own.
	Result bool

	fallback *Step // the last step without the wrapper around the last expression
	declared []declaration
	locals   []string
	removed  []string // by %rm
	reset    bool
	plain    bool // without %%: statements and := mean what the package comment says
	test     bool // runs tests
	final    *text
	main     []int   // line of the cell for each line of func main as GoNB writes it
	places   []place // for each line of the last step
	source   []string
	commands []command
}

// Step is one request to GoNB.
type Step struct {
	Source string
	// Shell marks a shell line or script: it tells its exit status by a frame of kind
	// Status, and has failed without one.
	Shell bool
	// Captured marks a step whose output GoNB writes into a file: it has to go GoNB's way.
	Captured bool
	// Line is the line of the cell where a shell step stands.
	Line int
}

// counter is the number that GoNB knows the cell by.
func (p Program) counter() int {
	if p.Counter > 0 {
		return p.Counter
	}
	return p.Number
}

// Prepare turns a cell's source into a program, in the light of what the session has
// declared so far; it changes nothing in the session. The error is Problems: what is
// wrong and would be so whatever the cell did. The cost is that of parsing the cell.
func Prepare(source string, s *Session) (Program, error) {
	if err := checkText(source); err != nil {
		return Program{}, err
	}
	source = strings.ReplaceAll(source, "\r\n", "\n")
	if at := strings.IndexByte(source, '\r'); at >= 0 {
		return Program{}, problemAt(source, at, "a carriage return without a newline")
	}
	lines := strings.Split(source, "\n")
	p := Program{source: lines}
	if first := words(strings.TrimPrefix(lines[0], commentPrefix)); len(first) > 0 && slices.Contains(cellMagics, first[0]) {
		return p, p.script(first)
	}
	list, err := commands(lines)
	if err != nil {
		return p, err
	}
	b := builder{program: &p, session: s, lines: slices.Clone(lines), commands: list}
	if b.solo("vars") {
		return p, b.vars()
	}
	if err := b.build(); err != nil {
		return p, err
	}
	return p, nil
}

// script prepares a cell whose first line is a cell magic.
func (p *Program) script(first []string) error {
	args := first[1:]
	switch first[0] {
	case "%%bash", "%%sh":
		if len(args) > 0 {
			return problem(1, "%%script takes a program with arguments", "%s takes no arguments", first[0])
		}
		args = []string{first[0][2:]}
	case "%%script":
		if len(args) == 0 {
			return problem(1, "", "%%%%script needs the program to run, as in %%%%script python3")
		}
	default:
		p.Steps = []Step{{Source: strings.Join(p.source, "\n")}}
		return nil
	}
	lines := slices.Clone(p.source)
	lines[0] = wrapScript(args)
	p.Steps = []Step{{Source: strings.Join(lines, "\n"), Shell: true, Line: 1}}
	return nil
}

// checkText finds what no Go source may hold, before anyone stumbles over it.
func checkText(source string) error {
	if at := strings.IndexByte(source, 0); at >= 0 {
		return problemAt(source, at, "a NUL byte")
	}
	if utf8.ValidString(source) {
		return nil
	}
	for at := 0; ; {
		r, size := utf8.DecodeRuneInString(source[at:])
		if r == utf8.RuneError && size == 1 {
			return problemAt(source, at, fmt.Sprintf("the byte 0x%02x, which is not UTF-8", source[at]))
		}
		at += size
	}
}

// problemAt is the error of one problem at a byte of the source.
func problemAt(source string, at int, text string) error {
	before := source[:at]
	return Problems{{Line: 1 + strings.Count(before, "\n"), Column: at - strings.LastIndexByte(before, '\n'), Text: text}}
}

// builder makes the steps of a cell of commands and Go.
type builder struct {
	program  *Program
	session  *Session
	lines    []string
	commands []command
}

// solo reports whether the cell is one magic of that name and else only blanks.
func (b *builder) solo(name string) bool {
	if len(b.commands) != 1 || b.commands[0].kind != '%' || b.commands[0].words[0] != name {
		return false
	}
	for i, line := range b.lines {
		if (i < b.commands[0].first || i > b.commands[0].last) && strings.TrimSpace(line) != "" {
			return false
		}
	}
	return true
}

// build checks the cell and makes its steps.
func (b *builder) build() error {
	main, err := b.checkMagics()
	if err != nil {
		return err
	}
	p := b.program
	if p.removed, p.reset, err = removals(b.session, b.commands); err != nil {
		return err
	}
	code := b.code()
	if err := b.checkStrings(code); err != nil {
		return err
	}
	view := b.session.clone()
	if p.reset {
		view.declared = nil
	}
	view.Forget(p.removed...)
	timed, err := b.timing(code, main)
	if err != nil {
		return err
	}
	segments, err := code.segments()
	if err != nil {
		return err
	}
	statements := slices.ContainsFunc(segments, func(s segment) bool { return !s.declaration })
	ownMain := slices.ContainsFunc(segments, func(s segment) bool { return s.declaration && code.declaresMain(s) })
	p.test, p.commands = b.has("test"), b.commands
	p.plain = main == nil && !ownMain && !b.has("test") && !b.has("wasm")
	if main != nil && ownMain {
		return problem(main.first+1, "leave one of them out", "the cell has both %s and a func main", main.name())
	}
	if ownMain && statements {
		return problem(code.from[firstStatement(segments).start.line], "move them into it", "statements outside of func main")
	}
	running := code
	before := ""
	if b.has("capture") {
		before = byPipe
	}
	if p.plain && statements {
		code.intoMain(segments, before)
	}
	whole := code.forParsing(main)
	file, files, parsed, err := whole.parse()
	if err != nil {
		return err
	}
	p.declared, p.locals, p.main = whole.declarations(file, files, parsed)
	if main != nil { // GoNB writes two lines for it, func main and flag.Parse
		p.main = append([]int{main.first + 1, main.first + 1}, p.main...)
	}
	if err := checkDeclarations(view, p.declared); err != nil {
		return err
	}
	if p.plain && statements && !timed.whole {
		last := segments[len(segments)-1]
		switch {
		case last.declaration:
		case last.semicolon:
			running = code.discarded(last)
		default:
			if shown, sure := code.withResult(last, view, p.declared); shown != nil {
				running, p.Result = shown, true
				if !sure {
					p.fallback = &Step{}
				}
			}
		}
	}
	changed := p.plain && statements || timed.any
	if next := b.below(main); before != "" && next >= 0 {
		changed = true
		running.insert(next, 0, before)
	}
	b.steps(running, changed, timed.any || p.Result, len(segments) == 0)
	if p.fallback != nil {
		*p.fallback, _ = b.lastStep(code, changed, timed.any)
	}
	return nil
}

// below returns the index of the first line of Go below %% or %main, -1 if there is
// none.
func (b *builder) below(main *command) int {
	if main == nil || main.name() == "%exec" {
		return -1
	}
	for i := main.last + 1; i < len(b.lines); i++ {
		if !slices.ContainsFunc(b.commands, func(c command) bool { return c.first <= i && i <= c.last }) {
			return i
		}
	}
	return -1
}

// has reports whether the cell has a magic of that name.
func (b *builder) has(name string) bool {
	return slices.ContainsFunc(b.commands, func(c command) bool { return c.kind == '%' && c.words[0] == name })
}

// checkMagics finds magics that do not exist or cannot stand where they do, and
// returns the one that makes func main, if any.
func (b *builder) checkMagics() (main *command, err error) {
	var args *command
	for i := range b.commands {
		c := &b.commands[i]
		if c.kind != '%' {
			continue
		}
		name, line := c.name(), c.first+1
		switch {
		case name == "%%" || name == "%main" || name == "%exec":
			if main != nil {
				return nil, problem(line, "split the cell in two", "a second %s: line %d has %s already, and a cell has one main",
					name, main.first+1, main.name())
			}
			if main = c; name == "%exec" && len(c.words) < 2 {
				return nil, problem(line, "", "%%exec needs the name of the function to call")
			}
		case name == "%args":
			args = c
		case name == "%vars":
			return nil, problem(line, "", "%%vars stands alone in its cell")
		case slices.Contains(cellMagics, name):
			return nil, problem(line, "", "%s stands in the first line of its cell", name)
		case slices.Contains(runMagics, name), slices.Contains(lineMagics, name), slices.Contains(ownMagics, name):
		default:
			remedy := "%help lists the magics"
			if list := near(name, Magics()); len(list) > 0 {
				remedy = "is it " + strings.Join(list, " or ") + "? " + remedy
			}
			return nil, problem(line, remedy, "there is no magic %s", name)
		}
	}
	if args != nil && main != nil && args.first < main.first && len(args.words) > 1 && len(main.words) == 1 {
		b.program.Warnings = append(b.program.Warnings, Problem{Line: args.first + 1,
			Text: fmt.Sprintf("%s takes the place of %%args", main.name()), Remedy: fmt.Sprintf("write the arguments behind %s", main.name())})
	}
	return main, nil
}

// code returns the cell's Go: its lines without the commands and without package
// clauses, which GoNB leaves out. Other lines that start with these letters get a
// blank before them, or GoNB would leave them out too.
func (b *builder) code() *text {
	code := newText(b.lines)
	for _, c := range b.commands {
		for i := c.first; i <= c.last; i++ {
			code.lines[i], code.dropped[i+1] = "", true
		}
	}
	for i, line := range code.lines {
		switch rest, ok := strings.CutPrefix(line, "package"); {
		case !ok:
		case rest == "" || rest[0] == ' ' || rest[0] == '\t':
			code.lines[i], code.dropped[i+1] = "", true
		default:
			code.lines[i] = " " + line
			b.lines[i] = " " + line
		}
	}
	return code
}

// checkStrings finds lines inside of raw strings that GoNB would not leave there.
func (b *builder) checkStrings(code *text) error {
	source := []byte(code.String())
	files := token.NewFileSet()
	file := files.AddFile("", -1, len(source))
	var s scanner.Scanner
	s.Init(file, source, func(token.Position, string) {}, 0)
	for {
		pos, tok, literal := s.Scan()
		if tok == token.EOF {
			return nil
		}
		if tok != token.STRING || literal[0] != '`' {
			continue
		}
		from := file.PositionFor(pos, false).Line - 1
		to := from + strings.Count(literal, "\n")
		for _, c := range b.commands {
			if c.first > from && c.first <= to {
				return problem(c.first+1, "start the line with something else, such as a blank",
					"this line of the string that starts in line %d would run as a command", from+1)
			}
		}
		for i := from + 1; i <= to; i++ {
			if strings.HasPrefix(b.lines[i], "package") {
				return problem(i+1, "start the line with something else, such as a blank",
					"this line of the string that starts in line %d would be left out as a package clause", from+1)
			}
		}
	}
}

// forParsing returns the text as a Go file has it: func main around what follows a
// %% or %main.
func (t *text) forParsing(main *command) *text {
	f := t.clone()
	if main != nil && main.name() != "%exec" {
		f.lines[main.first] = "func main() {"
		f.add("}", 0)
	}
	return f
}

// steps adds a step to the program for each shell line, and one that runs the rest
// if there is any.
func (b *builder) steps(code *text, changed, imports, empty bool) {
	start := 0
	for i, c := range b.commands {
		if c.kind == '%' {
			continue
		}
		lines := make([]string, len(b.lines))
		input := false
		for _, magic := range b.commands[start:i] {
			if slices.Contains(lineMagics, magic.name()) {
				copy(lines[magic.first:], b.lines[magic.first:magic.last+1])
				input = magic.words[0] == "with_inputs" || magic.words[0] == "with_password"
			}
		}
		lines[c.first] = wrapShell(c, input)
		b.program.Steps = append(b.program.Steps, Step{Source: strings.Join(lines, "\n"), Shell: true, Line: c.first + 1})
		start = i + 1
	}
	if empty && !slices.ContainsFunc(b.commands, b.inLastStep) {
		return
	}
	var step Step
	step, b.program.final = b.lastStep(code, changed, imports)
	for _, line := range b.program.final.from {
		b.program.places = append(b.program.places, place{0, line})
	}
	b.program.Steps = append(b.program.Steps, step)
}

// inLastStep reports whether a command belongs to the step that runs the Go: magics
// that concern it, and those that no shell line follows.
func (b *builder) inLastStep(c command) bool {
	if c.kind != '%' || slices.Contains(ownMagics, c.name()) {
		return false
	}
	return slices.Contains(runMagics, c.name()) || !slices.ContainsFunc(b.commands, func(other command) bool {
		return other.kind == '!' && other.first > c.first
	})
}

// lastStep is the step that runs the Go, with the magics that concern it. Where the
// Go has not changed it is the source itself, but for what has run already.
func (b *builder) lastStep(code *text, changed, imports bool) (Step, *text) {
	final := code.clone()
	if !changed {
		final = newText(b.lines)
	}
	for _, c := range b.commands {
		for i := c.first; i <= c.last; i++ {
			switch {
			case b.inLastStep(c):
				final.lines[slices.Index(final.from, i+1)] = b.lines[i]
			case !changed:
				final.lines[i] = ""
			}
		}
	}
	if imports {
		final.prefix(importLine)
	}
	return Step{Source: final.String(), Captured: b.has("capture")}, final
}
