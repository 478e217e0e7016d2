package cfn

import (
	"context"
	"strings"
	"testing"
	"testing/fstest"

	"bulkhead/importers"
	"bulkhead/internal/tightening"
	"bulkhead/model"
	"bulkhead/model/policy"
)

// nest is a stack with two others in it: what one returns is what the other is given.
var nest = map[string]string{
	"template.yaml": `Transform: AWS::Serverless-2016-10-31
Parameters:
  Stage: {Type: String, Default: dev}
Resources:
  Api: # before what it is given comes from
    Type: AWS::Serverless::Application
    Properties:
      Location: ./parts/api.yaml
      Parameters:
        TableArn: !GetAtt Data.Outputs.Arn
        TableName: !GetAtt Data.Outputs.Name
        Zones: [a, b]
  Data:
    Type: AWS::CloudFormation::Stack
    Properties:
      TemplateURL: parts/data.yaml
      Parameters: {Name: !Sub "orders-${Stage}", Reader: !GetAtt Api.Outputs.RoleArn}
  Worker:
    Type: AWS::Serverless::Function
    Properties:
      Handler: a.b
      Runtime: python3.12
      CodeUri: .
      Policies:
        - Statement: [{Effect: Allow, Action: [dynamodb:GetItem, dynamodb:Scan], Resource: !GetAtt Data.Outputs.Arn}]
      Events:
        S: {Type: DynamoDB, Properties: {Stream: !GetAtt Data.Outputs.Stream, StartingPosition: LATEST}}
`,
	"parts/data.yaml": `Parameters:
  Name: {Type: String}
  Reader: {Type: String}
Resources:
  Table:
    Type: AWS::DynamoDB::Table
    Properties:
      TableName: !Ref Name
      StreamSpecification: {StreamViewType: NEW_IMAGE}
      ResourcePolicy: {PolicyDocument: {Version: "2012-10-17", Statement: [{Effect: Allow, Principal: {AWS: !Ref Reader}, Action: dynamodb:Query, Resource: "*"}]}}
Outputs:
  Arn: {Value: !GetAtt Table.Arn}
  Name: {Value: !Ref Table}
  Stream: {Value: !GetAtt Table.StreamArn}
`,
	"parts/api.yaml": `Transform: AWS::Serverless-2016-10-31
Parameters:
  TableArn: {Type: String}
  TableName: {Type: String}
  Zones: {Type: CommaDelimitedList}
Resources:
  Worker:
    Type: AWS::Serverless::Function
    Properties:
      Handler: a.b
      Runtime: python3.12
      CodeUri: .
      Environment: {Variables: {TABLE: !Ref TableName}}
      Tags: {Zone: !Select [1, !Ref Zones]}
      Policies:
        - Statement:
            - Effect: Allow
              Action: # both
                - dynamodb:PutItem
                - dynamodb:DeleteItem
              Resource: !Ref TableArn
      Events:
        Q: {Type: SQS, Properties: {Queue: arn:aws:sqs:us-east-1:123456789012:q}}
        W: {Type: Api, Properties: {Path: /x, Method: get}}
Outputs:
  RoleArn: {Value: !GetAtt WorkerRole.Arn}
`,
}

func openFiles(t *testing.T, name string, files map[string]string) *importers.Import {
	t.Helper()
	fsys := fstest.MapFS{}
	for name, text := range files {
		fsys[name] = &fstest.MapFile{Data: []byte(text)}
	}
	in, err := importers.OpenFS(context.Background(), Sources(), fsys, name, importers.Options{StackName: "shop"})
	if err != nil {
		t.Fatal(err)
	}
	return in
}

func TestNestedStacks(t *testing.T) {
	in := openFiles(t, "template.yaml", nest)
	d := in.Design
	if len(in.Diagnostics) > 0 {
		t.Errorf("diagnostics %v", in.Diagnostics)
	}
	table := d.Resource("res/Table")
	if table == nil || table.Name != "orders-dev" || table.Stack != "shop-Data" {
		t.Fatalf("the table is %+v", table)
	}
	inner := d.Function("fn/shop-Api/Worker")
	if inner == nil || inner.Environment[0].Refers != "res/Table" || inner.Tags["Zone"] != "b" {
		t.Fatalf("the nested function is %+v", inner)
	}
	if p := table.Policy; p == nil || p.Statements[0].Principals[0].Value != d.Role(inner.Role).ARN {
		t.Errorf("the table's policy is %+v", p)
	}
	if tr := d.TriggersOf("fn/shop/Worker"); len(tr) != 1 || tr[0].From != "res/Table" {
		t.Errorf("the outer function's triggers are %+v", tr)
	}
	for _, role := range []model.ID{"role/shop/WorkerRole", "role/shop-Api/WorkerRole"} {
		list := d.Role(role).Policies
		if got := d.Policy(list[len(list)-1]).Document.Statements[0].Resources[0]; got != table.ARN {
			t.Errorf("%s is about %s", role, got)
		}
	}
}

// A tightening and a split of what nests are written into the nested file, and the others keep every byte.
func TestPatchNested(t *testing.T) {
	in := openFiles(t, "template.yaml", nest)
	list := in.Design.Role("role/shop-Api/WorkerRole").Policies
	p := in.Design.Policy(list[len(list)-1])
	st := *p.Document.Statements[0]
	st.Actions = []string{"dynamodb:PutItem"}
	after := tightening.Tightened(t, in.Design, p, 0, &st)
	files := proven(t, in, after)
	for name, data := range files {
		if want := in.Files[name]; name != "parts/api.yaml" && string(data) != string(want) {
			t.Errorf("%s changed", name)
		}
	}
	if want := strings.Replace(nest["parts/api.yaml"], "                - dynamodb:DeleteItem\n", "", 1); string(files["parts/api.yaml"]) != want {
		t.Errorf("the nested template is\n%s", files["parts/api.yaml"])
	}
}

// A resource of another stack is said by what the template is given or imports: the name that CloudFormation generates for
// it is not known here, and where nothing says it the patch is refused.
func TestPatchAcross(t *testing.T) {
	role := func(head, tail string) string {
		return head + `Resources:
  R:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument: {Statement: [{Effect: Allow, Action: 'sts:AssumeRole', Principal: {Service: lambda.amazonaws.com}}]}
      Policies: [{PolicyName: p, PolicyDocument: {Statement: [{Effect: Allow, Action: 'dynamodb:*', Resource: '*'}]}}]
` + tail
	}
	tables := func(returns string) string {
		return `Resources:
  T: {Type: AWS::DynamoDB::Table, Properties: {BillingMode: PAY_PER_REQUEST, KeySchema: [{AttributeName: k, KeyType: HASH}], AttributeDefinitions: [{AttributeName: k, AttributeType: S}]}}
Outputs:
  Out: {Value: ` + returns + `, Export: {Name: !Sub '${AWS::StackName}-t'}}
`
	}
	given := `Resources:
  Data: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: data.yaml}}
  App: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: app.yaml, Parameters: {Table: !GetAtt Data.Outputs.Out}}}
`
	param := "Parameters: {Table: {Type: String}}\n"
	for name, c := range map[string]struct {
		files map[string]string
		index string
		want  string
	}{
		"name":   {map[string]string{"template.yaml": given, "data.yaml": tables("!Ref T"), "app.yaml": role(param, "")}, "", `Resource: !Sub "arn:${AWS::Partition}:dynamodb:${AWS::Region}:${AWS::AccountId}:table/${Table}"`},
		"arn":    {map[string]string{"template.yaml": given, "data.yaml": tables("!GetAtt T.Arn"), "app.yaml": role(param, "")}, "", `Resource: !Ref Table`},
		"part":   {map[string]string{"template.yaml": given, "data.yaml": tables("!GetAtt T.Arn"), "app.yaml": role(param, "")}, "/index/i", `Resource: !Sub "${Table}/index/i"`},
		"import": {map[string]string{"data.yaml": tables("!GetAtt T.Arn"), "app.yaml": role("", "Outputs: {T: {Value: !ImportValue data-t}}\n")}, "", `Resource: !ImportValue data-t`},
		"none":   {map[string]string{"data.yaml": tables("!GetAtt T.Arn"), "app.yaml": role("", "")}, "", ""},
	} {
		first := "."
		if c.files["template.yaml"] != "" {
			first = "template.yaml"
		}
		in := openFiles(t, first, c.files)
		p := in.Design.Policy(in.Design.Roles()[0].Policies[0])
		st := *p.Document.Statements[0]
		st.Actions, st.Resources = []string{"dynamodb:Query"}, []string{in.Design.Resource("res/T").ARN + c.index}
		after := tightening.Tightened(t, in.Design, p, 0, &st)
		if c.want == "" {
			if _, err := in.Source.(importers.Patcher).Patch(in, after); err == nil || !strings.Contains(err.Error(), "in another stack") {
				t.Errorf("%s: %v", name, err)
			}
			continue
		}
		if text := string(proven(t, in, after)["app.yaml"]); !strings.Contains(text, c.want) {
			t.Errorf("%s:\n%s", name, text)
		}
	}
}

func proven(t *testing.T, in *importers.Import, after *model.Design) map[string][]byte {
	t.Helper()
	edits, err := in.Source.(importers.Patcher).Patch(in, after)
	if err != nil {
		t.Fatal(err)
	}
	files, err := importers.Prove(context.Background(), in, after, edits)
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// Without the other template its values are unknown, with what to do; a stack that nests in itself is told.
func TestNestedElsewhere(t *testing.T) {
	in := openFiles(t, "a.yaml", map[string]string{"a.yaml": `Resources:
  S: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: https://s3.amazonaws.com/b/x.yaml}}
  Me: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: a.yaml}}
  N: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: broken.yaml}}
  Q: {Type: AWS::SQS::Queue, Properties: {QueueName: !GetAtt S.Outputs.Name}}
  P: {Type: AWS::SQS::Queue, Properties: {QueueName: !ImportValue other}}
`, "broken.yaml": "- list\n"})
	if r := in.Design.Resource("res/Q"); r.Name != "${S.Outputs.Name}" {
		t.Errorf("the queue is %q", r.Name)
	}
	var all []string
	for _, d := range in.Diagnostics {
		all = append(all, d.String()+" "+d.Detail)
	}
	said := strings.Join(all, "\n")
	for _, want := range []string{"S is another stack", "Me nests a stack in itself", "N is another stack, whose template cannot be read",
		"what stack S returns as Name is not known It stays as ${S.Outputs.Name}; open its template together", "no template that is open exports other It stays as ${other}; open the template that exports it together"} {
		if !strings.Contains(said, want) {
			t.Errorf("%q is not in\n%s", want, said)
		}
	}
}

// What one stack exports another imports, whichever is read first; an unknown of one is not that of another.
func TestExports(t *testing.T) {
	in := openFiles(t, ".", map[string]string{
		"a.yaml": `Parameters: {Net: {Type: String, Default: z}}
Resources:
  F: {Type: AWS::Lambda::Function, Properties: {Handler: a.b, Role: !ImportValue role, Code: {ZipFile: x}}}
  M: {Type: AWS::Lambda::EventSourceMapping, Properties: {FunctionName: !Ref F, EventSourceArn: {"Fn::ImportValue": !Sub "${Net}-queue"}}}
  P: {Type: AWS::Lambda::Permission, Properties: {FunctionName: !ImportValue alias, Action: lambda:InvokeFunction, Principal: sns.amazonaws.com}}
  T: {Type: AWS::SNS::Topic, Properties: {TopicName: !Select [3, !Ref AWS::NotificationARNs]}}
`,
		"z.yaml": `Resources:
  Q: {Type: AWS::SQS::Queue}
  R: {Type: AWS::IAM::Role, Properties: {Path: /app/, AssumeRolePolicyDocument: {Statement: []}}}
  G: {Type: AWS::Lambda::Function, Properties: {Handler: a.b, Role: !GetAtt R.Arn, Code: {ZipFile: x}}}
  A: {Type: AWS::Lambda::Alias, Properties: {FunctionName: !Ref G, Name: live}}
  T: {Type: AWS::SNS::Topic, Properties: {TopicName: !Select [3, !Ref AWS::NotificationARNs]}}
Outputs:
  Q: {Value: !GetAtt Q.Arn, Export: {Name: !Sub "${AWS::StackName}-queue"}}
  R: {Value: !GetAtt R.Arn, Export: {Name: role}}
  A: {Value: !Ref A, Export: {Name: alias}}
`})
	d := in.Design
	if d.Function("fn/F").Role != "role/R" {
		t.Errorf("F runs as %q", d.Function("fn/F").Role)
	}
	if tr := d.TriggersOf("fn/F"); len(tr) != 1 || tr[0].From != "res/Q" {
		t.Errorf("F's triggers are %+v", tr)
	}
	if g := d.Function("fn/G"); g.Policy == nil || g.Policy.Statements[0].Resources[0] != g.ARN+":live" {
		t.Errorf("G's policy is %+v", g.Policy)
	}
	a, z := d.Resource("res/a/T"), d.Resource("res/z/T")
	if a == nil || z == nil || a.Name == z.Name {
		t.Errorf("topics %+v, %+v", a, z)
	}
}

// Every statement of a folder can be tightened, and only its own file changes.
func TestPatchFolder(t *testing.T) {
	in := openFiles(t, ".", nest)
	n := 0
	for _, p := range in.Design.Policies() {
		if p.Document == nil || p.Document.Span.IsZero() {
			continue
		}
		for i, st := range p.Document.Statements {
			for _, how := range tightening.All {
				to := how.Change(st)
				if to == nil {
					continue
				}
				if after := tightening.Tightened(t, in.Design, p, i, to); after != nil {
					files := proven(t, in, after)
					for name := range files {
						if name != st.Span.File && string(files[name]) != string(in.Files[name]) {
							t.Errorf("%s of %s changes %s", how.Name, p.ID, name)
						}
					}
					n++
				}
			}
		}
	}
	if n < 4 {
		t.Errorf("%d tightenings", n)
	}
}

// New elements of a stack whose names are shared get its name, and the patched source gives them the same.
func TestScopedNames(t *testing.T) {
	n := scopedNames{}
	before, err := model.New(model.Info{}, &model.Function{ID: "fn/a/Old", Stack: "a"})
	if err != nil {
		t.Fatal(err)
	}
	after, err := before.With(model.Change{After: &model.Function{ID: "fn/a/New", Stack: "a"}}, model.Change{After: &model.Policy{ID: "policy/NewRole/inline", Stack: "a", Document: &policy.Document{}}})
	if err != nil {
		t.Fatal(err)
	}
	n.add(before, after)
	if len(n) != 1 || !n["a/New"] {
		t.Errorf("scoped %v", n)
	}
}
