package edit_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"bulkhead/model"
	"bulkhead/model/catalog"
	"bulkhead/model/edit"
	"bulkhead/model/policy"
	"bulkhead/model/source"
)

const account = "arn:aws:iam::123456789012:"

// at is a place in the fixture's template; places must not be equal by chance.
func at(line int) source.Span {
	return source.Span{File: "template.yaml", Start: line * 100, End: line*100 + 90, Line: line, Column: 1}
}

// document reads a policy and gives every statement a place of its own, from a line on.
func document(t testing.TB, line int, statements ...string) *policy.Document {
	t.Helper()
	doc, err := policy.Parse([]byte(`{"Version": "2012-10-17", "Statement": [` + strings.Join(statements, ",") + `]}`))
	if err != nil {
		t.Fatal(err)
	}
	doc.Span = at(line)
	for i, s := range doc.Statements {
		s.Span = at(line + 1 + i)
	}
	return doc
}

func arnOf(kind, name string) string {
	switch kind {
	case "table":
		return "arn:aws:dynamodb:us-east-1:123456789012:table/" + name
	case "queue":
		return "arn:aws:sqs:us-east-1:123456789012:" + name
	case "bucket":
		return "arn:aws:s3:::" + name
	case "function":
		return "arn:aws:lambda:us-east-1:123456789012:function:" + name
	case "role":
		return account + "role/" + name
	}
	panic(kind)
}

func generated(name string) string { return "shop-" + name + "-GENERATED" }

// shop is a design with a wide function, a narrow one, and what they use: explicit roles, one policy of AWS's, one
// shared by both.
func shop(t testing.TB) *model.Design {
	t.Helper()
	trust := func(line int) *policy.Document {
		return document(t, line, `{"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}`)
	}
	full := catalog.Load().ManagedPolicy("AmazonS3ReadOnlyAccess")
	managed, err := policy.Parse(full.Document)
	if err != nil {
		t.Fatal(err)
	}
	basic, err := policy.Parse(catalog.Load().ManagedPolicy("AWSLambdaBasicExecutionRole").Document)
	if err != nil {
		t.Fatal(err)
	}
	function := func(name string, line int) *model.Function {
		return &model.Function{ID: model.ID("fn/" + name), LogicalID: name, Name: generated(name), ARN: arnOf("function", generated(name)), Runtime: "python3.13",
			Handler: "app.handler", Code: "src", Role: model.ID("role/" + name + "Role"), RoleARN: arnOf("role", generated(name+"Role")), Stack: "shop", Origin: at(line)}
	}
	role := func(name string, line int, policies ...model.ID) *model.Role {
		return &model.Role{ID: model.ID("role/" + name), LogicalID: name, Name: generated(name), ARN: arnOf("role", generated(name)),
			Trust: trust(line + 1), Policies: policies, Stack: "shop", Origin: at(line)}
	}
	resource := func(name, cfnType, arn string, line int) *model.Resource {
		return &model.Resource{ID: model.ID("res/" + name), LogicalID: name, Name: generated(name), ARN: arn, Type: cfnType, Fresh: true, Stack: "shop", Origin: at(line)}
	}
	permission := func(line int, function, route string) *policy.Statement {
		d := document(t, line, fmt.Sprintf(`{"Effect": "Allow", "Principal": {"Service": "apigateway.amazonaws.com"}, "Action": "lambda:InvokeFunction", "Resource": %q,
			"Condition": {"ArnLike": {"AWS:SourceArn": "arn:aws:execute-api:us-east-1:123456789012:api/*/GET/%s"}}}`, function, route))
		d.Statements[0].Span = source.Span{File: "template.yaml", Start: line*100 + 10, End: line*100 + 20, Line: line, Column: 11}
		return d.Statements[0]
	}

	wide := function("Shop", 10)
	wide.Environment = []model.EnvVar{{Name: "ORDERS", Refers: "res/Orders"}, {Name: "PRODUCTS", Refers: "res/Products"}, {Name: "MODE"}}
	wide.Policy = &policy.Document{Version: "2012-10-17", ID: "default", Statements: []*policy.Statement{permission(20, wide.ARN, "list"), permission(21, wide.ARN, "checkout")}}
	mailer := function("Mailer", 40)
	mailer.Environment = []model.EnvVar{{Name: "SHOP", Refers: "fn/Shop"}}

	d, err := model.New(model.Info{Name: "shop", Kind: "sam", Partition: "aws", Region: "us-east-1", Account: "123456789012"},
		wide,
		role("ShopRole", 30, "policy/ShopRole/main", "policy/shared", "policy/arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess", "policy/arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"),
		&model.Policy{ID: "policy/ShopRole/main", Name: "main", Stack: "shop", Origin: at(50), Document: document(t, 51,
			`{"Sid": "Tables", "Effect": "Allow", "Action": "dynamodb:*", "Resource": "*"}`,
			`{"Effect": "Allow", "Action": ["sqs:SendMessage", "sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"], "Resource": "*", "Condition": {"Bool": {"aws:SecureTransport": "true"}}}`,
			`{"Sid": "NoTables", "Effect": "Deny", "Action": "dynamodb:DeleteTable", "Resource": "*"}`,
			`{"Sid": "Mail", "Effect": "Allow", "Action": "lambda:InvokeFunction", "Resource": ["`+arnOf("function", generated("Mailer"))+`", "`+arnOf("function", generated("Mailer"))+`:*"]}`,
		)},
		mailer,
		role("MailerRole", 60, "policy/MailerRole/main", "policy/shared"),
		&model.Policy{ID: "policy/MailerRole/main", Name: "main", Stack: "shop", Origin: at(70), Document: document(t, 71,
			`{"Effect": "Allow", "Action": ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"], "Resource": "`+arnOf("queue", generated("Outbox"))+`"}`,
			`{"Effect": "Allow", "Action": "lambda:InvokeFunction", "Resource": "`+arnOf("function", generated("Shop"))+`"}`,
			`{"Effect": "Allow", "Action": ["logs:CreateLogStream", "logs:PutLogEvents"], "Resource": "arn:aws:logs:us-east-1:123456789012:*"}`,
		)},
		&model.Policy{ID: "policy/shared", LogicalID: "Shared", Name: "shared", ARN: account + "policy/shared", Managed: true, Stack: "shop", Origin: at(80), Document: document(t, 81,
			`{"Sid": "Read", "Effect": "Allow", "Action": ["ssm:GetParameter", "ssm:GetParameters"], "Resource": "*"}`)},
		&model.Policy{ID: "policy/arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess", Name: "AmazonS3ReadOnlyAccess", ARN: "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess", Managed: true, Document: managed},
		&model.Policy{ID: "policy/arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole", Name: "AWSLambdaBasicExecutionRole",
			ARN: "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole", Managed: true, Document: basic},
		resource("Orders", "AWS::DynamoDB::Table", arnOf("table", generated("Orders")), 90),
		resource("Products", "AWS::DynamoDB::Table", arnOf("table", generated("Products")), 91),
		resource("Outbox", "AWS::SQS::Queue", arnOf("queue", generated("Outbox")), 92),
		resource("Photos", "AWS::S3::Bucket", arnOf("bucket", generated("Photos")), 93),
		&model.Trigger{ID: "trigger/Shop/List", Name: "List", To: "fn/Shop", Kind: "api-route", Event: "http", Label: "GET /list", Open: true, Outside: true, Stack: "shop", Origin: at(20)},
		&model.Trigger{ID: "trigger/Shop/Checkout", Name: "Checkout", To: "fn/Shop", Kind: "api-route", Event: "http", Label: "GET /checkout", Open: true, Outside: true, Stack: "shop", Origin: at(21)},
		&model.Trigger{ID: "trigger/Outbox", Name: "Outbox", From: "res/Outbox", To: "fn/Mailer", Kind: "event-source-mapping", Event: "sqs", Label: "sqs", Stack: "shop", Origin: at(45)},
	)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// apply applies an edit that has to work.
func apply(t testing.TB, d *model.Design, e edit.Edit) *edit.Result {
	t.Helper()
	r, err := e.Apply(d)
	if err != nil {
		t.Fatalf("%s: %v", e, err)
	}
	return r
}

// stackOf is the identity policies of a role.
func stackOf(t testing.TB, d *model.Design, id model.ID) *policy.Stack {
	t.Helper()
	var docs []*policy.Document
	r := d.Role(id)
	if r == nil {
		t.Fatalf("there is no %s", id)
	}
	for _, p := range r.Policies {
		if pol := d.Policy(p); pol == nil {
			t.Fatalf("%s has %s, which is not there", id, p)
		} else if pol.Document != nil {
			docs = append(docs, pol.Document)
		}
	}
	program, err := policy.Compile(catalog.Load(), docs...)
	if err != nil {
		t.Fatal(err)
	}
	return &policy.Stack{Identity: program}
}

// allows reports whether a role may do something.
func allows(t testing.TB, d *model.Design, role model.ID, action, resource string) bool {
	t.Helper()
	return stackOf(t, d, role).Evaluate(policy.Request{Principal: d.Role(role).ARN, Action: action, Resource: resource, Open: true}).Outcome == policy.Allowed
}

// saying prints a policy's statements, one a line, for comparing.
func saying(p *model.Policy) string {
	var out []string
	for _, s := range p.Document.Statements {
		data, err := s.MarshalJSON()
		if err != nil {
			return err.Error()
		}
		out = append(out, string(data))
	}
	return strings.Join(out, "\n")
}

// refused reports the refusal in an error, if it is one.
func refused(err error) *edit.Refusal {
	var r *edit.Refusal
	errors.As(err, &r)
	return r
}

func index(i int) edit.StatementRef { return edit.StatementRef{Index: &i} }

func contains(list []string, text string) bool {
	return slices.ContainsFunc(list, func(s string) bool { return strings.Contains(s, text) })
}
