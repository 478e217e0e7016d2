package reach

import (
	"testing"

	"bulkhead/model"
)

// Somebody outside rules by tags that it gives its session of a role, to which no administrator leads back: after an edit of somebody
// else it still does, and where the role may no longer do anything by its tags what was reached by those is gone with them.
func TestGuisesThatAreGone(t *testing.T) {
	b := build(t)
	b.function("G", allow("sqs:SendMessage", "*"))
	b.role("Door", `{"Effect": "Allow", "Principal": "*", "Action": ["sts:AssumeRole", "sts:TagSession"]}`, tagged)
	b.role("Target", rootTrust).Tags = map[string]string{"team": "ops"}
	b.bucket("data")
	d := b.design()
	a := analyse(t, d, nil)
	for _, c := range []struct {
		policy model.ID
		says   string
		rules  bool
	}{
		{"policy/GRole-0", allow("sqs:DeleteMessage", "*"), true},
		{"policy/Door-0", allow("sqs:SendMessage", "*") + "," + tagged, true},
		{"policy/Door-0", when(allow("sqs:SendMessage", "*"), `"StringEquals": {"aws:ResourceTag/team": "${aws:PrincipalTag/team}"}`), false},
		{"policy/GRole-0", allow("sqs:SendMessage", "*"), false},
		{"policy/Door-0", tagged, true},
	} {
		d = edited(t, d, c.policy, document(t, c.says))
		a = analyse(t, d, a)
		same(t, a, analyse(t, d, nil))
		br := breach(t, a, "outside/anyone")
		if rules := br.Admin && !br.AdminMay; rules != c.rules || len(reads(br)) > 0 != c.rules {
			t.Errorf("after an edit of %s it rules: %v, and reads %v", c.policy, rules, reads(br))
		}
	}
}

// tagged lets whoever has a role's tag write its policies.
var tagged = when(allow("iam:PutRolePolicy sts:AssumeRole", "*"), `"StringEquals": {"aws:ResourceTag/team": "${aws:PrincipalTag/team}"}`)
