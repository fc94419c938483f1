//go:build !windows

// Command kernel-ext sets Kelpie up and runs its notebooks: everything a newcomer, an author and a continuous build need
// is one verb of it.
//
//	go run ./kernel-ext help
//	go run ./kernel-ext demo      both notebooks, executed, as web pages
//	go run ./kernel-ext check     everything that has to hold before a change is shared
//
// Everything it makes lies in the folder .kelpie of the checkout. Each verb is a file of this folder.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/stophacking/kelpie/analysis/visible"
	"github.com/stophacking/kelpie/kernel-ext/internal/jupyter"
)

// A verb is what the command can be asked to do.
type verb struct {
	name, summary string
	run           func(ctx context.Context, a app, args []string) error
}

// verbs in the order of the help: first what a newcomer wants.
func verbs() []verb {
	return []verb{
		{"demo", "run both notebooks on full-size data and render them as web pages", demo},
		{"lab", "open the notebooks in JupyterLab, to try and to change", lab},
		{"report", "render notebooks, anybody's, as web pages or PDF", report},
		{"check", "everything that has to hold before a change is shared: tests and notebooks", check},
		{"add", "let cells import another module", add},
		{"install", "set up what runs notebooks, in .kelpie of the checkout", install},
		{"doctor", "say what is there, what is missing, how to mend it, and what takes up space", doctor},
		{"kernel", "be the kernel of a front end, for its connection file", kernel},
		{"data", "make the synthetic data", data},
		{"cache", "list, verify, prune or clear the computed values that are kept on disk", cache},
	}
}

// app is what a verb is given of the world.
type app struct {
	dir            string // the folder that the command was called in
	stdout, stderr io.Writer
}

// say prints a line of progress.
func (a app) say(format string, args ...any) {
	fmt.Fprintln(a.stdout, visible.Lines(fmt.Sprintf(format, args...)))
}

// sharedWriter lets two notebooks that run at once write whole lines.
type sharedWriter struct {
	mu sync.Mutex
	to io.Writer
}

func (w *sharedWriter) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.to.Write(p)
}

// checkout is the one that the command was called in.
func (a app) checkout() (jupyter.Checkout, error) { return jupyter.Find(a.dir) }

// errUsage ends the command after its message was printed.
var errUsage = errors.New("usage")

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	defer stop()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	go watchParent(cancel)
	os.Exit(run(ctx, app{dir: ".", stdout: &sharedWriter{to: os.Stdout}, stderr: os.Stderr}, os.Args[1:]))
}

// run carries out a command line and returns the exit status: 0 when all went well, 1 when not, 2 for a wrong command
// line, 130 when it was interrupted.
func run(ctx context.Context, a app, args []string) int {
	if len(args) == 0 || args[0] == "help" || args[0] == "-h" || args[0] == "-help" || args[0] == "--help" {
		help(a.stdout)
		return 0
	}
	for _, v := range verbs() {
		if v.name != args[0] {
			continue
		}
		err := v.run(ctx, a, args[1:])
		switch {
		case err == nil || errors.Is(err, flag.ErrHelp):
			return 0
		case errors.Is(err, errUsage):
			return 2
		case ctx.Err() != nil:
			fmt.Fprintln(a.stderr, "kelpie: interrupted; what was finished is kept, call it again to go on")
			return 130
		}
		fmt.Fprintf(a.stderr, "kelpie: %v\n", visible.Error(err))
		return 1
	}
	fmt.Fprintf(a.stderr, "kelpie: there is no verb %q; `go run ./kernel-ext help` lists them\n", args[0])
	return 2
}

// help prints what the command can do.
func help(to io.Writer) {
	fmt.Fprint(to, "Kelpie sets itself up and runs its notebooks. Everything it makes lies in .kelpie of the checkout.\n\n")
	fmt.Fprint(to, "    go run ./kernel-ext VERB [flags]\n\n")
	for _, v := range verbs() {
		fmt.Fprintf(to, "    %-8s %s\n", v.name, v.summary)
	}
	fmt.Fprint(to, "\n`go run ./kernel-ext VERB -h` explains a verb and its flags. New here? Try demo.\n\n")
	fmt.Fprint(to, "Environment:\n")
	fmt.Fprint(to, "    KELPIE_DATA   folder with the CSV files; .kelpie/data when unset\n")
	fmt.Fprint(to, "    KELPIE_CACHE  folder where computed values are kept; .kelpie/store when unset\n")
}

// flags starts the flag set of a verb; the description is what -h prints above the flags.
func (a app) flags(name, arguments, description string) *flag.FlagSet {
	set := flag.NewFlagSet(name, flag.ContinueOnError)
	set.SetOutput(a.stderr)
	set.Usage = func() {
		fmt.Fprintf(a.stdout, "    go run ./kernel-ext %s\n\n%s\n", strings.TrimSpace(name+" "+arguments), description)
		set.SetOutput(a.stdout)
		set.PrintDefaults()
		set.SetOutput(a.stderr)
	}
	return set
}

// parse parses the flags of a verb that takes no further arguments.
func (a app) parse(set *flag.FlagSet, args []string) error {
	err := a.parseSome(set, args)
	if err == nil && set.NArg() > 0 {
		fmt.Fprintf(a.stderr, "%s takes no argument %q\n", set.Name(), set.Arg(0))
		return a.misused(set)
	}
	return err
}

// parseSome parses the flags of a verb that takes further arguments.
func (a app) parseSome(set *flag.FlagSet, args []string) error {
	// The flag package prints its message and, at an error, the whole usage; the message and where to look is enough.
	usage := set.Usage
	set.Usage = func() {}
	err := set.Parse(args)
	switch {
	case errors.Is(err, flag.ErrHelp):
		usage()
		return err
	case err != nil:
		return a.misused(set)
	}
	return nil
}

// misused says where the flags of a verb are explained.
func (a app) misused(set *flag.FlagSet) error {
	fmt.Fprintf(a.stderr, "`go run ./kernel-ext %s -h` lists the flags\n", set.Name())
	return errUsage
}

// watchParent ends the work when `go run`, which does not pass signals on, was ended and left us behind.
func watchParent(cancel func()) {
	self, err := os.Executable()
	if err != nil || !strings.Contains(self, "go-build") {
		return
	}
	for parent := os.Getppid(); os.Getppid() == parent; {
		time.Sleep(500 * time.Millisecond)
	}
	cancel()
}
