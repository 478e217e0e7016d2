package live_test

import (
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"slices"
	"strings"
	"testing"

	"bulkhead/importers/account/live"
)

// asked is a request as a text: two are the same call if it is the same.
func asked(method, address, target, body string) string {
	u, err := url.Parse(address)
	if err != nil {
		return address
	}
	var values map[string]any
	if target != "" && json.Unmarshal([]byte(body), &values) == nil {
		delete(values, "AttributeNames") // which have become more
		text, _ := json.Marshal(values)
		body = string(text)
	}
	return strings.Join([]string{method, u.Path, u.Query().Encode(), target, body}, " ")
}

// TestEmulator replays what an emulator of AWS (moto 5.2.1) answered to an import of everything, after it was filled with a few of
// each by an SDK of AWS, and holds the snapshot against what it was filled with. What the emulator does not know, or answers
// with a page of its own, is a problem each, and no end.
func TestEmulator(t *testing.T) {
	data, err := os.ReadFile("testdata/emulator.json")
	if err != nil {
		t.Fatal(err)
	}
	var calls []recorded
	if err := json.Unmarshal(data, &calls); err != nil {
		t.Fatal(err)
	}
	answers := map[string]recorded{}
	for _, c := range calls {
		answers[c.Service+" "+asked(c.Method, c.Path, c.Headers["X-Amz-Target"], c.Body)] = c
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		service := strings.Split(r.Header.Get("Authorization"), "/")
		c, ok := answers[service[len(service)-2]+" "+asked(r.Method, r.URL.String(), r.Header.Get("X-Amz-Target"), string(body))]
		if len(service) < 5 || !ok {
			w.WriteHeader(http.StatusNotImplemented) // a problem, unless another of its kind is known not to be there
			return
		}
		w.Header().Set("Content-Type", c.ContentType)
		w.WriteHeader(c.Status)
		_, _ = io.WriteString(w, c.Response)
	}))
	defer server.Close()
	isolated(t)
	client, err := live.Access{Region: "us-east-1", Endpoint: server.URL}.Open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	who, err := client.Identify(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	s, err := client.Take(t.Context(), who, live.Options{Regions: []string{"us-east-1"}, LastAccessed: true})
	if err != nil {
		t.Fatal(err)
	}
	text := encode(t, s)
	if strings.Contains(text, mark) || !strings.Contains(string(data), mark) {
		t.Error("what was planted in the emulator is in the snapshot, or was not planted")
	}
	kinds := map[string]int{}
	for _, r := range s.Resources {
		kinds[r.Type]++
	}
	for _, x := range s.Triggers {
		kinds[x.Kind]++
	}
	kinds["functions"], kinds["aliases"], kinds["mappings"], kinds["roles"], kinds["grants"] = len(s.Functions), len(s.Aliases), len(s.Mappings), len(s.Authorization.RoleDetailList), len(s.KeyGrants)
	want := map[string]int{"functions": 20, "aliases": 1, "mappings": 2, "roles": 4, "grants": 1,
		"AWS::SQS::Queue": 5, "AWS::Events::Rule": 4, "AWS::S3::Bucket": 4, "AWS::SSM::Parameter": 4, "AWS::SNS::Topic": 3, "AWS::StepFunctions::StateMachine": 3, "AWS::ApiGatewayV2::Api": 2,
		"AWS::DynamoDB::Table": 2, "AWS::ECR::Repository": 2, "AWS::Events::EventBus": 2, "AWS::Kinesis::Stream": 2, "AWS::KMS::Key": 2, "AWS::Logs::LogGroup": 2, "AWS::Scheduler::Schedule": 2,
		"AWS::SecretsManager::Secret": 2, "AWS::ApiGateway::RestApi": 1, "AWS::Cognito::UserPool": 1, "AWS::Lambda::LayerVersion": 1, "AWS::Pipes::Pipe": 1,
		"state-machine-task": 9, "api-route": 4, "event-rule": 3, "cognito": 2, "schedule": 2, "sns-subscription": 2, "function-url": 1, "authorizer": 1, "log-subscription": 1, "s3-notification": 1, "rotation": 1, "pipe": 1}
	if !maps.Equal(kinds, want) {
		t.Errorf("read  %v\nwhere %v", kinds, want)
	}
	var got map[string]any
	if err := json.Unmarshal([]byte(text), &got); err != nil {
		t.Fatal(err)
	}
	const arn = ":us-east-1:123456789012:"
	for path, values := range map[string][]string{
		"authorizationDetails.RoleDetailList.Path":                                             {"/", "/", "/", "/svc/"},
		"authorizationDetails.RoleDetailList.RolePolicyList.PolicyDocument.Statement.Resource": {"*", "*", "arn:aws:s3:::bucket-a/a+b c%20/*"},
		"authorizationDetails.RoleDetailList.InstanceProfileList.InstanceProfileName":          {"ip"},
		"authorizationDetails.Policies.DefaultVersionId":                                       {"v1", "v2"},
		"resources.Acl.Grantee":                              {"http://acs.amazonaws.com/groups/global/AllUsers"},
		"resources.PartitionKey":                             {"id", "id"},
		"eventInvokeConfigs.FunctionArn":                     {"arn:aws:lambda" + arn + "function:fn0"},
		"keyGrants.Constraints.EncryptionContextEquals.a":    {"b"},
		"stacks.Resources.LogicalResourceId":                 {"StackBucket", "StackQueue", "StackRole"},
		"triggers.Filter.prefix":                             {"in & out/"},
		"triggers.Filter.pattern":                            {`{"source": ["shop"]}`, `{"source": ["shop"]}`, "ERROR", `{"kind": ["order"]}`, `{"body": {"x": ["y"]}}`},
		"scps.target":                                        {"root", "123456789012"},
		"problems.Call":                                      {"apigateway:GetAuthorizers in us-east-1", "dynamodb:GetResourcePolicy in us-east-1", "iam:GenerateServiceLastAccessedDetails", "s3:GetBucketReplication", "s3:ListAccessPoints in us-east-1", "ssm:GetResourcePolicies in us-east-1"},
		"eventSourceMappings.FilterCriteria.Filters.Pattern": {`{"body": {"a": ["b"]}}`},
	} {
		found := at(got, strings.Split(path, "."))
		slices.Sort(found)
		slices.Sort(values)
		if !slices.Equal(found, values) {
			t.Errorf("%s: %q, want %q", path, found, values)
		}
	}
	var policied []string
	for _, p := range s.Policies {
		policied = append(policied, strings.SplitN(p.Resource, ":", 4)[2])
	}
	slices.Sort(policied)
	if want := "apigateway dynamodb ecr events kinesis kms kms lambda lambda lambda lambda lambda lambda s3 secretsmanager sns sns sns sqs sqs"; strings.Join(policied, " ") != want {
		t.Errorf("policies of %q", policied)
	}
	for _, to := range []string{"sqs" + arn + "q3", "lambda" + arn + "function:fn16", "lambda" + arn + "function:fn8"} {
		if !slices.ContainsFunc(s.Triggers, func(x live.Trigger) bool { return x.To == "arn:aws:"+to }) {
			t.Errorf("nothing leads to %s", to)
		}
	}
}
