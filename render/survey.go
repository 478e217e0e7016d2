package render

import (
	"cmp"
	"slices"
	"strings"

	"bulkhead/model"
	"bulkhead/model/catalog"
	"bulkhead/model/reach"
)

// A survey is what holds of a design whichever breach is shown: who can touch what, and who leads to whom. The places of
// a picture come from it alone.
type survey struct {
	view         View
	facts        Facts
	design       *model.Design
	compartments []model.Compartment
	at           map[model.ID]int // compartment by its id, its role's and its functions'
	touches      []map[model.ID]*touch
	doors        []*door
	doorAt       map[doorKey]*door
	guests       []model.ID
	guestTouches map[model.ID]map[model.ID]*touch
	counted      map[model.ID]bool
	triggers     map[model.ID][]*model.Trigger // by To
	breaches     map[model.ID]*reach.Breach
}

// A touch is what a compartment can do to a resource of its own.
type touch struct {
	capabilities catalog.Capabilities
	must         catalog.Capabilities
	named        bool // by its name, not by a wildcard alone
}

type doorKey struct {
	from, to model.ID // compartments or guests
	runs     bool
}

type door struct {
	doorKey
	may       bool
	functions []model.ID // of to
	labels    []string
	actions   []string
}

func take(v View) *survey {
	s := &survey{
		view: v, facts: v.facts(), design: v.Design,
		at: map[model.ID]int{}, doorAt: map[doorKey]*door{}, guestTouches: map[model.ID]map[model.ID]*touch{},
		counted: map[model.ID]bool{}, triggers: map[model.ID][]*model.Trigger{}, breaches: map[model.ID]*reach.Breach{},
	}
	s.compartments = s.design.Compartments()
	for i, c := range s.compartments {
		s.at[c.ID] = i
		for _, f := range c.Functions {
			s.at[f] = i
			s.breaches[f] = s.facts.Breach(f)
		}
	}
	for _, r := range s.design.Resources() {
		s.counted[r.ID] = s.facts.Counted(r.ID)
	}
	for _, t := range s.design.Triggers() {
		s.triggers[t.To] = append(s.triggers[t.To], t)
	}
	s.touches = make([]map[model.ID]*touch, len(s.compartments))
	for i, c := range s.compartments {
		s.touches[i] = map[model.ID]*touch{}
		for _, f := range c.Functions {
			s.follow(c.ID, f, s.touches[i])
		}
		if c.Role != "" {
			s.follow(c.ID, c.Role, s.touches[i])
		}
	}
	s.visit()
	return s
}

// visit finds the guests: users, and roles without functions, that can touch what counts, lead to a bay, or that
// something leads to.
func (s *survey) visit() {
	led := map[model.ID]bool{}
	for _, d := range s.doors {
		led[d.to] = true
	}
	see := func(id model.ID) {
		if _, ok := s.at[id]; ok {
			return
		}
		own := map[model.ID]*touch{}
		before := len(s.doors)
		s.follow(id, id, own)
		leads, touches := led[id], false
		for _, d := range s.doors[before:] {
			_, bay := s.at[d.to]
			leads = leads || bay
		}
		for r := range own {
			touches = touches || s.counted[r]
		}
		if leads || touches {
			s.guests = append(s.guests, id)
			s.guestTouches[id] = own
		}
	}
	for _, p := range s.design.Principals() {
		if p.Kind == model.User {
			see(p.ID)
		}
	}
	for _, r := range s.design.Roles() {
		see(r.ID)
	}
}

// follow adds the steps of one principal to what its compartment (or guest) from can touch and leads to.
func (s *survey) follow(from, principal model.ID, into map[model.ID]*touch) {
	for _, step := range s.facts.Touches(principal) {
		if r := s.design.Resource(step.To); r != nil {
			if step.Kind != reach.Acts {
				continue
			}
			t := into[r.ID]
			if t == nil {
				t = &touch{}
				into[r.ID] = t
			}
			all, must := s.capabilities(principal, step)
			t.capabilities |= all
			t.must |= must
			t.named = t.named || named(step, r)
			continue
		}
		if step.Kind == reach.Acts {
			continue
		}
		to := s.home(step.To)
		if to == "" || to == from {
			continue
		}
		k := doorKey{from, to, step.Kind == reach.Runs}
		d := s.doorAt[k]
		if d == nil {
			d = &door{doorKey: k, may: true}
			s.doorAt[k] = d
			s.doors = append(s.doors, d)
		}
		d.may = d.may && step.Certainty == reach.May
		if s.design.Function(step.To) != nil && !slices.Contains(d.functions, step.To) {
			d.functions = append(d.functions, step.To)
		}
		label := step.Technique
		if t := s.design.Trigger(step.Via); t != nil {
			label = cmp.Or(s.name(t.From), t.Label, t.Name)
		}
		if label != "" && !slices.Contains(d.labels, label) {
			d.labels = append(d.labels, label)
		}
		for _, a := range step.Actions {
			if !slices.Contains(d.actions, a) {
				d.actions = append(d.actions, a)
			}
		}
	}
}

// home is the compartment that a function or role belongs to, the guest itself for other principals, else "".
func (s *survey) home(id model.ID) model.ID {
	if i, ok := s.at[id]; ok {
		return s.compartments[i].ID
	}
	if s.design.Role(id) != nil || s.design.Principal(id) != nil {
		return id
	}
	return ""
}

// capabilities is what a step is good for, and what of it is sure. Where the step does not say, the breach of the
// principal tells.
func (s *survey) capabilities(principal model.ID, step reach.Step) (all, must catalog.Capabilities) {
	if step.Capabilities != 0 {
		return step.Capabilities, step.Must
	}
	if b := s.facts.Breach(principal); b != nil {
		for _, h := range b.Hits {
			if h.Target == step.To && len(h.Path) == 1 {
				return h.Capabilities, h.Must
			}
		}
	}
	return 0, 0
}

// named reports whether a step reaches a resource by its name: a statement spells the name out, or the resource's own
// policy names who may. A step without evidence counts as named.
func named(step reach.Step, r *model.Resource) bool {
	if len(step.Evidence) == 0 {
		return true
	}
	for _, e := range step.Evidence {
		if e.From == nil {
			return true
		}
		if e.From.Resources == nil || e.Layer == "resource" {
			for _, p := range e.From.Principals {
				if p.Value != "*" {
					return true
				}
			}
			continue
		}
		if e.From.NotResource {
			continue
		}
		for _, p := range e.From.Resources {
			if spells(p, r) {
				return true
			}
		}
	}
	return false
}

// spells reports whether an ARN pattern spells out a resource's name before its first wildcard.
func spells(pattern string, r *model.Resource) bool {
	tail := func(arn string) string {
		if f := strings.SplitN(arn, ":", 6); len(f) == 6 {
			return f[5]
		}
		return ""
	}
	p, full := tail(pattern), tail(r.ARN)
	if p == "" || full == "" {
		return pattern != "" && pattern == r.ARN
	}
	literal := p
	if i := strings.IndexAny(p, "*?"); i >= 0 {
		literal = p[:i]
	}
	if strings.HasPrefix(literal, full) {
		return true
	}
	// A secret's ARN ends in a dash and six characters that AWS draws: patterns write "-??????" or "-*".
	name := strings.TrimSuffix(literal, "-")
	return r.Name != "" && (name == "secret:"+r.Name || name == "secret:"+r.LogicalID)
}

// name is what people call an element.
func (s *survey) name(id model.ID) string { return nameOf(s.design, id) }

func nameOf(d *model.Design, id model.ID) string {
	switch e := d.Element(id).(type) {
	case *model.Function:
		return cmp.Or(e.LogicalID, e.Name, string(id))
	case *model.Role:
		return cmp.Or(e.LogicalID, e.Name, string(id))
	case *model.Policy:
		return cmp.Or(e.LogicalID, e.Name, string(id))
	case *model.Resource:
		return cmp.Or(e.LogicalID, e.Name, string(id))
	case *model.Principal:
		return cmp.Or(e.Name, string(id))
	case *model.Trigger:
		return cmp.Or(e.Label, e.Name, string(id))
	}
	return ""
}

// kindOf is the family of a resource, with words and an icon for any.
func kindOf(r *model.Resource) catalog.Kind {
	k := catalog.KindOf(r.Type)
	k.Noun, k.Plural, k.Icon = cmp.Or(k.Noun, "resource"), cmp.Or(k.Plural, "resources"), cmp.Or(k.Icon, "resource")
	return k
}

// weightOf is what a resource weighs in the water of a bay, as docs/measures.md has it.
func weightOf(r *model.Resource) float64 {
	if r.Weight > 0 {
		return r.Weight
	}
	if r.Crown {
		return 5
	}
	return cmp.Or(kindOf(r).Weight, 1)
}

// shares of the functions' breaches, as the view counts them; ok is false where no analysis tells.
func (s *survey) share(function model.ID) (share float64, ok bool) {
	b := s.breaches[function]
	if b == nil {
		return 0, false
	}
	_, may := s.view.figures(b)
	return may.Share, true
}

// figures are the two that the view's switch asks for.
func (v View) figures(b *reach.Breach) (must, may reach.Figure) {
	if v.Vulnerable {
		return b.Reach.FedMust, b.Reach.FedMay
	}
	return b.Reach.Must, b.Reach.May
}
