package analysis

import (
	"fmt"
	"runtime"
	"strconv"
	"strings"

	"github.com/stophacking/kelpie/analysis/internal/plan"
)

// A Config says how a session works. The zero value uses every core.
type Config struct {
	// AppName names the session in messages.
	AppName string
	// Master says where work is done: "local[*]" (or "") on every core of this
	// machine, "local[n]" on n of them, "local" on one.
	Master string
	// MaxPartitionBytes bounds the pieces in which files are read. A file is
	// read in pieces of the lesser of this and half its size, so in two at
	// least. 0 means 128 MiB.
	MaxPartitionBytes int64
	// KeepNothing leaves nothing on disk: frames marked by Cache and models are
	// computed anew by every call that needs them.
	KeepNothing bool
	// Progress, if not nil, is told of long work: done of total, in the unit
	// that label names. What follows "; " in a label are details that change from
	// call to call: of training, the loss and the rows a second. nb.Progress is such
	// a function, and adds the time that is left.
	Progress func(label string, done, total int64)
}

// A Session makes frames and holds the settings under which they are computed.
// Settings never change a value, only how fast it comes.
type Session struct {
	config   Config
	settings plan.Settings
	err      error // a mistake in the config, reported by terminal calls
}

// NewSession returns a session. A mistake in the config, such as an unknown
// master, is reported by the first terminal call of a frame made by it.
func NewSession(c Config) *Session {
	s := &Session{config: c, settings: plan.Settings{MaxPartitionBytes: c.MaxPartitionBytes, KeepNothing: c.KeepNothing, Progress: c.Progress}}
	if c.MaxPartitionBytes == 0 {
		s.settings.MaxPartitionBytes = 128 << 20
	}
	if c.MaxPartitionBytes < 0 {
		s.err = fmt.Errorf("analysis: MaxPartitionBytes %d is negative", c.MaxPartitionBytes)
	}
	var err error
	if s.settings.Workers, err = workers(c.Master); err != nil {
		s.err = err
	}
	return s
}

func workers(master string) (int, error) {
	switch master {
	case "", "local[*]":
		return runtime.GOMAXPROCS(0), nil
	case "local":
		return 1, nil
	}
	if n, ok := strings.CutPrefix(master, "local["); ok {
		if n, ok := strings.CutSuffix(n, "]"); ok {
			if k, err := strconv.Atoi(n); err == nil && k >= 1 {
				return k, nil
			}
		}
	}
	return 1, fmt.Errorf("analysis: master %q is not local, local[n] or local[*]", master)
}

// String prints the session's settings.
func (s *Session) String() string {
	if s == nil {
		s = NewSession(Config{})
	}
	if s.err != nil {
		return s.err.Error()
	}
	name := s.config.AppName
	if name == "" {
		name = "session"
	}
	return fmt.Sprintf("%s: %d workers, partitions of at most %d bytes", name, s.settings.Workers, s.settings.MaxPartitionBytes)
}

// ReadCSV returns the rows of the CSV files at paths, one file after another.
//
// The dialect is RFC 4180 with LF or CRLF line ends and an optional UTF-8 byte
// order mark; the first line names the columns, in any order, and columns that
// the schema does not declare are skipped, whatever their names. A record, its line
// end included, has at most 64 MiB, and a file at most 1,048,576 columns.
//
// An empty field is null, or "" in a String column. A number whose value is whole is
// an integer, however it is written: 3257.0 is 3257. A value that does not follow its
// type becomes null, unless the schema says FailFast. Timestamps are whole seconds;
// values outside of the years 1 to 9999 are kept, and a warning says which unit they
// look like. A ragged row, an unclosed quote, a record that is too long, a declared
// column that is missing or doubled, or content that is not CSV is an error that
// names file, line and column.
func (s *Session) ReadCSV(schema Schema, paths ...string) Frame {
	op := plan.ReadCSV{
		Paths: append([]string{}, paths...), Schema: planFields(schema.Fields),
		FailFast: schema.FailFast, Name: schema.Name, Remedy: schema.Remedy,
	}
	if len(paths) == 0 && schema.Refused != nil {
		if why := schema.Refused(); why != nil {
			op.Remedy = why.Error()
		}
	}
	return s.Frame(plan.New(op))
}

// Frame returns the frame of a recipe node. It is for packages of this module
// that add operations, such as ml.
func (s *Session) Frame(n *plan.Node) Frame {
	if s == nil {
		s = NewSession(Config{})
	}
	return Frame{session: s, node: n}
}
