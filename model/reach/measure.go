package reach

import (
	"cmp"
	"slices"

	"bulkhead/model"
	"bulkhead/model/catalog"
)

// Measures are the figures of a whole design, shares unweighted and must+may unless named otherwise. docs/measures.md
// defines each.
type Measures struct {
	Functions, Resources, Counted int
	Worst                         float64
	WorstOf                       model.ID
	Mean                          float64 // over all functions
	MeanEntry                     float64 // over functions with outside triggers; Mean where there are none
	Watertightness                float64 // 1 − Mean
	WorstWeighted, MeanWeighted   float64
	Exposure                      map[model.ID]int // counted resource → breaches that hit it; not to be changed
	Admin                         []model.ID       // functions from which an administrator is reachable
	Crowns, CrownsExposed         int
	Vulnerable                    bool // fed functions were taken as vulnerable
	AtLeast                       int  // functions that reach what is said at least, see Figures
}

// Options tune an analysis.
type Options struct {
	// Ledger, if not nil, is the counted resources to measure against: those of before and after together.
	Ledger []*model.Resource
}

// A ledger is the resources that shares are of.
type ledger struct {
	entries []entry
	at      map[model.ID]int
	weight  float64 // of all
}

// An entry is one resource of a ledger.
type entry struct {
	resource *model.Resource
	weight   float64
}

// newLedger is the counted resources of a list, in order.
func newLedger(resources []*model.Resource, designs ...*model.Design) *ledger {
	l := &ledger{at: map[model.ID]int{}}
	for _, r := range resources {
		if _, ok := l.at[r.ID]; ok || !counts(r, designs) {
			continue
		}
		l.at[r.ID] = len(l.entries)
		e := entry{r, weightOf(r)}
		l.entries = append(l.entries, e)
		l.weight += e.weight
	}
	return l
}

func (l *ledger) has(id model.ID) bool {
	_, ok := l.at[id]
	return ok
}

// counts reports whether a resource holds or moves data: by its kind; a log group where something reads it by a
// trigger or the architect marked it.
func counts(r *model.Resource, designs []*model.Design) bool {
	if catalog.KindOf(r.Type).Counted || r.Marked || r.Crown {
		return true
	}
	if r.Type != "AWS::Logs::LogGroup" {
		return false
	}
	for _, d := range designs {
		for _, t := range d.Triggers() {
			if t.From == r.ID && t.Kind != model.MetricFilter { // which counts log events, and hands none on
				return true
			}
		}
	}
	return false
}

// crownWeight is a crown jewel's weight where the architect gave it no other.
const crownWeight = 5

func weightOf(r *model.Resource) float64 {
	switch {
	case r.Weight > 0:
		return r.Weight
	case r.Crown:
		return crownWeight
	}
	return cmp.Or(catalog.KindOf(r.Type).Weight, 1)
}

// WithOptions is the same analysis measured otherwise.
func (an *Analysis) WithOptions(o Options) *Analysis {
	out := &Analysis{design: an.design, ledger: an.ledger, gauge: an.gauge, graph: an.graph}
	if o.Ledger != nil {
		out.measured(newLedger(o.Ledger, an.design))
	}
	return out
}

// measured lays a ledger over the analysis.
func (an *Analysis) measured(l *ledger) *Analysis {
	if own := an.own.ledger; own != nil && own.same(l) { // with all that was read off it
		an.ledger, an.gauge = own, an.own.gauge
		return an
	}
	an.ledger = l
	an.gauge = newGauge(an)
	return an
}

// same reports whether two ledgers have the same resources and weights, in order.
func (l *ledger) same(o *ledger) bool {
	return slices.EqualFunc(l.entries, o.entries, func(x, y entry) bool { return x.resource.ID == y.resource.ID && x.weight == y.weight })
}

// Counted reports whether a resource is in the ledger.
func (an *Analysis) Counted(id model.ID) bool { return an.ledger.has(id) }

// Weight is a counted resource's weight in the ledger, 0 for others.
func (an *Analysis) Weight(id model.ID) float64 {
	if i, ok := an.ledger.at[id]; ok {
		return an.ledger.entries[i].weight
	}
	return 0
}

// figures are the four figures of a start.
func (an *Analysis) figures(start int32) Figures {
	return Figures{Of: len(an.ledger.entries), Must: an.figure(start, runsMust), May: an.figure(start, runsMay),
		FedMust: an.figure(start, fedMust), FedMay: an.figure(start, fedMay), AtLeast: an.partial(start)}
}

// Reach is the figures of one start without its hits; false for an id that is none.
func (an *Analysis) Reach(from model.ID) (Figures, bool) {
	n, ok := an.nodeOf[from]
	if !ok {
		return Figures{}, false
	}
	return an.figures(n), true
}

// Rules reports whether a breach of a start reaches an administrator, or can become one, must or may; vulnerable: with
// fed functions taken as vulnerable. False for an id that is none.
func (an *Analysis) Rules(from model.ID, vulnerable bool) bool {
	return an.rulesUnder(from, vulnerable, runsMay, fedMay)
}

// RulesSurely is Rules where no unknown decides it.
func (an *Analysis) RulesSurely(from model.ID, vulnerable bool) bool {
	return an.rulesUnder(from, vulnerable, runsMust, fedMust)
}

// rulesUnder is Rules under the one look or the other.
func (an *Analysis) rulesUnder(from model.ID, vulnerable bool, safe, fed int) bool {
	n, ok := an.nodeOf[from]
	look := safe
	if vulnerable {
		look = fed
	}
	return ok && an.rulers(n, look)
}

// Measures sums up the design; vulnerable: with fed functions taken as vulnerable.
func (an *Analysis) Measures(vulnerable bool) Measures {
	look := runsMay
	if vulnerable {
		look = fedMay
	}
	functions := an.nodes[:an.size.functions] // they are the first nodes
	m := Measures{Functions: len(functions), Resources: an.size.resources, Counted: len(an.ledger.entries),
		Vulnerable: vulnerable, Watertightness: 1}
	entries, entrySum := 0, 0.0
	exposed := an.exposure(look)
	spared := map[model.ID]int{}
	for i, f := range functions {
		n := int32(i)
		if an.partial(n) {
			m.AtLeast++
		}
		x := an.figure(n, look)
		if m.WorstOf == "" && x.Share > 0 || x.Share > m.Worst {
			m.Worst, m.WorstOf = x.Share, f.id
		}
		m.WorstWeighted = max(m.WorstWeighted, x.Weighted)
		m.Mean += x.Share
		m.MeanWeighted += x.Weighted
		if len(an.entries) > 0 && an.entries[f.id] {
			entries++
			entrySum += x.Share
		}
		for _, i := range an.gauge.ownLogs[n] {
			e := &an.ledger.entries[i]
			if all, d := an.stands(n, e, look); all > 0 && d == 0 {
				spared[e.resource.ID]++
			}
		}
		if an.rulers(n, look) {
			m.Admin = append(m.Admin, f.id)
		}
	}
	m.Exposure = exposed.less(spared)
	if n := float64(len(functions)); n > 0 {
		m.Mean /= n
		m.MeanWeighted /= n
	}
	m.MeanEntry = m.Mean
	if entries > 0 {
		m.MeanEntry = entrySum / float64(entries)
	}
	m.Watertightness = 1 - m.Mean
	for _, e := range an.ledger.entries {
		if e.resource.Crown {
			m.Crowns++
			if m.Exposure[e.resource.ID] > 0 {
				m.CrownsExposed++
			}
		}
	}
	return m
}
