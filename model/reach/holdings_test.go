package reach

import (
	"testing"

	"bulkhead/model"
)

// Whoever may replace a function's package, or push its image, perhaps runs as it; whoever reads a user's access key does.
func TestHoldings(t *testing.T) {
	const bucket, repository = "arn:aws:s3:::code", "arn:aws:ecr:us-east-1:" + testAccount + ":repository/images"
	const push = "ecr:PutImage ecr:UploadLayerPart ecr:InitiateLayerUpload ecr:CompleteLayerUpload"
	secret, parameter := arnOf("AWS::SecretsManager::Secret", "key"), arnOf("AWS::SSM::Parameter", "key")
	for _, c := range []struct {
		name, grants string
		of           model.ID
		want         string
	}{
		{"the package", allow("s3:PutObject", bucket+"/app/code.zip"), "fn/Zipped", "deploy-bucket may"},
		{"packages around it", allow("s3:PutObject", bucket+"/app/*"), "fn/Zipped", "deploy-bucket may"},
		{"another package", allow("s3:PutObject", bucket+"/other/*"), "fn/Zipped", ""},
		{"all but the package", allow("s3:PutObject", bucket+"/*") + "," + deny("s3:PutObject", bucket+"/app/code.zip"), "fn/Zipped", ""},
		{"reading the package", allow("s3:GetObject", bucket+"/*"), "fn/Zipped", ""},
		{"some package, where which is not known", allow("s3:PutObject", bucket+"/other/*"), "fn/Loose", "deploy-bucket may"},
		{"an image", allow(push, repository), "fn/Imaged", "image-push may"},
		{"an image of another repository", allow(push, repository+"2"), "fn/Imaged", ""},
		{"the end of an image", allow("ecr:PutImage", repository), "fn/Imaged", ""},
		{"an image without its end", allow(push, repository) + "," + deny("ecr:PutImage", "*"), "fn/Imaged", ""},
		{"the secret of a key", allow("secretsmanager:GetSecretValue", secret), "user/Keyed", "secret-read must"},
		{"writing the secret of a key", allow("secretsmanager:PutSecretValue", secret), "user/Keyed", ""},
		{"the parameter of a key", allow("ssm:GetParametersByPath", parameter), "user/Keyed", "secret-read must"},
		{"describing the parameter of a key", allow("ssm:DescribeParameters", "*"), "user/Keyed", ""},
	} {
		b := build(t)
		f := b.function("F", c.grants)
		b.bucket("code")
		b.function("Zipped").Package = model.Package{From: "res/code", Key: "app/code.zip"}
		b.function("Loose").Package = model.Package{From: "res/code"}
		images := b.resource("AWS::ECR::Repository", "images")
		images.ARN = repository
		b.function("Imaged").Package = model.Package{From: images.ID}
		b.user("Keyed")
		for _, cfnType := range []string{"AWS::SecretsManager::Secret", "AWS::SSM::Parameter"} {
			r := b.resource(cfnType, "key")
			r.ID, r.Credentials = r.ID+model.ID(cfnType), "user/Keyed"
		}
		if got := runsTo(breach(t, b.analyse(), f.ID), c.of); got != c.want {
			t.Errorf("%s: %q, not %q", c.name, got, c.want)
		}
	}
}
