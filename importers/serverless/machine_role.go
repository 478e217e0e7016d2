package serverless

import (
	"regexp"
	"slices"
	"strings"

	"bulkhead/importers/cfn"
	"bulkhead/importers/yamlpos"
	"bulkhead/model/source"
)

// A grant is actions on resources that a task needs.
type grant struct {
	actions   []string
	resources []*yamlpos.Node
}

// grants are what the tasks of a state machine need, in the order in which they need it first.
type grants []grant

// add adds actions on resources: those of the same actions are one.
func (g *grants) add(resources []*yamlpos.Node, actions ...string) {
	for i, known := range *g {
		if slices.Equal(known.actions, actions) {
			for _, r := range resources {
				if !slices.ContainsFunc(known.resources, func(o *yamlpos.Node) bool { return jsonText(o) == jsonText(r) }) {
					(*g)[i].resources = append((*g)[i].resources, r)
				}
			}
			return
		}
	}
	*g = append(*g, grant{actions, resources})
}

// joined are the grants with those on the same resources as one; where anything is among the resources, it is all of them.
func (g grants) joined() grants {
	var out grants
	at := map[string]int{}
	for _, each := range g {
		if i := slices.IndexFunc(each.resources, func(n *yamlpos.Node) bool { return words(n) == "*" }); i >= 0 {
			each.resources = each.resources[i : i+1]
		}
		var key strings.Builder
		for _, r := range each.resources {
			key.WriteString(jsonText(r) + "\n")
		}
		i, known := at[key.String()]
		if !known {
			at[key.String()] = len(out)
			out = append(out, grant{slices.Clone(each.actions), each.resources})
			continue
		}
		for _, a := range each.actions {
			if !slices.Contains(out[i].actions, a) {
				out[i].actions = append(out[i].actions, a)
			}
		}
	}
	return out
}

// machineRole makes the role of a state machine, with what its tasks need as the plugin has it, and its own statements.
// https://www.serverless.com/plugins/serverless-step-functions#iam-role
func (c *compiler) machineRole(m *machine) {
	at := m.at
	var needs grants
	for _, task := range tasks(m.definition, 0) {
		if !c.taskNeeds(m, task, needs.add) {
			c.note(source.Warning, task.Span(), "a task of state machine "+m.key+" calls a service that is not known", "What the plugin may allow its role for it was not made.")
		}
	}
	anything := []*yamlpos.Node{str("*", at)}
	if there(get(m.node, "loggingConfig")) {
		needs.add(anything, "logs:CreateLogDelivery", "logs:GetLogDelivery", "logs:UpdateLogDelivery", "logs:DeleteLogDelivery", "logs:ListLogDeliveries", "logs:PutResourcePolicy",
			"logs:DescribeResourcePolicies", "logs:DescribeLogGroups")
	}
	if there(get(m.node, "tracingConfig")) {
		needs.add(anything, "xray:PutTraceSegments", "xray:PutTelemetryRecords", "xray:GetSamplingRules", "xray:GetSamplingTargets")
	}
	statements := list(at)
	for _, g := range needs.joined() {
		statements.SetItems(append(statements.Items(), allow(at, list(at, g.resources...), g.actions...)))
	}
	statements.SetItems(append(statements.Items(), c.statementsOf(get(m.node, "iamRoleStatements"))...))
	if len(statements.Items()) == 0 {
		statements.SetItems([]*yamlpos.Node{obj(at, entry{"Effect", str("Deny", at)}, entry{"Action", str("*", at)}, entry{"Resource", str("*", at)})})
	}
	trust := obj(at, entry{"Version", str("2012-10-17", at)}, entry{"Statement", list(at, obj(at, entry{"Effect", str("Allow", at)},
		entry{"Principal", obj(at, entry{"Service", sub("states.${AWS::Region}.amazonaws.com", at)})}, entry{"Action", str("sts:AssumeRole", at)}))})
	policy := obj(at, entry{"PolicyName", str(c.stage()+"-"+c.serviceName()+"-statemachine", at)}, entry{"PolicyDocument", obj(at, entry{"Version", str("2012-10-17", at)}, entry{"Statement", statements})})
	p := obj(at, entry{"AssumeRolePolicyDocument", trust}, entry{"Policies", list(at, policy)}, entry{"PermissionsBoundary", c.machineBoundary()})
	c.add(m.id+"Role", "AWS::IAM::Role", p, cfn.Made{Origin: at})
}

// tasks lists the tasks of a definition, those within other states too, with what distributed maps read, write and start.
func tasks(n *yamlpos.Node, depth int) []*yamlpos.Node {
	n = n.Resolve()
	if n == nil || depth > 60 {
		return nil
	}
	var out []*yamlpos.Node
	if isMapping(n) && words(n.Get("Type")) == "Task" && n.Get("Resource") != nil || words(get(n, "ItemProcessor", "ProcessorConfig", "Mode")) == "DISTRIBUTED" {
		out = append(out, n)
	}
	for _, p := range n.Pairs() {
		if k := p.Key.Value; (k == "ItemReader" || k == "ResultWriter") && get(p.Value, "Resource") != nil {
			out = append(out, p.Value.Resolve())
		}
		out = append(out, tasks(p.Value, depth+1)...)
	}
	for _, i := range n.Items() {
		out = append(out, tasks(i, depth+1)...)
	}
	return out
}

// A task is one task of a state machine.
type task struct{ node *yamlpos.Node }

// param is a parameter of a task; chosen says that the execution chooses it.
func (t task) param(name string) (value *yamlpos.Node, chosen bool) {
	for _, in := range []string{"Parameters", "Arguments"} {
		if n := get(t.node, in, name+".$"); n != nil {
			return nil, true
		}
		if n := get(t.node, in, name); n != nil {
			return n, false
		}
	}
	return nil, false
}

var (
	functionARN   = regexp.MustCompile(`^arn:aws(-[a-z]+)*:lambda:`)
	functionAlias = regexp.MustCompile(`^(arn:[^:]*:lambda:[^:]*:[^:]*:function:[^:]*):.*$`)
)

// taskNeeds adds what a task needs; false where its service is not known.
func (c *compiler) taskNeeds(m *machine, node *yamlpos.Node, add func([]*yamlpos.Node, ...string)) bool {
	t, at := task{node}, node.Span()
	one := func(n *yamlpos.Node) []*yamlpos.Node { return []*yamlpos.Node{n} }
	anything := one(str("*", at))
	own := func(pattern string) []*yamlpos.Node {
		return one(sub("arn:${AWS::Partition}:"+pattern, at))
	}
	watch := func(rule string) {
		add(own("events:${AWS::Region}:${AWS::AccountId}:rule/"+rule), "events:PutTargets", "events:PutRule", "events:DescribeRule")
	}
	// called is what a parameter names; "" and anything where the execution chooses it.
	called := func(name string) (string, *yamlpos.Node) {
		n, _ := t.param(name)
		return words(n), n
	}
	start := func(machines []*yamlpos.Node, action string) {
		add(machines, action)
		add(anything, "states:DescribeExecution", "states:StopExecution")
		watch("StepFunctionsGetEventsForStepFunctionsExecutionRule")
	}
	if words(get(node, "ItemProcessor", "ProcessorConfig", "Mode")) == "DISTRIBUTED" && words(node.Get("Type")) != "Task" {
		name := words(get(m.node, "name"))
		if name == "" {
			name = m.key
		}
		start(one(sub("arn:aws:states:${AWS::Region}:${AWS::AccountId}:stateMachine:"+name, at)), "states:StartExecution")
		return true
	}
	resource := get(node, "Resource")
	text := words(resource)
	if text == "" || functionARN.MatchString(text) {
		if m := functionAlias.FindStringSubmatch(text); m != nil {
			resource = str(m[1], at)
		}
		add(withVersions(resource, at), "lambda:InvokeFunction")
		return true
	}
	_, service, _ := strings.Cut(text, ":states:::")
	service, how, _ := strings.Cut(service, ".")
	sdk := strings.HasPrefix(service, "aws-sdk:")
	service = strings.TrimPrefix(service, "aws-sdk:")
	api, action, _ := strings.Cut(service, ":")
	switch {
	case service == "lambda:invoke" && !sdk:
		n, chosen := t.param("FunctionName")
		allowed, _ := t.param("AllowedFunctions")
		switch {
		case chosen && allowed != nil && len(items(allowed)) > 0:
			add(items(allowed), "lambda:InvokeFunction")
		case chosen && allowed != nil:
			add(one(allowed), "lambda:InvokeFunction")
		case chosen || n == nil:
			add(anything, "lambda:InvokeFunction")
		default:
			add(c.invoked(n, at), "lambda:InvokeFunction")
		}
	case service == "sqs:sendMessage" && !sdk:
		n, chosen := t.param("QueueUrl")
		switch parts := strings.Split(words(n), "/"); {
		case chosen:
			add(anything, "sqs:SendMessage")
		case isReference(n):
			add(one(getAtt(nameOf(n), "Arn", at)), "sqs:SendMessage")
		case isCall(n):
			add(anything, "sqs:SendMessage")
		case len(parts) == 5 && strings.HasPrefix(parts[2], "sqs."):
			add(one(str("arn:aws:sqs:"+strings.Split(parts[2], ".")[1]+":"+parts[3]+":"+parts[4], at)), "sqs:SendMessage")
		}
	case service == "sns:publish" && !sdk:
		if n, chosen := t.param("TopicArn"); chosen {
			add(anything, "sns:Publish")
		} else if n != nil {
			add(one(n), "sns:Publish")
		}
	case service == "dynamodb:batchGetItem", service == "dynamodb:batchWriteItem":
		n, chosen := t.param("RequestItems")
		if chosen {
			add(anything, "dynamodb:"+upperFirst(action))
		}
		for _, p := range n.Effective() {
			add(one(c.tableARN(str(strings.TrimSuffix(p.Key.Value, ".$"), at), "", at)), "dynamodb:"+upperFirst(action))
		}
	case api == "dynamodb":
		table, chosen := t.param("TableName")
		index, anyIndex := t.param("IndexName")
		switch {
		case chosen || table == nil:
			add(anything, "dynamodb:"+upperFirst(action))
		case anyIndex:
			add(one(c.tableARN(table, "/index/*", at)), "dynamodb:"+upperFirst(action))
		case index != nil:
			add(one(c.tableARN(table, "/index/"+words(index), at)), "dynamodb:"+upperFirst(action))
		default:
			add(one(c.tableARN(table, "", at)), "dynamodb:"+upperFirst(action))
		}
	case service == "states:startExecution", service == "sfn:startSyncExecution":
		machines := anything
		if n, _ := t.param("StateMachineArn"); n != nil {
			machines = one(n)
		}
		if service == "sfn:startSyncExecution" {
			start(machines, "states:StartSyncExecution")
		} else {
			start(machines, "states:StartExecution")
		}
	case service == "events:putEvents":
		entries, _ := t.param("Entries")
		for _, e := range items(entries) {
			name := get(e, "EventBusName")
			if name == nil {
				name = str("default", at)
			}
			add(one(obj(at, entry{"Fn::Sub", list(at, str("arn:${AWS::Partition}:events:${AWS::Region}:${AWS::AccountId}:event-bus/${eventBus}", at), obj(at, entry{"eventBus", name}))})), "events:PutEvents")
		}
		if len(items(entries)) == 0 {
			add(anything, "events:PutEvents")
		}
	case service == "batch:submitJob":
		add(anything, "batch:SubmitJob", "batch:DescribeJobs", "batch:TerminateJob")
		watch("StepFunctionsGetEventsForBatchJobsRule")
	case service == "glue:startJobRun":
		add(anything, "glue:StartJobRun", "glue:GetJobRun", "glue:GetJobRuns", "glue:BatchStopJobRun")
	case service == "ecs:runTask":
		add(anything, "ecs:RunTask", "ecs:StopTask", "ecs:DescribeTasks", "iam:PassRole")
		watch("StepFunctionsGetEventsForECSTaskRule")
	case service == "codebuild:startBuild":
		name, _ := called("ProjectName")
		add(own("codebuild:${AWS::Region}:${AWS::AccountId}:project/"+name), "codebuild:StartBuild", "codebuild:StopBuild", "codebuild:BatchGetBuilds")
		watch("StepFunctionsGetEventForCodeBuildStartBuildRule")
	case service == "sagemaker:createTransformJob" && strings.HasPrefix(how, "sync"):
		name, _ := called("TransformJobName")
		add(own("sagemaker:${AWS::Region}:${AWS::AccountId}:transform-job/"+name+"*"), "sagemaker:CreateTransformJob", "sagemaker:DescribeTransformJob", "sagemaker:StopTransformJob")
		add(anything, "sagemaker:ListTags")
		watch("StepFunctionsGetEventsForSageMakerTransformJobsRule")
	case service == "bedrock:invokeModel":
		name, n := called("ModelId")
		switch {
		case strings.HasPrefix(name, "arn:"), name == "" && n != nil:
			add(one(n), "bedrock:InvokeModel")
		case name != "":
			add(own("bedrock:${AWS::Region}::foundation-model/"+name), "bedrock:InvokeModel")
		}
	case service == "scheduler:createSchedule":
		group, _ := called("GroupName")
		add(own("scheduler:${AWS::Region}:${AWS::AccountId}:schedule/"+group+"/*"), "scheduler:CreateSchedule")
		if role := get(node, "Parameters", "Target", "RoleArn"); role != nil {
			add(one(role), "iam:PassRole")
		}
	case api == "s3":
		c.bucketNeeds(t, action, add)
	default:
		return strings.Contains(text, ":activity:")
	}
	return true
}

// isReference reports whether a node refers to a resource.
func isReference(n *yamlpos.Node) bool {
	return n != nil && (n.Tag == "!Ref" || isCall(n) && n.Get("Ref") != nil)
}

// withVersions is a function's ARN, and its versions and aliases.
func withVersions(arn *yamlpos.Node, at source.Span) []*yamlpos.Node {
	if text := words(arn); text != "" {
		return []*yamlpos.Node{arn, str(text+":*", at)}
	}
	return []*yamlpos.Node{arn, obj(at, entry{"Fn::Sub", list(at, str("${functionArn}:*", at), obj(at, entry{"functionArn", arn}))})}
}

// invoked is the function that a task names by its name or ARN, and its versions.
func (c *compiler) invoked(n *yamlpos.Node, at source.Span) []*yamlpos.Node {
	const any = "arn:${AWS::Partition}:lambda:${AWS::Region}:"
	text := words(n)
	switch parts := strings.Split(text, ":"); {
	case isReference(n):
		named := func(rest string) *yamlpos.Node {
			return obj(at, entry{"Fn::Sub", list(at, str(any+"${AWS::AccountId}:function:${functionArn}"+rest, at), obj(at, entry{"functionArn", n}))})
		}
		return []*yamlpos.Node{named(""), named(":*")}
	case text == "" || functionARN.MatchString(text):
		return withVersions(n, at)
	case len(parts) == 3 && strings.Trim(parts[0], "0123456789") == "":
		return []*yamlpos.Node{sub(any+text, at), sub(any+text+":*", at)}
	}
	return []*yamlpos.Node{sub(any+"${AWS::AccountId}:function:"+text, at), sub(any+"${AWS::AccountId}:function:"+text+":*", at)}
}

// tableARN is the ARN of a table by its name, with what follows.
func (c *compiler) tableARN(name *yamlpos.Node, rest string, at source.Span) *yamlpos.Node {
	if isReference(name) && rest == "" {
		return getAtt(nameOf(name), "Arn", at)
	}
	path := join("/", at, str("table", at), name)
	if rest != "" {
		path = join("", at, str("table/", at), name, str(rest, at))
	}
	return join(":", at, str("arn", at), ref("AWS::Partition", at), str("dynamodb", at), ref("AWS::Region", at), ref("AWS::AccountId", at), path)
}

// bucketNeeds is what a task needs that reads, writes or lists objects.
func (c *compiler) bucketNeeds(t task, action string, add func([]*yamlpos.Node, ...string)) {
	at := t.node.Span()
	part := func(name, otherwise string) *yamlpos.Node {
		if n, _ := t.param(name); n != nil {
			return n
		}
		return str(otherwise, at)
	}
	bucket, key := part("Bucket", "*"), part("Key", "*")
	arn := func(rest ...*yamlpos.Node) *yamlpos.Node {
		return join("", at, append([]*yamlpos.Node{str("arn:aws:s3:::", at), bucket}, rest...)...)
	}
	prefix, _ := t.param("Prefix")
	switch {
	case action == "listObjectsV2":
		both := []*yamlpos.Node{arn(), arn(str("/*", at))}
		add(both, "s3:Get*")
		add(both, "s3:List*")
	case prefix != nil:
		add([]*yamlpos.Node{arn(str("/", at), prefix, str("/", at), key)}, "s3:"+upperFirst(action))
	case words(bucket) == "*" && words(key) == "*":
		add([]*yamlpos.Node{bucket}, "s3:"+upperFirst(action))
	default:
		add([]*yamlpos.Node{arn(str("/", at), key)}, "s3:"+upperFirst(action))
	}
}
