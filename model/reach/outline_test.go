package reach

import (
	"slices"
	"strings"
	"testing"

	"bulkhead/model"
)

// TestOutline holds Outline to say what Touches says, less what it leaves out.
func TestOutline(t *testing.T) {
	b := build(t)
	b.queue("Work")
	b.table("Data")
	b.bucket("Files")
	b.function("Front", `{"Effect": "Allow", "Action": ["sqs:SendMessage", "s3:*"], "Resource": "*"}`,
		`{"Effect": "Allow", "Action": "dynamodb:GetItem", "Resource": "*", "Condition": {"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}}`,
		`{"Effect": "Allow", "Action": "lambda:UpdateFunctionCode", "Resource": "*"}`)
	b.function("Worker")
	b.user("ops", `{"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": "*"}`, `{"Effect": "Allow", "Action": "lambda:InvokeFunction", "Resource": "*"}`)
	b.trigger("res/Work", "fn/Worker", "event-source-mapping")
	an := b.analyse()
	kinds := map[Kind]int{}
	for _, id := range []model.ID{"fn/Front", "fn/Worker", "user/ops", "role/FrontRole"} {
		touches, outline := an.Touches(id), an.Outline(id)
		if len(touches) != len(outline) {
			t.Errorf("%s: %d steps, outlined %d", id, len(touches), len(outline))
			continue
		}
		for i, s := range touches {
			kinds[s.Kind]++
			o := outline[i]
			if o.From != s.From || o.To != s.To || o.Kind != s.Kind || o.Capabilities != s.Capabilities || o.Must != s.Must || o.Certainty != s.Certainty ||
				o.Technique != s.Technique || o.Says != s.Says || o.Via != s.Via {
				t.Errorf("%s: step %d is %+v, outlined %+v", id, i, s, o)
			}
		}
	}
	for _, k := range []Kind{Acts, Feeds, Runs} {
		if kinds[k] == 0 {
			t.Errorf("no step %s: the test says too little", k)
		}
	}
	if an.Outline("nobody") != nil {
		t.Error("nobody has steps")
	}
}

// What a principal can make of itself is in its outline: no hit of a breach is without a line to it.
func TestOutlineOfGuises(t *testing.T) {
	b := build(t)
	b.bucket("Files")
	b.queue("Work")
	b.function("Front", allow("iam:PutRolePolicy", roleARN("FrontRole"))+","+allow("sqs:SendMessage", "*"))
	b.function("Perhaps", strings.TrimSuffix(allow("iam:PutRolePolicy", roleARN("PerhapsRole")), "}")+`, "Condition": {"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}}`)
	b.function("Plain", allow("sqs:SendMessage", "*"))
	an := b.analyse()
	for from, want := range map[model.ID]string{"fn/Front": "must res/Files, must res/Work", "fn/Perhaps": "may res/Files, may res/Work", "fn/Plain": "must res/Work"} {
		var got []string
		for _, s := range an.Outline(from) {
			if s.Kind == Acts && an.design.Resource(s.To) != nil {
				got = append(got, s.Certainty.String()+" "+string(s.To))
			}
		}
		slices.Sort(got)
		if line := strings.Join(got, ", "); line != want {
			t.Errorf("%s: %s, not %s", from, line, want)
		}
	}
}
