package plan

import (
	"bytes"
	"encoding"
	"encoding/json"
	"fmt"
	"math"
	"reflect"
	"slices"
	"strconv"
)

// appendValue appends an encoding of v in which different values look different,
// of every kind: JSON would not do, since it has no NaN, replaces bytes that are
// no UTF-8, and does not say of which type a value is.
//
// A struct is its type and exported fields but those tagged key:"-"; a pointer
// or an interface is what it holds; nil and empty slices are the same. A type
// that marshals itself as text or JSON is taken at its word.
func appendValue(to []byte, v reflect.Value) ([]byte, error) {
	if !v.IsValid() {
		return append(to, "nil;"...), nil
	}
	if own, done, err := marshalled(v); done {
		return appendText(append(to, v.Type().String()...), string(own)), err
	}
	switch v.Kind() {
	case reflect.Bool:
		return append(strconv.AppendBool(to, v.Bool()), ';'), nil
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return append(strconv.AppendInt(to, v.Int(), 10), ';'), nil
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr:
		return append(strconv.AppendUint(to, v.Uint(), 10), ';'), nil
	case reflect.Float32, reflect.Float64:
		return append(strconv.AppendUint(to, math.Float64bits(v.Float()), 16), ';'), nil
	case reflect.String:
		return appendText(to, v.String()), nil
	case reflect.Slice, reflect.Array:
		return appendList(to, v)
	case reflect.Map:
		return appendMap(to, v)
	case reflect.Pointer:
		return appendValue(to, v.Elem())
	case reflect.Interface:
		if v.IsNil() {
			return append(to, "nil;"...), nil
		}
		to = appendText(to, v.Elem().Type().String())
		return appendValue(to, v.Elem())
	case reflect.Struct:
		return appendStruct(to, v)
	}
	return nil, fmt.Errorf("a value of type %s has no identity", v.Type())
}

// appendText appends a text with its length before it.
func appendText(to []byte, text string) []byte {
	to = strconv.AppendInt(to, int64(len(text)), 10)
	return append(append(to, ':'), text...)
}

// marshalled returns what v says of itself, if its type does.
func marshalled(v reflect.Value) (own []byte, done bool, err error) {
	if !v.CanInterface() || v.Kind() == reflect.Pointer && v.IsNil() {
		return nil, false, nil
	}
	switch m := v.Interface().(type) {
	case encoding.TextMarshaler:
		own, err = m.MarshalText()
		return own, true, err
	case json.Marshaler:
		own, err = m.MarshalJSON()
		return own, true, err
	}
	return nil, false, nil
}

func appendList(to []byte, v reflect.Value) (_ []byte, err error) {
	to = append(strconv.AppendInt(append(to, '['), int64(v.Len()), 10), ':')
	for i := range v.Len() {
		if to, err = appendValue(to, v.Index(i)); err != nil {
			return nil, err
		}
	}
	return append(to, ']'), nil
}

// appendMap appends the entries in the order of their encoded keys.
func appendMap(to []byte, v reflect.Value) ([]byte, error) {
	var entries [][]byte
	for _, k := range v.MapKeys() {
		entry, err := appendValue(nil, k)
		if err == nil {
			entry, err = appendValue(entry, v.MapIndex(k))
		}
		if err != nil {
			return nil, err
		}
		entries = append(entries, entry)
	}
	slices.SortFunc(entries, bytes.Compare)
	to = append(strconv.AppendInt(append(to, '{'), int64(len(entries)), 10), ':')
	return append(append(to, bytes.Join(entries, nil)...), '}'), nil
}

func appendStruct(to []byte, v reflect.Value) (_ []byte, err error) {
	t := v.Type()
	to = append(appendText(to, t.String()), '{')
	for i := range t.NumField() {
		f := t.Field(i)
		if !f.IsExported() || f.Tag.Get("key") == "-" {
			continue
		}
		to = appendText(to, f.Name)
		if to, err = appendValue(to, v.Field(i)); err != nil {
			return nil, fmt.Errorf("field %s: %w", f.Name, err)
		}
	}
	return append(to, '}'), nil
}
