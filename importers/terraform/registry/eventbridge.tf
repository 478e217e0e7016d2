# What the inputs of terraform-aws-modules/eventbridge/aws tell of the bus, its rules, what they start, and schedules.
variable "create" { default = true }
variable "create_bus" { default = true }
variable "create_rules" { default = true }
variable "create_targets" { default = true }
variable "create_permissions" { default = true }
variable "create_schedules" { default = true }
variable "create_role" { default = true }
variable "role_name" { default = null }
variable "role_permissions_boundary" { default = null }
variable "trusted_entities" { default = [] }
variable "append_rule_postfix" { default = true }
variable "append_schedule_postfix" { default = true }
variable "bus_name" { default = "default" }
variable "rules" { default = {} }
variable "targets" { default = {} }
variable "permissions" { default = {} }
variable "schedules" { default = {} }
variable "tags" { default = {} }

variable "attach_kinesis_policy" { default = false }
variable "attach_kinesis_firehose_policy" { default = false }
variable "attach_sqs_policy" { default = false }
variable "attach_sns_policy" { default = false }
variable "attach_sfn_policy" { default = false }
variable "attach_lambda_policy" { default = false }
variable "kinesis_target_arns" { default = [] }
variable "kinesis_firehose_target_arns" { default = [] }
variable "sqs_target_arns" { default = [] }
variable "sns_target_arns" { default = [] }
variable "sfn_target_arns" { default = [] }
variable "lambda_target_arns" { default = [] }
variable "attach_policy" { default = false }
variable "attach_policies" { default = false }
variable "attach_policy_json" { default = false }
variable "attach_policy_jsons" { default = false }
variable "attach_policy_statements" { default = false }
variable "policy" { default = null }
variable "policies" { default = [] }
variable "policy_json" { default = null }
variable "policy_jsons" { default = [] }
variable "policy_statements" { default = {} }

locals {
  rule_names = { for k, v in var.rules : k => var.append_rule_postfix ? "${replace(k, "_", "-")}-rule" : k }
  targets    = merge([for rule, list in var.targets : { for i, t in list : "${rule}-${try(t.name, i)}" => merge(t, { rule = rule }) }]...)
  role       = var.create && var.create_role
  role_name  = try(coalesce(var.role_name, var.bus_name), "eventbridge")
  may = {
    kinesis  = { on = var.attach_kinesis_policy, actions = ["kinesis:PutRecord"], resources = var.kinesis_target_arns }
    firehose = { on = var.attach_kinesis_firehose_policy, actions = ["firehose:PutRecord"], resources = var.kinesis_firehose_target_arns }
    sqs      = { on = var.attach_sqs_policy, actions = ["sqs:SendMessage*", "kms:Decrypt", "kms:GenerateDataKey"], resources = var.sqs_target_arns }
    sns      = { on = var.attach_sns_policy, actions = ["sns:Publish", "kms:Decrypt", "kms:GenerateDataKey"], resources = var.sns_target_arns }
    sfn      = { on = var.attach_sfn_policy, actions = ["states:StartExecution"], resources = var.sfn_target_arns }
    lambda   = { on = var.attach_lambda_policy, actions = ["lambda:InvokeFunction"], resources = var.lambda_target_arns }
  }
}

resource "aws_cloudwatch_event_bus" "this" {
  count = var.create && var.create_bus ? 1 : 0
  name  = var.bus_name
  tags  = var.tags
}

resource "aws_cloudwatch_event_rule" "this" {
  for_each            = var.create && var.create_rules ? var.rules : {}
  name                = local.rule_names[each.key]
  event_bus_name      = var.create_bus ? aws_cloudwatch_event_bus.this[0].name : var.bus_name
  event_pattern       = try(each.value.event_pattern, null)
  schedule_expression = try(each.value.schedule_expression, null)
  state               = try(each.value.enabled, true) ? try(each.value.state, null) : "DISABLED"
}

resource "aws_cloudwatch_event_target" "this" {
  for_each       = var.create && var.create_targets ? local.targets : {}
  event_bus_name = var.create_bus ? aws_cloudwatch_event_bus.this[0].name : var.bus_name
  rule           = try(local.rule_names[each.value.rule], each.value.rule)
  arn            = try(each.value.arn, null)
  role_arn       = try(each.value.attach_role_arn, false) == true ? aws_iam_role.eventbridge[0].arn : try(tobool(each.value.attach_role_arn), true) == false ? null : try(each.value.attach_role_arn, null)
}

resource "aws_cloudwatch_event_permission" "this" {
  for_each       = var.create && var.create_permissions ? var.permissions : {}
  principal      = compact(split(" ", each.key))[0]
  statement_id   = compact(split(" ", each.key))[1]
  action         = try(each.value.action, null)
  event_bus_name = try(each.value.event_bus_name, aws_cloudwatch_event_bus.this[0].name, var.bus_name)
}

resource "aws_scheduler_schedule" "this" {
  for_each            = var.create && var.create_schedules ? var.schedules : {}
  name                = var.append_schedule_postfix ? "${replace(each.key, "_", "-")}-schedule" : each.key
  group_name          = try(each.value.group_name, null)
  schedule_expression = each.value.schedule_expression
  state               = try(each.value.state, null)
  target {
    arn      = each.value.arn
    role_arn = try(each.value.role_arn, aws_iam_role.eventbridge[0].arn, null)
    input    = try(each.value.input, null)
  }
}

data "aws_iam_policy_document" "trust" {
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "Service"
      identifiers = distinct(concat(["events.amazonaws.com", "scheduler.amazonaws.com"], var.trusted_entities))
    }
  }
}

resource "aws_iam_role" "eventbridge" {
  count                = local.role ? 1 : 0
  name                 = local.role_name
  permissions_boundary = var.role_permissions_boundary
  assume_role_policy   = data.aws_iam_policy_document.trust.json
  tags                 = var.tags
}

resource "aws_iam_role_policy" "targets" {
  for_each = local.role ? { for k, v in local.may : k => v if v.on } : {}
  name     = "${local.role_name}-${each.key}"
  role     = aws_iam_role.eventbridge[0].name
  policy   = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = each.value.actions, Resource = each.value.resources }] })
}

resource "aws_iam_role_policy_attachment" "policy" {
  count      = local.role && var.attach_policy ? 1 : 0
  role       = aws_iam_role.eventbridge[0].name
  policy_arn = var.policy
}

resource "aws_iam_role_policy_attachment" "policies" {
  for_each   = local.role && var.attach_policies ? { for i, arn in var.policies : tostring(i) => arn } : {}
  role       = aws_iam_role.eventbridge[0].name
  policy_arn = each.value
}

resource "aws_iam_role_policy" "json" {
  for_each = local.role ? merge(var.attach_policy_json ? { "json" = var.policy_json } : {}, var.attach_policy_jsons ? { for i, json in var.policy_jsons : tostring(i) => json } : {}) : {}
  name     = "${local.role_name}-${each.key}"
  role     = aws_iam_role.eventbridge[0].name
  policy   = each.value
}

data "aws_iam_policy_document" "inline" {
  dynamic "statement" {
    for_each = var.policy_statements
    content {
      sid           = try(statement.value.sid, replace(statement.key, "/[^0-9A-Za-z]*/", ""))
      effect        = try(statement.value.effect, null)
      actions       = try(statement.value.actions, null)
      not_actions   = try(statement.value.not_actions, null)
      resources     = try(statement.value.resources, null)
      not_resources = try(statement.value.not_resources, null)
    }
  }
}

resource "aws_iam_role_policy" "statements" {
  count  = local.role && var.attach_policy_statements ? 1 : 0
  name   = "${local.role_name}-inline"
  role   = aws_iam_role.eventbridge[0].name
  policy = data.aws_iam_policy_document.inline.json
}

output "eventbridge_bus_name" { value = var.bus_name }
output "eventbridge_bus_arn" { value = try(aws_cloudwatch_event_bus.this[0].arn, "") }
output "eventbridge_rule_ids" { value = { for k, r in aws_cloudwatch_event_rule.this : k => r.id } }
output "eventbridge_rule_arns" { value = { for k, r in aws_cloudwatch_event_rule.this : k => r.arn } }
output "eventbridge_schedule_arns" { value = { for k, s in aws_scheduler_schedule.this : k => s.arn } }
output "eventbridge_role_arn" { value = try(aws_iam_role.eventbridge[0].arn, "") }
output "eventbridge_role_name" { value = try(aws_iam_role.eventbridge[0].name, "") }
