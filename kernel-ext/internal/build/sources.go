package build

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/stophacking/kelpie/analysis/files"
)

// settled is the age from which on a file's time tells whether the file has changed: systems keep times as coarse as two
// seconds.
const settled = 2 * time.Second

// condenseFolder condenses names, sizes and times of the files in a folder, but for tests, and returns the youngest time.
// A folder that is not there, where a package of another module may be meant, is one without files.
func condenseFolder(dir string) (sum string, youngest time.Time, err error) {
	entries, err := os.ReadDir(dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return "", youngest, err
	}
	var list strings.Builder
	for _, entry := range entries {
		if entry.IsDir() || strings.HasSuffix(entry.Name(), "_test.go") {
			continue
		}
		info, err := os.Stat(filepath.Join(dir, entry.Name())) // through links
		if err != nil {
			return "", youngest, err
		}
		if info.ModTime().After(youngest) {
			youngest = info.ModTime()
		}
		fmt.Fprintf(&list, "%q %d %d\n", entry.Name(), info.Size(), info.ModTime().UnixNano())
	}
	return condense(list.String()), youngest, nil
}

// embeds says whether a Go file in the folder embeds others, which may lie below it. One that cannot be read may.
func embeds(dir string) bool {
	entries, _ := os.ReadDir(dir)
	for _, entry := range entries {
		if !strings.HasSuffix(entry.Name(), ".go") {
			continue
		}
		text, err := files.Read(filepath.Join(dir, entry.Name()), maxText)
		if err != nil || strings.Contains(string(text), "//go:embed ") {
			return true
		}
	}
	return false
}
