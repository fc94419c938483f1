package local

import (
	"fmt"
	"testing"

	"github.com/stophacking/kelpie/analysis/internal/column"
	"github.com/stophacking/kelpie/analysis/internal/plan"
)

// Texts are computed and indexed alike whatever the width of their codes.
func TestCodesAtTheBorderOfWidths(t *testing.T) {
	for _, n := range []int{65_535, 65_536, 65_537} {
		texts, valid := make([]string, n+3), make([]bool, n+3) // two repeat, one is null
		for i := range texts {
			texts[i], valid[i] = fmt.Sprintf(" %06d", (i+n-1)%n), i != 5
		}
		texts[5+n-3] = texts[5] // the null row's text is used too
		c := column.FromStrings("text", texts, valid)
		b := &column.Batch{Len: c.Len, Columns: []*column.Column{c}}
		trim := plan.Unary{Function: plan.Trim, Of: plan.Ref{Name: "text"}}
		if soleText(trim, b) == nil {
			t.Fatal("not computed over the dictionary")
		}
		got, err := evaluate(trim, b)
		if err != nil {
			t.Fatal(err)
		}
		indexed, invalid := levelsOf(c, []string{texts[0], texts[1]})
		if len(invalid) != c.Len-4 {
			t.Errorf("%d texts: %d of %d rows are not among the levels", n, len(invalid), c.Len)
		}
		for i := range texts {
			if got.IsNull(i) != !valid[i] || valid[i] && got.Text(i) != texts[i][1:] {
				t.Fatalf("%d texts: row %d is %q, want %q", n, i, got.Text(i), texts[i][1:])
			}
			want := -1.0
			if texts[i] == texts[0] {
				want = 0
			} else if texts[i] == texts[1] {
				want = 1
			}
			if indexed[i] != want {
				t.Fatalf("%d texts: row %d has index %v, want %v", n, i, indexed[i], want)
			}
		}
	}
}
