package policy

import (
	"strings"
)

// Parse reads a policy in IAM's JSON grammar ("Grammar of the IAM JSON policy language"): a list wherever one
// value stands and the reverse, numbers and booleans as condition values, names of elements in any case.
// Spans of its statements are relative to data, File "". A text that IAM would refuse to read is a
// *SyntaxError; what IAM reads but cannot mean anything is left to Document.Check.
func Parse(data []byte) (*Document, error) {
	root, r, err := readJSON(data)
	if err != nil {
		return nil, err
	}
	p := &parser{reader: r, spans: spanner{data: data}}
	return p.document(root)
}

type parser struct {
	*reader
	spans spanner
}

// element is the spelling of an element's name that IAM documents, "" for none.
func element(name string, known ...string) string {
	for _, k := range known {
		if strings.EqualFold(k, name) {
			return k
		}
	}
	return ""
}

func (p *parser) document(n node) (*Document, error) {
	if n.kind != object {
		return nil, p.fail(n.start, "the policy is %s, not an object", n.kind)
	}
	d := &Document{Span: p.spans.span(n.start, n.end)}
	seen := map[string]bool{}
	for _, m := range n.members {
		name := element(m.name, "Version", "Id", "Statement")
		if name == "" {
			return nil, p.fail(m.start, "%q is not an element of a policy: Version, Id and Statement are", m.name)
		}
		if seen[name] {
			return nil, p.fail(m.start, "%s stands twice", name)
		}
		seen[name] = true
		var err error
		switch name {
		case "Version":
			d.Version, err = p.string1(m.value, name)
			if err == nil && d.Version != "2012-10-17" && d.Version != "2008-10-17" {
				err = p.fail(m.value.start, "Version %q: IAM knows 2012-10-17 and 2008-10-17", d.Version)
			}
		case "Id":
			d.ID, err = p.string1(m.value, name)
		case "Statement":
			err = p.statements(d, m.value)
		}
		if err != nil {
			return nil, err
		}
	}
	if !seen["Statement"] {
		return nil, p.fail(n.start, "the policy has no Statement")
	}
	return d, nil
}

func (p *parser) statements(d *Document, n node) error {
	list := []node{n}
	if n.kind == array {
		list = n.items
	}
	d.Statements = make([]*Statement, 0, len(list))
	for _, item := range list {
		s, err := p.statement(item)
		if err != nil {
			return err
		}
		d.Statements = append(d.Statements, s)
	}
	return nil
}

func (p *parser) statement(n node) (*Statement, error) {
	if n.kind != object {
		return nil, p.fail(n.start, "a statement is %s, not an object", n.kind)
	}
	s := &Statement{Span: p.spans.span(n.start, n.end)}
	seen := map[string]bool{}
	for _, m := range n.members {
		name := element(m.name, "Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Resource", "NotResource", "Condition")
		if name == "" {
			return nil, p.fail(m.start, "%q is not an element of a statement", m.name)
		}
		if seen[name] {
			return nil, p.fail(m.start, "%s stands twice in one statement", name)
		}
		seen[name] = true
		if base := strings.TrimPrefix(name, "Not"); seen[base] && seen["Not"+base] {
			return nil, p.fail(m.start, "%s and Not%s in one statement", base, base)
		}
		var err error
		switch name {
		case "Sid":
			s.Sid, err = p.string1(m.value, name)
		case "Effect":
			s.Effect, err = p.effect(m.value)
		case "Principal", "NotPrincipal":
			s.NotPrincipal = name == "NotPrincipal"
			s.Principals, err = p.principals(m.value, name)
		case "Action", "NotAction":
			s.NotAction = name == "NotAction"
			s.Actions, err = p.strings(m.value, name)
		case "Resource", "NotResource":
			s.NotResource = name == "NotResource"
			s.Resources, err = p.strings(m.value, name)
		case "Condition":
			s.Conditions, err = p.conditions(m.value)
		}
		if err != nil {
			return nil, err
		}
	}
	if !seen["Effect"] {
		return nil, p.fail(n.start, "Effect is missing in a statement")
	}
	if !seen["Action"] && !seen["NotAction"] {
		return nil, p.fail(n.start, "Action (or NotAction) is missing in a statement")
	}
	return s, nil
}

// effect reads Allow or Deny: "The Effect value is case sensitive" (IAM JSON policy elements: Effect).
func (p *parser) effect(n node) (Effect, error) {
	switch {
	case n.kind == text && n.text == "Allow":
		return Allow, nil
	case n.kind == text && n.text == "Deny":
		return Deny, nil
	case n.kind == text:
		return 0, p.fail(n.start, "Effect %q: it is Allow or Deny, in this spelling", n.text)
	}
	return 0, p.fail(n.start, "Effect is %s, not a string", n.kind)
}

func (p *parser) string1(n node, name string) (string, error) {
	if n.kind != text {
		return "", p.fail(n.start, "%s is %s, not a string", name, n.kind)
	}
	return n.text, nil
}

// strings reads a string or a list of strings. An empty list stays a list, so that it differs from none.
func (p *parser) strings(n node, name string) ([]string, error) {
	list := []node{n}
	if n.kind == array {
		list = n.items
	}
	out := make([]string, 0, len(list))
	for _, item := range list {
		if item.kind != text {
			return nil, p.fail(item.start, "%s holds %s where a string is expected", name, item.kind)
		}
		out = append(out, item.text)
	}
	return out, nil
}

func (p *parser) principals(n node, name string) ([]Principal, error) {
	if n.kind == text {
		if n.text == "*" {
			return []Principal{{Kind: "*", Value: "*"}}, nil
		}
		// Outside the grammar, but tools print an account or an ARN like this; losing it would lose a way in.
		return []Principal{{Kind: "AWS", Value: n.text}}, nil
	}
	if n.kind != object {
		return nil, p.fail(n.start, `%s is %s: it is "*" or an object`, name, n.kind)
	}
	out := []Principal{}
	for _, m := range n.members {
		kind := element(m.name, "AWS", "Service", "Federated", "CanonicalUser")
		if kind == "" {
			return nil, p.fail(m.start, "%q is not a kind of principal: AWS, Service, Federated and CanonicalUser are", m.name)
		}
		values, err := p.strings(m.value, name)
		if err != nil {
			return nil, err
		}
		for _, v := range values {
			out = append(out, Principal{Kind: kind, Value: v})
		}
	}
	return out, nil
}

func (p *parser) conditions(n node) ([]Condition, error) {
	if n.kind != object {
		return nil, p.fail(n.start, "Condition is %s, not an object", n.kind)
	}
	var out []Condition
	for _, op := range n.members {
		if op.value.kind != object {
			return nil, p.fail(op.value.start, "Condition %s is %s, not an object of keys", op.name, op.value.kind)
		}
		for _, key := range op.value.members {
			list := []node{key.value}
			if key.value.kind == array {
				list = key.value.items
			}
			c := Condition{Operator: op.name, Key: key.name, Values: make([]string, 0, len(list))}
			for _, v := range list {
				if v.kind != text && v.kind != number && v.kind != boolean {
					return nil, p.fail(v.start, "Condition %s holds %s where a string, number or boolean is expected", key.name, v.kind)
				}
				c.Values = append(c.Values, v.text)
			}
			out = append(out, c)
		}
	}
	return out, nil
}
