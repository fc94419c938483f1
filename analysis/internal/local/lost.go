package local

import (
	"errors"
	"fmt"

	"github.com/stophacking/kelpie/analysis/internal/fault"
)

// guard runs do, which may read kept values that lie in mapped files. When
// something else writes to such a file or cuts it short meanwhile, whatever do
// returned is worth nothing: the error says so, and the store has forgotten the
// value, so that the next call computes it again.
func (r *run) guard(do func() error) error {
	err := fault.Catch(do)
	if lost := r.lostValues(); len(lost) > r.lost {
		return fmt.Errorf("the kept value %.12s… was changed on disk by something else while it was in use; run the cell again: it will be computed anew", lost[r.lost])
	}
	var gone *fault.Error
	if errors.As(err, &gone) {
		panic(gone) // of no file that is known
	}
	return err
}

// lostValues names the kept values that this process could not go on using.
func (r *run) lostValues() []string {
	keeper := r.store.Load()
	if keeper == nil {
		return nil
	}
	return keeper.Lost()
}
