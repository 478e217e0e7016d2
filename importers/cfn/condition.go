package cfn

import (
	"strings"

	"bulkhead/importers/yamlpos"
	"bulkhead/model/source"
)

// truth is what a condition comes to.
type truth uint8

const (
	undecided truth = iota // it depends on what the template does not tell
	yes
	no
)

func truthOf(b bool) truth {
	if b {
		return yes
	}
	return no
}

// condition decides the condition that n names; n may also be a condition function, as SAM allows.
func (s *scope) condition(n *yamlpos.Node) truth {
	if n == nil {
		return undecided
	}
	if n.Kind == yamlpos.Scalar && !isCall(n) {
		return s.named(n.Value, n.Span())
	}
	return s.decide(n)
}

// named decides the condition called name.
func (s *scope) named(name string, span source.Span) truth {
	if t, ok := s.conditions[name]; ok {
		return t
	}
	if s.deciding[name] {
		s.notes.add(source.Error, span, "condition "+name+" depends on itself", "It was taken as undecided.")
		return undecided
	}
	body := s.template.Conditions.Get(name)
	if body == nil {
		s.notes.add(source.Error, span, "there is no condition called "+name, "It was taken as undecided.")
		s.conditions[name] = undecided
		return undecided
	}
	s.deciding[name] = true
	t := s.decide(body)
	delete(s.deciding, name)
	s.conditions[name] = t
	if t == undecided {
		s.notes.add(source.Warning, body.Span(), "condition "+name+" cannot be decided",
			"What depends on it was taken as perhaps there. Give the parameters that it needs with --param Name=Value.")
	}
	return t
}

// decide evaluates a condition function. https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/intrinsic-function-reference-conditions.html
func (s *scope) decide(n *yamlpos.Node) truth {
	n = n.Resolve()
	if n == nil {
		return undecided
	}
	if !s.enter(n) {
		s.leave()
		return undecided
	}
	defer s.leave()
	name, arg := intrinsic(n)
	if name == "" && n.Kind == yamlpos.Mapping && len(n.Pairs()) == 1 && n.Pairs()[0].Key.Value == "Condition" {
		name, arg = "Condition", n.Pairs()[0].Value.Resolve()
	}
	if name == "" {
		if n.Kind == yamlpos.Scalar && (strings.EqualFold(n.Value, "true") || strings.EqualFold(n.Value, "false")) {
			return truthOf(strings.EqualFold(n.Value, "true"))
		}
		s.notes.add(source.Error, n.Span(), "this is not a condition", "It was taken as undecided.")
		return undecided
	}
	if arg == nil {
		return undecided
	}
	switch name {
	case "Condition":
		return s.named(arg.Value, n.Span())
	case "Fn::Equals":
		return s.equals(arg, n)
	case "Fn::Not":
		if arg.Kind == yamlpos.Sequence && len(arg.Items()) == 1 {
			arg = arg.Items()[0]
		}
		switch s.decide(arg) {
		case yes:
			return no
		case no:
			return yes
		case undecided:
		}
		return undecided
	case "Fn::And", "Fn::Or":
		decisive := truthOf(name == "Fn::Or")
		out := truthOf(name == "Fn::And")
		for _, i := range arg.Items() {
			t := s.decide(i)
			if t == decisive {
				return decisive
			}
			if t == undecided {
				out = undecided
			}
		}
		return out
	}
	s.notes.add(source.Error, n.Span(), name+" is not a condition function that is known", "It was taken as undecided.")
	return undecided
}

func (s *scope) equals(arg, n *yamlpos.Node) truth {
	if arg.Kind != yamlpos.Sequence || len(arg.Items()) != 2 {
		s.notes.add(source.Error, n.Span(), "Fn::Equals takes two values", "It was taken as undecided.")
		return undecided
	}
	a, b := s.comparable(arg.Items()[0]), s.comparable(arg.Items()[1])
	switch {
	case a == b:
		return yes
	case hasUnknown(a) || hasUnknown(b):
		return undecided
	}
	return no
}

func (s *scope) comparable(n *yamlpos.Node) string {
	if t, ok := s.text(n); ok {
		return t
	}
	return strings.Join(s.texts(n, nil), ",")
}
