package view

import (
	"fmt"

	"bulkhead/app/session"
	"bulkhead/model/catalog"
	"bulkhead/model/edit"
	"bulkhead/model/reach"
)

// EffectOf says how a breach changes: "−69 %"; "the sea dries"; "fewer ways out"; "no change of reach".
func EffectOf(was, is *reach.Breach, vulnerable bool) Effect {
	if was == nil || is == nil {
		return Effect{}
	}
	a, b := Figure(was.Reach, vulnerable), Figure(is.Reach, vulnerable)
	dry := reachesOut(was, vulnerable) && !reachesOut(is, vulnerable)
	switch {
	case b.Resources < a.Resources && percent(a.Share) == percent(b.Share):
		return Effect{Text: fmt.Sprintf("%d → %d of %d", a.Resources, b.Resources, is.Reach.Of), Good: true}
	case b.Resources < a.Resources:
		return Effect{Text: fmt.Sprintf("%s → %s", percent(a.Share), percent(b.Share)), Good: true}
	case rules(was, vulnerable) && !rules(is, vulnerable):
		return Effect{Text: "no administrator", Good: true}
	case dry:
		return Effect{Text: "the sea dries", Good: true}
	case out(is, vulnerable) < out(was, vulnerable):
		return Effect{Text: "less of the sea", Good: true}
	case b.Weighted < a.Weighted-1e-9:
		return Effect{Text: "shallower", Good: true}
	}
	return Effect{Text: "same reach"}
}

// rules reports whether a breach leads to an administrator, perhaps too.
func rules(b *reach.Breach, vulnerable bool) bool {
	return b.Admin || b.AdminMay || b.AdminFed && vulnerable
}

// out is how much of the sea a breach reaches: capabilities on kinds of thing.
func out(b *reach.Breach, vulnerable bool) int {
	n := 0
	for _, y := range b.Beyond() {
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

// A Verdict is what a split comes to.
type Verdict struct {
	Text   string
	Better bool     // the worst part reaches less than the whole
	Shares []Effect // of each part
}

// SplitVerdict says what a split comes to. a is the analysis of the design with the parts. Parts that have nothing are
// left out of the mean: adding empty ones makes nothing better.
func SplitVerdict(st session.State, a *reach.Analysis, e *edit.Split) Verdict {
	d := a.Design()
	was := st.After.Analysis.Breach(e.Function)
	var v Verdict
	worst, sum, full := 0.0, 0.0, 0
	for _, p := range e.Parts {
		effect := Effect{}
		for _, f := range d.Functions() {
			if f.LogicalID != p.Name && f.Name != p.Name {
				continue
			}
			if b := a.Breach(f.ID); b != nil {
				fig := Figure(b.Reach, st.Vulnerable)
				worst = max(worst, fig.Share)
				if len(p.Triggers) > 0 || len(p.Grants) > 0 {
					full++
					sum += fig.Share
				}
				effect.Share, effect.Figure, effect.Of = fig.Share, percent(fig.Share), fmt.Sprintf("%d of %d", fig.Resources, b.Reach.Of)
				if reachesOut(b, st.Vulnerable) {
					effect.Of += ", and the sea"
				}
				effect.Text = effect.Figure + " · " + effect.Of
				effect.Good = was != nil && fig.Share < Figure(was.Reach, st.Vulnerable).Share
				effect.Quiet = len(p.Triggers) == 0 && len(p.Grants) == 0 // no merit of the plan's
			}
			break
		}
		v.Shares = append(v.Shares, effect)
	}
	v.Text = fmt.Sprintf("The worst part reaches %s", percent(worst))
	if was != nil {
		whole := Figure(was.Reach, st.Vulnerable).Share
		v.Better = worst < whole-1e-9
		name := Name(st.After.Design, e.Function)
		if v.Better {
			v.Text += fmt.Sprintf(", %s as a whole %s", name, percent(whole))
		} else {
			v.Text += fmt.Sprintf(", as much as %s as a whole", name)
		}
		if full > 1 {
			v.Text += fmt.Sprintf("; the parts reach %s in the mean", percent(sum/float64(full)))
		}
	}
	v.Text += "."
	return v
}
