package terraform

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	tfjson "github.com/hashicorp/terraform-json"
	"github.com/zclconf/go-cty/cty"

	"bulkhead/model/source"
)

// A planning is one plan on its way to objects: values are there, and what is known only after it is applied is filled
// by following the references of the configuration, to names and ARNs as AWS will make them.
type planning struct {
	*reading
	plan      *tfjson.Plan
	resources map[string]*planned   // by address
	instances map[string][]*planned // of a resource, by its address without key
	modules   map[string][]string   // keys of a module's instances, by its address without the last key
	secrets   map[string]string
	accounts  accounts
	owners    map[string]owner // of provider configurations, by key
	steps     int              // of references that were followed
}

// A planned is a resource instance of a plan.
type planned struct {
	entry
	module  string // address of the module instance, "" for the root
	base    string // address within the module, without key: data.aws_iam_role.x
	key     string // ["eu"], [0] or ""
	unknown any    // true at what is known only after it is applied
	config  *tfjson.ConfigResource
	object  *object
	busy    bool
}

// plan reads what "terraform show -json" prints of a plan.
func (r *reading) plan() error {
	var plan tfjson.Plan
	if err := json.Unmarshal(r.data, &plan); err != nil {
		return fmt.Errorf("%s: %w", r.name, unreadable("plan", r.root.Get("format_version")))
	}
	p := &planning{reading: r, plan: &plan, resources: map[string]*planned{}, instances: map[string][]*planned{}, modules: map[string][]string{}, owners: map[string]owner{}}
	if plan.Config == nil || plan.Config.RootModule == nil {
		plan.Config = &tfjson.Config{RootModule: &tfjson.ConfigModule{}}
	}
	var entries []entry
	if plan.PriorState != nil && plan.PriorState.Values != nil && plan.PriorState.Values.RootModule != nil {
		for _, e := range moduleEntries(plan.PriorState.Values.RootModule, r.root.Get("prior_state").Get("values").Get("root_module")) {
			if e.data { // what a data source says is planned anew only where it waits for something
				entries = append(entries, e)
			}
		}
	}
	if plan.PlannedValues != nil && plan.PlannedValues.RootModule != nil {
		entries = append(entries, moduleEntries(plan.PlannedValues.RootModule, r.root.Get("planned_values").Get("root_module"))...)
	}
	r.settle(entries)
	p.secrets = secretsOf(entries)
	var order []string
	for _, e := range entries {
		if p.resources[e.address] == nil {
			order = append(order, e.address)
		}
		p.resources[e.address] = p.plannedOf(e)
	}
	for _, c := range plan.ResourceChanges {
		if c == nil || c.Change == nil || c.DeposedKey != "" {
			continue
		}
		if x := p.resources[c.Address]; x != nil {
			x.unknown = c.Change.AfterUnknown
			x.sensitive = both(x.sensitive, c.Change.AfterSensitive)
		}
	}
	for _, address := range order {
		x := p.resources[address]
		p.instances[x.module+"\x00"+x.base] = append(p.instances[x.module+"\x00"+x.base], x)
		p.indexModules(x.module)
	}
	for _, address := range order {
		r.objects = append(r.objects, p.objectOf(p.resources[address]))
	}
	return nil
}

// both is what is marked by one of two shapes.
func both(a, b any) any {
	if a == true || b == true {
		return true
	}
	x, okX := a.(map[string]any)
	y, okY := b.(map[string]any)
	switch {
	case okX && okY:
		out := maps.Clone(x)
		for k, v := range y {
			out[k] = both(out[k], v)
		}
		return out
	case okY || !okX && b != nil && b != false:
		return b
	}
	return a
}

func (p *planning) plannedOf(e entry) *planned {
	x := &planned{entry: e}
	segments := splitAddress(e.address)
	for len(segments) > 2 && segments[0] == "module" {
		name := segments[0] + "." + segments[1]
		if x.module != "" {
			name = "." + name
		}
		x.module += name
		segments = segments[2:]
	}
	x.base = strings.Join(segments, ".")
	if i := strings.IndexByte(x.base, '['); i >= 0 {
		x.base, x.key = x.base[:i], x.base[i:]
	}
	x.config = p.configOf(x)
	return x
}

// splitAddress takes an address apart at its dots; those within brackets are none.
func splitAddress(address string) []string {
	var out []string
	start, quoted, depth := 0, false, 0
	for i := 0; i < len(address); i++ {
		switch c := address[i]; {
		case c == '\\' && quoted:
			i++
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '[':
			depth++
		case c == ']':
			depth--
		case c == '.' && depth == 0:
			out = append(out, address[start:i])
			start = i + 1
		}
	}
	return append(out, address[start:])
}

// withoutKey is a name without what stands in brackets behind it.
func withoutKey(name string) (bare, key string) {
	if i := strings.IndexByte(name, '['); i >= 0 {
		return name[:i], name[i:]
	}
	return name, ""
}

// indexModules notes the instances of a module and of those that it is in.
func (p *planning) indexModules(module string) {
	segments := splitAddress(module)
	for i := 2; module != "" && i <= len(segments); i += 2 {
		bare, key := withoutKey(strings.Join(segments[:i], "."))
		if prefix := strings.Join(segments[:i-1], "."); strings.Contains(prefix, "[") {
			name, k := withoutKey(segments[i-1])
			bare, key = prefix+"."+name, k
		}
		if !slices.Contains(p.modules[bare], key) {
			p.modules[bare] = append(p.modules[bare], key)
		}
	}
}

// configModule is the configuration of a module instance, and of the call that makes it; nil where it is not there.
func (p *planning) configModule(module string) (*tfjson.ConfigModule, *tfjson.ModuleCall) {
	m := p.plan.Config.RootModule
	var call *tfjson.ModuleCall
	if module == "" {
		return m, nil
	}
	segments := splitAddress(module)
	for i := 1; i < len(segments); i += 2 {
		name, _ := withoutKey(segments[i])
		if m == nil || m.ModuleCalls[name] == nil {
			return nil, nil
		}
		call = m.ModuleCalls[name]
		m = call.Module
	}
	return m, call
}

func (p *planning) configOf(x *planned) *tfjson.ConfigResource {
	m, _ := p.configModule(x.module)
	if m == nil {
		return nil
	}
	for _, c := range m.Resources {
		if c != nil && c.Address == x.base {
			return c
		}
	}
	return nil
}

// objectOf makes the object of an instance, once.
func (p *planning) objectOf(x *planned) *object {
	if x.object != nil {
		return x.object
	}
	o := &object{address: x.address, typ: x.typ, data: x.data, value: cty.EmptyObjectVal, owner: p.ownerOf(x.entry, p.providerOf(x))}
	p.locate(o, x.entry)
	if x.busy {
		return o // its own value is asked for while it is worked out
	}
	x.busy = true
	var expressions map[string]*tfjson.Expression
	if x.config != nil {
		expressions = x.config.Expressions
	}
	f := &filling{planning: p, planned: x, drop: dropper{reading: p.reading, entry: x.entry, secrets: p.secrets}}
	values := f.object(x.values, x.sensitive, x.unknown, expressions, nil)
	args := cty.ObjectVal(values)
	switch {
	case x.data && x.typ == "aws_iam_policy_document":
		if _, ok := text(values["json"]); !ok {
			values["json"] = p.document(args)
		}
	case !x.data:
		for name, v := range computed(x.typ, x.address, args, o.owner) {
			if given := values[name]; given == cty.NilVal || given.IsNull() || !given.IsKnown() {
				values[name] = v
			}
		}
	}
	o.value = cty.ObjectVal(values)
	x.object, x.busy = o, false
	return o
}

// document is the text of an aws_iam_policy_document that waits for something: with what is filled in its statements.
func (p *planning) document(args cty.Value) cty.Value {
	doc := &merged{}
	add := func(name string) bool {
		for _, v := range items(dig(args, name)) {
			t, ok := text(v)
			if !ok || isToken(v) {
				return false
			}
			by, err := readDocument(t)
			if err != nil {
				return false
			}
			doc.merge(by)
		}
		return dig(args, name).IsKnown()
	}
	own := &merged{version: cmp.Or(words(dig(args, "version")), "2012-10-17"), id: words(dig(args, "policy_id"))}
	for _, b := range items(dig(args, "statement")) {
		own.statements = append(own.statements, statement{sid: words(dig(b, "sid")), json: ownStatement(b)})
	}
	ok := add("source_json") && add("source_policy_documents")
	doc.merge(own)
	if ok = add("override_policy_documents") && add("override_json") && ok; !ok {
		return cty.DynamicVal
	}
	t, ok := doc.text()
	if !ok {
		return cty.DynamicVal
	}
	return cty.StringVal(t)
}

// providerOf is the owner of what an instance's provider configuration makes.
func (p *planning) providerOf(x *planned) owner {
	key := ""
	if x.config != nil {
		key = x.config.ProviderConfigKey
	}
	for {
		c := p.plan.Config.ProviderConfigs[key]
		if c != nil {
			return p.configured(key, c)
		}
		i := strings.IndexByte(key, ':')
		if i < 0 {
			return p.owner
		}
		key = key[i+1:] // of a module that takes its caller's
	}
}

// configured is the owner of a provider configuration.
// https://registry.terraform.io/providers/hashicorp/aws/latest/docs#argument-reference
func (p *planning) configured(key string, c *tfjson.ProviderConfig) owner {
	if o, ok := p.owners[key]; ok {
		return o
	}
	o := p.owner
	values := p.constants(c.Expressions)
	if r := plainText(v2(values, "region")); r != "" {
		o.region = r
	}
	told := accountTold(values)
	switch {
	case isAccount(told):
		if c.Alias != "" || p.options.Account == "" {
			o.account = told
		}
	case c.Alias != "" && c.Name == "aws":
		usual := map[string]cty.Value{}
		if d := p.plan.Config.ProviderConfigs[c.Name]; d != nil {
			usual = p.constants(d.Expressions)
		}
		if mine := workedAs(values); mine != "" && mine != workedAs(usual) {
			o.account = p.accounts.of(mine, func(number string) {
				p.tell(source.Warning, spanOf(p.root.Get("configuration").Get("provider_config").Get(key)), "The number "+number+" stands for it.", "nobody tells the account of provider aws.%s", c.Alias)
			})
		}
	}
	p.owners[key] = o
	return o
}

// constants are the arguments of a provider configuration that are constants, or variables of the root module.
func (p *planning) constants(expressions map[string]*tfjson.Expression) map[string]cty.Value {
	out := map[string]cty.Value{}
	for k, e := range expressions {
		if v := p.constant(e); v != cty.NilVal {
			out[k] = v
		}
	}
	return out
}

func (p *planning) constant(e *tfjson.Expression) cty.Value {
	d := &dropper{reading: p.reading}
	switch {
	case e == nil || e.ExpressionData == nil:
	case len(e.NestedBlocks) > 0:
		return cty.TupleVal([]cty.Value{cty.ObjectVal(p.constants(e.NestedBlocks[0]))})
	case len(e.References) == 1:
		if name, ok := strings.CutPrefix(e.References[0], "var."); ok && p.plan.Variables[name] != nil {
			return d.value(p.plan.Variables[name].Value, nil, nil)
		}
		return cty.StringVal("${" + e.References[0] + "}")
	case e.ConstantValue != tfjson.UnknownConstantValue:
		return d.value(e.ConstantValue, nil, nil)
	}
	return cty.NilVal
}
