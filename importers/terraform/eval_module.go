package terraform

import (
	"context"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/ext/typeexpr"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"

	"bulkhead/importers"
	"bulkhead/model/source"
)

// An evaluator works out a configuration. Values are worked out when somebody asks for them, once.
type evaluator struct {
	ctx     context.Context
	fsys    fs.FS
	root    string // folder of the root module
	options importers.Options
	main    *module

	parsed      map[string]*declarations
	files       source.Files
	named       string      // see region
	namedAt     source.Span // the ARN that names it
	objects     []*object
	byAddress   map[string]*instance
	sites       map[source.Span]*site // where statements are written, for patches
	diagnostics []source.Diagnostic
	told        map[string]bool
	quiet       int // above 0: nothing is told
	tokens      map[string]*unknown
	tokenOrder  []string
	kinds       map[string]cty.Type           // types of the variables behind tokens
	choices     map[hclsyntax.Expression]bool // conditionals whose condition nobody tells, told once

	documented map[string][]*site // address of an aws_iam_policy_document → where its statements are written

	accounts accounts
	manifest map[string]string // call → folder of a module that "terraform init" has fetched
	modules  int
	made     int // resources and data sources
	spent    int
	depth    int
	trying   int // above 0: within try or can, where an error is an answer
}

// A given is the value of a module's variable: worked out, or an argument of the call in the caller's scope.
type given struct {
	value cty.Value
	expr  hclsyntax.Expression
	scope *scope
}

// A module is one instance of a module: the root, or one that a call makes.
type module struct {
	*evaluator
	decls     *declarations
	dir       string
	path      string // "module.a[0].", "" for the root
	parent    *module
	nested    int
	called    source.Span // the block that calls it
	names     []string    // of the calls that lead to it
	givens    map[string]given
	providers map[string]*provider // as the call passes them, by the name within
	reach     int                  // how many instances use this module's files

	variables map[string]*named
	locals    map[string]*named
	outputs   map[string]*named
	resources map[string]*expansion
	calls     map[string]*callExpansion
	own       map[string]*provider
}

// A named is a value that is worked out once.
type named struct {
	busy, done bool
	value      cty.Value
}

func (m *module) prepare() {
	m.variables, m.locals, m.outputs = map[string]*named{}, map[string]*named{}, map[string]*named{}
	m.resources, m.calls, m.own = map[string]*expansion{}, map[string]*callExpansion{}, map[string]*provider{}
	if m.givens == nil {
		m.givens = map[string]given{}
	}
	m.evaluator.modules++
}

// assume gives the root module its values.
func (m *module) assume(values map[string]given) {
	maps.Copy(m.givens, values)
	m.assumeUsual()
}

// scope is the module's own scope, without iteration.
func (m *module) scope() *scope { return &scope{ev: m.evaluator, m: m} }

// once works out a named value. A value that needs itself is an error.
func (m *module) once(values map[string]*named, name string, make func() cty.Value) (cty.Value, error) {
	n := values[name]
	if n == nil {
		n = &named{}
		values[name] = n
	}
	switch {
	case n.done:
		return n.value, nil
	case n.busy:
		return cty.NilVal, fmt.Errorf("%s needs itself", name)
	}
	n.busy = true
	trying := m.trying
	m.trying = 0 // what is wrong within it is told there, whoever asks first
	n.value = make()
	m.trying = trying
	n.busy, n.done = false, true
	if weightOf(n.value, maxWeight) > maxWeight {
		m.tell(source.Warning, source.Span{File: m.dir}, "the value of "+m.path+name+" is too large", "It was taken as unknown.")
		n.value = cty.StringVal(tokenText(m.path + name))
	}
	return n.value, nil
}

// variable is the value of a variable: given, its default, or the token ${var.name}.
func (m *module) variable(name string) (cty.Value, error) {
	b := m.decls.variables[name]
	if b == nil {
		return cty.NilVal, fmt.Errorf("there is no variable %s", name)
	}
	return m.once(m.variables, name, func() cty.Value {
		typ, defaults := m.constraint(b)
		v := cty.NilVal
		if g, ok := m.givens[name]; ok {
			v = g.value
			if g.expr != nil {
				v = g.scope.lenient(g.expr)
			}
		}
		def := b.Body.Attributes["default"]
		if v != cty.NilVal && v.IsKnown() && v.IsNull() && def != nil && !m.nullable(b) {
			v = cty.NilVal
		}
		if v == cty.NilVal && def != nil {
			v = (&scope{ev: m.evaluator}).lenient(def.Expr)
		}
		if v == cty.NilVal {
			text := tokenText(m.path + "var." + name)
			m.kinds[text] = typ
			remedy := "Give it with --param " + name + "=value, or in terraform.tfvars."
			if m.parent != nil {
				remedy = "Give it where the module is called."
			}
			m.note(text, m.span(b.DefRange()), "variable "+name+" has no value", remedy)
			return cty.StringVal(text)
		}
		return conform(v, typ, defaults)
	})
}

func (m *module) nullable(b *hclsyntax.Block) bool {
	a := b.Body.Attributes["nullable"]
	if a == nil {
		return true
	}
	v, diags := a.Expr.Value(nil)
	return diags.HasErrors() || v.Type() != cty.Bool || v.IsNull() || !v.IsKnown() || v.True()
}

// constraint is the type of a variable, any where it declares none, and the defaults of its optional attributes.
func (ev *evaluator) constraint(b *hclsyntax.Block) (cty.Type, *typeexpr.Defaults) {
	a := b.Body.Attributes["type"]
	if a == nil {
		return cty.DynamicPseudoType, nil
	}
	var expr hcl.Expression = a.Expr
	if l := literalText(a.Expr); l != "" { // in JSON, and before 0.12, a type is text
		data := []byte(l)
		e, diags := hclsyntax.ParseExpression(data, a.SrcRange.Filename, a.Expr.Range().Start)
		if tame(data) != nil || diags.HasErrors() {
			return cty.DynamicPseudoType, nil
		}
		expr = e
	}
	typ, defaults, diags := typeexpr.TypeConstraintWithDefaults(expr)
	if diags.HasErrors() {
		return cty.DynamicPseudoType, nil
	}
	return typ, defaults
}

// literalText is the text of an expression that is a plain text, "" otherwise.
func literalText(e hclsyntax.Expression) string {
	switch e := e.(type) {
	case *hclsyntax.LiteralValueExpr:
		if e.Val.Type() == cty.String && e.Val.IsKnown() && !e.Val.IsNull() {
			return e.Val.AsString()
		}
	case *hclsyntax.TemplateExpr:
		if len(e.Parts) == 1 {
			return literalText(e.Parts[0])
		}
	}
	return ""
}

// conform converts a value to a type as far as tokens in it allow.
func conform(v cty.Value, typ cty.Type, defaults *typeexpr.Defaults) (out cty.Value) {
	defer func() {
		if recover() != nil { // defaults of a value of another shape
			out = v
		}
	}()
	if isUnknown(v) || v.IsNull() {
		return v
	}
	if defaults != nil {
		v = defaults.Apply(v)
	}
	if typ == cty.DynamicPseudoType {
		return v
	}
	if c, err := convert.Convert(v, typ); err == nil {
		return c
	}
	return v
}

// local is the value of a local.
func (m *module) local(name string) (cty.Value, error) {
	a := m.decls.locals[name]
	if a == nil {
		return cty.NilVal, fmt.Errorf("there is no local %s", name)
	}
	return m.once(m.locals, name, func() cty.Value { return m.scope().lenient(a.Expr) })
}

// output is the value of an output.
func (m *module) output(name string) (cty.Value, error) {
	b := m.decls.outputs[name]
	if b == nil || b.Body.Attributes["value"] == nil {
		return cty.NilVal, fmt.Errorf("the module has no output %s", name)
	}
	return m.once(m.outputs, name, func() cty.Value { return m.scope().lenient(b.Body.Attributes["value"].Expr) })
}

// expand works out all resources, data sources and modules, in source order.
func (m *module) expand() {
	for _, o := range m.decls.order {
		if m.ctx.Err() != nil {
			return
		}
		switch o := o.(type) {
		case *declared:
			if x := m.resource(o); x != nil {
				for _, i := range x.instances {
					m.evaluator.objects = append(m.evaluator.objects, i.object)
				}
			}
		case *hclsyntax.Block:
			for _, c := range m.call(o.Labels[0]).instances {
				if c.module != nil {
					c.module.expand()
				}
			}
		}
	}
}

// A callExpansion is what a module block makes.
type callExpansion struct {
	kind      repetition
	instances []*callInstance
}

type callInstance struct {
	key    cty.Value
	name   string  // address, "module.a[0]"
	module *module // nil for a module that was not read
}

// call works out the instances of a module block.
func (m *module) call(name string) *callExpansion {
	if c := m.calls[name]; c != nil {
		return c
	}
	c := &callExpansion{}
	m.calls[name] = c
	b := m.decls.callNamed[name]
	decls, dir := m.load(b)
	keys, kind := m.repeat(b, "module "+name)
	c.kind = kind
	if m.evaluator.modules+len(keys) > maxModules {
		m.tell(source.Error, m.span(b.DefRange()), "there are too many modules", "Those beyond the first "+strconv.Itoa(maxModules)+" were left out.")
		keys = keys[:max(0, maxModules-m.evaluator.modules)]
	}
	for _, k := range keys {
		i := &callInstance{key: k.key, name: m.path + "module." + name + k.suffix()}
		c.instances = append(c.instances, i)
		if decls == nil {
			continue
		}
		i.module = m.instance(b, decls, dir, i.name+".", k, len(keys))
	}
	return c
}

// notArguments are the arguments of a module block that are none of the module's variables.
var notArguments = []string{"source", "version", "providers", "count", "for_each", "depends_on"}

func (m *module) instance(b *hclsyntax.Block, decls *declarations, dir, where string, k repeated, of int) *module {
	n := &module{evaluator: m.evaluator, decls: decls, called: m.blockSpan(b), names: append(m.names[:len(m.names):len(m.names)], b.Labels[0]), dir: dir, path: where, parent: m, nested: m.nested + 1, givens: map[string]given{}, reach: m.reach * of}
	n.prepare()
	decls.uses++
	s := k.scope(m.scope())
	for _, a := range argumentsOf(b.Body) {
		if slices.Contains(notArguments, a.Name) {
			continue
		}
		if decls.variables[a.Name] == nil {
			if decls.standIn {
				continue
			}
			m.tell(source.Warning, m.span(a.NameRange), "the module has no variable "+a.Name, "What stands here has no effect.")
			continue
		}
		n.givens[a.Name] = given{expr: a.Expr, scope: s}
	}
	n.providers = m.passed(b, decls)
	return n
}

// load reads the module that a block calls; nil where it is not within the opened folder.
func (m *module) load(b *hclsyntax.Block) (*declarations, string) {
	at := m.span(b.DefRange())
	name := b.Labels[0]
	a := b.Body.Attributes["source"]
	if a == nil {
		m.tell(source.Error, at, "module "+name+" has no source", "What it makes is missing.")
		return nil, ""
	}
	at = m.span(a.SrcRange)
	src := ""
	if v, err := m.scope().eval(a.Expr); err == nil && v.Type() == cty.String && v.IsKnown() && !v.IsNull() {
		src = v.AsString()
	}
	if !strings.HasPrefix(src, "./") && !strings.HasPrefix(src, "../") {
		if dir := m.fetched()[m.key(name)]; dir != "" {
			if d, err := m.declarationsOf(dir); err == nil && m.nested < maxDepth {
				return d, dir
			}
		}
		if d := m.fromRegistry(name, src, at); d != nil {
			return d, d.dir
		}
		what := "comes from elsewhere"
		if src != "" {
			what = "comes from " + src
		}
		m.tell(source.Warning, at, "module "+name+" "+what+", which is not read", "What it makes is missing. Open the plan instead: terraform show -json.")
		return nil, ""
	}
	dir := path.Join(m.dir, src)
	if !fs.ValidPath(dir) {
		m.tell(source.Error, at, "module "+name+" leads out of the opened folder", "It was not read. Open a folder that holds it too.")
		return nil, ""
	}
	for up := m; up != nil; up = up.parent {
		if up.dir == dir {
			m.tell(source.Error, at, "module "+name+" calls a module that it is part of", "It was left out.")
			return nil, ""
		}
	}
	if m.nested >= maxDepth {
		m.tell(source.Error, at, "modules are nested too deep", "The innermost were left out.")
		return nil, ""
	}
	d, err := m.declarationsOf(dir)
	if err == nil {
		return d, dir
	}
	if other := m.elsewhere(src); other != "" {
		if d, err := m.declarationsOf(other); err == nil {
			m.tell(source.Warning, at, "the folder of module "+name+" is not there", "The one folder of that name, "+other+", was taken.")
			return d, other
		}
	}
	m.tell(source.Error, at, "module "+name+" could not be read", cause(err)+" What it makes is missing.")
	return nil, ""
}

// elsewhere is the one folder within the root module's that holds a configuration and is called as the last part of a
// module's source, for a tree that was moved after it was written; "" if there is none or are several.
func (m *module) elsewhere(src string) string {
	want := path.Base(src)
	if want == ".." || want == "." {
		return ""
	}
	const most = 2_000
	found, seen := "", 0
	err := fs.WalkDir(m.fsys, m.root, func(name string, e fs.DirEntry, err error) error {
		switch {
		case err != nil, e == nil:
			return fs.SkipDir
		case !e.IsDir():
			return nil
		case strings.HasPrefix(e.Name(), ".") && name != m.root, e.Name() == "node_modules":
			return fs.SkipDir
		}
		if seen++; seen > most {
			return fs.SkipAll
		}
		if e.Name() == want && isFolder(m.fsys, name) {
			if found != "" {
				found = ""
				return fs.SkipAll
			}
			found = name
		}
		return nil
	})
	if err != nil || seen > most {
		return ""
	}
	return found
}

// value is what module.name is as a whole: an object of its outputs, or a list or map of these.
func (m *module) callValue(name string) (cty.Value, error) {
	if m.decls.callNamed[name] == nil {
		return cty.NilVal, fmt.Errorf("there is no module %s", name)
	}
	c := m.call(name)
	value := func(i *callInstance) cty.Value {
		if i.module == nil {
			return m.unreadModule(i)
		}
		out := map[string]cty.Value{}
		for o := range i.module.decls.outputs {
			if v, err := i.module.output(o); err == nil {
				out[o] = v
			}
		}
		return cty.ObjectVal(out)
	}
	return collect(c.kind, len(c.instances), func(i int) (cty.Value, cty.Value) { return c.instances[i].key, value(c.instances[i]) }), nil
}

func (m *module) unreadModule(i *callInstance) cty.Value { return cty.StringVal(tokenText(i.name)) }

// callOutput is the value of an output of one instance.
func (m *module) callOutput(i *callInstance, output string) (cty.Value, error) {
	if i.module == nil {
		return cty.StringVal(tokenText(i.name + "." + output)), nil
	}
	return i.module.output(output)
}
