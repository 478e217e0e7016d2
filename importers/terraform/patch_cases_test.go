package terraform

import (
	"context"
	"slices"
	"strings"
	"testing"

	"bulkhead/importers"
	"bulkhead/model"
	"bulkhead/model/policy"
	"bulkhead/model/source"
)

// written is one policy in each way that Terraform has.
var waysToWrite = map[string]map[string]string{
	"jsonencode": {"main.tf": `
resource "aws_iam_role_policy" "p" {
  role = aws_iam_role.r.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { # the first
        Sid    = "One"
        Effect = "Allow"
        Action = [
          "s3:GetObject", # to read
          "s3:PutObject",
          "s3:DeleteObject",
        ]
        Resource = "${aws_s3_bucket.b.arn}/*"
      },
      # the second
      {
        Sid      = "Two"
        Effect   = "Allow"
        Action   = "sqs:SendMessage"
        Resource = [aws_sqs_queue.q.arn]
        Condition = {
          StringEquals = { "aws:SourceVpc" = "vpc-1" }
        }
      },
      { Sid = "Three", Effect = "Allow", Action = ["sns:Publish", "sns:GetTopicAttributes"], Resource = "*" },
    ]
  })
}
`},
	"jsonencode in one line": {"main.tf": `
resource "aws_iam_role_policy" "p" {
  role   = aws_iam_role.r.id
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Sid = "One", Effect = "Allow", Action = ["s3:GetObject", "s3:PutObject", "s3:DeleteObject"], Resource = "${aws_s3_bucket.b.arn}/*" }, { Sid = "Two", Effect = "Allow", Action = "sqs:SendMessage", Resource = [aws_sqs_queue.q.arn], Condition = { StringEquals = { "aws:SourceVpc" = "vpc-1" } } }, { "Sid" : "Three", "Effect" : "Allow", "Action" : ["sns:Publish", "sns:GetTopicAttributes"], "Resource" : "*" }] })
}
`},
	"heredoc": {"main.tf": `
resource "aws_iam_role_policy" "p" {
  role   = aws_iam_role.r.id
  policy = <<-POLICY
    {
      "Version": "2012-10-17",
      "Statement": [
        {
          "Sid": "One",
          "Effect": "Allow",
          "Action": ["s3:GetObject", "s3:PutObject", "s3:DeleteObject"],
          "Resource": "${aws_s3_bucket.b.arn}/*"
        },
        {
          "Sid": "Two",
          "Effect": "Allow",
          "Action": "sqs:SendMessage",
          "Resource": ["${aws_sqs_queue.q.arn}"],
          "Condition": { "StringEquals": { "aws:SourceVpc": "vpc-1" } }
        },
        { "Sid": "Three", "Effect": "Allow", "Action": ["sns:Publish", "sns:GetTopicAttributes"], "Resource": "*" }
      ]
    }
  POLICY
}
`},
	"data source": {"main.tf": `
resource "aws_iam_role_policy" "p" {
  role   = aws_iam_role.r.id
  policy = data.aws_iam_policy_document.d.json
}

data "aws_iam_policy_document" "d" {
  statement {
    sid = "One"
    actions = [
      "s3:GetObject",
      "s3:PutObject", # to write
      "s3:DeleteObject",
    ]
    resources = ["${aws_s3_bucket.b.arn}/*"]
  }

  # the second
  statement {
    sid       = "Two"
    actions   = ["sqs:SendMessage"]
    resources = [aws_sqs_queue.q.arn]

    condition {
      test     = "StringEquals"
      variable = "aws:SourceVpc"
      values   = ["vpc-1"]
    }
  }

  statement {
    sid       = "Three"
    actions   = ["sns:Publish", "sns:GetTopicAttributes"]
    resources = ["*"]
  }
}
`},
	"template": {"main.tf": `
resource "aws_iam_role_policy" "p" {
  role   = aws_iam_role.r.id
  policy = templatefile("${path.module}/p.json.tftpl", { bucket = aws_s3_bucket.b.arn, queue = aws_sqs_queue.q.arn })
}
`, "p.json.tftpl": `{
    "Version": "2012-10-17",
    "Statement": [
        {
            "Sid": "One",
            "Effect": "Allow",
            "Action": ["s3:GetObject", "s3:PutObject", "s3:DeleteObject"],
            "Resource": "${bucket}/*"
        },
        {
            "Sid": "Two",
            "Effect": "Allow",
            "Action": "sqs:SendMessage",
            "Resource": ["${queue}"],
            "Condition": {"StringEquals": {"aws:SourceVpc": "vpc-1"}}
        },
        {"Sid": "Three", "Effect": "Allow", "Action": ["sns:Publish", "sns:GetTopicAttributes"], "Resource": "*"}
    ]
}
`},
}

const beside = `
resource "aws_iam_role" "r" {
  name = "r"
  assume_role_policy = jsonencode({
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "lambda.amazonaws.com" } }]
  })
}

resource "aws_s3_bucket" "b" {}

resource "aws_sqs_queue" "q" {
  name = "q"
}
`

func withBeside(files map[string]string) map[string]string {
	out := map[string]string{"beside.tf": strings.TrimPrefix(beside, "\n")}
	for name, text := range files {
		out[name] = strings.TrimPrefix(text, "\n")
	}
	return out
}

// withPolicy is a design with other statements in a policy.
func withPolicy(t testing.TB, d *model.Design, id model.ID, change func([]*policy.Statement) []*policy.Statement) *model.Design {
	t.Helper()
	p := d.Policy(id)
	if p == nil || p.Document == nil {
		t.Fatalf("there is no %s", id)
	}
	doc := *p.Document
	doc.Statements = change(slices.Clone(p.Document.Statements))
	n := *p
	n.Document = &doc
	after, err := d.With(model.Change{Before: p, After: &n})
	if err != nil {
		t.Fatal(err)
	}
	return after
}

// Every change of a statement, in every way that one is written, touches no line that it need not, keeps comments and
// references, and comes out as it should.
func TestStatements(t *testing.T) {
	type change func(list []*policy.Statement) []*policy.Statement
	with := func(i int, f func(st *policy.Statement)) change {
		return func(list []*policy.Statement) []*policy.Statement {
			n := *list[i]
			n.Actions, n.Resources = slices.Clone(n.Actions), slices.Clone(n.Resources)
			f(&n)
			list[i] = &n
			return list
		}
	}
	changes := map[string]struct {
		change change
		lines  int // that it may take away at most, in files that are written over several lines
	}{
		"first action":     {with(0, func(st *policy.Statement) { st.Actions = st.Actions[1:] }), 1},
		"middle action":    {with(0, func(st *policy.Statement) { st.Actions = slices.Delete(st.Actions, 1, 2) }), 1},
		"last action":      {with(0, func(st *policy.Statement) { st.Actions = st.Actions[:2] }), 2},
		"one action":       {with(0, func(st *policy.Statement) { st.Actions = st.Actions[1:2] }), 3},
		"other action":     {with(0, func(st *policy.Statement) { st.Actions = []string{"s3:GetObject", "s3:GetObjectTagging"} }), 3},
		"more actions":     {with(1, func(st *policy.Statement) { st.Actions = append(st.Actions, "sqs:GetQueueUrl") }), 1},
		"part of a bucket": {with(0, func(st *policy.Statement) { st.Resources[0] = strings.TrimSuffix(st.Resources[0], "*") + "in/*" }), 1},
		"other resource":   {with(2, func(st *policy.Statement) { st.Resources = []string{"arn:aws:sns:*:*:x-${aws:username}"} }), 1},
		"the queue":        {with(2, func(st *policy.Statement) { st.Resources = []string{"*", "arn:aws:sqs:us-east-1:123456789012:q"} }), 1},
		"no sid":           {with(2, func(st *policy.Statement) { st.Sid = "" }), 1},
		"deny":             {with(0, func(st *policy.Statement) { st.Effect = policy.Deny }), 1},
		"all but":          {with(2, func(st *policy.Statement) { st.NotAction = true }), 3},
		"condition": {with(0, func(st *policy.Statement) {
			st.Conditions = []policy.Condition{{Operator: "Bool", Key: "aws:SecureTransport", Values: []string{"true"}}}
		}), 1},
		"more conditions": {with(1, func(st *policy.Statement) {
			st.Conditions = append(slices.Clone(st.Conditions), policy.Condition{Operator: "StringLike", Key: "aws:PrincipalTag/team", Values: []string{"a", "b"}})
		}), 8},
		"no condition": {with(1, func(st *policy.Statement) { st.Conditions = nil }), 8},
		"drop one":     {func(l []*policy.Statement) []*policy.Statement { return l[1:] }, 12},
		"drop two":     {func(l []*policy.Statement) []*policy.Statement { return slices.Delete(l, 1, 2) }, 14},
		"drop three":   {func(l []*policy.Statement) []*policy.Statement { return l[:2] }, 8},
		"keep two":     {func(l []*policy.Statement) []*policy.Statement { return l[1:2] }, 18},
		"new behind": {func(l []*policy.Statement) []*policy.Statement {
			return append(l, &policy.Statement{Sid: "New", Effect: policy.Deny, Actions: []string{"s3:*"}, Resources: []string{l[0].Resources[0]}, Span: l[0].Span,
				Conditions: []policy.Condition{{Operator: "Bool", Key: "aws:SecureTransport", Values: []string{"false"}}}})
		}, 1},
		"new first": {func(l []*policy.Statement) []*policy.Statement {
			return append([]*policy.Statement{{Actions: []string{"s3:ListAllMyBuckets"}, Resources: []string{"*"}}}, l...)
		}, 0},
	}
	for way, files := range waysToWrite {
		in := openFiles(t, withBeside(files))
		for name, c := range changes {
			t.Run(way+"/"+name, func(t *testing.T) {
				after := withPolicy(t, in.Design, "policy/aws_iam_role_policy.p", c.change)
				got, ok := proven(t, way+": "+name, in, after)
				if !ok {
					t.Fatal("refused")
				}
				diff := importers.UnifiedDiff(in.Files, got)
				gone := 0
				for line := range strings.Lines(diff) {
					if strings.HasPrefix(line, "-") && !strings.HasPrefix(line, "---") {
						gone++
						if strings.Contains(line, "# the second") && !strings.Contains(name, "drop two") {
							t.Errorf("a comment is lost\n%s", diff)
						}
					}
				}
				if way != "jsonencode in one line" && gone > c.lines {
					t.Errorf("%d lines were taken away\n%s", gone, diff)
				}
			})
		}
	}
}

// What others use too is refused, with its place and the reason.
func TestRefusals(t *testing.T) {
	statement := `{ Sid = "One", Effect = "Allow", Action = ["s3:GetObject", "s3:PutObject"], Resource = "*" }`
	for name, x := range map[string]struct {
		files map[string]string
		id    model.ID
		want  string
	}{
		"count":    {map[string]string{"main.tf": "resource \"aws_iam_role_policy\" \"p\" {\n  count  = 2\n  role   = aws_iam_role.r.id\n  policy = jsonencode({ Statement = [" + statement + "] })\n}\n"}, "policy/aws_iam_role_policy.p%5B0%5D", "count or for_each"},
		"for_each": {map[string]string{"main.tf": "resource \"aws_iam_role_policy\" \"p\" {\n  for_each = toset([\"a\"])\n  role     = aws_iam_role.r.id\n  policy   = jsonencode({ Statement = [" + statement + "] })\n}\n"}, "policy/aws_iam_role_policy.p%5B%22a%22%5D", "count or for_each"},
		"a module used twice": {map[string]string{"main.tf": "module \"a\" {\n  source = \"./m\"\n}\nmodule \"b\" {\n  source = \"./m\"\n}\n",
			"m/main.tf": "resource \"aws_iam_policy\" \"p\" {\n  policy = jsonencode({ Statement = [" + statement + "] })\n}\n"}, "policy/module.a.aws_iam_policy.p", "module"},
		"one document of two policies": {map[string]string{"main.tf": "data \"aws_iam_policy_document\" \"d\" {\n  statement {\n    actions   = [\"s3:GetObject\", \"s3:PutObject\"]\n    resources = [\"*\"]\n  }\n}\nresource \"aws_iam_policy\" \"p\" {\n  policy = data.aws_iam_policy_document.d.json\n}\nresource \"aws_iam_policy\" \"q\" {\n  policy = data.aws_iam_policy_document.d.json\n}\n"},
			"policy/aws_iam_policy.p", "aws_iam_policy.q"},
		"a local": {map[string]string{"main.tf": "locals {\n  st = " + statement + "\n}\nresource \"aws_iam_policy\" \"p\" {\n  policy = jsonencode({ Statement = [local.st] })\n}\n"}, "policy/aws_iam_policy.p", "apart"},
		"for":     {map[string]string{"main.tf": "resource \"aws_iam_policy\" \"p\" {\n  policy = jsonencode({ Statement = [for x in [\"a\", \"b\"] : { Effect = \"Allow\", Action = [\"s3:GetObject\", \"s3:PutObject\"], Resource = x }] })\n}\n"}, "policy/aws_iam_policy.p", "for expression"},
		"json":    {map[string]string{"main.tf.json": `{"resource": {"aws_iam_policy": {"p": {"policy": "${jsonencode({Statement = [` + strings.ReplaceAll(statement, `"`, `\"`) + `]})}"}}}}`}, "policy/aws_iam_policy.p", "JSON"},
	} {
		t.Run(name, func(t *testing.T) {
			in := openFiles(t, withBeside(x.files))
			after := withPolicy(t, in.Design, x.id, func(l []*policy.Statement) []*policy.Statement {
				n := *l[0]
				n.Actions = n.Actions[:1]
				l[0] = &n
				return l
			})
			_, err := in.Source.(importers.Patcher).Patch(in, after)
			if err == nil || !hasPlace.MatchString(err.Error()) || !strings.Contains(err.Error(), x.want) {
				t.Errorf("error %v, want a place and %q", err, x.want)
			}
		})
	}
}

// A policy that goes takes its block with it, and what attaches it.
func TestPoliciesGo(t *testing.T) {
	in := openFiles(t, withBeside(map[string]string{"main.tf": `
resource "aws_iam_role" "s" {
  name               = "s"
  assume_role_policy = aws_iam_role.r.assume_role_policy
  inline_policy {
    name   = "x"
    policy = jsonencode({ Statement = [{ Effect = "Allow", Action = "s3:*", Resource = "*" }] })
  }
  inline_policy {
    name   = "y"
    policy = jsonencode({ Statement = [{ Effect = "Allow", Action = "sqs:*", Resource = "*" }] })
  }
}

resource "aws_iam_policy" "p" {
  name   = "p"
  policy = jsonencode({ Statement = [{ Effect = "Allow", Action = "s3:*", Resource = "*" }] })
}

# Attached here.
resource "aws_iam_role_policy_attachment" "p" {
  role       = aws_iam_role.s.name
  policy_arn = aws_iam_policy.p.arn
}

resource "aws_iam_role_policy_attachment" "admin" {
  role       = aws_iam_role.s.name
  policy_arn = "arn:aws:iam::aws:policy/AdministratorAccess"
}

resource "aws_iam_role_policy" "q" {
  role   = aws_iam_role.s.id
  policy = jsonencode({ Statement = [{ Effect = "Allow", Action = "s3:*", Resource = "*" }] })
}
`}))
	d := in.Design
	role := d.Role("role/aws_iam_role.s")
	if len(role.Policies) != 5 {
		t.Fatalf("the role has %v", role.Policies)
	}
	for _, id := range role.Policies {
		t.Run(string(id), func(t *testing.T) {
			n := *role
			n.Policies = slices.DeleteFunc(slices.Clone(role.Policies), func(p model.ID) bool { return p == id })
			after, err := d.With(model.Change{Before: role, After: &n}, model.Change{Before: d.Policy(id)})
			if err != nil {
				t.Fatal(err)
			}
			if _, ok := proven(t, string(id), in, after); !ok {
				t.Error("refused")
			}
		})
	}
}

// A plan and a state are not edited, and a patch of nothing is empty.
func TestNothingToPatch(t *testing.T) {
	in := openFiles(t, withBeside(waysToWrite["heredoc"]))
	if edits, err := in.Source.(importers.Patcher).Patch(in, in.Design); err != nil || len(edits) != 0 {
		t.Errorf("%d edits, %v", len(edits), err)
	}
	if _, err := importers.Prove(context.Background(), in, in.Design, []source.Edit{}); err != nil {
		t.Error(err)
	}
	if _, err := (Source{kindPlan}).Patch(&importers.Import{Path: "plan.json"}, in.Design); err == nil || !strings.HasPrefix(err.Error(), "plan.json: ") {
		t.Errorf("a plan: %v", err)
	}
}

// A file with the line ends of Windows keeps them.
func TestLineEnds(t *testing.T) {
	for way, files := range waysToWrite {
		crlf := map[string]string{}
		for name, text := range withBeside(files) {
			crlf[name] = strings.ReplaceAll(text, "\n", "\r\n")
		}
		in := openFiles(t, crlf)
		after := withPolicy(t, in.Design, "policy/aws_iam_role_policy.p", func(l []*policy.Statement) []*policy.Statement {
			n := *l[0]
			n.Actions = n.Actions[1:]
			n.Conditions = []policy.Condition{{Operator: "Bool", Key: "aws:SecureTransport", Values: []string{"true"}}}
			return []*policy.Statement{&n, l[2], {Sid: "New", Actions: []string{"s3:ListAllMyBuckets"}, Resources: []string{"*"}}}
		})
		got, ok := proven(t, way, in, after)
		if !ok {
			t.Errorf("%s: refused", way)
			continue
		}
		for name, data := range got {
			if strings.Count(string(data), "\n") != strings.Count(string(data), "\r\n") || strings.Contains(string(data), "\r\r") {
				t.Errorf("%s: %s has mixed line ends: %q", way, name, data)
			}
		}
	}
}
