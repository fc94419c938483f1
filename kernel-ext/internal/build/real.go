//go:build !windows

package build

import (
	"errors"
	"os"
	"path/filepath"
)

// realGo finds the first go on PATH that is not this program, under whatever name and from whichever checkout: two of
// them would hand a call to each other for ever.
func realGo() (string, error) {
	self, err := os.Executable()
	if err != nil {
		return "", err
	}
	if self, err = filepath.EvalSymlinks(self); err != nil {
		return "", err
	}
	for _, dir := range filepath.SplitList(os.Getenv("PATH")) {
		path := filepath.Join(dir, "go")
		info, err := os.Stat(path)
		if err != nil || !info.Mode().IsRegular() || info.Mode()&0o111 == 0 || !filepath.IsAbs(path) {
			continue
		}
		if target, err := filepath.EvalSymlinks(path); err == nil && filepath.Base(target) != filepath.Base(self) {
			return path, nil
		}
	}
	return "", errors.New("build: there is no go on PATH beside Kelpie's own: install Go from https://go.dev/dl")
}
