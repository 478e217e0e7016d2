package command_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A twin is a scenario of Terraform in which one thing is otherwise.
type twin struct{ name, old, new, want string }

// A pair is a scenario with a way from a start to a target, and its twins. A target is an element's id, or admin; "" is not reached.
type pair struct {
	name, text, start, target, want string
	twins                           []twin
}

func (p pair) run(t *testing.T) {
	try := func(name, text, want string) {
		t.Run(p.name+"/"+name, func(t *testing.T) {
			dir := t.TempDir()
			if err := os.WriteFile(filepath.Join(dir, "main.tf"), []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
			b := breachOf(t, p.start, dir)
			got, _, _ := strings.Cut(b.hits[p.target], " ")
			if p.target == "admin" {
				got = b.admin
			}
			if got != want {
				t.Errorf("%s is reached %q, not %q: %v", p.target, got, want, b.hits)
			}
		})
	}
	try("open", p.text, p.want)
	for _, x := range p.twins {
		if strings.Count(p.text, x.old) != 1 {
			t.Fatalf("%s: %q is there %d times", x.name, x.old, strings.Count(p.text, x.old))
		}
		try(x.name, strings.Replace(p.text, x.old, x.new, 1), x.want)
	}
}

// statement is a policy document of Terraform.
func tfPolicy(statements string) string {
	return `jsonencode({ Version = "2012-10-17", Statement = [` + statements + `] })`
}

func tfRole(name, principal string, statements ...string) string {
	out := `
resource "aws_iam_role" "` + name + `" {
  name               = "` + name + `"
  assume_role_policy = ` + tfPolicy(`{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { `+principal+` } }`) + `
}
`
	if len(statements) > 0 {
		out += `
resource "aws_iam_role_policy" "` + name + `" {
  role   = aws_iam_role.` + name + `.id
  policy = ` + tfPolicy(strings.Join(statements, ", ")) + `
}
`
	}
	return out
}

func tfUser(name, statements string) string {
	return `
resource "aws_iam_user" "` + name + `" { name = "` + name + `" }
resource "aws_iam_user_policy" "` + name + `" {
  user   = aws_iam_user.` + name + `.name
  policy = ` + tfPolicy(statements) + `
}
`
}

const tfReads = `{ Effect = "Allow", Action = "secretsmanager:GetSecretValue", Resource = aws_secretsmanager_secret.db.arn }`

const tfSecret = `
resource "aws_secretsmanager_secret" "db" { name = "prod/db" }
`

// What runs with a role, where the configuration shows it, is taken over by permissions on it alone.
func TestTerraformOccupants(t *testing.T) {
	for _, p := range []pair{
		{
			name: "a command on an instance", start: "dev", target: "res/aws_secretsmanager_secret.db", want: "may",
			text: tfUser("dev", `{ Effect = "Allow", Action = "ssm:SendCommand", Resource = ["arn:aws:ssm:*:*:document/AWS-RunShellScript", "arn:aws:ec2:*:*:instance/*"], Condition = {} }`) +
				tfRole("web", `Service = "ec2.amazonaws.com"`, tfReads) + tfSecret + `
resource "aws_iam_instance_profile" "web" { role = aws_iam_role.web.name }
resource "aws_launch_template" "web" {
  image_id = "ami-1"
  iam_instance_profile { name = aws_iam_instance_profile.web.name }
}
resource "aws_instance" "web" {
  launch_template { id = aws_launch_template.web.id }
}
`,
			twins: []twin{
				{"that runs nothing", "AWS-RunShellScript", "AWS-UpdateSSMAgent", ""},
				{"of the account", "AWS-RunShellScript", "acme-patch", "may"},
				{"on no document", `"arn:aws:ssm:*:*:document/AWS-RunShellScript", `, "", ""},
				{"on another instance", "instance/*", "instance/i-0123456789abcdef0", ""},
				{"on instances of another tag", "Condition = {}", `Condition = { StringEqualsIfExists = { "ssm:resourceTag/Team" = "ops" } }`, "may"},
			},
		},
		{
			name: "a shell in a task", start: "dev", target: "res/aws_secretsmanager_secret.db", want: "may",
			text: tfUser("dev", `{ Effect = "Allow", Action = "ecs:ExecuteCommand", Resource = "arn:aws:ecs:*:*:task/main/*" }`) +
				tfRole("task", `Service = "ecs-tasks.amazonaws.com"`, tfReads) + tfSecret + `
resource "aws_ecs_cluster" "main" { name = "main" }
resource "aws_ecs_cluster" "other" { name = "other" }
resource "aws_ecs_task_definition" "app" {
  family                = "app"
  task_role_arn         = aws_iam_role.task.arn
  container_definitions = "[]"
}
resource "aws_ecs_service" "app" {
  name            = "app"
  cluster         = aws_ecs_cluster.main.id
  task_definition = aws_ecs_task_definition.app.arn
}
`,
			twins: []twin{
				{"of another cluster", "cluster         = aws_ecs_cluster.main.id", "cluster         = aws_ecs_cluster.other.id", ""},
				{"that no service is shown to run", `task_definition = aws_ecs_task_definition.app.arn`, `task_definition = "batch:3"`, "may"},
			},
		},
		{
			name: "a change of a stack", start: "dev", target: "admin", want: "must",
			text: tfUser("dev", `{ Effect = "Allow", Action = ["cloudformation:CreateChangeSet", "cloudformation:ExecuteChangeSet"], Resource = "arn:aws:cloudformation:*:*:stack/app-*" }`) +
				tfRole("cfn", `Service = "cloudformation.amazonaws.com"`, `{ Effect = "Allow", Action = "*", Resource = "*" }`) + `
resource "aws_cloudformation_stack" "app" {
  name         = "app-core"
  iam_role_arn = aws_iam_role.cfn.arn
}
`,
			twins: []twin{{"of another name", `"app-core"`, `"core-app"`, ""}},
		},
		{
			name: "a build of a project", start: "dev", target: "admin", want: "must",
			text: tfUser("dev", `{ Effect = "Allow", Action = "codebuild:StartBuild", Resource = "arn:aws:codebuild:*:*:project/web-*" }`) +
				tfRole("build", `Service = "codebuild.amazonaws.com"`, `{ Effect = "Allow", Action = "*", Resource = "*" }`) + tfRole("other", `Service = "codebuild.amazonaws.com"`) + `
resource "aws_codebuild_project" "web" {
  name         = "web-app"
  service_role = aws_iam_role.build.arn
}
`,
			twins: []twin{
				{"of another name", `"web-app"`, `"app-web"`, ""},
				{"with another role", "service_role = aws_iam_role.build.arn", "service_role = aws_iam_role.other.arn", ""},
				{"that is not shown", `resource "aws_codebuild_project"`, `data "aws_codebuild_project"`, "may"},
			},
		},
		{
			name: "the role of a function", start: "dev", target: "role/aws_iam_role.fn", want: "must",
			text: tfUser("dev", `{ Effect = "Allow", Action = "lambda:UpdateFunctionCode", Resource = aws_lambda_function.fn.arn }`) +
				tfRole("fn", `Service = "lambda.amazonaws.com"`, tfReads) + tfSecret + `
resource "aws_lambda_function" "fn" {
  function_name = "fn"
  role          = aws_iam_role.fn.arn
}
`,
			twins: []twin{{"that is only invoked", "lambda:UpdateFunctionCode", "lambda:InvokeFunction", ""}},
		},
	} {
		p.run(t)
	}
}

// Tags that a configuration does not give are not there.
func TestTerraformTags(t *testing.T) {
	for _, p := range []pair{
		{
			name: "of who asks", start: "dev", target: "admin", want: "must",
			text: strings.Replace(tfUser("dev", `{ Effect = "Allow", Action = "iam:CreateAccessKey", Resource = "*", Condition = { StringEquals = { "aws:ResourceTag/Team" = "$${aws:PrincipalTag/Team}" } } }`),
				`name = "dev" }`, "\n  name = \"dev\"\n  tags = { Team = \"core\" }\n}", 1) + `
resource "aws_iam_user" "boss" {
  name = "boss"
  tags = { Team = "core", Site = var.site }
}
resource "aws_iam_user_policy_attachment" "boss" {
  user       = aws_iam_user.boss.name
  policy_arn = "arn:aws:iam::aws:policy/AdministratorAccess"
}
variable "site" {}
variable "tags" {}
`,
			twins: []twin{
				{"none", "\n  tags = { Team = \"core\" }", "", ""},
				{"another", "\n  tags = { Team = \"core\" }", "\n  tags = { Name = \"core\" }", ""},
				{"nobody tells", "\n  tags = { Team = \"core\" }", "\n  tags = var.tags", "may"},
				{"of the target none", `{ Team = "core", Site = var.site }`, "{}", ""},
				{"of the target one that nobody tells", `{ Team = "core", Site = var.site }`, "{ Team = var.site }", "may"},
			},
		},
	} {
		p.run(t)
	}
}

// Policies of an organization bind the accounts that the configuration makes, and those of their units.
func TestTerraformOrganization(t *testing.T) {
	for _, p := range []pair{
		{
			name: "an account of a unit", start: "dev", target: "admin", want: "must",
			text: `
provider "aws" { region = "us-east-1" }
provider "aws" {
  alias  = "sandbox"
  region = "us-east-1"
  assume_role { role_arn = "arn:aws:iam::${aws_organizations_account.sandbox.id}:role/OrganizationAccountAccessRole" }
}
resource "aws_organizations_organization" "org" {}
resource "aws_organizations_organizational_unit" "teams" {
  name      = "teams"
  parent_id = aws_organizations_organization.org.roots[0].id
}
resource "aws_organizations_organizational_unit" "other" {
  name      = "other"
  parent_id = aws_organizations_organization.org.roots[0].id
}
resource "aws_organizations_organizational_unit" "sandboxes" {
  name      = "sandboxes"
  parent_id = aws_organizations_organizational_unit.teams.id
}
resource "aws_organizations_account" "sandbox" {
  name      = "sandbox"
  email     = "sandbox@example.com"
  parent_id = aws_organizations_organizational_unit.sandboxes.id
}
resource "aws_organizations_policy" "guard" {
  name    = "guard"
  content = ` + tfPolicy(`{ Effect = "Deny", Action = "iam:*", Resource = "*" }`) + `
}
resource "aws_organizations_policy_attachment" "guard" {
  policy_id = aws_organizations_policy.guard.id
  target_id = aws_organizations_organizational_unit.other.id
}
` + strings.ReplaceAll(tfUser("dev", `{ Effect = "Allow", Action = "iam:PutUserPolicy", Resource = "*" }`), `name = "dev" }`, "\n  name = \"dev\"\n  provider = aws.sandbox\n}"),
			twins: []twin{
				{"its unit", "target_id = aws_organizations_organizational_unit.other.id", "target_id = aws_organizations_organizational_unit.sandboxes.id", ""},
				{"the unit of its unit", "target_id = aws_organizations_organizational_unit.other.id", "target_id = aws_organizations_organizational_unit.teams.id", ""},
				{"itself", "target_id = aws_organizations_organizational_unit.other.id", "target_id = aws_organizations_account.sandbox.id", ""},
				{"the root", "target_id = aws_organizations_organizational_unit.other.id", "target_id = aws_organizations_organization.org.roots[0].id", ""},
				{"a unit that nobody shows", "target_id = aws_organizations_organizational_unit.other.id", `target_id = "ou-ab12-cdefghij"`, "must"},
				{"its unit denies something else", `Action = "iam:*"`, `Action = "ec2:*"`, "must"},
			},
		},
		{
			name: "the account that the configuration works in", start: "dev", target: "admin", want: "",
			text: `
data "aws_caller_identity" "current" {}
data "aws_organizations_organization" "org" {}
resource "aws_organizations_policy" "guard" {
  name    = "guard"
  content = ` + tfPolicy(`{ Effect = "Deny", Action = "iam:*", Resource = "*" }`) + `
}
resource "aws_organizations_policy_attachment" "guard" {
  policy_id = aws_organizations_policy.guard.id
  target_id = data.aws_caller_identity.current.account_id
}
` + tfUser("dev", `{ Effect = "Allow", Action = "iam:PutUserPolicy", Resource = "*" }`),
			twins: []twin{
				{"which makes the organization", `data "aws_organizations_organization"`, `resource "aws_organizations_organization"`, "must"},
				{"the root", "data.aws_caller_identity.current.account_id", "data.aws_organizations_organization.org.roots[0].id", "may"},
				{"a unit that nobody shows", "data.aws_caller_identity.current.account_id", `"ou-ab12-cdefghij"`, "may"},
				{"another account", "data.aws_caller_identity.current.account_id", `"222222222222"`, "must"},
			},
		},
	} {
		p.run(t)
	}
}

// A session is given tags by whoever may assume the role with some, which its own policies then hear.
func TestTerraformSessionTags(t *testing.T) {
	for _, p := range []pair{{
		name: "a session with a tag", start: "dev", target: "res/aws_secretsmanager_secret.db", want: "must",
		text: tfUser("dev", `{ Effect = "Allow", Action = ["sts:AssumeRole", "sts:TagSession"], Resource = "*" }`) + tfSecret + `
resource "aws_iam_role" "reader" {
  name               = "reader"
  assume_role_policy = ` + tfPolicy(`{ Effect = "Allow", Action = ["sts:AssumeRole", "sts:TagSession"], Principal = { AWS = aws_iam_user.dev.arn }, Condition = {} }`) + `
}
resource "aws_iam_role_policy" "reader" {
  role   = aws_iam_role.reader.id
  policy = ` + tfPolicy(strings.Replace(tfReads, "}", `, Condition = { StringEquals = { "aws:PrincipalTag/team" = "dba" } } }`, 1)) + `
}
`,
		twins: []twin{
			{"that its trust does not let", `Action = ["sts:AssumeRole", "sts:TagSession"], Principal`, `Action = "sts:AssumeRole", Principal`, ""},
			{"that is another", "Condition = {}", `Condition = { StringEquals = { "aws:RequestTag/team" = "web" } }`, ""},
			{"that is this one", "Condition = {}", `Condition = { StringEquals = { "aws:RequestTag/team" = "dba" } }`, "must"},
			{"with another key", "Condition = {}", `Condition = { "ForAllValues:StringEquals" = { "aws:TagKeys" = ["site"] } }`, ""},
			{"that it is denied", `Resource = "*" }`, `Resource = "*" }, { Effect = "Deny", Action = "sts:TagSession", Resource = "*" }`, ""},
		},
	}} {
		p.run(t)
	}
}

// What a technique changes and does not make is, where the configuration shows some, one of those.
func TestTerraformThere(t *testing.T) {
	const admin = `{ Effect = "Allow", Action = "*", Resource = "*" }`
	for _, p := range []pair{
		{
			name: "another role for a function", start: "dev", target: "admin", want: "must",
			text: tfUser("dev", `{ Effect = "Allow", Action = "lambda:UpdateFunctionConfiguration", Resource = "arn:aws:lambda:*:*:function:dev-*" }, { Effect = "Allow", Action = "iam:PassRole", Resource = aws_iam_role.top.arn }`) +
				tfRole("top", `Service = "lambda.amazonaws.com"`, admin) + tfRole("fn", `Service = "lambda.amazonaws.com"`) + `
resource "aws_lambda_function" "fn" {
  function_name = "dev-fn"
  role          = aws_iam_role.fn.arn
}
`,
			twins: []twin{
				{"of another name", `"dev-fn"`, `"prod-fn"`, ""},
				{"none of which is shown", `resource "aws_lambda_function"`, `data "aws_lambda_function"`, "may"},
			},
		},
		{
			name: "a role for a function in one region", start: "dev", target: "admin", want: "must",
			text: `
provider "aws" {
  region              = "eu-west-1"
  allowed_account_ids = ["111111111111"]
}
provider "aws" {
  alias               = "all"
  region              = "us-east-1"
  allowed_account_ids = ["999999999999"]
}
resource "aws_organizations_policy" "regions" {
  provider = aws.all
  name     = "regions"
  content  = ` + tfPolicy(`{ Effect = "Deny", NotAction = ["iam:*", "sts:*"], Resource = "*", Condition = { StringNotEquals = { "aws:RequestedRegion" = "eu-west-1" } } }`) + `
}
resource "aws_organizations_policy_attachment" "regions" {
  provider  = aws.all
  policy_id = aws_organizations_policy.regions.id
  target_id = "111111111111"
}
` + tfUser("dev", `{ Effect = "Allow", Action = "iam:PassRole", Resource = "*" }, { Effect = "Allow", Action = ["lambda:CreateFunction", "lambda:InvokeFunction"], Resource = "arn:aws:lambda:eu-west-1:*:*" }`) + tfRole("top", `Service = "lambda.amazonaws.com"`, admin),
			twins: []twin{
				{"that is not let", "arn:aws:lambda:eu-west-1:*:*", "arn:aws:lambda:us-east-2:*:*", ""},
				{"of several", "arn:aws:lambda:eu-west-1:*:*", "arn:aws:lambda:*:*:*", "must"},
				{"of several, another than its own", `"aws:RequestedRegion" = "eu-west-1"`, `"aws:RequestedRegion" = ["eu-west-1", "eu-west-3"]`, "must"},
			},
		},
		{
			name: "a target of a rule", start: "dev", target: "admin", want: "may",
			text:  tfUser("dev", `{ Effect = "Allow", Action = ["events:PutRule", "events:PutTargets"], Resource = "*" }, { Effect = "Allow", Action = "iam:PassRole", Resource = "*" }`) + tfRole("top", `Service = "events.amazonaws.com"`, admin),
			twins: []twin{{"passed to another service", `Action = "iam:PassRole", Resource = "*"`, `Action = "iam:PassRole", Resource = "*", Condition = { StringEquals = { "iam:PassedToService" = "lambda.amazonaws.com" } }`, ""}},
		},
	} {
		p.run(t)
	}
}

// Whoever may do anything in an account gives a role that another account lets in the permission that it lacks.
func TestTerraformAbroad(t *testing.T) {
	for _, p := range []pair{{
		name: "a role that another account trusts", start: "dev", target: "role/aws_iam_role.far", want: "must",
		text: `
provider "aws" { allowed_account_ids = ["111111111111"] }
provider "aws" {
  alias               = "far"
  allowed_account_ids = ["222222222222"]
}
` + tfUser("dev", `{ Effect = "Allow", Action = "*", Resource = "*" }`) + tfRole("near", `Service = "ec2.amazonaws.com"`) + `
resource "aws_iam_role" "far" {
  provider           = aws.far
  name               = "far"
  assume_role_policy = ` + tfPolicy(`{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { AWS = aws_iam_role.near.arn } }`) + `
}
`,
		twins: []twin{
			{"another role", "AWS = aws_iam_role.near.arn", `AWS = "arn:aws:iam::111111111111:role/other"`, ""},
			{"which it may not change", `Action = "*", Resource = "*" }`, `Action = ["iam:UpdateAssumeRolePolicy", "sts:*"], Resource = "*" }`, ""},
			{"which it may not become", `Action = "*", Resource = "*" }`, `Action = ["iam:PutRolePolicy", "sts:*"], Resource = "*" }`, ""},
		},
	}} {
		p.run(t)
	}
}

// What a call is asked of besides, what lets in beside a key's policy, who signs in.
func TestTerraformTwins(t *testing.T) {
	const admin = `{ Effect = "Allow", Action = "*", Resource = "*" }`
	launch := `{ Effect = "Allow", Action = "ec2:RunInstances", Resource = "*" }`
	for _, p := range []pair{
		{
			name: "an instance with a role", start: "dev", target: "admin", want: "must",
			text: tfUser("dev", launch+`, { Effect = "Allow", Action = "iam:PassRole", Resource = aws_iam_role.box.arn }`) + tfRole("box", `Service = "ec2.amazonaws.com"`, admin) + `
resource "aws_iam_instance_profile" "box" { role = aws_iam_role.box.name }
`,
			twins: []twin{
				{"on images alone", launch, strings.Replace(launch, `"*"`, `"arn:aws:ec2:*::image/*"`, 1), ""},
				{"on all that it takes", launch, strings.Replace(launch, `"*"`, `[for x in ["instance", "subnet", "security-group", "network-interface", "volume"] : "arn:aws:ec2:*:*:${x}/*"], Sid = "a" }, { Effect = "Allow", Action = "ec2:RunInstances", Resource = "arn:aws:ec2:*::image/*"`, 1), "must"},
				{"denied on instances", launch, launch + `, { Effect = "Deny", Action = "ec2:RunInstances", Resource = "arn:aws:ec2:*:*:instance/*" }`, ""},
				{"denied in subnets", launch, launch + `, { Effect = "Deny", Action = "ec2:RunInstances", Resource = "arn:aws:ec2:*:*:subnet/*" }`, ""},
				{"denied with a profile", launch, launch + `, { Effect = "Deny", Action = "ec2:RunInstances", Resource = "*", Condition = { Null = { "ec2:InstanceProfile" = "false" } } }`, ""},
			},
		},
		{
			name: "a job of a definition", start: "dev", target: "res/aws_secretsmanager_secret.db", want: "may",
			text: tfUser("dev", `{ Effect = "Allow", Action = "batch:SubmitJob", Resource = [aws_batch_job_definition.job.arn, aws_batch_job_queue.queue.arn] }`) + tfRole("job", `Service = "ecs-tasks.amazonaws.com"`, tfReads) + tfSecret + `
resource "aws_batch_job_queue" "queue" { name = "queue" }
resource "aws_batch_job_definition" "job" {
  name                 = "job"
  type                 = "container"
  container_properties = jsonencode({ image = "x", jobRoleArn = aws_iam_role.job.arn })
}
resource "aws_batch_job_definition" "plain" {
  name                 = "plain"
  type                 = "container"
  container_properties = jsonencode({ image = "x" })
}
`,
			twins: []twin{
				{"of another", "[aws_batch_job_definition.job.arn", "[aws_batch_job_definition.plain.arn", ""},
				{"in no queue", ", aws_batch_job_queue.queue.arn]", "]", ""},
			},
		},
		{
			name: "a grant of a key", start: "app", target: "res/aws_secretsmanager_secret.db", want: "must",
			text: tfRole("app", `Service = "lambda.amazonaws.com"`, tfReads) + `
resource "aws_kms_key" "key" {
  policy = ` + tfPolicy(`{ Effect = "Allow", Action = "kms:*", Resource = "*", Principal = { AWS = "arn:aws:iam::123456789012:user/owner" } }`) + `
}
resource "aws_kms_grant" "app" {
  key_id            = aws_kms_key.key.key_id
  grantee_principal = aws_iam_role.app.arn
  operations        = ["Decrypt"]
  constraints { encryption_context_subset = {} }
}
resource "aws_secretsmanager_secret" "db" {
  name       = "prod/db"
  kms_key_id = aws_kms_key.key.arn
}
`,
			twins: []twin{
				{"for something else", `["Decrypt"]`, `["Encrypt"]`, ""},
				{"to somebody else", "aws_iam_role.app.arn\n", "\"arn:aws:iam::123456789012:role/other\"\n", ""},
				{"in a context of another secret", "encryption_context_subset = {}", `encryption_context_equals = { SecretARN = "arn:aws:secretsmanager:us-east-1:123456789012:secret:other" }`, ""},
			},
		},
		{
			name: "people of a permission set", start: "aws_ssoadmin_permission_set.dev", target: "admin", want: "must",
			text: `
data "aws_ssoadmin_instances" "this" {}
resource "aws_ssoadmin_permission_set" "dev" {
  name         = "Developer"
  instance_arn = data.aws_ssoadmin_instances.this.arns[0]
}
resource "aws_ssoadmin_permission_set_inline_policy" "dev" {
  instance_arn       = data.aws_ssoadmin_instances.this.arns[0]
  permission_set_arn = aws_ssoadmin_permission_set.dev.arn
  inline_policy      = ` + tfPolicy(`{ Effect = "Allow", Action = "sts:AssumeRole", Resource = aws_iam_role.top.arn }`) + `
}
resource "aws_ssoadmin_permissions_boundary_attachment" "dev" {
  instance_arn       = data.aws_ssoadmin_instances.this.arns[0]
  permission_set_arn = aws_ssoadmin_permission_set.dev.arn
  permissions_boundary { managed_policy_arn = "arn:aws:iam::aws:policy/PowerUserAccess" }
}
resource "aws_ssoadmin_account_assignment" "dev" {
  instance_arn       = data.aws_ssoadmin_instances.this.arns[0]
  permission_set_arn = aws_ssoadmin_permission_set.dev.arn
  principal_id       = "1"
  principal_type     = "GROUP"
  target_id          = "123456789012"
  target_type        = "AWS_ACCOUNT"
}
resource "aws_iam_role" "top" {
  name                = "top"
  assume_role_policy  = ` + tfPolicy(`{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { AWS = "arn:aws:iam::123456789012:root" }, Condition = { ArnLike = { "aws:PrincipalArn" = "arn:aws:iam::*:role/aws-reserved/sso.amazonaws.com/*AWSReservedSSO_Developer_*" } } }`) + `
  managed_policy_arns = ["arn:aws:iam::aws:policy/AdministratorAccess"]
}
`,
			twins: []twin{
				{"of another name", `name         = "Developer"`, `name         = "Auditor"`, ""},
				{"in another account", `target_id          = "123456789012"`, `target_id          = "222222222222"`, ""},
				{"within a boundary", "policy/PowerUserAccess", "policy/AmazonS3FullAccess", ""},
			},
		},
		{
			name: "an identity provider of its own", start: "dev", target: "admin", want: "must",
			text: tfUser("dev", `{ Effect = "Allow", Action = "iam:UpdateSAMLProvider", Resource = aws_iam_saml_provider.idp.arn }`) + `
resource "aws_iam_saml_provider" "idp" {
  name                   = "idp"
  saml_metadata_document = "x"
}
resource "aws_iam_saml_provider" "other" {
  name                   = "other"
  saml_metadata_document = "x"
}
resource "aws_iam_role" "top" {
  name                = "top"
  assume_role_policy  = ` + tfPolicy(`{ Effect = "Allow", Action = "sts:AssumeRoleWithSAML", Principal = { Federated = aws_iam_saml_provider.idp.arn }, Condition = { StringEquals = { "SAML:aud" = "https://signin.aws.amazon.com/saml" } } }`) + `
  managed_policy_arns = ["arn:aws:iam::aws:policy/AdministratorAccess"]
}
`,
			twins: []twin{{"that the role does not trust", "Federated = aws_iam_saml_provider.idp.arn", "Federated = aws_iam_saml_provider.other.arn", ""}},
		},
		{
			name: "a workflow", start: "dev", target: "admin", want: "must",
			text: tfUser("dev", `{ Effect = "Allow", Action = "s3:PutObject", Resource = "${aws_s3_bucket.flows.arn}/dags/*" }`) + tfRole("airflow", `Service = "airflow-env.amazonaws.com"`, admin) + `
resource "aws_s3_bucket" "flows" { bucket = "flows" }
resource "aws_mwaa_environment" "flows" {
  name               = "flows"
  dag_s3_path        = "dags/"
  execution_role_arn = aws_iam_role.airflow.arn
  source_bucket_arn  = aws_s3_bucket.flows.arn
}
`,
			twins: []twin{{"beside the folder", "}/dags/*", "}/docs/*", ""}},
		},
		{
			name: "a step on a cluster", start: "dev", target: "admin", want: "may",
			text: tfUser("dev", `{ Effect = "Allow", Action = "elasticmapreduce:AddJobFlowSteps", Resource = "*" }`) + tfRole("emr", `Service = "ec2.amazonaws.com"`, admin) + `
resource "aws_iam_instance_profile" "emr" { role = aws_iam_role.emr.name }
resource "aws_emr_cluster" "data" {
  name          = "data"
  release_label = "emr-7.0.0"
  ec2_attributes { instance_profile = aws_iam_instance_profile.emr.arn }
}
`,
			twins: []twin{{"that runs with no role shown", "ec2_attributes { instance_profile = aws_iam_instance_profile.emr.arn }", "", ""}},
		},
		{
			name: "a notebook of a domain", start: "dev", target: "admin", want: "may",
			text: tfUser("dev", `{ Effect = "Allow", Action = "sagemaker:CreatePresignedDomainUrl", Resource = "*" }`) + tfRole("studio", `Service = "sagemaker.amazonaws.com"`, admin) + `
resource "aws_sagemaker_domain" "lab" {
  domain_name = "lab"
  auth_mode   = "IAM"
  default_user_settings { execution_role = aws_iam_role.studio.arn }
}
resource "aws_sagemaker_user_profile" "ann" {
  domain_id         = aws_sagemaker_domain.lab.id
  user_profile_name = "ann"
}
`,
			twins: []twin{
				{"of another domain", `DomainUrl", Resource = "*" }`, `DomainUrl", Resource = "arn:aws:sagemaker:*:*:user-profile/d-other/*" }`, ""},
				{"with a role of its own", `user_profile_name = "ann"`, "user_profile_name = \"ann\"\n  user_settings { execution_role = \"arn:aws:iam::123456789012:role/other\" }", ""},
			},
		},
		{
			name: "a key of a user who moves files", start: "dev", target: "res/aws_secretsmanager_secret.db", want: "may",
			text: tfUser("dev", `{ Effect = "Allow", Action = "transfer:ImportSshPublicKey", Resource = "*" }`) + tfRole("files", `Service = "transfer.amazonaws.com"`, tfReads) + tfSecret + `
resource "aws_transfer_server" "files" { identity_provider_type = "SERVICE_MANAGED" }
resource "aws_transfer_user" "ann" {
  server_id = aws_transfer_server.files.id
  user_name = "ann"
  role      = aws_iam_role.files.arn
}
`,
			twins: []twin{{"that is only listed", "transfer:ImportSshPublicKey", "transfer:DescribeUser", ""}},
		},
		{
			name: "an image of a task", start: "dev", target: "res/aws_secretsmanager_secret.db", want: "may",
			text: tfUser("dev", `{ Effect = "Allow", Action = ["ecr:PutImage", "ecr:InitiateLayerUpload", "ecr:UploadLayerPart", "ecr:CompleteLayerUpload"], Resource = aws_ecr_repository.app.arn }`) +
				tfRole("task", `Service = "ecs-tasks.amazonaws.com"`, tfReads) + tfSecret + `
resource "aws_ecr_repository" "app" { name = "app" }
resource "aws_ecr_repository" "web" { name = "web" }
resource "aws_ecs_task_definition" "app" {
  family                = "app"
  task_role_arn         = aws_iam_role.task.arn
  container_definitions = jsonencode([{ name = "log", image = "public.ecr.aws/x/log" }, { name = "app", image = "${aws_ecr_repository.app.repository_url}:latest" }])
}
`,
			twins: []twin{{"of another repository", "${aws_ecr_repository.app.repository_url}:latest", "${aws_ecr_repository.web.repository_url}:latest", ""}},
		},
		{
			name: "a second factor of nobody", start: "fn", target: "role/aws_iam_role.top", want: "",
			text: tfRole("fn", `Service = "codebuild.amazonaws.com"`, `{ Effect = "Allow", Action = "sts:AssumeRole", Resource = aws_iam_role.top.arn }`) + `
resource "aws_iam_role" "top" {
  name               = "top"
  assume_role_policy = ` + tfPolicy(`{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { AWS = aws_iam_role.fn.arn }, Condition = { Bool = { "aws:MultiFactorAuthPresent" = "true" } } }`) + `
}
`,
			twins: []twin{
				{"of people who assume it", `Service = "codebuild.amazonaws.com"`, `AWS = "arn:aws:iam::123456789012:root"`, "may"},
				{"that is asked of those who have one", `Bool = { "aws:MultiFactorAuthPresent" = "true" }`, `BoolIfExists = { "aws:MultiFactorAuthPresent" = "true" }`, "may"},
				{"that must be none", `{ "aws:MultiFactorAuthPresent" = "true" }`, `{ "aws:MultiFactorAuthPresent" = "false" }`, "may"},
			},
		},
		{
			name: "an express state machine", start: "dev", target: "res/aws_sfn_state_machine.flow", want: "must",
			text: tfUser("dev", `{ Effect = "Allow", Action = "states:StartSyncExecution", Resource = "*" }`) + tfRole("flow", `Service = "states.amazonaws.com"`) + `
resource "aws_sfn_state_machine" "flow" {
  name       = "flow"
  type       = "EXPRESS"
  role_arn   = aws_iam_role.flow.arn
  definition = "{}"
}
`,
			twins: []twin{{"that is standard", `type       = "EXPRESS"`, "", ""}, {"of a type that nobody tells", `"EXPRESS"`, "var.type", "must"}},
		},
	} {
		p.run(t)
	}
}

// A bucket that leaves who may to its access points is reached by them.
func TestTerraformAccessPoints(t *testing.T) {
	pair{
		name: "an access point", start: "dev", target: "res/aws_s3_bucket.data", want: "must",
		text: tfUser("dev", `{ Effect = "Allow", Action = "s3:GetObject", Resource = "${aws_s3_access_point.door.arn}/object/*" }`) + `
resource "aws_s3_bucket" "data" { bucket = "data" }
resource "aws_s3_access_point" "door" {
  name   = "door"
  bucket = aws_s3_bucket.data.id
}
resource "aws_s3_bucket_policy" "data" {
  bucket = aws_s3_bucket.data.id
  policy = ` + tfPolicy(`{ Effect = "Allow", Principal = "*", Action = "*", Resource = ["arn:aws:s3:::data", "arn:aws:s3:::data/*"], Condition = { StringEquals = { "s3:DataAccessPointAccount" = "123456789012" } } }`) + `
}
`,
		twins: []twin{
			{"of a network", `name   = "door"`, "name   = \"door\"\n  vpc_configuration { vpc_id = \"vpc-1\" }", "may"},
			{"of another name", "${aws_s3_access_point.door.arn}/object/*", "arn:aws:s3:us-east-1:123456789012:accesspoint/other/object/*", ""},
			{"that is denied", `Effect = "Allow", Principal = "*"`, `Effect = "Deny", Principal = "*"`, ""},
		},
	}.run(t)
}

// What a map of a state machine takes its items from feeds, perhaps, what the map runs.
func TestTerraformItemsOfMaps(t *testing.T) {
	secret := strings.Replace(tfReads, "aws_secretsmanager_secret.db.arn", `"*"`, 1)
	pair{
		name: "an item reader", start: "dev", target: "fn/aws_lambda_function.work", want: "may",
		text: tfUser("dev", `{ Effect = "Allow", Action = "s3:PutObject", Resource = "arn:aws:s3:::data/in/*" }`) + tfRole("work", `Service = "lambda.amazonaws.com"`, secret) + `
resource "aws_s3_bucket" "data" { bucket = "data" }
resource "aws_lambda_function" "work" {
  function_name = "work"
  role          = aws_iam_role.work.arn
  handler       = "app.handler"
  runtime       = "python3.13"
  filename      = "x.zip"
}
resource "aws_sfn_state_machine" "each" {
  name     = "each"
  role_arn = aws_iam_role.work.arn
  definition = jsonencode({ StartAt = "Each", States = { Each = { Type = "Map", End = true,
    ItemReader = { Resource = "arn:aws:states:::s3:getObject", Parameters = { Bucket = aws_s3_bucket.data.id, Key = "in/list.csv" } }
    ItemProcessor = { StartAt = "Do", States = { Do = { Type = "Task", Resource = aws_lambda_function.work.arn, End = true } } }
  } } })
}
`,
		twins: []twin{
			{"of another key", `Key = "in/list.csv"`, `Key = "out/list.csv"`, ""},
			{"of a folder", `"arn:aws:states:::s3:getObject", Parameters = { Bucket = aws_s3_bucket.data.id, Key = "in/list.csv" }`, `"arn:aws:states:::s3:listObjectsV2", Arguments = { Bucket = "data", Prefix = "in/" }`, "may"},
			{"of a bucket that the input names", "Bucket = aws_s3_bucket.data.id", `"Bucket.$" = "$.bucket"`, ""},
		},
	}.run(t)
}
