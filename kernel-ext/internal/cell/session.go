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
	places   map[int][]place  // of the lines GoNB was given, by the number it knows a cell by
	sources  map[int][]string // lines of the cells as they are in the notebook, by their number
}

// place is a line of a cell, both from 1; a line 0 is none. In a program that has no
// number yet its own lines have the cell 0.
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
		s.locals, s.places, s.sources = map[string]int{}, map[int][]place{}, map[int][]string{}
	}
	for _, name := range p.locals {
		s.locals[name] = p.Number
	}
	if p.source != nil {
		s.sources[p.Number] = p.source
	}
	if p.places == nil {
		return
	}
	places := slices.Clone(p.places)
	for i := range places {
		if places[i].cell == 0 {
			places[i].cell = p.Number
		}
	}
	s.places[p.counter()] = places
	s.prune(p)
}

// maxLocals bounds the names of local variables that are remembered.
const maxLocals = 10_000

// prune forgets the lines of cells that no declaration comes from any more, but for
// those of the program that runs: a session of many cells takes no more and more memory.
func (s *Session) prune(p Program) {
	cells := map[int]bool{p.Number: true}
	for _, d := range s.declared {
		cells[d.cell] = true
	}
	maps.DeleteFunc(s.sources, func(number int, _ []string) bool { return !cells[number] })
	maps.DeleteFunc(s.places, func(counter int, places []place) bool {
		return counter != p.counter() && !slices.ContainsFunc(places, func(at place) bool { return cells[at.cell] })
	})
	if len(s.locals) > maxLocals {
		clear(s.locals)
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

// clone returns a copy whose declarations can be dropped without touching s.
func (s *Session) clone() *Session {
	return &Session{declared: slices.Clone(s.declared), locals: s.locals}
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

// place returns where a line of what GoNB knows as the cell of that number comes from.
func (s *Session) place(number, line int) (place, bool) {
	places := s.places[number]
	if line < 1 || line > len(places) || places[line-1].line == 0 {
		return place{}, false
	}
	return places[line-1], true
}

// line returns the text of a line of a cell, "" where it is not known.
func (s *Session) line(at place) string {
	lines := s.sources[at.cell]
	if at.line < 1 || at.line > len(lines) {
		return ""
	}
	return lines[at.line-1]
}

// shares reports whether the lists have a name in common.
func shares(a, b []string) bool {
	return slices.ContainsFunc(a, func(name string) bool { return slices.Contains(b, name) })
}
