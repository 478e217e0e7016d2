package reach

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"bulkhead/model"
	"bulkhead/model/catalog"
)

// counted are the measures of a design, counted hit by hit from the breach of each function.
func counted(a *Analysis, vulnerable bool) Measures {
	m := Measures{Functions: len(a.design.Functions()), Resources: len(a.design.Resources()), Exposure: map[model.ID]int{}, Vulnerable: vulnerable}
	whole := 0.0
	for _, r := range a.design.Resources() {
		if a.Counted(r.ID) {
			m.Counted++
			whole += a.Weight(r.ID)
			if r.Crown {
				m.Crowns++
			}
		}
	}
	entries := 0
	for _, f := range a.design.Functions() {
		b := a.Breach(f.ID)
		n, depth := 0, 0.0
		for _, h := range b.Hits {
			caps := h.Capabilities
			if vulnerable {
				caps |= h.FedMore
			}
			if a.world.targets[a.world.target(h.Target)].isLogOf(f.ID) {
				caps &^= catalog.Capabilities(0).With(catalog.Write)
			}
			if !a.Counted(h.Target) || h.Fed && !vulnerable || caps == 0 {
				continue
			}
			n++
			depth += a.Weight(h.Target) * float64(depthIndex(caps)) / depths
			m.Exposure[h.Target]++
		}
		share, weighted := 0.0, 0.0
		if m.Counted > 0 {
			share, weighted = float64(n)/float64(m.Counted), depth/whole
		}
		if m.WorstOf == "" && share > 0 || share > m.Worst {
			m.Worst, m.WorstOf = share, f.ID
		}
		m.WorstWeighted = max(m.WorstWeighted, weighted)
		m.Mean += share
		m.MeanWeighted += weighted
		if a.entries[f.ID] {
			entries++
			m.MeanEntry += share
		}
		if b.Admin || vulnerable && b.AdminFed {
			m.Admin = append(m.Admin, f.ID)
		}
	}
	if n := float64(m.Functions); n > 0 {
		m.Mean, m.MeanWeighted = m.Mean/n, m.MeanWeighted/n
	}
	if m.MeanEntry /= max(1, float64(entries)); entries == 0 {
		m.MeanEntry = m.Mean
	}
	m.Watertightness = 1 - m.Mean
	for _, r := range a.design.Resources() {
		if r.Crown && m.Exposure[r.ID] > 0 {
			m.CrownsExposed++
		}
	}
	return m
}

// differing says how two measures differ, "" where they do not.
func differing(x, y Measures) string {
	near := func(p, q float64) bool { return math.Abs(p-q) < 1e-9 }
	switch {
	case x.Functions != y.Functions || x.Resources != y.Resources || x.Counted != y.Counted || x.Crowns != y.Crowns || x.CrownsExposed != y.CrownsExposed:
	case !near(x.Worst, y.Worst) || x.WorstOf != y.WorstOf || !near(x.Mean, y.Mean) || !near(x.MeanEntry, y.MeanEntry) || !near(x.Watertightness, y.Watertightness):
	case !near(x.WorstWeighted, y.WorstWeighted) || !near(x.MeanWeighted, y.MeanWeighted):
	case !maps.Equal(x.Exposure, y.Exposure) || !slices.Equal(x.Admin, y.Admin):
	default:
		return ""
	}
	return fmt.Sprintf("%+v, not %+v", x, y)
}

// The measures read off the sets are those counted hit by hit, own log groups and uneven weights included.
func TestMeasuresAreCounted(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		b := build(t)
		log := b.resource("AWS::Logs::LogGroup", "/aws/lambda/A")
		log.Marked = rapid.Bool().Draw(rt, "log marked")
		d, err := drawAny(rt, t).With(model.Change{After: log})
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range d.Resources() {
			if rapid.IntRange(0, 3).Draw(rt, string(r.ID)) == 0 {
				c := *r
				c.Weight = rapid.SampledFrom([]float64{0.5, 2, 7}).Draw(rt, "weight")
				if d, err = d.With(model.Change{Before: r, After: &c}); err != nil {
					t.Fatal(err)
				}
			}
		}
		a := analyse(t, d, nil)
		for _, vulnerable := range []bool{false, true} {
			if s := differing(a.Measures(vulnerable), counted(a, vulnerable)); s != "" {
				rt.Fatalf("vulnerable %v: %s", vulnerable, s)
			}
			if s := misread(a, vulnerable); s != "" {
				rt.Fatalf("vulnerable %v: %s", vulnerable, s)
			}
		}
	})
}

// misread says where the depths and administrators of an analysis are not those of its breaches, "" where they are.
func misread(a *Analysis, vulnerable bool) string {
	starts := make([]model.ID, 0, a.size.nodes)
	for _, n := range a.nodes[:a.size.nodes] {
		if a.Breach(n.id) != nil {
			starts = append(starts, n.id)
		}
	}
	for _, from := range starts {
		b := a.Breach(from)
		if got, want := a.Rules(from, vulnerable), b.Admin || vulnerable && b.AdminFed; got != want {
			return fmt.Sprintf("%s rules: %v, its breach says %v", from, got, want)
		}
		deep := map[model.ID][2]int{}
		for _, h := range b.Hits {
			caps, must := h.Capabilities, h.Must
			if vulnerable {
				caps, must = caps|h.FedMore, must|h.FedMoreMust
			}
			if h.Fed && !vulnerable {
				continue
			}
			if a.world.targets[a.world.target(h.Target)].isLogOf(from) {
				own := catalog.Capabilities(0).With(catalog.Write)
				caps, must = caps&^own, must&^own
			}
			deep[h.Target] = [2]int{depthIndex(must), depthIndex(caps)}
		}
		for _, r := range a.design.Resources() {
			must, may := a.Depth(from, r.ID, vulnerable)
			if want := deep[r.ID]; may != want[1] || must != want[0] {
				return fmt.Sprintf("%s on %s: %d and %d deep, its breach says %v", from, r.ID, must, may, deep[r.ID])
			}
		}
	}
	return ""
}

// A counter counts as one by one.
func TestCounter(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		const n = 150
		want, got := make([]int, n), counter{}
		for range rapid.IntRange(0, 20).Draw(rt, "sets") {
			s, times := newSet(n), rapid.IntRange(1, 1000).Draw(rt, "times")
			for _, i := range rapid.SliceOfN(rapid.Int32Range(0, n-1), 0, 40).Draw(rt, "members") {
				if !s.has(i) {
					s.put(i)
					want[i] += times
				}
			}
			got.add(s, times)
		}
		for i, x := range want {
			if y := got.of(int32(i)); x != y {
				rt.Fatalf("%d counted %d times, not %d", i, y, x)
			}
		}
	})
}
