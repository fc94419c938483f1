package latency

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stophacking/kelpie/kernel-ext/internal/build"
)

// cells are what is run, each with a number that no cell had before.
var cells = []struct{ name, code string }{
	{"print", "%%%%\nfmt.Println(\"round\", %d)"},
	{"analysis", `import (
	"github.com/stophacking/kelpie/analysis"
	"github.com/stophacking/kelpie/kernel-ext/nb"
)
%%%%
nb.Show(analysis.NewSession(analysis.Config{KeepNothing: true}).FromColumns(analysis.Int64s("n", 1, 2, %d)))`},
	{"figure", `import (
	"github.com/stophacking/kelpie/kernel-ext/nb"
	"github.com/stophacking/kelpie/plots"
)
%%%%
nb.Show(plots.Line{Title: "A line", Alt: "It rises.", Lines: []plots.XY{{Name: "a", X: []float64{1, 2}, Y: []float64{1, %d}}}})`},
}

// kernels are the kernels to compare: stock is what GoNB's installer makes, told of the checkout; env the same program
// as the installed kernel.json starts it; kelpie the installed kernel, when that is more than GoNB.
func kernels(b *testing.B) map[string]spec {
	b.Helper()
	root, err := filepath.Abs("../../..")
	if err != nil {
		b.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(root, ".kelpie", "venv", "share", "jupyter", "kernels", "gonb", "kernel.json"))
	if err != nil {
		b.Skip("no kernel in .kelpie: go run ./kernel-ext install")
	}
	var installed spec
	if err := json.Unmarshal(text, &installed); err != nil {
		b.Fatal(err)
	}
	gonb := filepath.Join(root, ".kelpie", "bin", "gonb")
	path := filepath.Join(root, ".kelpie", "bin") + ":" + filepath.Join(root, ".kelpie", "gopls") + ":${PATH}"
	specs := map[string]spec{
		"stock": {Argv: []string{gonb, "--kernel", "{connection_file}", "-go_work=" + root}, Env: map[string]string{"PATH": path}},
	}
	at := slices.Index(installed.Argv, gonb)
	if at < 0 {
		b.Fatalf("the installed kernel does not start %s: %q", gonb, installed.Argv)
	}
	plain := spec{Argv: slices.Clone(installed.Argv[at:]), Env: maps.Clone(installed.Env)}
	// Without the kernel's own go command.
	plain.Env["PATH"] = strings.TrimPrefix(plain.Env["PATH"], filepath.Join(root, ".kelpie", "bin", "cell")+":")
	delete(plain.Env, build.Variable)
	if !slices.Contains(plain.Argv, "{connection_file}") {
		plain.Argv = slices.Insert(plain.Argv, 1, "--kernel", "{connection_file}")
	}
	specs["env"] = plain
	if at > 0 {
		specs["kelpie"] = installed
	}
	return specs
}

// rounds is how often each cell is run in each kernel.
func rounds() int {
	if n, err := strconv.Atoi(os.Getenv("KELPIE_ROUNDS")); err == nil && n > 0 {
		return n
	}
	return 20
}

func BenchmarkCell(b *testing.B) {
	specs := kernels(b)
	names := slices.Sorted(maps.Keys(specs))
	clients := map[string]*client{}
	for _, name := range names {
		clients[name] = start(b, specs[name])
	}
	number := 0
	for _, cell := range cells {
		times := map[string][]time.Duration{}
		failed := map[string]error{}
		for round := range rounds() + 1 {
			for _, name := range names {
				if failed[name] != nil {
					continue
				}
				number++
				took, err := clients[name].run(fmt.Sprintf(cell.code, number))
				if err != nil {
					failed[name] = err
				} else if round > 0 {
					times[name] = append(times[name], took)
				}
			}
		}
		for _, name := range names {
			b.Run(cell.name+"/"+name, func(b *testing.B) {
				if err := failed[name]; err != nil {
					b.Fatal(err)
				}
				slices.Sort(times[name])
				b.ReportMetric(0, "ns/op")
				b.ReportMetric(milliseconds(times[name][len(times[name])/2]), "median-ms")
				b.ReportMetric(milliseconds(times[name][0]), "min-ms")
			})
		}
	}
}

func milliseconds(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
