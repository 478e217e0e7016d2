package terraform

import (
	"errors"
	"fmt"
	"regexp"
	"strings"

	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"

	"bulkhead/model/source"
)

func operate(op *hclsyntax.Operation, args ...cty.Value) (cty.Value, error) {
	params := op.Impl.Params()
	for i, a := range args {
		if a.IsNull() && i < len(params) && !params[i].AllowNull {
			return cty.NilVal, errors.New("an operand is null")
		}
		if i < len(params) {
			c, err := convert.Convert(a, params[i].Type)
			if err != nil {
				return cty.NilVal, err
			}
			args[i] = c
		}
	}
	v, err := op.Impl.Call(args)
	if err != nil {
		return cty.NilVal, err
	}
	return v, sane(v)
}

func (s *scope) binary(e *hclsyntax.BinaryOpExpr) (cty.Value, error) {
	left, err := s.eval(e.LHS)
	if err != nil {
		return left, err
	}
	switch e.Op {
	case hclsyntax.OpLogicalAnd, hclsyntax.OpLogicalOr:
		stop := e.Op == hclsyntax.OpLogicalOr // the answer that one side is enough for
		if l := truth(left); l.IsKnown() && l.True() == stop {
			return cty.BoolVal(stop), nil
		}
		right, err := s.eval(e.RHS)
		if err != nil {
			if !truth(left).IsKnown() {
				return cty.UnknownVal(cty.Bool), nil // it is perhaps not asked for
			}
			return right, err
		}
		l, r := truth(left), truth(right)
		switch {
		case r.IsKnown() && r.True() == stop:
			return cty.BoolVal(stop), nil
		case l.IsKnown() && r.IsKnown():
			return cty.BoolVal(!stop), nil
		}
		return cty.UnknownVal(cty.Bool), nil
	}
	right, err := s.eval(e.RHS)
	if err != nil {
		return right, err
	}
	switch e.Op {
	case hclsyntax.OpEqual:
		return same(left, right), nil
	case hclsyntax.OpNotEqual:
		v := same(left, right)
		if !v.IsKnown() {
			return v, nil
		}
		return v.Not(), nil
	}
	if isUnknown(left) || isUnknown(right) {
		return cty.UnknownVal(e.Op.Type), nil
	}
	return operate(e.Op, left, right)
}

// truth is a value as a bool, unknown where nobody tells it or it is none.
func truth(v cty.Value) cty.Value {
	if isUnknown(v) || v.IsNull() {
		return cty.UnknownVal(cty.Bool)
	}
	b, err := convert.Convert(v, cty.Bool)
	if err != nil || !b.IsKnown() || b.IsNull() {
		return cty.UnknownVal(cty.Bool)
	}
	return b
}

// same says whether two values are equal, unknown where tokens may be anything. What nobody tells is taken not to be null.
func same(a, b cty.Value) cty.Value {
	switch {
	case isUnknown(a) && b.IsKnown() && b.IsNull(), isUnknown(b) && a.IsKnown() && a.IsNull():
		return cty.False
	case !a.IsKnown() || !b.IsKnown():
		return cty.UnknownVal(cty.Bool)
	case a.IsNull() || b.IsNull():
		return cty.BoolVal(a.IsNull() && b.IsNull())
	case a.Type() == cty.String && b.Type() == cty.String:
		x, y := a.AsString(), b.AsString()
		switch {
		case x == y:
			return cty.True
		case mayEqual(x, y):
			return cty.UnknownVal(cty.Bool)
		}
		return cty.False
	case isToken(a) || isToken(b):
		return cty.UnknownVal(cty.Bool)
	}
	if uncertain(a) || uncertain(b) {
		if a.Type().Equals(b.Type()) && a.RawEquals(b) {
			return cty.True
		}
		return cty.UnknownVal(cty.Bool)
	}
	if !a.Type().Equals(b.Type()) {
		return cty.False
	}
	return cty.BoolVal(a.RawEquals(b))
}

// conditional is the branch that the condition chooses. Where nobody tells the condition, the choice is for what there is
// most of: a value rather than null, something rather than nothing; two texts give a token.
func (s *scope) conditional(e *hclsyntax.ConditionalExpr) (cty.Value, error) {
	c, err := s.eval(e.Condition)
	if err != nil {
		return c, err
	}
	if c.IsKnown() && c.IsNull() {
		return cty.NilVal, errors.New("the condition is null")
	}
	if !isUnknown(c) {
		b, err := convert.Convert(c, cty.Bool)
		if err != nil {
			return cty.NilVal, errors.New("the condition is neither true nor false")
		}
		if b.True() {
			return s.eval(e.TrueResult)
		}
		return s.eval(e.FalseResult)
	}
	yes, errYes := s.eval(e.TrueResult)
	no, errNo := s.eval(e.FalseResult)
	switch {
	case errYes != nil:
		return no, errNo
	case errNo != nil:
		return yes, nil
	}
	if v, ok := s.either(e, "", yes, no); ok {
		return v, nil
	}
	if !s.ev.choices[e] {
		s.ev.choices[e] = true
		s.ev.tell(source.Warning, s.ev.span(e.Condition.Range()), "nobody tells which of the two this chooses", "The first was taken.")
	}
	return yes, nil
}

// either is what a choice between two values is when nobody tells which. Lists and objects are taken part by part, with what only one
// of them has, but for statements and their conditions, which are one or the other; path is where in the value it is, for its tokens not to be each other's.
func (s *scope) either(e hclsyntax.Expression, path string, yes, no cty.Value) (cty.Value, bool) {
	a, b := yes.Type(), no.Type()
	switch {
	case a.Equals(b) && yes.RawEquals(no), nothing(no):
		return yes, true
	case nothing(yes):
		return no, true
	case a == cty.String && b == cty.String:
		return s.unknownPart(e, path), true
	case a == cty.Number && b == cty.Number, a == cty.Bool && b == cty.Bool:
		return cty.UnknownVal(a), true
	case !yes.IsKnown() || !no.IsKnown() || a.IsSetType() || b.IsSetType() || !yes.CanIterateElements() || !no.CanIterateElements():
		return yes, false
	}
	isList := a.IsTupleType() || a.IsListType()
	if isList != (b.IsTupleType() || b.IsListType()) {
		return yes, false
	}
	if !isList && !sameKeys(yes, no) {
		return s.both(e, path, yes, no)
	}
	var list []cty.Value
	fields := map[string]cty.Value{}
	others := no.ElementIterator()
	for it := yes.ElementIterator(); it.Next() && others.Next(); {
		key, x := it.Element()
		other, y := others.Element()
		if !key.RawEquals(other) || key.RawEquals(cty.StringVal("Effect")) && !x.RawEquals(y) { // a statement is one or the other
			return yes, false
		}
		part := fmt.Sprintf("%s[%d]", path, len(list))
		if key.Type() == cty.String {
			part = path + "." + key.AsString()
		}
		v, ok := s.either(e, part, x, y)
		if !ok {
			return yes, false
		}
		if list = append(list, v); key.Type() == cty.String {
			fields[key.AsString()] = v
		}
	}
	if isList {
		longer := yes
		if no.LengthInt() > yes.LengthInt() {
			longer = no
		}
		return cty.TupleVal(append(list, longer.AsValueSlice()[len(list):]...)), true
	}
	return cty.ObjectVal(fields), true
}

func sameKeys(a, b cty.Value) bool {
	if a.LengthInt() != b.LengthInt() {
		return false
	}
	x, y := a.ElementIterator(), b.ElementIterator()
	for x.Next() && y.Next() {
		k, _ := x.Element()
		l, _ := y.Element()
		if !k.RawEquals(l) {
			return false
		}
	}
	return true
}

// both is an object with all that two have that are not of the same keys: it is as if each had nothing in the place of what only the
// other has.
func (s *scope) both(e hclsyntax.Expression, path string, yes, no cty.Value) (cty.Value, bool) {
	if isIAM(yes) || isIAM(no) {
		return yes, false
	}
	fields := map[string]cty.Value{}
	for it := no.ElementIterator(); it.Next(); {
		key, v := it.Element()
		fields[key.AsString()] = v
	}
	for it := yes.ElementIterator(); it.Next(); {
		key, v := it.Element()
		name := key.AsString()
		if other, ok := fields[name]; ok {
			if v, ok = s.either(e, path+"."+name, v, other); !ok {
				return yes, false
			}
		}
		fields[name] = v
	}
	return cty.ObjectVal(fields), true
}

// isIAM reports whether an object is a statement of a policy, or of its conditions.
func isIAM(v cty.Value) bool {
	for it := v.ElementIterator(); it.Next(); {
		k, _ := it.Element()
		if name := k.AsString(); name == "Effect" || strings.Contains(name, ":") || conditionOperator.MatchString(name) {
			return true
		}
	}
	return false
}

var conditionOperator = regexp.MustCompile(`^(String|Numeric|Date|Ip|NotIp|Arn)[A-Z][A-Za-z]*$|^(Bool|BinaryEquals|Null)$`)

// nothing reports whether a value is null, empty, false or 0.
func nothing(v cty.Value) bool {
	if !v.IsKnown() {
		return false
	}
	if v.IsNull() {
		return true
	}
	switch t := v.Type(); {
	case t == cty.String:
		return v.AsString() == ""
	case t == cty.Bool:
		return v.False()
	case t == cty.Number:
		return v.RawEquals(cty.Zero)
	case t.IsCollectionType(), t.IsTupleType(), t.IsObjectType():
		return v.LengthInt() == 0
	}
	return false
}
