package cell

// PipesVariable is the environment variable that names the directory in which the kernel, while a step runs, has named
// pipes for the step's processes: "stdout" takes their standard output; "display" and "back" are to a program of GoNB's
// package gonbui what $GONB_PIPE and $GONB_PIPE_BACK are. Where the directory does not exist all goes GoNB's way.
const PipesVariable = "KELPIE_PIPES"

// Preload returns a file for the directory where GoNB builds cells. It is compiled into each of them, and its name sorts
// before main.go, so that what it does comes before the cell's own variables. It has the program use the kernel's pipes:
// GoNB's own, which the kernel may need for what only GoNB can answer, stay reachable by links in the directory.
// Children inherit standard output and not the variable: a cell that runs itself again takes what that prints.
//
// The file declares no name, and uses none that a cell might have given a meaning of its own. system is a GOOS; programs
// for another one, as those of %wasm, go without.
func Preload(system string) (name, text string) {
	duplicate := "Dup2(pipe, 1)"
	if system == "linux" { // arm64 has no dup2
		duplicate = "Dup3(pipe, 1, 0)"
	}
	return "kelpie_pipes.go", `//go:build ` + system + `

package main

import kelpie_syscall "syscall"

var _ = func() struct{} {
	folder, _ := kelpie_syscall.Getenv("` + PipesVariable + `")
	kelpie_syscall.Unsetenv("` + PipesVariable + `")
	pipe, _ := kelpie_syscall.Open(folder+"/stdout", kelpie_syscall.O_WRONLY|kelpie_syscall.O_CLOEXEC, 0)
	if pipe < 0 {
		return struct{}{}
	}
	kelpie_syscall.` + duplicate + `
	kelpie_syscall.Close(pipe)
	display, _ := kelpie_syscall.Getenv("GONB_PIPE")
	back, _ := kelpie_syscall.Getenv("GONB_PIPE_BACK")
	kelpie_syscall.Symlink(display, folder+"/gonb")
	kelpie_syscall.Symlink(back, folder+"/gonb_back")
	kelpie_syscall.Setenv("GONB_PIPE", folder+"/display")
	kelpie_syscall.Setenv("GONB_PIPE_BACK", folder+"/back")
	return struct{}{}
}()
`
}
