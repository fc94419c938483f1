package cell

// PipesVariable is the environment variable that names the directory in which the kernel, while a step runs, has named
// pipes for the step's processes: "stdout" takes their standard output, "stderr" their standard error; "display" and "back"
// are to a program of GoNB's package gonbui what $GONB_PIPE and $GONB_PIPE_BACK are. Where the directory does not exist all
// goes GoNB's way.
//
// GoNB says in a program's stack traces what line of which cell each line is, so the kernel hands a program's standard error
// on to it. For that the program, on Linux, leaves a link "gonb_stderr" to what its standard error was, writes one byte
// into stderr, and waits for one from "ready".
const PipesVariable = "KELPIE_PIPES"

// Preload returns a file for the directory where GoNB builds cells. It is compiled into each of them, and its name sorts
// before main.go, so that what it does comes before the cell's own variables. It has the program use the kernel's pipes:
// GoNB's own, which the kernel may need for what only GoNB can answer, stay reachable by links in the directory.
// Children inherit standard output and not the variable: a cell that runs itself again takes what that prints.
//
// The file declares no name, and uses none that a cell might have given a meaning of its own. system is a GOOS; programs
// for another one, as those of %wasm, go without.
func Preload(system string) (name, text string) {
	duplicate, complain, imports := "Dup2(pipe, 1)", "", ""
	if system == "linux" { // arm64 has no dup2
		duplicate, complain, imports = "Dup3(pipe, 1, 0)", takeErrors, "\tkelpie_strconv \"strconv\"\n"
	}
	return "kelpie_pipes.go", `//go:build ` + system + `

package main

import (
` + imports + `	kelpie_syscall "syscall"
)

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
` + complain + `	return struct{}{}
}()
`
}

// takeErrors has the kernel hand standard error on: of one program a step, whose file "taken" is, and only while somebody
// reads the pipe. The probe finds that out without waiting; the second opening gives a pipe that waits as it should.
const takeErrors = `	taken, _ := kelpie_syscall.Open(folder+"/taken", kelpie_syscall.O_CREAT|kelpie_syscall.O_EXCL|kelpie_syscall.O_CLOEXEC, 0600)
	probe, _ := kelpie_syscall.Open(folder+"/stderr", kelpie_syscall.O_WRONLY|kelpie_syscall.O_NONBLOCK|kelpie_syscall.O_CLOEXEC, 0)
	if taken < 0 || probe < 0 {
		kelpie_syscall.Close(taken)
		kelpie_syscall.Close(probe)
		return struct{}{}
	}
	pipe, _ = kelpie_syscall.Open(folder+"/stderr", kelpie_syscall.O_WRONLY|kelpie_syscall.O_CLOEXEC, 0)
	ready, _ := kelpie_syscall.Open(folder+"/ready", kelpie_syscall.O_RDONLY|kelpie_syscall.O_CLOEXEC, 0)
	kelpie_syscall.Symlink("/proc/"+kelpie_strconv.Itoa(kelpie_syscall.Getpid())+"/fd/2", folder+"/gonb_stderr")
	one, _ := kelpie_syscall.ByteSliceFromString("") // with its NUL
	kelpie_syscall.Write(pipe, one)
	kelpie_syscall.Read(ready, one)
	kelpie_syscall.Dup3(pipe, 2, 0)
	kelpie_syscall.Close(pipe)
	kelpie_syscall.Close(probe)
	kelpie_syscall.Close(ready)
	kelpie_syscall.Close(taken)
`
