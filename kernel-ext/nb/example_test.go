package nb_test

import (
	"fmt"
	"math"
	"slices"

	"github.com/stophacking/kelpie/kernel-ext/nb"
)

// share shows itself as Markdown and, where that cannot be shown, as text.
type share float64

func (s share) Markdown() (string, error) { return fmt.Sprintf("**%.1f %%**", 100*float64(s)), nil }
func (s share) String() string            { return fmt.Sprintf("%.1f %%", 100*float64(s)) }

func count() (int, error) { return 1927968, nil }

func ExampleShow() {
	nb.Show(count())
	nb.Show("attacks", share(0.125))
	// Output:
	// 1927968
	// attacks
	// 12.5 %
}

func ExampleShow_figure() {
	nb.Show(figure{alt: "Attacks come from few processes."})
	// Output: Attacks come from few processes.
}

func ExampleMust() {
	rows := nb.Must(count())
	nb.Printf("%d rows", rows)
	// Output: 1927968 rows
}

func ExamplePrintf() {
	nb.Printf("%d of %d", 3, 4)
	nb.Printf("%s", "all")
	// Output:
	// 3 of 4
	// all
}

func ExampleMarkdown() {
	nb.Markdown("Counts by **type**:")
	// Output: Counts by **type**:
}

func ExampleHTML() {
	nb.HTML("<p>" + nb.Escape("a process named <script>") + "</p>")
	// Output: a process named <script>
}

func ExampleEscape() {
	fmt.Println(nb.Escape("<script> \x1b[31m"))
	// Output: &lt;script&gt; \x1b[31m
}

func ExampleKeyValues() {
	nb.Show(nb.KeyValues("Data", "files", 4, "rows", 1927968, "origin", "synthetic"))
	// Output:
	// Data
	// files   4
	// rows    1,927,968
	// origin  synthetic
}

func ExampleVolatile() {
	nb.Show(nb.Volatile("3.2 s"))
	// Output: 3.2 s
}

func ExampleProgress() {
	for tree := range int64(20) {
		nb.Progress("trees", tree+1, 20)
	}
	// Output: trees: 20 of 20
}

func ExampleJSON() {
	nb.JSON(map[string]int{"rows": 3})
	// Output:
	// {
	//   "rows": 3
	// }
}

func ExamplePNG() {
	picture, err := figure{}.PNG()
	nb.PNG(nb.Must(picture, err), "Attacks come from few processes.")
	// Output: Attacks come from few processes.
}

func ExampleUpdate() {
	for epoch := range 2 {
		nb.Update("loss", nb.KeyValues("", "epoch", epoch, "loss", 0.5))
	}
	// Output:
	// epoch  0
	// loss   0.5
	// epoch  1
	// loss   0.5
}

func ExampleResult() {
	nb.Result("a value", nil)
	nb.Result(fmt.Println("printed; the count of bytes is not shown"))
	// Output:
	// a value
	// printed; the count of bytes is not shown
}

func ExampleResultValue() {
	nb.ResultValue([]int{1, 2})
	// Output: [1 2]
}

func ExampleDeclarations() {
	nb.Show(nb.Declarations{
		{Kind: "var", Name: "names", Cell: 2, Value: []string{"atop", "compiz"}},
		{Kind: "func", Name: "load", Type: "func() error", Cell: 3},
	})
	// Output:
	// name   kind  type          size        cell
	// names  var   []string      2 elements  2
	// load   func  func() error              3
}

func ExampleTime() {
	timer := nb.Time("sorting")
	slices.Sort([]int{3, 1, 2})
	timer.Stop() // sorting: 1.2 µs
}

func ExampleTimeIt() {
	nb.TimeIt("square root", func() { _ = math.Sqrt(2) })
	// Shows what a call takes, as in: square root: 1.7 ns ± 0.1 ns per call, and so on.
}
