package model

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"bulkhead/model/policy"
	"bulkhead/model/source"
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

// Whatever an element refers to by an id is referred to by its new one.
func TestJoinFollowsReferences(t *testing.T) {
	const old, young ID = "x/Old", "x/New"
	filled := 0
	var fill func(v reflect.Value)
	fill = func(v reflect.Value) {
		switch {
		case v.Type() == reflect.TypeFor[ID]():
			v.SetString(string(old))
			filled++
		case v.Kind() == reflect.Struct:
			for i := range v.NumField() {
				fill(v.Field(i))
			}
		case v.Kind() == reflect.Slice:
			v.Set(reflect.MakeSlice(v.Type(), 1, 1))
			fill(v.Index(0))
		case v.Kind() == reflect.Map && v.Type().Key() == reflect.TypeFor[ID]():
			v.Set(reflect.MakeMap(v.Type()))
			v.SetMapIndex(reflect.ValueOf(old), reflect.Zero(v.Type().Elem()))
			filled++
		}
	}
	for _, e := range []Element{&Function{}, &Role{}, &Policy{}, &Resource{}, &Trigger{}, &Principal{}} {
		fill(reflect.ValueOf(e).Elem())
		if text := fmt.Sprintf("%+v", reflect.ValueOf(withIDs(e, map[ID]ID{old: young})).Elem()); strings.Contains(text, string(old)) {
			t.Errorf("%T keeps an old id: %s", e, text)
		}
	}
	if filled < 20 {
		t.Errorf("only %d references looked at", filled)
	}
}

// A resource that one account names and another shows is what the other shows, whichever comes first.
func TestJoinShowsWhatIsNamed(t *testing.T) {
	const arn = "arn:aws:kms:eu-west-1:222222222222:key/k"
	names, err := New(Info{Name: "a", Account: "111111111111"}, &Resource{ID: "res/k", ARN: arn, External: true, Origin: source.Span{File: "a"}}, &Resource{ID: "res/b", ARN: "arn:aws:s3:::b", Key: "res/k", Origin: source.Span{File: "a"}})
	if err != nil {
		t.Fatal(err)
	}
	shows, err := New(Info{Name: "b", Account: "222222222222"}, &Resource{ID: "res/k", ARN: arn, Policy: &policy.Document{}, Origin: source.Span{File: "b"}})
	if err != nil {
		t.Fatal(err)
	}
	for _, designs := range [][]*Design{{names, shows}, {shows, names}} {
		j, err := Join(nil, designs...)
		if err != nil {
			t.Fatal(err)
		}
		d := j.Design
		if k := d.Resource(d.Resource("res/b").Key); len(d.Resources()) != 2 || k == nil || k.External {
			t.Errorf("%s: the key of b is %+v", ids(d), k)
		}
		if in := d.Info(); in.Accounts["a"] != "111111111111" || in.Accounts["b"] != "222222222222" {
			t.Errorf("accounts %v", in.Accounts)
		}
	}
}
