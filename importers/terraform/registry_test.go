package terraform

import (
	"encoding/json"
	"io/fs"
	"slices"
	"strings"
	"testing"

	"bulkhead/importers"
	"bulkhead/model"
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

// What starts functions, and who may use what, follows from the inputs of modules too: buses and schedules, APIs, state
// machines, notifications, keys, secrets and roles of all kinds.
func TestWiringModules(t *testing.T) {
	in := openFiles(t, map[string]string{"main.tf": `
module "fn" {
  source        = "terraform-aws-modules/lambda/aws"
  function_name = "orders"
  create_role   = false
  lambda_role   = module.role.arn
}

module "role" {
  source                    = "terraform-aws-modules/iam/aws//modules/iam-role"
  name                      = "orders"
  use_name_prefix           = false
  trust_policy_permissions  = { Lambda = { actions = ["sts:AssumeRole"], principals = [{ type = "Service", identifiers = ["lambda.amazonaws.com"] }] } }
  policies                  = { read = "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess" }
  create_inline_policy      = true
  inline_policy_permissions = { Secret = { actions = ["secretsmanager:GetSecretValue"], resources = [module.secret.secret_arn] } }
}

module "bus" {
  source               = "terraform-aws-modules/eventbridge/aws"
  bus_name             = "shop"
  rules                = { placed_now = { event_pattern = jsonencode({ source = ["shop"] }) } }
  targets              = { placed_now = [{ name = "fn", arn = module.fn.lambda_function_arn }, { name = "flow", arn = module.flow.state_machine_arn, attach_role_arn = true }] }
  schedules            = { nightly = { schedule_expression = "rate(1 day)", arn = module.fn.lambda_function_arn } }
  attach_lambda_policy = true
  lambda_target_arns   = [module.fn.lambda_function_arn]
}

module "api" {
  source       = "terraform-aws-modules/apigateway-v2/aws"
  name         = "shop"
  routes       = { "POST /orders" = { authorization_type = "JWT", authorizer_key = "users", integration = { uri = module.fn.lambda_function_arn } } }
  integrations = { "GET /old" = { lambda_arn = module.fn.lambda_function_arn } }
  authorizers  = { users = { authorizer_type = "JWT" } }
}

module "flow" {
  source               = "terraform-aws-modules/step-functions/aws"
  name                 = "flow"
  definition           = jsonencode({ StartAt = "A", States = { A = { Type = "Task", Resource = module.fn.lambda_function_arn, End = true } } })
  service_integrations = { lambda = { lambda = [module.fn.lambda_function_arn] }, xray = { xray = true } }
}

module "notify" {
  source               = "terraform-aws-modules/s3-bucket/aws//modules/notification"
  bucket               = module.bucket.s3_bucket_id
  lambda_notifications = { up = { function_arn = module.fn.lambda_function_arn, function_name = module.fn.lambda_function_name, events = ["s3:ObjectCreated:*"], filter_prefix = "in/" } }
}

module "bucket" {
  source = "terraform-aws-modules/s3-bucket/aws"
  bucket = "files"
}

module "key" {
  source    = "terraform-aws-modules/kms/aws"
  key_users = [module.role.arn]
}

module "secret" {
  source     = "terraform-aws-modules/secrets-manager/aws"
  name       = "db"
  kms_key_id = module.key.key_id
}

module "deploy" {
  source   = "terraform-aws-modules/iam/aws//modules/iam-github-oidc-role"
  name     = "deploy"
  subjects = ["acme/shop:ref:refs/heads/main"]
}

module "pods" {
  source                        = "terraform-aws-modules/iam/aws//modules/iam-assumable-role-with-oidc"
  create_role                   = true
  role_name                     = "pods"
  provider_url                  = "https://oidc.example.com/id"
  oidc_fully_qualified_subjects = ["system:serviceaccount:a:b"]
  role_policy_arns              = ["arn:aws:iam::aws:policy/AdministratorAccess"]
}

module "user" {
  source      = "terraform-aws-modules/iam/aws//modules/iam-user"
  name        = "ci"
  policy_arns = ["arn:aws:iam::aws:policy/PowerUserAccess"]
}
`})
	d := in.Design
	f := d.Function("fn/module.fn.aws_lambda_function.this%5B0%5D")
	var got []string
	for _, x := range d.Triggers() {
		to := string(x.To)
		if x.To == f.ID {
			to = "fn"
		}
		got = append(got, x.Kind+" "+x.Label+" to "+strings.TrimPrefix(to, "res/module."))
	}
	slices.Sort(got)
	want := []string{
		"api-route GET /old to fn", "api-route POST /orders to fn", "event-rule shop to flow.aws_sfn_state_machine.this%5B0%5D", "event-rule shop to fn",
		"s3-notification s3:ObjectCreated:* to fn", "schedule rate(1 day) to fn", "state-machine-task task to fn",
	}
	if !slices.Equal(got, want) {
		t.Errorf("triggers\n%s", strings.Join(got, "\n"))
	}
	for _, x := range d.Triggers() {
		if open := x.Label == "GET /old"; x.Kind == "api-route" && x.Open != open {
			t.Errorf("%s is open: %v", x.Label, x.Open)
		}
	}
	said := func(id model.ID) (out []string) {
		for _, p := range d.Role(id).Policies {
			for _, st := range d.Policy(p).Document.Statements {
				if d.Policy(p).Managed {
					continue
				}
				out = append(out, strings.Join(st.Actions, " ")+" on "+strings.Join(st.Resources, " "))
			}
		}
		return out
	}
	for id, want := range map[model.ID]string{
		f.Role: "secretsmanager:GetSecretValue on arn:aws:secretsmanager:us-east-1:123456789012:secret:db-XXXXXX",
		"role/module.bus.aws_iam_role.eventbridge%5B0%5D": "lambda:InvokeFunction on arn:aws:lambda:us-east-1:123456789012:function:orders",
		"role/module.flow.aws_iam_role.this%5B0%5D":       "lambda:InvokeFunction on arn:aws:lambda:us-east-1:123456789012:function:orders",
	} {
		if got := said(id); !slices.Equal(got, []string{want}) {
			t.Errorf("%s may %q", id, got)
		}
	}
	for id, want := range map[model.ID]string{
		"role/module.deploy.aws_iam_role.this%5B0%5D": "repo:acme/shop:ref:refs/heads/main", "role/module.pods.aws_iam_role.this%5B0%5D": "system:serviceaccount:a:b",
	} {
		if text, _ := json.Marshal(d.Role(id).Trust); !strings.Contains(string(text), want) {
			t.Errorf("%s trusts %s", id, text)
		}
	}
	if p := d.Resource("res/module.key.aws_kms_key.this%5B0%5D").Policy; p == nil || len(p.Statements) != 2 {
		t.Errorf("the key's policy is %+v", p)
	}
	if u := d.Principal("user/module.user.aws_iam_user.this%5B0%5D"); u == nil || len(u.Policies) != 1 {
		t.Errorf("the user is %+v", u)
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
