package toniot

import (
	"errors"
	"fmt"
	"os"
	"slices"

	"github.com/stophacking/kelpie/analysis"
	"github.com/stophacking/kelpie/analysis/files"
)

// remedy says how to come by data.
const remedy = "make the synthetic stand-in with `go run ./kernel-ext data --out .kelpie/data`, " +
	"or name the directory of the TON_IoT files in " + DataVariable

// Process declares the Linux process activity: 17 columns, in file order. All of
// them follow their types in the published files. The label may be called
// "label", as in TON_IoT's own files.
var Process = analysis.Schema{
	Name:    "Linux process activity",
	Remedy:  remedy,
	Refused: refused,
	Fields: []analysis.Field{
		{Name: "ts", Type: analysis.Int64, Unit: analysis.SecondsSince1970, Doc: "time of the record"},
		{Name: "PID", Type: analysis.Int32, Doc: "process identifier"},
		{Name: "TRUN", Type: analysis.Int32, Doc: "threads running"},
		{Name: "TSLPI", Type: analysis.Int32, Doc: "threads sleeping, interruptible"},
		{Name: "TSLPU", Type: analysis.Int32, Doc: "threads sleeping, uninterruptible"},
		{Name: "POLI", Type: analysis.String, Doc: "scheduling policy; - or 0 where the process has ended"},
		{Name: "NICE", Type: analysis.Int32, Doc: "nice value without its sign: 20 stands for -20"},
		{Name: "PRI", Type: analysis.Int32, Doc: "priority, 0 where the process has ended"},
		{Name: "RTPR", Type: analysis.Int32, Doc: "real-time priority, always 0"},
		{Name: "CPUNR", Type: analysis.Int32, Doc: "processor it last ran on"},
		{Name: "Status", Type: analysis.String, Doc: "N new, E ended, - or 0 otherwise"},
		{Name: "EXC", Type: analysis.Int32, Doc: "exit code or fatal signal"},
		{Name: "State", Type: analysis.String, Doc: "R S D Z T, I idle, E ended"},
		{Name: "CPU", Type: analysis.Float64, Doc: "processor time in system mode, seconds"},
		{Name: "CMD", Type: analysis.String, Doc: "command, at most 14 characters; <name> where it has ended"},
		{Name: "attack", Type: analysis.Int32, Aliases: []string{"label"}, Doc: "1 attack, 0 normal"},
		{Name: "type", Type: analysis.String, Doc: "kind of attack, or normal"},
	},
}

// Memory declares the Linux memory activity: 13 columns, in file order. Six of
// them (MINFLT, MAJFLT, VSTEXT, RSIZE, VGROW, RGROW) are numbers by the data
// set's description but hold units and blanks in the files; they are read as
// texts, and [Repair] makes numbers of them. [MemoryDeclared] is what they
// should be.
var Memory = analysis.Schema{
	Name:    "Linux memory activity",
	Remedy:  remedy,
	Refused: refused,
	Fields: []analysis.Field{
		{Name: "ts", Type: analysis.Int64, Unit: analysis.SecondsSince1970, Doc: "time of the record"},
		{Name: "PID", Type: analysis.Int32, Doc: "process identifier"},
		{Name: "MINFLT", Type: analysis.String, Doc: "page faults served from the free list"},
		{Name: "MAJFLT", Type: analysis.String, Doc: "page faults that loaded a page"},
		{Name: "VSTEXT", Type: analysis.String, Doc: "virtual memory of the shared text"},
		{Name: "VSIZE", Type: analysis.Float64, Doc: "virtual memory in all, in mixed units"},
		{Name: "RSIZE", Type: analysis.String, Doc: "resident memory, in mixed units"},
		{Name: "VGROW", Type: analysis.String, Doc: "growth of virtual memory in the interval"},
		{Name: "RGROW", Type: analysis.String, Doc: "growth of resident memory in the interval"},
		{Name: "MEM", Type: analysis.Float64, Doc: "share of memory in use"},
		{Name: "CMD", Type: analysis.String, Doc: "command, at most 14 characters; <name> where it has ended"},
		{Name: "attack", Type: analysis.Int32, Aliases: []string{"label"}, Doc: "1 attack, 0 normal"},
		{Name: "type", Type: analysis.String, Doc: "kind of attack, or normal"},
	},
}

// RepairedColumns are the memory columns that [Repair] makes numbers of.
var RepairedColumns = []string{"MINFLT", "MAJFLT", "VSTEXT", "RSIZE", "VGROW", "RGROW"}

// MemoryDeclared is [Memory] with the types that the data set's description
// gives: the six text columns are float64. Compare the files with it by
// [analysis.Frame.NonConforming].
func MemoryDeclared() analysis.Schema {
	s := Memory
	s.Fields = slices.Clone(Memory.Fields)
	for i, f := range s.Fields {
		if slices.Contains(RepairedColumns, f.Name) {
			s.Fields[i].Type = analysis.Float64
		}
	}
	return s
}

// Files returns the paths of the CSV files that hold the rows of schema, which
// is [Process] or [Memory], as [Find] finds them; none if they cannot be found.
// [OriginOf] says why not, and so does reading them.
func Files(schema analysis.Schema) []string {
	paths, err := find(schema)
	if err != nil {
		return nil
	}
	return paths
}

// refused returns why the data that is nearest is not used, nil if it is used or if there
// is none.
func refused() error {
	var why *files.Refusal
	if os.Getenv(DataVariable) != "" {
		return nil
	}
	if _, err := nearestData(); errors.As(err, &why) {
		return err
	}
	return nil
}

func find(schema analysis.Schema) ([]string, error) {
	switch schema.Name {
	case Process.Name:
		return Find(ProcessActivity)
	case Memory.Name:
		return Find(MemoryActivity)
	}
	return nil, fmt.Errorf("toniot: %q is neither the process nor the memory activity", schema.Name)
}

// OriginOf returns what each of the files of schema is, as [Identify] finds it.
// Without files the error says how to come by some.
func OriginOf(schema analysis.Schema) (Origins, error) {
	paths, err := find(schema)
	if err != nil {
		return nil, fmt.Errorf("%w; %s", err, remedy)
	}
	var origins Origins
	for _, path := range paths {
		o, err := Identify(path)
		if err != nil {
			return nil, err
		}
		origins = append(origins, o)
	}
	return origins, nil
}

// NumericColumns returns the columns of schema that are numbers, or become
// numbers by [Repair], without the label.
func NumericColumns(schema analysis.Schema) []string {
	return columns(schema, func(f analysis.Field) bool {
		return f.Type != analysis.String || slices.Contains(RepairedColumns, f.Name)
	})
}

// TextColumns returns the columns of schema that are texts by their nature,
// without the attack type.
func TextColumns(schema analysis.Schema) []string {
	return columns(schema, func(f analysis.Field) bool {
		return f.Type == analysis.String && !slices.Contains(RepairedColumns, f.Name)
	})
}

func columns(schema analysis.Schema, wanted func(analysis.Field) bool) []string {
	var names []string
	for _, f := range schema.Fields {
		if f.Name != "attack" && f.Name != "type" && wanted(f) {
			names = append(names, f.Name)
		}
	}
	return names
}
