package terraform

import (
	"strings"
	"testing"

	"bulkhead/importers"
	"bulkhead/model"
	"bulkhead/model/policy"
)

// Documents that a key takes out of several ([each.key], [count.index]) stand where they are written, and are changed there.
func TestKeyedDocuments(t *testing.T) {
	in := openFiles(t, map[string]string{"main.tf": `
locals {
  grants = {
    one = [{ actions = ["sqs:SendMessage", "sqs:GetQueueUrl"], resources = ["*"] }]
    two = [{ actions = ["s3:GetObject", "s3:PutObject"], resources = ["*"] }]
  }
}
data "aws_iam_policy_document" "each" {
  for_each = local.grants
  dynamic "statement" {
    for_each = each.value
    content {
      actions   = statement.value.actions
      resources = statement.value.resources
    }
  }
}
data "aws_iam_policy_document" "maybe" {
  count = 1
  statement {
    actions   = ["sns:Publish", "sns:Subscribe"]
    resources = ["*"]
  }
}
module "m" {
  source   = "./m"
  for_each = { x = "dynamodb:Query" }
  action   = each.value
}
resource "aws_iam_policy" "each" {
  for_each = local.grants
  name     = "each-${each.key}"
  policy   = data.aws_iam_policy_document.each[each.key].json
}
resource "aws_iam_policy" "maybe" {
  count  = 1
  name   = "maybe"
  policy = data.aws_iam_policy_document.maybe[count.index].json
}
resource "aws_iam_policy" "module" {
  for_each = { x = 1 }
  name     = "module"
  policy   = module.m[each.key].json
}
`, "m/main.tf": `
variable "action" {}
data "aws_iam_policy_document" "p" {
  statement {
    actions   = ["dynamodb:GetItem", var.action]
    resources = ["*"]
  }
}
output "json" { value = data.aws_iam_policy_document.p.json }
`})
	for id, want := range map[model.ID]string{
		"policy/aws_iam_policy.each%5B%22one%22%5D": "main.tf:4",
		"policy/aws_iam_policy.each%5B%22two%22%5D": "main.tf:5",
		"policy/aws_iam_policy.maybe%5B0%5D":        "main.tf:20",
		"policy/aws_iam_policy.module%5B%22x%22%5D": "m/main.tf:4",
	} {
		p := in.Design.Policy(id)
		if got := p.Document.Statements[0].Span.String(); got != want {
			t.Errorf("the statement of %s stands at %s, not at %s", id, got, want)
		}
		after := withPolicy(t, in.Design, id, func(l []*policy.Statement) []*policy.Statement {
			one := *l[0]
			one.Actions = one.Actions[:1]
			return []*policy.Statement{&one}
		})
		edits, err := in.Source.(importers.Patcher).Patch(in, after)
		if strings.HasSuffix(string(id), "x%22%5D") {
			if err == nil || !strings.HasPrefix(err.Error(), "m/main.tf:4: ") {
				t.Errorf("a module with for_each was changed for one: %v", err)
			}
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", id, err)
			continue
		}
		if _, err := importers.Prove(t.Context(), in, after, edits); err != nil {
			t.Errorf("%s: %v", id, err)
		}
	}
}

// The region that ARNs told stays when an edit takes the last of them away.
func TestRegionOfEditedARNs(t *testing.T) {
	in := openFiles(t, map[string]string{"main.tf": `
resource "aws_iam_policy" "p" {
  name   = "p"
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sqs:SendMessage", Resource = ["arn:aws:sqs:eu-west-1:123456789012:a", "arn:aws:s3:::b"] }] })
}
resource "aws_sqs_queue" "q" {
  name = "q"
}
`})
	after := withPolicy(t, in.Design, "policy/aws_iam_policy.p", func(l []*policy.Statement) []*policy.Statement {
		one := *l[0]
		one.Resources = one.Resources[1:]
		return []*policy.Statement{&one}
	})
	edits, err := in.Source.(importers.Patcher).Patch(in, after)
	if err != nil {
		t.Fatal(err)
	}
	again, err := importers.ProveImport(t.Context(), in, after, edits)
	if err != nil {
		t.Fatal(err)
	}
	if q := again.Design.Find("aws_sqs_queue.q").(*model.Resource); q.ARN != "arn:aws:sqs:eu-west-1:123456789012:q" || again.Options.Region != "" {
		t.Errorf("the queue is %s, and the region %q is asked for", q.ARN, again.Options.Region)
	}
}
