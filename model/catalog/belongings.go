package catalog

// belongings says to which CloudFormation type an IAM resource type belongs where the shapes of their ARNs do not
// tell: "prefix name" in lower case to the type, with "part of " before it where it is a part of it or a door to
// it; "" for none.
var belongings = map[string]string{
	"secretsmanager secret": "AWS::SecretsManager::Secret", // its ARN ends in six characters more than its name
	"dynamodb global-table": "AWS::DynamoDB::GlobalTable",

	"lambda function alias":    "part of AWS::Lambda::Function", // whoever may act on a qualifier acts on the function
	"lambda function version":  "part of AWS::Lambda::Function",
	"lambda durable execution": "part of AWS::Lambda::Function",
	"lambda layer":             "AWS::Lambda::LayerVersion",

	"states execution":          "part of AWS::StepFunctions::StateMachine",
	"states express":            "part of AWS::StepFunctions::StateMachine",
	"states labelled execution": "part of AWS::StepFunctions::StateMachine",
	"states labelled express":   "part of AWS::StepFunctions::StateMachine",
	"states maprun":             "part of AWS::StepFunctions::StateMachine",

	"logs log-stream": "part of AWS::Logs::LogGroup",

	"events api-destination":           "AWS::Events::ApiDestination",
	"events connection":                "AWS::Events::Connection",
	"events rule-on-custom-event-bus":  "AWS::Events::Rule",
	"events rule-on-default-event-bus": "AWS::Events::Rule",
	"events event-busv2":               "AWS::EventsV2::EventBus",
	"events event-sourcev2":            "AWS::EventsV2::EventSource",
	"events subscriber":                "AWS::EventsV2::Subscriber",
	"scheduler schedule":               "AWS::Scheduler::Schedule",

	"execute-api execute-api-general": "part of AWS::ApiGateway::RestApi", // of an HTTP or WebSocket API too
	"appsync graphqlapi":              "AWS::AppSync::GraphQLApi",
	"appsync field":                   "part of AWS::AppSync::GraphQLApi",
	"appsync type":                    "part of AWS::AppSync::GraphQLApi",
	"appsync function":                "part of AWS::AppSync::GraphQLApi",
	"appsync datasource":              "part of AWS::AppSync::GraphQLApi",
	"appsync mergedapiassociation":    "part of AWS::AppSync::GraphQLApi",
	"appsync sourceapiassociation":    "part of AWS::AppSync::GraphQLApi",

	"kinesis consumer":               "part of AWS::Kinesis::Stream", // reads the stream
	"kinesisvideo channel":           "AWS::KinesisVideo::SignalingChannel",
	"kafka topic":                    "part of AWS::MSK::Cluster",
	"kafka group":                    "part of AWS::MSK::Cluster",
	"kafka transactional-id":         "part of AWS::MSK::Cluster",
	"kafka-cluster topic":            "part of AWS::MSK::Cluster",
	"kafka-cluster group":            "part of AWS::MSK::Cluster",
	"kafka-cluster transactional-id": "part of AWS::MSK::Cluster",

	"rds-db db-user":               "part of AWS::RDS::DBInstance", // of a cluster too
	"rds auto-backup":              "part of AWS::RDS::DBInstance",
	"rds tenant-database":          "part of AWS::RDS::DBInstance",
	"rds snapshot-tenant-database": "part of AWS::RDS::DBSnapshot",
	"rds cluster-auto-backup":      "part of AWS::RDS::DBCluster",
	"rds cluster-endpoint":         "part of AWS::RDS::DBCluster",
	"neptune-db database":          "part of AWS::Neptune::DBCluster",
	"redshift dbname":              "part of AWS::Redshift::Cluster",
	"redshift dbuser":              "part of AWS::Redshift::Cluster",
	"redshift dbgroup":             "part of AWS::Redshift::Cluster",
	"redshift snapshot":            "part of AWS::Redshift::Cluster",
	"redshift namespace":           "part of AWS::Redshift::Cluster",
	"qldb stream":                  "part of AWS::QLDB::Ledger",
	"elasticache snapshot":         "part of AWS::ElastiCache::ReplicationGroup",
	"codeartifact package":         "part of AWS::CodeArtifact::Repository",
	"s3 accessgrantsinstance":      "AWS::S3::AccessGrantsInstance",
	"fsx volume":                   "part of AWS::FSx::FileSystem",
	"fsx storage-virtual-machine":  "part of AWS::FSx::FileSystem",
	"fsx snapshot":                 "part of AWS::FSx::FileSystem",

	// IAM's names stand behind a path.
	"iam role":               "AWS::IAM::Role",
	"iam user":               "AWS::IAM::User",
	"iam group":              "AWS::IAM::Group",
	"iam policy":             "AWS::IAM::ManagedPolicy",
	"iam instance-profile":   "AWS::IAM::InstanceProfile",
	"iam server-certificate": "AWS::IAM::ServerCertificate",
	"iam assumed-role":       "part of AWS::IAM::Role",
	"iam access-report":      "",
	"sts role":               "AWS::IAM::Role",
	"ssm iam-role":           "AWS::IAM::Role",
	"ssm task":               "",
	"kms alias":              "AWS::KMS::Alias",
	"events alias":           "AWS::KMS::Alias",
}
