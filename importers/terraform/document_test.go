package terraform

import (
	"slices"
	"strings"
	"testing"

	"bulkhead/model/policy"
)

// statementsOf is a document's statements in short: "Sid Effect actions resources principals conditions".
func statementsOf(t testing.TB, text string) []string {
	t.Helper()
	d, err := policy.Parse([]byte(text))
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	var out []string
	for _, st := range d.Statements {
		not := map[bool]string{true: "!"}
		s := []string{st.Sid, st.Effect.String(), not[st.NotAction] + strings.Join(st.Actions, ","), not[st.NotResource] + strings.Join(st.Resources, ",")}
		var who []string
		for _, p := range st.Principals {
			who = append(who, p.Kind+"="+p.Value)
		}
		slices.Sort(who)
		s = append(s, not[st.NotPrincipal]+strings.Join(who, ","))
		var when []string
		for _, c := range st.Conditions {
			when = append(when, c.Operator+" "+c.Key+" "+strings.Join(c.Values, ","))
		}
		slices.Sort(when)
		out = append(out, strings.TrimSpace(strings.Join(append(s, when...), "|")))
	}
	return out
}

// The documents are the examples of the provider's documentation, and what they come to there:
// https://registry.terraform.io/providers/hashicorp/aws/latest/docs/data-sources/iam_policy_document
func TestPolicyDocuments(t *testing.T) {
	c := readFiles(t, map[string]string{"main.tf": `
data "aws_iam_policy_document" "assume" {
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "Service"
      identifiers = ["firehose.amazonaws.com"]
    }
    principals {
      type        = "AWS"
      identifiers = ["arn:aws:iam::111122223333:root"]
    }
    principals {
      type        = "Service"
      identifiers = ["lambda.amazonaws.com"]
    }
  }
}

data "aws_iam_policy_document" "anybody" {
  policy_id = "open"
  statement {
    sid           = "Open"
    effect        = "Deny"
    not_actions   = ["s3:GetObject"]
    not_resources = ["arn:aws:s3:::b/&{aws:username}/*"]
    principals {
      type        = "*"
      identifiers = ["*"]
    }
    condition {
      test     = "StringLike"
      variable = "s3:prefix"
      values   = ["", "home/", "home/&{aws:username}/"]
    }
    condition {
      test     = "ForAnyValue:StringEquals"
      variable = "kms:EncryptionContext:service"
      values   = ["pi"]
    }
    condition {
      test     = "StringLike"
      variable = "s3:prefix"
      values   = ["more/"]
    }
  }
}

data "aws_iam_policy_document" "source" {
  statement {
    actions   = ["ec2:*"]
    resources = ["*"]
  }
  statement {
    sid       = "SidToOverride"
    actions   = ["s3:*"]
    resources = ["*"]
  }
}

data "aws_iam_policy_document" "source_document_example" {
  source_policy_documents = [data.aws_iam_policy_document.source.json]
  statement {
    sid       = "SidToOverride"
    actions   = ["s3:*"]
    resources = ["arn:aws:s3:::somebucket", "arn:aws:s3:::somebucket/*"]
  }
}

data "aws_iam_policy_document" "override" {
  statement {
    sid       = "SidToOverride"
    actions   = ["s3:*"]
    resources = ["*"]
  }
}

data "aws_iam_policy_document" "override_policy_document_example" {
  override_policy_documents = [data.aws_iam_policy_document.override.json]
  statement {
    actions   = ["ec2:*"]
    resources = ["*"]
  }
  statement {
    sid       = "SidToOverride"
    actions   = ["s3:*"]
    resources = ["arn:aws:s3:::somebucket", "arn:aws:s3:::somebucket/*"]
  }
}

data "aws_iam_policy_document" "policy_one" {
  statement {
    sid       = "OverridePlaceholderOne"
    actions   = ["s3:*"]
    resources = ["*"]
  }
}

data "aws_iam_policy_document" "policy_two" {
  statement {
    actions   = ["ec2:*"]
    resources = ["*"]
  }
  statement {
    sid       = "OverridePlaceholderTwo"
    actions   = ["iam:*"]
    resources = ["*"]
  }
}

data "aws_iam_policy_document" "policy_three" {
  statement {
    sid       = "OverridePlaceholderOne"
    effect    = "Deny"
    actions   = ["logs:*"]
    resources = ["*"]
  }
}

data "aws_iam_policy_document" "combined" {
  override_policy_documents = [
    data.aws_iam_policy_document.policy_one.json,
    data.aws_iam_policy_document.policy_two.json,
    data.aws_iam_policy_document.policy_three.json,
  ]
  statement {
    sid       = "OverridePlaceholderTwo"
    effect    = "Deny"
    actions   = ["*"]
    resources = ["*"]
  }
}

data "aws_iam_policy_document" "empty" {
  source_policy_documents = [data.aws_iam_policy_document.source.json, file("more.json"), jsonencode({
    Statement = { Sid = "SidToOverride", Effect = "Deny", Action = "s3:PutObject", Resource = "*" }
  })]
  version = "2008-10-17"
}

variable "buckets" { default = ["a", "b"] }
data "aws_iam_policy_document" "dynamic" {
  dynamic "statement" {
    for_each = var.buckets
    iterator = bucket
    content {
      sid       = "B${bucket.key}"
      actions   = ["s3:GetObject"]
      resources = ["arn:aws:s3:::${bucket.value}/*"]
    }
  }
  statement {
    actions   = ["s3:ListAllMyBuckets"]
    resources = ["*"]
  }
}
`, "more.json": `{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": "*"}]}`}, nil)
	for _, x := range []struct {
		name, version string
		want          []string
	}{
		{"assume", "2012-10-17", []string{"|Allow|sts:AssumeRole||AWS=arn:aws:iam::111122223333:root,Service=firehose.amazonaws.com,Service=lambda.amazonaws.com"}},
		{"anybody", "2012-10-17", []string{"Open|Deny|!s3:GetObject|!arn:aws:s3:::b/${aws:username}/*|*=*|ForAnyValue:StringEquals kms:EncryptionContext:service pi|StringLike s3:prefix ,home/,home/${aws:username}/,more/"}},
		{"source_document_example", "2012-10-17", []string{"|Allow|ec2:*|*|", "SidToOverride|Allow|s3:*|arn:aws:s3:::somebucket,arn:aws:s3:::somebucket/*|"}},
		{"override_policy_document_example", "2012-10-17", []string{"|Allow|ec2:*|*|", "SidToOverride|Allow|s3:*|*|"}},
		{"combined", "2012-10-17", []string{"OverridePlaceholderTwo|Allow|iam:*|*|", "OverridePlaceholderOne|Deny|logs:*|*|", "|Allow|ec2:*|*|"}},
		{"empty", "2008-10-17", []string{"|Allow|ec2:*|*|", "SidToOverride|Deny|s3:PutObject|*|", "|Allow|sqs:SendMessage|*|"}},
		{"dynamic", "2012-10-17", []string{"B0|Allow|s3:GetObject|arn:aws:s3:::a/*|", "B1|Allow|s3:GetObject|arn:aws:s3:::b/*|", "|Allow|s3:ListAllMyBuckets|*|"}},
	} {
		o := find(t, c, "data.aws_iam_policy_document."+x.name)
		json := words(dig(o.value, "json"))
		if got := statementsOf(t, json); !slices.Equal(got, x.want) {
			t.Errorf("%s has\n%s\nwant\n%s", x.name, strings.Join(got, "\n"), strings.Join(x.want, "\n"))
		}
		if d, _ := policy.Parse([]byte(json)); d.Version != x.version {
			t.Errorf("%s has version %s, want %s", x.name, d.Version, x.version)
		}
	}
	for _, d := range c.diagnostics {
		t.Error(d, d.Detail)
	}
}

// The bytes of every statement's place are the statement, however it is written.
func TestStatementsStandWhereTheyAreSaid(t *testing.T) {
	files := map[string]string{"main.tf": `
locals {
  shared = { Sid = "Shared", Effect = "Allow", Action = "s3:GetObject", Resource = "*" }
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Sid = "Local", Effect = "Allow", Action = "s3:PutObject", Resource = "*" }] })
}
resource "aws_iam_role" "r" {
  name = "r"
  assume_role_policy = jsonencode({
    Statement = [{ Sid = "Trust", Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "lambda.amazonaws.com" } }]
  })
  inline_policy {
    name   = "inline"
    policy = <<-EOT
      {
        "Version": "2012-10-17",
        "Statement": [
          { "Sid": "Here", "Effect": "Allow", "Action": ["sqs:*"], "Resource": "${aws_sqs_queue.q.arn}" },
          { "Sid": "There", "Effect": "Allow", "Action": "sns:*", "Resource": "*" }
        ]
      }
    EOT
  }
  inline_policy {
    name   = "local"
    policy = local.policy
  }
}
resource "aws_sqs_queue" "q" { name = "q" }
resource "aws_iam_policy" "file" {
  policy = file("${path.module}/policy.json")
}
resource "aws_iam_policy" "template" {
  policy = templatefile("policy.tftpl", { arn = aws_sqs_queue.q.arn })
}
resource "aws_iam_policy" "data" {
  policy = data.aws_iam_policy_document.d.json
}
resource "aws_iam_policy" "mixed" {
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = concat([local.shared], [for q in ["a", "b"] : { Sid = "For", Effect = "Allow", Action = "sqs:SendMessage", Resource = q }])
  })
}
resource "aws_iam_policy" "single" {
  policy = jsonencode({ Statement = { Sid = "Single", Effect = "Allow", Action = "*", Resource = "*" } })
}
data "aws_iam_policy_document" "base" {
  statement {
    sid = "Base"
    actions = ["s3:List*"]
    resources = ["*"]
  }
}
data "aws_iam_policy_document" "d" {
  source_policy_documents = [data.aws_iam_policy_document.base.json]
  statement {
    sid = "Block"
    actions = ["s3:Get*"]
    resources = ["*"]
  }
}
`,
		"policy.json":  `{"Version": "2012-10-17", "Statement": [{"Sid": "File", "Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}`,
		"policy.tftpl": `{"Statement": {"Sid": "Template", "Effect": "Allow", "Action": "s3:*", "Resource": "${arn}"}}`,
	}
	c := readFiles(t, files, nil)
	for _, x := range []struct {
		address string
		path    []string
		want    []string
	}{
		{"aws_iam_role.r", []string{"assume_role_policy"}, []string{"Trust"}},
		{"aws_iam_role.r", []string{"inline_policy", "0", "policy"}, []string{"Here", "There"}},
		{"aws_iam_role.r", []string{"inline_policy", "1", "policy"}, []string{"Local"}},
		{"aws_iam_policy.file", []string{"policy"}, []string{"File"}},
		{"aws_iam_policy.template", []string{"policy"}, []string{"Template"}},
		{"aws_iam_policy.data", []string{"policy"}, []string{"Base", "Block"}},
		{"aws_iam_policy.mixed", []string{"policy"}, []string{"Shared", "For", "For"}},
		{"aws_iam_policy.single", []string{"policy"}, []string{"Single"}},
		{"data.aws_iam_policy_document.d", []string{"json"}, []string{"Base", "Block"}},
	} {
		o := find(t, c, x.address)
		w := o.documents(x.path...)
		if w == nil {
			t.Errorf("%s %v: not known", x.address, x.path)
			continue
		}
		if at := o.at(x.path...); at.IsZero() {
			t.Errorf("%s %v is nowhere", x.address, x.path)
		}
		if len(w.statements) != len(x.want) {
			t.Errorf("%s %v has %d places, want %d", x.address, x.path, len(w.statements), len(x.want))
			continue
		}
		d, err := policy.Parse([]byte(words(dig(o.value, x.path...))))
		if err != nil || len(d.Statements) != len(x.want) {
			t.Errorf("%s %v: %v", x.address, x.path, err)
			continue
		}
		for i, at := range w.statements {
			text := files[at.File][at.Start:at.End]
			if first := strings.ContainsAny(text[:1], "{s"); !first || !strings.HasSuffix(text, "}") || strings.Count(strings.ToLower(text), "sid") != 1 || !strings.Contains(text, `"`+x.want[i]+`"`) || d.Statements[i].Sid != x.want[i] {
				t.Errorf("%s %v: at %v stands %s, want %s", x.address, x.path, at, text, x.want[i])
			}
			if line := 1 + strings.Count(files[at.File][:at.Start], "\n"); at.Line != line {
				t.Errorf("%v is in line %d", at, line)
			}
		}
	}
	for _, d := range c.diagnostics {
		t.Error(d, d.Detail)
	}
}
