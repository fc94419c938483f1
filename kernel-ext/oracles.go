//go:build !windows

package main

import (
	"bytes"
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"strings"

	"github.com/apache/arrow/go/v15/arrow/array"

	"github.com/stophacking/kelpie/analysis"
	"github.com/stophacking/kelpie/analysis/exchange"
	"github.com/stophacking/kelpie/analysis/files"
	"github.com/stophacking/kelpie/kernel-ext/internal/jupyter"
	"github.com/stophacking/kelpie/kernel-ext/internal/process"
	"github.com/stophacking/kelpie/kernel-ext/internal/scratch"
)

//go:embed requirements-oracles.txt
var oracleRequirements string

// oracleMegabytes is what the programs to compare with take.
const oracleMegabytes = 900

// oracles asks other programs again for what the tests expect of them: whether they read our files with the same
// content, whether we read theirs, and the values that are stored beside the tests.
func (c *checker) oracles(ctx context.Context) {
	before := c.failed
	c.step(ctx, "oracles, set-up", func() error { return c.setUpOracles(ctx) })
	if c.failed > before || ctx.Err() != nil {
		return
	}
	c.step(ctx, "oracles, our files", func() error { return c.readByOthers(ctx) })
	c.step(ctx, "oracles, their files", func() error {
		return c.again(ctx, "analysis/exchange/testdata", "foreign.py", sameFiles)
	})
	for _, of := range []struct{ name, folder, script string }{
		{"eval", "analysis/eval/testdata", "oracle.py"},
		{"ml", "analysis/ml/testdata", "oracle.py"},
		{"lightgbm", "analysis/internal/lightgbm/testdata", "oracle.py"},
		{"tree", "analysis/internal/tree/testdata", "oracle.py"},
		{"parity", "analysis/internal/tree/testdata", "parity.py"},
	} {
		c.step(ctx, "oracles, "+of.name, func() error { return c.again(ctx, of.folder, of.script, sameAnswers) })
	}
}

// setUpOracles makes the virtual environment .kelpie/oracles.
func (c *checker) setUpOracles(ctx context.Context) error {
	return c.privateVenv(ctx, "oracles", oracleRequirements, oracleMegabytes, "pyarrow, polars, DuckDB and the others")
}

// privateVenv makes a virtual environment in .kelpie, unless it is there with these pins. What it was made from is
// written into it last, so an interrupted one is made again.
func (c *checker) privateVenv(ctx context.Context, name, requirements string, megabytes int64, what string) error {
	python := c.Path(name, "bin", "python")
	stamp := c.Path(name, "made-from.txt")
	if made, err := files.Read(stamp, 1<<20); err == nil && string(made) == requirements && c.python(ctx, python, c.Root, "-c", "") == nil {
		return nil
	}
	if err := jupyter.NeedSpace(c.Path(), megabytes, what); err != nil {
		return err
	}
	if err := jupyter.ClearVenv(c.Path(name)); err != nil {
		return err
	}
	if err := c.python(ctx, c.Python(), c.Root, "-m", "venv", c.Path(name)); err != nil {
		return err
	}
	pins := c.Path(name, "requirements.txt")
	if err := jupyter.WriteFile(pins, []byte(requirements)); err != nil {
		return err
	}
	if err := c.python(ctx, python, c.Root, jupyter.PipInstall(pins)...); err != nil {
		return fmt.Errorf("pip could not install the pinned packages; the first time needs the network: %w", err)
	}
	return os.Rename(pins, stamp)
}

// oracle runs the Python of .kelpie/oracles in a folder.
func (c *checker) oracle(ctx context.Context, dir string, args ...string) error {
	return c.python(ctx, c.Path("oracles", "bin", "python"), dir, args...)
}

// python runs an interpreter cut off from the user's own packages; its error holds what it printed.
func (c *checker) python(ctx context.Context, interpreter, dir string, args ...string) error {
	var printed bytes.Buffer
	err := process.Run(ctx, process.Command{Args: append([]string{interpreter, "-I"}, args...), Dir: dir, Stdout: &printed, Stderr: &printed})
	text := strings.TrimSpace(printed.String())
	if err != nil {
		return fmt.Errorf("%w\n%s", err, text)
	}
	if text != "" {
		c.say("      %s", text)
	}
	return nil
}

// readByOthers has pyarrow, polars and DuckDB read frames from files of the exchange and from the store's.
func (c *checker) readByOthers(ctx context.Context) error {
	folder, err := scratch.Temporary(c.Path(), "oracle-")
	if err != nil {
		return err
	}
	defer folder.Remove()
	dir := folder.Path
	// Nothing else in this process uses the store.
	if err := os.Setenv("KELPIE_CACHE", filepath.Join(dir, "store")); err != nil {
		return err
	}
	session := analysis.NewSession(analysis.Config{})
	for _, kept := range []analysis.Frame{oracleFrame(session).Cache(), oracleTexts(session).Cache()} {
		if _, err := kept.Count(); err != nil {
			return err
		}
		files, err := arrowFiles(filepath.Join(dir, "store"))
		if err == nil && len(files) != 1 {
			err = fmt.Errorf("the store should have kept one frame: %v", files)
		}
		if err != nil {
			return err
		}
		for _, frame := range []analysis.Frame{kept, kept.Limit(1), kept.Limit(0)} {
			written := filepath.Join(dir, "exchange.arrow")
			if err := exchange.WriteArrow(frame, written); err != nil {
				return err
			}
			if err := c.readFrame(ctx, dir, frame, append(files, written)...); err != nil {
				return err
			}
			files = nil // they hold all of it
		}
		if _, err := kept.Unpersist(); err != nil {
			return err
		}
	}
	return nil
}

// readFrame has the others read files that should hold the frame.
func (c *checker) readFrame(ctx context.Context, dir string, frame analysis.Frame, files ...string) error {
	table, err := frame.Collect()
	if err != nil {
		return err
	}
	text, err := json.Marshal(expectation(frame.Schema(), table))
	if err != nil {
		return err
	}
	wanted := filepath.Join(dir, "expected.json")
	if err := os.WriteFile(wanted, text, 0o644); err != nil {
		return err
	}
	return c.oracle(ctx, c.Root, append([]string{filepath.Join("analysis", "exchange", "testdata", "oracle.py"), wanted}, files...)...)
}

func arrowFiles(dir string) (files []string, err error) {
	err = filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err == nil && !entry.IsDir() && filepath.Ext(path) == ".arrow" {
			files = append(files, path)
		}
		return err
	})
	return files, err
}

// again runs a script in a copy of its folder and compares what is there then with what is stored.
func (c *checker) again(ctx context.Context, folder, script string, same func(stored, made string) error) error {
	stored := filepath.Join(c.Root, filepath.FromSlash(folder))
	copied, err := scratch.Temporary(c.Path(), "oracle-")
	if err != nil {
		return err
	}
	defer copied.Remove()
	made := copied.Path
	if err := os.CopyFS(made, os.DirFS(stored)); err != nil {
		return err
	}
	if err := c.oracle(ctx, made, script); err != nil {
		return err
	}
	return same(stored, made)
}

// sameFiles compares the frames that the Arrow files in both folders hold.
func sameFiles(stored, made string) error {
	files, err := arrowFiles(stored)
	if err == nil && len(files) == 0 {
		err = fmt.Errorf("there are no Arrow files in %s", stored)
	}
	if err != nil {
		return err
	}
	session := analysis.NewSession(analysis.Config{KeepNothing: true})
	for _, path := range files {
		want, err := exchange.Records(exchange.ReadArrow(session, path))
		if err != nil {
			return err
		}
		got, err := exchange.Records(exchange.ReadArrow(session, filepath.Join(made, filepath.Base(path))))
		if err != nil {
			return err
		}
		if !got[0].Schema().Equal(want[0].Schema()) || !array.RecordApproxEqual(got[0], want[0], array.WithNaNsEqual(true), array.WithAbsTolerance(0)) {
			return fmt.Errorf("%s as it is written now holds\n%v\nnot\n%v", filepath.Base(path), got[0], want[0])
		}
	}
	return nil
}

// sameAnswers compares the JSON files in both folders.
func sameAnswers(stored, made string) error {
	names, err := fs.Glob(os.DirFS(stored), "*.json") // the folder's name is no pattern
	if err == nil && len(names) == 0 {
		err = fmt.Errorf("there are no JSON files in %s", stored)
	}
	if err != nil {
		return err
	}
	var differences []error
	for _, name := range names {
		var values [2]any
		for i, dir := range []string{stored, made} {
			text, err := os.ReadFile(filepath.Join(dir, name))
			if err == nil {
				err = json.Unmarshal(text, &values[i])
			}
			if err != nil {
				return fmt.Errorf("%s: %w", name, err)
			}
		}
		differences = append(differences, compareAnswers(name+": ", values[0], values[1])...)
	}
	if len(differences) > 10 {
		differences = append(differences[:10], fmt.Errorf("and %d more", len(differences)-10))
	}
	return errors.Join(differences...)
}

// compareAnswers returns where two JSON values differ: numbers by more than a billionth, which leaves room for another
// order of additions. Texts may differ; they are versions.
func compareAnswers(at string, stored, made any) []error {
	differ := []error{fmt.Errorf("%s is %v, stored is %v", at, made, stored)}
	switch stored := stored.(type) {
	case map[string]any:
		other, ok := made.(map[string]any)
		if !ok || len(other) != len(stored) {
			return differ
		}
		var all []error
		for name, value := range stored {
			all = append(all, compareAnswers(at+"."+name, value, other[name])...)
		}
		return all
	case []any:
		other, ok := made.([]any)
		if !ok || len(other) != len(stored) {
			return differ
		}
		var all []error
		for i, value := range stored {
			all = append(all, compareAnswers(fmt.Sprintf("%s[%d]", at, i), value, other[i])...)
		}
		return all
	case float64:
		if other, ok := made.(float64); !ok || math.Abs(stored-other) > 1e-9*max(1, math.Abs(stored)) {
			return differ
		}
	case string:
		if _, ok := made.(string); !ok {
			return differ
		}
	default: // null, bool
		if made != stored {
			return differ
		}
	}
	return nil
}
