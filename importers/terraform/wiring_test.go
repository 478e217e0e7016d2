package terraform

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"bulkhead/importers"
	"bulkhead/model"
	"bulkhead/model/source"
)

// Everything that starts a function, or carries data on, is a trigger with its ends, its filter, its role and who may pull
// it.
func TestWiring(t *testing.T) {
	d := open(t, "testdata/wiring", importers.Options{StackName: "w"}).Design
	var got []string
	for _, x := range d.Triggers() {
		words := []string{string(x.From), ">", string(x.To), x.Kind, x.Event, fmt.Sprintf("%q", x.Label)}
		for word, is := range map[string]bool{"open": x.Open, "keyed": x.Keyed, "token": x.Token, "outside": x.Outside, "as " + string(x.Role): x.Role != "", "bus " + x.Bus: x.Bus != "", "body": x.Filter.OnBody,
			"whole": x.Form == model.AsItIs, "enveloped": x.Form == model.InEnvelope} {
			if is {
				words = append(words, word)
			}
		}
		slices.Sort(words[6:])
		if x.Filter.Pattern != "" {
			words = append(words, x.Filter.Pattern)
		}
		got = append(got, strings.Join(append(words, x.Filter.Events...), " "))
	}
	slices.Sort(got)
	want := strings.Split(strings.Trim(`
 > fn/aws_lambda_function.f function-url url "function URL" open outside
 > fn/aws_lambda_function.f permission alexa-appkit "alexa-appkit" outside
res/aws_api_gateway_rest_api.r > fn/aws_lambda_function.f api-route rest "GET /orders/{id}" keyed open outside
res/aws_api_gateway_rest_api.r > res/aws_sqs_queue.q api-route rest "POST /orders" as role/aws_iam_role.run outside
res/aws_apigatewayv2_api.h > fn/aws_lambda_function.f api-route http "POST /pay" outside token
res/aws_cloudwatch_event_bus.own > fn/aws_lambda_function.f event-rule events "shop" whole {"source":["shop"]}
res/aws_cloudwatch_event_rule.other > res/aws_sqs_queue.q event-rule events "Paid" bus arn:aws:events:us-east-1:999988887777:event-bus/partner {"detail-type":["Paid"]}
res/aws_cloudwatch_log_group.l > fn/aws_lambda_function.f log-subscription logs "log events" ERROR
res/aws_cloudwatch_metric_alarm.m > res/aws_sns_topic.t alarm alarm "alarm"
res/aws_cognito_user_pool.u > fn/aws_lambda_function.f cognito cognito "CustomEmailSender"
res/aws_cognito_user_pool.u > fn/aws_lambda_function.f cognito cognito "PreSignUp"
res/aws_dynamodb_table.d > fn/aws_lambda_function.f pipe pipe "pipe" as role/aws_iam_role.run {"eventName":["INSERT"]}
res/aws_dynamodb_table.d > res/aws_kinesis_stream.k table-changes dynamodb "changes"
res/aws_iot_topic_rule.i > res/aws_sqs_queue.q iot-rule iot "SELECT * FROM 'a'" as role/aws_iam_role.run outside
res/aws_lb_target_group.a > fn/aws_lambda_function.f load-balancer elasticloadbalancing "load balancer" open outside
res/aws_s3_bucket.b > res/aws_sfn_state_machine.m event-rule events "Object Created" as role/aws_iam_role.run whole {"detail-type":["Object Created"],"source":["aws.s3"]} s3:ObjectCreated:*
res/aws_scheduler_schedule.s > fn/aws_lambda_function.f schedule schedule "rate(5 minutes)" as role/aws_iam_role.run
res/aws_secretsmanager_secret.s > fn/aws_lambda_function.f rotation secretsmanager "rotation"
res/aws_sfn_state_machine.m > fn/aws_lambda_function.f state-machine-task states "task" as role/aws_iam_role.run
res/aws_sfn_state_machine.m > res/aws_sqs_queue.q state-machine-task states "task" as role/aws_iam_role.run
res/aws_sns_topic.t > fn/aws_lambda_function.f sns-subscription sns "sns" body enveloped {"a":[1]}`, "\n"), "\n")
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("the triggers are\n%s", strings.Join(got, "\n"))
	}
	f := d.Function("fn/aws_lambda_function.f")
	if len(f.Policy.Statements) != 2 || !slices.Equal(f.Destinations, []string{d.Resource("res/aws_sqs_queue.q").ARN}) {
		t.Errorf("the function is %+v", f)
	}
	if q := d.Resource("res/aws_sqs_queue.q"); q.Key != "res/aws_kms_key.k" {
		t.Errorf("the queue is encrypted by %q", q.Key)
	}
}

// Roles of one name in two accounts are two roles: what names one means that of its own account, whatever region it works
// in.
func TestOneNameInTwoAccounts(t *testing.T) {
	in, err := importers.OpenFS(t.Context(), Sources(), importers.Memory(source.Files{"m/main.tf": []byte(`
provider "aws" {}
provider "aws" {
  alias  = "us"
  region = "us-west-2"
}
provider "aws" {
  alias = "prod"
  assume_role {
    role_arn = "arn:aws:iam::222233334444:role/deploy"
  }
}
resource "aws_iam_role" "a" {
  name               = "admin"
  assume_role_policy = "{}"
}
resource "aws_iam_role" "b" {
  provider           = aws.prod
  name               = "admin"
  assume_role_policy = "{}"
}
resource "aws_iam_role_policy_attachment" "a" {
  provider   = aws.us
  role       = "admin"
  policy_arn = "arn:aws:iam::aws:policy/ReadOnlyAccess"
}
resource "aws_iam_role_policy_attachment" "b" {
  provider   = aws.prod
  role       = "admin"
  policy_arn = "arn:aws:iam::aws:policy/AdministratorAccess"
}
resource "aws_iam_role_policy_attachment" "there" {
  role       = "there-already"
  policy_arn = "arn:aws:iam::aws:policy/AdministratorAccess"
}
`)}, nil), "m", importers.Options{StackName: "m"})
	if err != nil {
		t.Fatal(err)
	}
	for id, want := range map[model.ID][2]string{
		"role/aws_iam_role.a": {"arn:aws:iam::123456789012:role/admin", "policy/arn:aws:iam::aws:policy/ReadOnlyAccess"},
		"role/aws_iam_role.b": {"arn:aws:iam::222233334444:role/admin", "policy/arn:aws:iam::aws:policy/AdministratorAccess"},
		model.MakeID("role", "arn:aws:iam::123456789012:role/there-already"): {"arn:aws:iam::123456789012:role/there-already", "policy/arn:aws:iam::aws:policy/AdministratorAccess"},
	} {
		r := in.Design.Role(id)
		if r == nil || r.ARN != want[0] || !slices.Equal(r.Policies, []model.ID{model.ID(want[1])}) || r.External != strings.Contains(want[0], "there") {
			t.Errorf("%s is %+v", id, r)
		}
	}
}

// No statement is lost: what is the policy of a resource stands on it, and of others it is told.
func TestResourcePolicies(t *testing.T) {
	in, err := importers.OpenFS(t.Context(), Sources(), importers.Memory(source.Files{"m/main.tf": []byte(`
locals {
  all = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Principal = "*", Action = "*", Resource = "*" }] })
}
resource "aws_s3_bucket" "b" {
  bucket = "b"
  policy = "{}"
}
resource "aws_s3_bucket_policy" "b" {
  bucket = aws_s3_bucket.b.id
  policy = local.all
}
resource "aws_kms_key" "own" { policy = local.all }
resource "aws_kms_key" "usual" {}
resource "aws_ecr_repository" "r" { name = "r" }
resource "aws_ecr_repository_policy" "r" {
  repository = aws_ecr_repository.r.name
  policy     = local.all
}
resource "aws_ecr_lifecycle_policy" "r" {
  repository = aws_ecr_repository.r.name
  policy     = jsonencode({ rules = [] })
}
resource "aws_dynamodb_table" "d" { name = "d" }
resource "aws_dynamodb_resource_policy" "d" {
  resource_arn = aws_dynamodb_table.d.arn
  policy       = local.all
}
resource "aws_cloudwatch_event_bus" "e" { name = "e" }
resource "aws_cloudwatch_event_permission" "e" {
  event_bus_name = aws_cloudwatch_event_bus.e.name
  statement_id   = "Other"
  principal      = "222233334444"
}
resource "aws_lambda_layer_version" "l" { layer_name = "l" }
resource "aws_lambda_layer_version_permission" "l" {
  layer_name     = aws_lambda_layer_version.l.layer_arn
  version_number = 1
  statement_id   = "All"
  action         = "lambda:GetLayerVersion"
  principal      = "*"
}
resource "aws_kinesis_stream" "k" { name = "k" }
resource "aws_kinesis_resource_policy" "k" {
  resource_arn = aws_kinesis_stream.k.arn
  policy       = local.all
}
resource "aws_glue_resource_policy" "g" { policy = local.all }
resource "aws_cloudwatch_log_resource_policy" "l" {
  policy_name     = "l"
  policy_document = local.all
}
`)}, nil), "m", importers.Options{StackName: "m"})
	if err != nil {
		t.Fatal(err)
	}
	for id, action := range map[model.ID]string{
		"res/aws_s3_bucket.b": "*", "res/aws_kms_key.own": "*", "res/aws_kms_key.usual": "kms:*", "res/aws_ecr_repository.r": "*", "res/aws_dynamodb_table.d": "*",
		"res/aws_cloudwatch_event_bus.e": "events:PutEvents", "res/aws_lambda_layer_version.l": "lambda:GetLayerVersion", "res/aws_kinesis_stream.k": "*",
	} {
		r := in.Design.Resource(id)
		if r == nil || r.Policy == nil || len(r.Policy.Statements) != 1 || r.Policy.Statements[0].Actions[0] != action {
			t.Errorf("%s is %+v", id, r)
		}
	}
	var told []string
	for _, d := range in.Diagnostics {
		if strings.HasSuffix(d.Summary, "is not judged") {
			told = append(told, d.Summary)
		}
	}
	slices.Sort(told)
	if want := []string{"the policy of aws_cloudwatch_log_resource_policy.l is not judged", "the policy of aws_glue_resource_policy.g is not judged"}; !slices.Equal(told, want) {
		t.Errorf("told: %q", told)
	}
}

// What runs in a resource acts with the role that the configuration gives it.
func TestRolesOfWhatRuns(t *testing.T) {
	in, err := importers.OpenFS(t.Context(), Sources(), importers.Memory(source.Files{"m/main.tf": []byte(`
resource "aws_iam_role" "r" {
  name               = "r"
  assume_role_policy = "{}"
}
resource "aws_iam_role" "q" {
  name               = "q"
  assume_role_policy = "{}"
}
resource "aws_iam_instance_profile" "p" { role = aws_iam_role.r.name }
resource "aws_instance" "i" { iam_instance_profile = aws_iam_instance_profile.p.name }
resource "aws_instance" "none" {}
resource "aws_spot_instance_request" "s" { iam_instance_profile = aws_iam_instance_profile.p.name }
resource "aws_cloudformation_stack" "c" {
  name         = "c"
  iam_role_arn = aws_iam_role.r.arn
}
resource "aws_codebuild_project" "b" {
  name         = "b"
  service_role = aws_iam_role.r.arn
}
resource "aws_batch_job_definition" "j" {
  name                 = "j"
  container_properties = jsonencode({ image = "x", jobRoleArn = aws_iam_role.r.arn })
}
resource "aws_bedrockagentcore_code_interpreter" "k" {
  name               = "k"
  execution_role_arn = aws_iam_role.r.arn
}
resource "aws_bedrockagentcore_browser" "w" {
  name               = "w"
  execution_role_arn = aws_iam_role.r.arn
}
resource "aws_bedrockagentcore_agent_runtime" "a" {
  agent_runtime_name = "a"
  role_arn           = aws_iam_role.r.arn
}
`)}, nil), "m", importers.Options{StackName: "m"})
	if err != nil {
		t.Fatal(err)
	}
	for id, want := range map[model.ID]model.ID{
		"res/aws_instance.i": "role/aws_iam_role.r", "res/aws_instance.none": "", "res/aws_spot_instance_request.s": "role/aws_iam_role.r", "res/aws_cloudformation_stack.c": "role/aws_iam_role.r",
		"res/aws_codebuild_project.b": "role/aws_iam_role.r", "res/aws_batch_job_definition.j": "role/aws_iam_role.r",
		"res/aws_bedrockagentcore_code_interpreter.k": "role/aws_iam_role.r", "res/aws_bedrockagentcore_browser.w": "role/aws_iam_role.r", "res/aws_bedrockagentcore_agent_runtime.a": "role/aws_iam_role.r",
	} {
		if r := in.Design.Resource(id); r == nil || r.Role != want || r.ARN == "" {
			t.Errorf("%s is %+v", id, r)
		}
	}
	if p, q := in.Design.Role("role/aws_iam_role.r").Profile, in.Design.Role("role/aws_iam_role.q").Profile; p != model.HasProfile || q != model.ProfileNotKnown {
		t.Errorf("profiles %v and %v", p, q)
	}
}

// What starts something and is disabled says so.
func TestDisabled(t *testing.T) {
	const text = `
resource "aws_lambda_function" "f" {
  function_name = "f"
  role          = "arn:aws:iam::123456789012:role/r"
}
resource "aws_sqs_queue" "q" { name = "q" }
resource "aws_lambda_event_source_mapping" "m" {
  function_name    = aws_lambda_function.f.arn
  event_source_arn = aws_sqs_queue.q.arn
  enabled          = BOOL
}
resource "aws_cloudwatch_event_rule" "r" {
  name          = "r"
  state         = "STATE"
  event_pattern = jsonencode({ source = ["shop"] })
}
resource "aws_cloudwatch_event_target" "t" {
  rule = aws_cloudwatch_event_rule.r.name
  arn  = aws_lambda_function.f.arn
}
resource "aws_cloudwatch_event_rule" "old" {
  name          = "old"
  is_enabled    = BOOL
  event_pattern = jsonencode({ source = ["shop"] })
}
resource "aws_cloudwatch_event_target" "old" {
  rule = aws_cloudwatch_event_rule.old.name
  arn  = aws_lambda_function.f.arn
}
`
	for _, off := range []bool{false, true} {
		written := strings.NewReplacer("BOOL", fmt.Sprint(!off), "STATE", map[bool]string{true: "DISABLED", false: "ENABLED"}[off]).Replace(text)
		in, err := importers.OpenFS(t.Context(), Sources(), importers.Memory(source.Files{"m/main.tf": []byte(written)}, nil), "m", importers.Options{StackName: "m"})
		if err != nil {
			t.Fatal(err)
		}
		if n := len(in.Design.Triggers()); n != 3 {
			t.Errorf("%d triggers", n)
		}
		for _, tr := range in.Design.Triggers() {
			if tr.Off != off {
				t.Errorf("%s is off: %v, not %v", tr.ID, tr.Off, off)
			}
		}
	}
}

// A function writes to the log group that its logging_config names.
func TestLogGroup(t *testing.T) {
	text := `
resource "aws_cloudwatch_log_group" "l" { name = "team" }
resource "aws_lambda_function" "f" {
  function_name = "f"
  role          = "arn:aws:iam::123456789012:role/x"
  logging_config {
    log_format = "JSON"
    log_group  = aws_cloudwatch_log_group.l.name
  }
}
resource "aws_lambda_function" "g" {
  function_name = "g"
  role          = "arn:aws:iam::123456789012:role/x"
}`
	d := openFiles(t, map[string]string{"main.tf": text}).Design
	for id, want := range map[model.ID]string{"fn/aws_lambda_function.f": "team", "fn/aws_lambda_function.g": "/aws/lambda/g"} {
		if got := d.Function(id).LogGroupARN(); got != "arn:aws:logs:us-east-1:123456789012:log-group:"+want {
			t.Errorf("%s writes to %s", id, got)
		}
	}
}

// What starts functions and is not in the configuration is a resource that is named only, by ARN or by name.
func TestSourcesElsewhere(t *testing.T) {
	d := openFiles(t, map[string]string{"main.tf": `
resource "aws_lambda_function" "f" {
  function_name = "f"
  role          = "arn:aws:iam::123456789012:role/x"
}
resource "aws_lambda_event_source_mapping" "m" {
  function_name    = aws_lambda_function.f.arn
  event_source_arn = "arn:aws:sqs:us-east-1:123456789012:jobs"
}
resource "aws_s3_bucket_notification" "n" {
  bucket = "inbox"
  lambda_function {
    lambda_function_arn = aws_lambda_function.f.arn
    events              = ["s3:ObjectCreated:*"]
  }
}
resource "aws_sns_topic_subscription" "s" {
  topic_arn = "arn:aws:sns:us-east-1:111122223333:news"
  protocol  = "lambda"
  endpoint  = aws_lambda_function.f.arn
}`}).Design
	want := map[string]bool{"arn:aws:sqs:us-east-1:123456789012:jobs": false, "arn:aws:s3:::inbox": false, "arn:aws:sns:us-east-1:111122223333:news": true}
	for _, tr := range d.Triggers() {
		r := d.Resource(tr.From)
		if r == nil || !r.External {
			t.Fatalf("%s comes from %+v", tr.ID, r)
		}
		if theirs, ok := want[r.ARN]; !ok || theirs != r.PolicyUnseen {
			t.Errorf("%s comes from %+v", tr.ID, r)
		}
		delete(want, r.ARN)
	}
	if len(want) > 0 {
		t.Errorf("nothing comes from %v", want)
	}
}
