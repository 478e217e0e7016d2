# What the inputs of terraform-aws-modules/apigateway-v2/aws tell of the API and its routes (routes since version 5,
# integrations before).
variable "create" { default = true }
variable "create_api_gateway" { default = true }
variable "create_routes_and_integrations" { default = true }
variable "name" { default = "" }
variable "protocol_type" { default = "HTTP" }
variable "body" { default = null }
variable "target" { default = null }
variable "routes" { default = {} }
variable "integrations" { default = {} }
variable "authorizers" { default = {} }
variable "tags" { default = {} }

locals {
  api = var.create && var.create_api_gateway
  routes = var.create && var.create_routes_and_integrations ? merge(
    { for k, v in var.integrations : k => { route = v, uri = try(v.lambda_arn, v.integration_uri, null), integration = v } },
    { for k, v in var.routes : k => { route = v, uri = try(v.integration.uri, null), integration = try(v.integration, {}) } },
  ) : {}
}

resource "aws_apigatewayv2_api" "this" {
  count         = local.api ? 1 : 0
  name          = var.name
  protocol_type = var.protocol_type
  body          = var.body
  target        = var.target
  tags          = var.tags
}

resource "aws_apigatewayv2_authorizer" "this" {
  for_each        = var.create && var.create_routes_and_integrations ? var.authorizers : {}
  api_id          = aws_apigatewayv2_api.this[0].id
  name            = try(each.value.name, each.key)
  authorizer_type = try(each.value.authorizer_type, "REQUEST")
  authorizer_uri  = try(each.value.authorizer_uri, null)
}

resource "aws_apigatewayv2_integration" "this" {
  for_each            = local.routes
  api_id              = aws_apigatewayv2_api.this[0].id
  integration_type    = try(coalesce(each.value.integration.integration_type, each.value.integration.type), "AWS_PROXY")
  integration_subtype = try(each.value.integration.integration_subtype, each.value.integration.subtype, null)
  integration_uri     = each.value.uri
  credentials_arn     = try(each.value.integration.credentials_arn, null)
  request_parameters  = try(each.value.integration.request_parameters, null)
}

resource "aws_apigatewayv2_route" "this" {
  for_each           = local.routes
  api_id             = aws_apigatewayv2_api.this[0].id
  route_key          = each.key
  api_key_required   = try(each.value.route.api_key_required, null)
  authorization_type = try(each.value.route.authorization_type, null)
  authorizer_id      = try(aws_apigatewayv2_authorizer.this[each.value.route.authorizer_key].id, each.value.route.authorizer_id, null)
  target             = "integrations/${aws_apigatewayv2_integration.this[each.key].id}"
}

output "api_id" { value = try(aws_apigatewayv2_api.this[0].id, "") }
output "api_arn" { value = try(aws_apigatewayv2_api.this[0].arn, "") }
output "api_endpoint" { value = try(aws_apigatewayv2_api.this[0].api_endpoint, "") }
output "api_execution_arn" { value = try(aws_apigatewayv2_api.this[0].execution_arn, "") }
output "apigatewayv2_api_id" { value = try(aws_apigatewayv2_api.this[0].id, "") }
output "apigatewayv2_api_arn" { value = try(aws_apigatewayv2_api.this[0].arn, "") }
output "apigatewayv2_api_api_endpoint" { value = try(aws_apigatewayv2_api.this[0].api_endpoint, "") }
output "apigatewayv2_api_execution_arn" { value = try(aws_apigatewayv2_api.this[0].execution_arn, "") }
