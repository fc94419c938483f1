// Package build is the `go` that GoNB finds in the kernel: it builds a cell's program without asking again what it
// already knows.
//
// For each cell GoNB calls `go get` and `go build -o BIN` in its work directory. Most of their time goes into finding
// out which packages a program links; that changes with the imports only, and cells mostly import what an earlier cell
// did. So a build that is not known is done by the real go command, once, with -x, which makes it print the commands that
// it runs; these are remembered as a Plan. Later builds of programs with the same imports run compiler and linker as the
// plan says, and `go get` has nothing to do. Every other call is handed to the real go command by exec: whoever calls it,
// a line of a shell or gopls, notices nothing.
//
// A wrong program would be worse than a slow one. Only a plain cell is planned for: GoNB's work directory with main.go, a
// go.work, and at most files kelpie_*.go of the kernel beside it; no cgo, no directive for the go command in the files'
// heads, no profile, no other source files; the settings of the kernel's environment. A plan is found by, and so belongs
// to,
//
//   - the imports and the names of the program's files,
//   - the texts of go.mod (but for the module's name, which is random), go.sum, go.work and go.work.sum, and of go.mod and
//     go.sum of each module in a folder, which workspaces and replacements name,
//   - the variables of the environment that the go command obeys, its files of settings, and the go command's own file;
//
// and it holds while
//
//   - each package in Go's build cache that it names is there, as long as it was,
//   - compiler and linker are as old and as long as they were,
//   - in the folder of each linked package whose module lies in a folder, the names, sizes and times of all files are what
//     they were. No plan is made while one of these files is younger than two seconds, for it could be changed again
//     without its time telling, nor where one embeds files.
//
// Whatever goes wrong on the way, from a plan that cannot be read to a cell that does not compile, ends in the real go
// command, so the messages are its own. What -x prints is no fixed format: it is read as cmd/go/internal/work of Go 1.26
// writes it (shell.go: ShowCmd, writeFile, joinUnambiguously; gc.go: gc, ld), and of a build that prints anything else
// nothing is remembered.
//
// Programs of GoNB's package gonbui get a file beside theirs that keeps their displays in order (companion.go).
//
// Otherwise the program is the same but for its build ID and its symbol table, which is left out: the packages, the module
// information that debug.ReadBuildInfo returns, and the flags of compiler and linker are those that the go command used.
package build

// Variable is the environment variable that names the folder of the plans. Without it every call goes to the real go.
const Variable = "KELPIE_PLANS"

// Flags are the GOFLAGS of cells: they leave the debugger's tables out, which saves a third of the time; panics still
// name file and line. Programs with other flags are not planned for.
const Flags = "-ldflags=-w"
