package toniot

const processHeader = "ts,PID,TRUN,TSLPI,TSLPU,POLI,NICE,PRI,RTPR,CPUNR,Status,EXC,State,CPU,CMD,attack,type\n"

// A processModel makes process rows.
type processModel struct {
	design
	profiles []processCommand // of the design's commands; zero for those that are not live
}

// newProcessModel lays out the commands: named ones, then enough rare ones for
// the published number of values of CMD.
func newProcessModel() processModel {
	var m processModel
	m.design = design{stream: 100, windows: processWindows, kinds: processKinds, slices: processSlices}
	add := func(c command, p processCommand) {
		m.commands = append(m.commands, c)
		m.profiles = append(m.profiles, p)
	}
	known := map[string]bool{}
	for _, p := range processCommands {
		known[p.name] = true
		add(command{p.name, live, p.rows, p.rows * p.share / 10_000, p.hosts, [eras]int64{}}, p)
	}
	left := processDistinct - len(processCommands)

	rare := append(fresh(daemons, known, processLiveDaemons), fresh(kworkers(88, ""), known, processLiveWorkers)...)
	left -= len(rare)
	for i, rows := range spread(m.rowsOf(live)-m.rowsIn(live), len(rare)) {
		p := processCommand{name: rare[i], pid: 1100 + int64(i*37%3000), threads: 1 + int64(i%7), cpu: cpuLow, running: 60}
		add(command{name: p.name, family: live, rows: rows, attacks: rows * 1500 / 10_000}, p)
	}

	for _, c := range idleNamed {
		c.family, c.attacks = idleKernel, c.rows*808/10_000
		known[c.name] = true
		add(c, processCommand{})
	}
	idle := fresh(kworkers(processIdleTail+10, "-ev"), known, processIdleTail)
	left -= len(idleNamed) + len(idle)
	for i, rows := range spread(idleRows-m.rowsIn(idleKernel), len(idle)) {
		add(command{name: idle[i], family: idleKernel, rows: rows, attacks: rows * 808 / 10_000}, processCommand{})
	}

	for _, c := range exitedNamed {
		c.family = exited
		known[c.name] = true
		add(c, processCommand{})
	}
	names := fresh(finished(shortLived), known, left-len(exitedNamed))
	for i, rows := range spread(exitedRows-m.rowsIn(exited), len(names)) {
		add(command{name: names[i], family: exited, rows: rows, attacks: rows * 1600 / 10_000}, processCommand{})
	}
	m.split = m.states
	return m
}

// fresh returns the first n names, cut, that are not known, and makes them known.
func fresh(names []string, known map[string]bool, n int) []string {
	var out []string
	for _, name := range names {
		if len(out) == n {
			break
		}
		if name = cut(name); !known[name] {
			known[name] = true
			out = append(out, name)
		}
	}
	return out
}

// rowsOf counts a family's rows by the slices, rowsIn by the commands so far.
func (d design) rowsOf(family int) int64 {
	var n int64
	for _, s := range d.slices {
		if s.family == family {
			n += s.normal + s.attack
		}
	}
	return n
}

func (d design) rowsIn(family int) int64 {
	var n int64
	for _, c := range d.commands {
		if c.family == family {
			n += c.rows
		}
	}
	return n
}

// states splits cells so that State has its published counts.
func (m processModel) states(cells []cell) []cell {
	var rows int64
	for _, c := range cells {
		rows += c.rows
	}
	take := func(state byte, total int64, weight func(processCommand) int64) {
		weights, limits := make([]int64, len(cells)), make([]int64, len(cells))
		for i, c := range cells {
			if c.state == 'S' {
				limits[i] = c.rows
				weights[i] = c.rows * weight(m.profiles[c.command])
			}
		}
		for i, n := range capped(mulDiv(total, rows, m.total()), weights, limits) {
			if n > 0 {
				c := cells[i]
				cells[i].rows -= n
				c.state, c.rows = state, n
				cells = append(cells, c)
			}
		}
	}
	for i, c := range cells {
		switch m.slices[c.slice].family {
		case exited:
			cells[i].state = 'E'
		case idleKernel:
			cells[i].state = 'I'
		}
	}
	take('R', runRows, func(p processCommand) int64 { return p.running })
	take('Z', zombieRows, func(p processCommand) int64 { return p.zombie })
	take('D', waitRows, func(p processCommand) int64 { return p.waiting })
	take('T', stopRows, func(p processCommand) int64 { return p.pid % 7 })
	return cells
}

// append writes one row. All that it draws follows from the row's own draw.
func (m processModel) append(b []byte, p *plan, row int, d draw) []byte {
	c := p.cells[p.cell[row]]
	s, profile := m.slices[c.slice], m.profiles[c.command]
	shape := processShapes[c.slice]

	b = number(b, int64(p.ts[row]))
	b = number(b, processID(&d, c, s, profile))
	cpu := cpuTime(&d, c, profile)
	run, sleep, wait := threads(&d, c, profile, cpu)
	b = number(b, run)
	b = number(b, sleep)
	b = number(b, wait)
	b = text(b, shape.policy)
	nice, pri, processors := profile.nice, profile.pri, int64(4)
	if pri == 0 {
		pri = 120
	}
	if s.host == hostSix {
		processors = 6
	}
	if s.family == exited {
		nice, pri, processors = 0, 0, 1
	}
	b = number(b, nice)
	b = number(b, pri)
	b = append(b, "0,"...)
	b = number(b, d.below(processors))
	b = text(b, shape.status)
	b = number(b, exitCode(&d, c, s, shape))
	b = append(b, c.state, ',')
	b = hundredths(b, cpu, c.group == eraBefore && s.family != exited)
	b = text(b, m.commands[c.command].name)
	return label(b, p.kinds[row])
}

// processID draws PID, 1007 to 53080.
func processID(d *draw, c cell, s slice, p processCommand) int64 {
	switch s.family {
	case exited:
		switch d.pick([]int64{52, 40, 8}) {
		case 0:
			return d.between(3900, 6400)
		case 1:
			return d.between(7000, 17000)
		}
		return d.between(17000, 53080)
	case idleKernel:
		return 1007 + int64(c.command%97)*13 + d.below(6)*151
	}
	zone := d.pick(processPIDs[s.host][c.group/eras])
	switch {
	case zone < 4:
	case p.threads > 10 && d.chance(9500),
		s.host != hostZero && (p.threads > 3 || p.nice == 20) && d.chance(7000),
		s.host != hostZero && c.group == eraBefore && d.chance(5500):
		zone = 0 // what starts with the host keeps its early PID
	}
	return processZones[zone].draw(d, p.pid)
}

// threads draws TRUN, TSLPI and TSLPU.
func threads(d *draw, c cell, p processCommand, cpu int64) (run, sleep, wait int64) {
	switch c.state {
	case 'E', 'Z':
		return 0, 0, 0
	case 'I':
		return 0, 0, 0
	}
	sleep = max(1, p.threads)
	if sleep > 2 && d.chance(1500) {
		sleep += d.between(-1, 1)
	}
	if p.threads > 20 { // a browser
		sleep = d.between(p.threads*8/10, min(70, p.threads*12/10))
	}
	switch {
	case p.name == "apache2" && d.chance(260):
		sleep = d.between(24, 27) // one process with many threads, not many processes
	case cpu >= 95:
		run = 1 // one of its threads is at work
	}
	switch c.state {
	case 'R':
		run = 1
		if d.chance(80) {
			run = 2
			if d.chance(1200) {
				run = d.between(3, 12)
			}
		}
	case 'D':
		wait = 1
		if d.chance(270) {
			wait = d.between(2, 21)
		}
	case 'S':
		chance := int64(1)
		if c.attack() {
			chance = 7
		}
		if d.chance(chance) {
			wait = 1
		}
	}
	return run, max(0, sleep-run-wait), wait
}

// exitCode draws EXC: 0 but for processes that have ended.
func exitCode(d *draw, c cell, s slice, shape shape) int64 {
	if s.family != exited {
		return 0
	}
	if shape.status == "NS" {
		if d.chance(600) {
			return 9
		}
		return 15
	}
	return [...]int64{0, 1, 2, 15, 127}[d.pick(exitCodes[c.group/eras])]
}

// cpuLevels is the chance of any CPU time, of tenths of a second, and of whole
// seconds, per 10,000.
var cpuLevels = [...][3]int64{
	cpuRare: {300, 8, 2},
	cpuLow:  {640, 40, 13},
	cpuSome: {4000, 210, 100},
	cpuTick: {4300, 90, 45},
	cpuBusy: {9000, 700, 250},
	cpuSpin: {9300, 300, 200},
}

// cpuTime draws CPU in hundredths of a second.
func cpuTime(d *draw, c cell, p processCommand) int64 {
	level := cpuLevels[p.cpu]
	if c.state == 'E' {
		level = [3]int64{1300, 30, 4}
	}
	if c.state == 'I' || c.state == 'Z' {
		return 0
	}
	spin := int64(5900)
	if c.attack() {
		spin = 3600
		level[1] /= 2
		level[2] /= 2
	}
	if p.cpu == cpuSpin && d.chance(spin) {
		return d.between(98, 100)
	}
	at := d.below(10_000)
	switch {
	case at < level[2]:
		if d.chance(1200) {
			return d.between(101, 402)
		}
		return d.between(95, 100)
	case at < level[2]+level[1]:
		return d.between(6, 40)
	case at < level[0]:
		return int64(1 + d.pick([]int64{64, 24, 7, 3, 2}))
	}
	return 0
}
