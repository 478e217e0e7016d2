package reach

import (
	"regexp"
	"slices"
	"strings"

	"bulkhead/model"
	"bulkhead/model/catalog"
	"bulkhead/model/source"
)

// A Fact is one line of a table of hits: what is done to the target, how surely, why.
type Fact struct {
	Kind      Kind
	Does      string // "read, write, delete", "replaces its code"
	Certainty Certainty
	Way       []*Step // the last of them is this
	Reasons   []Reason
}

// A Reason is a statement of a Fact.
type Reason struct {
	Says   string      // "ShopRole · statement 2 allows s3:* on *"
	Place  source.Span // zero where no file has it
	Though bool        // it takes something away
}

// Facts are what a hit comes to, one for each way, what is sure first.
func (h Hit) Facts(d *model.Design) []Fact {
	if h.Last() == nil {
		return []Fact{{Certainty: h.Certainty, Does: capabilityWords(hits(h.Capabilities))}}
	}
	var out []Fact
	for _, one := range h.ByWay() {
		out = append(out, one.fact(d))
	}
	return out
}

// fact is a hit by one way.
func (h Hit) fact(d *model.Design) Fact {
	path := h.Path()
	last := path[len(path)-1]
	f := Fact{Kind: last.Kind, Certainty: h.Certainty, Way: path}
	switch {
	case h.OwnLog:
		f.Does = "write, its own"
	case last.Kind == Runs:
		f.Does = last.does()
	case last.Kind == Feeds:
		f.Does = "chooses its input" + last.narrowed()
		if last.Says != "" {
			f.Does = last.does()
		}
	case len(last.Actions) == 1 && last.Actions[0] == "iam:PassRole":
		f.Does = "pass to a service"
	default:
		f.Does = capabilityWords(hits(h.Capabilities))
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
		r := Reason{before + e.Sentence(d) + after, e.Span, before != ""}
		if !slices.Contains(f.Reasons, r) {
			f.Reasons = append(f.Reasons, r)
		}
	}
	grounds := h.Grounds()
	own, rest := last.takes(grounds, h.Certainty)
	for i, e := range grounds {
		after := own[i]
		if i == len(grounds)-1 {
			after += rest
		}
		say(e, "", after)
	}
	if open, at := last.Open(d); open != "" {
		f.Reasons = append(f.Reasons, Reason{Says: open + rest, Place: at})
	} else if len(grounds) == 0 && rest != "" {
		f.Reasons = append(f.Reasons, Reason{Says: strings.TrimPrefix(rest, ", ")})
	}
	for _, x := range h.denials(last) {
		say(x.Evidence, "though ", "")
	}
	return f
}

// Open says of a feed that takes no statement why it takes none, and where the route stands: "GET /products asks for no
// credentials"; "" for others.
func (s Step) Open(d *model.Design) (string, source.Span) {
	t := d.Trigger(s.Via)
	switch {
	case t == nil || s.Technique != openRoute.technique || len(s.Evidence) > 0:
		return "", source.Span{}
	case t.Keyed:
		return d.Name(t.ID) + " asks for an API key alone", t.Origin
	}
	return d.Name(t.ID) + " asks for no credentials", t.Origin
}

// does says a step to somebody who knows to what: "replaces its code".
func (s Step) does() string {
	words := strings.TrimPrefix(s.onto("it"), "perhaps ")
	words, narrowed := strings.CutSuffix(words, s.narrowed())
	words = itsOwn.ReplaceAllString(words, "$1 its $2$3")
	if narrowed {
		words += s.narrowed()
	}
	return words
}

// itsOwn finds "replaces the code of it", which is "replaces its code".
var itsOwn = regexp.MustCompile(`^(\w+) the ([\w ]+?) of it( and \w+ it)?$`)

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
