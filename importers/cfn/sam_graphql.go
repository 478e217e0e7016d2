package cfn

import (
	"fmt"
	"strings"

	"bulkhead/importers/yamlpos"
)

// graphQL turns AWS::Serverless::GraphQLApi into an API, its data sources and the roles that SAM makes for them.
// https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-resource-graphqlapi.html
func (t *transform) graphQL(r *resource) {
	r.Type = "AWS::AppSync::GraphQLApi"
	p := r.Props
	if logging := t.get(p, "Logging"); logging == nil || !strings.EqualFold(t.words(logging), "false") && t.get(logging, "CloudWatchLogsRoleArn") == nil {
		role := t.newRole(r, r.ID+"CloudWatchRole", r.Origin)
		role.aws("service-role/AWSAppSyncPushToCloudWatchLogs")
		role.make(trustOf("appsync.amazonaws.com", r.Origin))
	}
	for _, c := range t.pairs(t.get(p, "DataSources", "DynamoDb")) {
		t.tableSource(r, c)
	}
	for _, c := range t.pairs(t.get(p, "DataSources", "Lambda")) {
		t.functionSource(r, c)
	}
	number := 1
	auths := append([]*yamlpos.Node{t.get(p, "Auth")}, t.items(t.get(p, "Auth", "Additional"))...)
	for _, a := range auths {
		f := t.get(a, "LambdaAuthorizer", "AuthorizerUri")
		if f == nil {
			continue
		}
		id := fmt.Sprintf("%sToLambdaAuthConnector%d", r.ID, number)
		number++
		t.connect(r, id, "", t.endOf(r), end{kind: "AWS::Lambda::Function", arn: f}, []string{"Write"}, a.Span())
	}
}

func (t *transform) tableSource(r *resource, c yamlpos.Pair) {
	span := entrySpan(c.Key, c.Value)
	id := r.ID + c.Key.Value + "DynamoDBDataSource"
	if t.get(c.Value, "ServiceRoleArn") != nil {
		t.make(r, id, "AWS::AppSync::DataSource", mapping(span, pair("ApiId", getAttOf(r.ID, "ApiId", span)), pair("ServiceRoleArn", t.get(c.Value, "ServiceRoleArn"))), span)
		return
	}
	role := t.newRole(r, id+"Role", span)
	role.make(trustOf("appsync.amazonaws.com", span))
	t.make(r, id, "AWS::AppSync::DataSource", mapping(span, pair("ApiId", getAttOf(r.ID, "ApiId", span)), pair("ServiceRoleArn", getAttOf(role.id, "Arn", span))), span)
	table := t.get(c.Value, "TableArn")
	if table == nil {
		region := t.get(c.Value, "Region")
		if region == nil {
			region = refTo("AWS::Region", span)
		}
		table = subOf("arn:${AWS::Partition}:dynamodb:${Region}:${AWS::AccountId}:table/${Table}", span, pair("Region", region), pair("Table", t.get(c.Value, "TableName")))
	}
	categories := t.texts(t.get(c.Value, "Permissions"), nil)
	if len(categories) == 0 {
		categories = []string{"Read", "Write"}
	}
	t.connect(r, id+"ToTableConnector", "", end{kind: "AWS::AppSync::DataSource", role: refTo(role.id, span)}, end{kind: "AWS::DynamoDB::Table", arn: table}, categories, span)
}

func (t *transform) functionSource(r *resource, c yamlpos.Pair) {
	span := entrySpan(c.Key, c.Value)
	id := r.ID + c.Key.Value + "LambdaDataSource"
	f := t.get(c.Value, "FunctionArn")
	if t.get(c.Value, "ServiceRoleArn") == nil && f != nil {
		role := t.newRole(r, id+"Role", span)
		role.make(trustOf("appsync.amazonaws.com", span))
		t.connect(r, id+"ToLambdaConnector", "", end{kind: "AWS::AppSync::DataSource", role: refTo(role.id, span)}, end{kind: "AWS::Lambda::Function", arn: f}, []string{"Write"}, span)
	}
	t.make(r, id, "AWS::AppSync::DataSource", mapping(span, pair("ApiId", getAttOf(r.ID, "ApiId", span)), pair("LambdaConfig", mapping(span, pair("LambdaFunctionArn", f)))), span)
}

// capacityProvider turns AWS::Serverless::CapacityProvider into what Lambda runs functions on, with the role
// that starts its instances.
func (t *transform) capacityProvider(r *resource) {
	r.Type = "AWS::Lambda::CapacityProvider"
	if t.get(r.Props, "OperatorRole") != nil {
		return
	}
	role := t.newRole(r, r.ID+"OperatorRole", r.Origin)
	role.aws("AWSLambdaManagedEC2ResourceOperator")
	role.make(trustOf("lambda.amazonaws.com", r.Origin))
}

// deploymentRole makes the one role with which CodeDeploy shifts traffic between versions, where a function
// asks for it and brings none.
func (t *transform) deploymentRole(kept []*resource) {
	for _, r := range kept {
		n := t.get(r.Props, "DeploymentPreference")
		if r.Written != samFunction || n == nil || n.Kind != yamlpos.Mapping || t.get(n, "Role") != nil {
			continue
		}
		if enabled := t.get(n, "Enabled"); enabled != nil && strings.EqualFold(t.words(enabled), "false") {
			continue
		}
		role := t.newRole(r, "CodeDeployServiceRole", n.Span())
		role.aws("service-role/AWSCodeDeployRoleForLambda")
		role.make(trustOf("codedeploy.amazonaws.com", n.Span()))
		return
	}
}
