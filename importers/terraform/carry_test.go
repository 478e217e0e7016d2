package terraform

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// What carries data on besides what starts functions, and what calls of it lets in.
func TestCarriedOn(t *testing.T) {
	for _, c := range []struct {
		text string
		want []string
	}{
		{`
resource "aws_s3_bucket" "src" { bucket = "src" }
resource "aws_s3_bucket" "dst" { bucket = "dst" }
resource "aws_s3_bucket_replication_configuration" "r" {
  bucket = aws_s3_bucket.src.id
  role   = "arn:aws:iam::123456789012:role/r"
  rule {
    status = "Enabled"
    filter { prefix = "in/" }
    destination { bucket = aws_s3_bucket.dst.arn }
  }
  rule {
    status = "Disabled"
    filter {
      and {
        prefix = "out/"
        tags   = { a = "b" }
      }
    }
    delete_marker_replication { status = "Enabled" }
    destination { bucket = aws_s3_bucket.dst.arn }
  }
}`, []string{"src > dst replication in/*", "src > dst replication off tagged out/*"}},
		{`
resource "aws_sns_topic" "n" { name = "n" }
resource "aws_sqs_queue" "d" { name = "d" }
resource "aws_sns_topic_subscription" "s" {
  topic_arn      = aws_sns_topic.n.arn
  protocol       = "lambda"
  endpoint       = aws_lambda_function.f.arn
  redrive_policy = jsonencode({ deadLetterTargetArn = aws_sqs_queue.d.arn })
}
resource "aws_cloudwatch_event_rule" "r" { event_pattern = jsonencode({ source = ["a"] }) }
resource "aws_cloudwatch_event_target" "t" {
  rule = aws_cloudwatch_event_rule.r.name
  arn  = aws_lambda_function.f.arn
  dead_letter_config { arn = aws_sqs_queue.d.arn }
}`, []string{"n > f sns-subscription", "n > d sns-subscription dead", "r > f event-rule", "r > d event-rule dead"}},
		{`
resource "aws_bedrockagent_agent" "a" { agent_name = "a" }
resource "aws_bedrockagent_agent_alias" "l" {
  agent_id         = aws_bedrockagent_agent.a.agent_id
  agent_alias_name = "l"
}
resource "aws_bedrockagent_agent_action_group" "g" {
  agent_id = aws_bedrockagent_agent.a.agent_id
  action_group_executor { lambda = aws_lambda_function.f.arn }
}
resource "aws_bedrockagentcore_gateway" "g" {
  name            = "g"
  authorizer_type = "CUSTOM_JWT"
}
resource "aws_bedrockagentcore_gateway_target" "t" {
  gateway_identifier = aws_bedrockagentcore_gateway.g.gateway_id
  target_configuration {
    mcp {
      lambda { lambda_arn = aws_lambda_function.f.arn }
    }
  }
}`, []string{"l > a agent", "a > f agent", "g > f agent token"}},
		{`
resource "aws_appsync_graphql_api" "g" {
  name                = "g"
  authentication_type = "AWS_IAM"
}
resource "aws_appsync_datasource" "d" {
  api_id = aws_appsync_graphql_api.g.id
  name   = "d"
  type   = "AWS_LAMBDA"
  lambda_config { function_arn = aws_lambda_function.f.arn }
}
resource "aws_appsync_function" "p" {
  api_id      = aws_appsync_graphql_api.g.id
  data_source = aws_appsync_datasource.d.name
  name        = "p"
}
resource "aws_appsync_resolver" "a" {
  api_id      = aws_appsync_graphql_api.g.id
  type        = "Query"
  field       = "a"
  data_source = aws_appsync_datasource.d.name
}
resource "aws_appsync_resolver" "b" {
  api_id = aws_appsync_graphql_api.g.id
  type   = "Query"
  field  = "b"
  pipeline_config { functions = [aws_appsync_function.p.function_id] }
}
resource "aws_appsync_resolver" "c" {
  api_id      = aws_appsync_graphql_api.g.id
  type        = "Query"
  field       = "c"
  data_source = "other"
}`, []string{"g > f graphql of Query.a, Query.b"}},
		{`
resource "aws_codecommit_repository" "r" { repository_name = "r" }
resource "aws_codecommit_trigger" "t" {
  repository_name = aws_codecommit_repository.r.repository_name
  trigger {
    name            = "t"
    events          = ["updateReference"]
    destination_arn = aws_lambda_function.f.arn
  }
}
resource "aws_cloudwatch_metric_alarm" "m" {
  alarm_name      = "m"
  namespace       = "Shop"
  actions_enabled = false
  ok_actions      = [aws_lambda_function.f.arn]
}
resource "aws_cloudwatch_log_destination" "l" {
  name       = "l"
  role_arn   = "arn:aws:iam::123456789012:role/r"
  target_arn = aws_kinesis_stream.k.arn
}
resource "aws_kinesis_stream" "k" { name = "k" }
resource "aws_lambda_event_source_mapping" "k" {
  function_name    = aws_lambda_function.f.arn
  event_source_arn = "arn:aws:kafka:us-east-1:123456789012:cluster/c/1-2"
  topics           = ["pay"]
}
resource "aws_iot_topic_rule" "one" {
  name    = "one"
  enabled = true
  sql     = "SELECT * FROM 'in'"
  republish {
    role_arn = "arn:aws:iam::123456789012:role/r"
    topic    = "out/$${topic(2)}"
  }
}
resource "aws_iot_topic_rule" "two" {
  name    = "two"
  enabled = true
  sql     = "SELECT * FROM 'out/+'"
  lambda { function_arn = aws_lambda_function.f.arn }
}`, []string{"r > f repository of updateReference", "m > f alarm off metric Shop", "l > k log-destination", "c > f event-source-mapping of pay", "two > f iot-rule", "one > f iot-rule"}},
		{`
resource "aws_cloudwatch_log_group" "g" { name = "g" }
resource "aws_cloudwatch_log_metric_filter" "c" {
  name           = "c"
  log_group_name = aws_cloudwatch_log_group.g.name
  pattern        = "ERROR"
  metric_transformation {
    name      = "errors"
    namespace = "Shop"
    value     = "1"
  }
}
resource "aws_cloudwatch_metric_alarm" "m" {
  alarm_name    = "m"
  namespace     = "Shop"
  metric_name   = "errors"
  alarm_actions = [aws_lambda_function.f.arn]
}
resource "aws_cloudwatch_metric_alarm" "n" {
  alarm_name    = "n"
  namespace     = "Shop"
  metric_name   = "orders"
  alarm_actions = [aws_lambda_function.f.arn]
}
resource "aws_cloudwatch_event_bus" "b" { name = "b" }
resource "aws_cloudwatch_event_archive" "own" {
  name             = "own"
  event_source_arn = aws_cloudwatch_event_bus.b.arn
}
resource "aws_cloudwatch_event_archive" "all" {
  name             = "all"
  event_source_arn = "arn:aws:events:us-east-1:123456789012:event-bus/default"
}
resource "aws_cloudwatch_event_rule" "r" {
  name          = "r"
  event_pattern = "{\"source\": [\"shop\"]}"
}
resource "aws_cloudwatch_event_rule" "s" {
  name           = "s"
  event_bus_name = aws_cloudwatch_event_bus.b.name
  event_pattern  = "{\"source\": [\"shop\"]}"
}`, []string{"g > m metric-filter", "m > f alarm metric Shop", "n > f alarm metric Shop", "own > b replay", "all > r replay"}},
	} {
		d := openFiles(t, map[string]string{"main.tf": "resource \"aws_lambda_function\" \"f\" {\n  function_name = \"f\"\n  role = \"arn:aws:iam::123456789012:role/x\"\n}\n" + c.text}).Design
		var got []string
		for _, x := range d.Triggers() {
			name := func(id string) string {
				if strings.Contains(id, "cluster") {
					return "c"
				}
				return id[strings.LastIndexByte(id, '.')+1:]
			}
			s := fmt.Sprintf("%s > %s %s", name(string(x.From)), name(string(x.To)), x.Kind)
			for _, w := range []struct {
				word string
				is   bool
			}{{"off", x.Off}, {"dead", x.Dead}, {"token", x.Token}, {"tagged", x.Filter.Tagged}, {"metric " + x.Metric, x.Metric != ""}, {"of " + strings.Join(x.Filter.Parts, ", "), x.Filter.Parts != nil},
				{x.Filter.Prefix + "*" + x.Filter.Suffix, x.Filter.Prefix+x.Filter.Suffix != ""}} {
				if w.is {
					s += " " + w.word
				}
			}
			got = append(got, s)
		}
		slices.Sort(got)
		slices.Sort(c.want)
		if !slices.Equal(got, c.want) {
			t.Errorf("%s\n%q, not\n%q", c.text, got, c.want)
		}
	}
}
