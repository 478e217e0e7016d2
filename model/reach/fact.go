package reach

import (
	"slices"
	"strings"

	"bulkhead/model"
	"bulkhead/model/catalog"
	"bulkhead/model/source"
)

// A Fact is one line of a table of hits: what is done to the target, how surely, why.
type Fact struct {
	Kind      Kind
	Does      string // "read, write, delete", "replaces the code of it"
	Certainty Certainty
	Way       []Step // the last of them is this
	Reasons   []Reason
}

// A Reason is a statement of a Fact.
type Reason struct {
	Says  string      // "ShopRole · statement 2 allows s3:* on *"
	Place source.Span // zero where no file has it
}

// Facts are what a hit comes to, what is sure first.
func (h Hit) Facts(d *model.Design) []Fact {
	if sure, perhaps, ok := h.apart(); ok {
		return append(sure.Facts(d), perhaps.Facts(d)...)
	}
	f := Fact{Certainty: h.Certainty, Way: h.reason()}
	if len(f.Way) == 0 {
		f.Does = capabilityWords(hits(h.Capabilities))
		return []Fact{f}
	}
	last := f.Way[len(f.Way)-1]
	f.Kind = last.Kind
	passes := len(last.Actions) == 1 && last.Actions[0] == "iam:PassRole"
	switch caps := hits(h.Capabilities); {
	case h.OwnLog:
		f.Does = "write, its own"
	case last.Kind == Runs:
		f.Does = strings.TrimPrefix(last.onto("it"), "perhaps ")
	case last.Kind == Feeds:
		f.Does = "chooses its input"
	case passes:
		f.Does = "pass to a service"
	default:
		f.Does = capabilityWords(caps)
		if h.Part != "" {
			f.Does += " of " + h.Part
		}
	}
	parts, actions := h.exceptions()
	if len(parts) > 0 {
		f.Does += " except " + few(parts)
	}
	if len(actions) > 0 {
		f.Does += ", but not by " + few(actions)
	}
	say := func(e Evidence, before, after string) {
		r := Reason{before + e.Sentence(d) + after, e.Span}
		if !slices.Contains(f.Reasons, r) {
			f.Reasons = append(f.Reasons, r)
		}
	}
	unless := last.unless()
	if last.Kind == Acts && len(last.Evidence) > 0 { // others allow the same, or less
		say(h.gravest(last), "", unless)
	} else {
		for i, e := range last.Evidence { // it takes all of them
			after := ""
			if i == len(last.Evidence)-1 {
				after = unless
			}
			say(e, "", after)
		}
	}
	if len(last.Evidence) == 0 && unless != "" {
		f.Reasons = append(f.Reasons, Reason{Says: strings.TrimPrefix(unless, ", ")})
	}
	for _, x := range h.denials(last) {
		say(x.Evidence, "though ", "")
	}
	return []Fact{f}
}

// capabilityWords lists capabilities: "read, write, delete".
func capabilityWords(caps catalog.Capabilities) string {
	var out []string
	for _, c := range caps.All() {
		out = append(out, c.String())
	}
	if len(out) == 0 {
		return "reach"
	}
	return strings.Join(out, ", ")
}
