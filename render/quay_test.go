package render

import (
	"testing"

	"bulkhead/model/policy"
)

func TestGroup(t *testing.T) {
	const here = "111122223333"
	for _, c := range []struct {
		kind, value string
		want        Group
	}{
		{"Service", "ecs-tasks.amazonaws.com", Services},
		{"Federated", "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com", Federation},
		{"AWS", "arn:aws:iam::111122223333:root", People},
		{"AWS", "111122223333", People},
		{"AWS", "arn:aws:iam::444455556666:role/ci", Others},
		{"AWS", "444455556666", Others},
		{"AWS", "*", Others},
		{"*", "*", Others},
		{"AWS", "${Deployer}", People},
	} {
		if got := groupOf(policy.Principal{Kind: c.kind, Value: c.value}, here); got != c.want {
			t.Errorf("%s %s: %v, want %v", c.kind, c.value, got, c.want)
		}
	}
	if got := groupOf(policy.Principal{Kind: "AWS", Value: "arn:aws:iam::444455556666:root"}, ""); got != People {
		t.Errorf("in a template without an account: %v", got)
	}
}
