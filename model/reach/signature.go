package reach

import (
	"encoding/binary"
	"slices"
	"strings"
)

// shares is what a row is known by, and the far-reaching part of an actor's documents; "" where it has none and few roles let
// everybody in, or its limits are its own.
func (k *kin) shares(a *actor) (string, []*answers) {
	if a.outside != nil {
		return "", nil
	}
	var far []*answers
	allows := false
	b := []byte(a.account + "\x00")
	b = append(b, byte(a.admin), 0)
	if a.sort == isUser || a.sort == isGroup {
		b[len(b)-1] = 1
	}
	for _, d := range a.identity {
		f := k.farOf(d)
		if f == nil {
			continue
		}
		far = append(far, f)
		for _, s := range f.statements {
			if !s.ofTarget && k.an.truth(a, s, nil) == never {
				continue // it has no say
			}
			allows = allows || !s.deny
			b = k.sign(b, a, s)
		}
	}
	if !allows && (len(k.an.common) == 0 || len(k.an.common) < k.an.shareFrom) {
		return "", nil
	}
	var documents []*answers
	if a.boundary != nil {
		documents = append(documents, k.plainOf(a.boundary)) // what variables fill in is the actor's own
	}
	b = append(b, byte(len(documents)))
	if a.guards != nil {
		for _, level := range a.guards.scps {
			documents = append(documents, level...)
		}
		documents = append(documents, a.guards.rcps...)
		b = append(b, 1) // an account's guardrails are the same for all whom they bind
	}
	for _, d := range documents {
		var ok bool
		if b, ok = k.limits(b, a, d); !ok {
			return "", nil
		}
	}
	return string(k.inquiries(b, a)), far
}

// inquiries writes what the conditions come to by which gates tell actors apart that they do not name.
func (k *kin) inquiries(b []byte, a *actor) []byte {
	var value []byte
	for _, key := range k.asked {
		value = appendValue(append(append(value[:0], key...), 0), a, key)
		k.mu.Lock()
		v, ok := k.vector[string(value)]
		k.mu.Unlock()
		if !ok {
			var truths []byte
			for _, s := range k.byKey[key] {
				truths = append(truths, byte(k.an.truth(a, s, nil)))
			}
			v = string(truths)
			k.mu.Lock()
			k.vector[string(value)] = v
			k.mu.Unlock()
		}
		b = append(b, v...)
	}
	return b
}

// sign writes what a statement says, and what its conditions come to for an actor.
func (k *kin) sign(b []byte, a *actor, s *statement) []byte {
	s.mu.Lock()
	if s.content == "" {
		f := s.from
		flags := []byte{'A', byte(f.Effect), 0, 0}
		if f.NotAction {
			flags[2] = 1
		}
		if f.NotResource {
			flags[3] = 1
		}
		text := string(flags) + s.doc.Version + "\x00" + strings.Join(f.Actions, "\x00") + "\x01" + strings.Join(f.Resources, "\x00") + "\x01"
		for _, c := range f.Conditions {
			p := plainCondition(s.doc, c)
			s.plain = append(s.plain, p)
			if p == nil || !circumstance(p.keys[0]) {
				text += spell(c)
			}
		}
		s.content = text
	}
	s.mu.Unlock()
	b = binary.AppendUvarint(b, uint64(len(s.content)))
	b = append(b, s.content...)
	return k.conditions(b, a, s)
}

// circumstance reports whether a condition key is about who asks, and from where and when, and so the same in all requests
// of an actor, whatever is asked of which target: of a condition on it matters only what it comes to.
func circumstance(key string) bool {
	switch key {
	case "aws:sourceip", "aws:sourcevpc", "aws:sourcevpce", "aws:vpcsourceip", "aws:sourcevpcarn", "aws:currenttime", "aws:epochtime", "aws:multifactorauthpresent", "aws:multifactorauthage",
		"aws:username", "aws:principalarn", "aws:principalorgid", "aws:principalorgpaths":
		return true
	}
	return strings.HasPrefix(key, "aws:principaltag/")
}

// conditions writes what a statement's conditions come to for an actor.
func (k *kin) conditions(b []byte, a *actor, s *statement) []byte {
	for i, c := range s.from.Conditions {
		if p := s.plain[i]; p != nil {
			b = append(b, byte(k.an.truth(a, p, nil)))
			continue
		}
		b = appendValue(b, a, strings.ToLower(c.Key))
		for _, v := range c.Values {
			for _, key := range variablesOf(v) {
				b = appendValue(b, a, key)
			}
		}
	}
	return b
}

// appendValue writes what is known of a key of an actor's requests.
func appendValue(b []byte, a *actor, key string) []byte {
	values, known := a.value(key)
	if !known {
		return append(b, 0xff)
	}
	b = binary.AppendUvarint(b, uint64(len(values)))
	for _, v := range values {
		b = binary.AppendUvarint(b, uint64(len(v)))
		b = append(b, v...)
	}
	return b
}

// limits writes a document of a boundary or guardrail, all of whose statements have a say. It is false where a statement
// with variables is in it.
func (k *kin) limits(b []byte, a *actor, d *answers) ([]byte, bool) {
	for _, s := range d.statements {
		if s.dynamic || slices.ContainsFunc(s.keys, func(key string) bool { return slices.Contains(callers, key) }) {
			return nil, false
		}
		b = k.sign(b, a, s)
	}
	return append(b, 0xfe), true
}
