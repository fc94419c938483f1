package toniot

// What the tests of the public interface need from inside.
var (
	Apportion = apportion
	Deal      = deal
	Parse     = parse
)

// KnowHash makes a SHA-256 head count as that of a TON_IoT file, and returns
// how to undo that.
func KnowHash(head string) func() {
	known[head] = true
	return func() { delete(known, head) }
}

// PlanCounts returns the rows by value that the full-size plan of an activity
// deals, without making the rows.
func PlanCounts(a Activity, seed uint64) map[string]map[string]int64 {
	counts := map[string]map[string]int64{"CMD": {}, "State": {}, "POLI": {}, "Status": {}, "type": {}}
	d := newMemoryModel().design
	if a == ProcessActivity {
		d = newProcessModel().design
	}
	p := d.plan(seed, d.total())
	for row, c := range p.cell {
		cell := p.cells[c]
		counts["CMD"][d.commands[cell.command].name]++
		counts["type"][kindNames[p.kinds[row]]]++
		if a == ProcessActivity {
			counts["State"][string(cell.state)]++
			counts["POLI"][processShapes[cell.slice].policy]++
			counts["Status"][processShapes[cell.slice].status]++
		}
	}
	return counts
}

// The header lines of the files.
const (
	ProcessHeader = processHeader
	MemoryHeader  = memoryHeader
)
