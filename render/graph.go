package render

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"bulkhead/model"
)

// graph adds the same as nodes and edges: functions in clusters by compartment, the resources shown, triggers, guests.
func (d *drawing) graph() {
	if d.view.Focus == nil && (len(d.compartments) > MostClusters || d.view.Stacked && len(d.design.Stacks()) > 1) {
		d.bundled()
		return
	}
	shown := map[model.ID]bool{}
	for _, c := range d.compartments {
		if !d.absent(c.ID) {
			d.cluster(c)
		}
	}
	var guests []model.ID
	for _, id := range d.guests {
		if d.elsewhere(id) {
			continue
		}
		guests = append(guests, id)
		d.Nodes = append(d.Nodes, d.guest(id))
	}
	for _, r := range d.resources {
		t := d.tile[r.ID]
		if t == nil {
			continue
		}
		shown[r.ID] = true
		d.Nodes = append(d.Nodes, &Node{ID: r.ID, Kind: ResourceNode, Name: t.Name, Caption: t.Words, Icon: t.Icon, Tone: t.Tone, Sure: t.Sure, May: t.May,
			Crown: t.Crown, Counted: t.Counted, Mark: t.Mark, Tip: t.Tip})
	}
	for i, c := range d.compartments {
		if d.absent(c.ID) {
			continue
		}
		from := d.holder(c)
		for _, r := range d.touched(d.touches[i]) {
			if shown[r] {
				d.acts(from, r, d.touches[i][r], d.flood.held(c))
			}
		}
	}
	for _, id := range guests {
		for _, r := range d.touched(d.guestTouches[id]) {
			if shown[r] {
				d.acts(id, r, d.guestTouches[id][r], d.flood.holds(id))
			}
		}
	}
	gates := d.starts(shown)
	for _, k := range d.survey.doors {
		// Who can run as another need not feed it as well.
		if k.runs || d.doorAt[doorKey{k.from, k.to, true}] == nil {
			d.leads(k, gates)
		}
	}
}

// guest is the node of somebody ashore.
func (d *drawing) guest(id model.ID) *Node {
	n := &Node{ID: id, Kind: RoleNode, Name: d.name(id), Icon: "role", State: d.flood.state[id], Hop: d.flood.hops[id]}
	if p := d.design.Principal(id); p != nil {
		n.Kind, n.Icon = UserNode, string(p.Kind)
	}
	if stands := d.outside[id]; stands != "" {
		n.Kind, n.Icon, n.Caption, n.Tip = StrangerNode, "globe", stands, tip("from outside: "+n.Name, stands)
	}
	return n
}

// absent reports whether the map leaves a compartment out: it shows more than a hull has bays, but no more than is wanted.
func (d *drawing) absent(id model.ID) bool {
	return d.view.Focus != nil && d.places.left[d.index][id]
}

// cluster adds a compartment: its functions, and its role where several have it.
func (d *drawing) cluster(c model.Compartment) {
	cl := &Cluster{ID: c.ID, Name: cmp.Or(c.Name, d.name(c.ID)), Role: d.name(c.Role)}
	if b := d.bay[c.ID]; b != nil && b.ID != "" {
		cl.State, cl.Mark, cl.Tip = b.State, b.Mark, b.Tip
	}
	d.Clusters = append(d.Clusters, cl)
	for _, f := range c.Functions {
		cabin := d.cabin(f)
		figure := ""
		if v, ok := d.share(f); ok {
			figure = Share(v, d.reaches[f].AtLeast)
		}
		d.Nodes = append(d.Nodes, &Node{ID: f, Kind: FunctionNode, Cluster: c.ID, Name: cabin.Name, Caption: cabin.Handler, Figure: figure, Icon: "function", State: cabin.State, Hop: cabin.Hop, Tip: cabin.Tip})
	}
	if len(c.Functions) < 2 {
		return
	}
	d.Nodes = append(d.Nodes, &Node{ID: c.Role, Kind: RoleNode, Cluster: c.ID, Name: cl.Role, Icon: "role", State: d.flood.state[c.Role], Hop: d.flood.hops[c.Role], Tip: "role " + cl.Role})
	for _, f := range c.Functions {
		d.Edges = append(d.Edges, &Edge{From: f, To: c.Role, Kind: WearsEdge, Wet: d.flood.holds(f), Tip: d.name(f) + " has the role " + cl.Role})
	}
}

// holder is the node that a compartment's grants start from: its only function, or its role.
func (d *drawing) holder(c model.Compartment) model.ID {
	if len(c.Functions) == 1 {
		return c.Functions[0]
	}
	return c.Role
}

func (d *drawing) acts(from, to model.ID, own *touch, held bool) {
	e := &Edge{From: from, To: to, Kind: ActsEdge, Words: words(own.capabilities, own.must, "")}
	if held && d.flood.hits[to] != nil {
		e.Wet, e.Tone = true, tone(own.capabilities)
		e.Sure = tone(own.must)
		e.May = e.Sure < e.Tone
	}
	e.Tip = d.name(from) + " can touch " + d.name(to) + ": " + e.Words
	d.Edges = append(d.Edges, e)
}

// leads adds the edges of one door. gates are the nodes of the triggers that have one.
func (d *drawing) leads(k *door, gates map[model.ID]*Node) {
	from := k.from
	for _, end := range []model.ID{k.from, k.to} {
		if i, ok := d.at[end]; ok && d.absent(d.compartments[i].ID) {
			return
		}
	}
	if i, ok := d.at[from]; ok {
		from = d.holder(d.compartments[i])
	}
	ends := k.functions
	if i, ok := d.at[k.to]; len(ends) == 0 && ok {
		ends = []model.ID{d.holder(d.compartments[i])}
	} else if len(ends) == 0 {
		ends = []model.ID{k.to}
	}
	if _, bay := d.at[k.to]; !bay && !slices.Contains(d.guests, k.to) {
		return // more are ashore than are drawn
	}
	if _, bay := d.at[k.from]; !bay && !slices.Contains(d.guests, k.from) {
		return
	}
	kind, verb := FeedsEdge, " chooses the input of "
	if k.runs {
		kind, verb = RunsEdge, " can run as "
	}
	if d.outside[k.from] != "" && !k.runs {
		ends = d.enters(k, ends, gates)
	}
	for _, to := range ends {
		words := strings.Join(k.labels, ", ")
		if k.runs && len(k.says) > 0 {
			words = strings.TrimSuffix(strings.TrimRight(k.says[0], ", "), " of")
			if more := len(k.says) - 1; more > 0 {
				words = fmt.Sprintf("%s, or %s", words, numbered(more, "other way", "other ways"))
			}
		}
		d.Edges = append(d.Edges, &Edge{From: from, To: to, Kind: kind, Words: words, Wet: d.open(k), May: k.may,
			Tip: tip(d.name(from)+verb+d.name(to), strings.Join(slices.Concat(k.says, k.labels), "\n"))})
	}
}

// enters adds the edges of somebody from outside to the gates by which it starts functions, and returns the functions that it
// feeds without one.
func (d *drawing) enters(k *door, ends []model.ID, gates map[model.ID]*Node) []model.ID {
	led := map[*Node]bool{}
	for _, t := range k.via {
		g := gates[t]
		if g == nil {
			continue
		}
		ends = slices.DeleteFunc(slices.Clone(ends), func(id model.ID) bool { return id == d.design.Trigger(t).To })
		if led[g] {
			continue
		}
		led[g] = true
		wet := d.open(k)
		d.Edges = append(d.Edges, &Edge{From: k.from, To: g.ID, Kind: FeedsEdge, Wet: wet, May: k.may, Tip: d.name(k.from) + " can use " + g.Name})
		for _, e := range d.Edges {
			e.Wet = e.Wet || wet && e.From == g.ID && e.Kind == StartsEdge
		}
	}
	return ends
}

// starts adds the triggers: from a resource that is shown straight to what it starts, from elsewhere as a node; the
// routes of one function are one node, and so is another source, whatever it starts. It returns the node of each trigger that has one.
func (d *drawing) starts(shown map[model.ID]bool) map[model.ID]*Node {
	gates := map[model.ID]*Node{}
	for _, t := range d.design.Triggers() {
		if i, ok := d.at[t.To]; ok && d.absent(d.compartments[i].ID) {
			continue
		}
		if shown[t.From] && (shown[t.To] || d.design.Function(t.To) != nil) {
			d.Edges = append(d.Edges, &Edge{From: t.From, To: t.To, Kind: StartsEdge, Words: t.Event, Tip: d.name(t.From) + " starts " + d.name(t.To)})
		}
	}
	sources := map[model.ID]*Node{}
	for _, c := range d.compartments {
		if d.absent(c.ID) {
			continue
		}
		for _, f := range c.Functions {
			alone := model.Compartment{ID: c.ID, Role: c.Role, Functions: []model.ID{f}}
			for _, g := range d.triggersOf(alone) {
				first := d.design.Trigger(g.IDs[0])
				if first != nil && shown[first.From] {
					continue
				}
				source := model.ID("") // that starts others as well
				if first != nil && !isRoute(first) && d.design.Resource(first.From) != nil {
					source = first.From
				}
				n := sources[source]
				if n == nil || source == "" {
					n = &Node{ID: g.IDs[0], Kind: TriggerNode, Name: g.Label, Icon: g.Icon}
					sources[source] = n
					d.Nodes = append(d.Nodes, n)
				}
				n.Open, n.Mark = n.Open || g.Open, max(n.Mark, g.Mark)
				if !strings.Contains(n.Tip, g.Tip) {
					n.Tip = tip(n.Tip, g.Tip)
				}
				for _, id := range g.IDs {
					gates[id] = n
				}
				d.Edges = append(d.Edges, &Edge{From: n.ID, To: f, Kind: StartsEdge, Tip: g.Label + " starts " + d.name(f)})
			}
		}
	}
	return gates
}
