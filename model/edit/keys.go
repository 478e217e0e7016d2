package edit

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"
	"slices"
	"strings"
)

// strict decodes one JSON value. Keys that v lacks, keys in another spelling and keys that stand twice are errors:
// encoding/json would take the latter two.
func strict(data []byte, v any) error {
	if err := checkKeys(data, reflect.TypeOf(v)); err != nil {
		return err
	}
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(v); err != nil {
		return errors.New(strings.TrimPrefix(err.Error(), "json: "))
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return errors.New("something stands behind the end of the object")
	}
	return nil
}

// checkKeys compares the keys of a JSON value with those of a type, as deep as the type's structs go. Values of
// another shape than the type's are left for the decoder to refuse.
func checkKeys(data []byte, t reflect.Type) error {
	d := json.NewDecoder(bytes.NewReader(data))
	return checkValue(d, t)
}

var unmarshaler = reflect.TypeFor[json.Unmarshaler]()

func checkValue(d *json.Decoder, t reflect.Type) error {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	token, err := d.Token()
	if err != nil {
		return fmt.Errorf("not JSON: %w", err)
	}
	switch token {
	case json.Delim('['):
		item := reflect.TypeFor[any]()
		if t.Kind() == reflect.Slice {
			item = t.Elem()
		}
		for d.More() {
			if err := checkValue(d, item); err != nil {
				return err
			}
		}
	case json.Delim('{'):
		var known map[string]reflect.Type
		if t.Kind() == reflect.Struct && !reflect.PointerTo(t).Implements(unmarshaler) {
			known = fields(t)
		}
		var seen []string
		for d.More() {
			key, err := d.Token()
			if err != nil {
				return fmt.Errorf("not JSON: %w", err)
			}
			name, _ := key.(string) // keys of an object are strings
			if slices.Contains(seen, name) {
				return fmt.Errorf("%q stands twice", name)
			}
			seen = append(seen, name)
			value := reflect.TypeFor[any]()
			if known != nil {
				f, ok := known[name]
				if !ok {
					return fmt.Errorf("unknown key %q; known are %s", name, strings.Join(sortedKeys(known), ", "))
				}
				value = f
			}
			if err := checkValue(d, value); err != nil {
				return err
			}
		}
	default:
		return nil // a scalar
	}
	if _, err := d.Token(); err != nil {
		return fmt.Errorf("not JSON: %w", err)
	}
	return nil
}

// fields are the types of a struct's fields by their JSON names, those of embedded structs included.
func fields(t reflect.Type) map[string]reflect.Type {
	out := map[string]reflect.Type{}
	for i := range t.NumField() {
		f := t.Field(i)
		if f.Anonymous {
			for name, of := range fields(f.Type) {
				out[name] = of
			}
			continue
		}
		if name, _, _ := strings.Cut(f.Tag.Get("json"), ","); name != "" && name != "-" {
			out[name] = f.Type
		}
	}
	return out
}
