package fakeaws

import (
	"encoding/json"
	"encoding/xml"
	"fmt"
	"io"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"
)

// A route is an operation of a REST API: its path, and what is asked in the query.
type route struct {
	service, operation string
	path               *regexp.Regexp
	ask                string
}

func path(service, operation, pattern, ask string) route {
	return route{service, operation, regexp.MustCompile("^" + regexp.MustCompile(`\{([a-zA-Z]+)\}`).ReplaceAllString(pattern, `(?P<$1>[^/]+)`) + "/?$"), ask}
}

var routes = []route{
	path("lambda", "ListFunctions", "/2015-03-31/functions", ""),
	path("lambda", "GetPolicy", "/2015-03-31/functions/{FunctionName}/policy", ""),
	path("lambda", "ListAliases", "/2015-03-31/functions/{FunctionName}/aliases", ""),
	path("lambda", "ListFunctionUrlConfigs", "/2021-10-31/functions/{FunctionName}/urls", ""),
	path("lambda", "GetFunctionUrlConfig", "/2021-10-31/functions/{FunctionName}/url", ""),
	path("lambda", "ListFunctionEventInvokeConfigs", "/2019-09-25/functions/{FunctionName}/event-invoke-config/list", ""),
	path("lambda", "GetFunctionConcurrency", "/2019-09-30/functions/{FunctionName}/concurrency", ""),
	path("lambda", "ListEventSourceMappings", "/2015-03-31/event-source-mappings", ""),
	path("lambda", "ListLayers", "/2018-10-31/layers", ""),
	path("lambda", "GetLayerVersionPolicy", "/2018-10-31/layers/{LayerName}/versions/{VersionNumber}/policy", ""),
	path("scheduler", "ListSchedules", "/schedules", ""),
	path("scheduler", "GetSchedule", "/schedules/{Name}", ""),
	path("pipes", "ListPipes", "/v1/pipes", ""),
	path("pipes", "DescribePipe", "/v1/pipes/{Name}", ""),
	path("apigateway", "GetRestApis", "/restapis", ""),
	path("apigateway", "GetResources", "/restapis/{id}/resources", ""),
	path("apigateway", "GetRestAuthorizers", "/restapis/{id}/authorizers", ""),
	path("apigateway", "GetApis", "/v2/apis", ""),
	path("apigateway", "GetRoutes", "/v2/apis/{id}/routes", ""),
	path("apigateway", "GetIntegrations", "/v2/apis/{id}/integrations", ""),
	path("apigateway", "GetAuthorizers", "/v2/apis/{id}/authorizers", ""),
	path("s3", "GetAccountPublicAccessBlock", "/v20180820/configuration/publicAccessBlock", ""),
	path("s3", "ListAccessPoints", "/v20180820/accesspoint", ""),
	path("s3", "GetAccessPoint", "/v20180820/accesspoint/{Name}", ""),
	path("s3", "GetAccessPointPolicy", "/v20180820/accesspoint/{Name}/policy", ""),
	path("s3", "ListBuckets", "/", ""),
	path("s3", "GetBucketLocation", "/{Bucket}", "location"),
	path("s3", "GetBucketPolicy", "/{Bucket}", "policy"),
	path("s3", "GetPublicAccessBlock", "/{Bucket}", "publicAccessBlock"),
	path("s3", "GetBucketNotificationConfiguration", "/{Bucket}", "notification"),
	path("s3", "GetBucketAcl", "/{Bucket}", "acl"),
	path("s3", "GetBucketOwnershipControls", "/{Bucket}", "ownershipControls"),
	path("s3", "GetBucketEncryption", "/{Bucket}", "encryption"),
	path("s3", "GetBucketReplication", "/{Bucket}", "replication"),
}

// keys are the arguments that name what an operation is about.
var keys = map[string][]string{
	"lambda:ListFunctions":                           {"FunctionVersion"},
	"lambda:GetPolicy":                               {"FunctionName", "Qualifier"},
	"lambda:ListAliases":                             {"FunctionName"},
	"lambda:ListFunctionUrlConfigs":                  {"FunctionName"},
	"lambda:GetFunctionUrlConfig":                    {"FunctionName", "Qualifier"},
	"lambda:ListFunctionEventInvokeConfigs":          {"FunctionName"},
	"lambda:GetFunctionConcurrency":                  {"FunctionName"},
	"lambda:GetLayerVersionPolicy":                   {"LayerName", "VersionNumber"},
	"scheduler:GetSchedule":                          {"Name"},
	"pipes:DescribePipe":                             {"Name"},
	"apigateway:GetResources":                        {"id"},
	"apigateway:GetRestAuthorizers":                  {"id"},
	"apigateway:GetRoutes":                           {"id"},
	"apigateway:GetIntegrations":                     {"id"},
	"apigateway:GetAuthorizers":                      {"id"},
	"s3:GetBucketLocation":                           {"Bucket"},
	"s3:GetBucketPolicy":                             {"Bucket"},
	"s3:GetPublicAccessBlock":                        {"Bucket"},
	"s3:GetBucketNotificationConfiguration":          {"Bucket"},
	"s3:GetBucketAcl":                                {"Bucket"},
	"s3:GetBucketOwnershipControls":                  {"Bucket"},
	"s3:GetBucketEncryption":                         {"Bucket"},
	"s3:GetBucketReplication":                        {"Bucket"},
	"s3:GetAccessPoint":                              {"Name"},
	"s3:GetAccessPointPolicy":                        {"Name"},
	"dynamodb:DescribeTable":                         {"TableName"},
	"dynamodb:GetResourcePolicy":                     {"ResourceArn"},
	"sqs:GetQueueAttributes":                         {"QueueUrl"},
	"sns:GetTopicAttributes":                         {"TopicArn"},
	"sns:GetSubscriptionAttributes":                  {"SubscriptionArn"},
	"kinesis:DescribeStreamSummary":                  {"StreamName"},
	"kinesis:GetResourcePolicy":                      {"ResourceARN"},
	"kms:DescribeKey":                                {"KeyId"},
	"kms:GetKeyPolicy":                               {"KeyId"},
	"kms:ListGrants":                                 {"KeyId"},
	"secretsmanager:GetResourcePolicy":               {"SecretId"},
	"ssm:GetResourcePolicies":                        {"ResourceArn"},
	"ecr:GetRepositoryPolicy":                        {"repositoryName"},
	"events:ListRules":                               {"EventBusName"},
	"events:ListTargetsByRule":                       {"EventBusName", "Rule"},
	"states:DescribeStateMachine":                    {"stateMachineArn"},
	"cognito-idp:DescribeUserPool":                   {"UserPoolId"},
	"logs:DescribeSubscriptionFilters":               {"logGroupName"},
	"cloudformation:ListStackResources":              {"StackName"},
	"cloudformation:GetTemplate":                     {"StackName"},
	"organizations:ListParents":                      {"ChildId"},
	"organizations:ListPoliciesForTarget":            {"TargetId", "Filter"},
	"organizations:DescribePolicy":                   {"PolicyId"},
	"organizations:ListAccountsForParent":            {"ParentId"},
	"organizations:ListOrganizationalUnitsForParent": {"ParentId"},
	"iam:GenerateServiceLastAccessedDetails":         {"Arn"},
	"iam:GetServiceLastAccessedDetails":              {"JobId"},
	"iam:SimulatePrincipalPolicy":                    {"PolicySourceArn"},
	"sts:AssumeRole":                                 {"RoleArn"},
}

// tokenOf are the arguments that tell pages of one list apart.
var tokenOf = map[string]string{"iam:GetAccountAuthorizationDetails": "Marker", "lambda:ListFunctions": "Marker"}

// absent are the answers about what has none, where they are no empty list.
var absent = map[string]any{
	"s3:ListBuckets":                         XML(`<ListAllMyBucketsResult><Buckets></Buckets></ListAllMyBucketsResult>`),
	"s3:GetBucketLocation":                   XML(`<LocationConstraint xmlns="http://s3.amazonaws.com/doc/2006-03-01/"/>`),
	"s3:GetBucketPolicy":                     None{404, "NoSuchBucketPolicy"},
	"s3:GetPublicAccessBlock":                None{404, "NoSuchPublicAccessBlockConfiguration"},
	"s3:GetAccountPublicAccessBlock":         None{404, "NoSuchPublicAccessBlockConfiguration"},
	"s3:GetBucketOwnershipControls":          None{404, "OwnershipControlsNotFoundError"},
	"s3:GetBucketEncryption":                 None{404, "ServerSideEncryptionConfigurationNotFoundError"},
	"s3:GetBucketReplication":                None{404, "ReplicationConfigurationNotFoundError"},
	"s3:ListAccessPoints":                    XML(`<ListAccessPointsResult><AccessPointList/></ListAccessPointsResult>`),
	"s3:GetAccessPoint":                      XML(`<GetAccessPointResult/>`),
	"s3:GetAccessPointPolicy":                None{404, "NoSuchAccessPointPolicy"},
	"s3:GetBucketNotificationConfiguration":  XML(`<NotificationConfiguration/>`),
	"s3:GetBucketAcl":                        XML(`<AccessControlPolicy><Owner><ID>owner</ID></Owner><AccessControlList/></AccessControlPolicy>`),
	"lambda:ListFunctionUrlConfigs":          M{"FunctionUrlConfigs": []any{}},
	"lambda:GetFunctionConcurrency":          M{},
	"dynamodb:GetResourcePolicy":             None{400, "PolicyNotFoundException"},
	"kinesis:GetResourcePolicy":              M{"Policy": "{}"},
	"ecr:GetRepositoryPolicy":                None{400, "RepositoryPolicyNotFoundException"},
	"secretsmanager:GetResourcePolicy":       M{"Name": "x"},
	"organizations:DescribeOrganization":     None{400, "AWSOrganizationsNotInUseException"},
	"iam:GenerateServiceLastAccessedDetails": None{404, "NoSuchEntity"},
	"ec2:DescribeRegions":                    None{403, "UnauthorizedOperation"},
	"kms:DescribeKey":                        M{"KeyMetadata": M{"KeyManager": "CUSTOMER"}},
}

// respond writes an answer as its protocol has it.
func respond(w http.ResponseWriter, p protocol, c Call, answer any) {
	switch p {
	case inJSON, inREST:
		kind := "application/json"
		if p == inJSON {
			kind = "application/x-amz-json-1.1"
		}
		w.Header().Set("Content-Type", kind)
		_ = json.NewEncoder(w).Encode(answer) //nolint:errcheck // to a test
	case inXML:
		if text, ok := answer.(XML); ok {
			w.Header().Set("Content-Type", "application/xml")
			_, _ = io.WriteString(w, string(text)) //nolint:errcheck // to a test
			return
		}
		_, _ = io.WriteString(w, fmt.Sprint(answer)) //nolint:errcheck // a policy, as it is
	case inQuery:
		w.Header().Set("Content-Type", "text/xml")
		var b strings.Builder
		switch {
		case c.Service == "ec2":
			fmt.Fprintf(&b, "<%sResponse>", c.Operation)
			element(&b, "", answer, "item")
		default:
			fmt.Fprintf(&b, `<%sResponse xmlns="https://aws.example/"><%[1]sResult>`, c.Operation)
			element(&b, "", answer, "member")
			fmt.Fprintf(&b, "</%sResult><ResponseMetadata><RequestId>1</RequestId></ResponseMetadata>", c.Operation)
		}
		fmt.Fprintf(&b, "</%sResponse>", c.Operation)
		_, _ = io.WriteString(w, b.String()) //nolint:errcheck // to a test
	}
}

// element writes a value as an XML element; "" for what stands in one that is written already.
func element(b *strings.Builder, name string, v any, item string) {
	if name != "" {
		fmt.Fprintf(b, "<%s>", name)
	}
	switch v := v.(type) {
	case M:
		for _, k := range slices.Sorted(maps.Keys(v)) {
			element(b, k, v[k], item)
		}
	case []any:
		for _, x := range v {
			element(b, item, x, item)
		}
	case Entries:
		for _, k := range slices.Sorted(maps.Keys(v)) {
			b.WriteString("<entry>")
			element(b, "key", k, item)
			element(b, "value", v[k], item)
			b.WriteString("</entry>")
		}
	default:
		_ = xml.EscapeText(b, []byte(fmt.Sprint(v))) //nolint:errcheck // to a builder
	}
	if name != "" {
		fmt.Fprintf(b, "</%s>", name)
	}
}

// refuse writes an error as a protocol has it.
func refuse(w http.ResponseWriter, p protocol, status int, code, message string) {
	switch p {
	case inJSON:
		w.Header().Set("Content-Type", "application/x-amz-json-1.1")
		w.WriteHeader(status)
		_ = json.NewEncoder(w).Encode(M{"__type": "com.amazonaws.fake#" + code, "message": message}) //nolint:errcheck // to a test
	case inREST:
		w.Header().Set("X-Amzn-Errortype", code+":http://internal.amazon.com/coral/")
		w.WriteHeader(status)
		_ = json.NewEncoder(w).Encode(M{"Type": "User", "Message": message}) //nolint:errcheck // to a test
	case inXML:
		w.WriteHeader(status)
		fmt.Fprintf(w, "<?xml version=\"1.0\"?>\n<Error><Code>%s</Code><Message>%s</Message><RequestId>1</RequestId></Error>", code, message)
	case inQuery:
		w.WriteHeader(status)
		fmt.Fprintf(w, "<ErrorResponse><Error><Type>Sender</Type><Code>%s</Code><Message>%s</Message></Error></ErrorResponse>", code, message)
	}
}
