package terraform

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"bulkhead/model"
	"bulkhead/model/source"
)

// calledFunctions are a role and two functions, for configurations that wire them.
const calledFunctions = `
resource "aws_iam_role" "r" {
  name               = "r"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Principal = { Service = "lambda.amazonaws.com" }, Action = "sts:AssumeRole" }] })
}
resource "aws_lambda_function" "a" {
  function_name = "orders"
  role          = aws_iam_role.r.arn
}
resource "aws_lambda_function" "guard" {
  function_name = "guard"
  role          = aws_iam_role.r.arn
}
`

// wired lists the triggers of a design, each with its ends by their addresses.
func wired(d *model.Design) []string {
	var out []string
	for _, t := range d.Triggers() {
		to := strings.TrimPrefix(strings.TrimPrefix(string(t.To), "fn/aws_"), "res/aws_")
		out = append(out, fmt.Sprintf("%s %s %s", t.Kind, t.Label, to))
	}
	slices.Sort(out)
	return out
}

// The body of an API is read in YAML as in JSON, with what it asks of callers, its authorizers and what it writes to.
func TestOpenAPIBodies(t *testing.T) {
	const body = `openapi: 3.0.1
security: [{iam: []}]
paths:
  /orders:
    get:
      security: []
      x-amazon-apigateway-integration: {type: aws_proxy, uri: "${fn}"}
    post:
      security: [{token: []}]
      x-amazon-apigateway-integration: {type: AWS_PROXY, uri: "${fn}"}
    put:
      security: [{key: []}]
      x-amazon-apigateway-integration: {type: aws_proxy, uri: "${fn}"}
    delete:
      x-amazon-apigateway-integration: {type: aws_proxy, uri: "${fn}"}
  /queue:
    post:
      security: []
      x-amazon-apigateway-integration: {type: aws, uri: "arn:aws:apigateway:us-east-1:sqs:path/123456789012/jobs", credentials: "${role}"}
components:
  securitySchemes:
    iam: {type: apiKey, name: Authorization, in: header, x-amazon-apigateway-authtype: awsSigv4}
    key: {type: apiKey, name: x-api-key, in: header}
    token: {type: apiKey, name: Authorization, in: header, x-amazon-apigateway-authorizer: {type: token, authorizerUri: "${guard}"}}
`
	const vars = "{ fn = aws_lambda_function.a.invoke_arn, guard = aws_lambda_function.guard.invoke_arn, role = aws_iam_role.r.arn }"
	in := openFiles(t, map[string]string{"api.yaml": body, "main.tf": calledFunctions + `
resource "aws_sqs_queue" "q" {
  name = "jobs"
}
resource "aws_api_gateway_rest_api" "yaml" {
  name = "yaml"
  body = templatefile("${path.module}/api.yaml", ` + vars + `)
}
resource "aws_apigatewayv2_api" "json" {
  name          = "json"
  protocol_type = "HTTP"
  body          = jsonencode(yamldecode(templatefile("${path.module}/api.yaml", ` + vars + `)))
}
resource "aws_api_gateway_rest_api" "broken" {
  name = "broken"
  body = "paths: ["
}
`})
	one := []string{"api-route DELETE /orders lambda_function.a", "api-route GET /orders lambda_function.a", "api-route POST /orders lambda_function.a", "api-route POST /queue sqs_queue.q",
		"api-route PUT /orders lambda_function.a", "authorizer authorizer lambda_function.guard"}
	want := append(slices.Clone(one), one...)
	slices.Sort(want)
	if got := wired(in.Design); !slices.Equal(got, want) {
		t.Errorf("triggers\n%s", strings.Join(got, "\n"))
	}
	for _, x := range in.Design.Triggers() {
		if x.Kind != "api-route" {
			continue
		}
		verb, _, _ := strings.Cut(x.Label, " ")
		how := map[string]string{"GET": "open", "POST": "token", "PUT": "open keyed", "DELETE": ""}[verb]
		if x.Label == "POST /queue" {
			how = "open"
		}
		if got := strings.TrimSpace(map[bool]string{true: "open "}[x.Open] + map[bool]string{true: "keyed "}[x.Keyed] + map[bool]string{true: "token"}[x.Token]); got != how {
			t.Errorf("%s is %q, not %q", x.ID, got, how)
		}
		if x.Label == "POST /queue" && x.Role != "role/aws_iam_role.r" {
			t.Errorf("%s is called as %q", x.ID, x.Role)
		}
	}
	if !slices.ContainsFunc(in.Diagnostics, func(d source.Diagnostic) bool {
		return strings.Contains(d.Summary, "the body of aws_api_gateway_rest_api.broken cannot be read")
	}) {
		t.Errorf("the broken body is not told: %v", in.Diagnostics)
	}
}

// Tasks and schedules name what they go on to by names with a version, by names that several things have, and in calls of AWS.
func TestNamedTargets(t *testing.T) {
	in := openFiles(t, map[string]string{"main.tf": calledFunctions + `
resource "aws_dynamodb_table" "t" {
  name     = "same"
  hash_key = "id"
}
resource "aws_sns_topic" "t" {
  name = "same"
}
resource "aws_sfn_state_machine" "m" {
  name     = "m"
  role_arn = aws_iam_role.r.arn
  definition = jsonencode({ StartAt = "A", States = {
    A = { Type = "Task", Resource = "arn:aws:states:::lambda:invoke", Parameters = { FunctionName = "${aws_lambda_function.a.function_name}:live" }, Next = "B" }
    B = { Type = "Task", Resource = "arn:aws:states:::dynamodb:putItem", Parameters = { TableName = "same" }, End = true }
  } })
}
resource "aws_scheduler_schedule" "call" {
  name                = "call"
  schedule_expression = "rate(1 hour)"
  target {
    arn      = "arn:aws:scheduler:::aws-sdk:lambda:invoke"
    role_arn = aws_iam_role.r.arn
    input    = jsonencode({ FunctionName = aws_lambda_function.guard.arn, Payload = "{}" })
  }
}
resource "aws_cloudwatch_event_target" "there" {
  rule = "made-elsewhere"
  arn  = aws_lambda_function.guard.arn
}
resource "aws_lambda_permission" "events" {
  function_name = aws_lambda_function.guard.function_name
  action        = "lambda:InvokeFunction"
  principal     = "events.amazonaws.com"
}
resource "aws_cloudwatch_event_bus" "b" {
  name = "b"
}
resource "aws_cloudwatch_event_permission" "p" {
  event_bus_name = aws_cloudwatch_event_bus.b.name
  principal      = "999999999999"
  statement_id   = "other"
}
`})
	want := []string{"event-rule made-elsewhere lambda_function.guard", "schedule rate(1 hour) lambda_function.guard", "state-machine-task task dynamodb_table.t", "state-machine-task task lambda_function.a"}
	if got := wired(in.Design); !slices.Equal(got, want) {
		t.Errorf("triggers\n%s", strings.Join(got, "\n"))
	}
	if in.Design.Resource("res/aws_cloudwatch_event_permission.p") != nil || in.Design.Resource("res/aws_cloudwatch_event_bus.b").Policy == nil {
		t.Error("a permission stands as a resource, or says nothing")
	}
}

// Files of OpenTofu are read, instead of those of their name that are Terraform's; a template in a text has its own
// variables; what is gone after the run is unknown without a word; a published function's version is a number.
func TestNewerForms(t *testing.T) {
	in := openFiles(t, map[string]string{
		"main.tf":       calledFunctions + "resource \"aws_sqs_queue\" \"shadowed\" {\n  name = \"terraform\"\n}\n",
		"queue.tf":      "resource \"aws_sqs_queue\" \"q\" {\n  name = \"terraform\"\n}\n",
		"queue.tofu":    "resource \"aws_sqs_queue\" \"q\" {\n  name = \"tofu\"\n}\n",
		"more.tofu":     "locals {\n  template = file(\"${path.module}/policy.tftpl\")\n}\n",
		"x_override.tf": "resource \"aws_lambda_function\" \"a\" {\n  publish = true\n}\n",
		"policy.tftpl":  `{"Version":"2012-10-17","Statement":[%{ for i, a in actions ~}${i > 0 ? "," : ""}{"Effect":"Allow","Action":"${a}","Resource":"${where}"}%{ endfor ~}]}`,
		"rest.tf": `
ephemeral "aws_secretsmanager_secret_version" "db" {
  secret_id = "db"
}
resource "aws_secretsmanager_secret" "s" {
  name = "s"
}
resource "aws_secretsmanager_secret_version" "s" {
  secret_id        = aws_secretsmanager_secret.s.id
  secret_string_wo = ephemeral.aws_secretsmanager_secret_version.db.secret_string
}
resource "aws_iam_role_policy" "p" {
  role   = aws_iam_role.r.name
  policy = templatestring(local.template, { actions = ["s3:GetObject", "s3:PutObject"], where = "arn:aws:s3:::b/*" })
}
resource "aws_iam_role_policy" "v" {
  role   = aws_iam_role.r.name
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "lambda:InvokeFunction", Resource = [aws_lambda_function.a.qualified_arn, aws_lambda_function.guard.qualified_arn] }] })
}
`})
	if q := in.Design.Resource("res/aws_sqs_queue.q"); q == nil || q.Name != "tofu" || q.Origin.File != "queue.tofu" {
		t.Errorf("the queue is %+v", q)
	}
	var said []string
	for _, id := range in.Design.Role("role/aws_iam_role.r").Policies {
		for _, st := range in.Design.Policy(id).Document.Statements {
			said = append(said, strings.Join(st.Actions, " ")+" on "+strings.Join(st.Resources, " "))
		}
	}
	const fn = "arn:aws:lambda:us-east-1:123456789012:function:"
	if want := []string{"s3:GetObject on arn:aws:s3:::b/*", "s3:PutObject on arn:aws:s3:::b/*", "lambda:InvokeFunction on " + fn + "orders:1 " + fn + "guard:$LATEST"}; !slices.Equal(said, want) {
		t.Errorf("the role may %q", said)
	}
	for _, d := range in.Diagnostics {
		if strings.Contains(d.Summary, "worked out") || strings.Contains(d.Detail, "ephemeral") {
			t.Errorf("told: %v %s", d, d.Detail)
		}
	}
}
