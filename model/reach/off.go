package reach

import (
	"cmp"
	"slices"

	"bulkhead/model"
)

// Triggers that are disabled start nothing. Whoever may enable one, and cause its events, perhaps feeds what is behind.

// enabledBy are the permissions to enable a trigger, by its kind, as a need of a technique.
var enabledBy = map[string]string{
	"event-rule":           "events:EnableRule|events:PutRule",
	"event-source-mapping": "lambda:UpdateEventSourceMapping",
	"pipe":                 "pipes:StartPipe|pipes:UpdatePipe",
	"iot-rule":             "iot:EnableTopicRule|iot:ReplaceTopicRule",
}

// ifEnabled is why a feed through a trigger that is disabled is only perhaps.
const ifEnabled = "if it enables what is disabled on the way"

// ifNotWorkedOff is why a feed through a queue's dead letters is only perhaps.
const ifNotWorkedOff = "if a message is not worked off"

// redriven reports whether a feed leads through the dead letters of a queue (SQS developer guide, "Using dead-letter queues").
func (an *Analysis) redriven(to feed) bool {
	return slices.ContainsFunc(to.triggers, func(i int32) bool { return an.triggers[i].Kind == model.Redrive })
}

// enabling is what it takes to enable the disabled triggers of a path; "" stands for what nobody can be said to enable.
func (an *Analysis) enabling(path []int32) []string {
	var out []string
	for _, i := range path {
		if tr := an.triggers[i]; tr.Off && !slices.Contains(out, enabledBy[tr.Kind]) {
			out = append(out, enabledBy[tr.Kind])
		}
	}
	return out
}

// enables leaves of how surely an actor feeds by some triggers what those that are disabled leave.
func (e *explorer) enables(to feed, v truth, how *written) (truth, *written) {
	if v != never && e.an.redriven(to) {
		unsure := written{}
		if how != nil {
			unsure = *how
		}
		unsure.note = cmp.Or(unsure.note, ifNotWorkedOff)
		v, how = perhaps, &unsure
	}
	if len(to.off) == 0 || v == never {
		return v, how
	}
	if slices.Contains(to.off, "") || e.actor.outside != nil {
		return never, nil
	}
	if _, may := e.an.combine(e.actor, to.off, nil); may == never {
		return never, nil
	}
	unsure := written{}
	if how != nil {
		unsure = *how
	}
	unsure.note = ifEnabled
	return perhaps, &unsure
}
