package csv_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stophacking/kelpie/analysis/internal/column"
	"github.com/stophacking/kelpie/analysis/internal/csv"
)

// processRows returns made-up rows like those of process activity.
func processRows(n int, eol string) string {
	r := rand.New(rand.NewPCG(7, 8))
	commands := []string{"atop", "apache2", "vmtoolsd", "nautilus", "upstart-dbus-b", "<mkinitramfs>", "Xorg", "unity-panel-se"}
	var b bytes.Buffer
	b.WriteString("ts,PID,TRUN,TSLPI,TSLPU,POLI,NICE,PRI,RTPR,CPUNR,Status,EXC,State,CPU,CMD,attack,type" + eol)
	for i := range n {
		fmt.Fprintf(&b, "%d,%d,%d,%d,0,norm,%d,%d,0,%d,-,0,S,0.%02d,%s,%d,normal"+eol, 1554218915+5*(i/40), r.IntN(32768),
			r.IntN(2), r.IntN(30), r.IntN(21), 100+r.IntN(40), r.IntN(6), r.IntN(100), commands[r.IntN(len(commands))], r.IntN(2))
	}
	return b.String()
}

// fieldsOf returns fields for a header of host telemetry: the memory columns that
// carry unit letters are String, other unknown ones Int32.
func fieldsOf(header string) []csv.Field {
	types := map[string]column.Type{"ts": column.Timestamp, "CPU": column.Float64, "MEM": column.Float64}
	for _, name := range strings.Fields("POLI Status State CMD type MINFLT MAJFLT VSTEXT RSIZE VGROW RGROW") {
		types[name] = column.String
	}
	types["VSIZE"] = column.Float64
	var fields []csv.Field
	for _, name := range strings.Split(strings.TrimPrefix(strings.TrimSpace(header), "\ufeff"), ",") {
		fields = append(fields, csv.Field{Name: name, Type: max(types[name], column.Int32)})
	}
	return fields
}

// BenchmarkRead reads a small made-up file, plain and with quotes, integers in several
// notations, and the files
// linux_*.csv in the folder KELPIE_DATA, one activity after the other.
func BenchmarkRead(b *testing.B) {
	text := processRows(100_000, "\n")
	header, _, _ := strings.Cut(text, "\n")
	for _, made := range []struct{ name, text string }{
		{"plain", text},
		{"CRLF", processRows(100_000, "\r\n")},
		{"quoted", strings.ReplaceAll(text, "norm,", "\"norm\",")},
	} {
		b.Run(made.name, func(b *testing.B) {
			read(b, [][]string{write(b, made.text)}, [][]csv.Field{fieldsOf(header)})
		})
	}
	numbers := "a,b,c,d\n" + strings.Repeat("1234567,89,3257,0\n", 100_000)
	for _, made := range []struct{ name, text string }{
		{"integers", numbers},
		{"signed", strings.ReplaceAll(strings.ReplaceAll(numbers, ",", ",-"), ",-b,-c,-d", ",b,c,d")},
		{"with .0", strings.ReplaceAll(strings.ReplaceAll(numbers, ",", ".0,"), "a.0,b.0,c.0,", "a,b,c,")},
	} {
		b.Run(made.name, func(b *testing.B) {
			read(b, [][]string{write(b, made.text)}, [][]csv.Field{fieldsOf("a,b,c,d")})
		})
	}
	b.Run("data", func(b *testing.B) {
		var groups [][]string
		var fields [][]csv.Field
		for _, activity := range []string{"process", "memory"} {
			paths, _ := filepath.Glob(filepath.Join(os.Getenv("KELPIE_DATA"), "linux_"+activity+"_*.csv"))
			if os.Getenv("KELPIE_DATA") == "" || len(paths) == 0 {
				b.Skip("KELPIE_DATA names no folder with linux_process_*.csv and linux_memory_*.csv")
			}
			text, err := os.ReadFile(paths[0])
			if err != nil {
				b.Fatal(err)
			}
			header, _, _ := strings.Cut(string(text), "\n")
			groups, fields = append(groups, paths), append(fields, fieldsOf(header))
		}
		read(b, groups, fields)
	})
}

// read reads every group of files under its fields.
func read(b *testing.B, groups [][]string, fields [][]csv.Field) {
	size := int64(0)
	for _, paths := range groups {
		for _, path := range paths {
			info, err := os.Stat(path)
			if err != nil {
				b.Fatal(err)
			}
			size += info.Size()
		}
	}
	b.SetBytes(size)
	for b.Loop() {
		for i, paths := range groups {
			if _, err := csv.Read(b.Context(), paths, csv.Options{Fields: fields[i]}); err != nil {
				b.Fatal(err)
			}
		}
	}
}
