package toniot

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"math"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/stophacking/kelpie/analysis/files"
	"github.com/stophacking/kelpie/analysis/visible"
)

// A sample is what Report counts of one activity.
type sample struct {
	names   []string
	rows    int64
	counts  map[string]map[string]int64 // column, value; also "flaw <column>" and "broken"
	attacks map[string]map[string]int64
	numbers [][]float64 // by column; nil for text
	isHit   []float64   // 1 for an attack
	ts      []int64
	first   int64
	last    int64
	outside int64 // attacks outside the band
	steps   int64 // rows that follow five seconds after the row before
}

var processColumns = strings.Split(strings.TrimSpace(processHeader), ",")
var memoryColumns = strings.Split(strings.TrimSpace(memoryHeader), ",")

// survey reads the files of an activity.
func survey(ctx context.Context, a Activity, paths []string) (*sample, error) {
	s := &sample{names: processColumns, counts: map[string]map[string]int64{}, attacks: map[string]map[string]int64{}, first: math.MaxInt64}
	if a == MemoryActivity {
		s.names = memoryColumns
	}
	s.numbers = make([][]float64, len(s.names))
	for _, path := range paths {
		if err := s.read(ctx, path); err != nil {
			return nil, err
		}
	}
	if s.rows == 0 {
		return nil, fmt.Errorf("toniot: report: the %s files in %s have no rows", a, visible.Text(filepath.Dir(paths[0])))
	}
	return s, nil
}

func (s *sample) read(ctx context.Context, path string) error {
	f, err := files.Open(path)
	if err != nil {
		return fmt.Errorf("toniot: report: %w", visible.Error(err))
	}
	defer f.Close()
	in := bufio.NewReaderSize(f, 1<<20)
	var fields [17][]byte
	for line := 1; ; line++ {
		text, err := in.ReadSlice('\n')
		if err == io.EOF && len(text) == 0 {
			return nil
		}
		if err != nil && err != io.EOF {
			return fmt.Errorf("toniot: report: %s:%d: %w", visible.Text(path), line, err)
		}
		if line == 1 {
			continue
		}
		if line%65536 == 0 && ctx.Err() != nil {
			return context.Cause(ctx)
		}
		row := bytes.TrimRight(text, "\r\n")
		n := 0
		for more := true; more && n < len(fields); n++ {
			fields[n], row, more = bytes.Cut(row, []byte{','})
		}
		if n != len(s.names) || len(row) > 0 {
			return fmt.Errorf("toniot: report: %s:%d: not the %d columns of the data set", visible.Text(path), line, len(s.names))
		}
		if err := s.add(fields[:n]); err != nil {
			return fmt.Errorf("toniot: report: %s:%d: %w", visible.Text(path), line, err)
		}
	}
}

// add counts one row.
func (s *sample) add(fields [][]byte) error {
	n := len(s.names)
	attack := string(fields[n-2]) == "1"
	tally := func(column string, value []byte) {
		bump(s.counts, column, value)
		if attack {
			bump(s.attacks, column, value)
		}
	}
	for i, name := range s.names {
		field := fields[i]
		if len(field) == 0 {
			bump(s.counts, "broken", []byte("empty field"))
		}
		switch name {
		case "POLI", "Status", "State", "CMD", "attack", "type":
			tally(name, field)
			continue
		case "NICE":
			tally(name, field)
		}
		v, kind, err := parse(field)
		if err != nil {
			return fmt.Errorf("column %s: %w", name, err)
		}
		if kind != "" {
			bump(s.counts, "flaw "+name, []byte(kind))
		}
		s.numbers[i] = append(s.numbers[i], v)
		if name == "CPU" && v > 0 {
			bump(s.counts, "flaw CPU", []byte("above 0"))
		}
	}
	hit := 0.0
	if attack {
		hit = 1
	}
	s.isHit = append(s.isHit, hit)

	ts := int64(s.numbers[0][s.rows])
	if s.rows > 0 && ts == s.ts[s.rows-1]+step {
		s.steps++
	}
	s.ts = append(s.ts, ts)
	s.first, s.last = min(s.first, ts), max(s.last, ts)
	if attack && (ts < bandStart || ts >= bandEnd) {
		s.outside++
	}
	s.rules(fields, attack)
	s.rows++
	return nil
}

// rules counts the rows that break what holds for every real row.
func (s *sample) rules(fields [][]byte, attack bool) {
	n := len(fields)
	broken := func(rule string, bad bool) {
		if bad {
			bump(s.counts, "broken", []byte(rule))
		}
	}
	broken("type and attack differ", attack == (string(fields[n-1]) == "normal"))
	command := fields[n-3]
	if n == len(processColumns) {
		poli, nice, pri, state := string(fields[5]), string(fields[6]), string(fields[7]), string(fields[12])
		command = fields[14]
		over := state == "E"
		bracket := len(command) > 1 && command[0] == '<' && command[len(command)-1] == '>'
		broken("State E, PRI 0, POLI 0 or -, <CMD>", over != (pri == "0") || over != (poli == "0" || poli == "-") || over != bracket)
		broken("RTPR not 0", string(fields[8]) != "0")
		pair, ok := priorities[nice+"/"+pri]
		broken("NICE and PRI do not pair", !ok || !pair)
	} else {
		broken("VGROW not 7 characters", len(fields[7]) != 7)
	}
	broken("CMD longer than 14", len(command) > 14)
}

// priorities are the pairs of NICE (without its sign) and PRI that occur.
var priorities = map[string]bool{"0/0": true, "0/120": true, "20/100": true, "1/121": true,
	"11/109": true, "10/130": true, "10/110": true, "19/139": true}

func bump(counts map[string]map[string]int64, column string, value []byte) {
	m := counts[column]
	if m == nil {
		m = map[string]int64{}
		counts[column] = m
	}
	m[string(value)]++
}

// parse reads a number as the notebooks do: blanks go, K and M are decimal
// multipliers. kind names what is special about how it was written.
func parse(field []byte) (v float64, kind string, err error) {
	t := bytes.TrimLeft(field, " ")
	factor := 1.0
	if len(t) > 0 {
		switch t[len(t)-1] {
		case 'K':
			kind, factor = "K", 1e3
		case 'M':
			kind, factor = "M", 1e6
		}
	}
	if kind != "" {
		t = t[:len(t)-1]
	}
	if bytes.IndexByte(t, ' ') >= 0 {
		kind = "inner blank"
		t = bytes.ReplaceAll(t, []byte(" "), nil)
	}
	if v, ok := small(t); ok {
		return v * factor, kind, nil
	}
	if v, err = strconv.ParseFloat(string(t), 64); err != nil {
		return 0, "", fmt.Errorf("%q is not a number", field)
	}
	if kind == "" && v != math.Trunc(v) {
		kind = "decimal"
	}
	return v * factor, kind, nil
}

// small reads up to 15 digits.
func small(t []byte) (float64, bool) {
	if len(t) == 0 || len(t) > 15 {
		return 0, false
	}
	var v int64
	for _, c := range t {
		if c < '0' || c > '9' {
			return 0, false
		}
		v = 10*v + int64(c-'0')
	}
	return float64(v), true
}

// column returns the values of a numeric column, or of attack.
func (s *sample) column(name string) []float64 {
	if name == "attack" {
		return s.isHit
	}
	return s.numbers[slices.Index(s.names, name)]
}

func (s *sample) classMeans(values []float64) (normal, attack float64) {
	var sums, counts [2]float64
	for i, v := range values {
		sums[int(s.isHit[i])] += v
		counts[int(s.isHit[i])]++
	}
	return sums[0] / counts[0], sums[1] / counts[1]
}

// busiest returns the most rows with one ts.
func (s *sample) busiest() int {
	rows := map[int64]int{}
	most := 0
	for _, ts := range s.ts {
		rows[ts]++
		most = max(most, rows[ts])
	}
	return most
}

// moments returns the mean and the sample standard deviation.
func moments(values []float64) (mean, deviation float64) {
	for _, v := range values {
		mean += v
	}
	mean /= float64(len(values))
	for _, v := range values {
		deviation += (v - mean) * (v - mean)
	}
	return mean, math.Sqrt(deviation / float64(len(values)-1))
}

// quartiles returns the nearest-rank quartiles.
func quartiles(values []float64) [3]float64 {
	sorted := slices.Clone(values)
	slices.Sort(sorted)
	n := len(sorted)
	return [3]float64{sorted[n/4], sorted[n/2], sorted[n*3/4]}
}

// correlation is Pearson's.
func correlation(a, b []float64) float64 {
	ma, da := moments(a)
	mb, db := moments(b)
	var r float64
	for i := range a {
		r += (a[i] - ma) * (b[i] - mb)
	}
	return r / float64(len(a)-1) / da / db
}
