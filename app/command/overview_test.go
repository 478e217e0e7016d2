package command_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// A snapshot with roles that each may do an action on everything, and functions that run as one.
func accountOf(roles, functions []string) string {
	return `{"bulkhead": "account/v1", "account": "111122223333", "authorizationDetails": {"RoleDetailList": [` + strings.Join(roles, ",") + `]}, "functions": [` + strings.Join(functions, ",") + `],
 "resources": [{"Arn": "arn:aws:s3:::ledger", "Type": "AWS::S3::Bucket"}, {"Arn": "arn:aws:sqs:us-east-1:111122223333:jobs", "Type": "AWS::SQS::Queue"}]}`
}

func roleThat(name, trusts, action string) string {
	return fmt.Sprintf(`{"RoleName": %q, "Arn": "arn:aws:iam::111122223333:role/%s", "Path": "/", "AssumeRolePolicyDocument": {"Statement": [{"Effect": "Allow", "Principal": %s, "Action": "sts:AssumeRole"}]},
 "RolePolicyList": [{"PolicyName": "p", "PolicyDocument": {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": %q, "Resource": "*"}]}}]}`, name, name, trusts, action)
}

func functionAs(name, role string) string {
	return fmt.Sprintf(`{"FunctionName": %q, "FunctionArn": "arn:aws:lambda:us-east-1:111122223333:function:%s", "Role": "arn:aws:iam::111122223333:role/%s"}`, name, name, role)
}

const (
	byAccount = `{"AWS": "111122223333"}`
	byLambda  = `{"Service": "lambda.amazonaws.com"}`
	byPartner = `{"AWS": "arn:aws:iam::999988887777:root"}`
)

// Of an account without functions no figure says that it is tight: its roles are the starts, those that reach an administrator
// first, with their way.
func TestNoFunctionIsNotTight(t *testing.T) {
	file := write(t, "account.json", accountOf([]string{roleThat("break-glass", byAccount, "*"), roleThat("deploy", byAccount, "sts:*"), roleThat("reader", byAccount, "s3:GetObject")}, nil))
	out := done(t, "breach", file)
	for _, no := range []string{"watertightness", "nothing floods"} {
		if strings.Contains(out, no) {
			t.Errorf("%q is said of no function:\n%s", no, out)
		}
	}
	for _, say := range []string{"break-glass", "must  deploy → break-glass", "reader  1 of 2  50 %"} {
		if !strings.Contains(out, say) {
			t.Errorf("no %q in\n%s", say, out)
		}
	}
	if strings.Contains(out, "reader → ") {
		t.Errorf("reader reaches an administrator:\n%s", out)
	}
}

// Breaches are told the worst first; of more than a screen holds each has a line, and none is left out. Roles without a
// function that reach an administrator and starts from outside are told beside them.
func TestOverview(t *testing.T) {
	roles := []string{roleThat("quiet", byLambda, "logs:PutLogEvents"), roleThat("some", byLambda, "sqs:SendMessage"), roleThat("most", byLambda, "s3:*"), roleThat("all", byLambda, "lambda:UpdateFunctionCode"),
		roleThat("ruler", byLambda, "*"), roleThat("deploy", byAccount, "sts:*"), roleThat("partner", byPartner, "s3:GetObject"), roleThat("break-glass", byAccount, "*")}
	few := []string{functionAs("dry", "quiet"), functionAs("wet", "some"), functionAs("rule", "ruler"), functionAs("code", "all")}
	order := func(out string, names ...string) {
		t.Helper()
		var at []int
		for _, n := range names {
			at = append(at, strings.Index(out, n))
		}
		if slices.Contains(at, -1) || !slices.IsSorted(at) {
			t.Errorf("%q are not there in this order (%v):\n%s", names, at, out)
		}
	}
	out := done(t, "breach", write(t, "few.json", accountOf(roles, few)))
	order(out, "A breach of rule", "A breach of wet", "A breach of dry", "1 role or user without a function reaches an administrator:\n  must  deploy → break-glass", "outside/999988887777  1 of 2  50 %  runs as partner")
	order(out, "A breach of code", "A breach of wet")

	many := few
	for i := range 30 {
		many = append(many, functionAs(fmt.Sprintf("more%02d", i), "quiet"))
	}
	out = done(t, "breach", write(t, "many.json", accountOf(roles, many)))
	if strings.Contains(out, "A breach of") || strings.Count(out, "\n  more") != 30 {
		t.Errorf("34 functions:\n%s", out)
	}
	order(out, "within reach", "  rule", "  wet", "  dry", "  more00", "  more29")
}

// Who from outside starts a breach is called as people call it, and the route that lets it in stands in a line.
func TestAnyoneByAnOpenRoute(t *testing.T) {
	for _, name := range []string{"anyone", "outside/anyone"} {
		out := done(t, "breach", "sample:webshop", "--from", name)
		for _, say := range []string{"From outside, anyone reaches 0 of 6", "with fed functions vulnerable too: 6 of 6, 100 %", "calls an open route that starts it", "template.yaml:43  GET /products asks for no credentials"} {
			if !strings.Contains(out, say) {
				t.Errorf("%s: no %q in\n%s", name, say, out)
			}
		}
	}
}

// Who can says by which statements, of each hop; a role is told with the function that may the same by it.
func TestWhoCanSaysWhy(t *testing.T) {
	file := write(t, "account.json", accountOf([]string{roleThat("reader", byLambda, "s3:GetObject"), roleThat("deploy", byAccount, "lambda:UpdateFunctionCode")}, []string{functionAs("f", "reader")}))
	out := done(t, "who-can", "s3:GetObject", "ledger", file)
	for _, say := range []string{"1 directly, 1 by a path", "must  direct  f as reader", "reader · statement 1 allows s3:GetObject on *", "must  path    deploy → f", "deploy · statement 1 allows lambda:UpdateFunctionCode on *"} {
		if !strings.Contains(out, say) {
			t.Errorf("no %q in\n%s", say, out)
		}
	}
	if strings.Contains(out, "direct  reader") {
		t.Errorf("the role is told apart from its function:\n%s", out)
	}
}

// What a function that is fed would run if it were vulnerable is not fed: its input is nobody's choice, until fed functions are
// taken as vulnerable.
func TestFedIsWhoseInputIsChosen(t *testing.T) {
	type breaches struct {
		Breaches []struct{ Feeds []string }
	}
	args := []string{"breach", "sample:team", "--from", "anyone", "--json"}
	if got := decoded[breaches](t, done(t, args...)).Breaches[0].Feeds; !slices.Equal(got, []string{"fn/release-notes"}) {
		t.Errorf("anyone feeds %v", got)
	}
	if got := decoded[breaches](t, done(t, append(args, "--assume-vulnerable")...)).Breaches[0].Feeds; !slices.Contains(got, "role/deploy") {
		t.Errorf("with fed functions vulnerable: %v", got)
	}
	if got := decoded[breaches](t, done(t, "breach", "sample:photos", "--from", "Resize", "--json")).Breaches[0].Feeds; len(got) == 0 {
		t.Error("Resize feeds nobody")
	}
}

// Into another account both sides have to allow it, and both are told; a role that a breach may act as is told as that, before what
// else is done to it; a function and a role of one name are told apart.
func TestReasonsOfBothSides(t *testing.T) {
	file := write(t, "template.yaml", `Resources:
  Data: {Type: AWS::S3::Bucket}
  Reads: {Type: AWS::S3::BucketPolicy, Properties: {Bucket: !Ref Data, PolicyDocument: {Statement: [{Sid: Partner, Effect: Allow, Principal: {AWS: "arn:aws:iam::999988887777:root"}, Action: s3:GetObject, Resource: !Sub "${Data.Arn}/*"}]}}}
  Run: {Type: AWS::IAM::Role, Properties: {RoleName: run, AssumeRolePolicyDocument: {Statement: [{Effect: Allow, Principal: {Service: lambda.amazonaws.com}, Action: sts:AssumeRole}]}, Policies: [{PolicyName: p, PolicyDocument: {Version: "2012-10-17", Statement: [{Effect: Allow, Action: ["iam:PassRole", "ecs:RunTask"], Resource: "*"}]}}]}}
  run: {Type: AWS::Lambda::Function, Properties: {FunctionName: run, Role: !GetAtt Run.Arn, Runtime: python3.13, Handler: a.b, Code: {ZipFile: x}}}
  Task: {Type: AWS::IAM::Role, Properties: {AssumeRolePolicyDocument: {Statement: [{Effect: Allow, Principal: {Service: ecs-tasks.amazonaws.com}, Action: sts:AssumeRole}]}, Policies: [{PolicyName: p, PolicyDocument: {Version: "2012-10-17", Statement: [{Effect: Allow, Action: "s3:*", Resource: "*"}]}}]}}
`)
	out := done(t, "breach", file, "--from", "999988887777")
	for _, say := range []string{"policy of Data · statement 1 (Partner) allows s3:GetObject", "its own account's policies, which no source shows, are taken to allow it"} {
		if strings.Count(out, say) != 1 {
			t.Errorf("not once %q in\n%s", say, out)
		}
	}
	out = done(t, "breach", file, "--from", "fn/run")
	if runs, passes := strings.Index(out, "runs  Task"), strings.Index(out, "pass to a service"); runs < 0 || passes < runs {
		t.Errorf("the role that it may act as does not come first:\n%s", out)
	}
}
