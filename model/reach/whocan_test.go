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
	a := b.analyse()
	for _, c := range []struct{ action, resource, want string }{
		{"dynamodb:GetItem", arnOf("AWS::DynamoDB::Table", "Orders"), "must fn/Direct; must role/DirectRole; must role/Reader; may user/Perhaps; must fn/Assumer by role/Reader; must role/AssumerRole by role/Reader"},
		{"dynamodb:getitem", "res/Orders", "must fn/Direct; must role/DirectRole; must role/Reader; may user/Perhaps; must fn/Assumer by role/Reader; must role/AssumerRole by role/Reader"},
		{"dynamodb:GetItem", arnOf("AWS::DynamoDB::Table", "Elsewhere"), "must role/Reader; may user/Perhaps; must fn/Assumer by role/Reader; must role/AssumerRole by role/Reader"},
		{"dynamodb:PutItem", "*", "must fn/Other; must role/OtherRole"},
		{"dynamodb:DeleteTable", "*", ""},
		{"s3:GetObject", "arn:aws:s3:::data/x", "must fn/Other; must role/OtherRole"},
		{"s3:GetObject", "arn:aws:s3:::elsewhere/x", ""},
	} {
		who, err := a.WhoCan(context.Background(), c.action, c.resource)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, w := range who {
			line := w.Certainty.String() + " " + string(w.Principal)
			for _, s := range w.Path {
				line += " by " + string(s.To)
			}
			got = append(got, line)
			if len(w.Evidence) == 0 {
				t.Errorf("%s on %s: no evidence for %s", c.action, c.resource, w.Principal)
			}
		}
		if s := strings.Join(got, "; "); s != c.want {
			t.Errorf("who can %s on %s:\n%s\nwant\n%s", c.action, c.resource, s, c.want)
		}
	}
	if _, err := a.WhoCan(context.Background(), "dynamodb:GetItme", "*"); err == nil {
		t.Error("a misspelled action is an error")
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

// Who may directly is everyone of whom the evaluator says so, asked one by one.
func TestWhoCanIsEvaluation(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		a := analyse(t, drawDesign(rt).build(t), nil)
		action := rapid.SampledFrom([]string{"s3:GetObject", "s3:DeleteBucket", "dynamodb:GetItem", "kms:Decrypt", "sts:AssumeRole", "lambda:InvokeFunction", "sqs:SendMessage"}).Draw(rt, "asked action")
		resource := rapid.SampledFrom([]string{"*", "arn:aws:s3:::data", "arn:aws:s3:::data/in/x", "res/T", "res/Q", "res/k", roleARN("Deploy"), functionARN("A")}).Draw(rt, "asked resource")
		found, err := a.WhoCan(context.Background(), action, resource)
		if err != nil {
			t.Fatal(err)
		}
		direct := map[model.ID]Certainty{}
		for _, w := range found {
			if len(w.Path) == 0 {
				direct[w.Principal] = w.Certainty
			}
		}
		ti, arn := a.world.target(model.ID(resource)), resource
		if ti >= 0 {
			arn = a.world.targets[ti].arn
		} else if m := a.world.match(resource); len(m) > 0 && resource != "*" {
			ti = a.world.forms[m[0].form].target
		}
		for n, node := range a.nodes {
			if node.sort == isGroup || node.sort == isStranger {
				continue
			}
			x := a.actors[a.actorOf[n]]
			best := never
			for _, place := range a.askedOn(x, action, arn) {
				d := a.decide(x, ti, action, place, nil)
				best = max(best, truthOf(d.Outcome == policy.Allowed && d.Must, d.Outcome == policy.Allowed))
			}
			if c, ok := direct[node.id]; ok != (best != never) || ok && (c == Must) != (best == surely) {
				rt.Fatalf("%s may %s on %s: %v, said %v %v", node.id, action, resource, best, ok, c)
			}
		}
	})
}
