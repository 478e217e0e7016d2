package edit

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"bulkhead/model"
	"bulkhead/model/policy"
)

// reworded is the statement with every text in it that may name something as swap has it; itself if that changes none.
func reworded(st *policy.Statement, swap func(string) string) *policy.Statement {
	changed := false
	say := func(text string) string {
		n := swap(text)
		changed = changed || n != text
		return n
	}
	n := *st
	n.Resources = nil
	for _, r := range st.Resources {
		n.Resources = append(n.Resources, say(r))
	}
	n.Principals = nil
	for _, p := range st.Principals {
		p.Value = say(p.Value)
		n.Principals = append(n.Principals, p)
	}
	n.Conditions = nil
	for _, c := range st.Conditions {
		values := make([]string, len(c.Values))
		for i, v := range c.Values {
			values[i] = say(v)
		}
		c.Values = values
		n.Conditions = append(n.Conditions, c)
	}
	if !changed {
		return st
	}
	return &n
}

// rewordedDocument is the document with every statement reworded; itself if none is.
func rewordedDocument(doc *policy.Document, swap func(string) string) *policy.Document {
	if doc == nil {
		return nil
	}
	n := *doc
	n.Statements = nil
	changed := false
	for _, st := range doc.Statements {
		to := reworded(st, swap)
		changed = changed || to != st
		n.Statements = append(n.Statements, to)
	}
	if !changed {
		return doc
	}
	return &n
}

// withARN is a text that is an ARN, qualified or not, or a part of what it names, with another in its place.
func withARN(text, old, arn string) string {
	if rest, ok := strings.CutPrefix(text, old); ok && old != "" && arn != "" && (rest == "" || strings.ContainsRune(":/*", rune(rest[0]))) {
		return arn + rest
	}
	return text
}

// withARNs is the document with an ARN replaced wherever it stands; itself if it is not there.
func withARNs(doc *policy.Document, old, arn string) *policy.Document {
	return rewordedDocument(doc, func(text string) string { return withARN(text, old, arn) })
}

// namesARN reports whether a document names an ARN.
func namesARN(doc *policy.Document, arn string) bool { return withARNs(doc, arn, "-") != doc }

// withPlaceholder is a text with a placeholder for a name that AWS generates replaced by another name. A name that somebody
// chose may stand in a text by chance.
func withPlaceholder(text, old, name string) string {
	if !strings.HasSuffix(old, generated) {
		return text
	}
	return strings.ReplaceAll(text, old, name)
}

// generated is what a placeholder for a name that AWS generates ends with.
const generated = "-GENERATED"

// A passing is a function that goes, with its role where that goes too, and what takes their place for others.
type passing struct {
	function *model.Function
	role     *model.Role // nil: it stays
	heir     *model.Function
	heirRole *model.Role // both nil: nothing takes their place
	boundary model.ID    // of the heir's role: it cannot name who it bounds, the role needs it first; "" for none
	dangling []string    // what refers to nothing any more
	changes  []model.Change
}

// repoint leads what refers to the function that goes, and to its role, to the heir; without one, what dangles is
// collected.
func (p *passing) repoint(d *model.Design) (*model.Design, error) {
	for _, e := range d.Elements() {
		switch e := e.(type) {
		case *model.Policy:
			if !isAWSManaged(e) && (e.ID != p.boundary || p.heir == nil) {
				p.document(e, e.Document, func(doc *policy.Document) model.Element { n := *e; n.Document = doc; return &n }, "policy "+string(e.ID))
			}
		case *model.Resource:
			p.resource(e)
		case *model.Role:
			p.document(e, e.Trust, func(doc *policy.Document) model.Element { n := *e; n.Trust = doc; return &n }, "the trust policy of "+string(e.ID))
		case *model.Trigger:
			acts := p.role != nil && e.Role == p.role.ID
			if e.From != p.function.ID && !acts {
				continue
			}
			if p.heir == nil {
				p.dangling = append(p.dangling, "trigger "+string(e.ID))
				continue
			}
			n := *e
			if e.From == p.function.ID {
				n.From = p.heir.ID
			}
			if acts {
				n.Role = p.heirRole.ID
			}
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

// swap is a text with the names and ARNs of what goes replaced by those of what takes its place, or by "-".
func (p *passing) swap(text string) string {
	arn, roleARN, name, roleName := "-", "-", "-", "-"
	if p.heir != nil {
		arn, name = p.heir.ARN, p.heir.Name
		if p.role != nil {
			roleARN, roleName = p.heirRole.ARN, p.heirRole.Name
		}
	}
	text = withPlaceholder(withARN(text, p.function.ARN, arn), p.function.Name, name)
	if p.role != nil {
		text = withPlaceholder(withARN(text, p.role.ARN, roleARN), p.role.Name, roleName)
	}
	return text
}

// replaced is the document as it is to be; whether it refers to what goes.
func (p *passing) replaced(doc *policy.Document) (*policy.Document, bool) {
	n := rewordedDocument(doc, p.swap)
	return n, n != doc
}

// resource repoints a resource: its policy, and its name where that is made of the function's, as that of a log group.
func (p *passing) resource(r *model.Resource) {
	n := *r
	n.Policy, _ = p.replaced(r.Policy)
	n.Name, n.ARN = p.swap(r.Name), p.swap(r.ARN)
	switch {
	case n.Policy == r.Policy && n.Name == r.Name && n.ARN == r.ARN:
	case p.heir != nil:
		p.changes = append(p.changes, model.Change{Before: r, After: &n})
	case n.Policy != r.Policy:
		p.dangling = append(p.dangling, "the policy of "+string(r.ID))
	default:
		p.dangling = append(p.dangling, "the name of "+string(r.ID))
	}
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
