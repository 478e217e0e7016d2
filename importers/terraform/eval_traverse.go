package terraform

import (
	"errors"
	"fmt"
	"math/big"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"
)

// traverse follows a reference from a name of the scope.
func (s *scope) traverse(t hcl.Traversal) (cty.Value, error) {
	root := t.RootName()
	if v, ok := s.lookup(root); ok {
		return s.ev.steps(v, t[1:])
	}
	if s.m == nil {
		return cty.NilVal, fmt.Errorf("nothing can be referred to here, and %s is a reference", root)
	}
	name := func(i int) string {
		if i < len(t) {
			if a, ok := t[i].(hcl.TraverseAttr); ok {
				return a.Name
			}
		}
		return ""
	}
	var v cty.Value
	var err error
	used := 2
	switch root {
	case "var":
		v, err = s.m.variable(name(1))
	case "local":
		v, err = s.m.local(name(1))
	case "path":
		v, err = s.m.folder(name(1))
	case "terraform":
		v = cty.StringVal("default")
		if name(1) != "workspace" {
			v = cty.StringVal(tokenText("terraform." + name(1)))
		}
	case "module":
		return s.m.traverseCall(name(1), t[min(2, len(t)):])
	case "each", "count", "self":
		return cty.StringVal(tokenText(root + "." + name(1))), nil
	case "ephemeral":
		// A value that is gone after the run, and no secret of a design.
		used = 3
		v = cty.StringVal(tokenText("ephemeral." + name(1) + "." + name(2)))
	case "data":
		used = 3
		v, err = s.m.reference("data."+name(1)+"."+name(2), t[min(3, len(t)):])
		return v, err
	default:
		v, err = s.m.reference(root+"."+name(1), t[min(2, len(t)):])
		return v, err
	}
	if err != nil {
		return v, err
	}
	return s.ev.steps(v, t[min(used, len(t)):])
}

// folder is path.module, path.root or path.cwd, as Terraform tells them when it is run in the root module's folder.
func (m *module) folder(name string) (cty.Value, error) {
	switch name {
	case "module":
		if rel := relative(m.root, m.dir); rel != "." {
			return cty.StringVal(rel), nil
		}
		return cty.StringVal("."), nil
	case "root", "cwd":
		return cty.StringVal("."), nil
	}
	return cty.NilVal, fmt.Errorf("there is no path.%s", name)
}

// relative is a folder as seen from another, both within the opened folder.
func relative(from, to string) string {
	if from == "." || from == to {
		if from == to {
			return "."
		}
		return to
	}
	if rest, ok := strings.CutPrefix(to, from+"/"); ok {
		return rest
	}
	return strings.Repeat("../", strings.Count(from, "/")+1) + to
}

// traverseCall follows a reference into a module that is called: only the output that is asked for is worked out.
func (m *module) traverseCall(name string, rest hcl.Traversal) (cty.Value, error) {
	if m.decls.callNamed[name] == nil {
		return cty.NilVal, fmt.Errorf("there is no module %s", name)
	}
	c := m.call(name)
	at := rest
	var one *callInstance
	switch {
	case c.kind == single && len(c.instances) == 1:
		one = c.instances[0]
	case len(rest) > 0:
		if i, ok := rest[0].(hcl.TraverseIndex); ok {
			for _, x := range c.instances {
				if sameKey(x.key, i.Key) {
					one, at = x, rest[1:]
				}
			}
		}
	}
	if one != nil && len(at) > 0 {
		if a, ok := at[0].(hcl.TraverseAttr); ok {
			v, err := m.callOutput(one, a.Name)
			if err != nil {
				return v, err
			}
			return m.steps(v, at[1:])
		}
	}
	v, err := m.callValue(name)
	if err != nil {
		return v, err
	}
	return m.steps(v, rest)
}

func sameKey(a, b cty.Value) bool {
	x, errA := convert.Convert(a, cty.String)
	y, errB := convert.Convert(b, cty.String)
	return errA == nil && errB == nil && x.IsKnown() && y.IsKnown() && !x.IsNull() && !y.IsNull() && x.AsString() == y.AsString()
}

// steps follows attributes and indexes into a value.
func (ev *evaluator) steps(v cty.Value, t hcl.Traversal) (cty.Value, error) {
	for _, step := range t {
		var err error
		switch step := step.(type) {
		case hcl.TraverseAttr:
			v, err = ev.member(v, cty.StringVal(step.Name))
		case hcl.TraverseIndex:
			v, err = ev.member(v, step.Key)
		case hcl.TraverseSplat:
			return cty.NilVal, errors.New("a splat stands where none can")
		}
		if err != nil {
			return v, err
		}
	}
	return v, nil
}

// member is an attribute or element of a value.
func (ev *evaluator) member(v, key cty.Value) (cty.Value, error) {
	if !key.IsKnown() || key.IsNull() {
		return cty.DynamicVal, nil
	}
	if isToken(v) {
		if key.Type() == cty.Number {
			return cty.StringVal(tokenText(nameOfToken(v) + "[" + numberText(key) + "]")), nil
		}
		if key.Type() == cty.String {
			return cty.StringVal(tokenText(nameOfToken(v) + "." + key.AsString())), nil
		}
		return cty.DynamicVal, nil
	}
	if !v.IsKnown() {
		return cty.DynamicVal, nil
	}
	if v.IsNull() {
		return cty.NilVal, errors.New("null has no elements")
	}
	t := v.Type()
	switch {
	case t.IsObjectType(), t.IsMapType():
		k, err := convert.Convert(key, cty.String)
		if err != nil {
			return cty.NilVal, err
		}
		name := k.AsString()
		if t.IsObjectType() {
			if t.HasAttribute(name) {
				return v.GetAttr(name), nil
			}
			if t.HasAttribute(addressKey) {
				return ev.attribute(v.GetAttr(addressKey).AsString(), name), nil
			}
			return cty.NilVal, fmt.Errorf("there is no attribute %s", name)
		}
		if v.HasIndex(k).True() {
			return v.Index(k), nil
		}
		return cty.NilVal, fmt.Errorf("there is no element %s", name)
	case t.IsListType(), t.IsTupleType():
		k, err := convert.Convert(key, cty.Number)
		if err != nil {
			return cty.NilVal, fmt.Errorf("a list has no element %s", numberText(key))
		}
		n, acc := k.AsBigFloat().Int64()
		if acc != big.Exact || n < 0 || n >= int64(v.LengthInt()) {
			return cty.NilVal, fmt.Errorf("the list has %d elements, and none of number %s", v.LengthInt(), numberText(key))
		}
		return v.Index(cty.NumberIntVal(n)), nil
	}
	if isGenerated(v) {
		return v, nil // a part of what AWS generates
	}
	return cty.NilVal, errors.New("this value has no elements")
}

func numberText(v cty.Value) string {
	c, err := convert.Convert(v, cty.String)
	if err != nil || !c.IsKnown() || c.IsNull() {
		return ""
	}
	return c.AsString()
}

func (s *scope) index(e *hclsyntax.IndexExpr) (cty.Value, error) {
	v, err := s.eval(e.Collection)
	if err != nil {
		return v, err
	}
	k, err := s.eval(e.Key)
	if err != nil {
		return k, err
	}
	if !isUnknown(k) || isUnknown(v) && k.IsKnown() {
		return s.ev.member(v, k)
	}
	if k.IsKnown() && v.IsKnown() && !v.IsNull() && k.Type() == cty.String && (v.Type().IsObjectType() || v.Type().IsMapType()) {
		if found, err := s.ev.member(v, k); err == nil { // an element whose key is this very token
			return found, nil
		}
	}
	// Whatever the key is: what all elements have in common.
	if v.IsKnown() && !v.IsNull() && v.CanIterateElements() && v.LengthInt() > 0 {
		first, equal := cty.NilVal, true
		for it := v.ElementIterator(); it.Next(); {
			_, x := it.Element()
			if first == cty.NilVal {
				first = x
			}
			equal = equal && first.Type().Equals(x.Type()) && first.RawEquals(x)
		}
		if equal {
			return first, nil
		}
	}
	return s.unknownText(e), nil
}

func (s *scope) splat(e *hclsyntax.SplatExpr) (cty.Value, error) {
	v, err := s.eval(e.Source)
	if err != nil {
		return v, err
	}
	if isUnknown(v) {
		return s.unknownText(e), nil
	}
	if v.IsNull() {
		return cty.EmptyTupleVal, nil
	}
	items := []cty.Value{v}
	if t := v.Type(); t.IsListType() || t.IsTupleType() || t.IsSetType() {
		items = nil
		for it := v.ElementIterator(); it.Next(); {
			_, x := it.Element()
			items = append(items, x)
		}
	}
	out := make([]cty.Value, 0, len(items))
	for _, x := range items {
		in := &scope{ev: s.ev, m: s.m, up: s, anon: e.Item, anonValue: x}
		r, err := in.part(e.Each)
		if err != nil {
			return r, err
		}
		out = append(out, s.known(r, e))
	}
	return cty.TupleVal(out), nil
}
