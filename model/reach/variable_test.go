package reach

import (
	"testing"

	"bulkhead/model"
)

// Before Version 2012-10-17 what looks like a policy variable is plain text: such an Allow reaches nothing, such a Deny
// takes nothing.
func TestVariablesOfOldPolicies(t *testing.T) {
	const users = "arn:aws:dynamodb:*:*:table/${aws:PrincipalTag/x}"
	for _, c := range []struct {
		name, statements string
		now, before      []string // with Version 2012-10-17, and without
	}{
		{"Allow", allow("dynamodb:GetItem", users), []string{"may read res/T"}, nil},
		{"Deny", allow("dynamodb:GetItem", "*") + "," + deny("dynamodb:*", users), []string{"may read res/T"}, []string{"must read res/T"}},
		{"with a wildcard", allow("dynamodb:GetItem", "arn:aws:dynamodb:*:*:table/${*}"), nil, nil},
		{"an unknown", allow("dynamodb:GetItem", "arn:aws:dynamodb:*:*:table/${Name}"), []string{"may read res/T"}, []string{"may read res/T"}},
		{"all but it", `{"Effect": "Allow", "Action": "dynamodb:GetItem", "NotResource": "` + users + `"}`, []string{"may read res/T"}, []string{"must read res/T"}},
	} {
		for _, version := range []string{"2012-10-17", "2008-10-17", ""} {
			b := build(t)
			f := b.function("F", c.statements)
			b.table("T")
			doc := *document(t, c.statements)
			doc.Version = version
			b.element("policy/FRole-0").(*model.Policy).Document = &doc
			lines := c.before
			if version == "2012-10-17" {
				lines = c.now
			}
			t.Run(c.name+" "+version, func(t *testing.T) { want(t, breach(t, b.analyse(), f.ID), lines...) })
		}
	}
}

// Variables in the Resource of a resource's own policy are filled in with who asks.
func TestVariablesOfResourcePolicies(t *testing.T) {
	const home = `"arn:aws:s3:::data/${aws:username}/*"`
	lets := func(principal, resource string) string {
		return `{"Effect": "Allow", "Principal": ` + principal + `, "Action": "s3:GetObject", "Resource": ` + resource + `}`
	}
	for _, c := range []struct {
		name, policy string
		user, role   []string
	}{
		{"by name", lets(`{"AWS": "`+userARN("U")+`"}`, home), []string{"must read res/data part U/*"}, nil},
		{"everybody", lets(`"*"`, home), []string{"must read res/data part U/*"}, nil},
		{"a tag that is not known", lets(`{"AWS": "`+roleARN("FRole")+`"}`, `"arn:aws:s3:::data/${aws:PrincipalTag/team}/*"`), nil, []string{"may read res/data part ${aws:PrincipalTag/team}/*"}},
		{"a denial", lets(`{"AWS": ["`+userARN("U")+`", "`+roleARN("FRole")+`"]}`, `"arn:aws:s3:::data/*"`) + "," + `{"Effect": "Deny", "Principal": {"AWS": "` + userARN("U") + `"}, "Action": "s3:*", "Resource": ` + home + `}`,
			[]string{"must read res/data"}, []string{"must read res/data"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := build(t)
			f := b.function("F")
			u := b.user("U")
			b.bucket("data").Policy = document(t, c.policy)
			a := b.analyse()
			want(t, breach(t, a, u.ID), c.user...)
			want(t, breach(t, a, f.ID), c.role...)
		})
	}
}

// A variable stands for something in the last field of an ARN alone, and who is in a group has a name of his own.
func TestVariablesByPlace(t *testing.T) {
	for _, c := range []struct {
		name, resource string
		user, group    []string
	}{
		{"in the name", "arn:aws:dynamodb:*:*:table/${aws:username}", []string{"must read res/U"}, nil},
		{"of the account", "arn:aws:dynamodb:*:*:table/${kms:CallerAccount}", []string{"must read res/" + testAccount}, []string{"must read res/" + testAccount}},
		{"in the region", "arn:aws:dynamodb:${aws:RequestedRegion}:*:table/U", nil, nil},
		{"in the account's field", "arn:aws:dynamodb:*:${aws:PrincipalAccount}:table/*", nil, nil},
		{"without fields", "*${aws:username}", nil, nil},
		{"an unknown in the region", "arn:aws:dynamodb:${Region}:*:table/U", []string{"may read res/U"}, []string{"may read res/U"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := build(t)
			u, g := b.user("U", allow("dynamodb:GetItem", c.resource)), b.user("G", allow("dynamodb:GetItem", c.resource))
			g.ID, g.Kind, g.ARN = "group/G", model.Group, "arn:aws:iam::"+testAccount+":group/G"
			b.table("U")
			b.table(testAccount)
			a := b.analyse()
			want(t, breach(t, a, u.ID), c.user...)
			want(t, breach(t, a, g.ID), c.group...)
		})
	}
}
