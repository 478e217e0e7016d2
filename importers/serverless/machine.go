package serverless

import (
	"bulkhead/importers/cfn"
	"bulkhead/importers/yamlpos"
	"bulkhead/model/source"
)

// stepFunctions makes the state machines of the plugin serverless-step-functions.
// https://www.serverless.com/plugins/serverless-step-functions
func (c *compiler) stepFunctions() {
	machines := get(c.root, "stepFunctions", "stateMachines")
	if machines == nil || machines.Kind != yamlpos.Mapping {
		return
	}
	if !c.plugin("serverless-step-functions") {
		c.note(source.Warning, machines.Span, "stepFunctions mean nothing without a plugin", "The framework ignores them unless plugins lists serverless-step-functions.")
		return
	}
	for _, p := range machines.Effective() {
		c.machine(p)
	}
}

// machine makes one state machine and its role.
func (c *compiler) machine(p yamlpos.Pair) {
	n, at := p.Value.Resolve(), place(p.Key, p.Value)
	name := words(get(n, "name"))
	id := notAlphanumeric.ReplaceAllString(p.Key.Value, "") + "StepFunctionsStateMachine"
	if name != "" {
		id = upperFirst(notAlphanumeric.ReplaceAllString(p.Key.Value, ""))
	}
	if v := words(get(n, "id")); v != "" {
		id = v
	}
	definition := c.named(get(n, "definition"), map[*yamlpos.Node]*yamlpos.Node{})
	props := obj(at, entry{"StateMachineName", get(n, "name")}, entry{"Definition", definition}, entry{"StateMachineType", get(n, "type")})
	role := get(n, "role")
	if there(role) {
		if text := words(role); text != "" && !isCall(role) && text[:min(4, len(text))] != "arn:" {
			role = getAtt(text, "Arn", role.Span)
		}
	} else {
		role = getAtt(id+"Role", "Arn", at)
		c.machineRole(id+"Role", definition, at)
	}
	put(props, "RoleArn", role)
	c.add(id, "AWS::StepFunctions::StateMachine", props, cfn.Made{Origin: at})
	for _, e := range items(get(n, "events")) {
		c.note(source.Info, e.Span, "an event of state machine "+p.Key.Value+" is not read", "What starts the state machine is not in the picture.")
	}
}

// machineRole makes the role of a state machine, with what its tasks need as far as that shows: calls of functions.
// What the plugin allows for other services is told to be missing.
func (c *compiler) machineRole(id string, definition *yamlpos.Node, at source.Span) {
	calls := list(at)
	seen := map[string]bool{}
	more := false
	var walk func(n *yamlpos.Node, depth int)
	walk = func(n *yamlpos.Node, depth int) {
		n = n.Resolve()
		if n == nil || depth > 60 {
			return
		}
		if isMapping(n) && words(n.Get("Type")) == "Task" {
			task := get(n, "Resource")
			called := task
			if text := words(task); text != "" && !isCall(task) {
				called = get(n, "Parameters", "FunctionName")
				if called == nil {
					called = get(n, "Arguments", "FunctionName")
				}
				more = more || called == nil
			}
			if called != nil {
				if key := jsonText(called); !seen[key] {
					seen[key] = true
					calls.Items = append(calls.Items, called)
				}
			}
		}
		for _, p := range n.Pairs {
			walk(p.Value, depth+1)
		}
		for _, i := range n.Items {
			walk(i, depth+1)
		}
	}
	walk(definition, 0)
	statements := list(at)
	if len(calls.Items) > 0 {
		statements.Items = append(statements.Items, allow(at, calls, "lambda:InvokeFunction"))
	}
	if more {
		c.note(source.Warning, at, "tasks of a state machine call other services than Lambda", "What the plugin allows its role for them was not made: package the service and open the compiled template.")
	}
	trust := obj(at, entry{"Version", str("2012-10-17", at)}, entry{"Statement", list(at, obj(at, entry{"Effect", str("Allow", at)},
		entry{"Principal", obj(at, entry{"Service", str("states.amazonaws.com", at)})}, entry{"Action", str("sts:AssumeRole", at)}))})
	policy := obj(at, entry{"PolicyName", join("-", at, str(c.stage(), at), str(c.serviceName(), at), str("statemachine", at))},
		entry{"PolicyDocument", obj(at, entry{"Version", str("2012-10-17", at)}, entry{"Statement", statements})})
	c.add(id, "AWS::IAM::Role", obj(at, entry{"AssumeRolePolicyDocument", trust}, entry{"Policies", list(at, policy)}), cfn.Made{Origin: at})
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
	call := nameOf(n)
	if f := c.called(call); isCall(n) && f != nil && (n.Tag == "!GetAtt" || n.Get("Fn::GetAtt") != nil) {
		out = *getAtt(f.id, "Arn", n.Span)
		return &out
	}
	if f := c.called(call); isCall(n) && f != nil && (n.Tag == "!Ref" || n.Get("Ref") != nil) {
		out = *ref(f.id, n.Span)
		return &out
	}
	out.Pairs, out.Items = nil, nil
	for _, p := range n.Effective() {
		p.Value = c.named(p.Value, done)
		out.Pairs = append(out.Pairs, p)
	}
	for _, i := range n.Items {
		out.Items = append(out.Items, c.named(i, done))
	}
	return &out
}
