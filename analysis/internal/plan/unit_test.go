package plan_test

import (
	"encoding/json"
	"testing"

	"github.com/stophacking/kelpie/analysis/internal/column"
	"github.com/stophacking/kelpie/analysis/internal/plan"
	"github.com/stophacking/kelpie/analysis/number"
)

// A unit changes how numbers are shown and nothing that is kept: keys and files know
// nothing of it.
func TestUnitsAreNoPartOfKeys(t *testing.T) {
	keys, files := map[string]bool{}, map[string]bool{}
	for _, unit := range []number.Unit{number.Plain, number.Counts, number.SecondsSince1970} {
		field := plan.Field{Name: "ts", Type: column.Int64, Unit: unit}
		held := plan.Held(&column.Batch{Len: 1, Columns: []*column.Column{column.FromInt64s("ts", []int64{1}, nil)}})
		held.Units = []number.Unit{unit}
		read := plan.New(plan.Union{}, plan.New(plan.ReadCSV{Schema: []plan.Field{field}, Paths: []string{"a"}}), plan.New(held))
		key, err := plan.Key(read, func(plan.Op) (string, error) { return "content", nil })
		file, fail := json.Marshal(field)
		if read.Err != nil || err != nil || fail != nil {
			t.Fatal(read.Err, err, fail)
		}
		keys[key], files[string(file)] = true, true
	}
	if len(keys) != 1 || len(files) != 1 {
		t.Errorf("units have keys of their own, %v, or stand in files, %v", keys, files)
	}
}

func TestShownUnit(t *testing.T) {
	for want, fields := range map[number.Unit][]plan.Field{
		number.Plain:                 {{Type: column.Int64}, {Type: column.String, Unit: number.SecondsSince1970}, {Type: column.Bool, Unit: number.Counts}},
		number.SecondsSince1970:      {{Type: column.Timestamp}, {Type: column.Int32, Unit: number.SecondsSince1970}},
		number.MillisecondsSince1970: {{Type: column.Int64, Unit: number.MillisecondsSince1970}},
	} {
		for _, f := range fields {
			if got := f.Shown(); got != want {
				t.Errorf("%s in %v is shown in %v, want %v", f.Type, f.Unit, got, want)
			}
		}
	}
}
