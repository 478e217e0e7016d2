package export

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"bulkhead/model/catalog"
	"bulkhead/model/policy"
)

// Tidy is a document with the least text that means the same, in an order that depends on what it says alone: lists sorted and
// without what another entry covers, statements that can be one made one (without a Sid, where they had different ones), and
// without those that another covers. Each of these steps keeps what is allowed and what is denied. Wildcards are not put in
// the place of names: they would allow what AWS adds later.
func Tidy(d *policy.Document) *policy.Document {
	out := &policy.Document{Version: d.Version, ID: d.ID}
	for _, s := range d.Statements {
		out.Statements = append(out.Statements, brief(ordered(s)))
	}
	sortStatements(out.Statements) // whose words stay must not depend on where they stood
	out.Statements = merged(out.Statements)
	sortStatements(out.Statements)
	return out
}

func stack(docs ...*policy.Document) (*policy.Stack, error) {
	program, err := policy.Compile(catalog.Load(), docs...)
	if err != nil {
		return nil, fmt.Errorf("compile a policy: %w", err)
	}
	return &policy.Stack{Identity: program}, nil
}

// ordered is a statement with its lists in order.
func ordered(s *policy.Statement) *policy.Statement {
	out := *s
	out.Actions = nil
	for _, a := range s.Actions {
		if known := catalog.Load().Action(a); known != nil {
			a = known.String() // as AWS spells it
		}
		out.Actions = append(out.Actions, a)
	}
	slices.Sort(out.Actions)
	out.Actions = slices.Compact(out.Actions)
	if s.Resources != nil {
		out.Resources = slices.Compact(slices.Sorted(slices.Values(s.Resources)))
	}
	out.Conditions = nil
	for _, c := range s.Conditions {
		c.Values = slices.Compact(slices.Sorted(slices.Values(c.Values)))
		out.Conditions = append(out.Conditions, c)
	}
	slices.SortStableFunc(out.Conditions, func(a, b policy.Condition) int {
		return cmp.Or(cmp.Compare(a.Operator, b.Operator), cmp.Compare(a.Key, b.Key))
	})
	return &out
}

// brief is an ordered statement without entries that others of their list cover.
func brief(s *policy.Statement) *policy.Statement {
	out := *s
	out.Actions = uncovered(s.Actions, coversAction)
	if s.Resources != nil {
		out.Resources = uncovered(s.Resources, coversResource)
	}
	return &out
}

// coversResource is policy.Covers, quick where there is no wildcard.
func coversResource(wide, narrow string) bool {
	return wide == narrow || strings.ContainsAny(wide, "*?") && policy.Covers(wide, narrow)
}

func coversAction(wide, narrow string) bool {
	if !strings.ContainsAny(wide, "*?") {
		return strings.EqualFold(wide, narrow)
	}
	return policy.Covers(strings.ToLower(wide), strings.ToLower(narrow))
}

// uncovered lists the entries that no other entry covers; of two that cover each other, the first. Only what has a wildcard
// covers anything but what reads the same.
func uncovered(list []string, covers func(wide, narrow string) bool) []string {
	var wild []int
	for i, x := range list {
		if strings.ContainsAny(x, "*?") {
			wild = append(wild, i)
		}
	}
	var out []string
	seen := map[string]bool{}
	for i, x := range list {
		fold := strings.ToLower(x)
		if seen[fold] && slices.ContainsFunc(out, func(o string) bool { return covers(o, x) && covers(x, o) }) {
			continue
		}
		seen[fold] = true
		if !slices.ContainsFunc(wild, func(j int) bool {
			return i != j && covers(list[j], x) && (j < i || !covers(x, list[j]))
		}) {
			out = append(out, x)
		}
	}
	return out
}

// merged makes one of statements that differ in their resources alone, or in their actions alone, and leaves out those that
// another covers, until there are no more.
func merged(in []*policy.Statement) []*policy.Statement {
	out := in
	for {
		n := len(out)
		out = grouped(out, func(s *policy.Statement) (string, bool) {
			return strings.ToLower(strings.Join(s.Actions, "\n")), !s.NotResource
		}, func(one, s *policy.Statement) { one.Resources = slices.Concat(one.Resources, s.Resources) })
		out = grouped(out, func(s *policy.Statement) (string, bool) {
			return strings.Join(s.Resources, "\n"), !s.NotAction
		}, func(one, s *policy.Statement) { one.Actions = slices.Concat(one.Actions, s.Actions) })
		out = needed(out)
		if len(out) == n {
			return out
		}
	}
}

// grouped makes one of all statements that have one key and differ in what add puts together; ok is false for those that
// stay. Sids that differ go.
func grouped(in []*policy.Statement, key func(*policy.Statement) (k string, ok bool), add func(one, s *policy.Statement)) []*policy.Statement {
	var out []*policy.Statement
	at := map[string]int{}
	grown := map[int]bool{}
	for _, s := range in {
		k, ok := key(s)
		if !ok || s.Principals != nil {
			out = append(out, s)
			continue
		}
		k = fmt.Sprintf("%v %v %v %s\n\n%s", s.Effect, s.NotAction, s.NotResource, conditions(s), k)
		i, seen := at[k]
		if !seen {
			at[k] = len(out)
			c := *s
			out = append(out, &c)
			continue
		}
		add(out[i], s)
		grown[i] = true
		if out[i].Sid != s.Sid {
			out[i].Sid = ""
		}
	}
	for i := range out {
		if grown[i] {
			out[i] = brief(ordered(out[i]))
		}
	}
	return out
}

// needed are the statements that no other covers; of two that cover each other, the first in order.
func needed(in []*policy.Statement) []*policy.Statement {
	out := slices.Clone(in)
	sortStatements(out) // which stays must not depend on where they stood
	for i := 0; i < len(out); i++ {
		if slices.ContainsFunc(out, func(o *policy.Statement) bool { return o != out[i] && coversStatement(o, out[i]) }) {
			out = slices.Delete(out, i, i+1)
			i--
		}
	}
	return out
}

// coversStatement reports whether a says all that b does.
func coversStatement(a, b *policy.Statement) bool {
	if a.Effect != b.Effect || a.Principals != nil || b.Principals != nil || a.NotAction || b.NotAction || a.NotResource || b.NotResource {
		return false
	}
	for _, c := range a.Conditions {
		if !slices.ContainsFunc(b.Conditions, c.Equal) {
			return false
		}
	}
	all := func(wide, narrow []string, covers func(wide, narrow string) bool) bool {
		return !slices.ContainsFunc(narrow, func(n string) bool {
			return !slices.ContainsFunc(wide, func(w string) bool { return covers(w, n) })
		})
	}
	return all(a.Actions, b.Actions, coversAction) && all(a.Resources, b.Resources, coversResource)
}

// sortStatements puts statements in an order that depends on what they say: what is allowed first.
func sortStatements(list []*policy.Statement) {
	slices.SortStableFunc(list, func(a, b *policy.Statement) int {
		return cmp.Or(cmp.Compare(a.Effect, b.Effect), slices.Compare(a.Actions, b.Actions), slices.Compare(a.Resources, b.Resources),
			cmp.Compare(turned(a), turned(b)), cmp.Compare(conditions(a), conditions(b)), cmp.Compare(a.Sid, b.Sid))
	})
}

// turned tells statements apart that are about what their lists name from those that are about all else.
func turned(s *policy.Statement) int {
	n := 0
	if s.NotAction {
		n++
	}
	if s.NotResource {
		n += 2
	}
	return n
}

func conditions(s *policy.Statement) string {
	var out []string
	for _, c := range s.Conditions {
		out = append(out, c.String())
	}
	return strings.Join(out, "\n")
}
