package reach

import (
	"slices"

	"bulkhead/model"
)

// destined is the kind of trigger by which the record of an asynchronous call goes on: to a destination, or as a dead letter. It
// has what the function was called with (AWS Lambda Developer Guide, "Capturing records of Lambda asynchronous invocations":
// requestPayload), so that whoever calls it chooses what arrives.
const destined = "destination"

// ifAsynchronous is why such a feed is only perhaps: the caller chooses how it calls, the function how it ends.
const ifAsynchronous = "if the call is asynchronous, and ends as the destination asks for"

// waiting are the kinds of trigger that do not call asynchronously: they wait for what the function says.
var waiting = []string{"event-source-mapping", "api-route", "function-url", "authorizer", "state-machine-task", "pipe", "cognito", "graphql", "firehose", "load-balancer", "agent",
	"cloudfront", "bot", "contact-flow", "object-lambda", "permission"}

// destinations are triggers from functions to where records of their asynchronous calls go. They are not of the design, which has
// them as properties of its functions.
func (an *Analysis) destinations() []*model.Trigger {
	var out []*model.Trigger
	for _, f := range an.design.Functions() {
		targets := f.Destinations
		if f.DeadLetter != "" {
			targets = append(slices.Clip(targets), f.DeadLetter)
		}
		for _, arn := range targets {
			ti, ok := an.world.byARN[arn]
			if !ok {
				continue
			}
			if t := &an.world.targets[ti]; t.id != f.ID && (t.sort == isResource || t.sort == isFunction) {
				out = append(out, &model.Trigger{From: f.ID, To: t.id, Kind: destined, Label: "records of asynchronous calls"})
			}
		}
	}
	return out
}
