variable "key" {}
variable "size" { type = number }
locals {
  name = format("%s-%02d", replace(var.key, "-", "_"), var.size)
}
output "name" { value = local.name }
output "where" { value = path.module }
