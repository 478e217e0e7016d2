package cfn

import "bulkhead/importers/yamlpos"

// machine turns AWS::Serverless::StateMachine into a state machine, its role and its triggers.
func (t *transform) machine(r *resource) {
	r.Type = "AWS::StepFunctions::StateMachine"
	p := r.Props
	r.Props = with(p, pair("StateMachineName", t.get(p, "Name")))
	if t.get(p, "Role") == nil {
		role := t.newRole(r, r.ID+"Role", r.Origin)
		if n := t.get(p, "Tracing"); n != nil && t.isTrue(t.get(n, "Enabled")) {
			role.aws(t.xray())
		}
		role.policies(p.Get("Policies"))
		r.Props = with(r.Props, pair("RoleArn", getAttOf(role.id, "Arn", r.Origin)))
		role.make(trustOf("states.amazonaws.com", r.Origin), pair("Path", t.get(p, "RolePath")), pair("PermissionsBoundary", p.Get("PermissionsBoundary")), pair("Tags", t.get(p, "Tags")))
	}
	t.machineAlias(r)
	for _, e := range t.pairs(t.get(p, "Events")) {
		t.machineEvent(r, e)
	}
}

// machineAlias makes the version and the alias of AutoPublishAlias.
func (t *transform) machineAlias(r *resource) {
	n := t.get(r.Props, "AutoPublishAlias")
	if n == nil {
		return
	}
	t.make(r, r.ID+"Version", "AWS::StepFunctions::StateMachineVersion", mapping(n.Span(), pair("StateMachineArn", refTo(r.ID, n.Span()))), n.Span())
	t.make(r, r.ID+"Alias"+t.words(n), "AWS::StepFunctions::StateMachineAlias", mapping(n.Span(), pair("Name", n),
		pair("DeploymentPreference", mapping(n.Span(), pair("StateMachineVersionArn", refTo(r.ID+"Version", n.Span()))))), n.Span())
}

func (t *transform) machineEvent(r *resource, p yamlpos.Pair) {
	e, ok := t.newEvent(r, p)
	if !ok {
		return
	}
	t.checkEvent(e)
	switch e.kind {
	case "Api":
		t.restEvent(e)
	case "Schedule":
		t.rule(e, "schedule")
	case "ScheduleV2":
		t.scheduler(e)
	case "CloudWatchEvent", "EventBridgeRule":
		t.rule(e, "event-rule")
	default:
		t.wrongEvent(e, "a state machine has no events of type "+e.kind)
	}
}
