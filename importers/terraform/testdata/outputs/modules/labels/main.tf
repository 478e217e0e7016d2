variable "label" { type = string }
variable "never" {
  default  = "default"
  nullable = false
}
output "label" { value = upper("${var.label}/${var.never}") }
output "path" { value = basename(path.module) }
