package serverless

import (
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

// routesRole is the logical id of the role with which an API starts state machines, all of them.
const routesRole = "ApigatewayToStepFunctionsRole"

// serviceRole makes a role with which a service starts what it may, once.
func (c *compiler) serviceRole(id, service, name string, what *yamlpos.Node, at source.Span) {
	trust := obj(at, entry{"Version", str("2012-10-17", at)}, entry{"Statement", list(at, obj(at, entry{"Effect", str("Allow", at)},
		entry{"Principal", obj(at, entry{"Service", str(service, at)})}, entry{"Action", str("sts:AssumeRole", at)}))})
	policy := obj(at, entry{"PolicyName", str(name, at)}, entry{"PolicyDocument", obj(at, entry{"Version", str("2012-10-17", at)}, entry{"Statement", list(at, allow(at, what, "states:StartExecution"))})})
	c.add(id, "AWS::IAM::Role", obj(at, entry{"AssumeRolePolicyDocument", trust}, entry{"Policies", list(at, policy)}), cfn.Made{Origin: at})
}

// machineBoundary is the boundary of the roles of state machines and of their schedules; nil for none.
func (c *compiler) machineBoundary() *yamlpos.Node { return get(c.provider, "rolePermissionsBoundary") }

// mayDo lets a role of serviceRole do one more thing.
func (c *compiler) mayDo(id, action string) {
	l := get(get(c.byID[id], "Properties", "Policies").Items()[0], "PolicyDocument", "Statement").Items()[0].Get("Action")
	for _, i := range l.Items() {
		if i.Value == action {
			return
		}
	}
	l.SetItems(append(l.Items(), str(action, l.Span())))
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
		role := e.prop("iamRole")
		if role == nil {
			role = getAtt(routesRole, "Arn", at)
			c.serviceRole(routesRole, "apigateway.amazonaws.com", "apigatewaytostepfunctions", str("*", at), at)
		}
		if c.has(routesRole) {
			c.mayDo(routesRole, "states:"+action)
		}
		uri := join("", at, str("arn:", at), ref("AWS::Partition", at), str(":apigateway:", at), ref("AWS::Region", at), str(":states:action/"+action, at))
		put(p, "Integration", obj(at, entry{"Type", str("AWS", at)}, entry{"Uri", uri}, entry{"Credentials", role},
			entry{"RequestTemplates", obj(at, entry{"application/json", ref(m.id, at)})}))
		hide("ApiGatewayMethod"+pathID(path)+upperFirst(strings.ToLower(method)), "AWS::ApiGateway::Method", p)
	case "schedule":
		service, scheduler := "events.amazonaws.com", words(e.prop("method")) == "scheduler"
		if scheduler {
			service = "scheduler.amazonaws.com"
		}
		role := e.prop("role")
		if role == nil {
			id := normalized(m.key) + "ScheduleToStepFunctionsRole"
			c.serviceRole(id, service, c.stage()+"-"+c.region()+"-"+c.serviceName()+"-"+m.key+"-schedule", ref(m.id, at), at)
			put(get(c.byID[id], "Properties"), "PermissionsBoundary", c.machineBoundary())
			role = getAtt(id, "Arn", at)
		}
		if scheduler {
			target := obj(at, entry{"Arn", ref(m.id, at)}, entry{"RoleArn", role})
			hide(normalized(m.key)+"StepFunctionsSchedulerSchedule"+n, "AWS::Scheduler::Schedule", obj(at, entry{"ScheduleExpression", e.get("rate")}, entry{"Name", e.prop("name")}, entry{"Target", target}))
			return
		}
		target := obj(at, entry{"Arn", ref(m.id, at)}, entry{"Id", str(m.key+"StepFunctionsSchedule", at)}, entry{"RoleArn", role})
		hide(normalized(m.key)+"StepFunctionsEventsRuleSchedule"+n, "AWS::Events::Rule", obj(at, entry{"ScheduleExpression", e.get("rate")}, entry{"Targets", list(at, target)}))
	case "cloudwatchEvent", "eventBridge":
		role := e.prop("iamRole")
		if role == nil {
			id := normalized(m.key) + "EventToStepFunctionsRole"
			c.serviceRole(id, "events.amazonaws.com", c.stage()+"-"+c.region()+"-"+c.serviceName()+"-"+m.key+"-event", ref(m.id, at), at)
			role = getAtt(id, "Arn", at)
		}
		target := obj(at, entry{"Arn", ref(m.id, at)}, entry{"Id", str(m.key+"CloudWatchEvent", at)}, entry{"RoleArn", role})
		hide(normalized(m.key)+"EventsRuleCloudWatchEvent"+n, "AWS::Events::Rule", obj(at, entry{"EventPattern", e.prop("event")}, entry{"EventBusName", e.prop("eventBusName")}, entry{"Targets", list(at, target)}))
	default:
		c.note(source.Warning, at, "an event of state machine "+m.key+" is of a kind that is not known: "+e.kind, "It was left out.")
	}
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
