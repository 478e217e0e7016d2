package terraform

import (
	"slices"
	"strings"
	"testing"

	"bulkhead/model/source"
)

// What versions before 0.12 were written in is read: lists in lists that are texts, maps as blocks and blocks as maps, their
// functions, and splats by points.
func TestOldForms(t *testing.T) {
	in := openFiles(t, map[string]string{"main.tf": `
variable "functions" {
  type    = "map"
  default = { one = "one.handler", two = "two.handler" }
}
resource "aws_sqs_queue" "q" {
  count = 2
  name  = "${format("q-%02d", count.index + 1)}"
}
resource "aws_iam_role" "r" {
  count              = "${length(keys(var.functions))}"
  name               = "${element(keys(var.functions), count.index)}"
  assume_role_policy = "${data.aws_iam_policy_document.trust.json}"
}
data "aws_iam_policy_document" "trust" {
  statement {
    actions    = ["sts:AssumeRole"]
    principals = { type = "Service", identifiers = ["lambda.amazonaws.com"] }
  }
}
data "aws_iam_policy_document" "p" {
  statement = {
    actions   = ["sqs:SendMessage"]
    resources = ["${aws_sqs_queue.q.*.arn}"]
  }
  statement {
    actions   = ["${list("sns:Publish", "sns:ListTopics")}", "sns:Subscribe"]
    resources = ["*"]
  }
}
resource "aws_iam_policy" "p" {
  policy = "${data.aws_iam_policy_document.p.json}"
}
resource "aws_iam_policy_attachment" "p" {
  name       = "p"
  roles      = ["${aws_iam_role.r.*.name}"]
  policy_arn = "${aws_iam_policy.p.arn}"
}
resource "aws_lambda_function" "f" {
  count         = "${length(keys(var.functions))}"
  function_name = "${element(keys(var.functions), count.index)}"
  handler       = "${lookup(var.functions, element(keys(var.functions), count.index))}"
  role          = "${element(aws_iam_role.r.*.arn, count.index)}"
  environment {
    variables = "${merge(map("A", "b"), map("QUEUE", aws_sqs_queue.q.0.id))}"
  }
  tags {
    Name = "x"
  }
}
resource "aws_lambda_function" "g" {
  function_name = "g"
  role          = "${aws_iam_role.r.0.arn}"
  environment {
    variables {
      QUEUE = "${aws_sqs_queue.q.1.id}"
    }
  }
}
resource "aws_lambda_function" "h" {
  function_name = "h"
  role          = "${aws_iam_role.r.0.arn}"
  environment = {
    variables = { QUEUE = "${aws_sqs_queue.q.1.id}" }
  }
}
`})
	d := in.Design
	for _, name := range []string{"one", "two"} {
		r := d.Find(name + "")
		if r == nil {
			t.Fatalf("there is no %s", name)
		}
	}
	for _, r := range d.Roles() {
		if len(r.Policies) != 1 || r.Trust == nil || len(r.Trust.Statements[0].Principals) != 1 {
			t.Errorf("%s has %v and trusts %+v", r.ID, r.Policies, r.Trust)
		}
	}
	var said []string
	for _, st := range d.Policy("policy/aws_iam_policy.p").Document.Statements {
		said = append(said, strings.Join(st.Actions, " ")+" on "+strings.Join(st.Resources, " "))
	}
	const queue = "arn:aws:sqs:us-east-1:123456789012:q-0"
	if want := []string{"sqs:SendMessage on " + queue + "1 " + queue + "2", "sns:Publish sns:ListTopics sns:Subscribe on *"}; !slices.Equal(said, want) {
		t.Errorf("the policy says %q", said)
	}
	for _, f := range d.Functions() {
		if len(f.Environment) == 0 || f.Environment[len(f.Environment)-1].Refers == "" {
			t.Errorf("%s has %+v", f.LogicalID, f.Environment)
		}
		if f.Name == "one" && f.Tags["Name"] != "x" {
			t.Errorf("its tags are %v", f.Tags)
		}
	}
	for _, x := range in.Diagnostics {
		if x.Severity == source.Error || strings.Contains(x.Summary, "worked out") {
			t.Errorf("told: %v %s", x, x.Detail)
		}
	}
}
