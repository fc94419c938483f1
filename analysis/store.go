package analysis

import (
	"time"

	"github.com/stophacking/kelpie/analysis/internal/plan"
)

// Kept lists the values that are kept on disk, the frames marked by Cache and
// the fitted models, the last used first: kind, what it is, bytes, when made and
// last used (UTC), state, recipe key; and the directory they lie in. The state is
// "good", "old code" for a value that other code made and this program does not
// use, or what is damaged.
func Kept() (t Table, directory string, err error) {
	store, err := ofStore(func(e plan.Engine) (plan.Store, error) { return e.Entries(false) })
	return entryTable("kept values", store.Entries), store.Directory, err
}

// VerifyKept reads every value that is kept on disk and returns those that are
// damaged, with the columns of [Kept]; without any the table has no rows.
// A damaged value is never used: what is read is checked first, and computed again.
func VerifyKept() (damaged Table, err error) {
	store, err := ofStore(func(e plan.Engine) (plan.Store, error) { return e.Entries(true) })
	var bad []plan.Entry
	for _, e := range store.Entries {
		if e.Damaged != "" {
			bad = append(bad, e)
		}
	}
	return entryTable("damaged values", bad), err
}

// PruneKept removes, of the values that are kept on disk, those that other code
// made, those that are damaged, and those used longest ago until the rest take
// at most that many bytes. 0 means the limit that is held whenever a value is
// written: the lesser of 8 GB and a tenth of the disk space that is free or taken
// by kept values. It returns what it removed, with the columns of [Kept].
func PruneKept(bytes int64) (removed Table, err error) {
	store, err := ofStore(func(e plan.Engine) (plan.Store, error) { return e.Prune(bytes) })
	return entryTable("removed values", store.Entries), err
}

// ForgetAll removes every value that is kept on disk, and what is remembered of
// the files that were read. The values are computed again when they are next
// used.
func ForgetAll() error {
	engine, err := plan.Registered()
	if err != nil {
		return err
	}
	return engine.Clear()
}

func ofStore(do func(plan.Engine) (plan.Store, error)) (plan.Store, error) {
	engine, err := plan.Registered()
	if err != nil {
		return plan.Store{}, err
	}
	return do(engine)
}

func entryTable(title string, entries []plan.Entry) Table {
	var kinds, names, made, used, states, keys []string
	var sizes []int64
	var undated []int
	for i, e := range entries {
		state := "good"
		switch {
		case e.Damaged != "":
			state = e.Damaged
		case e.Old:
			state = "old code"
		}
		kinds, names, sizes = append(kinds, e.Kind), append(names, e.Name), append(sizes, e.Size)
		made, used = append(made, dateTime(e.Made)), append(used, dateTime(e.Used))
		if e.Made <= 0 { // null where the file does not tell
			undated = append(undated, i)
		}
		states, keys = append(states, state), append(keys, e.Key)
	}
	return tableOf(title, Strings("kind", kinds...), Strings("what", names...),
		Int64s("bytes", sizes...).In(Counts), Strings("made (UTC)", made...).Nulls(undated...),
		Strings("last used (UTC)", used...), Strings("state", states...), Strings("key", keys...))
}

func dateTime(seconds int64) string { return time.Unix(seconds, 0).UTC().Format(time.DateTime) }
