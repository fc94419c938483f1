//go:build !windows

// Command kernel is the kernel that Jupyter starts: GoNB, with Kelpie around it.
//
//	kernel [-log FILE] [-sessions FOLDER] [-gopls PATH] {connection_file} GONB [flags of GoNB]
//
// Under the name go it is the go command of GoNB's cells; see internal/build.
//
// It is a binary of its own, because its start is a part of every kernel's start, and because only it may link what it
// needs. `go run ./kernel-ext install` builds it into .kelpie/bin and writes the kernel.json that names it.
package main

import (
	"flag"
	"fmt"
	"io"
	"log"
	"os"
	"os/signal"
	"path/filepath"
	"strconv"
	"syscall"
	"time"

	"github.com/stophacking/kelpie/analysis/files"
	"github.com/stophacking/kelpie/analysis/visible"
	"github.com/stophacking/kelpie/kernel-ext/internal/build"
	"github.com/stophacking/kelpie/kernel-ext/internal/front"
	"github.com/stophacking/kelpie/kernel-ext/internal/session"
	"github.com/stophacking/kelpie/kernel-ext/internal/wire"
)

func main() {
	if filepath.Base(os.Args[0]) == "go" {
		os.Exit(build.Main(os.Args))
	}
	if len(os.Args) == 4 && os.Args[1] == "guard" {
		if session.Guard(os.Args[2], os.Args[3]) != nil {
			os.Exit(1)
		}
		return
	}
	base := flag.String("sessions", "", "make the session's directory in this folder; a tmpfs or the system's folder for temporary files when empty")
	logFile := flag.String("log", "", "append what the kernel has to say to this file")
	gopls := flag.String("gopls", "", "the path of gopls, which completes and explains; when empty these know less")
	flag.Parse()
	if flag.NArg() < 2 {
		fmt.Fprintln(os.Stderr, "usage: kernel [-log FILE] [-sessions FOLDER] [-gopls PATH] {connection_file} GONB [flags of GoNB]")
		os.Exit(2)
	}
	if err := serve(flag.Arg(0), flag.Args()[1:], *base, *gopls, openLog(*logFile)); err != nil {
		fmt.Fprintf(os.Stderr, "kelpie: %v\n", visible.Error(err))
		os.Exit(1)
	}
}

// openLog has the log go to a file, or nowhere: what Jupyter shows of a kernel's standard error is noise to its user.
// The file is nil when there is none.
func openLog(path string) *os.File {
	log.SetPrefix("kernel " + strconv.Itoa(os.Getpid()) + ": ")
	log.SetOutput(io.Discard)
	if path == "" {
		return nil
	}
	file, err := files.Append(path, 0o600)
	if err != nil {
		fmt.Fprintf(os.Stderr, "kelpie: the kernel keeps no log: %v\n", visible.Error(err))
		return nil
	}
	log.SetOutput(file)
	return file
}

// serve is the life of the kernel.
func serve(connectionFile string, gonb []string, base, gopls string, output *os.File) error {
	signals := make(chan os.Signal, 4)
	signal.Notify(signals, syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP)
	signal.Ignore(syscall.SIGPIPE)
	connection, err := wire.ReadConnection(connectionFile)
	if err != nil {
		return err
	}
	if connection.Exposed != "" {
		log.Print(connection.Exposed)
	}
	self, err := os.Executable()
	if err != nil {
		return err
	}
	if _, err := os.Stat(gopls); err != nil {
		gopls = "" // it is installed with JupyterLab only
	}
	s, err := session.New(session.Options{Guard: []string{self, "guard"}, Base: base, Log: log.Printf})
	if err != nil {
		return err
	}
	defer s.End()
	k, err := front.New(front.Options{
		Connection: connection, Name: filepath.Base(connectionFile), GoNB: gonb, Session: s, Gopls: gopls, Output: output, Log: log.Printf,
	})
	if err != nil {
		return err
	}
	go obey(signals, k)
	go watchParent(k)
	k.Serve()
	return nil
}

// obey takes SIGINT for an interrupt, as front ends without messages for it send it, and the others for the end.
func obey(signals <-chan os.Signal, k *front.Kernel) {
	for received := range signals {
		if received == syscall.SIGINT {
			k.Interrupt()
		} else {
			k.Stop()
		}
	}
}

// watchParent ends the kernel when the Jupyter process that started it, and says so, is gone.
func watchParent(k *front.Kernel) {
	parent, err := strconv.Atoi(os.Getenv("JPY_PARENT_PID"))
	if err != nil || parent <= 1 || parent != os.Getppid() {
		return
	}
	for os.Getppid() == parent {
		time.Sleep(time.Second)
	}
	k.Stop()
}
