package dot

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"

	"bulkhead/model"
	"bulkhead/render"
)

// Sizes in points.
const (
	tileHeight    = 36.0
	triggerHeight = 28.0
	minTile       = 132.0
	maxTile       = 230.0
	maxHandler    = 190.0 // of a function for its handler's sake
	textLeft      = 34.0  // from a tile's side to its text
	textRight     = 12.0
	figureRoom    = 40.0 // behind the name of a function, for what a breach of it reaches
	wallHeader    = 28.0
	wallMargin    = 12.0
	bareMargin    = 4.0
	wallGap       = 5.0 // half of what is between two walls
	labelHeight   = 16.0
)

// A plan is the graph of all diagrams together, without anything that a breach changes.
type plan struct {
	names    render.Names
	nodes    []node
	clusters []cluster
	edges    []edge
	nodeAt   map[model.ID]int
	wallAt   map[model.ID]int
	edgeAt   map[edgeKey]int
	apart    []bool // by node: stands under the layout
}

type node struct {
	id      model.ID
	kind    render.NodeKind
	w, h    float64
	cluster int // −1: outside
}

type cluster struct {
	id     model.ID
	header float64 // width of its name
	group  int     // clusters of one group are a compartment and the parts that it was split into
	bare   bool    // its only function says its name
}

// margin is what is between a wall and what it holds, header what is above that.
func (c cluster) margins() (margin, header float64) {
	if c.bare {
		return bareMargin, bareMargin
	}
	return wallMargin, wallHeader
}

type edge struct {
	from, to int
	kind     render.EdgeKind
	back     bool // against the flow from left to right
	spared   bool // of a hub: Graphviz does not see it
	same     bool // spared, as anyone may the same
	label    string
	width    float64 // of the label
}

type edgeKey struct {
	from, to model.ID
	kind     render.EdgeKind
}

// union joins the diagrams: what is in several is there once, in the order of the first.
func union(m render.Metrics, diagrams []*render.Diagram) *plan {
	p := &plan{names: render.NamesOf(diagrams...), nodeAt: map[model.ID]int{}, wallAt: map[model.ID]int{}, edgeAt: map[edgeKey]int{}}
	for _, d := range diagrams {
		for _, c := range d.Clusters {
			if _, ok := p.wallAt[c.ID]; !ok {
				p.wallAt[c.ID] = len(p.clusters)
				p.clusters = append(p.clusters, cluster{id: c.ID, header: min(maxTile, m.Width(wallName(c), render.SizeBody, render.Bold)+30), group: len(p.clusters)})
			}
		}
	}
	p.group(diagrams)
	widest := 0.0 // of the functions
	for _, d := range diagrams {
		for _, n := range d.Nodes {
			if _, ok := p.nodeAt[n.ID]; ok {
				continue
			}
			in := -1
			if i, ok := p.wallAt[n.Cluster]; ok && n.Cluster != "" {
				in = i
			}
			width := m.Width(n.Name, render.SizeBody, render.Medium) + textLeft + textRight
			if n.Kind == render.TriggerNode {
				width = min(width, maxTile)
			} else {
				width = max(minTile, min(width, maxTile))
			}
			if n.Kind == render.StrangerNode {
				width = max(width, m.Width(n.Caption, render.SizeSmallest, render.Regular)+textLeft+textRight)
			}
			if n.Kind == render.FunctionNode {
				handler := m.Width(n.Caption, render.SizeSmallest, render.Regular) + textLeft + textRight
				width = max(width, min(handler, maxHandler)) + figureRoom
				widest = max(widest, width)
			}
			high := tileHeight
			if n.Kind == render.TriggerNode {
				high = triggerHeight
			}
			p.nodeAt[n.ID] = len(p.nodes)
			p.nodes = append(p.nodes, node{id: n.ID, kind: n.Kind, w: width, h: high, cluster: in})
		}
	}
	for i := range p.nodes { // they stand under each other
		if p.nodes[i].kind == render.FunctionNode {
			p.nodes[i].w = widest
		}
	}
	for _, d := range diagrams {
		for _, e := range d.Edges {
			from, ok := p.nodeAt[e.From]
			to, also := p.nodeAt[e.To]
			key := edgeKey{e.From, e.To, e.Kind}
			if _, there := p.edgeAt[key]; there || !ok || !also {
				continue
			}
			pe := edge{from: from, to: to, kind: e.Kind}
			if e.Kind == render.RunsEdge && e.Words != "" {
				pe.label = render.Fit(m, e.Words, render.SizeSmall, render.Medium, maxTile)
				pe.width = m.Width(pe.label, render.SizeSmall, render.Medium) + 8
			}
			p.edgeAt[key] = len(p.edges)
			p.edges = append(p.edges, pe)
		}
	}
	p.bare(diagrams)
	p.spare()
	p.flow()
	return p
}

// bare finds the compartments whose wall needs no name: they hold one thing in each diagram, which says its own and that of
// its role.
func (p *plan) bare(diagrams []*render.Diagram) {
	for i := range p.clusters {
		p.clusters[i].bare = true
	}
	for _, d := range diagrams {
		held := map[model.ID]int{}
		for _, n := range d.Nodes {
			held[n.Cluster]++
		}
		for _, c := range d.Clusters {
			if held[c.ID] != 1 {
				p.clusters[p.wallAt[c.ID]].bare = false
			}
		}
	}
	members := make([]int, len(p.clusters))
	for _, n := range p.nodes {
		if n.cluster >= 0 {
			members[n.cluster]++
		}
	}
	for i := range p.clusters {
		p.clusters[i].bare = p.clusters[i].bare && members[i] == 1
	}
}

// calledAfter reports whether a role has its name from a function: "OrdersRole", "prod-orders-role".
func calledAfter(role, function string) bool { return strings.Contains(plain(role), plain(function)) }

// plain is a name as one letter case and without what only parts its words.
func plain(name string) string {
	return strings.ToLower(strings.NewReplacer("-", "", "_", "", " ", "").Replace(name))
}

// wallName is what stands on a compartment's wall: its role, since its only function has a tile with its own name.
func wallName(c *render.Cluster) string { return cmp.Or(c.Role, c.Name) }

// group finds the compartments that take each other's place: their bays have a cell in common.
func (p *plan) group(diagrams []*render.Diagram) {
	cells := map[int]int{} // cell → a cluster that has it
	root := func(i int) int {
		for p.clusters[i].group != i {
			i = p.clusters[i].group
		}
		return i
	}
	for _, d := range diagrams {
		for _, b := range d.Bays {
			i, ok := p.wallAt[b.ID]
			if !ok {
				continue
			}
			for c := b.Cell; c < b.Cell+b.Span; c++ {
				if j, taken := cells[c]; taken {
					a, b := root(i), root(j)
					p.clusters[max(a, b)].group = min(a, b)
				} else {
					cells[c] = i
				}
			}
		}
	}
	for i := range p.clusters {
		p.clusters[i].group = root(i)
	}
}

// Graphs of more than these are laid out in less time and with straight edges.
const (
	fineNodes = 400
	fineEdges = 1000
)

// dot is the plan in Graphviz's language. Names are numbers, so nothing of the design needs quoting.
func (p *plan) dot() string {
	var b strings.Builder
	b.WriteString("digraph {\nrankdir=LR; ranksep=0.8; nodesep=0.16; outputorder=edgesfirst\n")
	if len(p.nodes) > fineNodes || len(p.edges) > fineEdges {
		b.WriteString("nslimit=2; nslimit1=2; mclimit=0.5; splines=line\n")
	}
	b.WriteString("node [shape=box fixedsize=true label=\"\"]\nedge [arrowhead=none]\n")
	writeNode := func(i int) {
		n := &p.nodes[i]
		fmt.Fprintf(&b, "n%d [width=%s height=%s]\n", i, inches(n.w), inches(n.h))
	}
	members := make([][]int, len(p.clusters))
	for i, n := range p.nodes {
		if n.cluster >= 0 {
			members[n.cluster] = append(members[n.cluster], i)
		}
	}
	groups := make([][]int, len(p.clusters))
	for i, c := range p.clusters {
		if len(members[i]) > 0 {
			groups[c.group] = append(groups[c.group], i)
		}
	}
	for g, clusters := range groups {
		if len(clusters) > 1 {
			fmt.Fprintf(&b, "subgraph cluster_g%d { margin=4; label=\"\"\n", g)
		}
		for _, i := range clusters {
			if p.clusters[i].bare {
				fmt.Fprintf(&b, "subgraph cluster_c%d { margin=%g; label=\"\"\n", i, bareMargin+wallGap)
				for _, n := range members[i] {
					writeNode(n)
				}
				b.WriteString("}\n")
				continue
			}
			fmt.Fprintf(&b, "subgraph cluster_c%d { margin=%g; labeljust=l; label=<<TABLE FIXEDSIZE=\"TRUE\" WIDTH=\"%.0f\" HEIGHT=\"%.0f\" BORDER=\"0\"><TR><TD></TD></TR></TABLE>>\n",
				i, wallMargin+wallGap, p.clusters[i].header, wallHeader-wallMargin)
			for _, n := range members[i] {
				writeNode(n)
			}
			b.WriteString("}\n")
		}
		if len(clusters) > 1 {
			b.WriteString("}\n")
		}
	}
	for i, n := range p.nodes {
		if n.cluster < 0 && !p.apart[i] {
			writeNode(i)
		}
	}
	for i, e := range p.edges {
		if e.spared {
			continue
		}
		from, to := e.from, e.to
		if e.back {
			from, to = to, from
		}
		fmt.Fprintf(&b, "n%d:e -> n%d:w [id=e%d", from, to, i)
		if e.width > 0 {
			fmt.Fprintf(&b, " label=<<TABLE FIXEDSIZE=\"TRUE\" WIDTH=\"%.0f\" HEIGHT=\"%.0f\" BORDER=\"0\"><TR><TD></TD></TR></TABLE>>", e.width, labelHeight)
		}
		b.WriteString("]\n")
	}
	b.WriteString("}\n")
	return b.String()
}

func inches(v float64) string { return strconv.FormatFloat(v/72, 'f', 3, 64) }
