package serverless

import (
	"context"
	"fmt"
	"os"
	"slices"
	"sort"
	"strings"
	"testing"

	"bulkhead/importers"
	"bulkhead/importers/cfn"
	"bulkhead/model"
	"bulkhead/model/policy"
	"bulkhead/model/source"
)

// what a service says in lines: who may call each function, what its role may do beyond logs, what triggers there are.
func told(d *model.Design) []string {
	var out []string
	line := func(st *policy.Statement) string {
		s := st.Effect.String() + " " + strings.Join(st.Actions, ",") + " on " + strings.Join(st.Resources, ",")
		for _, c := range st.Conditions {
			s += " if " + c.Key + "=" + strings.Join(c.Values, ",")
		}
		return s
	}
	for _, f := range d.Functions() {
		if f.Policy == nil {
			continue
		}
		for _, st := range f.Policy.Statements {
			text := st.Principals[0].Value + " " + strings.Join(st.Actions, ",")
			for _, c := range st.Conditions {
				text += " if " + c.Key + "=" + strings.Join(c.Values, ",")
			}
			out = append(out, f.LogicalID+" lets in "+text)
		}
	}
	for _, r := range d.Roles() {
		if r.External {
			continue
		}
		for _, p := range r.Trust.Statements[0].Principals {
			if p.Value != "lambda.amazonaws.com" {
				out = append(out, r.LogicalID+" trusts "+p.Value)
			}
		}
		if r.Boundary != "" {
			out = append(out, r.LogicalID+" within "+string(r.Boundary))
		}
		for _, id := range r.Policies {
			p := d.Policy(id)
			if p.Managed {
				out = append(out, r.LogicalID+" has "+p.ARN)
				continue
			}
			for _, st := range p.Document.Statements {
				if !strings.Contains(st.Resources[0], ":log-group:/aws/lambda/") {
					out = append(out, r.LogicalID+" may "+line(st))
				}
			}
		}
	}
	for _, t := range d.Triggers() {
		from := string(t.From)
		if from != "" {
			from = " from " + from
		}
		out = append(out, fmt.Sprintf("%s%s: %s %s open %v token %v", t.ID, from, t.Kind, t.Label, t.Open, t.Token))
	}
	sort.Strings(out)
	return out
}

// TestEvents compiles events of every kind. What each comes to is what the framework's version 3 makes of it.
func TestEvents(t *testing.T) {
	const arn = "arn:aws:sqs:us-east-1:123456789012:"
	for _, c := range []struct {
		name, events string
		more         string // further lines of the service
		want         []string
	}{
		{"schedule", "[{schedule: rate(1 hour)}, {schedule: {rate: ['cron(0 1 * * ? *)'], enabled: false}}]", "", []string{
			"f lets in events.amazonaws.com lambda:InvokeFunction if AWS:SourceArn=arn:aws:events:us-east-1:123456789012:rule/s-dev-FEventsRuleSchedule1-GENERATED",
			"f lets in events.amazonaws.com lambda:InvokeFunction if AWS:SourceArn=arn:aws:events:us-east-1:123456789012:rule/s-dev-FEventsRuleSchedule2-GENERATED",
			"trigger/f/schedule%20rate%281%20hour%29: schedule rate(1 hour) open false token false",
		}},
		{"scheduler", "[{schedule: {method: scheduler, rate: [rate(1 hour)]}}, {schedule: {method: scheduler, rate: [rate(1 day)]}}]", "", []string{
			"IamRoleLambdaExecution trusts scheduler.amazonaws.com",
			"IamRoleLambdaExecution may Allow lambda:InvokeFunction on arn:aws:lambda:us-east-1:123456789012:function:s-dev-f,arn:aws:lambda:us-east-1:123456789012:function:s-dev-f:*",
			"trigger/f/schedule%20rate%281%20hour%29: schedule rate(1 hour) open false token false",
		}},
		{"destinations", "[]\n    destinations: {onSuccess: {type: sqs, arn: {Fn::GetAtt: [One, Arn]}}, onFailure: {type: sqs, arn: {Fn::GetAtt: [Two, Arn]}}}", "resources: {Resources: {One: {Type: AWS::SQS::Queue}, Two: {Type: AWS::SQS::Queue}}}", []string{
			"IamRoleLambdaExecution may Allow sqs:SendMessage on " + arn + "s-dev-One-GENERATED",
			"IamRoleLambdaExecution may Allow sqs:SendMessage on " + arn + "s-dev-Two-GENERATED",
		}},
		{"sqs", "[{sqs: " + arn + "one}, {sqs: {arn: {Fn::GetAtt: [Two, Arn]}, filterPatterns: [{a: [1]}]}}]", "resources: {Resources: {Two: {Type: AWS::SQS::Queue}}}", []string{
			"IamRoleLambdaExecution may Allow sqs:ReceiveMessage,sqs:DeleteMessage,sqs:GetQueueAttributes on " + arn + "one," + arn + "s-dev-Two-GENERATED",
			"trigger/f/sqs%20Two from res/Two: event-source-mapping sqs open false token false",
			"trigger/f/sqs%20one from res/" + arn + "one: event-source-mapping sqs open false token false",
		}},
		{"streams", `[{stream: {type: dynamodb, arn: {Fn::GetAtt: [T, StreamArn]}, destinations: {onFailure: 'arn:aws:sns:us-east-1:123456789012:dead'}}}, {stream: 'arn:aws:kinesis:us-east-1:123456789012:stream/k'},
  {stream: {arn: 'arn:aws:kinesis:us-east-1:123456789012:stream/c', consumer: true}}]`, "resources: {Resources: {T: {Type: AWS::DynamoDB::Table, Properties: {TableName: t}}}}", []string{
			"IamRoleLambdaExecution may Allow kinesis:GetRecords,kinesis:GetShardIterator,kinesis:DescribeStream,kinesis:ListStreams on arn:aws:kinesis:us-east-1:123456789012:stream/k",
			"IamRoleLambdaExecution may Allow kinesis:GetRecords,kinesis:GetShardIterator,kinesis:DescribeStreamSummary,kinesis:ListShards on arn:aws:kinesis:us-east-1:123456789012:stream/c",
			"IamRoleLambdaExecution may Allow sns:Publish on arn:aws:sns:us-east-1:123456789012:dead",
			"trigger/f/stream%20dynamodb%20T from res/T: event-source-mapping dynamodb open false token false",
		}},
		{"sns", "[{sns: topic}, {sns: {topicName: other, filterPolicy: {a: [b]}}}, {sns: 'arn:aws:sns:us-east-1:123456789012:third'}]", "", []string{
			"f lets in sns.amazonaws.com lambda:InvokeFunction if AWS:SourceArn=arn:aws:sns:us-east-1:123456789012:other",
			"f lets in sns.amazonaws.com lambda:InvokeFunction if AWS:SourceArn=arn:aws:sns:us-east-1:123456789012:third",
			"f lets in sns.amazonaws.com lambda:InvokeFunction if AWS:SourceArn=arn:aws:sns:us-east-1:123456789012:topic",
			"trigger/f/sns%20other from res/SNSTopicOther: sns-subscription sns open false token false",
			"trigger/f/sns%20topic from res/SNSTopicTopic: sns-subscription sns open false token false",
			"trigger/f/sns%20third from res/arn:aws:sns:us-east-1:123456789012:third: sns-subscription sns open false token false",
		}},
		{"s3", "[{s3: photos}, {s3: {bucket: named, event: 's3:ObjectRemoved:*', rules: [{prefix: in/}]}}]", "", []string{
			"f lets in s3.amazonaws.com lambda:InvokeFunction if AWS:SourceArn=arn:aws:s3:::named if AWS:SourceAccount=123456789012",
			"f lets in s3.amazonaws.com lambda:InvokeFunction if AWS:SourceArn=arn:aws:s3:::photos if AWS:SourceAccount=123456789012",
			"trigger/f/s3%20named%20s3:ObjectRemoved:%2A from res/S3BucketNamed: s3-notification s3:ObjectRemoved:* open false token false",
			"trigger/f/s3%20photos%20s3:ObjectCreated:%2A from res/S3BucketPhotos: s3-notification s3:ObjectCreated:* open false token false",
		}},
		{"a bucket that is there", "[{s3: {bucket: photos, existing: true}}]", "", []string{
			"IamRoleCustomResourcesLambdaExecution may Allow lambda:AddPermission,lambda:RemovePermission on arn:aws:lambda:us-east-1:123456789012:function:*",
			"IamRoleCustomResourcesLambdaExecution may Allow s3:PutBucketNotification,s3:GetBucketNotification on arn:aws:s3:::photos",
			"trigger/f/s3%20photos%20s3:ObjectCreated:%2A from res/arn:aws:s3:::photos: s3-notification s3:ObjectCreated:* open false token false",
		}},
		{"http", "[{http: 'GET items/{id}'}, {http: {path: closed, method: post, authorizer: {name: guard, type: request}}}, {http: {path: iam, method: get, authorizer: aws_iam}}]", "", []string{
			"f lets in apigateway.amazonaws.com lambda:InvokeFunction if AWS:SourceArn=arn:aws:execute-api:us-east-1:123456789012:s-dev-ApiGatewayRestApi-GENERATED/*/*",
			"guard lets in apigateway.amazonaws.com lambda:InvokeFunction if AWS:SourceArn=arn:aws:execute-api:us-east-1:123456789012:s-dev-ApiGatewayRestApi-GENERATED/*/*",
			"trigger/f/GET%20/items/%7Bid%7D from res/ApiGatewayRestApi: api-route GET /items/{id} open true token false",
			"trigger/f/POST%20/closed from res/ApiGatewayRestApi: api-route POST /closed open false token true",
			"trigger/f/GET%20/iam from res/ApiGatewayRestApi: api-route GET /iam open false token false",
		}},
		{"httpApi", "[{httpApi: '*'}, {httpApi: {path: /x, method: '*', authorizer: jwt}}]", "", []string{
			"f lets in apigateway.amazonaws.com lambda:InvokeFunction if AWS:SourceArn=arn:aws:execute-api:us-east-1:123456789012:s-dev-HttpApi-GENERATED/*",
			"trigger/f/$default from res/HttpApi: api-route $default open true token false",
			"trigger/f/ANY%20/x from res/HttpApi: api-route ANY /x open false token true",
		}},
		{"websocket", "[{websocket: $connect}, {websocket: {route: $default}}]", "", []string{
			"IamRoleLambdaExecution may Allow execute-api:ManageConnections on arn:aws:execute-api:*:*:*/@connections/*",
			"f lets in apigateway.amazonaws.com lambda:InvokeFunction",
			"trigger/f/websocket%20$connect from res/WebsocketsApi: api-route $connect open true token false",
		}},
		{"msk and brokers", `[{msk: {arn: 'arn:aws:kafka:us-east-1:123456789012:cluster/c/u', topic: t}}, {activemq: {arn: 'arn:aws:mq:us-east-1:123456789012:broker:b:i', queue: q, basicAuthArn: 'arn:aws:secretsmanager:us-east-1:123456789012:secret:x'}}]`, "", []string{
			"IamRoleLambdaExecution may Allow kafka:DescribeCluster,kafka:GetBootstrapBrokers on arn:aws:kafka:us-east-1:123456789012:cluster/c/u",
			"IamRoleLambdaExecution may Allow mq:DescribeBroker on arn:aws:mq:us-east-1:123456789012:broker:b:i",
			"IamRoleLambdaExecution may Allow secretsmanager:GetSecretValue on arn:aws:secretsmanager:us-east-1:123456789012:secret:x",
			"IamRoleLambdaExecution may Allow ec2:CreateNetworkInterface,ec2:DescribeNetworkInterfaces,ec2:DescribeVpcs,ec2:DeleteNetworkInterface,ec2:DescribeSubnets,ec2:DescribeSecurityGroups on *",
		}},
		{"kafka", "[{kafka: {topic: t, bootstrapServers: [b:9092], accessConfigurations: {saslScram512Auth: 'arn:aws:secretsmanager:us-east-1:123456789012:secret:x', vpcSubnet: [subnet-1]}}}]", "", []string{
			"IamRoleLambdaExecution may Allow secretsmanager:GetSecretValue on arn:aws:secretsmanager:us-east-1:123456789012:secret:x",
			"trigger/f/kafka%20t: event-source-mapping kafka open false token false",
		}},
		{"alb", "[{alb: {listenerArn: 'arn:aws:elasticloadbalancing:us-east-1:123456789012:listener/app/lb/50dc/0467', priority: 1, conditions: {path: /}}}]", "", []string{
			"f lets in elasticloadbalancing.amazonaws.com lambda:InvokeFunction",
			"trigger/f/alb%201: load-balancer load balancer open true token false",
		}},
		{"alb by reference", "[{alb: {listenerArn: {Ref: Door}, priority: 2, conditions: {path: /}}}, {alb: {listenerArn: {Ref: Gate}, priority: 3, multiValueHeaders: true, targetGroupName: mine, conditions: {path: /}}}]",
			"resources: {Resources: {Door: {Type: 'AWS::ElasticLoadBalancingV2::Listener'}, Gate: {Type: 'AWS::ElasticLoadBalancingV2::Listener'}}}", []string{
				"f lets in elasticloadbalancing.amazonaws.com lambda:InvokeFunction if AWS:SourceArn=arn:aws:elasticloadbalancing:us-east-1:123456789012:targetgroup/mine/GENERATED",
				"trigger/f/alb%202: load-balancer load balancer open true token false",
			}},
		{"routes that answer by themselves", "[{http: {path: m, method: get, integration: mock}}, {http: {path: h, method: get, integration: http-proxy, request: {uri: 'https://example.com'}}}]", "", []string{
			"f lets in apigateway.amazonaws.com lambda:InvokeFunction if AWS:SourceArn=arn:aws:execute-api:us-east-1:123456789012:s-dev-ApiGatewayRestApi-GENERATED/*/*",
		}},
		{"websocket authorizers elsewhere", "[{websocket: {route: $connect, authorizer: 'arn:aws:lambda:us-east-1:123456789012:function:far-guard'}}]", "", []string{
			"trigger/f/websocket%20$connect from res/WebsocketsApi: api-route $connect open false token true",
		}},
		{"alexa", "[{alexaSkill: amzn1.ask.skill.x}, alexaSkill, {alexaSmartHome: amzn1.ask.skill.y}]", "", []string{
			"f lets in alexa-appkit.amazon.com lambda:InvokeFunction if lambda:EventSourceToken=not-shown",
			"f lets in alexa-connectedhome.amazon.com lambda:InvokeFunction if lambda:EventSourceToken=not-shown",
			"trigger/f/alexaSkill: permission alexa-appkit open false token false",
		}},
		{"iot", "[{iot: {sql: 'SELECT * FROM x'}}]", "", []string{
			"f lets in iot.amazonaws.com lambda:InvokeFunction if AWS:SourceArn=arn:aws:iot:us-east-1:123456789012:rule/s-dev-FIotTopicRule1-GENERATED",
			"trigger/f/iot%20SELECT%20%2A%20FROM%20x: iot-rule SELECT * FROM x open false token false",
		}},
		{"cloudwatch", "[{cloudwatchEvent: {event: {source: [aws.ec2]}}}, {cloudwatchLog: /aws/lambda/other}]", "", []string{
			"f lets in events.amazonaws.com lambda:InvokeFunction if AWS:SourceArn=arn:aws:events:us-east-1:123456789012:rule/s-dev-FEventsRuleCloudWatchEvent1-GENERATED",
			"f lets in logs.us-east-1.amazonaws.com lambda:InvokeFunction if AWS:SourceArn=arn:aws:logs:us-east-1:123456789012:log-group:/aws/lambda/other:*",
			"trigger/f/cloudwatchEvent%20aws.ec2: event-rule aws.ec2 open false token false",
			"trigger/f/cloudwatchLog%20/aws/lambda/other from res/arn:aws:logs:us-east-1:123456789012:log-group:/aws/lambda/other: log-subscription log events open false token false",
		}},
		{"cognito", "[{cognitoUserPool: {pool: users, trigger: PreSignUp}}]", "", []string{
			"f lets in cognito-idp.amazonaws.com lambda:InvokeFunction if AWS:SourceArn=arn:aws:cognito-idp:us-east-1:123456789012:userpool/s-dev-CognitoUserPoolUsers-GENERATED",
			"trigger/f/cognitoUserPool%20users%20PreSignUp from res/CognitoUserPoolUsers: cognito PreSignUp open false token false",
		}},
		{"eventBridge", "[{eventBridge: {pattern: {source: [shop]}, eventBus: orders}}, {eventBridge: {schedule: rate(1 day)}}]", "", []string{
			"f lets in events.amazonaws.com lambda:InvokeFunction if AWS:SourceArn=arn:aws:events:us-east-1:123456789012:rule/orders/s-dev-f-rule-1",
			"f lets in events.amazonaws.com lambda:InvokeFunction if AWS:SourceArn=arn:aws:events:us-east-1:123456789012:rule/s-dev-f-rule-2",
			"trigger/f/eventBridge%20shop from res/OrdersEventBridgeEventBus: event-rule shop open false token false",
			"trigger/f/eventBridge%20rate%281%20day%29: schedule rate(1 day) open false token false",
		}},
		{"cloudFront", "[{cloudFront: {eventType: viewer-request, origin: 's3://b.s3.amazonaws.com/x'}}]", "", []string{
			"IamRoleLambdaExecution trusts edgelambda.amazonaws.com",
			"IamRoleLambdaExecution may Allow logs:CreateLogGroup,logs:CreateLogStream,logs:PutLogEvents,logs:TagResource on arn:aws:logs:*:*:*",
			"f lets in edgelambda.amazonaws.com lambda:InvokeFunction if AWS:SourceArn=arn:aws:cloudfront::123456789012:distribution/s-dev-CloudFrontDistribution-GENERATED",
			"trigger/f/cloudFront%20viewer-request from res/CloudFrontDistribution: cloudfront CloudFront open true token false",
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			in := importFolder(t, map[string]string{"serverless.yml": "service: s\nprovider: {name: aws, httpApi: {authorizers: {jwt: {identitySource: x, issuerUrl: y, audience: z}}}}\nfunctions:\n  f:\n    handler: h\n    events: " + c.events + "\n  guard: {handler: g}\n" + c.more + "\n"}, importers.Options{})
			got := told(in.Design)
			for _, line := range c.want {
				if !slices.Contains(got, line) {
					t.Errorf("missing: %s", line)
				}
			}
			for _, d := range in.Diagnostics {
				if d.Severity == source.Error {
					t.Errorf("error: %s %s", d.Summary, d.Detail)
				}
			}
			if t.Failed() {
				t.Log("\n" + strings.Join(got, "\n"))
			}
		})
	}
}

// TestRoles compiles the ways in which functions get their roles.
func TestRoles(t *testing.T) {
	in := importFolder(t, map[string]string{"serverless.yml": `service: s
plugins: [serverless-iam-roles-per-function]
custom: {serverless-iam-roles-per-function: {defaultInherit: true}}
provider:
  name: aws
  tracing: {lambda: true}
  vpc: {securityGroupIds: [sg-1], subnetIds: [subnet-1]}
  iam:
    role:
      path: /team/
      managedPolicies: ['arn:aws:iam::aws:policy/ReadOnlyAccess']
      permissionsBoundary: arn:aws:iam::123456789012:policy/limit
      tags: {team: blue}
      statements: [{Effect: Allow, Action: 's3:GetObject', Resource: 'arn:aws:s3:::b/*'}]
functions:
  shared: {handler: h, onError: 'arn:aws:sns:us-east-1:123456789012:dead', destinations: {onSuccess: own}}
  own:
    handler: h
    iamRoleStatements: [{Effect: Allow, Action: 'sns:Publish', Resource: '*'}]
    events: [{sqs: 'arn:aws:sqs:us-east-1:123456789012:q'}]
  alone: {handler: h, iamRoleStatementsInherit: false, iamRoleStatementsName: named, iamRoleStatements: [{Effect: Allow, Action: 'sns:Publish', Resource: '*'}]}
  given: {handler: h, role: arn:aws:iam::123456789012:role/theirs}
  declared: {handler: h, role: Declared}
  called: {handler: h, role: !GetAtt Declared.Arn, url: true}
resources:
  Resources:
    Declared: {Type: AWS::IAM::Role, Properties: {AssumeRolePolicyDocument: {Version: '2012-10-17', Statement: [{Effect: Allow, Principal: {Service: lambda.amazonaws.com}, Action: 'sts:AssumeRole'}]}}}
  extensions:
    IamRoleLambdaExecution: {Properties: {Description: extended}}
`}, importers.Options{})
	d := in.Design
	for f, want := range map[model.ID]model.ID{
		"fn/shared": "role/IamRoleLambdaExecution", "fn/own": "role/OwnIamRoleLambdaExecution", "fn/alone": "role/AloneIamRoleLambdaExecution",
		"fn/given": "role/arn:aws:iam::123456789012:role/theirs", "fn/declared": "role/Declared", "fn/called": "role/Declared",
	} {
		if got := d.Function(f).Role; got != want {
			t.Errorf("%s has %s, not %s", f, got, want)
		}
	}
	r := d.Role("role/IamRoleLambdaExecution")
	if r.Path != "/team/" || r.Tags["team"] != "blue" || !strings.HasSuffix(string(r.Boundary), "policy/limit") || r.Name != "s-dev-us-east-1-lambdaRole" {
		t.Errorf("%+v", r)
	}
	if own := d.Role("role/OwnIamRoleLambdaExecution"); own.Name != "s-dev-own-us-east-1-lambdaRole" || own.Boundary != r.Boundary || own.Path != "/team/" {
		t.Errorf("%+v", own)
	}
	if n := d.Role("role/AloneIamRoleLambdaExecution").Name; n != "named" {
		t.Errorf("name %s", n)
	}
	got := told(d)
	for _, line := range []string{
		"IamRoleLambdaExecution has arn:aws:iam::aws:policy/ReadOnlyAccess",
		"IamRoleLambdaExecution has arn:aws:iam::aws:policy/service-role/AWSLambdaVPCAccessExecutionRole",
		"IamRoleLambdaExecution may Allow s3:GetObject on arn:aws:s3:::b/*",
		"IamRoleLambdaExecution may Allow sns:Publish on arn:aws:sns:us-east-1:123456789012:dead",
		"IamRoleLambdaExecution may Allow xray:PutTraceSegments,xray:PutTelemetryRecords on *",
		"IamRoleLambdaExecution may Allow lambda:InvokeFunction on arn:aws:lambda:us-east-1:123456789012:function:s-dev-own",
		"OwnIamRoleLambdaExecution may Allow s3:GetObject on arn:aws:s3:::b/*",
		"OwnIamRoleLambdaExecution may Allow sns:Publish on *",
		"OwnIamRoleLambdaExecution may Allow sqs:ReceiveMessage,sqs:DeleteMessage,sqs:GetQueueAttributes on arn:aws:sqs:us-east-1:123456789012:q",
		"AloneIamRoleLambdaExecution may Allow sns:Publish on *",
		"called lets in * lambda:InvokeFunctionUrl if lambda:FunctionUrlAuthType=NONE",
		"trigger/called/url: function-url function URL open true token false",
	} {
		if !slices.Contains(got, line) {
			t.Errorf("missing: %s", line)
		}
	}
	if slices.Contains(got, "AloneIamRoleLambdaExecution may Allow s3:GetObject on arn:aws:s3:::b/*") {
		t.Error("alone inherits")
	}
	if t.Failed() {
		t.Log("\n" + strings.Join(got, "\n"))
	}
}

// TestPluginsAndVersions reads what plugins and version 4 add, and tells of what they make otherwise.
func TestPluginsAndVersions(t *testing.T) {
	in := importFolder(t, map[string]string{"serverless.yml": `service: s
frameworkVersion: '4'
plugins: [serverless-pseudo-parameters, serverless-step-functions, serverless-lift]
constructs: {jobs: {type: queue}}
stages: {default: {params: {who: all}}, dev: {params: {what: this}}}
provider: {name: aws, iam: {role: {statements: [{Effect: Allow, Action: 's3:GetObject', Resource: 'arn:aws:s3:::${param:who}-${param:what}-#{AWS::AccountId}-#{AWS::Region}/*'}]}}}
functions:
  one: {handler: h}
  two: {handler: h, iam: {inheritStatements: false, role: {statements: [{Effect: Allow, Action: 'sns:Publish', Resource: '*'}]}}}
stepFunctions:
  stateMachines:
    flow:
      events: [{schedule: rate(1 hour)}, {http: {path: start, method: post}}]
      definition:
        StartAt: A
        States:
          A: {Type: Task, Resource: !GetAtt one.Arn, Next: B}
          B: {Type: Task, Resource: 'arn:aws:states:::sqs:sendMessage', Parameters: {QueueUrl: !Ref Queue}, Next: C}
          C: {Type: Map, End: true, Iterator: {StartAt: D, States: {D: {Type: Task, Resource: 'arn:aws:states:::dynamodb:putItem', Parameters: {TableName: orders}, End: true}}}}
resources: {Resources: {Queue: {Type: AWS::SQS::Queue}}}
`}, importers.Options{})
	got := told(in.Design)
	for _, line := range []string{
		"IamRoleLambdaExecution may Allow s3:GetObject on arn:aws:s3:::all-this-123456789012-us-east-1/*",
		"TwoIamRoleLambdaExecution may Allow sns:Publish on *",
		"FlowStepFunctionsStateMachineRole trusts states.us-east-1.amazonaws.com",
		"FlowStepFunctionsStateMachineRole may Allow lambda:InvokeFunction on arn:aws:lambda:us-east-1:123456789012:function:s-dev-one,arn:aws:lambda:us-east-1:123456789012:function:s-dev-one:*",
		"FlowStepFunctionsStateMachineRole may Allow sqs:SendMessage on arn:aws:sqs:us-east-1:123456789012:s-dev-Queue-GENERATED",
		"FlowStepFunctionsStateMachineRole may Allow dynamodb:PutItem on arn:aws:dynamodb:us-east-1:123456789012:table/orders",
		"FlowScheduleToStepFunctionsRole may Allow states:StartExecution on arn:aws:states:us-east-1:123456789012:stateMachine:s-dev-FlowStepFunctionsStateMachine-GENERATED",
		"ApigatewayToStepFunctionsRole may Allow states:StartExecution on *",
		"trigger/FlowStepFunctionsStateMachine/one from res/FlowStepFunctionsStateMachine: state-machine-task task open false token false",
		"trigger/ApiGatewayMethodStartPost from res/ApiGatewayRestApi: api-route POST /start open true token false",
	} {
		if !slices.Contains(got, line) {
			t.Errorf("missing: %s", line)
		}
	}
	for _, want := range []string{"version 4 of the framework", "constructs of a plugin are not read"} {
		if !slices.ContainsFunc(in.Diagnostics, func(d source.Diagnostic) bool { return strings.Contains(d.Summary, want) }) {
			t.Errorf("nothing tells of %s", want)
		}
	}
	if t.Failed() {
		t.Log("\n" + strings.Join(got, "\n"))
	}
}

// TestCompose reads two services as one design, where one takes an output of the other.
func TestCompose(t *testing.T) {
	files := map[string]string{
		"serverless-compose.yml": "services:\n  store:\n    path: store\n  web:\n    path: web\n    params:\n      queue: ${store.QueueArn}\n  gone:\n    path: ../outside\n",
		"store/serverless.yml":   "service: store\nprovider: {name: aws}\nfunctions: {take: {handler: h, events: [{sqs: !GetAtt Queue.Arn}]}}\nresources:\n  Resources: {Queue: {Type: AWS::SQS::Queue}}\n  Outputs: {QueueArn: {Value: !GetAtt Queue.Arn}}\n",
		"web/serverless.yml":     "service: web\nprovider:\n  name: aws\n  iam:\n    role:\n      statements:\n        - Effect: Allow\n          Action: [sqs:SendMessage, sqs:GetQueueUrl, sqs:DeleteMessage]\n          Resource: ${param:queue}\nfunctions: {put: {handler: h, environment: {Q: '${param:queue}'}}}\n",
	}
	in := importFolder(t, files, importers.Options{})
	d := in.Design
	put, take := d.Function("fn/put"), d.Function("fn/take")
	if put == nil || take == nil || put.Stack != "web-dev" || take.Stack != "store-dev" {
		t.Fatalf("functions %v", d.Functions())
	}
	p := d.Policy(d.Role(put.Role).Policies[0])
	last := p.Document.Statements[len(p.Document.Statements)-1]
	if queue := d.Resource("res/Queue"); !slices.Equal(last.Resources, []string{queue.ARN}) || put.Environment[0].Refers != queue.ID {
		t.Errorf("%v, not %s; refers to %s", last.Resources, queue.ARN, put.Environment[0].Refers)
	}
	if !slices.ContainsFunc(in.Diagnostics, func(x source.Diagnostic) bool { return strings.Contains(x.Summary, "service gone cannot be read") }) {
		t.Errorf("nothing tells of what is left out: %v", in.Diagnostics)
	}
	n := *last
	n.Actions = n.Actions[:2]
	after := withStatements(t, d, p, append(slices.Clone(p.Document.Statements[:len(p.Document.Statements)-1]), &n)...)
	changed, err := proven(t, "compose", in, after)
	if err != nil {
		t.Fatal(err)
	}
	if want := strings.Replace(files["web/serverless.yml"], "[sqs:SendMessage, sqs:GetQueueUrl, sqs:DeleteMessage]", "[sqs:SendMessage, sqs:GetQueueUrl]", 1); string(changed["web/serverless.yml"]) != want {
		t.Errorf("%s", changed["web/serverless.yml"])
	}
}

// TestIncludedFilesArePatched: statements and functions of included files are changed there.
func TestIncludedFilesArePatched(t *testing.T) {
	in := importFolder(t, map[string]string{
		"serverless.yml": "service: s\nprovider: {name: aws, iam: {role: {statements: '${file(iam.yml):all}'}}}\nfunctions: ${file(functions.yml)}\nresources:\n  - ${file(more.yml)}\n",
		"iam.yml":        "all:\n  # what all may do\n  - Effect: Allow\n    Action: ['s3:GetObject', 's3:PutObject', 's3:DeleteObject'] # all\n    Resource: '*'\n",
		"functions.yml":  "one:\n  handler: h.one # first\n  events:\n    - httpApi: GET /a\n    - httpApi: GET /b\ntwo: {handler: h.two}\n",
		"more.yml":       "Resources: {Q: {Type: AWS::SQS::Queue}, Role: '${file(role.yml)}'}\n",
		"role.yml":       "Type: AWS::IAM::Role\nProperties:\n  AssumeRolePolicyDocument: {Version: '2012-10-17', Statement: [{Effect: Allow, Principal: {Service: lambda.amazonaws.com}, Action: 'sts:AssumeRole'}]}\n  Policies:\n    - PolicyName: own\n      PolicyDocument:\n        Version: '2012-10-17'\n        Statement:\n          - Effect: Allow\n            Action: [sqs:SendMessage, sqs:GetQueueUrl, sqs:PurgeQueue]\n            Resource: !GetAtt Q.Arn\n",
	}, importers.Options{})
	d := in.Design
	p := d.Policy(d.Role("role/IamRoleLambdaExecution").Policies[0])
	last := len(p.Document.Statements) - 1
	n := *p.Document.Statements[last]
	n.Actions = n.Actions[:2]
	files, err := proven(t, "tighten", in, withStatements(t, d, p, append(slices.Clone(p.Document.Statements[:last]), &n)...))
	if err != nil {
		t.Fatal(err)
	}
	if want := "all:\n  # what all may do\n  - Effect: Allow\n    Action: ['s3:GetObject', 's3:PutObject'] # all\n    Resource: '*'\n"; string(files["iam.yml"]) != want || string(files["serverless.yml"]) != string(in.Files["serverless.yml"]) {
		t.Errorf("%s", files["iam.yml"])
	}
	p = d.Policy(d.Role("role/Role").Policies[0])
	n = *p.Document.Statements[0]
	n.Actions = n.Actions[:2]
	if files, err = proven(t, "role", in, withStatements(t, d, p, &n)); err != nil || !strings.Contains(string(files["role.yml"]), "            Action: [sqs:SendMessage, sqs:GetQueueUrl]\n") {
		t.Errorf("%v %s", err, files["role.yml"])
	}
	r, err := halves(d, d.Function("fn/one"), true).Apply(d)
	if err != nil {
		t.Fatal(err)
	}
	files, err = proven(t, "split", in, r.Design)
	if err != nil {
		t.Fatal(err)
	}
	if want := "oneFirst:\n  handler: first.handler\n  events:\n    - httpApi: GET /a\n  role: OneFirstRole\none:\n  handler: h.one # first\n  events:\n    - httpApi: GET /b\n  role: OneRole\ntwo: {handler: h.two}\n"; string(files["functions.yml"]) != want {
		t.Errorf("%s", files["functions.yml"])
	}
	if !strings.Contains(string(files["serverless.yml"]), "  - ${file(more.yml)}\n  - Resources:\n      OneFirstRole:\n") {
		t.Errorf("%s", files["serverless.yml"])
	}
}

// TestCodeIsNotRun: a service in code is an error of one line that says what to do.
func TestCodeIsNotRun(t *testing.T) {
	for _, name := range []string{"serverless.ts", "serverless.js"} {
		_, err := importers.OpenFS(context.Background(), []importers.Source{New()}, folder(map[string]string{name: "module.exports = {}"}), ".", importers.Options{})
		if err == nil || !strings.Contains(err.Error(), "serverless package") || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestDetect tells services from other files.
func TestDetect(t *testing.T) {
	for name, want := range map[string]bool{
		"serverless.yml": true, "serverless.prod.yaml": true, "serverless-compose.yml": true, "serverless.ts": true,
		"service.yml": true, "service.json": true, "compose.yaml": false, "pod.yaml": false, "template.json": false, "other.yml": false, "none.yml": false,
	} {
		fsys := folder(map[string]string{
			"serverless.yml": "service: s\n", "serverless.prod.yaml": "service: s\n", "serverless-compose.yml": "services: {}\n", "serverless.ts": "x",
			"service.yml": "service: s\nprovider: {name: aws}\n", "service.json": `{"service": "s", "provider": {"name": "aws"}}`,
			"compose.yaml": "services:\n  db: {image: postgres}\n", "pod.yaml": "apiVersion: v1\nkind: Pod\n", "template.json": `{"Resources": {}, "service": 1, "provider": 2}`, "other.yml": "a: 1\n",
		})
		if got := New().Detect(fsys, name); got != want {
			t.Errorf("%s: %v", name, got)
		}
	}
	if New().Detect(os.DirFS(t.TempDir()), ".") {
		t.Error("an empty folder is a service")
	}
}

// TestTogether reads a service beside a template and another service of the same name as one design, and splits a function
// of one of them.
func TestTogether(t *testing.T) {
	const one = "service: s\nprovider: {name: aws, iam: {role: {statements: [{Effect: Allow, Action: 'sqs:SendMessage', Resource: !ImportValue jobs}]}}}\nfunctions:\n  put:\n    handler: h.put\n    events:\n      - httpApi: GET /a\n      - httpApi: GET /b\n"
	fsys := folder(map[string]string{
		"a/serverless.yml": one, "b/serverless.yml": one,
		"c/template.yaml": "Resources:\n  Jobs: {Type: AWS::SQS::Queue}\nOutputs:\n  Jobs: {Value: !GetAtt Jobs.Arn, Export: {Name: jobs}}\n",
	})
	in, err := importers.OpenFS(context.Background(), append(cfn.Sources(), New()), fsys, ".", importers.Options{})
	if err != nil {
		t.Fatal(err)
	}
	d := in.Design
	if len(d.Functions()) != 2 || d.Info().Kind != "several" {
		t.Fatalf("%d functions of %s", len(d.Functions()), d.Info().Kind)
	}
	for _, f := range d.Functions() {
		p := d.Policy(d.Role(f.Role).Policies[0])
		if last := p.Document.Statements[len(p.Document.Statements)-1]; last.Resources[0] != d.Resource("res/Jobs").ARN {
			t.Errorf("%s may send to %v", f.ID, last.Resources)
		}
		r, err := halves(d, f, true).Apply(d)
		if err != nil {
			t.Fatal(err)
		}
		files, err := proven(t, string(f.ID), in, r.Design)
		if err != nil {
			t.Fatal(err)
		}
		for name, data := range files {
			if changed := string(data) != string(in.Files[name]); changed != (name == f.Origin.File) {
				t.Errorf("%s: %s is changed: %v", f.ID, name, changed)
			}
		}
	}
}

// TestHandlers looks at the framework's own functions: they write no logs unless the service says so, and take the role
// for deployments where there is one.
func TestHandlers(t *testing.T) {
	for provider, want := range map[string][2]bool{
		"":                                {true, false},
		", logs: {frameworkLambda: true}": {true, true},
		", iam: {deploymentRole: 'arn:aws:iam::123456789012:role/deploy'}": {false, false},
	} {
		in := importFolder(t, map[string]string{"serverless.yml": "service: a-service-with-quite-a-long-name-for-it\nprovider: {name: aws" + provider + "}\nfunctions: {f: {handler: h, events: [{s3: {bucket: photos, existing: true}}]}}\n"}, importers.Options{})
		var got [2]bool
		for _, r := range in.Design.Roles() {
			if r.LogicalID != "IamRoleCustomResourcesLambdaExecution" {
				continue
			}
			got[0] = true
			for _, st := range in.Design.Policy(r.Policies[0]).Document.Statements {
				got[1] = got[1] || slices.Contains(st.Actions, "logs:PutLogEvents")
			}
		}
		if got != want {
			t.Errorf("%s: role and logs %v, want %v", provider, got, want)
		}
		if !slices.ContainsFunc(in.Design.Functions(), func(f *model.Function) bool {
			return f.Name == "a-service-with-quite-a-long-name8dd6febd2bb46e315aab3a801571ad7e"
		}) {
			t.Errorf("%s: no function of the framework's own", provider)
		}
	}
}

// TestOverlaid lays resources over what the framework makes: lists item by item, extensions in the place of properties.
func TestOverlaid(t *testing.T) {
	in := importFolder(t, map[string]string{"serverless.yml": `service: s
plugins: [serverless-iam-roles-per-function]
custom: {serverless-iam-roles-per-function: {iamGlobalPermissionsBoundary: 'arn:aws:iam::123456789012:policy/limit'}}
provider: {name: aws, logs: {restApi: true}}
functions:
  work: {handler: h, events: [{http: GET /}]}
  own: {handler: h, iamRoleStatements: [{Effect: Allow, Action: 'sns:Publish', Resource: '*'}]}
resources:
  - Resources:
      IamRoleLambdaExecution:
        Properties:
          Policies: [{PolicyName: named, PolicyDocument: {Statement: [{Action: ['a:Other']}, {}, {Effect: Allow, Action: 'a:More', Resource: '*'}]}}]
      WorkLambdaFunction: {Properties: {Environment: {Variables: {ONE: a}}, Tags: [{Key: a, Value: b}]}}
  - extensions:
      WorkLambdaFunction: {Properties: {Environment: {Variables: {TWO: b}}}}
`}, importers.Options{})
	d := in.Design
	var got []string
	role := d.Role("role/IamRoleLambdaExecution")
	for _, id := range role.Policies {
		p := d.Policy(id)
		for _, s := range p.Document.Statements {
			got = append(got, fmt.Sprintf("%s %v", p.Name, s.Actions))
		}
	}
	want := []string{"named [a:Other logs:CreateLogGroup logs:TagResource]", "named [logs:PutLogEvents]", "named [a:More]"}
	if !slices.Equal(got, want) {
		t.Errorf("%q, not %q", got, want)
	}
	if string(role.Boundary) != "policy/arn:aws:iam::123456789012:policy/limit" {
		t.Errorf("boundary %q", role.Boundary)
	}
	for _, v := range d.Function("fn/work").Environment {
		if v.Name != "TWO" {
			t.Errorf("variable %s is there", v.Name)
		}
	}
	// The role for the framework's own functions may set any role's logs.
	var resources []string
	for _, id := range d.Role("role/IamRoleCustomResourcesLambdaExecution").Policies {
		for _, s := range d.Policy(id).Document.Statements {
			resources = append(resources, s.Resources...)
		}
	}
	if want := []string{"arn:aws:iam::123456789012:role/*", "arn:aws:apigateway:*::/account"}; !slices.Equal(resources, want) {
		t.Errorf("%q, not %q", resources, want)
	}
}

// A skill event that names no skill lets nobody in.
func TestBareSkill(t *testing.T) {
	in := importFolder(t, map[string]string{"serverless.yml": "service: s\nprovider: {name: aws}\nfunctions:\n  f: {handler: h, events: [alexaSkill]}\n"}, importers.Options{})
	if p := in.Design.Function("fn/f").Policy; p != nil {
		t.Errorf("%+v", p.Statements[0])
	}
}

// What SNS cannot bring to a function goes to a queue, whose policy lets the topic in where the event has its ARN; of a topic that the
// framework makes it knows none, and lets any in.
func TestRedrive(t *testing.T) {
	for event, want := range map[string]int{"arn: 'arn:aws:sns:us-east-1:123456789012:t'": 1, "topicName: t": 0} {
		text := "service: s\nprovider: {name: aws, runtime: nodejs20.x}\nfunctions:\n  f: {handler: a.b, events: [{sns: {" + event + ", redrivePolicy: {deadLetterTargetRef: Q}}}]}\nresources: {Resources: {Q: {Type: AWS::SQS::Queue}}}\n"
		in := importFolder(t, map[string]string{"serverless.yml": text}, importers.Options{})
		q := in.Design.Resource("res/Q")
		if q == nil || q.Policy == nil || len(q.Policy.Statements) != 1 || len(q.Policy.Statements[0].Conditions) != want {
			t.Errorf("%s: %+v", event, q)
		}
	}
}
