package export

import (
	"slices"
	"strings"

	"bulkhead/model"
	"bulkhead/model/policy"
)

// A Boundary is a permissions boundary that lets a role do what it may do in the design, and nothing else as far as there is
// room for it: whatever is attached to the role later.
type Boundary struct {
	Document *policy.Document
	Kept     model.ID // the boundary that the role has already and keeps, "" where it gets this one
	Loose    string   // in which way it allows more than the role's policies, "" where it does not
}

// boundaryOf makes the boundary of a role, nil for one that is allowed nothing. AWS's own policies that are attached count, as
// does what policies of resources and the trust policies of other roles allow it: a boundary limits that too where they name
// the role ("Permissions boundaries for IAM entities"). A role that has a boundary gets what both allow where that can be
// written down, and keeps its own where not.
func boundaryOf(d *model.Design, r *model.Role) (*Boundary, error) {
	docs := d.Documents(r.Policies)
	if granted := grantedTo(d, r); len(granted) > 0 {
		docs = append(docs, &policy.Document{Version: current, Statements: granted})
	}
	identity, err := stack(docs...)
	if err != nil {
		return nil, err
	}
	exact := &policy.Document{Version: current}
	for _, doc := range join(docs) {
		exact.Statements = append(exact.Statements, plain(Current(doc).Statements)...)
	}
	var had *policy.Document
	if p := d.Policy(r.Boundary); p != nil {
		had = p.Document
	}
	if r.Boundary != "" {
		kept := &Boundary{Document: had, Kept: r.Boundary}
		if had == nil {
			return kept, nil
		}
		both, ok, err := intersection(identity, had, docs)
		if err != nil {
			return nil, err
		}
		if !ok {
			return kept, nil
		}
		exact = both
	}
	if !slices.ContainsFunc(exact.Statements, func(s *policy.Statement) bool { return s.Effect == policy.Allow }) {
		return nil, nil
	}
	b := &Boundary{Document: Tidy(exact)}
	for _, looser := range []struct {
		make func(*policy.Document) *policy.Document
		how  string
	}{
		{withoutDenials, "the role's own denials are not in it"},
		{anyResource, "it allows the role's actions on any resource"},
		{anyAction, "it allows all actions of the services that the role uses"},
	} {
		if b.Document.Size() <= policy.ManagedPolicy.Room() {
			break
		}
		b.Document = Tidy(looser.make(b.Document))
		b.Loose = looser.how
	}
	return b, nil
}

// plain are statements without Sids, which have to be unique in a document.
func plain(in []*policy.Statement) []*policy.Statement {
	var out []*policy.Statement
	for _, s := range in {
		c := *s
		c.Sid = ""
		out = append(out, &c)
	}
	return out
}

// Current is a document of an old version, in which "${" is text, in words of the current one.
func Current(d *policy.Document) *policy.Document {
	if d.Version == current {
		return d
	}
	escape := func(list []string) []string {
		if list == nil {
			return nil
		}
		out := make([]string, len(list))
		for i, s := range list {
			out[i] = escapeVariables(s)
		}
		return out
	}
	out := &policy.Document{Version: current}
	for _, s := range d.Statements {
		c := *s
		c.Resources = escape(s.Resources)
		c.Conditions = slices.Clone(s.Conditions)
		for i := range c.Conditions {
			c.Conditions[i].Values = escape(c.Conditions[i].Values)
		}
		out.Statements = append(out.Statements, &c)
	}
	return out
}

// escapeVariables writes the $ of what the current version takes for a variable as ${$}. Unknown values stay.
func escapeVariables(s string) string {
	var b strings.Builder
	for s != "" {
		if rest, ok := strings.CutPrefix(s, "${"); ok {
			name, _, closed := strings.Cut(rest, "}")
			if closed && strings.Contains(name, ":") {
				b.WriteString("${$}")
				s = s[1:]
				continue
			}
		}
		b.WriteByte(s[0])
		s = s[1:]
	}
	return b.String()
}

// intersection is what identity policies and a boundary both allow, as one document; ok is false where that cannot be
// written down or is not proven to be the same.
func intersection(identity *policy.Stack, boundary *policy.Document, docs []*policy.Document) (both *policy.Document, ok bool, err error) {
	bound, err := stack(boundary)
	if err != nil {
		return nil, false, err
	}
	limited := &policy.Stack{Identity: identity.Identity, Boundary: bound.Identity}
	both = &policy.Document{Version: current}
	for g := range limited.Grants() {
		s := &policy.Statement{Effect: policy.Allow, Actions: g.Actions, Resources: g.Resources, Conditions: g.When}
		both.Statements = append(both.Statements, s)
	}
	for _, d := range append(slices.Clone(docs), boundary) {
		for _, s := range plain(Current(d).Statements) {
			if s.Effect == policy.Deny {
				both.Statements = append(both.Statements, s)
			}
		}
	}
	if _, err := both.MarshalJSON(); err != nil {
		return nil, false, nil //nolint:nilerr // two conditions of one operator and key, which one statement cannot say
	}
	s, err := stack(both)
	if err != nil {
		return nil, false, err
	}
	for _, v := range []policy.Verdict{s.Within(limited), limited.Within(s)} {
		if v.Answer != policy.Yes {
			return nil, false, nil
		}
	}
	return both, true, nil
}

// grantedTo lists what policies of the design's resources, and trust policies of its other roles, allow a role, as statements
// of its own.
func grantedTo(d *model.Design, r *model.Role) []*policy.Statement {
	var out []*policy.Statement
	add := func(doc *policy.Document, arn string) {
		if doc == nil {
			return
		}
		for _, s := range doc.Statements {
			named := func(p policy.Principal) bool {
				return p.Kind == "*" || p.Kind == "AWS" && (p.Value == "*" || p.Value == r.ARN)
			}
			if s.Effect != policy.Allow || s.NotPrincipal || !slices.ContainsFunc(s.Principals, named) {
				continue
			}
			c := *s
			c.Sid, c.Principals = "", nil
			if c.Resources == nil {
				c.Resources = []string{arn}
			}
			out = append(out, &c)
		}
	}
	for _, e := range d.Resources() {
		add(e.Policy, e.ARN)
	}
	for _, f := range d.Functions() {
		add(f.Policy, f.ARN)
	}
	for _, o := range d.Roles() {
		if o.ID != r.ID {
			add(o.Trust, o.ARN)
		}
	}
	return out
}

func withoutDenials(d *policy.Document) *policy.Document {
	out := &policy.Document{Version: d.Version}
	for _, s := range d.Statements {
		if s.Effect == policy.Allow {
			out.Statements = append(out.Statements, s)
		}
	}
	return out
}

// anyResource allows a document's actions on any resource, whatever the conditions.
func anyResource(d *policy.Document) *policy.Document {
	out := &policy.Document{Version: d.Version}
	for _, s := range d.Statements {
		c := *s
		c.Resources, c.NotResource, c.Conditions = []string{"*"}, false, nil
		out.Statements = append(out.Statements, &c)
	}
	return out
}

// anyAction allows all actions of the services of a document.
func anyAction(d *policy.Document) *policy.Document {
	out := &policy.Document{Version: d.Version}
	for _, s := range d.Statements {
		c := *s
		if !c.NotAction {
			c.Actions = nil
			for _, a := range s.Actions {
				if service, _, ok := strings.Cut(a, ":"); ok {
					a = service + ":*"
				}
				c.Actions = append(c.Actions, a)
			}
		}
		out.Statements = append(out.Statements, &c)
	}
	return out
}
