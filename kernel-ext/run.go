//go:build !windows

package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"time"

	"github.com/stophacking/kelpie/analysis/visible"
	"github.com/stophacking/kelpie/kernel-ext/internal/jupyter"
	"github.com/stophacking/kelpie/kernel-ext/internal/notebook"
)

// notebooks are the names of the worked notebooks, in the folder notebooks of the checkout.
var notebooks = []string{"process", "memory"}

// A summary is what a notebook says of itself to a program, in the metadata of one of its outputs.
type summary struct {
	Activity string `json:"activity"`
	Origin   string `json:"origin"`
	Rows     int64  `json:"rows"`
	Models   []struct {
		Name string   `json:"name"`
		AUC  *float64 `json:"auc"` // nil where it is undefined
	} `json:"models"`
}

// An outcome is how the run of a notebook ended.
type outcome struct {
	name     string
	executed string // path of the executed notebook
	seconds  float64
	err      error
}

// notebookEnv names the folders of the data and of the store to notebooks. They would find those of the checkout by
// themselves, but not use them where they are somebody else's, as for root in a container over a checkout that is mounted:
// whoever calls the command in a checkout trusts it.
func notebookEnv(c jupyter.Checkout, data string) []string {
	return []string{"KELPIE_DATA=" + data, "KELPIE_CACHE=" + storeFolder(c)}
}

// storeFolder is where computed values are kept: in KELPIE_CACHE, or in the checkout.
func storeFolder(c jupyter.Checkout) string {
	if folder := os.Getenv("KELPIE_CACHE"); folder != "" {
		if full, err := filepath.Abs(folder); err == nil { // kernels work elsewhere
			return full
		}
		return folder
	}
	return c.Path("store")
}

// runNotebooks executes both notebooks at once, each in a kernel of its own, into the folder. The environment is added to
// that of the kernels.
func (a app) runNotebooks(ctx context.Context, c jupyter.Checkout, folder string, limit time.Duration, env ...string) []outcome {
	outcomes := make([]outcome, len(notebooks))
	var group sync.WaitGroup
	for i, name := range notebooks {
		group.Go(func() {
			start := time.Now()
			said := start
			executed := filepath.Join(folder, name+".ipynb")
			err := jupyter.Execute(ctx, c, jupyter.Execution{
				Notebook: filepath.Join(c.Root, "notebooks", name+".ipynb"), Output: executed, CellTimeout: limit, Env: env,
				Progress: func(cell, cells int) {
					// Most cells take a moment; a line for each would hide the others.
					if cell == 1 || time.Since(said) > 3*time.Second {
						said = time.Now()
						a.say("    %s: cell %d of %d, %.0f s", name, cell, cells, time.Since(start).Seconds())
					}
				},
			})
			outcomes[i] = outcome{name, executed, time.Since(start).Seconds(), err}
		})
	}
	group.Wait()
	return outcomes
}

// explain prints all that helps to see why a notebook failed.
func (a app) explain(err *jupyter.Failure) {
	if err.Source != "" {
		a.say("    source of cell %d:\n%s", err.Cell, indent(err.Source, 8))
	}
	a.say("    error:\n%s", indent(err.Reason, 8))
	a.say("    kept: %s", visible.Text(err.Partial))
	if err.Log != "" {
		a.say("    kept: %s", visible.Text(err.Log))
	}
}

// summarise prints what a notebook says of itself; a notebook that says nothing has no line.
func (a app) summarise(o outcome) error {
	nb, err := notebook.Load(o.executed)
	if err != nil {
		return err
	}
	texts, err := nb.Summaries()
	if err != nil {
		return err
	}
	for _, text := range texts {
		var s summary
		if err := json.Unmarshal(text, &s); err != nil {
			return fmt.Errorf("%s: the summary is not what it should be: %w", visible.Text(o.executed), err)
		}
		a.say("%-8s %s rows; %s", s.Activity, grouped(s.Rows), s.Origin)
		for _, model := range s.Models {
			auc := "undefined"
			if model.AUC != nil {
				auc = strconv.FormatFloat(*model.AUC, 'f', 4, 64)
			}
			a.say("         %-26s AUC %s", visible.Text(model.Name), auc)
		}
	}
	return nil
}
