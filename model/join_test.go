package model

import (
	"slices"
	"testing"

	"bulkhead/model/policy"
)

// part is a stack or account with a function, its role with a policy of AWS's, and a role that it knows by ARN alone.
func part(t *testing.T, info Info, function, knows string) *Design {
	t.Helper()
	d, err := New(info,
		&Function{ID: ID("fn/" + function), Role: ID("role/" + function + "Role"), Stack: info.Name, ARN: "arn:aws:lambda:eu-west-1:" + info.Account + ":function:" + info.Name + "-" + function},
		&Role{ID: ID("role/" + function + "Role"), ARN: "arn:aws:iam::" + info.Account + ":role/" + info.Name + "-" + function, Policies: []ID{"policy/aws", ID("policy/" + function + "Role/inline")}},
		&Policy{ID: "policy/aws", ARN: "arn:aws:iam::aws:policy/ReadOnlyAccess", Managed: true, Document: &policy.Document{}},
		&Policy{ID: ID("policy/" + function + "Role/inline"), Document: &policy.Document{}},
		&Role{ID: "role/elsewhere", ARN: knows, External: true},
		&Trigger{ID: ID("trigger/" + function + "/Q"), To: ID("fn/" + function)})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestJoin(t *testing.T) {
	a := part(t, Info{Name: "a", Account: "111111111111", Region: "eu-west-1", NotSeen: []string{"scps"}, Unresolved: 1}, "Orders", "arn:aws:iam::111111111111:role/b-Orders")
	b := part(t, Info{Name: "b", Account: "111111111111", Region: "eu-west-1", NotSeen: []string{"scps", "rcps"}, Unresolved: 2}, "Orders", "arn:aws:iam::111111111111:role/nobody")
	j, err := Join(nil, a, b)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := ids(j.Design), "fn/a/Orders role/a/OrdersRole policy/aws policy/a/OrdersRole/inline trigger/a/Orders/Q fn/b/Orders role/b/OrdersRole policy/b/OrdersRole/inline role/elsewhere trigger/b/Orders/Q"; got != want {
		t.Errorf("ids %s, not %s", got, want)
	}
	f := j.Design.Function("fn/b/Orders")
	if f.Role != "role/b/OrdersRole" || !slices.Equal(j.Design.Role(f.Role).Policies, []ID{"policy/aws", "policy/b/OrdersRole/inline"}) || j.Design.Trigger("trigger/b/Orders/Q").To != f.ID {
		t.Errorf("references of %+v are lost", f)
	}
	if in := j.Design.Info(); in.Name != "a + b" || in.Unresolved != 3 || !slices.Equal(in.NotSeen, []string{"scps", "rcps"}) {
		t.Errorf("info %+v", in)
	}
	// Each part comes back as it was, and with what became of it.
	for i, d := range []*Design{a, b} {
		back, _, err := j.Part(i, j.Design)
		if err != nil || len(d.Diff(back)) > 0 {
			t.Errorf("part %d: %v, %v", i, d.Diff(back), err)
		}
	}
	g := *f
	g.Handler = "other.handler"
	after, err := j.Design.With(Change{f, &g}, Change{Before: j.Design.Trigger("trigger/a/Orders/Q")}, Change{After: &Function{ID: "fn/b/New", Stack: "b", Role: "role/b/OrdersRole"}})
	if err != nil {
		t.Fatal(err)
	}
	x, _, err := j.Part(0, after)
	if err != nil || len(a.Diff(x)) != 1 || x.Trigger("trigger/Orders/Q") != nil {
		t.Errorf("a became %s: %v", ids(x), err)
	}
	y, names, err := j.Part(1, after)
	if err != nil || y.Function("fn/Orders").Handler != "other.handler" || y.Function("fn/New") == nil || y.Function("fn/New").Role != "role/OrdersRole" || !slices.Equal(names, []string{"New"}) {
		t.Errorf("b became %s, %v: %v", ids(y), names, err)
	}
}

func TestJoinAccounts(t *testing.T) {
	a := part(t, Info{Name: "x", Account: "111111111111", Region: "eu-west-1", Guardrails: map[string]Guardrails{"111111111111": {Management: true}}}, "Orders", "")
	b := part(t, Info{Name: "x", Account: "222222222222", Region: "eu-west-1", Guardrails: map[string]Guardrails{"222222222222": {}}}, "Orders", "")
	j, err := Join(nil, a, b)
	if err != nil {
		t.Fatal(err)
	}
	if j.Design.Function("fn/111111111111:eu-west-1:Orders") == nil || j.Design.Function("fn/222222222222:eu-west-1:Orders") == nil {
		t.Errorf("ids %s", ids(j.Design))
	}
	if len(j.Design.Info().Guardrails) != 2 {
		t.Errorf("guardrails %v", j.Design.Info().Guardrails)
	}
}
