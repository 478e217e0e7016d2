package redact

import (
	"slices"
	"strings"

	"bulkhead/importers/yamlpos"
)

// Variables are filled in with what the caller is tagged with, or called. What a pattern is then, or matches then, has to be the
// same under other names: or${aws:PrincipalTag/team}* asks of developers for ordev*, and is within ord*.

// mostFilled bounds how many patterns are filled in; of more, only what the figures tell is proven.
const mostFilled = 2000

// principalTag is how condition keys of the caller's tags start.
const principalTag = "aws:principaltag/"

// tagged remembers what something is tagged with, of a list of keys and values or of a map.
func (w *walk) tagged(n *yamlpos.Node) {
	text := func(n *yamlpos.Node) (string, bool) {
		n = n.Resolve()
		return nodeText(n), n != nil && n.Kind == yamlpos.Scalar
	}
	key, value := n.Get("Key"), n.Get("Value")
	if key == nil {
		key, value = n.Get("key"), n.Get("value")
	}
	if key != nil && value != nil {
		if k, ok := text(key); ok {
			if v, ok := text(value); ok {
				w.fills(principalTag+k, w.whole(v))
			}
		}
		return
	}
	for _, p := range n.Pairs() {
		if v, ok := text(p.Value); ok {
			w.fills(principalTag+p.Key.Value, w.whole(v))
		}
	}
}

func nodeText(n *yamlpos.Node) string {
	if n == nil {
		return ""
	}
	return n.Value
}

// fills remembers what a variable may be filled in with.
func (c *coder) fills(key string, with spelling) {
	key = strings.ToLower(key)
	if text := with.plain(); !with.wild() && text != "" && !slices.ContainsFunc(c.filling[key], func(s spelling) bool { return s.plain() == text }) {
		c.filling[key] = append(c.filling[key], with)
	}
}

// fill adds to the patterns and texts those that come of filling in variables, and says which tokens are within theirs.
func (c *coder) fill(touch func(small, large *token, at int)) {
	left := mostFilled
	var fill func(s spelling)
	fill = func(s spelling) {
		i := slices.IndexFunc(s.parts, func(p part) bool { return p.kind == variable && len(c.fillingOf(p)) > 0 })
		if i < 0 {
			if left--; left >= 0 {
				c.learn(c.merged(s, touch))
			}
			return
		}
		for _, with := range c.fillingOf(s.parts[i]) {
			if left <= 0 {
				return
			}
			next := s
			next.parts = nil
			for _, p := range s.parts {
				if p.kind == variable && strings.EqualFold(p.text, s.parts[i].text) {
					next.parts = append(next.parts, with.parts...)
				} else {
					next.parts = append(next.parts, p)
				}
			}
			fill(next)
		}
	}
	for _, s := range slices.Clone(c.patterns) {
		if slices.ContainsFunc(s.parts, func(p part) bool { return p.kind == variable && len(c.fillingOf(p)) > 0 }) {
			fill(s)
		}
	}
}

// fillingOf are the values of a variable: those that are known, and its default.
func (c *coder) fillingOf(p part) []spelling {
	key, _, _ := strings.Cut(p.text, ",")
	out := c.filling[strings.ToLower(strings.TrimSpace(key))]
	if p.more {
		if text := strings.Trim(strings.TrimSpace(p.def.plain()), "'"); text != "" {
			out = append(slices.Clone(out), c.name(text))
		}
	}
	return out
}

// merged is a spelling in which tokens that stand side by side are one.
func (c *coder) merged(s spelling, touch func(small, large *token, at int)) spelling {
	out := s
	out.parts = nil
	for i := 0; i < len(s.parts); {
		to, text := i, ""
		for ; to < len(s.parts) && s.parts[to].kind == named; to++ {
			text += s.parts[to].text
		}
		if to-i < 2 {
			out.parts = append(out.parts, s.parts[i])
			i++
			continue
		}
		large, at := c.token(text), 0
		for ; i < to; i++ {
			touch(s.parts[i].tok, large, at)
			at += len(s.parts[i].text)
		}
		out.parts = append(out.parts, part{kind: named, text: text, tok: large})
	}
	return out
}
