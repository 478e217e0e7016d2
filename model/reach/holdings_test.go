package reach

import (
	"testing"

	"bulkhead/model"
)

// Whoever may replace a function's package, or push its image, perhaps runs as it; whoever reads a user's access key does.
func TestHoldings(t *testing.T) {
	const bucket, code, repository = "arn:aws:s3:::code", "arn:aws:codecommit:us-east-1:" + testAccount + ":recipes", "arn:aws:ecr:us-east-1:" + testAccount + ":repository/images"
	const push = "ecr:PutImage ecr:UploadLayerPart ecr:InitiateLayerUpload ecr:CompleteLayerUpload"
	const job = "arn:aws:glue:us-east-1:" + testAccount + ":job/night"
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
		{"the code of a project", allow("codecommit:GitPush", code), "role/Builder", "code-push may"},
		{"a merge into it", allow("codecommit:MergePullRequestBySquash", "*"), "role/Builder", "code-push may"},
		{"the code of another project", allow("codecommit:GitPush", code+"2"), "role/Builder", ""},
		{"reading the code of a project", allow("codecommit:GitPull", code), "role/Builder", ""},
		{"the source of a project in a bucket", allow("s3:PutObject", bucket+"/app/source.zip"), "role/Packer", "deploy-bucket may"},
		{"another source", allow("s3:PutObject", bucket+"/app/code.zip"), "role/Packer", ""},
		{"the script of a job", allow("s3:PutObject", bucket+"/jobs/night.py"), "role/Worker", "deploy-bucket may"},
		{"the script of a job, which it starts", allow("s3:PutObject", bucket+"/jobs/*") + "," + allow("glue:StartJobRun", job), "role/Worker", "deploy-bucket must"},
		{"the script of a job, while it starts another", allow("s3:PutObject", bucket+"/jobs/*") + "," + allow("glue:StartJobRun", job+"2"), "role/Worker", "deploy-bucket may"},
		{"another script, while it starts the job", allow("s3:PutObject", bucket+"/app/*") + "," + allow("glue:StartJobRun", job), "role/Worker", ""},
		{"starting the job alone", allow("glue:StartJobRun", job), "role/Worker", ""},
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
		recipes := b.resource("AWS::CodeCommit::Repository", "recipes")
		recipes.ARN = code
		project := b.resource("AWS::CodeBuild::Project", "build")
		project.Role, project.Package = b.role("Builder", trusts("codebuild.amazonaws.com")).ID, model.Package{From: recipes.ID}
		packing := b.resource("AWS::CodeBuild::Project", "pack")
		packing.Role, packing.Package = b.role("Packer", trusts("codebuild.amazonaws.com")).ID, model.Package{From: "res/code", Key: "app/source.zip"}
		night := b.resource("AWS::Glue::Job", "night")
		night.ARN, night.Role, night.Package = job, b.role("Worker", trusts("glue.amazonaws.com")).ID, model.Package{From: "res/code", Key: "jobs/night.py"}
		b.user("Keyed")
		for _, cfnType := range []string{"AWS::SecretsManager::Secret", "AWS::SSM::Parameter"} {
			r := b.resource(cfnType, "key")
			r.ID, r.Credentials = r.ID+model.ID(cfnType), []model.Credential{{User: "user/Keyed"}}
		}
		if got := runsTo(breach(t, b.analyse(), f.ID), c.of); got != c.want {
			t.Errorf("%s: %q, not %q", c.name, got, c.want)
		}
	}
}

// A user's access key stands in more than secrets: whoever is shown what holds it, or runs code where it lies, has it.
func TestKeysInTheOpen(t *testing.T) {
	const bakery, project = "arn:aws:s3:::bakery", "arn:aws:codebuild:us-east-1:" + testAccount + ":project/oven"
	keys := []model.Credential{{User: "user/Keyed"}}
	for _, c := range []struct{ name, grants, of, want string }{
		{"the object", allow("s3:GetObject", bakery+"/notes/key.txt"), "s3", "secret-read must"},
		{"a version of the object", allow("s3:GetObjectVersion", bakery+"/notes/*"), "s3", "secret-read must"},
		{"other objects", allow("s3:GetObject", bakery+"/recipes/*"), "s3", ""},
		{"all objects but this", allow("s3:GetObject", bakery+"/*") + "," + deny("s3:GetObject", bakery+"/notes/*"), "s3", ""},
		{"listing the objects", allow("s3:ListBucket", bakery), "s3", ""},
		{"writing the object", allow("s3:PutObject", bakery+"/*"), "s3", ""},
		{"the object to whom a condition lets", `{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "` + bakery + `/*", "Condition": {"IpAddress": {"aws:SourceIp": "192.0.2.0/24"}}}`, "s3", "secret-read may"},
		{"items of the table", allow("dynamodb:Scan", arnOf("AWS::DynamoDB::Table", "till")), "table", "secret-read must"},
		{"describing the table", allow("dynamodb:DescribeTable", "*"), "table", ""},
		{"the function's settings", allow("lambda:GetFunctionConfiguration", functionARN("Baker")), "function", "secret-read must"},
		{"the settings of another function", allow("lambda:GetFunctionConfiguration", functionARN("Miller")), "function", ""},
		{"all functions' settings", allow("lambda:ListFunctions", "*"), "function", "secret-read must"},
		{"all but for a denial", allow("lambda:ListFunctions", "*") + "," + deny("lambda:List*", "*"), "function", ""},
		{"tagging the function", allow("lambda:TagResource", functionARN("Baker")), "function", ""},
		{"replacing the function's code", allow("lambda:UpdateFunctionCode", functionARN("Baker")), "function", "secret-read must"},
		{"the project's settings", allow("codebuild:BatchGetProjects", project), "project", "secret-read must"},
		{"the names of projects", allow("codebuild:ListProjects", "*"), "project", ""},
		{"task definitions", allow("ecs:DescribeTaskDefinition", "*"), "task", "secret-read must"},
		{"the names of task definitions", allow("ecs:ListTaskDefinitions", "*"), "task", ""},
	} {
		b := build(t)
		f := b.function("F", c.grants)
		b.user("Keyed")
		baker := b.function("Baker")
		switch c.of {
		case "s3":
			b.bucket("bakery").Credentials = []model.Credential{{User: "user/Keyed", Key: "notes/key.txt"}}
		case "table":
			b.resource("AWS::DynamoDB::Table", "till").Credentials = keys
		case "function":
			baker.Credentials = keys
		case "project":
			p := b.resource("AWS::CodeBuild::Project", "oven")
			p.ARN, p.Credentials = project, keys
		case "task":
			b.resource("AWS::ECS::TaskDefinition", "shift").Credentials = keys
		}
		an := b.analyse()
		if got := runsTo(breach(t, an, f.ID), "user/Keyed"); got != c.want {
			t.Errorf("%s: %q, not %q", c.name, got, c.want)
		}
		// Who runs in the function has what lies in its environment, and not who has its role alone.
		inside := ""
		if c.of == "function" {
			inside = "secret-read must"
		}
		if got := runsTo(breach(t, an, baker.ID), "user/Keyed"); got != inside {
			t.Errorf("%s: in the function %q, not %q", c.name, got, inside)
		}
		if got := runsTo(breach(t, an, baker.Role), "user/Keyed"); got != "" {
			t.Errorf("%s: with the function's role %q", c.name, got)
		}
	}
}
