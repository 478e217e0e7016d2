package view

import (
	"slices"

	"bulkhead/model"
	"bulkhead/model/edit"
)

// An itemKind says what of a plan an item is.
type itemKind uint8

const (
	triggerItem itemKind = iota
	offerItem
	varItem
)

// An item is one thing of a SplitPlan that parts are given: a trigger, an offer or a variable, by its index.
type item struct {
	kind  itemKind
	index int
}

// nobody stands for no part: what is left out.
const nobody = -1

// items are all that there is to share out.
func (p *SplitPlan) items() []item {
	var out []item
	for i := range p.Triggers {
		out = append(out, item{triggerItem, i})
	}
	for i := range p.Offers {
		out = append(out, item{offerItem, i})
	}
	for i := range p.Vars {
		out = append(out, item{varItem, i})
	}
	return out
}

// has reports whether a part has an item; nobody has what no part has.
func (p *SplitPlan) has(x item, part int) bool {
	if part == nobody {
		for i := range p.Parts {
			if p.has(x, i) {
				return false
			}
		}
		return true
	}
	switch x.kind {
	case triggerItem:
		return p.trigger[x.index] == part
	case offerItem:
		return p.level[x.index][part] > 0
	case varItem:
		return p.env[x.index][part]
	}
	return false
}

// takes reports whether an item may go to a part: a trigger always has one.
func (p *SplitPlan) takes(x item, part int) bool { return part != nobody || x.kind != triggerItem }

// move gives an item of one part to another, which then has of it what the first had, or more if it had more.
func (p *SplitPlan) move(x item, from, to int) {
	if from == to || !p.takes(x, to) {
		return
	}
	p.share(x, from, to)
	if x.kind != triggerItem {
		p.take(x, from)
	}
}

// share gives a part what another has of an item, and keeps: all that the whole has where nobody has it. A trigger goes to
// exactly one part.
func (p *SplitPlan) share(x item, from, to int) {
	if to == nobody {
		return
	}
	switch x.kind {
	case triggerItem:
		p.trigger[x.index] = to
	case offerItem:
		level := len(p.Offers[x.index].Levels)
		if from != nobody {
			level = p.level[x.index][from]
		}
		p.level[x.index][to] = max(p.level[x.index][to], level)
	case varItem:
		p.env[x.index][to] = true
	}
}

// take takes an item away from a part.
func (p *SplitPlan) take(x item, part int) {
	switch {
	case part == nobody:
	case x.kind == offerItem:
		p.level[x.index][part] = 0
	case x.kind == varItem:
		p.env[x.index][part] = false
	}
}

// lacking says what a part seems to lack, by names and variables alone: a trigger without the thing that it speaks of, a
// variable without access to what it refers to.
func (p *SplitPlan) lacking(part int, guesses []edit.Guess) []string {
	var out []string
	say := func(s string) {
		if !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	uses := map[model.ID]bool{}
	for o := range p.Offers {
		if p.level[o][part] > 0 {
			uses[p.Offers[o].ID] = true
		}
	}
	offered := map[model.ID]bool{}
	for _, o := range p.Offers {
		offered[o.ID] = true
	}
	for _, g := range guesses {
		for t, x := range p.Triggers {
			if p.trigger[t] != part || !slices.Contains(g.Triggers, x.ID) {
				continue
			}
			for _, thing := range g.Things {
				if offered[thing] && !uses[thing] {
					say(p.design.Name(x.ID) + " is here without " + Name(p.design, thing))
				}
			}
		}
	}
	for v, x := range p.Vars {
		if p.env[v][part] && x.Refers != "" && offered[x.Refers] && !uses[x.Refers] {
			say("has " + x.Name + ", may not use " + Name(p.design, x.Refers))
		}
	}
	return out
}
