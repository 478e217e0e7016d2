// Package reach computes what a breach reaches.
//
//	Design --Analyze--> Analysis --Breach(start)--> Breach ; Analysis.Measures ; Compare(before, after)
package reach

// This file pins the types that other packages build on.

import (
	"context"
	"errors"

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

// Evidence is a statement that allows a step.
type Evidence struct {
	Policy    model.ID // of the policy; of the resource, function or role whose resource or trust policy it is
	Layer     policy.Layer
	Statement int
	Sid       string
	Span      source.Span
	From      *policy.Statement
}

// A Step is one thing that an attacker can do next.
type Step struct {
	From, To  model.ID
	Kind      Kind
	Technique string   // id of the technique, "" for acts
	Via       model.ID // trigger that carries a feed, "" if none
	Actions   []string // that do it, e.g. "s3:GetObject", sorted
	Certainty Certainty
	Evidence  []Evidence
	Assumed   []policy.Condition
}

// A Hit is a resource, function or role that a breach reaches.
type Hit struct {
	Target       model.ID
	Capabilities catalog.Capabilities // all, must or may
	Must         catalog.Capabilities // those that are must
	Certainty    Certainty            // Must if any capability that is a hit is must
	Hops         int                  // length of Path
	Path         []Step               // shortest way; the last step ends at Target
	Part         string               // "public/*" where only a part is reached
	Fed          bool                 // reached only when fed functions are taken as vulnerable
	Counted      bool                 // in the ledger
	OwnLog       bool                 // a function's writing to its own log group: listed, counts in nothing
}

// A Beyond is something in the sea: what a grant reaches beyond the design.
type Beyond struct {
	Service      string
	Type         string // CloudFormation type, "" where not known
	Capabilities catalog.Capabilities
	Pattern      string // resource pattern that reaches out
	Certainty    Certainty
	Fed          bool
	Evidence     []Evidence
	Principal    model.ID // role or user that has the grant
}

// A Figure is resources hit, as share and weighted share of the counted ones.
type Figure struct {
	Resources int
	Share     float64 // 0..1; 0 where nothing is counted
	Weighted  float64 // 0..1
}

// Figures are the four figures of a breach.
type Figures struct {
	Of              int    // counted resources
	Must, May       Figure // May contains Must
	FedMust, FedMay Figure // with fed functions taken as vulnerable
}

// A Breach is what code execution in From reaches.
type Breach struct {
	From     model.ID
	Admin    bool   // it reaches an administrator, or can become one
	AdminMay bool   // … only perhaps
	AdminWhy []Step // way to it
	Reach    Figures
	Hits     []Hit      // sorted by hops, then target; fed ones included and marked
	Beyond   []Beyond   // sorted by service, type, pattern
	Runs     []model.ID // principals and functions whose code or credentials it holds, start first; without fed
	Fed      []model.ID // functions whose input it chooses, and what these run and feed when vulnerable
}

// Measures are the figures of a whole design, shares unweighted and must+may unless named otherwise.
type Measures struct {
	Functions, Resources, Counted int
	Worst                         float64
	WorstOf                       model.ID
	Mean                          float64 // over all functions
	MeanEntry                     float64 // over functions with outside triggers; Mean where there are none
	Watertightness                float64 // 1 − Mean
	WorstWeighted, MeanWeighted   float64
	Exposure                      map[model.ID]int // resource → breaches that hit it
	Admin                         []model.ID       // functions from which an administrator is reachable
	Crowns, CrownsExposed         int
	Vulnerable                    bool // fed functions were taken as vulnerable
}

// Options tune an analysis.
type Options struct {
	// Ledger, if not nil, is the counted resources to measure against: those of before and after together.
	Ledger []*model.Resource
}

// An Analysis is the blast radius of every start in one design. It is safe for concurrent use.
type Analysis struct{}

var errNotBuilt = errors.New("not built yet")

// Analyze computes the steps of a design. prev, the analysis of an earlier version, may be nil; it saves work.
func Analyze(ctx context.Context, d *model.Design, c *catalog.Catalog, prev *Analysis) (*Analysis, error) {
	return nil, errNotBuilt
}

// Design is what was analysed.
func (a *Analysis) Design() *model.Design { return nil }

// Breach returns what code execution in a function, or the credentials of a role or user, reaches; nil for an
// id that is none of these.
func (a *Analysis) Breach(from model.ID) *Breach { return nil }

// Breaches lists the breaches of every function, in source order.
func (a *Analysis) Breaches() []*Breach { return nil }

// Measures sums up the design; vulnerable: with fed functions taken as vulnerable.
func (a *Analysis) Measures(vulnerable bool) Measures { return Measures{} }

// Counted reports whether a resource is in the ledger.
func (a *Analysis) Counted(id model.ID) bool { return false }

// Touches lists the steps (acts, feeds, runs) that a compartment's role or function has of its own, without
// going through other principals; for pictures.
func (a *Analysis) Touches(from model.ID) []Step { return nil }

// A Comparison is two designs measured with one ledger: the union of both designs' counted resources.
type Comparison struct {
	Before, After                 *Analysis // re-measured on the common ledger
	BeforeMeasures, AfterMeasures Measures
	Parts                         map[model.ID][]model.ID // split function → its parts
	Added, Removed                []HitChange
}

// A HitChange is a hit that one side has and the other has not.
type HitChange struct {
	From, Target model.ID
	Capability   catalog.Capability
}

// Compare measures both with one ledger and one set of weights.
func Compare(before, after *Analysis) *Comparison { return nil }
