package policy

import (
	"slices"
	"testing"

	"bulkhead/model/catalog"
)

// AWS's own policies, each with a tightening and a widening: proofs on them are found, and true.
func TestWithinManagedPolicies(t *testing.T) {
	c := catalog.Load()
	names := c.ManagedPolicies()
	if len(names) == 0 {
		t.Fatal("the catalogue has no managed policies")
	}
	counts := map[Answer]int{}
	for i, name := range names {
		before := mustParse(t, string(c.ManagedPolicy(name).Document))
		again := mustParse(t, string(c.ManagedPolicy(name).Document))
		k := slices.IndexFunc(before.Statements, func(s *Statement) bool { return s.Effect == Allow && !s.NotAction && len(s.Actions) > 0 })
		if i%8 != 0 || k < 0 {
			continue // a part of them is enough for every run
		}
		stack := func(d *Document) *Stack {
			p, err := Compile(c, d)
			if err != nil {
				t.Fatal(err)
			}
			return &Stack{Identity: p}
		}
		if v := stack(again).Within(stack(before)); v.Answer != Yes {
			t.Errorf("%s is not within itself: %v %s", name, v.Answer, v.Why)
		}
		change := func(f func(s *Statement)) *Document {
			d := &Document{Version: again.Version, Statements: slices.Clone(again.Statements)}
			s := *d.Statements[k]
			f(&s)
			d.Statements[k] = &s
			return d
		}
		for kind, d := range map[string]*Document{
			"a condition added": change(func(s *Statement) {
				s.Conditions = append(slices.Clone(s.Conditions), Condition{"StringEquals", "aws:x", []string{"y"}})
			}),
			"wildcards expanded": change(func(s *Statement) {
				var list []string
				for _, a := range s.Actions {
					for _, known := range c.Expand(a) {
						list = append(list, known.String())
					}
				}
				s.Actions = list
			}),
			"a resource named": change(func(s *Statement) {
				if slices.Contains(s.Resources, "*") {
					s.Resources = []string{"arn:aws:s3:::a/*", "arn:aws:sqs:*:111122223333:q"}
				}
			}),
			"an action dropped": change(func(s *Statement) { s.Actions = s.Actions[1:] }),
		} {
			if v := stack(d).Within(stack(before)); v.Answer != Yes {
				t.Errorf("%s with %s: %v %s", name, kind, v.Answer, v.Why)
			}
		}
		for kind, d := range map[string]*Document{
			"an action added": change(func(s *Statement) { s.Actions = append(slices.Clone(s.Actions), "iam:CreateUser") }),
			"any resource":    change(func(s *Statement) { s.Resources, s.NotResource = []string{"*"}, false }),
			"no conditions":   change(func(s *Statement) { s.Conditions = nil }),
		} {
			after, old := stack(d), stack(before)
			v := after.Within(old)
			counts[v.Answer]++
			checkVerdict(t, after, old, v)
			if v.Answer == Unknown {
				t.Logf("%s with %s: %s", name, kind, v.Why)
			}
		}
	}
	if all := counts[Yes] + counts[No] + counts[Unknown]; counts[Unknown]*50 > all || counts[No] == 0 {
		t.Errorf("answers to widenings: %v", counts)
	}
}
