package terraform

import (
	"testing"

	"bulkhead/model"
)

// A build project takes its source from where it says, or from what a pipeline begins at that builds with it.
func TestProjectSources(t *testing.T) {
	const head = `
provider "aws" {}
resource "aws_s3_bucket" "b" {
  bucket = "flour"
}
resource "aws_codecommit_repository" "r" {
  repository_name = "recipes"
}
`
	project := func(source string) string {
		return "resource \"aws_codebuild_project\" \"p\" {\n  name = \"p\"\n  source {\n" + source + "\n  }\n}\n"
	}
	pipeline := func(source string) string {
		return `
resource "aws_codepipeline" "l" {
  name = "l"
  stage {
    name = "Source"
    action {
      category = "Source"
` + source + `
    }
  }
  stage {
    name = "Build"
    action {
      category      = "Build"
      provider      = "CodeBuild"
      configuration = { ProjectName = aws_codebuild_project.p.name }
    }
  }
}
`
	}
	const bare = `type = "CODEPIPELINE"`
	for _, c := range []struct {
		text string
		want model.Package
	}{
		{project("type = \"CODECOMMIT\"\nlocation = aws_codecommit_repository.r.clone_url_http"), model.Package{From: "res/aws_codecommit_repository.r"}},
		{project("type = \"CODECOMMIT\"\nlocation = \"https://git-codecommit.eu-west-1.amazonaws.com/v1/repos/other\""), model.Package{}},
		{project("type = \"S3\"\nlocation = \"${aws_s3_bucket.b.id}/dough/source.zip\""), model.Package{From: "res/aws_s3_bucket.b", Key: "dough/source.zip"}},
		{project("type = \"S3\"\nlocation = \"${aws_s3_bucket.b.arn}/source.zip\""), model.Package{From: "res/aws_s3_bucket.b", Key: "source.zip"}},
		{project(bare), model.Package{}},
		{project(bare) + pipeline("provider = \"CodeCommit\"\nconfiguration = { RepositoryName = \"recipes\", BranchName = \"main\" }"), model.Package{From: "res/aws_codecommit_repository.r"}},
		{project(bare) + pipeline("provider = \"S3\"\nconfiguration = { S3Bucket = aws_s3_bucket.b.bucket, S3ObjectKey = \"source.zip\" }"), model.Package{From: "res/aws_s3_bucket.b", Key: "source.zip"}},
		{project(bare) + pipeline("provider = \"CodeStarSourceConnection\"\nconfiguration = { FullRepositoryId = \"bakery/recipes\" }"), model.Package{}},
	} {
		in := openFiles(t, map[string]string{"main.tf": head + c.text})
		if p := in.Design.Resource("res/aws_codebuild_project.p"); p == nil || p.Package != c.want {
			t.Errorf("%s: %+v, not %+v", c.text, p, c.want)
		}
	}
	for at, want := range map[string]model.Package{
		"s3://${aws_s3_bucket.b.bucket}/jobs/night.py": {From: "res/aws_s3_bucket.b", Key: "jobs/night.py"},
		"s3://flour/jobs/night.py":                     {From: "res/aws_s3_bucket.b", Key: "jobs/night.py"},
		"s3://elsewhere/jobs/night.py":                 {},
	} {
		in := openFiles(t, map[string]string{"main.tf": head + "resource \"aws_iam_role\" \"r\" {\n  name = \"r\"\n  assume_role_policy = \"{}\"\n}\n" +
			"resource \"aws_glue_job\" \"j\" {\n  name = \"j\"\n  role_arn = aws_iam_role.r.arn\n  command {\n    script_location = \"" + at + "\"\n  }\n}\n"})
		if j := in.Design.Resource("res/aws_glue_job.j"); j == nil || j.Package != want || j.Role != "role/aws_iam_role.r" {
			t.Errorf("%s: %+v, not %+v", at, j, want)
		}
	}
}
