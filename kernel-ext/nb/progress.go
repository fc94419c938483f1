package nb

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"time"

	"github.com/stophacking/kelpie/analysis/number"
)

// progressInterval is the shortest time between two updates of one line: notebook
// servers drop messages that come much faster.
const progressInterval = 100 * time.Millisecond

// meters holds the progress lines, by label.
var meters struct {
	sync.Mutex
	byLabel map[string]*meter
}

// meter is the state of one progress line.
type meter struct {
	label, details  string
	id              string
	started, shown  time.Time
	first, previous int64 // done, at the first call and at the last
	ended           bool
}

// Progress shows how far a long task is, in one line that is updated at most ten
// times a second and stays with its final state, "label: total of total in 3.2 s".
// It suits any callback of this shape:
//
//	config.Progress = nb.Progress
//
// The label names the line; several may run at the same time, from any goroutine.
// What follows "; " in it may differ from call to call, and is shown while the task
// runs: "training, trees; log-loss 0.41".
// The line ends when done reaches total; saying so twice changes nothing, and a
// later call with the same label and a smaller done starts a new line. A total of
// 0 or less is an unknown total: the line shows the count alone and keeps its last
// state. The output is volatile. Outside a notebook only the final state is
// printed, without a time.
func Progress(label string, done, total int64) {
	meters.Lock()
	defer meters.Unlock()
	label, details, _ := strings.Cut(label, "; ")
	m := meters.byLabel[label]
	if m == nil || done < m.previous {
		if meters.byLabel == nil {
			meters.byLabel = map[string]*meter{}
		}
		// Display IDs live as long as the kernel: a label alone would update the
		// line of an earlier cell.
		m = &meter{label: label, id: fmt.Sprintf("nb-progress-%016x", rand.Uint64()), first: done}
		meters.byLabel[label] = m
	}
	if m.ended {
		return
	}
	m.previous, m.ended = done, total > 0 && done >= total
	if !inNotebook() {
		if m.ended {
			deliver(bundle{text: fmt.Sprintf("%s: %s of %s", label, number.Count(done), number.Count(total))}.cleaned())
		}
		return
	}
	first := m.started.IsZero()
	m.details = details
	if line := m.update(time.Now(), done, total); line != "" {
		deliver(bundle{text: line, volatile: true, displayID: m.id, update: !first}.cleaned())
	}
}

// update notes the state at now and returns the line to show, or "" when it is
// too early for another. The first and the final state are always shown.
func (m *meter) update(now time.Time, done, total int64) string {
	if m.started.IsZero() {
		m.started = now
	}
	elapsed := now.Sub(m.started)
	if total > 0 && done >= total {
		if elapsed < progressInterval {
			return fmt.Sprintf("%s: %s of %s", m.label, number.Count(done), number.Count(total))
		}
		return fmt.Sprintf("%s: %s of %s in %s", m.label, number.Count(done), number.Count(total), number.Duration(elapsed))
	}
	if !m.shown.IsZero() && now.Sub(m.shown) < progressInterval {
		return ""
	}
	m.shown = now
	if total <= 0 {
		return fmt.Sprintf("%s: %s", m.label, number.Count(done))
	}
	line := fmt.Sprintf("%s: %s of %s (%d %%)", m.label, number.Count(done), number.Count(total), int64(float64(done)/float64(total)*100))
	if m.details != "" {
		line += ", " + m.details
	}
	if advanced := done - m.first; advanced > 0 && elapsed >= time.Second {
		left := elapsed.Seconds() / float64(advanced) * float64(total-done)
		line += fmt.Sprintf(", about %s left", strings.Replace(number.Lasting(left), ".0 ", " ", 1)) // an estimate is no more exact
	}
	return line
}
