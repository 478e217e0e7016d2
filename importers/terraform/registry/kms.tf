# What the inputs of terraform-aws-modules/kms/aws tell of the key, and of its policy as far as one is given whole.
variable "create" { default = true }
variable "policy" { default = null }
variable "enable_default_policy" { default = true }
variable "aliases" { default = [] }
variable "tags" { default = {} }

# Who else may use the key: each is a list of ARNs.
variable "key_owners" { default = [] }
variable "key_administrators" { default = [] }
variable "key_users" { default = [] }
variable "key_service_users" { default = [] }

data "aws_caller_identity" "current" {}
data "aws_partition" "current" {}

locals {
  who = {
    KeyOwner          = { arns = var.key_owners, actions = ["kms:*"] }
    KeyAdministration = { arns = var.key_administrators, actions = ["kms:Create*", "kms:Describe*", "kms:Enable*", "kms:List*", "kms:Put*", "kms:Update*", "kms:Revoke*", "kms:Disable*", "kms:Get*", "kms:Delete*", "kms:TagResource", "kms:UntagResource", "kms:ScheduleKeyDeletion", "kms:CancelKeyDeletion", "kms:ImportKeyMaterial"] }
    KeyUsage          = { arns = var.key_users, actions = ["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:DescribeKey"] }
    KeyServiceUsage   = { arns = var.key_service_users, actions = ["kms:CreateGrant", "kms:ListGrants", "kms:RevokeGrant"] }
  }
}

data "aws_iam_policy_document" "this" {
  dynamic "statement" {
    for_each = var.enable_default_policy ? [true] : []
    content {
      sid       = "Default"
      actions   = ["kms:*"]
      resources = ["*"]
      principals {
        type        = "AWS"
        identifiers = ["arn:${data.aws_partition.current.partition}:iam::${data.aws_caller_identity.current.account_id}:root"]
      }
    }
  }
  dynamic "statement" {
    for_each = { for k, v in local.who : k => v if length(v.arns) > 0 }
    content {
      sid       = statement.key
      actions   = statement.value.actions
      resources = ["*"]
      principals {
        type        = "AWS"
        identifiers = statement.value.arns
      }
    }
  }
}

resource "aws_kms_key" "this" {
  count  = var.create ? 1 : 0
  policy = var.policy == null ? data.aws_iam_policy_document.this.json : var.policy
  tags   = var.tags
}

resource "aws_kms_alias" "this" {
  for_each      = var.create ? toset(var.aliases) : toset([])
  name          = "alias/${each.value}"
  target_key_id = aws_kms_key.this[0].key_id
}

output "key_arn" { value = try(aws_kms_key.this[0].arn, null) }
output "key_id" { value = try(aws_kms_key.this[0].key_id, null) }
output "aliases" { value = aws_kms_alias.this }
