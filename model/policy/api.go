package policy

import "iter"

// This file pins the signatures that other packages build on; their bodies move to files of their own.

// A Grant is an action pattern set allowed on resource patterns, less exceptions, under conditions.
type Grant struct {
	Actions   []string // patterns
	Resources []string // patterns
	Except    []Except // taken away by denials
	When      []Condition
	From      *Statement
	Document  *Document
}

// An Except is what a Deny takes from a Grant: all of its actions on all of its resources unless a condition of
// Unless fails.
type Except struct {
	Actions, Resources []string
	Unless             []Condition
	From               *Statement
}

// Grants lists what the stack's identity policies allow within its other layers.
func (s *Stack) Grants() iter.Seq[Grant] { return func(func(Grant) bool) {} }

// Answer is Yes, No or Unknown.
type Answer uint8

// The answers of Within.
const (
	Unknown Answer = iota
	Yes
	No
)

// A Verdict is the answer to "does this allow nothing that the other does not?".
type Verdict struct {
	Answer  Answer
	Witness *Request // for No: allowed by the one, refused by the other; checked by Evaluate
	Why     string   // for No and Unknown, one sentence
}

// Within reports whether everything that s allows, t allows as well. Yes only with a proof, No only with a
// witness, otherwise Unknown.
func (s *Stack) Within(t *Stack) Verdict { return Verdict{Why: "not built yet"} }
