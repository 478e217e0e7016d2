package command_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// A simulator stands for STS and IAM: it throttles some first tries, and decides by the action's name.
type simulator struct {
	mu     sync.Mutex
	seen   map[string]bool
	asked  []string
	tags   int
	denied bool
}

func (s *simulator) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	fault := func(code string) {
		w.WriteHeader(http.StatusBadRequest)
		fmt.Fprintf(w, `<ErrorResponse><Error><Code>%s</Code><Message>no</Message></Error></ErrorResponse>`, code)
	}
	if r.ParseForm() != nil || !strings.HasPrefix(r.Header.Get("Authorization"), "AWS4-HMAC-SHA256 ") {
		fault("IncompleteSignature")
		return
	}
	switch r.Form.Get("Action") {
	case "GetCallerIdentity":
		fmt.Fprint(w, `<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>arn:aws:iam::111122223333:user/me</Arn><Account>111122223333</Account></GetCallerIdentityResult></GetCallerIdentityResponse>`)
		return
	case "SimulatePrincipalPolicy":
	default:
		fault("AccessDenied")
		return
	}
	action, about := r.Form.Get("ActionNames.member.1"), r.Form.Encode()
	if s.denied {
		fault("AccessDenied")
		return
	}
	if !s.seen[about] && len(s.seen) < 4 {
		s.seen[about] = true
		fault("Throttling")
		return
	}
	s.asked = append(s.asked, action)
	decision, missing := "implicitDeny", ""
	switch {
	case strings.HasPrefix(action, "sqs:Delete"):
		decision = "explicitDeny"
	case action == "s3:GetObject" || strings.HasPrefix(action, "sqs:"):
		decision = "allowed"
	case strings.HasPrefix(action, "dynamodb:"):
		missing = "<member>aws:RequestedRegion</member>"
		if r.Form.Get("ContextEntries.member.1.ContextKeyName") == "aws:principaltag/team" && r.Form.Get("ContextEntries.member.1.ContextKeyValues.member.1") == "red" {
			s.tags++
		}
	case strings.HasPrefix(action, "s3:Put"):
		decision = "allowed" // and is not
	}
	fmt.Fprintf(w, `<SimulatePrincipalPolicyResponse><SimulatePrincipalPolicyResult><IsTruncated>false</IsTruncated><EvaluationResults><member><EvalActionName>%s</EvalActionName><EvalDecision>%s</EvalDecision>
<MissingContextValues>%s</MissingContextValues><PermissionsBoundaryDecisionDetail><AllowedByPermissionsBoundary>false</AllowedByPermissionsBoundary></PermissionsBoundaryDecisionDetail></member></EvaluationResults></SimulatePrincipalPolicyResult></SimulatePrincipalPolicyResponse>`,
		action, decision, missing)
}

func TestVerify(t *testing.T) {
	for _, name := range os.Environ() {
		if name, _, _ = strings.Cut(name, "="); strings.HasPrefix(name, "AWS_") {
			t.Setenv(name, "")
		}
	}
	t.Setenv("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY")
	t.Setenv("AWS_CONFIG_FILE", filepath.Join(t.TempDir(), "config"))
	t.Setenv("AWS_SHARED_CREDENTIALS_FILE", filepath.Join(t.TempDir(), "credentials"))
	t.Setenv("AWS_EC2_METADATA_DISABLED", "true")

	a := newSnapshot("111122223333")
	a.resource("arn:aws:s3:::b", "AWS::S3::Bucket")
	a.resource(a.at("sqs:q"), "AWS::SQS::Queue")
	a.resource(a.at("dynamodb:table/t"), "AWS::DynamoDB::Table")
	a.role("r", service("lambda.amazonaws.com"), grants("s3:GetObject sqs:*", "*"), denies("sqs:Delete*", "*"),
		grants("dynamodb:GetItem", "*", `{"StringEquals": {"aws:PrincipalTag/team": "red", "aws:RequestedRegion": "eu-west-1"}}`))
	a.roles[0].(object)["Tags"] = []any{object{"Key": "team", "Value": "red"}}
	file := a.file(t, t.TempDir())

	s := &simulator{seen: map[string]bool{}}
	server := httptest.NewServer(s)
	defer server.Close()
	args := []string{"verify", file, "--endpoint-url", server.URL, "--region", "us-east-1", "--rate", "100", "--samples", "60"}
	type said struct {
		Account, As   string
		Asked, Agreed int
		Classes       []struct {
			Class         string
			Asked, Agreed int
		}
		Disagreements []struct {
			Class, Action, Bulkhead, AWS, Why string
			Missing                           []string
		}
		Failed, Limits []string
	}
	r := run(t, append(args, "--json")...)
	v := decoded[said](t, r.out)
	lists := 0
	for _, action := range s.asked {
		if strings.HasPrefix(action, "s3:Put") {
			lists++
		}
	}
	if lists == 0 {
		t.Error("the sample has nothing that differs: take another seed")
	}
	if v.Account != "111122223333" || v.Asked != len(s.asked) || v.Asked < 40 || v.Agreed != v.Asked-lists || len(v.Failed) != 0 || len(v.Limits) == 0 || s.tags == 0 {
		t.Errorf("asked %d (%d with tags), said %+v", len(s.asked), s.tags, v)
	}
	sum := 0
	for _, c := range v.Classes {
		sum += c.Asked
		if c.Class == "conditions" && c.Agreed != c.Asked || c.Class != "conditions" && c.Class != "identity policies" {
			t.Errorf("%+v", c)
		}
	}
	if sum != v.Asked || len(v.Classes) != 2 {
		t.Errorf("classes: %+v", v.Classes)
	}
	for _, d := range v.Disagreements {
		if !strings.HasPrefix(d.Action, "s3:Put") || d.Bulkhead != "implicitDeny" || d.AWS != "allowed" || !strings.Contains(d.Why, "boundary") {
			t.Errorf("%+v", d)
		}
	}
	if want := map[bool]int{true: 1, false: 0}[lists > 0]; r.code != want {
		t.Errorf("exit %d with %d disagreements: %s", r.code, lists, r.err)
	}
	if text := run(t, args...); !strings.Contains(text.out, fmt.Sprintf("%d of %d decisions are AWS's", v.Agreed, v.Asked)) || !strings.Contains(text.out, "What the simulator does not see") || !strings.Contains(text.err, "iam:SimulatePrincipalPolicy") {
		t.Errorf("%s%s", text.out, text.err)
	}
	if p := done(t, "verify", "--print-policy"); !strings.Contains(p, `"iam:SimulatePrincipalPolicy"`) || strings.Count(p, ":Simulate") != 1 || strings.Contains(p, "*\"\n      ]") {
		t.Errorf("policy:\n%s", p)
	}
	s.denied = true
	b := newSnapshot("444455556666")
	b.role("r", service("lambda.amazonaws.com"), grants("s3:GetObject", "*"))
	b.resource("arn:aws:s3:::b", "AWS::S3::Bucket")
	for want, args := range map[string][]string{
		"--print-policy": args,
		"the credentials are of account 111122223333, the snapshot is of 444455556666": {"verify", b.file(t, t.TempDir()), "--endpoint-url", server.URL, "--region", "us-east-1"},
		"--samples 0": {"verify", file, "--samples", "0"},
		"--rate 0":    {"verify", file, "--rate", "0"},
		"no snapshot": {"verify", write(t, "t.yaml", shop("s3:GetObject"))},
		"which":       {"verify"},
	} {
		if r := run(t, args...); r.code != 2 || !strings.Contains(r.err, want) || r.out != "" {
			t.Errorf("%v: exit %d: %s%s", args, r.code, r.out, r.err)
		}
	}
}
