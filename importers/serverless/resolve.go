package serverless

import (
	"fmt"
	"strings"

	"bulkhead/importers/yamlpos"
	"bulkhead/model/source"
)

// A resolver puts values in the place of variables, in the parsed nodes themselves: a text becomes another text, and
// a variable that comes to a list or a mapping becomes an alias of it. Each node is looked at once.
type resolver struct {
	svc     *service
	done    map[*yamlpos.Node]bool
	busy    map[*yamlpos.Node]bool
	unknown map[string]*unknown // by token
	tokens  map[string]string   // address → token
	depth   int
	quiet   int // more than 0: nothing is told
	spent   int // bytes of text that were made
}

// An unknown is a value that the source does not tell.
type unknown struct {
	why, remedy string
	told        bool
}

const (
	maxText  = 1 << 20  // bytes of one text
	maxTexts = 64 << 20 // of all
)

func newResolver(s *service) *resolver {
	return &resolver{svc: s, done: map[*yamlpos.Node]bool{}, busy: map[*yamlpos.Node]bool{}, unknown: map[string]*unknown{}, tokens: map[string]string{}}
}

// all resolves a value and everything in it.
func (r *resolver) all(n *yamlpos.Node) {
	r.walk(n, map[*yamlpos.Node]bool{})
}

func (r *resolver) walk(n *yamlpos.Node, seen map[*yamlpos.Node]bool) {
	n = r.settle(n)
	if n == nil || seen[n] {
		return
	}
	seen[n] = true
	if r.depth++; r.depth < 1000 {
		for _, p := range n.Pairs() {
			r.walk(p.Value, seen)
		}
		for _, i := range n.Items() {
			r.walk(i, seen)
		}
	}
	r.depth--
}

// settle resolves the variables of a node itself and follows aliases; nil stays nil.
func (r *resolver) settle(n *yamlpos.Node) *yamlpos.Node {
	for range 100 {
		if n == nil {
			return nil
		}
		if n.Kind == yamlpos.Alias {
			n = n.Target()
			continue
		}
		if n.Kind != yamlpos.Scalar || n.Null {
			return n
		}
		r.scalar(n)
		if n.Kind != yamlpos.Alias {
			r.tell(n)
			return n
		}
	}
	return nil
}

// scalar resolves the variables in a scalar.
func (r *resolver) scalar(n *yamlpos.Node) {
	if r.done[n] || !strings.Contains(n.Value, "${") {
		if !r.done[n] && r.svc.pseudo != nil {
			n.Value = r.svc.pseudo.Replace(n.Value)
		}
		return
	}
	if r.busy[n] || r.depth > 200 {
		r.note(source.Error, n.Span(), "a variable refers to itself", "It was taken as unknown.")
		n.Value = r.token("value", fmt.Sprintf("circle-%d", n.Span().Line), "", "")
		r.done[n] = true
		return
	}
	r.busy[n] = true
	r.depth++
	result := r.value(parseText(n.Value), n)
	r.depth--
	delete(r.busy, n)
	if r.done[n] {
		return // a circle, which was told
	}
	r.done[n] = true
	switch {
	case result == n:
	case result.Kind == yamlpos.Scalar:
		if r.svc.pseudo != nil {
			result.Value = r.svc.pseudo.Replace(result.Value)
		}
		n.Value, n.Null, n.Quoted = result.Value, result.Null, result.Quoted
		n.Tag = tagOf(n.Tag, result.Tag)
	default:
		n.Kind, n.Value = yamlpos.Alias, ""
		n.SetTarget(result)
	}
}

func tagOf(own, of string) string {
	if own != "" {
		return own
	}
	return of
}

// value is what a text comes to: a node where it is one variable alone, else a string.
func (r *resolver) value(t text, at *yamlpos.Node) *yamlpos.Node {
	if len(t) == 1 && t[0].variable != nil {
		return r.variable(t[0].variable, at)
	}
	if n := r.imported(t, at); n != nil {
		return n
	}
	return quoted(r.text(t, at), at.Span())
}

// imported is a text with the output of another service in it, which only the stacks' own names tell; nil if there is
// none.
func (r *resolver) imported(t text, at *yamlpos.Node) *yamlpos.Node {
	if !r.svc.composed {
		return nil
	}
	found := false
	var parts []*yamlpos.Node
	for _, p := range t {
		n := quoted(p.literal, at.Span())
		if p.variable != nil {
			n = r.settle(r.variable(p.variable, at))
			found = found || get(n, "Fn::ImportValue") != nil
		}
		parts = append(parts, n)
	}
	if !found {
		return nil
	}
	return join("", at.Span(), parts...)
}

// text is what a text comes to as a string.
func (r *resolver) text(t text, at *yamlpos.Node) string {
	var b strings.Builder
	for _, p := range t {
		if p.variable == nil {
			b.WriteString(p.literal)
			continue
		}
		v := r.settle(r.variable(p.variable, at))
		switch {
		case v == nil || v.Null:
		case v.Kind == yamlpos.Scalar && v.Tag == "":
			b.WriteString(v.Value)
		default:
			r.note(source.Error, at.Span(), "a variable in a text comes to a list or a mapping", "It was taken as unknown.")
			b.WriteString(r.token("value", fmt.Sprintf("value-%d", at.Span().Line), "", ""))
		}
		if b.Len() > maxText {
			break
		}
	}
	if r.spent += b.Len(); b.Len() > maxText || r.spent > maxTexts {
		r.note(source.Error, at.Span(), "the variables make more text than is read", "It was taken as unknown; look for variables that multiply.")
		return r.token("value", "too-long", "", "")
	}
	return b.String()
}

// variable is what ${…} comes to: the first source that has a value.
func (r *resolver) variable(v *variable, at *yamlpos.Node) *yamlpos.Node {
	if r.depth++; r.depth > 200 {
		r.depth--
		r.note(source.Error, at.Span(), "variables stand too deep in one another", "They were taken as unknown.")
		return quoted(r.token("value", "too-deep", "", ""), at.Span())
	}
	defer func() { r.depth-- }()
	for i, o := range v.sources {
		n, err := r.source(o, at, i+1 < len(v.sources))
		if err != nil {
			return quoted(r.token("variable", o.written, err.Error(), "give it with --param '"+o.written+"=Value'"), at.Span())
		}
		if n != nil {
			return n
		}
	}
	first := v.sources[0].written
	r.note(source.Error, at.Span(), "${"+first+"} has no value", "It was taken as unknown; give it with --param '"+first+"=Value'.")
	return quoted(r.token("variable", first, "", ""), at.Span())
}

// token is the text that stands for a value that is not known: the same for the same address. why is told where it
// is used first.
func (r *resolver) token(kind, address, why, remedy string) string {
	key := kind + "\x00" + address
	name, ok := r.tokens[key]
	if !ok {
		base := tokenName(address)
		name = base
		for i := 2; r.unknown[name] != nil; i++ {
			name = fmt.Sprintf("%s-%d", base, i)
		}
		r.tokens[key] = name
		r.unknown[name] = &unknown{why: why, remedy: remedy, told: why == ""}
	}
	return "${" + name + "}"
}

// tokenName has no colon and nothing that a variable of a policy could be.
func tokenName(address string) string {
	var b strings.Builder
	for _, c := range address {
		switch {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9', c == '.', c == '_', c == '-':
			b.WriteRune(c)
		case !strings.HasSuffix(b.String(), "-"):
			b.WriteByte('-')
		}
	}
	name := strings.Trim(b.String(), "-")
	if name == "" {
		return "value"
	}
	return name[:min(len(name), 100)]
}

// tell reports the unknown values in a text that were not told yet.
func (r *resolver) tell(n *yamlpos.Node) {
	if r.quiet > 0 {
		return
	}
	for rest := n.Value; ; {
		_, after, ok := strings.Cut(rest, "${")
		if !ok {
			return
		}
		name, tail, ok := strings.Cut(after, "}")
		if !ok {
			return
		}
		rest = tail
		if u := r.unknown[name]; u != nil && !u.told {
			u.told = true
			detail := "It stays as ${" + name + "}"
			if u.remedy != "" {
				detail += "; " + u.remedy
			}
			r.note(source.Warning, n.Span(), u.why, detail+".")
		}
	}
}

func (r *resolver) note(severity source.Severity, at source.Span, summary, detail string) {
	if r.quiet == 0 {
		r.svc.note(severity, at, summary, detail)
	}
}
