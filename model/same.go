package model

import (
	"reflect"

	"bulkhead/model/policy"
	"bulkhead/model/source"
)

var (
	spanType     = reflect.TypeFor[source.Span]()
	placesType   = reflect.TypeFor[Places]()
	attachedType = reflect.TypeFor[Attachments]()
	documentType = reflect.TypeFor[*policy.Document]()
)

// Same reports whether two elements say the same. Places (spans) are ignored; an empty list equals none.
func Same(a, b Element) bool {
	if a == nil || b == nil {
		return a == b
	}
	return same(reflect.ValueOf(a), reflect.ValueOf(b))
}

func same(a, b reflect.Value) bool {
	if a.Type() != b.Type() {
		return false
	}
	switch a.Type() {
	case spanType, placesType, attachedType:
		return true
	case documentType:
		if a.Pointer() == b.Pointer() {
			return true
		}
	}
	switch a.Kind() {
	case reflect.Pointer, reflect.Interface:
		if a.IsNil() || b.IsNil() {
			return a.IsNil() && b.IsNil()
		}
		return same(a.Elem(), b.Elem())
	case reflect.Struct:
		for i := range a.NumField() {
			if !same(a.Field(i), b.Field(i)) {
				return false
			}
		}
		return true
	case reflect.Slice:
		if a.Len() != b.Len() {
			return false
		}
		for i := range a.Len() {
			if !same(a.Index(i), b.Index(i)) {
				return false
			}
		}
		return true
	case reflect.Map:
		if a.Len() != b.Len() {
			return false
		}
		for _, k := range a.MapKeys() {
			v := b.MapIndex(k)
			if !v.IsValid() || !same(a.MapIndex(k), v) {
				return false
			}
		}
		return true
	default:
		return a.Equal(b)
	}
}
