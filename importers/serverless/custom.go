package serverless

import (
	"crypto/md5"
	"fmt"
	"strings"

	"bulkhead/importers/cfn"
	"bulkhead/importers/yamlpos"
	"bulkhead/model"
	"bulkhead/model/source"
)

// A custom is the framework's own functions, which change at deployment what the stack does not make, and their role.
type custom struct {
	at         source.Span
	statements []*yamlpos.Node

	buckets, rules, buses source.Span // the first event for which it changes a bucket, makes a rule, a bus; zero for none
}

const customRoleID = "IamRoleCustomResourcesLambdaExecution"

// customFunction makes one of the framework's own functions.
func (c *compiler) customFunction(name string, at source.Span) (id string) {
	id = functionID(name)
	if c.handlers == nil {
		c.handlers = &custom{at: c.at}
	}
	if c.has(id) {
		return id
	}
	role := c.handlerRole()
	if role == nil {
		role = getAtt(customRoleID, "Arn", c.at)
	}
	called := c.prefix() + "-" + name
	if len(called) > 64 {
		called = fmt.Sprintf("%s%x", called[:32], md5.Sum([]byte(called)))
	}
	handler := map[string]string{"custom-resource-existing-s3": "s3", "custom-resource-existing-cup": "cognito-user-pool", "custom-resource-event-bridge": "event-bridge",
		"custom-resource-apigw-cw-role": "api-gateway-cloud-watch-role"}[name] + "/handler.handler"
	p := obj(at, entry{"FunctionName", str(called, at)}, entry{"Handler", str(handler, at)}, entry{"Runtime", str("nodejs18.x", at)}, entry{"Role", role},
		entry{"Code", c.code(&function{node: obj(at), at: at})})
	c.add(id, "AWS::Lambda::Function", p, cfn.Made{Origin: c.at})
	if c.handlersLog() {
		c.add(normalized(name)+"LogGroup", "AWS::Logs::LogGroup", obj(at, entry{"LogGroupName", str("/aws/lambda/"+called, at)}), cfn.Made{Origin: c.at})
	}
	return id
}

// handlersLog reports whether the framework's own functions write logs.
func (c *compiler) handlersLog() bool { return there(get(c.provider, "logs", "frameworkLambda")) }

// handlerRole is a role that the service gives the framework's own functions: the one for deployments, or nil.
func (c *compiler) handlerRole() *yamlpos.Node {
	for _, n := range []*yamlpos.Node{get(c.provider, "iam", "deploymentRole"), get(c.provider, "cfnRole")} {
		if there(n) {
			return n
		}
	}
	return nil
}

// customRole makes the role of the framework's own functions.
func (c *compiler) customRole() {
	if c.handlers == nil || c.handlerRole() != nil {
		return
	}
	at := c.handlers.at
	statements := list(at)
	if c.handlersLog() {
		statements.SetItems(append(statements.Items(),
			allow(at, list(at, logGroup(c.prefix()+"*:*", at)), "logs:CreateLogStream", "logs:CreateLogGroup", "logs:TagResource"),
			allow(at, list(at, logGroup(c.prefix()+"*:*:*", at)), "logs:PutLogEvents")))
	}
	statements.SetItems(append(statements.Items(), c.handlers.statements...))
	e := c.newRole(nil)
	name := join("-", at, str(c.stage(), at), str(c.serviceName(), at), str("custom-resources-lambda", at))
	policy := obj(at, entry{"PolicyName", name}, entry{"PolicyDocument", obj(at, entry{"Version", str("2012-10-17", at)}, entry{"Statement", statements})})
	c.add(customRoleID, "AWS::IAM::Role", obj(at, entry{"AssumeRolePolicyDocument", e.props.Get("AssumeRolePolicyDocument")}, entry{"Policies", list(at, policy)}), cfn.Made{Origin: at})
}

// handle lets the framework's own functions do something.
func (c *compiler) handle(resource *yamlpos.Node, at source.Span, actions ...string) {
	c.handlers.statements = append(c.handlers.statements, allow(at, resource, actions...))
}

// once reports whether something is done for the first time for the framework's own functions.
func (c *compiler) once(key string) bool {
	if c.made[key].Hidden {
		return false
	}
	c.made[key] = cfn.Made{Hidden: true}
	return true
}

// anyFunction is the ARN of all functions of the account and region.
func anyFunction(at source.Span) *yamlpos.Node {
	return join(":", at, str("arn", at), ref("AWS::Partition", at), str("lambda", at), ref("AWS::Region", at), ref("AWS::AccountId", at), str("function", at), str("*", at))
}

// existingBucket has a notification added to a bucket that is there already.
func (c *compiler) existingBucket(e event, bucket *yamlpos.Node, kind string) {
	at := e.at
	handler := c.customFunction("custom-resource-existing-s3", at)
	if c.once(" s3 " + e.of.key) {
		arn := join(":", at, str("arn", at), ref("AWS::Partition", at), str("s3", at), str("", at), str("", at), bucket)
		c.handle(arn, at, "s3:PutBucketNotification", "s3:GetBucketNotification")
	}
	if c.handlers.buckets.IsZero() {
		c.handlers.buckets = at
	}
	c.add(normalized(e.of.key)+"CustomS31", "Custom::S3", obj(at, entry{"ServiceToken", getAtt(handler, "Arn", at)}, entry{"BucketName", bucket}), cfn.Made{Origin: at, Owner: e.of.id})
	f := model.Filter{Events: []string{kind}}
	for _, r := range items(e.prop("rules")) {
		if p := words(get(r, "prefix")); p != "" {
			f.Prefix = p
		}
		if s := words(get(r, "suffix")); s != "" {
			f.Suffix = s
		}
	}
	c.extra = append(c.extra, cfn.Extra{To: e.of.id, From: bucket, Kind: "s3-notification", Event: "s3", Label: kind, Filter: f, Entry: (&yamlpos.Node{}).At(at)})
}

// customBuckets lets buckets that the framework's own function changes call functions.
func (c *compiler) customBuckets() {
	if c.handlers != nil && !c.handlers.buckets.IsZero() {
		c.handle(anyFunction(c.handlers.buckets), c.handlers.buckets, "lambda:AddPermission", "lambda:RemovePermission")
	}
}

// existingPool has a function made a trigger of a user pool that is there already.
func (c *compiler) existingPool(e event, trigger string) {
	at := e.at
	handler := c.customFunction("custom-resource-existing-cup", at)
	if key := e.prop("kmsKeyId"); there(key) && strings.HasPrefix(trigger, "Custom") && strings.HasSuffix(trigger, "Sender") && c.once(" cup key "+e.of.key) {
		c.handle(key, at, "kms:CreateGrant")
	}
	if c.once(" cup") {
		c.handle(str("*", at), at, "cognito-idp:ListUserPools", "cognito-idp:DescribeUserPool", "cognito-idp:UpdateUserPool")
	}
	if c.once(" cup " + e.of.key) {
		c.handle(sub("arn:${AWS::Partition}:lambda:*:*:function:"+e.of.name, at), at, "lambda:AddPermission", "lambda:RemovePermission")
	}
	if c.once(" cup role") {
		c.handle(sub("arn:${AWS::Partition}:iam::*:role/*", at), at, "iam:PassRole")
	}
	c.add(normalized(e.of.key)+"CustomCognitoUserPool1", "Custom::CognitoUserPool", obj(at, entry{"ServiceToken", getAtt(handler, "Arn", at)}, entry{"UserPoolName", e.prop("pool")}), cfn.Made{Origin: at, Owner: e.of.id})
	c.extra = append(c.extra, cfn.Extra{To: e.of.id, From: e.prop("pool"), Kind: "cognito", Event: "cognito", Label: trigger, Entry: (&yamlpos.Node{}).At(at)})
}

// customRule has a rule made by the framework's own function, as services may still ask for.
func (c *compiler) customRule(e event, n string, pattern, schedule *yamlpos.Node) {
	at := e.at
	handler := c.customFunction("custom-resource-event-bridge", at)
	if c.handlers.rules.IsZero() {
		c.handlers.rules = at
	}
	if bus := words(e.prop("eventBus")); bus != "" && bus != "default" && c.handlers.buses.IsZero() {
		c.handlers.buses = at
	}
	c.add(normalized(e.of.key)+"CustomEventBridge"+n, "Custom::EventBridge", obj(at, entry{"ServiceToken", getAtt(handler, "Arn", at)}), cfn.Made{Origin: at, Owner: e.of.id})
	x := cfn.Extra{To: e.of.id, Kind: "event-rule", Event: "events", Label: label(pattern), Entry: (&yamlpos.Node{}).At(at)}
	if pattern != nil {
		x.Filter.Pattern = jsonText(pattern)
	} else {
		x.Kind, x.Event, x.Label = "schedule", "schedule", words(schedule)
	}
	c.extra = append(c.extra, x)
}

// customRules lets the framework's own function make the rules that it was asked for, and their buses.
func (c *compiler) customRules() {
	if c.handlers == nil || c.handlers.rules.IsZero() {
		return
	}
	may := func(at source.Span, rest string, actions ...string) {
		c.handle(join(":", at, str("arn", at), ref("AWS::Partition", at), str("events", at), ref("AWS::Region", at), ref("AWS::AccountId", at), str(rest, at)), at, actions...)
	}
	if at := c.handlers.buses; !at.IsZero() {
		may(at, "event-bus/*", "events:CreateEventBus", "events:DeleteEventBus")
	}
	at := c.handlers.rules
	may(at, "rule/*", "events:PutRule", "events:RemoveTargets", "events:PutTargets", "events:DeleteRule")
	c.handle(anyFunction(at), at, "lambda:AddPermission", "lambda:RemovePermission")
}

// apiLogs has the account's role for logs of API Gateway set, unless the service says that others do; once for all APIs.
func (c *compiler) apiLogs(at source.Span) {
	if there(get(c.provider, "logs", "restApi", "roleManagedExternally")) || c.has("CustomApiGatewayAccountCloudWatchRole") {
		return
	}
	handler := c.customFunction("custom-resource-apigw-cw-role", at)
	roles := join(":", at, str("arn", at), ref("AWS::Partition", at), str("iam", at), str("", at), ref("AWS::AccountId", at), str("role/*", at))
	c.handle(roles, at, "iam:AttachRolePolicy", "iam:CreateRole", "iam:ListAttachedRolePolicies", "iam:PassRole")
	account := join(":", at, str("arn", at), ref("AWS::Partition", at), str("apigateway:*::/account", at))
	c.handle(account, at, "apigateway:GET", "apigateway:PATCH")
	c.add("CustomApiGatewayAccountCloudWatchRole", "Custom::ApiGatewayAccountRole", obj(at, entry{"ServiceToken", getAtt(handler, "Arn", at)}), cfn.Made{Origin: c.at})
}
