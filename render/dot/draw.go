package dot

import (
	"math"
	"slices"
	"strings"

	"bulkhead/model"
	"bulkhead/render"
)

// A canvas collects the picture of one diagram.
type canvas struct {
	render.Scene
	m      render.Metrics
	signs  map[render.SignKind]bool
	p      *plan
	at     *places
	roles  map[model.ID]string   // of compartments whose wall says none, and whose function is not called after it
	shown  map[*render.Edge]bool // nil: all
	needed map[*render.Edge]bool // of the edges that are spared
	taken  []box                 // where a label may not lie
	labels []render.Item         // of edges, which go above all edges
}

// fewEdges is how many edges our own layout may have and still label them.
const fewEdges = 40

const (
	pad       = 6.0 // about the whole, for walls and marks that stand over
	wallWidth = 3.0
)

// draw is the map of one diagram, without claim and legend. Its Legend lists the signs that it uses.
func draw(m render.Metrics, d *render.Diagram, p *plan, at *places) *render.Scene {
	c := &canvas{m: m, signs: map[render.SignKind]bool{}, p: p, at: at, shown: p.ways(d), needed: shortest(d)}
	c.Width, c.Height = at.width+2*pad, at.height+2*pad
	c.roles = map[model.ID]string{}
	for _, cl := range d.Clusters {
		if i, ok := p.wallAt[cl.ID]; ok && p.clusters[i].bare {
			c.roles[cl.ID] = wallName(cl)
		}
	}
	var headers []render.Item
	for _, cl := range d.Clusters {
		headers = append(headers, c.cluster(d, cl)...)
	}
	for _, n := range d.Nodes {
		if i, ok := p.nodeAt[n.ID]; ok {
			c.taken = append(c.taken, c.tile(i))
		}
	}
	// What is dry lies under what is wet.
	for _, wet := range []bool{false, true} {
		for _, e := range d.Edges {
			if e.Wet == wet && (c.shown == nil || c.shown[e]) {
				c.edge(e)
			}
		}
	}
	c.add(c.labels...)
	c.add(headers...)
	for _, n := range d.Nodes {
		c.node(n)
	}
	var kinds []render.SignKind
	for k := range c.signs {
		kinds = append(kinds, k)
	}
	c.Legend = render.Legend(m, kinds...)
	return &c.Scene
}

func (c *canvas) add(items ...render.Item) { c.Items = append(c.Items, items...) }

func (c *canvas) sign(k render.SignKind) { c.signs[k] = true }

// tile is where a node of this diagram stands.
func (c *canvas) tile(i int) box {
	n, q := c.p.nodes[i], c.at.nodes[i]
	return box{q.x - n.w/2 + pad, q.y - n.h/2 + pad, n.w, n.h}
}

// wall is where a compartment of this diagram stands. Functions that another of the diagrams has in another
// compartment stand where that one has them; then the wall is led round them.
func (c *canvas) wall(d *render.Diagram, cl *render.Cluster, i int) (box, bool) {
	own := true
	b := box{w: -1}
	for _, n := range d.Nodes {
		if n.Cluster != cl.ID {
			continue
		}
		k := c.p.nodeAt[n.ID]
		own = own && c.p.nodes[k].cluster == i
		t := c.tile(k)
		if b.w < 0 {
			b = t
		} else {
			x, y := min(b.x, t.x), min(b.y, t.y)
			b = box{x, y, max(b.x+b.w, t.x+t.w) - x, max(b.y+b.h, t.y+t.h) - y}
		}
	}
	if b.w < 0 {
		return b, false
	}
	if q := c.at.clusters[i]; own && q.w > 0 {
		return box{q.x + pad, q.y + pad, q.w, q.h}, true
	}
	margin, header := c.p.clusters[i].margins()
	return box{b.x - margin, b.y - header, b.w + 2*margin, b.h + header + margin}, true
}

// cluster draws a compartment and returns its name, which goes above the edges that pass.
func (c *canvas) cluster(d *render.Diagram, cl *render.Cluster) []render.Item {
	i, ok := c.p.wallAt[cl.ID]
	if !ok {
		return nil
	}
	b, ok := c.wall(d, cl, i)
	if !ok {
		return nil
	}
	fill := render.Bay
	c.sign(render.WallSign)
	if cl.State >= render.Held {
		fill = render.Water
		c.sign(render.FloodSign)
	}
	edge := render.Hull
	if c.p.clusters[i].bare && cl.Mark == render.New { // the wall itself says so, as it does on the hull
		c.sign(render.NewSign)
		edge = render.Good
	}
	c.add(render.Shape{Path: render.Rect(b.x, b.y, b.w, b.h, 8), Fill: fill, Stroke: edge, Width: wallWidth})
	left, room := b.x+wallMargin, b.w-2*wallMargin
	if cl.Mark == render.New && edge == render.Hull {
		c.sign(render.NewSign)
		c.add(render.Shape{Path: render.Move(left+2, b.y+8).Line(left+2, b.y+22), Stroke: render.Good, Width: 4})
		left, room = left+10, room-10
	}
	if c.p.clusters[i].bare {
		c.Areas = append(c.Areas, render.Area{X: b.x, Y: b.y, W: b.w, H: b.h, Element: cl.ID, Tip: cl.Tip})
		return nil
	}
	icon := "role"
	if cl.Role == "" {
		icon = "function"
	}
	c.Areas = append(c.Areas, render.Area{X: b.x, Y: b.y, W: b.w, H: b.h, Element: cl.ID, Tip: cl.Tip})
	name := c.p.names.Fit(c.m, wallName(cl), render.SizeBody, render.Bold, room-18)
	return []render.Item{
		// Edges that pass go behind the name.
		render.Shape{Path: render.Rect(left-3, b.y+5, c.m.Width(name, render.SizeBody, render.Bold)+24, 19, 4), Fill: fill},
		render.Icon{Name: icon, X: left, Y: b.y + 8, Size: 13, Color: render.Muted, Level: render.Near},
		render.Text{X: left + 18, Y: b.y + 19, Size: render.SizeBody, Weight: render.Bold, Color: render.Ink, Text: name, Level: render.Near},
		render.Text{X: left, Y: b.y + 22, Size: farTrigger, Weight: render.Bold, Color: render.Ink, Text: c.p.names.Fit(c.m, wallName(cl), farTrigger, render.Bold, room), Halo: fill, Level: render.Far},
	}
}

// spot is where on a route its label lies on no tile and no other label, false where there is no such place: pointing at the line tells
// it as well. Graphviz leaves room for each.
func (c *canvas) spot(r *route, width float64) (point, bool) {
	if c.at.hidden == nil {
		return r.label, true
	}
	for _, t := range [...]float64{0.5, 0.4, 0.6, 0.3, 0.7, 0.2, 0.8} {
		q := along(r.curve, t)
		b := box{q.x + pad - width/2, q.y + pad - 8, width, labelHeight}
		if !slices.ContainsFunc(c.taken, b.meets) {
			c.taken = append(c.taken, b)
			return q, true
		}
	}
	return point{}, false
}

// meets reports whether two boxes have a place in common.
func (b box) meets(o box) bool {
	return b.x < o.x+o.w && o.x < b.x+b.w && b.y < o.y+o.h && o.y < b.y+b.h
}

// A pen is how an edge is drawn.
type pen struct {
	color  render.Color
	width  float64
	dash   []float64
	arrow  float64      // length of its head, 0: none
	casing render.Color // a rim about the line, None: none
	sure   render.Tone  // what shows between the dashes
	sign   render.SignKind
}

func penOf(e *render.Edge) pen {
	p := pen{color: render.Line, width: 1, arrow: 5, sign: render.EdgeSign}
	switch e.Kind {
	case render.ActsEdge:
		if e.Wet && e.Tone != render.Dry {
			p = pen{color: e.Tone.Color(), width: 2.25, arrow: 7, sign: e.Tone.Sign()}
			if e.Tone == render.Reads {
				p.casing = render.Hull // a line in the calmest tone would be lost on the ground
			}
		}
	case render.FeedsEdge:
		p = pen{color: render.Line, width: 1.75, dash: []float64{4, 3}, arrow: 6, sign: render.FeedEdgeSign}
		if e.Wet {
			p.color, p.sign = render.Feeds, render.FeedsSign
		}
	case render.RunsEdge:
		p = pen{color: render.Line, width: 2, arrow: 7, sign: render.RunEdgeSign}
		if e.Wet {
			p.color, p.width, p.sign = render.Danger, 2.5, render.RunsSign
		}
	case render.StartsEdge:
		p = pen{color: render.Muted, width: 1.25, arrow: 6, sign: render.StartSign}
	case render.WearsEdge:
		p = pen{color: render.Hull, width: 1.25, sign: render.WearSign}
	}
	if e.May && e.Wet && e.Kind != render.FeedsEdge {
		p.dash, p.sure = []float64{9, 4}, e.Sure
	}
	return p
}

// outside is an edge that ends at the walls of compartments that hold one thing, which Graphviz leads to the thing inside.
func (c *canvas) outside(e *edge, curve []point) []point {
	out := slices.Clone(curve)
	n := len(out)
	for _, end := range [...]struct{ node, at, next int }{{e.from, 0, 1}, {e.to, n - 1, n - 2}} {
		node := c.p.nodes[end.node]
		if node.cluster < 0 || !c.p.clusters[node.cluster].bare {
			continue
		}
		dx := bareMargin + wallWidth/2
		if off := out[end.at].x - c.at.nodes[end.node].x; math.Abs(math.Abs(off)-node.w/2) > 2 {
			continue // not at a side
		} else if off < 0 {
			dx = -dx
		}
		out[end.at].x += dx
		out[end.next].x += dx
	}
	return out
}

func (c *canvas) edge(e *render.Edge) {
	i, ok := c.p.edgeAt[edgeKey{e.From, e.To, e.Kind}]
	if !ok {
		return
	}
	if (c.p.edges[i].spared || c.at.hidden[i]) && !c.needed[e] {
		return
	}
	r := c.at.edges[i]
	if len(r.curve) < 4 {
		return
	}
	curve := c.outside(&c.p.edges[i], r.curve)
	path := render.Move(curve[0].x+pad, curve[0].y+pad)
	for k := 1; k+2 < len(curve); k += 3 {
		a, b, q := curve[k], curve[k+1], curve[k+2]
		path = path.Cubic(a.x+pad, a.y+pad, b.x+pad, b.y+pad, q.x+pad, q.y+pad)
	}
	p := penOf(e)
	if c.shown != nil && e.Kind == render.StartsEdge && !e.Wet && c.p.nodes[c.p.edges[i].from].kind == render.ResourceNode {
		p.color, p.sign = render.Line, render.StartSign // where few lines are drawn they must not outshine the breach's
	}
	c.sign(p.sign)
	if e.May && e.Wet && len(p.dash) > 0 && e.Kind != render.FeedsEdge {
		c.sign(render.MayLineSign)
	}
	if p.casing != render.None {
		c.add(render.Shape{Path: path, Stroke: p.casing, Width: p.width + 1.25, Dash: p.dash})
	}
	if p.sure > render.Dry {
		c.sign(p.sure.Sign())
		c.add(render.Shape{Path: path, Stroke: p.sure.Color(), Width: p.width})
	}
	c.add(render.Shape{Path: path, Stroke: p.color, Width: p.width, Dash: p.dash})
	if p.arrow > 0 {
		end := curve[len(curve)-1]
		from := end
		head := p.color
		if p.casing != render.None {
			head = p.casing
		}
		// Back along the curve until there is a direction.
		for k := len(curve) - 2; k >= 0 && math.Hypot(end.x-from.x, end.y-from.y) < 1; k-- {
			from = curve[k]
		}
		c.add(render.Shape{Path: render.Arrow(end.x+pad, end.y+pad, end.x-from.x, end.y-from.y, p.arrow), Stroke: head, Width: max(p.width, 1.25), Round: true})
	}
	// Graphviz leaves room for a label; without it, or among many edges, they would lie on other things.
	if pe := c.p.edges[i]; pe.width > 0 && e.Wet && !pe.spared && c.shown == nil && (c.at.note == "" || len(c.p.edges) <= fewEdges) {
		if q, free := c.spot(&r, pe.width-8); free {
			c.labels = append(c.labels, render.Text{X: q.x + pad, Y: q.y + pad + 4, Size: render.SizeSmall, Weight: render.Medium, Anchor: render.Middle,
				Color: render.Danger, Text: pe.label, Halo: render.Ground, Level: render.Near})
		}
	}
	if e.Tip != "" {
		q := along(r.curve, 0.5)
		c.Areas = append(c.Areas, render.Area{X: q.x + pad - 8, Y: q.y + pad - 8, W: 16, H: 16, Tip: e.Tip})
	}
}

func (c *canvas) node(n *render.Node) {
	i, ok := c.p.nodeAt[n.ID]
	if !ok {
		return
	}
	b := c.tile(i)
	if n.Kind == render.TriggerNode {
		c.trigger(n, b, c.at.after[i])
		return
	}
	look := render.Shape{Path: render.Rect(b.x, b.y, b.w, b.h, 6), Fill: render.Panel, Stroke: render.Line, Width: 1.25}
	if in := c.p.nodes[i].cluster; in >= 0 && c.p.clusters[in].bare && c.roles[n.Cluster] != "" {
		look.Stroke = render.None // its wall frames it
	}
	if n.Kind == render.StrangerNode { // round, as who stands ashore is on the hull
		look.Path = render.Rect(b.x, b.y, b.w, b.h, b.h/2)
		c.sign(render.OutsideSign)
	}
	ink, quiet, plate := render.Ink, render.Muted, render.None
	if n.Kind == render.ResourceNode {
		if n.Tone != render.Dry {
			c.sign(n.Tone.Sign())
			look.Fill, look.Stroke = n.Tone.Color(), render.None
			ink, quiet = n.Tone.OnColor(), n.Tone.OnColor()
			if n.May {
				c.sign(render.MaySign)
				plate = look.Fill
				look.Hatch = hatch(n.Tone)
			}
		}
		if !n.Counted {
			look.Stroke, look.Dash = render.Muted, []float64{3, 3}
			c.sign(render.MinorSign)
		}
	}
	switch n.State {
	case render.Breached, render.Held:
		look.Stroke, look.Width = render.Danger, 2
	case render.Fed:
		look.Stroke, look.Width, look.Dash, look.Round = render.Feeds, 1.75, []float64{2, 3}, true
		c.sign(render.FedSign)
	case render.Sound:
	}
	c.add(look)
	sure := render.Dry
	if n.May && n.Sure > render.Dry {
		sure = n.Sure
		c.sign(sure.Sign())
		c.sign(render.SureSign)
		c.add(render.Shape{Path: render.LeftRect(b.x, b.y, textLeft-3, b.h, 6), Fill: sure.Color()})
	}
	c.label(n, b, ink, quiet, plate, sure)
	c.marks(n, b)
	c.Areas = append(c.Areas, render.Area{X: b.x, Y: b.y, W: b.w, H: b.h, Element: n.ID, Tip: n.Tip})
}

// label writes icon, name and caption on a tile. On a hatched one they stand on plates, so that no line runs through
// them.
func (c *canvas) label(n *render.Node, b box, ink, quiet, plate render.Color, sure render.Tone) {
	sign := ink
	left, room := b.x+textLeft, b.w-textLeft-textRight+4
	if n.Kind == render.FunctionNode {
		room -= figureRoom
	}
	if n.Figure != "" {
		c.sign(render.ShareSign)
		c.add(render.Text{X: b.x + b.w - 9, Y: b.y + b.h/2 + 4, Size: render.SizeSmall, Anchor: render.End, Color: quiet, Text: n.Figure, Level: render.Near})
	}
	name := render.Text{X: left, Y: b.y + b.h/2 + 4.5, Size: render.SizeBody, Weight: render.Medium, Color: ink,
		Text: c.p.names.Fit(c.m, n.Name, render.SizeBody, render.Medium, room)}
	texts := []render.Text{name}
	said := n.Caption
	if role, ok := c.roles[n.Cluster]; ok && !calledAfter(role, n.Name) {
		said = role
	}
	if caption := render.FitWords(c.m, said, render.SizeSmallest, render.Regular, room); caption != "" {
		texts[0].Y = b.y + 15.5
		texts = append(texts, render.Text{X: left, Y: b.y + 28.5, Size: render.SizeSmallest, Color: quiet, Level: render.Near, Text: caption})
		if strings.Contains(caption, "?") {
			c.sign(render.MaySign)
		}
	}
	if plate != render.None {
		if sure > render.Dry {
			sign = sure.OnColor()
		} else {
			c.add(render.Shape{Path: render.Rect(b.x+7, b.y+b.h/2-11, 22, 22, 4), Fill: plate})
		}
		for _, t := range texts {
			c.add(render.Shape{Path: render.Rect(t.X-3, t.Y-t.Size+0.5, c.m.Width(t.Text, t.Size, t.Weight)+6, t.Size+3, 3), Fill: plate, Level: render.Near})
		}
	}
	near := 8.0 // from the tile's side to its name, from far away
	if n.State == render.Breached {
		near = textLeft
	} else {
		c.add(render.Icon{Name: n.Icon, X: b.x + 10, Y: b.y + (b.h-16)/2, Size: 16, Color: sign, Level: render.Near})
	}
	for _, t := range texts {
		t.Level = render.Near
		c.add(t)
	}
	if _, group := render.BundleOf(n.ID); group { // how many it is of
		count, _, _ := strings.Cut(n.Caption, " ")
		w := c.m.Width(count, farTile, render.Regular)
		c.add(render.Text{X: b.x + b.w - 8, Y: b.y + b.h/2 + farTile*0.36, Size: farTile, Anchor: render.End, Color: quiet, Text: count, Halo: plate, Level: render.Far})
		b.w -= w + 8
	}
	if w := c.m.Width(n.Figure, farTrigger, render.Regular); n.Figure != "" && c.m.Width(n.Name, farLeast, render.Medium) <= b.w-near-w-16 {
		c.add(render.Text{X: b.x + b.w - 8, Y: b.y + b.h/2 + farTrigger*0.36, Size: farTrigger, Anchor: render.End, Color: quiet, Text: n.Figure, Level: render.Far})
		b.w -= w + 8
	}
	c.afar(render.Text{X: b.x + near, Y: b.y + b.h/2, Weight: render.Medium, Color: ink, Text: n.Name, Halo: plate}, farTile, b.w-6-near)
}

// How large names are where the picture is so small that what is Near is left out.
const (
	farTile    = 18.0
	farLeast   = 15.0 // of a name that would be cut otherwise
	farTrigger = 16.0
)

// afar writes a name about a middle, as it is to be read from far away.
func (c *canvas) afar(t render.Text, size, room float64) {
	if w := c.m.Width(t.Text, size, t.Weight); w > room {
		size = max(farLeast, size*room/w*0.99) // letters are not quite as wide as their size says
	}
	t.Size, t.Level = size, render.Far
	t.Y += size * 0.36
	t.Text = c.p.names.Fit(c.m, t.Text, size, t.Weight, room)
	c.add(t)
}

// marks puts the signs on a tile's corners.
func (c *canvas) marks(n *render.Node, b box) {
	switch n.State {
	case render.Breached:
		c.sign(render.BreachSign)
		x, y := b.x+18, b.y+b.h/2 // in the icon's place
		c.add(render.Shape{Path: render.Star(x, y, 12), Fill: render.Danger, Stroke: render.Bay, Width: 1.5})
		c.Markers = append(c.Markers, render.Area{X: x - 12, Y: y - 12, W: 24, H: 24})
	case render.Held:
		c.sign(render.HeldSign)
		c.add(render.HeldMark(b.x+3, b.y+4, n.Hop, render.Panel)...)
	case render.Sound, render.Fed:
	}
	if n.Crown {
		c.sign(render.CrownSign)
		c.add(render.Shape{Path: render.CrownPath(b.x+b.w-16, b.y+4, 15), Fill: render.Crown, Stroke: render.Ground, Width: 1})
	}
	switch n.Mark {
	case render.New:
		c.sign(render.NewSign)
		c.add(render.Shape{Path: render.Move(b.x, b.y+8).Line(b.x, b.y+b.h-8), Stroke: render.Good, Width: 4})
	case render.Moved:
		c.sign(render.MovedSign)
		c.add(render.MovedMark(b.x+b.w-15, b.y+b.h-2)...)
	case render.Unmarked:
	}
}

// trigger is a sign and its words, without a tile: it is no part of the ship. One after what it starts has its words at that side.
func (c *canvas) trigger(n *render.Node, b box, after bool) {
	name := c.p.names.Fit(c.m, n.Name, render.SizeBody, render.Regular, b.w-20)
	right := b.x + b.w
	far := render.Text{X: right - 4, Y: b.y + b.h/2, Anchor: render.End, Color: render.Ink, Text: n.Name, Halo: render.Ground}
	if after {
		far.X, far.Anchor = b.x+4, render.Start
	}
	c.afar(far, farTrigger, b.w+18)
	// From the side of what it starts outward: its sign, its words, and whether anyone may start it.
	side, outward, anchor, icon := right, -1.0, render.End, n.Icon
	if after {
		side, outward, anchor = b.x, 1, render.Start
		if icon == "route" {
			icon = "route-left" // it points at what it starts
		}
	}
	at := func(from, size float64) float64 { // where something of a size begins that stands so far from the side
		if after {
			return side + from
		}
		return side - from - size
	}
	c.add(render.Text{X: side + outward*20, Y: b.y + b.h/2 + 4.5, Size: render.SizeBody, Anchor: anchor, Color: render.Ink, Text: name, Halo: render.Ground, Level: render.Near}, // lines that pass go behind it
		render.Icon{Name: icon, X: at(2, 14), Y: b.y + b.h/2 - 7, Size: 14, Color: render.Muted, Level: render.Near})
	if n.Open {
		c.sign(render.OpenSign)
		width := c.m.Width(name, render.SizeBody, render.Regular)
		c.add(render.Icon{Name: "globe", X: at(25+width, 13), Y: b.y + b.h/2 - 6.5, Size: 13, Color: render.Muted, Level: render.Near})
	}
	if n.Mark == render.New {
		c.sign(render.NewSign)
		c.add(render.Shape{Path: render.Move(side, b.y+10).Line(side, b.y+b.h-10), Stroke: render.Good, Width: 4})
	}
	c.Areas = append(c.Areas, render.Area{X: b.x, Y: b.y, W: b.w, H: b.h, Element: n.ID, Tip: n.Tip})
}

// hatch is the colour of lines over a tone that can be told from it; the hull's are the same.
func hatch(t render.Tone) render.Color {
	return [...]render.Color{render.None, render.Tile2, render.Tile1, render.Tile2}[t]
}
