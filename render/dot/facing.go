package dot

import (
	"cmp"
	"math"
	"slices"

	"bulkhead/render"
)

// Graphviz stands what is alike in one column: a design of thirty functions beside each other becomes a tower that no window
// shows at a size to be read. There the compartments stand in two columns that face each other over the things that they
// touch, each with what starts it at its outer side, so that lines cross the room between and no tile. More of them are laid as
// bricks are (brick.go).

// roomWidth and roomHeight are what a map should fit into, in points: the middle of a small window at half its size.
const (
	roomWidth, roomHeight = 1500.0, 740.0
	mostFacing            = 240 // nodes: of more, columns are too long to be read either way
)

// fit is how large the room shows a map, 1 for all of it and no more.
func (at *places) fit() float64 { return min(roomWidth/at.width, roomHeight/at.height) }

// A layout that follows the flow is left for one in two columns only where the room shows so little of it, and of the other so
// much more.
const (
	fitEnough = 0.75
	fitMore   = 1.3
	fitFacing = 0.5 // longer columns are no better than a tower
)

// larger is the layout given, or our own.
func (p *plan) larger(at *places) *places {
	if at.fit() >= fitEnough || len(p.nodes) > mostFacing {
		return at
	}
	if own := p.own(); own.fit() > fitMore*at.fit() {
		return own
	}
	return at
}

// own is our own layout: in two columns, where these are not much smaller to see than what lies behind its lines otherwise.
func (p *plan) own() *places {
	at := p.layered()
	if len(p.nodes) > mostFacing || len(p.clusters) < 2 {
		return at
	}
	if f := p.facing(); f.fit() >= max(fitFacing, 0.6*min(1, at.fit())) {
		return f
	}
	if b := p.bricked(); b != nil && b.fit() >= max(fitBrick, 0.6*min(1, at.fit())) {
		return b
	}
	return at
}

const (
	facingGap   = 150.0 // between a column and what stands in the middle, at most
	facingLeast = 64.0  // and where no line crosses another
	facingLine  = 5.0   // so much more for each line
	facingRow   = 4.0   // between compartments
	thingRow    = 6.0   // between things
	starterGap  = 30.0  // between a compartment and what starts it
	roleGap     = 56.0  // between functions and the role that they have
	sweeps      = 24
)

// A stand is what stands in one of the columns as one: a compartment with its parts and with what starts it, a principal
// ashore, or a thing.
type stand struct {
	walls    []int // clusters
	nodes    []int // without the starters
	starters []int
	w, h     float64 // without the starters, with them
	outer    float64 // width of the starters
	near     map[*stand]bool
	at       float64 // where in the order its neighbours would have it
}

// facing is the layout in two columns.
func (p *plan) facing() *places {
	at := &places{nodes: make([]point, len(p.nodes)), clusters: make([]box, len(p.clusters)), edges: make([]route, len(p.edges)), after: map[int]bool{}}
	sides, things := p.stands()
	p.acquaint(sides, things)
	order(sides, things)
	left, right := share(sides)
	rows := max(height(left, facingRow), height(right, facingRow))
	middle := columnsOf(things, left, int(math.Ceil(height(things, thingRow)/max(rows*1.15, roomHeight*0.6))))

	tall := max(height(left, facingRow), height(right, facingRow))
	for _, c := range middle {
		tall = max(tall, height(c, thingRow))
	}
	gap := p.gap()
	outer, inner := widest(left)
	x := outer + inner
	p.stand(at, left, x, tall, false)
	for _, c := range middle {
		_, w := widest(c)
		x += gap
		y := (tall - height(c, thingRow)) / 2
		for _, s := range c {
			n := s.nodes[0]
			at.nodes[n] = point{x + w/2, y + s.h/2}
			y += s.h + thingRow
		}
		x += w
	}
	if len(right) > 0 {
		outer, inner = widest(right)
		x += gap
		p.stand(at, right, x, tall, true)
		x += inner + outer
	}
	at.width, at.height = x, tall
	p.hide(at, sides)
	p.roundInside(at, left, right)
	p.moor(at)
	p.curves(at)
	return at
}

// gap is the room between the columns: lines that cross need some to be told from each other.
func (p *plan) gap() float64 {
	n := 0.0
	for _, e := range p.edges {
		if !e.spared && p.nodes[e.from].kind != render.TriggerNode && e.kind != render.WearsEdge {
			n++
		}
	}
	return min(facingGap, facingLeast+facingLine*n)
}

// stands gathers what stands at the sides, and the things between: what starts several compartments is one of these.
func (p *plan) stands() (sides, things []*stand) {
	starts := map[int][]int{} // trigger → what it starts
	for _, e := range p.edges {
		if e.kind == render.StartsEdge && p.nodes[e.from].kind == render.TriggerNode {
			starts[e.from] = append(starts[e.from], e.to)
		}
	}
	groups := map[int]*stand{}
	of := make([]*stand, len(p.nodes))
	enters := p.entering()
	for i, n := range p.nodes {
		switch {
		case p.apart[i] || n.kind == render.TriggerNode || enters[i] != nil:
		case n.cluster >= 0:
			g := p.clusters[n.cluster].group
			s := groups[g]
			if s == nil {
				s = &stand{}
				groups[g] = s
				sides = append(sides, s)
			}
			if !slices.Contains(s.walls, n.cluster) {
				s.walls = append(s.walls, n.cluster)
			}
			s.nodes = append(s.nodes, i)
			of[i] = s
		case n.kind == render.ResourceNode:
			s := &stand{nodes: []int{i}, w: n.w, h: n.h}
			of[i] = s
			things = append(things, s)
		default:
			s := &stand{nodes: []int{i}}
			of[i] = s
			sides = append(sides, s)
		}
	}
	for i, n := range p.nodes {
		if n.kind != render.TriggerNode || p.apart[i] {
			continue
		}
		var s *stand
		for _, to := range starts[i] {
			if s = of[to]; s != nil && len(s.walls) > 0 {
				break
			}
		}
		if slices.ContainsFunc(starts[i], func(to int) bool { return of[to] != s }) {
			of[i] = &stand{nodes: []int{i}, w: n.w, h: n.h}
			things = append(things, of[i])
			continue
		}
		if s == nil || len(s.walls) == 0 {
			s = &stand{}
			sides = append(sides, s)
		}
		s.starters = append(s.starters, i)
		of[i] = s
	}
	for i := range p.nodes {
		if enters[i] == nil {
			continue
		}
		var s *stand
		for _, gate := range enters[i] { // beside the first that leaves room
			high := p.nodes[i].h
			for _, n := range of[gate].starters {
				high += p.nodes[n].h
			}
			if high <= mostBrick && !slices.Contains(things, of[gate]) {
				s = of[gate]
				break
			}
		}
		if s == nil {
			sides = append(sides, &stand{nodes: []int{i}})
			continue
		}
		s.starters = append(s.starters, i)
	}
	for _, s := range sides {
		p.measure(s)
	}
	return sides, things
}

// entering are those from outside who lead to nothing but what starts functions, and to what.
func (p *plan) entering() map[int][]int {
	out := map[int][]int{}
	for _, e := range p.edges {
		if !e.spared && p.enters(&e) && !p.apart[e.to] {
			out[e.from] = append(out[e.from], e.to)
		}
	}
	for _, e := range p.edges {
		if !e.spared && !p.enters(&e) {
			delete(out, e.from)
		}
	}
	return out
}

// measure finds how much room a stand at a side takes.
func (p *plan) measure(s *stand) {
	inner := 0.0
	if len(s.walls) == 0 {
		for _, n := range s.nodes {
			s.w, inner = max(s.w, p.nodes[n].w), inner+p.nodes[n].h
		}
	}
	for _, c := range s.walls {
		w, h := p.wallSize(c, s.nodes)
		s.w = max(s.w, w)
		if inner > 0 {
			inner += facingRow
		}
		inner += h
	}
	outer := 0.0
	for _, n := range s.starters {
		s.outer, outer = max(s.outer, p.nodes[n].w), outer+p.nodes[n].h
	}
	s.h = max(inner, outer)
}

// wallSize is how large a compartment is around those of some nodes that it holds.
func (p *plan) wallSize(c int, nodes []int) (w, h float64) {
	margin, header := p.clusters[c].margins()
	if !p.clusters[c].bare {
		w = p.clusters[c].header + 2*margin
	}
	functions, roles := p.within(c, nodes)
	rows := func(list []int) (w, h float64) {
		for i, n := range list {
			if i > 0 {
				h += facingRow
			}
			w, h = max(w, p.nodes[n].w), h+p.nodes[n].h
		}
		return w, h
	}
	fw, fh := rows(functions)
	rw, rh := rows(roles)
	if rw > 0 && fw > 0 {
		rw += roleGap
	}
	return max(w, fw+rw+2*margin), header + margin + max(fh, rh)
}

// within are those of some nodes that a compartment holds; its role stands apart from the functions that have it.
func (p *plan) within(c int, nodes []int) (functions, roles []int) {
	for _, n := range nodes {
		switch {
		case p.nodes[n].cluster != c:
		case p.nodes[n].kind == render.FunctionNode:
			functions = append(functions, n)
		default:
			roles = append(roles, n)
		}
	}
	return functions, roles
}

// acquaint tells each stand its neighbours: the sides the things that they touch, and these who touches them.
func (p *plan) acquaint(sides, things []*stand) {
	side, thing := map[int]*stand{}, map[int]*stand{}
	for _, s := range sides {
		s.near = map[*stand]bool{}
		for _, n := range slices.Concat(s.nodes, s.starters) {
			side[n] = s
		}
	}
	for _, s := range things {
		s.near = map[*stand]bool{}
		thing[s.nodes[0]] = s
	}
	for _, e := range p.edges {
		if e.spared {
			continue
		}
		for _, ends := range [2][2]int{{e.from, e.to}, {e.to, e.from}} {
			if s, t := side[ends[0]], thing[ends[1]]; s != nil && t != nil {
				s.near[t], t.near[s] = true, true
			}
		}
	}
}

// order brings those together that touch the same things, and the things in the order of who touches them.
func order(sides, things []*stand) {
	rank := func(list []*stand) {
		by := slices.Clone(list)
		slices.SortStableFunc(by, func(a, b *stand) int { return cmp.Compare(a.at, b.at) })
		for i, s := range by {
			s.at = (float64(i) + 0.5) / float64(len(by))
		}
	}
	ask := func(list, of []*stand) {
		next := make([]float64, len(list))
		for i, s := range list {
			sum := 0.0
			for _, o := range of {
				if s.near[o] {
					sum += o.at
				}
			}
			next[i] = s.at
			if len(s.near) > 0 {
				next[i] = sum / float64(len(s.near))
			}
		}
		for i, s := range list {
			s.at = next[i]
		}
		rank(list)
	}
	for i, s := range sides {
		s.at = float64(i)
	}
	rank(sides)
	for i, s := range things {
		s.at = float64(i)
	}
	rank(things)
	for range sweeps {
		ask(things, sides)
		ask(sides, things)
	}
	ask(things, sides)
	byPlace := func(a, b *stand) int { return cmp.Compare(a.at, b.at) }
	slices.SortStableFunc(sides, byPlace)
	slices.SortStableFunc(things, byPlace)
}

// share deals the sides out to two columns of about one height, each in the order.
func share(sides []*stand) (left, right []*stand) {
	var l, r float64
	for _, s := range sides {
		if l <= r {
			left, l = append(left, s), l+s.h+facingRow
		} else {
			right, r = append(right, s), r+s.h+facingRow
		}
	}
	return left, right
}

// columnsOf deals the things out to so many columns; what the left side touches more than the right stands left.
func columnsOf(things, left []*stand, n int) [][]*stand {
	if len(things) == 0 {
		return nil
	}
	isLeft := map[*stand]bool{}
	for _, s := range left {
		isLeft[s] = true
	}
	lean := func(s *stand) (n int) { // to the right
		for o := range s.near {
			if isLeft[o] {
				n--
			} else {
				n++
			}
		}
		return n
	}
	by := slices.Clone(things)
	slices.SortStableFunc(by, func(a, b *stand) int { return cmp.Compare(lean(a), lean(b)) })
	out := make([][]*stand, n)
	for i, s := range by {
		out[i*n/len(by)] = append(out[i*n/len(by)], s)
	}
	for _, c := range out {
		slices.SortStableFunc(c, func(a, b *stand) int { return cmp.Compare(a.at, b.at) })
	}
	return out
}

func height(column []*stand, gap float64) float64 {
	h := 0.0
	for i, s := range column {
		if i > 0 {
			h += gap
		}
		h += s.h
	}
	return h
}

// widest are how wide a column's starters are, with the room before them, and how wide the rest is.
func widest(column []*stand) (outer, inner float64) {
	for _, s := range column {
		outer, inner = max(outer, s.outer), max(inner, s.w)
	}
	if outer > 0 {
		outer += starterGap
	}
	return outer, inner
}

// stand places a column: its inner side is at x, its outer to the left, or to the right.
func (p *plan) stand(at *places, column []*stand, x, tall float64, right bool) {
	y := (tall - height(column, facingRow)) / 2
	_, inner := widest(column)
	middle := func(w float64) float64 { // of something at the inner side
		if right {
			return x + w/2
		}
		return x - w/2
	}
	for _, s := range column {
		own := 0.0
		for k, c := range s.walls {
			if k > 0 {
				own += facingRow
			}
			_, h := p.wallSize(c, s.nodes)
			own += h
		}
		if len(s.walls) == 0 {
			for _, n := range s.nodes {
				own += p.nodes[n].h
			}
		}
		top := y + (s.h-own)/2
		for _, c := range s.walls {
			margin, header := p.clusters[c].margins()
			w, h := p.wallSize(c, s.nodes)
			at.clusters[c] = box{middle(w) - w/2, top, w, h}
			functions, roles := p.within(c, s.nodes)
			outerSide, innerSide := at.clusters[c].x+margin, at.clusters[c].x+w-margin
			p.rows(at, functions, outerSide, innerSide, top+header, h-header-margin, !right || len(roles) == 0)
			p.rows(at, roles, outerSide, innerSide, top+header, h-header-margin, right || len(functions) == 0)
			top += h + facingRow
		}
		if len(s.walls) == 0 {
			for _, n := range s.nodes {
				at.nodes[n] = point{middle(p.nodes[n].w), top + p.nodes[n].h/2}
				top += p.nodes[n].h
			}
		}
		for _, n := range s.starters {
			at.after[n] = right
		}
		p.starters(at, s, y, func(w float64) float64 {
			if right {
				return x + inner + starterGap + w/2
			}
			return x - inner - starterGap - w/2
		})
		y += s.h + facingRow
	}
}

// rows places nodes under each other in the middle of a height, at one side of a compartment.
func (p *plan) rows(at *places, nodes []int, left, right, top, high float64, atLeft bool) {
	sum := -facingRow
	for _, n := range nodes {
		sum += p.nodes[n].h + facingRow
	}
	y := top + (high-sum)/2
	for _, n := range nodes {
		x := right - p.nodes[n].w/2
		if atLeft {
			x = left + p.nodes[n].w/2
		}
		at.nodes[n] = point{x, y + p.nodes[n].h/2}
		y += p.nodes[n].h + facingRow
	}
}

// starters places what starts something beside that, as far as there is room; middle is where something of a width stands.
func (p *plan) starters(at *places, s *stand, y float64, middle func(w float64) float64) {
	want := map[int]float64{}
	left := 0.0
	for _, n := range s.starters {
		want[n], left = math.Inf(1), left+p.nodes[n].h
	}
	for _, e := range p.edges {
		if w, ok := want[e.from]; ok && slices.Contains(s.nodes, e.to) {
			want[e.from] = min(w, at.nodes[e.to].y)
		}
	}
	slices.SortStableFunc(s.starters, func(a, b int) int { return cmp.Compare(want[a], want[b]) })
	next := y
	for k, n := range s.starters {
		h := p.nodes[n].h
		// Where several start one thing they stand about it.
		same, sum := 0, 0.0
		for j, o := range s.starters {
			if want[o] == want[n] {
				if j < k {
					same++
				}
				sum += p.nodes[o].h
			}
		}
		top := next
		if w := want[n]; !math.IsInf(w, 1) {
			top = max(next, min(w-sum/2+float64(same)*h, y+s.h-left))
		}
		at.nodes[n] = point{middle(p.nodes[n].w), top + h/2}
		next, left = top+h, left-h
	}
}

// roundInside leads edges between two of one column through the room in the middle.
func (p *plan) roundInside(at *places, left, right []*stand) {
	side := map[int]float64{} // −1: left
	for k, column := range [][]*stand{left, right} {
		for _, s := range column {
			for _, n := range s.nodes {
				side[n] = float64(2*k - 1)
			}
		}
	}
	for i, e := range p.edges {
		s := side[e.from]
		if s == 0 || side[e.to] != s || e.from == e.to {
			continue
		}
		a, b := at.nodes[e.from], at.nodes[e.to]
		if math.Abs(a.x-b.x) > (p.nodes[e.from].w+p.nodes[e.to].w)/2 {
			continue // beside each other: a function and its role
		}
		a.x -= s * p.nodes[e.from].w / 2
		b.x -= s * p.nodes[e.to].w / 2
		out := 40 + min(60, math.Abs(b.y-a.y)/8)
		at.edges[i].curve = []point{a, {a.x - s*out, a.y}, {b.x - s*out, b.y}, b}
		at.edges[i].label = along(at.edges[i].curve, 0.5)
	}
}
