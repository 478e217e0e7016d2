package reach

import (
	"reflect"
	"slices"
	"testing"

	"bulkhead/model"
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
		p := *d.Policy("policy/FRole-0")
		p.Document = document(t, c.says)
		after, err := d.With(model.Change{Before: d.Policy(p.ID), After: &p})
		if err != nil {
			t.Fatal(err)
		}
		d, a = after, analyse(t, after, a)
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
