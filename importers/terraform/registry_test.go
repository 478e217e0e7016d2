package terraform

import (
	"io/fs"
	"slices"
	"strings"
	"testing"

	"bulkhead/importers"
	"bulkhead/model/policy"
	"bulkhead/model/source"
)

// What the inputs of modules of the registry tell is in the design, and stands where they are called.
func TestRegistryModules(t *testing.T) {
	in := openFiles(t, map[string]string{"main.tf": `
module "fn" {
  source        = "terraform-aws-modules/lambda/aws"
  version       = "~> 7.0"
  function_name = "orders"
  handler       = "app.handler"
  runtime       = "python3.12"
  source_path   = "./src"

  environment_variables = {
    TABLE = module.table.dynamodb_table_id
  }

  attach_policy_statements = true
  policy_statements = {
    table = {
      effect    = "Allow"
      actions   = ["dynamodb:GetItem", "dynamodb:PutItem"]
      resources = [module.table.dynamodb_table_arn]
    }
    queue = {
      actions   = ["sqs:SendMessage"]
      resources = [module.queue.queue_arn]
    }
  }
  attach_policy = true
  policy        = module.policy.arn

  event_source_mapping = {
    sqs = { event_source_arn = module.queue.queue_arn }
  }
  allowed_triggers = {
    topic = { service = "sns", source_arn = module.topic.topic_arn }
  }
}

module "table" {
  source   = "terraform-aws-modules/dynamodb-table/aws"
  name     = "orders"
  hash_key = "id"
}

module "queue" {
  source = "registry.terraform.io/terraform-aws-modules/sqs/aws"
  name   = "orders"
}

module "topic" {
  source = "terraform-aws-modules/sns/aws"
  name   = "orders"
  subscriptions = {
    fn = { protocol = "lambda", endpoint = module.fn.lambda_function_arn }
  }
}

module "policy" {
  source = "terraform-aws-modules/iam/aws//modules/iam-policy"
  name   = "p"
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "s3:GetObject", Resource = "${module.bucket.s3_bucket_arn}/*" }] })
}

module "bucket" {
  source = "terraform-aws-modules/s3-bucket/aws"
  bucket = "files"
}

module "role" {
  source                  = "terraform-aws-modules/iam/aws//modules/iam-assumable-role"
  create_role             = true
  role_name               = "reader"
  role_requires_mfa       = false
  trusted_role_services   = ["ec2.amazonaws.com"]
  custom_role_policy_arns = [module.policy.arn]
}
`})
	d := in.Design
	f := d.Function("fn/module.fn.aws_lambda_function.this%5B0%5D")
	if f == nil || f.Name != "orders" || f.Handler != "app.handler" || f.Origin.Line != 1+1 || len(f.Environment) != 1 {
		t.Fatalf("the function is %+v of %v", f, d.Functions())
	}
	role := d.Role(f.Role)
	if role == nil || role.Name != "orders" || role.Trust == nil {
		t.Fatalf("the role is %+v", role)
	}
	var said []string
	for _, id := range role.Policies {
		for _, st := range d.Policy(id).Document.Statements {
			said = append(said, strings.Join(st.Actions, " ")+" on "+strings.Join(st.Resources, " "))
		}
	}
	for _, want := range []string{
		"dynamodb:GetItem dynamodb:PutItem on arn:aws:dynamodb:us-east-1:123456789012:table/orders", "sqs:SendMessage on arn:aws:sqs:us-east-1:123456789012:orders",
		"s3:GetObject on arn:aws:s3:::files/*",
		"logs:CreateLogGroup logs:CreateLogStream logs:PutLogEvents on arn:aws:logs:us-east-1:123456789012:log-group:/aws/lambda/orders:* arn:aws:logs:us-east-1:123456789012:log-group:/aws/lambda/orders:*:*",
	} {
		if !slices.Contains(said, want) {
			t.Errorf("%s is not in %q", want, said)
		}
	}
	var kinds []string
	for _, x := range d.TriggersOf(f.ID) {
		kinds = append(kinds, x.Kind)
	}
	slices.Sort(kinds)
	if !slices.Equal(kinds, []string{"event-source-mapping", "sns-subscription"}) {
		t.Errorf("it is started by %v", kinds)
	}
	if r := d.Role("role/module.role.aws_iam_role.this%5B0%5D"); r == nil || len(r.Policies) != 1 || len(r.Trust.Statements[0].Conditions) != 0 {
		t.Errorf("the other role is %+v", r)
	}
	for _, x := range in.Diagnostics {
		if !strings.Contains(x.Summary, "which is not read") && !strings.Contains(x.Summary, "log") {
			t.Error(x, x.Detail)
		}
	}
	for name := range in.Files {
		if name != "main.tf" {
			t.Errorf("%s is among the files", name)
		}
	}
}

// A module that terraform init has fetched is read where it is, and not edited; a list that leads elsewhere is not followed.
func TestFetchedModules(t *testing.T) {
	files := map[string]string{
		"main.tf": "module \"q\" {\n  source = \"acme/queue/aws\"\n  name   = \"orders\"\n}\n\nmodule \"out\" {\n  source = \"acme/out/aws\"\n}\n",
		".terraform/modules/modules.json": `{"Modules": [{"Key": "", "Source": "", "Dir": "."}, {"Key": "q", "Source": "registry.terraform.io/acme/queue/aws", "Version": "1.0.0", "Dir": ".terraform/modules/q"},
			{"Key": "q.inner", "Source": "registry.terraform.io/acme/inner/aws", "Dir": ".terraform/modules/q.inner"}, {"Key": "out", "Source": "acme/out/aws", "Dir": "../secret"}]}`,
		".terraform/modules/q/main.tf":       "variable \"name\" {}\nresource \"aws_sqs_queue\" \"this\" {\n  name = var.name\n}\nmodule \"inner\" {\n  source = \"acme/inner/aws\"\n}\n",
		".terraform/modules/q.inner/main.tf": "resource \"aws_iam_policy\" \"p\" {\n  policy = jsonencode({ Statement = [{ Effect = \"Allow\", Action = [\"s3:GetObject\", \"s3:PutObject\"], Resource = \"*\" }] })\n}\n",
	}
	in := openFiles(t, files)
	if r := in.Design.Resource("res/module.q.aws_sqs_queue.this"); r == nil || r.Name != "orders" {
		t.Errorf("the queue is %+v", r)
	}
	after := withPolicy(t, in.Design, "policy/module.q.module.inner.aws_iam_policy.p", func(l []*policy.Statement) []*policy.Statement {
		n := *l[0]
		n.Actions = n.Actions[:1]
		return []*policy.Statement{&n}
	})
	if _, err := in.Source.(importers.Patcher).Patch(in, after); err == nil || !strings.Contains(err.Error(), "fetched from elsewhere") {
		t.Errorf("error %v", err)
	}
	if !slices.ContainsFunc(in.Diagnostics, func(d source.Diagnostic) bool { return strings.Contains(d.Summary, "acme/out/aws") }) {
		t.Errorf("what leads elsewhere is not told: %v", in.Diagnostics)
	}
}

// Every stand-in parses, by itself and without an input, and says nothing that is wrong.
func TestStandIns(t *testing.T) {
	list, err := fs.Glob(registryFS, "registry/*.tf")
	if err != nil || len(list) != len(standIns) {
		t.Fatalf("%d stand-ins for %d modules (%v)", len(list), len(standIns), err)
	}
	for src := range standIns {
		c := readFiles(t, map[string]string{"main.tf": "module \"m\" {\n  source = \"" + src + "\"\n}\n"}, nil)
		for _, d := range c.diagnostics {
			if !strings.Contains(d.Summary, "which is not read") {
				t.Errorf("%s: %v: %s", src, d, d.Detail)
			}
		}
	}
}
