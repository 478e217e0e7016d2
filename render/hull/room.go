package hull

// A room is where one scene will be seen.
type room struct{ w, h float64 }

// Of a page that a picture is printed on or shown in, when nothing else is known.
const (
	pageWide = 800.0
	pageHigh = 515.0
)

// room is what each of n scenes has that are shown one above the other.
func (l Layout) room(n int) room {
	r := room{l.Width, l.Height}
	if r.w <= 0 || r.h <= 0 {
		r = room{pageWide, pageHigh}
	}
	return room{r.w, r.h / float64(n)}
}

// What claim, sea and legend take of a sheet, about.
const (
	sheetWide = 64.0
	sheetHigh = 215.0
)

// zoom is how large the plan as it stands can be shown; 1 is full size, beyond which nothing is gained.
func (p *plan) zoom() float64 {
	return min(1, p.room.w/(p.width+sheetWide), p.room.h/(p.height+sheetHigh))
}

// longNames is how wide the words of a bay are before they are cut, where there is room enough.
const longNames = 230.0

// cuts are ways to make bays narrower, the best to read first; worth is what one would give in size for it. The narrow
// ones put a long name on two lines.
var cuts = [...]struct {
	longest float64
	behind  float64
	tall    bool
	worth   float64
}{
	{longNames, 58, false, 1},
	{longNames, 0, false, 0.96},
	{180, 0, true, 0.94},
	{146, 0, true, 0.92},
	{116, 0, true, 0.88},
	{98, 0, true, 0.8},
}

// oneDeck puts all bays in one row, with as many tiles above each other and names as long as let the ship be shown
// largest; false if there is no room.
func (p *plan) oneDeck() bool {
	p.need()
	tallest := 1
	for _, c := range p.cells {
		tallest = max(tallest, len(c.tiles))
	}
	tallest = min(tallest, 5)
	limit := maxWide * 1.12
	if len(p.cells) <= fewBays {
		limit = maxFew // a long ship reads better than one of two short decks
	}
	if p.total(tallest) > limit {
		return false
	}
	p.rows = []*row{{first: 0, n: len(p.cells)}}
	best, bestK, bestCut := 0.0, 0, 0
	for i, cut := range cuts {
		p.longest, p.behind, p.tall = cut.longest, cut.behind, cut.tall
		p.need()
		for k := 1; k <= tallest; k++ {
			if p.total(k) > limit {
				continue
			}
			p.spread(k)
			p.stand()
			if z := p.zoom() * cut.worth; z > best*1.02 {
				best, bestK, bestCut = z, k, i
			}
		}
	}
	p.longest, p.behind, p.tall = cuts[bestCut].longest, cuts[bestCut].behind, cuts[bestCut].tall
	p.need()
	p.spread(bestK)
	return true
}
