package cfn

import (
	"path/filepath"
	"strings"
	"testing"

	"bulkhead/model"
	"bulkhead/model/edit"
)

const drawn = `{"op": "newResource", "name": "Orders", "type": "AWS::DynamoDB::Table"}
{"op": "newResource", "name": "Outbox", "type": "AWS::SQS::Queue"}
{"op": "newResource", "name": "Photos", "type": "AWS::S3::Bucket"}
{"op": "newResource", "name": "News", "type": "AWS::SNS::Topic"}
{"op": "newResource", "name": "Clicks", "type": "AWS::Kinesis::Stream"}
{"op": "newResource", "name": "Key", "type": "AWS::SecretsManager::Secret"}
{"op": "newFunction", "name": "Shop", "handler": "shop.handler"}
{"op": "newFunction", "name": "Mailer", "handler": "mailer.handler", "runtime": "nodejs22.x", "code": "mailer"}
{"op": "newTrigger", "name": "Checkout", "to": "fn/Shop", "event": "http", "method": "POST", "path": "/checkout"}
{"op": "newTrigger", "name": "Nightly", "to": "fn/Shop", "event": "schedule", "rate": "rate(1 day)"}
{"op": "newTrigger", "name": "Outbox", "to": "fn/Mailer", "event": "sqs", "from": "res/Outbox"}
{"op": "newTrigger", "name": "Upload", "to": "fn/Mailer", "event": "s3", "from": "res/Photos"}
{"op": "newTrigger", "name": "Headline", "to": "fn/Mailer", "event": "sns", "from": "res/News"}
{"op": "newTrigger", "name": "Click", "to": "fn/Mailer", "event": "kinesis", "from": "res/Clicks"}
{"op": "newTrigger", "name": "Change", "to": "fn/Mailer", "event": "dynamodb", "from": "res/Orders"}
{"op": "grant", "role": "role/ShopRole", "actions": ["dynamodb:PutItem"], "resources": ["res/Orders"]}
{"op": "grant", "role": "role/ShopRole", "actions": ["sqs:SendMessage"], "resources": ["res/Outbox"]}
{"op": "grant", "role": "role/MailerRole", "actions": ["s3:GetObject"], "resources": ["res/Photos/in/*"]}
{"op": "grant", "role": "role/MailerRole", "actions": ["secretsmanager:GetSecretValue"], "resources": ["res/Key"]}
`

func edited(t testing.TB, d *model.Design, script string) *model.Design {
	t.Helper()
	edits, err := edit.ReadScript(strings.NewReader(script))
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range edits {
		r, err := e.Apply(d)
		if err != nil {
			t.Fatalf("%s: %v", e, err)
		}
		d = r.Design
	}
	return d
}

func blank(t testing.TB) *model.Design {
	t.Helper()
	d, err := model.New(model.Info{Name: "shop", Kind: "blank", Partition: "aws", Region: "us-east-1", Account: "123456789012"})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestNewTemplate(t *testing.T) {
	data, err := NewTemplate(edited(t, blank(t), drawn))
	if err != nil {
		t.Fatal(err)
	}
	compareGolden(t, filepath.Join("testdata", "drawn.yaml"), string(data))
}
