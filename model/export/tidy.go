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
// without those that another covers. Shorter is what is proven to allow, and to deny, the same both ways; where that is beyond
// the proof, lists and statements are sorted and stay as they are. Wildcards are not put in the place of names: they would
// allow what AWS adds later.
func Tidy(d *policy.Document) (*policy.Document, error) {
	sorted := &policy.Document{Version: d.Version, ID: d.ID}
	for _, s := range d.Statements {
		sorted.Statements = append(sorted.Statements, ordered(s))
	}
	short := &policy.Document{Version: d.Version, ID: d.ID}
	for _, s := range sorted.Statements {
		short.Statements = append(short.Statements, brief(s))
	}
	short.Statements = merged(short.Statements)
	sortStatements(sorted.Statements)
	sortStatements(short.Statements)
	same, err := Equivalent(short, d)
	if err != nil {
		return nil, err
	}
	if same {
		return short, nil
	}
	return sorted, nil
}

// Equivalent reports whether two documents are proven to allow and to deny the same.
func Equivalent(a, b *policy.Document) (bool, error) {
	x, err := stack(a)
	if err != nil {
		return false, err
	}
	y, err := stack(b)
	if err != nil {
		return false, err
	}
	for _, v := range []policy.Verdict{x.Within(y), y.Within(x)} {
		if v.Answer != policy.Yes || v.Note != "" {
			return false, nil
		}
	}
	return true, nil
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
	out.Actions = slices.Compact(slices.Sorted(slices.Values(s.Actions)))
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
		out.Resources = uncovered(s.Resources, policy.Covers)
	}
	return &out
}

func coversAction(wide, narrow string) bool {
	return policy.Covers(strings.ToLower(wide), strings.ToLower(narrow))
}

// uncovered lists the entries that no other entry covers; of two that cover each other, the first.
func uncovered(list []string, covers func(wide, narrow string) bool) []string {
	var out []string
	for i, x := range list {
		redundant := false
		for j, y := range list {
			if i != j && covers(y, x) && (j < i || !covers(x, y)) {
				redundant = true
				break
			}
		}
		if !redundant {
			out = append(out, x)
		}
	}
	return out
}

// merged makes one of statements that differ in their actions alone, or in their resources alone, and leaves out those
// that another covers, until there are no more.
func merged(in []*policy.Statement) []*policy.Statement {
	out := slices.Clone(in)
	sortStatements(out) // what is merged first must not depend on where it stood
	for {
		i, j, one := mergeable(out)
		if one == nil {
			return out
		}
		out[i] = one
		out = slices.Delete(out, j, j+1)
	}
}

func mergeable(list []*policy.Statement) (i, j int, one *policy.Statement) {
	for i, a := range list {
		for j := i + 1; j < len(list); j++ {
			if one := merge(a, list[j]); one != nil {
				return i, j, one
			}
		}
	}
	return 0, 0, nil
}

// merge is two statements as one, nil where one cannot say both in less text.
func merge(a, b *policy.Statement) *policy.Statement {
	if a.Effect != b.Effect || a.Principals != nil || b.Principals != nil {
		return nil
	}
	switch {
	case coversStatement(a, b):
		return a
	case coversStatement(b, a):
		return b
	case a.NotAction != b.NotAction || a.NotResource != b.NotResource || !slices.EqualFunc(a.Conditions, b.Conditions, policy.Condition.Equal):
		return nil
	}
	out := *a
	switch {
	case !a.NotResource && slices.EqualFunc(a.Actions, b.Actions, strings.EqualFold):
		out.Resources = slices.Concat(a.Resources, b.Resources)
	case !a.NotAction && slices.Equal(a.Resources, b.Resources):
		out.Actions = slices.Concat(a.Actions, b.Actions)
	default:
		return nil
	}
	if a.Sid != b.Sid {
		out.Sid = ""
	}
	return brief(ordered(&out))
}

// coversStatement reports whether a says all that b does.
func coversStatement(a, b *policy.Statement) bool {
	if a.NotAction || b.NotAction || a.NotResource || b.NotResource {
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
	return all(a.Actions, b.Actions, coversAction) && all(a.Resources, b.Resources, policy.Covers)
}

// sortStatements puts statements in an order that depends on what they say: what is allowed first.
func sortStatements(list []*policy.Statement) {
	slices.SortStableFunc(list, func(a, b *policy.Statement) int {
		return cmp.Or(cmp.Compare(a.Effect, b.Effect), slices.Compare(a.Actions, b.Actions), slices.Compare(a.Resources, b.Resources),
			cmp.Compare(conditions(a), conditions(b)), cmp.Compare(a.Sid, b.Sid))
	})
}

func conditions(s *policy.Statement) string {
	var out []string
	for _, c := range s.Conditions {
		out = append(out, c.String())
	}
	return strings.Join(out, "\n")
}
