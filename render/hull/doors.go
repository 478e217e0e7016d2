package hull

import (
	"slices"

	"bulkhead/model"
	"bulkhead/render"
)

// A way is how a door is shown.
type way uint8

const (
	word    way = iota // as a line of text in the bay that it leads from
	opening            // as an opening in the wall between two neighbours
	passage            // as a passage above the bays
	gangway            // with the guest on the quay
)

const (
	maxLanes    = 6
	maxOpenings = 3 // in one wall
)

// A doorKey tells doors apart, the same in each diagram.
type doorKey struct {
	from, to model.ID
	runs     bool
}

func keyOf(d *render.Door) doorKey { return doorKey{d.From, d.To, d.Runs} }

// An index finds what belongs to a bay of one diagram.
type index struct {
	bays  map[model.ID]*render.Compartment
	doors map[model.ID][]*render.Door // by From
	pipes map[model.ID][]*render.Pipe // by Bay
	names map[model.ID]string         // of things in the bilge
}

func newIndex(d *render.Diagram) *index {
	x := &index{bays: map[model.ID]*render.Compartment{}, doors: map[model.ID][]*render.Door{}, pipes: map[model.ID][]*render.Pipe{}, names: map[model.ID]string{}}
	for _, b := range d.Bays {
		x.bays[b.ID] = b
	}
	for _, t := range d.Bilge {
		x.names[t.ID] = t.Name
	}
	for _, door := range d.Doors {
		x.doors[door.From] = append(x.doors[door.From], door)
	}
	for _, pipe := range d.Pipes {
		x.pipes[pipe.Bay] = append(x.pipes[pipe.Bay], pipe)
	}
	return x
}

// bay is a diagram's bay by its id, nil for guests.
func (p *plan) bay(d *render.Diagram, id model.ID) *render.Compartment { return p.index[d].bays[id] }

// findWays decides how each door is shown: by the cells alone.
func (p *plan) findWays() {
	p.lanes = nil
	p.ways = make([]map[*render.Door]way, len(p.diagrams))
	for i, d := range p.diagrams {
		p.ways[i] = map[*render.Door]way{}
		walls := map[int]int{}
		for _, door := range d.Doors {
			from, to := p.bay(d, door.From), p.bay(d, door.To)
			switch {
			case from == nil && to == nil:
				continue
			case from == nil:
				p.ways[i][door] = gangway
			case to == nil:
				p.ways[i][door] = word
			case from.Cell+from.Span == to.Cell || to.Cell+to.Span == from.Cell:
				wall := max(from.Cell, to.Cell)
				if walls[wall]++; walls[wall] <= maxOpenings {
					p.ways[i][door] = opening
				} else {
					p.ways[i][door] = word
				}
			case p.decks:
				p.ways[i][door] = word
			default:
				p.ways[i][door] = passage
				if k := keyOf(door); !slices.Contains(p.lanes, k) {
					p.lanes = append(p.lanes, k)
				}
			}
		}
	}
	if len(p.lanes) <= maxLanes {
		return
	}
	p.lanes = nil
	for i := range p.ways {
		for door, w := range p.ways[i] {
			if w == passage {
				p.ways[i][door] = word
			}
		}
	}
}

// ports is the width that passages take from the upper edge of a bay.
func (p *plan) ports(d *render.Diagram, c *render.Compartment) float64 {
	n := 0.0
	if len(p.lanes) == 0 {
		return 0
	}
	for i := range p.diagrams {
		if p.diagrams[i] != d {
			continue
		}
		for _, door := range d.Doors {
			if p.ways[i][door] == passage && (door.From == c.ID || door.To == c.ID) {
				n++
			}
		}
	}
	return n * portStep
}

// inRow reports whether a door that is an opening has both its bays on one deck.
func (p *plan) inRow(d *render.Diagram, door *render.Door) bool {
	from, to := p.bay(d, door.From), p.bay(d, door.To)
	return p.cells[from.Cell].row == p.cells[to.Cell].row
}

// openings places the openings of each wall, by the cell that begins at it: the middle of each.
func (p *plan) openings(i int) map[*render.Door]point {
	d := p.diagrams[i]
	byWall := map[int][]*render.Door{}
	for _, door := range d.Doors {
		if p.ways[i][door] == opening && p.inRow(d, door) {
			wall := max(p.bay(d, door.From).Cell, p.bay(d, door.To).Cell)
			byWall[wall] = append(byWall[wall], door)
		}
	}
	out := map[*render.Door]point{}
	for wall, doors := range byWall {
		c := p.cells[wall]
		for n, door := range doors {
			y := p.doorway(wall) + (float64(n)-float64(len(doors)-1)/2)*doorStep
			out[door] = point{c.x, y}
		}
	}
	return out
}

// doorway is the height of the openings in the wall before a cell: between the words and the tiles to both sides of it,
// where there is room.
func (p *plan) doorway(wall int) float64 {
	left, right := p.cells[wall-1], p.cells[wall]
	r := p.rows[right.row]
	words := r.top + max(left.head, right.head)
	tiles := r.floor - foot
	for _, c := range [...]*cell{left, right} {
		if n := float64(c.tileRows()); n > 0 {
			tiles = min(tiles, r.floor-foot-n*(p.tileH+p.tileGapY)+p.tileGapY)
		}
	}
	if tiles-words < doorGap {
		return r.top + (r.floor-r.top)*0.57
	}
	return min((words+tiles)/2, words+34)
}

const (
	doorStep = 30.0 // from one opening in a wall to the next
	doorGap  = 24.0 // height of an opening
)
