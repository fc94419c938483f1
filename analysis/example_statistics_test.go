package analysis_test

import (
	"fmt"

	"github.com/stophacking/kelpie/analysis"
)

func ExampleFrame_GroupBy() {
	print(atop().GroupBy("CMD").Aggregate(analysis.Count(), analysis.Mean("CPU"), analysis.Max("PID")).Collect())
	// Output:
	// count, mean(CPU), max(PID) by CMD
	// CMD   count  mean(CPU)  max(PID)
	// atop      1       2.00         2
	// bash      2       0.75         3
	// nmap      2      90.00         5
	// 3 rows × 4 columns
}

func ExampleGroups_Count() {
	print(atop().GroupBy("attack").Count().Collect())
	// Output:
	// count by attack
	// attack  count
	//      0      3
	//      1      2
	// 2 rows × 2 columns
}

func ExampleFrame_Describe() {
	print(atop().Describe("CPU"))
	// Output:
	// describe
	// column  count  nulls    mean  stddev  min    25%  50%  75%  max
	// CPU         4      1  23.375  44.421  0.5  0.875  1.5   24   90
	// 1 row × 10 columns
}

func ExampleFrame_TopValues() {
	print(atop().TopValues(2, "CMD"))
	// Output:
	// top 2 values of CMD
	// value  count  share
	// bash       2   40 %
	// nmap       2   40 %
	// 2 rows × 3 columns
}

func ExampleFrame_NonConforming() {
	session := analysis.NewSession(analysis.Config{})
	raw := session.FromColumns(analysis.Strings("VSIZE", "120", "4.5M", "", "4.5M", "-"))
	declared := analysis.Schema{Fields: []analysis.Field{{Name: "VSIZE", Type: analysis.Float64}}}
	print(raw.NonConforming(declared))
	// Output:
	// values that do not follow the declared types
	// column  declared  rows  distinct  examples
	// VSIZE   float64      3         2  "4.5M", "-"
	// 1 row × 5 columns
}

func ExampleFrame_Correlation() {
	print(atop().Correlation("PID", "attack"))
	// Output:
	// correlation
	// column    PID  attack
	// PID     1.000   0.866
	// attack  0.866   1.000
	// 2 rows × 3 columns
}

func ExampleFrame_Histogram() {
	print(atop().Histogram("CPU", []float64{0, 1, 100}, "attack"))
	// Output:
	// histogram of CPU
	// from   to  class  count
	//    0    1      0      1
	//    1  100      0      2
	//    0    1      1      0
	//    1  100      1      1
	// 4 rows × 4 columns
}

func ExampleFrame_Split() {
	split := atop().Split(0.6, 42)
	print(split.Train.Select("PID").Collect())
	print(split.Test.Select("PID").Collect())
	// Output:
	// split, rows drawn in [0, 0.6) (seed 42); select PID
	// PID
	//   1
	//   4
	// 2 rows × 1 column
	// split, rows drawn in [0.6, 1) (seed 42); select PID
	// PID
	//   2
	//   3
	//   5
	// 3 rows × 1 column
}

func ExampleFrame_Undersample() {
	print(atop().Undersample("attack", analysis.Undersample{Keep: 0.5, Ratio: 2, Seed: 1}).GroupBy("attack").Count().Collect())
	// Output:
	// undersample by attack: 0.5 of the positive rows, 2 times as…; count by attack
	// attack  count
	//      0      2
	//      1      1
	// 2 rows × 2 columns
}

// TryCast makes null what is no number; Cast says so.
func ExampleExpression_TryCast() {
	session := analysis.NewSession(analysis.Config{})
	raw := session.FromColumns(analysis.Strings("VSIZE", "120", "4.5M"))
	size := analysis.Col("VSIZE")
	million := size.Replace("M", "").Cast(analysis.Float64).Times(1e6)
	bytes := analysis.When(size.EndsWith("M"), million).Otherwise(size.TryCast(analysis.Float64))
	print(raw.WithColumn("bytes", bytes).Collect())
	_, err := raw.WithColumn("bytes", size.Cast(analysis.Float64)).Collect()
	fmt.Println(err)
	// Output:
	// with bytes = case when (VSIZE ends with "M") then (cast(rep…
	// VSIZE    bytes
	// 120        120
	// 4.5M   4500000
	// 2 rows × 2 columns
	// analysis: example_statistics_test.go:119: column bytes: cast(VSIZE as float64): 1 value is no float64, the first in row 1: "4.5M"; TryCast makes such values null
}

func ExampleExpression_MapValues() {
	session := analysis.NewSession(analysis.Config{})
	f := session.FromColumns(analysis.Strings("POLI", "norm", "0", "-"))
	print(f.WithColumn("POLI", analysis.Col("POLI").MapValues([]string{"norm", "-"}, []float64{1, 0})).Collect())
	// Output:
	// with POLI = map(POLI, [norm, -])
	// POLI
	//    1
	// null
	//    0
	// 3 rows × 1 column
}

func ExampleFrame_DescribeText() {
	print(atop().DescribeText())
	// Output:
	// describe text
	// column  count  nulls  distinct  top   times  min   max
	// CMD         5      0         3  bash      2  atop  nmap
	// 1 row × 8 columns
}

func ExampleFrame_DistinctCounts() {
	print(atop().DistinctCounts())
	// Output:
	// distinct values
	// column  type     distinct  rows
	// PID     int64           5     5
	// CMD     string          3     5
	// CPU     float64         4     5
	// attack  int64           2     5
	// 4 rows × 4 columns
}

func ExampleFrame_Quantiles() {
	print(atop().Quantiles("CPU", 0.5, 0.75))
	// Output: [1.5 24]
}

// How many commands were seen how often.
func ExampleAggregate_As() {
	often := atop().GroupBy("CMD").Count()
	print(often.GroupBy("count").Aggregate(analysis.Count().As("commands")).Collect())
	// Output:
	// count by CMD; count as commands by count
	// count  commands
	//     1         1
	//     2         2
	// 2 rows × 2 columns
}
