package analysis_test

import (
	"math"
	"path/filepath"
	"slices"
	"testing"

	. "github.com/stophacking/kelpie/analysis"
)

// owners is a table to look commands up in: one of them twice, one null.
func owners() Frame {
	return session.FromColumns(Strings("CMD", "sshd", "bash", "bash", "", "").Nulls(4),
		Strings("owner", "root", "ann", "bob", "nobody", "null"), Int64s("attack", 9, 8, 7, 6, 5))
}

func TestJoin(t *testing.T) {
	f := process().Select("PID", "CMD", "attack")
	nan := session.FromColumns(Float64s("x", 1, math.NaN(), 0), Int64s("n", 1, 2, 3))
	tests := []struct {
		name          string
		frame         Frame
		columns, want string
	}{
		{"inner", f.InnerJoin(owners(), "CMD"), "PID CMD attack owner attack_right",
			"1 bash 0 ann 8\n1 bash 0 bob 7\n3  1 nobody 6\n4 bash 0 ann 8\n4 bash 0 bob 7"},
		{"left", f.LeftJoin(owners(), "CMD"), "PID CMD attack owner attack_right",
			"1 bash 0 ann 8\n1 bash 0 bob 7\n2 atop 1 <nil> <nil>\n3  1 nobody 6\n4 bash 0 ann 8\n4 bash 0 bob 7\n5 <script> 0 <nil> <nil>\n6 <nil> 1 <nil> <nil>"},
		{"one column of the second", f.LeftJoin(owners(), "CMD").Select("attack_right").Limit(3), "attack_right", "8\n7\n<nil>"},
		{"one column of the first", f.InnerJoin(owners(), "CMD").Select("PID"), "PID", "1\n1\n3\n4\n4"},
		{"the key alone", f.InnerJoin(owners(), "CMD").Select("CMD").Limit(1), "CMD", "bash"},
		{"no column", f.InnerJoin(owners(), "CMD").Select(), "", "\n\n\n\n"},
		{"two keys", f.InnerJoin(owners().WithColumn("attack", Col("attack").Minus(8)), "attack", "CMD"), "PID CMD attack owner", "1 bash 0 ann\n4 bash 0 ann"},
		{"with itself", f.InnerJoin(f, "PID").Limit(1), "PID CMD attack CMD_right attack_right", "1 bash 0 bash 0"},
		{"an order of its own", owners().OrderBy(Ascending("attack")).InnerJoin(f, "CMD").Select("owner", "PID"), "owner PID", "nobody 3\nbob 1\nbob 4\nann 1\nann 4"},
		{"int32 and int64", f.WithColumn("PID", Col("PID").Cast(Int32)).InnerJoin(f.Select("PID"), "PID").Select("PID").Limit(2), "PID", "1\n2"},
		{"NaN", nan.LeftJoin(nan.Limit(2).Rename("n", "m"), "x"), "x n m", "1 1 1\nNaN 2 2\n0 3 <nil>"},
		{"with none", f.LeftJoin(owners().Limit(0), "CMD").Select("PID", "owner").Limit(2), "PID owner", "1 <nil>\n2 <nil>"},
		{"of none", f.Limit(0).LeftJoin(owners(), "CMD").Select("owner"), "owner", ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) { same(t, collected(t, test.frame), test.columns, test.want) })
	}
	same(t, collected(t, owners()), "CMD owner attack", "sshd root 9\nbash ann 8\nbash bob 7\n nobody 6\n<nil> null 5") // unchanged
	cached := f.LeftJoin(owners(), "CMD").Cache()
	first := rows(t, collected(t, cached))
	if again := rows(t, collected(t, cached)); again != first || first != tests[1].want {
		t.Errorf("kept as\n%s", again)
	}
}

func TestJoinMistakes(t *testing.T) {
	f := process()
	for _, test := range []struct {
		f    Frame
		want string
	}{
		{f.InnerJoin(owners()), "join: name at least one column to join on"},
		{f.InnerJoin(owners(), "x"), `join: no column "x"; there are PID`},
		{f.LeftJoin(owners(), "PID"), `join: the second frame: no column "PID"; there are CMD`},
		{f.LeftJoin(owners(), "CMD", "CMD"), `join: two columns are named "CMD"`},
		{f.InnerJoin(owners().Rename("attack", "PID").WithColumn("PID", Col("PID").Cast(Float64)), "PID"), `join: column "PID" is int64 and float64; cast one of them`},
		{f.Rename("CPU", "attack_right").InnerJoin(owners(), "CMD"), `join: two columns are named "attack_right"; rename one of them`},
	} {
		mistaken(t, test.f.Err(), "join_test.go:", test.want)
	}
	same(t, collected(t, f.InnerJoin(owners(), "CMD").Select("PID").Limit(1)), "PID", "1")
	many := numbered(session, 1<<17).Select("attack").Filter(Col("attack").Equal(0))
	_, err := many.InnerJoin(many, "attack").Count()
	mistaken(t, err, "join_test.go:", "join: ", " rows, more than 4294967294")
}

// A split before a join and one after it agree, and rows made of one row of the
// first frame go the same way.
func TestDrawsAfterJoin(t *testing.T) {
	f := numbered(session, many)
	twice := session.FromColumns(Int64s("attack", 1, 0, 1), Strings("kind", "a", "b", "c"))
	split := f.InnerJoin(twice, "attack").Split(0.5, 1)
	if !slices.Equal(ids(t, split.Train), ids(t, f.Split(0.5, 1).Train.InnerJoin(twice, "attack"))) {
		t.Error("a split after the join is another one")
	}
	if shared := common(ids(t, split.Train), ids(t, split.Test)); len(shared) > 0 {
		t.Errorf("%d rows went both ways", len(shared))
	}
}

// Limit behind an order gives what the whole order begins with.
func TestLimitOfAnOrder(t *testing.T) {
	var content []byte
	content = append(content, "ts,PID,CPU,CMD,attack\n"...)
	for i := range 5000 {
		cpu := ""
		if i%7 > 0 {
			cpu = string(rune('0' + i*i%10))
		}
		content = append(content, "1,"+string(rune('1'+i%9))+","+cpu+",cmd "+string(rune('a'+i*i%26))+",0\n"...)
	}
	path := filepath.Join(t.TempDir(), "order.csv")
	writeOld(t, path, string(content))
	f := session.ReadCSV(telemetry, path)
	for _, keys := range [][]Order{{Descending("CPU")}, {Ascending("CPU"), Descending("PID")}, {Descending("CMD"), Ascending("CPU")}, {Ascending("CMD")}, {}} {
		ordered := f.OrderBy(keys...).Select("PID", "CPU", "CMD")
		for _, n := range []int{0, 1, 10, 700, 2500, 4999, 6000} {
			head, err := ordered.Head(n)
			if err != nil {
				t.Fatal(err)
			}
			for name, limited := range map[string]Frame{"limit": ordered.Limit(n), "kept": f.OrderBy(keys...).Cache().Select("PID", "CPU", "CMD").Limit(n)} {
				if got := rows(t, collected(t, limited)); got != rows(t, head) {
					t.Errorf("%s: first %d by %v:\n%s", name, n, keys, got)
				}
			}
			if count, err := ordered.Drop("CPU").Limit(n).Count(); err != nil || count != int64(min(n, 5000)) {
				t.Errorf("first %d by %v: %d rows, %v", n, keys, count, err)
			}
		}
	}
}

// An order that is to be kept is kept whole, although only its first rows are asked for.
func TestLimitOfAKeptOrder(t *testing.T) {
	ordered := process().OrderBy(Descending("PID")).Cache()
	count := func() int {
		t.Helper()
		kept, _, err := Kept()
		if err != nil {
			t.Fatal(err)
		}
		return kept.Len()
	}
	before := count()
	same(t, collected(t, ordered.Select("PID").Limit(2)), "PID", "6\n5")
	if after := count(); after != before+1 {
		t.Errorf("%d kept values more", after-before)
	}
	if _, err := ordered.Unpersist(); err != nil {
		t.Fatal(err)
	}
}
