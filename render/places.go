package render

import (
	"cmp"
	"slices"

	"bulkhead/model"
	"bulkhead/model/source"
)

// MostBays is how many bays a hull has; above it the driest compartments share the last one.
const MostBays = 60

// places say where compartments and resources stand, once for all designs compared.
type places struct {
	cells  []Cell
	spans  []map[model.ID]span  // by survey: compartment → its cells; those left out are not there
	homes  map[model.ID]home    // resource → where it stands; not there: not shown
	family []map[model.ID]int   // by survey: compartment → its family
	left   []map[model.ID]bool  // by survey: compartments left out
	away   []int                // by survey: resources left out with them
	partOf map[model.ID]string  // new compartment → name of the one it came from
	users  map[model.ID]float64 // resource → how much it is shared, for the order of the bilge
	crowns map[model.ID]bool    // marked by the architect in any of the designs: a mark is a thing's, not a design's
	slots  int                  // cell of those left out, −1 if all are in
}

type span struct{ first, n int }

type home struct {
	cell  int // −1: the bilge
	order int
}

// settle decides the places. parts may be nil: then a part is known by the origin that it shares with its whole.
func settle(surveys []*survey, parts map[model.ID][]model.ID) *places {
	p := &places{homes: map[model.ID]home{}, partOf: map[model.ID]string{}, users: map[model.ID]float64{}, crowns: map[model.ID]bool{}, slots: -1}
	families, sources := p.families(surveys, parts)
	p.cut(surveys, families)
	p.lay(surveys, families, sources)
	p.house(surveys)
	return p
}

// families groups the compartments that are one another before and after: the same, or whole and parts. sources tells,
// for each compartment of the second survey, those of the first that its functions came from.
func (p *places) families(surveys []*survey, parts map[model.ID][]model.ID) (n int, sources map[model.ID][]model.ID) {
	sources = map[model.ID][]model.ID{}
	p.family = make([]map[model.ID]int, len(surveys))
	for i := range surveys {
		p.family[i] = map[model.ID]int{}
	}
	for _, c := range surveys[0].compartments {
		p.family[0][c.ID] = n
		n++
	}
	if len(surveys) == 1 {
		return n, sources
	}
	before, after := surveys[0], surveys[1]
	whole := map[model.ID]model.ID{}
	for w, ps := range parts {
		for _, part := range ps {
			whole[part] = w
		}
	}
	byOrigin := map[source.Span]model.ID{}
	for _, f := range before.design.Functions() {
		if _, ok := byOrigin[f.Origin]; !ok && !f.Origin.IsZero() {
			byOrigin[f.Origin] = f.ID
		}
	}
	parent := make([]int, n)
	for i := range parent {
		parent[i] = i
	}
	find := func(i int) int {
		for parent[i] != i {
			i = parent[i]
		}
		return i
	}
	for _, c := range after.compartments {
		var from []model.ID
		see := func(function model.ID) {
			if i, ok := before.at[function]; ok && !slices.Contains(from, before.compartments[i].ID) {
				from = append(from, before.compartments[i].ID)
			}
		}
		for _, f := range c.Functions {
			switch w, split := whole[f]; {
			case before.design.Function(f) != nil:
				see(f)
			case split:
				see(w)
			default:
				see(byOrigin[after.design.Function(f).Origin])
			}
		}
		slices.SortFunc(from, func(a, b model.ID) int { return cmp.Compare(before.at[a], before.at[b]) })
		sources[c.ID] = from
		if len(from) == 0 {
			p.family[1][c.ID] = len(parent)
			parent = append(parent, len(parent))
			continue
		}
		first := find(before.at[from[0]])
		for _, b := range from[1:] {
			x, y := first, find(before.at[b])
			parent[max(x, y)] = min(x, y)
			first = min(x, y)
		}
		p.family[1][c.ID] = first
		if _, same := before.at[c.ID]; !same || !slices.Contains(from, c.ID) {
			p.partOf[c.ID] = before.compartments[before.at[from[0]]].Name
		}
	}
	for i := range p.family {
		for id, f := range p.family[i] {
			p.family[i][id] = find(f)
		}
	}
	return len(parent), sources
}

// split marks the parts of a claim about the second of two designs that are what a function, or a compartment, was split into.
func (p *places) split(surveys []*survey, i int, parts []Part) {
	if i == 0 {
		return
	}
	var sizes [2]map[int]int
	for k := range sizes {
		sizes[k] = map[int]int{}
		for _, family := range p.family[k] {
			sizes[k][family]++
		}
	}
	for k := range parts {
		family := p.family[i][surveys[i].home(parts[k].ID)]
		parts[k].Split = sizes[0][family] > 0 && sizes[1][family] > sizes[0][family]
	}
}

// cut leaves out the driest families where there are more compartments than a hull has bays.
func (p *places) cut(surveys []*survey, families int) {
	p.left, p.away = make([]map[model.ID]bool, len(surveys)), make([]int, len(surveys))
	size, worst := make([]int, families), make([]float64, families)
	total := 0
	for i, s := range surveys {
		p.left[i] = map[model.ID]bool{}
		count := make([]int, families)
		for _, c := range s.compartments {
			f := p.family[i][c.ID]
			count[f]++
			for _, fn := range c.Functions {
				worst[f] = max(worst[f], s.reaches[fn].May.Share) // whatever the switch says: nothing may move with it
			}
		}
		for f, n := range count {
			size[f] = max(size[f], n)
		}
	}
	var order []int
	for f, n := range size {
		if n > 0 {
			order = append(order, f)
			total += n
		}
	}
	focus := p.focus(surveys)
	if total <= MostBays && focus == nil {
		return
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(worst[b], worst[a]) })
	room := MostBays - 1
	out := map[int]bool{}
	for i, f := range order {
		if focus != nil && !focus[f] {
			out[f] = true
			continue
		}
		if room < size[f] && i > 0 {
			room = 0 // none drier may be in where a wetter one is out
		}
		if room == 0 {
			out[f] = true
			continue
		}
		room -= min(room, size[f])
	}
	for i, s := range surveys {
		for _, c := range s.compartments {
			if out[p.family[i][c.ID]] {
				p.left[i][c.ID] = true
			}
		}
	}
}

// focus are the families that the views want drawn, nil where they want all.
func (p *places) focus(surveys []*survey) map[int]bool {
	var out map[int]bool
	for i, s := range surveys {
		if s.view.Focus != nil && out == nil {
			out = map[int]bool{}
		}
		for _, id := range s.view.Focus {
			if c, ok := s.at[id]; ok {
				out[p.family[i][s.compartments[c].ID]] = true
			}
		}
	}
	return out
}

// lay gives each compartment its cells: families in the order of the design before, parts in the place of their whole.
func (p *places) lay(surveys []*survey, families int, sources map[model.ID][]model.ID) {
	p.spans = make([]map[model.ID]span, len(surveys))
	for i := range surveys {
		p.spans[i] = map[model.ID]span{}
	}
	give := func(survey int, id model.ID) {
		at := len(p.cells) - 1
		sp, ok := p.spans[survey][id]
		switch {
		case !ok:
			p.spans[survey][id] = span{at, 1}
		case sp.first+sp.n == at:
			p.spans[survey][id] = span{sp.first, sp.n + 1}
		}
	}
	members := make([][2][]model.ID, families)
	for i, s := range surveys {
		for _, c := range s.compartments {
			if !p.left[i][c.ID] {
				f := p.family[i][c.ID]
				members[f][i] = append(members[f][i], c.ID)
			}
		}
	}
	for _, m := range members {
		open := false
		cell := func(before, after model.ID) {
			p.cells = append(p.cells, Cell{Joined: open})
			open = true
			if before != "" {
				give(0, before)
			}
			if after != "" {
				give(len(surveys)-1, after)
			}
		}
		if len(surveys) == 1 {
			for _, id := range m[0] {
				cell(id, "")
			}
			continue
		}
		carried := model.ID("") // the last merged compartment, which goes on into its next source's place
		for _, b := range m[0] {
			own := 0
			if carried != "" && slices.Contains(sources[carried], b) {
				cell(b, carried)
				own++
			}
			carried = ""
			var first, merged []model.ID
			for _, a := range m[1] {
				if src := sources[a]; len(src) > 0 && src[0] == b {
					if len(src) > 1 {
						merged = append(merged, a)
					} else {
						first = append(first, a)
					}
				}
			}
			for _, a := range append(first, merged...) {
				cell(b, a)
				own++
			}
			if len(merged) > 0 {
				carried = merged[len(merged)-1]
			}
			if own == 0 {
				cell(b, "")
			}
		}
		for _, a := range m[1] {
			if len(sources[a]) == 0 {
				cell("", a)
			}
		}
	}
	for i := range surveys {
		if len(p.left[i]) > 0 && p.slots < 0 {
			p.slots = len(p.cells)
			p.cells = append(p.cells, Cell{})
		}
	}
}

// at is the compartment of a survey that a cell belongs to, "" if none.
func (p *places) at(survey, cell int) model.ID {
	for id, s := range p.spans[survey] {
		if s.first <= cell && cell < s.first+s.n {
			return id
		}
	}
	return ""
}

// distant reports whether a resource is left out with the compartments that the views do not want drawn: none that is
// drawn can touch it.
func (p *places) distant(surveys []*survey, r model.ID) bool {
	wanted := true
	for i, s := range surveys {
		wanted = wanted && s.view.Focus != nil
		for _, c := range s.users[r] {
			if !p.left[i][s.compartments[c].ID] {
				return false
			}
		}
	}
	return wanted
}

// house decides where each resource stands: in a bay if one compartment, or its parts, alone touch it by name, and by
// a wildcard where nobody does; otherwise in the bilge. What one design has divided must be whole in the other.
func (p *places) house(surveys []*survey) {
	type claim struct{ owners [2][]model.ID }
	shown := map[model.ID]bool{}
	byName, byAny, byEnv := map[model.ID]*claim{}, map[model.ID]*claim{}, map[model.ID]*claim{}
	add := func(m map[model.ID]*claim, r model.ID, survey int, c model.ID) {
		if m[r] == nil {
			m[r] = &claim{}
		}
		if o := &m[r].owners[survey]; !slices.Contains(*o, c) {
			*o = append(*o, c)
		}
	}
	var order []model.ID
	for i, s := range surveys {
		for j, c := range s.compartments {
			for r, t := range s.touches[j] {
				if t.named {
					add(byName, r, i, c.ID)
				}
				add(byAny, r, i, c.ID)
				p.users[r]++
			}
			for _, f := range c.Functions {
				for _, e := range s.design.Function(f).Environment {
					if e.Refers != "" {
						add(byEnv, e.Refers, i, c.ID)
					}
				}
			}
		}
		for _, r := range s.resources {
			if r.Crown {
				p.crowns[r.ID] = true
			}
			if p.distant(surveys, r.ID) {
				if s.counted[r.ID] || r.Crown {
					p.away[i]++
				}
				continue
			}
			if show := s.counted[r.ID] || r.Crown || r.Marked || byName[r.ID] != nil; show && !shown[r.ID] {
				shown[r.ID] = true
				order = append(order, r.ID)
			}
		}
	}
	// stand is the one cell that all owners agree on, −1 if they do not.
	stand := func(c *claim) int {
		if c == nil {
			return -1
		}
		cell := -1
		for i := len(surveys) - 1; i >= 0; i-- { // after first: its bays are the finer ones
			if len(c.owners[i]) > 1 {
				return -1
			}
			if len(c.owners[i]) == 0 {
				continue
			}
			owner := c.owners[i][0]
			if p.left[i][owner] {
				return p.slots
			}
			sp := p.spans[i][owner]
			switch {
			case cell < 0 && sp.n == 1:
				cell = sp.first
			case cell < 0 || cell < sp.first || cell >= sp.first+sp.n:
				return -1
			}
		}
		return cell
	}
	for n, r := range order {
		cell := -1
		switch {
		case byName[r] != nil:
			cell = stand(byName[r])
		case byAny[r] != nil:
			if cell = stand(byAny[r]); cell < 0 {
				cell = stand(byEnv[r])
			}
		}
		for i, s := range surveys {
			if cell >= 0 && cell != p.slots && s.design.Resource(r) != nil && p.at(i, cell) == "" {
				cell = -1 // its bay is gone in this design
			}
		}
		p.homes[r] = home{cell: cell, order: n}
	}
}
