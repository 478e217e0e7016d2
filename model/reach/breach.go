package reach

import (
	"iter"
	"slices"
	"sync"

	"bulkhead/model"
)

// A Figure is resources hit, as share and weighted share of the counted ones.
type Figure struct {
	Resources int
	Share     float64 // 0..1; 0 where nothing is counted
	Weighted  float64 // 0..1
}

// Figures are the four figures of a breach.
type Figures struct {
	Of              int    // counted resources
	Must, May       Figure // May contains Must
	FedMust, FedMay Figure // with fed functions taken as vulnerable
	AtLeast         bool   // some policies of what it runs as, or of what it may reach, were not seen: it reaches this at least
}

// A Breach is what code execution in From reaches.
type Breach struct {
	From     model.ID
	Admin    bool // it reaches an administrator, or can become one
	AdminMay bool // … only perhaps
	AdminFed bool // … only when fed functions are taken as vulnerable, where Admin is false
	Reach    Figures
	Hits     []Hit      // sorted by hops, then target; fed ones included and marked
	Runs     []model.ID // principals and functions whose code or credentials it holds, start first; without fed
	Fed      []model.ID // functions whose input it chooses, and what these run and feed when vulnerable
	NotSeen  []string   // what of this breach no source showed: policies of roles that are only named, whom resources let in

	adminWhy func() []*Step // way to an administrator
	sea      *tide
}

// A tide is the sea of a breach, put together when somebody asks.
type tide struct {
	once   sync.Once
	roll   func() []Beyond // nil once it is put together
	swells []Beyond        // as each actor has them
	merged []Beyond
}

// tell puts the sea together.
func (t *tide) tell() *tide {
	t.once.Do(func() {
		if t.roll != nil {
			t.swells, t.roll = t.roll(), nil
			t.merged = mergeSea(t.swells)
		}
	})
	return t
}

// AdminWhy is the way to the administrator that a breach reaches, with what makes one of whoever becomes one; empty where it
// reaches none. Its steps are shared and not to be changed.
func (b *Breach) AdminWhy() []*Step {
	if b.adminWhy == nil {
		return nil
	}
	return b.adminWhy()
}

// Beyond is what a breach reaches beyond the design: data first, then by service, type, pattern.
func (b *Breach) Beyond() []Beyond {
	if b.sea == nil {
		return nil
	}
	return b.sea.tell().merged
}

// WithBeyond is a breach that reaches this beyond the design.
func (b *Breach) WithBeyond(beyond []Beyond) *Breach {
	c := *b
	c.sea = &tide{merged: beyond, swells: beyond}
	return &c
}

// Breach returns what code execution in a function, or the credentials of a role, a user or some member of a group,
// reaches; nil for an id that is none of these.
func (an *Analysis) Breach(from model.ID) *Breach {
	start, ok := an.nodeOf[from]
	if !ok {
		return nil
	}
	b := &Breach{From: from, Reach: an.figures(start)}
	var walks [looks]*walk
	for look := range looks {
		walks[look] = an.walk(start, look)
	}
	an.hits(b, start, &walks)
	an.administrators(b, &walks)
	for _, n := range walks[runsMay].order {
		if _, ok := walks[runsMay].news(n); ok && int(n) < an.size.nodes {
			b.Runs = append(b.Runs, an.nodes[n].id)
		}
		b.NotSeen = append(b.NotSeen, an.notSeenOf(an.actors[an.actorOf[n]])...)
	}
	slices.Sort(b.NotSeen)
	b.NotSeen = append(slices.Compact(b.NotSeen), an.veiled...)
	b.Fed = an.fed(start, &walks)
	b.sea = &tide{roll: func() []Beyond { return an.beyond(&walks) }}
	return b
}

// notSeenOf says what of an actor's permissions no source showed.
func (an *Analysis) notSeenOf(a *actor) []string {
	var out []string
	if a.unseen {
		out = append(out, "policies of "+an.Name(a.id))
	}
	if a.unlimited {
		out = append(out, "permissions boundary of "+an.Name(a.id))
	}
	return out
}

// NotSeen lists what no source showed: the layers that the importer names, and principals with policies that were not seen.
func (an *Analysis) NotSeen() []string {
	out := slices.Clone(an.design.Info().NotSeen)
	for _, a := range an.actors[:an.size.actors] {
		for _, s := range an.notSeenOf(a) {
			if !slices.Contains(out, s) {
				out = append(out, s)
			}
		}
	}
	return out
}

// Breaches goes through the breaches of every function, in source order. They are worked out one after the other, and none
// is kept.
func (an *Analysis) Breaches() iter.Seq[*Breach] {
	return func(yield func(*Breach) bool) {
		for _, f := range an.design.Functions() {
			if !yield(an.Breach(f.ID)) {
				return
			}
		}
	}
}

// Reaching goes through those of Breaches that reach one of the targets, by fed functions as well.
func (an *Analysis) Reaching(targets ...model.ID) iter.Seq[*Breach] {
	near := newSet(len(an.actors)) // actors who are one step away
	for _, id := range targets {
		t := an.world.target(id)
		node, isNode := an.nodeOf[id]
		for i, a := range an.actors {
			if x := a.act(t); x != nil && hits(x.may) != 0 {
				near.put(int32(i))
			} else if isNode {
				for e := range a.allEdges() {
					if e.to == node {
						near.put(int32(i))
						break
					}
				}
			}
		}
		for _, j := range an.guises.joins[fedMay] {
			if isNode && j.edge.to == node {
				near.put(j.by)
			}
		}
	}
	return func(yield func(*Breach) bool) {
		for _, f := range an.design.Functions() {
			c := an.flows[fedMay].of(an.actorOf[an.nodeOf[f.ID]])
			if c.alone >= 0 && near.has(c.alone) || c.actors.meets(near) {
				if !yield(an.Breach(f.ID)) {
					return
				}
			}
		}
	}
}

// fed lists what is fed, directly or when fed functions are vulnerable, but not held anyway.
func (an *Analysis) fed(start int32, walks *[looks]*walk) []model.ID {
	var out []model.ID
	for _, n := range walks[fedMay].order {
		if _, news := walks[fedMay].news(n); !news || int(n) >= an.size.nodes {
			continue
		}
		if !walks[runsMay].found(n) && n != start {
			out = append(out, an.nodes[n].id)
		}
	}
	return out
}

// administrators finds whether and how a breach comes to rule the account.
func (an *Analysis) administrators(b *Breach, walks *[looks]*walk) {
	for _, look := range [...]int{runsMust, runsMay, fedMay} {
		walk := walks[look]
		n, ok := an.ruler(walk, sure(look))
		if !ok {
			continue
		}
		if look == fedMay {
			b.AdminFed = true
		} else {
			b.Admin, b.AdminMay = true, look == runsMay
		}
		b.adminWhy = sync.OnceValue(func() []*Step {
			why := an.path(walk, n)
			if len(why) == 0 {
				why = append(why, an.adminStep(n))
			}
			return why
		})
		return
	}
}

// ruler is the nearest node of a walk that may do anything.
func (an *Analysis) ruler(w *walk, must bool) (node int32, ok bool) {
	want := perhaps
	if must {
		want = surely
	}
	for _, n := range w.order {
		if an.actors[an.actorOf[n]].admin >= want {
			return n, true
		}
	}
	return 0, false
}

// rulers tells whether a start reaches an administrator, without the way to it.
func (an *Analysis) rulers(start int32, look int) bool {
	k := 0
	if sure(look) {
		k = 1
	}
	return an.flows[look].of(an.actorOf[start]).rules[k] != 0
}

// Feeds are the functions whose input a breach chooses, by itself or by what it feeds, which pass on what they are given;
// vulnerable: with all that fed functions run, taken as vulnerable.
func (b *Breach) Feeds(vulnerable bool) []model.ID {
	if vulnerable {
		return b.Fed
	}
	run := map[model.ID]bool{} // by what it feeds alone
	for i := range b.Hits {
		h := &b.Hits[i]
		if !h.Fed {
			continue
		}
		path := h.Path()
		fed := slices.IndexFunc(path, func(s *Step) bool { return s.Kind == Feeds })
		run[h.Target] = fed >= 0 && slices.ContainsFunc(path[fed:], func(s *Step) bool { return s.Kind != Feeds })
	}
	return slices.DeleteFunc(slices.Clone(b.Fed), func(id model.ID) bool { return run[id] })
}

// Name is an element's or stranger's name for people.
func (an *Analysis) Name(id model.ID) string { return an.design.Name(id) }
