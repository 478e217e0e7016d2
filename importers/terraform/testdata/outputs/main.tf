variable "stages" {
  type = map(object({
    size    = optional(number, 1)
    regions = optional(list(string), ["eu-west-1"])
    tags    = optional(map(string))
  }))
  default = {
    dev  = {}
    prod = { size = 3, regions = ["eu-west-1", "us-east-1"], tags = { tier = "gold" } }
  }
}

variable "list" {
  type    = list(string)
  default = ["b", "a", "b"]
}

variable "set" {
  type    = set(string)
  default = ["b", "a", "b"]
}

variable "number" {
  type    = string
  default = 5
}

variable "given" { default = "default" }

variable "never_null" {
  default  = "kept"
  nullable = false
}

locals {
  pairs = flatten([for stage, s in var.stages : [for r in s.regions : { key = "${stage}-${r}", stage = stage, region = r, size = s.size }]])
  by    = { for p in local.pairs : p.key => p }
  group = { for p in local.pairs : p.region => p.stage... }
  text  = <<-EOT
    stages:
    %{for k, s in var.stages~}
      - ${k}: ${s.size}%{if s.tags != null} (${jsonencode(s.tags)})%{endif}
    %{endfor~}
    end
  EOT
}

module "names" {
  source   = "./modules/names"
  for_each = local.by
  key      = each.key
  size     = each.value.size
}

module "labels" {
  source = "./modules/labels"
  count  = length(var.list)
  label  = var.list[count.index]
  never  = null
}

module "one" {
  source = "./modules/labels"
  label  = module.names["dev-eu-west-1"].name
}

resource "terraform_data" "each" {
  for_each = var.set
  input    = { key = each.key, value = each.value }
}

resource "terraform_data" "counted" {
  count = 2
  input = count.index
}

output "pairs" { value = local.pairs }
output "by" { value = local.by }
output "group" { value = local.group }
output "text" { value = local.text }
output "names" { value = { for k, n in module.names : k => n.name } }
output "all_names" { value = values(module.names)[*].name }
output "labels" { value = module.labels[*].label }
output "first_label" { value = module.labels[0] }
output "one" { value = module.one.label }
output "set" { value = var.set }
output "list" { value = var.list }
output "number" { value = var.number }
output "given" { value = var.given }
output "never_null" { value = var.never_null }
output "each" { value = { for k, v in terraform_data.each : k => v.input } }
output "counted" { value = terraform_data.counted[*].input }
output "template" { value = templatefile("${path.module}/t.tftpl", { list = var.list, name = "x" }) }
output "files" { value = fileset(path.module, "modules/**/*.tf") }
output "decoded" { value = jsondecode(file("${path.module}/data.json")) }
output "yaml" { value = yamldecode(file("data.yaml")) }
output "stages" { value = var.stages }
output "exists" { value = [fileexists("data.json"), fileexists("nothing")] }
output "tagged" { value = [for k, s in var.stages : k if try(s.tags.tier, "") == "gold"] }
output "lookups" { value = [lookup(local.group, "eu-west-1", []), try(local.by["none"].size, "none")] }
