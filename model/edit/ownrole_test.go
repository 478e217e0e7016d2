package edit_test

import (
	"strings"
	"testing"

	"bulkhead/model"
	"bulkhead/model/edit"
)

// implicit is the shop with a Mailer whose role the transform makes: it polls by a policy of AWS's.
func implicit(t testing.TB) *model.Design {
	t.Helper()
	d := shop(t)
	was := d.Role("role/MailerRole")
	role := *was
	role.Implicit, role.Origin = true, d.Function("fn/Mailer").Origin
	role.Policies = []model.ID{"policy/arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole", "policy/sqs", "policy/shared"}
	role.Listed = model.Places{"policy/shared": 0}
	sqs := &model.Policy{ID: "policy/sqs", Name: "AWSLambdaSQSQueueExecutionRole", ARN: "arn:aws:iam::aws:policy/service-role/AWSLambdaSQSQueueExecutionRole", Managed: true,
		Document: document(t, 0, `{"Effect": "Allow", "Action": ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes", "logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"], "Resource": "*"}`)}
	d, err := d.With(model.Change{Before: was, After: &role}, model.Change{Before: d.Policy("policy/MailerRole/main")}, model.Change{After: sqs})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestOwnRoleNeeds(t *testing.T) {
	r := apply(t, implicit(t), &edit.OwnRole{Function: "fn/Mailer", Needs: true})
	role := r.Design.Role("role/MailerRole")
	if role.Implicit || len(r.Warnings) > 0 {
		t.Errorf("implicit %v, warnings %q", role.Implicit, r.Warnings)
	}
	want := map[model.ID]string{
		"policy/MailerRole/MailerRolePolicy0": `{"Effect":"Allow","Action":["sqs:ReceiveMessage","sqs:DeleteMessage","sqs:GetQueueAttributes"],"Resource":"` + arnOf("queue", generated("Outbox")) + `"}`,
		"policy/MailerLogs":                   `{"Effect":"Allow","Action":["logs:CreateLogGroup","logs:CreateLogStream","logs:PutLogEvents"],"Resource":"arn:aws:logs:us-east-1:123456789012:log-group:/aws/lambda/` + generated("Mailer") + `:*"}`,
		"policy/shared":                       `{"Sid":"Read","Effect":"Allow","Action":["ssm:GetParameter","ssm:GetParameters"],"Resource":"*"}`,
	}
	if len(role.Policies) != len(want) {
		t.Errorf("it has %v", role.Policies)
	}
	for _, id := range role.Policies {
		if got := saying(r.Design.Policy(id)); got != want[id] {
			t.Errorf("%s says %s, not %s", id, got, want[id])
		}
	}
}

// What the list of the function has is the architect's: it stays, and is replaced without a role of one's own.
func TestOwnRoleKeepsWhatIsListed(t *testing.T) {
	d := implicit(t)
	r := apply(t, d, &edit.ReplaceManaged{Role: "role/MailerRole", ARN: "policy/shared", With: edit.With{Accesses: []edit.Access{{Actions: []string{"ssm:GetParameter"}}}}})
	if role := r.Design.Role("role/MailerRole"); !role.Implicit || saying(r.Design.Policy("policy/MailerRole/MailerRolePolicy0")) != `{"Sid":"Read","Effect":"Allow","Action":"ssm:GetParameter","Resource":"*"}` {
		t.Errorf("%v %v", role.Implicit, role.Policies)
	}
}

// A source outside the design has no name: its polling stays as wide as it was, and that is said.
func TestOwnRoleOfSourceOutside(t *testing.T) {
	d := implicit(t)
	was := d.Trigger("trigger/Outbox")
	n := *was
	n.From = ""
	d, err := d.With(model.Change{Before: was, After: &n})
	if err != nil {
		t.Fatal(err)
	}
	r := apply(t, d, &edit.OwnRole{Function: "fn/Mailer", Needs: true})
	if !allows(t, r.Design, "role/MailerRole", "sqs:ReceiveMessage", "arn:aws:sqs:us-east-1:123456789012:elsewhere") || !contains(r.Warnings, "keeps its access to all") {
		t.Errorf("warnings %q", r.Warnings)
	}
}

func TestOwnRoleRefused(t *testing.T) {
	d := implicit(t)
	for _, test := range []struct {
		edit edit.Edit
		want string
	}{
		{&edit.OwnRole{Function: "fn/None"}, "there is no function"},
		{&edit.OwnRole{Function: "fn/Shop"}, "stands in the source already"},
		{&edit.ReplaceManaged{Role: "role/MailerRole", ARN: "policy/sqs", Needs: true, With: edit.With{Accesses: []edit.Access{{Actions: []string{"sqs:*"}}}}}, "give one of them"},
		{&edit.ReplaceManaged{Role: "role/MailerRole", ARN: "policy/sqs", With: edit.With{Accesses: []edit.Access{{Actions: []string{"s3:GetObject"}}}}}, "is not allowed to do this"},
	} {
		if _, err := test.edit.Apply(d); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: got %v, want %q", test.edit, err, test.want)
		}
	}
}
