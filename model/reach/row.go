package reach

import (
	"cmp"
	"encoding/binary"
	"iter"
	"math"
	"slices"
	"strings"
	"sync"

	"bulkhead/model/policy"
)

// Many principals have the same statements that reach far: "*", every log group, all of a team's things. What those let
// one do to a target is the same for each of them wherever nothing of its own has a say, so it is worked out once.

// A row is what all actors with the same far-reaching statements, under the same limits, may do. It holds for an actor on
// all targets but those that the actor excepts, where its own statements, or policies that name it, have a say.
type row struct {
	acts    []act  // by target
	edges   []edge // by node, then in the order in which they are found: all there are
	best    []edge // by node: those that an actor has who excepts nothing
	alters  []alter
	meddles bool
	over    map[int32][]int32 // target → nodes of edges over it
	leads   map[Kind]set      // nodes of best

	wet [2][depths]set // resources by how deep water stands at least, surely and perhaps
	dry bool           // there are none
}

// shareFrom is how many forms a statement reaches at least to be worth sharing.
const shareFrom = 48

// lastly is the rank of an edge that is found after those of all targets.
const lastly int32 = math.MaxInt32

// A kin tells actors apart that cannot have a row in common.
type kin struct {
	an *Analysis
	*kinship
	fickle map[string]*row // rows that depend on what others may do
}

// A kinship is what analyses in which the gates are the same have in common.
type kinship struct {
	mu     sync.Mutex
	rows   map[string]*row
	spare  []*tally
	far    map[*answers]*answers // document → its far-reaching statements
	alone  []int32               // targets whose policies speak of the actor in ways that no row foresees
	asked  []string              // keys by which other gates tell actors apart
	byKey  map[string][]*statement
	vector map[string]string // what the conditions on a key come to, by key and the actor's value

	keyed  map[int32][]int32 // target of a key → what it encrypts
	unseen []int32           // what is encrypted by keys that were not seen
	sifted []int32           // what feeds through filters
}

// newKin looks at the gates.
func (an *Analysis) newKin() *kin {
	k := &kin{an: an, fickle: map[string]*row{}, kinship: &kinship{rows: map[string]*row{}, far: map[*answers]*answers{}, byKey: map[string][]*statement{}, vector: map[string]string{}, keyed: map[int32][]int32{}}}
	open := newSet(len(an.gates))
	for _, t := range an.open {
		open.put(t)
	}
	known := map[string]bool{}
	for t, feeds := range an.feedsFrom {
		if slices.ContainsFunc(feeds, func(f feed) bool { return f.passage != nil }) {
			k.sifted = append(k.sifted, t)
		}
	}
	for i := range an.world.targets {
		switch key := an.world.targets[i].key; key {
		case noKey:
		case unseenKey:
			k.unseen = append(k.unseen, int32(i))
		default:
			k.keyed[key] = append(k.keyed[key], int32(i))
		}
		g := an.gates[i]
		if g == nil || g.answers == nil || open.has(int32(i)) {
			continue
		}
		loose := false
		for _, s := range g.answers.statements {
			if !g.tells(s) {
				continue
			}
			loose = loose || s.dynamic
			for _, c := range s.from.Conditions {
				p := plainCondition(s.doc, c)
				if p == nil {
					loose = true
					continue
				}
				if id := spell(c); !known[id] {
					known[id] = true
					k.byKey[p.keys[0]] = append(k.byKey[p.keys[0]], p)
				}
			}
		}
		if loose {
			k.alone = append(k.alone, int32(i))
		}
	}
	for key := range k.byKey {
		k.asked = append(k.asked, key)
	}
	slices.Sort(k.asked)
	return k
}

// of is the kin for another analysis with the same gates, made of the next graph.
func (k *kin) of(an *Analysis) *kin {
	return &kin{an: an, kinship: k.kinship, fickle: map[string]*row{}}
}

// tally is a tally to work with, and give gives it back for the next.
func (k *kin) tally(an *Analysis) *tally {
	k.mu.Lock()
	defer k.mu.Unlock()
	n := len(k.spare)
	if n == 0 {
		return newTally(an)
	}
	t := k.spare[n-1]
	k.spare = k.spare[:n-1]
	t.an = an
	return t
}

func (k *kin) give(t *tally) {
	t.reset()
	t.an, t.actor = nil, nil
	k.mu.Lock()
	k.spare = append(k.spare, t)
	k.mu.Unlock()
}

// forget drops what was found of a document.
func (k *kin) forget(d *answers) {
	k.mu.Lock()
	delete(k.far, d)
	k.mu.Unlock()
}

// tells reports whether a statement of a gate may be about an actor that it does not name.
func (g *gate) tells(s *statement) bool {
	return s.from.NotPrincipal || slices.ContainsFunc(s.from.Principals, func(p policy.Principal) bool {
		switch {
		case p.Kind == "Service" || p.Kind == "Federated" || p.Kind == "CanonicalUser":
			return false
		}
		return !g.named[p.Value]
	})
}

// callers are condition keys whose value is who asks, beside those in an actor's context.
var callers = []string{"kms:granteeprincipal", "aws:userid"}

// plainCondition is a condition by itself; nil for one whose answer takes more than the value of one key.
func plainCondition(doc *policy.Document, c policy.Condition) *statement {
	key := strings.ToLower(c.Key)
	if slices.Contains(callers, key) || slices.ContainsFunc(c.Values, func(v string) bool { return strings.Contains(v, "${") }) {
		return nil
	}
	from := &policy.Statement{Actions: []string{"*"}, Resources: []string{"*"}, Conditions: []policy.Condition{c}}
	return &statement{from: from, doc: doc, keys: []string{key}, ofTarget: ofTarget(key), remembers: map[string]truth{}}
}

// spell is a condition as a text, for comparing.
func spell(c policy.Condition) string {
	return c.Operator + "\x00" + strings.ToLower(c.Key) + "\x00" + strings.Join(c.Values, "\x00") + "\x01"
}

// size is how many forms a statement reaches, parts of forms included.
func (s *statement) size() int {
	n := len(s.parts)
	for i := range s.groups {
		if g := &s.groups[i]; s.wide {
			n += len(g.menu.forms)
		} else {
			n += len(g.forms)
		}
	}
	return n
}

// reachesFar reports whether a statement, as an actor has it, is one to share.
func (k *kin) reachesFar(s *statement) bool {
	return s.size() >= k.an.shareFrom && !slices.ContainsFunc(s.keys, func(key string) bool { return slices.Contains(callers, key) })
}

// farOf is what of a document reaches far, whoever has it; nil where nothing does. Statements with variables are each
// actor's own.
func (k *kin) farOf(d *answers) *answers {
	k.mu.Lock()
	out, ok := k.far[d]
	k.mu.Unlock()
	if ok {
		return out
	}
	var far []*statement
	for _, s := range d.statements {
		if !s.dynamic && k.reachesFar(s) {
			far = append(far, s)
		}
	}
	switch {
	case len(far) == 0:
	case len(far) == len(d.statements):
		out = d
	default:
		doc := &policy.Document{Version: d.doc.Version}
		for _, s := range far {
			doc.Statements = append(doc.Statements, s.from)
		}
		copied := *d
		copied.doc, copied.statements = doc, far
		out = &copied
	}
	k.mu.Lock()
	k.far[d] = out
	k.mu.Unlock()
	return out
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
			text += spell(c)
			s.plain = append(s.plain, plainCondition(s.doc, c))
		}
		s.content = text
	}
	s.mu.Unlock()
	b = binary.AppendUvarint(b, uint64(len(s.content)))
	b = append(b, s.content...)
	return k.conditions(b, a, s)
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

// shares is what a row is known by, and the far-reaching part of an actor's documents; "" where it has none, or its limits
// are its own.
func (k *kin) shares(a *actor) (string, []*answers) {
	if a.outside != nil {
		return "", nil
	}
	var far []*answers
	allows := false
	b := []byte(a.account + "\x00")
	b = append(b, byte(a.admin), 0)
	if a.sort == isUser {
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
	if !allows {
		return "", nil
	}
	var documents []*answers
	if a.boundary != nil {
		documents = append(documents, a.boundary)
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
	return string(b), far
}

// excepted lists the targets on which no row holds for an actor, in order.
func (k *kin) excepted(a *actor) []int32 {
	an, w := k.an, k.an.world
	var out []int32
	put := func(f int32) { out = append(out, w.forms[f].target) }
	kms, sifts := false, false
	for _, d := range a.identity {
		for _, s := range d.statements {
			own := a.own(w, s)
			if own == nil || !s.dynamic && k.reachesFar(s) || !own.ofTarget && an.truth(a, own, nil) == never {
				continue
			}
			kms = kms || slices.ContainsFunc(s.from.Actions, func(p string) bool {
				return !strings.Contains(p, ":") || strings.HasPrefix(strings.ToLower(p), "k") || strings.ContainsAny(p[:strings.IndexByte(p, ':')], "*?$")
			}) || s.from.NotAction
			sifts = sifts || slices.ContainsFunc(own.keys, chosen)
			for i := range own.groups {
				g := &own.groups[i]
				if own.wide {
					for _, f := range g.menu.forms {
						put(f)
					}
				}
				for _, m := range g.forms {
					put(m.form)
				}
			}
			for _, p := range own.parts {
				put(p.form)
			}
		}
	}
	out = append(out, an.gated(a)...)
	out = append(out, k.alone...)
	for _, t := range []int32{a.self, w.target(a.id)} {
		if t >= 0 {
			out = append(out, t)
		}
	}
	slices.Sort(out)
	out = slices.Compact(out)
	// What is encrypted goes with its key.
	for _, t := range out {
		if w.targets[t].service == "kms" {
			out = append(out, k.keyed[t]...)
		}
	}
	if kms {
		out = append(out, k.unseen...)
	}
	if sifts {
		out = append(out, k.sifted...)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// chosen reports whether a key is one whose values, wherever policies name them, are tried to get through filters.
func chosen(key string) bool {
	return slices.ContainsFunc(slices.Concat(busBindings, tableBindings), func(b binding) bool { return b.key == key })
}

// leadsTo reports whether the actor has an edge of a kind to a node by its row, whatever it excepts.
func (a *actor) leadsTo(node int32, kind Kind) bool {
	if a.row == nil || a.row.leads[kind] == nil || !a.row.leads[kind].has(node) {
		return false
	}
	return !slices.ContainsFunc(a.except, func(t int32) bool { return slices.Contains(a.row.over[t], node) })
}

// rowOf is the row of an actor and the targets on which it holds not; nil where it has none.
func (an *Analysis) rowOf(t *tally, e *explorer) (*row, []int32) {
	a := e.actor
	id, far := an.kin.shares(a)
	if id == "" {
		return nil, nil
	}
	if slices.ContainsFunc(far, func(d *answers) bool {
		return slices.ContainsFunc(d.statements, func(s *statement) bool { return !s.deny && s.acts("iam:passrole") })
	}) {
		// How it may pass a role on depends on all its statements.
		e.passing = append([]means{}, e.able(plans().passing)...)
		b := []byte(id)
		for _, m := range e.passing {
			b = append(append(b, m.id...), 0, byte(m.truth))
		}
		id = string(b)
	}
	k := an.kin
	k.mu.Lock()
	r := cmp.Or(k.rows[id], k.fickle[id])
	k.mu.Unlock()
	if r == nil {
		r = an.newRow(t, a, far, e.passing)
		known := k.rows
		if r.meddles {
			known = k.fickle
		}
		k.mu.Lock()
		if known[id] == nil {
			known[id] = r
		}
		r = known[id] // another hand's, where that was faster
		k.mu.Unlock()
	}
	return r, k.excepted(a)
}

// newRow works a row out for nobody in particular: somebody with the far-reaching statements alone, whom no policy names.
func (an *Analysis) newRow(t *tally, like *actor, far []*answers, passing []means) *row {
	somebody := &actor{profile: like.profile, found: found{admin: like.admin}}
	somebody.id, somebody.function, somebody.self, somebody.arn = "", nil, -1, nobody(like.arn)
	somebody.identity, somebody.ids, somebody.by, somebody.documents = far, nil, nil, nil
	if like.session != "" {
		somebody.session = nobody(like.session)
	}
	for _, d := range far {
		somebody.documents = append(somebody.documents, d.doc)
	}
	e := newExplorer(an, somebody)
	e.apart, e.passing = true, passing
	t.count(somebody, nil)
	t.findings(func(f *finding) {
		if x, ok := an.actOf(somebody, f); ok {
			somebody.acts = append(somebody.acts, x)
		}
		e.visit(f)
	})
	r := &row{acts: slices.Clip(somebody.acts), edges: slices.Clip(somebody.edges), alters: somebody.alters, meddles: somebody.meddles, dry: true, over: map[int32][]int32{}, leads: map[Kind]set{}}
	slices.SortStableFunc(r.edges, byNode)
	for i := range r.edges {
		x := &r.edges[i]
		if nodes := r.over[x.rank]; !slices.Contains(nodes, x.to) {
			r.over[x.rank] = append(nodes, x.to)
		}
	}
	for rest := r.edges; len(rest) > 0; {
		n := leading(rest)
		r.best = append(r.best, preferred(rest[:n])...)
		rest = rest[n:]
	}
	for i := range r.best {
		x := &r.best[i]
		if r.leads[x.kind] == nil {
			r.leads[x.kind] = newSet(len(an.nodes))
		}
		r.leads[x.kind].put(x.to)
	}
	for look := range r.wet {
		for d := range r.wet[look] {
			r.wet[look][d] = newSet(an.world.resources)
		}
		for i := range r.acts {
			x := &r.acts[i]
			if o := an.world.targets[x.target].ordinal; o >= 0 {
				for d := range depthIndex(x.under(look)) {
					r.wet[look][d].put(o)
					r.dry = false
				}
			}
		}
	}
	return r
}

// nobody is an ARN of a name that nobody has, in the place of an actor's.
func nobody(arn string) string {
	parts := strings.SplitN(arn, ":", 6)
	if len(parts) < 6 {
		return arn
	}
	kind, _, _ := strings.Cut(parts[5], "/")
	parts[5] = kind + "/" + anyName + "/" + anyName
	return strings.Join(parts, ":")
}

func byNode(x, y edge) int { return int(x.to - y.to) }

// leading counts the edges at the head of a list, sorted by node, that lead to one node.
func leading(edges []edge) int {
	n := 1
	for n < len(edges) && edges[n].to == edges[0].to {
		n++
	}
	return n
}

// preferred leaves the best of edges to one node, one of each kind: the surest, then the first; in the order in which the
// kinds were found.
func preferred(edges []edge) []edge {
	if len(edges) == 1 {
		return edges
	}
	var out []edge
	for _, x := range edges {
		i := slices.IndexFunc(out, func(y edge) bool { return y.kind == x.kind })
		if i < 0 {
			out = append(out, x)
			continue
		}
		first := min(out[i].first, x.first)
		if x.must && !out[i].must || x.must == out[i].must && x.rank < out[i].rank {
			out[i] = x
		}
		out[i].first = first
	}
	slices.SortStableFunc(out, func(x, y edge) int { return cmp.Compare(x.first, y.first) })
	return out
}

// to is the edges of a sorted list that lead to a node.
func to(edges []edge, node int32) []edge {
	i, ok := slices.BinarySearchFunc(edges, node, func(x edge, n int32) int { return int(x.to - n) })
	if !ok {
		return nil
	}
	return edges[i : i+leading(edges[i:])]
}

// settleEdges puts an actor's own edges, in order, together with those of its row to the same nodes. Those that the row has
// as good are left to it.
func (a *actor) settleEdges() {
	slices.SortStableFunc(a.edges, byNode)
	if a.row == nil {
		return
	}
	nodes := map[int32]bool{}
	for _, x := range a.edges {
		nodes[x.to] = true
	}
	for _, t := range a.except {
		for _, n := range a.row.over[t] {
			nodes[n] = true
		}
	}
	for n := range nodes {
		a.hidden = append(a.hidden, n)
	}
	slices.Sort(a.hidden)
	var out []edge
	hidden := a.hidden[:0]
	for _, n := range a.hidden {
		var all []edge
		for _, x := range to(a.row.edges, n) {
			if _, not := slices.BinarySearch(a.except, x.rank); !not {
				all = append(all, x)
			}
		}
		all = preferred(append(all, to(a.edges, n)...))
		if slices.EqualFunc(all, to(a.row.best, n), func(x, y edge) bool {
			_, not := slices.BinarySearch(a.except, y.rank)
			return !not && x.kind == y.kind && x.rank == y.rank && x.first == y.first
		}) {
			continue
		}
		hidden = append(hidden, n)
		out = append(out, all...)
	}
	a.edges, a.hidden = out, slices.Clip(hidden)
}

// allActs are what an actor may do, by target.
func (a *actor) allActs() iter.Seq[*act] {
	return func(yield func(*act) bool) {
		own := a.acts
		if a.row != nil {
			except := a.except
			for i := range a.row.acts {
				x := &a.row.acts[i]
				for len(own) > 0 && own[0].target < x.target {
					if !yield(&own[0]) {
						return
					}
					own = own[1:]
				}
				for len(except) > 0 && except[0] < x.target {
					except = except[1:]
				}
				if len(except) > 0 && except[0] == x.target {
					continue
				}
				if !yield(x) {
					return
				}
			}
		}
		for i := range own {
			if !yield(&own[i]) {
				return
			}
		}
	}
}

// allEdges are an actor's edges, by node.
func (a *actor) allEdges() iter.Seq[*edge] {
	return func(yield func(*edge) bool) {
		own := a.edges
		if a.row != nil {
			hidden := a.hidden
			for i := range a.row.best {
				x := &a.row.best[i]
				for len(own) > 0 && own[0].to < x.to {
					if !yield(&own[0]) {
						return
					}
					own = own[1:]
				}
				for len(hidden) > 0 && hidden[0] < x.to {
					hidden = hidden[1:]
				}
				if len(hidden) > 0 && hidden[0] == x.to {
					continue
				}
				if !yield(x) {
					return
				}
			}
		}
		for i := range own {
			if !yield(&own[i]) {
				return
			}
		}
	}
}

// act is what an actor may do to a target, nil for nothing.
func (a *actor) act(target int32) *act {
	find := func(acts []act) *act {
		i, ok := slices.BinarySearchFunc(acts, target, func(x act, t int32) int { return int(x.target - t) })
		if !ok {
			return nil
		}
		return &acts[i]
	}
	if x := find(a.acts); x != nil || a.row == nil {
		return x
	}
	if _, not := slices.BinarySearch(a.except, target); not {
		return nil
	}
	return find(a.row.acts)
}

// tread calls do for what the actors of a walk's nodes do, each at the first node where it is met. What somebody before
// does by the same row, to the same target, is not said again.
func (an *Analysis) tread(order []int32, do func(n int32, x *act)) {
	seen := newSet(len(an.actors))
	left := map[*row][]int32{} // where the row did not hold for those before
	for _, n := range order {
		i := an.actorOf[n]
		if seen.has(i) {
			continue
		}
		seen.put(i)
		a := an.actors[i]
		if a.row == nil {
			for k := range a.acts {
				do(n, &a.acts[k])
			}
			continue
		}
		open, met := left[a.row]
		if !met {
			for x := range a.allActs() {
				do(n, x)
			}
			left[a.row] = a.except
			continue
		}
		for k := range a.acts {
			do(n, &a.acts[k])
		}
		still := []int32{}
		for _, t := range open {
			if _, not := slices.BinarySearch(a.except, t); not {
				still = append(still, t)
			} else if x := a.act(t); x != nil {
				do(n, x)
			}
		}
		left[a.row] = still
	}
}
