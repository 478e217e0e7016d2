package reach

import (
	"slices"
	"testing"
)

// Whoever sets up a service that a function's policy lets start it, for a source that the policy lets, feeds the function.
func TestDeputies(t *testing.T) {
	lets := func(service, condition string) string {
		return `{"Effect": "Allow", "Principal": {"Service": "` + service + `.amazonaws.com"}, "Action": "lambda:InvokeFunction", "Resource": "` + functionARN("G") + `"` + condition + `}`
	}
	from := func(arn string) string { return `, "Condition": {"ArnLike": {"aws:SourceArn": "` + arn + `"}}` }
	rule := func(name string) string { return arnOf("AWS::Events::Rule", name) }
	owned := `, "Condition": {"StringEquals": {"aws:SourceAccount": "` + testAccount + `"}}`
	rules, topic, bucket := allow("events:PutRule events:PutTargets", "*"), arnOf("AWS::SNS::Topic", "T"), arnOf("AWS::S3::Bucket", "data")
	group := arnOf("AWS::Logs::LogGroup", "L")
	for _, c := range []struct{ name, policy, lets, want string }{
		{"a rule", rules, lets("events", ""), "deputy-events must"},
		{"a rule without targets", allow("events:PutRule", "*"), lets("events", ""), ""},
		{"a rule for a function that another service starts", rules, lets("s3", ""), ""},
		{"a rule for a function that no service starts", rules, lets("events", from("arn:aws:events:*:999988887777:rule/*")), ""},
		{"a rule of the account", rules, lets("events", owned), "deputy-events must"},
		{"a rule of another account", rules, lets("events", `, "Condition": {"StringEquals": {"aws:SourceAccount": "999988887777"}}`), ""},
		{"the rule that the function waits for", rules, lets("events", from(rule("nightly"))), "deputy-events must"},
		{"the rule, and no other may be made", allow("events:PutRule events:PutTargets", rule("dev-*")), lets("events", from(rule("nightly"))), ""},
		{"one of the rules", allow("events:PutRule events:PutTargets", rule("dev-*")), lets("events", from(rule("*"))), "deputy-events must"},
		{"a rule with targets of other rules", allow("events:PutRule", rule("a")) + "," + allow("events:PutTargets", rule("b")), lets("events", ""), "deputy-events-target may"},
		{"a rule, denied", rules + "," + deny("events:PutTargets", "*"), lets("events", ""), ""},
		{"a bucket", allow("s3:PutBucketNotification", bucket) + "," + allow("s3:PutObject", bucket+"/*"), lets("s3", ""), "deputy-s3 must"},
		{"the bucket that the function waits for", allow("s3:PutBucketNotification", bucket) + "," + allow("s3:PutObject", bucket+"/*"), lets("s3", from(bucket)), "deputy-s3 must"},
		{"another bucket than the function waits for", allow("s3:PutBucketNotification", bucket) + "," + allow("s3:PutObject", bucket+"/*"), lets("s3", from(bucket+"2")), ""},
		{"objects of another bucket", allow("s3:PutBucketNotification", bucket) + "," + allow("s3:PutObject", bucket+"2/*"), lets("s3", from(bucket)), ""},
		{"a topic", allow("sns:Subscribe sns:Publish", topic), lets("sns", ""), "deputy-sns must"},
		{"a topic that it may not publish to", allow("sns:Subscribe", topic), lets("sns", ""), ""},
		{"a log group", allow("logs:PutSubscriptionFilter logs:PutLogEvents logs:CreateLogStream", "*"), lets("logs", from(group+":*")), "deputy-logs must"},
		{"a topic rule", allow("iot:CreateTopicRule iot:Publish", "*"), lets("iot", ""), "deputy-iot must"},
		{"a Config rule", allow("config:PutConfigRule", "*"), lets("config", owned), "deputy-config must"},
		{"an agent of one's own", allow("bedrock:InvokeInlineAgent", "*"), lets("bedrock", from("arn:aws:bedrock:us-east-1:"+testAccount+":agent/*")), "deputy-bedrock may"},
		{"an agent of one's own, for a function of another agent", allow("bedrock:InvokeInlineAgent", "*"), lets("bedrock", from("arn:aws:bedrock:us-east-1:"+testAccount+":agent/ABC")), ""},
		{"another's agent", allow("bedrock:InvokeAgent", "*"), lets("bedrock", ""), ""},
		{"a new event source", allow("lambda:CreateEventSourceMapping", "*"), "", "esm-create may"},
		{"a new event source for another", when(allow("lambda:CreateEventSourceMapping", "*"), `"ArnEquals": {"lambda:FunctionArn": "`+functionARN("H")+`"}`), "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := build(t)
			f := b.function("F", c.policy)
			g := b.function("G")
			if c.lets != "" {
				g.Policy = document(t, c.lets)
			}
			a := b.analyse()
			br := breach(t, a, f.ID)
			got := ""
			for _, h := range br.Hits {
				if h.Target == g.ID {
					last := h.Path()[len(h.Path())-1]
					got = last.Technique + " " + h.Certainty.String()
					if c.lets != "" && !slices.ContainsFunc(last.Evidence, func(e Evidence) bool { return e.Policy == g.ID }) {
						t.Errorf("no statement of the function's: %s", last.Sentence(b.design()))
					}
				}
			}
			if got != c.want {
				t.Errorf("%q, not %q", got, c.want)
			}
		})
	}
}
