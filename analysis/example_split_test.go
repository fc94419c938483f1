package analysis_test

import (
	"fmt"
	"time"

	"github.com/stophacking/kelpie/analysis"
)

// alerts is twelve records of four hosts, one a minute; every third is of an attack.
func alerts() analysis.Frame {
	session := analysis.NewSession(analysis.Config{AppName: "examples"})
	return session.FromColumns(
		analysis.Int64s("ts", 0, 60, 120, 180, 240, 300, 360, 420, 480, 540, 600, 660),
		analysis.Strings("host", "web", "db", "web", "mail", "db", "web", "nas", "web", "db", "mail", "nas", "web"),
		analysis.Int64s("attack", 0, 0, 1, 0, 0, 1, 0, 0, 1, 0, 0, 1),
	)
}

// Train has three quarters of the attacks and of the other rows, Test has a quarter.
func ExampleFrame_StratifiedSplit() {
	split := alerts().StratifiedSplit("attack", 0.75, 42)
	print(split.Train.GroupBy("attack").Count().Collect())
	print(split.Test.GroupBy("attack").Count().Collect())
	// Output:
	// stratified split by attack, rows of each level in [0, 0.75)…; count by attack
	// attack  count
	//      0      6
	//      1      3
	// 2 rows × 2 columns
	// stratified split by attack, rows of each level in [0.75, 1)…; count by attack
	// attack  count
	//      0      2
	//      1      1
	// 2 rows × 2 columns
}

// No host is in both parts.
func ExampleFrame_GroupSplit() {
	split := alerts().GroupSplit("host", 0.75, 8)
	print(split.Train.GroupBy("host").Count().Collect())
	print(split.Test.GroupBy("host").Count().Collect())
	// Output:
	// group split by host, groups drawn in [0, 0.75) (seed 8); count by host
	// host  count
	// mail      2
	// nas       2
	// web       5
	// 3 rows × 2 columns
	// group split by host, groups drawn in [0.75, 1) (seed 8); count by host
	// host  count
	// db        3
	// 1 row × 2 columns
}

// What is learned from the past is tried on what came after; the labels of the last
// two minutes before the cut had not arrived by then.
func ExampleFrame_TimeSplit() {
	split := alerts().TimeSplit("ts", time.Unix(480, 0), 2*time.Minute)
	print(split.Train.Select("ts").Collect())
	print(split.Test.Select("ts").Collect())
	fmt.Println(split.Train)
	// Output:
	// time split, ts before 1970-01-01 00:06:00 UTC; select ts
	//  ts
	//   0
	//  60
	// 120
	// 180
	// 240
	// 300
	// 6 rows × 1 column
	// time split, ts from 1970-01-01 00:08:00 UTC; select ts
	//  ts
	// 480
	// 540
	// 600
	// 660
	// 4 rows × 1 column
	// 12 rows from columns
	// time split, ts before 1970-01-01 00:06:00 UTC
}

// Each row is in one Test.
func ExampleFrame_KFold() {
	for _, split := range alerts().KFold(3, 8) {
		print(split.Test.Floats("ts"))
	}
	// Output:
	// [60 180 300]
	// [120 420 600 660]
	// [0 240 360 480 540]
}

// Each Test has a share of the attacks: one or two of four.
func ExampleFrame_StratifiedKFold() {
	for _, split := range alerts().StratifiedKFold("attack", 3, 42) {
		print(split.Test.Floats("attack"))
	}
	// Output:
	// [0 1 0 1]
	// [0 0 0 1]
	// [0 1 0 0]
}

// Each host is in one Test.
func ExampleFrame_GroupKFold() {
	for _, split := range alerts().GroupKFold("host", 2, 8) {
		print(split.Test.GroupBy("host").Count().Collect())
	}
	// Output:
	// group fold by host, groups drawn in [0, 0.5) (seed 8); count by host
	// host  count
	// nas       2
	// web       5
	// 2 rows × 2 columns
	// group fold by host, groups drawn in [0.5, 1) (seed 8); count by host
	// host  count
	// db        3
	// mail      2
	// 2 rows × 2 columns
}
