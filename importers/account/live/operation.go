package live

import (
	"cmp"
	"slices"
	"strings"
)

// A protocol is how a service is spoken to.
// https://smithy.io/2.0/aws/protocols/index.html
type protocol uint8

const (
	query    protocol = iota // a form, answered in XML
	ec2Query                 // the same, with EC2's way of answering
	jsonRPC                  // JSON, the operation in X-Amz-Target
	restJSON
	restXML
)

// A service is an API of AWS.
type service struct {
	name    string // by which its requests are signed
	prefix  string // of its IAM actions; name if ""
	host    string // of its endpoints; name if ""
	id      string // of AWS_ENDPOINT_URL_…
	title   string // for people
	proto   protocol
	version string // of the API, in queries
	target  string // before the operation in X-Amz-Target
	json    string // version of jsonRPC
	global  bool   // has one endpoint a partition
	// certified is how regions of GovCloud begin in which its usual endpoints have certified cryptography, and ipv6 the partitions
	// in which they answer by IPv6: there are no others then.
	certified string
	ipv6      []string
}

// govCloud is how all its regions begin.
const govCloud = "us-gov-"

var (
	stsService            = &service{name: "sts", id: "STS", title: "STS", version: "2011-06-15", certified: govCloud}
	iamService            = &service{name: "iam", id: "IAM", title: "IAM", version: "2010-05-08", global: true}
	ec2Service            = &service{name: "ec2", id: "EC2", title: "EC2", proto: ec2Query, version: "2016-11-15", certified: govCloud}
	organizationsService  = &service{name: "organizations", id: "ORGANIZATIONS", title: "Organizations", proto: jsonRPC, target: "AWSOrganizationsV20161128", json: "1.1", global: true, certified: govCloud}
	lambdaService         = &service{name: "lambda", id: "LAMBDA", title: "Lambda", proto: restJSON}
	s3Service             = &service{name: "s3", id: "S3", title: "S3", proto: restXML}
	s3ControlService      = &service{name: "s3", host: "s3-control", id: "S3_CONTROL", title: "S3", proto: restXML}
	dynamodbService       = &service{name: "dynamodb", id: "DYNAMODB", title: "DynamoDB", proto: jsonRPC, target: "DynamoDB_20120810", json: "1.0", certified: govCloud}
	sqsService            = &service{name: "sqs", id: "SQS", title: "SQS", proto: jsonRPC, target: "AmazonSQS", json: "1.0", certified: govCloud}
	snsService            = &service{name: "sns", id: "SNS", title: "SNS", version: "2010-03-31", certified: govCloud}
	eventsService         = &service{name: "events", id: "EVENTBRIDGE", title: "EventBridge", proto: jsonRPC, target: "AWSEvents", json: "1.1", certified: govCloud}
	schedulerService      = &service{name: "scheduler", id: "SCHEDULER", title: "EventBridge Scheduler", proto: restJSON}
	pipesService          = &service{name: "pipes", id: "PIPES", title: "EventBridge Pipes", proto: restJSON}
	restAPIService        = &service{name: "apigateway", id: "API_GATEWAY", title: "API Gateway", proto: restJSON}
	apiService            = &service{name: "apigateway", id: "APIGATEWAYV2", title: "API Gateway", proto: restJSON}
	statesService         = &service{name: "states", id: "SFN", title: "Step Functions", proto: jsonRPC, target: "AWSStepFunctions", json: "1.0", certified: "us-gov-west-1"}
	kinesisService        = &service{name: "kinesis", id: "KINESIS", title: "Kinesis", proto: jsonRPC, target: "Kinesis_20131202", json: "1.1", certified: govCloud}
	kmsService            = &service{name: "kms", id: "KMS", title: "KMS", proto: jsonRPC, target: "TrentService", json: "1.1"}
	secretsService        = &service{name: "secretsmanager", id: "SECRETS_MANAGER", title: "Secrets Manager", proto: jsonRPC, target: "secretsmanager", json: "1.1", ipv6: []string{"aws", "aws-cn", "aws-us-gov"}}
	ssmService            = &service{name: "ssm", id: "SSM", title: "Systems Manager", proto: jsonRPC, target: "AmazonSSM", json: "1.1", certified: govCloud}
	cognitoService        = &service{name: "cognito-idp", id: "COGNITO_IDENTITY_PROVIDER", title: "Cognito", proto: jsonRPC, target: "AWSCognitoIdentityProviderService", json: "1.1", ipv6: []string{"aws"}}
	logsService           = &service{name: "logs", id: "CLOUDWATCH_LOGS", title: "CloudWatch Logs", proto: jsonRPC, target: "Logs_20140328", json: "1.1", certified: govCloud}
	ecrService            = &service{name: "ecr", host: "api.ecr", id: "ECR", title: "ECR", proto: jsonRPC, target: "AmazonEC2ContainerRegistry_V20150921", json: "1.1"}
	cloudFormationService = &service{name: "cloudformation", id: "CLOUDFORMATION", title: "CloudFormation", version: "2010-05-15", certified: govCloud}
	taggingService        = &service{name: "tagging", prefix: "tag", id: "RESOURCE_GROUPS_TAGGING_API", title: "tags", proto: jsonRPC, target: "ResourceGroupsTaggingAPI_20170126", json: "1.1"}
)

// An operation is one call of a service's API, and where its answer goes is up to the file that asks it.
type operation struct {
	of     *service
	name   string
	action string               // of IAM, where its name is not the operation's; "-" for what needs no permission
	method string               // of REST; GET if ""
	path   string               // of REST: "/2015-03-31/functions/{FunctionName}/policy"
	root   string               // of restXML: the outermost element of the answer
	on     []string             // resources that its action is to be allowed on; all if none
	absent []string             // codes of errors which say that there is nothing, as one may expect
	reads  string               // what, for people
	aside  bool                 // it is not for reading an account: of an organization, a check
	needs  func(o Options) bool // whether it is made; nil: always
}

// operations are all that the reader can call: what --print-policy allows, and docs/import.md lists.
var operations []*operation

// op registers an operation.
func op(o operation) *operation {
	operations = append(operations, &o)
	return &o
}

// permission is the action of IAM that allows the call, "" for none.
func (o *operation) permission() string {
	if o.action == "-" {
		return ""
	}
	prefix := cmp.Or(o.of.prefix, o.of.name)
	if strings.Contains(o.action, ":") {
		return o.action
	}
	return prefix + ":" + cmp.Or(o.action, o.name)
}

// String is the operation as people write it: "lambda:ListFunctions".
func (o *operation) String() string { return cmp.Or(o.of.prefix, o.of.name) + ":" + o.name }

// sortedOperations are the operations by service and name.
func sortedOperations() []*operation {
	return slices.SortedFunc(slices.Values(operations), func(a, b *operation) int {
		return cmp.Or(cmp.Compare(a.of.title, b.of.title), cmp.Compare(a.String(), b.String()))
	})
}

// asks reports whether reading with these options makes a call.
func (o Options) asks(x *operation) bool {
	always := x.of == stsService || x.of == iamService || x.of == organizationsService || x.of == ec2Service
	return (x.needs == nil || x.needs(o)) && (always || o.Services == nil || slices.Contains(o.Services, cmp.Or(x.of.prefix, x.of.name)))
}
