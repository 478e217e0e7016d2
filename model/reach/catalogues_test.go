package reach

import (
	"cmp"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"bulkhead/model"
	"bulkhead/model/catalog"
	"bulkhead/model/policy"
)

// Every row of the published catalogues, with its permissions and no others, leads where it is said to.
func TestCatalogues(t *testing.T) {
	for _, row := range catalogues(t) {
		id, gives, permissions := row.id, row.gives, strings.Join(row.permissions, " ")
		t.Run(id+" "+permissions, func(t *testing.T) {
			b, starts := universe(t, start{permissions: row.permissions, note: row.note})
			a := b.analyse()
			var got []string
			for _, from := range starts {
				got = append(got, given(breach(t, a, from))...)
			}
			ok := slices.Contains(got, gives)
			switch gives {
			case "nothing":
				ok = len(got) == 0
			}
			if !ok {
				t.Errorf("gives %q, not %q", got, gives)
			}
		})
	}
}

// A catalogued is a row of the published catalogues.
type catalogued struct {
	id, gives   string
	permissions []string
	note        string
}

func catalogues(t *testing.T) []catalogued {
	t.Helper()
	data, err := os.ReadFile("testdata/catalogues.tsv")
	if err != nil {
		t.Fatal(err)
	}
	var out []catalogued
	for line := range strings.Lines(string(data)) {
		if !strings.HasPrefix(line, "#") {
			row := append(strings.Split(strings.TrimSpace(line), "\t"), "")
			out = append(out, catalogued{row[0], row[1], strings.Fields(row[2]), row[3]})
		}
	}
	return out
}

// given is what a breach comes to beside its own permissions.
func given(b *Breach) []string {
	var out []string
	if b.Admin {
		out = append(out, "runs")
	}
	for _, h := range b.Hits {
		if h.Fed {
			continue
		}
		switch {
		case h.Target == "res/Sealed" && h.Capabilities.Has(catalog.Read):
			out = append(out, "data")
		case h.Target == "res/data" && h.Capabilities.Has(catalog.Permissions):
			out = append(out, "permissions")
		}
		if within := catalog.Capabilities(1<<catalog.Read | 1<<catalog.Send | 1<<catalog.Secret); h.Capabilities.Has(catalog.Permissions) && h.Capabilities&within != 0 {
			out = append(out, "contents")
		}
		for _, w := range h.Ways() {
			if last := w.Path()[len(w.Path())-1]; last.Kind != Acts && last.To == h.Target {
				out = append(out, last.Kind.String())
			}
		}
	}
	return out
}

// A start is what whoever starts in a universe has, and what stands in its way.
type start struct {
	permissions []string
	note        string // "bounded": an administrator's policy within a boundary; "denied": one with a denial
	resource    string // of all permissions; "*" without
	elsewhere   bool   // its permissions are on another account's things
	condition   string // of all permissions
	split       int    // 1: a statement each; 2: a policy each
	denied      string // by its own policy
	within      string // statements of its boundary
	distrusted  bool   // no role's trust policy lets anybody take it
	known       map[string]*policy.Document
}

// grants are the documents of a start's own permissions, each a list of statements.
func (s *start) grants() []string {
	statement := func(permissions string) string {
		out := allow(permissions, cmp.Or(s.resource, "*"))
		if s.condition != "" {
			out = conditional(permissions, cmp.Or(s.resource, "*"), s.condition)
		}
		return out
	}
	if s.elsewhere {
		var out []string
		for _, p := range s.permissions {
			service, _, _ := strings.Cut(p, ":")
			arn := "arn:aws:" + service + ":us-east-1:999999999999:*"
			switch service {
			case "iam", "sts":
				arn = "arn:aws:iam::999999999999:*"
			case "s3":
				arn = "arn:aws:s3:::elsewhere*"
			}
			out = append(out, allow(p, arn))
		}
		return out
	}
	if len(s.permissions) == 0 {
		return []string{allow("bulkhead:Nothing", "*")}
	}
	if s.split == 0 {
		return []string{statement(strings.Join(s.permissions, " "))}
	}
	var out []string
	for _, p := range s.permissions {
		out = append(out, statement(p))
	}
	if s.split == 1 {
		return []string{strings.Join(out, ",")}
	}
	return out
}

// universe is a design with something for every technique: a role and user with the permissions, administrators of
// each sort, and one of each thing that starts a function.
func universe(t *testing.T, s start) (b *builder, starts []model.ID) {
	b = build(t)
	b.info.Kind, b.known = "account", s.known
	permissions := strings.Join(s.permissions, " ")
	var own []model.ID
	for i, doc := range s.grants() {
		if i == 0 && strings.HasPrefix(permissions+s.note, "kms:") {
			doc += "," + allow("dynamodb:GetItem", arnOf("AWS::DynamoDB::Table", "Sealed"))
		}
		own = append(own, b.managed(fmt.Sprintf("Own%d", i), doc).ID)
	}
	// Policies that nobody has keep one universe the same world as the next.
	for i := len(own); i < 10; i++ {
		b.managed(fmt.Sprintf("Own%d", i), allow("bulkhead:Nothing", "*"))
	}
	if denials := b.managed("Denials", deny(cmp.Or(s.denied, "bulkhead:Nothing"), "*")); s.denied != "" {
		own = append(own, denials.ID)
	}
	f := b.function("Start")
	role := b.roleOf(f)
	role.Policies = slices.Clone(own)
	u := b.user("Starter")
	team := b.user("Team")
	team.ID, team.Kind, team.ARN = "group/Team", model.Group, "arn:aws:iam::"+testAccount+":group/Team"
	u.Policies, u.Groups = own, []model.ID{team.ID}
	if boundary := b.managed("Within", cmp.Or(s.within, adminGrant)).ID; s.within != "" {
		role.Boundary, u.Boundary = boundary, boundary
	}
	switch s.note {
	case "bounded":
		role.Policies = append(role.Policies, b.managed("Everything", adminGrant).ID)
		role.Boundary = b.managed("Boundary", allow(permissions, "*")).ID
	case "denied":
		role.Policies = append(role.Policies, b.managed("Everything", adminGrant).ID)
		role.Policies = append(role.Policies, b.policies("Deny", `{"Effect": "Deny", "NotAction": "iam:De*", "Resource": "*"}`)...)
	}

	var services []string
	for i := range techniques {
		services = append(services, techniques[i].by...)
	}
	slices.Sort(services)
	services = slices.DeleteFunc(slices.Compact(services), func(s string) bool { return s == "cognito-identity.amazonaws.com" })
	admin := b.role("Admin", trusts(services...)+`,{"Effect": "Allow", "Principal": {"Federated": "cognito-identity.amazonaws.com"}, "Action": "sts:AssumeRoleWithWebIdentity"},`+rootTrust, adminGrant)
	target := b.functionOf("Target", admin)
	if s.distrusted {
		admin.Trust = b.document("trust of Admin", trusts("nobody.amazonaws.com"))
	}
	b.user("Root", adminGrant)
	admins := b.user("Admins", adminGrant)
	admins.ID, admins.Kind, admins.ARN = "group/Admins", model.Group, "arn:aws:iam::"+testAccount+":group/Admins"

	carry := func(cfnType, arn, kind string) {
		r := b.resource(cfnType, "of-"+kind)
		if arn != "" {
			r.ARN = arn
		}
		b.trigger(r.ID, target.ID, kind)
	}
	at := func(rest string) string {
		service, rest, _ := strings.Cut(rest, ":")
		return "arn:aws:" + service + ":us-east-1:" + testAccount + ":" + rest
	}
	b.trigger(b.bucket("data").ID, target.ID, "s3-notification")
	b.trigger(b.queue("Q").ID, target.ID, "event-source-mapping")
	b.trigger(b.table("T").ID, target.ID, "event-source-mapping")
	carry("AWS::SNS::Topic", at("sns:topic"), "sns-subscription")
	carry("AWS::Kinesis::Stream", at("kinesis:stream/s"), "stream")
	carry("AWS::Events::EventBus", at("events:event-bus/b"), "event-rule")
	carry("AWS::StepFunctions::StateMachine", at("states:stateMachine:m"), "state-machine-task")
	carry("AWS::ApiGatewayV2::Api", at("execute-api:api"), "api-route")
	carry("AWS::Logs::LogGroup", at("logs:log-group:g"), "log-subscription")
	carry("AWS::Cognito::UserPool", at("cognito-idp:userpool/p"), "cognito")
	carry("AWS::AppSync::GraphQLApi", at("appsync:apis/a"), "graphql")
	b.trigger("", target.ID, "iot-rule").Label = "SELECT * FROM 'cars'"
	b.trigger("", target.ID, "function-url").Outside = true
	for _, x := range []struct{ cfnType, arn string }{{"AWS::SSM::Parameter", at("ssm:parameter/p")}, {"AWS::SecretsManager::Secret", at("secretsmanager:secret:s-AbCdEf")}} {
		r := b.resource(x.cfnType, x.arn[strings.LastIndexByte(x.arn, ':')+1:])
		r.ARN = x.arn
		target.Environment = append(target.Environment, model.EnvVar{Name: "READS", Refers: r.ID})
	}
	held := b.bucket("packages")
	b.functionOf("Packaged", admin).Package = model.Package{From: held.ID, Key: "code.zip"}
	images := b.resource("AWS::ECR::Repository", "images")
	images.ARN = at("ecr:repository/images")
	b.functionOf("Imaged", admin).Package = model.Package{From: images.ID}
	for _, id := range []model.ID{"res/parameter/key", "res/secret:key-AbCdEf"} {
		arn := at("ssm:parameter/key")
		cfnType := "AWS::SSM::Parameter"
		if strings.Contains(string(id), "secret") {
			arn, cfnType = at("secretsmanager:secret:key-AbCdEf"), "AWS::SecretsManager::Secret"
		}
		r := b.resource(cfnType, string(id[4:]))
		r.ARN, r.Credentials = arn, []model.Credential{{User: "user/Root"}}
	}
	b.table("Sealed").Key = b.resource("AWS::KMS::Key", "k").ID
	return b, []model.ID{f.ID, u.ID}
}
