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
			role.aws("AWSXRayDaemonWriteAccess")
		}
		role.policies(p.Get("Policies"))
		r.Props = with(r.Props, pair("RoleArn", getAttOf(role.id, "Arn", r.Origin)))
		role.make(trustOf("states.amazonaws.com", r.Origin), pair("Path", t.get(p, "RolePath")), pair("PermissionsBoundary", p.Get("PermissionsBoundary")), pair("Tags", t.get(p, "Tags")))
	}
	for _, e := range t.pairs(t.get(p, "Events")) {
		t.machineEvent(r, e)
	}
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
