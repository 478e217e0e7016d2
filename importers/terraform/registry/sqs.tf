# What the inputs of terraform-aws-modules/sqs/aws tell.
variable "create" { default = true }
variable "name" { default = null }
variable "fifo_queue" { default = false }
variable "use_name_prefix" { default = false }
variable "kms_master_key_id" { default = null }
variable "create_dlq" { default = false }
variable "dlq_name" { default = null }
variable "tags" { default = {} }

resource "aws_sqs_queue" "this" {
  count             = var.create ? 1 : 0
  name              = var.use_name_prefix ? null : (var.fifo_queue ? "${trimsuffix(var.name, ".fifo")}.fifo" : var.name)
  name_prefix       = var.use_name_prefix ? "${var.name}-" : null
  fifo_queue        = var.fifo_queue
  kms_master_key_id = var.kms_master_key_id
  tags              = var.tags
}

resource "aws_sqs_queue" "dlq" {
  count = var.create && var.create_dlq ? 1 : 0
  name  = try(coalesce(var.dlq_name, "${trimsuffix(var.name, ".fifo")}-dlq${var.fifo_queue ? ".fifo" : ""}"), null)
  tags  = var.tags
}

output "queue_arn" { value = try(aws_sqs_queue.this[0].arn, null) }
output "queue_id" { value = try(aws_sqs_queue.this[0].url, null) }
output "queue_url" { value = try(aws_sqs_queue.this[0].url, null) }
output "queue_name" { value = try(aws_sqs_queue.this[0].name, null) }
output "dead_letter_queue_arn" { value = try(aws_sqs_queue.dlq[0].arn, null) }
output "dead_letter_queue_url" { value = try(aws_sqs_queue.dlq[0].url, null) }
