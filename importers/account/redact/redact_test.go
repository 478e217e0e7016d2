package redact_test

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"bulkhead/importers/account/redact"
	"bulkhead/model/policy"
)

// of redacts snapshots that are written as values.
func of(t *testing.T, key *redact.Key, snapshots ...any) []string {
	t.Helper()
	var files []redact.File
	for i, s := range snapshots {
		data, ok := s.([]byte)
		if !ok {
			var err error
			if data, err = json.MarshalIndent(s, "", "  "); err != nil {
				t.Fatal(err)
			}
		}
		files = append(files, redact.File{Name: fmt.Sprintf("account-%d.json", i), Data: data})
	}
	out, err := redact.Files(t.Context(), files, key)
	if err != nil {
		t.Fatal(err)
	}
	var texts []string
	for _, f := range out {
		texts = append(texts, string(f.Data))
	}
	return texts
}

type object = map[string]any

// names and patterns of an account, in the places where a snapshot has them.
type drawn struct{ Names, Patterns, Tags []string }

func (d drawn) snapshot() object {
	var roles, users []any
	for _, n := range d.Names {
		roles = append(roles, object{"RoleName": n, "Arn": "arn:aws:iam::111122223333:role/" + n, "Path": "/", "AssumeRolePolicyDocument": object{}})
	}
	for _, t := range d.Tags {
		users = append(users, object{"UserName": t, "Arn": "arn:aws:iam::111122223333:user/" + t, "Tags": []any{object{"Key": "team", "Value": t}}})
	}
	resources, likes := []any{}, []any{}
	for _, p := range d.Patterns {
		resources = append(resources, "arn:aws:iam::111122223333:role/"+p, "arn:aws:sts::111122223333:assumed-role/"+p, "*:role/"+p)
		likes = append(likes, p)
	}
	document := object{"Version": "2012-10-17", "Statement": []any{object{"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": resources,
		"Condition": object{"StringLike": object{"aws:PrincipalTag/team": likes}}}}}
	return object{"UserDetailList": users, "RoleDetailList": roles, "Policies": []any{object{"PolicyName": "drawn", "Arn": "arn:aws:iam::111122223333:policy/drawn",
		"PolicyVersionList": []any{object{"Document": document, "IsDefaultVersion": true}}}}}
}

// read takes the names and patterns out of a redacted snapshot, in order.
func (d drawn) read(t interface {
	Fatal(...any)
	Fatalf(string, ...any)
}, text string) (names, tags, resources, likes []string) {
	var in struct {
		UserDetailList []struct{ UserName, Arn string }
		RoleDetailList []struct{ RoleName, Arn string }
		Policies       []struct {
			PolicyVersionList []struct {
				Document struct {
					Statement []struct {
						Resource  []string
						Condition struct{ StringLike map[string][]string }
					}
				}
			}
		}
	}
	if err := json.Unmarshal([]byte(text), &in); err != nil {
		t.Fatal(err)
	}
	for _, r := range in.RoleDetailList {
		names = append(names, r.RoleName)
		if !strings.HasSuffix(r.Arn, ":role/"+r.RoleName) {
			t.Fatalf("the role %s has the ARN %s", r.RoleName, r.Arn)
		}
	}
	for _, u := range in.UserDetailList {
		tags = append(tags, u.UserName)
	}
	s := in.Policies[0].PolicyVersionList[0].Document.Statement[0]
	for _, v := range s.Condition.StringLike {
		likes = v
	}
	return names, tags, s.Resource, likes
}

// team is a variable that patterns have, which who is tagged fills in.
const team = "${aws:PrincipalTag/team}"

func filled(pattern, tag string) string {
	return regexp.MustCompile(`\$\{[^}]*\}`).ReplaceAllLiteralString(pattern, tag)
}

// TestFilledIn: what a variable makes of a pattern is within another pattern, and matches a name that nothing else cuts there.
func TestFilledIn(t *testing.T) {
	d := drawn{Names: []string{"ordevelop", "orders"}, Tags: []string{"dev", "ders", "pay"}, Patterns: []string{"ord*", "or" + team + "2Prod", "or" + team + "*", "*" + team + "p"}}
	for range 20 {
		names, tags, _, likes := d.read(t, of(t, redact.NewKey(), d.snapshot())[0])
		for _, c := range []struct {
			pattern, filled, tag int
			want                 bool
		}{{0, 1, 0, true}, {0, 1, 1, true}, {0, 1, 2, false}} {
			if got, _ := policy.Match(likes[c.pattern], filled(likes[c.filled], tags[c.tag])); got != c.want {
				t.Errorf("%s as %s, and %s of %s: matches %v", d.Patterns[c.pattern], likes[c.pattern], likes[c.filled], tags[c.tag], got)
			}
		}
		for i, want := range []bool{true, false} {
			if got, _ := policy.Match(filled(likes[2], tags[0]), names[i]); got != want {
				t.Errorf("%s of %s matches %s: %v", likes[2], tags[0], names[i], got)
			}
		}
	}
}

// TestPatternsMatchTheSame draws names and patterns of few letters, so that they have much to do with each other: every
// pattern matches the same names before and after, in ARNs, in those of sessions, which no snapshot spells, and by themselves.
func TestPatternsMatchTheSame(t *testing.T) {
	drawings, refused := 0, 0
	rapid.Check(t, func(rt *rapid.T) {
		text := rapid.StringMatching(`[abB1]{1,4}([-/_][abo1]{1,4}){0,2}`)
		d := drawn{Names: rapid.SliceOfNDistinct(text, 1, 12, rapid.ID[string]).Draw(rt, "names"), Tags: rapid.SliceOfNDistinct(text, 0, 4, rapid.ID[string]).Draw(rt, "tags")}
		for range rapid.IntRange(1, 6).Draw(rt, "patterns") {
			p := []byte(rapid.SampledFrom(append(d.Names, d.Tags...)).Draw(rt, "of"))
			for range rapid.IntRange(1, 2).Draw(rt, "wildcards") {
				if strings.Contains(string(p), team) {
					break // a wildcard within a variable makes another of it
				}
				i := rapid.IntRange(0, len(p)).Draw(rt, "from")
				j := rapid.IntRange(i, len(p)).Draw(rt, "to")
				p = slices.Concat(p[:i], []byte(rapid.SampledFrom([]string{"*", "*", "*", "?", "??", team}).Draw(rt, "wildcard")), p[j:])
			}
			d.Patterns = append(d.Patterns, string(p))
		}
		was, err := json.Marshal(d.snapshot())
		if err != nil {
			rt.Fatal(err)
		}
		// The key is drawn as well, so that the same names come about in every run of one seed.
		seed := rapid.SliceOfN(rapid.Byte(), 32, 32).Draw(rt, "seed")
		key, err := redact.ReadKey(fmt.Appendf(nil, `{"bulkhead": "redaction/v1", "seed": %q}`, base64.StdEncoding.EncodeToString(seed)))
		if err != nil {
			rt.Fatal(err)
		}
		out, err := redact.Files(t.Context(), []redact.File{{Name: "a.json", Data: was}}, key)
		drawings++
		if err != nil {
			refused++ // never wrong, at times too hard
			return
		}
		names, tags, resources, likes := d.read(rt, string(out[0].Data))
		same := func(p, q, s, r string) {
			a, _ := policy.Match(p, s)
			b, _ := policy.Match(q, r)
			if a != b {
				rt.Fatalf("%s matches %s: %v\nafter: %s matches %s: %v", p, s, a, q, r, b)
			}
		}
		account := strings.Split(resources[0], ":")[4]
		for i, p := range d.Patterns {
			for j, n := range d.Names {
				for k, form := range []string{"arn:aws:iam::%s:role/%s", "arn:aws:sts::%s:assumed-role/%s", "arn:aws:iam::%s:role/%s"} {
					p := []string{"arn:aws:iam::111122223333:role/" + p, "arn:aws:sts::111122223333:assumed-role/" + p, "*:role/" + p}[k]
					same(p, resources[3*i+k], fmt.Sprintf(form, "111122223333", n), fmt.Sprintf(form, account, names[j]))
				}
				same(p, likes[i], n, names[j])
			}
			for j, n := range d.Tags {
				same(p, likes[i], n, tags[j])
				// Filled in, it is a pattern of its own, and a text that others match.
				p, q := filled(p, n), filled(likes[i], tags[j])
				for k, m := range d.Names {
					same(p, q, m, names[k])
				}
				if !strings.ContainsAny(p, "*?") {
					for k, o := range d.Patterns {
						if !strings.Contains(o, team) {
							same(o, likes[k], p, q)
						}
					}
				}
			}
		}
	})
	if refused*20 > drawings {
		t.Errorf("%d of %d were refused", refused, drawings)
	}
	t.Logf("%d of %d were refused", refused, drawings)
}

// everywhere is a snapshot with a mark in whatever somebody may have named, as far as a mark can be there.
const everywhere = `{"bulkhead": "account/v1", "account": "123412341234", "alias": "zqx-corp", "regions": ["eu-west-1"], "taken": "2026-11-20T08:00:00Z",
"organization": {"Id": "o-zqxzqx1234", "zqxKey": "zqx"},
"authorizationDetails": {
 "UserDetailList": [{"Path": "/zqx/", "UserName": "zqx.Zqx@zqx.example", "UserId": "AIDAZQX4567890123456", "Arn": "arn:aws:iam::123412341234:user/zqx/zqx.Zqx@zqx.example",
   "GroupList": ["zqx"], "Tags": [{"Key": "zqx", "Value": "Zqx zqx"}, {"Key": "aws:cloudformation:stack-name", "Value": "zqx"}]}],
 "GroupDetailList": [{"GroupName": "zqx", "Arn": "arn:aws:iam::123412341234:group/zqx", "AttachedManagedPolicies": [{"PolicyName": "AdministratorAccess", "PolicyArn": "arn:aws:iam::aws:policy/AdministratorAccess"}]}],
 "RoleDetailList": [{"RoleName": "zqxRole", "RoleId": "AROAZQX4567890123456", "Arn": "arn:aws:iam::123412341234:role/service-role/zqxRole", "Description": "the zqx role of 123412341234",
   "AssumeRolePolicyDocument": "%7B%22Version%22%3A%222012-10-17%22%2C%22Statement%22%3A%5B%7B%22Sid%22%3A%22zqx%22%2C%22Effect%22%3A%22Allow%22%2C%22Action%22%3A%22sts%3AAssumeRole%22%2C%22Principal%22%3A%7B%22AWS%22%3A%22arn%3Aaws%3Aiam%3A%3A432143214321%3Arole%2Fzqx%22%2C%22Service%22%3A%22lambda.amazonaws.com%22%7D%7D%5D%7D",
   "RolePolicyList": [{"PolicyName": "zqx", "PolicyDocument": {"Version": "2012-10-17", "Id": "zqx", "Statement": [
     {"Sid": "Zqx", "Effect": "Allow", "Action": "s3:*", "Resource": ["arn:aws:s3:::zqx-*", "arn:aws:s3:::zqx-${aws:PrincipalTag/zqx, 'zqx'}/*", "arn:aws:logs:*:123412341234:log-group:/aws/lambda/zqx:*", "arn:aws:zqx*", "*zqx*"],
      "Condition": {"StringEquals": {"aws:PrincipalTag/zqx": "zqx", "aws:PrincipalOrgID": "o-zqxzqx1234", "auth.zqx.example:sub": "zqx", "aws:SourceAccount": ["123412341234", 432143214321], "sts:ExternalId": "zqx!zqx",
         "events:source": "com.zqx", "dynamodb:LeadingKeys": "zqx", "unknown:zqx/zqx": "zqx", "aws:PrincipalOrgPaths": "o-zqxzqx1234/r-zqx1/ou-zqx1-zqxzqx12/", "s3:prefix": ["", "zqx/"], "lambda:Layer": "arn:aws:lambda:eu-west-1:123412341234:layer:zqx:1", "iam:PassedToService": "arn:aws:zqx", "cognito-identity.amazonaws.com:aud": "eu-west-1:zqx"},
       "IpAddress": {"aws:SourceIp": ["203.0.113.0/24", "203.0.113.7", "2001:db8:abcd::/48"]}, "ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/zqx*"}}}]}}],
   "PermissionsBoundary": {"PermissionsBoundaryArn": "arn:aws:iam::123412341234:policy/zqx"}}],
 "Policies": []},
"functions": [{"FunctionName": "zqx", "FunctionArn": "arn:aws:lambda:eu-west-1:123412341234:function:zqx", "Role": "arn:aws:iam::123412341234:role/service-role/zqxRole", "Description": "zqx", "Handler": "zqx.zqx",
  "Runtime": "go1.x", "Environment": {"Variables": {"ZQX": "zqx", "AWS_REGION": ""}}, "Tags": {"zqx": "zqx"}, "VpcConfig": {"VpcId": "vpc-0123456789abcdef0", "SubnetIds": ["subnet-0123456789abcdef0"]}, "newThing": {"zqxName": "zqx"}}],
"eventSourceMappings": [{"UUID": "zqx", "EventSourceArn": "arn:aws:sqs:eu-west-1:123412341234:zqx", "FunctionArn": "arn:aws:lambda:eu-west-1:123412341234:function:zqx",
  "FilterCriteria": {"Filters": [{"Pattern": "{\"body\": {\"zqxField\": [\"zqx\", {\"prefix\": \"zqx-\"}]}}"}]}}],
"resourcePolicies": [{"Resource": "arn:aws:s3:::zqx", "Policy": "{\"Statement\": [{\"Effect\": \"Allow\", \"Principal\": {\"Federated\": \"arn:aws:iam::123412341234:oidc-provider/auth.zqx.example\"}, \"Action\": \"s3:GetObject\", \"Resource\": \"arn:aws:s3:::zqx/*\"}]}"}],
"stacks": [{"StackName": "zqx", "Resources": [{"LogicalResourceId": "Zqx", "ResourceType": "Custom::Zqx"}]}],
"resources": [{"Arn": "arn:aws:s3:::zqx-2", "Type": "Custom::ZqxThing", "Acl": [{"Grantee": "zqxzqx", "Permission": "READ"}, {"Grantee": "http://acs.amazonaws.com/groups/global/AllUsers", "Permission": "READ"}]}, {"Arn": "arn:aws:secretsmanager:eu-west-1:123412341234:secret:zqx/zqx-AbCdEf", "Type": "AWS::SecretsManager::Secret", "PartitionKey": "zqx", "KmsKeyArn": "arn:aws:kms:eu-west-1:123412341234:alias/zqx"}],
"triggers": [{"From": "arn:aws:s3:::zqx", "To": "arn:aws:lambda:eu-west-1:123412341234:function:zqx:zqx", "Kind": "s3-notification", "Filter": {"prefix": "zqx/", "suffix": ".zqx", "events": ["s3:ObjectCreated:*"]}},
  {"From": "", "To": "arn:aws:lambda:eu-west-1:123412341234:function:zqx", "Kind": "api-route", "Filter": {"route": "ANY /zqx/{zqx}", "auth": "NONE"}},
  {"From": "arn:aws:events:eu-west-1:123412341234:rule/zqx", "To": "arn:aws:lambda:eu-west-1:123412341234:function:zqx", "Kind": "event-rule", "Filter": {"pattern": {"source": ["com.zqx"], "detail-type": ["zqx"], "detail": {"zqx": [{"suffix": "zqx"}]}}}}],
"scps": [{"target": "ou-zqx1-zqxzqx12", "policies": [{"PolicySummary": {"Name": "zqx"}, "Content": "{\"Statement\": [{\"Effect\": \"Deny\", \"Action\": \"*\", \"Resource\": \"*\", \"Condition\": {\"StringNotLike\": {\"aws:PrincipalArn\": \"arn:aws:iam::*:role/zqx*\"}}}]}"}]}],
"problems": [{"Call": "lambda:GetPolicy arn:aws:lambda:eu-west-1:123412341234:function:zqx", "Error": "AccessDeniedException: User: arn:aws:iam::123412341234:user/zqx is not authorized, call zqx of 123412341234"}]}`

func TestNothingIsLeft(t *testing.T) {
	out := of(t, redact.NewKey(), []byte(everywhere))[0]
	for _, gone := range []string{"zqx", "123412341234", "432143214321", "203.0.113", "2001:db8", "0123456789abcdef0", "AbCdEf"} {
		if i := strings.Index(strings.ToLower(out), strings.ToLower(gone)); i >= 0 {
			t.Errorf("%q is left in …%s", gone, out[max(0, i-60):min(len(out), i+40)])
		}
	}
	if !json.Valid([]byte(out)) {
		t.Error("it is no JSON any more")
	}
	for _, stays := range []string{"arn:aws:iam::aws:policy/AdministratorAccess", "lambda.amazonaws.com", "eu-west-1", "/aws/lambda/", "s3:ObjectCreated:*", "aws:cloudformation:stack-name", "AWS_REGION", "service-role/",
		"aws:PrincipalOrgID", "AccessDeniedException", "ANY /", "o-", "vpc-", "secret:", "oidc-provider/", "go1.x", "Custom::", "http://acs.amazonaws.com/groups/global/AllUsers", "cognito-identity.amazonaws.com:aud"} {
		if !strings.Contains(out, stays) {
			t.Errorf("%q is gone", stays)
		}
	}
}

// TestNoNameOfTheSampleIsLeft looks for the letters and digits of all names of the sample account.
func TestNoNameOfTheSampleIsLeft(t *testing.T) {
	data, err := os.ReadFile("../../../assets/samples/team/snapshot.json")
	if err != nil {
		t.Fatal(err)
	}
	token := regexp.MustCompile(`[A-Za-z0-9]+`)
	tokens := func(text string) map[string]bool {
		out := map[string]bool{}
		for _, m := range regexp.MustCompile(`"(UserName|GroupName|RoleName|FunctionName|Sid|Handler|route)": "([^"]*)"|"arn:[^:]*:[^:]*:[^:]*:([^"]*)"`).FindAllStringSubmatch(text, -1) {
			for _, w := range token.FindAllString(m[2]+" "+m[3], -1) {
				out[w] = true
			}
		}
		return out
	}
	was, is := tokens(string(data)), tokens(of(t, redact.NewKey(), data)[0])
	if len(was) < 30 {
		t.Fatalf("only %d names were found", len(was))
	}
	// AWS's own, in the same places.
	aws := strings.Fields("role user group policy root function table secret key rule log aws lambda logs oidc provider token actions githubusercontent com ANY service AWSLambdaBasicExecutionRole AdministratorAccess " +
		"stack parameter topic stateMachine InvokeFunction")
	for w := range was {
		if is[w] && !slices.Contains(aws, w) {
			t.Errorf("%s is left", w)
		}
	}
}

func TestKeys(t *testing.T) {
	d := drawn{Names: []string{"orders-api", "OrdersApi", "ordersAPI", "orders"}, Patterns: []string{"ord*"}}
	key := redact.NewKey()
	first := of(t, key, d.snapshot())[0]
	if again := of(t, key, d.snapshot())[0]; again != first {
		t.Errorf("the same key gives\n%s\nand\n%s", first, again)
	}
	kept, err := redact.ReadKey(key.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	if again := of(t, kept, d.snapshot())[0]; again != first {
		t.Errorf("the key that was kept gives\n%s\nnot\n%s", again, first)
	}
	if other := of(t, redact.NewKey(), d.snapshot())[0]; other == first {
		t.Errorf("another key gives the same")
	}
	// More names, old ones as they were.
	more := drawn{Names: append([]string{"payments"}, d.Names...), Patterns: d.Patterns}
	if text := of(t, kept, more.snapshot())[0]; !strings.Contains(text, regexp.MustCompile(`"RoleName": "[^"]*"`).FindString(first)) {
		t.Errorf("with one more name, %s is not as in %s", text, first)
	}
	for _, bad := range []string{"", "{}", `{"bulkhead": "redaction/v2"}`, `{"bulkhead": "redaction/v1", "seed": "AA=="}`} {
		if _, err := redact.ReadKey([]byte(bad)); err == nil || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: %v", bad, err)
		}
	}
}

func TestSeveral(t *testing.T) {
	a := drawn{Names: []string{"deploy"}}.snapshot()
	b := drawn{Names: []string{"other"}, Patterns: []string{"deploy"}}.snapshot()
	out := of(t, redact.NewKey(), a, b)
	arn := regexp.MustCompile(`arn:aws:iam::\d+:role/\w+`).FindString(out[0])
	if !strings.Contains(out[1], `"`+arn+`"`) {
		t.Errorf("%s of the one is not in the other:\n%s", arn, out[1])
	}
}

func TestRefuses(t *testing.T) {
	for _, text := range []string{"", "[]", "{", `{"Resources": {}}`, "null", `{"RoleDetailList": []}` + "\n" + `{"RoleDetailList": [{"RoleName": "left"}]}`, `{"RoleDetailList": []} # left`} {
		if _, err := redact.Files(t.Context(), []redact.File{{Name: "x.json", Data: []byte(text)}}, redact.NewKey()); err == nil || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: %v", text, err)
		}
	}
}

// TestQuestionsOfAWS: a policy of AWS's own asks for ids of ten characters by question marks. What it matched it matches under other
// names, and what was longer or shorter does not come to match.
func TestQuestionsOfAWS(t *testing.T) {
	const api = "arn:aws:apigateway:eu-west-1::/restapis/"
	snapshot := map[string]any{"bulkhead": "account/v1", "account": "123412341234", "authorizationDetails": map[string]any{"RoleDetailList": []any{map[string]any{
		"RoleName": "AWSServiceRoleForDevOpsGuru", "Arn": "arn:aws:iam::123412341234:role/aws-service-role/devops-guru.amazonaws.com/AWSServiceRoleForDevOpsGuru", "Path": "/aws-service-role/devops-guru.amazonaws.com/",
		"AttachedManagedPolicies": []any{map[string]any{"PolicyName": "AmazonDevOpsGuruServiceRolePolicy", "PolicyArn": "arn:aws:iam::aws:policy/aws-service-role/AmazonDevOpsGuruServiceRolePolicy"}}}}},
		"resources": []any{map[string]any{"Arn": api + "ywzhemaf35", "Type": "AWS::ApiGateway::RestApi"}, map[string]any{"Arn": api + "shop", "Type": "AWS::ApiGateway::RestApi"},
			map[string]any{"Arn": api + "shop-and-more", "Type": "AWS::ApiGateway::RestApi"}, map[string]any{"Arn": api + "abcdefghijk", "Type": "AWS::ApiGateway::RestApi"}}}
	for range 20 {
		out := of(t, redact.NewKey(), snapshot)[0]
		if n := len(regexp.MustCompile(regexp.QuoteMeta(api)+`[a-z0-9]{10}"`).FindAllString(out, -1)); n != 1 || strings.Contains(out, "ywzhemaf35") {
			t.Errorf("%d APIs have ids of ten characters: %s", n, out)
		}
	}
}
