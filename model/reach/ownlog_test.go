package reach

import (
	"testing"

	"bulkhead/model"
)

// A function's own log group is the one that it is told to write to, of several functions as well; that which Lambda would
// make otherwise is not there.
func TestOwnLogGroupIsTheOneWrittenTo(t *testing.T) {
	b := build(t)
	logs := `{"Effect": "Allow", "Action": ["logs:CreateLogStream", "logs:PutLogEvents"], "Resource": "*"}`
	group, other := b.resource("AWS::Logs::LogGroup", "shared"), b.resource("AWS::Logs::LogGroup", "/aws/lambda/plain")
	for _, name := range []string{"one", "two"} {
		b.function(name, logs).WriteLogsTo("shared")
	}
	b.function("plain", logs)
	b.function("unseen", logs).WriteLogsTo("/team/unseen")
	a := b.analyse()
	for from, own := range map[model.ID]model.ID{"fn/one": group.ID, "fn/two": group.ID, "fn/plain": other.ID, "fn/unseen": model.MakeID("res", "/team/unseen")} {
		seen := false
		for _, h := range breach(t, a, from).Hits {
			switch {
			case h.Target == own:
				seen = h.OwnLog
			case h.OwnLog || h.Target != group.ID && h.Target != other.ID:
				t.Errorf("%s hits %s (its own %v)", from, h.Target, h.OwnLog)
			}
		}
		if !seen {
			t.Errorf("%s does not hit %s as its own", from, own)
		}
	}
}
