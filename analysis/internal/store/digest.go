package store

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strings"
	"sync"
	"time"

	"github.com/stophacking/kelpie/analysis/files"
)

// CodeDigest returns 64 hexadecimal digits that stand for the code this program
// computes with: the files of this module, go.sum, the Go version, and the
// target and tags it was built for. Any edit gives another digest.
//
// It is taken from the sources, so a cell's own code is no part of it. Where
// they are not at hand, or were edited after the program was built, it is taken
// from the versions of all modules, or else from the program's file.
func CodeDigest() string {
	at, err := place("")
	if err != nil {
		at.dir = ""
	}
	return codeDigest(at.dir)
}

var (
	digestOnce sync.Once
	digest     string
)

// codeDigest is CodeDigest; the first call remembers the sources' hash in dir.
func codeDigest(dir string) string {
	digestOnce.Do(func() {
		hash := sha256.New()
		fmt.Fprintln(hash, codeHash(dir), runtime.Version(), runtime.GOARCH)
		if info, ok := debug.ReadBuildInfo(); ok {
			for _, setting := range info.Settings { // such as GOAMD64, -tags
				if strings.HasPrefix(setting.Key, "GO") || setting.Key == "-tags" {
					fmt.Fprintln(hash, setting.Key, setting.Value)
				}
			}
		}
		digest = hex.EncodeToString(hash.Sum(nil))
	})
	return digest
}

func codeHash(dir string) string {
	if _, file, _, ok := runtime.Caller(0); ok && filepath.IsAbs(file) {
		if module := moduleRoot(filepath.Dir(file)); module != "" {
			list, err := sources(module)
			if err == nil && !edited(list) {
				if sum, err := sourceHash(module, list, dir); err == nil {
					return "sources " + sum
				}
			}
		}
	}
	if sum, ok := moduleSums(); ok {
		return "modules " + sum
	}
	return "program " + programHash()
}

func moduleRoot(dir string) string {
	for ; dir != filepath.Dir(dir); dir = filepath.Dir(dir) {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
	}
	return ""
}

// A source is one file of the module.
type source struct {
	path string // from the module's root
	full string
	info os.FileInfo
}

// sources lists what the module is built from, in a fixed order: every file in
// a directory with Go code (some are embedded), but for tests and documents.
func sources(module string) (list []source, err error) {
	for _, name := range []string{"go.mod", "go.sum"} {
		if info, err := os.Stat(filepath.Join(module, name)); err == nil {
			list = append(list, source{name, filepath.Join(module, name), info})
		}
	}
	var walk func(dir string) error
	walk = func(dir string) error {
		entries, err := os.ReadDir(filepath.Join(module, dir))
		if err != nil {
			return err
		}
		code := false
		var here []source
		for _, entry := range entries {
			name, path := entry.Name(), filepath.Join(dir, entry.Name())
			full := filepath.Join(module, path)
			switch {
			case name[0] == '.' || name[0] == '_' || name == "testdata":
			case entry.IsDir():
				if _, err := os.Stat(filepath.Join(full, "go.mod")); err == nil {
					continue // another module
				}
				if err := walk(path); err != nil {
					return err
				}
			case entry.Type().IsRegular() && !strings.HasSuffix(name, "_test.go") &&
				filepath.Ext(name) != ".md" && filepath.Ext(name) != ".ipynb":
				info, err := entry.Info()
				if err != nil {
					return err
				}
				code = code || filepath.Ext(name) == ".go"
				here = append(here, source{path, full, info})
			}
		}
		if code {
			list = append(list, here...)
		}
		return nil
	}
	return list, walk("")
}

// edited reports whether a source is younger than the program: what runs is then
// not what lies there.
func edited(list []source) bool {
	path, err := os.Executable()
	if err != nil {
		return true
	}
	program, err := os.Stat(path)
	if err != nil {
		return true
	}
	for _, file := range list {
		if file.info.ModTime().After(program.ModTime()) {
			return true
		}
	}
	return false
}

// sourceHash hashes the files' contents. It remembers the result in dir beside
// the files' names, sizes and times, so that the next process need not read them;
// not while a file is so young that a further edit could leave its time as it is.
func sourceHash(module string, list []source, dir string) (string, error) {
	names, settled := sha256.New(), dir != ""
	for _, file := range list {
		fmt.Fprintln(names, file.full, file.info.Size(), file.info.ModTime().UnixNano())
		settled = settled && time.Since(file.info.ModTime()) > 2*time.Second
	}
	state := hex.EncodeToString(names.Sum(nil))
	place := sha256.Sum256([]byte(module))
	memory := filepath.Join(dir, "sources-"+hex.EncodeToString(place[:8]))
	if settled {
		known, err := files.Read(memory, 1<<10)
		if sum, ok := strings.CutPrefix(string(known), state+" "); err == nil && ok && len(sum) == 2*sha256.Size {
			return sum, nil
		}
	}
	content := sha256.New()
	for _, file := range list {
		fmt.Fprintln(content, file.path, file.info.Size())
		if err := addFile(content, file.full); err != nil {
			return "", err
		}
	}
	sum := hex.EncodeToString(content.Sum(nil))
	if settled && os.MkdirAll(dir, 0o700) == nil {
		_ = files.Write(memory, []byte(state+" "+sum), 0o600) // it only saves time
	}
	return sum, nil
}

// moduleSums hashes the versions of all modules, if this one has a checked one.
func moduleSums() (string, bool) {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "", false
	}
	hash, found := sha256.New(), false
	for _, module := range info.Deps {
		if module.Replace != nil {
			module = module.Replace
		}
		if module.Sum == "" {
			return "", false // a directory: its version says nothing
		}
		found = found || module.Path == "github.com/stophacking/kelpie"
		fmt.Fprintln(hash, module.Path, module.Version, module.Sum)
	}
	return hex.EncodeToString(hash.Sum(nil)), found
}

func programHash() string {
	hash := sha256.New()
	path, err := os.Executable()
	if err == nil {
		err = addFile(hash, path)
	}
	if err != nil {
		// Without any knowledge of the code, no other process may share.
		fmt.Fprintln(hash, os.Getpid(), time.Now().UnixNano())
	}
	return hex.EncodeToString(hash.Sum(nil))
}

func addFile(w io.Writer, path string) error {
	file, err := files.Open(path)
	if err != nil {
		return err
	}
	defer file.Close()
	_, err = io.Copy(w, file)
	return err
}
