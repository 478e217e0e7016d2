# What the inputs of terraform-aws-modules/step-functions/aws tell of the state machine and its role. Of the services that its
# role is let use by name, those that most machines use are known; what others may come to is not made.
variable "create" { default = true }
variable "create_role" { default = true }
variable "use_existing_role" { default = false }
variable "role_arn" { default = "" }
variable "role_name" { default = null }
variable "role_permissions_boundary" { default = null }
variable "name" { default = "" }
variable "type" { default = "STANDARD" }
variable "definition" { default = "" }
variable "service_integrations" { default = {} }
variable "attach_policies_for_integrations" { default = true }
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
variable "tags" { default = {} }

data "aws_region" "current" {}

locals {
  role      = var.create && var.create_role && !var.use_existing_role
  role_name = try(coalesce(var.role_name, var.name), "states")
  actions = {
    lambda       = ["lambda:InvokeFunction"]
    dynamodb     = ["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem"]
    sqs          = ["sqs:SendMessage"]
    sns          = ["sns:Publish"]
    eventbridge  = ["events:PutEvents"]
    stepfunction = ["states:StartExecution"]
  }
  statements = [for service, what in var.service_integrations : {
    Effect   = "Allow"
    Action   = local.actions[service]
    Resource = what[service]
  } if try(length(local.actions[service]) > 0 && length(what[service]) > 0, false)]
}

data "aws_iam_policy_document" "trust" {
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "Service"
      identifiers = ["states.${data.aws_region.current.name}.amazonaws.com"]
    }
  }
}

resource "aws_sfn_state_machine" "this" {
  count      = var.create ? 1 : 0
  name       = var.name
  type       = var.type
  definition = var.definition
  role_arn   = var.use_existing_role ? var.role_arn : try(aws_iam_role.this[0].arn, var.role_arn)
  tags       = var.tags
}

resource "aws_iam_role" "this" {
  count                = local.role ? 1 : 0
  name                 = local.role_name
  permissions_boundary = var.role_permissions_boundary
  assume_role_policy   = data.aws_iam_policy_document.trust.json
  tags                 = var.tags
}

resource "aws_iam_role_policy" "service" {
  count  = local.role && var.attach_policies_for_integrations && length(local.statements) > 0 ? 1 : 0
  name   = local.role_name
  role   = aws_iam_role.this[0].name
  policy = jsonencode({ Version = "2012-10-17", Statement = local.statements })
}

resource "aws_iam_role_policy_attachment" "policy" {
  count      = local.role && var.attach_policy ? 1 : 0
  role       = aws_iam_role.this[0].name
  policy_arn = var.policy
}

resource "aws_iam_role_policy_attachment" "policies" {
  for_each   = local.role && var.attach_policies ? { for i, arn in var.policies : tostring(i) => arn } : {}
  role       = aws_iam_role.this[0].name
  policy_arn = each.value
}

resource "aws_iam_role_policy" "json" {
  for_each = local.role ? merge(var.attach_policy_json ? { "json" = var.policy_json } : {}, var.attach_policy_jsons ? { for i, json in var.policy_jsons : tostring(i) => json } : {}) : {}
  name     = "${local.role_name}-${each.key}"
  role     = aws_iam_role.this[0].name
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
  role   = aws_iam_role.this[0].name
  policy = data.aws_iam_policy_document.inline.json
}

output "state_machine_id" { value = try(aws_sfn_state_machine.this[0].id, "") }
output "state_machine_arn" { value = try(aws_sfn_state_machine.this[0].arn, "") }
output "state_machine_name" { value = var.name }
output "role_arn" { value = try(aws_iam_role.this[0].arn, var.role_arn) }
output "role_name" { value = try(aws_iam_role.this[0].name, "") }
