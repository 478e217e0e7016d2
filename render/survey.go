package render

import (
	"cmp"
	"maps"
	"slices"

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
	outside      map[model.ID]string // of the guests, who comes from outside the account: what it stands for in words
	counted      map[model.ID]bool
	triggers     map[model.ID][]*model.Trigger // by To
	reaches      map[model.ID]reach.Figures    // of functions
	resources    []*model.Resource
	names        *names
	unseen       int                // guests beyond the most that a picture shows
	order        map[model.ID]int   // of resources
	users        map[model.ID][]int // resource → compartments that can touch it
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
	via       []model.ID // triggers by which it feeds
	functions []model.ID // of to
	labels    []string
	says      []string // techniques in words, for the map: "replaces the code of"
}

// take surveys a design for pictures.
func take(v View) *survey {
	s := sight(v)
	s.names = newNames(s.design, s.resources)
	s.touches = make([]map[model.ID]*touch, len(s.compartments))
	for i, c := range s.compartments {
		s.touches[i] = map[model.ID]*touch{}
		for _, f := range c.Functions {
			s.follow(c.ID, f, s.touches[i])
		}
		if c.Role != "" {
			s.follow(c.ID, c.Role, s.touches[i])
		}
		for r := range s.touches[i] {
			s.users[r] = append(s.users[r], i)
		}
	}
	s.visit()
	return s
}

// sight surveys what tables ask: no steps of anybody, which take by far the most of the work.
func sight(v View) *survey {
	s := &survey{
		view: v, facts: v.facts(), design: v.Design,
		at: map[model.ID]int{}, doorAt: map[doorKey]*door{}, guestTouches: map[model.ID]map[model.ID]*touch{},
		counted: map[model.ID]bool{}, triggers: map[model.ID][]*model.Trigger{}, reaches: map[model.ID]reach.Figures{},
		resources: v.Design.Resources(), order: map[model.ID]int{}, users: map[model.ID][]int{},
	}
	s.compartments = s.design.Compartments()
	for i, c := range s.compartments {
		s.at[c.ID] = i
		for _, f := range c.Functions {
			s.at[f] = i
			if figures, ok := s.facts.Reach(f); ok {
				s.reaches[f] = figures
			}
		}
	}
	for i, r := range s.resources {
		s.order[r.ID] = i
		s.counted[r.ID] = s.facts.Counted(r.ID)
	}
	for _, t := range s.design.Triggers() {
		s.triggers[t.To] = append(s.triggers[t.To], t)
	}
	return s
}

// How many a picture shows ashore: in all, and of these from outside the account.
const (
	mostGuests    = 60
	mostStrangers = 12
)

// visit finds the guests: users, and roles without functions, that can touch what counts, lead to a bay, or that
// something leads to. Where there is no bay they are all that can be breached, and all of them are guests.
func (s *survey) visit() {
	if len(s.compartments) == 0 {
		s.gather()
		return
	}
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
		if p.Kind == model.User || led[p.ID] {
			see(p.ID)
		}
	}
	for _, r := range s.design.Roles() {
		see(r.ID)
	}
	s.limit()
}

// gather makes guests of all users and roles, who matters most first: who can become an administrator, who leads to others, who
// others lead to, who touches what counts.
func (s *survey) gather() {
	see := func(id model.ID) {
		s.guests = append(s.guests, id)
		s.guestTouches[id] = map[model.ID]*touch{}
		s.follow(id, id, s.guestTouches[id])
	}
	for _, r := range s.design.Roles() {
		see(r.ID)
	}
	for _, p := range s.design.Principals() {
		if p.Kind == model.User {
			see(p.ID)
		}
	}
	rank := map[model.ID]int{}
	for _, d := range s.doors {
		rank[d.from], rank[d.to] = max(rank[d.from], 3), max(rank[d.to], 2)
	}
	rulers, _ := s.facts.(interface {
		Rules(from model.ID, vulnerable bool) bool
	})
	for _, id := range s.guests {
		for r := range s.guestTouches[id] {
			if s.counted[r] {
				rank[id] = max(rank[id], 1)
			}
		}
		if rulers != nil && rank[id] == 3 && rulers.Rules(id, false) {
			rank[id] = 4
		}
	}
	slices.SortStableFunc(s.guests, func(a, b model.ID) int { return cmp.Compare(rank[b], rank[a]) })
	s.limit()
}

// limit leaves out the last of more users and roles than a picture shows, and adds who comes from outside.
func (s *survey) limit() {
	var strangers []model.ID
	if f, ok := s.facts.(interface {
		Strangers() []model.ID
		Stands(id model.ID) string
	}); ok {
		s.outside = map[model.ID]string{}
		for _, id := range f.Strangers() {
			if len(strangers) == mostStrangers {
				s.unseen++
				continue
			}
			strangers = append(strangers, id)
			s.outside[id] = f.Stands(id)
			s.guestTouches[id] = map[model.ID]*touch{}
			s.follow(id, id, s.guestTouches[id])
		}
	}
	if most := mostGuests - len(strangers); len(s.guests) > most {
		entered := map[model.ID]bool{} // run as from outside: the last to be left out
		for _, d := range s.doors {
			entered[d.to] = entered[d.to] || d.runs && s.outside[d.from] != ""
		}
		slices.SortStableFunc(s.guests, func(a, b model.ID) int {
			if entered[a] != entered[b] {
				return map[bool]int{true: -1, false: 1}[entered[a]]
			}
			return 0
		})
		s.unseen += len(s.guests) - most
		s.guests = s.guests[:most]
	}
	s.guests = append(s.guests, strangers...)
}

// follow adds the steps of one principal to what its compartment (or guest) from can touch and leads to.
func (s *survey) follow(from, principal model.ID, into map[model.ID]*touch) {
	role := principal // whose policies name what it asks for
	if f := s.design.Function(principal); f != nil {
		role = f.Role
	}
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
			t.capabilities |= step.Capabilities
			t.must |= step.Must
			t.named = t.named || s.names.calls(role, r.ID)
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
			d.via = append(d.via, t.ID)
			label = cmp.Or(s.name(t.From), t.Label, t.Name)
		}
		if label != "" && !slices.Contains(d.labels, label) {
			d.labels = append(d.labels, label)
		}
		if step.Says != "" && !slices.Contains(d.says, step.Says) {
			d.says = append(d.says, step.Says)
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

// name is what people call an element.
func (s *survey) name(id model.ID) string { return s.design.Name(id) }

// kindOf is the family of a resource, with words and an icon for any.
func kindOf(r *model.Resource) catalog.Kind {
	k := catalog.KindOf(r.Type)
	k.Noun, k.Plural, k.Icon = cmp.Or(k.Noun, "resource"), cmp.Or(k.Plural, "resources"), cmp.Or(k.Icon, "resource")
	return k
}

// share is what a function's breach reaches, as the view counts it; ok is false where no analysis tells.
func (s *survey) share(function model.ID) (share float64, ok bool) {
	f, ok := s.reaches[function]
	_, may := s.view.figures(f)
	return may.Share, ok
}

// figures are the two that the view's switch asks for.
func (v View) figures(f reach.Figures) (must, may reach.Figure) {
	if v.Vulnerable {
		return f.FedMust, f.FedMay
	}
	return f.Must, f.May
}

// touched lists what a set of touches is of, in the order of the design.
func (s *survey) touched(touches map[model.ID]*touch) []model.ID {
	return slices.SortedFunc(maps.Keys(touches), func(a, b model.ID) int { return cmp.Compare(s.order[a], s.order[b]) })
}
