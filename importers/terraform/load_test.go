package terraform

import (
	"context"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"bulkhead/importers"
	"bulkhead/model"
	"bulkhead/model/source"
)

// addresses lists the addresses of what a configuration makes.
func addresses(c *configuration) []string {
	var out []string
	for _, o := range c.objects {
		out = append(out, o.address)
	}
	return out
}

// Later and stronger values of a variable win, and no environment variable is a value.
func TestVariablePrecedence(t *testing.T) {
	t.Setenv("TF_VAR_env", "from the environment")
	t.Setenv("TF_VAR_a", "from the environment")
	c := readFiles(t, map[string]string{
		"main.tf": `
variable "a" { default = "default" }
variable "b" { default = "default" }
variable "c" { default = "default" }
variable "d" { default = "default" }
variable "e" { default = "default" }
variable "f" { default = "default" }
variable "env" {}
variable "number" { type = number }
variable "list" { type = list(string) }
variable "some" {
  type = object({
    name = string
    size = optional(number, 3)
    tags = optional(map(string), {})
  })
  default = { name = "n" }
}
variable "never_null" {
  default  = "kept"
  nullable = false
}
`,
		"terraform.tfvars":      `b = "tfvars"` + "\n" + `c = "tfvars"` + "\n" + `d = "tfvars"` + "\n" + `e = "tfvars"` + "\n" + `never_null = null`,
		"terraform.tfvars.json": `{"c": "tfvars.json", "d": "tfvars.json", "e": "tfvars.json"}`,
		"a.auto.tfvars":         `d = "a.auto"` + "\n" + `e = "a.auto"`,
		"b.auto.tfvars.json":    `{"e": "b.auto ${not_a_reference}"}`,
		"other.tfvars":          `a = "not read"`,
	}, map[string]string{"f": "param", "number": "7", "list": `["x", "y"]`, "unheard": "of"})
	for expr, want := range map[string]string{
		"var.a": `"default"`, "var.b": `"tfvars"`, "var.c": `"tfvars.json"`, "var.d": `"a.auto"`, "var.e": `"b.auto ${not_a_reference}"`, "var.f": `"param"`,
		"var.env": `"${var.env}"`, "var.number + 1": "8", "var.list": `["x","y"]`, "var.some": `{"name":"n","size":3,"tags":{}}`, "var.never_null": `"kept"`,
	} {
		if got := evaluated(t, c, expr); got != want {
			t.Errorf("%s is %s, want %s", expr, got, want)
		}
	}
}

const nested = `
variable "queues" { default = { orders = { fifo = true }, mails = { fifo = false } } }
module "queue" {
  source   = "./modules/queue"
  for_each = var.queues
  name     = each.key
  fifo     = each.value.fifo
  prefix   = module.names[0].prefix
}
module "names" {
  source = "./modules/names"
  count  = 1
}
module "off" {
  source = "./modules/names"
  count  = 0
}
module "registry" {
  source  = "terraform-aws-modules/vpc/aws"
  version = "5.0.0"
  name    = "x"
}
output "arns" { value = { for k, q in module.queue : k => q.arn } }
output "all" { value = values(module.queue)[*].arn }
output "registry" { value = module.registry.vpc_id }
output "none" { value = module.off[*].prefix }
`

var nestedFiles = map[string]string{
	"main.tf": nested,
	"modules/queue/main.tf": `
variable "name" {}
variable "fifo" { type = bool }
variable "prefix" {}
locals { full = "${var.prefix}-${var.name}${var.fifo ? ".fifo" : ""}" }
resource "aws_sqs_queue" "this" {
  count      = 2
  name       = "${count.index}-${local.full}"
  fifo_queue = var.fifo
}
output "arn" { value = aws_sqs_queue.this[1].arn }
`,
	"modules/names/main.tf": `output "prefix" { value = basename(abspath(path.module)) }`,
}

func TestModules(t *testing.T) {
	c := readFiles(t, nestedFiles, nil)
	want := []string{`module.queue["mails"].aws_sqs_queue.this[0]`, `module.queue["mails"].aws_sqs_queue.this[1]`, `module.queue["orders"].aws_sqs_queue.this[0]`, `module.queue["orders"].aws_sqs_queue.this[1]`}
	if got := addresses(c); !slices.Equal(got, want) {
		t.Errorf("there are\n%s", strings.Join(got, "\n"))
	}
	if got := words(dig(find(t, c, want[3]).value, "name")); got != "1-names-orders.fifo" {
		t.Errorf("the queue is called %s", got)
	}
	m := c.evaluator.main
	for name, want := range map[string]string{
		"arns":     `{"mails":"arn:aws:sqs:us-east-1:123456789012:1-names-mails","orders":"arn:aws:sqs:us-east-1:123456789012:1-names-orders.fifo"}`,
		"all":      `["arn:aws:sqs:us-east-1:123456789012:1-names-mails","arn:aws:sqs:us-east-1:123456789012:1-names-orders.fifo"]`,
		"registry": `"${module.registry.vpc_id}"`,
		"none":     `[]`,
	} {
		v, err := m.output(name)
		if err != nil || jsonOf(v) != want {
			t.Errorf("output %s is %s (%v), want %s", name, jsonOf(v), err, want)
		}
	}
	if len(c.diagnostics) != 1 || !strings.Contains(c.diagnostics[0].Summary, "terraform-aws-modules/vpc/aws") || c.diagnostics[0].Span.Line != 19 {
		t.Errorf("diagnostics %v", c.diagnostics)
	}
}

// How many there are of what nobody tells is one; of what is told as many as that.
func TestRepetition(t *testing.T) {
	c := readFiles(t, map[string]string{"main.tf": `
variable "on" { type = bool }
variable "off" { default = false }
variable "names" { type = set(string) }
variable "map" { default = { a = "x", b = "y" } }
resource "aws_sqs_queue" "perhaps" { count = var.on ? 1 : 0 }
resource "aws_sqs_queue" "off" { count = var.off ? 1 : 0 }
resource "aws_sqs_queue" "two" { count = 2 }
resource "aws_sqs_queue" "unknown" {
  for_each = var.names
  name     = "q-${each.key}"
}
resource "aws_sqs_queue" "each" {
  for_each = { for k, v in var.map : k => upper(v) if k != "a" }
  name     = "${each.key}-${each.value}"
}
resource "aws_sqs_queue" "chained" {
  for_each = aws_sqs_queue.each
  name     = "dlq-${each.value.name}"
}
resource "aws_sqs_queue" "set" {
  for_each = toset(["b", "a"])
  name     = each.value
}
locals {
  offs = aws_sqs_queue.off[*].arn
  one  = one(aws_sqs_queue.off[*].arn)
}
`}, nil)
	want := []string{
		"aws_sqs_queue.perhaps[0]", "aws_sqs_queue.two[0]", "aws_sqs_queue.two[1]", `aws_sqs_queue.unknown["${each.key}"]`, `aws_sqs_queue.each["b"]`,
		`aws_sqs_queue.chained["b"]`, `aws_sqs_queue.set["a"]`, `aws_sqs_queue.set["b"]`,
	}
	if got := addresses(c); !slices.Equal(got, want) {
		t.Errorf("there are\n%s", strings.Join(got, "\n"))
	}
	if got := words(dig(find(t, c, `aws_sqs_queue.chained["b"]`).value, "name")); got != "dlq-b-Y" {
		t.Errorf("it is called %s", got)
	}
	if got := evaluated(t, c, "[local.offs, local.one]"); got != "[[],null]" {
		t.Errorf("what is not there gives %s", got)
	}
}

func TestOverridesAndJSON(t *testing.T) {
	c := readFiles(t, map[string]string{
		"main.tf": `
resource "aws_lambda_function" "f" {
  function_name = "f"
  timeout       = 3
  environment {
    variables = { A = "1" }
  }
}
`,
		"main_override.tf": `
resource "aws_lambda_function" "f" {
  timeout = 5
  environment {
    variables = { B = "2" }
  }
}
`,
		"more.tf.json": `{
  "//": "a comment",
  "variable": {"env": {"type": "string", "default": "dev"}},
  "locals": {"name": "q-${var.env}"},
  "resource": {"aws_sqs_queue": {"q": {"name": "${local.name}", "count": 2, "tags": {"n": "${count.index}"}},
    "p": [{"name": "plain $${x}", "redrive_policy": "${jsonencode({deadLetterTargetArn = aws_sqs_queue.q[0].arn})}"}]}},
  "data": {"aws_iam_policy_document": {"d": {"statement": [{"actions": ["sqs:*"], "resources": ["${aws_sqs_queue.q[0].arn}"]}]}}},
  "resource_": {},
  "module": {"m": {"source": "./m"}}
}`,
		"m/x.tf": `resource "aws_sqs_queue" "m" { name = "m" }`,
	}, nil)
	f := find(t, c, "aws_lambda_function.f").value
	if got := jsonOf(dig(f, "timeout")) + jsonOf(dig(f, "environment")); got != `5[{"variables":{"B":"2"}}]` {
		t.Errorf("the override gives %s", got)
	}
	want := []string{"aws_lambda_function.f", "aws_sqs_queue.q[0]", "aws_sqs_queue.q[1]", "aws_sqs_queue.p", "data.aws_iam_policy_document.d", "module.m.aws_sqs_queue.m"}
	if got := addresses(c); !slices.Equal(got, want) {
		t.Errorf("there are\n%s", strings.Join(got, "\n"))
	}
	if got := words(dig(find(t, c, "aws_sqs_queue.p").value, "redrive_policy")); got != `{"deadLetterTargetArn":"arn:aws:sqs:us-east-1:123456789012:q-dev"}` {
		t.Errorf("the policy is %s", got)
	}
	if got := words(dig(find(t, c, "aws_sqs_queue.p").value, "name")); got != "plain ${x}" {
		t.Errorf("the name is %s", got)
	}
	if got := statementsOf(t, words(dig(find(t, c, "data.aws_iam_policy_document.d").value, "json"))); !slices.Equal(got, []string{"|Allow|sqs:*|arn:aws:sqs:us-east-1:123456789012:q-dev|"}) {
		t.Errorf("the document has %s", got)
	}
}

func TestProviders(t *testing.T) {
	accountsOf := func(c *configuration) map[string]string {
		out := map[string]string{}
		for _, o := range c.objects {
			out[o.address] = o.account + " " + o.region
		}
		return out
	}
	t.Run("configured", func(t *testing.T) {
		c := readFiles(t, map[string]string{
			"main.tf": `
provider "aws" {
  region = "eu-west-1"
  default_tags { tags = { team = "a" } }
}
provider "aws" {
  alias  = "us"
  region = "us-west-2"
}
provider "aws" {
  alias   = "dev"
  profile = "dev"
}
provider "aws" {
  alias = "prod"
  assume_role { role_arn = "arn:aws:iam::222233334444:role/deploy" }
}
provider "aws" {
  alias               = "ops"
  allowed_account_ids = ["333344445555"]
}
data "aws_caller_identity" "prod" { provider = aws.prod }
resource "aws_sqs_queue" "home" { name = data.aws_caller_identity.prod.account_id }
resource "aws_sqs_queue" "us" { provider = aws.us }
resource "aws_sqs_queue" "dev" { provider = aws.dev }
resource "aws_sqs_queue" "prod" { provider = "aws.prod" }
resource "aws_sqs_queue" "ops" { provider = aws.ops }
module "m" {
  source    = "./m"
  providers = { aws = aws.prod, aws.other = aws.dev }
}
module "inherits" { source = "./n" }
`,
			"m/main.tf": `
terraform {
  required_providers {
    aws = {
      source                = "hashicorp/aws"
      configuration_aliases = [aws.other]
    }
  }
}
resource "aws_sqs_queue" "a" { name = "a" }
resource "aws_sqs_queue" "b" { provider = aws.other }
`,
			"n/main.tf": `resource "aws_sqs_queue" "a" {}`,
		}, nil)
		want := map[string]string{
			"data.aws_caller_identity.prod": "222233334444 us-east-1", "aws_sqs_queue.home": "123456789012 eu-west-1", "aws_sqs_queue.us": "123456789012 us-west-2",
			"aws_sqs_queue.dev": "900000000001 us-east-1", "aws_sqs_queue.prod": "222233334444 us-east-1", "aws_sqs_queue.ops": "333344445555 us-east-1",
			"module.m.aws_sqs_queue.a": "222233334444 us-east-1", "module.m.aws_sqs_queue.b": "900000000001 us-east-1", "module.inherits.aws_sqs_queue.a": "123456789012 eu-west-1",
		}
		if got := accountsOf(c); !maps.Equal(got, want) {
			t.Errorf("they are made in %v", got)
		}
		home := find(t, c, "aws_sqs_queue.home").value
		if got := words(dig(home, "name")) + jsonOf(dig(home, "tags_all")); got != `222233334444{"team":"a"}` {
			t.Errorf("home is %s", got)
		}
		if len(c.diagnostics) != 1 || !strings.Contains(c.diagnostics[0].Summary, "aws.dev") {
			t.Errorf("diagnostics %v", c.diagnostics)
		}
	})
	t.Run("a module by itself", func(t *testing.T) {
		c := readFiles(t, map[string]string{"main.tf": `
terraform {
  required_providers {
    aws = {
      source                = "hashicorp/aws"
      configuration_aliases = [aws.dev, aws.prod]
    }
  }
}
variable "dev_account_id" { type = string }
variable "prod_account_id" { type = string }
variable "resource_suffix" { type = string }
resource "aws_iam_role" "r" {
  provider = aws.prod
  name     = "r-${var.resource_suffix}"
  assume_role_policy = jsonencode({ Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { AWS = "arn:aws:iam::${var.dev_account_id}:root" } }] })
}
resource "aws_iam_user" "u" {
  provider = aws.dev
  name     = "u-${var.prod_account_id}"
}
`}, nil)
		dev, prod := find(t, c, "aws_iam_user.u"), find(t, c, "aws_iam_role.r")
		if dev.account == prod.account || !isAccount(dev.account) || !isAccount(prod.account) {
			t.Errorf("accounts %s and %s", dev.account, prod.account)
		}
		if got := words(dig(prod.value, "assume_role_policy")); !strings.Contains(got, "arn:aws:iam::"+dev.account+":root") {
			t.Errorf("it trusts %s", got)
		}
		if got := words(dig(dev.value, "name")); got != "u-"+prod.account {
			t.Errorf("the user is %s", got)
		}
	})
	t.Run("a module by itself with one alias", func(t *testing.T) {
		c := readFiles(t, map[string]string{"main.tf": `
terraform {
  required_providers {
    aws = { configuration_aliases = [aws.prod] }
  }
}
variable "account_id" {}
resource "aws_iam_user" "u" {
  provider = aws.prod
  name     = var.account_id
}
`}, nil)
		if u := find(t, c, "aws_iam_user.u"); u.account != "123456789012" || words(dig(u.value, "name")) != u.account {
			t.Errorf("the user is in %s", u.account)
		}
	})
}

// guarded is a file system that fails the test when anything outside of the names within it is asked for.
type guarded struct {
	t    testing.TB
	fsys fs.FS
}

func (g *guarded) Open(name string) (fs.File, error) {
	if !fs.ValidPath(name) || strings.Contains(name, "secret") {
		g.t.Errorf("%s was asked for", name)
		return nil, fs.ErrInvalid
	}
	return g.fsys.Open(name)
}

// Nothing outside of the opened folder is read, and nothing that is made to cost does.
func TestHostile(t *testing.T) {
	t.Setenv("SECRET", "the secret value")
	deep := "x = " + strings.Repeat("[", 3000) + strings.Repeat("]", 3000)
	laughs := "locals {\n  a0 = [\"ha\", \"ha\"]\n"
	for i := range 60 {
		n, m := string(rune('0'+(i+1)/10))+string(rune('0'+(i+1)%10)), string(rune('0'+i/10))+string(rune('0'+i%10))
		if i == 0 {
			m = "0"
		}
		laughs += "  a" + n + " = [local.a" + m + ", local.a" + m + ", local.a" + m + "]\n"
	}
	laughs += "}\nresource \"aws_iam_policy\" \"p\" {\n  policy = jsonencode(local.a60)\n}\n"
	chain := "locals {\n  c0 = 1\n"
	for i := range 5000 {
		chain += "  c" + itoa(i+1) + " = local.c" + itoa(i) + "\n"
	}
	chain += "}\nresource \"aws_sqs_queue\" \"q\" { name = local.c5000 }\n"
	longNames := "locals {\n  n0 = \"" + strings.Repeat("x", 40) + "\"\n"
	for i := range 10 {
		longNames += "  n" + itoa(i+1) + " = \"${local.n" + itoa(i) + "}${local.n" + itoa(i) + "}\"\n"
	}
	longNames += "}\nresource \"aws_sqs_queue\" \"q\" {\n  count = 1000\n  name  = local.n10\n}\n"
	for name, files := range map[string]map[string]string{
		"files": {"main.tf": `
locals {
  a = file("/etc/passwd")
  b = file("../secret.txt")
  c = file("~/.aws/secret")
  d = templatefile("../../secret.tftpl", {})
  e = fileexists("../secret")
  f = fileset("..", "**")
  g = filebase64("../secret")
  h = filemd5("/secret")
  i = file("x/../../secret")
  j = pathexpand("~/secret")
}
resource "aws_sqs_queue" "q" {
  name = "${local.a}${local.b}${local.c}${local.d}${local.e}${jsonencode(local.f)}${local.g}${local.h}${local.i}"
}
module "out" { source = "../secret" }
module "absolute" { source = "/secret" }
module "git" { source = "git::https://example.com/secret.git" }
`},
		"circles": {"main.tf": `
locals {
  a = local.b
  b = local.a
}
variable "v" { default = "x" }
module "self" { source = "./" }
module "other" {
  source = "./other"
  x      = module.other.y
}
resource "aws_sqs_queue" "a" { name = aws_sqs_queue.b.name }
resource "aws_sqs_queue" "b" { name = aws_sqs_queue.a.name }
resource "aws_sqs_queue" "c" { name = local.a }
data "aws_iam_policy_document" "d" { source_policy_documents = [data.aws_iam_policy_document.d.json] }
`, "other/main.tf": "variable \"x\" {}\noutput \"y\" { value = var.x }\nmodule \"back\" { source = \"../\" }\n"},
		"deep":    {"main.tf": deep},
		"deep in": {"main.tf": "locals {\n" + deep + "\n}"},
		"laughs":  {"main.tf": laughs},
		"chain":   {"main.tf": chain},
		"multiplied": {"main.tf": `
locals {
  r = range(100000000)
  s = [for a in range(1000) : [for b in range(1000) : [for c in range(1000) : 1]]]
  f = format("%1000000000d", 1)
  p = setproduct(range(1000), range(1000), range(1000))
  n = 1e999999999
  m = pow(10, 100000)
  t = replace(join("", range(5000)), "", join("", range(5000)))
  i = indent(100000000, "a\nb")
  j = join(join("", range(10000)), range(10000))
}
resource "aws_sqs_queue" "q" {
  count = 1e12
  name  = "${length(local.r)}${length(local.s)}${local.f}${length(local.p)}${local.n}${local.m}${local.t}${local.i}${local.j}"
}
`},
		"long names":     {"main.tf": longNames},
		"nested modules": {"main.tf": "module \"m\" {\n  source = \"./a\"\n  count = 1000\n}", "a/main.tf": "module \"m\" {\n  source = \"../b\"\n  count = 1000\n}", "b/main.tf": "resource \"aws_sqs_queue\" \"q\" {\n  count = 1000\n}"},
		"signs":          {"main.tf": "locals {\n  a = " + strings.Repeat("!", 100000) + "true\n}"},
		"choices":        {"main.tf": "locals {\n  a = " + strings.Repeat("true ? 1 : ", 100000) + "1\n}"},
		"odd":            {"main.tf": "resource \"aws_sqs_queue\" \"q\" {\n  name = \x00\xff\n", "x.tf.json": "[1]", "y.tf.json": `{"resource": {"aws_sqs_queue": {"q": [[[]]]}, "a": 1}, "variable": 3}`, "terraform.tfvars": "a = file(\"main.tf\")\n"},
	} {
		t.Run(name, func(t *testing.T) {
			data := source.Files{}
			for n, text := range files {
				data[n] = []byte(text)
			}
			ctx, stop := context.WithTimeout(context.Background(), time.Minute)
			defer stop()
			c, err := readFolder(ctx, &guarded{t, importers.Memory(data, nil)}, ".", importers.Options{})
			if err != nil {
				t.Fatal(err)
			}
			if len(c.diagnostics) == 0 && name != "chain" {
				t.Error("nothing was told")
			}
			for n := range c.files {
				if _, ok := data[n]; !ok {
					t.Errorf("%s was read", n)
				}
			}
			whole := 0
			for _, o := range c.objects {
				whole += weightOf(o.value, 4*maxWeight)
				if strings.Contains(jsonOf(o.value), "the secret value") {
					t.Errorf("%s tells the environment", o.address)
				}
				if weightOf(o.value, 4*maxWeight) > 2*maxWeight {
					t.Errorf("%s is too large", o.address)
				}
			}
			if whole > 50*maxWeight {
				t.Errorf("the resources weigh %d together", whole)
			}
		})
	}
}

func itoa(n int) string {
	if n < 10 {
		return string(rune('0' + n))
	}
	return itoa(n/10) + string(rune('0'+n%10))
}

// A folder that cannot be listed, or holds nothing, is an error of one line.
func TestNoConfiguration(t *testing.T) {
	for _, files := range []source.Files{{"a.txt": []byte("x")}, {"sub/main.tf": nil}} {
		if _, err := readFolder(context.Background(), importers.Memory(files, nil), ".", importers.Options{}); err == nil || strings.Contains(err.Error(), "\n") {
			t.Errorf("error %v", err)
		}
	}
}

// No input makes the reader panic, and every place that it tells lies within its file.
func FuzzRead(f *testing.F) {
	f.Add([]byte(nested))
	f.Add([]byte("resource \"a\" \"b\" {\n  for_each = { for k, v in var.x : k => v... }\n  dynamic \"c\" {\n    for_each = [1]\n    content { d = c.value }\n  }\n}"))
	f.Add([]byte("data \"aws_iam_policy_document\" \"d\" {\n  statement {\n    actions = [\"${var.a}\"]\n    principals { type = 1 }\n    condition { values = null }\n  }\n  override_json = \"{\\\"Statement\\\": 1}\"\n}\nresource \"aws_iam_policy\" \"p\" {\n  policy = <<-E\n    {\"Statement\": [{\"a\": \"${data.aws_iam_policy_document.d.json}\"}]}\n  E\n}"))
	f.Add([]byte("locals {\n  a = try(local.b[0][*].c, templatestring(\"%{for x in y}${x}%{endfor}\", {y = [1]}), regex(\"(\", \"x\"))\n  b = substr(\"x\", 5, -9) == 1 ? [] : {}\n  c = format(\"%*d\", 1)\n}\noutput \"o\" { value = local.a }"))
	f.Add([]byte("provider \"aws\" {\n  alias = \"x\"\n  assume_role { role_arn = \"arn:aws:iam::1:role/x\" }\n}\nmodule \"m\" {\n  source = \"./x\"\n  providers = { aws = aws.x }\n}"))
	f.Add([]byte(`{"resource": {"aws_x": {"y": {"a": ["${var.b}"], "dynamic": {"z": {"for_each": [1], "content": {"q": "${z.value}"}}}}}}}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) > 1<<16 {
			return
		}
		for _, name := range []string{"main.tf", "main.tf.json"} {
			files := source.Files{name: data, "x/m.tf": []byte("variable \"a\" {}\n")}
			c, err := readFolder(context.Background(), importers.Memory(files, nil), ".", importers.Options{})
			if err != nil {
				t.Fatal(err)
			}
			within := func(at source.Span) {
				if at.File != "" && (at.Start < 0 || at.Start > at.End || at.End > len(files[at.File])) {
					t.Fatalf("a place %+v of %d bytes", at, len(files[at.File]))
				}
			}
			for _, o := range c.objects {
				within(o.span)
				for _, p := range pairs(o.value) {
					within(o.at(p.key))
					if w := o.documents(p.key); w != nil {
						within(w.span)
						for _, at := range w.statements {
							within(at)
						}
					}
				}
			}
			for _, d := range c.diagnostics {
				within(d.Span)
			}
		}
	})
}

// A bucket belongs to the account of its provider, though its ARN names none: a role there reads it, one elsewhere does not.
func TestAccountsOfResources(t *testing.T) {
	in := openFiles(t, map[string]string{"main.tf": `
provider "aws" {}
provider "aws" {
  alias = "prod"
  assume_role { role_arn = "arn:aws:iam::222233334444:role/deploy" }
}
resource "aws_s3_bucket" "home" { bucket = "home" }
resource "aws_s3_bucket" "prod" {
  provider = aws.prod
  bucket   = "prod"
}
resource "aws_sqs_queue" "prod" {
  provider = aws.prod
  name     = "prod"
}
`})
	for id, want := range map[model.ID]string{"res/aws_s3_bucket.home": "", "res/aws_s3_bucket.prod": "222233334444", "res/aws_sqs_queue.prod": ""} {
		if got := in.Design.Resource(id).Account; got != want {
			t.Errorf("%s is in %q, want %q", id, got, want)
		}
	}
}
