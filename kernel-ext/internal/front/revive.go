//go:build !windows

package front

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"strings"

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
	if err := os.MkdirAll(k.o.Session.Dir, 0o700); err != nil {
		return nil, fmt.Errorf("front: the kernel's private directory: %w", err)
	}
	k.replay.generation++
	e, err := k.startEngine(k.replay.generation)
	if err != nil {
		return nil, err
	}
	k.mu.Lock()
	k.engine = e
	k.mu.Unlock()
	if lost == "" {
		return e, nil
	}
	given, failed := k.replay.play(e)
	if x != nil {
		line := fmt.Sprintf("kelpie: GoNB %s; it was started again and given the declarations of %d earlier cells", lost, given)
		if failed > 0 {
			line += fmt.Sprintf(", %d more did not compile", failed)
		}
		x.out.text("stderr", line+"\n")
	}
	return e, nil
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

// A recording holds what a new GoNB has to be told: the declarations and settings of the cells that went well.
type recording struct {
	generation int
	cells      []Program
}

// add records a cell that went well.
func (r *recording) add(p Program) {
	p.Text = declarations(p.Text)
	if strings.TrimSpace(p.Text) == "" {
		return
	}
	if forgets(p.Text) {
		r.cells = nil
	}
	r.cells = append(r.cells, p)
}

// play gives the recorded cells to a new GoNB, under their numbers, and shows nothing of it.
func (r *recording) play(e *engine) (given, failed int) {
	for _, p := range r.cells {
		if err := e.align(p.Number - 1); err != nil {
			return given, failed
		}
		content := map[string]any{"code": p.Text, "silent": true, "store_history": e.count < p.Number, "allow_stdin": false}
		reply, err := e.run(content, func(*wire.Message) {})
		if err != nil {
			return given, failed
		}
		e.count = p.Number
		if decodeEnding(reply).OK {
			given++
		} else {
			failed++
		}
	}
	return given, failed
}

// settings are the magics that change how later cells are run.
var settings = map[string]bool{
	"env": true, "cd": true, "goflags": true, "autoget": true, "noautoget": true, "goworkfix": true,
	"rm": true, "remove": true, "reset": true, "track": true, "untrack": true,
}

// scripts are the magics that make a whole cell something else than Go.
var scripts = map[string]bool{"%%bash": true, "%%sh": true, "%%script": true, "%%writefile": true, "%%gx": true}

// declarations is a cell without what it runs: the shell, main, everything after %%. Lines keep their numbers.
func declarations(text string) string {
	lines := strings.Split(text, "\n")
	if first := strings.Fields(strings.TrimPrefix(lines[0], "//gonb:")); len(first) > 0 && scripts[first[0]] {
		return ""
	}
	special, continued := false, false
	magics := map[int]string{}
	for i, line := range lines {
		bare := strings.TrimPrefix(line, "//gonb:")
		special = continued || len(bare) > 1 && (bare[0] == '%' || bare[0] == '!')
		if !special {
			continue
		}
		if !continued {
			words := strings.Fields(bare[1:])
			name := ""
			if bare[0] == '%' && len(words) > 0 {
				name = words[0]
			}
			if name == "%" || name == "main" {
				lines = lines[:i]
				break
			}
			if settings[name] {
				magics[i] = line
			}
		}
		continued = strings.HasSuffix(bare, "\\")
		lines[i] = ""
	}
	goText := []byte(strings.Join(lines, "\n"))
	blankMain(goText)
	lines = strings.Split(string(goText), "\n")
	for i, line := range magics {
		lines[i] = line
	}
	return strings.Join(lines, "\n")
}

// blankMain overwrites a func main with blanks.
func blankMain(text []byte) {
	const clause = "package main;"
	set := token.NewFileSet()
	file, err := parser.ParseFile(set, "", clause+string(text), parser.SkipObjectResolution)
	if err != nil {
		return
	}
	for _, declaration := range file.Decls {
		f, ok := declaration.(*ast.FuncDecl)
		if !ok || f.Recv != nil || f.Name.Name != "main" {
			continue
		}
		from, to := set.Position(f.Pos()).Offset-len(clause), set.Position(f.End()).Offset-len(clause)
		for i := from; i < to; i++ {
			if text[i] != '\n' {
				text[i] = ' '
			}
		}
	}
}

// forgets says whether a cell has GoNB forget all declarations.
func forgets(text string) bool {
	for line := range strings.Lines(text) {
		words := strings.Fields(strings.TrimPrefix(line, "//gonb:"))
		if len(words) == 1 && words[0] == "%reset" {
			return true
		}
	}
	return false
}
