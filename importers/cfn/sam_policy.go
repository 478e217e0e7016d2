package cfn

import (
	"slices"
	"strings"

	"bulkhead/importers/yamlpos"
	"bulkhead/model/policy"
	"bulkhead/model/source"
)

// An accessList collects the statements that SAM writes into the resource policy of a REST API for the ResourcePolicy of the API
// and of its events: https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-property-api-resourcepolicystatement.html
type accessList struct {
	b          *builder
	statements []*yamlpos.Node
	custom     []choice
}

// apiPolicy reads who may call a SAM API.
func (b *builder) apiPolicy(r *resource) {
	n := b.get(r.Props, "Auth", "ResourcePolicy")
	body := b.get(r.Props, "DefinitionBody")
	l := &accessList{b: b}
	if b.get(r.Props, "DefinitionUri") == nil {
		l.events(r, body)
		if n != nil {
			l.api(r, n, body)
		}
	}
	d := &policy.Document{Version: "2012-10-17", Span: r.Origin}
	if n != nil {
		d.Span = n.Span()
	}
	for _, s := range l.statements {
		d.Statements = append(d.Statements, b.statements(s)...)
	}
	for _, i := range l.custom {
		for _, st := range b.statements(i.node) {
			d.Statements = append(d.Statements, onlyWhen(st, i.when))
		}
	}
	if len(d.Statements) > 0 {
		if n != nil {
			b.lint(d, n, ofResource(r.Type))
		}
		b.mergePolicy(r, d)
	}
}

// events adds what events say of their own paths, where SAM writes the definition or is asked to change it.
func (l *accessList) events(r *resource, body *yamlpos.Node) {
	b := l.b
	for _, x := range b.routes {
		auth := b.get(x.node, "Properties", "Auth")
		n := b.get(auth, "ResourcePolicy")
		if x.event != "rest" || x.apiID != r.ID || n == nil || body != nil && !b.isTrue(b.get(r.Props, "MergeDefinitions")) && !b.isTrue(b.get(auth, "OverrideApiAuth")) {
			continue
		}
		stage := scalar("Stage", n.Span())
		if s := r.Props.Get("StageName").Resolve(); s != nil && s.Kind == yamlpos.Scalar && !isCall(s) {
			stage = s
		}
		l.path(n, stage, x.path, l.methods(r, body)[x.path])
		l.custom = append(l.custom, b.chosen(b.get(n, "CustomStatements"))...)
	}
}

// api adds what the API says, for each of its paths.
func (l *accessList) api(r *resource, n, body *yamlpos.Node) {
	b := l.b
	methods := l.methods(r, body)
	var paths []string
	for _, p := range b.pairs(b.get(body, "paths")) {
		paths = append(paths, p.Key.Value)
	}
	for _, x := range b.routes {
		if x.event == "rest" && x.apiID == r.ID && !slices.Contains(paths, x.path) {
			paths = append(paths, x.path)
		}
	}
	cors := b.get(r.Props, "Cors") != nil
	for _, path := range paths {
		list := methods[path]
		if cors && !slices.ContainsFunc(list, func(m string) bool { return strings.EqualFold(m, "options") }) {
			list = append(list, "options")
		}
		l.path(n, b.get(r.Props, "StageName"), path, list)
	}
	l.custom = append(l.custom, b.chosen(b.get(n, "CustomStatements"))...)
}

// methods lists the methods of each path of an API: of its definition, and of events.
func (l *accessList) methods(r *resource, body *yamlpos.Node) map[string][]string {
	b := l.b
	out := map[string][]string{}
	for _, p := range b.pairs(b.get(body, "paths")) {
		for _, m := range b.pairs(p.Value) {
			if methods.MatchString(m.Key.Value) {
				out[p.Key.Value] = append(out[p.Key.Value], m.Key.Value)
			}
		}
	}
	for _, x := range b.routes {
		if x.event == "rest" && x.apiID == r.ID && !slices.ContainsFunc(out[x.path], func(m string) bool { return strings.EqualFold(m, x.method) }) {
			out[x.path] = append(out[x.path], x.method)
		}
	}
	return out
}

// path adds the statements about one path.
func (l *accessList) path(n, stage *yamlpos.Node, path string, methods []string) {
	b, span := l.b, n.Span()
	if stage == nil {
		stage = scalar("", span)
	}
	var on []*yamlpos.Node
	for _, m := range methods {
		on = append(on, subOf("execute-api:/${Stage}/"+methodInARN(m)+pathInARN(path), span, pair("Stage", stage)))
	}
	add := func(once bool, effect string, principal, condition *yamlpos.Node, span source.Span) {
		st := mapping(span, pair("Effect", scalar(effect, span)), pair("Principal", principal), pair("Action", scalar("execute-api:Invoke", span)),
			pair("Resource", sequence(span, on...)), pair("Condition", condition))
		if once && slices.ContainsFunc(l.statements, func(x *yamlpos.Node) bool { return alike(x, st) }) {
			return
		}
		l.statements = append(l.statements, st)
	}
	accounts := func(key, effect string) {
		if list := b.get(n, key); list != nil {
			add(false, effect, mapping(list.Span(), pair("AWS", list)), nil, list.Span())
		}
	}
	limit := func(operator string, span source.Span, conditions ...yamlpos.Pair) {
		condition := mapping(span, conditions...)
		if len(condition.Pairs()) == 0 {
			return
		}
		everyone := scalar("*", span)
		add(true, "Allow", everyone, nil, span)
		add(true, "Deny", everyone, mapping(span, pair(operator, condition)), span)
	}
	addresses := func(key, operator string) {
		if list := b.get(n, key); list != nil {
			limit(operator, list.Span(), pair("aws:SourceIp", list))
		}
	}
	networks := func(kind, operator string) {
		var vpcs, endpoints []*yamlpos.Node
		where := span
		for _, i := range b.items(b.get(n, "SourceVpc"+kind)) {
			where = i.Span()
			switch {
			case strings.HasPrefix(i.Value, "vpce-"):
				endpoints = append(endpoints, i)
			case strings.HasPrefix(i.Value, "vpc-"):
				vpcs = append(vpcs, i)
			}
		}
		vpcs = append(vpcs, b.items(b.get(n, "IntrinsicVpc"+kind))...)
		endpoints = append(endpoints, b.items(b.get(n, "IntrinsicVpce"+kind))...)
		var conditions []yamlpos.Pair
		if len(vpcs) > 0 {
			conditions = append(conditions, pair("aws:SourceVpc", sequence(where, vpcs...)))
		}
		if len(endpoints) > 0 {
			conditions = append(conditions, pair("aws:SourceVpce", sequence(where, endpoints...)))
		}
		limit(operator, where, conditions...)
	}
	accounts("AwsAccountWhitelist", "Allow")
	accounts("AwsAccountBlacklist", "Deny")
	addresses("IpRangeWhitelist", "NotIpAddress")
	addresses("IpRangeBlacklist", "IpAddress")
	networks("Blacklist", "StringEquals")
	networks("Whitelist", "StringNotEquals")
}
