package hull

import (
	"fmt"

	"bulkhead/model"
	"bulkhead/render"
)

// A chip is a line of text in a bay, with a sign before it: a trigger, a door to somewhere far, a tap.
type chip struct {
	icon    string // of a trigger
	door    *render.Door
	pipe    *render.Pipe
	words   string // after the name, quieter
	name    string
	open    bool
	element model.ID
	tip     string
	more    bool // stands for several
	wet     bool // of those it stands for, any is
}

// Most chips of a sort in a bay.
const (
	maxTriggers = 2
	maxExits    = 3
	maxTaps     = 5
)

// chips are the lines of text in a bay: on several decks its triggers and pipes, and doors that no opening shows.
func (p *plan) chips(d *render.Diagram, b *render.Compartment) []chip {
	var out []chip
	if p.decks {
		out = append(out, triggerChips(b)...)
	}
	out = append(out, p.exits(d, b)...)
	if !p.lines {
		out = append(out, p.taps(d, b)...)
	}
	return out
}

func triggerChips(b *render.Compartment) []chip {
	var out []chip
	for i, t := range b.Triggers {
		if i == maxTriggers-1 && len(b.Triggers) > maxTriggers {
			rest := b.Triggers[i:]
			tip := ""
			for _, r := range rest {
				tip += r.Label + "\n"
			}
			return append(out, chip{icon: "plus", name: fmt.Sprintf("%d more triggers", len(rest)), more: true, tip: tip})
		}
		out = append(out, chip{icon: t.Icon, name: t.Label, open: t.Open, element: t.IDs[0], tip: t.Tip})
	}
	return out
}

func (p *plan) exits(d *render.Diagram, b *render.Compartment) []chip {
	var doors []*render.Door
	for i, other := range p.diagrams {
		if other != d {
			continue
		}
		for _, door := range p.index[d].doors[b.ID] {
			w, ok := p.ways[i][door]
			if ok && (w == word || (w == opening && p.decks && (p.rows == nil || !p.inRow(d, door)))) {
				doors = append(doors, door)
			}
		}
	}
	var out []chip
	for i, door := range doors {
		if i == maxExits-1 && len(doors) > maxExits {
			c := chip{door: &render.Door{Runs: door.Runs}, name: fmt.Sprintf("%d more doors", len(doors)-i), more: true}
			for _, r := range doors[i:] {
				c.tip += r.Tip + "\n"
				if r.Wet {
					c.door.Wet = true
				}
			}
			return append(out, c)
		}
		out = append(out, chip{door: door, name: door.Name, element: target(door), tip: door.Tip, wet: door.Wet})
	}
	return out
}

// target is what a click on a door selects.
func target(door *render.Door) model.ID {
	if len(door.Functions) > 0 {
		return door.Functions[0]
	}
	return door.To
}

func (p *plan) taps(d *render.Diagram, b *render.Compartment) []chip {
	pipes := p.index[d].pipes[b.ID]
	var out []chip
	for i, pipe := range pipes {
		if i == maxTaps-1 && len(pipes) > maxTaps {
			c := chip{pipe: &render.Pipe{}, name: fmt.Sprintf("%d more in the bilge", len(pipes)-i), more: true}
			for _, r := range pipes[i:] {
				c.tip += r.Tip + "\n"
				if r.Tone > c.pipe.Tone {
					c.pipe.Tone, c.pipe.May = r.Tone, r.May
				}
			}
			return append(out, c)
		}
		out = append(out, chip{pipe: pipe, name: p.index[d].names[pipe.Tile], words: pipe.Words, element: pipe.Tile, tip: pipe.Tip})
	}
	return out
}
