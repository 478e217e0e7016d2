package model

import (
	"cmp"
	"slices"
)

// stackTag is the tag that CloudFormation puts on what a stack makes (AWS CloudFormation user guide, "Resource tags").
const stackTag = "aws:cloudformation:stack-name"

// StackOf is the stack that an element came from: as its source has it, else as CloudFormation's own tag says; "" where
// neither tells.
func StackOf(e Element) string {
	var tags map[string]string
	switch e := e.(type) {
	case *Function:
		tags = e.Tags
	case *Role:
		tags = e.Tags
	case *Resource:
		tags = e.Tags
	case *Principal:
		tags = e.Tags
	}
	return cmp.Or(stackOf(e), tags[stackTag])
}

// Stacks are the stacks that the functions came from, in the order of the design.
func (d *Design) Stacks() []string {
	var out []string
	for _, f := range d.Functions() {
		if s := StackOf(f); s != "" && !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	return out
}
