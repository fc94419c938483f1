package nb

import (
	"encoding"
	"encoding/json"
	"errors"
	"fmt"
	"image"
	"reflect"
)

const (
	// maxPixels caps a picture: one of 8,000 by 6,000 is larger than any screen, and
	// browsers take four bytes a pixel.
	maxPixels = 50_000_000
	// maxValue caps the text that is made of a value before it is cut to maxText.
	maxValue = 4 * maxText
	// maxDepth caps how deep a value may be nested.
	maxDepth = 1000
	// maxIndented caps the depth at which JSON is still indented: every line of it
	// begins with two blanks a level.
	maxIndented = 100
)

// checkSize refuses a picture of more pixels than can be shown. An image.Image says
// its size itself; that of image.White is two billion by two billion.
func checkSize(bounds image.Rectangle) error {
	wide, high := float64(bounds.Max.X)-float64(bounds.Min.X), float64(bounds.Max.Y)-float64(bounds.Min.Y)
	if wide*high > maxPixels {
		return fmt.Errorf("%.0f by %.0f pixels are more than the limit of %d million; show a part of it, or draw it smaller", wide, high, maxPixels/1_000_000)
	}
	return nil
}

var (
	errLarge = errors.New("too large")
	errDeep  = errors.New("too deep")
)

// A measure is how large the text of a value gets at the least, found without making
// it: two bytes for a value that has no parts, as many as it has for a text. A value
// that holds itself has no end, and so is too large or too deep.
type measure struct {
	left    int // bytes
	follow  bool
	methods []reflect.Type // types that write themselves
	deepest int
}

// ofText measures what fmt makes of a value, ofJSON what encoding/json does, which
// also follows pointers inside of it.
func ofText() *measure {
	return &measure{left: maxValue, methods: []reflect.Type{reflect.TypeFor[fmt.Formatter](), reflect.TypeFor[fmt.Stringer](), reflect.TypeFor[error]()}}
}

func ofJSON() *measure {
	return &measure{left: maxValue, follow: true, methods: []reflect.Type{reflect.TypeFor[json.Marshaler](), reflect.TypeFor[encoding.TextMarshaler]()}}
}

// take measures a value at a depth.
func (m *measure) take(v reflect.Value, depth int) error {
	m.deepest = max(m.deepest, depth)
	if depth > maxDepth {
		return errDeep
	}
	if err := m.spend(2); err != nil || !v.IsValid() {
		return err
	}
	for _, method := range m.methods {
		if v.CanInterface() && v.Type().Implements(method) {
			return nil
		}
	}
	switch v.Kind() {
	case reflect.String:
		return m.spend(v.Len())
	case reflect.Pointer:
		if !m.follow && depth > 0 { // fmt writes an address
			return nil
		}
		return m.take(v.Elem(), depth+1)
	case reflect.Interface:
		return m.take(v.Elem(), depth)
	case reflect.Struct:
		for i := range v.NumField() {
			if err := m.take(v.Field(i), depth+1); err != nil {
				return err
			}
		}
	case reflect.Map:
		for pairs := v.MapRange(); pairs.Next(); {
			if err := errors.Join(m.take(pairs.Key(), depth+1), m.take(pairs.Value(), depth+1)); err != nil {
				return err
			}
		}
	case reflect.Slice, reflect.Array:
		_, err := m.elements(v, depth)
		return err
	}
	return nil
}

// elements measures a list and returns how many of its elements there is room for.
func (m *measure) elements(v reflect.Value, depth int) (fit int, err error) {
	if k := v.Type().Elem().Kind(); k >= reflect.Bool && k <= reflect.Complex128 && v.Type().Elem().NumMethod() == 0 {
		fit = min(v.Len(), m.left/2)
		if fit < v.Len() {
			err = errLarge
		}
		m.left -= 2 * fit
		return fit, err
	}
	for fit = range v.Len() {
		if err := m.take(v.Index(fit), depth+1); err != nil {
			return fit, err
		}
	}
	return v.Len(), nil
}

func (m *measure) spend(bytes int) error {
	if m.left -= bytes; m.left < 0 {
		return errLarge
	}
	return nil
}

// printed is a value as fmt prints it. Of a list whose text would not end, or would
// take all memory, it is the beginning; of another such value it is the type, and
// what is the matter.
func printed(value any) string {
	if text, ok := value.(string); ok {
		return text
	}
	v := reflect.ValueOf(value)
	err := ofText().take(v, 0)
	switch {
	case err == nil:
		return fmt.Sprint(value)
	case v.Kind() == reflect.Slice && errors.Is(err, errLarge):
		if fit, _ := ofText().elements(v, 0); fit > 0 {
			const note = 400 // bytes at most
			text := fmt.Sprint(v.Slice(0, fit).Interface())
			text = beginOf(text[:len(text)-1], maxText-note)
			return fmt.Sprintf("%s …\n[%s of %d elements, shown from its beginning]", text, short(fmt.Sprintf("%T", value)), v.Len())
		}
	}
	return fmt.Sprintf("%T, %s", value, unshowable(err))
}

// unshowable says why a value is not shown.
func unshowable(err error) string {
	if errors.Is(err, errDeep) {
		return fmt.Sprintf("which is not shown: it is nested more than %d levels deep, or holds itself", maxDepth)
	}
	return fmt.Sprintf("which is not shown: it is larger than %d MB as text, or holds itself; show a part of it", maxValue>>20)
}
