locals {
  trust = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = ["lambda.amazonaws.com", "states.amazonaws.com", "scheduler.amazonaws.com"] } }]
  })
}

resource "aws_iam_role" "run" {
  name               = "run"
  assume_role_policy = local.trust
}

resource "aws_lambda_function" "f" {
  function_name = "f"
  role          = aws_iam_role.run.arn
  handler       = "a.b"
  runtime       = "python3.13"
  filename      = "f.zip"
}

resource "aws_lambda_alias" "live" {
  name             = "live"
  function_name    = aws_lambda_function.f.function_name
  function_version = "1"
}

resource "aws_lambda_function_url" "f" {
  function_name      = aws_lambda_function.f.function_name
  authorization_type = "NONE"
}

resource "aws_lambda_function_event_invoke_config" "f" {
  function_name = aws_lambda_function.f.function_name
  destination_config {
    on_failure {
      destination = aws_sqs_queue.q.arn
    }
  }
}

resource "aws_sqs_queue" "q" {
  name              = "q"
  kms_master_key_id = aws_kms_alias.k.name
}

resource "aws_kms_key" "k" {}

resource "aws_kms_alias" "k" {
  name          = "alias/k"
  target_key_id = aws_kms_key.k.key_id
}

resource "aws_sns_topic" "t" {
  name = "t"
}

resource "aws_sns_topic_subscription" "body" {
  topic_arn           = aws_sns_topic.t.arn
  protocol            = "lambda"
  endpoint            = aws_lambda_alias.live.arn
  filter_policy       = "{ \"a\": [ 1 ] }"
  filter_policy_scope = "MessageBody"
}

resource "aws_cloudwatch_event_bus" "own" {
  name = "own"
}

resource "aws_cloudwatch_event_rule" "own" {
  name           = "own"
  event_bus_name = aws_cloudwatch_event_bus.own.name
  event_pattern  = jsonencode({ source = ["shop"] })
}

resource "aws_cloudwatch_event_target" "own" {
  rule           = aws_cloudwatch_event_rule.own.name
  event_bus_name = aws_cloudwatch_event_bus.own.name
  arn            = aws_lambda_function.f.arn
}

resource "aws_cloudwatch_event_rule" "other" {
  name           = "other"
  event_bus_name = "arn:aws:events:us-east-1:999988887777:event-bus/partner"
  event_pattern  = jsonencode({ "detail-type" = ["Paid"] })
}

resource "aws_cloudwatch_event_target" "other" {
  rule           = aws_cloudwatch_event_rule.other.name
  event_bus_name = aws_cloudwatch_event_rule.other.event_bus_name
  arn            = aws_sqs_queue.q.arn
  input_path     = "$.detail"
}

resource "aws_s3_bucket" "b" {
  bucket = "wiring-b"
}

resource "aws_s3_bucket_notification" "b" {
  bucket      = aws_s3_bucket.b.id
  eventbridge = true
}

resource "aws_cloudwatch_event_rule" "objects" {
  name          = "objects"
  event_pattern = jsonencode({ source = ["aws.s3"], "detail-type" = ["Object Created"] })
}

resource "aws_cloudwatch_event_target" "objects" {
  rule     = aws_cloudwatch_event_rule.objects.name
  arn      = aws_sfn_state_machine.m.arn
  role_arn = aws_iam_role.run.arn
}

resource "aws_scheduler_schedule" "s" {
  name                = "s"
  schedule_expression = "rate(5 minutes)"
  flexible_time_window {
    mode = "OFF"
  }
  target {
    arn      = aws_lambda_function.f.arn
    role_arn = aws_iam_role.run.arn
  }
}

resource "aws_sfn_state_machine" "m" {
  name     = "m"
  role_arn = aws_iam_role.run.arn
  definition = jsonencode({
    StartAt = "A"
    States = {
      A = { Type = "Task", Resource = "arn:aws:states:::lambda:invoke", Parameters = { FunctionName = aws_lambda_function.f.function_name }, Next = "B" }
      B = { Type = "Task", Resource = "arn:aws:states:::sqs:sendMessage", Parameters = { QueueUrl = aws_sqs_queue.q.url, "MessageBody.$" = "$" }, End = true }
    }
  })
}

resource "aws_dynamodb_table" "d" {
  name           = "d"
  hash_key       = "pk"
  stream_enabled = true
}

resource "aws_pipes_pipe" "p" {
  name     = "p"
  role_arn = aws_iam_role.run.arn
  source   = aws_dynamodb_table.d.stream_arn
  target   = aws_lambda_function.f.arn
  source_parameters {
    filter_criteria {
      filter {
        pattern = jsonencode({ eventName = ["INSERT"] })
      }
    }
  }
}

resource "aws_cloudwatch_log_group" "l" {
  name = "/wiring"
}

resource "aws_cloudwatch_log_subscription_filter" "l" {
  name            = "l"
  log_group_name  = aws_cloudwatch_log_group.l.name
  filter_pattern  = "ERROR"
  destination_arn = aws_lambda_function.f.arn
}

resource "aws_cognito_user_pool" "u" {
  name = "u"
  lambda_config {
    pre_sign_up = aws_lambda_function.f.arn
    custom_email_sender {
      lambda_arn     = aws_lambda_function.f.arn
      lambda_version = "V1_0"
    }
    kms_key_id = aws_kms_key.k.arn
  }
}

resource "aws_iot_topic_rule" "i" {
  name        = "i"
  sql         = "SELECT * FROM 'a'"
  sql_version = "2016-03-23"
  enabled     = true
  sqs {
    queue_url  = aws_sqs_queue.q.url
    role_arn   = aws_iam_role.run.arn
    use_base64 = false
  }
}

resource "aws_secretsmanager_secret" "s" {
  name = "s"
}

resource "aws_secretsmanager_secret_rotation" "s" {
  secret_id           = aws_secretsmanager_secret.s.id
  rotation_lambda_arn = aws_lambda_function.f.arn
}

resource "aws_api_gateway_rest_api" "r" {
  name = "r"
}

resource "aws_api_gateway_resource" "orders" {
  rest_api_id = aws_api_gateway_rest_api.r.id
  parent_id   = aws_api_gateway_rest_api.r.root_resource_id
  path_part   = "orders"
}

resource "aws_api_gateway_resource" "id" {
  rest_api_id = aws_api_gateway_rest_api.r.id
  parent_id   = aws_api_gateway_resource.orders.id
  path_part   = "{id}"
}

resource "aws_api_gateway_method" "get" {
  rest_api_id      = aws_api_gateway_rest_api.r.id
  resource_id      = aws_api_gateway_resource.id.id
  http_method      = "GET"
  authorization    = "NONE"
  api_key_required = true
}

resource "aws_api_gateway_integration" "get" {
  rest_api_id             = aws_api_gateway_rest_api.r.id
  resource_id             = aws_api_gateway_resource.id.id
  http_method             = aws_api_gateway_method.get.http_method
  integration_http_method = "POST"
  type                    = "AWS_PROXY"
  uri                     = aws_lambda_function.f.invoke_arn
}

resource "aws_api_gateway_method" "post" {
  rest_api_id   = aws_api_gateway_rest_api.r.id
  resource_id   = aws_api_gateway_resource.orders.id
  http_method   = "POST"
  authorization = "AWS_IAM"
}

resource "aws_api_gateway_integration" "post" {
  rest_api_id             = aws_api_gateway_rest_api.r.id
  resource_id             = aws_api_gateway_resource.orders.id
  http_method             = aws_api_gateway_method.post.http_method
  integration_http_method = "POST"
  type                    = "AWS"
  credentials             = aws_iam_role.run.arn
  uri                     = "arn:aws:apigateway:us-east-1:sqs:path/123456789012/${aws_sqs_queue.q.name}"
}

resource "aws_lambda_permission" "api" {
  statement_id  = "api"
  action        = "lambda:InvokeFunction"
  function_name = aws_lambda_function.f.function_name
  principal     = "apigateway.amazonaws.com"
  source_arn    = "${aws_api_gateway_rest_api.r.execution_arn}/*/*"
}

resource "aws_apigatewayv2_api" "h" {
  name          = "h"
  protocol_type = "HTTP"
}

resource "aws_apigatewayv2_integration" "h" {
  api_id                 = aws_apigatewayv2_api.h.id
  integration_type       = "AWS_PROXY"
  integration_uri        = aws_lambda_function.f.invoke_arn
  payload_format_version = "2.0"
}

resource "aws_apigatewayv2_route" "h" {
  api_id             = aws_apigatewayv2_api.h.id
  route_key          = "POST /pay"
  target             = "integrations/${aws_apigatewayv2_integration.h.id}"
  authorization_type = "JWT"
}

resource "aws_lb_target_group" "a" {
  name        = "a"
  target_type = "lambda"
}

resource "aws_lb_target_group_attachment" "a" {
  target_group_arn = aws_lb_target_group.a.arn
  target_id        = aws_lambda_function.f.arn
}

resource "aws_lambda_permission" "alexa" {
  statement_id  = "alexa"
  action        = "lambda:InvokeFunction"
  function_name = aws_lambda_function.f.function_name
  principal     = "alexa-appkit.amazon.com"
}

resource "aws_cloudwatch_metric_alarm" "m" {
  alarm_name          = "m"
  comparison_operator = "GreaterThanThreshold"
  evaluation_periods  = 1
  alarm_actions       = [aws_sns_topic.t.arn]
}

resource "aws_kinesis_stream" "k" {
  name = "k"
}

resource "aws_dynamodb_kinesis_streaming_destination" "d" {
  table_name = aws_dynamodb_table.d.name
  stream_arn = aws_kinesis_stream.k.arn
}
