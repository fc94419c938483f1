package toniot

import "strconv"

const memoryHeader = "ts,PID,MINFLT,MAJFLT,VSTEXT,VSIZE,RSIZE,VGROW,RGROW,MEM,CMD,attack,type\n"

// A memoryModel makes memory rows.
type memoryModel struct {
	design
	profiles []memoryCommand
	gaps     []string // values of VGROW with a blank inside
}

// newMemoryModel lays out the commands as newProcessModel does.
func newMemoryModel() memoryModel {
	var m memoryModel
	m.design = design{stream: 200, windows: memoryWindows, kinds: memoryKinds, slices: memorySlices}
	m.gaps = gapValues()
	add := func(c command, p memoryCommand) {
		p.name = c.name
		m.commands = append(m.commands, c)
		m.profiles = append(m.profiles, p)
	}
	// Some names occur in two families, and count once.
	distinct := map[string]bool{}
	tail := func(family int, names []string, n int, total, share int64, profile func(i int) memoryCommand) {
		rare := fresh(names, distinct, n)
		for i, rows := range spread(total, len(rare)) {
			add(command{name: rare[i], family: family, rows: rows, attacks: rows * share / 10_000}, profile(i))
		}
	}
	nothing := func(int) memoryCommand { return memoryCommand{} }

	for _, p := range memoryCommands {
		distinct[p.name] = true
		add(command{p.name, resident, p.rows, p.rows * p.share / 10_000, p.hosts, [eras]int64{}}, p)
	}
	for i, c := range earlyNames {
		c.family, c.eras = resident, [eras]int64{100_000, 0, 0, 0}
		distinct[c.name] = true
		add(c, memoryCommand{pid: 1150 + int64(i)*211, faults: 240, shared: 120, vsize: 3710 + int64(i)*400, rsize: 9000})
	}
	names := append(append([]string{}, daemons[:memoryResidentTail]...), daemons...)
	tail(resident, names, memoryResidentTail, m.rowsOf(resident)-m.rowsIn(resident), 950, func(i int) memoryCommand {
		k := int64(i)
		p := memoryCommand{pid: 1090 + k*37%1900, shared: 4 + k*31%300, rsize: 300 + k*379%8000, grows: 60}
		p.vsize = 1650 + k*173%7000
		if i%5 < 2 {
			p.vsize = 10 * (6000 + k*977%38_000)
		}
		if i == 100 {
			p.vsize = 880_120 // the largest
		}
		if i%3 == 0 {
			p.faults = 1 + k%9
		}
		return p
	})

	add(command{name: "apache2", family: suffixMega, rows: 8_800, attacks: 8_452}, memoryCommand{})

	for _, c := range kernelNamed {
		c.family, c.attacks = kernel, c.rows*410/10_000
		distinct[c.name] = true
		add(c, memoryCommand{})
	}
	workers := append(kworkers(40, ""), kworkers(memoryKernelTail, "-ev")...)
	tail(kernel, workers, memoryKernelTail, m.rowsOf(kernel)-m.rowsIn(kernel), 410, nothing)

	for _, c := range suffixNamed {
		c.family = suffixNull
		distinct[c.name] = true
		add(c, memoryCommand{})
	}
	for _, c := range endedNamed {
		c.family = ended
		distinct[c.name] = true
		add(c, memoryCommand{faults: 180 + 31*c.rows%290})
	}
	tail(ended, finished(shortLived), memoryDistinct-len(distinct), m.rowsOf(ended)-m.rowsIn(ended), 950, func(i int) memoryCommand {
		return memoryCommand{faults: 190 + int64(i)*67%900}
	})
	return m
}

// gapValues returns the 1,009 values of VGROW that have a blank inside: seven
// characters, cut from wider ones, of which the last digit is the next column's.
func gapValues() []string {
	var values []string
	seen := map[string]bool{}
	d := drawFor(0, 300, 0)
	for len(values) < 1_009 {
		var b []byte
		switch d.pick([]int64{20, 12, 1, 2}) {
		case 0: // "  052 6"
			b = append(append(b, '0'), strconv.Itoa(int(10+d.below(90)))...)
		case 1: // "019.9 3"
			b = append(append(b, '0'), appendTenths(nil, 10*d.between(10, 40)+d.between(1, 9))...)
		case 2: // " 7560 3"
			b = strconv.AppendInt(b, d.between(1000, 1600), 10)
		case 3: // "  996 2"
			b = strconv.AppendInt(b, d.between(100, 999), 10)
		}
		b = append(b, ' ', byte('1'+d.below(7)))
		s := string(padded(nil, b))
		if s = s[:len(s)-1]; !seen[s] {
			seen[s] = true
			values = append(values, s)
		}
	}
	return values
}

// append writes one row. All that it draws follows from the row's own draw.
func (m memoryModel) append(b []byte, p *plan, row int, d draw) []byte {
	c := p.cells[p.cell[row]]
	s, profile := m.slices[c.slice], m.profiles[c.command]
	shape := memoryForms[c.slice]

	b = number(b, int64(p.ts[row]))
	b = number(b, memoryID(&d, c, s, profile))
	switch s.family {
	case suffixMega:
		b = appendMega(b, &d, shape)
	case suffixNull:
		b = append(b, "0K,0,0,0,"...)
		if shape == bareRSIZE {
			b = append(b, "0,     0K,0K,0,"...)
		} else {
			b = append(b, "0K,     0K,0K,0,"...)
		}
	case kernel:
		b = append(b, "0,0,0,0,0,      0,0,0,"...)
	case ended:
		faults := int64(0)
		if d.chance(4500) {
			faults = profile.faults + d.below(9)
		}
		b = number(b, faults)
		b = append(b, "0,0,0,0,      0,0,0,"...)
	case resident:
		session := int64(d.pick(sessionWeights[c.group/eras]))
		if s.host == hostNew {
			b = m.appendShifted(b, &d, profile, shape, session)
		} else {
			b = m.appendOld(b, &d, c, profile, shape, session)
		}
	}
	b = text(b, profile.name)
	return label(b, p.kinds[row])
}

// memoryID draws PID, 1007 to 53096.
func memoryID(d *draw, c cell, s slice, p memoryCommand) int64 {
	switch s.family {
	case suffixMega, suffixNull:
		return 10_000 + d.below(240)
	case ended:
		if c.group == eraBefore && d.chance(7000) {
			return d.between(10_007, 24_000)
		}
		if d.chance(400) {
			return d.between(25_000, 53_096)
		}
		return d.between(1900, 4700)
	}
	class := 1
	if c.attack() {
		class = 2
	} else if c.group == eraBefore {
		class = 0
	}
	pid := p.pid
	if s.family == kernel {
		pid = 1040 + int64(c.command%97)*9
	}
	zone := d.pick(memoryPIDs[class])
	if s.host == hostOld && zone > 3 && p.vsize > 50_000 && d.chance(5000) {
		zone = 0 // what starts with the host keeps its early PID
	}
	return memoryZones[zone].draw(d, pid)
}

// appendMega writes the eight figures of a row with K and M.
func appendMega(b []byte, d *draw, shape form) []byte {
	b = append(b, "132K,"...)
	b = append(appendTenths(b, 2242+int64(d.pick([]int64{60, 30, 10}))), 'M', ',')
	size := int64(9392)
	if d.chance(5200) {
		size += 8 * d.below(227) // up to 11200
	}
	b = append(strconv.AppendInt(b, size, 10), 'K', ',')
	b = append(b, "0,"...)
	if shape == bigGrowth {
		return append(b, "224.2M,  9392K,0K,0,"...)
	}
	b = append(b, "0K,"...)
	growth := int64(0)
	if d.chance(60) {
		growth = [...]int64{11_160, -9392, 4, 8, 12, 16, 24, 32, 40, 48, 64, 72, 96, 128, 132, 144, 160, 192, 256, 264, 320, 512}[d.below(22)]
	}
	b = padded(b, append(strconv.AppendInt(nil, growth, 10), 'K'))
	return append(b, "0K,0,"...)
}

// appendOld writes the eight figures of a row whose columns are what they say.
func (m memoryModel) appendOld(b []byte, d *draw, c cell, p memoryCommand, shape form, session int64) []byte {
	grows := d.chance(p.grows)
	before := c.group == eraBefore
	faults := p.faults
	switch {
	case faults == 0:
		faults = max(0, d.below(30)-26)
	case faults > 1000:
		faults += d.between(-40, 40)
	case d.chance(4500):
		faults = d.below(2 * faults)
	}
	stirred := int64(150) // what is under attack touches its pages again
	if c.attack() {
		stirred = 2000
	}
	if grows {
		faults += d.between(60, 260)
	} else if d.chance(stirred) {
		faults += d.between(20, 110)
	}
	if before && d.chance(8) {
		faults = d.between(8_000, 200_000)
		if d.chance(1200) {
			faults = d.between(900_000, 8_050_000)
		}
	}
	b = number(b, faults)
	major := int64(0)
	if before && d.chance(60) {
		major = d.between(1, 95)
	}
	b = number(b, major)
	b = number(b, p.shared)
	size := resize(p.vsize, session)
	b = tenths(b, size)
	rsize := p.rsize + 4*((session-3)*(p.rsize/160)+d.below(3))
	b = appendSize(b, d, rsize)
	b = append(b, ',')

	b = m.appendGrowth(b, d, shape, func() int64 {
		if !grows {
			return 0
		}
		if size%10 == 0 && size > 20_000 {
			return size // as if all of it were new
		}
		return 10 * 4 * d.between(1, 420)
	})
	growth := int64(0)
	chance := int64(4300) // later rows: new processes of small programs
	switch {
	case c.attack():
		chance = 2500
	case c.group == eraAfter:
		chance = 7000
	}
	switch {
	case !before && p.vsize%10 != 0 && d.chance(chance):
		growth = 4 * d.between(900, 1600)
		if d.chance(12) {
			growth = 4 * d.between(1600, 24_730)
		}
	case grows:
		growth = 4 * d.between(1, 400)
	}
	if growth > 0 && d.chance(24) {
		b = append(appendTenths(b, 10*d.between(100, 400)+d.between(1, 9)), ',')
	} else {
		b = number(b, growth)
	}
	return occupation(b, d, p)
}

// appendShifted writes the eight figures of a row of the newer host.
func (m memoryModel) appendShifted(b []byte, d *draw, p memoryCommand, shape form, session int64) []byte {
	stack := int64(132)
	switch {
	case d.chance(1600):
		stack = 0
	case d.chance(1500):
		stack += 4 * d.between(1, 8)
	}
	b = number(b, stack)
	b = tenths(b, resize(p.newer(), session))
	rsize := p.rsize * 9 / 20 // programs of the newer host share more
	rsize += 4 * ((session-3)*(rsize/160) + d.below(3))
	b = appendSize(b, d, rsize)
	b = append(b, ",0,"...)
	switch d.pick([]int64{8795, 300, 60, 845}) {
	case 0:
		b = append(b, "0,"...)
	case 1:
		b = number(b, 4*d.between(1, 4000))
	case 2:
		b = number(b, -4*d.between(1, 2432))
	case 3:
		b = append(appendTenths(b, 10*d.between(1, 140)+d.between(1, 9)), ',')
	}
	b = m.appendGrowth(b, d, shape, func() int64 {
		switch d.pick([]int64{9700, 200, 20, 80}) {
		case 1:
			return 40 * d.between(1, 900)
		case 2:
			return -40 * d.between(1, 204)
		case 3:
			return 40 * d.between(1, 40)
		}
		return 0
	})
	b = append(b, "0,"...)
	return occupation(b, d, p)
}

// newer returns the command's size on the newer host, in tenths: small programs
// reserve more there, and print as megabytes.
func (p memoryCommand) newer() int64 {
	switch {
	case p.name == "apache2":
		return 2242
	case p.name != "atop" && p.vsize%10 == 0 && p.vsize >= 90_000 && p.vsize < 250_000:
		return 701 + p.vsize/10%1000
	}
	return p.vsize
}

// resize shifts a size, in tenths, by the session's small change.
func resize(vsize, session int64) int64 {
	switch {
	case vsize < 100: // gigabytes: too coarse to change
		return vsize
	case vsize%10 == 0:
		return vsize + 40*session
	}
	if vsize += 3 * (session - 2); vsize%10 == 0 {
		vsize++
	}
	return vsize
}

// appendSize writes kilobytes, or megabytes with a decimal when they are many.
func appendSize(b []byte, d *draw, v int64) []byte {
	if v < 100_000 {
		return strconv.AppendInt(b, max(0, v), 10)
	}
	v /= 102 // tenths of megabytes, near enough
	if v%10 == 0 {
		v += 1 + d.below(9)
	}
	return appendTenths(b, v)
}

// appendGrowth writes VGROW in its seven characters. growth is in tenths.
func (m memoryModel) appendGrowth(b []byte, d *draw, shape form, growth func() int64) []byte {
	if shape == innerGap {
		return text(b, m.gaps[d.below(int64(len(m.gaps)))])
	}
	g := growth()
	if g == 0 {
		return append(b, "      0,"...)
	}
	if d.chance(220) { // megabytes
		g = 10*d.between(1, 400) + d.between(1, 9)
	}
	return padded(b, appendTenths(nil, g))
}

// occupation writes MEM.
func occupation(b []byte, d *draw, p memoryCommand) []byte {
	mem := p.mem
	switch {
	case mem > 3:
		mem = d.between(mem/2, mem*3/2)
		if d.chance(25) {
			mem = d.between(30, 44)
		}
	case mem > 0 && d.chance(3300):
		mem = 0
	case mem > 0 && d.chance(1500):
		mem++
	}
	if mem == 0 {
		return append(b, "0,"...)
	}
	return hundredths(b, mem, false)
}
