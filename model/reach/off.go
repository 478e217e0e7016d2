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
	"alarm":                "cloudwatch:EnableAlarmActions|cloudwatch:PutMetricAlarm",
	model.Replication:      "s3:PutReplicationConfiguration",
}

// ifEnabled is why a feed through a trigger that is disabled is only perhaps.
const ifEnabled = "if it enables what is disabled on the way"

// doubts are why what a trigger leads on is only perhaps, by its kind.
var doubts = map[string]string{
	model.Redrive:        "if a message is not worked off",
	model.PipelineSource: "when the pipeline runs",
	model.Ingestion:      "when what is in the bucket is taken in",
	model.Items:          "when the state machine runs and takes it for its items",
	model.MetricFilter:   alarmMetric.note,
	destined:             ifAsynchronous,
	"graphql-data":       "if the field's resolver writes there what it is given",
	"datasync":           "when the task runs",
}

// doubt is why a feed is only perhaps, by what its triggers are; "" for no reason. Dead letters are what was not worked off or could
// not be delivered (SQS developer guide, "Using dead-letter queues"; EventBridge User Guide, "Using dead-letter queues to process
// undelivered events"; SNS Developer Guide, "Dead-letter queues").
func (an *Analysis) doubt(to feed) string {
	for _, i := range to.triggers {
		switch tr := an.triggers[i]; {
		case tr.Dead:
			return "if it cannot be delivered"
		case tr.Filter.Tagged:
			return "if the object has the tags that are copied"
		case doubts[tr.Kind] != "":
			return doubts[tr.Kind]
		}
	}
	return ""
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
	if why := e.an.doubt(to); v != never && why != "" {
		unsure := written{}
		if how != nil {
			unsure = *how
		}
		unsure.note = cmp.Or(unsure.note, why)
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
