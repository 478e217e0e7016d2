package serverless

import (
	"slices"
	"strings"
	"testing"

	"bulkhead/importers"
)

// TestMachineRole: each task gives the role of its state machine what the plugin gives it; the machine's own statements
// stand behind, and are changed where they are written.
func TestMachineRole(t *testing.T) {
	const account = "us-east-1:123456789012:"
	for _, c := range []struct {
		task, want string
		more       string // of the state machine
	}{
		{task: "Resource: !GetAtt one.Arn", want: "lambda:InvokeFunction on arn:aws:lambda:" + account + "function:s-dev-one,arn:aws:lambda:" + account + "function:s-dev-one:*"},
		{task: "Resource: 'arn:aws:lambda:" + account + "function:x:live'", want: "lambda:InvokeFunction on arn:aws:lambda:" + account + "function:x,arn:aws:lambda:" + account + "function:x:*"},
		{task: "Resource: 'arn:aws:states:::lambda:invoke', Parameters: {FunctionName: !Ref one}", want: "lambda:InvokeFunction on arn:aws:lambda:" + account + "function:s-dev-one,arn:aws:lambda:" + account + "function:s-dev-one:*"},
		{task: "Resource: 'arn:aws:states:::lambda:invoke', Parameters: {FunctionName: '123456789012:function:x'}", want: "lambda:InvokeFunction on arn:aws:lambda:" + account + "function:x,arn:aws:lambda:" + account + "function:x:*"},
		{task: "Resource: 'arn:aws:states:::lambda:invoke', Parameters: {FunctionName.$: $.f}", want: "lambda:InvokeFunction on *"},
		{task: "Resource: 'arn:aws:states:::lambda:invoke', Parameters: {FunctionName.$: $.f, AllowedFunctions: ['arn:aws:lambda:" + account + "function:x']}", want: "lambda:InvokeFunction on arn:aws:lambda:" + account + "function:x"},
		{task: "Resource: 'arn:aws:states:::sqs:sendMessage.waitForTaskToken', Parameters: {QueueUrl: 'https://sqs.us-east-1.amazonaws.com/123456789012/q'}", want: "sqs:SendMessage on arn:aws:sqs:" + account + "q"},
		{task: "Resource: 'arn:aws:states:::sqs:sendMessage', Parameters: {QueueUrl.$: $.q}", want: "sqs:SendMessage on *"},
		{task: "Resource: 'arn:aws:states:::sns:publish', Parameters: {TopicArn: 'arn:aws:sns:" + account + "t'}", want: "sns:Publish on arn:aws:sns:" + account + "t"},
		{task: "Resource: 'arn:aws:states:::aws-sdk:dynamodb:query', Parameters: {TableName: t, IndexName: i}", want: "dynamodb:Query on arn:aws:dynamodb:" + account + "table/t/index/i"},
		{task: "Resource: 'arn:aws:states:::dynamodb:getItem', Parameters: {TableName.$: $.t}", want: "dynamodb:GetItem on *"},
		{task: "Resource: 'arn:aws:states:::aws-sdk:dynamodb:batchGetItem', Parameters: {RequestItems: {a: {}, b.$: $.b}}", want: "dynamodb:BatchGetItem on arn:aws:dynamodb:" + account + "table/a,arn:aws:dynamodb:" + account + "table/b"},
		{task: "Resource: 'arn:aws:states:::aws-sdk:s3:getObject', Parameters: {Bucket: b, Key: k/x}", want: "s3:GetObject on arn:aws:s3:::b/k/x"},
		{task: "Resource: 'arn:aws:states:::aws-sdk:s3:listObjectsV2', Parameters: {Bucket: b}", want: "s3:Get*,s3:List* on arn:aws:s3:::b,arn:aws:s3:::b/*"},
		{task: "Resource: 'arn:aws:states:::bedrock:invokeModel', Parameters: {ModelId: m.v1}", want: "bedrock:InvokeModel on arn:aws:bedrock:us-east-1::foundation-model/m.v1"},
		{task: "Resource: 'arn:aws:states:::events:putEvents', Parameters: {Entries: [{EventBusName: b}, {Source: x}]}", want: "events:PutEvents on arn:aws:events:" + account + "event-bus/b,arn:aws:events:" + account + "event-bus/default"},
		{task: "Resource: 'arn:aws:states:::aws-sdk:scheduler:createSchedule', Parameters: {GroupName: g, Target: {RoleArn: 'arn:aws:iam::123456789012:role/r'}}",
			want: "scheduler:CreateSchedule on arn:aws:scheduler:" + account + "schedule/g/*; iam:PassRole on arn:aws:iam::123456789012:role/r"},
		{task: "Resource: 'arn:aws:states:::codebuild:startBuild.sync', Parameters: {ProjectName: p}",
			want: "codebuild:StartBuild,codebuild:StopBuild,codebuild:BatchGetBuilds on arn:aws:codebuild:" + account + "project/p; events:PutTargets,events:PutRule,events:DescribeRule on arn:aws:events:" + account + "rule/StepFunctionsGetEventForCodeBuildStartBuildRule"},
		{task: "Resource: !GetAtt one.Arn", more: "tracingConfig: {enabled: true}, loggingConfig: {level: ALL}",
			want: "lambda:InvokeFunction on arn:aws:lambda:" + account + "function:s-dev-one,arn:aws:lambda:" + account + "function:s-dev-one:*; " +
				"logs:CreateLogDelivery,logs:GetLogDelivery,logs:UpdateLogDelivery,logs:DeleteLogDelivery,logs:ListLogDeliveries,logs:PutResourcePolicy,logs:DescribeResourcePolicies,logs:DescribeLogGroups," +
				"xray:PutTraceSegments,xray:PutTelemetryRecords,xray:GetSamplingRules,xray:GetSamplingTargets on *"},
		{task: "Resource: 'arn:aws:states:::activity:wait'", want: "* on *"}, // denied
		{task: "Resource: 'arn:aws:states:::activity:wait'", more: "iamRoleStatements: [{Effect: Allow, Action: 'ses:SendEmail', Resource: '*'}]", want: "ses:SendEmail on *"},
		{task: "Type: Map, ItemProcessor: {ProcessorConfig: {Mode: DISTRIBUTED}, States: {}}, ItemReader: {Resource: 'arn:aws:states:::s3:getObject', Parameters: {Bucket: b, Key: k}}",
			want: "states:StartExecution on arn:aws:states:" + account + "stateMachine:flow; states:DescribeExecution,states:StopExecution on *; events:PutTargets,events:PutRule,events:DescribeRule on arn:aws:events:" + account +
				"rule/StepFunctionsGetEventsForStepFunctionsExecutionRule; s3:GetObject on arn:aws:s3:::b/k"},
	} {
		task := c.task
		if !strings.HasPrefix(task, "Type:") {
			task = "Type: Task, " + task
		}
		if c.more != "" {
			c.more += ", "
		}
		in := importFolder(t, map[string]string{"serverless.yml": "service: s\nplugins: [serverless-step-functions]\nprovider: {name: aws, rolePermissionsBoundary: 'arn:aws:iam::123456789012:policy/b'}\nfunctions: {one: {handler: h}}\n" +
			"stepFunctions: {stateMachines: {flow: {" + c.more + "events: [{schedule: {rate: rate(1 day), method: scheduler}}], definition: {StartAt: A, States: {A: {" + task + "}}}}}}\n"}, importers.Options{})
		r := in.Design.Role("role/FlowStepFunctionsStateMachineRole")
		var got []string
		for _, st := range in.Design.Policy(r.Policies[0]).Document.Statements {
			got = append(got, strings.Join(st.Actions, ",")+" on "+strings.Join(st.Resources, ","))
		}
		if strings.Join(got, "; ") != c.want {
			t.Errorf("%s %s:\n got %s\nwant %s", c.task, c.more, strings.Join(got, "; "), c.want)
		}
		if r.Boundary == "" || in.Design.Role("role/FlowScheduleToStepFunctionsRole").Boundary == "" {
			t.Error("a role has no boundary")
		}
		if said := told(in.Design); !slices.Contains(said, "FlowScheduleToStepFunctionsRole trusts scheduler.amazonaws.com") {
			t.Errorf("nobody schedules: %v", said)
		}
	}
}

// TestMachineStatementsArePatched: a statement of a state machine's own is changed where it stands.
func TestMachineStatementsArePatched(t *testing.T) {
	const text = `service: s
plugins: [serverless-step-functions]
provider: {name: aws}
functions: {one: {handler: h}}
stepFunctions:
  stateMachines:
    flow:
      iamRoleStatements: # its own
        - Effect: Allow
          Action: [ses:SendEmail, ses:SendRawEmail, ses:SendBounce]
          Resource: '*'
      definition: {StartAt: A, States: {A: {Type: Pass, End: true}}}
`
	in := importFolder(t, map[string]string{"serverless.yml": text}, importers.Options{})
	p := in.Design.Policy(in.Design.Role("role/FlowStepFunctionsStateMachineRole").Policies[0])
	n := *p.Document.Statements[0]
	n.Actions = n.Actions[:2]
	files, err := proven(t, "machine", in, withStatements(t, in.Design, p, &n))
	if err != nil {
		t.Fatal(err)
	}
	if want := strings.Replace(text, ", ses:SendBounce]", "]", 1); string(files["serverless.yml"]) != want {
		t.Errorf("%s", files["serverless.yml"])
	}
}
