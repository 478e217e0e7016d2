package reach

import (
	"reflect"
	"slices"
	"testing"

	"bulkhead/model"
	"bulkhead/model/policy"
)

// After an edit of what somebody may do, code and access keys lie where they lay.
func TestHoldingsAfterEdits(t *testing.T) {
	b := build(t)
	f := b.function("F", allow("sqs:SendMessage", "*"))
	g := b.function("G", allow("s3:GetObject", "*"))
	g.Package = model.Package{From: b.bucket("code").ID, Key: "g.zip"}
	b.user("U", allow("dynamodb:GetItem", "*"))
	b.resource("AWS::SecretsManager::Secret", "S").Credentials = []model.Credential{{User: "user/U"}}
	l := b.resource("AWS::EC2::LaunchTemplate", "L")
	l.ARN, l.Credentials = "arn:aws:ec2:us-east-1:"+testAccount+":launch-template/lt-0", []model.Credential{{User: "user/U"}}
	b.table("T")
	d := b.design()
	a := analyse(t, d, nil)
	for _, c := range []struct {
		says string
		runs model.ID
	}{{allow("s3:PutObject", "*"), g.ID}, {allow("secretsmanager:GetSecretValue", "*"), "user/U"}, {allow("s3:ListBucket", "*"), ""}, {allow("ec2:DescribeLaunchTemplateVersions", "*"), "user/U"}} {
		d = edited(t, d, "policy/FRole-0", document(t, c.says))
		a = analyse(t, d, a)
		same(t, a, analyse(t, d, nil))
		if runs := breach(t, a, f.ID).Runs; c.runs != "" && !slices.Contains(runs, c.runs) {
			t.Errorf("with %s it runs %v, not %s", c.says, runs, c.runs)
		}
	}
}

// What a graph for the next edit takes over is all but what is found of actors.
func TestFreshTakesOver(t *testing.T) {
	b := build(t)
	f := b.function("F", conditional("s3:PutObject", "*", `"StringEquals": {"aws:PrincipalTag/team": "a", "aws:ResourceTag/team": "b", "s3:x-amz-acl": "private"}`))
	f.Package = model.Package{From: b.bucket("code").ID}
	b.roleOf(f).Boundary = b.managed("Limit", adminGrant).ID
	b.user("U")
	l := b.resource("AWS::EC2::LaunchTemplate", "L")
	l.ARN, l.Credentials = "arn:aws:ec2:us-east-1:"+testAccount+":launch-template/lt-0", []model.Credential{{User: "user/U"}}
	b.element("res/code").(*model.Resource).Policy = document(t, `{"Effect": "Allow", "Principal": {"AWS": "999988887777"}, "Action": "s3:GetObject", "Resource": "*"}`)
	b.trigger("res/code", f.ID, "s3-notification")
	b.trigger("", f.ID, "api-route").Outside = true
	a := b.analyse()
	was, is := reflect.ValueOf(a.graph).Elem(), reflect.ValueOf(a.fresh()).Elem()
	found := []string{"compiled", "asking", "kin", "actors", "flows", "powers", "guises", "alterers", "exposures", "unread", "blind", "veiled", "mu", "seas", "kinds", "detail", "steps"}
	for i := range was.NumField() {
		name := was.Type().Field(i).Name
		if slices.Contains(found, name) || was.Field(i).IsZero() {
			continue
		}
		if is.Field(i).IsZero() {
			t.Errorf("%s is lost", name)
		}
	}
}

// What one may make of others, or of itself by what others' policies say, depends on more than what one has: who has which policy,
// which boundary, which group, and what those say. After an edit of that it is found again.
func TestAltersAfterEdits(t *testing.T) {
	data := arnOf("AWS::S3::Bucket", "data")
	read := allow("s3:GetObject", data+"/*")
	managed := func(name string) string { return "arn:aws:iam::" + testAccount + ":policy/" + name }
	assume := allow("sts:AssumeRole", roleARN("Other"))
	says := func(id model.ID, statements string) func(d *model.Design) model.Change {
		return func(d *model.Design) model.Change {
			p := *d.Policy(id)
			p.Document = document(t, statements)
			return model.Change{Before: d.Policy(id), After: &p}
		}
	}
	other := func(change func(r *model.Role)) func(d *model.Design) model.Change {
		return func(d *model.Design) model.Change {
			r := *d.Role("role/Other")
			change(&r)
			return model.Change{Before: d.Role(r.ID), After: &r}
		}
	}
	has := func(name string) func(d *model.Design) model.Change {
		return other(func(r *model.Role) { r.Policies = append(slices.Clone(r.Policies), model.ID("policy/"+name)) })
	}
	for _, c := range []struct {
		name      string
		grants    string
		more      func(b *builder)
		edit      func(d *model.Design) model.Change
		then, now bool // whether the bucket is read
	}{
		{"a policy that it may give itself gives something", when(allow("iam:AttachRolePolicy", roleARN("FRole")), `"ArnEquals": {"iam:PolicyARN": "`+managed("Some")+`"}`), nil, says("policy/Some", read), false, true},
		{"a policy that it may give itself gives nothing more", when(allow("iam:AttachRolePolicy", roleARN("FRole")), `"ArnEquals": {"iam:PolicyARN": "`+managed("Reads")+`"}`), nil, says("policy/Reads", deny("sqs:*", "*")), true, false},
		{"an earlier version gives more than what is said now", allow("iam:SetDefaultPolicyVersion", managed("Version")) + "," + assume, nil, says("policy/Version", allow("sqs:SendMessage", "*")), true, true},
		{"an earlier version gives no more than what is said now", allow("iam:SetDefaultPolicyVersion", managed("Version")) + "," + assume, func(b *builder) {
			b.element("policy/Version").(*model.Policy).Document = document(t, allow("sqs:SendMessage", "*"))
		}, says("policy/Version", deny("sqs:*", "*")), true, true},
		{"another gets a policy that it may rewrite", allow("iam:CreatePolicyVersion", managed("Some")) + "," + assume, nil, has("Some"), false, true},
		{"another gets a boundary that it may take off", allow("iam:DeleteRolePermissionsBoundary", roleARN("Other")) + "," + assume, func(b *builder) {
			b.element("role/Other").(*model.Role).Policies = []model.ID{"policy/Reads"}
		}, other(func(r *model.Role) { r.Boundary = "policy/Limit" }), true, true},
		{"another gets a boundary with which it may give it policies", when(allow("iam:PutRolePolicy", roleARN("Other")), `"StringEquals": {"iam:PermissionsBoundary": "`+managed("Limit")+`"}`) + "," + assume, func(b *builder) {
			b.element("policy/Limit").(*model.Policy).Document = document(t, read)
		}, other(func(r *model.Role) { r.Boundary = "policy/Limit" }), false, true},
		{"another gets a denial that it may take off", allow("iam:DetachRolePolicy", roleARN("Other")) + "," + assume, func(b *builder) {
			b.element("role/Other").(*model.Role).Policies = []model.ID{"policy/Reads"}
		}, has("Denies"), true, true},
		{"a group gets its first policy", allow("iam:AddUserToGroup iam:CreateAccessKey", "*"), nil, func(d *model.Design) model.Change {
			g := *d.Principal("group/Team")
			g.Policies = []model.ID{"policy/Reads"}
			return model.Change{Before: d.Principal(g.ID), After: &g}
		}, false, true},
		{"a user joins a group that denies it something", allow("iam:RemoveUserFromGroup iam:CreateAccessKey", "*"), func(b *builder) {
			b.element("group/Team").(*model.Principal).Policies = []model.ID{"policy/Denies"}
			b.element("user/U").(*model.Principal).Policies = []model.ID{"policy/Reads"}
		}, func(d *model.Design) model.Change {
			u := *d.Principal("user/U")
			u.Groups = []model.ID{"group/Team"}
			return model.Change{Before: d.Principal(u.ID), After: &u}
		}, true, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := build(t)
			f := b.function("F", c.grants)
			b.role("Other", rootTrust)
			b.managed("Some", deny("sqs:*", "*"))
			b.managed("Reads", read)
			b.managed("Denies", deny("s3:*", "*"))
			b.managed("Limit", allow("sqs:*", "*"))
			v := b.managed("Version", read)
			v.Listed, v.Versions = true, []*policy.Document{document(t, read)}
			b.element("role/Other").(*model.Role).Policies = []model.ID{v.ID}
			if c.name[:10] != "an earlier" {
				b.element("role/Other").(*model.Role).Policies = nil
			}
			b.user("U")
			g := b.user("Team")
			g.ID, g.Kind, g.ARN = "group/Team", model.Group, "arn:aws:iam::"+testAccount+":group/Team"
			b.bucket("data")
			if c.more != nil {
				c.more(b)
			}
			d := b.design()
			for _, from := range []int{0, unshared} {
				a := shared(t, d, nil, from)
				after, err := d.With(c.edit(d))
				if err != nil {
					t.Fatal(err)
				}
				next := shared(t, after, a, from)
				if then, now := len(reads(breach(t, a, f.ID))) > 0, len(reads(breach(t, next, f.ID))) > 0; then != c.then || now != c.now {
					t.Errorf("it reads the bucket: %v, then %v", then, now)
				}
				same(t, next, shared(t, after, nil, from))
				back := shared(t, d, next, from)
				same(t, back, a)
			}
		})
	}
}
