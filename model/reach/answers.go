package reach

import (
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"bulkhead/model/policy"
)

// truth is what is known of a statement's applying: never, perhaps, surely.
type truth uint8

const (
	never truth = iota
	perhaps
	surely
)

func truthOf(must, may bool) truth {
	switch {
	case must:
		return surely
	case may:
		return perhaps
	}
	return never
}

// answers is a document compiled against a world: for each statement, which actions on which forms. It is
// remembered by the document's pointer and shared by all who have the document.
type answers struct {
	doc        *policy.Document
	statements []*statement
	services   map[string]bool // lower-case services that its Allows name
	everything bool            // an Allow names actions of every service
	keys       []string        // condition keys that statements ask for, lower-case, sorted
	sessions   bool            // some Principal is an assumed-role session

	once     sync.Once
	compiled atomic.Pointer[policy.Program] // see program; of an edited document, where it was compiled before the edit, from the first
	offered  atomic.Pointer[set]            // see offers

	mu      sync.Mutex
	far     *answers // its far-reaching statements, nil for none, as far as some number of forms counts for far, …
	farFrom int      // … this one and one; 0: nobody asked
	plain   *answers // its statements without variables; nil: nobody asked
}

// program is the document as the evaluator takes it, compiled once for all who have it.
func (a *answers) program() *policy.Program {
	a.once.Do(func() {
		if a.compiled.Load() == nil {
			a.compiled.Store(program(a.doc))
		}
	})
	return a.compiled.Load()
}

// part is some of the statements, as a document of their own.
func (a *answers) part(doc *policy.Document, some []*statement) *answers {
	return &answers{doc: doc, statements: some, services: a.services, everything: a.everything, keys: a.keys, sessions: a.sessions}
}

// A statement is a policy statement compiled against a world.
type statement struct {
	from      *policy.Statement
	doc       *policy.Document
	index     int
	deny      bool
	dynamic   bool     // its resources hold policy variables, or what looks like them, so that it is placed for each who has it
	keys      []string // condition keys that it asks for, lower-case, sorted
	ofTarget  bool     // … some of them are the resource's
	perhaps   bool     // a variable of its NotResource is perhaps not there, and the statement then about nothing
	patterns  []string // completions of its resources, once it is placed
	wide      bool     // it reaches every form of its groups
	groups    []group
	parts     []match // parts of forms that its patterns reach, of all menus
	probe     *policy.Stack
	mu        sync.Mutex
	remembers map[string]truth
	filled    map[string]*statement // of a dynamic one, by the values of its variables
	byMenu    []ofMenu              // what was asked; of a wide one all menus of the world, in order
	about     set                   // calls of techniques; nil until somebody asks

	lower   []string     // its actions in lower case; nil until somebody asks
	content string       // all that it says, for comparing; "" until somebody asks
	plain   []*statement // its conditions one by one, see plainCondition; made with content
}

// ofMenu are a statement's actions of a menu.
type ofMenu struct {
	menu *menu
	doings
}

// A group is a statement's actions on the forms of one menu.
type group struct {
	menu *menu
	doings
	forms []match // in order; nil where the statement is wide
}

// doings are the actions of a menu that a statement is about; may contains must, and more where an Action holds an
// unknown.
type doings struct{ must, may bits }

// compile prepares a document. Of an earlier version of it, nil for none, statements that are still in their place are
// taken over with all that is remembered of them.
func compile(w *world, doc *policy.Document, earlier *answers) *answers {
	a := &answers{doc: doc, services: map[string]bool{}}
	for i, s := range doc.Statements {
		var st *statement
		if earlier != nil && i < len(earlier.statements) && earlier.statements[i].from == s && earlier.doc.Version == doc.Version {
			st = earlier.statements[i]
		} else {
			st = compileStatement(w, doc, s, i)
		}
		a.statements = append(a.statements, st)
		a.keys = append(a.keys, st.keys...)
		for _, p := range s.Principals {
			a.sessions = a.sessions || strings.Contains(p.Value, ":assumed-role/")
		}
		if s.Effect == policy.Deny {
			continue
		}
		if s.NotAction {
			a.everything = true
		}
		for _, p := range s.Actions {
			service, _, found := strings.Cut(strings.ToLower(p), ":")
			if s.NotAction {
				continue
			}
			if !found || strings.ContainsAny(service, "*?$") {
				a.everything = true
			}
			a.services[service] = true
		}
	}
	slices.Sort(a.keys)
	a.keys = slices.Compact(a.keys)
	if earlier != nil {
		if was := earlier.compiled.Load(); was != nil {
			a.compiled.Store(policy.CompileAfter(nil, doc, was))
		}
	}
	return a
}

// names reports whether an Allow of the document may name actions of a service.
func (a *answers) names(service string) bool { return a.everything || a.services[service] }

func compileStatement(w *world, doc *policy.Document, s *policy.Statement, index int) *statement {
	st := &statement{from: s, doc: doc, index: index, deny: s.Effect == policy.Deny, remembers: map[string]truth{}}
	variables := doc.Version == "2012-10-17"
	for _, c := range s.Conditions {
		st.keys = append(st.keys, strings.ToLower(c.Key))
		if variables {
			for _, v := range c.Values {
				st.keys = append(st.keys, variablesOf(v)...)
			}
		}
	}
	for _, r := range s.Resources {
		if vs := variablesOf(r); len(vs) > 0 || escaped(r) {
			st.dynamic = true
			if variables {
				st.keys = append(st.keys, vs...)
			}
		}
	}
	slices.Sort(st.keys)
	st.keys = slices.Compact(st.keys)
	st.ofTarget = slices.ContainsFunc(st.keys, ofTarget)

	if st.dynamic {
		return st // filled in for each who has it
	}
	st.place(w)
	return st
}

// place finds the forms that the statement's resources reach.
func (s *statement) place(w *world) {
	var matches []match
	from := s.from
	s.patterns = allCompletions(from.Resources)
	switch {
	case from.NotResource:
		matches = w.others(from.Resources)
	default:
		for _, r := range from.Resources {
			if r == "*" {
				s.wide = true
				matches = nil
				break
			}
			matches = append(matches, w.match(r)...)
		}
		if from.Resources == nil {
			s.wide = true // a trust policy: its own role
		}
	}
	if s.wide {
		s.byMenu = make([]ofMenu, 0, len(w.menus))
		for _, m := range w.menus {
			if b := s.actions(m); !b.may.empty() {
				s.groups = append(s.groups, group{menu: m, doings: b})
			}
		}
		return
	}
	matches = s.split(matches)
	if from.NotResource {
		// What a NotResource spares is worth a look by itself.
		for _, r := range from.Resources {
			for _, m := range w.match(r) {
				if m.part != "" {
					s.parts = append(s.parts, m)
				}
			}
		}
	}
	for _, m := range matches {
		menu := w.forms[m.form].menu
		i := slices.IndexFunc(s.groups, func(g group) bool { return g.menu == menu })
		if i < 0 {
			b := s.actions(menu)
			if b.may.empty() {
				continue
			}
			i = len(s.groups)
			s.groups = append(s.groups, group{menu: menu, doings: b})
		}
		s.groups[i].forms = append(s.groups[i].forms, m)
	}
}

// split sorts matches, keeps the surer of doubles, and takes parts aside.
func (s *statement) split(in []match) []match {
	slices.SortStableFunc(in, func(a, b match) int {
		switch {
		case a.form != b.form:
			return int(a.form - b.form)
		case a.part != b.part:
			return strings.Compare(a.part, b.part)
		case a.must && !b.must:
			return -1
		case b.must && !a.must:
			return 1
		}
		return 0
	})
	var out []match
	for i, m := range in {
		if i > 0 && in[i-1].form == m.form && in[i-1].part == m.part {
			continue
		}
		if m.part != "" {
			s.parts = append(s.parts, m)
		} else {
			out = append(out, m)
		}
	}
	return out
}

// others lists the forms that no pattern surely matches.
func (w *world) others(patterns []string) []match {
	matched := map[int32]truth{}
	for _, p := range patterns {
		for _, m := range w.match(p) {
			if m.part == "" {
				matched[m.form] = max(matched[m.form], truthOf(m.must, true))
			}
		}
	}
	var out []match
	for i := range w.forms {
		switch matched[int32(i)] {
		case never:
			out = append(out, match{form: int32(i), must: true})
		case perhaps:
			out = append(out, match{form: int32(i)})
		case surely:
		}
	}
	return out
}

// actions is the statement's actions of a menu.
func (s *statement) actions(m *menu) doings {
	s.mu.Lock()
	defer s.mu.Unlock()
	if i := m.ordinal; i < len(s.byMenu) && s.byMenu[i].menu == m {
		return s.byMenu[i].doings
	}
	for i := range s.byMenu {
		if x := &s.byMenu[i]; x.menu == m {
			return x.doings
		}
	}
	union := func(out bits, some bits) {
		for i, w := range some {
			out[i] |= w
		}
	}
	var b doings
	if len(s.from.Actions) == 1 {
		b = m.matching(s.from.Actions[0])
	} else {
		b.must = make(bits, m.words)
		b.may = b.must
		if slices.ContainsFunc(s.from.Actions, holdsUnknown) {
			b.may = make(bits, m.words)
		}
		for _, p := range s.from.Actions {
			x := m.matching(p)
			union(b.must, x.must)
			union(b.may, x.may)
		}
	}
	if s.from.NotAction {
		b = doings{must: m.without(b.may), may: m.without(b.must)}
	}
	s.byMenu = append(s.byMenu, ofMenu{m, b})
	return b
}

// holdsUnknown reports whether an Action holds an unknown of the template. A policy variable is plain text there
// ("IAM policy elements: Variables and tags": the resource portion and conditions only).
func holdsUnknown(action string) bool {
	return strings.Contains(action, "${") && len(variablesOf(action)) == 0
}

// lowered are the statement's actions in lower case.
func (s *statement) lowered() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.lower == nil {
		s.lower = make([]string, len(s.from.Actions))
		for i, p := range s.from.Actions {
			s.lower[i] = strings.ToLower(p)
		}
	}
	return s.lower
}

// acts reports whether the statement is, surely or perhaps, about an action, lower-case.
func (s *statement) acts(action string) bool {
	return s.actsBy(s.lowered(), action)
}

// actsBy is acts for who has the statement's actions in lower case.
func (s *statement) actsBy(actions []string, action string) bool {
	about := never
	for _, p := range actions {
		about = max(about, matchAction(p, action))
	}
	if s.from.NotAction {
		about = surely - about
	}
	return about != never
}

// matchAction tells whether an Action stands for an action, both lower-case.
func matchAction(pattern, action string) truth {
	for i := range len(pattern) {
		if c := pattern[i]; c == '*' || c == '?' || c == '$' {
			break
		} else if i == len(action) || c != action[i] {
			return never // most differ in their first letters
		}
	}
	must, may := policy.Match(pattern, action)
	return truthOf(must, may && holdsUnknown(pattern))
}

// on is the statement's actions on a form and how surely its resources reach it, conditions aside.
func (s *statement) on(form int32, m *menu) (doings, truth) {
	for i := range s.groups {
		g := &s.groups[i]
		if g.menu != m {
			continue
		}
		if s.wide {
			return g.doings, surely
		}
		j, ok := slices.BinarySearchFunc(g.forms, form, func(x match, f int32) int { return int(x.form - f) })
		if ok {
			return g.doings, truthOf(g.forms[j].must, true)
		}
	}
	return doings{}, never
}

// reaches reports whether the statement's resources reach an ARN, conditions aside; not for dynamic ones.
func (s *statement) reaches(arn string) truth {
	if s.from.Resources == nil {
		return surely
	}
	best := never
	for _, p := range s.patterns {
		if best = max(best, truthOf(policy.Match(p, arn))); best == surely {
			break
		}
	}
	if s.from.NotResource {
		return surely - best
	}
	return best
}

// ask is the statement's conditions alone, as an Allow of everything.
func (s *statement) ask(w *world) *policy.Stack {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.probe == nil {
		copied := &policy.Statement{Effect: policy.Allow, Actions: []string{"*"}, Resources: []string{"*"}, Conditions: s.from.Conditions}
		p, err := policy.Compile(w.catalog, &policy.Document{Version: s.doc.Version, Statements: []*policy.Statement{copied}})
		if err != nil {
			p = nil
		}
		s.probe = &policy.Stack{Identity: p}
	}
	return s.probe
}

// variablesOf lists the policy variables of a text, lower-case, and "aws:tokens" where it holds any.
func variablesOf(s string) []string {
	var out []string
	for {
		i := strings.Index(s, "${")
		if i < 0 {
			return out
		}
		end := strings.IndexByte(s[i:], '}')
		if end < 0 {
			return out
		}
		name, _, _ := strings.Cut(s[i+2:i+end], ",")
		if strings.Contains(name, ":") {
			out = append(out, strings.ToLower(strings.TrimSpace(name)))
		}
		s = s[i+end+1:]
	}
}

// needsVariable reports whether a text holds a policy variable without a default.
func needsVariable(s string) bool {
	for {
		_, rest, ok := strings.Cut(s, "${")
		if !ok {
			return false
		}
		token, after, _ := strings.Cut(rest, "}")
		if strings.Contains(token, ":") && !strings.Contains(token, ",") {
			return true
		}
		s = after
	}
}

// escaped reports whether a text holds ${*}, ${?} or ${$}.
func escaped(s string) bool {
	return strings.Contains(s, "${*}") || strings.Contains(s, "${?}") || strings.Contains(s, "${$}")
}
