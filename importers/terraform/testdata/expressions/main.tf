variable "name" { default = "orders" }
variable "tags" { default = { a = "1", b = "2" } }
variable "list" { default = ["x", "y", "z"] }
locals {
  env = "prod"
  nested = { a = { b = [1, 2, { c = "deep" }] } }
}
