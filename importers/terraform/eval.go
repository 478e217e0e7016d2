package terraform

import (
	"errors"
	"math/big"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"

	"bulkhead/model/source"
)

// Limits of what is worked out.
const (
	maxSteps  = 1_000_000
	maxNested = 3_000     // expressions within expressions, through all references
	maxWeight = 1_000_000 // parts and bytes of one value
)

// errTooMuch ends an evaluation that costs too much.
var errTooMuch = errors.New("this is more than is worked out")

// A scope is where an expression is evaluated: a module, and the values of an iteration around it.
type scope struct {
	ev   *evaluator
	m    *module // nil where nothing can be referred to
	vars map[string]cty.Value
	up   *scope
	from map[string]bound // where the values of iterations are written, for documents

	anon      *hclsyntax.AnonSymbolExpr
	anonValue cty.Value
}

// bound is the expression behind a value of an iteration.
type bound struct {
	expr  hclsyntax.Expression
	scope *scope
}

// with is a scope within s in which names have values.
func (s *scope) with(vars map[string]cty.Value) *scope {
	return &scope{ev: s.ev, m: s.m, vars: vars, up: s}
}

func (s *scope) lookup(name string) (cty.Value, bool) {
	for ; s != nil; s = s.up {
		if v, ok := s.vars[name]; ok {
			return v, true
		}
	}
	return cty.NilVal, false
}

// lenient is the value of an expression; of one that is wrong it is a token, and the error is told.
func (s *scope) lenient(e hclsyntax.Expression) cty.Value {
	v, err := s.eval(e)
	if err != nil {
		s.ev.wrong(e, err)
		return s.unknownText(e)
	}
	return v
}

// part is the value of an expression within another: an error is told where it is, and the rest goes on; but within
// try and can it is an answer.
func (s *scope) part(e hclsyntax.Expression) (cty.Value, error) {
	if s.ev.trying > 0 {
		return s.eval(e)
	}
	return s.lenient(e), nil
}

func (ev *evaluator) wrong(e hclsyntax.Expression, err error) {
	ev.tell(source.Warning, ev.span(e.Range()), "this cannot be worked out", cause(err)+" It was taken as unknown.")
}

// eval works out an expression. What nobody tells comes out as a token or an unknown value; an error says that
// the expression is wrong.
func (s *scope) eval(e hclsyntax.Expression) (cty.Value, error) {
	ev := s.ev
	if ev.spent++; ev.spent > maxSteps || ev.spent%1024 == 0 && ev.ctx.Err() != nil {
		return cty.NilVal, errTooMuch
	}
	if ev.depth > maxNested {
		return cty.NilVal, errTooMuch
	}
	ev.depth++
	defer func() { ev.depth-- }()
	switch e := e.(type) {
	case *hclsyntax.LiteralValueExpr:
		return e.Val, sane(e.Val)
	case *hclsyntax.ParenthesesExpr:
		return s.eval(e.Expression)
	case *hclsyntax.TemplateWrapExpr:
		return s.eval(e.Wrapped)
	case *hclsyntax.ObjectConsKeyExpr:
		if name := hcl.ExprAsKeyword(e.Wrapped); name != "" && !e.ForceNonLiteral {
			return cty.StringVal(name), nil
		}
		return s.eval(e.Wrapped)
	case *hclsyntax.ScopeTraversalExpr:
		return s.traverse(e.Traversal)
	case *hclsyntax.RelativeTraversalExpr:
		v, err := s.eval(e.Source)
		if err != nil {
			return v, err
		}
		return s.ev.steps(v, e.Traversal)
	case *hclsyntax.TemplateExpr:
		return s.template(e)
	case *hclsyntax.TemplateJoinExpr:
		return s.templateJoin(e)
	case *hclsyntax.TupleConsExpr:
		return s.tuple(e)
	case *hclsyntax.ObjectConsExpr:
		return s.object(e)
	case *hclsyntax.ConditionalExpr:
		return s.conditional(e)
	case *hclsyntax.BinaryOpExpr:
		return s.binary(e)
	case *hclsyntax.UnaryOpExpr:
		v, err := s.eval(e.Val)
		if err != nil {
			return v, err
		}
		if isUnknown(v) {
			return cty.UnknownVal(e.Op.Type), nil
		}
		return operate(e.Op, v)
	case *hclsyntax.IndexExpr:
		return s.index(e)
	case *hclsyntax.SplatExpr:
		return s.splat(e)
	case *hclsyntax.AnonSymbolExpr:
		for at := s; at != nil; at = at.up {
			if at.anon == e {
				return at.anonValue, nil
			}
		}
	case *hclsyntax.ForExpr:
		return s.forExpr(e)
	case *hclsyntax.FunctionCallExpr:
		return s.call(e)
	case *hclsyntax.ExprSyntaxError:
		return cty.NilVal, errors.New("this is not an expression")
	}
	return cty.NilVal, errors.New("an expression of this kind is not known")
}

// sane refuses numbers whose decimal text would fill the memory.
func sane(v cty.Value) error {
	if v == cty.NilVal || v.Type() != cty.Number || !v.IsKnown() || v.IsNull() {
		return nil
	}
	if f := v.AsBigFloat(); f.Sign() != 0 && !f.IsInf() {
		if exp := f.MantExp(nil); exp > 4096 || exp < -4096 {
			return errors.New("the number is out of all bounds")
		}
	}
	return nil
}

// number reads a number as JSON and HCL write it.
func number(text string) (cty.Value, error) {
	if len(text) > 400 {
		return cty.NilVal, errors.New("the number is too long")
	}
	f, _, err := big.ParseFloat(text, 10, 512, big.ToNearestEven)
	if err != nil {
		return cty.NilVal, err
	}
	v := cty.NumberVal(f)
	return v, sane(v)
}

// weightOf counts the parts and bytes of a value; it stops soon after limit.
func weightOf(v cty.Value, limit int) int {
	if v == cty.NilVal || !v.IsKnown() || v.IsNull() {
		return 1
	}
	switch t := v.Type(); {
	case t == cty.String:
		return 1 + len(v.AsString())
	case t.IsCollectionType(), t.IsTupleType(), t.IsObjectType():
		n := 1
		for it := v.ElementIterator(); n <= limit && it.Next(); {
			k, e := it.Element()
			n += weightOf(k, limit-n) + weightOf(e, limit-n)
		}
		return n
	}
	return 1
}

func (s *scope) template(e *hclsyntax.TemplateExpr) (cty.Value, error) {
	var b strings.Builder
	for _, p := range e.Parts {
		v, err := s.part(p)
		if err != nil {
			return v, err
		}
		text, err := s.text(v, p)
		if err != nil {
			if s.ev.trying > 0 {
				return cty.NilVal, err
			}
			s.ev.wrong(p, err)
			text = s.unknownText(p).AsString()
		}
		b.WriteString(text)
		if b.Len() > maxWeight {
			return cty.NilVal, errTooMuch
		}
	}
	return cty.StringVal(b.String()), nil
}

// text is a value as part of a text; what is unknown becomes a token.
func (s *scope) text(v cty.Value, e hclsyntax.Expression) (string, error) {
	if !v.IsKnown() {
		return s.unknownText(e).AsString(), nil
	}
	if v.IsNull() {
		return "", errors.New("null is no text")
	}
	c, err := convert.Convert(v, cty.String)
	if err != nil {
		return "", errors.New("this is no text")
	}
	return c.AsString(), nil
}

func (s *scope) templateJoin(e *hclsyntax.TemplateJoinExpr) (cty.Value, error) {
	v, err := s.eval(e.Tuple)
	if err != nil {
		return v, err
	}
	if isUnknown(v) || v.IsNull() || !v.CanIterateElements() {
		return s.unknownText(e.Tuple), nil
	}
	var b strings.Builder
	for it := v.ElementIterator(); it.Next(); {
		_, p := it.Element()
		text, err := s.text(p, e.Tuple)
		if err != nil {
			return cty.NilVal, err
		}
		b.WriteString(text)
		if b.Len() > maxWeight {
			return cty.NilVal, errTooMuch
		}
	}
	return cty.StringVal(b.String()), nil
}

func (s *scope) tuple(e *hclsyntax.TupleConsExpr) (cty.Value, error) {
	out := make([]cty.Value, 0, len(e.Exprs))
	for _, i := range e.Exprs {
		v, err := s.part(i)
		if err != nil {
			return v, err
		}
		out = append(out, s.known(v, i))
	}
	return cty.TupleVal(out), nil
}

// known is a value that goes into another: an unknown one becomes a token, so that it is not lost there.
func (s *scope) known(v cty.Value, e hclsyntax.Expression) cty.Value {
	if !v.IsKnown() && v.Type() != cty.Bool && v.Type() != cty.Number {
		return s.unknownText(e)
	}
	return v
}

func (s *scope) object(e *hclsyntax.ObjectConsExpr) (cty.Value, error) {
	out := map[string]cty.Value{}
	for _, i := range e.Items {
		k, err := s.part(i.KeyExpr)
		if err != nil {
			return k, err
		}
		key, err := s.text(k, i.KeyExpr)
		if err != nil {
			return cty.NilVal, err
		}
		v, err := s.part(i.ValueExpr)
		if err != nil {
			return v, err
		}
		out[key] = s.known(v, i.ValueExpr)
	}
	return cty.ObjectVal(out), nil
}

// addressKey is where the value of a resource keeps its address, so that attributes which nobody tells are named.
// No argument can have that name.
const addressKey = " address"

func (s *scope) forExpr(e *hclsyntax.ForExpr) (cty.Value, error) {
	coll, err := s.eval(e.CollExpr)
	if err != nil {
		return coll, err
	}
	if isUnknown(coll) || isGenerated(coll) {
		return s.unknownText(e), nil
	}
	if coll.IsNull() || !coll.CanIterateElements() {
		return cty.NilVal, errors.New("there is nothing to iterate over")
	}
	var list []cty.Value
	object := map[string]cty.Value{}
	groups := map[string][]cty.Value{}
	for it := coll.ElementIterator(); it.Next(); {
		k, v := it.Element()
		if k.Type() == cty.String && k.AsString() == addressKey {
			continue
		}
		vars := map[string]cty.Value{e.ValVar: v}
		if e.KeyVar != "" {
			vars[e.KeyVar] = k
		}
		in := s.with(vars)
		if e.CondExpr != nil {
			c, err := in.part(e.CondExpr)
			if err != nil {
				return c, err
			}
			if b := truth(c); b.IsKnown() && b.False() {
				continue
			}
		}
		value, err := in.part(e.ValExpr)
		if err != nil {
			return value, err
		}
		value = in.known(value, e.ValExpr)
		if e.KeyExpr == nil {
			list = append(list, value)
			continue
		}
		kv, err := in.part(e.KeyExpr)
		if err != nil {
			return kv, err
		}
		key, err := in.text(kv, e.KeyExpr)
		if err != nil {
			return cty.NilVal, err
		}
		if e.Group {
			groups[key] = append(groups[key], value)
		} else {
			object[key] = value
		}
	}
	if e.KeyExpr == nil {
		return cty.TupleVal(list), nil
	}
	for key, g := range groups {
		object[key] = cty.TupleVal(g)
	}
	return cty.ObjectVal(object), nil
}
