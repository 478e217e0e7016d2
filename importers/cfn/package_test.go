package cfn

import (
	"context"
	"slices"
	"testing"
	"testing/fstest"

	"bulkhead/importers"
	"bulkhead/model"
)

// Where a function's code is taken from, and whose access key a secret holds, as far as the template makes them.
func TestHoldings(t *testing.T) {
	const head = `
Resources:
  B: {Type: AWS::S3::Bucket, Properties: {BucketName: packages}}
  R: {Type: AWS::ECR::Repository, Properties: {RepositoryName: images}}
  U: {Type: AWS::IAM::User}
  K: {Type: AWS::IAM::AccessKey, Properties: {UserName: !Ref U}}
`
	fn := func(kind, code string) string {
		return `  F: {Type: "` + kind + `", Properties: {Handler: a.b, Runtime: python3.12, ` + code + `}}`
	}
	const lambda, sam = "AWS::Lambda::Function", "AWS::Serverless::Function"
	for _, c := range []struct {
		text string
		want model.Package
		user model.ID
	}{
		{fn(lambda, `Code: {S3Bucket: !Ref B, S3Key: code.zip}`), model.Package{From: "res/B", Key: "code.zip"}, ""},
		{fn(lambda, `Code: {S3Bucket: packages, S3Key: code.zip}`), model.Package{From: "res/B", Key: "code.zip"}, ""},
		{fn(lambda, `Code: {S3Bucket: other, S3Key: code.zip}`), model.Package{}, ""},
		{fn(lambda, `Code: {S3Bucket: !Ref B, S3Key: code.zip, S3ObjectVersion: v1}`), model.Package{}, ""},
		{fn(lambda, `PackageType: Image, Code: {ImageUri: !Sub '${R.RepositoryUri}:latest'}`), model.Package{From: "res/R"}, ""},
		{fn(lambda, `Code: {ZipFile: x}`), model.Package{}, ""},
		{fn(sam, `CodeUri: {Bucket: !Ref B, Key: code.zip}`), model.Package{From: "res/B", Key: "code.zip"}, ""},
		{fn(sam, `PackageType: Image, ImageUri: !Sub '${AWS::AccountId}.dkr.ecr.${AWS::Region}.amazonaws.com/${R}:latest'`), model.Package{From: "res/R"}, ""},
		{fn(sam, `CodeUri: src/`), model.Package{}, ""},
		{`  S: {Type: AWS::SecretsManager::Secret, Properties: {SecretString: !Sub '{"id": "${K}", "key": "${K.SecretAccessKey}"}'}}`, model.Package{}, "user/U"},
		{`  S: {Type: AWS::SecretsManager::Secret, Properties: {SecretString: !GetAtt K.SecretAccessKey}}`, model.Package{}, "user/U"},
		{`  S: {Type: AWS::SSM::Parameter, Properties: {Type: String, Value: !GetAtt K.SecretAccessKey}}`, model.Package{}, "user/U"},
		{`  S: {Type: AWS::SSM::Parameter, Properties: {Type: String, Value: !Ref K}}`, model.Package{}, ""},
		{`  S: {Type: AWS::EC2::Instance, Properties: {UserData: {"Fn::Base64": !Sub 'export KEY=${K.SecretAccessKey}'}}}`, model.Package{}, "user/U"},
		{`  S: {Type: AWS::EC2::Instance, Properties: {UserData: {"Fn::Base64": {"Fn::Join": ["", ["export KEY=", !GetAtt K.SecretAccessKey]]}}}}`, model.Package{}, "user/U"},
		{`  S: {Type: AWS::CodeBuild::Project, Properties: {Environment: {EnvironmentVariables: [{Name: ID, Value: !Ref K}, {Name: KEY, Value: !GetAtt K.SecretAccessKey}]}}}`, model.Package{}, "user/U"},
		{`  S: {Type: AWS::CodeBuild::Project, Properties: {Environment: {EnvironmentVariables: [{Name: ID, Value: !Ref K}]}}}`, model.Package{}, ""},
		{fn(lambda, `Code: {ZipFile: x}, Environment: {Variables: {KEY: !GetAtt K.SecretAccessKey}}`), model.Package{}, "user/U"},
		{fn(lambda, `Code: {ZipFile: x}, Environment: {Variables: {ID: !Ref K}}`), model.Package{}, ""},
		{fn(sam, `CodeUri: src/, Environment: {Variables: {KEY: !GetAtt K.SecretAccessKey}}`), model.Package{}, "user/U"},
		{`  S: {Type: AWS::SecretsManager::Secret, Properties: {GenerateSecretString: {}}}`, model.Package{}, ""},
	} {
		text := head + c.text
		if len(c.text) > 8 && c.text[2] == 'F' {
			text = "Transform: AWS::Serverless-2016-10-31\n" + text
		}
		in, err := Sources()[0].Import(context.Background(), fstest.MapFS{"template.yaml": {Data: []byte(text)}}, "template.yaml", importers.Options{})
		if err != nil {
			t.Fatalf("%s: %v", c.text, err)
		}
		var keys []model.Credential
		if c.user != "" {
			keys = []model.Credential{{User: c.user}}
		}
		if f := in.Design.Function("fn/F"); f != nil && (f.Package != c.want || !slices.Equal(f.Credentials, keys)) {
			t.Errorf("%s: %+v with keys %+v, not %+v with %+v", c.text, f.Package, f.Credentials, c.want, keys)
		}
		if s := in.Design.Resource("res/S"); s != nil && !slices.Equal(s.Credentials, keys) {
			t.Errorf("%s: holds keys %+v, not %+v", c.text, s.Credentials, keys)
		}
	}
}
