//go:build !windows

package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/stophacking/kelpie/analysis/files"
	"github.com/stophacking/kelpie/analysis/visible"
	"github.com/stophacking/kelpie/kernel-ext/internal/jupyter"
)

// lab opens the notebooks in JupyterLab.
func lab(ctx context.Context, a app, args []string) error {
	set := a.flags("lab", "[--in-place] [--data DIR] [--port N]", `Starts JupyterLab, on this machine only, with working copies of the notebooks in .kelpie/lab, and prints its address. A copy
that you changed is never overwritten; delete it to get a fresh one. The first time it installs JupyterLab and builds
gopls for completion. Ctrl-C ends it, with all its kernels.
`)
	inPlace := set.Bool("in-place", false, "open the notebooks of the checkout themselves (for their authors)")
	dir := set.String("data", os.Getenv("KELPIE_DATA"), "use the CSV files in this folder (default $KELPIE_DATA) instead of synthetic data")
	port := set.Int("port", 0, "port to listen on; 8888 or, when that is taken, a free one when not given")
	if err := a.parse(set, args); err != nil {
		return err
	}
	checkout, err := a.checkout()
	if err != nil {
		return err
	}
	if *dir != "" {
		if *dir, err = filepath.Abs(*dir); err == nil {
			err = givenData(*dir)
		}
		if err != nil {
			return err
		}
	}
	if err := jupyter.Setup(ctx, checkout, jupyter.Options{Lab: true, Log: a.say}); err != nil {
		return err
	}
	if *dir == "" {
		if *dir, err = a.ensureData(ctx, checkout, 1, 1); err != nil {
			return err
		}
	}
	folder := filepath.Join(checkout.Root, "notebooks")
	if !*inPlace {
		if folder, err = a.workingCopies(checkout); err != nil {
			return err
		}
	}
	err = jupyter.Lab(ctx, checkout, jupyter.LabOptions{
		Folder: folder, Port: *port, Env: notebookEnv(checkout, *dir), Messages: a.stderr,
		Ready: func(address string) { a.say("JupyterLab runs at\n\n    %s\n\nCtrl-C ends it.", address) },
	})
	if errors.Is(err, context.Canceled) {
		a.say("\nJupyterLab has ended")
		return nil
	}
	return err
}

// workingCopies copies the notebooks to .kelpie/lab, and returns that folder. A copy that its user changed stays: the
// digest of what was copied last, kept beside it, tells.
func (a app) workingCopies(c jupyter.Checkout) (string, error) {
	folder := c.Path("lab")
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return "", fmt.Errorf("lab: %w", err)
	}
	for _, name := range notebooks {
		original, err := files.Read(filepath.Join(c.Root, "notebooks", name+".ipynb"), maxCopy)
		if err != nil {
			return "", fmt.Errorf("lab: %w", err)
		}
		copied, note := filepath.Join(folder, name+".ipynb"), filepath.Join(folder, "."+name+".copied")
		about, err := os.Lstat(copied)
		if err == nil && !about.Mode().IsRegular() {
			a.say("keeping %s, which is not a copy but leads to a file of yours; delete it to get a fresh copy", visible.Text(copied))
			continue
		}
		have, err := files.Read(copied, maxCopy)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return "", fmt.Errorf("lab: %w", err)
		}
		last, _ := files.Read(note, maxCopy)
		switch {
		case err == nil && bytes.Equal(have, original):
			continue
		case err == nil && strings.TrimSpace(string(last)) != fingerprint(have):
			a.say("keeping %s, which you changed; delete it to get a fresh copy", visible.Text(copied))
			continue
		}
		if err := jupyter.WriteFile(copied, original); err != nil {
			return "", err
		}
		if err := jupyter.WriteFile(note, []byte(fingerprint(original)+"\n")); err != nil {
			return "", err
		}
	}
	return folder, nil
}

// maxCopy is more than a notebook that somebody works with has.
const maxCopy = 1 << 30

func fingerprint(text []byte) string {
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}
