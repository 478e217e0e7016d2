package policy

import (
	"fmt"
	"strconv"
	"strings"
	"testing"

	"bulkhead/model/catalog"
	"bulkhead/model/source"
)

// found lists what Check says of a policy: rule, and the text that stands at its place.
func found(t *testing.T, text string, in Setting) []string {
	t.Helper()
	in.Place = Places([]byte(text))
	var out []string
	for _, d := range mustParse(t, text).Check(catalog.Load(), in) {
		if d.Rule == "" || d.Detail == "" {
			t.Errorf("%q has no rule or no detail", d.Summary)
		}
		at := text[d.Span.Start:d.Span.End]
		if strings.HasPrefix(at, "{") {
			at = "{"
		}
		out = append(out, d.Rule+" "+at)
	}
	return out
}

// Each type of policy has elements of its own. What is told stands at what is wrong.
func TestTypes(t *testing.T) {
	const (
		bare      = `{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::data/*"}`
		noRes     = `{"Effect":"Allow","Action":"s3:GetObject"}`
		public    = `{"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::data/*"}`
		denyAll   = `{"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"*"}`
		trust     = `{"Effect":"Allow","Principal":{"Service":"lambda.amazonaws.com"},"Action":"sts:AssumeRole"}`
		exception = `{"Effect":"Deny","NotPrincipal":{"AWS":"arn:aws:iam::123456789012:role/Ops"},"Action":"s3:*","Resource":"*"}`
	)
	identity := []Type{RoleInline, UserInline, GroupInline, ManagedPolicy, SessionPolicy, ServiceControl}
	type rule struct {
		types     []Type
		of        string
		statement string
		want      string
	}
	for _, x := range []rule{
		{identity, "", bare, ""},
		{identity, "", noRes, "no-resource {"},
		{identity, "", public, `principal-not-allowed "*"`},
		{identity, "", exception, `principal-not-allowed {`},
		{[]Type{AnyType}, "", bare, ""},
		{[]Type{AnyType}, "", noRes, ""},
		{[]Type{AnyType}, "", public, ""},

		{[]Type{TrustPolicy}, "", trust, ""},
		{[]Type{TrustPolicy}, "", strings.Replace(trust, `"sts:AssumeRole"`, `["sts:TagSession","sts:*"]`, 1), ""},
		{[]Type{TrustPolicy}, "", strings.Replace(trust, `"sts:AssumeRole"`, `["sts:AssumeRole","lambda:InvokeFunction"]`, 1), `trust-action "lambda:InvokeFunction"`},
		{[]Type{TrustPolicy}, "", strings.Replace(trust, `}`, `},"Resource":"*"`, 1), `resource-not-allowed "*"`},
		{[]Type{TrustPolicy}, "", `{"Effect":"Allow","Action":"sts:AssumeRole"}`, "no-principal {"},

		{[]Type{ResourcePolicy, EndpointPolicy}, "", public, ""},
		{[]Type{ResourcePolicy, EndpointPolicy}, "", exception, ""},
		{[]Type{ResourcePolicy, EndpointPolicy}, "", bare, "no-principal {"},
		{[]Type{ResourcePolicy}, "AWS::S3::Bucket", `{"Effect":"Allow","Principal":"*","Action":"s3:GetObject"}`, "no-resource {"},
		{[]Type{ResourcePolicy}, "AWS::ECR::Repository", `{"Effect":"Allow","Principal":"*","Action":"ecr:BatchGetImage"}`, ""},
		{[]Type{ResourcePolicy}, "AWS::ApiGateway::RestApi", `{"Effect":"Allow","Principal":"*","Action":"execute-api:Invoke","Resource":["execute-api:/*","execute-api:/prod/GET/pets"]}`, ""},
		{[]Type{RoleInline}, "", `{"Effect":"Allow","Action":"execute-api:Invoke","Resource":"execute-api:/*"}`, `malformed-arn "execute-api:/*"`},

		{[]Type{ResourceControl}, "", denyAll, ""},
		{[]Type{ResourceControl}, "", `{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}`, ""},
		{[]Type{ResourceControl}, "", public, `rcp-allow "Allow"`},
		{[]Type{ResourceControl}, "", exception, "principal-not-allowed {"},
		{[]Type{ResourceControl}, "", strings.Replace(denyAll, `"*"`, `{"AWS":"123456789012"}`, 1), `principal-not-allowed "123456789012"`},
		{[]Type{ResourceControl}, "", strings.Replace(denyAll, `"Action"`, `"NotAction"`, 1), `not-action-rcp "s3:*"`},
		{[]Type{ResourceControl}, "", strings.Replace(denyAll, `"s3:*"`, `["s3:*","*"]`, 1), `malformed-action "*"`},
		{[]Type{ResourceControl}, "", `{"Effect":"Deny","Action":"s3:*","Resource":"*"}`, "no-principal {"},
	} {
		for _, typ := range x.types {
			text := `{"Version":"2012-10-17","Statement":` + x.statement + `}`
			if got := strings.Join(found(t, text, Setting{Type: typ, Of: x.of}), ", "); got != x.want {
				t.Errorf("%s %s %s\ngot  %s\nwant %s", typ, x.of, x.statement, got, x.want)
			}
		}
	}
	if got := strings.Join(found(t, `{"Statement":`+denyAll+`}`, Setting{Type: ResourceControl}), ", "); got != "unknown-version {" {
		t.Errorf("a resource control policy without version: %s", got)
	}
}

// What a policy of each type has room for: one character less is silent, one more is told. White space and what is
// not resolved do not count.
func TestSizes(t *testing.T) {
	for _, x := range []struct {
		in   Setting
		most int
	}{
		{Setting{Type: RoleInline}, 10240},
		{Setting{Type: GroupInline}, 5120},
		{Setting{Type: UserInline}, 2048},
		{Setting{Type: ManagedPolicy}, 6144},
		{Setting{Type: TrustPolicy}, 2048},
		{Setting{Type: ServiceControl}, 10240},
		{Setting{Type: ResourceControl}, 5120},
		{Setting{Type: EndpointPolicy}, 20480},
		{Setting{Type: ResourcePolicy, Of: "AWS::S3::Bucket"}, 20480},
		{Setting{Type: ResourcePolicy, Of: "AWS::KMS::Key"}, 32768},
		{Setting{Type: ResourcePolicy, Of: "AWS::SQS::Queue"}, 8192},
		{Setting{Type: ResourcePolicy, Of: "AWS::SNS::Topic"}, 30720},
		{Setting{Type: ResourcePolicy, Of: "AWS::Events::EventBus"}, 10240},
		{Setting{Type: ResourcePolicy, Of: "AWS::Lambda::Function"}, 20480},
		{Setting{Type: ResourcePolicy, Of: "AWS::SecretsManager::Secret"}, 20480},
		{Setting{Type: ResourcePolicy, Of: "AWS::DynamoDB::Table"}, 20480},
		{Setting{Type: ResourcePolicy, Of: "AWS::ECR::Repository"}, 10240},
		{Setting{Type: ResourcePolicy, Of: "AWS::EFS::FileSystem"}, 20000},
		{Setting{Type: ResourcePolicy, Of: "AWS::ApiGateway::RestApi"}, 8192},
		{Setting{Type: ResourcePolicy, Of: "AWS::Logs::ResourcePolicy"}, 5120},
		{Setting{Type: ResourcePolicy, Of: "AWS::VpcLattice::Service"}, 36864},
		{Setting{Type: SessionPolicy}, 2048},
		{Setting{Type: AnyType}, 10240},
	} {
		for _, more := range []int{0, 1} {
			d := mustParse(t, `{"Version": "2012-10-17", "Statement": [{"Effect": "Deny",  "Action": "s3:*", "Resource": "arn:aws:s3:::${Bucket}"}]}`)
			const fixed = len(`{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"s3:*","Resource":"arn:aws:s3:::"}]}`)
			d.Statements[0].Resources[0] += strings.Repeat("x", x.most+more-fixed)
			told := false
			for _, g := range d.Check(catalog.Load(), x.in) {
				told = told || g.Rule == "too-large" && g.Severity == source.Warning
			}
			if told != (more > 0) {
				t.Errorf("%s %s of %d characters: told %v", x.in.Type, x.in.Of, x.most+more, told)
			}
		}
	}
}

// A queue's and a topic's policy may have so many statements, principals and actions, and no more.
func TestCounts(t *testing.T) {
	statement := func(actions, principals int) string {
		list := func(n int, f func(i int) string) string {
			out := make([]string, n)
			for i := range out {
				out[i] = strconv.Quote(f(i))
			}
			return "[" + strings.Join(out, ",") + "]"
		}
		names := []string{"SendMessage", "ReceiveMessage", "DeleteMessage", "GetQueueUrl", "GetQueueAttributes", "PurgeQueue", "ChangeMessageVisibility", "ListQueueTags"}
		return `{"Effect":"Allow","Principal":{"AWS":` + list(principals, func(i int) string { return fmt.Sprint(100000000000 + i) }) + `},"Action":` + list(actions, func(i int) string { return "sqs:" + names[i] }) +
			`,"Resource":"arn:aws:sqs:us-east-1:123456789012:q"}`
	}
	conditional := strings.Replace(statement(1, 1), `"Resource"`, `"Condition":{"Bool":{"aws:SecureTransport":"true"},"Null":{"aws:SourceIp":"false"}},"Resource"`, 1)
	for _, c := range []struct {
		of, statements, want string
	}{
		{"AWS::SQS::Queue", strings.Repeat(conditional+",", 9) + conditional, ""},
		{"AWS::SQS::Queue", strings.Repeat(conditional+",", 10) + conditional, "too-many {"},
		{"AWS::SNS::Topic", strings.Repeat(conditional+",", 10) + conditional, ""},
		{"AWS::SQS::Queue", statement(7, 50), ""},
		{"AWS::SQS::Queue", statement(8, 1), "too-many ["},
		{"AWS::SQS::Queue", statement(1, 51), "too-many {"},
		{"AWS::SQS::Queue", strings.Repeat(statement(1, 1)+",", 19) + statement(1, 1), ""},
		{"AWS::SQS::Queue", strings.Repeat(statement(1, 1)+",", 20) + statement(1, 1), "too-many {"},
		{"AWS::SNS::Topic", strings.Repeat(statement(8, 2)+",", 50) + statement(1, 2), ""},
		{"AWS::SNS::Topic", strings.Repeat(statement(1, 1)+",", 100) + statement(1, 1), "too-many {"},
		{"AWS::S3::Bucket", strings.Repeat(statement(1, 1)+",", 100) + statement(1, 1), ""},
	} {
		var got []string
		for _, f := range found(t, `{"Version":"2012-10-17","Statement":[`+c.statements+`]}`, Setting{Type: ResourcePolicy, Of: c.of}) {
			if strings.HasPrefix(f, "too-many") {
				got = append(got, f[:len("too-many x")])
			}
		}
		if text := strings.Join(got, ", "); text != c.want {
			t.Errorf("%s %.80s: %q, want %q", c.of, c.statements, text, c.want)
		}
	}
}

// IAM takes no characters beyond U+00FF.
func TestCharacters(t *testing.T) {
	text := `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::é/—","Condition":{"StringEquals":{"aws:PrincipalTag/ü":"日本"}}}]}`
	for _, x := range []struct {
		typ  Type
		want string
	}{
		{RoleInline, `invalid-character "arn:aws:s3:::é/—", invalid-character "日本"`},
		{ResourcePolicy, "no-principal {"},
	} {
		if got := strings.Join(found(t, text, Setting{Type: x.typ}), ", "); got != x.want {
			t.Errorf("%s: got %s, want %s", x.typ, got, x.want)
		}
	}
}

// A finding about one value stands at that value.
func TestFindingsStandAtTheirValues(t *testing.T) {
	text := `{
  "Version": "2012-10-17",
  "Statement": [
    {"Sid": "Fine", "Effect": "Allow", "Action": ["s3:GetObject"], "Resource": "arn:aws:s3:::data/*"},
    {"Sid": "not fine", "Effect": "Allow", "Action": ["s3:GetObject", "sqs:SendMessage"], "Resource": ["arn:aws:s3:::data/*"],
     "Condition": {"StringEqual": {"aws:SourceVpc": "v"}, "Bool": {"aws:SecureTransport": [true, "maybe"]}, "StringEquals": {"aws:Sourcevpcx": "v"}}},
    {"Sid": "Fine", "Effect": "Allow", "Action": ["s3:PutObject", "s3:GetObjekt"], "Resource": ["*", "data"]}
  ]
}`
	got := found(t, text, Setting{Type: RoleInline})
	want := []string{
		`invalid-sid "not fine"`, `resource-mismatch "sqs:SendMessage"`,
		`unknown-operator "StringEqual"`, `bad-condition-value "maybe"`, `unknown-condition-key "aws:Sourcevpcx"`,
		`duplicate-sid "Fine"`, `unknown-action "s3:GetObjekt"`, `malformed-arn "data"`,
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}
