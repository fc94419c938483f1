//go:build !windows

package build

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/stophacking/kelpie/kernel-ext/internal/scratch"
)

// learn has the real go build the program, and keeps how it did. The error says that the program was not built; that its
// plan is not kept is none.
func (c command) learn(p program) error {
	var said bytes.Buffer
	cmd := exec.Command(c.goTool, "build", "-x", "-o", c.args[3])
	cmd.Stderr = &said
	begun := time.Now()
	if err := c.run(cmd); err != nil {
		return err
	}
	t, err := readTrace(said.String(), p.files)
	if err != nil {
		return nil
	}
	plan, err := newPlan(t, p, begun)
	if err != nil {
		return nil
	}
	// A file that changed meanwhile may have been read before or after.
	if now, err := readProgram(c.goTool); err == nil && now.key == p.key {
		_ = c.plans.keep(p, plan) // without it the next cell costs as much as this one
	}
	return nil
}

// follow builds the program as the plan says. The files on the way lie in the program's own directory, which goes with
// GoNB, and where the program can be moved to its place.
func (c command) follow(plan Plan, p program) error {
	folder, err := scratch.Temporary(p.dir, ".build-")
	if err != nil {
		return err
	}
	defer folder.Remove()
	work := folder.Path
	id, err := p.id(plan)
	if err != nil {
		return err
	}
	fill := strings.NewReplacer("$WORK/b001", work, "$ID", id)
	linkcfg := strings.ReplaceAll(fill.Replace(plan.Linkcfg), plan.Module, p.module)
	for name, text := range map[string]string{"importcfg": plan.Importcfg, "importcfg.link": linkcfg} {
		if err := os.WriteFile(filepath.Join(work, name), []byte(text), 0o600); err != nil {
			return err
		}
	}
	if err := os.Mkdir(filepath.Join(work, "exe"), 0o700); err != nil {
		return err
	}
	for _, t := range []tool{plan.Compile, plan.Link} {
		var args []string
		for _, arg := range t.Args {
			if source, found := strings.CutPrefix(arg, "./"); found {
				arg = filepath.Join(p.dir, source) // as the go command does
			}
			args = append(args, fill.Replace(arg))
		}
		cmd := exec.Command(t.Path, args...)
		cmd.Dir = p.dir
		// Both are gone before their garbage matters, unless there is very much of it.
		cmd.Env = append(append(cmd.Environ(), t.Env...), "GOGC=off", "GOMEMLIMIT=1GiB")
		if err := c.run(cmd); err != nil {
			return err
		}
	}
	return os.Rename(filepath.Join(work, "exe", "a.out"), p.target())
}

// id is a build ID: the go command takes it for that of another build, and debuggers tell programs apart by it.
func (p program) id(plan Plan) (string, error) {
	texts := []string{plan.Linkcfg}
	for _, name := range p.files {
		text, err := os.ReadFile(filepath.Join(p.dir, name))
		if err != nil {
			return "", err
		}
		texts = append(texts, string(text))
	}
	return "kelpie-" + condense(texts...), nil
}

// run runs a program to its end. When we are signalled it is ended first; one that was ended by such a signal is taken for
// a sign that we are, too.
func (c command) run(cmd *exec.Cmd) error {
	if err := cmd.Start(); err != nil {
		return err
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	var err error
	select {
	case err = <-ended:
	case s := <-c.signals:
		_ = cmd.Process.Signal(s)
		<-ended
		return errInterrupted
	}
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		if status, ok := exit.Sys().(syscall.WaitStatus); ok && status.Signaled() && slices.Contains(endings, os.Signal(status.Signal())) {
			return errInterrupted
		}
	}
	return err
}
