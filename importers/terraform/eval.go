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
	case yes.Type().Equals(no.Type()) && yes.RawEquals(no):
		return yes, nil
	case nothing(no):
		return yes, nil
	case nothing(yes):
		return no, nil
	case yes.Type() == cty.String && no.Type() == cty.String:
		return s.unknownText(e), nil
	case yes.Type() == cty.Number && no.Type() == cty.Number, yes.Type() == cty.Bool && no.Type() == cty.Bool:
		return cty.UnknownVal(yes.Type()), nil
	}
	if !s.ev.choices[e] {
		s.ev.choices[e] = true
		s.ev.tell(source.Warning, s.ev.span(e.Condition.Range()), "nobody tells which of the two this chooses", "The first was taken.")
	}
	return yes, nil
}

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

// addressKey is where the value of a resource keeps its address, so that attributes which nobody tells are named.
// No argument can have that name.
const addressKey = " address"

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
