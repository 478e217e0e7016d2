package account

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"bulkhead/importers"
	"bulkhead/internal/corpus"
	"bulkhead/model"
	"bulkhead/model/source"
)

func read(t *testing.T, file string) *importers.Import {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	fsys := fstest.MapFS{"a.json": {Data: data}}
	if !New().Detect(fsys, "a.json") {
		t.Fatalf("%s is not recognised", file)
	}
	in, err := New().Import(context.Background(), fsys, "a.json", importers.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return in
}

const team = "../../assets/samples/team/snapshot.json"

func TestSnapshot(t *testing.T) {
	in := read(t, team)
	d := in.Design
	if got := []int{len(d.Functions()), len(d.Roles()), len(d.Principals())}; !slices.Equal(got, []int{5, 8, 3}) {
		t.Errorf("functions, roles, principals = %v", got)
	}
	f := d.Function("fn/reporting")
	if f == nil || f.Role != "role/reporting-role" || d.Role(f.Role).Boundary != "policy/arn:aws:iam::210987654321:policy%2FDataBoundary" && d.Policy(d.Role(f.Role).Boundary) == nil {
		t.Fatalf("fn/reporting = %+v", f)
	}
	if len(f.Environment) != 1 || f.Environment[0].Name != "DB_SECRET" {
		t.Errorf("environment = %v", f.Environment)
	}
	starts := map[model.ID][]string{}
	for _, tr := range d.Triggers() {
		starts[tr.To] = append(starts[tr.To], tr.Kind+" "+string(tr.From))
	}
	want := map[model.ID][]string{
		"fn/invoices-pdf":  {"event-source-mapping res/invoice-jobs"},
		"fn/invoices-api":  {"api-route "},
		"fn/release-notes": {"function-url "},
		"fn/reporting":     {"schedule res/nightly-report"},
	}
	for id, w := range want {
		if !slices.Equal(starts[id], w) {
			t.Errorf("%s is started by %v, not %v", id, starts[id], w)
		}
	}
	if d.Function("fn/release-notes").Policy == nil {
		t.Error("the function's resource policy is lost")
	}
	if tr := d.TriggersOf("fn/release-notes"); len(tr) != 1 || !tr[0].Open {
		t.Error("a function URL without authorizer is open")
	}
}

// TestSpans: each statement's span holds the statement: its bytes name the statement's Sid and first action.
func TestSpans(t *testing.T) {
	for _, file := range []string{team, filepath.Join(corpus.Dir(t), "accounts", "example_authz_v2.json")} {
		in := read(t, file)
		data := in.Files["a.json"]
		n := 0
		for _, p := range in.Design.Policies() {
			if p.Document == nil {
				continue
			}
			for _, s := range p.Document.Statements {
				if s.Span.IsZero() {
					continue
				}
				n++
				got := string(data[s.Span.Start:s.Span.End])
				if !strings.HasPrefix(got, "{") || !strings.HasSuffix(got, "}") || (len(s.Actions) > 0 && !strings.Contains(got, `"`+s.Actions[0]+`"`)) {
					t.Fatalf("%s: the span of %s %q holds %q", file, p.ID, s.Sid, got)
				}
				if line := 1 + strings.Count(string(data[:s.Span.Start]), "\n"); line != s.Span.Line {
					t.Errorf("%s: %s %q is said to be on line %d, is on %d", file, p.ID, s.Sid, s.Span.Line, line)
				}
				if column := s.Span.Start - strings.LastIndexByte(string(data[:s.Span.Start]), '\n'); column != s.Span.Column {
					t.Errorf("%s: %s %q is said to be in column %d, is in %d", file, p.ID, s.Sid, s.Span.Column, column)
				}
			}
		}
		if n == 0 {
			t.Errorf("%s: no statement has a place", file)
		}
	}
}

// A file lists the versions of the account's own policies; one that cannot be read leaves the list open.
func TestVersions(t *testing.T) {
	version := func(id string, current bool, action string) string {
		return fmt.Sprintf(`{"VersionId": %q, "IsDefaultVersion": %v, "Document": {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": %q, "Resource": "*"}]}}`, id, current, action)
	}
	for _, c := range []struct {
		list   string
		listed bool
		others int
	}{
		{version("v1", true, "s3:*"), true, 0},
		{version("v2", true, "s3:*") + "," + version("v1", false, "*"), true, 1},
		{version("v2", true, "s3:*") + `, {"VersionId": "v1", "IsDefaultVersion": false, "Document": {"Statement": "x"}}`, false, 0},
		{version("v2", true, "s3:*") + `, {"VersionId": "v1", "IsDefaultVersion": false}`, false, 0},
	} {
		data := `{"Policies": [{"PolicyName": "p", "Arn": "arn:aws:iam::111122223333:policy/p", "PolicyVersionList": [` + c.list + `]}], "RoleDetailList": []}`
		in, err := New().Import(context.Background(), fstest.MapFS{"a.json": {Data: []byte(data)}}, "a.json", importers.Options{})
		if err != nil {
			t.Fatal(err)
		}
		p := in.Design.Policies()[0]
		if p.Listed != c.listed || len(p.Versions) != c.others || p.Document == nil || p.Document.Statements[0].Actions[0] != "s3:*" {
			t.Errorf("%s: listed %v, %d others, in force %+v", c.list, p.Listed, len(p.Versions), p.Document)
		}
	}
}

// Of roles a file says which instance profiles hold them, or says nothing.
func TestProfiles(t *testing.T) {
	for list, want := range map[string]model.Profile{`, "InstanceProfileList": []`: model.NoProfile, `, "InstanceProfileList": [{"Arn": "arn:aws:iam::111122223333:instance-profile/p"}]`: model.HasProfile, "": model.ProfileNotKnown} {
		data := `{"RoleDetailList": [{"RoleName": "r", "Arn": "arn:aws:iam::111122223333:role/r"` + list + `}]}`
		in, err := New().Import(context.Background(), fstest.MapFS{"a.json": {Data: []byte(data)}}, "a.json", importers.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if r := in.Design.Role("role/r"); r.Profile != want {
			t.Errorf("%q: %v", list, r.Profile)
		}
		if len(in.Diagnostics) > 0 {
			t.Errorf("%q: %v", list, in.Diagnostics)
		}
	}
}

// What starts something and is disabled says so.
func TestDisabled(t *testing.T) {
	const arn = "arn:aws:lambda:us-east-1:111122223333:function:f"
	for state, off := range map[string]bool{"Enabled": false, "Disabled": true, "": false} {
		data := `{"bulkhead": "account/v1", "account": "111122223333", "authorizationDetails": {"RoleDetailList": []},
			"functions": [{"FunctionName": "f", "FunctionArn": "` + arn + `", "Role": "arn:aws:iam::111122223333:role/r"}],
			"eventSourceMappings": [{"EventSourceArn": "arn:aws:sqs:us-east-1:111122223333:q", "FunctionArn": "` + arn + `", "State": "` + state + `"}],
			"triggers": [{"From": "arn:aws:events:us-east-1:111122223333:rule/r", "To": "` + arn + `", "Kind": "event-rule", "State": "` + strings.ToUpper(state) + `", "Filter": {"pattern": {"source": ["shop"]}}},
				{"From": "arn:aws:events:us-east-1:111122223333:rule/s", "To": "` + arn + `", "Kind": "event-rule", "Filter": {"pattern": {"source": ["shop"]}, "State": "` + strings.ToUpper(state) + `"}}]}`
		in, err := New().Import(context.Background(), fstest.MapFS{"a.json": {Data: []byte(data)}}, "a.json", importers.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if n := len(in.Design.Triggers()); n != 3 {
			t.Errorf("%d triggers", n)
		}
		for _, tr := range in.Design.Triggers() {
			if tr.Off != off {
				t.Errorf("%q: %s is off: %v", state, tr.ID, tr.Off)
			}
		}
		for _, x := range in.Diagnostics {
			if strings.Contains(x.Summary, "State") {
				t.Errorf("%q: %v", state, x)
			}
		}
	}
}

func TestCorpusAccounts(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(corpus.Dir(t), "accounts", "*.json"))
	if err != nil || len(files) == 0 {
		t.Fatal("no accounts in the corpus")
	}
	more, err := filepath.Glob(filepath.Join(corpus.Dir(t), "templates", "gaad", "*", "*", "*", "*", "*.json"))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range append(files, more...) {
		in := read(t, file)
		if len(in.Design.Roles())+len(in.Design.Principals()) == 0 {
			t.Errorf("%s: nothing was read", file)
		}
	}
}

func TestBadInput(t *testing.T) {
	for name, data := range map[string]string{
		"empty":     "",
		"truncated": `{"bulkhead": "account/v1", "functions": [`,
		"newer":     `{"bulkhead": "account/v2"}`,
		"wrong":     `{"bulkhead": "account/v1", "functions": {"a": 1}, "authorizationDetails": [3], "triggers": [1, null, {}]}`,
		"document":  `{"RoleDetailList": [{"RoleName": "a", "Arn": "arn:aws:iam::1:role/a", "AssumeRolePolicyDocument": 7, "RolePolicyList": [{"PolicyName": "p", "PolicyDocument": {"Statement": "x"}}]}]}`,
	} {
		fsys := fstest.MapFS{"a.json": {Data: []byte(data)}}
		in, err := New().Import(context.Background(), fsys, "a.json", importers.Options{})
		switch name {
		case "wrong":
			if err != nil {
				t.Errorf("%s: %v", name, err)
			}
		case "document":
			if err != nil || len(in.Diagnostics) == 0 {
				t.Errorf("%s: no diagnostic (%v)", name, err)
			}
		default:
			if err == nil || strings.Contains(err.Error(), "\n") {
				t.Errorf("%s: error = %v, want one line", name, err)
			}
		}
	}
}

// TestNoValues: no value of an environment variable gets into a design.
func TestNoValues(t *testing.T) {
	data := `{"bulkhead": "account/v1", "functions": [{"FunctionName": "f", "FunctionArn": "arn:aws:lambda:eu-west-1:1:function:f", "Environment": {"Variables": {"PASSWORD": "hunter2"}}}]}`
	in, err := New().Import(context.Background(), fstest.MapFS{"a.json": {Data: []byte(data)}}, "a.json", importers.Options{})
	if err != nil {
		t.Fatal(err)
	}
	f := in.Design.Function("fn/f")
	if len(f.Environment) != 1 || f.Environment[0].Name != "PASSWORD" || f.Environment[0].Refers != "" {
		t.Errorf("environment = %+v", f.Environment)
	}
}

// TestGuardrails: SCPs and RCPs are read, level by level, as documents and as Organizations prints them; a level that
// cannot be read is told and not made up.
func TestGuardrails(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "a.json")
	text := `{"bulkhead": "account/v1", "account": "111122223333", "regions": ["eu-west-1"],
 "authorizationDetails": {"UserDetailList": [], "GroupDetailList": [], "RoleDetailList": [], "Policies": []},
 "scps": [
  {"target": "r-root", "policies": [{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}]},
  {"target": "ou-1", "policies": [{"PolicySummary": {"Name": "NoIAM"}, "Content": "{\"Version\": \"2012-10-17\", \"Statement\": [{\"Sid\": \"NoUsers\", \"Effect\": \"Deny\", \"Action\": \"iam:CreateUser\", \"Resource\": \"*\"}]}"},
   {"Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}}]},
  {"target": "ou-1", "policies": [{"Statement": {"Effect": "Allow", "Action": "sqs:*", "Resource": "*"}}]},
  {"target": "999999999999", "policies": [{"Statement": {"Effect": "Deny", "Action": "*", "Resource": "*"}}]},
  {"target": "111122223333", "policies": [{"Statement": {"Effect": "Alow"}}]}],
 "rcps": [{"target": "r-root", "policies": [{"Statement": {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*"}}]}]}`
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	in := read(t, file)
	g := in.Design.Info().Guardrails["111122223333"]
	if len(g.SCPs) != 2 || len(g.SCPs[1].Policies) != 3 || len(g.RCPs) != 1 || g.Management {
		t.Fatalf("guardrails = %+v", g)
	}
	if s := g.SCPs[1].Policies[0].Statements[0]; s.Sid != "NoUsers" || s.Span.File != "a.json" || s.Span.Line != 5 {
		t.Errorf("statement = %+v", s)
	}
	if slices.ContainsFunc(in.Design.Info().NotSeen, func(s string) bool { return s == "scps" || s == "rcps" }) {
		t.Errorf("not seen = %v", in.Design.Info().NotSeen)
	}
	if !slices.ContainsFunc(in.Diagnostics, func(d source.Diagnostic) bool { return strings.Contains(d.Summary, "an SCP of 111122223333") }) {
		t.Errorf("diagnostics = %v", in.Diagnostics)
	}
}

// Mappings and the snapshot's own triggers bring their filters, mappings in the form in which the service tells them.
func TestFilters(t *testing.T) {
	const data = `{"bulkhead": "account/v1", "account": "111122223333", "authorizationDetails": {"RoleDetailList": []},
 "resources": [{"Arn": "arn:aws:dynamodb:us-east-1:111122223333:table/t", "Type": "AWS::DynamoDB::Table", "PartitionKey": "pk"}],
 "functions": [{"FunctionName": "f", "FunctionArn": "arn:aws:lambda:us-east-1:111122223333:function:f"}],
 "eventSourceMappings": [{"UUID": "u", "EventSourceArn": "arn:aws:dynamodb:us-east-1:111122223333:table/t/stream/2026", "FunctionArn": "arn:aws:lambda:us-east-1:111122223333:function:f",
  "FilterCriteria": {"Filters": [{"Pattern": "{\"eventName\": [\"INSERT\"]}"}, {"Pattern": "{\"eventName\": [\"MODIFY\"]}"}]}}],
 "triggers": [
  {"From": "arn:aws:s3:::b", "To": "arn:aws:lambda:us-east-1:111122223333:function:f", "Kind": "s3-notification", "Filter": {"prefix": "in/", "suffix": ".jpg", "events": ["s3:ObjectCreated:*"]}},
  {"From": "arn:aws:sns:us-east-1:111122223333:n", "To": "arn:aws:lambda:us-east-1:111122223333:function:f", "Kind": "sns-subscription", "Filter": {"pattern": {"a": ["b"]}, "scope": "MessageBody"}},
  {"From": "arn:aws:events:us-east-1:111122223333:rule/r", "To": "arn:aws:lambda:us-east-1:111122223333:function:f", "Kind": "event-rule", "Filter": {"pattern": "{\"source\": [\"shop\"]}"}},
  {"From": "arn:aws:s3:::c", "To": "arn:aws:lambda:us-east-1:111122223333:function:f", "Kind": "s3-notification", "Filter": {"Key": {"FilterRules": [{"Name": "Prefix", "Value": "in/"}, {"Name": "suffix", "Value": ".png"}]}, "Events": ["s3:ObjectCreated:Put"]}},
  {"From": "arn:aws:sns:us-east-1:111122223333:m", "To": "arn:aws:lambda:us-east-1:111122223333:function:f", "Kind": "sns-subscription", "Filter": {"FilterPolicy": "{\"a\": [\"b\"]}", "FilterPolicyScope": "MessageBody"}},
  {"From": "arn:aws:events:us-east-1:111122223333:rule/s", "To": "arn:aws:lambda:us-east-1:111122223333:function:f", "Kind": "event-rule", "Filter": {"EventPattern": "{\"source\": [\"shop\"]}"}},
  {"From": "arn:aws:events:us-east-1:111122223333:rule/t", "To": "arn:aws:lambda:us-east-1:111122223333:function:f", "Kind": "event-rule", "Filter": {"source": ["shop"]}}]}`
	in, err := New().Import(context.Background(), fstest.MapFS{"a.json": {Data: []byte(data)}}, "a.json", importers.Options{})
	if err != nil {
		t.Fatal(err)
	}
	var got []model.Filter
	for _, tr := range in.Design.Triggers() {
		got = append(got, tr.Filter)
	}
	want := []model.Filter{
		{Pattern: "{\"eventName\": [\"INSERT\"]}\n{\"eventName\": [\"MODIFY\"]}"},
		{Prefix: "in/", Suffix: ".jpg", Events: []string{"s3:ObjectCreated:*"}},
		{Pattern: `{"a": ["b"]}`, OnBody: true},
		{Pattern: `{"source": ["shop"]}`},
		{Prefix: "in/", Suffix: ".png", Events: []string{"s3:ObjectCreated:Put"}},
		{Pattern: `{"a": ["b"]}`, OnBody: true},
		{Pattern: `{"source": ["shop"]}`},
		{},
	}
	if !slices.EqualFunc(got, want, func(a, b model.Filter) bool {
		return a.Pattern == b.Pattern && a.Prefix == b.Prefix && a.Suffix == b.Suffix && a.OnBody == b.OnBody && slices.Equal(a.Events, b.Events)
	}) {
		t.Errorf("filters %+v, not %+v", got, want)
	}
	if !slices.ContainsFunc(in.Diagnostics, func(d source.Diagnostic) bool { return d.Summary == `a filter's "source" is not known` }) {
		t.Errorf("diagnostics %v", in.Diagnostics)
	}
	if r := in.Design.Resource("res/t"); r == nil || r.PartitionKey != "pk" {
		t.Errorf("the partition key is lost: %+v", r)
	}
}

// A rule of a snapshot stands on the bus that its ARN names.
func TestBusOfRules(t *testing.T) {
	const own, function = "arn:aws:events:us-east-1:111122223333:", "arn:aws:lambda:us-east-1:111122223333:function:f"
	for from, want := range map[string][2]string{ // where it comes from, its bus
		own + "rule/nightly":                         {"res/nightly", ""},
		own + "rule/seen/paid":                       {"res/seen", ""},
		own + "rule/unseen/paid":                     {"res/paid", own + "event-bus/unseen"},
		own + "event-bus/seen":                       {"res/seen", ""},
		own + "event-bus/unlisted":                   {"res/unlisted", ""},
		own + "rule/default/shaped":                  {"res/shaped", ""},
		own + "rule/aws.partner/shop.example/1/paid": {"res/paid", own + "event-bus/aws.partner/shop.example/1"},
	} {
		data := `{"bulkhead": "account/v1", "account": "111122223333", "resources": [{"Arn": "` + own + `event-bus/seen", "Type": "AWS::Events::EventBus"}],
 "functions": [{"FunctionName": "f", "FunctionArn": "` + function + `"}], "triggers": [{"From": "` + from + `", "To": "` + function + `", "Kind": "event-rule", "Filter": {"pattern": {"source": ["shop"]}}}]}`
		in, err := New().Import(context.Background(), fstest.MapFS{"a.json": {Data: []byte(data)}}, "a.json", importers.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if tr := in.Design.Triggers()[0]; [2]string{string(tr.From), tr.Bus} != want {
			t.Errorf("%s: from %s on bus %q, not %v", from, tr.From, tr.Bus, want)
		}
	}
}

// A rule of the default bus that asks for events of buckets is started by those that it names, or that send them.
func TestRulesOfBuckets(t *testing.T) {
	const own, function = "arn:aws:events:us-east-1:111122223333:", "arn:aws:lambda:us-east-1:111122223333:function:f"
	for _, c := range []struct{ rule, pattern, want string }{
		{"rule/r", `{"source": ["aws.s3"]}`, "res/r res/loud"},
		{"rule/r", `{"source": ["aws.s3"], "detail": {"bucket": {"name": ["quiet"]}}}`, "res/r res/quiet"},
		{"rule/r", `{"source": ["shop"]}`, "res/r"},
		{"rule/r", `{"source": [{"prefix": "aws."}]}`, "res/r res/loud"},
		{"rule/r", `{"source": [{"anything-but": "aws.s3"}]}`, "res/r"},
		{"rule/r", `{"detail-type": ["Object Created"]}`, "res/r res/loud"},
		{"rule/r", `{"detail-type": ["Paid"]}`, "res/r"},
		{"rule/r", `{"source": ["aws.s3"], "detail": {"bucket": {"name": [{"prefix": "lo"}]}}}`, "res/r res/loud"},
		{"rule/r", `{"source": ["aws.s3"], "detail": {"bucket": {"name": ["quiet", {"wildcard": "l*d"}]}}}`, "res/r res/loud res/quiet"},
		{"rule/bus/r", `{"source": ["aws.s3"]}`, "res/r"},
		{"event-bus/default", `{"source": ["aws.s3", "shop"]}`, "res/default res/loud"},
	} {
		data := `{"bulkhead": "account/v1", "account": "111122223333", "resources": [{"Arn": "arn:aws:s3:::loud", "Type": "AWS::S3::Bucket", "EventBridge": true}, {"Arn": "arn:aws:s3:::quiet", "Type": "AWS::S3::Bucket"}],
 "functions": [{"FunctionName": "f", "FunctionArn": "` + function + `"}], "triggers": [{"From": "` + own + c.rule + `", "To": "` + function + `", "Kind": "event-rule", "Filter": {"pattern": ` + c.pattern + `}}]}`
		in, err := New().Import(context.Background(), fstest.MapFS{"a.json": {Data: []byte(data)}}, "a.json", importers.Options{})
		if err != nil {
			t.Fatal(err)
		}
		var from []string
		for _, tr := range in.Design.Triggers() {
			from = append(from, string(tr.From))
		}
		if got := strings.Join(from, " "); got != c.want {
			t.Errorf("%s, %s: from %s, not %s", c.rule, c.pattern, got, c.want)
		}
	}
}
