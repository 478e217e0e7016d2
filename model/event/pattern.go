// Package event reads patterns of events: those of EventBridge rules and pipes, of SNS filter policies, and of Lambda's
// event source mappings, which are one language with small differences.
//
//	JSON --Parse--> Pattern: alternatives, each with values that fields of the event must have
package event

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

// A Pattern lets an event pass if one of its alternatives does. nil lets every event pass.
type Pattern struct{ Alternatives []Alternative }

// An Alternative lets an event pass if each of its fields does. Several may be about one path.
type Alternative []Field

// A Field asks for values at a place of the event.
type Field struct {
	Path string  // names of objects joined with dots: "detail.state"; lists are transparent
	Any  []Value // one of them has to match; none: nothing does
}

// maxAlternatives bounds what $or multiplies out to; EventBridge takes no more than 1,000 combinations ("Amazon
// EventBridge event patterns: Or matching").
const maxAlternatives = 1000

// Parse reads one or several patterns in JSON, one after the other: an event passes if it passes one of them, as with
// the filters of an event source mapping. What is empty lets everything pass: nil. It is an error if the text is no
// pattern, or has an operator that is not known.
func Parse(text string) (*Pattern, error) {
	dec := json.NewDecoder(strings.NewReader(text))
	dec.UseNumber()
	var out *Pattern
	for {
		var raw json.RawMessage
		err := dec.Decode(&raw)
		switch {
		case errors.Is(err, io.EOF):
			return out, nil
		case err != nil:
			return nil, fmt.Errorf("read event pattern: %w", err)
		}
		alternatives, err := object(raw, "")
		if err != nil {
			return nil, err
		}
		if out == nil {
			out = &Pattern{}
		}
		if out.Alternatives = append(out.Alternatives, alternatives...); len(out.Alternatives) > maxAlternatives {
			return nil, errTooMany
		}
	}
}

var errTooMany = fmt.Errorf("event pattern: more than %d combinations", maxAlternatives)

// A member is a name and a value of a JSON object.
type member struct {
	name  string
	value json.RawMessage
}

// members are an object's in the order of the text, which words follow.
func members(raw json.RawMessage) ([]member, error) {
	dec := json.NewDecoder(bytes.NewReader(raw))
	if t, err := dec.Token(); err != nil || t != json.Delim('{') {
		return nil, fmt.Errorf("event pattern: not an object: %.40s", raw)
	}
	var out []member
	for dec.More() {
		name, err := dec.Token()
		if err != nil {
			return nil, fmt.Errorf("read event pattern: %w", err)
		}
		m := member{name: name.(string)}
		if err := dec.Decode(&m.value); err != nil {
			return nil, fmt.Errorf("read event pattern: %w", err)
		}
		out = append(out, m)
	}
	return out, nil
}

// list is a JSON list's items.
func list(raw json.RawMessage) ([]json.RawMessage, error) {
	var out []json.RawMessage
	if err := json.Unmarshal(raw, &out); err != nil || out == nil {
		return nil, fmt.Errorf("event pattern: not a list: %.40s", raw)
	}
	return out, nil
}

// object is the alternatives of an object below a path.
func object(raw json.RawMessage, below string) ([]Alternative, error) {
	ms, err := members(raw)
	if err != nil {
		return nil, err
	}
	out := []Alternative{{}}
	for _, m := range ms {
		some, err := fieldOrObject(m, below)
		if err != nil {
			return nil, err
		}
		if out, err = product(out, some); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func fieldOrObject(m member, below string) ([]Alternative, error) {
	path := below + m.name
	switch c := bytes.TrimLeft(m.value, " \t\r\n")[0]; {
	case m.name == "$or" && c == '[':
		items, err := list(m.value)
		if err != nil {
			return nil, err
		}
		var out []Alternative
		for _, i := range items {
			some, err := object(i, below)
			if err != nil {
				return nil, err
			}
			out = append(out, some...)
		}
		return out, nil
	case c == '[':
		items, err := list(m.value)
		if err != nil {
			return nil, err
		}
		f := Field{Path: path}
		for _, i := range items {
			v, err := value(i)
			if err != nil {
				return nil, fmt.Errorf("%w, at %s", err, path)
			}
			f.Any = append(f.Any, v)
		}
		return []Alternative{{f}}, nil
	case c == '{':
		return object(m.value, path+".")
	}
	return nil, fmt.Errorf("event pattern: %s is neither a list nor an object", path)
}

// product is one of each, together.
func product(a, b []Alternative) ([]Alternative, error) {
	if len(a)*len(b) > maxAlternatives {
		return nil, errTooMany
	}
	out := make([]Alternative, 0, len(a)*len(b))
	for _, x := range a {
		for _, y := range b {
			out = append(out, slices.Concat(x, y))
		}
	}
	return out, nil
}

// And is the pattern that lets pass what both do; either may be nil.
func (p *Pattern) And(q *Pattern) (*Pattern, error) {
	switch {
	case p == nil:
		return q, nil
	case q == nil:
		return p, nil
	}
	both, err := product(p.Alternatives, q.Alternatives)
	if err != nil {
		return nil, err
	}
	return &Pattern{both}, nil
}

// Rename is the pattern with other paths: the same events seen from elsewhere, as when one is the body of another.
func (p *Pattern) Rename(to func(path string) string) *Pattern {
	if p == nil {
		return nil
	}
	out := &Pattern{}
	for _, a := range p.Alternatives {
		var other Alternative
		for _, f := range a {
			other = append(other, Field{to(f.Path), f.Any})
		}
		out.Alternatives = append(out.Alternatives, other)
	}
	return out
}

// With is the pattern with one field more that each of its alternatives asks for.
func (p *Pattern) With(f Field) *Pattern {
	if p == nil {
		return &Pattern{[]Alternative{{f}}}
	}
	out := &Pattern{}
	for _, a := range p.Alternatives {
		out.Alternatives = append(out.Alternatives, append(slices.Clip(a), f))
	}
	return out
}

// Without is the pattern without what it asks for at some places.
func (p *Pattern) Without(paths ...string) *Pattern {
	if p == nil {
		return nil
	}
	out := &Pattern{}
	for _, a := range p.Alternatives {
		out.Alternatives = append(out.Alternatives, slices.DeleteFunc(slices.Clone(a), func(f Field) bool { return slices.Contains(paths, f.Path) }))
	}
	return out
}

// Asks reports whether a pattern asks for something at a path.
func (p *Pattern) Asks(path string) bool {
	for _, a := range p.Alternatives {
		for _, f := range a {
			if f.Path == path {
				return true
			}
		}
	}
	return false
}
