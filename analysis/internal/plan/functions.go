package plan

import (
	"context"
	"fmt"
	"reflect"

	"github.com/stophacking/kelpie/analysis/internal/column"
	"github.com/stophacking/kelpie/analysis/visible"
)

// A Mapper computes one value from the values of some columns in one row: nil
// (null), int32, int64, float64, bool or string, as the columns are. It must
// depend on nothing else.
type Mapper interface {
	Map(values []any) (any, error)
}

// Map adds a column computed by Go code from a cell. The mapper's type, its
// exported fields and its Version method stand for the code in the key.
type Map struct {
	Output Field
	Inputs []string
	Mapper Mapper `key:"-"`
}

func (m Map) Describe() string {
	return fmt.Sprintf("map %s to %s by %T", visible.Names(m.Inputs), visible.Text(m.Output.Name), m.Mapper)
}

func (m Map) Fields(parents [][]Field) ([]Field, error) {
	if m.Mapper == nil {
		return nil, fmt.Errorf("map: the mapper is nil")
	}
	if m.Output.Type == column.Vector || m.Output.Type == column.Invalid {
		return nil, fmt.Errorf("map: a column of type %s cannot be computed", m.Output.Type)
	}
	if _, err := plainColumns(parents[0], m.Inputs); err != nil {
		return nil, fmt.Errorf("map: %w", err)
	}
	return put(parents[0], m.Output), nil
}

// Identity returns what stands for the code: see [Unkeyed].
func (m Map) Identity() (string, error) { return identity(m.Mapper) }

func identity(code any) (string, error) {
	v, ok := code.(interface{ Version() string })
	if !ok {
		return "", ErrNoIdentity
	}
	text, err := appendValue([]byte(reflect.TypeOf(code).String()), reflect.ValueOf(code))
	if err != nil {
		return "", fmt.Errorf("the fields of %T: %w", code, err)
	}
	return string(appendText(text, v.Version())), nil
}

// Deferred is a node that is known only once a model is fitted: Build returns
// it. Its first parent is the model, the second the frame.
type Deferred struct {
	Label     string
	Short     string                                   `key:"-"` // Label in a caption; no part of what identifies it
	Arguments string                                   // what the result depends on beside the parents
	Added     []Field                                  // columns the result has beside the frame's
	Build     func(ctx context.Context) (*Node, error) `key:"-"`
	Shape     *Node                                    `key:"-"` // what Build returns, but for what fitting finds; nil where that is not known
}

func (d Deferred) Describe() string { return d.Label }

func (d Deferred) Fields(parents [][]Field) ([]Field, error) {
	return putAll(parents[1], d.Added), nil
}

// Fitted is a model as bytes, made by Fit from the frame that is its parent.
type Fitted struct {
	Label     string
	Arguments string
	Unknown   error                                     `key:"-"` // why the arguments do not identify the model
	Fit       func(ctx context.Context) ([]byte, error) `key:"-"`
}

func (f Fitted) Describe() string { return f.Label }

func (f Fitted) Fields([][]Field) ([]Field, error) { return nil, nil }

// Identity returns the arguments, or why they are none: see [Unkeyed].
func (f Fitted) Identity() (string, error) { return f.Arguments, f.Unknown }
