package toniot

// A plan says for every row of an activity, in file order, when it was
// recorded, what kind it is, and which cell it belongs to. The cells are dealt
// like cards: their numbers of rows are exact, their order is random.
type plan struct {
	ts    []uint32
	kinds []kind
	cell  []uint16 // index into cells
	cells []cell
}

// A cell is a set of rows that agree in everything that is dealt exactly.
type cell struct {
	command int // index into the activity's commands
	slice   int // index into the activity's slices
	group   int
	state   byte // process only: column State
	rows    int64
}

// Groups: what a row's place in time and its label decide. Normal rows of an
// era are group era, attack rows are group eras + era.
const groups = 2 * eras

func (c cell) attack() bool { return c.group >= eras }

// A slice is a set of rows that look alike in the columns that name a host's
// state: its counts at full size come from published tables. Slices of one
// family share its commands.
type slice struct {
	family         int
	host           int // index into command.hosts
	normal, attack int64
	eras           [eras]int64 // affinity; all 0: flat
}

// A command is a value of CMD with its rows at full size.
type command struct {
	name    string
	family  int
	rows    int64
	attacks int64       // of rows
	hosts   [3]int64    // affinity to hosts; all 0: flat
	eras    [eras]int64 // affinity; all 0: flat
}

// An activity's plan follows from these.
type design struct {
	stream   uint64
	windows  []window
	kinds    []int64 // rows of each kind at full size
	slices   []slice
	commands []command
	split    func([]cell) []cell // further exact splits of cells; may be nil
}

// total returns the design's rows at full size.
func (d design) total() int64 {
	var n int64
	for _, k := range d.kinds {
		n += k
	}
	return n
}

// plan deals the design's rows, scaled to the given number.
func (d design) plan(seed uint64, rows int64) plan {
	kinds := apportion(rows, d.kinds)
	recordings := record(d.windows, rows, kinds)
	var inGroup [groups]int64
	for _, r := range recordings {
		inGroup[r.era] += r.rows - r.attacks
		inGroup[eras+r.era] += r.attacks
	}
	p := plan{cells: d.cells(inGroup)}
	if d.split != nil {
		p.cells = d.split(p.cells)
	}

	var decks [groups][]uint16
	for i, c := range p.cells {
		for range c.rows {
			decks[c.group] = append(decks[c.group], uint16(i))
		}
	}
	for g := range decks {
		r := drawFor(seed, d.stream+1, uint64(g))
		shuffle(&r, decks[g])
	}

	// Traces end to end, then into file order.
	ts, cells, labels := make([]uint32, rows), make([]uint16, rows), make([]kind, rows)
	at := 0
	for i, rec := range recordings {
		r := drawFor(seed, d.stream+2, uint64(i))
		attacks := rec.attacks
		for n := range rec.rows {
			g := rec.era
			if attacks > 0 && r.below(rec.rows-n) < attacks {
				attacks--
				g += eras
				labels[at] = rec.kind
			}
			ts[at] = uint32(rec.start + step*n)
			cells[at] = decks[g][0]
			decks[g] = decks[g][1:]
			at++
		}
	}
	for _, b := range interleave(recordings) {
		p.ts = append(p.ts, ts[b.from:b.from+b.rows]...)
		p.cell = append(p.cell, cells[b.from:b.from+b.rows]...)
		p.kinds = append(p.kinds, labels[b.from:b.from+b.rows]...)
	}
	return p
}

// cells deals slices over groups, then commands over both.
func (d design) cells(inGroup [groups]int64) []cell {
	var bySlice [groups][]int64 // rows of each slice
	for _, from := range []int{0, eras} {
		weights := make([]int64, len(d.slices))
		for i, s := range d.slices {
			weights[i] = s.normal
			if from == eras {
				weights[i] = s.attack
			}
		}
		columns := inGroup[from : from+eras]
		table := deal(apportion(sum(columns), weights), columns, func(i, era int) int64 {
			return affinity(d.slices[i].eras[:], era)
		})
		for era := range eras {
			for i := range table {
				bySlice[from+era] = append(bySlice[from+era], table[i][era])
			}
		}
	}

	families := 0
	for _, s := range d.slices {
		families = max(families, s.family+1)
	}
	var cells []cell
	for family := range families {
		cells = append(cells, d.family(family, bySlice)...)
	}
	return cells
}

// family deals the commands of one family over its slices and groups.
func (d design) family(family int, bySlice [groups][]int64) []cell {
	var members []int
	var rows, attacks []int64
	for i, c := range d.commands {
		if c.family == family {
			members = append(members, i)
			rows = append(rows, c.rows)
			attacks = append(attacks, c.attacks)
		}
	}
	type column struct{ slice, group int }
	var columns [2][]column // of normal and of attack rows
	var totals [2][]int64
	for g := range groups {
		for s := range d.slices {
			if d.slices[s].family == family {
				label := g / eras
				columns[label] = append(columns[label], column{s, g})
				totals[label] = append(totals[label], bySlice[g][s])
			}
		}
	}
	rows = apportion(sum(totals[0])+sum(totals[1]), rows)
	attacks = capped(sum(totals[1]), attacks, rows)
	for i := range rows {
		rows[i] -= attacks[i]
	}

	var cells []cell
	for label, total := range [][]int64{rows, attacks} {
		table := deal(total, totals[label], func(i, j int) int64 {
			c, col := d.commands[members[i]], columns[label][j]
			return affinity(c.hosts[:], d.slices[col.slice].host) * affinity(c.eras[:], col.group%eras)
		})
		for i := range table {
			for j, n := range table[i] {
				if n > 0 {
					col := columns[label][j]
					cells = append(cells, cell{command: members[i], slice: col.slice, group: col.group, state: 'S', rows: n})
				}
			}
		}
	}
	return cells
}

// affinity returns weights[i] scaled so that it is never 0.
func affinity(weights []int64, i int) int64 {
	if sum(weights) == 0 {
		return 1000
	}
	return max(1, 10*weights[i])
}

// capped is apportion with an upper limit for each part; what exceeds one goes
// to the others, in order. The limits must sum to total or more.
func capped(total int64, weights, limits []int64) []int64 {
	parts := apportion(total, weights)
	var over int64
	for i := range parts {
		if extra := parts[i] - limits[i]; extra > 0 {
			parts[i] -= extra
			over += extra
		}
	}
	for i := range parts {
		n := min(over, limits[i]-parts[i])
		parts[i] += n
		over -= n
	}
	return parts
}

func sum(numbers []int64) int64 {
	var n int64
	for _, x := range numbers {
		n += x
	}
	return n
}
