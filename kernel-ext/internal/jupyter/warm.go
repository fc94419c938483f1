package jupyter

import (
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/stophacking/kelpie/analysis/files"
	"github.com/stophacking/kelpie/kernel-ext/internal/build"
	"github.com/stophacking/kelpie/kernel-ext/internal/process"
	"github.com/stophacking/kelpie/kernel-ext/internal/scratch"
)

// cellRooms are the folders of the packages that a cell may import.
var cellRooms = []string{"analysis", "plots", "kernel-ext/nb"}

// cellPackages fetches what a cell's packages require and compiles them as the kernel will, so that the first cell
// neither waits for half a minute nor asks the network. It builds a program that imports them all, laid out as GoNB lays
// out a cell: a module of its own, with a workspace that holds the checkout.
func (s setup) cellPackages(ctx context.Context) error {
	sources, err := s.cellSources()
	if err != nil {
		return err
	}
	from := digest(s.Root, sources, s.goTool.Version, s.goTool.BuildCache, s.goTool.ModCache)
	intact := func() bool {
		return exists(s.goTool.BuildCache, filepath.Join(s.goTool.ModCache, "cache", "download"))
	}
	return s.ensure("cells", from, intact, "compiling what cells import", 50, func() error {
		if err := NeedSpace(s.goTool.BuildCache, 400, "the Go build cache"); err != nil {
			return err
		}
		err := s.run(ctx, process.Command{Args: []string{"go", "mod", "download"}, Dir: s.Root, Env: goEnv()})
		if err != nil {
			return remedy(err, "fetching the modules of go.mod", networkRemedy)
		}
		if err := os.MkdirAll(s.Path("run"), 0o755); err != nil {
			return notWritable(s.Root, err)
		}
		made, err := scratch.Temporary(s.Path("run"), "warm-")
		if err != nil {
			return fmt.Errorf("jupyter: %w", err)
		}
		defer made.Remove()
		folder := made.Path
		imports, err := s.cellImports()
		if err != nil {
			return err
		}
		files := map[string]string{
			"go.mod":  "module warm\n\ngo 1." + strconv.Itoa(oldestGo) + "\n",
			"go.work": "go 1." + strconv.Itoa(oldestGo) + "\n\nuse (\n\t.\n\t" + strconv.Quote(s.Root) + "\n)\n",
			"main.go": "package main\n\nimport (\n" + imports + ")\n\nfunc main() {}\n",
		}
		for name, text := range files {
			if err := WriteFile(filepath.Join(folder, name), []byte(text)); err != nil {
				return err
			}
		}
		build := process.Command{Args: []string{"go", "build", "-o", filepath.Join(folder, "cell"), "."}, Dir: folder, Env: s.cellEnv()}
		// Once as the user's settings say, which fetches what a workspace needs beyond go.mod; then as the kernel does.
		online := build
		online.Env = append(goEnv(), "GOWORK=", "GOFLAGS="+cellFlags)
		if err := s.run(ctx, online); err != nil {
			return remedy(err, "compiling what cells import", "Where the lines above name a file of the checkout, it does not compile: mend it, or take another commit.\nElse: "+networkRemedy)
		}
		if err := s.run(ctx, build); err != nil {
			return remedy(err, "compiling what cells import, without the network", "This is a fault of Kelpie: please report it with the lines above.")
		}
		return nil
	})
}

// cellFlags are the flags for which the kernel's go command has plans.
const cellFlags = build.Flags

// cellEnv is how a cell's program is built: never over the network, so that a notebook means the same tomorrow.
func (s setup) cellEnv() []string {
	return append(goEnv(), "GOWORK=", "GOFLAGS="+cellFlags, "GOPROXY=off", "GOSUMDB=off")
}

// cellSources condenses the requirements and the Go files that a cell links.
func (s setup) cellSources() (string, error) {
	sum := sha256.New()
	err := s.eachCellFile(func(path string) error {
		return hashFile(sum, path)
	})
	for _, name := range []string{"go.mod", "go.sum"} {
		if err == nil {
			err = hashFile(sum, filepath.Join(s.Root, name))
		}
	}
	if err != nil {
		return "", fmt.Errorf("jupyter: the checkout is not complete: %w", err)
	}
	return fmt.Sprintf("%x", sum.Sum(nil)), nil
}

func hashFile(sum io.Writer, path string) error {
	text, err := files.Read(path, maxText)
	if err == nil {
		_, err = fmt.Fprintf(sum, "%s %d\n%s", filepath.Base(path), len(text), text)
	}
	return err
}

// cellImports are the import lines of every package that a cell may import.
func (s setup) cellImports() (string, error) {
	var lines strings.Builder
	seen := map[string]bool{}
	err := s.eachCellFile(func(path string) error {
		folder, err := filepath.Rel(s.Root, filepath.Dir(path))
		if err != nil {
			return err
		}
		folder = filepath.ToSlash(folder)
		if !seen[folder] && !strings.Contains("/"+folder+"/", "/internal/") {
			fmt.Fprintf(&lines, "\t_ %q\n", Module+"/"+folder)
		}
		seen[folder] = true
		return nil
	})
	return lines.String(), err
}

// eachCellFile visits the Go files, without tests, of the packages that a cell links, in lexical order.
func (s setup) eachCellFile(visit func(path string) error) error {
	return s.eachGoFile(cellRooms, visit)
}

// eachGoFile visits the Go files, without tests, below folders of the checkout, in lexical order.
func (s setup) eachGoFile(rooms []string, visit func(path string) error) error {
	for _, room := range rooms {
		err := filepath.WalkDir(filepath.Join(s.Root, room), func(path string, entry fs.DirEntry, err error) error {
			switch {
			case err != nil:
				return err
			case entry.IsDir() && entry.Name() == "testdata":
				return fs.SkipDir
			case entry.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go"):
				return nil
			}
			return visit(path)
		})
		if err != nil {
			return err
		}
	}
	return nil
}
