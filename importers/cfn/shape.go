package cfn

import (
	"sync"

	"bulkhead/model/catalog"
)

// A shape says how a type of resource is named: the property that names it, its ARN, and what Ref and
// Fn::GetAtt return. In the patterns ${Name} is the physical name, ${Arn} the ARN, ${Partition}, ${Region},
// ${Account} and ${URLSuffix} the pseudo parameters, ${Machine} the state machine of an alias, ${Prop} a property and ${Prop|x} a property with a default.
// What is not here comes from the catalogue's CloudFormation types.
type shape struct {
	name  string            // property; "" if AWS always generates the name
	arn   string            // pattern
	ref   string            // pattern; "" is ${Name}
	attrs map[string]string // patterns; Arn is always there
}

// regional is the usual start of an ARN.
func regional(service, rest string) string {
	return "arn:${Partition}:" + service + ":${Region}:${Account}:" + rest
}

// shapeOf follows "Return values" of each type in the CloudFormation template reference,
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/.
func shapeOf(cfnType string) (shape, bool) {
	if s, ok := shapes.Load(cfnType); ok {
		return *s.(*shape), true
	}
	for _, of := range []func(string) (shape, bool){compute, storage, messaging} {
		if s, ok := of(cfnType); ok {
			shapes.Store(cfnType, &s)
			return s, true
		}
	}
	return shape{}, false
}

// shapes remembers what was asked for: a template asks for the same few types all the time.
var shapes sync.Map // string → *shape

func compute(cfnType string) (shape, bool) {
	switch cfnType {
	case "AWS::Lambda::Function":
		return shape{name: "FunctionName", arn: regional("lambda", "function:${Name}")}, true
	case "AWS::Lambda::Alias":
		return shape{name: "Name", arn: regional("lambda", "function:${FunctionName}:${Name}"), ref: "${Arn}", attrs: map[string]string{"AliasArn": "${Arn}"}}, true
	case "AWS::Lambda::Version":
		return shape{arn: regional("lambda", "function:${FunctionName}:${Name}"), ref: "${Arn}", attrs: map[string]string{"FunctionArn": "${Arn}", "Version": "${Name}"}}, true
	case "AWS::Lambda::LayerVersion":
		return shape{name: "LayerName", arn: regional("lambda", "layer:${Name}:1"), ref: "${Arn}", attrs: map[string]string{"LayerVersionArn": "${Arn}"}}, true
	case "AWS::Lambda::EventSourceMapping":
		return shape{arn: regional("lambda", "event-source-mapping:${Name}"), attrs: map[string]string{"EventSourceMappingArn": "${Arn}", "Id": "${Name}"}}, true
	case "AWS::Lambda::Url":
		return shape{ref: "${TargetFunctionArn}", attrs: map[string]string{"FunctionArn": "${TargetFunctionArn}", "FunctionUrl": "https://${Name}.lambda-url.${Region}.on.aws/"}}, true
	case "AWS::IAM::Role":
		return shape{name: "RoleName", arn: "arn:${Partition}:iam::${Account}:role${Path|/}${Name}", attrs: map[string]string{"RoleId": "AROAGENERATED-${Name}"}}, true
	case "AWS::IAM::ServiceLinkedRole":
		return shape{arn: "arn:${Partition}:iam::${Account}:role/aws-service-role/${AWSServiceName}/${Name}"}, true
	case "AWS::IAM::User":
		return shape{name: "UserName", arn: "arn:${Partition}:iam::${Account}:user${Path|/}${Name}"}, true
	case "AWS::IAM::Group":
		return shape{name: "GroupName", arn: "arn:${Partition}:iam::${Account}:group${Path|/}${Name}"}, true
	case "AWS::IAM::ManagedPolicy":
		return shape{name: "ManagedPolicyName", arn: "arn:${Partition}:iam::${Account}:policy${Path|/}${Name}", ref: "${Arn}", attrs: map[string]string{"PolicyArn": "${Arn}"}}, true
	case "AWS::IAM::Policy", "AWS::IAM::RolePolicy", "AWS::IAM::UserPolicy", "AWS::IAM::GroupPolicy":
		return shape{name: "PolicyName"}, true
	case "AWS::IAM::InstanceProfile":
		return shape{name: "InstanceProfileName", arn: "arn:${Partition}:iam::${Account}:instance-profile${Path|/}${Name}"}, true
	case "AWS::IAM::AccessKey":
		return shape{}, true
	case "AWS::StepFunctions::StateMachine":
		return shape{name: "StateMachineName", arn: regional("states", "stateMachine:${Name}"), ref: "${Arn}", attrs: map[string]string{"Name": "${Name}"}}, true
	case "AWS::StepFunctions::StateMachineVersion":
		return shape{arn: "${StateMachineArn}:${Name}", ref: "${Arn}"}, true
	case "AWS::StepFunctions::StateMachineAlias":
		return shape{name: "Name", arn: "${Machine}:${Name}", ref: "${Arn}"}, true
	case "AWS::StepFunctions::Activity":
		return shape{name: "Name", arn: regional("states", "activity:${Name}"), ref: "${Arn}", attrs: map[string]string{"Name": "${Name}"}}, true
	case "AWS::ApiGateway::RestApi":
		return shape{arn: "arn:${Partition}:apigateway:${Region}::/restapis/${Name}", attrs: map[string]string{"RestApiId": "${Name}", "RootResourceId": "${Name}-root"}}, true
	case "AWS::ApiGatewayV2::Api":
		return shape{arn: "arn:${Partition}:apigateway:${Region}::/apis/${Name}", attrs: map[string]string{"ApiId": "${Name}", "ApiEndpoint": "https://${Name}.execute-api.${Region}.${URLSuffix}"}}, true
	case "AWS::ApiGateway::Stage":
		return shape{name: "StageName", arn: "arn:${Partition}:apigateway:${Region}::/restapis/${RestApiId}/stages/${Name}"}, true
	case "AWS::ApiGatewayV2::Stage":
		return shape{name: "StageName", arn: "arn:${Partition}:apigateway:${Region}::/apis/${ApiId}/stages/${Name}"}, true
	case "AWS::AppSync::GraphQLApi":
		return shape{arn: regional("appsync", "apis/${Name}"), ref: "${Arn}", attrs: map[string]string{"ApiId": "${Name}"}}, true
	case "AWS::Cognito::UserPool":
		return shape{arn: regional("cognito-idp", "userpool/${Name}"), attrs: map[string]string{
			"UserPoolId": "${Name}", "ProviderName": "cognito-idp.${Region}.${URLSuffix}/${Name}", "ProviderURL": "https://cognito-idp.${Region}.${URLSuffix}/${Name}"}}, true
	case "AWS::Cognito::IdentityPool":
		return shape{arn: regional("cognito-identity", "identitypool/${Name}"), attrs: map[string]string{"Id": "${Name}"}}, true
	case "AWS::ECS::Cluster":
		return shape{name: "ClusterName", arn: regional("ecs", "cluster/${Name}")}, true
	case "AWS::ECS::TaskDefinition":
		return shape{name: "Family", arn: regional("ecs", "task-definition/${Name}:1"), ref: "${Arn}", attrs: map[string]string{"TaskDefinitionArn": "${Arn}"}}, true
	case "AWS::ECS::Service":
		return shape{name: "ServiceName", arn: regional("ecs", "service/${Cluster|default}/${Name}"), ref: "${Arn}", attrs: map[string]string{"ServiceArn": "${Arn}", "Name": "${Name}"}}, true
	case "AWS::Bedrock::Agent":
		return shape{arn: regional("bedrock", "agent/${Name}"), attrs: map[string]string{"AgentArn": "${Arn}", "AgentId": "${Name}"}}, true
	case "AWS::Bedrock::AgentAlias":
		return shape{name: "AgentAliasName", arn: regional("bedrock", "agent-alias/${AgentId}/${Name}"), attrs: map[string]string{"AgentAliasArn": "${Arn}", "AgentAliasId": "${Name}"}}, true
	case "AWS::Bedrock::FlowAlias":
		return shape{arn: "${FlowArn}/alias/${Name}", attrs: map[string]string{"Arn": "${Arn}", "Id": "${Name}"}}, true
	case "AWS::Lex::Bot":
		return shape{name: "Name", arn: regional("lex", "bot/${Name}"), attrs: map[string]string{"Id": "${Name}"}}, true
	case "AWS::Lex::BotAlias":
		return shape{name: "BotAliasName", arn: regional("lex", "bot-alias/${BotId}/${Name}"), attrs: map[string]string{"BotAliasId": "${Name}"}}, true
	case "AWS::CodeBuild::Project":
		return shape{name: "Name", arn: regional("codebuild", "project/${Name}")}, true
	}
	return shape{}, false
}

func storage(cfnType string) (shape, bool) {
	switch cfnType {
	case "AWS::S3::Bucket":
		return shape{name: "BucketName", arn: "arn:${Partition}:s3:::${Name}", attrs: map[string]string{
			"DomainName": "${Name}.s3.${URLSuffix}", "RegionalDomainName": "${Name}.s3.${Region}.${URLSuffix}",
			"DualStackDomainName": "${Name}.s3.dualstack.${Region}.${URLSuffix}", "WebsiteURL": "http://${Name}.s3-website-${Region}.${URLSuffix}"}}, true
	case "AWS::DynamoDB::Table", "AWS::DynamoDB::GlobalTable":
		return shape{name: "TableName", arn: regional("dynamodb", "table/${Name}"), attrs: map[string]string{"StreamArn": "${Arn}/stream/GENERATED"}}, true
	case "AWS::SecretsManager::Secret":
		return shape{name: "Name", arn: regional("secretsmanager", "secret:${Name}-"+catalog.SecretSuffix), ref: "${Arn}", attrs: map[string]string{"Id": "${Arn}"}}, true
	case "AWS::SSM::Parameter":
		return shape{name: "Name", arn: regional("ssm", "parameter/${Name}"), attrs: map[string]string{"Type": "${Type}"}}, true
	case "AWS::KMS::Key":
		return shape{arn: regional("kms", "key/${Name}"), attrs: map[string]string{"KeyId": "${Name}"}}, true
	case "AWS::KMS::Alias":
		return shape{name: "AliasName", arn: regional("kms", "${Name}")}, true
	case "AWS::RDS::DBInstance":
		return shape{name: "DBInstanceIdentifier", arn: regional("rds", "db:${Name}"), attrs: map[string]string{"DBInstanceArn": "${Arn}"}}, true
	case "AWS::RDS::DBCluster":
		return shape{name: "DBClusterIdentifier", arn: regional("rds", "cluster:${Name}"), attrs: map[string]string{"DBClusterArn": "${Arn}"}}, true
	case "AWS::RDS::DBProxy":
		return shape{name: "DBProxyName", arn: regional("rds", "db-proxy:${Name}-id"), attrs: map[string]string{"DBProxyArn": "${Arn}"}}, true
	case "AWS::EFS::FileSystem":
		return shape{arn: regional("elasticfilesystem", "file-system/${Name}"), attrs: map[string]string{"FileSystemId": "${Name}"}}, true
	case "AWS::EFS::AccessPoint":
		return shape{arn: regional("elasticfilesystem", "access-point/${Name}"), attrs: map[string]string{"AccessPointId": "${Name}"}}, true
	case "AWS::ECR::Repository":
		return shape{name: "RepositoryName", arn: regional("ecr", "repository/${Name}"), attrs: map[string]string{
			"RepositoryUri": "${Account}.dkr.ecr.${Region}.${URLSuffix}/${Name}"}}, true
	case "AWS::OpenSearchService::Domain", "AWS::Elasticsearch::Domain":
		return shape{name: "DomainName", arn: regional("es", "domain/${Name}"), attrs: map[string]string{"DomainArn": "${Arn}"}}, true
	case "AWS::Logs::LogGroup":
		return shape{name: "LogGroupName", arn: regional("logs", "log-group:${Name}"), attrs: map[string]string{"Arn": "${Arn}:*"}}, true
	case "AWS::Glue::Database":
		return shape{name: "DatabaseInput.Name", arn: regional("glue", "database/${Name}")}, true
	case "AWS::Athena::WorkGroup":
		return shape{name: "Name", arn: regional("athena", "workgroup/${Name}")}, true
	}
	return shape{}, false
}

func messaging(cfnType string) (shape, bool) {
	switch cfnType {
	case "AWS::SQS::Queue":
		url := "https://sqs.${Region}.${URLSuffix}/${Account}/${Name}"
		return shape{name: "QueueName", arn: regional("sqs", "${Name}"), ref: url, attrs: map[string]string{"QueueName": "${Name}", "QueueUrl": url}}, true
	case "AWS::SNS::Topic":
		return shape{name: "TopicName", arn: regional("sns", "${Name}"), ref: "${Arn}", attrs: map[string]string{"TopicArn": "${Arn}", "TopicName": "${Name}"}}, true
	case "AWS::SNS::Subscription":
		return shape{arn: "${TopicArn}:${Name}", ref: "${Arn}"}, true
	case "AWS::Kinesis::Stream":
		return shape{name: "Name", arn: regional("kinesis", "stream/${Name}")}, true
	case "AWS::Kinesis::StreamConsumer":
		return shape{name: "ConsumerName", arn: "${StreamARN}/consumer/${Name}:1", ref: "${Arn}", attrs: map[string]string{"ConsumerARN": "${Arn}"}}, true
	case "AWS::KinesisFirehose::DeliveryStream":
		return shape{name: "DeliveryStreamName", arn: regional("firehose", "deliverystream/${Name}")}, true
	case "AWS::Events::EventBus":
		return shape{name: "Name", arn: regional("events", "event-bus/${Name}"), attrs: map[string]string{"Name": "${Name}"}}, true
	case "AWS::Events::Rule":
		return shape{name: "Name", arn: regional("events", "rule/${Bus}${Name}")}, true
	case "AWS::Scheduler::Schedule":
		return shape{name: "Name", arn: regional("scheduler", "schedule/${GroupName|default}/${Name}")}, true
	case "AWS::Scheduler::ScheduleGroup":
		return shape{name: "Name", arn: regional("scheduler", "schedule-group/${Name}")}, true
	case "AWS::Pipes::Pipe":
		return shape{name: "Name", arn: regional("pipes", "pipe/${Name}")}, true
	case "AWS::MSK::Cluster", "AWS::MSK::ServerlessCluster":
		return shape{name: "ClusterName", arn: regional("kafka", "cluster/${Name}/GENERATED"), ref: "${Arn}"}, true
	case "AWS::AmazonMQ::Broker":
		return shape{name: "BrokerName", arn: regional("mq", "broker:${Name}:GENERATED"), ref: "GENERATED-${Name}"}, true
	case "AWS::IoT::TopicRule":
		return shape{name: "RuleName", arn: regional("iot", "rule/${Name}")}, true
	case "AWS::CloudWatch::Alarm":
		return shape{name: "AlarmName", arn: regional("cloudwatch", "alarm:${Name}")}, true
	case "AWS::SES::EmailIdentity":
		return shape{name: "EmailIdentity", arn: regional("ses", "identity/${Name}")}, true
	case "AWS::ElasticLoadBalancingV2::LoadBalancer":
		return shape{name: "Name", arn: regional("elasticloadbalancing", "loadbalancer/app/${Name}/GENERATED"), ref: "${Arn}", attrs: map[string]string{"LoadBalancerArn": "${Arn}"}}, true
	case "AWS::ElasticLoadBalancingV2::TargetGroup":
		return shape{name: "Name", arn: regional("elasticloadbalancing", "targetgroup/${Name}/GENERATED"), ref: "${Arn}", attrs: map[string]string{"TargetGroupArn": "${Arn}"}}, true
	case "AWS::ElasticLoadBalancingV2::Listener":
		return shape{arn: regional("elasticloadbalancing", "listener/app/${Name}/GENERATED/GENERATED"), ref: "${Arn}", attrs: map[string]string{"ListenerArn": "${Arn}"}}, true
	case "AWS::CertificateManager::Certificate":
		return shape{arn: regional("acm", "certificate/${Name}"), ref: "${Arn}"}, true
	}
	return shape{}, false
}
