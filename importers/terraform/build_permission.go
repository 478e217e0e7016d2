package terraform

import (
	"strings"

	"bulkhead/model"
	"bulkhead/model/policy"
)

// A permission is who may call a function, from aws_lambda_permission.
type permission struct {
	function  *object
	statement *policy.Statement
	service   string  // principal, e.g. s3.amazonaws.com
	from      *object // of the source ARN, if it is in the configuration
	owner     *object
}

// permissions puts who may call a function into its resource policy, as Lambda itself writes it.
// https://docs.aws.amazon.com/lambda/latest/dg/access-control-resource-based.html
func (b *builder) permissions() {
	for _, x := range b.objects {
		if x.typ != "aws_lambda_permission" {
			continue
		}
		name := x.word("function_name")
		f := b.function(name, x)
		if f == nil {
			b.missing(x, "is a permission on a function that is not in the configuration")
			continue
		}
		b.permit(x, f, name)
	}
	for _, p := range b.permitted {
		f := b.functions[p.function]
		if f.Policy == nil {
			f.Policy = &policy.Document{Version: "2012-10-17", ID: "default"}
		}
		f.Policy.Statements = append(f.Policy.Statements, p.statement)
	}
}

func (b *builder) permit(x, f *object, name string) {
	resource := b.arnOf(f)
	if q := x.word("qualifier"); q != "" {
		resource += ":" + q
	} else if i := strings.Index(name, ":function:"); i >= 0 {
		if _, q, ok := strings.Cut(name[i+len(":function:"):], ":"); ok {
			resource += ":" + q
		}
	}
	action := x.word("action")
	if action == "" {
		action = "lambda:InvokeFunction"
	}
	st := &policy.Statement{
		Sid: x.word("statement_id"), Actions: []string{action}, Resources: []string{resource},
		Principals: []policy.Principal{policy.PrincipalOf(x.word("principal"), x.partition)}, Span: x.span,
	}
	if st.Sid == "" {
		st.Sid = tokenName(x.address) // Terraform makes one up
	}
	d := &policy.Document{Version: "2012-10-17", Statements: []*policy.Statement{st}, Span: x.span}
	for _, f := range d.Check(b.catalog, policy.Setting{Type: policy.ResourcePolicy, Of: "AWS::Lambda::Function"}) {
		b.put(f)
	}
	add := func(operator, key, value string) {
		if value != "" {
			st.Conditions = append(st.Conditions, policy.Condition{Operator: operator, Key: key, Values: []string{value}})
		}
	}
	sourceARN := x.word("source_arn")
	add("ArnLike", "AWS:SourceArn", sourceARN)
	add("StringEquals", "AWS:SourceAccount", x.word("source_account"))
	add("StringEquals", "aws:PrincipalOrgID", x.word("principal_org_id"))
	if !absent(x.get("event_source_token")) {
		add("StringEquals", "lambda:EventSourceToken", "not-shown") // a shared secret
	}
	add("StringEquals", "lambda:FunctionUrlAuthType", x.word("function_url_auth_type"))
	if isTrue(x.get("invoked_via_function_url")) {
		add("Bool", "lambda:InvokedViaFunctionUrl", "true")
	}
	b.permitted = append(b.permitted, permission{function: f, statement: st, service: x.word("principal"), from: b.sourceOf(sourceARN, x), owner: x})
}

// sourceOf is what the source ARN of a permission names; a call of an API is known by the API's id.
func (b *builder) sourceOf(arn string, from *object) *object {
	if x := b.find(arn, from); x != nil {
		return x
	}
	f := strings.SplitN(arn, ":", 6)
	if len(f) == 6 && f[2] == "execute-api" {
		id, _, _ := strings.Cut(f[5], "/")
		return b.find(id, from, "AWS::ApiGateway::RestApi", "AWS::ApiGatewayV2::Api")
	}
	return nil
}

// permissionTriggers makes a trigger of each service that may call a function and is not known to otherwise: where a
// configuration does not show the wiring, the permission tells that there is one.
func (b *builder) permissionTriggers() {
	for _, p := range b.permitted {
		if p.statement.Principals[0].Kind != "Service" {
			continue
		}
		service, _, _ := strings.Cut(p.service, ".")
		if b.isTriggered(p, service) {
			continue
		}
		t := b.newTrigger(p.owner, b.ids[p.function], "permission", service)
		t.Label = service
		t.Outside = service == "apigateway" || service == "elasticloadbalancing" || service == "alexa-connectedhome" || service == "alexa-appkit" || service == "vpc-lattice"
		t.From = b.elementOf(p.from)
		b.start(t)
	}
}

// isTriggered reports whether a trigger of the function explains the permission.
func (b *builder) isTriggered(p permission, service string) bool {
	to, from := b.ids[p.function], b.elementOf(p.from)
	for _, t := range b.starts {
		if t.To != to {
			continue
		}
		if from != "" && t.From == from || t.Explains(service) && (from == "" || t.From == "") {
			return true
		}
	}
	return false
}

// start puts a trigger into the design.
func (b *builder) start(t *model.Trigger) {
	t.ID = b.free(t.ID)
	b.starts = append(b.starts, t)
	b.add(t)
}
