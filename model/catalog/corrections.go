package catalog

import (
	"slices"
	"strings"
)

// A correction replaces what the generated data says of a type, or adds a type that it lacks.
type correction struct {
	name string
	arn  string   // "" leaves it
	ref  []string // nil leaves it
	atts []string // added
	prop string   // naming property; "" leaves it, "-" removes it
	like string   // a type to start from instead of its own data: SAM's types become it
}

// corrections is a reviewed table of ours, from the "Return values" sections of the CloudFormation resource
// reference and the resource types of the Service Authorization Reference.
var corrections = []correction{
	// IAM's names stand behind a path.
	{name: "AWS::IAM::Role", arn: "arn:${Partition}:iam::${Account}:role${Path}${RoleName}", prop: "RoleName"},
	{name: "AWS::IAM::User", arn: "arn:${Partition}:iam::${Account}:user${Path}${UserName}", prop: "UserName"},
	{name: "AWS::IAM::Group", arn: "arn:${Partition}:iam::${Account}:group${Path}${GroupName}", prop: "GroupName"},
	{name: "AWS::IAM::InstanceProfile", arn: "arn:${Partition}:iam::${Account}:instance-profile${Path}${InstanceProfileName}", prop: "InstanceProfileName"},
	{name: "AWS::IAM::ManagedPolicy", arn: "arn:${Partition}:iam::${Account}:policy${Path}${ManagedPolicyName}", prop: "ManagedPolicyName"},
	{name: "AWS::IAM::ServerCertificate", arn: "arn:${Partition}:iam::${Account}:server-certificate${Path}${ServerCertificateName}", prop: "ServerCertificateName"},
	{name: "AWS::IAM::Policy", arn: "-", prop: "PolicyName"}, // an inline policy: it has no ARN
	{name: "AWS::IAM::OIDCProvider", arn: "arn:${Partition}:iam::${Account}:oidc-provider/${Url}"},
	{name: "AWS::IAM::ServiceLinkedRole", arn: "arn:${Partition}:iam::${Account}:role/aws-service-role/${AWSServiceName}/${RoleName}"},

	{name: "AWS::SecretsManager::Secret", arn: "arn:${Partition}:secretsmanager:${Region}:${Account}:secret:${Name}-${Suffix}", prop: "Name"},
	{name: "AWS::SSM::Parameter", arn: "arn:${Partition}:ssm:${Region}:${Account}:parameter/${Name}", prop: "Name"},
	{name: "AWS::KMS::ReplicaKey", arn: "arn:${Partition}:kms:${Region}:${Account}:key/${KeyId}"},
	{name: "AWS::KMS::Alias", arn: "arn:${Partition}:kms:${Region}:${Account}:${AliasName}", prop: "AliasName"},

	{name: "AWS::Lambda::Alias", arn: "arn:${Partition}:lambda:${Region}:${Account}:function:${FunctionName}:${Name}"},
	{name: "AWS::Lambda::Version", arn: "arn:${Partition}:lambda:${Region}:${Account}:function:${FunctionName}:${Version}"},
	{name: "AWS::Lambda::LayerVersion", arn: "arn:${Partition}:lambda:${Region}:${Account}:layer:${LayerName}:${LayerVersion}", prop: "LayerName"},
	{name: "AWS::Lambda::EventSourceMapping", arn: "arn:${Partition}:lambda:${Region}:${Account}:event-source-mapping:${Id}"},

	// A global table in a template is a table with replicas: its ARN is the table's in the stack's region.
	{name: "AWS::DynamoDB::GlobalTable", arn: "arn:${Partition}:dynamodb:${Region}:${Account}:table/${TableName}", prop: "TableName"},
	{name: "AWS::Kinesis::StreamConsumer", arn: "arn:${Partition}:kinesis:${Region}:${Account}:stream/${StreamARN}/consumer/${ConsumerName}:${ConsumerCreationTimestamp}"},
	{name: "AWS::KinesisVideo::Stream", arn: "arn:${Partition}:kinesisvideo:${Region}:${Account}:stream/${Name}/${CreationTime}"},

	{name: "AWS::Events::Rule", arn: "arn:${Partition}:events:${Region}:${Account}:rule/${EventBusPath}${Name}", ref: []string{"Name"}, prop: "Name"},
	{name: "AWS::Events::ApiDestination", arn: "arn:${Partition}:events:${Region}:${Account}:api-destination/${Name}/${Id}"},
	{name: "AWS::Events::Connection", arn: "arn:${Partition}:events:${Region}:${Account}:connection/${Name}/${Id}"},
	{name: "AWS::Scheduler::Schedule", arn: "arn:${Partition}:scheduler:${Region}:${Account}:schedule/${GroupPath}${Name}", prop: "Name"},
	{name: "AWS::Pipes::Pipe", arn: "arn:${Partition}:pipes:${Region}:${Account}:pipe/${Name}", prop: "Name"},

	{name: "AWS::StepFunctions::StateMachine", arn: "arn:${Partition}:states:${Region}:${Account}:stateMachine:${StateMachineName}", prop: "StateMachineName"},
	{name: "AWS::StepFunctions::Activity", arn: "arn:${Partition}:states:${Region}:${Account}:activity:${Name}", prop: "Name"},

	{name: "AWS::ApiGateway::Stage", arn: "arn:${Partition}:apigateway:${Region}::/restapis/${RestApiId}/stages/${StageName}"},
	{name: "AWS::ApiGatewayV2::Stage", arn: "arn:${Partition}:apigateway:${Region}::/apis/${ApiId}/stages/${StageName}"},

	{name: "AWS::Logs::LogStream", arn: "arn:${Partition}:logs:${Region}:${Account}:log-group:${LogGroupName}:log-stream:${LogStreamName}", prop: "LogStreamName"},

	{name: "AWS::RDS::ClusterSnapshot", prop: "DBClusterSnapshotIdentifier"},
	{name: "AWS::RDS::DBProxy", arn: "arn:${Partition}:rds:${Region}:${Account}:db-proxy:${DBProxyId}", prop: "DBProxyName"},
	{name: "AWS::DocDB::DBCluster", arn: "arn:${Partition}:rds:${Region}:${Account}:cluster:${DBClusterIdentifier}", ref: []string{"DBClusterIdentifier"}, prop: "DBClusterIdentifier"},
	{name: "AWS::DocDB::DBInstance", arn: "arn:${Partition}:rds:${Region}:${Account}:db:${DBInstanceIdentifier}", ref: []string{"DBInstanceIdentifier"}, prop: "DBInstanceIdentifier"},
	{name: "AWS::Neptune::DBCluster", arn: "arn:${Partition}:rds:${Region}:${Account}:cluster:${DBClusterIdentifier}", prop: "DBClusterIdentifier"},
	{name: "AWS::Neptune::DBInstance", arn: "arn:${Partition}:rds:${Region}:${Account}:db:${DBInstanceIdentifier}", prop: "DBInstanceIdentifier"},
	{name: "AWS::ElastiCache::CacheCluster", arn: "arn:${Partition}:elasticache:${Region}:${Account}:cluster:${ClusterName}", prop: "ClusterName"},
	{name: "AWS::Cassandra::Table", arn: "arn:${Partition}:cassandra:${Region}:${Account}:/keyspace/${KeyspaceName}/table/${TableName}", prop: "TableName"},
	{name: "AWS::Cassandra::Keyspace", arn: "arn:${Partition}:cassandra:${Region}:${Account}:/keyspace/${KeyspaceName}/", prop: "KeyspaceName"},
	{name: "AWS::Timestream::Table", arn: "arn:${Partition}:timestream:${Region}:${Account}:database/${DatabaseName}/table/${TableName}", prop: "TableName"},
	{name: "AWS::QLDB::Ledger", arn: "arn:${Partition}:qldb:${Region}:${Account}:ledger/${Name}", ref: []string{"Name"}, prop: "Name"},
	{name: "AWS::SDB::Domain", arn: "arn:${Partition}:sdb:${Region}:${Account}:domain/${DomainName}"},
	{name: "AWS::OpenSearchServerless::Collection", arn: "arn:${Partition}:aoss:${Region}:${Account}:collection/${Id}"},
	{name: "AWS::FSx::FileSystem", arn: "arn:${Partition}:fsx:${Region}:${Account}:file-system/${Id}"},

	{name: "AWS::MSK::Cluster", arn: "arn:${Partition}:kafka:${Region}:${Account}:cluster/${ClusterName}/${Uuid}", prop: "ClusterName"},
	{name: "AWS::MSK::ServerlessCluster", arn: "arn:${Partition}:kafka:${Region}:${Account}:cluster/${ClusterName}/${Uuid}", prop: "ClusterName"},
	{name: "AWS::AmazonMQ::Broker", arn: "arn:${Partition}:mq:${Region}:${Account}:broker:${BrokerName}:${Id}", prop: "BrokerName"},

	{name: "AWS::S3Tables::Table", arn: "arn:${Partition}:s3tables:${Region}:${Account}:bucket/${TableBucketARN}/table/${TableId}"},
	{name: "AWS::S3Vectors::VectorBucket", arn: "arn:${Partition}:s3vectors:${Region}:${Account}:bucket/${VectorBucketName}", prop: "VectorBucketName"},
	{name: "AWS::CodeArtifact::Repository", arn: "arn:${Partition}:codeartifact:${Region}:${Account}:repository/${DomainName}/${RepositoryName}", prop: "RepositoryName"},
	{name: "AWS::CodeCommit::Repository", arn: "arn:${Partition}:codecommit:${Region}:${Account}:${RepositoryName}", prop: "RepositoryName"},

	{name: "AWS::ECS::Service", arn: "arn:${Partition}:ecs:${Region}:${Account}:service/${Cluster}/${ServiceName}", ref: []string{"ServiceArn"}, prop: "ServiceName"},
	{name: "AWS::ECS::TaskDefinition", arn: "arn:${Partition}:ecs:${Region}:${Account}:task-definition/${Family}:${Revision}", prop: "Family"},
	{name: "AWS::SNS::Subscription", arn: "arn:${Partition}:sns:${Region}:${Account}:${TopicArn}:${SubscriptionId}"},
	{name: "AWS::Cognito::UserPool", arn: "arn:${Partition}:cognito-idp:${Region}:${Account}:userpool/${UserPoolId}"},

	// SAM's types are what its transform makes of them (AWS SAM Developer Guide, "Return values").
	{name: "AWS::Serverless::Function", like: "AWS::Lambda::Function"},
	{name: "AWS::Serverless::SimpleTable", like: "AWS::DynamoDB::Table"},
	{name: "AWS::Serverless::StateMachine", like: "AWS::StepFunctions::StateMachine", prop: "Name",
		arn: "arn:${Partition}:states:${Region}:${Account}:stateMachine:${Name}"},
	{name: "AWS::Serverless::Api", like: "AWS::ApiGateway::RestApi", atts: []string{"RootResourceId"}},
	{name: "AWS::Serverless::HttpApi", like: "AWS::ApiGatewayV2::Api"},
	{name: "AWS::Serverless::WebSocketApi", like: "AWS::ApiGatewayV2::Api"},
	{name: "AWS::Serverless::GraphQLApi", like: "AWS::AppSync::GraphQLApi"},
	{name: "AWS::Serverless::LayerVersion", like: "AWS::Lambda::LayerVersion"},
	{name: "AWS::Serverless::Application", like: "AWS::CloudFormation::Stack"},
	{name: "AWS::Serverless::CapacityProvider", like: "AWS::Lambda::CapacityProvider"},
}

// correct applies the corrections.
func (t *typeTable) correct() {
	for _, x := range corrections {
		was := t.byName[x.name]
		if x.like != "" {
			was = t.byName[x.like]
		}
		if was == nil {
			was = &Type{}
		}
		now := *was
		now.Name, now.Kind = x.name, KindOf(x.name)
		switch x.arn {
		case "":
		case "-":
			now.ARN = ""
		default:
			now.ARN = x.arn
		}
		if x.ref != nil {
			now.PrimaryID = x.ref
		}
		if x.atts != nil {
			now.Attributes = slices.Compact(slices.Sorted(slices.Values(append(slices.Clone(now.Attributes), x.atts...))))
		}
		switch x.prop {
		case "":
		case "-":
			now.NameProperty = ""
		default:
			now.NameProperty = x.prop
		}
		t.byName[x.name] = &now
	}
}

// IsARN reports whether an attribute of the type, or what Ref returns, is the resource's own ARN.
func (t *Type) IsARN(attribute string) bool {
	if t.Name == "AWS::SecretsManager::Secret" && attribute == "Id" {
		return true
	}
	if t.Name == "AWS::Lambda::Url" || !t.HasAttribute(attribute) {
		return false // a URL's attributes are its function's
	}
	short := t.Name[strings.LastIndexByte(t.Name, ':')+1:]
	base, ok := strings.CutSuffix(attribute, "Arn")
	if !ok {
		base, ok = strings.CutSuffix(attribute, "ARN")
	}
	return ok && (base == "" || base == short || slices.Contains(t.PrimaryID, attribute))
}

// RefIsARN reports whether Ref of a resource of the type returns its ARN.
func (t *Type) RefIsARN() bool { return len(t.PrimaryID) == 1 && t.IsARN(t.PrimaryID[0]) }
