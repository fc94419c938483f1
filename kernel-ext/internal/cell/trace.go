package cell

import (
	"regexp"
	"strings"
)

// maxTrace bounds what a Trace holds back. The trace of a stack that overflowed takes
// some hundred kilobytes.
const maxTrace = 4 << 20

// triggers start the lines with which a Go program or GoNB says how it ended.
var triggers = []string{
	"panic: ", "fatal error: ", "runtime: ", "SIGQUIT: ", "SIGABRT: ", "SIGSEGV: ", "unexpected fault address ", "goroutine ",
	"exit status ", "signal: ", "^C\n",
}

// Trace holds back the end of a program's standard error that may be a stack trace,
// so that it can be said once and in short, as the cell's error. The zero value is
// ready; there is one for each step of Go. Text before is passed on live.
type Trace struct {
	held  string // from a trigger on, or the start of a line that may become one
	found bool
}

// Write takes the next text of standard error, cut anywhere, and returns what to
// show of it now.
func (t *Trace) Write(text string) string {
	t.held += text
	if t.found && len(t.held) <= maxTrace {
		return ""
	}
	if t.found { // no trace is that long
		text, t.held, t.found = t.held, "", false
		return text
	}
	start := 0
	for {
		line := t.held[start:]
		if trigger(line, false) {
			live := t.held[:start]
			t.held, t.found = line, true
			return live
		}
		next := strings.IndexByte(line, '\n')
		if next < 0 {
			if !trigger(line, true) {
				start = len(t.held)
			}
			live := t.held[:start]
			t.held = t.held[start:]
			return live
		}
		start += next + 1
	}
}

// trigger reports whether a trigger starts the line or, where the line is not at its
// end yet, may come to.
func trigger(line string, open bool) bool {
	for _, trigger := range triggers {
		if strings.HasPrefix(line, trigger) || open && line != "" && strings.HasPrefix(trigger, line) {
			return true
		}
	}
	return false
}

// Rest returns what is held back, for a program that ended well after all.
func (t *Trace) Rest() string {
	text := t.held
	t.held, t.found = "", false
	return text
}

var (
	ansi        = regexp.MustCompile("\x1b\\[[0-9;]*[A-Za-z]")
	annotated   = regexp.MustCompile("\x1b\\[7m(\\[\\[ Cell (?:\\[\\d+\\] )?Line \\d+ \\]\\])\x1b\\[0m") // in GoNB's colours
	annotation  = regexp.MustCompile(` *\[\[ Cell (?:\[(\d+)\] )?Line (\d+) \]\] `)
	mainLine    = regexp.MustCompile(`main(?:_test)?\.go:(\d+)`)
	goroutineOf = regexp.MustCompile(`^goroutine \d+ .*?\[([^\],]*)[^\]]*\]:$`)
	workPath    = regexp.MustCompile(`\S*/gonb_[0-9a-f]+/`)
)

// crash is what a stack trace says.
type crash struct {
	message []string // "panic: ..." and what belongs to it
	fatal   bool     // the runtime's own end, not a panic
	blocks  []block  // goroutines that have frames in cells, the one that failed first
}

// block is one goroutine.
type block struct {
	state  string // "running", "chan receive"
	frames []callFrame
}

// callFrame is a call in a cell.
type callFrame struct {
	function string
	main     int // line of main.go
	cell     int // as GoNB says, where it could tell
	line     int
}

// readCrash reads a stack trace; ok is false where the text holds none.
func readCrash(text string) (c crash, ok bool) {
	// GoNB's colours go. Those of the program are a part of what it says, and are shown as such.
	lines := strings.Split(annotated.ReplaceAllString(text, "$1"), "\n")
	at := 0
	for ; at < len(lines); at++ {
		if strings.HasPrefix(lines[at], "panic: ") || strings.HasPrefix(lines[at], "fatal error: ") || strings.HasPrefix(lines[at], "SIGQUIT: ") {
			break
		}
	}
	if at == len(lines) {
		return crash{}, false
	}
	c.fatal = strings.HasPrefix(lines[at], "fatal error: ")
	for ; at < len(lines) && lines[at] != "" && !strings.HasPrefix(lines[at], "goroutine ") && !strings.HasPrefix(lines[at], "[signal "); at++ {
		if !strings.HasPrefix(lines[at], "exit status ") { // GoNB says that
			c.message = append(c.message, strings.TrimRight(lines[at], " \t"))
		}
	}
	var current *block
	for ; at < len(lines); at++ {
		line := lines[at]
		if m := goroutineOf.FindStringSubmatch(line); m != nil {
			if current != nil && len(current.frames) > 0 {
				c.blocks = append(c.blocks, *current)
			}
			current = &block{state: m[1]}
			continue
		}
		if current == nil || line == "" || line[0] == '\t' || at+1 == len(lines) || !strings.HasPrefix(lines[at+1], "\t") {
			continue
		}
		place := lines[at+1]
		m := mainLine.FindStringSubmatch(place)
		if m == nil || strings.HasPrefix(line, "created by ") || !strings.HasPrefix(line, "main.") {
			continue
		}
		f := callFrame{function: functionName(line), main: number(m[1])}
		if m := annotation.FindStringSubmatch(place); m != nil {
			f.cell, f.line = number(m[1]), number(m[2])
		}
		if n := len(current.frames); n == 0 || current.frames[n-1] != f { // recursion says it once
			current.frames = append(current.frames, f)
		}
	}
	if current != nil && len(current.frames) > 0 {
		c.blocks = append(c.blocks, *current)
	}
	return c, true
}

// functionName returns the name of a frame's function without package and arguments.
func functionName(line string) string {
	if open := strings.LastIndexByte(line, '('); open > 0 {
		line = line[:open]
	}
	return strings.TrimPrefix(line, "main.")
}

// number reads the digits of a match; "" is 0.
func number(digits string) int {
	n := 0
	for _, d := range digits {
		if n < 1<<30 {
			n = n*10 + int(d-'0')
		}
	}
	return n
}
