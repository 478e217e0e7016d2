package terraform

import (
	"strconv"

	"github.com/zclconf/go-cty/cty"
)

// dig follows a path of attributes, map keys and list indexes in a value. A list on the way stands for its first element
// where the path does not say which: blocks that may stand once are lists too. What is not there, null or unknown on
// the way is a null value.
func dig(v cty.Value, path ...string) cty.Value {
	for _, key := range path {
		v = step(plainValue(v), key)
	}
	return plainValue(v)
}

// plainValue is a value without marks; NilVal becomes null.
func plainValue(v cty.Value) cty.Value {
	if v == cty.NilVal {
		return cty.NullVal(cty.DynamicPseudoType)
	}
	v, _ = v.Unmark()
	return v
}

func step(v cty.Value, key string) cty.Value {
	none := cty.NullVal(cty.DynamicPseudoType)
	if v.IsNull() || !v.IsKnown() {
		return none
	}
	t := v.Type()
	switch {
	case t.IsObjectType():
		if t.HasAttribute(key) {
			return v.GetAttr(key)
		}
	case t.IsMapType():
		if i := cty.StringVal(key); v.HasIndex(i).True() {
			return v.Index(i)
		}
	case t.IsListType(), t.IsTupleType(), t.IsSetType():
		elements := v.AsValueSlice()
		if n, err := strconv.Atoi(key); err == nil {
			if n >= 0 && n < len(elements) {
				return elements[n]
			}
			return none
		}
		if len(elements) > 0 {
			return step(plainValue(elements[0]), key)
		}
	}
	return none
}

// text is a primitive value as text; false where it is none, null or unknown.
func text(v cty.Value) (string, bool) {
	v = plainValue(v)
	if v.IsNull() || !v.IsKnown() {
		return "", false
	}
	switch v.Type() {
	case cty.String:
		return v.AsString(), true
	case cty.Number:
		return v.AsBigFloat().Text('f', -1), true
	case cty.Bool:
		return strconv.FormatBool(v.True()), true
	}
	return "", false
}

// words is a primitive value as text, "" where it is none.
func words(v cty.Value) string {
	t, _ := text(v)
	return t
}

// isTrue reports whether a value is the boolean true, or its text.
func isTrue(v cty.Value) bool { return words(v) == "true" }

// items lists the elements of a list, tuple or set; a value that is none of these stands for a list of one.
func items(v cty.Value) []cty.Value {
	v = plainValue(v)
	switch {
	case v.IsNull(), !v.IsKnown():
		return nil
	case v.Type().IsListType(), v.Type().IsTupleType(), v.Type().IsSetType():
		return v.AsValueSlice()
	}
	return []cty.Value{v}
}

// texts lists the texts of a list.
func texts(v cty.Value) []string {
	var out []string
	for _, i := range items(v) {
		if t, ok := text(i); ok {
			out = append(out, t)
		}
	}
	return out
}

// A pair is one entry of a map or object.
type pair struct {
	key   string
	value cty.Value
}

// pairs lists the entries of a map or object, by their keys.
func pairs(v cty.Value) []pair {
	v = plainValue(v)
	if v.IsNull() || !v.IsKnown() || !v.Type().IsObjectType() && !v.Type().IsMapType() {
		return nil
	}
	var out []pair
	for it := v.ElementIterator(); it.Next(); {
		k, e := it.Element()
		key, _ := k.Unmark()
		out = append(out, pair{key.AsString(), plainValue(e)})
	}
	return out
}

// oneMap is a map that may be written as a block, as versions of Terraform before 0.12 let it be.
func oneMap(v cty.Value) cty.Value {
	if list := items(v); len(list) == 1 && v.IsKnown() && !v.IsNull() && v.Type().IsTupleType() {
		return list[0]
	}
	return v
}
