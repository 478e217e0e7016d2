package render

import (
	"slices"

	"bulkhead/model"
	"bulkhead/model/reach"
)

// A flood is what the breach shown has reached at the hop shown.
type flood struct {
	hits     map[model.ID]*reach.Hit // of what is wet
	byTarget map[model.ID]*reach.Hit // the nearest of each
	state    map[model.ID]State      // functions, roles, users
	hops     map[model.ID]int
	so       int // counted resources wet at this hop
	last     int // greatest hop
	breach   *reach.Breach

	vulnerable bool
}

// seen is a hit as the view shows it: with the capabilities that are come by at the hop shown, and what fed functions
// add where they are taken as vulnerable.
func (v View) seen(h reach.Hit) *reach.Hit {
	h = h.At(v.Hop, v.Vulnerable)
	return &h
}

// wet reports whether a hit is water: a capability that counts, not the function's own log, and fed functions only
// where the view takes them as vulnerable.
func (v View) wet(h *reach.Hit) bool {
	return !h.OwnLog && (!h.Fed || v.Vulnerable) && (v.Hop == 0 || h.Hops <= v.Hop) && h.Capabilities.Depth() > 0
}

func (s *survey) flood() *flood {
	f := &flood{hits: map[model.ID]*reach.Hit{}, byTarget: map[model.ID]*reach.Hit{}, state: map[model.ID]State{}, hops: map[model.ID]int{}, breach: s.view.Breach, vulnerable: s.view.Vulnerable}
	b := f.breach
	if b == nil {
		return f
	}
	for i := range b.Hits {
		h := s.view.seen(b.Hits[i])
		if _, ok := f.hops[h.Target]; !ok || h.Hops < f.hops[h.Target] {
			f.hops[h.Target], f.byTarget[h.Target] = h.Hops, h
		}
		if !h.Fed || s.view.Vulnerable {
			f.last = max(f.last, h.Hops)
			for _, w := range h.Ways() {
				f.last = max(f.last, w.Hops)
			}
		}
		if s.view.wet(h) {
			f.hits[h.Target] = h
			if h.Counted {
				f.so++
			}
		}
	}
	near := func(id model.ID) bool { return s.view.Hop == 0 || f.hops[id] <= s.view.Hop }
	for _, id := range b.Feeds(s.view.Vulnerable) {
		if near(id) {
			f.state[id] = Fed
		}
	}
	for _, id := range b.Runs {
		if near(id) {
			f.state[id] = Held
		}
	}
	f.state[b.From] = Breached
	f.hops[b.From] = 0
	if fn := s.design.Function(b.From); fn != nil && fn.Role != "" {
		f.state[fn.Role] = Held
	}
	return f
}

// held reports whether the breach has the code or credentials of any of a compartment; where fed functions are taken
// as vulnerable, it has theirs.
func (f *flood) held(c model.Compartment) bool {
	if c.Role != "" && f.holds(c.Role) {
		return true
	}
	return slices.ContainsFunc(c.Functions, f.holds)
}

func (f *flood) holds(id model.ID) bool {
	return f.state[id] >= Held || f.vulnerable && f.state[id] == Fed
}

// level sets how high the water stands in each bay: the flooded share of the things that stand in it and, once the
// breach holds it, of the shared things that it can touch as well, since the water comes through its pipes. Where a breach starts in a bay that has neither, the water there is what the breach floods of all.
func (d *drawing) level() {
	sure := map[*Compartment]bool{}
	add := func(b *Compartment, t *Tile) {
		hit := d.flood.hits[t.ID]
		if b == nil || !t.Counted {
			return
		}
		weight := d.facts.Weight(t.ID)
		d.sum[b][0] += weight
		if hit != nil {
			d.sum[b][1] += weight * hit.Capabilities.Depth()
			sure[b] = sure[b] || hit.Certainty == reach.Must
		}
	}
	for _, b := range d.Bays {
		for _, t := range b.Tiles {
			add(b, t)
		}
	}
	for _, t := range d.Bilge {
		piped := map[*Compartment]bool{}
		for _, i := range d.users[t.ID] {
			c := d.compartments[i]
			if b := d.bay[c.ID]; !piped[b] && d.flood.held(c) {
				piped[b] = true
				add(b, t)
			}
		}
	}
	for _, b := range d.Bays {
		w := d.sum[b]
		if b.Inflow = b.State == Breached && w[0] == 0; b.Inflow {
			for _, r := range d.resources {
				if !d.counted[r.ID] {
					continue
				}
				w[0] += d.facts.Weight(r.ID)
				if hit := d.flood.hits[r.ID]; hit != nil {
					w[1] += d.facts.Weight(r.ID) * hit.Capabilities.Depth()
					sure[b] = sure[b] || hit.Certainty == reach.Must
				}
			}
		}
		if w[0] > 0 {
			b.Water = w[1] / w[0]
		}
		b.Inflow = b.Inflow && b.Water > 0
		b.WaterMay = b.Water > 0 && !sure[b]
	}
}
