package analysis

import (
	"time"

	"github.com/stophacking/kelpie/analysis/internal/column"
	"github.com/stophacking/kelpie/analysis/internal/plan"
)

// Kept lists the values that are kept on disk, the frames marked by Cache and
// the fitted models: kind, bytes, when made (UTC), recipe key; and the directory
// they lie in.
func Kept() (t Table, directory string, err error) {
	engine, err := plan.Registered()
	if err != nil {
		return Table{}, "", err
	}
	store, err := engine.Entries()
	if err != nil {
		return Table{}, "", err
	}
	var kinds, keys, made []string
	var sizes []int64
	for _, e := range store.Entries {
		kinds, keys, sizes = append(kinds, e.Kind), append(keys, e.Key), append(sizes, e.Size)
		made = append(made, time.Unix(e.Made, 0).UTC().Format(time.DateTime))
	}
	return tableOf("kept values", column.FromStrings("kind", kinds, nil), column.FromInt64s("bytes", sizes, nil),
		column.FromStrings("made (UTC)", made, nil), column.FromStrings("key", keys, nil)), store.Directory, nil
}

// ForgetAll removes every value that is kept on disk. They are computed again
// when they are next used.
func ForgetAll() error {
	engine, err := plan.Registered()
	if err != nil {
		return err
	}
	return engine.Clear()
}
