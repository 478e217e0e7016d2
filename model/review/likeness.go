package review

import (
	"cmp"
	"fmt"
	"hash/fnv"
	"maps"
	"slices"
	"strings"

	"bulkhead/model"
	"bulkhead/model/policy"
)

// A likeness pairs elements that go by other names by what they are and what they have to do with: who runs with what,
// who may do what to whom, what starts whom. Names are left out of that, so that designs which differ in names alone are
// paired whole, however alike their elements are; only where nothing else tells elements apart are their names compared.
type likeness struct {
	m          *matching
	old, new   *side
	gone, come map[string][]model.Element
}

// A side is what is not paired of one design, with what it has to do with.
type side struct {
	design   *model.Design
	free     map[model.ID]bool
	named    map[string]model.ID // by ARN
	logical  map[string]model.ID // by logical id
	ties     map[model.ID][]tie
	sig      map[model.ID]uint64
	features map[model.ID][]string // what it is, and has to do with elements that are paired
	known    func(model.ID) string // an element that is paired, by its id before
}

// A tie is what an element that is not paired has to do with another that is not.
type tie struct {
	how string
	to  model.ID
}

func newLikeness(m *matching, before, after *model.Design, gone, come map[string][]model.Element) *likeness {
	l := &likeness{m: m, gone: map[string][]model.Element{}, come: map[string][]model.Element{}}
	for s, es := range come {
		if old, new := m.left(gone[s], m.is), m.left(es, m.was); len(old) > 0 && len(new) > 0 {
			l.gone[s], l.come[s] = old, new
		}
	}
	if len(l.come) == 0 {
		return l
	}
	l.old = newSide(before, l.gone, func(id model.ID) string { return string(id) })
	l.new = newSide(after, l.come, func(id model.ID) string { return string(m.was[id]) })
	return l
}

func newSide(d *model.Design, lists map[string][]model.Element, known func(model.ID) string) *side {
	s := &side{design: d, free: map[model.ID]bool{}, named: map[string]model.ID{}, logical: map[string]model.ID{}, ties: map[model.ID][]tie{},
		sig: map[model.ID]uint64{}, features: map[model.ID][]string{}, known: known}
	for _, es := range lists {
		for _, e := range es {
			id := e.ElementID()
			s.free[id] = true
			if a := model.ARN(e); a != "" {
				s.named[a] = id
			}
			if n := logicalOf(e); n != "" {
				s.logical[n] = id
			}
		}
	}
	for _, e := range d.Elements() {
		s.describe(e)
	}
	for id := range s.free {
		slices.Sort(s.features[id])
		s.sig[id] = hash(append([]string{sort(d.Element(id)), content(d.Element(id), s.plain)}, s.features[id]...))
	}
	return s
}

func hash(parts []string) uint64 {
	h := fnv.New64a()
	for _, p := range parts {
		h.Write([]byte(p)) //nolint:errcheck // a hash takes everything
		h.Write([]byte{0}) //nolint:errcheck // a hash takes everything
	}
	return h.Sum64()
}

// join notes what two elements have to do with each other; "" is none.
func (s *side) join(how string, a, b model.ID) {
	one := func(how string, a, b model.ID) {
		switch {
		case !s.free[a]:
		case s.free[b]:
			s.ties[a] = append(s.ties[a], tie{how, b})
		case b == "":
			s.features[a] = append(s.features[a], how)
		default:
			s.features[a] = append(s.features[a], how+" "+s.known(b))
		}
	}
	one(how, a, b)
	one("of "+how, b, a)
}

func (s *side) describe(e model.Element) {
	id := e.ElementID()
	switch e := e.(type) {
	case *model.Function:
		s.join("runs with", id, e.Role)
		for _, v := range e.Environment {
			s.join("knows "+v.Name, id, v.Refers)
		}
		s.says("policy", id, e.Policy)
	case *model.Role:
		s.says("trust", id, e.Trust)
		s.holds(id, e.Policies, e.Boundary)
	case *model.Principal:
		s.holds(id, e.Policies, e.Boundary)
		for _, g := range e.Groups {
			s.join("is in", id, g)
		}
	case *model.Resource:
		s.says("policy", id, e.Policy)
		s.join("key", id, e.Key)
		s.join("role", id, e.Role)
	case *model.Trigger:
		s.join(strings.Join([]string{"starts", e.Kind, e.Event, e.Filter.Prefix, e.Filter.Suffix}, " "), e.From, e.To)
		s.join("called "+e.Label, e.To, "")
	}
}

func (s *side) holds(id model.ID, policies []model.ID, boundary model.ID) {
	for _, p := range policies {
		if q := s.design.Policy(p); q != nil && q.Document != nil {
			s.says("may", id, q.Document)
		} else if q != nil {
			s.join("has "+q.ARN, id, "")
		}
	}
	if q := s.design.Policy(boundary); q != nil {
		s.says("within", id, q.Document)
	}
}

// says notes the statements of a document, by what they say without the names of what is not paired, and whom they name.
func (s *side) says(how string, id model.ID, d *policy.Document) {
	if d == nil {
		return
	}
	for _, st := range d.Statements {
		var whom []model.ID
		n := mapped(st, func(text string) string {
			who, plain := s.names(text)
			if who != "" {
				whom = append(whom, who)
			}
			return plain
		})
		said := how + " " + mark(n)
		if len(whom) == 0 {
			s.join(said, id, "")
		}
		for _, who := range whom {
			s.join(said, id, who)
		}
	}
}

// names is the element that a string names, if that is not paired, and the string without its name.
func (s *side) names(text string) (model.ID, string) {
	for i := len(text); i > 0; i = strings.LastIndexAny(text[:i], "/:") {
		if id, ok := s.named[text[:i]]; ok {
			return id, "<" + sort(s.design.Element(id)) + ">" + text[i:]
		}
	}
	end := strings.Index(text, generated)
	if end < 0 {
		return "", text
	}
	start := strings.LastIndexAny(text[:end], "/:") + 1
	for i := start; i < end; i++ {
		if i > start && text[i-1] != '-' {
			continue
		}
		if id, ok := s.logical[text[i:end]]; ok {
			return id, text[:start] + "<" + sort(s.design.Element(id)) + ">" + text[end:]
		}
	}
	return "", text
}

// plain is a string without the name of what is not paired.
func (s *side) plain(text string) string {
	_, out := s.names(text)
	return out
}

// match pairs what is alike.
func (l *likeness) match() {
	if len(l.come) == 0 {
		return
	}
	for classes := 0; ; {
		l.old.refine()
		l.new.refine()
		n := len(l.new.classes(l.come)) + len(l.old.classes(l.gone))
		if n <= classes {
			break
		}
		classes = n
	}
	// First what is told from all others, then the functions, which lead to their roles and to what these are about.
	l.equals(true)
	l.equals(false)
	l.rest("function")
	l.m.follow(l.old.design, l.new.design)
	for _, s := range slices.Sorted(maps.Keys(l.come)) {
		l.rest(s)
	}
}

// refine tells elements apart by what they have to do with others that are told apart.
func (s *side) refine() {
	next := make(map[model.ID]uint64, len(s.sig))
	for id, sig := range s.sig {
		parts := make([]string, 0, len(s.ties[id])+1)
		for _, t := range s.ties[id] {
			parts = append(parts, fmt.Sprintf("%s %x", t.how, s.sig[t.to]))
		}
		slices.Sort(parts)
		next[id] = hash(append(parts, fmt.Sprintf("%x", sig)))
	}
	s.sig = next
}

// classes are the elements that nothing but names tells apart.
func (s *side) classes(lists map[string][]model.Element) map[uint64][]model.ID {
	out := map[uint64][]model.ID{}
	for _, name := range slices.Sorted(maps.Keys(lists)) {
		for _, e := range lists[name] {
			if id := e.ElementID(); s.free[id] {
				out[s.sig[id]] = append(out[s.sig[id]], id)
			}
		}
	}
	return out
}

// equals pairs elements that nothing but names tells apart; where alone is set, only those that are the only ones so.
func (l *likeness) equals(alone bool) {
	old, new := l.old.classes(l.gone), l.new.classes(l.come)
	for _, s := range append([]string{"function"}, slices.Sorted(maps.Keys(l.come))...) {
		for _, e := range l.come[s] {
			id := e.ElementID()
			sig := l.new.sig[id]
			if !l.new.free[id] || alone && (len(old[sig]) != 1 || len(new[sig]) != 1) {
				continue
			}
			if o := l.nearest(id, old[sig]); o != "" {
				l.pair(o, id)
			}
		}
	}
}

// nearest is the one among elements that are not paired whose name is likest to that of one of after, "" if all are.
func (l *likeness) nearest(id model.ID, among []model.ID) model.ID {
	best, likest := model.ID(""), -1
	for _, o := range among {
		if !l.old.free[o] {
			continue
		}
		if n := alike(string(o), string(id)); n > likest {
			best, likest = o, n
		}
	}
	return best
}

// alike is how many letters two names have in common at their beginning and end.
func alike(a, b string) int {
	n := min(len(a), len(b))
	i := 0
	for i < n && a[i] == b[i] {
		i++
	}
	k := 0
	for k < n-i && a[len(a)-1-k] == b[len(b)-1-k] {
		k++
	}
	return i + k
}

// pair takes two elements for one, and those that they have to do with in the same way.
func (l *likeness) pair(o, e model.ID) {
	type two struct{ o, e model.ID }
	for todo := []two{{o, e}}; len(todo) > 0; todo = todo[1:] {
		x := todo[0]
		if !l.old.free[x.o] || !l.new.free[x.e] {
			continue
		}
		l.m.pair(l.old.design.Element(x.o), l.new.design.Element(x.e))
		delete(l.old.free, x.o)
		delete(l.new.free, x.e)
		for _, t := range l.new.ties[x.e] {
			if !l.new.free[t.to] {
				continue
			}
			var same []model.ID
			for _, u := range l.old.ties[x.o] {
				if u.how == t.how && l.old.free[u.to] && l.old.sig[u.to] == l.new.sig[t.to] {
					same = append(same, u.to)
				}
			}
			if n := l.nearest(t.to, same); n != "" {
				todo = append(todo, two{n, t.to})
			}
		}
	}
}

// mostCompared is how many pairs of one sort are compared thing by thing.
const mostCompared = 1 << 16

// rest pairs elements of a sort that changed as well, likest first. What they are without what they have to do with has to be the same.
func (l *likeness) rest(s string) {
	var old, new []model.Element
	for _, e := range l.gone[s] {
		if l.old.free[e.ElementID()] && l.m.is[e.ElementID()] == "" {
			old = append(old, e)
		}
	}
	for _, e := range l.come[s] {
		if l.new.free[e.ElementID()] && l.m.was[e.ElementID()] == "" {
			new = append(new, e)
		}
	}
	contents := map[string][]model.ID{}
	for _, o := range old {
		is := content(o, l.old.plain)
		contents[is] = append(contents[is], o.ElementID())
	}
	type couple struct {
		o, e       model.ID
		like, name int
	}
	var couples []couple
	for _, e := range new {
		id, is := e.ElementID(), content(e, l.new.plain)
		could := contents[is]
		if len(old)*len(new) > mostCompared { // as they stand
			if len(could) > 0 {
				couples, contents[is] = append(couples, couple{o: could[0], e: id}), could[1:]
			}
			continue
		}
		for _, o := range could {
			couples = append(couples, couple{o, id, l.common(o, id), alike(string(o), string(id))})
		}
	}
	slices.SortStableFunc(couples, func(x, y couple) int { return cmp.Or(cmp.Compare(y.like, x.like), cmp.Compare(y.name, x.name)) })
	for _, x := range couples {
		if l.m.is[x.o] == "" && l.m.was[x.e] == "" {
			l.m.pair(l.old.design.Element(x.o), l.new.design.Element(x.e))
			delete(l.old.free, x.o)
			delete(l.new.free, x.e)
		}
	}
}

// common is how much of what two elements are and have to do with is the same.
func (l *likeness) common(o, e model.ID) int {
	count := map[string]int{}
	for _, f := range l.old.features[o] {
		count[f]++
	}
	for _, t := range l.old.ties[o] {
		count[t.how]++
	}
	n := 0
	meet := func(f string) {
		if count[f] > 0 {
			count[f]--
			n++
		}
	}
	for _, f := range l.new.features[e] {
		meet(f)
	}
	for _, t := range l.new.ties[e] {
		meet(t.how)
	}
	return n
}
