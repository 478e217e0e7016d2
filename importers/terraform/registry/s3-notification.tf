# What the inputs of terraform-aws-modules/s3-bucket/aws//modules/notification tell.
variable "create" { default = true }
variable "create_sns_policy" { default = true }
variable "create_sqs_policy" { default = true }
variable "create_lambda_permission" { default = true }
variable "bucket" { default = "" }
variable "bucket_arn" { default = null }
variable "eventbridge" { default = null }
variable "lambda_notifications" { default = {} }
variable "sqs_notifications" { default = {} }
variable "sns_notifications" { default = {} }

locals {
  bucket = try(coalesce(var.bucket_arn, "arn:aws:s3:::${var.bucket}"), null)
}

resource "aws_s3_bucket_notification" "this" {
  count       = var.create ? 1 : 0
  bucket      = var.bucket
  eventbridge = var.eventbridge
  dynamic "lambda_function" {
    for_each = var.lambda_notifications
    content {
      lambda_function_arn = lambda_function.value.function_arn
      events              = lambda_function.value.events
      filter_prefix       = try(lambda_function.value.filter_prefix, null)
      filter_suffix       = try(lambda_function.value.filter_suffix, null)
    }
  }
  dynamic "queue" {
    for_each = var.sqs_notifications
    content {
      queue_arn     = queue.value.queue_arn
      events        = queue.value.events
      filter_prefix = try(queue.value.filter_prefix, null)
      filter_suffix = try(queue.value.filter_suffix, null)
    }
  }
  dynamic "topic" {
    for_each = var.sns_notifications
    content {
      topic_arn     = topic.value.topic_arn
      events        = topic.value.events
      filter_prefix = try(topic.value.filter_prefix, null)
      filter_suffix = try(topic.value.filter_suffix, null)
    }
  }
}

resource "aws_lambda_permission" "allow" {
  for_each      = var.create && var.create_lambda_permission ? var.lambda_notifications : {}
  statement_id  = "AllowLambdaS3BucketNotification-${each.key}"
  action        = "lambda:InvokeFunction"
  function_name = each.value.function_name
  qualifier     = try(each.value.qualifier, null)
  principal     = "s3.amazonaws.com"
  source_arn    = local.bucket
}

resource "aws_sqs_queue_policy" "allow" {
  for_each  = var.create && var.create_sqs_policy ? var.sqs_notifications : {}
  queue_url = try(each.value.queue_id, each.value.queue_arn)
  policy = jsonencode({ Version = "2012-10-17", Statement = [{
    Sid      = "AllowSQSS3BucketNotification", Effect = "Allow", Action = "sqs:SendMessage", Principal = { Service = "s3.amazonaws.com" },
    Resource = each.value.queue_arn, Condition = { ArnEquals = { "aws:SourceArn" = local.bucket } }
  }] })
}

resource "aws_sns_topic_policy" "allow" {
  for_each = var.create && var.create_sns_policy ? var.sns_notifications : {}
  arn      = each.value.topic_arn
  policy = jsonencode({ Version = "2012-10-17", Statement = [{
    Sid      = "AllowSNSS3BucketNotification", Effect = "Allow", Action = "sns:Publish", Principal = { Service = "s3.amazonaws.com" },
    Resource = each.value.topic_arn, Condition = { ArnEquals = { "aws:SourceArn" = local.bucket } }
  }] })
}

output "s3_bucket_notification_id" { value = var.bucket }
