package reach

import (
	"testing"

	"bulkhead/model"
)

// Who may call an API's route is fed by that alone: its method, its path and its stage.
func TestCallsOfRoutes(t *testing.T) {
	const at = "arn:aws:execute-api:us-east-1:" + testAccount + ":"
	for _, c := range []struct{ label, grants, want string }{
		{"POST /orders", allow("execute-api:Invoke", at+"api/*"), "must"},
		{"POST /orders", allow("execute-api:Invoke", "*"), "must"},
		{"POST /orders", allow("execute-api:*", at+"api/prod/POST/orders"), "must"},
		{"POST /orders", allow("execute-api:Invoke", at+"api/*/POST/*"), "must"},
		{"POST /orders", allow("execute-api:Invoke", at+"api/*/GET/*"), ""},
		{"POST /orders", allow("execute-api:Invoke", at+"*/*/GET/*"), ""},
		{"POST /orders", allow("execute-api:Invoke", at+"*/GET/*"), ""},
		{"POST /orders", allow("execute-api:Invoke", at+"api/prod/POST/other"), ""},
		{"POST /orders", allow("execute-api:Invoke", at+"other/*"), ""},
		{"POST /orders", allow("execute-api:Invoke", "*") + "," + deny("execute-api:Invoke", at+"api/*/POST/*"), ""},
		{"POST /orders", allow("execute-api:Invoke", "*") + "," + deny("execute-api:Invoke", at+"api/*/GET/*"), "must"},
		{"GET /orders/{id}", allow("execute-api:Invoke", at+"api/*/GET/orders/7"), "must"},
		{"GET /orders/{id}/lines", allow("execute-api:Invoke", at+"api/*/GET/orders/*/pages"), ""},
		{"GET /orders/{id}", allow("execute-api:Invoke", at+"api/*/POST/orders/*"), ""},
		{"GET /orders/{id}", allow("execute-api:Invoke", at+"*/*/POST/orders/*"), ""},
		{"GET /orders/{id}", allow("execute-api:Invoke", at+"*/*/GET/orders/*"), "must"},
		{"GET /orders/{id}", allow("execute-api:Invoke", at+"api/*/GET/orders/7/lines"), ""},
		{"GET /{id}", allow("execute-api:Invoke", at+"api/*/GET/o*"), "must"},
		{"ANY /orders/{id}", allow("execute-api:Invoke", at+"*/*/PUT/orders/*"), "must"},
		{"GET /", allow("execute-api:Invoke", at+"api/*/GET/"), "must"},
		{"ANY /{proxy+}", allow("execute-api:Invoke", at+"api/*/PUT/a/b"), "must"},
		{"ANY /orders", allow("execute-api:Invoke", at+"api/*/PUT/customers"), ""},
		{"POST /orders", allow("execute-api:Invoke", "*") + `,{"Effect": "Deny", "Action": "execute-api:Invoke", "Resource": "*", "Condition": {"NotIpAddress": {"aws:SourceIp": "10.0.0.0/8"}}}`, "may"},
		{"$default", allow("execute-api:Invoke", at+"api/*"), "must"},
	} {
		b := filter(t, c.grants)
		tr := b.trigger(b.resource("AWS::ApiGateway::RestApi", "api").ID, b.fed.ID, "api-route")
		tr.Label = c.label
		if got := b.says(); got != c.want && (c.want != "may" || got[:3] != "may") {
			t.Errorf("%s by %s: %q, not %q", c.label, c.grants, got, c.want)
		}
	}
	// The API's own policy names routes in a short form, and alone suffices within the account.
	for resource, want := range map[string]string{"execute-api:/*": "must", "execute-api:/prod/POST/orders": "must", "execute-api:/*/GET/*": "", at + "api/*": "must", at + "api/prod/POST/orders": "must", at + "api/prod/GET/orders": ""} {
		b := filter(t, allow("logs:PutLogEvents", "*"))
		api := b.resource("AWS::ApiGateway::RestApi", "api")
		api.Policy = document(t, `{"Effect": "Allow", "Principal": {"AWS": "`+roleARN("WriterRole")+`"}, "Action": "execute-api:Invoke", "Resource": "`+resource+`"}`)
		b.trigger(api.ID, b.fed.ID, "api-route").Label = "POST /orders"
		if got := b.says(); got != want {
			t.Errorf("the API's policy on %s: %q, not %q", resource, got, want)
		}
	}
}

// Topics of a Kafka cluster have ARNs of their own, and hold its data.
func TestTopicsOfKafka(t *testing.T) {
	const cluster = "arn:aws:kafka:us-east-1:" + testAccount + ":cluster/m/11111111-2222-3333-4444-555555555555-6"
	const topic = "arn:aws:kafka:us-east-1:" + testAccount + ":topic/m/11111111-2222-3333-4444-555555555555-6/orders"
	for grant, want := range map[string]string{
		allow("kafka-cluster:WriteData", topic):                                                   "must",
		allow("kafka-cluster:WriteData", "*"):                                                     "must",
		allow("kafka-cluster:WriteData", cluster):                                                 "", // is on topics
		allow("kafka-cluster:ReadData", topic):                                                    "",
		allow("kafka-cluster:WriteData", "arn:aws:kafka:us-east-1:"+testAccount+":topic/other/*"): "",
		allow("kafka-cluster:WriteData", "arn:aws:kafka:*:*:*/m/*/orders"):                        "must",
	} {
		b := filter(t, grant)
		m := b.resource("AWS::MSK::Cluster", "m")
		m.ARN = cluster
		b.trigger(m.ID, b.fed.ID, "event-source-mapping").Event = "kafka"
		if got := b.says(); got != want {
			t.Errorf("%s: %q, not %q", grant, got, want)
		}
	}
}

// A table that puts its changes into a data stream feeds what reads that.
func TestChangesInAStream(t *testing.T) {
	for grant, want := range map[string]string{
		allow("dynamodb:PutItem", arnOf("AWS::DynamoDB::Table", "T")):     "must; records whose data.eventName is INSERT",
		allow("dynamodb:GetItem", arnOf("AWS::DynamoDB::Table", "T")):     "",
		allow("dynamodb:PutItem", arnOf("AWS::DynamoDB::Table", "Other")): "",
	} {
		b := filter(t, grant)
		s := b.resource("AWS::Kinesis::Stream", "S")
		b.trigger(b.table("T").ID, s.ID, model.Changes)
		b.trigger(s.ID, b.fed.ID, "event-source-mapping").Filter.Pattern = `{"data": {"eventName": ["INSERT"]}}`
		if got := b.says(); got != want {
			t.Errorf("%s: %q, not %q", grant, got, want)
		}
	}
}
