provider "aws" {
  region = "eu-west-1"
}

variable "names" {
  type    = set(string)
  default = ["in", "out"]
}

resource "aws_dynamodb_table" "orders" {
  name     = "orders"
  hash_key = "id"
  attribute {
    name = "id"
    type = "S"
  }
}

resource "aws_sqs_queue" "jobs" {
  name = "jobs"
}

resource "aws_sns_topic" "news" {
  name = "news"
}

resource "aws_sns_topic_subscription" "jobs" {
  topic_arn     = aws_sns_topic.news.arn
  protocol      = "sqs"
  endpoint      = aws_sqs_queue.jobs.arn
  filter_policy = jsonencode({ kind = ["job"] })
}

resource "aws_sqs_queue_policy" "jobs" {
  queue_url = aws_sqs_queue.jobs.url
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Action    = "sqs:SendMessage"
      Condition = { ArnEquals = { "aws:SourceArn" = aws_sns_topic.news.arn } }
      Effect    = "Allow"
      Principal = { Service = "sns.amazonaws.com" }
      Resource  = aws_sqs_queue.jobs.arn
    }]
  })
}

resource "aws_s3_bucket" "data" {
  bucket = "same-data"
}

resource "aws_s3_bucket_public_access_block" "data" {
  bucket              = aws_s3_bucket.data.id
  block_public_policy = true
}

resource "aws_s3_bucket_notification" "data" {
  bucket = aws_s3_bucket.data.id
  lambda_function {
    lambda_function_arn = module.worker["in"].arn
    events              = ["s3:ObjectCreated:*"]
    filter_prefix       = "in/"
  }
}

resource "aws_iam_policy" "boundary" {
  name = "boundary"
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Action = ["dynamodb:*", "logs:*", "sqs:*"], Effect = "Allow", Resource = "*" }]
  })
}

module "worker" {
  source   = "./worker"
  for_each = var.names
  name     = each.key
  table    = aws_dynamodb_table.orders.name
  queue    = aws_sqs_queue.jobs.arn
  boundary = aws_iam_policy.boundary.arn
}

resource "aws_lambda_permission" "data" {
  statement_id  = "data"
  action        = "lambda:InvokeFunction"
  function_name = module.worker["in"].name
  principal     = "s3.amazonaws.com"
  source_arn    = aws_s3_bucket.data.arn
}

resource "aws_cloudwatch_event_rule" "nightly" {
  name                = "nightly"
  schedule_expression = "rate(1 day)"
}

resource "aws_cloudwatch_event_target" "nightly" {
  rule      = aws_cloudwatch_event_rule.nightly.name
  target_id = "out"
  arn       = module.worker["out"].arn
}

resource "aws_iam_group" "ops" {
  name = "ops"
}

resource "aws_iam_group_policy_attachment" "ops" {
  group      = aws_iam_group.ops.name
  policy_arn = "arn:aws:iam::aws:policy/ReadOnlyAccess"
}

resource "aws_iam_user" "ci" {
  name = "ci"
}

resource "aws_iam_user_group_membership" "ci" {
  user   = aws_iam_user.ci.name
  groups = [aws_iam_group.ops.name]
}

resource "aws_iam_access_key" "ci" {
  user = aws_iam_user.ci.name
}

resource "aws_secretsmanager_secret" "ci" {
  name = "ci"
}

resource "aws_secretsmanager_secret_version" "ci" {
  secret_id     = aws_secretsmanager_secret.ci.id
  secret_string = jsonencode({ id = aws_iam_access_key.ci.id, secret = aws_iam_access_key.ci.secret })
}
