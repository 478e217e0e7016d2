package dot

import (
	"fmt"
	"strings"

	"bulkhead/model"
	"bulkhead/render"
)

// Who leads to at least so many others, and to such a share of all, is a hub: an administrator, a deploy role.
const (
	hubLeast = 8
	hubShare = 0.5
)

// hubs finds the nodes that lead to most others, and to how many.
func (p *plan) hubs() map[int]int {
	ends := make([]map[int]bool, len(p.nodes))
	for _, e := range p.edges {
		if e.kind == render.StartsEdge || e.kind == render.WearsEdge {
			continue
		}
		if ends[e.from] == nil {
			ends[e.from] = map[int]bool{}
		}
		ends[e.from][e.to] = true
	}
	others := -1
	for _, n := range p.nodes {
		if n.kind != render.TriggerNode {
			others++
		}
	}
	out := map[int]int{}
	for i, e := range ends {
		if len(e) >= hubLeast && float64(len(e)) >= hubShare*float64(others) {
			out[i] = len(e)
		}
	}
	return out
}

// crowd is how many edges a map has at least on which the lines of users, and of roles that no function has, are left
// out as far as they lead to things and not to other principals.
const crowd = 100

// spare takes edges out of the layout that say less than they hide: those of hubs, as far as they lead to what others
// lead to as well, and in a crowd those of whom stands ashore. Of them, those that a breach needs are drawn.
func (p *plan) spare() {
	hubs := p.hubs()
	other := make([]bool, len(p.nodes)) // led to by one that is no hub
	for _, e := range p.edges {
		if _, hub := hubs[e.from]; !hub {
			other[e.to] = true
		}
	}
	for i := range p.edges {
		e := &p.edges[i]
		_, hub := hubs[e.from]
		ashore := p.nodes[e.from].cluster < 0 && p.nodes[e.from].kind != render.BundleNode
		switch e.kind {
		case render.RunsEdge:
			e.spared = hub && (ashore || other[e.to])
		case render.ActsEdge, render.FeedsEdge:
			e.spared = hub && (ashore || other[e.to]) || ashore && len(p.edges) > crowd
		case render.StartsEdge, render.WearsEdge:
		}
	}
	p.spareSame()
	p.nodesApart()
}

// spareSame takes out of the layout what each from outside may do because anyone may: it would be drawn for everybody again.
func (p *plan) spareSame() {
	anyone, ok := p.nodeAt[render.Anyone]
	if !ok {
		return
	}
	type way struct {
		to   int
		kind render.EdgeKind
	}
	open := map[way]bool{}
	for _, e := range p.edges {
		if e.from == anyone {
			open[way{e.to, e.kind}] = true
		}
	}
	for i := range p.edges {
		e := &p.edges[i]
		if e.from != anyone && p.nodes[e.from].kind == render.StrangerNode && open[way{e.to, e.kind}] {
			e.spared, e.same = true, true
		}
	}
}

// hide leaves out of a layout of our own the lines from outside to what starts functions, except where the two stand beside each
// other, or the latter between the sides: they would cross all of the map, and the sign on what anyone may start says the same.
func (p *plan) hide(at *places, sides []*stand) {
	beside := map[int]*stand{}
	for _, s := range sides {
		for _, n := range s.starters {
			beside[n] = s
		}
	}
	at.hidden = map[int]bool{}
	for i, e := range p.edges {
		if to := beside[e.to]; p.enters(&e) && (sides == nil || to != nil && beside[e.from] != to) {
			at.hidden[i] = true
		}
	}
}

// enters reports whether an edge leads from outside to what starts a function.
func (p *plan) enters(e *edge) bool {
	return p.nodes[e.from].kind == render.StrangerNode && p.nodes[e.to].kind == render.TriggerNode
}

// nodesApart finds the nodes outside the compartments that nothing in the layout leads to or from: they stand in rows
// under it.
func (p *plan) nodesApart() {
	p.apart = make([]bool, len(p.nodes))
	for i, n := range p.nodes {
		p.apart[i] = n.cluster < 0
	}
	for _, e := range p.edges {
		if !e.spared {
			p.apart[e.from], p.apart[e.to] = false, false
		}
	}
	for i := range p.nodes {
		if !p.apart[i] {
			return
		}
	}
	clear(p.apart) // there is nothing to stand under
}

const apartGap = 16.0

// moor places the nodes that stand apart in rows under the rest, principals before things.
func (p *plan) moor(at *places) {
	if p.apart == nil {
		return
	}
	wide := max(at.width, 720)
	y, x := at.height+2*apartGap, 0.0
	for _, things := range [...]bool{false, true} {
		for i, n := range p.nodes {
			if !p.apart[i] || (n.kind == render.ResourceNode) != things {
				continue
			}
			if x > 0 && x+n.w > wide {
				x, y = 0, y+n.h+apartGap
			}
			at.nodes[i] = point{x + n.w/2, y + n.h/2}
			x += n.w + apartGap
			at.width, at.height = max(at.width, x-apartGap), max(at.height, y+n.h)
		}
		if x > 0 {
			x, y = 0, at.height+apartGap
		}
	}
}

// spareNote says of whom lines are left out, "" if of none.
func (p *plan) spareNote(d *render.Diagram) string {
	hubs, crowded := p.hubs(), false
	of := map[model.ID]bool{}
	for _, e := range p.edges {
		if !e.spared || e.same {
			continue
		}
		if _, hub := hubs[e.from]; hub {
			of[p.nodes[e.from].id] = true
		} else {
			crowded = true
		}
	}
	var names []string
	for _, n := range d.Nodes {
		if of[n.ID] {
			names = append(names, n.Name)
		}
	}
	if len(names) > 3 {
		names = append(names[:2], fmt.Sprintf("%d more", len(names)-2))
	}
	var says []string
	if len(names) > 0 {
		says = append(says, strings.Join(names, ", ")+" (nearly everything can be reached from there)")
	}
	if crowded {
		says = append(says, "users and roles ashore to what they can touch or feed")
	}
	if says == nil {
		return ""
	}
	return "Of the lines from " + strings.Join(says, " and from ") + " only those are drawn that the breach takes"
}
