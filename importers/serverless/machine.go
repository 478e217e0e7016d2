package serverless

import (
	"slices"
	"strings"

	"bulkhead/importers/cfn"
	"bulkhead/importers/yamlpos"
	"bulkhead/model/source"
)

// A machine is one state machine of the plugin serverless-step-functions.
type machine struct {
	key        string
	id         string
	node       *yamlpos.Node
	definition *yamlpos.Node // with logical ids in the place of the functions' keys
	at         source.Span
	counts     map[string]int // of events, by kind
}

// stepFunctions makes the state machines of the plugin serverless-step-functions.
// https://www.serverless.com/plugins/serverless-step-functions
func (c *compiler) stepFunctions() {
	machines := get(c.root, "stepFunctions", "stateMachines")
	if machines == nil || machines.Kind != yamlpos.Mapping {
		return
	}
	if !c.plugin("serverless-step-functions") {
		c.note(source.Warning, machines.Span(), "stepFunctions mean nothing without a plugin", "The framework ignores them unless plugins lists serverless-step-functions.")
		return
	}
	for _, p := range machines.Effective() {
		if isMapping(p.Value) {
			c.machine(p)
		}
	}
}

// machine makes one state machine, its role and its events.
func (c *compiler) machine(p yamlpos.Pair) {
	n, at := p.Value.Resolve(), place(p.Key, p.Value)
	m := &machine{key: p.Key.Value, node: n, at: at, counts: map[string]int{}, definition: c.named(get(n, "definition"), map[*yamlpos.Node]*yamlpos.Node{})}
	m.id = normalized(m.key) + "StepFunctionsStateMachine"
	for _, key := range []string{"name", "id"} {
		if v := words(get(n, key)); v != "" {
			m.id = notAlphanumeric.ReplaceAllString(normalized(v), "")
		}
	}
	role := get(n, "role")
	if there(role) {
		if text := words(role); text != "" && !strings.HasPrefix(text, "arn:") {
			role = getAtt(text, "Arn", role.Span())
		}
	} else {
		role = getAtt(m.id+"Role", "Arn", at)
		c.machineRole(m)
	}
	props := obj(at, entry{"StateMachineName", get(n, "name")}, entry{"Definition", m.definition}, entry{"StateMachineType", get(n, "type")}, entry{"RoleArn", role})
	c.add(m.id, "AWS::StepFunctions::StateMachine", props, cfn.Made{Origin: at})
	for _, e := range items(get(n, "events")) {
		if e = e.Resolve(); isMapping(e) && len(e.Pairs()) > 0 {
			c.machineEvent(m, event{kind: e.Pairs()[0].Key.Value, value: e.Pairs()[0].Value.Resolve(), node: e, at: e.Span()})
		}
	}
}

// serviceRole makes a role with which a service starts a state machine.
func (c *compiler) serviceRole(id, service, name string, m *machine) {
	at := m.at
	trust := obj(at, entry{"Version", str("2012-10-17", at)}, entry{"Statement", list(at, obj(at, entry{"Effect", str("Allow", at)},
		entry{"Principal", obj(at, entry{"Service", str(service, at)})}, entry{"Action", str("sts:AssumeRole", at)}))})
	statements := list(at, allow(at, ref(m.id, at), "states:StartExecution"))
	policy := obj(at, entry{"PolicyName", str(name, at)}, entry{"PolicyDocument", obj(at, entry{"Version", str("2012-10-17", at)}, entry{"Statement", statements})})
	if c.has(id) { // of all state machines that an API starts
		old := get(c.byID[id], "Properties", "Policies")
		l := get(old.Items()[0], "PolicyDocument", "Statement")
		l.SetItems(append(l.Items(), statements.Items()...))
		return
	}
	c.add(id, "AWS::IAM::Role", obj(at, entry{"AssumeRolePolicyDocument", trust}, entry{"Policies", list(at, policy)}), cfn.Made{Origin: at})
}

// machineEvent makes what starts a state machine.
func (c *compiler) machineEvent(m *machine, e event) {
	at := e.at
	m.counts[e.kind]++
	n := itoa(m.counts[e.kind])
	hide := func(id, cfnType string, props *yamlpos.Node) {
		c.add(id, cfnType, props, cfn.Made{Origin: at, Hidden: true})
	}
	switch e.kind {
	case "http":
		c.startREST()
		const role = "ApigatewayToStepFunctionsRole"
		c.serviceRole(role, "apigateway.amazonaws.com", "apigatewaytostepfunctions", m)
		method, path := e.route()
		path = strings.Trim(path, "/")
		p := obj(at, entry{"HttpMethod", str(strings.ToUpper(method), at)}, entry{"RestApiId", c.rest.id}, entry{"ResourceId", c.restPath(path, at)},
			entry{"ApiKeyRequired", orFalse(e.prop("private"), at)}, entry{"AuthorizationType", str("NONE", at)})
		e.of = &function{key: m.key}
		c.restAuthorizer(e, p)
		action := words(e.prop("action"))
		if action == "" {
			action = "StartExecution"
		}
		uri := join("", at, str("arn:", at), ref("AWS::Partition", at), str(":apigateway:", at), ref("AWS::Region", at), str(":states:action/"+action, at))
		put(p, "Integration", obj(at, entry{"Type", str("AWS", at)}, entry{"Uri", uri}, entry{"Credentials", getAtt(role, "Arn", at)},
			entry{"RequestTemplates", obj(at, entry{"application/json", ref(m.id, at)})}))
		hide("ApiGatewayMethod"+pathID(path)+upperFirst(strings.ToLower(method)), "AWS::ApiGateway::Method", p)
	case "schedule":
		role := e.prop("role")
		if role == nil {
			id := normalized(m.key) + "ScheduleToStepFunctionsRole"
			c.serviceRole(id, "events.amazonaws.com", c.stage()+"-"+c.region()+"-"+c.serviceName()+"-"+m.key+"-schedule", m)
			role = getAtt(id, "Arn", at)
		}
		target := obj(at, entry{"Arn", ref(m.id, at)}, entry{"Id", str(m.key+"StepFunctionsSchedule", at)}, entry{"RoleArn", role})
		hide(normalized(m.key)+"StepFunctionsEventsRuleSchedule"+n, "AWS::Events::Rule", obj(at, entry{"ScheduleExpression", e.get("rate")}, entry{"Targets", list(at, target)}))
	case "cloudwatchEvent", "eventBridge":
		role := e.prop("iamRole")
		if role == nil {
			id := normalized(m.key) + "EventToStepFunctionsRole"
			if !c.has(id) {
				c.serviceRole(id, "events.amazonaws.com", c.stage()+"-"+c.region()+"-"+c.serviceName()+"-"+m.key+"-event", m)
			}
			role = getAtt(id, "Arn", at)
		}
		target := obj(at, entry{"Arn", ref(m.id, at)}, entry{"Id", str(m.key+"CloudWatchEvent", at)}, entry{"RoleArn", role})
		hide(normalized(m.key)+"EventsRuleCloudWatchEvent"+n, "AWS::Events::Rule", obj(at, entry{"EventPattern", e.prop("event")}, entry{"EventBusName", e.prop("eventBusName")}, entry{"Targets", list(at, target)}))
	default:
		c.note(source.Warning, at, "an event of state machine "+m.key+" is of a kind that is not known: "+e.kind, "It was left out.")
	}
}

// A grant is actions on resources that a task needs.
type grant struct {
	actions   []string
	resources []*yamlpos.Node
}

// machineRole makes the role of a state machine, with what its tasks need as the plugin has it.
func (c *compiler) machineRole(m *machine) {
	at := m.at
	var grants []grant
	add := func(resources []*yamlpos.Node, actions ...string) {
		for i, g := range grants {
			if slices.Equal(g.actions, actions) {
				for _, r := range resources {
					if !slices.ContainsFunc(g.resources, func(o *yamlpos.Node) bool { return jsonText(o) == jsonText(r) }) {
						grants[i].resources = append(grants[i].resources, r)
					}
				}
				return
			}
		}
		grants = append(grants, grant{actions, resources})
	}
	for _, task := range tasks(m.definition, 0) {
		if !c.taskNeeds(task, add) {
			c.note(source.Warning, task.Span(), "a task of state machine "+m.key+" calls a service that is not known", "What the plugin may allow its role for it was not made.")
		}
	}
	statements := list(at)
	for _, g := range grants {
		statements.SetItems(append(statements.Items(), allow(at, list(at, g.resources...), g.actions...)))
	}
	if len(grants) == 0 {
		statements.SetItems(append(statements.Items(), obj(at, entry{"Effect", str("Deny", at)}, entry{"Action", str("*", at)}, entry{"Resource", str("*", at)})))
	}
	trust := obj(at, entry{"Version", str("2012-10-17", at)}, entry{"Statement", list(at, obj(at, entry{"Effect", str("Allow", at)},
		entry{"Principal", obj(at, entry{"Service", sub("states.${AWS::Region}.amazonaws.com", at)})}, entry{"Action", str("sts:AssumeRole", at)}))})
	policy := obj(at, entry{"PolicyName", str(c.stage()+"-"+c.serviceName()+"-statemachine", at)}, entry{"PolicyDocument", obj(at, entry{"Version", str("2012-10-17", at)}, entry{"Statement", statements})})
	c.add(m.id+"Role", "AWS::IAM::Role", obj(at, entry{"AssumeRolePolicyDocument", trust}, entry{"Path", str("/", at)}, entry{"Policies", list(at, policy)}), cfn.Made{Origin: at})
}

// tasks lists the tasks of a definition, those within other states too.
func tasks(n *yamlpos.Node, depth int) []*yamlpos.Node {
	n = n.Resolve()
	if n == nil || depth > 60 {
		return nil
	}
	var out []*yamlpos.Node
	if isMapping(n) && words(n.Get("Type")) == "Task" && n.Get("Resource") != nil {
		out = append(out, n)
	}
	for _, p := range n.Pairs() {
		out = append(out, tasks(p.Value, depth+1)...)
	}
	for _, i := range n.Items() {
		out = append(out, tasks(i, depth+1)...)
	}
	return out
}

// taskNeeds adds what a task needs; false where its service is not known.
func (c *compiler) taskNeeds(task *yamlpos.Node, add func([]*yamlpos.Node, ...string)) bool {
	at := task.Span()
	anything := []*yamlpos.Node{str("*", at)}
	resource := get(task, "Resource")
	param := func(name string) *yamlpos.Node {
		for _, in := range []string{"Parameters", "Arguments"} {
			if n := get(task, in, name); n != nil {
				return n
			}
		}
		return nil
	}
	called := func(n *yamlpos.Node) []*yamlpos.Node {
		if n == nil {
			return anything
		}
		if text := words(n); text != "" && !strings.HasPrefix(text, "arn:") {
			name := "arn:${AWS::Partition}:lambda:${AWS::Region}:${AWS::AccountId}:function:" + text
			return []*yamlpos.Node{sub(name, at), sub(name+":*", at)}
		} else if text != "" {
			return []*yamlpos.Node{n, str(text+":*", at)}
		}
		all := obj(at, entry{"Fn::Sub", list(at, str("${functionArn}:*", at), obj(at, entry{"functionArn", n}))})
		return []*yamlpos.Node{n, all}
	}
	rule := func(name string) []*yamlpos.Node {
		return []*yamlpos.Node{sub("arn:${AWS::Partition}:events:${AWS::Region}:${AWS::AccountId}:rule/"+name, at)}
	}
	watch := []string{"events:PutTargets", "events:PutRule", "events:DescribeRule"}
	text := words(resource)
	if text == "" || strings.Contains(text, ":lambda:") && !strings.Contains(text, ":states:::") {
		add(called(resource), "lambda:InvokeFunction")
		return true
	}
	_, service, _ := strings.Cut(text, ":states:::")
	service, _, _ = strings.Cut(service, ".")
	switch service {
	case "lambda:invoke":
		add(called(param("FunctionName")), "lambda:InvokeFunction")
	case "sqs:sendMessage":
		queue := anything
		if n := param("QueueUrl"); n != nil {
			if id := nameOf(n); isCall(n) && (n.Tag == "!Ref" || n.Get("Ref") != nil) {
				queue = []*yamlpos.Node{getAtt(id, "Arn", at)}
			} else if parts := strings.Split(words(n), "/"); len(parts) == 5 && strings.HasPrefix(parts[2], "sqs.") {
				queue = []*yamlpos.Node{str("arn:aws:sqs:"+strings.Split(parts[2], ".")[1]+":"+parts[3]+":"+parts[4], at)}
			}
		}
		add(queue, "sqs:SendMessage")
	case "sns:publish":
		topic := anything
		if n := param("TopicArn"); n != nil {
			topic = []*yamlpos.Node{n}
		}
		add(topic, "sns:Publish")
	case "dynamodb:getItem", "dynamodb:putItem", "dynamodb:updateItem", "dynamodb:deleteItem":
		table := anything
		if n := param("TableName"); n != nil {
			table = []*yamlpos.Node{join(":", at, str("arn", at), ref("AWS::Partition", at), str("dynamodb", at), ref("AWS::Region", at), ref("AWS::AccountId", at), join("/", at, str("table", at), n))}
			if isCall(n) && (n.Tag == "!Ref" || n.Get("Ref") != nil) {
				table = []*yamlpos.Node{getAtt(nameOf(n), "Arn", at)}
			}
		}
		_, action, _ := strings.Cut(service, ":")
		add(table, "dynamodb:"+upperFirst(action))
	case "states:startExecution":
		target := anything
		if n := param("StateMachineArn"); n != nil {
			target = []*yamlpos.Node{n}
		}
		add(target, "states:StartExecution")
		add(anything, "states:DescribeExecution", "states:StopExecution")
		add(rule("StepFunctionsGetEventsForStepFunctionsExecutionRule"), watch...)
	case "events:putEvents":
		bus := anything
		if n := param("Entries"); n != nil {
			bus = []*yamlpos.Node{sub("arn:${AWS::Partition}:events:${AWS::Region}:${AWS::AccountId}:event-bus/default", at)}
			for _, e := range items(n) {
				if name := words(get(e, "EventBusName")); name != "" && !strings.HasPrefix(name, "arn:") {
					bus = []*yamlpos.Node{sub("arn:${AWS::Partition}:events:${AWS::Region}:${AWS::AccountId}:event-bus/"+name, at)}
				} else if own := get(e, "EventBusName"); own != nil {
					bus = anything
				}
			}
		}
		add(bus, "events:PutEvents")
	case "batch:submitJob":
		add(anything, "batch:SubmitJob", "batch:DescribeJobs", "batch:TerminateJob")
		add(rule("StepFunctionsGetEventsForBatchJobsRule"), watch...)
	case "glue:startJobRun":
		add(anything, "glue:StartJobRun", "glue:GetJobRun", "glue:GetJobRuns", "glue:BatchStopJobRun")
	case "ecs:runTask":
		add(anything, "ecs:RunTask", "ecs:StopTask", "ecs:DescribeTasks", "iam:PassRole")
		add(rule("StepFunctionsGetEventsForECSTaskRule"), watch...)
	default:
		return strings.Contains(text, ":activity:")
	}
	return true
}

// named is a definition with the functions' logical ids in the place of their keys, as the plugin has it.
func (c *compiler) named(n *yamlpos.Node, done map[*yamlpos.Node]*yamlpos.Node) *yamlpos.Node {
	n = n.Resolve()
	if n == nil {
		return nil
	}
	if d, ok := done[n]; ok {
		return d
	}
	out := *n
	done[n] = &out
	if f := c.called(nameOf(n)); isCall(n) && f != nil {
		switch {
		case n.Tag == "!GetAtt" || n.Get("Fn::GetAtt") != nil:
			out = *getAtt(f.id, "Arn", n.Span())
			return &out
		case n.Tag == "!Ref" || n.Get("Ref") != nil:
			out = *ref(f.id, n.Span())
			return &out
		}
	}
	out.Clear()
	for _, p := range n.Effective() {
		p.Value = c.named(p.Value, done)
		out.SetPairs(append(out.Pairs(), p))
	}
	for _, i := range n.Items() {
		out.SetItems(append(out.Items(), c.named(i, done)))
	}
	return &out
}
