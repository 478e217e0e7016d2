package terraform

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"

	"bulkhead/model/source"
)

// A provider is a provider configuration: whose account and region a resource is made in.
type provider struct {
	owner owner
	tags  map[string]string // default_tags
	alias string
}

// accounts gives the identities that providers work as their account numbers.
type accounts struct {
	byIdentity map[string]string
	placed     int
}

const (
	usualAccount   = "123456789012"
	usualRegion    = "us-east-1"
	usualPartition = "aws"
)

// placeholder is the account of an identity that says nothing of its number.
func (a *accounts) placeholder() string {
	a.placed++
	return fmt.Sprintf("9000000000%02d", a.placed)
}

// providerOf is the configuration of a provider as a module sees it: its own, the one that its call passes, or the one
// that it inherits. name is the provider's local name, alias "" for the default one.
func (m *module) providerOf(name, alias string) *provider {
	key := name
	if alias != "" {
		key += "." + alias
	}
	if p := m.own[key]; p != nil {
		return p
	}
	var p *provider
	switch {
	case m.providers[key] != nil:
		p = m.providers[key]
	case m.decls.providers[key] != nil:
		m.own[key] = &provider{owner: m.usualOwner(), alias: alias} // for what the configuration itself refers to
		p = m.configured(m.decls.providers[key], alias)
	case m.parent != nil && alias == "":
		p = m.parent.providerOf(name, "")
	default:
		p = m.unconfigured(name, alias)
	}
	m.own[key] = p
	return p
}

// usualOwner is where a configuration is taken to work that does not tell.
func (ev *evaluator) usualOwner() owner {
	o := ev.options
	return owner{account: cmp.Or(o.Account, usualAccount), region: ev.region(), partition: cmp.Or(o.Partition, usualPartition), stack: ev.stackName()}
}

// unconfigured is a provider that nobody configures, as of a module that is opened by itself: the default one, or the
// only one there is, works in the account that was opened; of several each has an account of its own.
func (m *module) unconfigured(name, alias string) *provider {
	p := &provider{owner: m.usualOwner(), alias: alias}
	if name == "aws" {
		m.tellRegion()
	}
	if alias == "" || name != "aws" || m.onlyProvider(name+"."+alias) || m.isHome(alias) {
		return p
	}
	p.owner.account = m.accountOf("alias "+alias, alias, m.placeOfProvider(name+"."+alias))
	return p
}

// isHome reports whether a module's account_id is the account of a provider alias: the only one that has no variable of its own
// for it, as prod has none beside attacker and attacker_account_id. It works in the account that was opened.
func (m *module) isHome(alias string) bool {
	if !m.declaresAny(homeAccounts) || m.declaresAny(accountNames(alias)) {
		return false
	}
	for _, key := range m.aliases() {
		other := strings.TrimPrefix(key, "aws.")
		if other != key && other != alias && !m.declaresAny(accountNames(other)) {
			return false
		}
	}
	return !slices.ContainsFunc(m.decls.resources, func(d *declared) bool {
		return strings.HasPrefix(d.typ, "aws_") && !d.data && d.block.Body.Attributes["provider"] == nil
	})
}

// aliases are the provider configurations that a module names, each once.
func (m *module) aliases() []string {
	out := slices.Clone(m.decls.aliases)
	for key := range m.decls.providers {
		out = append(out, key)
	}
	for _, d := range m.decls.resources {
		if a := d.block.Body.Attributes["provider"]; a != nil {
			out = append(out, reference(a.Expr))
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// accountNames are what a variable for the account of a provider alias is called.
func accountNames(alias string) []string {
	return []string{alias + "_account_id", alias + "_account", "account_id_" + alias, "account_" + alias, "aws_account_id_" + alias, "aws_" + alias + "_account_id"}
}

// homeAccounts are what a variable for the account that a module works in is called.
var homeAccounts = []string{"account_id", "aws_account_id", "account", "account_number", "aws_account"}

func (m *module) declaresAny(names []string) bool {
	return slices.ContainsFunc(names, func(name string) bool { return m.decls.variables[name] != nil })
}

// placeOfProvider is where a module first names a provider configuration that it does not have.
func (m *module) placeOfProvider(key string) source.Span {
	for _, d := range m.decls.resources {
		if a := d.block.Body.Attributes["provider"]; a != nil && reference(a.Expr) == key {
			return m.span(a.SrcRange)
		}
	}
	for _, d := range m.decls.resources {
		return m.span(d.block.DefRange())
	}
	return source.Span{File: m.dir}
}

// onlyProvider reports whether a module has to do with no other provider configuration of AWS than this one.
func (m *module) onlyProvider(key string) bool {
	for _, d := range m.decls.resources {
		if !strings.HasPrefix(d.typ, "aws_") {
			continue
		}
		other := "aws"
		if a := d.block.Body.Attributes["provider"]; a != nil {
			other = reference(a.Expr)
		}
		if other != key {
			return false
		}
	}
	return len(m.decls.providers) == 0 && !slices.ContainsFunc(m.decls.aliases, func(a string) bool { return a != key })
}

// accountOf is the account of an identity: a placeholder, the same each time, which is told.
func (ev *evaluator) accountOf(identity, alias string, at source.Span) string {
	return ev.accounts.of(identity, func(number string) {
		ev.tell(source.Warning, at, "nobody tells the account of provider aws."+alias, "The number "+number+" stands for it.")
	})
}

// of is the placeholder of an identity, the same each time; told is called with it the first time.
func (a *accounts) of(identity string, told func(number string)) string {
	if a.byIdentity == nil {
		a.byIdentity = map[string]string{}
	}
	if n := a.byIdentity[identity]; n != "" {
		return n
	}
	n := a.placeholder()
	a.byIdentity[identity] = n
	told(n)
	return n
}

// configured reads a provider block.
// https://registry.terraform.io/providers/hashicorp/aws/latest/docs#argument-reference
func (m *module) configured(b *hclsyntax.Block, alias string) *provider {
	values, _ := m.scope().body(b.Body, []string{"alias", "version"})
	p := &provider{owner: m.usualOwner(), alias: alias}
	value := func(name string) cty.Value {
		if v, ok := values[name]; ok {
			return v
		}
		return cty.NullVal(cty.String)
	}
	if r := plainText(value("region")); r != "" && !hasTokenText(r) {
		p.owner.region = r
		switch {
		case m.options.Partition != "":
		case strings.HasPrefix(r, "cn-"):
			p.owner.partition = "aws-cn"
		case strings.HasPrefix(r, "us-gov-"):
			p.owner.partition = "aws-us-gov"
		}
	} else if b.Labels[0] == "aws" {
		m.tellRegion()
	}
	for _, t := range items(dig(value("default_tags"), "tags")) {
		if t.Type().IsObjectType() || t.Type().IsMapType() {
			p.tags = map[string]string{}
			for _, e := range pairs(t) {
				if v, ok := text(e.value); ok {
					p.tags[e.key] = v
				}
			}
		}
	}
	if b.Labels[0] != "aws" {
		return p
	}
	told := accountTold(values)
	if isAccount(told) {
		if alias != "" || m.options.Account == "" {
			p.owner.account = told
		}
		return p
	}
	if alias == "" {
		return p
	}
	// Another identity is another account; another region alone is none.
	mine, usual := workedAs(values), ""
	if d := m.decls.providers[b.Labels[0]]; d != nil {
		v, _ := m.scope().body(d.Body, []string{"alias", "version"})
		usual = workedAs(v)
	}
	if mine == usual || mine == "" {
		p.owner.account = m.providerOf(b.Labels[0], "").owner.account
		return p
	}
	p.owner.account = m.accountOf(mine, alias, m.span(b.DefRange()))
	return p
}

// accountTold is the account number that a provider's arguments tell, or a text that is none.
func accountTold(values map[string]cty.Value) string {
	for _, name := range []string{"assume_role", "assume_role_with_web_identity"} {
		if f := strings.SplitN(plainText(dig(v2(values, name), "role_arn")), ":", 6); len(f) == 6 {
			return f[4]
		}
	}
	if list := texts(v2(values, "allowed_account_ids")); len(list) == 1 {
		return list[0]
	}
	return ""
}

// workedAs is what a provider's arguments say of who it works as: another identity is taken as another account, another
// region alone is none.
func workedAs(v map[string]cty.Value) string {
	var parts []string
	for _, name := range []string{"profile", "access_key", "shared_credentials_files", "shared_config_files", "allowed_account_ids"} {
		if x, ok := v[name]; ok {
			parts = append(parts, name+"="+brief(x))
		}
	}
	for _, name := range []string{"assume_role", "assume_role_with_web_identity"} {
		if arn := dig(v2(v, name), "role_arn"); !arn.IsNull() {
			parts = append(parts, name+"="+brief(arn))
		}
	}
	return strings.Join(parts, " ")
}

// plainText is a value as text, "" where it is none or nobody tells it.
func plainText(v cty.Value) string {
	if v == cty.NilVal || isUnknown(v) || v.IsNull() {
		return ""
	}
	c, err := convert.Convert(v, cty.String)
	if err != nil {
		return ""
	}
	return c.AsString()
}

func v2(v map[string]cty.Value, name string) cty.Value {
	if x, ok := v[name]; ok {
		return x
	}
	return cty.NullVal(cty.DynamicPseudoType)
}

// isAccount reports whether a text is an account number.
func isAccount(s string) bool {
	return len(s) == 12 && strings.Trim(s, "0123456789") == ""
}

// providerOfBlock is the provider configuration that a resource or data block is of.
func (m *module) providerOfBlock(d *declared) *provider {
	if a := d.block.Body.Attributes["provider"]; a != nil {
		name, alias, _ := strings.Cut(reference(a.Expr), ".")
		if name != "" {
			return m.inRegion(m.providerOf(name, alias), d)
		}
	}
	name, _, _ := strings.Cut(d.typ, "_")
	return m.inRegion(m.providerOf(name, ""), d)
}

// inRegion is a provider for a resource that names a region of its own.
func (m *module) inRegion(p *provider, d *declared) *provider {
	a := d.block.Body.Attributes["region"]
	if a == nil || !strings.HasPrefix(d.typ, "aws_") || d.data {
		return p
	}
	r := literalText(a.Expr)
	if r == "" {
		return p
	}
	n := *p
	n.owner.region = r
	return &n
}

// passed is what a call passes for the providers of a module.
func (m *module) passed(b *hclsyntax.Block, decls *declarations) map[string]*provider {
	out := map[string]*provider{}
	if a := b.Body.Attributes["providers"]; a != nil {
		if o, ok := a.Expr.(*hclsyntax.ObjectConsExpr); ok {
			for _, i := range o.Items {
				key := reference(i.KeyExpr)
				if k, ok := i.KeyExpr.(*hclsyntax.ObjectConsKeyExpr); ok {
					key = reference(k.Wrapped)
				}
				name, alias, _ := strings.Cut(reference(i.ValueExpr), ".")
				if key != "" && name != "" {
					out[key] = m.providerOf(name, alias)
				}
			}
		}
	}
	for _, key := range decls.aliases { // one that the call forgets may be the caller's of the same name
		if name, alias, ok := strings.Cut(key, "."); ok && out[key] == nil && m.decls.providers[key] != nil {
			out[key] = m.providerOf(name, alias)
		}
	}
	return out
}

// assumeUsual gives those variables of the root module values that nobody tells and that can only be one thing: the
// region of the default provider, and the accounts that are called after provider configurations. Each is told.
func (m *module) assumeUsual() {
	free := func(name string) bool {
		b := m.decls.variables[name]
		if b == nil || b.Body.Attributes["default"] != nil {
			return false
		}
		_, given := m.givens[name]
		typ, _ := m.constraint(b)
		return !given && (typ == cty.String || typ == cty.DynamicPseudoType)
	}
	assume := func(name, value, why string) {
		m.givens[name] = given{value: cty.StringVal(value)}
		m.tell(source.Info, m.span(m.decls.variables[name].DefRange()), "variable "+name+" has no value", why+", "+value+", was taken. Give another with --param "+name+"=value.")
	}
	regions := []string{"region", "aws_region"}
	if p := m.decls.providers["aws"]; p != nil {
		if a := p.Body.Attributes["region"]; a != nil {
			if e, ok := a.Expr.(*hclsyntax.ScopeTraversalExpr); ok && e.Traversal.RootName() == "var" && len(e.Traversal) == 2 {
				if step, ok := e.Traversal[1].(hcl.TraverseAttr); ok {
					regions = append(regions, step.Name)
				}
			}
		}
	}
	for _, name := range regions {
		if free(name) {
			assume(name, m.region(), "The usual region")
		}
	}
	for _, key := range m.aliases() {
		provider, alias, ok := strings.Cut(key, ".")
		if !ok || provider != "aws" {
			continue
		}
		for _, name := range accountNames(alias) {
			if free(name) {
				assume(name, m.providerOf(provider, alias).owner.account, "The account of provider "+key)
			}
		}
	}
	for _, name := range homeAccounts {
		if free(name) {
			assume(name, m.providerOf("aws", "").owner.account, "The account that was opened")
		}
	}
}
