package reach

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"bulkhead/model"
	"bulkhead/model/catalog"
	"bulkhead/model/policy"
	"bulkhead/model/source"
)

const testAccount = "123456789012"

// A builder puts small designs together for tests. Policies are written as IAM statements in JSON.
type builder struct {
	t        testing.TB
	info     model.Info
	elements []model.Element
	line     int
	known    map[string]*policy.Document // by name and statements: what designs have in common; nil for nothing
}

func build(t testing.TB) *builder {
	return &builder{t: t, info: model.Info{Name: "test", Kind: "test", Partition: "aws", Account: testAccount, Region: "us-east-1"}}
}

// place is a place of its own for each element, so that no two are parts of one function.
func (b *builder) place() source.Span {
	b.line++
	return source.Span{File: "test.yaml", Start: b.line, End: b.line + 1, Line: b.line}
}

// document is a policy of statements, as a JSON list without its brackets.
func document(t testing.TB, statements string) *policy.Document {
	t.Helper()
	d, err := policy.Parse([]byte(`{"Version": "2012-10-17", "Statement": [` + statements + `]}`))
	if err != nil {
		t.Fatalf("policy %s: %v", statements, err)
	}
	return d
}

// document is the policy of a name, the one of another design where they have it in common.
func (b *builder) document(name, statements string) *policy.Document {
	b.t.Helper()
	key := name + "\x00" + statements
	d := b.known[key]
	if d == nil {
		d = document(b.t, statements)
		if b.known != nil {
			b.known[key] = d
		}
	}
	return d
}

const lambdaTrust = `{"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}`

func roleARN(name string) string { return "arn:aws:iam::" + testAccount + ":role/" + name }
func userARN(name string) string { return "arn:aws:iam::" + testAccount + ":user/" + name }
func functionARN(name string) string {
	return "arn:aws:lambda:us-east-1:" + testAccount + ":function:" + name
}

// policies adds inline policies, one for each document.
func (b *builder) policies(holder string, documents ...string) []model.ID {
	b.t.Helper()
	var ids []model.ID
	for i, doc := range documents {
		p := &model.Policy{ID: model.ID(fmt.Sprintf("policy/%s-%d", holder, i)), Name: fmt.Sprintf("%s-%d", holder, i), Document: b.document(fmt.Sprintf("%s-%d", holder, i), doc), Origin: b.place()}
		b.elements = append(b.elements, p)
		ids = append(ids, p.ID)
	}
	return ids
}

// role adds a role with a trust policy and inline policies.
func (b *builder) role(name, trust string, documents ...string) *model.Role {
	b.t.Helper()
	r := &model.Role{ID: model.ID("role/" + name), LogicalID: name, Name: name, ARN: roleARN(name), Path: "/", Trust: b.document("trust of "+name, trust),
		Policies: b.policies(name, documents...), Origin: b.place()}
	b.elements = append(b.elements, r)
	return r
}

// edited is a design in which a policy has another document.
func edited(t testing.TB, d *model.Design, id model.ID, doc *policy.Document) *model.Design {
	t.Helper()
	p := *d.Policy(id)
	p.Document = doc
	after, err := d.With(model.Change{Before: d.Policy(id), After: &p})
	if err != nil {
		t.Fatal(err)
	}
	return after
}

// function adds a function with a role of its own, called NAMERole.
func (b *builder) function(name string, documents ...string) *model.Function {
	b.t.Helper()
	r := b.role(name+"Role", lambdaTrust, documents...)
	return b.functionOf(name, r)
}

func (b *builder) functionOf(name string, r *model.Role) *model.Function {
	f := &model.Function{ID: model.ID("fn/" + name), LogicalID: name, Name: name, ARN: functionARN(name), Runtime: "python3.12", Handler: "app.handler",
		Role: r.ID, RoleARN: r.ARN, Origin: b.place()}
	b.elements = append(b.elements, f)
	return f
}

// roleOf is the role of a function.
func (b *builder) roleOf(f *model.Function) *model.Role {
	for _, e := range b.elements {
		if e.ElementID() == f.Role {
			return e.(*model.Role)
		}
	}
	return nil
}

func (b *builder) user(name string, documents ...string) *model.Principal {
	b.t.Helper()
	u := &model.Principal{ID: model.ID("user/" + name), Kind: model.User, Name: name, ARN: userARN(name), Policies: b.policies(name, documents...), Origin: b.place()}
	b.elements = append(b.elements, u)
	return u
}

func (b *builder) managed(name, doc string) *model.Policy {
	b.t.Helper()
	p := &model.Policy{ID: model.ID("policy/" + name), Name: name, Managed: true, ARN: "arn:aws:iam::" + testAccount + ":policy/" + name, Document: b.document(name, doc), Origin: b.place()}
	b.elements = append(b.elements, p)
	return p
}

// arnOf is a resource's ARN by its type.
func arnOf(cfnType, name string) string {
	at := func(service, rest string) string {
		return "arn:aws:" + service + ":us-east-1:" + testAccount + ":" + rest
	}
	switch cfnType {
	case "AWS::S3::Bucket":
		return "arn:aws:s3:::" + name
	case "AWS::DynamoDB::Table":
		return at("dynamodb", "table/"+name)
	case "AWS::SQS::Queue":
		return at("sqs", name)
	case "AWS::SNS::Topic":
		return at("sns", name)
	case "AWS::SecretsManager::Secret":
		return at("secretsmanager", "secret:"+name+"-AbCdEf")
	case "AWS::SSM::Parameter":
		return at("ssm", "parameter/"+name)
	case "AWS::KMS::Key":
		return at("kms", "key/"+name)
	case "AWS::Kinesis::Stream":
		return at("kinesis", "stream/"+name)
	case "AWS::Events::EventBus":
		return at("events", "event-bus/"+name)
	case "AWS::Events::Rule":
		return at("events", "rule/"+name)
	case "AWS::StepFunctions::StateMachine":
		return at("states", "stateMachine:"+name)
	case "AWS::Logs::LogGroup":
		return at("logs", "log-group:"+name)
	case "AWS::ApiGateway::RestApi":
		return "arn:aws:apigateway:us-east-1::/restapis/" + name
	}
	return ""
}

func (b *builder) resource(cfnType, name string) *model.Resource {
	r := &model.Resource{ID: model.ID("res/" + name), LogicalID: name, Name: name, ARN: arnOf(cfnType, name), Type: cfnType, Origin: b.place()}
	b.elements = append(b.elements, r)
	return r
}

func (b *builder) bucket(name string) *model.Resource { return b.resource("AWS::S3::Bucket", name) }
func (b *builder) table(name string) *model.Resource  { return b.resource("AWS::DynamoDB::Table", name) }
func (b *builder) queue(name string) *model.Resource  { return b.resource("AWS::SQS::Queue", name) }

func (b *builder) trigger(from, to model.ID, kind string) *model.Trigger {
	t := &model.Trigger{ID: model.ID(fmt.Sprintf("trigger/%s>%s", from, to)), From: from, To: to, Kind: kind, Origin: b.place()}
	for slices.ContainsFunc(b.elements, func(e model.Element) bool { return e.ElementID() == t.ID }) {
		t.ID += "+"
	}
	b.elements = append(b.elements, t)
	return t
}

func (b *builder) design() *model.Design {
	b.t.Helper()
	d, err := model.New(b.info, b.elements...)
	if err != nil {
		b.t.Fatal(err)
	}
	return d
}

func (b *builder) analyse() *Analysis {
	b.t.Helper()
	return analyse(b.t, b.design(), nil)
}

func analyse(t testing.TB, d *model.Design, prev *Analysis) *Analysis {
	t.Helper()
	a, err := Analyze(context.Background(), d, catalog.Load(), prev)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// breach is the breach of a start, which must be there.
func breach(t testing.TB, a *Analysis, from model.ID) *Breach {
	t.Helper()
	b := a.Breach(from)
	if b == nil {
		t.Fatalf("no breach of %s", from)
	}
	return b
}

// say writes a breach as lines that tests compare: "must read write res/Table", "may fed send res/Queue part public/*".
func say(b *Breach) []string {
	var out []string
	for _, h := range b.Hits {
		var line strings.Builder
		line.WriteString(h.Certainty.String())
		if h.Fed {
			line.WriteString(" fed")
		}
		for _, c := range h.Capabilities.All() {
			line.WriteString(" " + c.String())
			if h.Certainty == Must && !h.Must.Has(c) {
				line.WriteString("?")
			}
		}
		line.WriteString(" " + string(h.Target))
		if h.Part != "" {
			line.WriteString(" part " + h.Part)
		}
		if h.OwnLog {
			line.WriteString(" (own log)")
		}
		out = append(out, line.String())
	}
	slices.Sort(out)
	return out
}

// want compares a breach with lines of say.
func want(t *testing.T, b *Breach, lines ...string) {
	t.Helper()
	got := say(b)
	slices.Sort(lines)
	if !slices.Equal(got, lines) {
		t.Errorf("breach of %s:\n%s\nwant:\n%s", b.From, strings.Join(got, "\n"), strings.Join(lines, "\n"))
	}
}

// allow is one Allow statement.
func allow(action, resource string) string {
	return fmt.Sprintf(`{"Effect": "Allow", "Action": %s, "Resource": %s}`, quoted(action), quoted(resource))
}

func deny(action, resource string) string {
	return fmt.Sprintf(`{"Effect": "Deny", "Action": %s, "Resource": %s}`, quoted(action), quoted(resource))
}

// quoted is a JSON list of words separated by spaces.
func quoted(words string) string {
	var out []string
	for w := range strings.FieldsSeq(words) {
		out = append(out, fmt.Sprintf("%q", w))
	}
	return "[" + strings.Join(out, ", ") + "]"
}

// element is one that was added.
func (b *builder) element(id model.ID) model.Element {
	for _, e := range b.elements {
		if e.ElementID() == id {
			return e
		}
	}
	return nil
}
