package reach

import (
	"bulkhead/model"
	"bulkhead/model/catalog"
	"bulkhead/model/policy"
	"bulkhead/model/source"
)

// Kind says what a step does.
type Kind uint8

// The kinds of step.
const (
	Acts  Kind = iota // does something to a resource
	Feeds             // chooses another function's input
	Runs              // runs code or holds credentials as another principal
)

// String is the word used in JSON and text: acts, feeds, runs.
func (k Kind) String() string { return [...]string{"acts", "feeds", "runs"}[k] }

// Certainty is Must (allowed whatever the unknowns) or May (with what decides it in Assumed).
type Certainty uint8

// The certainties, surest first.
const (
	Must Certainty = iota
	May
)

// String is the word used in JSON and text.
func (c Certainty) String() string { return [...]string{"must", "may"}[c] }

func certainty(must bool) Certainty {
	if must {
		return Must
	}
	return May
}

// Evidence is a statement that allows a step.
type Evidence struct {
	Policy    model.ID // of the policy; of the resource, function or role whose resource or trust policy it is
	By        model.ID // role, user or group by which the principal has an identity policy; "" for the others
	Layer     policy.Layer
	Statement int
	Sid       string
	Span      source.Span
	From      *policy.Statement
	Actions   []string // of the step, that the statement allows, sorted
	Sure      []string // those of them that it allows whatever the unknowns, sorted
	Lets      []string // what of the step it comes to allow, as it lets the resource's policy be written; sorted

	letsSure []string // those of Lets that are sure

	gives catalog.Capabilities // of a ground: what the hit has by it
}

// A Step is one thing that an attacker can do next.
type Step struct {
	From, To     model.ID
	Kind         Kind
	Technique    string     // id of the technique, "" for acts
	Via          model.ID   // trigger that carries a feed to the function, "" if none
	Through      []model.ID // resources that a feed goes through, in order
	Actions      []string   // that do it, e.g. "s3:GetObject", sorted
	Capabilities catalog.Capabilities
	Must         catalog.Capabilities // those that are sure
	Part         string               // of an act on a part only: "public/*"
	Certainty    Certainty
	Evidence     []Evidence
	Denials      []Denial // what takes a part of an act away
	Assumed      []policy.Condition
	Only         string // what of a feed filters let pass: "objects in/*.jpg"; "" for everything
	Note         string // why it is only perhaps, where no condition says it
	Says         string // the technique in words, before the name of To: "replaces the code of"; "" for acts

	any    bool    // one of Actions does it
	both   bool    // of an act: into another account, which both sides have to allow
	change *change // what a principal is made by it, nil for nothing
	owes   []*Step // changes that gave its actor the layers that allow it; their statements are among Evidence, …
	own    int     // … after so many of its own
}
