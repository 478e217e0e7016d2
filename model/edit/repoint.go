package edit

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"bulkhead/model"
	"bulkhead/model/policy"
)

// withARN is the statement with an ARN, qualified or not, replaced wherever it stands; itself if it is not there.
func withARN(st *policy.Statement, old, arn string) *policy.Statement {
	changed := false
	swap := func(text string) string {
		if rest, ok := strings.CutPrefix(text, old); ok && (rest == "" || strings.ContainsRune(":/*", rune(rest[0]))) {
			changed = true
			return arn + text[len(old):]
		}
		return text
	}
	n := *st
	n.Resources = nil
	for _, r := range st.Resources {
		n.Resources = append(n.Resources, swap(r))
	}
	n.Principals = nil
	for _, p := range st.Principals {
		p.Value = swap(p.Value)
		n.Principals = append(n.Principals, p)
	}
	n.Conditions = nil
	for _, c := range st.Conditions {
		values := make([]string, len(c.Values))
		for i, v := range c.Values {
			values[i] = swap(v)
		}
		c.Values = values
		n.Conditions = append(n.Conditions, c)
	}
	if !changed {
		return st
	}
	return &n
}

// withARNs is the document with ARNs replaced in every statement; itself if none is there.
func withARNs(doc *policy.Document, pairs ...[2]string) *policy.Document {
	if doc == nil {
		return nil
	}
	n := *doc
	n.Statements = nil
	changed := false
	for _, st := range doc.Statements {
		to := st
		for _, p := range pairs {
			if p[0] != "" && p[1] != "" {
				to = withARN(to, p[0], p[1])
			}
		}
		changed = changed || to != st
		n.Statements = append(n.Statements, to)
	}
	if !changed {
		return doc
	}
	return &n
}

// A passing is a function that goes, with its role where that goes too, and what takes their place for others.
type passing struct {
	function *model.Function
	role     *model.Role // nil: it stays
	heir     *model.Function
	heirRole *model.Role // both nil: nothing takes their place
	dangling []string    // what refers to nothing any more
	changes  []model.Change
}

// repoint leads what refers to the function that goes, and to its role, to the heir; without one, what dangles is
// collected.
func (p *passing) repoint(d *model.Design) (*model.Design, error) {
	for _, e := range d.Elements() {
		switch e := e.(type) {
		case *model.Policy:
			if !isAWSManaged(e) {
				p.document(e, e.Document, func(doc *policy.Document) model.Element { n := *e; n.Document = doc; return &n }, "policy "+string(e.ID))
			}
		case *model.Resource:
			p.document(e, e.Policy, func(doc *policy.Document) model.Element { n := *e; n.Policy = doc; return &n }, "the policy of "+string(e.ID))
		case *model.Role:
			p.document(e, e.Trust, func(doc *policy.Document) model.Element { n := *e; n.Trust = doc; return &n }, "the trust policy of "+string(e.ID))
		case *model.Trigger:
			if e.From != p.function.ID {
				continue
			}
			if p.heir == nil {
				p.dangling = append(p.dangling, "trigger "+string(e.ID))
				continue
			}
			n := *e
			n.From = p.heir.ID
			p.changes = append(p.changes, model.Change{Before: e, After: &n})
		case *model.Function:
			p.otherFunction(e)
		case *model.Principal:
		}
	}
	after, err := d.With(p.changes...)
	if err != nil || p.heir == nil {
		return after, err
	}
	info := after.Info()
	info.Passed = maps.Clone(info.Passed)
	if info.Passed == nil {
		info.Passed = map[model.ID]model.ID{}
	}
	info.Passed[p.function.ID] = p.heir.ID
	if p.role != nil {
		info.Passed[p.role.ID] = p.heirRole.ID
	}
	return after.WithInfo(info), nil
}

// replaced is the document as it is to be; whether it refers to what goes.
func (p *passing) replaced(doc *policy.Document) (*policy.Document, bool) {
	pairs := [][2]string{{p.function.ARN, "-"}}
	if p.role != nil {
		pairs = append(pairs, [2]string{p.role.ARN, "-"})
	}
	if p.heir != nil {
		pairs[0][1] = p.heir.ARN
		if p.role != nil {
			pairs[1][1] = p.heirRole.ARN
		}
	}
	n := withARNs(doc, pairs...)
	return n, n != doc
}

func (p *passing) document(e model.Element, doc *policy.Document, set func(*policy.Document) model.Element, what string) {
	n, refers := p.replaced(doc)
	switch {
	case !refers:
	case p.heir == nil:
		p.dangling = append(p.dangling, what)
	default:
		p.changes = append(p.changes, model.Change{Before: e, After: set(n)})
	}
}

// otherFunction repoints a function's environment, destinations and resource policy.
func (p *passing) otherFunction(f *model.Function) {
	n := *f
	changed := false
	for i, v := range f.Environment {
		if v.Refers != p.function.ID {
			continue
		}
		if p.heir == nil {
			p.dangling = append(p.dangling, fmt.Sprintf("environment variable %s of %s", v.Name, f.ID))
			continue
		}
		n.Environment = slices.Clone(n.Environment)
		n.Environment[i].Refers = p.heir.ID
		changed = true
	}
	for i, arn := range f.Destinations {
		if arn != p.function.ARN {
			continue
		}
		if p.heir == nil {
			p.dangling = append(p.dangling, "a destination of "+string(f.ID))
			continue
		}
		n.Destinations = slices.Clone(n.Destinations)
		n.Destinations[i] = p.heir.ARN
		changed = true
	}
	if doc, refers := p.replaced(f.Policy); refers {
		if p.heir == nil {
			p.dangling = append(p.dangling, "the policy of "+string(f.ID))
		} else {
			n.Policy, changed = doc, true
		}
	}
	if changed {
		p.changes = append(p.changes, model.Change{Before: f, After: &n})
	}
}

// sweep takes out managed policies and external roles that the design only knew because they were used. Those of
// an account exist whether used or not.
func sweep(before, after *model.Design) (*model.Design, error) {
	if after.Info().Kind == "account" {
		return after, nil
	}
	used := func(d *model.Design) map[model.ID]bool {
		out := map[model.ID]bool{}
		for _, e := range d.Elements() {
			if h := holderOf(e); h != nil {
				for _, id := range h.policies {
					out[id] = true
				}
				out[h.boundary] = true
			}
		}
		return out
	}
	was, is := used(before), used(after)
	var changes []model.Change
	for _, p := range after.Policies() {
		if p.Managed && p.LogicalID == "" && was[p.ID] && !is[p.ID] {
			changes = append(changes, model.Change{Before: p})
		}
	}
	return after.With(changes...)
}
