package reach

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"bulkhead/model"
	"bulkhead/model/policy"
)

func TestWhoCan(t *testing.T) {
	b := build(t)
	b.function("Direct", allow("dynamodb:GetItem", arnOf("AWS::DynamoDB::Table", "Orders")))
	b.function("Assumer", allow("sts:AssumeRole", roleARN("Reader")))
	b.role("Reader", rootTrust, allow("dynamodb:Get*", "*"))
	b.function("Other", allow("dynamodb:PutItem", "*"))
	b.user("Perhaps", `{"Effect": "Allow", "Action": "dynamodb:GetItem", "Resource": "*", "Condition": {"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}}`)
	b.table("Orders")
	r := b.bucket("data")
	r.Policy = document(t, `{"Effect": "Allow", "Principal": {"AWS": "`+roleARN("OtherRole")+`"}, "Action": "s3:GetObject", "Resource": "arn:aws:s3:::data/*"}`)
	b.user("Some", allow("s3:GetObject", "arn:aws:s3:::data/public/*"), allow("s3:ListBucket", "arn:aws:s3:::data"), allow("dynamodb:Query", arnOf("AWS::DynamoDB::Table", "Orders")+"/index/*"),
		allow("lambda:InvokeFunction", functionARN("Direct")+":live"), allow("logs:GetLogEvents", arnOf("AWS::Logs::LogGroup", "Log")+":log-stream:a*"))
	b.resource("AWS::Logs::LogGroup", "Log")
	b.queue("Q")
	machine := b.resource("AWS::StepFunctions::StateMachine", "M").ARN
	b.user("Starter", allow("states:StartExecution", machine))
	b.user("OfAlias", allow("states:StartExecution", machine+":live"))
	a := b.analyse()
	for _, c := range []struct{ action, resource, want string }{
		{"dynamodb:GetItem", arnOf("AWS::DynamoDB::Table", "Orders"), "must fn/Direct; must role/DirectRole; must role/Reader; may user/Perhaps; must fn/Assumer by role/Reader; must role/AssumerRole by role/Reader"},
		{"dynamodb:getitem", "res/Orders", "must fn/Direct; must role/DirectRole; must role/Reader; may user/Perhaps; must fn/Assumer by role/Reader; must role/AssumerRole by role/Reader"},
		{"dynamodb:GetItem", arnOf("AWS::DynamoDB::Table", "Elsewhere"), "must role/Reader; may user/Perhaps; must fn/Assumer by role/Reader; must role/AssumerRole by role/Reader"},
		{"dynamodb:PutItem", "*", "must fn/Other; must role/OtherRole"},
		{"dynamodb:DeleteTable", "*", ""},
		{"s3:GetObject", "arn:aws:s3:::data/x", "must fn/Other; must role/OtherRole"},
		{"s3:GetObject", "arn:aws:s3:::elsewhere/x", ""},
		{"s3:GetObject", "res/data", "must fn/Other; must role/OtherRole; must user/Some of public/*"},
		{"s3:GetObject", "data", "must fn/Other; must role/OtherRole; must user/Some of public/*"},
		{"s3:GetObject", "arn:aws:s3:::data", "must fn/Other; must role/OtherRole; must user/Some of public/*"},
		{"s3:GetObject", "arn:aws:s3:::data/private/x", "must fn/Other; must role/OtherRole"},
		{"s3:ListBucket", "data", "must user/Some"},
		{"dynamodb:Query", "Orders", "must user/Some of index/*"},
		{"dynamodb:Query", arnOf("AWS::DynamoDB::Table", "Orders"), ""},
		{"dynamodb:*Item", "Orders", "must fn/Direct; must fn/Other; must role/DirectRole; must role/Reader; must role/OtherRole; may user/Perhaps; must fn/Assumer by role/Reader; must role/AssumerRole by role/Reader"},
		{"s3:*Object", "data", "must fn/Other; must role/OtherRole; must user/Some of public/*"},
		{"lambda:InvokeFunction", "Direct", "must user/Some of live"},
		{"logs:GetLogEvents", "Log", "must user/Some of log-stream:a*"},
		{"sqs:CreateQueue", "Q", ""},
		{"iam:ListUsers", "data", ""},
		{"states:StartExecution", machine, "must user/Starter"},
		{"states:StartExecution", machine + ":live", "must user/Starter"}, // which is authorized on the machine
	} {
		who, err := a.WhoCan(context.Background(), c.action, c.resource)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, w := range who {
			line := w.Certainty.String() + " " + string(w.Principal)
			if w.Part != "" {
				line += " of " + w.Part
			}
			for _, s := range w.Path {
				line += " by " + string(s.To)
			}
			got = append(got, line)
			if len(w.Actions) == 0 {
				t.Errorf("%s on %s: no action for %s", c.action, c.resource, w.Principal)
			}
			if len(w.Evidence) == 0 {
				t.Errorf("%s on %s: no evidence for %s", c.action, c.resource, w.Principal)
			}
		}
		if s := strings.Join(got, "; "); s != c.want {
			t.Errorf("who can %s on %s:\n%s\nwant\n%s", c.action, c.resource, s, c.want)
		}
	}
	for _, c := range []struct{ action, resource, want string }{
		{"dynamodb:GetItme", "*", `AWS has no action "dynamodb:GetItme"`},
		{"dynamodb:Gte*", "*", `AWS has no action "dynamodb:Gte*"`},
		{"dynamodb:GetItem", "Nowhere", `the design has no "Nowhere"; give the whole ARN of what it does not show`},
		{"dynamodb:GetItem", "Q", "dynamodb:GetItem does not act on Q, a queue, but on table"},
		{"s3:*", "Q", "s3:* does not act on Q, a queue"},
		{"*", "*", "ask about at most 400, or about one resource"},
		{"s3:GetObject", "policy/DirectRole-0", `the design has no "policy/DirectRole-0"`},
	} {
		if _, err := a.WhoCan(context.Background(), c.action, c.resource); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("who can %s on %s: %v, not %s", c.action, c.resource, err, c.want)
		}
	}
	for _, c := range []struct{ action, resource, want string }{
		{"s3:getobject", "data", "s3:GetObject acts on arn:aws:s3:::data/*"}, {"s3:GetObject", "arn:aws:s3:::data/x", ""}, {"s3:ListBucket", "data", ""},
		{"s3:GetObject", "*", ""}, {"dynamodb:Query", "Orders", ""}, {"dynamodb:GetRecords", "Orders", "dynamodb:GetRecords acts on " + arnOf("AWS::DynamoDB::Table", "Orders") + "/stream/*"},
		{"s3:GetObjectT*", "data", "s3:GetObjectTagging, s3:GetObjectTorrent act on arn:aws:s3:::data/*"},
	} {
		q, err := a.Question(c.action, c.resource)
		if err != nil || q.Says() != c.want {
			t.Errorf("%s on %s: %q, %v", c.action, c.resource, q.Says(), err)
		}
	}
}

// Of an action with wildcards, what somebody may himself goes before what he may by others.
func TestWhoCanAny(t *testing.T) {
	b := build(t)
	b.user("U", allow("dynamodb:PutItem", "*"), allow("sts:AssumeRole", "*"))
	b.role("Both", rootTrust, allow("dynamodb:GetItem dynamodb:UpdateItem", "*"))
	b.table("T")
	who, err := b.analyse().WhoCan(context.Background(), "dynamodb:*Item", "T")
	if err != nil || len(who) != 2 {
		t.Fatal(who, err)
	}
	for i, want := range []Who{{Principal: "role/Both", Actions: []string{"dynamodb:GetItem", "dynamodb:UpdateItem"}}, {Principal: "user/U", Actions: []string{"dynamodb:PutItem"}}} {
		if w := who[i]; w.Principal != want.Principal || !slices.Equal(w.Actions, want.Actions) || len(w.Path) > 0 || w.Certainty != Must {
			t.Errorf("%+v", w)
		}
	}
}

// Words that the window and the report show.
func TestSentences(t *testing.T) {
	b := build(t)
	f := b.function("Shop", `{"Sid": "Tables", "Effect": "Allow", "Action": "dynamodb:*", "Resource": "*"}`,
		allow("s3:GetObject", arnOf("AWS::S3::Bucket", "photos")+"/public/*"), allow("sqs:SendMessage", "*"), allow("secretsmanager:GetSecretValue", "*"),
		allow("lambda:UpdateFunctionCode", functionARN("Mailer")), allow("kms:Decrypt", "*"), allow("logs:PutLogEvents", "*"),
		`{"Effect": "Allow", "Action": "sns:Publish", "Resource": "*", "Condition": {"StringEquals": {"aws:SourceVpc": "vpc-1"}}}`)
	b.function("Mailer")
	b.function("Index")
	b.table("Orders")
	b.bucket("photos")
	q := b.queue("Jobs")
	b.resource("AWS::SecretsManager::Secret", "Stripe")
	b.resource("AWS::KMS::Key", "k1")
	b.resource("AWS::SNS::Topic", "News")
	b.trigger(q.ID, "fn/Index", "event-source-mapping")
	d := b.design()
	for i, e := range d.Policies() { // a place for the first statement
		if i == 0 {
			e.Document.Statements[0].Span.File, e.Document.Statements[0].Span.Line = "template.yaml", 31
		}
	}
	a := analyse(t, d, nil)
	got := map[model.ID]string{}
	for _, h := range breach(t, a, f.ID).Hits {
		got[h.Target] = h.Sentence(d)
	}
	for id, want := range map[model.ID]string{
		"res/Orders":           "can read, write and delete every item of Orders and change who may reach it, because ShopRole · ShopRole-0 · statement 1 (Tables) allows dynamodb:* on *, template.yaml:31",
		"res/photos":           "can read the objects public/* of photos, because ShopRole · ShopRole-1 · statement 1 allows s3:GetObject on photos/public/*",
		"res/Jobs":             "can send messages to Jobs, because ShopRole · ShopRole-2 · statement 1 allows sqs:SendMessage on *",
		"res/Stripe":           "can get the value of Stripe, because ShopRole · ShopRole-3 · statement 1 allows secretsmanager:GetSecretValue on *",
		"fn/Mailer":            "replaces the code of Mailer, because ShopRole · ShopRole-4 · statement 1 allows lambda:UpdateFunctionCode on Mailer",
		"fn/Index":             "chooses the input of Index, because ShopRole · ShopRole-2 · statement 1 allows sqs:SendMessage on *",
		"res/k1":               "can decrypt what k1 protects, because ShopRole · ShopRole-5 · statement 1 allows kms:Decrypt on *",
		"res//aws/lambda/Shop": "can write its own log group, because ShopRole · ShopRole-6 · statement 1 allows logs:PutLogEvents on *",
		"res/News":             "may send messages to News, because ShopRole · ShopRole-7 · statement 1 allows sns:Publish on *, if aws:SourceVpc is vpc-1",
	} {
		if got[id] != want {
			t.Errorf("%s:\n%s\nwant\n%s", id, got[id], want)
		}
	}
}

// Ties are broken the same way each time: the shortest way, then the order of the design.
func TestStablePaths(t *testing.T) {
	b := build(t)
	f := b.function("F", allow("sts:AssumeRole", "*"))
	for i := range 5 {
		b.role(fmt.Sprintf("R%d", i), rootTrust, allow("sqs:SendMessage", "*"), allow("sts:AssumeRole", "*"))
	}
	b.queue("Q")
	d := b.design()
	var first []string
	for range 5 {
		var got []string
		for _, h := range breach(t, analyse(t, d, nil), f.ID).Hits {
			line := string(h.Target) + ":"
			for _, s := range h.Path() {
				line += " " + string(s.From) + ">" + string(s.To)
			}
			got = append(got, line)
		}
		if first == nil {
			first = got
			if !slices.Contains(got, "res/Q: fn/F>role/R0 role/R0>res/Q") {
				t.Errorf("%v", got)
			}
		}
		if !slices.Equal(first, got) {
			t.Fatalf("%v, then %v", first, got)
		}
	}
}

func TestTouches(t *testing.T) {
	b := build(t)
	f := b.function("F", allow("sqs:SendMessage", "*"), allow("sts:AssumeRole", roleARN("Reader")))
	b.role("Reader", rootTrust, allow("dynamodb:Get*", "*"))
	g := b.function("G")
	b.table("Orders")
	b.trigger(b.queue("Q").ID, g.ID, "event-source-mapping")
	var got []string
	for _, s := range b.analyse().Touches(f.ID) {
		got = append(got, s.Kind.String()+" "+string(s.To))
	}
	if want := []string{"acts role/Reader", "acts res/Q", "feeds fn/G", "runs role/Reader"}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

// Who may directly is everyone of whom the evaluator says so, asked one by one, of the action and of the key that it takes.
func TestWhoCanIsEvaluation(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		a := analyse(t, drawAny(rt, t), nil)
		action := rapid.SampledFrom([]string{"s3:GetObject", "s3:DeleteBucket", "dynamodb:GetItem", "kms:Decrypt", "sts:AssumeRole", "lambda:InvokeFunction", "sqs:SendMessage"}).Draw(rt, "asked action")
		resource := rapid.SampledFrom([]string{"*", "arn:aws:s3:::data", "arn:aws:s3:::data/in/x", "res/T", "res/Q", "res/k", roleARN("Deploy"), functionARN("A")}).Draw(rt, "asked resource")
		q, err := a.Question(action, resource)
		if err != nil {
			if !strings.Contains(err.Error(), "does not act on") {
				t.Fatal(err)
			}
			return
		}
		found, _, err := a.Answer(context.Background(), q)
		if err != nil {
			t.Fatal(err)
		}
		direct := map[model.ID]Certainty{}
		for _, w := range found {
			if len(w.Path) == 0 {
				direct[w.Principal] = w.Certainty
			}
		}
		for n, node := range a.nodes[:a.size.nodes] {
			if node.sort == isGroup || node.sort == isStranger {
				continue
			}
			x := a.actors[a.actorOf[n]]
			best := never
			for _, place := range a.askedOn(x, action, q) {
				d := a.direct(x, q.target, action, place.arn, nil)
				best = max(best, truthOf(d.Outcome == policy.Allowed && d.Must, d.Outcome == policy.Allowed))
			}
			opens, _ := a.unlock(x, q.target, action)
			best = min(best, opens)
			if c, ok := direct[node.id]; ok != (best != never) || ok && (c == Must) != (best == surely) {
				rt.Fatalf("%s may %s on %s: %v, said %v %v", node.id, action, resource, best, ok, c)
			}
		}
	})
}
