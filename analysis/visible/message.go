package visible

import (
	"errors"
	"io/fs"
	"os"
	"strings"
)

// Names returns the names as a list for running text, each as [Text] shows it:
// pid, "", cmd␣.
func Names[S ~[]string](names S) string {
	shown := make([]string, len(names))
	for i, name := range names {
		shown[i] = Text(name)
	}
	return strings.Join(shown, ", ")
}

// Error returns err with nothing unseen in its message: the message is as [Lines]
// shows it, and the paths in what the operating system said of files are as [Text]
// shows them. errors.Is and errors.As find in it what they find in err. An error whose
// message shows itself, and nil, are returned as they are.
func Error(err error) error {
	if err == nil {
		return nil
	}
	text := err.Error()
	message := Lines(paths(text, err))
	if message == text {
		return err
	}
	return &shown{message, err}
}

// A shown is an error with a message of its own.
type shown struct {
	message string
	err     error
}

func (s *shown) Error() string { return s.message }
func (s *shown) Unwrap() error { return s.err }

// paths returns the text of an error with the paths in it visible, where the error is,
// or wraps, some about files.
func paths(text string, err error) string {
	switch err := err.(type) {
	case *shown:
		return text // they are
	case *fs.PathError:
		return strings.ReplaceAll(text, err.Error(), (&fs.PathError{Op: err.Op, Path: Text(err.Path), Err: err.Err}).Error())
	case *os.LinkError:
		return strings.ReplaceAll(text, err.Error(), (&os.LinkError{Op: err.Op, Old: Text(err.Old), New: Text(err.New), Err: err.Err}).Error())
	case interface{ Unwrap() []error }:
		for _, one := range err.Unwrap() {
			text = paths(text, one)
		}
		return text
	}
	if inner := errors.Unwrap(err); inner != nil {
		return paths(text, inner)
	}
	return text
}
