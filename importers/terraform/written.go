package terraform

import (
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"

	"bulkhead/model/source"
)

// A siteKind is how a statement is written.
type siteKind uint8

const (
	inObject  siteKind = iota // an object of HCL within a jsonencode
	inText                    // JSON in a heredoc, a file or a template
	inBlock                   // a statement block of an aws_iam_policy_document
	inElement                 // an object of which a dynamic block makes a statement block
)

// A site is where a statement is written.
type site struct {
	kind   siteKind
	span   source.Span
	object *hclsyntax.ObjectConsExpr // of inObject and inElement
	text   *jsonNode                 // of inText
	block  *hclsyntax.Block          // of inBlock
	made   bodyIn                    // of inElement: the content of the dynamic block
	list   *siteList                 // that it is an item of; nil where it stands alone or is a block
	scope  *scope
	plain  bool   // of inText: it is no template, so it cannot refer to anything
	shared string // why what is written here may be others' too; "" if it is not
	users  map[string]bool
}

// A siteList is the list that statements stand in.
type siteList struct {
	span   source.Span
	tuple  *hclsyntax.TupleConsExpr
	object *hclsyntax.ObjectConsExpr
	text   *jsonNode
}

// maxFollow bounds how many references are followed to where a value is written.
const maxFollow = 50

// documentsOf is where the statements of the document of an argument are written; nil where that is not known.
func (m *module) documentsOf(i *instance, path []string) *written {
	b, _ := i.place.bound(path)
	var sites []*site
	var span source.Span
	switch {
	case b.expr != nil:
		if span = m.span(b.expr.Range()); m.decls.standIn {
			span = m.called
		}
		sites = b.scope.sitesOf(b, 0)
	case len(path) == 1 && i.decl.typ == "aws_iam_policy_document" && i.decl.data && (path[0] == "json" || path[0] == "minified_json"):
		span = i.object.span
		sites = m.documented[i.object.address]
	}
	if sites == nil {
		return nil
	}
	out := &written{span: span}
	if m.evaluator.sites == nil {
		m.evaluator.sites = map[source.Span]*site{}
	}
	for _, s := range sites {
		if s == nil || s.span.IsZero() {
			out.statements = append(out.statements, span)
			continue
		}
		out.statements = append(out.statements, s.span)
		user := i.object.address + " " + strings.Join(path, ".")
		if was := m.evaluator.sites[s.span]; was != nil {
			was.users[user] = true
			if was.shared == "" {
				was.shared = s.shared
			}
			continue
		}
		if i.shared != "" && s.shared == "" && !i.isOwn(s) {
			s.shared = i.shared
		}
		s.users = map[string]bool{user: true}
		m.evaluator.sites[s.span] = s
	}
	return out
}

// isOwn reports whether what a statement is written as is given to the instance alone, though others are made like it: by the call
// of a module that is others', or as what for_each makes the instance for.
func (i *instance) isOwn(s *site) bool {
	if i.module.isForeign() && s.scope != nil && s.scope.m != i.module {
		return true
	}
	if i.each.expr == nil {
		return false
	}
	e := i.each.scope.written(i.each, 0)
	at := e.scope.ev.span(e.expr.Range())
	return !at.IsZero() && at.Contains(s.span)
}

// written follows references to the expression that a value is written as.
func (s *scope) written(b bound, depth int) bound {
	for ; depth < maxFollow; depth++ {
		next, ok := b.scope.writtenStep(b)
		if !ok {
			return b
		}
		b = next
	}
	return b
}

func (s *scope) writtenStep(b bound) (bound, bool) {
	switch e := b.expr.(type) {
	case *hclsyntax.ParenthesesExpr:
		return bound{e.Expression, b.scope}, true
	case *hclsyntax.TemplateWrapExpr:
		return bound{e.Wrapped, b.scope}, true
	case *hclsyntax.ConditionalExpr:
		c, err := s.quietly(e.Condition)
		if err != nil || isUnknown(c) || c.IsNull() {
			return b, false
		}
		if t := truth(c); t.IsKnown() && t.True() {
			return bound{e.TrueResult, b.scope}, true
		}
		return bound{e.FalseResult, b.scope}, true
	case *hclsyntax.FunctionCallExpr:
		switch e.Name {
		case "sensitive", "nonsensitive", "tostring", "tolist", "trimspace", "chomp":
			if len(e.Args) == 1 {
				return bound{e.Args[0], b.scope}, true
			}
		case "lookup":
			if len(e.Args) > 1 {
				if k, err := s.quietly(e.Args[1]); err == nil && !isUnknown(k) && !k.IsNull() {
					return s.within(bound{e.Args[0], b.scope}, hcl.Traversal{hcl.TraverseIndex{Key: k}})
				}
			}
		case "try":
			if len(e.Args) > 0 {
				if v, err := s.quietly(e.Args[0]); err == nil && !isUnknown(v) {
					return bound{e.Args[0], b.scope}, true
				}
			}
		}
	case *hclsyntax.ScopeTraversalExpr:
		return s.writtenReference(b, e.Traversal)
	case *hclsyntax.IndexExpr:
		if t := s.straight(e, 0); t != nil {
			if next, ok := s.writtenReference(b, t); ok {
				return next, true
			}
		}
		k, err := s.quietly(e.Key)
		if err != nil || isUnknown(k) || k.IsNull() {
			return b, false
		}
		return s.within(bound{e.Collection, b.scope}, hcl.Traversal{hcl.TraverseIndex{Key: k}})
	case *hclsyntax.RelativeTraversalExpr:
		if t := s.straight(e, 0); t != nil {
			if next, ok := s.writtenReference(b, t); ok {
				return next, true
			}
		}
		return s.within(bound{e.Source, b.scope}, e.Traversal)
	}
	return b, false
}

// maxKeys bounds how many keys of a reference are worked out.
const maxKeys = 8

// straight is a reference with all its keys worked out, as in a.b[each.key].c; nil where it is none or a key is not known.
func (s *scope) straight(e hclsyntax.Expression, depth int) hcl.Traversal {
	if depth > maxKeys {
		return nil
	}
	switch e := e.(type) {
	case *hclsyntax.ScopeTraversalExpr:
		return e.Traversal
	case *hclsyntax.RelativeTraversalExpr:
		if t := s.straight(e.Source, depth+1); t != nil {
			return slices.Concat(t, e.Traversal)
		}
	case *hclsyntax.IndexExpr:
		k, err := s.quietly(e.Key)
		if err != nil || isUnknown(k) || k.IsNull() {
			return nil
		}
		if t := s.straight(e.Collection, depth+1); t != nil {
			return append(slices.Clone(t), hcl.TraverseIndex{Key: k})
		}
	}
	return nil
}

// within is an element of a value that is written out.
func (s *scope) within(b bound, rest hcl.Traversal) (bound, bool) {
	for _, step := range rest {
		b = b.scope.written(b, 0)
		var key cty.Value
		switch step := step.(type) {
		case hcl.TraverseAttr:
			key = cty.StringVal(step.Name)
		case hcl.TraverseIndex:
			key = step.Key
		default:
			return b, false
		}
		switch e := b.expr.(type) {
		case *hclsyntax.ObjectConsExpr:
			found := false
			for _, i := range e.Items {
				if k, err := b.scope.quietly(i.KeyExpr); err == nil && sameKey(k, key) {
					b, found = bound{i.ValueExpr, b.scope}, true
					break
				}
			}
			if !found {
				return b, false
			}
		case *hclsyntax.TupleConsExpr:
			n, err := integerOf(key)
			if err != nil || n < 0 || n >= int64(len(e.Exprs)) {
				return b, false
			}
			b = bound{e.Exprs[n], b.scope}
		default:
			return b, false
		}
	}
	return b, true
}

func (s *scope) writtenReference(b bound, t hcl.Traversal) (bound, bool) {
	name := func(i int) string {
		if i < len(t) {
			if a, ok := t[i].(hcl.TraverseAttr); ok {
				return a.Name
			}
		}
		return ""
	}
	root := t.RootName()
	if _, ok := s.lookup(root); ok {
		if name(1) == "value" {
			for at := s; at != nil; at = at.up {
				if v, ok := at.from[root+".value"]; ok {
					return s.within(v, t[2:])
				}
				if _, ok := at.vars[root]; ok {
					break
				}
			}
		}
		return b, false
	}
	if s.m == nil {
		return b, false
	}
	m := s.m
	switch root {
	case "local":
		if a := m.decls.locals[name(1)]; a != nil {
			return s.within(bound{a.Expr, m.scope()}, t[2:])
		}
	case "var":
		v := m.decls.variables[name(1)]
		if v == nil {
			break
		}
		if g, ok := m.givens[name(1)]; ok {
			if g.expr == nil {
				break
			}
			return s.within(bound{g.expr, g.scope}, t[2:])
		}
		if def := v.Body.Attributes["default"]; def != nil {
			return s.within(bound{def.Expr, m.scope()}, t[2:])
		}
	case "module":
		if m.decls.callNamed[name(1)] == nil {
			break
		}
		c := m.call(name(1))
		at := 2
		var one *module
		if c.kind == single && len(c.instances) == 1 {
			one = c.instances[0].module
		} else if len(t) > 2 {
			if i, ok := t[2].(hcl.TraverseIndex); ok {
				for _, x := range c.instances {
					if sameKey(x.key, i.Key) {
						one, at = x.module, 3
					}
				}
			}
		}
		if one == nil || name(at) == "" {
			break
		}
		if o := one.decls.outputs[name(at)]; o != nil && o.Body.Attributes["value"] != nil {
			return s.within(bound{o.Body.Attributes["value"].Expr, one.scope()}, t[at+1:])
		}
	case "each", "count", "self", "path", "terraform":
	default:
		i, rest := m.instanceAt(t)
		if i == nil || i.decl.typ == "aws_iam_policy_document" {
			break
		}
		if len(rest) > 0 {
			if a, ok := rest[0].(hcl.TraverseAttr); ok {
				if found, _ := i.place.bound([]string{a.Name}); found.expr != nil {
					return s.within(found, rest[1:])
				}
			}
		}
	}
	return b, false
}

// instanceAt is the resource or data source that a reference names, and what of the reference is behind it.
func (m *module) instanceAt(t hcl.Traversal) (*instance, hcl.Traversal) {
	key, at := t.RootName(), 1
	for n := 1; n < len(t) && (n < 2 || n < 3 && t.RootName() == "data"); n++ {
		a, ok := t[n].(hcl.TraverseAttr)
		if !ok {
			return nil, nil
		}
		key += "." + a.Name
		at = n + 1
	}
	d := m.decls.byName[key]
	if d == nil {
		return nil, nil
	}
	x := m.resource(d)
	if x == nil {
		return nil, nil
	}
	if at < len(t) && x.kind != single {
		if i, ok := t[at].(hcl.TraverseIndex); ok {
			for _, one := range x.instances {
				if sameKey(one.key, i.Key) {
					return one, t[at+1:]
				}
			}
		}
		return nil, nil
	}
	if x.kind == single && len(x.instances) == 1 {
		return x.instances[0], t[at:]
	}
	return nil, nil
}

// element is an element of a list that is written out; nothing where it is not.
func (s *scope) element(b bound, n int) bound {
	b = s.written(b, 0)
	if t, ok := b.expr.(*hclsyntax.TupleConsExpr); ok && n < len(t.Exprs) {
		return bound{t.Exprs[n], b.scope}
	}
	return bound{}
}

// sitesOf is where the statements of a document in text stand; nil where that is not known.
func (s *scope) sitesOf(b bound, depth int) []*site {
	if b.expr == nil || depth > maxFollow {
		return nil
	}
	b = b.scope.written(b, 0)
	switch e := b.expr.(type) {
	case *hclsyntax.FunctionCallExpr:
		switch {
		case (e.Name == "jsonencode" || e.Name == "yamlencode") && len(e.Args) == 1:
			return b.scope.objectSites(bound{e.Args[0], b.scope}, depth+1)
		case (e.Name == "file" || e.Name == "templatefile") && len(e.Args) > 0:
			v, err := b.scope.quietly(e.Args[0])
			if err != nil || uncertain(v) || v.IsNull() || v.Type() != cty.String {
				return nil
			}
			name, err := b.scope.ev.inside(v.AsString())
			if err != nil {
				return nil
			}
			data, err := b.scope.ev.read(name)
			if err != nil {
				return nil
			}
			in := b.scope
			if e.Name == "templatefile" {
				in = &scope{ev: b.scope.ev, vars: map[string]cty.Value{}}
				if len(e.Args) > 1 {
					vars, err := b.scope.quietly(e.Args[1])
					if err != nil {
						return nil
					}
					in.vars = variablesOf(vars)
				}
			}
			return in.textSites(name, data, 0, len(data), e.Name == "templatefile")
		}
	case *hclsyntax.TemplateExpr:
		r := e.Range()
		data := b.scope.ev.files[r.Filename]
		if len(e.Parts) == 0 || r.End.Byte > len(data) || !strings.HasPrefix(string(data[r.Start.Byte:min(r.End.Byte, r.Start.Byte+2)]), "<<") {
			return nil
		}
		return b.scope.textSites(r.Filename, data, e.Parts[0].Range().Start.Byte, e.Parts[len(e.Parts)-1].Range().End.Byte, true)
	case *hclsyntax.ScopeTraversalExpr, *hclsyntax.RelativeTraversalExpr:
		t := b.scope.straight(e, 0)
		if b.scope.m == nil || t == nil || t.RootName() != "data" {
			return nil
		}
		i, rest := b.scope.m.instanceAt(t)
		if i == nil || i.decl.typ != "aws_iam_policy_document" || len(rest) != 1 {
			return nil
		}
		return b.scope.ev.documented[i.object.address]
	}
	return nil
}

// objectSites is where the statements of a document stand that is an object of HCL.
func (s *scope) objectSites(b bound, depth int) []*site {
	b = b.scope.written(b, 0)
	o, ok := b.expr.(*hclsyntax.ObjectConsExpr)
	if !ok {
		return nil
	}
	for _, i := range o.Items {
		if k, err := b.scope.quietly(i.KeyExpr); err == nil && sameKey(k, cty.StringVal("Statement")) {
			return b.scope.listSites(bound{i.ValueExpr, b.scope}, depth+1)
		}
	}
	return nil
}

// listSites is where the statements of a list stand.
func (s *scope) listSites(b bound, depth int) []*site {
	if depth > maxFollow {
		return nil
	}
	b = b.scope.written(b, 0)
	ev := b.scope.ev
	switch e := b.expr.(type) {
	case *hclsyntax.ObjectConsExpr:
		return []*site{{kind: inObject, span: ev.span(e.Range()), object: e, scope: b.scope}}
	case *hclsyntax.TupleConsExpr:
		list := &siteList{span: ev.span(e.Range()), tuple: e}
		out := []*site{}
		for _, x := range e.Exprs {
			at := b.scope.written(bound{x, b.scope}, 0)
			if o, ok := at.expr.(*hclsyntax.ObjectConsExpr); ok {
				st := &site{kind: inObject, span: ev.span(o.Range()), object: o, scope: at.scope, list: list}
				if at.expr != x {
					st.list, st.shared = nil, "it stands apart from what uses it, where others may use it too"
				}
				out = append(out, st)
				continue
			}
			out = append(out, &site{kind: inObject, span: ev.span(x.Range()), scope: b.scope, shared: "it is the result of an expression"})
		}
		return out
	case *hclsyntax.ForExpr:
		v, err := b.scope.quietly(e)
		if err != nil || isUnknown(v) || v.IsNull() || !v.Type().IsTupleType() {
			return nil
		}
		out := []*site{}
		for range v.LengthInt() {
			out = append(out, &site{kind: inObject, span: ev.span(e.ValExpr.Range()), scope: b.scope, shared: "a for expression makes it"})
		}
		return out
	case *hclsyntax.FunctionCallExpr:
		args := e.Args
		if e.Name == "flatten" && len(args) == 1 {
			t, ok := b.scope.written(bound{args[0], b.scope}, 0).expr.(*hclsyntax.TupleConsExpr)
			if !ok {
				return nil
			}
			args = t.Exprs
		} else if e.Name != "concat" || e.ExpandFinal {
			return nil
		}
		out := []*site{}
		for _, a := range args {
			sites := b.scope.listSites(bound{a, b.scope}, depth+1)
			if sites == nil {
				return nil
			}
			out = append(out, sites...)
		}
		return out
	}
	return nil
}

// textSites is where the statements of a document in JSON stand, in which template says whether ${…} is a reference.
func (s *scope) textSites(file string, data []byte, start, end int, template bool) []*site {
	root, err := readJSONText(data, start, end, template)
	if err != nil || root.kind != jsonObject {
		return nil
	}
	st := root.member("Statement")
	if st == nil {
		return nil
	}
	span := func(n *jsonNode) source.Span { return spanIn(file, data, n.start, n.end) }
	if st.kind == jsonObject {
		return []*site{{kind: inText, span: span(st), text: st, scope: s, plain: !template}}
	}
	if st.kind != jsonList {
		return nil
	}
	list := &siteList{span: span(st), text: st}
	out := []*site{}
	for _, i := range st.items {
		out = append(out, &site{kind: inText, span: span(i), text: i, list: list, scope: s, plain: !template})
	}
	return out
}
