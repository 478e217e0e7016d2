package review

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"bulkhead/model"
	"bulkhead/model/catalog"
	"bulkhead/model/policy"
	"bulkhead/model/source"
)

// A holder is whoever policies are of.
type holder struct {
	id       model.ID
	policies []model.ID // own and groups'
	boundary model.ID
	trust    *policy.Document
	unseen   bool
}

func holdersOf(d *model.Design) []holder {
	var out []holder
	for _, r := range d.Roles() {
		out = append(out, holder{r.ID, r.Policies, r.Boundary, r.Trust, r.External})
	}
	for _, p := range d.Principals() {
		if p.Kind != model.User {
			continue
		}
		ids := slices.Clone(p.Policies)
		for _, g := range p.Groups {
			if group := d.Principal(g); group != nil {
				ids = append(ids, group.Policies...)
			}
		}
		out = append(out, holder{id: p.ID, policies: ids, boundary: p.Boundary})
	}
	return out
}

// A paper is a policy with its document.
type paper struct {
	id  model.ID
	doc *policy.Document
}

// papers lists the policies that were seen, and the names of those that were not.
func papers(d *model.Design, ids []model.ID) (seen []paper, unseen []string) {
	for _, id := range ids {
		switch p := d.Policy(id); {
		case p == nil:
		case p.Document == nil:
			unseen = append(unseen, cmp.Or(p.ARN, string(id)))
		default:
			seen = append(seen, paper{id, p.Document})
		}
	}
	return seen, unseen
}

// inOldNames is a document of after in before's names.
func (c *comparison) inOldNames(d *policy.Document) *policy.Document {
	if d == nil {
		return nil
	}
	n, ok := c.flat[d]
	if !ok {
		n = c.names.document(d)
		c.flat[d] = n
	}
	return n
}

// grants compares the policies of everybody who was there before.
func (c *comparison) grants() {
	before := map[model.ID]holder{}
	for _, h := range holdersOf(c.was) {
		before[h.id] = h
	}
	for _, h := range holdersOf(c.is) {
		o, ok := before[c.names.was[h.id]]
		if !ok {
			c.wider[h.id] = true
			continue
		}
		c.identity(h, o)
		if c.is.Role(h.id) != nil {
			c.resourcePolicy(h.id, "trust policy", h.trust, o.trust)
		}
	}
	// A function whose role is another one has another's permissions: what this one was not allowed is news.
	for _, f := range c.is.Functions() {
		g := c.was.Function(c.names.was[f.ID])
		if g == nil {
			continue
		}
		c.resourcePolicy(f.ID, "policy", f.Policy, g.Policy)
		if c.names.was[f.Role] == g.Role {
			continue
		}
		if r, o := c.is.Role(f.Role), c.was.Role(g.Role); r != nil && o != nil {
			h := holder{f.ID, r.Policies, r.Boundary, nil, r.External}
			c.identity(h, before[o.ID])
			c.wider[f.Role] = c.wider[f.Role] || c.wider[f.ID]
		}
	}
	for _, r := range c.is.Resources() {
		o := c.was.Resource(c.names.was[r.ID])
		if o == nil {
			continue
		}
		c.resourcePolicy(r.ID, "policy", r.Policy, o.Policy)
		c.passes(r.ID, r.Passes, o.Passes)
		if o.BlockPublicAccess && !r.BlockPublicAccess {
			c.add(Finding{ID: "wall " + string(r.ID) + " blockPublicAccess", Rule: WallRemoved, Subject: r.ID, Place: r.Origin,
				Says: c.is.Name(r.ID) + " no longer blocks public access"})
		}
		if o.Key != "" && r.Key == "" {
			c.add(Finding{ID: "wall " + string(r.ID) + " key", Rule: WallRemoved, Subject: r.ID, Place: r.Origin,
				Says: fmt.Sprintf("%s is no longer encrypted with %s: who may read it needs no key", c.is.Name(r.ID), c.was.Name(o.Key))})
		}
	}
	for _, o := range c.was.Resources() {
		if o.Passes != nil && c.names.is[o.ID] == "" {
			c.add(Finding{ID: "wall " + string(o.ID) + " endpoint", Rule: WallRemoved, Subject: o.ID, Place: o.Origin,
				Says:      c.was.Name(o.ID) + " is gone, whose policy limited what passes it",
				Undecided: "whether calls have another way out of its VPC is in no source: look at its routes"})
		}
	}
	c.guardrails()
}

// identity compares what somebody's own policies allow within the boundary.
func (c *comparison) identity(h, o holder) {
	is, unseen := papers(c.is, h.policies)
	was, unseenBefore := papers(c.was, o.policies)
	limit, _ := papers(c.is, []model.ID{h.boundary})
	limitBefore, _ := papers(c.was, []model.ID{o.boundary})
	name := c.is.Name(h.id)
	for _, u := range unseen {
		if !slices.Contains(unseenBefore, u) {
			c.wider[h.id] = true
			c.add(Finding{ID: fmt.Sprintf("grant %s %s", h.id, u), Rule: WiderGrant, Subject: h.id, Place: placeOf(c.is, h.id),
				Says: name + " has a policy that was not seen: " + u, Undecided: "open what defines " + u + " as well"})
		}
	}
	if h.unseen && !o.unseen {
		c.wider[h.id] = true
		c.add(Finding{ID: fmt.Sprintf("grant %s unseen", h.id), Rule: WiderGrant, Subject: h.id, Place: placeOf(c.is, h.id),
			Says: name + " has policies that were not seen", Undecided: "open what defines it as well"})
	}
	for i := range is {
		is[i].doc = c.inOldNames(is[i].doc)
	}
	for i := range limit {
		limit[i].doc = c.inOldNames(limit[i].doc)
	}
	key := strings.Join([]string{prints(is), prints(limit), prints(was), prints(limitBefore)}, "\n")
	c.boundary(h, o)
	if prints(is) == prints(was) && prints(limit) == prints(limitBefore) {
		return
	}
	then := layers(was, limitBefore)
	v, ok := c.verdicts[key]
	if !ok {
		v = within(is, limit, then)
		c.verdicts[key] = v
	}
	switch v.Answer {
	case policy.Yes:
	case policy.Unknown:
		c.wider[h.id] = true
		c.add(Finding{ID: fmt.Sprintf("grant %s undecided", h.id), Rule: WiderGrant, Subject: h.id, Place: c.placeOfChange(h, is, was),
			Says: "whether " + name + " is allowed nothing new is not proven", Undecided: v.Why})
	case policy.No:
		c.wider[h.id] = true
		c.culprits(h, is, limit, was, then, v)
	}
	c.denials(h, is, was, "")
	if h.boundary != "" && len(limitBefore) > 0 && prints(limit) != prints(limitBefore) {
		c.denials(h, limit, limitBefore, "boundary ")
		bound := within(limit, nil, layers(limitBefore, nil))
		if bound.Answer != policy.Yes {
			c.add(Finding{ID: fmt.Sprintf("wall %s boundary %s", h.id, bound.Answer), Rule: WallRemoved, Subject: h.id, Place: placeOf(c.is, h.boundary),
				Says: "the permissions boundary of " + name + " allows more than it did", Why: list(bound.Why), Undecided: undecided(bound), Witness: bound.Witness})
		}
	}
}

// boundary adds that somebody has no permissions boundary any more, or another one that was not seen.
func (c *comparison) boundary(h, o holder) {
	if o.boundary == "" {
		return
	}
	f := Finding{ID: fmt.Sprintf("wall %s boundary", h.id), Rule: WallRemoved, Subject: h.id, Place: placeOf(c.is, h.id)}
	is, was := c.is.Policy(h.boundary), c.was.Policy(o.boundary)
	switch {
	case h.boundary == "":
		f.Says = c.is.Name(h.id) + " no longer has a permissions boundary"
	case is != nil && was != nil && is.Document == nil && c.names.before(is.ARN) != was.ARN:
		f.Says = c.is.Name(h.id) + " has another permissions boundary, which was not seen: " + is.ARN
		f.Undecided = "open what defines " + is.ARN + " as well"
	default:
		return
	}
	c.wider[h.id] = true
	c.add(f)
}

func list(s string) []string {
	if s == "" {
		return nil
	}
	return []string{s}
}

func undecided(v policy.Verdict) string {
	if v.Answer == policy.Unknown {
		return cmp.Or(v.Why, "it is beyond what the proof decides")
	}
	return ""
}

// prints is what policies say in whatever order.
func prints(ps []paper) string {
	var out []string
	for _, p := range ps {
		for _, s := range p.doc.Statements {
			out = append(out, p.doc.Version+mark(s))
		}
	}
	slices.Sort(out)
	return strings.Join(slices.Compact(out), " ")
}

func layers(identity, limit []paper) *policy.Stack {
	s := &policy.Stack{Identity: program(identity)}
	if len(limit) > 0 {
		s.Boundary = program(limit)
	}
	return s
}

// within asks whether policies, as far as a boundary lets them, allow nothing that others did not. What only an action shows
// that AWS does not have is asked again for those that it has: a wildcard is the same as the list of what it stands for.
func within(is, limit []paper, then *policy.Stack) policy.Verdict {
	v := layers(is, limit).Within(then)
	if v.Answer == policy.Yes || v.Witness != nil && catalog.Load().Action(v.Witness.Action) != nil {
		return v
	}
	told, changed := spelled(is)
	if !changed {
		return v
	}
	return layers(told, limit).Within(then)
}

// spelled are policies whose grants name the actions that their wildcards stand for.
func spelled(ps []paper) (out []paper, changed bool) {
	for _, p := range ps {
		d := *p.doc
		d.Statements = slices.Clone(d.Statements)
		for i, s := range d.Statements {
			if s.Effect == policy.Deny || s.NotAction {
				continue
			}
			n := *s
			n.Actions = nil
			for _, a := range s.Actions {
				stands := []*catalog.Action(nil)
				if service, _, ok := strings.Cut(a, ":"); ok && !strings.ContainsAny(service, "*?") && strings.ContainsAny(a, "*?") {
					stands = catalog.Load().Expand(a)
				}
				if len(stands) == 0 {
					n.Actions = append(n.Actions, a)
					continue
				}
				changed = true
				for _, x := range stands {
					n.Actions = append(n.Actions, x.String())
				}
			}
			d.Statements[i] = &n
		}
		out = append(out, paper{p.id, &d})
	}
	return out, changed
}

func program(ps []paper) *policy.Program {
	docs := make([]*policy.Document, len(ps))
	for i, p := range ps {
		docs[i] = p.doc
	}
	out, err := policy.Compile(catalog.Load(), docs...)
	if err != nil { // Compile accepts every document
		panic(err)
	}
	return out
}

// culprits adds the statements that allow something new, each by itself within what limits it; where none does by
// itself, what limited them is gone.
func (c *comparison) culprits(h holder, is, limit, was []paper, then *policy.Stack, all policy.Verdict) {
	known := map[string]bool{}
	for _, p := range was {
		for _, s := range p.doc.Statements {
			known[p.doc.Version+mark(s)] = true
		}
	}
	var denies []paper
	for _, p := range is {
		d := *p.doc
		d.Statements = slices.DeleteFunc(slices.Clone(d.Statements), func(s *policy.Statement) bool { return s.Effect != policy.Deny })
		denies = append(denies, paper{p.id, &d})
	}
	found := false
	for _, p := range is {
		for _, s := range p.doc.Statements {
			if s.Effect == policy.Deny || known[p.doc.Version+mark(s)] {
				continue
			}
			alone := paper{p.id, &policy.Document{Version: p.doc.Version, Statements: []*policy.Statement{s}}}
			v := within(append([]paper{alone}, denies...), limit, then)
			if v.Answer == policy.Yes {
				continue
			}
			found = true
			f := Finding{Rule: WiderGrant, Subject: h.id, Place: s.Span, Witness: v.Witness, Undecided: undecided(v)}
			who := c.is.Name(h.id)
			f.ID = fmt.Sprintf("grant %s %s", h.id, mark(s))
			if q := c.is.Policy(p.id); q != nil && q.Managed && !q.Attaches && c.was.Policy(p.id) != nil && prints([]paper{{p.id, c.inOldNames(q.Document)}}) != prints(papersOf(c.was, p.id)) {
				// One statement of a policy that many have is one finding.
				f.ID, f.Subject, who = fmt.Sprintf("grant %s %s", p.id, mark(s)), p.id, "whoever has "+c.is.Name(p.id)
			}
			n := novel(s, func(s *policy.Statement) bool {
				alone := paper{p.id, &policy.Document{Version: p.doc.Version, Statements: []*policy.Statement{s}}}
				return within(append([]paper{alone}, denies...), limit, then).Answer != policy.Yes
			})
			f.Says = fmt.Sprintf("%s may do more: %s on %s%s", who, few(n.Actions, n.NotAction), few(n.Resources, n.NotResource), under(n))
			if v.Witness != nil {
				f.Why = []string{fmt.Sprintf("for example %s on %s, which was not allowed", v.Witness.Action, v.Witness.Resource)}
			}
			c.add(f)
		}
	}
	if !found {
		f := Finding{ID: fmt.Sprintf("grant %s limits", h.id), Rule: WiderGrant, Subject: h.id, Place: placeOf(c.is, h.id), Witness: all.Witness,
			Says: c.is.Name(h.id) + " may do more by the statements that it has: what limited them is gone"}
		if w := all.Witness; w != nil {
			f.Why = []string{fmt.Sprintf("for example %s on %s, which was not allowed", w.Action, w.Resource)}
		}
		c.add(f)
	}
}

// mostNovel is how many actions and resources of a statement are asked about one by one.
const mostNovel = 40

// novel is what of a statement allows something new, for people: its actions, then its resources, as far as each does by itself.
func novel(s *policy.Statement, is func(*policy.Statement) bool) *policy.Statement {
	n := *s
	alone := func(list []string, with func(*policy.Statement, []string)) []string {
		if len(list) < 2 || len(list) > mostNovel {
			return list
		}
		var out []string
		for _, x := range list {
			one := n
			if with(&one, []string{x}); is(&one) {
				out = append(out, x)
			}
		}
		if len(out) == 0 {
			return list
		}
		return out
	}
	if !s.NotAction {
		n.Actions = alone(s.Actions, func(o *policy.Statement, list []string) { o.Actions = list })
	}
	if !s.NotResource {
		n.Resources = alone(s.Resources, func(o *policy.Statement, list []string) { o.Resources = list })
	}
	return &n
}

func papersOf(d *model.Design, id model.ID) []paper {
	out, _ := papers(d, []model.ID{id})
	return out
}

// few names a list, as much of it as a line bears.
func few(list []string, not bool) string {
	out := strings.Join(list, ", ")
	if len(list) > 3 {
		out = fmt.Sprintf("%s and %d more", strings.Join(list[:3], ", "), len(list)-3)
	}
	if not {
		out = "everything but " + out
	}
	return cmp.Or(out, "itself")
}

func under(s *policy.Statement) string {
	if len(s.Conditions) == 0 {
		return ""
	}
	out := make([]string, len(s.Conditions))
	for i, x := range s.Conditions {
		out[i] = x.String()
	}
	return ", if " + strings.Join(out, " and ")
}

// placeOfChange is the first statement that was not there, else the holder.
func (c *comparison) placeOfChange(h holder, is, was []paper) source.Span {
	for _, p := range is {
		for _, s := range p.doc.Statements {
			if !slices.ContainsFunc(was, func(o paper) bool {
				return slices.ContainsFunc(o.doc.Statements, func(t *policy.Statement) bool { return mark(s) == mark(t) })
			}) && !s.Span.IsZero() {
				return s.Span
			}
		}
	}
	return placeOf(c.is, h.id)
}
