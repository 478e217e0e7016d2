package terraform

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"bulkhead/importers"
	"bulkhead/model/policy"
	"bulkhead/model/source"
)

// givenStatements is a module with every way to be given statements, and calls of it and of one of the registry.
var givenStatements = map[string]string{"main.tf": `
resource "aws_s3_bucket" "data" {
  bucket = "data"
}

module "rules" {
  source = "./m"
  name   = "rules"
  rules = [
    {
      can = ["s3:GetObject", "s3:PutObject"]
      on  = ["${aws_s3_bucket.data.arn}/*"]
    },
    { can = ["sqs:SendMessage", "sqs:GetQueueUrl"], on = ["*"] },
  ]
}

module "named" {
  source = "./m"
  name   = "named"
  rules = {
    read = {
      can = ["s3:GetObject", "s3:PutObject"]
      on  = ["${aws_s3_bucket.data.arn}/*"]
    }
    # To send.
    send = {
      can = ["sqs:SendMessage", "sqs:GetQueueUrl"]
      on  = ["*"]
    }
  }
}

module "each" {
  source = "./m"
  name   = "each"
  policies = {
    own = {
      Version = "2012-10-17"
      Statement = [
        { Effect = "Allow", Action = ["s3:GetObject", "s3:PutObject"], Resource = "${aws_s3_bucket.data.arn}/*" },
        { Effect = "Allow", Action = ["sqs:SendMessage", "sqs:GetQueueUrl"], Resource = "*" },
      ]
    }
  }
}

module "fetched" {
  source        = "terraform-aws-modules/lambda/aws"
  function_name = "fetched"
  handler       = "a.b"
  runtime       = "python3.12"

  attach_policy_statements = true
  policy_statements = {
    read = {
      effect    = "Allow"
      actions   = ["s3:GetObject", "s3:PutObject"]
      resources = ["${aws_s3_bucket.data.arn}/*"]
    }
    send = {
      effect    = "Allow"
      actions   = ["sqs:SendMessage", "sqs:GetQueueUrl"]
      resources = ["*"]
    }
  }
}
`, "m/main.tf": `
variable "name" {}
variable "rules" { default = [] }
variable "policies" { default = {} }

resource "aws_iam_role" "r" {
  name               = var.name
  assume_role_policy = jsonencode({ Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "lambda.amazonaws.com" } }] })
}

data "aws_iam_policy_document" "d" {
  dynamic "statement" {
    for_each = var.rules
    iterator = rule
    content {
      effect    = lookup(rule.value, "effect", "Allow")
      actions   = rule.value.can
      resources = rule.value["on"]
    }
  }
}

resource "aws_iam_role_policy" "rules" {
  count  = length(var.rules) > 0 ? 1 : 0
  name   = "own"
  role   = aws_iam_role.r.id
  policy = data.aws_iam_policy_document.d.json
}

resource "aws_iam_role_policy" "each" {
  for_each = var.policies
  name     = each.key
  role     = aws_iam_role.r.id
  policy   = jsonencode(each.value)
}
`}

// A statement that a dynamic block, for_each or a module of the registry makes of what stands in a list or map stands there, and is
// changed and taken out there; what it has no place for there is refused.
func TestElements(t *testing.T) {
	in := openFiles(t, givenStatements)
	text := string(in.Files["main.tf"])
	n := 0
	for _, p := range in.Design.Policies() {
		if p.Document == nil || len(p.Document.Statements) != 2 {
			continue
		}
		n++
		st := p.Document.Statements[0]
		if st.Span.File != "main.tf" || !strings.HasPrefix(text[st.Span.Start:], "{") || !strings.Contains(text[st.Span.Start:st.Span.End], "s3:PutObject") {
			t.Errorf("%s stands at %s: %q", p.ID, st.Span, text[st.Span.Start:st.Span.End])
		}
		changes := map[string]func([]*policy.Statement) []*policy.Statement{
			"narrowed": func(l []*policy.Statement) []*policy.Statement {
				s := *l[0]
				s.Actions, s.Resources = s.Actions[:1], []string{"arn:aws:s3:::data/in/*"}
				return []*policy.Statement{&s, l[1]}
			},
			"without the first": func(l []*policy.Statement) []*policy.Statement { return l[1:] },
			"without the last":  func(l []*policy.Statement) []*policy.Statement { return l[:1] },
		}
		for how, change := range changes {
			got, ok := proven(t, string(p.ID)+" "+how, in, withPolicy(t, in.Design, p.ID, change))
			if !ok {
				continue
			}
			if string(got["m/main.tf"]) != givenStatements["m/main.tf"] {
				t.Errorf("%s %s: the module was changed", p.ID, how)
			}
		}
		after := withPolicy(t, in.Design, p.ID, func(l []*policy.Statement) []*policy.Statement {
			s := *l[0]
			s.Conditions = []policy.Condition{{Operator: "Bool", Key: "aws:SecureTransport", Values: []string{"true"}}}
			return []*policy.Statement{&s, l[1]}
		})
		_, err := in.Source.(importers.Patcher).Patch(in, after)
		if inObject := strings.Contains(string(p.ID), "each"); inObject != (err == nil) {
			t.Errorf("%s: a condition: %v", p.ID, err)
		}
	}
	if n != 4 {
		t.Errorf("%d policies of two statements", n)
	}
}

// A choice that nobody decides between objects of other keys has all that both have; a statement is one or the other.
func TestChoiceOfObjects(t *testing.T) {
	dir := t.TempDir()
	text := `
variable "prod" { type = bool }

locals {
  queues = var.prod ? { a = "first", b = "x" } : { b = "y", c = "third" }
  st = var.prod ? { Effect = "Allow", Action = "s3:GetObject", Resource = "*" } : { Effect = "Allow", NotAction = "s3:*", Resource = "*" }
}

resource "aws_sqs_queue" "q" {
  for_each = local.queues
  name     = each.value
}

resource "aws_iam_policy" "p" {
  policy = jsonencode({ Statement = [local.st] })
}
`
	if err := os.WriteFile(filepath.Join(dir, "main.tf"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	in, err := importers.OpenFS(context.Background(), Sources(), os.DirFS(dir), ".", importers.Options{})
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, r := range in.Design.Resources() {
		names = append(names, r.Name)
	}
	slices.Sort(names)
	if len(names) != 3 || !slices.Contains(names, "first") || !slices.Contains(names, "third") {
		t.Errorf("queues %q", names)
	}
	p := in.Design.Policy("policy/aws_iam_policy.p")
	if st := p.Document.Statements[0]; st.NotAction || !slices.Equal(st.Actions, []string{"s3:GetObject"}) {
		t.Errorf("statement %v", st)
	}
	if told := slices.ContainsFunc(in.Diagnostics, func(d source.Diagnostic) bool { return strings.Contains(d.Summary, "which of the two") }); !told {
		t.Error("that the first was taken is not told")
	}
}
