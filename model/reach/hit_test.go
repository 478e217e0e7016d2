package reach

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"bulkhead/model"
	"bulkhead/model/catalog"
)

// In random designs: what is said of a hit's ways without working them out is what they come to; and whoever hits a target is
// found among those that reach it.
func TestHits(t *testing.T) {
	same := func(x, y *Step) bool {
		return x.From == y.From && x.To == y.To && x.Kind == y.Kind && x.Technique == y.Technique && len(x.Evidence) == len(y.Evidence)
	}
	rapid.Check(t, func(rt *rapid.T) {
		a := analyse(t, drawAny(rt, t), nil)
		by := map[model.ID][]model.ID{} // target → functions whose breach hits it
		for b := range a.Breaches() {
			for _, h := range b.Hits {
				by[h.Target] = append(by[h.Target], b.From)
				path := h.Path()
				if len(path) != h.Hops || !same(path[len(path)-1], h.Last()) || path[len(path)-1].To != h.Target {
					rt.Fatalf("%s → %s takes %d steps, by %v", b.From, h.Target, h.Hops, path)
				}
				if by, kind := h.By(); by != h.Last().From || kind != h.Last().Kind {
					rt.Fatalf("%s → %s: last %s %s, its step %v", b.From, h.Target, by, kind, h.Last())
				}
				for _, w := range slices.Concat(h.Ways(), h.FedWays()) {
					if path := w.Path(); len(path) != w.Hops || path[0].From != b.From || !same(path[len(path)-1], w.Last()) {
						rt.Fatalf("%s → %s: %d steps, %v", b.From, h.Target, w.Hops, path)
					}
				}
				vulnerable := h.At(0, true)
				var by catalog.Capabilities
				for i, w := range vulnerable.Ways() {
					by |= w.Capabilities
					if i == 0 && vulnerable.Must != 0 && !h.OwnLog && slices.ContainsFunc(w.Path(), func(s *Step) bool { return s.Certainty == May }) {
						rt.Fatalf("%s → %s: is sure where fed functions are vulnerable, its way %s is not (%v %v, %v %v)", b.From, h.Target, h.Last().Sentence(a.design), h.Capabilities.All(), h.Must.All(), h.FedMore.All(), h.FedMoreMust.All())
					}
				}
				if hits(vulnerable.Capabilities)&^by != 0 || vulnerable.Hops != len(vulnerable.Path()) {
					rt.Fatalf("%s → %s: has %v, by its ways %v; %d steps, %v", b.From, h.Target, vulnerable.Capabilities.All(), by.All(), vulnerable.Hops, vulnerable.Path())
				}
				if one := h.Along(path...); !same(one.Last(), h.Last()) || one.At(0, true).Must != h.Must|h.FedMoreMust {
					rt.Fatalf("%s → %s along %v", b.From, h.Target, path)
				}
			}
		}
		for ti := range a.world.targets {
			var found []model.ID
			id := a.world.targets[ti].id
			for b := range a.Reaching(id) {
				if slices.ContainsFunc(b.Hits, func(h Hit) bool { return h.Target == id }) {
					found = append(found, b.From)
				}
			}
			if !slices.Equal(found, by[id]) {
				rt.Fatalf("%s is hit by %v, found %v", id, by[id], found)
			}
		}
	})
}
