package cell

import (
	"strings"

	"github.com/stophacking/kelpie/kernel-ext/internal/frame"
)

// sayStatus is what a shell runs after a command, to tell the kernel its status: a
// frame of kind Status, whose token the shell has in its environment. The shell
// itself then ends well, so that GoNB has nothing to add.
const sayStatus = `s=$?; printf '\036%s:s:sh:%d;%s' "$` + frame.Variable + `" "${#s}" "$s"`

// takePipes is what a shell runs before a command, to send its output to the kernel's
// pipes.
const takePipes = `[ -p "$` + PipesVariable + `/stdout" ] && exec >"$` + PipesVariable + `/stdout" 2>"$` + PipesVariable + `/stderr"; unset ` + PipesVariable + `; `

// wrapShell rewrites a ! command so that its exit status is told, whatever it is: a
// syntax error, exit 7, exec, a comment at its end. The command runs in a shell of
// its own inside the one that GoNB starts. Without input, reading standard input
// meets its end at once; GoNB would let the command wait for ever.
func wrapShell(c command, input bool) string {
	text, prefix := c.text, "!"
	if strings.HasPrefix(text, "*") { // in the directory where GoNB builds
		text, prefix = text[1:], "!*"
	}
	from := " </dev/null"
	if input {
		from = ""
	}
	return prefix + takePipes + "/bin/bash -c " + quoteShell(text) + from + "; " + sayStatus
}

// wrapScript rewrites the first line of a cell whose rest is the input of a program,
// with the program and its arguments as args.
func wrapScript(args []string) string {
	line := "%%script /bin/bash -c " + quoteWord(takePipes+`"$@"; `+sayStatus) + " kelpie"
	for _, arg := range args {
		line += " " + quoteWord(arg)
	}
	return line
}
