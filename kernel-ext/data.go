//go:build !windows

package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strconv"
	"time"

	"github.com/stophacking/kelpie/analysis/toniot"
	"github.com/stophacking/kelpie/analysis/visible"
	"github.com/stophacking/kelpie/kernel-ext/internal/jupyter"
)

// scaleHelp is said of every flag --scale.
var scaleHelp = fmt.Sprintf("size of the synthetic data, as a multiple of 1,927,968 process and 2,000,000 memory rows, above 0 and up to %d; "+
	"above 1 it is so many stand-ins side by side", toniot.MaxScale)

// dataMegabytes is what the synthetic data takes at scale 1.
const dataMegabytes = 260

// data makes the synthetic data.
func data(ctx context.Context, a app, args []string) error {
	set := a.flags("data", "[--out DIR] [--seed N] [--scale S] [--report]", `Makes the synthetic stand-in for the telemetry of TON_IoT: four CSV files, with synthetic.json beside them that holds the
size and CRC of each. Equal seed and scale give equal bytes. It does not replace CSV files that it did not make.

With --report it then reads the files back and compares them with what is published of TON_IoT: counts, flaws, statistics,
correlations, and what models find in it with and without the time stamp. The exit status is 1 when a figure is out of bounds.
`)
	out := set.String("out", "", "folder to write to; .kelpie/data of the checkout when not given")
	seed := set.Uint64("seed", 1, "seed of the random draws")
	scale := set.Float64("scale", 1, scaleHelp)
	report := set.Bool("report", false, "compare the data with the published figures; files that are there already are not made again")
	if err := a.parse(set, args); err != nil {
		return err
	}
	if *out == "" {
		checkout, err := a.checkout()
		if err != nil {
			return err
		}
		*out = checkout.Path("data")
	}
	if !*report || !complete(*out, *seed, *scale) {
		if err := a.generate(ctx, toniot.Generation{Dir: *out, Seed: *seed, Scale: *scale}); err != nil {
			return err
		}
	}
	if !*report {
		return nil
	}
	calibration, err := toniot.Report(ctx, *out)
	if err != nil {
		return err
	}
	if err := addSignal(*out, &calibration); err != nil {
		return err
	}
	a.say("%s", calibration)
	if missed := calibration.Missed(); len(missed) > 0 {
		return fmt.Errorf("data: %d figures are out of bounds", len(missed))
	}
	return nil
}

// generate makes the data and prints what it made.
func (a app) generate(ctx context.Context, g toniot.Generation) error {
	if g.Scale > 0 && g.Scale <= toniot.MaxScale { // others are refused below
		if err := jupyter.NeedSpace(g.Dir, 1+int64(dataMegabytes*g.Scale), "the synthetic data"); err != nil {
			return err
		}
	}
	a.say("making the synthetic data in %s ...", visible.Text(g.Dir))
	start := time.Now()
	said := start
	g.Progress = func(done, total int64) {
		if time.Since(said) > 3*time.Second {
			said = time.Now()
			a.say("    %2.0f %%", 100*float64(done)/float64(total))
		}
	}
	made, err := toniot.Generate(ctx, g)
	if err != nil {
		return err
	}
	a.say("%smade in %.1f s", made, time.Since(start).Seconds())
	return nil
}

// ensureData returns the folder with the synthetic data of that seed and scale, which it makes when it is not there.
// Seed 1 at scale 1 lies where notebooks look by themselves; others lie beside it.
func (a app) ensureData(ctx context.Context, c jupyter.Checkout, seed uint64, scale float64) (string, error) {
	dir := c.Path("data")
	if seed != 1 || scale != 1 {
		dir = c.Path("data-seed" + strconv.FormatUint(seed, 10) + "-scale" + strconv.FormatFloat(scale, 'g', -1, 64))
	}
	if complete(dir, seed, scale) {
		return dir, nil
	}
	return dir, a.generate(ctx, toniot.Generation{Dir: dir, Seed: seed, Scale: scale})
}

// complete says whether the folder holds all files of that synthetic data, going by synthetic.json and their sizes.
func complete(dir string, seed uint64, scale float64) bool {
	for _, activity := range []toniot.Activity{toniot.ProcessActivity, toniot.MemoryActivity} {
		paths, err := toniot.FindIn(dir, activity)
		if err != nil || len(paths) != 2 {
			return false
		}
		for _, path := range paths {
			origin, err := toniot.Identify(path)
			if err != nil || origin.Kind != toniot.SyntheticOrigin || origin.Seed != seed || origin.Scale != scale ||
				origin.Generator != toniot.GeneratorVersion {
				return false
			}
		}
	}
	return true
}

// givenData checks that a folder named by the user holds files of both activities.
func givenData(dir string) error {
	about, err := os.Stat(dir)
	if err == nil && !about.IsDir() {
		err = errors.New("not a folder")
	}
	if err != nil {
		return fmt.Errorf("data: %w", err)
	}
	for _, activity := range []toniot.Activity{toniot.ProcessActivity, toniot.MemoryActivity} {
		if _, err := toniot.FindIn(dir, activity); err != nil {
			return err
		}
	}
	return nil
}
