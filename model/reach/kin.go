package reach

import (
	"maps"
	"slices"
	"strings"
	"sync"

	"bulkhead/model/policy"
)

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
	most   int // rows, before those that nobody has are dropped
	spare  []*tally
	alone  []int32  // targets whose policies speak of the actor in ways that no row foresees
	asked  []string // keys by which other gates tell actors apart
	byKey  map[string][]*statement
	able   map[string]*abilities
	loose  bool              // policies of what techniques work with, of functions above all, speak of actors in ways that no row foresees
	vector map[string]string // what the conditions on a key come to, by key and the actor's value

	keyed  map[int32][]int32 // target of a key → what it encrypts
	unseen []int32           // what is encrypted by keys that were not seen
	sifted []int32           // what feeds through filters
	acting map[int32][]int32 // role → what acts as it, by which nobody gets to where he is
}

// newKin looks at the gates.
func (an *Analysis) newKin() *kin {
	k := &kin{an: an, fickle: map[string]*row{}, kinship: &kinship{rows: map[string]*row{}, byKey: map[string][]*statement{}, able: map[string]*abilities{}, vector: map[string]string{}, keyed: map[int32][]int32{}, acting: map[int32][]int32{}}}
	open := newSet(len(an.gates))
	for _, t := range an.open {
		open.put(t)
	}
	known := map[string]bool{}
	for t, feeds := range an.feedsFrom {
		if slices.ContainsFunc(feeds, func(f feed) bool { return f.passage != nil }) {
			k.sifted = append(k.sifted, t)
		}
		if slices.ContainsFunc(feeds, func(f feed) bool { return len(f.off) > 0 || an.takesElsewhere(t, f) }) {
			k.alone = append(k.alone, t) // it depends on what else one may do
		}
	}
	for id, of := range an.held {
		if t := an.world.target(id); t >= 0 && slices.ContainsFunc(of, func(h held) bool { return h.role }) {
			k.alone = append(k.alone, t) // likewise: whether one runs at once what one writes
		}
	}
	for _, tr := range an.triggers {
		if role, from := an.world.target(tr.Role), an.world.target(tr.From); role >= 0 && from >= 0 {
			k.acting[role] = append(k.acting[role], from)
		}
	}
	for i := range an.world.targets {
		if r := an.world.targets[i].resource; r != nil && r.Role != "" {
			if role := an.world.target(r.Role); role >= 0 {
				k.acting[role] = append(k.acting[role], int32(i))
			}
		}
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
	slices.Sort(k.alone)
	k.loose = slices.ContainsFunc(k.alone, an.worksWith)
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

// sweep drops rows that nobody has any more, once they are many.
func (k *kin) sweep() {
	if len(k.rows) <= k.most {
		return
	}
	had := map[*row]bool{}
	for _, a := range k.an.actors {
		had[a.row] = true
	}
	k.mu.Lock()
	maps.DeleteFunc(k.rows, func(_ string, r *row) bool { return !had[r] })
	k.most = 2*len(k.rows) + 256
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
var callers = []string{"kms:granteeprincipal", userID}

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
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.farFrom == k.an.shareFrom+1 {
		return d.far
	}
	var out *answers
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
		out = d.part(doc, far)
	}
	d.far, d.farFrom = out, k.an.shareFrom+1
	return out
}

// plainOf is what of a boundary is the same for all who have it. Statements with variables are each actor's own.
func (k *kin) plainOf(d *answers) *answers {
	if !slices.ContainsFunc(d.statements, func(s *statement) bool { return s.dynamic }) {
		return d
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.plain == nil {
		doc := &policy.Document{Version: d.doc.Version}
		var plain []*statement
		for _, s := range d.statements {
			if !s.dynamic {
				doc.Statements = append(doc.Statements, s.from)
				plain = append(plain, s)
			}
		}
		d.plain = d.part(doc, plain)
	}
	return d.plain
}

// excepted lists the targets on which no row holds for an actor, in order.
func (k *kin) excepted(a *actor) []int32 {
	an, w := k.an, k.an.world
	var out []int32
	put := func(f int32) { out = append(out, w.forms[f].target) }
	kms, sifts := false, false
	mine := func(s *statement) {
		own := a.own(w, s)
		if own == nil || !own.ofTarget && an.truth(a, own, nil) == never {
			return
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
	for _, d := range a.identity {
		for _, s := range d.statements {
			if s.dynamic || !k.reachesFar(s) {
				mine(s)
			}
		}
	}
	if a.boundary != nil {
		for _, s := range a.boundary.statements {
			if s.dynamic {
				mine(s)
			}
		}
	}
	out = append(out, an.gated(a)...)
	out = append(out, k.alone...)
	for _, t := range []int32{a.self, w.target(a.id)} {
		if t >= 0 {
			out = append(append(out, t), k.acting[t]...)
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
	return append([]int32{}, slices.Compact(out)...) // none is not nil, which were all
}

// chosen reports whether a key is one whose values, wherever policies name them, are tried to get through filters.
func chosen(key string) bool {
	return slices.ContainsFunc(slices.Concat(busBindings, tableBindings), func(b binding) bool { return b.key == key })
}
