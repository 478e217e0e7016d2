package cfn

import (
	"strings"

	"bulkhead/importers/yamlpos"
	"bulkhead/model/source"
)

// maxLoop bounds the resources that one loop makes. CloudFormation takes 500 in a template.
const maxLoop = 500

// maxLoopDepth is how deep a value with a loop in it may lie, loops in loops included.
const maxLoopDepth = 40

// forEach declares the resources that loops in Resources stand for. Their nodes keep the places of the loop's
// body, so several resources share one.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-foreach.html
func (t *template) forEach(s *scope) {
	if t.loops {
		// Loops in a section come before those that may ask for what it says.
		t.Conditions, t.Outputs = s.unrolled(t.Conditions, 0), s.unrolled(t.Outputs, 0)
		for _, r := range t.Declared {
			r.Props = s.unrolled(r.Props, 0)
		}
	}
	if t.Resources == nil {
		return
	}
	for _, p := range lastOfEach(t.Resources.Pairs()) {
		switch {
		case strings.HasPrefix(p.Key.Value, "Fn::ForEach::"):
			t.loop(s, p, 0)
		case p.Key.Value == "Fn::Transform":
			if body := s.include(p.Value.Resolve(), p.Value); body != nil && body.Kind == yamlpos.Mapping {
				for _, e := range lastOfEach(body.Pairs()) {
					t.declare(e.Key, e.Value, s.notes)
				}
			}
		case strings.HasPrefix(p.Key.Value, "Fn::"):
			s.notes.add(source.Warning, p.Key.Span(), p.Key.Value+" brings resources from elsewhere", "What it brings is missing from the design.")
		}
	}
}

// unrolled is a value with the loops in it written out: each stands for entries of the mapping that it is in.
func (s *scope) unrolled(n *yamlpos.Node, depth int) *yamlpos.Node {
	n = n.Resolve()
	if n == nil || depth > maxNesting || len(n.Items())+len(n.Pairs()) == 0 {
		return n
	}
	c := *n
	c.Clear()
	changed := false
	for _, i := range n.Items() {
		u := s.unrolled(i, depth+1)
		changed = changed || u != i.Resolve()
		c.SetItems(append(c.Items(), u))
	}
	for _, p := range n.Pairs() {
		if p.Key != nil && strings.HasPrefix(p.Key.Value, "Fn::ForEach::") {
			changed = true
			s.turns(p, depth, func(key, value *yamlpos.Node) {
				c.SetPairs(append(c.Pairs(), yamlpos.Pair{Key: key, Value: s.unrolled(value, depth+1)}))
			})
			continue
		}
		u := s.unrolled(p.Value, depth+1)
		changed = changed || u != p.Value.Resolve()
		c.SetPairs(append(c.Pairs(), yamlpos.Pair{Key: p.Key, Value: u, Merged: p.Merged}))
	}
	if !changed {
		return n
	}
	return &c
}

// loop declares what a loop in Resources stands for.
func (t *template) loop(s *scope, p yamlpos.Pair, depth int) {
	s.turns(p, depth, func(key, value *yamlpos.Node) {
		if len(t.Declared) >= maxLoop*10 {
			return
		}
		if strings.HasPrefix(key.Value, "Fn::ForEach::") {
			t.loop(s, yamlpos.Pair{Key: key, Value: value}, depth+1)
			return
		}
		t.declare(key, s.unrolled(value, depth), s.notes)
	})
}

// turns calls each for every entry that a loop stands for.
func (s *scope) turns(p yamlpos.Pair, depth int, each func(key, value *yamlpos.Node)) {
	n := p.Value.Resolve()
	if n == nil || n.Kind != yamlpos.Sequence || len(n.Items()) != 3 || depth > maxLoopDepth {
		s.notes.add(source.Error, p.Key.Span(), p.Key.Value+" takes a name, a list and a mapping", "It was left out.")
		return
	}
	name := n.Items()[0].Resolve()
	body := n.Items()[2].Resolve()
	values := s.texts(n.Items()[1], nil)
	if name == nil || name.Kind != yamlpos.Scalar || body == nil || body.Kind != yamlpos.Mapping || len(values) == 0 {
		s.notes.add(source.Error, p.Key.Span(), p.Key.Value+" takes a name, a list and a mapping", "It was left out.")
		return
	}
	for _, v := range values {
		if hasUnknown(v) {
			s.notes.add(source.Warning, p.Key.Span(), p.Key.Value+" goes over values that are not known", "It was left out.")
			return
		}
		for _, e := range lastOfEach(body.Pairs()) {
			if !s.enter(n) {
				s.leave()
				return
			}
			key, value := s.replaced(e.Key, name.Value, v), s.replaced(e.Value, name.Value, v)
			s.leave()
			each(key, value)
		}
	}
}

// replaced is a node with ${name}, &{name} and Ref name replaced by a value.
func (s *scope) replaced(n *yamlpos.Node, name, value string) *yamlpos.Node {
	n = n.Resolve()
	if n == nil {
		return nil
	}
	if !s.enter(n) {
		s.leave()
		return n
	}
	defer s.leave()
	if call, arg := intrinsic(n); call == "Ref" && arg != nil && arg.Value == name {
		return scalar(value, n.Span())
	}
	c := *n
	if c.Kind == yamlpos.Scalar {
		c.Value = strings.ReplaceAll(c.Value, "${"+name+"}", value)
		c.Value = strings.ReplaceAll(c.Value, "&{"+name+"}", alphanumeric(value))
	}
	c.Clear()
	for _, i := range n.Items() {
		c.SetItems(append(c.Items(), s.replaced(i, name, value)))
	}
	for _, p := range n.Pairs() {
		c.SetPairs(append(c.Pairs(), yamlpos.Pair{Key: s.replaced(p.Key, name, value), Value: s.replaced(p.Value, name, value), Merged: p.Merged}))
	}
	return &c
}

func alphanumeric(text string) string { return notAlphanumeric.ReplaceAllString(text, "") }
