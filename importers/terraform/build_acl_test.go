package terraform

import (
	"strings"
	"testing"

	"bulkhead/model"
)

// A bucket's canned access control list lets everybody in where the bucket has lists at all and heeds public ones.
func TestAccessControlLists(t *testing.T) {
	const bucket = `
provider "aws" {}
resource "aws_s3_bucket" "b" {
  bucket = "flour"
}
`
	owner := func(ownership string) string {
		return "resource \"aws_s3_bucket_ownership_controls\" \"b\" {\n  bucket = aws_s3_bucket.b.id\n  rule {\n    object_ownership = \"" + ownership + "\"\n  }\n}\n"
	}
	block := func(ignore string) string {
		return "resource \"aws_s3_bucket_public_access_block\" \"b\" {\n  bucket = aws_s3_bucket.b.id\n  ignore_public_acls = " + ignore + "\n}\n"
	}
	acl := func(canned string) string {
		return "resource \"aws_s3_bucket_acl\" \"b\" {\n  bucket = aws_s3_bucket.b.id\n  acl = \"" + canned + "\"\n}\n"
	}
	const lists = "s3:ListBucket s3:ListBucketVersions s3:ListBucketMultipartUploads"
	for _, c := range []struct{ text, want string }{
		{acl("public-read") + owner("BucketOwnerPreferred") + block("false"), lists},
		{acl("public-read-write") + owner("ObjectWriter") + block("false"), lists + " s3:PutObject"},
		{acl("authenticated-read") + owner("ObjectWriter") + block("false"), lists},
		{acl("private") + owner("ObjectWriter") + block("false"), ""},
		{acl("public-read") + owner("ObjectWriter") + block("true"), ""},
		{acl("public-read") + owner("ObjectWriter"), ""},
		{acl("public-read") + owner("BucketOwnerEnforced") + block("false"), ""},
		{acl("public-read") + block("false"), ""},
	} {
		got := ""
		if p := openFiles(t, map[string]string{"main.tf": bucket + c.text}).Design.Resource("res/aws_s3_bucket.b").Policy; p != nil {
			for _, s := range p.Statements {
				got += strings.Join(s.Actions, " ")
			}
		}
		if got != c.want {
			t.Errorf("%s: %q, not %q", c.text, got, c.want)
		}
	}
	in := openFiles(t, map[string]string{"main.tf": strings.Replace(bucket, `"flour"`, "\"flour\"\n  acl = \"public-read\"", 1) + owner("ObjectWriter") + block("false") + `
resource "aws_s3_bucket_policy" "b" {
  bucket = aws_s3_bucket.b.id
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Deny", Principal = "*", Action = "s3:DeleteObject", Resource = "${aws_s3_bucket.b.arn}/*" }] })
}
`})
	if p := in.Design.Element(model.ID("res/aws_s3_bucket.b")).(*model.Resource).Policy; p == nil || len(p.Statements) != 2 {
		t.Errorf("beside a policy: %+v", p)
	}
}
