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
