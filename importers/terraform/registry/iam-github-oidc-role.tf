# What the inputs of terraform-aws-modules/iam/aws//modules/iam-github-oidc-role tell.
variable "create" { default = true }
variable "name" { default = null }
variable "name_prefix" { default = null }
variable "path" { default = "/" }
variable "permissions_boundary_arn" { default = null }
variable "provider_url" { default = "token.actions.githubusercontent.com" }
variable "audience" { default = "sts.amazonaws.com" }
variable "subjects" { default = [] }
variable "policies" { default = {} }
variable "tags" { default = {} }

data "aws_caller_identity" "current" {}
data "aws_partition" "current" {}

locals {
  provider = replace(var.provider_url, "https://", "")
}

data "aws_iam_policy_document" "trust" {
  statement {
    sid     = "GithubOidcAuth"
    actions = ["sts:TagSession", "sts:AssumeRoleWithWebIdentity"]
    principals {
      type        = "Federated"
      identifiers = ["arn:${data.aws_partition.current.partition}:iam::${data.aws_caller_identity.current.account_id}:oidc-provider/${local.provider}"]
    }
    condition {
      test     = "ForAllValues:StringEquals"
      variable = "${local.provider}:aud"
      values   = [var.audience]
    }
    condition {
      test     = "StringLike"
      variable = "${local.provider}:sub"
      values   = [for s in var.subjects : "repo:${trimprefix(s, "repo:")}"]
    }
  }
}

resource "aws_iam_role" "this" {
  count                = var.create ? 1 : 0
  name                 = var.name
  name_prefix          = var.name_prefix
  path                 = var.path
  permissions_boundary = var.permissions_boundary_arn
  assume_role_policy   = data.aws_iam_policy_document.trust.json
  tags                 = var.tags
}

resource "aws_iam_role_policy_attachment" "this" {
  for_each   = var.create ? var.policies : {}
  role       = aws_iam_role.this[0].name
  policy_arn = each.value
}

output "arn" { value = try(aws_iam_role.this[0].arn, null) }
output "name" { value = try(aws_iam_role.this[0].name, null) }
