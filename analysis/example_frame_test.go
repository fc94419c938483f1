package analysis_test

import (
	"fmt"

	"github.com/stophacking/kelpie/analysis"
)

// atop is what a monitor might have seen of five processes.
func atop() analysis.Frame {
	session := analysis.NewSession(analysis.Config{AppName: "examples"})
	return session.FromColumns(
		analysis.Int64s("PID", 1, 2, 3, 4, 5),
		analysis.Strings("CMD", "bash", "atop", "bash", "nmap", "nmap"),
		analysis.Float64s("CPU", 0.5, 2, 1, 90, 0).Nulls(4),
		analysis.Int64s("attack", 0, 0, 0, 1, 1),
	)
}

// print shows what a terminal call returns, as nb.Show does in a notebook.
func print(value any, err error) {
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(value)
}

func ExampleFrame_Count() {
	print(atop().Count())
	// Output: 5
}

func ExampleFrame_Head() {
	print(atop().Head(2))
	// Output:
	// first 2 rows
	// PID  CMD   CPU  attack
	//   1  bash  0.5       0
	//   2  atop  2.0       0
	// 5 rows × 4 columns, first 2 shown
}

func ExampleFrame_Collect() {
	print(atop().Select("PID", "CPU").Collect())
	// Output:
	// select PID, CPU
	// PID   CPU
	//   1   0.5
	//   2   2.0
	//   3   1.0
	//   4  90.0
	//   5  null
	// 5 rows × 2 columns
}

func ExampleFrame_Schema() {
	fmt.Println(atop().Drop("PID").Schema())
	// Output:
	// root
	//  |-- CMD: string
	//  |-- CPU: float64
	//  |-- attack: int64
}

func ExampleFrame_String() {
	fmt.Println(atop().Filter(analysis.Col("attack").Equal(1)).Cache().Select("CMD"))
	// Output:
	// 5 rows from columns
	// filter (attack = 1), cached
	// select CMD
}

// A mistake is reported by a terminal call, with the line that made it.
func ExampleFrame_Err() {
	f := atop().Select("PID", "RAM").Filter(analysis.Col("PID").Greater(1))
	fmt.Println(f.Err())
	// Output: analysis: example_frame_test.go:76: select: no column "RAM"; there are PID, CMD, CPU, attack
}

func ExampleFrame_Rename() {
	fmt.Println(atop().Rename("attack", "label").Columns())
	// Output: [PID CMD CPU label]
}

func ExampleFrame_Filter() {
	print(atop().Filter(analysis.Col("CPU").Greater(1)).Collect()) // not true of a null
	// Output:
	// filter (CPU > 1)
	// PID  CMD   CPU  attack
	//   2  atop    2       0
	//   4  nmap   90       1
	// 2 rows × 4 columns
}

func ExampleFrame_WithColumn() {
	busy := analysis.When(analysis.Col("CPU").Greater(50), "busy").
		When(analysis.Col("CPU").IsNull(), "unknown").
		Otherwise("calm")
	print(atop().WithColumn("state", busy).Select("PID", "state").Collect())
	// Output:
	// with state = case when (CPU > 50) then "busy" when is null(…; select PID, state
	// PID  state
	//   1  calm
	//   2  calm
	//   3  calm
	//   4  busy
	//   5  unknown
	// 5 rows × 2 columns
}

func ExampleFrame_Union() {
	f := atop()
	print(f.Filter(analysis.Col("attack").Equal(1)).Union(f.Limit(1)).Select("PID", "attack").Collect())
	// Output:
	// filter (attack = 1); union; select PID, attack
	// PID  attack
	//   4       1
	//   5       1
	//   1       0
	// 3 rows × 2 columns
}

func ExampleFrame_OrderBy() {
	print(atop().OrderBy(analysis.Descending("CPU")).Select("PID", "CPU").Collect())
	// Output:
	// order by CPU descending; select PID, CPU
	// PID   CPU
	//   4  90.0
	//   2   2.0
	//   3   1.0
	//   1   0.5
	//   5  null
	// 5 rows × 2 columns
}

func ExampleFrame_DropNulls() {
	print(atop().DropNulls("CPU").Count())
	// Output: 4
}

func ExampleFrame_FillNulls() {
	print(atop().FillNulls(0, "CPU").NullCounts())
	// Output:
	// nulls: fill nulls with 0 CPU
	// column  type     nulls  rows
	// PID     int64        0     5
	// CMD     string       0     5
	// CPU     float64      0     5
	// attack  int64        0     5
	// 4 rows × 4 columns
}

// initial is the first letter of a text. Its version stands for the code of Map.
type initial struct{}

func (initial) Version() string { return "1" }

func (initial) Map(values []any) (any, error) {
	text, _ := values[0].(string)
	if text == "" {
		return nil, nil
	}
	return text[:1], nil
}

func ExampleFrame_Map() {
	print(atop().Map("initial", analysis.String, initial{}, "CMD").Select("CMD", "initial").Head(2))
	// Output:
	// first 2 rows: map CMD to initial by analysis_test.initial; select CMD, initial
	// CMD   initial
	// bash  b
	// atop  a
	// 5 rows × 2 columns, first 2 shown
}

// users is who starts which command.
func users() analysis.Frame {
	session := analysis.NewSession(analysis.Config{AppName: "examples"})
	return session.FromColumns(analysis.Strings("CMD", "bash", "bash", "nmap"), analysis.Strings("user", "ann", "bob", "eve"))
}

func ExampleFrame_InnerJoin() {
	print(atop().Select("PID", "CMD").InnerJoin(users(), "CMD").Collect())
	// Output:
	// select PID, CMD; inner join on CMD
	// PID  CMD   user
	//   1  bash  ann
	//   1  bash  bob
	//   3  bash  ann
	//   3  bash  bob
	//   4  nmap  eve
	//   5  nmap  eve
	// 6 rows × 3 columns
}

func ExampleFrame_LeftJoin() {
	print(atop().Select("PID", "CMD").LeftJoin(users(), "CMD").Limit(3).Collect())
	// Output:
	// select PID, CMD; left join on CMD; first 3 rows
	// PID  CMD   user
	//   1  bash  ann
	//   1  bash  bob
	//   2  atop  null
	// 3 rows × 3 columns
}

// A frame shows its first and last rows.
func ExampleFrame_Text() {
	f := atop()
	print(f.Union(f).Union(f).Select("PID", "CMD").Text())
	// Output:
	// union; union; select PID, CMD
	// PID  CMD
	//   1  bash
	//   2  atop
	//   3  bash
	//   4  nmap
	//   5  nmap
	//   …  …
	//   1  bash
	//   2  atop
	//   3  bash
	//   4  nmap
	//   5  nmap
	// 15 rows × 2 columns, first 5 and last 5 shown
}
