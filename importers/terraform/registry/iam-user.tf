# What the inputs of terraform-aws-modules/iam/aws//modules/iam-user tell. Keys and passwords are not made.
variable "create" { default = true }
variable "create_user" { default = true }
variable "name" { default = "" }
variable "path" { default = "/" }
variable "permissions_boundary" { default = "" }
variable "policy_arns" { default = [] }
variable "policies" { default = {} }
variable "tags" { default = {} }

resource "aws_iam_user" "this" {
  count                = var.create && var.create_user ? 1 : 0
  name                 = var.name
  path                 = var.path
  permissions_boundary = try(coalesce(var.permissions_boundary), null)
  tags                 = var.tags
}

resource "aws_iam_user_policy_attachment" "this" {
  for_each   = var.create && var.create_user ? merge({ for i, arn in var.policy_arns : tostring(i) => arn }, var.policies) : {}
  user       = aws_iam_user.this[0].name
  policy_arn = each.value
}

output "iam_user_arn" { value = try(aws_iam_user.this[0].arn, "") }
output "iam_user_name" { value = try(aws_iam_user.this[0].name, "") }
output "arn" { value = try(aws_iam_user.this[0].arn, "") }
output "name" { value = try(aws_iam_user.this[0].name, "") }
