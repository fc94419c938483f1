package plan

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/stophacking/kelpie/analysis/internal/column"
)

// Settings are how a session wants its recipes carried out. They never change a
// value, only how it comes about.
type Settings struct {
	Workers           int   // goroutines; at least 1
	MaxPartitionBytes int64 // of a CSV file; at least 1
	KeepNothing       bool  // compute marked values every time, and write nothing
	Progress          func(label string, done, total int64)
}

// Notes are what has to be said beside a value. They are kept with it.
type Notes struct {
	Name     string   `json:"name,omitempty"` // what the value is, in a list of kept values
	Reads    []Read   `json:"reads,omitempty"`
	Warnings []string `json:"warnings,omitempty"`
	Seconds  float64  `json:"seconds,omitempty"` // what computing the value took
}

// A Read is what reading the files of one recipe found in them.
type Read struct {
	Key      string           `json:"key"`                // of the recipe: a value made of it twice says it once
	Problems []Problem        `json:"problems,omitempty"` // first bad values of each column, in file order
	Bad      map[string]int64 `json:"bad,omitempty"`      // bad values a column
}

// A Problem is a value of a file that does not follow the declared type.
type Problem struct {
	Path   string `json:"path"`
	Line   int    `json:"line"`   // 1-based
	Column int    `json:"column"` // 1-based byte in the line
	Field  string `json:"field"`
	Text   string `json:"text"`
	Reason string `json:"reason"`
}

// A Partition is a run of whole records of one file.
type Partition struct {
	Path       string
	Start, End int64 // bytes
	Rows       int64
}

// An Engine computes the values of recipes.
type Engine interface {
	// Collect returns the value of n, all of its columns.
	Collect(ctx context.Context, s Settings, n *Node) (*column.Batch, Notes, error)
	// Partitions returns the pieces in which the files under n are read.
	Partitions(ctx context.Context, s Settings, n *Node) ([]Partition, error)
	// Train grows trees on the features and labels of n's value and returns
	// them as model text (see internal/lightgbm).
	Train(ctx context.Context, s Settings, n *Node, t Trees) (text []byte, log TrainingLog, err error)
	// Blob returns the bytes kept under n's key, whose Op is a [Fitted]; when
	// there are none it has them made and keeps them.
	Blob(ctx context.Context, s Settings, n *Node) ([]byte, Notes, error)
	// Kept tells whether the value of n is kept, and the bytes it takes on disk;
	// it computes nothing. What cannot be found out counts as not kept.
	Kept(n *Node) (bytes int64, kept bool)
	// Unkeep forgets the kept value of n, if there is one.
	Unkeep(ctx context.Context, n *Node) error
	// Entries lists what is kept. With verify it reads every value too, to tell
	// whether it is damaged.
	Entries(verify bool) (Store, error)
	// Prune removes what is kept by other code or damaged, and what was used
	// longest ago until the rest takes at most limit bytes (0: the store's own
	// limit). It returns what it removed.
	Prune(limit int64) (Store, error)
	// Clear removes everything that is kept.
	Clear() error
}

// A TrainingLog is what training reports beside the trees.
type TrainingLog struct {
	Rows     int       `json:"rows"`
	Positive int       `json:"positive"` // rows of class 1
	Loss     []float64 `json:"loss"`     // mean log-loss of the training rows after each tree
	// Validation is the same of the validation rows, if there are any.
	Validation []float64 `json:"validation,omitempty"`
	Leaves     []int     `json:"leaves"` // of each tree
	Warnings   []string  `json:"warnings,omitempty"`
}

// Store says where values are kept, and which.
type Store struct {
	Directory string
	Entries   []Entry
}

// An Entry is one kept value.
type Entry struct {
	Key  string
	Name string // what it is, in words
	Kind string // "frame" or "model"
	Size int64  // bytes
	Made int64  // Unix seconds
	Used int64  // Unix seconds of the last use, to about a minute

	Old     bool   // made by other code: this program will not use it
	Damaged string // what is wrong with the file, "" if nothing is
}

var registry struct {
	sync.Mutex
	engine Engine
}

// Register makes e the engine of this program. Engines call it from init; a
// second one is a programming mistake.
func Register(e Engine) {
	registry.Lock()
	defer registry.Unlock()
	if registry.engine != nil {
		panic("plan: two engines registered")
	}
	registry.engine = e
}

// ErrNoEngine means that the program was built with the tag nodrivers and links
// nothing that could carry a recipe out.
var ErrNoEngine = errors.New("no engine in this program: build it without the tag nodrivers")

// Registered returns the engine, or ErrNoEngine.
func Registered() (Engine, error) {
	registry.Lock()
	defer registry.Unlock()
	if registry.engine == nil {
		return nil, fmt.Errorf("analysis: %w", ErrNoEngine)
	}
	return registry.engine, nil
}
