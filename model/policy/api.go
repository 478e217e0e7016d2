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
