# What the inputs of terraform-aws-modules/iam/aws//modules/iam-role tell.
variable "create" { default = true }
variable "name" { default = null }
variable "use_name_prefix" { default = true }
variable "path" { default = "/" }
variable "permissions_boundary" { default = null }
variable "trust_policy_permissions" { default = {} }
variable "trust_policy_conditions" { default = [] }
variable "source_trust_policy_documents" { default = [] }
variable "override_trust_policy_documents" { default = [] }
variable "enable_oidc" { default = false }
variable "enable_github_oidc" { default = false }
variable "github_provider" { default = "token.actions.githubusercontent.com" }
variable "oidc_provider_urls" { default = [] }
variable "oidc_account_id" { default = null }
variable "oidc_subjects" { default = [] }
variable "oidc_wildcard_subjects" { default = [] }
variable "oidc_audiences" { default = [] }
variable "policies" { default = {} }
variable "create_inline_policy" { default = false }
variable "inline_policy_permissions" { default = {} }
variable "source_inline_policy_documents" { default = [] }
variable "override_inline_policy_documents" { default = [] }
variable "create_instance_profile" { default = false }
variable "tags" { default = {} }

data "aws_caller_identity" "current" {}
data "aws_partition" "current" {}

locals {
  account   = try(coalesce(var.oidc_account_id), data.aws_caller_identity.current.account_id)
  providers = concat(var.enable_oidc ? [for url in var.oidc_provider_urls : replace(url, "https://", "")] : [], var.enable_github_oidc ? [var.github_provider] : [])
  repo      = var.enable_github_oidc ? "repo:" : ""
}

data "aws_iam_policy_document" "trust" {
  source_policy_documents   = var.source_trust_policy_documents
  override_policy_documents = var.override_trust_policy_documents
  dynamic "statement" {
    for_each = local.providers
    content {
      actions = ["sts:TagSession", "sts:AssumeRoleWithWebIdentity"]
      principals {
        type        = "Federated"
        identifiers = ["arn:${data.aws_partition.current.partition}:iam::${local.account}:oidc-provider/${statement.value}"]
      }
      dynamic "condition" {
        for_each = length(var.oidc_subjects) > 0 ? [true] : []
        content {
          test     = "StringEquals"
          variable = "${statement.value}:sub"
          values   = [for s in var.oidc_subjects : "${local.repo}${trimprefix(s, "repo:")}"]
        }
      }
      dynamic "condition" {
        for_each = length(var.oidc_wildcard_subjects) > 0 ? [true] : []
        content {
          test     = "StringLike"
          variable = "${statement.value}:sub"
          values   = [for s in var.oidc_wildcard_subjects : "${local.repo}${trimprefix(s, "repo:")}"]
        }
      }
      dynamic "condition" {
        for_each = length(var.oidc_audiences) > 0 || var.enable_github_oidc ? [true] : []
        content {
          test     = var.enable_github_oidc ? "ForAllValues:StringEquals" : "StringEquals"
          variable = "${statement.value}:aud"
          values   = coalescelist(var.oidc_audiences, ["sts.amazonaws.com"])
        }
      }
      dynamic "condition" {
        for_each = var.trust_policy_conditions
        content {
          test     = condition.value.test
          variable = condition.value.variable
          values   = condition.value.values
        }
      }
    }
  }
  dynamic "statement" {
    for_each = var.trust_policy_permissions
    content {
      sid     = try(statement.value.sid, statement.key)
      effect  = try(statement.value.effect, null)
      actions = try(statement.value.actions, ["sts:AssumeRole"])
      dynamic "principals" {
        for_each = try(statement.value.principals, [])
        content {
          type        = principals.value.type
          identifiers = principals.value.identifiers
        }
      }
      dynamic "condition" {
        for_each = try(statement.value.condition, [])
        content {
          test     = condition.value.test
          variable = condition.value.variable
          values   = condition.value.values
        }
      }
    }
  }
}

resource "aws_iam_role" "this" {
  count                = var.create ? 1 : 0
  name                 = var.use_name_prefix ? null : var.name
  name_prefix          = var.use_name_prefix && var.name != null ? "${var.name}-" : null
  path                 = var.path
  permissions_boundary = var.permissions_boundary
  assume_role_policy   = data.aws_iam_policy_document.trust.json
  tags                 = var.tags
}

resource "aws_iam_role_policy_attachment" "this" {
  for_each   = var.create ? var.policies : {}
  role       = aws_iam_role.this[0].name
  policy_arn = each.value
}

data "aws_iam_policy_document" "inline" {
  source_policy_documents   = var.source_inline_policy_documents
  override_policy_documents = var.override_inline_policy_documents
  dynamic "statement" {
    for_each = var.inline_policy_permissions
    content {
      sid           = try(statement.value.sid, statement.key)
      effect        = try(statement.value.effect, null)
      actions       = try(statement.value.actions, null)
      not_actions   = try(statement.value.not_actions, null)
      resources     = try(statement.value.resources, null)
      not_resources = try(statement.value.not_resources, null)
      dynamic "condition" {
        for_each = try(statement.value.condition, [])
        content {
          test     = condition.value.test
          variable = condition.value.variable
          values   = condition.value.values
        }
      }
    }
  }
}

resource "aws_iam_role_policy" "inline" {
  count       = var.create && var.create_inline_policy ? 1 : 0
  name        = var.use_name_prefix ? null : var.name
  name_prefix = var.use_name_prefix && var.name != null ? "${var.name}-" : null
  role        = aws_iam_role.this[0].name
  policy      = data.aws_iam_policy_document.inline.json
}

resource "aws_iam_instance_profile" "this" {
  count = var.create && var.create_instance_profile ? 1 : 0
  role  = aws_iam_role.this[0].name
}

output "arn" { value = try(aws_iam_role.this[0].arn, null) }
output "name" { value = try(aws_iam_role.this[0].name, null) }
output "iam_instance_profile_arn" { value = try(aws_iam_instance_profile.this[0].arn, null) }
output "instance_profile_arn" { value = try(aws_iam_instance_profile.this[0].arn, null) }
