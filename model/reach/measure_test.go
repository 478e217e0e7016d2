package reach

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"bulkhead/model"
	"bulkhead/model/catalog"
)

// example is the worked example of docs/measures.md.
func example(t testing.TB) *builder {
	b := build(t)
	orders, receipts, outbox := arnOf("AWS::DynamoDB::Table", "Orders"), arnOf("AWS::S3::Bucket", "Receipts"), arnOf("AWS::SQS::Queue", "Outbox")
	shop := b.function("Shop", allow("dynamodb:GetItem dynamodb:PutItem", orders), allow("sqs:SendMessage", outbox),
		`{"Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "Resource": "*", "Condition": {"StringEquals": {"aws:SourceVpce": "vpce-1"}}}`)
	mailer := b.function("Mailer", allow("sqs:ReceiveMessage sqs:DeleteMessage", outbox), allow("s3:PutObject", receipts+"/*"))
	report := b.function("Report", allow("s3:GetObject", receipts+"/*"))
	b.table("Orders")
	b.bucket("Receipts")
	b.queue("Outbox")
	b.resource("AWS::SecretsManager::Secret", "PaymentKey")
	b.resource("AWS::Logs::LogGroup", "/aws/lambda/Shop")
	b.trigger("", shop.ID, "api-route").Outside = true
	b.trigger("res/Outbox", mailer.ID, "event-source-mapping")
	b.trigger("", report.ID, "schedule")
	return b
}

// exampleSplit is the example after Shop was split.
func exampleSplit(t testing.TB, before *model.Design) *model.Design {
	b := build(t)
	whole := before.Function("fn/Shop")
	catalogFn := b.function("Catalog", allow("dynamodb:GetItem", arnOf("AWS::DynamoDB::Table", "Orders")))
	checkout := b.function("Checkout", allow("dynamodb:PutItem", arnOf("AWS::DynamoDB::Table", "Orders")), allow("sqs:SendMessage", arnOf("AWS::SQS::Queue", "Outbox")))
	catalogFn.Origin, checkout.Origin = whole.Origin, whole.Origin
	b.trigger("", catalogFn.ID, "api-route").Outside = true
	b.trigger("", checkout.ID, "api-route").Outside = true
	changes := []model.Change{{Before: whole}}
	for _, t := range before.TriggersOf(whole.ID) {
		changes = append(changes, model.Change{Before: t})
	}
	for _, e := range b.elements {
		changes = append(changes, model.Change{After: e})
	}
	d, err := before.With(changes...)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func measuresPage(t testing.TB) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("..", "..", "docs", "measures.md"))
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// The page on measures says what the program computes.
func TestMeasuresDocument(t *testing.T) {
	page := measuresPage(t)
	says := func(line string) {
		t.Helper()
		if !strings.Contains(page, line) {
			t.Errorf("docs/measures.md does not say: %s", line)
		}
	}
	before := example(t).analyse()
	for _, f := range before.Design().Functions() {
		r := breach(t, before, f.ID).Reach
		row := "| " + f.Name + " |"
		for _, x := range []Figure{r.Must, r.May, r.FedMust, r.FedMay} {
			row += fmt.Sprintf(" %d of %d = %.2f, weighted %.2f |", x.Resources, r.Of, x.Share, x.Weighted)
		}
		says(row)
	}
	after := analyse(t, exampleSplit(t, before.Design()), before)
	c := Compare(before, after)
	b, a := c.BeforeMeasures, c.AfterMeasures
	says(fmt.Sprintf("| worst | %.2f (%s) | %.2f (%s) |", b.Worst, before.Design().Name(b.WorstOf), a.Worst, after.Design().Name(a.WorstOf)))
	says(fmt.Sprintf("| mean | %.2f | %.2f |", b.Mean, round2(a.Mean)))
	says(fmt.Sprintf("| mean of entries | %.2f | %.2f |", b.MeanEntry, round2(a.MeanEntry)))
	says(fmt.Sprintf("| watertightness | %.2f | %.2f |", b.Watertightness, round2(a.Watertightness)))
	says(fmt.Sprintf("the exposures are Orders %d, Receipts %d, Outbox %d, PaymentKey %d", b.Exposure["res/Orders"], b.Exposure["res/Receipts"], b.Exposure["res/Outbox"], b.Exposure["res/PaymentKey"]))
	says(fmt.Sprintf("With vulnerable fed functions the worst goes from %.2f to %.2f", c.BeforeFed.Worst, c.AfterFed.Worst))
	if words := SeaWords(breach(t, before, "fn/Shop").Beyond()); words != "perhaps any other secret of the account" {
		t.Errorf("beyond: %s", words)
	}
	if !maps.EqualFunc(c.Parts, map[model.ID][]model.ID{"fn/Shop": {"fn/Catalog", "fn/Checkout"}}, slices.Equal) || c.Worst["fn/Shop"] != "fn/Checkout" || c.Worst["fn/Mailer"] != "fn/Mailer" {
		t.Errorf("parts %v, compared with %v", c.Parts, c.Worst)
	}
	if len(c.Added) != 0 || !slices.Equal(c.Removed, []HitChange{{From: "fn/Shop", Target: "res/PaymentKey", Capability: catalog.Secret}}) {
		t.Errorf("added %v, removed %v", c.Added, c.Removed)
	}
}

// round2 rounds half up, as people do; Printf rounds half to even.
func round2(x float64) float64 { return x + 1e-9 }

// The weights and depths of the page are those of the catalogue.
func TestMeasuresTables(t *testing.T) {
	for typ, want := range map[string]float64{"AWS::SecretsManager::Secret": 3, "AWS::DynamoDB::Table": 2, "AWS::RDS::DBCluster": 2, "AWS::KMS::Key": 2, "AWS::S3::Bucket": 1, "AWS::SQS::Queue": 1} {
		if got := weightOf(&model.Resource{Type: typ}); got != want {
			t.Errorf("%s weighs %v, want %v", typ, got, want)
		}
	}
	if got := weightOf(&model.Resource{Type: "AWS::S3::Bucket", Crown: true}); got != 5 {
		t.Errorf("a crown jewel weighs %v", got)
	}
	if got := weightOf(&model.Resource{Type: "AWS::S3::Bucket", Crown: true, Weight: 2.5}); got != 2.5 {
		t.Errorf("a weight that is set is %v", got)
	}
	for c, want := range map[catalog.Capability]int{catalog.Read: 1, catalog.Write: 2, catalog.Send: 2, catalog.Invoke: 2, catalog.Delete: 3, catalog.Permissions: 3, catalog.Secret: 3, catalog.List: 0, catalog.Tag: 0} {
		if got := depthIndex(catalog.Capabilities(0).With(c)); got != want {
			t.Errorf("%s is %d thirds deep, want %d", c, got, want)
		}
	}
}

func TestCounted(t *testing.T) {
	b := build(t)
	f := b.function("F", allow("*", "*"))
	for _, typ := range []string{"AWS::S3::Bucket", "AWS::DynamoDB::Table", "AWS::SQS::Queue", "AWS::SNS::Topic", "AWS::Kinesis::Stream", "AWS::Events::EventBus", "AWS::SecretsManager::Secret",
		"AWS::SSM::Parameter", "AWS::KMS::Key", "AWS::StepFunctions::StateMachine"} {
		b.resource(typ, strings.ReplaceAll(strings.TrimPrefix(typ, "AWS::"), "::", ""))
	}
	plain, read, marked := b.resource("AWS::Logs::LogGroup", "/plain"), b.resource("AWS::Logs::LogGroup", "/read"), b.resource("AWS::Logs::LogGroup", "/marked")
	marked.Marked = true
	b.trigger(read.ID, f.ID, "log-subscription")
	b.resource("AWS::ApiGateway::RestApi", "api")
	b.resource("AWS::Events::Rule", "rule")
	a := b.analyse()
	m := a.Measures(false)
	if m.Counted != 12 || a.Counted(plain.ID) || !a.Counted(read.ID) || !a.Counted(marked.ID) || a.Counted("res/api") {
		t.Errorf("%d counted: %+v", m.Counted, m)
	}
	if m.Worst != 1 || m.Watertightness != 0 || m.Resources != 15 {
		t.Errorf("measures %+v", m)
	}
}

// LambdaShell: code execution in a function whose role can only write its own logs.
func TestLambdaShell(t *testing.T) {
	for _, declared := range []bool{true, false} {
		b := build(t)
		f := b.function("Shell", allow("logs:CreateLogStream logs:PutLogEvents", "arn:aws:logs:us-east-1:"+testAccount+":log-group:/aws/lambda/Shell:*"))
		b.bucket("data")
		tr := b.trigger("", f.ID, "function-url")
		tr.Open, tr.Outside = true, true
		line := "must write res//aws/lambda/Shell (own log)"
		if declared {
			b.resource("AWS::Logs::LogGroup", "/aws/lambda/Shell").Marked = true // even then it counts in nothing
		}
		a := b.analyse()
		br := breach(t, a, f.ID)
		want(t, br, line)
		m := a.Measures(true)
		if m.Worst != 0 || m.Watertightness != 1 || m.WorstWeighted != 0 || len(br.Beyond()) != 0 || br.Reach.May.Resources != 0 || br.Hits[0].Counted || br.Admin || m.WorstOf != "" {
			t.Errorf("declared %v: %+v, breach %+v", declared, m, br)
		}
	}
}

// Empty designs have figures too.
func TestNothingToMeasure(t *testing.T) {
	m := build(t).analyse().Measures(true)
	if m.Mean != 0 || m.Watertightness != 1 || m.Worst != 0 || m.MeanEntry != 0 {
		t.Errorf("no functions: %+v", m)
	}
	b := build(t)
	b.function("F", adminGrant)
	m = b.analyse().Measures(false)
	if m.Mean != 0 || m.Watertightness != 1 || m.Counted != 0 {
		t.Errorf("no resources: %+v", m)
	}
}

// One ledger: what only one side has counts on both, and is dry where it is not.
func TestOneLedger(t *testing.T) {
	b := build(t)
	b.function("F", allow("dynamodb:*", "*"))
	b.table("One")
	before := b.design()
	b2 := build(t)
	extra := b2.table("Two")
	after, err := before.With(model.Change{After: extra})
	if err != nil {
		t.Fatal(err)
	}
	x := analyse(t, before, nil)
	c := Compare(x, analyse(t, after, x))
	if c.BeforeMeasures.Worst != 0.5 || c.AfterMeasures.Worst != 1 || c.BeforeMeasures.Counted != 2 {
		t.Errorf("before %+v, after %+v", c.BeforeMeasures, c.AfterMeasures)
	}
	if x.Measures(false).Worst != 1 {
		t.Error("the analysis itself was changed")
	}
	if len(c.Removed) != 0 || len(c.Added) == 0 || c.Added[0].Target != "res/Two" {
		t.Errorf("added %v, removed %v", c.Added, c.Removed)
	}
}
