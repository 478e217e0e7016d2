package command_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"bulkhead/internal/corpus"
)

// A project is files by name, and what of them is checked: a file, or "." for the folder.
type project struct {
	files map[string]string
	check string
}

func (p project) bytes() map[string][]byte {
	out := map[string][]byte{}
	for name, text := range p.files {
		out[name] = []byte(text)
	}
	return out
}

// with is the project with one file's text another.
func (p project) with(name, text string) project {
	files := map[string]string{name: text}
	for n, t := range p.files {
		if n != name {
			files[n] = t
		}
	}
	return project{files, p.check}
}

// try asks the gate about each turn of a file's words, both ways.
func (p project) try(t *testing.T, j *judge, file string, turns []turn) {
	t.Helper()
	counts := map[int]int{}
	for _, x := range turns {
		text := p.files[file]
		if strings.Count(text, x.from) != 1 {
			t.Fatalf("%s: its words are in the source %d times", x.name, strings.Count(text, x.from))
		}
		after := p.with(file, strings.Replace(text, x.from, x.to, 1))
		ask := j.hold
		if all() {
			ask = j.check
		}
		if r := ask(p.bytes(), after.bytes(), p.check); !wants(r, x.want) {
			t.Errorf("%s: exit %d, want %d\n%s%s", x.name, r.code, x.want, r.out, r.err)
		}
		counts[x.want]++
		if oneWay[x.name] {
			continue
		}
		if r := ask(after.bytes(), p.bytes(), p.check); !wants(r, 0) {
			t.Errorf("not any more: %s: exit %d, want 0\n%s%s", x.name, r.code, r.out, r.err)
		}
		counts[0]++
	}
	t.Logf("%s: %d that are more, %d that are the same or less", file, counts[1], counts[0])
}

const serviceGuinea = `service: guinea
provider:
  name: aws
  runtime: nodejs20.x
  iam:
    role:
      statements:
        - Effect: Allow
          Action: ["dynamodb:GetItem", "dynamodb:PutItem"]
          Resource: !GetAtt Table.Arn
          Condition: {StringEquals: {"aws:SourceVpc": vpc-1}}
        - {Effect: Deny, Action: "dynamodb:DeleteTable", Resource: "*"}
functions:
  shop:
    handler: shop.handler
    environment: {TABLE: !Ref Table}
    events:
      - httpApi: {path: /shop, method: get, authorizer: {type: aws_iam}}
  jobs:
    handler: jobs.handler
    role: JobsRole
    events:
      - sqs: {arn: !GetAtt Queue.Arn}
resources:
  Resources:
    Table:
      Type: AWS::DynamoDB::Table
      Properties: {AttributeDefinitions: [{AttributeName: id, AttributeType: S}], KeySchema: [{AttributeName: id, KeyType: HASH}], BillingMode: PAY_PER_REQUEST}
    Queue: {Type: "AWS::SQS::Queue"}
    Topic: {Type: "AWS::SNS::Topic"}
    JobsRole:
      Type: AWS::IAM::Role
      Properties:
        AssumeRolePolicyDocument: {Version: "2012-10-17", Statement: [{Effect: Allow, Principal: {Service: lambda.amazonaws.com}, Action: "sts:AssumeRole"}]}
        Policies: [{PolicyName: jobs, PolicyDocument: {Version: "2012-10-17", Statement: [{Effect: Allow, Action: ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"], Resource: !GetAtt Queue.Arn}]}}]
`

var serviceTurns = []turn{
	{"another form of the statements", 0, "  iam:\n    role:\n      statements:\n", "  iamRoleStatements:\n"},
	{"an order of actions", 0, `["dynamodb:GetItem", "dynamodb:PutItem"]`, `["dynamodb:PutItem", "dynamodb:GetItem"]`},
	{"a handler", 0, "handler: jobs.handler", "handler: src/jobs.handler"},
	{"a timeout", 0, "    handler: shop.handler\n", "    handler: shop.handler\n    timeout: 20\n    memorySize: 512\n"},
	{"joined instead of substituted", 0, "Resource: !GetAtt Table.Arn", `Resource: !Join ["", [!GetAtt Table.Arn, ""]]`},
	{"a variable", 0, "service: guinea\n", "service: guinea\ncustom: {what: shop}\n"},
	{"a trigger for the same function", 0, "      - sqs: {arn: !GetAtt Queue.Arn}\n", "      - sqs: {arn: !GetAtt Queue.Arn}\n      - schedule: rate(1 day)\n"},
	{"an action", 1, `["dynamodb:GetItem", "dynamodb:PutItem"]`, `["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:DeleteItem"]`},
	{"every resource", 1, "Resource: !GetAtt Table.Arn", `Resource: "*"`},
	{"no condition", 1, "          Condition: {StringEquals: {\"aws:SourceVpc\": vpc-1}}\n", ""},
	{"no denial", 1, "        - {Effect: Deny, Action: \"dynamodb:DeleteTable\", Resource: \"*\"}\n", ""},
	{"a managed policy", 1, "    role:\n      statements:\n", "    role:\n      managedPolicies: [\"arn:aws:iam::aws:policy/AmazonSQSFullAccess\"]\n      statements:\n"},
	{"a route for anybody", 1, ", authorizer: {type: aws_iam}}", "}"},
	{"another route for anybody", 1, "      - httpApi: {path: /shop, method: get, authorizer: {type: aws_iam}}\n", "      - httpApi: {path: /shop, method: get, authorizer: {type: aws_iam}}\n      - httpApi: {path: /free, method: get}\n"},
	{"a public address", 1, "    handler: shop.handler\n", "    handler: shop.handler\n    url: true\n"},
	{"the role of the service", 1, "    role: JobsRole\n", ""},
	{"trust of another account", 1, "Principal: {Service: lambda.amazonaws.com}", "Principal: {Service: lambda.amazonaws.com, AWS: \"999988887777\"}"},
	{"a queue's message to read", 1, `["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"]`, `"sqs:*"`},
}

const samGuinea = `Transform: AWS::Serverless-2016-10-31
Resources:
  Table: {Type: AWS::Serverless::SimpleTable}
  Queue: {Type: AWS::SQS::Queue}
  Orders:
    Type: AWS::Serverless::Function
    Properties:
      Runtime: python3.12
      Handler: orders.handler
      InlineCode: x
      PermissionsBoundary: arn:aws:iam::123456789012:policy/wall
      AssumeRolePolicyDocument: {Version: "2012-10-17", Statement: [{Effect: Allow, Principal: {Service: lambda.amazonaws.com}, Action: "sts:AssumeRole"}]}
      Policies: [{DynamoDBReadPolicy: {TableName: !Ref Table}}, {SQSPollerPolicy: {QueueName: !GetAtt Queue.QueueName}}]
      FunctionUrlConfig: {AuthType: AWS_IAM}
      Events:
        List: {Type: HttpApi, Properties: {Path: /orders, Method: get, Auth: {Authorizer: AWS_IAM}}}
  Mails:
    Type: AWS::Serverless::Function
    Properties:
      Runtime: python3.12
      Handler: mails.handler
      InlineCode: x
      Policies: [{Statement: [{Effect: Allow, Action: "sqs:SendMessage", Resource: !GetAtt Queue.Arn}]}]
  Endpoint:
    Type: AWS::EC2::VPCEndpoint
    Properties:
      VpcId: vpc-1
      ServiceName: com.amazonaws.us-east-1.s3
      PolicyDocument: {Version: "2012-10-17", Statement: [{Effect: Allow, Principal: "*", Action: "s3:GetObject", Resource: "arn:aws:s3:::mine/*"}]}
`

var samTurns = []turn{
	{"the statement that a policy template stands for", 0, "{SQSPollerPolicy: {QueueName: !GetAtt Queue.QueueName}}",
		`{Statement: [{Effect: Allow, Action: ["sqs:ChangeMessageVisibility", "sqs:ChangeMessageVisibilityBatch", "sqs:DeleteMessage", "sqs:DeleteMessageBatch", "sqs:GetQueueAttributes", "sqs:ReceiveMessage"], Resource: !GetAtt Queue.Arn}]}`},
	{"a role of one's own instead of the transform's", 0, `      Policies: [{Statement: [{Effect: Allow, Action: "sqs:SendMessage", Resource: !GetAtt Queue.Arn}]}]
`, `      Role: !GetAtt Sender.Arn
  Sender:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument: {Version: "2012-10-17", Statement: [{Effect: Allow, Principal: {Service: lambda.amazonaws.com}, Action: "sts:AssumeRole"}]}
      ManagedPolicyArns: [arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole]
      Policies: [{PolicyName: send, PolicyDocument: {Version: "2012-10-17", Statement: [{Effect: Allow, Action: "sqs:SendMessage", Resource: !GetAtt Queue.Arn}]}}]
`},
	{"another logical id", 0, "  Mails:\n", "  Notifications:\n"},
	{"a policy template that writes", 1, "DynamoDBReadPolicy", "DynamoDBCrudPolicy"},
	{"trust of another account", 1, "Principal: {Service: lambda.amazonaws.com}", "Principal: {Service: lambda.amazonaws.com, AWS: \"999988887777\"}"},
	{"trust of another service", 1, "Principal: {Service: lambda.amazonaws.com}", "Principal: {Service: [lambda.amazonaws.com, ec2.amazonaws.com]}"},
	{"no boundary, though it was not seen", 1, "      PermissionsBoundary: arn:aws:iam::123456789012:policy/wall\n", ""},
	{"an address for anybody", 1, "FunctionUrlConfig: {AuthType: AWS_IAM}", "FunctionUrlConfig: {AuthType: NONE}"},
	{"a route for anybody", 1, "Auth: {Authorizer: AWS_IAM}", "Auth: {Authorizer: NONE}"},
	{"an endpoint that lets more pass", 1, "arn:aws:s3:::mine/*", "*"},
	{"no policy of the endpoint", 1, "      PolicyDocument: {Version: \"2012-10-17\", Statement: [{Effect: Allow, Principal: \"*\", Action: \"s3:GetObject\", Resource: \"arn:aws:s3:::mine/*\"}]}\n", ""},
	{"no endpoint", 1, `  Endpoint:
    Type: AWS::EC2::VPCEndpoint
    Properties:
      VpcId: vpc-1
      ServiceName: com.amazonaws.us-east-1.s3
      PolicyDocument: {Version: "2012-10-17", Statement: [{Effect: Allow, Principal: "*", Action: "s3:GetObject", Resource: "arn:aws:s3:::mine/*"}]}
`, ""},
	{"another boundary that was not seen", 1, "policy/wall\n", "policy/hedge\n"},
}

// TestTurnsSAM is TestTurns for what only SAM has, and for endpoints.
func TestTurnsSAM(t *testing.T) {
	project{map[string]string{"template.yaml": samGuinea}, "template.yaml"}.try(t, newJudge(t), "template.yaml", samTurns)
}

// TestTurnsServerless is TestTurns for a service, and for what stands in the resources of the corpus's services.
func TestTurnsServerless(t *testing.T) {
	j := newJudge(t)
	project{map[string]string{"serverless.yml": serviceGuinea}, "serverless.yml"}.try(t, j, "serverless.yml", serviceTurns)
	if !all() {
		return
	}
	root := filepath.Join(corpus.Dir(t), "templates", "sls", "serverless__examples")
	folders, err := filepath.Glob(filepath.Join(root, "aws-*"))
	if err != nil || len(folders) == 0 {
		t.Fatalf("no services: %v", err)
	}
	for _, folder := range folders {
		t.Run(filepath.Base(folder), func(t *testing.T) {
			p := folderOf(t, folder, "serverless.yml")
			m := readMutable(t, []byte(p.files["serverless.yml"]))
			rs := in(m.top(), "resources", "Resources")
			if rs == nil {
				t.Skip("it has no resources")
			}
			rs.Content = append(rs.Content, &yaml.Node{Kind: yaml.ScalarNode, Value: "GUINEA"}, &yaml.Node{Kind: yaml.ScalarNode, Value: "HERE"})
			text := string(m.bytes())
			line := text[strings.LastIndex(text[:strings.Index(text, "GUINEA: HERE")], "\n")+1:]
			indent := line[:strings.Index(line, "GUINEA")]
			// Lines of texts that go over several are the turns' own, so the words stay as they are but for what they begin with.
			deep := func(s string) string { return strings.ReplaceAll(s, "\n", "\n"+indent) }
			p = p.with("serverless.yml", strings.Replace(text, "GUINEA: HERE", deep(strings.Trim(guinea, "\n")), 1))
			var some []turn
			for _, x := range turns {
				if adds[x.name] == "" {
					some = append(some, turn{x.name, x.want, deep(x.from), deep(x.to)})
				}
			}
			p.try(t, j, "serverless.yml", some)
		})
	}
}

// folderOf is a folder's files as a project.
func folderOf(t *testing.T, dir, check string) project {
	t.Helper()
	p := project{map[string]string{}, check}
	err := filepath.WalkDir(dir, func(path string, e os.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		rel, err := filepath.Rel(dir, path)
		if err == nil {
			p.files[filepath.ToSlash(rel)] = read(t, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

const terraformGuinea = `
resource "aws_dynamodb_table" "guinea" {
  name         = "guinea"
  hash_key     = "id"
  billing_mode = "PAY_PER_REQUEST"
  attribute {
    name = "id"
    type = "S"
  }
}

resource "aws_s3_bucket" "guinea" {
  bucket = "guinea-site"
}

resource "aws_s3_bucket_public_access_block" "guinea" {
  bucket                  = aws_s3_bucket.guinea.id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_sqs_queue" "guinea" {
  name = "guinea"
}

resource "aws_sns_topic" "guinea" {
  name = "guinea"
}

data "aws_iam_policy_document" "guinea_trust" {
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "Service"
      identifiers = ["lambda.amazonaws.com"]
    }
  }
}

data "aws_iam_policy_document" "guinea" {
  statement {
    sid       = "Table"
    actions   = ["dynamodb:GetItem", "dynamodb:PutItem"]
    resources = [aws_dynamodb_table.guinea.arn]
    condition {
      test     = "StringEquals"
      variable = "aws:SourceVpc"
      values   = ["vpc-1"]
    }
  }
  statement {
    sid       = "Objects"
    actions   = ["s3:GetObject"]
    resources = ["${aws_s3_bucket.guinea.arn}/public/*"]
  }
  statement {
    sid       = "Never"
    effect    = "Deny"
    actions   = ["s3:DeleteObject", "s3:PutObject"]
    resources = ["*"]
  }
}

resource "aws_iam_policy" "guinea_wall" {
  name = "guinea-wall"
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = ["dynamodb:*", "s3:*"], Resource = "*" }]
  })
}

resource "aws_iam_role" "guinea" {
  name                 = "guinea"
  assume_role_policy   = data.aws_iam_policy_document.guinea_trust.json
  permissions_boundary = aws_iam_policy.guinea_wall.arn
}

resource "aws_iam_role_policy" "guinea" {
  name   = "guinea"
  role   = aws_iam_role.guinea.id
  policy = data.aws_iam_policy_document.guinea.json
}

resource "aws_lambda_function" "guinea" {
  function_name = "guinea"
  role          = aws_iam_role.guinea.arn
  runtime       = "python3.12"
  handler       = "guinea.handler"
  filename      = "guinea.zip"
}

resource "aws_lambda_permission" "guinea" {
  action        = "lambda:InvokeFunction"
  function_name = aws_lambda_function.guinea.function_name
  principal     = "sns.amazonaws.com"
  source_arn    = aws_sns_topic.guinea.arn
}

resource "aws_sqs_queue_policy" "guinea" {
  queue_url = aws_sqs_queue.guinea.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "sns.amazonaws.com" }
      Action    = "sqs:SendMessage"
      Resource  = aws_sqs_queue.guinea.arn
      Condition = { ArnEquals = { "aws:SourceArn" = aws_sns_topic.guinea.arn } }
    }]
  })
}
`

var terraformTurns = []turn{
	{"an order of actions", 0, `["dynamodb:GetItem", "dynamodb:PutItem"]`, `["dynamodb:PutItem", "dynamodb:GetItem"]`},
	{"a local value", 0, `actions   = ["s3:GetObject"]`, "actions   = [local.guinea_read]"},
	{"another Sid", 0, `sid       = "Objects"`, `sid       = "PublicObjects"`},
	{"a document written out", 0, "  policy = data.aws_iam_policy_document.guinea.json\n", `  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Effect = "Deny", Action = ["s3:PutObject", "s3:DeleteObject"], Resource = "*" },
      { Effect = "Allow", Action = "s3:GetObject", Resource = "${aws_s3_bucket.guinea.arn}/public/*" },
      { Effect = "Allow", Action = ["dynamodb:GetItem", "dynamodb:PutItem"], Resource = [aws_dynamodb_table.guinea.arn], Condition = { StringEquals = { "aws:SourceVpc" = ["vpc-1"] } } },
    ]
  })
`},
	{"a policy of its own, attached", 0, `resource "aws_iam_role_policy" "guinea" {
  name   = "guinea"
  role   = aws_iam_role.guinea.id
  policy = data.aws_iam_policy_document.guinea.json
}
`, `resource "aws_iam_policy" "guinea" {
  name   = "guinea"
  policy = data.aws_iam_policy_document.guinea.json
}

resource "aws_iam_role_policy_attachment" "guinea" {
  role       = aws_iam_role.guinea.name
  policy_arn = aws_iam_policy.guinea.arn
}
`},
	{"another address", 0, `resource "aws_iam_role_policy" "guinea" {`, `resource "aws_iam_role_policy" "what_guinea_needs" {`},
	{"a memory size", 0, `  filename      = "guinea.zip"`, "  filename      = \"guinea.zip\"\n  memory_size   = 512"},
	{"an action", 1, `["dynamodb:GetItem", "dynamodb:PutItem"]`, `["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:DeleteItem"]`},
	{"every resource", 1, `resources = [aws_dynamodb_table.guinea.arn]`, `resources = ["*"]`},
	{"all of the bucket", 1, `"${aws_s3_bucket.guinea.arn}/public/*"`, `"${aws_s3_bucket.guinea.arn}/*"`},
	{"another value of a condition", 1, `values   = ["vpc-1"]`, `values   = ["vpc-1", "vpc-2"]`},
	{"a condition that anything meets", 1, "      test     = \"StringEquals\"\n      variable = \"aws:SourceVpc\"\n      values   = [\"vpc-1\"]", "      test     = \"StringLike\"\n      variable = \"aws:SourceVpc\"\n      values   = [\"*\"]"},
	{"a denial as a grant", 1, "    effect    = \"Deny\"\n", ""},
	{"a denial of less actions", 1, `["s3:DeleteObject", "s3:PutObject"]`, `["s3:PutObject"]`},
	{"no boundary", 1, "  permissions_boundary = aws_iam_policy.guinea_wall.arn\n", ""},
	{"a wider boundary", 1, `["dynamodb:*", "s3:*"]`, `["dynamodb:*", "s3:*", "iam:*"]`},
	{"a policy of AWS's", 1, `resource "aws_lambda_function" "guinea" {`, `resource "aws_iam_role_policy_attachment" "more" {
  role       = aws_iam_role.guinea.name
  policy_arn = "arn:aws:iam::aws:policy/AmazonDynamoDBFullAccess"
}

resource "aws_lambda_function" "guinea" {`},
	{"trust of another account", 1, "      identifiers = [\"lambda.amazonaws.com\"]\n    }\n", "      identifiers = [\"lambda.amazonaws.com\"]\n    }\n    principals {\n      type        = \"AWS\"\n      identifiers = [\"999988887777\"]\n    }\n"},
	{"a permission for more", 1, `action        = "lambda:InvokeFunction"`, `action        = "lambda:*"`},
	{"a permission for any topic", 1, "  source_arn    = aws_sns_topic.guinea.arn\n", ""},
	{"a public address", 1, `resource "aws_lambda_permission" "guinea" {`, `resource "aws_lambda_function_url" "guinea" {
  function_name      = aws_lambda_function.guinea.function_name
  authorization_type = "NONE"
}

resource "aws_lambda_permission" "guinea" {`},
	{"a queue for any topic", 1, "      Condition = { ArnEquals = { \"aws:SourceArn\" = aws_sns_topic.guinea.arn } }\n", ""},
	{"a queue that a service does more to", 1, `"sqs:SendMessage"`, `"sqs:*"`},
	{"a queue for an account", 1, `Principal = { Service = "sns.amazonaws.com" }`, `Principal = { Service = "sns.amazonaws.com", AWS = "999988887777" }`},
	{"public access", 1, "  restrict_public_buckets = true", "  restrict_public_buckets = false"},
	{"a bucket for anybody", 1, `resource "aws_sqs_queue" "guinea" {`, `resource "aws_s3_bucket_policy" "guinea" {
  bucket = aws_s3_bucket.guinea.id
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = { AWS = "999988887777" }, Action = "s3:GetObject", Resource = "${aws_s3_bucket.guinea.arn}/*" }]
  })
}

resource "aws_sqs_queue" "guinea" {`},
}

// TestTurnsTerraform is TestTurns for a folder of Terraform, and for what stands in a file beside those of the corpus's folders.
func TestTurnsTerraform(t *testing.T) {
	j := newJudge(t)
	const file = "guinea.tf"
	locals := "locals {\n  guinea_read = \"s3:GetObject\"\n}\n"
	project{map[string]string{file: terraformGuinea, "locals.tf": locals}, "."}.try(t, j, file, terraformTurns)
	if !all() {
		return
	}
	folders, err := filepath.Glob(filepath.Join(corpus.Dir(t), "templates", "tf-dir", "aws-samples__serverless-patterns", "*"))
	if err != nil || len(folders) == 0 {
		t.Fatalf("no folders: %v", err)
	}
	for _, folder := range folders {
		t.Run(filepath.Base(folder), func(t *testing.T) {
			folderOf(t, folder, ".").with(file, terraformGuinea).with("guinea_locals.tf", locals).try(t, j, file, terraformTurns)
		})
	}
}

// long is a template's value as JSON has it, intrinsic functions in their long forms.
func long(n *yaml.Node) any {
	var v any
	switch n.Kind {
	case yaml.AliasNode:
		return long(n.Alias)
	case yaml.SequenceNode:
		list := make([]any, 0, len(n.Content))
		for _, x := range n.Content {
			list = append(list, long(x))
		}
		v = list
	case yaml.MappingNode:
		m := map[string]any{}
		for i := 0; i+1 < len(n.Content); i += 2 {
			m[n.Content[i].Value] = long(n.Content[i+1])
		}
		v = m
	default:
		v = n.Value
		if n.Style == 0 && (n.ShortTag() == "!!bool" || n.ShortTag() == "!!int" || n.ShortTag() == "!!float") {
			v = json.RawMessage(n.Value)
			if !json.Valid([]byte(n.Value)) {
				v = n.Value
			}
		}
	}
	tag := strings.TrimPrefix(n.Tag, "!")
	if !strings.HasPrefix(n.Tag, "!") || strings.HasPrefix(n.Tag, "!!") {
		return v
	}
	switch tag {
	case "Ref", "Condition":
		return map[string]any{tag: v}
	case "GetAtt":
		if s, ok := v.(string); ok {
			a, b, _ := strings.Cut(s, ".")
			v = []any{a, b}
		}
	}
	return map[string]any{"Fn::" + tag: v}
}

// TestSameElsewhere: a template in another format, and what was moved into a nested stack, are the same.
func TestSameElsewhere(t *testing.T) {
	j := newJudge(t)
	files := templates(t)
	if !all() {
		files = files[:6]
	}
	tried := 0
	for _, file := range files {
		data := read(t, file)
		if strings.HasSuffix(file, ".json") || strings.Contains(data, "<<:") {
			continue
		}
		m := readMutable(t, []byte(data))
		if in(m.top(), "Resources") == nil {
			continue
		}
		out, err := json.MarshalIndent(long(m.top()), "", " ")
		if err != nil {
			t.Fatal(err)
		}
		tried++
		if r := j.hold(map[string][]byte{"template.yaml": []byte(data)}, map[string][]byte{"template.yaml": out}, "template.yaml"); r.code != 0 {
			t.Errorf("%s as JSON: exit %d, want 0\n%s%s", file, r.code, r.out, r.err)
		}
		if r := j.hold(map[string][]byte{"template.yaml": out}, map[string][]byte{"template.yaml": []byte(data)}, "template.yaml"); r.code != 0 {
			t.Errorf("%s from JSON: exit %d, want 0\n%s%s", file, r.code, r.out, r.err)
		}
	}
	if tried == 0 {
		t.Error("no template was tried")
	}
	call := guinea[strings.Index(guinea, "GuineaCallRole:"):strings.Index(guinea, "GuineaGroup:")]
	rest := strings.Replace(guinea, call, "", 1)
	deep := func(s string) string { return strings.ReplaceAll(strings.Trim(s, "\n"), "\n", "\n  ") }
	one := map[string][]byte{"template.yaml": []byte("Resources:\n  " + deep(guinea) + "\n")}
	two := map[string][]byte{
		"template.yaml": []byte("Resources:\n  " + deep(rest) + "\n  Callers:\n    Type: AWS::CloudFormation::Stack\n    Properties: {TemplateURL: callers.yaml, Parameters: {Jobs: !GetAtt GuineaJobs.Arn}}\n"),
		"callers.yaml":  []byte("Parameters:\n  Jobs: {Type: String}\nResources:\n  " + deep(strings.ReplaceAll(call, "!GetAtt GuineaJobs.Arn", "!Ref Jobs")) + "\n"),
	}
	for _, way := range [][2]map[string][]byte{{one, two}, {two, one}} {
		if r := j.check(way[0], way[1], "template.yaml"); r.code != 0 {
			t.Errorf("a nested stack: exit %d, want 0\n%s%s", r.code, r.out, r.err)
		}
	}
	wider := map[string][]byte{"template.yaml": two["template.yaml"], "callers.yaml": []byte(strings.Replace(string(two["callers.yaml"]), `"sqs:SendMessage"`, `"sqs:*"`, 1))}
	if r := j.check(one, wider, "template.yaml"); r.code != 1 {
		t.Errorf("a wider nested stack: exit %d, want 1\n%s%s", r.code, r.out, r.err)
	}
	if r := j.check(two, wider, "template.yaml"); r.code != 1 {
		t.Errorf("a nested stack made wider: exit %d, want 1\n%s%s", r.code, r.out, r.err)
	}
}
