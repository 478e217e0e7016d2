package catalog

import "strings"

// A Kind is a family of resources as people see it.
type Kind struct {
	Noun    string // "table", "bucket", "queue" …; "resource" for the rest
	Plural  string
	Item    string  // what it holds: "item", "object", "message" …; "" if nothing
	Icon    string  // name of an icon in assets/icons, without extension
	Counted bool    // holds or moves data (see docs/measures.md)
	Weight  float64 // default weight in weighted reach
}

// The kinds. Those that are counted are the families of docs/measures.md: what holds or moves data. Tables weigh
// as databases do: a DynamoDB table is what a database is to a serverless design, the records at rest.
var (
	kindBucket     = Kind{"bucket", "buckets", "object", "bucket", true, 1}
	kindTable      = Kind{"table", "tables", "item", "table", true, 2}
	kindDatabase   = Kind{"database", "databases", "record", "database", true, 2}
	kindQueue      = Kind{"queue", "queues", "message", "queue", true, 1}
	kindTopic      = Kind{"topic", "topics", "message", "topic", true, 1}
	kindStream     = Kind{"stream", "streams", "record", "stream", true, 1}
	kindBus        = Kind{"event bus", "event buses", "event", "bus", true, 1}
	kindSecret     = Kind{"secret", "secrets", "value", "secret", true, 3}
	kindParameter  = Kind{"parameter", "parameters", "value", "parameter", true, 1}
	kindKey        = Kind{"key", "keys", "", "key", true, 2}
	kindMachine    = Kind{"state machine", "state machines", "execution", "machine", true, 1}
	kindFiles      = Kind{"file system", "file systems", "file", "files", true, 1}
	kindRepository = Kind{"repository", "repositories", "image", "repository", true, 1}

	kindLog      = Kind{"log group", "log groups", "event", "log", false, 1}
	kindAPI      = Kind{"API", "APIs", "request", "api", false, 1}
	kindFunction = Kind{"function", "functions", "", "function", false, 1}
	kindRole     = Kind{"role", "roles", "", "role", false, 1}
	kindUser     = Kind{"user", "users", "", "user", false, 1}
	kindSchedule = Kind{"schedule", "schedules", "", "clock", false, 1}
	kindOther    = Kind{"resource", "resources", "", "resource", false, 1}
)

// kinds says which CloudFormation types are of which kind; all others are plain resources. Doors to a thing that
// is counted itself (access points, endpoints, aliases, replicas' settings) are not counted a second time.
var kinds = map[string]Kind{
	"AWS::S3::Bucket":                 kindBucket,
	"AWS::S3Express::DirectoryBucket": kindBucket,
	"AWS::S3Outposts::Bucket":         kindBucket,
	"AWS::S3Tables::TableBucket":      kindBucket,
	"AWS::S3Vectors::VectorBucket":    kindBucket,
	"AWS::Lightsail::Bucket":          kindBucket,

	"AWS::DynamoDB::Table":         kindTable,
	"AWS::DynamoDB::GlobalTable":   kindTable,
	"AWS::Serverless::SimpleTable": kindTable,
	"AWS::Cassandra::Table":        kindTable,
	"AWS::Timestream::Table":       kindTable,
	"AWS::S3Tables::Table":         kindTable,

	"AWS::RDS::DBCluster":                   kindDatabase,
	"AWS::RDS::DBInstance":                  kindDatabase,
	"AWS::RDS::GlobalCluster":               kindDatabase,
	"AWS::DocDB::DBCluster":                 kindDatabase,
	"AWS::DocDBElastic::Cluster":            kindDatabase,
	"AWS::Neptune::DBCluster":               kindDatabase,
	"AWS::NeptuneGraph::Graph":              kindDatabase,
	"AWS::DSQL::Cluster":                    kindDatabase,
	"AWS::Redshift::Cluster":                kindDatabase,
	"AWS::RedshiftServerless::Namespace":    kindDatabase,
	"AWS::ElastiCache::CacheCluster":        kindDatabase,
	"AWS::ElastiCache::ReplicationGroup":    kindDatabase,
	"AWS::ElastiCache::ServerlessCache":     kindDatabase,
	"AWS::MemoryDB::Cluster":                kindDatabase,
	"AWS::DAX::Cluster":                     kindDatabase,
	"AWS::OpenSearchService::Domain":        kindDatabase,
	"AWS::OpenSearchServerless::Collection": kindDatabase,
	"AWS::Elasticsearch::Domain":            kindDatabase,
	"AWS::Cassandra::Keyspace":              kindDatabase,
	"AWS::Timestream::Database":             kindDatabase,
	"AWS::Timestream::InfluxDBInstance":     kindDatabase,
	"AWS::Timestream::InfluxDBCluster":      kindDatabase,
	"AWS::QLDB::Ledger":                     kindDatabase,
	"AWS::SDB::Domain":                      kindDatabase,
	"AWS::Lightsail::Database":              kindDatabase,

	"AWS::SQS::Queue":       kindQueue,
	"AWS::AmazonMQ::Broker": kindQueue,
	"AWS::SNS::Topic":       kindTopic,

	"AWS::Kinesis::Stream":                 kindStream,
	"AWS::KinesisFirehose::DeliveryStream": kindStream,
	"AWS::KinesisVideo::Stream":            kindStream,
	"AWS::MSK::Cluster":                    kindStream,
	"AWS::MSK::ServerlessCluster":          kindStream,

	"AWS::Events::EventBus":   kindBus,
	"AWS::EventsV2::EventBus": kindBus,

	"AWS::SecretsManager::Secret": kindSecret,
	"AWS::SSM::Parameter":         kindParameter,
	"AWS::KMS::Key":               kindKey,
	"AWS::KMS::ReplicaKey":        kindKey,

	"AWS::StepFunctions::StateMachine": kindMachine,
	"AWS::Serverless::StateMachine":    kindMachine,

	"AWS::EFS::FileSystem": kindFiles,
	"AWS::FSx::FileSystem": kindFiles,

	"AWS::ECR::Repository":          kindRepository,
	"AWS::ECR::PublicRepository":    kindRepository,
	"AWS::CodeCommit::Repository":   kindRepository.holding("file"),
	"AWS::CodeArtifact::Repository": kindRepository.holding("package"),

	"AWS::Logs::LogGroup":           kindLog,
	"AWS::ApiGateway::RestApi":      kindAPI,
	"AWS::ApiGatewayV2::Api":        kindAPI,
	"AWS::AppSync::GraphQLApi":      kindAPI,
	"AWS::AppSync::Api":             kindAPI,
	"AWS::Serverless::Api":          kindAPI,
	"AWS::Serverless::HttpApi":      kindAPI,
	"AWS::Serverless::WebSocketApi": kindAPI,
	"AWS::Serverless::GraphQLApi":   kindAPI,
	"AWS::Lambda::Function":         kindFunction,
	"AWS::Serverless::Function":     kindFunction,
	"AWS::IAM::Role":                kindRole,
	"AWS::IAM::User":                kindUser,
	"AWS::IAM::Group":               {"group", "groups", "", "user", false, 1},
	"AWS::IAM::Policy":              {"policy", "policies", "", "policy", false, 1},
	"AWS::IAM::ManagedPolicy":       {"policy", "policies", "", "policy", false, 1},
	"AWS::Events::Rule":             {"rule", "rules", "", "bus", false, 1},
	"AWS::Scheduler::Schedule":      kindSchedule,
	"AWS::Pipes::Pipe":              {"pipe", "pipes", "", "route", false, 1},
	"AWS::Cognito::UserPool":        {"user pool", "user pools", "user", "user", false, 1},
	"AWS::Cognito::IdentityPool":    {"identity pool", "identity pools", "identity", "user", false, 1},
	"AWS::SES::EmailIdentity":       {"mail identity", "mail identities", "mail", "mail", false, 1},
}

func (k Kind) holding(item string) Kind {
	k.Item = item
	return k
}

// KindOf returns the kind of a CloudFormation type, known or not. Of a type that no table lists, the noun is
// "resource".
func KindOf(cfnType string) Kind {
	if k, ok := kinds[strings.TrimSpace(cfnType)]; ok {
		return k
	}
	return kindOther
}

// OverNetwork reports whether a type is a database that is reached by network, with passwords that IAM does not see.
func OverNetwork(cfnType string) bool {
	switch cfnType {
	case "AWS::RDS::DBInstance", "AWS::RDS::DBCluster", "AWS::RDS::DBProxy", "AWS::ElastiCache::CacheCluster", "AWS::ElastiCache::ReplicationGroup",
		"AWS::ElastiCache::ServerlessCache", "AWS::DocDB::DBCluster", "AWS::Neptune::DBCluster", "AWS::Redshift::Cluster", "AWS::OpenSearchService::Domain",
		"AWS::MemoryDB::Cluster", "AWS::MSK::Cluster", "AWS::AmazonMQ::Broker":
		return true
	}
	return false
}
