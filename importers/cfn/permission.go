package cfn

import (
	"strings"

	"bulkhead/importers/yamlpos"
	"bulkhead/model"
	"bulkhead/model/policy"
	"bulkhead/model/source"
)

// functionPermissions puts who may call a function into its resource policy: one statement for each
// AWS::Lambda::Permission and for each permission that a SAM event implies, as Lambda itself writes them.
// https://docs.aws.amazon.com/lambda/latest/dg/access-control-resource-based.html
func (b *builder) functionPermissions() {
	for _, r := range b.resources {
		if r.Type != "AWS::Lambda::Permission" {
			continue
		}
		n := b.get(r.Props, "FunctionName")
		f := b.findFunction(n)
		if f == nil {
			if !r.Made {
				b.note(source.Warning, r.Origin, "It was left out.", "%s is a permission on a function that is not in the template", r.ID)
			}
			continue
		}
		b.permit(r, f, b.words(n))
	}
	for _, p := range b.permitted {
		f := b.functions[p.function]
		if f.Policy == nil {
			f.Policy = &policy.Document{Version: "2012-10-17", ID: "default"}
		}
		f.Policy.Statements = append(f.Policy.Statements, p.statement)
	}
}

func (b *builder) permit(r, f *resource, name string) {
	p := r.Props
	st := &policy.Statement{
		Actions:    []string{b.words(b.get(p, "Action"))},
		Resources:  []string{b.arnOf(f) + qualifier(name)},
		Principals: []policy.Principal{policy.PrincipalOf(b.words(b.get(p, "Principal")), b.partition)},
		Span:       r.Origin,
	}
	if !r.Made {
		st.Sid = r.ID
	}
	if st.Actions[0] == "" {
		st.Actions[0] = "lambda:InvokeFunction"
		b.note(source.Error, r.Origin, "It was taken as lambda:InvokeFunction.", "%s has no Action", r.ID)
	}
	if !r.Made {
		d := &policy.Document{Version: "2012-10-17", Statements: []*policy.Statement{st}, Span: r.Origin}
		in := ofResource("AWS::Lambda::Function")
		in.Place = func(_ *policy.Statement, part policy.Part) source.Span {
			if n := p.Get(part.Element); n != nil {
				return n.Span()
			}
			return source.Span{}
		}
		for _, x := range d.Check(b.catalog, in) {
			b.notes.put(x)
		}
	}
	add := func(operator, key, value string) {
		if value != "" {
			st.Conditions = append(st.Conditions, policy.Condition{Operator: operator, Key: key, Values: []string{value}})
		}
	}
	sourceARN := b.words(b.get(p, "SourceArn"))
	add("ArnLike", "AWS:SourceArn", sourceARN)
	add("StringEquals", "AWS:SourceAccount", b.words(b.get(p, "SourceAccount")))
	add("StringEquals", "aws:PrincipalOrgID", b.words(b.get(p, "PrincipalOrgID")))
	add("StringEquals", "lambda:EventSourceToken", b.eventToken(p))
	add("StringEquals", "lambda:FunctionUrlAuthType", b.words(b.get(p, "FunctionUrlAuthType")))
	if b.isTrue(b.get(p, "InvokedViaFunctionUrl")) {
		add("Bool", "lambda:InvokedViaFunctionUrl", "true")
	}
	st = onlyWhen(st, beyond(b.given(r.condition()), b.given(f.condition())))
	b.permitted = append(b.permitted, permission{
		function: f, statement: st, service: st.Principals[0].Value, source: sourceARN, owner: r,
		from: b.find(b.get(p, "SourceArn"), nil), event: r.Made && !r.Compiled,
	})
}

// eventToken stands for the token of a permission: a shared secret, so its value is not kept.
func (b *builder) eventToken(p *yamlpos.Node) string {
	if b.get(p, "EventSourceToken") == nil {
		return ""
	}
	return "not-shown"
}

// qualifier is ":alias" or ":version" of a function's ARN, "" if it has none.
func qualifier(name string) string {
	if i := strings.Index(name, ":function:"); i >= 0 {
		if _, q, ok := strings.Cut(name[i+len(":function:"):], ":"); ok {
			return ":" + q
		}
	}
	return ""
}

// permissionTriggers makes a trigger of each service that may call a function and is not known to otherwise:
// where a template does not show the wiring, the permission tells that there is one.
func (b *builder) permissionTriggers() {
	for _, p := range b.permitted {
		if p.event || p.statement.Principals[0].Kind != "Service" {
			continue
		}
		service, _, _ := strings.Cut(p.service, ".")
		if b.isTriggered(p, service) {
			continue
		}
		t := &model.Trigger{
			ID: model.MakeID("trigger", b.in(p.owner.ID)), Name: p.owner.ID, To: b.ids[p.function], Kind: "permission", Event: service,
			Label: service, Stack: b.stack, Origin: p.owner.Origin,
			Outside: service == "apigateway" || service == "elasticloadbalancing" || service == "alexa-connectedhome" || service == "alexa-appkit" || service == "vpc-lattice",
		}
		if p.from != nil {
			t.From = b.elementOf(p.from)
		}
		b.addTrigger(t, p.owner, p.owner.Value)
	}
}

// isTriggered reports whether a trigger of the function explains the permission.
func (b *builder) isTriggered(p permission, service string) bool {
	to, from := b.ids[p.function], b.elementOf(p.from)
	for _, t := range b.startsOf[to] {
		if from != "" && t.From == from {
			return true
		}
		if t.Explains(service) && (from == "" || t.From == "") {
			return true
		}
	}
	return false
}
