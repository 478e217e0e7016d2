package fakeaws

import (
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
)

// Region is where a filled account has its things.
const Region = "us-east-1"

// ARN is the ARN of a thing of the account: "sqs", "q".
func (a *Account) ARN(service, rest string) string {
	region := Region
	if service == "iam" {
		region = ""
	}
	return "arn:aws:" + service + ":" + region + ":" + a.ID + ":" + rest
}

// policy is a document with one statement.
func policy(statement M) M { return M{"Version": "2012-10-17", "Statement": []any{statement}} }

func text(v any) string {
	out, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return string(out)
}

// encoded is a document as IAM writes it.
func encoded(v any) string { return url.PathEscape(text(v)) }

// Fill gives the account n functions, each with a role of its own, and of everything else that a reader reads at least one. mark
// stands wherever a service lets people write what they like, values of environments among them, and in what no reader has any
// business with.
func (a *Account) Fill(n int, mark string) {
	a.Message = "denied to " + mark
	a.Set("iam:ListAccountAliases", "", M{"AccountAliases": []any{"team"}})
	a.Set("ec2:DescribeRegions", "", M{"regionInfo": []any{M{"regionName": "eu-west-1", "optInStatus": "opt-in-not-required"}, M{"regionName": Region, "optInStatus": "opt-in-not-required"},
		M{"regionName": "af-south-1", "optInStatus": "not-opted-in"}}})
	a.identities(n, mark)
	for i := range n {
		a.function(i, mark)
	}
	a.data(max(2, n/20), mark)
	a.wiring(mark)
	a.organization()
}

func (a *Account) details(key string, v M) {
	a.Add("iam:GetAccountAuthorizationDetails", "", List{Items: []any{Item{key, v}}, In: "Marker", Out: "Marker"})
}

func (a *Account) identities(n int, mark string) {
	a.details("GroupDetailList", M{"Path": "/", "GroupName": "devs", "GroupId": "AGPA", "Arn": a.ARN("iam", "group/devs"),
		"GroupPolicyList": []any{M{"PolicyName": "g", "PolicyDocument": encoded(policy(M{"Effect": "Allow", "Action": "lambda:*", "Resource": "*"}))}}, "AttachedManagedPolicies": []any{}})
	a.details("UserDetailList", M{"Path": "/", "UserName": "alice", "UserId": "AIDA", "Arn": a.ARN("iam", "user/alice"), "GroupList": []any{"devs"}, "UserPolicyList": []any{},
		"AttachedManagedPolicies": []any{}, "Tags": []any{M{"Key": "team", "Value": "true"}}})
	a.details("Policies", M{"PolicyName": "boundary", "PolicyId": "ANPA", "Arn": a.ARN("iam", "policy/boundary"), "Path": "/", "DefaultVersionId": "v2", "Description": mark, "PolicyVersionList": []any{
		M{"VersionId": "v1", "IsDefaultVersion": false, "Document": encoded(policy(M{"Effect": "Allow", "Action": "*", "Resource": "*"}))},
		M{"VersionId": "v2", "IsDefaultVersion": true, "Document": encoded(policy(M{"Effect": "Allow", "Action": []any{"s3:*", "sqs:*", "dynamodb:*", "logs:*"}, "Resource": "*"}))}}})
	for i := range n {
		name := fmt.Sprintf("role-%d", i)
		statement := M{"Effect": "Allow", "Action": []any{"s3:GetObject", "s3:PutObject"}, "Resource": "arn:aws:s3:::bucket-0/*"}
		if i%3 == 1 {
			statement = M{"Effect": "Allow", "Action": "dynamodb:*", "Resource": a.ARN("dynamodb", "table/table-0")}
		}
		role := M{"Path": "/", "RoleName": name, "RoleId": "AROA", "Arn": a.ARN("iam", "role/"+name), "Description": mark,
			"AssumeRolePolicyDocument": encoded(policy(M{"Effect": "Allow", "Principal": M{"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"})),
			"RolePolicyList":           []any{M{"PolicyName": "inline", "PolicyDocument": encoded(policy(statement))}},
			"AttachedManagedPolicies":  []any{M{"PolicyName": "AWSLambdaBasicExecutionRole", "PolicyArn": "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"}}}
		if i%5 == 0 {
			role["PermissionsBoundary"] = M{"PermissionsBoundaryType": "Policy", "PermissionsBoundaryArn": a.ARN("iam", "policy/boundary")}
		}
		a.details("RoleDetailList", role)
		a.Set("iam:GenerateServiceLastAccessedDetails", a.ARN("iam", "role/"+name), M{"JobId": "job-" + name})
		a.Set("iam:GetServiceLastAccessedDetails", "job-"+name, M{"JobStatus": "COMPLETED", "IsTruncated": false, "ServicesLastAccessed": []any{
			M{"ServiceName": "Amazon S3", "ServiceNamespace": "s3", "LastAuthenticated": "2026-11-01T08:00:00Z", "TrackedActionsLastAccessed": []any{
				M{"ActionName": "GetObject", "LastAccessedTime": "2026-11-01T08:00:00Z"}, M{"ActionName": "PutObject"}}},
			M{"ServiceName": "Amazon SQS", "ServiceNamespace": "sqs"}}})
	}
}

func (a *Account) function(i int, mark string) {
	name := fmt.Sprintf("fn-%d", i)
	arn := a.ARN("lambda", "function:"+name)
	f := M{"FunctionName": name, "FunctionArn": arn, "Role": a.ARN("iam", fmt.Sprintf("role/role-%d", i)), "Runtime": "python3.12", "Handler": "app.handler", "Version": "$LATEST", "CodeSize": 163,
		"Description": mark, "CodeSha256": "x", "PackageType": "Zip", "LastModified": "2026-11-23T08:54:00.916128000Z", "VpcConfig": nil, "Layers": []any{}, "TracingConfig": M{"Mode": "PassThrough"},
		"Environment": M{"Variables": M{"TABLE": mark, "API_KEY": mark + "-key"}}, "MemorySize": 128, "ImageConfigResponse": M{"ImageConfig": M{"Command": []any{mark}}}}
	a.Add("lambda:ListFunctions", "", List{Key: "Functions", Items: []any{f}, In: "Marker", Out: "NextMarker"})
	all := M{}
	for k, v := range f {
		all[k] = v
	}
	all["FunctionArn"] = arn + ":$LATEST"
	a.Add("lambda:ListFunctions", "ALL", List{Key: "Functions", Items: []any{all}, In: "Marker", Out: "NextMarker"})
	if i%4 == 0 {
		a.Set("lambda:GetPolicy", name, M{"RevisionId": "1", "Policy": text(policy(M{"Sid": "s3", "Effect": "Allow", "Principal": M{"Service": "s3.amazonaws.com"}, "Action": "lambda:InvokeFunction",
			"Resource": arn, "Condition": M{"ArnLike": M{"AWS:SourceArn": "arn:aws:s3:::bucket-0"}, "StringEquals": M{"AWS:SourceAccount": a.ID}}}))})
	}
	if i%10 == 0 {
		version := M{}
		for k, v := range f {
			version[k] = v
		}
		version["FunctionArn"], version["Version"] = arn+":1", "1"
		a.Add("lambda:ListFunctions", "ALL", List{Key: "Functions", Items: []any{version}, In: "Marker", Out: "NextMarker"})
		a.Add("lambda:ListAliases", name, List{Key: "Aliases", Items: []any{M{"AliasArn": arn + ":live", "Name": "live", "FunctionVersion": "1", "Description": mark}}, In: "Marker", Out: "NextMarker"})
		a.Set("lambda:GetPolicy", name+"/live", M{"Policy": text(policy(M{"Sid": "partner", "Effect": "Allow", "Principal": M{"AWS": "arn:aws:iam::999988887777:root"}, "Action": "lambda:InvokeFunction",
			"Resource": arn + ":live"}))})
		a.Set("lambda:ListFunctionUrlConfigs", name, M{"FunctionUrlConfigs": []any{M{"FunctionArn": arn, "FunctionUrl": "https://" + mark + ".lambda-url.us-east-1.on.aws/", "AuthType": "NONE"}}})
		a.Set("lambda:ListFunctionEventInvokeConfigs", name, M{"FunctionEventInvokeConfigs": []any{M{"FunctionArn": arn + ":$LATEST", "LastModified": 1795424040.0,
			"DestinationConfig": M{"OnSuccess": M{}, "OnFailure": M{"Destination": a.ARN("sqs", "queue-0")}}}}})
		a.Set("lambda:GetFunctionConcurrency", name, M{"ReservedConcurrentExecutions": 5})
	}
	if i%2 == 0 {
		a.Add("lambda:ListEventSourceMappings", "", List{Key: "EventSourceMappings", Items: []any{M{"UUID": fmt.Sprintf("00000000-0000-0000-0000-%012d", i), "EventSourceArn": a.ARN("sqs", "queue-0"),
			"FunctionArn": arn, "State": "Enabled", "LastModified": 1795424040.0, "SourceAccessConfigurations": []any{M{"Type": "BASIC_AUTH", "URI": mark}},
			"FilterCriteria": M{"Filters": []any{M{"Pattern": `{"body":{"kind":["order"]}}`}}}}}, In: "Marker", Out: "NextMarker"})
	}
	group := "/aws/lambda/" + name
	a.Add("logs:DescribeLogGroups", "", List{Key: "logGroups", Items: []any{M{"logGroupName": group, "arn": a.ARN("logs", "log-group:"+group+":*"), "creationTime": 1, "storedBytes": i}}, In: "nextToken", Out: "nextToken"})
}

func (a *Account) data(n int, mark string) {
	key := "11111111-2222-3333-4444-555555555555"
	a.Set("kms:ListKeys", "", List{Key: "Keys", Items: []any{M{"KeyId": key, "KeyArn": a.ARN("kms", "key/"+key)}, M{"KeyId": "aws", "KeyArn": a.ARN("kms", "key/aws")}}, In: "Marker", Out: "NextMarker"})
	a.Set("kms:ListAliases", "", List{Key: "Aliases", Items: []any{M{"AliasArn": a.ARN("kms", "alias/data"), "TargetKeyId": key}}, In: "Marker", Out: "NextMarker"})
	a.Set("kms:DescribeKey", "aws", M{"KeyMetadata": M{"KeyManager": "AWS"}})
	a.Set("kms:DescribeKey", key, M{"KeyMetadata": M{"KeyManager": "CUSTOMER", "Description": mark}})
	a.Set("kms:GetKeyPolicy", key, M{"Policy": text(policy(M{"Effect": "Allow", "Principal": M{"AWS": a.ARN("iam", "root")}, "Action": "kms:*", "Resource": "*"}))})
	a.Set("kms:ListGrants", key, M{"Grants": []any{M{"KeyId": a.ARN("kms", "key/"+key), "GrantId": "grant1", "Name": mark, "GranteePrincipal": a.ARN("iam", "role/role-1"), "Operations": []any{"Decrypt"}}}})
	buckets := ""
	for i := range n {
		b := fmt.Sprintf("bucket-%d", i)
		buckets += "<Bucket><Name>" + b + "</Name><CreationDate>2026-11-23T08:54:00.000Z</CreationDate></Bucket>"
		a.Set("s3:GetBucketPolicy", b, text(policy(M{"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": []any{"arn:aws:s3:::" + b, "arn:aws:s3:::" + b + "/*"},
			"Condition": M{"Bool": M{"aws:SecureTransport": "false"}}})))
		table := fmt.Sprintf("table-%d", i)
		a.Add("dynamodb:ListTables", "", List{Key: "TableNames", Items: []any{table}, In: "ExclusiveStartTableName", Out: "LastEvaluatedTableName"})
		a.Set("dynamodb:DescribeTable", table, M{"Table": M{"TableName": table, "TableArn": a.ARN("dynamodb", "table/"+table), "KeySchema": []any{M{"AttributeName": "id", "KeyType": "HASH"}},
			"ItemCount": i, "CreationDateTime": 1795424040.952, "SSEDescription": M{"KMSMasterKeyArn": a.ARN("kms", "alias/data")}}})
		queue := fmt.Sprintf("queue-%d", i)
		address := "https://sqs.us-east-1.amazonaws.com/" + a.ID + "/" + queue
		a.Add("sqs:ListQueues", "", List{Key: "QueueUrls", Items: []any{address}, In: "NextToken", Out: "NextToken"})
		a.Set("sqs:GetQueueAttributes", address, M{"Attributes": M{"QueueArn": a.ARN("sqs", queue), "ApproximateNumberOfMessages": "7",
			"Policy": text(policy(M{"Effect": "Allow", "Principal": M{"Service": "sns.amazonaws.com"}, "Action": "sqs:SendMessage", "Resource": "*"}))}})
		secret := a.ARN("secretsmanager", fmt.Sprintf("secret:db-%d-AbCdEf", i))
		a.Add("secretsmanager:ListSecrets", "", List{Key: "SecretList", Items: []any{M{"ARN": secret, "Name": fmt.Sprintf("db-%d", i), "Description": mark, "RotationEnabled": i == 0,
			"RotationLambdaARN": a.ARN("lambda", "function:fn-0")}}, In: "NextToken", Out: "NextToken"})
		a.Set("secretsmanager:GetSecretValue", secret, M{"SecretString": mark})
	}
	a.Set("s3:ListBuckets", "", XML(`<ListAllMyBucketsResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Owner><ID>owner</ID></Owner><Buckets>`+buckets+`</Buckets></ListAllMyBucketsResult>`))
	a.Set("s3:GetPublicAccessBlock", "bucket-0", XML(`<PublicAccessBlockConfiguration><BlockPublicPolicy>true</BlockPublicPolicy><RestrictPublicBuckets>true</RestrictPublicBuckets></PublicAccessBlockConfiguration>`))
	a.Set("s3:GetBucketAcl", "bucket-0", XML(`<AccessControlPolicy><Owner><ID>owner</ID></Owner><AccessControlList><Grant><Grantee><ID>owner</ID></Grantee><Permission>FULL_CONTROL</Permission></Grant>`+
		`<Grant><Grantee><URI>http://acs.amazonaws.com/groups/global/AllUsers</URI></Grantee><Permission>READ</Permission></Grant></AccessControlList></AccessControlPolicy>`))
	a.Set("s3:GetBucketNotificationConfiguration", "bucket-0", XML(`<NotificationConfiguration><CloudFunctionConfiguration><Id>`+mark+`</Id><CloudFunction>`+a.ARN("lambda", "function:fn-0")+
		`</CloudFunction><Event>s3:ObjectCreated:*</Event><Filter><S3Key><FilterRule><Name>Prefix</Name><Value>in/</Value></FilterRule></S3Key></Filter></CloudFunctionConfiguration><EventBridgeConfiguration/></NotificationConfiguration>`))
	a.Set("s3:GetBucketReplication", "bucket-0", XML(`<ReplicationConfiguration><Role>`+a.ARN("iam", "role/role-2")+`</Role><Rule><ID>`+mark+`</ID><Status>Enabled</Status><Filter><And><Prefix>out/</Prefix><Tag><Key>`+mark+
		`</Key><Value>`+mark+`</Value></Tag></And></Filter><DeleteMarkerReplication><Status>Enabled</Status></DeleteMarkerReplication><Destination><Bucket>arn:aws:s3:::bucket-1</Bucket></Destination></Rule></ReplicationConfiguration>`))
	a.Set("s3:ListAccessPoints", "", XML(`<ListAccessPointsResult><AccessPointList><AccessPoint><Name>door</Name><NetworkOrigin>VPC</NetworkOrigin><VpcConfiguration><VpcId>vpc-1</VpcId></VpcConfiguration><Bucket>bucket-1</Bucket><AccessPointArn>`+
		a.ARN("s3", "accesspoint/door")+`</AccessPointArn><BucketAccountId>`+a.ID+`</BucketAccountId></AccessPoint></AccessPointList></ListAccessPointsResult>`))
	a.Set("s3:GetAccessPoint", "door", XML(`<GetAccessPointResult><Name>door</Name><PublicAccessBlockConfiguration><RestrictPublicBuckets>true</RestrictPublicBuckets></PublicAccessBlockConfiguration></GetAccessPointResult>`))
	a.Set("s3:GetAccessPointPolicy", "door", XML(`<GetAccessPointPolicyResult><Policy>`+strings.ReplaceAll(text(policy(M{"Effect": "Allow", "Principal": M{"AWS": a.ARN("iam", "role/role-1")}, "Action": "s3:GetObject",
		"Resource": a.ARN("s3", "accesspoint/door/object/*")})), `"`, "&quot;")+`</Policy></GetAccessPointPolicyResult>`))
	a.Set("sqs:GetQueueAttributes", "https://sqs.us-east-1.amazonaws.com/"+a.ID+"/queue-0", M{"Attributes": M{"QueueArn": a.ARN("sqs", "queue-0"),
		"Policy":        text(policy(M{"Effect": "Allow", "Principal": M{"Service": "sns.amazonaws.com"}, "Action": "sqs:SendMessage", "Resource": "*"})),
		"RedrivePolicy": text(M{"deadLetterTargetArn": a.ARN("sqs", "queue-1"), "maxReceiveCount": 3})}})
	a.Set("ssm:DescribeParameters", "", List{Key: "Parameters", Items: []any{M{"Name": "/app/dsn", "Type": "SecureString", "KeyId": "alias/data", "Description": mark, "AllowedPattern": mark}}, In: "NextToken", Out: "NextToken"})
	a.Set("ecr:DescribeRepositories", "", List{Key: "repositories", Items: []any{M{"repositoryArn": a.ARN("ecr", "repository/images"), "repositoryName": "images"}}, In: "nextToken", Out: "nextToken"})
	a.Set("ecr:GetRepositoryPolicy", "images", M{"policyText": text(policy(M{"Effect": "Allow", "Principal": M{"AWS": "arn:aws:iam::999988887777:root"}, "Action": "ecr:BatchGetImage"}))})
	a.Set("kinesis:ListStreams", "", M{"StreamNames": []any{"clicks"}, "HasMoreStreams": false})
	a.Set("kinesis:DescribeStreamSummary", "clicks", M{"StreamDescriptionSummary": M{"StreamARN": a.ARN("kinesis", "stream/clicks"), "StreamName": "clicks"}})
	a.Set("tagging:GetResources", "", List{Key: "ResourceTagMappingList", Items: []any{M{"ResourceARN": a.ARN("sqs", "queue-0"), "Tags": []any{M{"Key": "team", "Value": "shop"}}}}, In: "PaginationToken", Out: "PaginationToken"})
}

func (a *Account) wiring(mark string) {
	fn := a.ARN("lambda", "function:fn-1")
	topic := a.ARN("sns", "orders")
	a.Set("sns:ListTopics", "", M{"Topics": []any{M{"TopicArn": topic}}})
	a.Set("sns:GetTopicAttributes", topic, M{"Attributes": Entries{"TopicArn": topic, "DisplayName": mark, "KmsMasterKeyId": "alias/aws/sns",
		"Policy": text(policy(M{"Effect": "Allow", "Principal": M{"AWS": "*"}, "Action": "SNS:Publish", "Resource": topic, "Condition": M{"StringEquals": M{"AWS:SourceOwner": a.ID}}}))}})
	a.Set("sns:ListSubscriptions", "", List{Key: "Subscriptions", Items: []any{
		M{"SubscriptionArn": topic + ":1", "TopicArn": topic, "Protocol": "lambda", "Endpoint": fn, "Owner": a.ID},
		M{"SubscriptionArn": topic + ":2", "TopicArn": topic, "Protocol": "https", "Endpoint": "https://hooks.example/" + mark, "Owner": a.ID}}, In: "NextToken", Out: "NextToken"})
	a.Set("sns:GetSubscriptionAttributes", topic+":1", M{"Attributes": Entries{"FilterPolicy": `{"kind":["order"]}`, "FilterPolicyScope": "MessageBody", "Endpoint": fn, "RawMessageDelivery": "true",
		"RedrivePolicy": text(M{"deadLetterTargetArn": a.ARN("sqs", "queue-0")})}})
	a.Set("events:ListEventBuses", "", List{Key: "EventBuses", Items: []any{M{"Name": "default", "Arn": a.ARN("events", "event-bus/default")}}, In: "NextToken", Out: "NextToken"})
	a.Set("events:ListRules", "default", List{Key: "Rules", Items: []any{M{"Name": "nightly", "Arn": a.ARN("events", "rule/nightly"), "State": "ENABLED", "ScheduleExpression": "rate(1 day)", "Description": mark},
		M{"Name": "off", "Arn": a.ARN("events", "rule/off"), "State": "DISABLED", "ScheduleExpression": "rate(1 day)"}}, In: "NextToken", Out: "NextToken"})
	a.Set("events:ListTargetsByRule", "default/off", M{"Targets": []any{M{"Id": "1", "Arn": fn}}})
	a.Set("events:ListTargetsByRule", "default/nightly", M{"Targets": []any{M{"Id": "1", "Arn": fn, "Input": mark, "DeadLetterConfig": M{"Arn": a.ARN("sqs", "queue-0")}, "HttpParameters": M{"HeaderParameters": M{"x": mark}}}}})
	a.Set("scheduler:ListSchedules", "", M{"Schedules": []any{M{"Arn": a.ARN("scheduler", "schedule/default/hourly"), "Name": "hourly", "GroupName": "default", "State": "ENABLED"}}})
	a.Set("scheduler:GetSchedule", "hourly", M{"ScheduleExpression": "rate(1 hour)", "Target": M{"Arn": fn, "RoleArn": a.ARN("iam", "role/role-2"), "Input": mark}})
	a.Set("pipes:ListPipes", "", M{"Pipes": []any{M{"Arn": a.ARN("pipes", "pipe/p"), "Name": "p", "CurrentState": "RUNNING"}}})
	a.Set("pipes:DescribePipe", "p", M{"Source": a.ARN("sqs", "queue-0"), "Target": fn, "RoleArn": a.ARN("iam", "role/role-2"), "TargetParameters": M{"InputTemplate": mark},
		"SourceParameters": M{"FilterCriteria": M{"Filters": []any{M{"Pattern": `{"body":["x"]}`}}}}})
	a.Set("apigateway:GetRestApis", "", List{Key: "item", Items: []any{M{"id": "r1", "name": "shop", "description": mark, "policy": `{\"Version\":\"2012-10-17\",\"Statement\":[]}`}}, In: "position", Out: "position"})
	a.Set("apigateway:GetResources", "r1", M{"item": []any{M{"id": "x", "path": "/orders", "resourceMethods": M{"POST": M{"authorizationType": "NONE", "apiKeyRequired": true, "methodIntegration": M{
		"uri":               "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/" + fn + "/invocations",
		"requestParameters": M{"integration.request.header.X": "'" + mark + "'"}}}}}}})
	a.Set("apigateway:GetRestAuthorizers", "r1", M{"item": []any{M{"id": "z", "name": "auth", "type": "TOKEN", "authorizerUri": "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/" + a.ARN("lambda", "function:fn-0") + "/invocations"}}})
	a.Set("apigateway:GetApis", "", M{"items": []any{M{"apiId": "h1", "name": "web", "protocolType": "HTTP", "description": mark}}})
	a.Set("apigateway:GetRoutes", "h1", M{"items": []any{M{"routeKey": "GET /items", "target": "integrations/i1", "authorizationType": "JWT"}, M{"routeKey": "GET /elsewhere", "target": "integrations/i2"}}})
	a.Set("apigateway:GetIntegrations", "h1", M{"items": []any{M{"integrationId": "i1", "integrationUri": fn, "requestParameters": M{"append:header.x": mark}},
		M{"integrationId": "i2", "integrationUri": "https://example.com/functions/v1/" + mark + "?key=" + mark}}})
	machine := a.ARN("states", "stateMachine:flow")
	a.Set("states:ListStateMachines", "", List{Key: "stateMachines", Items: []any{M{"stateMachineArn": machine, "name": "flow", "type": "EXPRESS"}}, In: "nextToken", Out: "nextToken"})
	a.Set("states:DescribeStateMachine", machine, M{"roleArn": a.ARN("iam", "role/role-2"), "definition": text(M{"Comment": mark, "States": M{
		"A": M{"Type": "Task", "Resource": fn, "Parameters": M{"token": mark}}, "B": M{"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "Parameters": M{"FunctionName": "fn-0", "Payload": M{"k": mark}}}}})})
	a.Set("cognito-idp:ListUserPools", "", M{"UserPools": []any{M{"Id": "us-east-1_abc", "Name": "people"}}})
	a.Set("cognito-idp:DescribeUserPool", "us-east-1_abc", M{"UserPool": M{"Id": "us-east-1_abc", "EmailVerificationMessage": mark, "LambdaConfig": M{"PreSignUp": fn}}})
	a.Set("logs:DescribeSubscriptionFilters", "/aws/lambda/fn-0", M{"subscriptionFilters": []any{M{"filterName": "f", "filterPattern": "ERROR", "destinationArn": fn}}})
	a.Set("cloudformation:ListStacks", "", List{Key: "StackSummaries", Items: []any{M{"StackId": a.ARN("cloudformation", "stack/shop/1"), "StackName": "shop", "StackStatus": "UPDATE_COMPLETE", "TemplateDescription": mark},
		M{"StackId": a.ARN("cloudformation", "stack/gone/1"), "StackName": "gone", "StackStatus": "DELETE_COMPLETE"}}, In: "NextToken", Out: "NextToken"})
	a.Set("cloudformation:ListStackResources", a.ARN("cloudformation", "stack/shop/1"), M{"StackResourceSummaries": []any{
		M{"LogicalResourceId": "Orders", "PhysicalResourceId": "fn-1", "ResourceType": "AWS::Lambda::Function", "ResourceStatusReason": mark}}})
	a.Set("lambda:ListLayers", "", M{"Layers": []any{M{"LayerName": "tools", "LatestMatchingVersion": M{"LayerVersionArn": a.ARN("lambda", "layer:tools:3"), "Version": 3, "Description": mark}}}})
	a.Set("lambda:GetLayerVersionPolicy", "tools/3", M{"Policy": text(policy(M{"Effect": "Allow", "Principal": "*", "Action": "lambda:GetLayerVersion", "Resource": a.ARN("lambda", "layer:tools:3")}))})
}

func (a *Account) organization() {
	a.Set("organizations:DescribeOrganization", "", M{"Organization": M{"Id": "o-1", "MasterAccountId": "999999999999"}})
	a.Set("organizations:ListParents", a.ID, M{"Parents": []any{M{"Id": "ou-1", "Type": "ORGANIZATIONAL_UNIT"}}})
	a.Set("organizations:ListParents", "ou-1", M{"Parents": []any{M{"Id": "r-1", "Type": "ROOT"}}})
	for _, target := range []string{"r-1", "ou-1", a.ID} {
		a.Set("organizations:ListPoliciesForTarget", target+"/SERVICE_CONTROL_POLICY", M{"Policies": []any{M{"Id": "p-FullAWSAccess"}}})
		a.Set("organizations:ListPoliciesForTarget", target+"/RESOURCE_CONTROL_POLICY", M{"Policies": []any{M{"Id": "p-RCPFullAWSAccess"}}})
	}
	a.Set("organizations:ListPoliciesForTarget", "ou-1/SERVICE_CONTROL_POLICY", M{"Policies": []any{M{"Id": "p-FullAWSAccess"}, M{"Id": "p-deny"}}})
	a.Set("organizations:DescribePolicy", "p-FullAWSAccess", M{"Policy": M{"Content": text(policy(M{"Effect": "Allow", "Action": "*", "Resource": "*"}))}})
	a.Set("organizations:DescribePolicy", "p-RCPFullAWSAccess", M{"Policy": M{"Content": text(policy(M{"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}))}})
	a.Set("organizations:DescribePolicy", "p-deny", M{"Policy": M{"Content": text(policy(M{"Effect": "Deny", "Action": "iam:*", "Resource": "*"}))}})
}
