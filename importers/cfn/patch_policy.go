package cfn

import (
	"slices"
	"strconv"
	"strings"

	"bulkhead/importers/yamlpos"
	"bulkhead/model"
	"bulkhead/model/source"
)

// A holding is the policies of one role as they stand in a resource of the template (of the function, where the
// transform makes the role), and as they are to be.
type holding struct {
	*sheet
	draft  *yamlpos.Draft
	props  *yamlpos.Members // Properties of the resource
	before *model.Role
	after  *model.Role
	places []policyPlace // of before's policies
}

// write changes the lists of policies.
func (h *holding) write() {
	if h.before.Implicit {
		h.keepImplied()
		h.list("Policies", h.samOrder())
		return
	}
	var inline, managed []*model.Policy
	for _, id := range h.after.Policies {
		switch p := h.patch.after.Policy(id); {
		case p == nil:
		case p.LogicalID != "" && !h.lists(p):
			// a resource of its own, which names the roles that it is attached to
		case p.Managed:
			managed = append(managed, p)
		default:
			inline = append(inline, p)
		}
	}
	h.list("ManagedPolicyArns", managed)
	h.list("Policies", inline)
}

// lists reports whether the holder's own list names a policy that is a resource.
func (h *holding) lists(p *model.Policy) bool {
	return p.Managed && !p.Attaches && slices.ContainsFunc(h.places, func(pl policyPlace) bool { return pl.Policy == p.ID && pl.List != nil })
}

// implied reports whether the transform attaches the policy unasked, so that no list has it.
func (h *holding) implied(p *model.Policy) bool {
	for _, pl := range h.places {
		if pl.Policy == p.ID || !p.Managed && h.isFrom(p, pl) {
			return pl.Entry == nil || !h.Has(pl.Entry)
		}
	}
	// What a managed policy of a copy is, the whole's was.
	return false
}

// keepImplied fails where a policy that the transform attaches unasked is to say something else.
func (h *holding) keepImplied() {
	for _, id := range h.after.Policies {
		p := h.patch.after.Policy(id)
		if p == nil || p.Managed || !h.implied(p) {
			continue
		}
		for _, pl := range h.places {
			if was := h.patch.before.Policy(pl.Policy); h.isFrom(p, pl) && was.Name == p.Name && !sameDocument(was.Document, p.Document) {
				h.draft.Fail("%s: %s is what the transform makes of what stands here, so it cannot be changed by itself", p.Origin, was.Name)
			}
		}
	}
}

// isFrom reports whether a policy comes from the one that stands at a place.
func (h *holding) isFrom(p *model.Policy, pl policyPlace) bool {
	was := h.patch.before.Policy(pl.Policy)
	return was != nil && !p.Managed && !was.Managed && !was.Origin.IsZero() && was.Origin == p.Origin
}

// samOrder is the policies that stand in the list of a SAM function, in the order of the list: inline ones are
// named by their place in it, managed ones fill the places between.
func (h *holding) samOrder() []*model.Policy {
	at := map[int]*model.Policy{}
	var rest []*model.Policy
	for _, id := range h.after.Policies {
		p := h.patch.after.Policy(id)
		if p == nil || p.LogicalID != "" && !h.lists(p) || h.implied(p) {
			continue
		}
		i, ok := h.after.Listed[id]
		if n, named := strings.CutPrefix(p.Name, h.after.LogicalID+"Policy"); !ok && named && !p.Managed {
			var err error
			i, err = strconv.Atoi(n)
			ok = err == nil
		}
		if ok && at[i] == nil {
			at[i] = p
			continue
		}
		rest = append(rest, p)
	}
	var out []*model.Policy
	for i := 0; len(at) > 0 || len(rest) > 0; i++ {
		switch {
		case at[i] != nil:
			out = append(out, at[i])
			delete(at, i)
		case len(rest) > 0:
			out = append(out, rest[0])
			rest = rest[1:]
		case i > 1000: // a name that no place has: the proof will tell
			for _, p := range at {
				out = append(out, p)
			}
			return out
		}
	}
	return out
}

// list makes a property that lists policies hold the given ones.
func (h *holding) list(property string, want []*model.Policy) {
	node := h.props.Value(property)
	var have []policyPlace
	for _, pl := range h.places {
		if pl.Entry != nil && h.Has(pl.Entry) && pl.List != nil && (pl.List == node || node != nil && pl.List == node.Resolve()) {
			have = append(have, pl)
		}
	}
	used := make([]bool, len(have))
	find := func(p *model.Policy) int {
		for i, pl := range have {
			if !used[i] && (pl.Policy == p.ID && p.Managed || h.isFrom(p, pl)) {
				return i
			}
		}
		for i, pl := range have {
			if !used[i] && pl.Policy == p.ID {
				return i
			}
		}
		return -1
	}
	matched := make([]int, len(want))
	same := len(want) == len(have)
	for i, p := range want {
		matched[i] = find(p)
		if matched[i] >= 0 {
			used[matched[i]] = true
		}
		same = same && matched[i] == i
	}
	if len(want) == 0 {
		if len(have) > 0 {
			h.empty(property, node, have)
		}
		return
	}
	if !same && node != nil && (node.Kind == yamlpos.Alias || h.Shared(node) != nil) {
		h.shared(h.draft, node.Resolve())
		return
	}
	for i, p := range want {
		if m := matched[i]; m >= 0 {
			h.entry(have[m], p)
		}
	}
	if same {
		return
	}
	h.relist(property, node, have, want, matched)
}

// empty takes the last policies out of a property.
func (h *holding) empty(property string, node *yamlpos.Node, have []policyPlace) {
	if node == nil || h.conditional(node) {
		h.draft.Fail("%s: the policies that stand here are chosen by a call, so they cannot be taken out", have[0].Entry.Span())
		return
	}
	if node.Kind == yamlpos.Sequence && slices.ContainsFunc(node.Items(), func(i *yamlpos.Node) bool { return !h.isPlace(i, have) }) {
		h.relist(property, node, have, nil, nil) // what was not read stays
		return
	}
	h.props.Remove(property)
}

// relist adds and removes entries.
func (h *holding) relist(property string, node *yamlpos.Node, have []policyPlace, want []*model.Policy, matched []int) {
	values := func(i int) yamlpos.Value { return h.newEntry(want[i]) }
	if node == nil {
		var all []yamlpos.Value
		for i := range want {
			all = append(all, values(i))
		}
		h.props.Set(property, yamlpos.ListOf(yamlpos.Usual, all...))
		return
	}
	if node.Kind != yamlpos.Sequence || isCall(node) {
		if isCall(node) {
			h.draft.Fail("%s: the list of policies is the result of a call", node.Span())
			return
		}
		var all []yamlpos.Value
		for i := range want {
			if matched[i] >= 0 {
				all = append(all, h.Copy(have[matched[i]].Entry))
				continue
			}
			all = append(all, values(i))
		}
		h.draft.Replace(node, yamlpos.ListOf(yamlpos.Usual, all...))
		return
	}
	index := func(n *yamlpos.Node) int { return slices.Index(node.Items(), n) }
	var plan []yamlpos.Slot
	last := -1
	for i := range want {
		if m := matched[i]; m >= 0 {
			at := index(have[m].Entry)
			if at < 0 {
				h.draft.Fail("%s: this policy stands behind Fn::If or an alias, so the list around it cannot be changed", have[m].Entry.Span())
				return
			}
			// Items in between that nothing was read from stay.
			for j := last + 1; j < at; j++ {
				if !h.isPlace(node.Items()[j], have) {
					plan = append(plan, yamlpos.Stay(j))
				}
			}
			plan = append(plan, yamlpos.Stay(at))
			last = at
			continue
		}
		v := values(i)
		plan = append(plan, yamlpos.Slot{Old: -1, New: &v})
	}
	for j := last + 1; j < len(node.Items()); j++ {
		if !h.isPlace(node.Items()[j], have) {
			plan = append(plan, yamlpos.Stay(j))
		}
	}
	h.draft.Items(node, plan)
}

func (h *holding) isPlace(n *yamlpos.Node, have []policyPlace) bool {
	return slices.ContainsFunc(have, func(pl policyPlace) bool { return pl.Entry == n })
}

// entry makes a policy that stays say what it is to say.
func (h *holding) entry(pl policyPlace, p *model.Policy) {
	was := h.patch.before.Policy(pl.Policy)
	if was == nil || p.Managed {
		return
	}
	if !h.before.Implicit && was.Name != p.Name {
		if n := yamlpos.MembersOf(pl.Entry).Value("PolicyName"); n != nil {
			h.draft.Replace(n, yamlpos.Text(p.Name))
		}
	}
	switch {
	case sameDocument(was.Document, p.Document):
	case pl.Template != "" || was.Managed:
		if h.shared(h.draft, pl.Entry) {
			return
		}
		h.draft.Replace(pl.Entry, h.newEntry(p))
	case pl.Document == nil || !h.Has(pl.Document):
		h.draft.Fail("%s: the document of this policy is the result of a call or of an alias", was.Origin)
	default:
		h.document(h.draft, pl.Document, was.Document, p.Document)
	}
}

// newEntry is an item of a list of policies.
func (h *holding) newEntry(p *model.Policy) yamlpos.Value {
	switch {
	case p.Managed && h.before.Implicit && strings.Contains(p.ARN, ":iam::aws:policy/"):
		return yamlpos.Text(p.ARN[strings.LastIndexByte(p.ARN, '/')+1:])
	case p.Managed:
		v, err := h.express(p.ARN)
		if err != nil {
			h.draft.Fail("%s: %v", p.ID, err)
		}
		return v
	case h.before.Implicit:
		return h.printedDocument(h.draft, p.Document)
	}
	return yamlpos.MappingOf(yamlpos.Usual).Put("PolicyName", yamlpos.Text(p.Name)).Put("PolicyDocument", h.printedDocument(h.draft, p.Document))
}

// policyResources writes policies that are resources of their own.
func (p *patch) policyResources(changes []model.Change) error {
	for _, c := range changes {
		was, ok := c.Before.(*model.Policy)
		if !ok || was.LogicalID == "" {
			continue
		}
		s, r := p.at(was.ID)
		if s == nil {
			continue
		}
		p.done[was.ID] = true
		if c.After == nil {
			s.remove(r)
			continue
		}
		is, ok := c.After.(*model.Policy)
		if !ok || is.Name != was.Name || is.Managed != was.Managed {
			p.done[was.ID] = false
			continue
		}
		doc := yamlpos.MembersOf(r.Value.Get("Properties").Resolve()).Value("PolicyDocument")
		s.enterHolder(r.ID, r)
		s.document(s.draft, doc, was.Document, is.Document)
		s.leaveHolder()
	}
	for _, was := range p.before.Policies() {
		if s, r := p.at(was.ID); s != nil && was.LogicalID != "" && p.after.Policy(was.ID) != nil {
			s.attachments(r, was.ID)
		}
	}
	return nil
}

// attachments makes a policy that is a resource name the roles that have it.
func (s *sheet) attachments(r *resource, id model.ID) {
	has := func(d *model.Design, role model.ID) bool {
		o := d.Role(role)
		return o != nil && slices.Contains(o.Policies, id)
	}
	props := yamlpos.MembersOf(r.Value.Get("Properties").Resolve())
	property := "Roles"
	if r.Type == "AWS::IAM::RolePolicy" {
		property = "RoleName"
	}
	node := props.Value(property)
	items := s.written(node)
	named := map[model.ID]bool{}
	var plan []yamlpos.Slot
	for i, item := range items {
		role := s.find(item, ofType("AWS::IAM::Role"))
		was := s.idOf(role)
		if role == nil || !has(s.patch.before, was) {
			plan = append(plan, yamlpos.Stay(i))
			continue
		}
		is := was
		if s.patch.after.Role(was) == nil {
			is = s.patch.heirOf(was) // led there with all other references
		}
		if has(s.patch.after, is) {
			named[is] = true
			plan = append(plan, yamlpos.Stay(i))
		}
	}
	for _, o := range s.patch.after.Roles() {
		if !has(s.patch.after, o.ID) || has(s.patch.before, o.ID) || named[o.ID] || o.LogicalID == "" {
			continue
		}
		v := s.ref(o.LogicalID)
		plan = append(plan, yamlpos.Slot{Old: -1, New: &v})
	}
	switch {
	case len(plan) == len(items) && !slices.ContainsFunc(plan, func(p yamlpos.Slot) bool { return p.New != nil }):
	case len(plan) == 0:
		props.Remove(property)
		props.Write(s.draft)
	case node == nil || node.Kind != yamlpos.Sequence || s.Shared(node) != nil:
		s.draft.Fail("%s: the roles that %s is attached to cannot be changed here", r.Origin, r.ID)
	default:
		s.draft.Items(node, plan)
	}
}

// resourcePolicies writes policies of resources: of buckets, queues, topics, keys.
func (p *patch) resourcePolicies(changes []model.Change) error {
	for _, c := range changes {
		was, ok1 := c.Before.(*model.Resource)
		is, ok2 := c.After.(*model.Resource)
		if !ok1 || !ok2 {
			continue
		}
		n := *is
		if p.isNamedAfter(was.ID) {
			n.Name, n.ARN = was.Name, was.ARN // written with the references in it
			p.done[was.ID] = model.Change{Before: was, After: &n}.IsMark() || model.Same(was, &n)
		}
		if sameDocument(was.Policy, is.Policy) {
			continue
		}
		n.Policy, n.Weight, n.Crown, n.Marked = was.Policy, was.Weight, was.Crown, was.Marked
		if was.Policy == nil || is.Policy == nil || !model.Same(was, &n) {
			continue
		}
		s := p.sheetOf(was.Policy.Span)
		if s == nil {
			continue
		}
		p.done[was.ID] = true
		doc := s.nodeAt(was.Policy.Span)
		if doc == nil && len(was.Policy.Statements) > 0 {
			doc = s.Parent(s.Parent(s.places.statements[was.Policy.Statements[0].Span]))
		}
		s.document(s.draft, doc, was.Policy, is.Policy)
	}
	return nil
}

// isNamedAfter reports whether a resource refers to what goes and something takes the place of: its name may follow.
func (p *patch) isNamedAfter(id model.ID) bool {
	s, r := p.at(id)
	return s != nil && slices.ContainsFunc(s.refs(r.Props), func(ref string) bool { return p.passed[ref] != "" })
}

// nodeAt is the node whose bytes a span is, the outermost of several.
func (s *sheet) nodeAt(at source.Span) *yamlpos.Node {
	var found *yamlpos.Node
	var walk func(n *yamlpos.Node)
	walk = func(n *yamlpos.Node) {
		if found != nil || !n.Span().Contains(at) {
			return
		}
		if n.Span() == at {
			found = n
			return
		}
		for _, p := range n.Pairs() {
			if !p.Merged {
				walk(p.Key)
				walk(p.Value)
			}
		}
		for _, i := range n.Items() {
			walk(i)
		}
	}
	walk(s.Root)
	return found
}
