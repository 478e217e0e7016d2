package cfn

import (
	"context"
	"strings"
	"testing"
	"testing/fstest"

	"bulkhead/importers"
	"bulkhead/model"
)

// A build project takes its source from where it says, or from what a pipeline begins at that builds with it.
func TestProjectSources(t *testing.T) {
	const head = `
Resources:
  B: {Type: AWS::S3::Bucket, Properties: {BucketName: flour}}
  R: {Type: AWS::CodeCommit::Repository, Properties: {RepositoryName: recipes}}
`
	pipelineOf := func(source string) string {
		return strings.Replace(`
  L:
    Type: AWS::CodePipeline::Pipeline
    Properties:
      Stages:
        - Actions: [{ActionTypeId: {Category: Source, Provider: %SOURCE%}}]
        - Actions: [{ActionTypeId: {Category: Build, Provider: CodeBuild}, Configuration: {ProjectName: !Ref P}}]
        - Actions: [{ActionTypeId: {Category: Deploy, Provider: S3}, Configuration: {BucketName: elsewhere}}]
`, "%SOURCE%", source, 1)
	}
	build := func(source string) string {
		return "  P: {Type: AWS::CodeBuild::Project, Properties: {Source: {" + source + "}}}\n"
	}
	for _, c := range []struct {
		text string
		want model.Package
	}{
		{build("Type: CODECOMMIT, Location: !GetAtt R.CloneUrlHttp"), model.Package{From: "res/R"}},
		{build("Type: S3, Location: !Sub '${B}/dough/source.zip'"), model.Package{From: "res/B", Key: "dough/source.zip"}},
		{build("Type: S3, Location: flour/dough/source.zip"), model.Package{From: "res/B", Key: "dough/source.zip"}},
		{build("Type: GITHUB, Location: 'https://github.com/bakery/recipes'"), model.Package{}},
		{build("Type: CODEPIPELINE") + pipelineOf("CodeCommit}, Configuration: {RepositoryName: !GetAtt R.Name"), model.Package{From: "res/R"}},
		{build("Type: CODEPIPELINE") + pipelineOf("S3}, Configuration: {S3Bucket: !Ref B, S3ObjectKey: source.zip"), model.Package{From: "res/B", Key: "source.zip"}},
		{build("Type: CODEPIPELINE") + pipelineOf("CodeStarSourceConnection}, Configuration: {FullRepositoryId: bakery/recipes"), model.Package{}},
		{"  P: {Type: AWS::Glue::Job, Properties: {Command: {Name: glueetl, ScriptLocation: !Sub 's3://${B}/jobs/night.py'}}}", model.Package{From: "res/B", Key: "jobs/night.py"}},
		{"  P: {Type: AWS::Glue::Job, Properties: {Command: {Name: glueetl, ScriptLocation: 's3://flour/jobs/night.py'}}}", model.Package{From: "res/B", Key: "jobs/night.py"}},
		{"  P: {Type: AWS::Glue::Job, Properties: {Command: {Name: glueetl, ScriptLocation: 's3://elsewhere/jobs/night.py'}}}", model.Package{}},
		{build("Type: S3, Location: flour/own.zip") + pipelineOf("CodeCommit}, Configuration: {RepositoryName: recipes"), model.Package{From: "res/B", Key: "own.zip"}},
	} {
		in, err := Sources()[0].Import(context.Background(), fstest.MapFS{"template.yaml": {Data: []byte(head + c.text)}}, "template.yaml", importers.Options{})
		if err != nil {
			t.Fatalf("%s: %v", c.text, err)
		}
		if p := in.Design.Resource("res/P"); p == nil || p.Package != c.want {
			t.Errorf("%s: %+v, not %+v", c.text, p, c.want)
		}
	}
}
