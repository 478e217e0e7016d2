# What the inputs of terraform-aws-modules/secrets-manager/aws tell.
variable "create" { default = true }
variable "name" { default = null }
variable "name_prefix" { default = null }
variable "kms_key_id" { default = null }
variable "create_policy" { default = false }
variable "policy_statements" { default = {} }
variable "source_policy_documents" { default = [] }
variable "override_policy_documents" { default = [] }
variable "enable_rotation" { default = false }
variable "rotation_lambda_arn" { default = "" }
variable "tags" { default = {} }

resource "aws_secretsmanager_secret" "this" {
  count       = var.create ? 1 : 0
  name        = var.name
  name_prefix = var.name_prefix
  kms_key_id  = var.kms_key_id
  tags        = var.tags
}

data "aws_iam_policy_document" "this" {
  source_policy_documents   = var.source_policy_documents
  override_policy_documents = var.override_policy_documents
  dynamic "statement" {
    for_each = var.policy_statements
    content {
      sid         = try(statement.value.sid, null)
      effect      = try(statement.value.effect, null)
      actions     = try(statement.value.actions, null)
      not_actions = try(statement.value.not_actions, null)
      resources   = try(statement.value.resources, ["*"])
      dynamic "principals" {
        for_each = try(statement.value.principals, [])
        content {
          type        = principals.value.type
          identifiers = principals.value.identifiers
        }
      }
      dynamic "condition" {
        for_each = try(statement.value.conditions, statement.value.condition, [])
        content {
          test     = condition.value.test
          variable = condition.value.variable
          values   = condition.value.values
        }
      }
    }
  }
}

resource "aws_secretsmanager_secret_policy" "this" {
  count      = var.create && var.create_policy ? 1 : 0
  secret_arn = aws_secretsmanager_secret.this[0].arn
  policy     = data.aws_iam_policy_document.this.json
}

resource "aws_secretsmanager_secret_rotation" "this" {
  count               = var.create && var.enable_rotation ? 1 : 0
  secret_id           = aws_secretsmanager_secret.this[0].id
  rotation_lambda_arn = var.rotation_lambda_arn
}

output "secret_arn" { value = try(aws_secretsmanager_secret.this[0].arn, null) }
output "secret_id" { value = try(aws_secretsmanager_secret.this[0].id, null) }
output "secret_name" { value = try(aws_secretsmanager_secret.this[0].name, null) }
