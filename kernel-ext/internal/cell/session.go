package cell

import (
	"maps"
	"slices"
	"strings"
)

// Session is what a kernel remembers of its cells: the declarations that GoNB keeps,
// where their lines come from, and the names that were local to a cell. The zero
// value is a session without cells. It is not safe for use by goroutines.
type Session struct {
	declared []declaration // in the order of the cells; GoNB's newest wins
	locals   map[string]int
	places   map[int]*placed // by the number GoNB knows a cell by
}

// placed is where the lines of what GoNB was given come from.
type placed struct {
	cell  int
	lines []place
}

// place is a line of a cell; the cell 0 is the program's own.
type place struct{ cell, line int }

// Accept takes over the declarations of a program that compiled, whether or not it
// then ran well: so does GoNB. The program's Number must be set.
func (s *Session) Accept(p Program) {
	s.Ran(p)
	for _, d := range p.declared {
		d.cell = p.Number
		s.drop(func(old declaration) bool { return old.kind == d.kind && !old.blank && shares(old.names, d.names) })
		s.declared = append(s.declared, d)
	}
}

// Ran notes what a program did whether or not it compiled: its %rm and %reset, the
// lines of its source, the names that are local to it.
func (s *Session) Ran(p Program) {
	if p.reset {
		s.declared = nil
	}
	s.Forget(p.removed...)
	if s.locals == nil {
		s.locals, s.places = map[string]int{}, map[int]*placed{}
	}
	for _, name := range p.locals {
		s.locals[name] = p.Number
	}
	if p.places != nil {
		s.places[p.counter()] = &placed{p.Number, p.places}
	}
}

// Forget drops declarations by the keys that %rm takes, as %rm does: of a name that
// is both a package and something else, the import.
func (s *Session) Forget(keys ...string) {
	for _, key := range keys {
		for _, kind := range []string{importKind, constKind, typeKind, varKind, funcKind} {
			before := len(s.declared)
			s.drop(func(d declaration) bool { return d.kind == kind && slices.Contains(d.names, key) })
			if len(s.declared) < before {
				break
			}
		}
	}
}

// Names returns the keys of all declarations, in order and each once.
func (s *Session) Names() []string {
	names := map[string]bool{}
	for _, d := range s.declared {
		for _, name := range d.names {
			names[name] = true
		}
	}
	return slices.Sorted(maps.Keys(names))
}

// drop removes the declarations that match.
func (s *Session) drop(match func(declaration) bool) {
	s.declared = slices.DeleteFunc(s.declared, match)
}

// find returns the newest declaration of a name.
func (s *Session) find(name string) (declaration, bool) {
	for i := len(s.declared) - 1; i >= 0; i-- {
		if slices.Contains(s.declared[i].names, name) {
			return s.declared[i], true
		}
	}
	return declaration{}, false
}

// clone returns a copy whose declarations can be dropped without touching s.
func (s *Session) clone() *Session {
	return &Session{declared: slices.Clone(s.declared), locals: s.locals, places: s.places}
}

// Replay returns the program that declares all of the session again, for a GoNB that
// has been started anew. It must not be accepted; tell the session by Ran.
func (s *Session) Replay() Program {
	var source []string
	p := Program{}
	add := func(d declaration) {
		for i, line := range strings.Split(d.text, "\n") {
			from := 0
			if i < len(d.lines) {
				from = d.lines[i]
			}
			source = append(source, line)
			p.places = append(p.places, place{d.cell, from})
		}
	}
	for _, imports := range []bool{true, false} {
		for _, d := range s.declared {
			if (d.kind == importKind) == imports {
				add(d)
			}
		}
	}
	if len(source) > 0 {
		p.Steps = []Step{{Source: strings.Join(source, "\n")}}
	}
	return p
}

// shares reports whether the lists have a name in common.
func shares(a, b []string) bool {
	return slices.ContainsFunc(a, func(name string) bool { return slices.Contains(b, name) })
}
