package hull

import (
	"fmt"
	"image/color"
	"math"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"bulkhead/model"
	"bulkhead/model/reach"
	"bulkhead/render"
	"bulkhead/render/font"
	"bulkhead/render/scenetest"
)

// frame is the box of a line of text.
func frame(t render.Text) box {
	w := font.Metrics().Width(t.Text, t.Size, t.Weight)
	x := t.X
	switch t.Anchor {
	case render.Middle:
		x -= w / 2
	case render.End:
		x -= w
	case render.Start:
	}
	return box{x, t.Y - 0.74*t.Size, w, 0.95 * t.Size}
}

// meet reports whether two boxes overlap by more than half a point.
func meet(a, b box) bool {
	const e = 0.5
	return a.x+a.w > b.x+e && b.x+b.w > a.x+e && a.y+a.h > b.y+e && b.y+b.h > a.y+e
}

func within(a, b box) bool {
	const e = 0.5
	return a.x >= b.x-e && a.y >= b.y-e && a.x+a.w <= b.x+b.w+e && a.y+a.h <= b.y+b.h+e
}

func texts(s *render.Scene) []render.Text {
	var out []render.Text
	for it := range s.Printed() {
		if t, ok := it.(render.Text); ok {
			out = append(out, t)
		}
	}
	return out
}

// fault is what tests report to: *testing.T or *rapid.T.
type fault interface {
	Helper()
	Errorf(string, ...any)
}

// sound holds a picture to the rules of the drawing.
func sound(t fault, name string, diagrams []*render.Diagram) {
	t.Helper()
	soundIn(t, name, diagrams, Layout{}.room(len(diagrams)))
}

// soundIn holds it to them as it is laid out for a room.
func soundIn(t fault, name string, diagrams []*render.Diagram, in room) {
	t.Helper()
	p := newPlan(font.Metrics(), diagrams, in)
	for i := range diagrams {
		body := p.paint(i)
		inHull(t, name, p, i, body)
		tidy(t, name, body)
		explained(t, name, body)
		piped(t, name, p, i, body)
	}
	for _, d := range diagrams {
		graph(t, name, d)
	}
	scenes := make([]*render.Scene, len(diagrams))
	for i := range diagrams {
		scenes[i] = p.paint(i)
	}
	for _, s := range render.Sheets(font.Metrics(), diagrams, scenes) {
		tidy(t, name, s)
		legible(t, name, s)
	}
}

// graph: nodes are told apart, and every edge joins two of them.
func graph(t fault, name string, d *render.Diagram) {
	nodes, clusters := map[model.ID]bool{}, map[model.ID]bool{}
	for _, c := range d.Clusters {
		clusters[c.ID] = true
	}
	for _, n := range d.Nodes {
		if nodes[n.ID] {
			t.Errorf("%s: two nodes are %s", name, n.ID)
		}
		nodes[n.ID] = true
		if n.Cluster != "" && !clusters[n.Cluster] {
			t.Errorf("%s: the node %s is in no cluster", name, n.ID)
		}
	}
	for _, e := range d.Edges {
		if !nodes[e.From] || !nodes[e.To] {
			t.Errorf("%s: an edge from %s to %s misses an end", name, e.From, e.To)
		}
	}
}

// tidy: no two texts overlap, none is smaller than 10, none leaves the picture.
func tidy(t fault, name string, s *render.Scene) {
	all := texts(s)
	frames := make([]box, len(all))
	for i, a := range all {
		frames[i] = frame(a)
	}
	for i, a := range all {
		if a.Size < render.SizeSmallest {
			t.Errorf("%s: %q is set at %.1f", name, a.Text, a.Size)
		}
		if !within(frames[i], box{0, 0, s.Width, s.Height}) {
			t.Errorf("%s: %q leaves the picture", name, a.Text)
		}
		for j, b := range all[i+1:] {
			if meet(frames[i], frames[i+1+j]) {
				t.Errorf("%s: %q at %.0f,%.0f and %q at %.0f,%.0f overlap", name, a.Text, a.X, a.Y, b.Text, b.X, b.Y)
			}
		}
	}
}

// inHull: tiles and texts of the ship stand within its sides, texts of a tile within the tile, tiles within their bay
// and apart.
func inHull(t fault, name string, p *plan, i int, s *render.Scene) {
	sides := func(what string, b box) {
		for _, y := range [...]float64{b.y, b.y + b.h} {
			y = min(max(y, p.shell.deck), p.shell.keel)
			if b.x < p.shell.stern.x(y)+2 || b.x+b.w > p.shell.bow.x(y)-2 {
				t.Errorf("%s: the hull cuts %s at %.0f,%.0f", name, what, b.x, b.y)
				return
			}
		}
	}
	var tiles []box
	place := func(tile *render.Tile) {
		b, ok := p.tileAt[tile.ID]
		if !ok || p.hidden[tile.ID] {
			return
		}
		sides(tile.Name, b)
		for _, other := range tiles {
			if meet(b, other) {
				t.Errorf("%s: %s overlaps another tile", name, tile.Name)
			}
		}
		tiles = append(tiles, b)
	}
	for _, c := range p.diagrams[i].Bays {
		span := p.span(c)
		for _, tile := range c.Tiles {
			place(tile)
			if b, ok := p.tileAt[tile.ID]; ok && !within(b, span) {
				t.Errorf("%s: %s stands outside of its bay %s", name, tile.Name, c.Name)
			}
		}
	}
	for _, tile := range p.diagrams[i].Bilge {
		place(tile)
		if b, ok := p.tileAt[tile.ID]; ok && (b.y < p.shell.floor || b.y+b.h > p.shell.keel) {
			t.Errorf("%s: %s leaves the bilge", name, tile.Name)
		}
	}
	for _, text := range texts(s) {
		f := frame(text)
		if f.y > p.shell.deck && f.y+f.h < p.shell.keel {
			sides(fmt.Sprintf("%q", text.Text), f)
			for _, c := range p.diagrams[i].Bays {
				if span := p.span(c); meet(f, span) && !within(f, span) {
					t.Errorf("%s: %q leaves the bay %s", name, text.Text, c.Name)
				}
			}
		}
		for _, b := range tiles {
			if meet(f, b) && !within(f, b) {
				t.Errorf("%s: %q at %.0f,%.0f runs over the edge of a tile", name, text.Text, text.X, text.Y)
			}
		}
	}
}

// piped: every pipe ends on the edge of its thing, and neither pipes nor passages run through tiles or texts.
func piped(t fault, name string, p *plan, i int, s *render.Scene) {
	d := p.diagrams[i]
	all := texts(s)
	frames := make([]box, len(all))
	for i, a := range all {
		frames[i] = frame(a)
	}
	line := func(what string, points []point, own box) {
		for j := 1; j < len(points); j++ {
			a, b := points[j-1], points[j]
			seg := box{min(a.x, b.x) - 2, min(a.y, b.y) - 2, math.Abs(a.x-b.x) + 4, math.Abs(a.y-b.y) + 4}
			for id, tile := range p.tileAt {
				inner := box{tile.x + 3, tile.y + 3, tile.w - 6, tile.h - 6}
				if shown(d, id) && meet(seg, inner) {
					t.Errorf("%s: %s runs through %s", name, what, id)
				}
			}
			for n, text := range all {
				if f := frames[n]; meet(seg, f) && !within(f, own) {
					t.Errorf("%s: %s runs through %q", name, what, text.Text)
				}
			}
		}
	}
	for _, pipe := range d.Pipes {
		k, _, _ := p.pipeOf(d, pipe)
		r := p.bilge.pipes[k]
		if !p.lines || r == nil {
			continue
		}
		at, end := p.tileAt[pipe.Tile], r.points[len(r.points)-1]
		onTop := math.Abs(end.y-at.y) < 0.01 && end.x > at.x && end.x < at.x+at.w
		onSide := math.Abs(end.x-at.x) < 0.01 && end.y > at.y && end.y < at.y+at.h
		if !onTop && !onSide {
			t.Errorf("%s: the pipe from %s ends at %v beside %s", name, pipe.Bay, end, pipe.Tile)
		}
		span := p.span(p.bay(d, pipe.Bay))
		if r.port < span.x || r.port > span.x+span.w {
			t.Errorf("%s: the pipe of %s does not start in its bay", name, pipe.Bay)
		}
		line(fmt.Sprintf("the pipe from %s to %s", pipe.Bay, pipe.Tile), r.points, at)
	}
	for it := range s.Printed() {
		// Arrows and passages: stroked, not filled, in a door's colours.
		sh, ok := it.(render.Shape)
		if !ok || sh.Fill != render.None || (sh.Stroke != render.Danger && sh.Stroke != render.Feeds) || slices.Contains(sh.Dash, 3.5) {
			continue
		}
		var points []point
		for _, seg := range sh.Path {
			if seg.Op != render.ClosePath {
				points = append(points, point{seg.X, seg.Y})
			}
		}
		if x, y, w, h := sh.Path.Bounds(); w < 16 && h < 16 && y > p.shell.deck { // a sign in a line of text
			_ = x
			continue
		}
		if len(points) > 1 {
			line("a door", points, box{})
		}
	}
}

func shown(d *render.Diagram, id model.ID) bool {
	has := func(tiles []*render.Tile) bool {
		return slices.ContainsFunc(tiles, func(t *render.Tile) bool { return t.ID == id })
	}
	return has(d.Bilge) || slices.ContainsFunc(d.Bays, func(b *render.Compartment) bool { return has(b.Tiles) })
}

// explained: every sign that the body uses is in its legend, and the legend has no others.
func explained(t fault, name string, s *render.Scene) {
	for _, what := range scenetest.Unexplained(s) {
		t.Errorf("%s: %s", name, what)
	}
}

// legible: text stands out from what is behind it, in both palettes: 4.5 to 1, large and bold 3 to 1.
func legible(t fault, name string, s *render.Scene) {
	type patch struct {
		b     box
		color render.Color
	}
	var behind []patch
	for it := range s.Printed() {
		switch it := it.(type) {
		case render.Shape:
			if it.Fill != render.None {
				x, y, w, h := it.Path.Bounds()
				behind = append(behind, patch{box{x, y, w, h}, it.Fill})
			}
		case render.Text:
			f := frame(it)
			ground := render.Ground
			for _, b := range behind {
				if within(box{f.midX() - 1, f.midY() - 1, 2, 2}, b.b) {
					ground = b.color
				}
			}
			least := 4.5
			if it.Size >= 18 && it.Weight == render.Bold {
				least = 3
			}
			for _, palette := range []*render.Palette{render.Light, render.Dark} {
				if c := contrast(palette.RGBA(it.Color), palette.RGBA(ground)); c < least {
					t.Errorf("%s, %s: %q stands out from its ground (%d) by %.2f only", name, palette.Name, it.Text, ground, c)
				}
			}
		}
	}
}

// contrast is the ratio of luminances, as WCAG 2 has it.
func contrast(a, b color.NRGBA) float64 {
	lum := func(c color.NRGBA) float64 {
		f := func(v uint8) float64 {
			x := float64(v) / 255
			if x <= 0.03928 {
				return x / 12.92
			}
			return math.Pow((x+0.055)/1.055, 2.4)
		}
		return 0.2126*f(c.R) + 0.7152*f(c.G) + 0.0722*f(c.B)
	}
	x, y := lum(a), lum(b)
	return (max(x, y) + 0.05) / (min(x, y) + 0.05)
}

// TestRules holds the pictures of the fixtures to the rules.
func TestRules(t *testing.T) {
	for _, p := range pictures(t) {
		t.Run(p.name, func(t *testing.T) { sound(t, p.name, p.diagrams) })
	}
}

// TestRulesHold holds pictures of designs made up at random to the rules.
func TestRulesHold(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		y := random(t, r, rapid.StringMatching(`[A-Z][a-z]{1,8}([A-Z][a-z]{1,12}){0,5}`))
		sound(r, "random", []*render.Diagram{render.Draw(y.view("", breached(r, y)))})
	})
}

// TestComparisonsHold holds before and after, made up at random of the same few names, to the rules.
func TestComparisonsHold(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		name := rapid.SampledFrom([]string{"Shop", "Cart", "Mailer"})
		a, b := random(t, r, name), random(t, r, name)
		before, after := render.Compare{Before: a.view("", breached(r, a)), After: b.view("", breached(r, b))}.Draw()
		sound(r, "random", []*render.Diagram{before, after})
		if len(before.Cells) != len(after.Cells) {
			r.Errorf("%d cells before, %d after", len(before.Cells), len(after.Cells))
		}
		home := map[model.ID]int{}
		for _, c := range before.Bays {
			for _, tile := range c.Tiles {
				home[tile.ID] = tile.Cell
			}
		}
		for _, tile := range before.Bilge {
			home[tile.ID] = tile.Cell
		}
		for _, c := range after.Bays {
			for _, tile := range c.Tiles {
				if cell, ok := home[tile.ID]; ok && cell != tile.Cell {
					r.Errorf("%s stands at %d before and %d after", tile.ID, cell, tile.Cell)
				}
			}
		}
	})
}

func breached(r *rapid.T, y *yard) string {
	if n := len(y.design.Functions()); n > 0 {
		return string(y.design.Functions()[rapid.IntRange(0, n-1).Draw(r, "breach")].ID)
	}
	return ""
}

// random is a design with any mix of functions, roles, resources, triggers and steps.
func random(t testing.TB, r *rapid.T, word *rapid.Generator[string]) *yard {
	y := newYard(t, rapid.StringMatching(`[A-Za-z ]{0,80}`).Draw(r, "name"))
	n := rapid.IntRange(0, 14).Draw(r, "functions")
	roles := rapid.IntRange(1, 14).Draw(r, "roles")
	types := []string{table, bucket, queue, topic, secret, logs}
	var functions, resources []string
	for i := range n {
		f := fmt.Sprintf("%s%d", word.Draw(r, "function"), i)
		y.function(f, fmt.Sprintf("Role%d", rapid.IntRange(0, roles-1).Draw(r, "role")), strings.ToLower(f)+".handler", rapid.IntRange(0, 5).Draw(r, "origin"))
		functions = append(functions, f)
		for j := range rapid.IntRange(0, 4).Draw(r, "routes") {
			y.route(f, fmt.Sprintf("GET /%s/%d", word.Draw(r, "path"), j))
		}
	}
	for i := range rapid.IntRange(0, 30).Draw(r, "resources") {
		name := fmt.Sprintf("%s%d", word.Draw(r, "resource"), i)
		typ := rapid.SampledFrom(types).Draw(r, "type")
		if rapid.IntRange(0, 6).Draw(r, "crown") == 0 {
			y.resource(name, typ, true)
		} else {
			y.resource(name, typ)
		}
		resources = append(resources, name)
	}
	if n > 0 {
		fn := rapid.SampledFrom(functions)
		can := rapid.SampledFrom([]string{"read", "*read write delete", "secret?", "read write? delete?", "send", "list", "*read write delete permissions"})
		if len(resources) > 0 {
			for range rapid.IntRange(0, 40).Draw(r, "acts") {
				y.acts(fn.Draw(r, "from"), rapid.SampledFrom(resources).Draw(r, "to"), can.Draw(r, "can"))
			}
			for range rapid.IntRange(0, 6).Draw(r, "triggers") {
				y.trigger(rapid.SampledFrom(resources).Draw(r, "source"), fn.Draw(r, "target"), "event-source-mapping", "sqs", fmt.Sprint(len(y.elements)))
			}
		}
		for range rapid.IntRange(0, 12).Draw(r, "doors") {
			y.leads(rapid.SampledFrom([]reach.Kind{reach.Feeds, reach.Runs}).Draw(r, "kind"), fn.Draw(r, "door"), fn.Draw(r, "leads"), "technique")
		}
		y.sea(functions[0], table, "*", "read")
	}
	return y.build()
}

// TestStill holds every place to stay where it is, whichever breach is shown, at whichever hop.
func TestStill(t *testing.T) {
	for _, y := range []*yard{webshop(t), photos(t), fleet(t, 9), fleet(t, 26), fleet(t, 80), crew(t), hoard(t), passages(t)} {
		var first *render.Scene
		var still []string
		for i, f := range append([]string{""}, starts(y)...) {
			v := y.view("", f)
			v.Vulnerable = i%3 == 1
			v.Hop = i % 2
			d := render.Draw(v)
			s := layout(t, d)[0]
			ship := boxes(newPlan(font.Metrics(), []*render.Diagram{d}, Layout{}.room(1)).paint(0))
			if first == nil {
				first, still = s, ship
				continue
			}
			if s.Width != first.Width || s.FootY != first.FootY || topmost(s) != topmost(first) {
				t.Errorf("%s: the breach of %s changes the size", y.info.Name, f)
			}
			if !slices.Equal(ship, still) {
				t.Errorf("%s: the breach of %s moves things", y.info.Name, f)
			}
		}
	}
}

// boxes are the areas of a scene, sorted.
func boxes(s *render.Scene) []string {
	var out []string
	for _, a := range s.Areas {
		out = append(out, fmt.Sprintf("%.2f %.2f %.2f %.2f", a.X, a.Y, a.W, a.H))
	}
	slices.Sort(out)
	return out
}

// topmost is the upper edge of the first bay.
func topmost(s *render.Scene) float64 {
	for _, a := range s.Areas {
		if strings.HasPrefix(string(a.Element), "role/") {
			return a.Y
		}
	}
	return -1
}

func starts(y *yard) []string {
	var out []string
	for _, f := range y.design.Functions() {
		out = append(out, string(f.ID))
	}
	for _, p := range y.design.Principals() {
		out = append(out, string(p.ID))
	}
	return out
}

// places are the places of elements: the largest area of each.
func places(s *render.Scene) map[model.ID]box {
	out := map[model.ID]box{}
	for _, a := range s.Areas {
		if b := out[a.Element]; a.Element != "" && a.W*a.H > b.w*b.h {
			out[a.Element] = box{a.X, a.Y, a.W, a.H}
		}
	}
	return out
}

// TestUnsplitStay holds what was not split to its place and width, and the parts to the place of the whole.
func TestUnsplitStay(t *testing.T) {
	shop, split := webshop(t), webshopSplit(t)
	before, after := render.Compare{Before: shop.view("", "Shop"), After: split.view("", "Checkout")}.Draw()
	s := layout(t, before, after)
	if s[0].Width != s[1].Width || s[0].FootY != s[1].FootY {
		t.Errorf("before and after differ in size")
	}
	p := newPlan(font.Metrics(), []*render.Diagram{before, after}, Layout{}.room(1))
	a, b := places(p.paint(0)), places(p.paint(1))
	same := 0
	for id, at := range a {
		other, ok := b[id]
		if !ok {
			continue
		}
		if id == "role/ShopRole" {
			continue // of the whole, and after it of a part
		}
		same++
		if other != at {
			t.Errorf("%s moved from %v to %v", id, at, other)
		}
	}
	if same < 9+2+2 { // resources, and functions and bays of Mailer and Reports
		t.Errorf("only %d things are in both", same)
	}
	whole := a["role/ShopRole"]
	width := 0.0
	for _, part := range []string{"Catalog", "Cart", "Shop", "Account"} {
		at := b[model.ID("role/"+part+"Role")]
		if !within(at, whole) {
			t.Errorf("%s at %v is not in the place of the whole, %v", part, at, whole)
		}
		width += at.w
	}
	if math.Abs(width-whole.w) > 0.5 {
		t.Errorf("the parts are %.1f wide, the whole %.1f", width, whole.w)
	}
}
