package policy

import (
	"maps"
	"regexp"
	"slices"
	"strings"

	"bulkhead/model/catalog"
)

// witness makes a request of a cell and asks Evaluate; nil if from does not allow it or to does.
func (w *proof) witness(c *contextSearch) *Verdict {
	if v := w.witnessWithout(c, nil); v != nil {
		return v
	}
	var defaults []string
	for _, s := range c.resource {
		if s.hasFall {
			defaults = append(defaults, s.name)
		}
	}
	if defaults == nil {
		return nil
	}
	return w.witnessWithout(c, defaults)
}

// witnessWithout is witness where some keys are absent, as far as the cell leaves them open.
func (w *proof) witnessWithout(c *contextSearch, absent []string) *Verdict {
	req := Request{
		Principal:       witnessPrincipal,
		ResourceAccount: witnessAccount,
		Context:         Context{},
		Absent:          slices.Clone(absent),
	}
	var open []wish
	fixed := map[string]bool{}
	for i, sp := range c.spaces {
		if c.at[i] < 0 {
			continue // whatever it is
		}
		p := sp.points[c.at[i]]
		switch {
		case p.open:
			for j, c := range sp.conditions {
				open = append(open, wish{c, p.holds[j]})
			}
		case p.values == nil:
			fixed[sp.key] = true
			if req.Context[sp.key] == nil {
				req.Absent = append(req.Absent, sp.key)
			}
		default:
			fixed[sp.key] = true
			req.Context[sp.key] = p.values
			req.Absent = slices.DeleteFunc(req.Absent, func(k string) bool { return k == sp.key })
		}
	}
	req.Resource = fillWord(c.resource, &req)
	settleAll(open, &req, fixed)
	actions, made := w.actionsOf(c.act, req.Resource)
	for _, name := range actions {
		req.Action = name
		for _, arn := range append(w.likelyResources(name), req.Resource) {
			r := req
			r.Resource = arn
			if v := w.shows(&r); v != nil {
				if made && name == actions[len(actions)-1] {
					v.Why += "; AWS has no such action yet"
				}
				return v
			}
		}
	}
	// Where variables tie keys together, no key is chosen for itself: look near what the statement asks.
	for _, name := range actions {
		req := w.ask(c.statement, name, c.resource)
		if v := w.near(&req, c); v != nil {
			return v
		}
	}
	return nil
}

// ask is a request for an action on a resource that meets a statement's conditions as far as that is easy.
func (w *proof) ask(st *statement, action string, resource []symbol) Request {
	req := Request{Principal: witnessPrincipal, ResourceAccount: witnessAccount, Context: Context{}, Action: action}
	req.Resource = fillWord(resource, &req)
	var wishes []wish
	for i := range st.conditions {
		wishes = append(wishes, wish{&st.conditions[i], true})
	}
	settleAll(wishes, &req, nil)
	return req
}

// near tries a request, and what comes of it by giving one key another value.
func (w *proof) near(req *Request, c *contextSearch) *Verdict {
	if v := w.shows(req); v != nil {
		return v
	}
	for _, sp := range c.spaces {
		for _, p := range sp.points {
			if p.open {
				continue
			}
			r := *req
			r.Context = maps.Clone(req.Context)
			r.Absent = slices.DeleteFunc(slices.Clone(req.Absent), func(k string) bool { return k == sp.key })
			if p.values == nil {
				delete(r.Context, sp.key)
				r.Absent = append(r.Absent, sp.key)
			} else {
				r.Context[sp.key] = p.values
			}
			if v := w.shows(&r); v != nil {
				return v
			}
		}
		for _, d := range sp.conditions {
			if d.family() != familyOpaque {
				continue
			}
			for _, want := range []bool{true, false} {
				r := *req
				r.Context, r.Absent = maps.Clone(req.Context), slices.Clone(req.Absent)
				settle(d, want, &r, nil)
				if v := w.shows(&r); v != nil {
					return v
				}
			}
		}
	}
	return nil
}

// guesses bounds the requests that are tried before a statement is divided into cells.
const guesses = 300

// guess tries plain requests of a statement: for each of its actions and resources one, its conditions met as far
// as that is easy. Most widenings show at once.
func (w *proof) guess(st *statement) *Verdict {
	if st.from.NotAction || st.from.NotResource {
		return nil
	}
	tries := 0
	for i := range st.actions {
		names, _ := w.actionsOf(action{within: &st.actions[i], word: sampleWord(st.actions[i].list())}, st.from.Resources...)
		for _, name := range names[:min(2, len(names))] {
			if !surely(actionShape, symbols(name, syntax{})) {
				continue
			}
			for j := range st.resources {
				for _, resource := range w.sampleResources(&st.resources[j], name) {
					if tries++; tries > guesses {
						return nil
					}
					req := w.ask(st, name, resource)
					if v := w.shows(&req); v != nil {
						return v
					}
				}
			}
		}
	}
	return nil
}

// sampleResources lists resources that a pattern matches: for *, those that the action takes.
func (w *proof) sampleResources(p *pattern, name string) [][]symbol {
	if p.shape != shapeAny {
		return [][]symbol{sampleResource(p.list()), sampleWord(p.list())}
	}
	var out [][]symbol
	for _, arn := range w.likelyResources(name) {
		out = append(out, symbols(arn, syntax{}))
	}
	if out == nil {
		out = append(out, starShape)
	}
	return out
}

// sampleResource is an ARN that a pattern matches, with a region and an account where these belong.
func sampleResource(list []symbol) []symbol {
	var out []symbol
	fields := 0
	for _, s := range list {
		text := ""
		switch {
		case s.kind == one:
			text = "x"
		case s.kind != many:
			if s.kind == literal && s.char == ':' {
				fields++
			}
			out = append(out, s)
			continue
		case fields == 3:
			text = "us-east-1"
		case fields == 4:
			text = witnessAccount
		case fields >= 5:
			text = "example"
		}
		out = append(out, symbols(text, syntax{})...)
	}
	return out
}

// sampleWord is a short word that a pattern matches.
func sampleWord(list []symbol) []symbol {
	var out []symbol
	for _, s := range list {
		switch s.kind {
		case many, field:
		case one, oneField:
			out = append(out, symbol{char: 'x'})
		default:
			out = append(out, s)
		}
	}
	return out
}

// longWord is a word that a pattern matches, with something for each *.
func longWord(list []symbol) []symbol {
	out := slices.Clone(list)
	for i := range out {
		if k := out[i].kind; k == many || k == field {
			out[i] = symbol{char: 'x'}
		}
	}
	return sampleWord(out)
}

// shows is the verdict where a request proves that from allows more, else nil: as somebody makes it of whom its keys tell. Key
// policies and trust policies, which must allow too, are taken to delegate to the account; where the tags of a bucket are asked
// for, they are taken to count.
func (w *proof) shows(r *Request) *Verdict {
	for _, principal := range r.callers() {
		if v := w.proves(r.As(principal)); v != nil {
			return v
		}
	}
	return nil
}

// proves is shows for a request as it stands.
func (w *proof) proves(r Request) *Verdict {
	account := parseCaller(r.Principal).account
	if strings.HasPrefix(lowerASCII(r.Action), "kms:") || strings.HasPrefix(lowerASCII(r.Action), "sts:") || r.ResourceAccount != account {
		r.ResourcePolicy = delegatingTo(account)
	}
	try := func() bool {
		d := w.from.stack.Evaluate(r)
		return d.Outcome == Allowed && d.Must && w.to.stack.Evaluate(r).Outcome != Allowed
	}
	ok := try()
	if !ok && hasPrefixFold(r.Action, "s3:") {
		r.S3.ABAC = On
		if ok = try(); !ok {
			r.S3.ABAC = Unset
		}
	}
	if !ok {
		return nil
	}
	return &Verdict{Answer: No, Witness: &r, Why: "it allows " + r.Action + " on " + r.Resource + contextText(&r)}
}

func hasPrefixFold(s, prefix string) bool {
	return len(s) >= len(prefix) && strings.EqualFold(s[:len(prefix)], prefix)
}

// delegatingTo is a resource policy that leaves everything to the identity policies of an account.
func delegatingTo(account string) *Program {
	if account == witnessAccount {
		return delegating
	}
	return delegate(account)
}

// delegating is the one for the witness's account.
var delegating = delegate(witnessAccount)

func delegate(account string) *Program {
	return MustCompile(&Document{Version: "2012-10-17", Statements: []*Statement{{
		Effect: Allow, Principals: []Principal{{Kind: "AWS", Value: account}}, Actions: []string{"*"}, Resources: []string{"*"},
	}}})
}

// actionsOf lists names for a class of actions: a few of AWS's own that the same statements are about, those first
// that are for a kind of resource which one of the patterns matches, then the shortest text there is, which may be none
// of AWS's (made).
func (w *proof) actionsOf(act action, resources ...string) (names []string, made bool) {
	text := spell(act.word)
	c := w.from.cat
	if c == nil {
		c = w.to.cat
	}
	if c == nil {
		return []string{text}, false
	}
	sub := subjectOf(text)
	const few = 5
	var others []string
	for i, a := range c.Expand(act.within.source()) {
		name := a.String()
		s := subjectOf(name)
		if slices.ContainsFunc(w.statements, func(st *statement) bool { return anyMatch(st.actions, &s) != anyMatch(st.actions, &sub) }) {
			continue
		}
		if i < 100 && !takes(a, resources) {
			if len(others) < few {
				others = append(others, name)
			}
			continue
		}
		if names = append(names, name); len(names) == few {
			break
		}
	}
	names = append(names, others...)
	return append(names[:min(few, len(names))], text), c.Action(text) == nil && len(c.Services()) > 0
}

// takes reports whether an action is for a kind of resource which one of the patterns matches.
func takes(a *catalog.Action, patterns []string) bool {
	for _, t := range a.Resources {
		for _, arn := range t.ARNs {
			kind := placeholder.ReplaceAllString(arn, "*")
			for _, p := range patterns {
				if strings.Contains(p, "/") && !strings.Contains(kind, "/") {
					continue // a name, of a bucket say, has no slash
				}
				if fieldsOverlap(kind, p) {
					return true
				}
			}
		}
	}
	return len(a.Resources) == 0 && slices.Contains(patterns, "*")
}

// fieldsOverlap reports whether two patterns of ARNs have one in common, field by field.
func fieldsOverlap(a, b string) bool {
	x, y := strings.SplitN(a, ":", 6), strings.SplitN(b, ":", 6)
	if len(x) < 6 || len(y) < 6 {
		_, ok := Overlap(a, b)
		return ok
	}
	for i := range x {
		if _, ok := Overlap(x[i], y[i]); !ok {
			return false
		}
	}
	return true
}

// placeholder is a part of the catalogue's ARNs that a resource fills in.
var placeholder = regexp.MustCompile(`\$\{[^}]*\}`)

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

// A wish is how a condition is to answer.
type wish struct {
	condition *condition
	holds     bool
}

// fulfilled counts wishes that a request fulfils.
func fulfilled(wishes []wish, req *Request) int {
	v := view{req: req, caller: parseCaller(req.Principal), resource: req.ResourceAccount, tags: present}
	n := 0
	for _, w := range wishes {
		if t, broken := w.condition.eval(&v); (t == yes && !broken) == w.holds {
			n++
		}
	}
	return n
}

// settleAll gives the keys of conditions values by which they answer as wished, as far as that is easy: key by key, and
// once more, as what one sets another may look at. Keys that are fixed stay as they are.
func settleAll(wishes []wish, req *Request, fixed map[string]bool) {
	var keys []string
	byKey := map[string][]wish{}
	for _, w := range wishes {
		if byKey[w.condition.key] == nil {
			keys = append(keys, w.condition.key)
		}
		byKey[w.condition.key] = append(byKey[w.condition.key], w)
	}
	for range 2 {
		if fulfilled(wishes, req) == len(wishes) {
			return
		}
		for _, key := range keys {
			settleKey(key, byKey[key], req, fixed)
		}
	}
}

// settle is settleAll for one condition.
func settle(c *condition, want bool, req *Request, fixed map[string]bool) {
	settleKey(c.key, []wish{{c, want}}, req, fixed)
}

// others are values to try for a key beside those of its conditions.
var others = []string{"other", "arn:aws:iam::999999999999:role/other", "false", "true", "1", "2000-01-01T00:00:00Z", "192.0.2.1"}

// put gives a key values, nil for none.
func (r *Request) put(key string, values []string) {
	r.Absent = slices.DeleteFunc(r.Absent, func(k string) bool { return k == key })
	if values == nil {
		delete(r.Context, key)
		r.Absent = append(r.Absent, key)
	} else {
		r.Context[key] = values
	}
}

// settleKey gives one key the value that fulfils most wishes about it, and the variables in its conditions values or
// none where that helps.
func settleKey(key string, wishes []wish, req *Request, fixed map[string]bool) {
	best := fulfilled(wishes, req)
	if best == len(wishes) {
		return
	}
	if fixed[key] {
		for _, w := range wishes {
			for i := range w.condition.values {
				if w.holds && w.condition.values[i].bind(req, req.Context[key], fixed) && fulfilled(wishes, req) == len(wishes) {
					return
				}
			}
		}
		return
	}
	keep := func() (Context, []string) { return maps.Clone(req.Context), slices.Clone(req.Absent) }
	chosen, absent := keep()
	try := func() bool {
		if n := fulfilled(wishes, req); n > best {
			best = n
			chosen, absent = keep()
		}
		return best == len(wishes)
	}
	for _, w := range wishes {
		for i := range w.condition.values {
			for _, word := range []func([]symbol) []symbol{sampleWord, longWord} {
				req.put(key, []string{w.condition.values[i].example(w.condition.op, req, word)})
				if try() {
					return
				}
			}
		}
	}
	for _, other := range others {
		if req.put(key, []string{other}); try() {
			return
		}
	}
	if req.put(key, nil); try() {
		return
	}
	for _, w := range wishes {
		done := false
		w.condition.eachVariable(func(s symbol) {
			if done || fixed[s.name] {
				return
			}
			had, there := req.Context[s.name]
			for _, value := range [][]string{nil, {"other"}} {
				for _, own := range []string{"other", "example", "true"} {
					req.put(s.name, value)
					if req.put(key, []string{own}); try() {
						done = true
						return
					}
				}
			}
			if there {
				req.put(s.name, had)
			}
		})
		if done {
			return
		}
	}
	req.Context, req.Absent = chosen, absent
}

// bind gives the one variable of a value what makes it equal to the key's own, where that is told already.
func (p *conditionValue) bind(req *Request, values []string, fixed map[string]bool) bool {
	list := p.pattern.list()
	at := slices.IndexFunc(list, func(s symbol) bool { return s.kind == variable })
	if len(values) != 1 || at < 0 || fixed[list[at].name] {
		return false
	}
	word := []rune(values[0])
	rest := len(list) - at - 1
	for _, s := range slices.Concat(list[:at], list[at+1:]) {
		if s.kind != literal {
			return false
		}
	}
	if len(word) < at+rest || wordText(list[:at]) != string(word[:at]) || wordText(list[at+1:]) != string(word[len(word)-rest:]) {
		return false
	}
	key := list[at].name
	req.Context[key] = []string{string(word[at : len(word)-rest])}
	req.Absent = slices.DeleteFunc(req.Absent, func(k string) bool { return k == key })
	return true
}

// example is a value of the request that a value of the policy matches, as far as that is easy. word makes a word that a
// pattern matches.
func (p *conditionValue) example(op operator, req *Request, word func([]symbol) []symbol) string {
	switch op {
	case opStringEquals, opStringIgnoreCase, opStringLike:
		return fillWord(word(p.pattern.list()), req)
	case opARN:
		var all []symbol
		for i := range p.segments {
			if i > 0 {
				all = append(all, symbol{char: ':'})
			}
			all = append(all, word(p.segments[i].list())...)
		}
		return fillWord(all, req)
	case opIP:
		if p.valid {
			return p.net.Addr().String()
		}
	default:
	}
	return p.text
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
			if s.hasFall && slices.Contains(req.Absent, s.name) {
				values, st = []string{s.fallback}, present
			}
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
