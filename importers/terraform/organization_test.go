package terraform

import (
	"slices"
	"strings"
	"testing"

	"bulkhead/model"
	"bulkhead/model/source"
)

// What a configuration sets its organization's accounts binds those beside the one that it works in; what it sets a unit that nobody
// shows perhaps does.
func TestOrganizationPolicies(t *testing.T) {
	in := openFiles(t, map[string]string{"main.tf": `
provider "aws" { allowed_account_ids = ["111111111111"] }
provider "aws" {
  alias = "member"
  assume_role { role_arn = "arn:aws:iam::222222222222:role/deploy" }
}

resource "aws_organizations_organization" "all" {}

resource "aws_organizations_policy" "region" {
  name    = "region"
  content = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Deny", Action = "ec2:*", Resource = "*" }] })
}

resource "aws_organizations_policy" "keys" {
  name    = "keys"
  type    = "RESOURCE_CONTROL_POLICY"
  content = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Deny", Principal = "*", Action = "kms:*", Resource = "*" }] })
}

resource "aws_organizations_policy_attachment" "everywhere" {
  policy_id = aws_organizations_policy.region.id
  target_id = aws_organizations_organization.all.roots[0].id
}

resource "aws_organizations_policy_attachment" "one" {
  policy_id = aws_organizations_policy.keys.id
  target_id = "222222222222"
}

resource "aws_organizations_policy_attachment" "unit" {
  policy_id = aws_organizations_policy.region.id
  target_id = "ou-ab12-cdefghij"
}

resource "aws_iam_user" "theirs" {
  provider = aws.member
  name     = "theirs"
}
`})
	g := in.Design.Info().Guardrails
	if !g["111111111111"].Management || len(g["111111111111"].SCPs) > 0 {
		t.Errorf("the management account: %+v", g["111111111111"])
	}
	for account, rcps := range map[string]int{"222222222222": 1, model.AnyAccount: 0} {
		got := g[account]
		if len(got.SCPs) != 2 || len(got.SCPs[0].Policies) != 2 || got.SCPs[0].Policies[1].Statements[0].Actions[0] != "ec2:*" || len(got.RCPs) != rcps {
			t.Fatalf("%s: %+v", account, got)
		}
		if c := got.SCPs[1].Policies[1].Statements[0].Conditions; len(got.SCPs[0].Policies[1].Statements[0].Conditions) != 0 || len(c) != 1 || c[0].Key != "organizations:ou-ab12-cdefghij" {
			t.Errorf("%s: the unit's on condition of %v", account, c)
		}
	}
	if !slices.ContainsFunc(in.Diagnostics, func(d source.Diagnostic) bool {
		return d.Severity == source.Warning && d.Summary == "which accounts are in ou-ab12-cdefghij is not known" && d.Span.Line == 33
	}) {
		t.Errorf("the unit is not told: %v", in.Diagnostics)
	}
}

// An account that nobody tells is told where its provider is named first.
func TestUnconfiguredProvider(t *testing.T) {
	in := openFiles(t, map[string]string{"main.tf": `
resource "aws_iam_user" "here" { name = "here" }

resource "aws_iam_user" "there" {
  provider = aws.other
  name     = "there"
}
`})
	for _, d := range in.Diagnostics {
		if d.Summary == "nobody tells the account of provider aws.other" && (d.Span.File != "main.tf" || d.Span.Line != 5) {
			t.Errorf("told at %s:%d", d.Span.File, d.Span.Line)
		}
	}
}

// Beside a provider whose account has a variable of its own, account_id is that of the other one.
func TestHomeAccount(t *testing.T) {
	in := openFiles(t, map[string]string{"main.tf": `
terraform {
  required_providers {
    aws = {
      source                = "hashicorp/aws"
      configuration_aliases = [aws.prod, aws.attacker]
    }
  }
}

variable "account_id" {}
variable "attacker_account_id" {}

resource "aws_iam_role" "target" {
  provider           = aws.prod
  name               = "target"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Principal = { AWS = "arn:aws:iam::${var.account_id}:root" }, Action = "sts:AssumeRole" }] })
}

resource "aws_ecr_repository" "image" {
  provider = aws.attacker
  name     = "image"
}
`})
	role := in.Design.Role("role/aws_iam_role.target")
	if role.ARN != "arn:aws:iam::123456789012:role/target" || role.Trust.Statements[0].Principals[0].Value != "arn:aws:iam::123456789012:root" {
		t.Errorf("%s trusts %v", role.ARN, role.Trust.Statements[0].Principals)
	}
	for _, r := range in.Design.Resources() {
		if r.Type == "AWS::ECR::Repository" && strings.Contains(r.ARN, "123456789012") {
			t.Errorf("%s is in the account of the other", r.ARN)
		}
	}
}
