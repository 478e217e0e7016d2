package reach

import (
	"slices"
	"strings"
	"testing"

	"bulkhead/model"
)

// Who may change the tags that a condition is about makes it hold, or lifts a denial: of a resource, of somebody else, of itself.
func TestTagsThatMayChange(t *testing.T) {
	data := arnOf("AWS::DynamoDB::Table", "data")
	own, bound := roleARN("FRole"), "arn:aws:iam::"+testAccount+":policy/Bound"
	tagged := func(statement, key, value string) string {
		return when(statement, `"StringEquals": {"`+key+`": "`+value+`"}`)
	}
	read := tagged(allow("dynamodb:GetItem", "*"), "aws:ResourceTag/team", "web")
	hidden := allow("dynamodb:GetItem", data) + "," + tagged(deny("dynamodb:GetItem", "*"), "aws:ResourceTag/team", "security")
	must, may := []string{"data must"}, []string{"data may"}
	vault := func(b *builder) {
		b.role("Vault", strings.TrimSuffix(rootTrust, "}")+`, "Condition": {"StringEquals": {"aws:PrincipalTag/clearance": "high"}}}`, allow("dynamodb:GetItem", data))
		b.element("role/FRole").(*model.Role).Tags = map[string]string{"clearance": "low"}
	}
	for _, c := range []struct {
		name     string
		policies []string
		more     func(b *builder)
		want     []string
		says     string // of the statements of the hit
	}{
		{"another tag than the one asked for", []string{read}, nil, nil, ""},
		{"tagged first", []string{read, allow("dynamodb:TagResource", data)}, nil, must, "dynamodb:TagResource"},
		{"another table tagged", []string{read, allow("dynamodb:TagResource", data+"2")}, nil, nil, ""},
		{"tagged perhaps", []string{read, when(allow("dynamodb:TagResource", data), `"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}`)}, nil, may, "dynamodb:TagResource"},
		{"tagged with another tag alone", []string{read, when(allow("dynamodb:TagResource", data), `"ForAllValues:StringEquals": {"aws:TagKeys": ["cost"]}`)}, nil, nil, ""},
		{"tagged with this tag alone", []string{read, when(allow("dynamodb:TagResource", data), `"ForAllValues:StringEquals": {"aws:TagKeys": ["team"]}`)}, nil, must, ""},
		{"tagged with another value alone", []string{read, tagged(allow("dynamodb:TagResource", data), "aws:RequestTag/team", "ops")}, nil, nil, ""},
		{"tagging denied", []string{read, allow("dynamodb:TagResource", data), deny("dynamodb:Tag*", "*")}, nil, nil, ""},
		{"tagged where its tag lets it", []string{read, tagged(allow("dynamodb:TagResource", "*"), "aws:ResourceTag/team", "security")}, nil, must, ""},
		{"tagged where its tag does not let it", []string{read, tagged(allow("dynamodb:TagResource", "*"), "aws:ResourceTag/team", "ops")}, nil, nil, ""},
		{"tagged within a boundary that leaves it not", []string{read, allow("dynamodb:TagResource", data)}, func(b *builder) {
			b.element("role/FRole").(*model.Role).Boundary = b.managed("Bound", allow("dynamodb:Get*", "*")).ID
		}, nil, ""},
		{"two tags", []string{when(allow("dynamodb:GetItem", "*"), `"StringEquals": {"aws:ResourceTag/team": "web", "aws:ResourceTag/stage": "dev"}`), allow("dynamodb:TagResource", data)}, nil, must, ""},

		{"a denial of its tag", []string{hidden}, nil, nil, ""},
		{"a denial of its tag, taken off", []string{hidden, allow("dynamodb:UntagResource", data)}, nil, must, "dynamodb:UntagResource"},
		{"a denial of its tag, overwritten", []string{hidden, allow("dynamodb:TagResource", data)}, nil, must, "dynamodb:TagResource"},
		{"a denial of its tag, which denies tagging as well", []string{strings.ReplaceAll(hidden, `"Effect": "Deny", "Action": ["dynamodb:GetItem"]`, `"Effect": "Deny", "Action": ["dynamodb:*"]`), allow("dynamodb:TagResource dynamodb:UntagResource", data)}, nil, nil, ""},
		{"a denial of no tag, taken off", []string{allow("dynamodb:GetItem", data) + "," + when(deny("dynamodb:GetItem", "*"), `"StringNotEquals": {"aws:ResourceTag/team": "web"}`), allow("dynamodb:UntagResource", data)}, nil, nil, ""},

		{"its own tag", []string{tagged(allow("dynamodb:GetItem", "*"), "aws:PrincipalTag/clearance", "high")}, vault, nil, ""},
		{"its own tag, changed", []string{tagged(allow("dynamodb:GetItem", "*"), "aws:PrincipalTag/clearance", "high"), allow("iam:TagRole", own)}, vault, must, "iam:TagRole"},
		{"another's tag, changed", []string{tagged(allow("dynamodb:GetItem", "*"), "aws:PrincipalTag/clearance", "high"), allow("iam:TagRole", roleARN("Vault"))}, vault, nil, ""},
		{"its own tag that a trust policy asks for", []string{allow("sts:AssumeRole", roleARN("Vault")), allow("iam:TagRole", own)}, vault, must, ""},
		{"its own tag that a trust policy asks for, as it is", []string{allow("sts:AssumeRole", roleARN("Vault"))}, vault, nil, ""},
		{"its own tag, to another value alone", []string{allow("sts:AssumeRole", roleARN("Vault")), tagged(allow("iam:TagRole", own), "aws:RequestTag/clearance", "low")}, vault, nil, ""},
		{"its own tag that must be the table's", []string{tagged(allow("dynamodb:GetItem", "*"), "aws:ResourceTag/team", "${aws:PrincipalTag/clearance}"), allow("iam:TagRole", own)}, vault, must, ""},
		{"its own tag that denies", []string{allow("dynamodb:GetItem", "*") + "," + tagged(deny("dynamodb:*", "*"), "aws:PrincipalTag/clearance", "low"), allow("iam:UntagRole", own)}, vault, must, "iam:UntagRole"},
		{"its own tag, changed by who has a boundary that it has not", []string{tagged(allow("dynamodb:GetItem", "*"), "aws:PrincipalTag/clearance", "high"), tagged(allow("iam:TagRole", own), "iam:PermissionsBoundary", bound)}, vault, nil, ""},
		{"its own tag, changed by who has a boundary, which the request does not tell", []string{tagged(allow("dynamodb:GetItem", "*"), "aws:PrincipalTag/clearance", "high"), tagged(allow("iam:TagRole", own), "iam:PermissionsBoundary", bound)}, func(b *builder) {
			vault(b)
			b.element("role/FRole").(*model.Role).Boundary = b.managed("Bound", allow("dynamodb:* iam:*", "*")).ID
		}, may, "iam:TagRole"},
		{"its own tag, changed by one whom it holds", []string{allow("sts:AssumeRole", roleARN("Vault")+" "+roleARN("Tagger"))}, func(b *builder) {
			vault(b)
			b.role("Tagger", rootTrust, allow("iam:TagRole", own))
		}, must, ""},
		{"its own tag, changed by one whom it does not hold", []string{allow("sts:AssumeRole", roleARN("Vault"))}, func(b *builder) {
			vault(b)
			b.role("Tagger", rootTrust, allow("iam:TagRole", own))
		}, nil, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := build(t)
			f := b.function("F", c.policies...)
			b.table("data").Tags = map[string]string{"team": "security"}
			if c.more != nil {
				c.more(b)
			}
			a := b.analyse()
			br := breach(t, a, f.ID)
			got := slices.DeleteFunc(reads(br), func(s string) bool { return s == "" })
			if !slices.Equal(got, c.want) {
				t.Fatalf("reaches %q, not %q: %s", got, c.want, strings.Join(say(br), "; "))
			}
			if r, _ := a.Reach(f.ID); r != br.Reach {
				t.Errorf("figures %+v and %+v", r, br.Reach)
			}
			said := ""
			for _, h := range br.Hits {
				if h.Target == "res/data" {
					for _, s := range h.Path() {
						said += s.Sentence(b.design()) + " " + strings.Join(s.Actions, " ") + "\n"
						for _, e := range s.Evidence {
							said += strings.Join(e.Actions, " ") + "\n"
						}
					}
				}
			}
			if !strings.Contains(said, c.says) {
				t.Errorf("does not say %s:\n%s", c.says, said)
			}
			who, err := a.WhoCan(t.Context(), "dynamodb:GetItem", "data")
			if err != nil {
				t.Fatal(err)
			}
			if can := slices.ContainsFunc(who, func(w Who) bool { return w.Principal == f.ID }); can != (c.want != nil) {
				t.Errorf("who-can says %t", can)
			}
		})
	}
}
