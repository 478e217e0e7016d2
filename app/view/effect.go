package view

import (
	"fmt"

	"bulkhead/model/catalog"
	"bulkhead/model/reach"
)

// EffectOf says how a breach changes: "−69 %"; "the sea dries"; "fewer ways out"; "no change of reach".
func EffectOf(was, is *reach.Breach, vulnerable bool) Effect {
	if was == nil || is == nil {
		return Effect{}
	}
	a, b := Figure(was, vulnerable), Figure(is, vulnerable)
	dry := reachesOut(was, vulnerable) && !reachesOut(is, vulnerable)
	switch {
	case b.Resources < a.Resources:
		return Effect{fmt.Sprintf("%s → %s", percent(a.Share), percent(b.Share)), true}
	case dry:
		return Effect{"the sea dries", true}
	case out(is, vulnerable) < out(was, vulnerable):
		return Effect{"less of the sea", true}
	case b.Weighted < a.Weighted-1e-9:
		return Effect{"shallower", true}
	}
	return Effect{Text: "same reach"}
}

// out is how much of the sea a breach reaches: capabilities on kinds of thing.
func out(b *reach.Breach, vulnerable bool) int {
	n := 0
	for _, y := range b.Beyond {
		if y.Fed && !vulnerable {
			continue
		}
		for c := catalog.List; c <= catalog.Tag; c++ {
			if y.Capabilities.Has(c) {
				n++
			}
		}
	}
	return n
}
