# What the inputs of terraform-aws-modules/sns/aws tell.
variable "create" { default = true }
variable "name" { default = null }
variable "fifo_topic" { default = false }
variable "use_name_prefix" { default = false }
variable "kms_master_key_id" { default = null }
variable "subscriptions" { default = {} }
variable "tags" { default = {} }

resource "aws_sns_topic" "this" {
  count             = var.create ? 1 : 0
  name              = var.use_name_prefix ? null : (var.fifo_topic ? "${trimsuffix(var.name, ".fifo")}.fifo" : var.name)
  name_prefix       = var.use_name_prefix ? "${var.name}-" : null
  kms_master_key_id = var.kms_master_key_id
  tags              = var.tags
}

resource "aws_sns_topic_subscription" "this" {
  for_each            = var.create ? var.subscriptions : {}
  topic_arn           = aws_sns_topic.this[0].arn
  protocol            = each.value.protocol
  endpoint            = each.value.endpoint
  filter_policy       = try(each.value.filter_policy, null)
  filter_policy_scope = try(each.value.filter_policy_scope, null)
}

output "topic_arn" { value = try(aws_sns_topic.this[0].arn, null) }
output "topic_id" { value = try(aws_sns_topic.this[0].id, null) }
output "topic_name" { value = try(aws_sns_topic.this[0].name, null) }
