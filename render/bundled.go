package render

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"bulkhead/model"
)

// MostClusters is how many compartments a map shows; of more, groups are a node each, until they are opened.
const MostClusters = 150

// mostShared is how many things that several groups touch a map of groups shows.
const mostShared = 60

// bundlePrefix is what ids of groups on a map begin with: they are no elements.
const bundlePrefix = "bundle/"

// BundleID is the id of a group on a map.
func BundleID(name string) model.ID { return model.ID(bundlePrefix + name) }

// BundleOf is the name of the group that an id of a map stands for, false for elements.
func BundleOf(id model.ID) (name string, ok bool) { return strings.CutPrefix(string(id), bundlePrefix) }

// bundled is graph for a design with more compartments than a map shows: groups are nodes, those that are open show their
// compartments; what lies between two nodes is one edge. Of those ashore it shows who comes from outside, and whom these become.
func (d *drawing) bundled() {
	ends := map[model.ID]model.ID{} // compartment, or who stands ashore → the node that stands for it
	for _, b := range Bundles(d.design) {
		if slices.Contains(d.view.Open, b.Name) {
			for _, m := range b.Members {
				c := d.compartments[d.at[m]]
				d.cluster(c)
				ends[m] = d.holder(c)
			}
			continue
		}
		d.Nodes = append(d.Nodes, d.bundle(b))
		for _, m := range b.Members {
			ends[m] = BundleID(b.Name)
		}
	}
	arrived := d.arriving()
	for _, id := range arrived {
		d.Nodes = append(d.Nodes, d.guest(id))
		ends[id] = id
	}
	d.Edges = append(d.Edges, d.sharedActs(ends, arrived)...)
	leads := map[Edge]*Edge{}
	ways := map[*Edge]int{}
	for _, k := range d.survey.doors {
		from, to := ends[k.from], ends[k.to]
		if from == "" || to == "" || from == to {
			continue // of somebody ashore who is not drawn, or within a group
		}
		kind, verb := FeedsEdge, " choose the input of "
		if k.runs {
			kind, verb = RunsEdge, " run as "
		}
		key := Edge{From: from, To: to, Kind: kind}
		e := leads[key]
		if e == nil {
			e = &Edge{From: from, To: to, Kind: kind, May: true, Tip: d.ends(from) + " can" + verb + d.ends(to)}
			leads[key] = e
			d.Edges = append(d.Edges, e)
		}
		ways[e]++
		e.May = e.May && k.may
		e.Wet = e.Wet || d.open(k)
	}
	for e, n := range ways {
		e.Words = count(n, "way", "ways")
		e.Tip = tip(e.Tip, e.Words)
	}
}

// arriving are those from outside, and the users and roles ashore that they can run as, one after the other.
func (d *drawing) arriving() []model.ID {
	in := map[model.ID]bool{}
	for id := range d.outside {
		in[id] = true
	}
	for grown := true; grown; {
		grown = false
		for _, k := range d.survey.doors {
			if k.runs && in[k.from] && !in[k.to] && slices.Contains(d.guests, k.to) {
				in[k.to], grown = true, true
			}
		}
	}
	var out []model.ID
	for _, id := range d.guests {
		if in[id] {
			out = append(out, id)
		}
	}
	return out
}

// ends is what people call the end of an edge.
func (d *drawing) ends(id model.ID) string {
	if name, ok := BundleOf(id); ok {
		return name
	}
	return d.name(id)
}

// bundle is the node of a group.
func (d *drawing) bundle(b Bundle) *Node {
	n := &Node{ID: BundleID(b.Name), Kind: BundleNode, Name: b.Name, Icon: "hull"}
	worst, of, functions := 0.0, "", 0
	for _, m := range b.Members {
		c := d.compartments[d.at[m]]
		functions += len(c.Functions)
		if share, f := d.worst(c); share > worst {
			worst, of = share, d.name(f)
		}
		for _, f := range append([]model.ID{c.Role}, c.Functions...) {
			if st := d.flood.state[f]; f != "" && st > n.State {
				n.State, n.Hop = st, d.flood.hops[f]
			}
		}
	}
	n.Caption = fmt.Sprintf("%s · %s", count(len(b.Members), "bay", "bays"), Percent(worst))
	n.Tip = tip("group "+b.String(), count(functions, "function", "functions"), "worst breach "+Percent(worst)+", of "+of, "click to open")
	return n
}

// sharedActs adds the things that several nodes can touch, most shared first, those of groups that are open and those that
// somebody from outside can touch, and the edges to them.
func (d *drawing) sharedActs(ends map[model.ID]model.ID, ashore []model.ID) []*Edge {
	type key struct{ from, to model.ID }
	sums := map[key]*touch{}
	held := map[key]bool{}
	users := map[model.ID]map[model.ID]bool{}
	seen := map[model.ID]bool{} // touched by a compartment that is shown, or from outside
	add := func(from model.ID, touches map[model.ID]*touch, shown, byName, holds bool) {
		for _, r := range d.touched(touches) {
			if d.tile[r] == nil || byName && !touches[r].named {
				continue // by a wildcard: nearly everything, and nothing that a map could show
			}
			seen[r] = seen[r] || shown
			k := key{from, r}
			if sums[k] == nil {
				sums[k] = &touch{}
			}
			sums[k].capabilities |= touches[r].capabilities
			sums[k].must |= touches[r].must
			held[k] = held[k] || holds
			if users[r] == nil {
				users[r] = map[model.ID]bool{}
			}
			users[r][from] = true
		}
	}
	for i, c := range d.compartments {
		_, folded := BundleOf(ends[c.ID])
		add(ends[c.ID], d.touches[i], !folded, folded, d.flood.held(c))
	}
	for _, id := range ashore {
		outside := d.outside[id] != "" // it is the thing's own policy that lets it in, and names it
		add(id, d.guestTouches[id], outside, !outside, d.flood.holds(id))
	}
	var shared []*model.Resource
	for _, r := range d.resources {
		if len(users[r.ID]) > 1 || seen[r.ID] {
			shared = append(shared, r)
		}
	}
	slices.SortStableFunc(shared, func(a, b *model.Resource) int { return cmp.Compare(len(users[b.ID]), len(users[a.ID])) })
	shared = shared[:min(len(shared), mostShared)]
	var out []*Edge
	for _, r := range shared {
		t := d.tile[r.ID]
		d.Nodes = append(d.Nodes, &Node{ID: r.ID, Kind: ResourceNode, Name: t.Name, Caption: t.Words, Icon: t.Icon, Tone: t.Tone, Sure: t.Sure, May: t.May,
			Crown: t.Crown, Counted: t.Counted, Mark: t.Mark, Tip: t.Tip})
		for _, n := range d.Nodes {
			own := sums[key{n.ID, r.ID}]
			if own == nil {
				continue
			}
			e := &Edge{From: n.ID, To: r.ID, Kind: ActsEdge, Words: words(own.capabilities, own.must, "")}
			if held[key{n.ID, r.ID}] && d.flood.hits[r.ID] != nil {
				e.Wet, e.Tone, e.Sure = true, tone(own.capabilities), tone(own.must)
				e.May = e.Sure < e.Tone
			}
			e.Tip = d.ends(n.ID) + " can touch " + t.Name + ": " + e.Words
			out = append(out, e)
		}
	}
	return out
}
