package toniot_test

import (
	"math"
	"testing"

	"github.com/stophacking/kelpie/analysis/toniot"
)

func TestApportion(t *testing.T) {
	for _, test := range []struct {
		name    string
		total   int64
		weights []int64
		want    []int64
	}{
		{"weights that sum to the total", 10, []int64{1, 2, 7}, []int64{1, 2, 7}},
		{"largest remainder first", 10, []int64{1, 1, 1}, []int64{4, 3, 3}},
		{"scaled down", 1, []int64{99, 1}, []int64{1, 0}},
		{"nothing", 0, []int64{3, 4}, []int64{0, 0}},
		{"no weights", 5, []int64{0, 0}, []int64{5, 0}},
		{"no overflow", 1 << 40, []int64{1 << 40, 1 << 40}, []int64{1 << 39, 1 << 39}},
	} {
		got := toniot.Apportion(test.total, test.weights)
		for i := range test.want {
			if got[i] != test.want[i] {
				t.Errorf("%s: %v, want %v", test.name, got, test.want)
				break
			}
		}
	}
}

func TestDealKeepsTotalsAndFollowsWeights(t *testing.T) {
	rows := []int64{1000, 1, 0, 99, 7}
	columns := []int64{600, 0, 507}
	table := toniot.Deal(rows, columns, func(i, j int) int64 {
		if i == 0 && j == 0 {
			return 100
		}
		return int64(1 + i*j)
	})
	for i, want := range rows {
		var got int64
		for _, n := range table[i] {
			if n < 0 {
				t.Errorf("negative count in %v", table)
			}
			got += n
		}
		if got != want {
			t.Errorf("row %d sums to %d, want %d", i, got, want)
		}
	}
	for j, want := range columns {
		var got int64
		for i := range rows {
			got += table[i][j]
		}
		if got != want {
			t.Errorf("column %d sums to %d, want %d", j, got, want)
		}
	}
	// Without weights row 3 would hold 54 of column 0; its weights favour column 2.
	if table[3][0] > 20 {
		t.Errorf("row 3 is %v: the weights have no effect", table[3])
	}
}

// The published counts at full size and above, from the plan alone (see
// calibration_targets.go for the whole list, which Report compares on written
// files). At a whole scale they are multiplied exactly; a rest of half a
// stand-in deals the half of each, to the row where it is apportioned at once
// and to a few rows where it is in steps.
func TestFullSizeCountsAreExact(t *testing.T) {
	want := map[toniot.Activity]map[string]map[string]int64{
		toniot.ProcessActivity: {
			"POLI":   {"norm": 1_861_558, "0": 53_216, "-": 13_194},
			"Status": {"-": 1_416_322, "0": 438_984, "NE": 48_602, "N": 23_313, "NS": 743, "C": 3, "NC": 1},
			"State":  {"S": 1_676_350, "I": 98_986, "R": 84_753, "E": 66_410, "Z": 1_118, "D": 344, "T": 7},
			"type": {"normal": 1_636_604, "ddos": 71_603, "dos": 70_721, "password": 51_409, "injection": 41_311,
				"scanning": 38_449, "xss": 17_759, "mitm": 112},
			"CMD": {"atop": 441_180, "apache2": 313_143, "vmtoolsd": 112_029, "drone": 41_390, "<iconv>": 1},
		},
		toniot.MemoryActivity: {
			"type": {"normal": 1_794_377, "ddos": 45_689, "dos": 75_283, "password": 26_016, "injection": 58_523, "mitm": 112},
			"CMD":  {"atop": 325_985, "apache2": 89_761, "jfsCommit": 81_714, "drone": 41_392},
		},
	}
	distinct := map[toniot.Activity]int{toniot.ProcessActivity: 683, toniot.MemoryActivity: 659}
	for _, scale := range []float64{1, 1.5, 2} {
		for activity, columns := range want {
			got := toniot.PlanCounts(activity, 3, scale)
			for column, values := range columns {
				if column != "CMD" && len(got[column]) != len(values) {
					t.Errorf("scale %g: %s %s has values %v", scale, activity, column, got[column])
				}
				slack := 0.0
				if scale == 1.5 {
					slack = 3
				}
				if column == "type" {
					slack = min(1, slack)
				}
				for value, n := range values {
					if off := math.Abs(float64(got[column][value]) - float64(n)*scale); off > slack {
						t.Errorf("scale %g: %s %s %q: %d rows, want %g", scale, activity, column, value, got[column][value], float64(n)*scale)
					}
				}
			}
			if n := len(got["CMD"]); n != distinct[activity] {
				t.Errorf("scale %g: %s: %d commands, want %d", scale, activity, n, distinct[activity])
			}
		}
	}
}
