package analysis_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stophacking/kelpie/analysis"
)

func ExampleFrame_Floats() {
	f := analysis.NewSession(analysis.Config{}).FromColumns(analysis.Int64s("PID", 7, 9))
	fmt.Println(f.Floats("PID"))
	// Output: [7 9] <nil>
}

func TestFloatsMistakes(t *testing.T) {
	f := analysis.NewSession(analysis.Config{}).FromColumns(analysis.Int64s("PID", 7, 9).Nulls(1))
	for name, want := range map[string]string{"PID": "1 null", "CMD": `no column "CMD"`} {
		if v, err := f.Floats(name); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("Floats(%q): %v, %v; want an error with %q", name, v, err, want)
		}
	}
}
