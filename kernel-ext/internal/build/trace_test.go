package build

import (
	"os"
	"slices"
	"strings"
	"testing"
)

// The texts in testdata were printed by Go 1.26.8: plain.txt by `go build -x` of a cell that imports nothing and has a
// file kelpie_a.go, again.txt by the same build once more, package.txt by that of a cell with a package that was not in
// the build cache.
func golden(t testing.TB, name string) string {
	t.Helper()
	text, err := os.ReadFile("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

var goldenFiles = []string{"kelpie_a.go", "main.go"}

func TestReadTrace(t *testing.T) {
	got, err := readTrace(golden(t, "plain.txt"), goldenFiles)
	if err != nil {
		t.Fatal(err)
	}
	if want := "/usr/local/go/pkg/tool/linux_amd64/compile"; got.compile.Path != want || len(got.compile.Env) != 0 {
		t.Errorf("compiler %s %q, want %s", got.compile.Path, got.compile.Env, want)
	}
	want := strings.Fields("-o $WORK/b001/_pkg_.a -trimpath $WORK/b001=> -p main -lang=go1.26 -complete -buildid 4ezAd-A3bVyruzumbfVT/4ezAd-A3bVyruzumbfVT" +
		" -goversion go1.26.8 -c=2 -nolocalimports -importcfg $WORK/b001/importcfg -pack ./kelpie_a.go ./main.go")
	if !slices.Equal(got.compile.Args, want) {
		t.Errorf("compiler's arguments %q", got.compile.Args)
	}
	if want := "/usr/local/go/pkg/tool/linux_amd64/link"; got.link.Path != want || !slices.Equal(got.link.Env, []string{"GOROOT=/usr/local/go"}) {
		t.Errorf("linker %s %q, want %s", got.link.Path, got.link.Env, want)
	}
	if want := "# import config\npackagefile runtime=/home/ada/.cache/go-build/be/be4114093acaad70353eef000e7a041c1fd15e57623c2da205c523946ee72083-d\n"; got.importcfg != want {
		t.Errorf("importcfg %q", got.importcfg)
	}
	if want := "packagefile gonb_12ab34cd=$WORK/b001/_pkg_.a\npackagefile runtime=/home/ada/"; !strings.HasPrefix(got.linkcfg, want) {
		t.Errorf("importcfg.link begins %.100q", got.linkcfg)
	}
	if !strings.Contains(got.linkcfg, "\nmodinfo \"0w\\xaf") || !strings.HasSuffix(got.linkcfg, "\"\n") {
		t.Error("importcfg.link lacks the module information")
	}
}

// A package that the build itself compiled is taken from where it put it for later ones.
func TestReadTraceOfACompiledPackage(t *testing.T) {
	got, err := readTrace(golden(t, "package.txt"), goldenFiles)
	if err != nil {
		t.Fatal(err)
	}
	want := "\npackagefile example.org/lib/value=/home/ada/.cache/go-build/50/5061f5359f7d95b9db47f86e505589ade1c87f64adb6e8fd4d3bd4e4eff9bd15-d\n"
	if !strings.Contains(got.importcfg, want) || !strings.Contains(got.linkcfg, want) {
		t.Errorf("importcfg %q", got.importcfg)
	}
}

func TestReadTraceOfOtherBuilds(t *testing.T) {
	plain := golden(t, "plain.txt")
	replace := func(old, new string) string {
		if !strings.Contains(plain, old) {
			t.Fatalf("the golden text lacks %q", old)
		}
		return strings.Replace(plain, old, new, 1)
	}
	tests := []struct{ name, text string }{
		{"nothing", ""},
		{"nothing to do", golden(t, "again.txt")},
		{"other files", replace(" ./kelpie_a.go", "")},
		{"another order", replace("./kelpie_a.go ./main.go", "./main.go ./kelpie_a.go")},
		{"a race detector", replace(" -complete", " -race -complete")},
		{"parts in assembler", replace(" -complete", "")},
		{"embedded files", replace(" -pack", " -embedcfg $WORK/b001/embedcfg -pack")},
		{"another linker", replace(" -w -extld=gcc", " -w -linkmode=external -extld=gcc")},
		{"another package", replace(" -p main", " -p command-line-arguments")},
		{"half a here-document", plain[:strings.Index(plain, "EOF\nmkdir -p $WORK/b001/exe")]},
		{"no linker", plain[:strings.Index(plain, "GOROOT=")]},
		{"a tool elsewhere", replace("/usr/local/go/pkg/tool/linux_amd64/compile", "tool/compile")},
		{"an unknown quotation", replace("\"$WORK/b001=>\"", "'$WORK/b001=>'")},
		{"a broken quotation", replace("\"$WORK/b001=>\"", "\"$WORK/b001=>")},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if _, err := readTrace(test.text, goldenFiles); err != errTrace {
				t.Errorf("error %v, want %v", err, errTrace)
			}
		})
	}
}

func TestReadCall(t *testing.T) {
	tests := []struct {
		line string
		want tool
	}{
		{`/a/link -o x`, tool{Path: "/a/link", Args: []string{"-o", "x"}}},
		{`GOROOT='/usr local/go' A='' "/a b/link" -extld=gcc "a \"b\" (c)"`, tool{Path: "/a b/link", Env: []string{"GOROOT=/usr local/go", "A="}, Args: []string{"-extld=gcc", `a "b" (c)`}}},
		{`/a/link -X=a='b'`, tool{}},
		{`/a/link  x`, tool{}},
		{`A='b`, tool{}},
		{`A='b'`, tool{}},
		{`/a/link "x"y`, tool{}},
	}
	for _, test := range tests {
		got, err := readCall(test.line)
		if (err != nil) != (test.want.Path == "") {
			t.Errorf("%s: error %v", test.line, err)
		}
		if err == nil && (got.Path != test.want.Path || !slices.Equal(got.Env, test.want.Env) || !slices.Equal(got.Args, test.want.Args)) {
			t.Errorf("%s: %q, want %q", test.line, got, test.want)
		}
	}
}

func FuzzReadTrace(f *testing.F) {
	for _, name := range []string{"plain.txt", "again.txt", "package.txt"} {
		f.Add(golden(f, name))
	}
	f.Fuzz(func(t *testing.T, text string) {
		got, err := readTrace(text, goldenFiles)
		if err != nil {
			return
		}
		// Whatever is understood has one place for all that differs between builds.
		for _, call := range []tool{got.compile, got.link} {
			if n := strings.Count(strings.Join(withoutID(call.Args), "\n"), "$ID"); n < 1 {
				t.Errorf("%q has %d build IDs", call.Args, n)
			}
		}
		if got.compile.Args[len(got.compile.Args)-1] != "./main.go" || got.link.Args[len(got.link.Args)-1] != archiveFile {
			t.Errorf("%q and %q do not end in what they build from", got.compile.Args, got.link.Args)
		}
	})
}
