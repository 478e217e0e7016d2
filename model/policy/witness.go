package policy

import (
	"fmt"
	"slices"
	"strings"
)

// witness makes a request of a cell and asks Evaluate; nil if from does not allow it or to does.
func (w *proof) witness(st *statement, act action, resource []symbol, spaces []*keySpace, at []int) *Verdict {
	req := Request{
		Principal:       "arn:aws:iam::" + witnessAccount + ":role/witness",
		ResourceAccount: witnessAccount,
		Context:         Context{},
	}
	var open []*condition
	for i, sp := range spaces {
		p := sp.points[at[i]]
		switch {
		case p.open:
			for j, c := range sp.conditions {
				if p.holds[j] {
					open = append(open, c)
				}
			}
		case p.values == nil:
			if req.Context[sp.key] == nil {
				req.Absent = append(req.Absent, sp.key)
			}
		default:
			req.Context[sp.key] = p.values
			req.Absent = slices.DeleteFunc(req.Absent, func(k string) bool { return k == sp.key })
		}
	}
	for _, c := range open {
		satisfy(c, &req)
	}
	req.Resource = fillWord(resource, &req)
	actions, made := w.actionsOf(act)
	for _, name := range actions {
		req.Action = name
		for _, arn := range append(w.likelyResources(name), req.Resource) {
			r := req
			r.Resource = arn
			if w.shows(&r) {
				why := fmt.Sprintf("it allows %s on %s", r.Action, r.Resource)
				if made && name == actions[len(actions)-1] {
					why += ", an action that AWS does not have yet"
				}
				return &Verdict{Answer: No, Witness: &r, Why: why + contextText(&r)}
			}
		}
	}
	return nil
}

// shows reports whether a request proves that from allows more. Key policies and trust policies, which must allow
// too, are taken to delegate to the account.
func (w *proof) shows(r *Request) bool {
	if strings.HasPrefix(lowerASCII(r.Action), "kms:") || strings.HasPrefix(lowerASCII(r.Action), "sts:") {
		r.ResourcePolicy = delegating
	}
	d := w.from.stack.Evaluate(*r)
	return d.Outcome == Allowed && d.Must && w.to.stack.Evaluate(*r).Outcome != Allowed
}

// delegating is a resource policy that leaves everything to the identity policies of the witness's account.
var delegating = MustCompile(&Document{Version: "2012-10-17", Statements: []*Statement{{
	Effect: Allow, Principals: []Principal{{Kind: "AWS", Value: witnessAccount}}, Actions: []string{"*"}, Resources: []string{"*"},
}}})

// actionsOf lists names for a class of actions: a few of AWS's own that the same statements are about, then the
// shortest text there is, which may be none of AWS's (made).
func (w *proof) actionsOf(act action) (names []string, made bool) {
	text := spell(act.word)
	c := w.from.cat
	if c == nil {
		c = w.to.cat
	}
	if c == nil {
		return []string{text}, false
	}
	sub := subjectOf(text)
	all := w.all()
	for _, a := range c.Expand(act.within.source()) {
		name := a.String()
		s := subjectOf(name)
		if slices.ContainsFunc(all, func(st *statement) bool { return anyMatch(st.actions, &s) != anyMatch(st.actions, &sub) }) {
			continue
		}
		if names = append(names, name); len(names) == 5 {
			break
		}
	}
	return append(names, text), c.Action(text) == nil && len(c.Services()) > 0
}

func anyMatch(patterns []pattern, s *subject) tri {
	t := no
	for i := range patterns {
		t = max(t, patterns[i].match(s))
	}
	return t
}

// likelyResources lists ARNs of the kinds of resource that an action takes.
func (w *proof) likelyResources(name string) []string {
	c := w.from.cat
	if c == nil {
		c = w.to.cat
	}
	if c == nil {
		return nil
	}
	a := c.Action(name)
	if a == nil {
		return nil
	}
	var out []string
	for _, t := range a.Resources {
		for _, arn := range t.ARNs {
			out = append(out, sampleARN(arn))
		}
	}
	if len(a.Resources) == 0 {
		out = append(out, "*")
	}
	return out
}

// sampleARN fills the placeholders of an ARN pattern of the catalogue.
func sampleARN(arn string) string {
	var b strings.Builder
	for arn != "" {
		if n := tokenEnd(arn); n > 0 {
			switch arn[2 : n-1] {
			case "Partition":
				b.WriteString("aws")
			case "Region":
				b.WriteString("us-east-1")
			case "Account":
				b.WriteString(witnessAccount)
			default:
				b.WriteString("example")
			}
			arn = arn[n:]
			continue
		}
		b.WriteByte(arn[0])
		arn = arn[1:]
	}
	return b.String()
}

// satisfy gives the keys of a condition values by which it holds, where that is easy to see.
func satisfy(c *condition, req *Request) {
	if len(c.values) == 0 || c.negated || req.Context[c.key] != nil {
		return
	}
	v := &c.values[0]
	p := v.pattern
	if c.op == opARN {
		p = compilePattern(v.text, syntax{wildcards: true, variables: slices.ContainsFunc(v.segments, func(p pattern) bool { return p.variables })})
	}
	word := common(p.list(), []symbol{{kind: many}})
	if p.shape == shapeSymbols {
		var list []symbol
		for _, s := range p.symbols {
			switch s.kind {
			case many:
			case one:
				list = append(list, symbol{char: 'x'})
			default:
				list = append(list, s)
			}
		}
		word = fillWord(list, req)
	}
	if c.family() == familyIP {
		word = v.net.Addr().String()
	}
	req.Context[c.key] = []string{word}
	req.Absent = slices.DeleteFunc(req.Absent, func(k string) bool { return k == c.key })
}

// fillWord writes a word as text, giving values to the variables in it.
func fillWord(word []symbol, req *Request) string {
	var b strings.Builder
	for _, s := range word {
		switch s.kind {
		case variable:
			v := view{req: req, caller: parseCaller(req.Principal), tags: present, resource: req.ResourceAccount}
			var buf [1]string
			values, st := v.get(s.name, &buf)
			if st != present || len(values) != 1 {
				values = []string{"example"}
				req.Context[s.name] = values
				req.Absent = slices.DeleteFunc(req.Absent, func(k string) bool { return k == s.name })
			}
			b.WriteString(values[0])
		case unknown:
			b.WriteString("${" + s.name + "}")
		default:
			b.Write(encodeRunes([]rune{s.char}))
		}
	}
	return b.String()
}

// contextText says what context a witness needs.
func contextText(r *Request) string {
	if len(r.Context) == 0 {
		return ""
	}
	keys := make([]string, 0, len(r.Context))
	for k := range r.Context {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	for i, k := range keys {
		keys[i] = k + " = " + strings.Join(r.Context[k], ", ")
	}
	return " with " + strings.Join(keys, "; ")
}
