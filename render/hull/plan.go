package hull

import (
	"math"
	"slices"

	"bulkhead/model"
	"bulkhead/render"
)

// Lengths of the picture, in points.
const (
	nameLine = 17.0 // from one line of a bay's name to the next
	pad      = 17.0 // between a wall and what stands in a bay: an arrow through a door ends before it
	tileH    = 37.0
	tileGapX = 9.0
	tileGapY = 13.0 // room for the signs on a tile's upper edge
	cabinH   = 27.0
	lowH     = 24.0 // of a tile on several decks: its words beside its name
	lowGapY  = 9.0
	chipH    = 19.0
	foot     = 13.0   // between the lowest tile and the floor
	arrowArm = 13.0   // of an arrow through a wall, to either side
	deckTop  = 60.0   // triggers above the deck
	laneH    = 13.0   // of a passage
	pipeH    = 9.0    // from one pipe to the next
	maxWide  = 1210.0 // of the bays on one deck
	maxFew   = 1560.0 // where they are few
	fewBays  = 8
	maxDecks = 1720.0 // on several, where they are not very many
	manyWide = 42.0   // and so much for each bay where they are
	minWide  = 500.0
	least    = 640.0 // of the ship
	maxBilge = 40    // tiles in the bilge
	maxTiles = 30    // tiles in a bay
)

// A plan is where everything stands, for all diagrams.
type plan struct {
	m        render.Metrics
	diagrams []*render.Diagram
	names    render.Names
	index    map[*render.Diagram]*index
	decks    bool    // several rows of bays: triggers, pipes and doors further off are lines of text in the bay
	lines    bool    // pipes are drawn
	behind   float64 // room behind the name of a function, for the word that the breach starts there
	longest  float64 // width that a bay's words get before they are cut
	tall     bool    // long names of bays stand on two lines
	room     room
	tileW    float64 // in the bays
	bilgeW   float64 // in the bilge
	tileH    float64 // in the bays
	tileGapY float64
	cells    []*cell
	rows     []*row
	bilge    bilge
	shell    shell
	ways     []map[*render.Door]way // by diagram
	lanes    []doorKey              // of passages, from the top
	quay     quay
	width    float64
	height   float64
	tileAt   map[model.ID]box // place of each resource
	hidden   map[model.ID]bool
}

type box struct{ x, y, w, h float64 }

func (b box) midX() float64 { return b.x + b.w/2 }
func (b box) midY() float64 { return b.y + b.h/2 }

// A cell is the place of a bay or of a part of one.
type cell struct {
	joined bool
	tiles  []model.ID // of all diagrams
	more   bool       // tiles that have no room share the last one
	cols   int
	least  float64 // width
	x, w   float64
	row    int
	head   float64 // height of name, functions and lines of text
}

func (c *cell) tileRows() int {
	if len(c.tiles) == 0 {
		return 0
	}
	return (len(c.tiles) + c.cols - 1) / c.cols
}

// A row of bays.
type row struct {
	first, n int
	top      float64 // ceiling of its bays
	floor    float64
}

func newPlan(m render.Metrics, diagrams []*render.Diagram, in room) *plan {
	p := &plan{m: m, diagrams: diagrams, names: render.NamesOf(diagrams...), room: in, longest: longNames, index: map[*render.Diagram]*index{}, tileAt: map[model.ID]box{}, hidden: map[model.ID]bool{}}
	for _, d := range diagrams {
		p.index[d] = newIndex(d)
	}
	p.measureTiles()
	n := 0
	for _, d := range diagrams {
		n = max(n, len(d.Cells))
	}
	if n == 0 {
		n = 1 // a ship with one empty hold
	}
	for i := range n {
		c := &cell{}
		if i < len(diagrams[0].Cells) {
			c.joined = diagrams[0].Cells[i].Joined
		}
		p.cells = append(p.cells, c)
	}
	p.stow()
	p.lines = p.fewPipes()
	p.findWays()
	if !p.oneDeck() {
		p.manyDecks()
	}
	p.stand()
	return p
}

// bare reports whether the ship has no bays: nothing runs code.
func (p *plan) bare() bool {
	return !slices.ContainsFunc(p.diagrams, func(d *render.Diagram) bool { return len(d.Cells) > 0 })
}

// stand gives everything its place in a ship that is not too short for its claim.
func (p *plan) stand() {
	p.settle(minWide)
	if short := least - p.width; short > 0 {
		p.settle(minWide + short)
	}
}

// measureTiles chooses one width for all tiles, by the names and never by what a breach does to them.
func (p *plan) measureTiles() {
	w := 0.0
	for _, d := range p.diagrams {
		see := func(t *render.Tile) { w = max(w, p.m.Width(t.Name, render.SizeSmall, render.Medium)) }
		for _, b := range d.Bays {
			for _, t := range b.Tiles {
				see(t)
			}
		}
		for _, t := range d.Bilge {
			see(t)
		}
	}
	p.bilgeW = math.Ceil(min(max(w+34+10, 132), 162))
	p.tileW, p.tileH, p.tileGapY = p.bilgeW, tileH, tileGapY
	if p.decks {
		p.tileW, p.tileH, p.tileGapY = math.Ceil(min(max(w+28+92, 150), 200)), lowH, lowGapY
	}
}

// stow gives every cell the tiles of all diagrams, those of the first design first.
func (p *plan) stow() {
	for _, d := range p.diagrams {
		for _, b := range d.Bays {
			for _, t := range b.Tiles {
				c := p.cells[t.Cell]
				if !slices.Contains(c.tiles, t.ID) && !p.hidden[t.ID] {
					if len(c.tiles) == maxTiles {
						c.more = true
						p.hidden[t.ID] = true
						continue
					}
					c.tiles = append(c.tiles, t.ID)
				}
			}
		}
	}
	for _, c := range p.cells {
		if c.more { // the last place says how many more there are
			p.hidden[c.tiles[maxTiles-1]] = true
		}
	}
}

// bayAt is a diagram's bay over a cell, nil if there is none.
func bayAt(d *render.Diagram, cell int) *render.Compartment {
	for _, b := range d.Bays {
		if b.Cell <= cell && cell < b.Cell+b.Span {
			return b
		}
	}
	return nil
}

// need sets for each cell how wide and how high it must be for what its bays say of themselves.
func (p *plan) need() {
	for i, c := range p.cells {
		c.least, c.head = 132, 64
		if p.decks {
			c.least = p.tileW + 2*pad
		}
		if p.bare() && slices.ContainsFunc(p.diagrams, func(d *render.Diagram) bool { return len(d.Quay) > fewAlone }) {
			c.least = aloneWide
		}
		for _, d := range p.diagrams {
			b := bayAt(d, i)
			if b == nil {
				continue
			}
			_, high := p.head(d, b)
			c.head = max(c.head, high)
			wide := p.wide(d, b) / float64(b.Span)
			c.least = max(c.least, wide)
		}
	}
}

// wide is the width that a bay wants for its words.
func (p *plan) wide(d *render.Diagram, b *render.Compartment) float64 {
	w := p.m.Width(b.Name, p.nameSize(), render.Bold)
	if p.decks {
		w += p.shareWidth()
	}
	w = max(w, p.m.Width(b.Caption, render.SizeSmall, render.Regular))
	for _, c := range b.Cabins {
		w = max(w, 30+p.cabinWidth(b, c)+p.behind)
	}
	most := p.longest
	if p.decks {
		most = p.tileW + 30
	} else {
		w = max(w, min(float64(len(b.Triggers))*86, 4*86)-2*pad)
	}
	return min(w, most) + p.ports(d, b) + 2*pad
}

func (p *plan) nameSize() float64 {
	if p.decks {
		return render.SizeBody
	}
	return render.SizeHead
}

func (p *plan) cabinWidth(b *render.Compartment, c *render.Cabin) float64 {
	name, handler := cabinWords(b, c)
	w := 0.0
	if name != "" {
		w = p.m.Width(name, render.SizeSmall, render.Medium) + 7
	}
	return w + p.m.Width(handler, render.SizeSmall, render.Regular)
}

// cabinWords are what a cabin shows: its name where the bay's own does not tell it, and the handler.
func cabinWords(b *render.Compartment, c *render.Cabin) (name, handler string) {
	if c.Name != b.Name || b.Functions > 1 || c.Handler == "" {
		name = c.Name
	}
	return name, c.Handler
}

// cabins is how many functions a bay shows; the rest share one line.
func (p *plan) cabins(b *render.Compartment) (shown int, more bool) {
	most := 6
	if p.decks {
		most = 3
	}
	if b.ID == "" {
		return 0, len(b.Cabins) > 0
	}
	if len(b.Cabins) <= most {
		return len(b.Cabins), false
	}
	return most - 1, true
}

// head is how high a bay's words are: name and caption, functions, and what it says of doors, triggers and pipes.
func (p *plan) head(d *render.Diagram, b *render.Compartment) (chips []chip, height float64) {
	chips = p.chips(d, b)
	shown, more := p.cabins(b)
	if more {
		shown++
	}
	return chips, p.captionH() + float64(shown)*cabinH + float64(len(chips))*chipH + 12
}

func (p *plan) captionH() float64 {
	switch {
	case p.decks:
		return 44
	case p.tall:
		return 50 + nameLine
	}
	return 50
}

// across is the width of a cell with its tiles in rows of at most k.
func (p *plan) across(c *cell, k int) float64 {
	return p.aside(c, (len(c.tiles)+k-1)/k)
}

// aside is the width of a cell with so many tiles side by side.
func (p *plan) aside(c *cell, cols int) float64 {
	if len(c.tiles) == 0 {
		return c.least
	}
	cols = max(1, cols)
	return max(c.least, 2*pad+float64(cols)*p.tileW+float64(cols-1)*tileGapX)
}

func (p *plan) total(k int) float64 {
	t := 0.0
	for _, c := range p.cells {
		t += p.across(c, k)
	}
	return t
}

// spread sets the columns for k rows of tiles.
func (p *plan) spread(k int) {
	for _, c := range p.cells {
		c.cols = max(1, (len(c.tiles)+k-1)/k)
	}
}

// manyDecks puts the bays in several rows of about one width, so that the ship is about as long as a screen is.
func (p *plan) manyDecks() {
	p.decks, p.lines, p.behind, p.tall = true, false, 0, false
	p.measureTiles()
	p.findWays()
	p.need()
	bestK, best := 1, math.Inf(1)
	widest := max(maxDecks, manyWide*float64(len(p.cells)))
	for k := 1; k <= 6; k++ {
		p.spread(k)
		splits := p.splits(k)
		for r := 1; r <= len(splits); r++ {
			rows := splits[r-1]
			w, h, empty := 0.0, 0.0, 0.0
			for _, rw := range rows {
				width, high := p.extent(rw, k)
				w, h = max(w, width), h+high
				empty += p.empty(rw, k, high)
			}
			if w > widest && r < len(splits) {
				continue
			}
			h += 320 // bilge, claim and legend
			waste := math.Abs(math.Log(w/h*p.room.h/p.room.w)) + w*h/3e6 + empty/(w*h)
			if waste < best {
				bestK, best = k, waste
				p.rows = rows
			}
		}
	}
	p.spread(bestK)
}

// empty is how much of a row's bays is higher than what they hold.
func (p *plan) empty(r *row, k int, high float64) float64 {
	sum := 0.0
	for _, c := range p.cells[r.first : r.first+r.n] {
		sum += p.across(c, k) * (high - p.high(c))
	}
	return sum
}

// extent is how wide a row is at least, and how high.
func (p *plan) extent(r *row, k int) (w, h float64) {
	for _, c := range p.cells[r.first : r.first+r.n] {
		w += p.across(c, k)
		h = max(h, p.high(c))
	}
	return w, h
}

// high is the height of a cell from ceiling to floor.
func (p *plan) high(c *cell) float64 {
	n := float64(c.tileRows())
	h := c.head + foot
	if n > 0 {
		h += n*(p.tileH+p.tileGapY) - p.tileGapY + 10
	}
	return max(h, 118)
}

// splits cuts the cells into one row, two rows and so on, each time so that the rows are as even as can be. A bay never
// goes over the end of a row.
func (p *plan) splits(k int) [][]*row {
	type group struct {
		first, n int
		w        float64
	}
	var groups []group // that stay together
	for i, c := range p.cells {
		if !c.joined || i == 0 {
			groups = append(groups, group{first: i})
		}
		g := &groups[len(groups)-1]
		g.n++
		g.w += p.across(c, k)
	}
	n := len(groups)
	sum := make([]float64, n+1)
	for i, g := range groups {
		sum[i+1] = sum[i] + g.w
	}
	// cost[r][i] is the least sum of the squares of r+1 rows that hold the first i groups; cut is where the last begins.
	cost, cut := make([][]float64, n), make([][]int, n)
	for r := range n {
		cost[r], cut[r] = make([]float64, n+1), make([]int, n+1)
		for i := range n + 1 {
			if r == 0 {
				cost[r][i] = sum[i] * sum[i]
				continue
			}
			cost[r][i] = math.Inf(1)
			for j := r; j < i; j++ {
				if c := cost[r-1][j] + (sum[i]-sum[j])*(sum[i]-sum[j]); c < cost[r][i] {
					cost[r][i], cut[r][i] = c, j
				}
			}
		}
	}
	out := make([][]*row, n)
	for r := range n {
		rows := make([]*row, r+1)
		end := n
		for q := r; q >= 0; q-- {
			start := cut[q][end]
			last := groups[end-1]
			rows[q] = &row{first: groups[start].first, n: last.first + last.n - groups[start].first}
			end = start
		}
		out[r] = rows
	}
	return out
}

// settle gives everything its coordinates.
func (p *plan) settle(box float64) {
	for _, r := range p.rows {
		w := 0.0
		for _, c := range p.cells[r.first : r.first+r.n] {
			c.w = p.aside(c, c.cols)
			c.row = slices.Index(p.rows, r)
			w += c.w
		}
		box = max(box, w)
	}
	p.bilge = p.newBilge()
	box = max(box, p.bilge.least+bilgeL+bilgeR)
	x0 := clear + sternIn + 4
	top := 0.0
	if !p.decks {
		top = p.deckTop()
	} else {
		top = 16
	}
	deck := top
	y := deck
	if n := len(p.lanes); n > 0 {
		y += float64(n)*laneH + 9
	}
	for _, r := range p.rows {
		cells := p.cells[r.first : r.first+r.n]
		w, h := 0.0, 0.0
		for _, c := range cells {
			w += c.w
		}
		spare := (box - w) / float64(len(cells))
		x := x0
		for _, c := range cells {
			c.w += spare
			c.x = x
			x += c.w
			c.cols = p.columns(c)
		}
		for _, c := range cells {
			h = max(h, p.high(c))
		}
		r.top, r.floor = y, y+h
		y = r.floor
	}
	floor := y
	p.berth()
	keel := p.fill(x0, x0+box, floor)
	p.shell = newShell(x0, x0+box, deck, floor, keel)
	p.width = p.shell.tip.x + 6
	p.height = keel + 4
	p.quay = p.berthGuests()
	p.height += p.quay.high
}

// columns are as many as a cell has room for, once it is as wide as it will be, but not more than make the rows even.
func (p *plan) columns(c *cell) int {
	if len(c.tiles) == 0 {
		return c.cols
	}
	room := max(1, int((c.w-2*pad+tileGapX)/(p.tileW+tileGapX)))
	rows := (len(c.tiles) + max(c.cols, room) - 1) / max(c.cols, room)
	return max(1, (len(c.tiles)+rows-1)/rows)
}

// deckTop is the room for triggers above the deck.
func (p *plan) deckTop() float64 {
	for _, d := range p.diagrams {
		for _, b := range d.Bays {
			if len(b.Triggers) > 0 {
				return deckTop
			}
		}
	}
	return 16
}

// berth places the tiles of the bays, from the floor upward.
func (p *plan) berth() {
	for _, c := range p.cells {
		r := p.rows[c.row]
		n := c.tileRows()
		for i, id := range c.tiles {
			col, line := i%c.cols, i/c.cols
			p.tileAt[id] = box{
				x: c.x + pad + float64(col)*(p.tileW+tileGapX),
				y: r.floor - foot - p.tileH - float64(n-1-line)*(p.tileH+p.tileGapY),
				w: p.tileW, h: p.tileH,
			}
		}
	}
}

// span is the place of a bay between its walls.
func (p *plan) span(b *render.Compartment) box {
	first, last := p.cells[b.Cell], p.cells[b.Cell+b.Span-1]
	r := p.rows[first.row]
	return box{first.x, r.top, last.x + last.w - first.x, r.floor - r.top}
}
