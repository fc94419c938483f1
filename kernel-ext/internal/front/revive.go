//go:build !windows

package front

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/stophacking/kelpie/kernel-ext/internal/cell"
	"github.com/stophacking/kelpie/kernel-ext/internal/wire"
)

// ready returns a GoNB that can run a cell, starting one where there is none. The cell, which may be nil, is told when
// an earlier GoNB was lost. It is called by the goroutine that executes cells only.
func (k *Kernel) ready(x *execution) (*engine, error) {
	k.mu.Lock()
	e := k.engine
	k.mu.Unlock()
	lost := ""
	if e != nil {
		if lost = e.lost(); lost == "" {
			return e, nil
		}
		e.end()
		k.o.Session.KillStrays()
		k.comms.forget()
		e.clean()
	}
	if err := k.o.Session.Restore(); err != nil {
		return nil, err
	}
	k.generations++
	e, err := k.startEngine(k.generations)
	if err != nil {
		return nil, err
	}
	k.mu.Lock()
	k.engine = e
	k.mu.Unlock()
	k.newHelper(e.dir)
	if lost == "" {
		return e, nil
	}
	line := "kelpie: GoNB " + lost + "; it was started again"
	if err := k.replay(e); err != nil {
		line += ", but cannot have the declarations of earlier cells back: " + err.Error()
	}
	if x != nil {
		x.out.text("stderr", line+"\n")
	}
	return e, nil
}

// replay gives a new GoNB the settings and the declarations of all cells, and shows nothing of it.
func (k *Kernel) replay(e *engine) error {
	p := k.cells.Replay()
	steps := append(k.settings.steps(), p.Steps...)
	for _, step := range steps {
		reply, err := e.run(toRun(step.Source, true, false), func(*wire.Message) {})
		if err != nil {
			return err
		}
		e.count++
		if end := decodeEnding(reply); !end.ok {
			return errors.New(end.Value)
		}
	}
	p.Counter = e.count
	k.cells.Ran(p)
	return nil
}

// lost says what happened to a GoNB that cannot go on; empty when nothing did.
func (e *engine) lost() string {
	select {
	case <-e.child.Gone:
		return fmt.Sprintf("had ended (%v)", endOf(e.child))
	default:
	}
	if _, err := os.Lstat(e.dir); e.dir != "" && err != nil {
		return "had lost its work directory (a cell deleted it, most likely)"
	}
	return ""
}

// settings are the lines of cells that change how later cells are run, in order.
type settings []string

// lasting are the magics of such lines.
var lasting = map[string]bool{
	"%env": true, "%cd": true, "%goflags": true, "%autoget": true, "%noautoget": true, "%goworkfix": true, "%track": true, "%untrack": true,
}

// add keeps what a cell that went well has set.
func (s *settings) add(source string) {
	for line := range strings.Lines(source) {
		line = strings.TrimPrefix(strings.TrimRight(line, "\r\n"), "//gonb:")
		words := strings.Fields(line)
		if len(words) > 0 && lasting[words[0]] && !slices.Contains(*s, line) {
			*s = append(*s, line)
		}
	}
}

// steps is one step with all settings, or none.
func (s settings) steps() []cell.Step {
	if len(s) == 0 {
		return nil
	}
	return []cell.Step{{Source: strings.Join(s, "\n")}}
}
