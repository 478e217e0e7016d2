package command_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Folders of Terraform as people deploy them to try an escalation: a start, a target, and a twin that just does not lead there.
func TestTerraformScenarios(t *testing.T) {
	const user = `
resource "aws_iam_user" "start" { name = "start" }
resource "aws_iam_user_policy" "start" {
  user   = aws_iam_user.start.name
  policy = jsonencode({ Version = "2012-10-17", Statement = [%] })
}
`
	const admin = `
resource "aws_iam_role" "admin" {
  name               = "admin"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Principal = { PRINCIPAL }, Action = "sts:AssumeRole" }] })
}
resource "aws_iam_role_policy_attachment" "admin" {
  role       = aws_iam_role.admin.name
  policy_arn = "arn:aws:iam::aws:policy/AdministratorAccess"
}
`
	const two = `
provider "aws" { region = "us-east-1" }
provider "aws" {
  alias  = "prod"
  region = "us-east-1"
  assume_role { role_arn = "arn:aws:iam::222222222222:role/deploy" }
}
`
	grants := func(statements string) string {
		return strings.Replace(user, "%", statements, 1)
	}
	lets := func(principal string) string { return strings.Replace(admin, "PRINCIPAL", principal, 1) }
	prod := func(text string) string {
		return strings.ReplaceAll(strings.ReplaceAll(text, "aws_iam_role\" \"admin\" {", "aws_iam_role\" \"admin\" {\n  provider = aws.prod"), "attachment\" \"admin\" {", "attachment\" \"admin\" {\n  provider = aws.prod")
	}
	const instance = `
resource "aws_iam_instance_profile" "p" {
  name = "p"
  role = aws_iam_role.admin.name
}
resource "aws_instance" "host" {
  ami                  = "ami-1"
  instance_type        = "t3.micro"
  iam_instance_profile = aws_iam_instance_profile.p.name
}
resource "aws_instance" "plain" {
  ami           = "ami-1"
  instance_type = "t3.micro"
}
`
	for name, c := range map[string]struct{ text, admin string }{
		"passing a role":          {grants(`{ Effect = "Allow", Action = ["iam:PassRole"], Resource = aws_iam_role.admin.arn }, { Effect = "Allow", Action = ["lambda:CreateFunction", "lambda:InvokeFunction"], Resource = "*" }`) + lets(`Service = "lambda.amazonaws.com"`), "must"},
		"passing another role":    {grants(`{ Effect = "Allow", Action = ["iam:PassRole"], Resource = "arn:aws:iam::*:role/other" }, { Effect = "Allow", Action = ["lambda:CreateFunction", "lambda:InvokeFunction"], Resource = "*" }`) + lets(`Service = "lambda.amazonaws.com"`), ""},
		"assuming":                {grants(`{ Effect = "Allow", Action = "sts:AssumeRole", Resource = aws_iam_role.admin.arn }`) + lets(`AWS = aws_iam_user.start.arn`), "must"},
		"assuming in prod":        {two + grants(`{ Effect = "Allow", Action = "sts:AssumeRole", Resource = aws_iam_role.admin.arn }`) + prod(lets(`AWS = aws_iam_user.start.arn`)), "must"},
		"trusted alone in prod":   {two + grants(`{ Effect = "Allow", Action = "s3:GetObject", Resource = "*" }`) + prod(lets(`AWS = aws_iam_user.start.arn`)), ""},
		"granted alone in prod":   {two + grants(`{ Effect = "Allow", Action = "sts:AssumeRole", Resource = "*" }`) + prod(lets(`AWS = "arn:aws:iam::222222222222:root"`)), ""},
		"changing a role in prod": {two + grants(`{ Effect = "Allow", Action = ["iam:*"], Resource = "arn:aws:iam::222222222222:*" }`) + prod(lets(`AWS = aws_iam_user.start.arn`)), ""},
		"the instance":            {grants(`{ Effect = "Allow", Action = "ssm:StartSession", Resource = aws_instance.host.arn }`) + lets(`Service = "ec2.amazonaws.com"`) + instance, "may"},
		"its start-up script":     {grants(`{ Effect = "Allow", Action = ["ec2:ModifyInstanceAttribute", "ec2:StopInstances", "ec2:StartInstances"], Resource = aws_instance.host.arn }`) + lets(`Service = "ec2.amazonaws.com"`) + instance, "must"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			if err := os.WriteFile(filepath.Join(dir, "main.tf"), []byte(c.text), 0o600); err != nil {
				t.Fatal(err)
			}
			for _, start := range []string{"start", "aws_iam_user.start"} {
				if got := breachOf(t, start, dir); got.admin != c.admin {
					t.Errorf("%s: administrator %q, not %q: %v", start, got.admin, c.admin, got.hits)
				}
			}
		})
	}
}
