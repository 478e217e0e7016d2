package terraform

import (
	"slices"
	"testing"

	"bulkhead/model"
)

// What a configuration puts a user's access key into holds it.
func TestCredentials(t *testing.T) {
	const head = `
provider "aws" {}
variable "stage" {}
resource "aws_iam_user" "baker" {
  name = "baker-${var.stage}"
}
resource "aws_iam_access_key" "baker" {
  user = aws_iam_user.baker.name
}
`
	for _, c := range []struct {
		text, holder, key string // of the object; "-" where nothing is held
	}{
		{`resource "aws_ssm_parameter" "x" {
  name  = "x"
  type  = "String"
  value = aws_iam_access_key.baker.secret
}`, "res/aws_ssm_parameter.x", ""},
		{`resource "aws_ssm_parameter" "x" {
  name  = "x"
  type  = "String"
  value = aws_iam_access_key.baker.id
}`, "res/aws_ssm_parameter.x", "-"},
		{`resource "aws_s3_bucket" "x" {
  bucket = "x"
}
resource "aws_s3_object" "o" {
  bucket  = aws_s3_bucket.x.id
  key     = "notes/key.json"
  content = jsonencode({ id = aws_iam_access_key.baker.id, secret = aws_iam_access_key.baker.secret })
}`, "res/aws_s3_bucket.x", "notes/key.json"},
		{`resource "aws_dynamodb_table" "x" {
  name     = "x"
  hash_key = "id"
}
resource "aws_dynamodb_table_item" "i" {
  table_name = aws_dynamodb_table.x.name
  hash_key   = "id"
  item       = jsonencode({ id = { S = "key" }, value = { S = aws_iam_access_key.baker.secret } })
}`, "res/aws_dynamodb_table.x", ""},
		{`resource "aws_instance" "x" {
  ami       = "ami-1"
  user_data = <<-EOF
    export AWS_SECRET_ACCESS_KEY=${aws_iam_access_key.baker.secret}
  EOF
}`, "res/aws_instance.x", ""},
		{`resource "aws_launch_template" "x" {
  name      = "x"
  user_data = base64encode("export AWS_SECRET_ACCESS_KEY=${aws_iam_access_key.baker.secret}")
}`, "res/aws_launch_template.x", ""},
		{`resource "aws_codebuild_project" "x" {
  name = "x"
  environment {
    environment_variable {
      name  = "ID"
      value = aws_iam_access_key.baker.id
    }
    environment_variable {
      name  = "KEY"
      value = aws_iam_access_key.baker.secret
    }
  }
}`, "res/aws_codebuild_project.x", ""},
		{`resource "aws_lambda_function" "x" {
  function_name = "x"
  role          = "arn:aws:iam::123456789012:role/x"
  environment {
    variables = { KEY = aws_iam_access_key.baker.secret }
  }
}`, "fn/aws_lambda_function.x", ""},
		{`resource "aws_lambda_function" "x" {
  function_name = "x"
  role          = "arn:aws:iam::123456789012:role/x"
  environment {
    variables = { ID = aws_iam_access_key.baker.id }
  }
}`, "fn/aws_lambda_function.x", "-"},
	} {
		in := openFiles(t, map[string]string{"main.tf": head + c.text})
		var got, want []model.Credential
		switch e := in.Design.Element(model.ID(c.holder)).(type) {
		case *model.Function:
			got = e.Credentials
		case *model.Resource:
			got = e.Credentials
		default:
			t.Fatalf("%s: no %s", c.text, c.holder)
		}
		if c.key != "-" {
			want = []model.Credential{{User: "user/aws_iam_user.baker", Key: c.key}}
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s: holds %+v, not %+v", c.text, got, want)
		}
	}
}
