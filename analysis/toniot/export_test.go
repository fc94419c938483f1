package toniot

import (
	"context"
	"math"
)

// What the tests of the public interface need from inside.
var (
	Apportion = apportion
	Deal      = deal
	Parse     = parse

	CountBound = countBound
)

// KnowHash makes a SHA-256 head count as that of a TON_IoT file, and returns
// how to undo that.
func KnowHash(head string) func() {
	known[head] = true
	return func() { delete(known, head) }
}

// PlanCounts returns the rows by value that the plans of an activity deal at a
// scale, without making the rows.
func PlanCounts(a Activity, seed uint64, scale float64) map[string]map[string]int64 {
	counts := map[string]map[string]int64{"CMD": {}, "State": {}, "POLI": {}, "Status": {}, "type": {}}
	t := tables()[a]
	for _, s := range sideBySide(seed, int64(scale*fullSize), fullSize) {
		p := t.plan(s)
		rows, kinds := make([]int64, len(p.cells)), make([]int64, len(kindNames))
		for row, c := range p.cell {
			rows[c]++
			kinds[p.kinds[row]]++
		}
		for k, n := range kinds {
			if n > 0 {
				counts["type"][kindNames[k]] += n
			}
		}
		for i, cell := range p.cells {
			if rows[i] == 0 {
				continue
			}
			counts["CMD"][t.design.commands[cell.command].name] += rows[i]
			if a == ProcessActivity {
				counts["State"][string(cell.state)] += rows[i]
				counts["POLI"][processShapes[cell.slice].policy] += rows[i]
				counts["Status"][processShapes[cell.slice].status] += rows[i]
			}
		}
	}
	return counts
}

// GenerateOf is Generate of stand-ins that are whole only at a smaller scale
// than 1, and returns the seed of each: what scales above 1 do, in little.
func GenerateOf(ctx context.Context, g Generation, whole float64) (s Synthetic, seeds []uint64, err error) {
	millionths := func(scale float64) int64 { return int64(math.Round(scale * fullSize)) }
	for _, one := range sideBySide(g.Seed, millionths(g.Scale), millionths(whole)) {
		seeds = append(seeds, one.seed)
	}
	s, err = generate(ctx, g, millionths(g.Scale), millionths(whole))
	return s, seeds, err
}

// The header lines of the files.
const (
	ProcessHeader = processHeader
	MemoryHeader  = memoryHeader
)
