package review

import (
	"slices"

	"bulkhead/model"
	"bulkhead/model/catalog"
	"bulkhead/model/policy"
	"bulkhead/model/reach"
)

// Facts are what is kept of an earlier design where only its breaches were written down: of each start what it hits, what
// it reaches beyond, and whether it becomes an administrator. Policies and walls are not among them.
type Facts map[model.ID]*Fact

// A Fact is one start's.
type Fact struct {
	Hits            []reach.Touch
	Sea             []reach.Beyond // Service, Type, Capabilities, Pattern
	Admin, AdminMay bool
}

// CompareFacts lists what breaches of a design reach that they did not by the facts; of starts that these have, and
// of functions that are new.
func CompareFacts(facts Facts, after *reach.Analysis) *Result {
	none, err := model.New(model.Info{})
	if err != nil { // of no elements
		panic(err)
	}
	c := &comparison{after: after, is: after.Design(), was: none, names: &matching{was: map[model.ID]model.ID{}, is: map[model.ID]model.ID{}}}
	was, is := map[model.ID]reach.Brief{}, map[model.ID]reach.Brief{}
	var gone, logs []reach.Beyond
	for id, f := range facts {
		was[id] = reach.Brief{Hits: f.Hits, Admin: f.Admin, AdminMay: f.AdminMay}
		if c.is.Element(id) == nil {
			gone = append(gone, f.Sea...)
			continue
		}
		is[id] = after.Brief(id)
		logs = append(logs, logWrites(f.Sea)...)
		c.names.was[id] = id
	}
	for _, f := range c.is.Functions() {
		if facts[f.ID] == nil {
			is[f.ID] = after.Brief(f.ID)
		}
	}
	c.breaches(was, is)
	for id, b := range is {
		old, known := facts[id]
		seen := slices.Concat(gone, logs)
		if known {
			seen = old.Sea
		} else {
			old = &Fact{}
		}
		if b.Admin && !(old.Admin && (b.AdminMay || !old.AdminMay)) {
			c.add(adminFinding(after, NewAdmin, id))
		}
		c.beyond(id, seen, func(reach.Beyond) bool { return false })
	}
	r := &Result{Findings: c.findings, Better: c.better}
	r.sort()
	return r
}

// covers reports whether something beyond the design was reached before with all that is reached of it now.
func (c *comparison) covers(o, y reach.Beyond, can catalog.Capability) bool {
	if o.Fed || !o.Capabilities.Has(can) || o.Certainty == reach.May && y.Certainty == reach.Must {
		return false
	}
	if o.Service != "*" && (o.Service != y.Service || o.Type != "" && o.Type != y.Type) {
		return false
	}
	return o.Pattern == y.Pattern || policy.Covers(o.Pattern, c.names.before(y.Pattern))
}

// logWrites are the log groups that are written: what every function does.
func logWrites(sea []reach.Beyond) []reach.Beyond {
	var out []reach.Beyond
	for _, y := range sea {
		if y.Type == "AWS::Logs::LogGroup" && y.Capabilities == catalog.Capabilities(0).With(catalog.Write) {
			out = append(out, y)
		}
	}
	return out
}
