package terraform

import (
	"fmt"
	"maps"
	"math/big"
	"slices"
	"strconv"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"

	"bulkhead/model/source"
)

// A repetition is how a block makes instances.
type repetition uint8

const (
	single  repetition = iota
	counted            // count
	keyed              // for_each
)

// A repeated is one instance that a block makes.
type repeated struct {
	kind  repetition
	key   cty.Value
	value cty.Value // each.value
	bound bound     // what each.value is written as
	list  *siteList // that it is written in
}

// suffix is the instance's part of an address: [0] or ["eu"].
func (r repeated) suffix() string {
	switch r.kind {
	case counted:
		return "[" + numberText(r.key) + "]"
	case keyed:
		return "[" + strconv.Quote(numberText(r.key)) + "]"
	case single:
	}
	return ""
}

func (r repeated) scope(s *scope) *scope {
	switch r.kind {
	case counted:
		return s.with(map[string]cty.Value{"count": cty.ObjectVal(map[string]cty.Value{"index": r.key})})
	case keyed:
		n := s.with(map[string]cty.Value{"each": cty.ObjectVal(map[string]cty.Value{"key": r.key, "value": r.value})})
		if r.bound.expr != nil {
			n.from = map[string]bound{"each.value": r.bound}
		}
		return n
	case single:
	}
	return s
}

// repeat works out the instances of a resource or module. Where nobody tells how many there are, there is one.
func (m *module) repeat(b *hclsyntax.Block, what string) ([]repeated, repetition) {
	s := m.scope()
	if a := b.Body.Attributes["count"]; a != nil {
		v, err := s.eval(a.Expr)
		at := m.span(a.Expr.Range())
		n := 1
		switch {
		case err != nil:
			m.tell(source.Warning, at, "the count of "+what+" cannot be worked out", cause(err)+" One was taken.")
		case isUnknown(v):
			m.tell(source.Warning, at, "nobody tells the count of "+what, "One was taken."+m.remedyFor(v))
		default:
			c, err := convert.Convert(v, cty.Number)
			if err != nil || c.IsNull() {
				m.tell(source.Warning, at, "the count of "+what+" is no number", "One was taken.")
				break
			}
			i, _ := c.AsBigFloat().Int64()
			n = int(max(0, min(i, maxInstances)))
			if int64(n) < i {
				m.tell(source.Error, at, what+" has too many instances", fmt.Sprintf("The first %d are in the design.", n))
			}
		}
		var out []repeated
		for i := range n {
			out = append(out, repeated{kind: counted, key: cty.NumberIntVal(int64(i))})
		}
		return out, counted
	}
	if a := b.Body.Attributes["for_each"]; a != nil {
		return s.each(a.Expr, what), keyed
	}
	return []repeated{{kind: single}}, single
}

// remedyFor says how an unknown value can be given.
func (m *module) remedyFor(v cty.Value) string {
	if isToken(v) {
		if name, ok := strings.CutPrefix(nameOfToken(v), "var."); ok && !strings.ContainsAny(name, ".[( ") {
			return " Give it with --param " + name + "=value."
		}
	}
	return ""
}

// each works out the elements of a for_each; of one that nobody tells, one element whose key and value are tokens.
func (s *scope) each(e hclsyntax.Expression, what string) []repeated {
	v, err := s.eval(e)
	at := s.ev.span(e.Range())
	switch {
	case err != nil:
		s.ev.tell(source.Warning, at, "what "+what+" is made for cannot be worked out", cause(err)+" One was taken.")
	case v.IsKnown() && v.IsNull():
		return nil
	case isUnknown(v) || !v.CanIterateElements():
		s.ev.tell(source.Warning, at, "nobody tells what "+what+" is made for", "One was taken.")
	default:
		var out []repeated
		list := v.Type().IsListType() || v.Type().IsTupleType() || v.Type().IsSetType()
		for it := v.ElementIterator(); it.Next(); {
			k, x := it.Element()
			if list {
				k = x
			}
			if key, err := convert.Convert(k, cty.String); err == nil && key.IsKnown() && !key.IsNull() {
				k = key
			} else {
				k = s.unknownText(e)
			}
			if k.AsString() == addressKey {
				continue
			}
			if len(out) >= maxInstances {
				s.ev.tell(source.Error, at, what+" has too many instances", fmt.Sprintf("The first %d are in the design.", maxInstances))
				break
			}
			r := repeated{kind: keyed, key: k, value: x}
			r.bound, r.list = s.elementOf(e, v.Type(), k, len(out))
			out = append(out, r)
		}
		return out
	}
	return []repeated{{kind: keyed, key: cty.StringVal(tokenText("each.key")), value: cty.StringVal(tokenText("each.value"))}}
}

// elementOf is the expression behind an element of a collection of a type that is written out, and that collection: of a list it is the n-th.
func (s *scope) elementOf(e hclsyntax.Expression, of cty.Type, key cty.Value, n int) (bound, *siteList) {
	if of.IsSetType() {
		return bound{}, nil
	}
	at := s.written(bound{e, s}, 0)
	list := &siteList{}
	if at.expr != nil {
		list.span = s.ev.span(at.expr.Range())
	}
	switch c := at.expr.(type) {
	case *hclsyntax.TupleConsExpr:
		if (of.IsListType() || of.IsTupleType()) && n < len(c.Exprs) {
			list.tuple = c
			return bound{c.Exprs[n], at.scope}, list
		}
	case *hclsyntax.ObjectConsExpr:
		for _, i := range c.Items {
			if k, err := at.scope.quietly(i.KeyExpr); err == nil && sameKey(k, key) {
				list.object = c
				return bound{i.ValueExpr, at.scope}, list
			}
		}
	}
	return bound{}, nil
}

// quietly evaluates without telling what is wrong.
func (s *scope) quietly(e hclsyntax.Expression) (cty.Value, error) {
	s.ev.quiet++
	defer func() { s.ev.quiet-- }()
	return s.eval(e)
}

// collect makes of the instances' values what a reference without an index means.
func collect(kind repetition, n int, at func(int) (key, value cty.Value)) cty.Value {
	switch kind {
	case counted:
		var out []cty.Value
		for i := range n {
			_, v := at(i)
			out = append(out, v)
		}
		return cty.TupleVal(out)
	case keyed:
		out := map[string]cty.Value{}
		for i := range n {
			k, v := at(i)
			out[k.AsString()] = v
		}
		return cty.ObjectVal(out)
	case single:
	}
	if n == 0 {
		return cty.NullVal(cty.DynamicPseudoType)
	}
	_, v := at(0)
	return v
}

// An expansion is what a resource or data block makes.
type expansion struct {
	busy      bool
	kind      repetition
	instances []*instance
}

// An instance is one resource as others refer to it.
type instance struct {
	key    cty.Value
	value  cty.Value // with addressKey
	args   cty.Value
	object *object
	place  *place
	module *module
	decl   *declared
	shared string // why what is written here makes more than this one; "" if it does not
	each   bound  // what each.value is written as
}

// metaArguments are arguments and blocks of Terraform itself, which no resource has.
var metaArguments = []string{"count", "for_each", "provider", "depends_on", "lifecycle", "provisioner", "connection"}

// resource works out the instances of a resource or data block; nil while it is being worked out.
func (m *module) resource(d *declared) *expansion {
	if x := m.resources[d.key()]; x != nil {
		if x.busy {
			return nil
		}
		return x
	}
	x := &expansion{busy: true}
	m.resources[d.key()] = x
	keys, kind := m.repeat(d.block, d.key())
	x.kind = kind
	for _, k := range keys {
		if m.made++; m.made > maxObjects {
			m.tell(source.Error, source.Span{File: m.root}, "the configuration has too many resources", fmt.Sprintf("The first %d are in the design.", maxObjects))
			break
		}
		i := m.instanceOf(d, k, m.sharedBy(kind, len(keys)))
		x.instances = append(x.instances, i)
	}
	x.busy = false
	return x
}

// isForeign reports whether the module is others': what its calls give it stands in the configuration all the same.
func (m *module) isForeign() bool {
	return m.decls.standIn || strings.HasPrefix(relative(m.root, m.dir), fetchedDir)
}

// sharedBy says why what a block says makes more than one resource; "" if it does not.
func (m *module) sharedBy(kind repetition, n int) string {
	switch {
	case m.decls.standIn:
		return "a module of the registry makes it"
	case strings.HasPrefix(relative(m.root, m.dir), fetchedDir):
		return "its module was fetched from elsewhere"
	case m.reach > 1:
		return "its module is used several times"
	case n > 1, kind == keyed:
		return "count or for_each makes several of it"
	}
	return ""
}

func (m *module) instanceOf(d *declared, k repeated, shared string) *instance {
	s := k.scope(m.scope())
	address := m.path + d.key() + k.suffix()
	p := m.providerOfBlock(d)
	trying := m.trying
	m.trying = 0
	values, where := s.body(d.block.Body, metaArguments)
	m.trying = trying
	if len(p.tags) > 0 && !d.data && strings.HasPrefix(d.typ, "aws_") {
		values["tags_all"] = withTags(p.tags, values["tags"])
	}
	args := cty.ObjectVal(values)
	if name := words(dig(args, nameArgument(identityOf(d.typ), args))); len(name) > 4096 { // no name of AWS: what is made of it would cost as much again, each time
		m.evaluator.spent += len(name) / 4
	}
	i := &instance{key: k.key, args: args, place: where, module: m, decl: d, shared: shared, each: k.bound}
	full := maps.Clone(values)
	if d.data {
		maps.Copy(full, m.dataSource(d, s, address, args, p.owner, i))
	} else {
		maps.Copy(full, computed(d.typ, address, args, p.owner))
		if d.typ == "aws_organizations_account" { // its id is its number, by which roles and providers name it
			full["id"] = cty.StringVal(m.evaluator.accounts.of(d.typ+" "+address, func(string) {}))
		}
	}
	o := &object{address: address, typ: d.typ, data: d.data, owner: p.owner, value: m.exported(cty.ObjectVal(full)), span: where.span}
	o.span = m.blockSpan(d.block)
	where.span = o.span
	o.at = func(path ...string) source.Span {
		if at := where.at(path); !at.IsZero() {
			return at
		}
		return o.span
	}
	o.documents = func(path ...string) *written { return m.documentsOf(i, path) }
	if m.decls.standIn {
		o.span = m.called
		o.at = func(...string) source.Span { return m.called }
	}
	i.object = o
	full[addressKey] = cty.StringVal(address)
	i.value = cty.ObjectVal(full)
	if m.evaluator.byAddress == nil {
		m.evaluator.byAddress = map[string]*instance{}
	}
	m.evaluator.byAddress[address] = i
	return i
}

func withTags(defaults map[string]string, own cty.Value) cty.Value {
	out := map[string]cty.Value{}
	for k, v := range defaults {
		out[k] = cty.StringVal(v)
	}
	if own != cty.NilVal && own.IsKnown() && !own.IsNull() && own.CanIterateElements() {
		for it := own.ElementIterator(); it.Next(); {
			k, v := it.Element()
			if c, err := convert.Convert(v, cty.String); err == nil && k.Type() == cty.String {
				out[k.AsString()] = c
			}
		}
	}
	return cty.MapVal(out)
}

// attribute is an attribute of a resource that neither its arguments nor its identity tell.
func (ev *evaluator) attribute(address, name string) cty.Value {
	i := ev.byAddress[address]
	if i == nil || i.decl.data {
		return cty.StringVal(tokenText(address + "." + name))
	}
	return attribute(i.decl.typ, address, i.args, i.object.owner, name)
}

// blockSpan is a block from its type to its closing brace.
func (ev *evaluator) blockSpan(b *hclsyntax.Block) source.Span {
	return ev.span(hcl.RangeBetween(b.TypeRange, b.CloseBraceRange))
}

// reference is the value of a resource or data source, with what a reference continues.
func (m *module) reference(key string, rest hcl.Traversal) (cty.Value, error) {
	d := m.decls.byName[key]
	if d == nil {
		return cty.NilVal, fmt.Errorf("there is no %s", key)
	}
	x := m.resource(d)
	if x == nil {
		return cty.NilVal, fmt.Errorf("%s needs itself", key)
	}
	if len(rest) > 0 && x.kind != single {
		if i, ok := rest[0].(hcl.TraverseIndex); ok {
			for _, one := range x.instances {
				if sameKey(one.key, i.Key) {
					return m.steps(one.value, rest[1:])
				}
			}
		}
	}
	return m.steps(collect(x.kind, len(x.instances), func(i int) (cty.Value, cty.Value) { return x.instances[i].key, x.instances[i].value }), rest)
}

// A place is where the arguments and nested blocks of a resource stand.
type place struct {
	span    source.Span
	block   *hclsyntax.Block // nil for a resource written in JSON, and for dynamic blocks
	shared  bool             // of a dynamic block, which may make several
	element bound            // of a dynamic block: what it is made for, where that is written out
	list    *siteList        // of a dynamic block: that the element stands in
	content bodyIn           // of a dynamic block
	attrs   map[string]bound
	spans   map[string]source.Span
	blocks  map[string][]*place
}

// bodyIn is a body as it is worked out.
type bodyIn struct {
	body  *hclsyntax.Body
	scope *scope
}

// at is the place of an argument or nested block by its path; zero where it is not known.
func (p *place) at(path []string) source.Span {
	for len(path) > 0 {
		if at, ok := p.spans[path[0]]; ok {
			return at
		}
		list := p.blocks[path[0]]
		if len(list) == 0 {
			return source.Span{}
		}
		n := 0
		if len(path) > 1 {
			if i, err := strconv.Atoi(path[1]); err == nil {
				n, path = i, path[1:]
			}
		}
		if n < 0 || n >= len(list) {
			return source.Span{}
		}
		p, path = list[n], path[1:]
	}
	return p.span
}

// bound is the expression of an argument by its path.
func (p *place) bound(path []string) (bound, *place) {
	for len(path) > 0 {
		if b, ok := p.attrs[path[0]]; ok && len(path) == 1 {
			return b, p
		}
		list := p.blocks[path[0]]
		n := 0
		if len(path) > 1 {
			if i, err := strconv.Atoi(path[1]); err == nil {
				n, path = i, path[1:]
			}
		}
		if n < 0 || n >= len(list) {
			return bound{}, nil
		}
		p, path = list[n], path[1:]
	}
	return bound{}, nil
}

// body works out the arguments and nested blocks of a block: blocks as lists of objects. What is null is not there.
func (s *scope) body(b *hclsyntax.Body, skip []string) (map[string]cty.Value, *place) {
	out := map[string]cty.Value{}
	p := &place{span: s.ev.span(b.SrcRange), attrs: map[string]bound{}, spans: map[string]source.Span{}, blocks: map[string][]*place{}}
	for _, a := range argumentsOf(b) {
		if slices.Contains(skip, a.Name) {
			continue
		}
		v := spliced(a.Expr, s.lenient(a.Expr))
		if v.IsKnown() && v.IsNull() {
			continue
		}
		out[a.Name] = v
		p.attrs[a.Name] = bound{a.Expr, s}
		p.spans[a.Name] = s.ev.span(a.Expr.Range())
	}
	lists := map[string][]cty.Value{}
	for _, n := range b.Blocks {
		if slices.Contains(skip, n.Type) {
			continue
		}
		if n.Type == "dynamic" && len(n.Labels) == 1 {
			values, places := s.dynamic(n)
			lists[n.Labels[0]] = append(lists[n.Labels[0]], values...)
			p.blocks[n.Labels[0]] = append(p.blocks[n.Labels[0]], places...)
			continue
		}
		values, where := s.body(n.Body, nil)
		where.span, where.block = s.ev.blockSpan(n), n
		lists[n.Type] = append(lists[n.Type], cty.ObjectVal(values))
		p.blocks[n.Type] = append(p.blocks[n.Type], where)
	}
	for typ, list := range lists {
		if v, ok := out[typ]; ok && p.blocks[typ] != nil && v.IsKnown() && v.Type().IsObjectType() { // a block as versions before 0.12 let it be written
			list = append([]cty.Value{v}, list...)
			p.blocks[typ] = append([]*place{{span: p.spans[typ]}}, p.blocks[typ]...)
			delete(p.spans, typ)
			delete(p.attrs, typ)
		}
		out[typ] = cty.TupleVal(list)
	}
	return out, p
}

// spliced is a value with the lists in its lists that are written as texts, ["${var.a}"], taken apart: versions before 0.12 want them
// so, and for later ones that is no list of texts at all.
func spliced(e hclsyntax.Expression, v cty.Value) cty.Value {
	if !v.IsKnown() || v.IsNull() || v.IsMarked() {
		return v
	}
	switch e := e.(type) {
	case *hclsyntax.ObjectConsExpr:
		if !v.Type().IsObjectType() || v.LengthInt() == 0 {
			return v
		}
		out := v.AsValueMap()
		for _, i := range e.Items {
			if x, ok := out[hcl.ExprAsKeyword(i.KeyExpr)]; ok {
				out[hcl.ExprAsKeyword(i.KeyExpr)] = spliced(i.ValueExpr, x)
			}
		}
		return cty.ObjectVal(out)
	case *hclsyntax.TupleConsExpr:
		if !v.Type().IsTupleType() || v.LengthInt() != len(e.Exprs) {
			return v
		}
		var out []cty.Value
		apart := false
		for i, x := range v.AsValueSlice() {
			if _, wrapped := e.Exprs[i].(*hclsyntax.TemplateWrapExpr); wrapped && x.IsKnown() && !x.IsNull() && (x.Type().IsTupleType() || x.Type().IsListType() || x.Type().IsSetType()) {
				out, apart = append(out, x.AsValueSlice()...), true
				continue
			}
			out = append(out, x)
		}
		if apart {
			return cty.TupleVal(out)
		}
	}
	return v
}

// dynamic works out the blocks that a dynamic block makes.
// https://developer.hashicorp.com/terraform/language/expressions/dynamic-blocks
func (s *scope) dynamic(b *hclsyntax.Block) (values []cty.Value, places []*place) {
	each := b.Body.Attributes["for_each"]
	if each == nil {
		return nil, nil
	}
	name := b.Labels[0]
	if a := b.Body.Attributes["iterator"]; a != nil {
		if n := hcl.ExprAsKeyword(a.Expr); n != "" {
			name = n
		} else if n := literalText(a.Expr); n != "" {
			name = n
		}
	}
	for _, c := range b.Body.Blocks {
		if c.Type != "content" {
			continue
		}
		elements := s.each(each.Expr, "the "+b.Labels[0]+" block")
		for i, e := range elements {
			in := s.with(map[string]cty.Value{name: cty.ObjectVal(map[string]cty.Value{"key": s.iteratorKey(each.Expr, e, i), "value": e.value})})
			if e.bound.expr != nil {
				in.from = map[string]bound{name + ".value": e.bound}
			}
			v, where := in.body(c.Body, nil)
			where.span, where.shared, where.element, where.list, where.content = s.ev.blockSpan(b), true, e.bound, e.list, bodyIn{c.Body, in}
			values = append(values, cty.ObjectVal(v))
			places = append(places, where)
		}
	}
	return values, places
}

// iteratorKey is the key of a dynamic block's iterator: of a list the index.
func (s *scope) iteratorKey(e hclsyntax.Expression, r repeated, i int) cty.Value {
	if v, err := s.quietly(e); err == nil && v.IsKnown() && (v.Type().IsTupleType() || v.Type().IsListType()) {
		return cty.NumberVal(new(big.Float).SetInt64(int64(i)))
	}
	return r.key
}

// exported is a value as objects have it: without the address, and with an unknown value in the place of a token that
// stands for a variable of another type than string.
func (ev *evaluator) exported(v cty.Value) cty.Value {
	if !v.IsKnown() || v.IsNull() {
		return v
	}
	switch t := v.Type(); {
	case t == cty.String:
		if typ, ok := ev.kinds[v.AsString()]; ok && typ != cty.String && typ != cty.DynamicPseudoType {
			return cty.UnknownVal(typ)
		}
	case t.IsObjectType():
		out := map[string]cty.Value{}
		for name := range t.AttributeTypes() {
			if name != addressKey {
				out[name] = ev.exported(v.GetAttr(name))
			}
		}
		return cty.ObjectVal(out)
	case t.IsTupleType():
		var out []cty.Value
		for it := v.ElementIterator(); it.Next(); {
			_, e := it.Element()
			out = append(out, ev.exported(e))
		}
		return cty.TupleVal(out)
	}
	return v
}
