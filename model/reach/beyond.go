package reach

import (
	"cmp"
	"slices"
	"strings"

	"bulkhead/model"
	"bulkhead/model/catalog"
	"bulkhead/model/policy"
)

// A Beyond is something in the sea: what a grant reaches beyond the design.
type Beyond struct {
	Service      string // "*": every other service
	Type         string // CloudFormation type, "" where not known
	Capabilities catalog.Capabilities
	Pattern      string // resource pattern that reaches out
	Certainty    Certainty
	Fed          bool
	Evidence     []Evidence
	Principal    model.ID   // role or user that has the grant
	Also         []model.ID // others who have it as well
	Hops         int        // steps from the start to the grant, this one included; the fewest

	All   bool // the pattern reaches everything of its type in the account
	Known bool // the design has some of the type

	Name string // of the things, as a pattern: "*", "orders-*"; "" where the pattern does not tell
	Part string // what of each is reached where that is not all: "the stream", "public/*"

	service string // its name, such as "Amazon S3"
	account string // where it is another one than the design's
}

// seaServices are looked at where a grant names every service: those that hold or move data, run code or make
// identities. The rest is one entry.
var seaServices = []string{"s3", "dynamodb", "rds", "sqs", "sns", "kinesis", "firehose", "events", "secretsmanager", "ssm", "kms", "states",
	"elasticfilesystem", "ecr", "es", "lambda", "iam", "sts", "logs", "ec2"}

// sea is what an actor reaches beyond the design, one entry for each service, type and pattern. Only what is a hit
// counts. Denials and boundaries are heard by asking about something that nobody named.
func (an *Analysis) sea(i int32) []Beyond {
	an.mu.Lock()
	out, ok := an.seas[i]
	an.mu.Unlock()
	if ok {
		return out
	}
	out = an.newSea(an.actors[i])
	an.mu.Lock()
	an.seas[i] = out
	an.mu.Unlock()
	return out
}

// Sea is what somebody's own policies reach beyond the design, without what others do for it; nil for who has none.
func (an *Analysis) Sea(id model.ID) []Beyond {
	n, ok := an.nodeOf[id]
	if !ok {
		return nil
	}
	return slices.Clone(an.sea(an.actorOf[n]))
}

// A swell is the sea of one actor while it is put together.
type swell struct {
	an    *Analysis
	a     *actor
	at    map[[3]string]int // service, type and pattern → entry
	out   []Beyond
	named []string // see spared
	asked map[asked]verdict
}

// An asked is what was asked of an actor about something beyond the design.
type asked struct {
	service, typ, pattern, place string
	menu                         *menu
}

// A verdict is which actions were asked about, and whether any is allowed.
type verdict struct {
	acts bits
	any  bool
}

func (an *Analysis) newSea(a *actor) []Beyond {
	s := &swell{an: an, a: a, at: map[[3]string]int{}, asked: map[asked]verdict{}}
	for _, d := range a.identity {
		for _, st := range d.statements {
			if st.deny {
				continue
			}
			if st = a.own(an.world, st); st == nil || !st.ofTarget && an.truth(a, st, nil) == never {
				continue
			}
			s.statement(st)
		}
	}
	return s.out
}

// statement adds what one Allow reaches. Where a denial or the boundary takes what nobody named, what these spare by
// name is tried instead.
func (s *swell) statement(st *statement) {
	patterns := st.from.Resources
	if st.from.NotResource {
		patterns = []string{"*"}
	}
	services, every := s.an.world.servicesOf(st)
	for _, p := range patterns {
		arn, _ := whenChosen(p)
		for _, full := range completions(arn) {
			if s.an.world.inside(full) {
				continue
			}
			for _, service := range services {
				if s.service(st, service, full) {
					continue
				}
				for _, q := range s.spared() {
					if q != full && (full == "*" || policy.Covers(full, q)) && !s.an.world.inside(q) {
						s.service(st, service, q)
					}
				}
			}
			if every && full == "*" {
				s.everything(full)
			}
		}
	}
}

// spared lists the patterns that the boundary allows by name, and those that denials leave out.
func (s *swell) spared() []string {
	if s.named != nil {
		return s.named
	}
	s.named = []string{}
	from := func(d *answers, limit bool) {
		for _, st := range d.statements {
			if st = s.a.own(s.an.world, st); st == nil {
				continue
			}
			if limit && !st.deny && !st.from.NotResource || st.deny && st.from.NotResource {
				for _, r := range st.from.Resources {
					arn, _ := whenChosen(r)
					s.named = append(s.named, completions(arn)...)
				}
			}
		}
	}
	for _, d := range s.a.identity {
		from(d, false)
	}
	for _, d := range s.a.limits() {
		from(d, true)
	}
	slices.Sort(s.named)
	s.named = slices.DeleteFunc(slices.Compact(s.named), func(p string) bool { return p == "*" })
	return s.named
}

// servicesOf lists the services that a statement's actions name; every: it names all of them. A wildcard stands for the
// services that it matches.
func (w *world) servicesOf(st *statement) (services []string, every bool) {
	if st.from.NotAction {
		return seaServices, true
	}
	put := func(service string) {
		if !slices.Contains(services, service) {
			services = append(services, service)
		}
	}
	for _, p := range st.from.Actions {
		service, _, found := strings.Cut(strings.ToLower(p), ":")
		switch {
		case !found || strings.Trim(service, "*") == "" || strings.Contains(service, "$"):
			every = every || p == "*" || p == "*:*"
			for _, s := range seaServices {
				put(s)
			}
		case strings.ContainsAny(service, "*?"):
			for _, s := range w.catalog.Services() {
				if must, _ := policy.Match(service, s); must {
					put(s)
				}
			}
		default:
			put(service)
		}
	}
	return services, every
}

// ungranted are the calls of STS that no policy decides, and that reach nothing but oneself.
var ungranted = []string{"GetCallerIdentity", "GetSessionToken"}

// service adds what a pattern reaches of one service, by resource type, and reports whether that is anything.
func (s *swell) service(st *statement, service, pattern string) (any bool) {
	w := s.an.world
	m := w.everyAction(service)
	if m == nil {
		return true // nothing that is known could be reached by another pattern
	}
	acts := st.actions(m).may
	of := map[*catalog.ResourceType]bits{}
	var types []*catalog.ResourceType
	var loose bits
	for i, a := range m.actions {
		if !acts.has(i) || !m.hits.has(i) || service == "sts" && slices.Contains(ungranted, a.Name) {
			continue
		}
		if len(a.Resources) == 0 {
			if loose == nil {
				loose = make(bits, m.words)
			}
			loose.set(i)
		}
		for _, t := range a.Resources {
			if w.catalog.Creates(a, t) {
				continue // what is there stays as it is
			}
			if of[t] == nil {
				of[t] = make(bits, m.words)
				types = append(types, t)
			}
			of[t].set(i)
		}
	}
	// Types that people have a noun for, one entry each; the others of the service are one entry together.
	var rest []*catalog.ResourceType
	types = slices.DeleteFunc(types, func(t *catalog.ResourceType) bool { return !w.ownType(service, t) })
	for _, t := range types {
		if !hasNoun(w.catalog.TypeOf(t)) {
			rest = append(rest, t)
			continue
		}
		for _, arn := range t.ARNs {
			n, ok := w.naming(t, arn, pattern)
			if !ok {
				continue
			}
			if place, ok := w.placeBeyond(pattern, w.spaceFor(arn, pattern, s.a.account)); ok {
				acts := of[t]
				if n.qualified {
					acts = m.only(acts, qualified)
				}
				any = s.add(service, t, n, pattern, place, m, acts) || any
			}
		}
	}
	// Actions that take no resource are on the service itself.
	if loose != nil && pattern == "*" {
		any = s.add(service, nil, naming{}, pattern, "*", m, loose) || any
	}
	// What the rest is good for counts where the types with a noun are not good for it anyway.
	said := catalog.Capabilities(0)
	for i := range s.out {
		if x := &s.out[i]; x.Service == service && x.Pattern == pattern {
			said |= x.Capabilities
		}
	}
	for _, t := range rest {
		if m.capabilities(of[t])&^notHits&^said == 0 {
			continue
		}
		for _, arn := range t.ARNs {
			if place, ok := w.placeBeyond(pattern, w.spaceFor(arn, pattern, s.a.account)); ok {
				any = s.add(service, nil, naming{}, pattern, place, m, of[t]) || any
			}
		}
	}
	return any
}

// placeBeyond is an ARN that a resource pattern and a type's space both match and the design does not hold. What stands
// for a single character may come to a name that the design has, so that others are tried.
func (w *world) placeBeyond(pattern, space string) (string, bool) {
	place, ok := placeIn(pattern, space)
	if !ok || !w.inside(place) {
		return place, ok
	}
	if !strings.Contains(pattern, "?") {
		return "", false
	}
	for _, c := range "1abcdefghijklmnopqrstuvwxyz23456789-_ABCDEFGHIJKLMNOPQRSTUVWXYZ" {
		if place, ok := placeIn(strings.ReplaceAll(pattern, "?", string(c)), space); ok && !w.inside(place) {
			return place, true
		}
	}
	return "", false
}

// placeIn is an ARN that a resource pattern and a type's space both match, field by field: no region holds a colon.
func placeIn(pattern, space string) (string, bool) {
	place, ok := within(pattern, space)
	if !ok || pattern == "*" {
		return place, ok
	}
	got, of := strings.SplitN(place, ":", 6), strings.SplitN(space, ":", 6)
	for i := 0; i < 5 && len(of) == 6; i++ {
		if len(got) < 6 {
			return "", false
		}
		if _, may := policy.Match(of[i], got[i]); !may {
			return "", false
		}
	}
	return place, true
}

// ownType reports whether a resource type is the service's own: actions may name things of other services too, such
// as the role that is passed along.
func (w *world) ownType(service string, t *catalog.ResourceType) bool {
	for _, arn := range t.ARNs {
		parts := strings.SplitN(arn, ":", 4)
		if len(parts) == 4 && (parts[2] == service || slices.Contains(relatives[parts[2]], service)) {
			return true
		}
	}
	return false
}

// hasNoun reports whether people have a word for a CloudFormation type.
func hasNoun(cfnType string) bool { return catalog.KindOf(cfnType).Icon != catalog.KindOf("").Icon }

// add asks about actions on a place and keeps what is allowed. t is nil for what has no noun.
func (s *swell) add(service string, t *catalog.ResourceType, n naming, pattern, place string, m *menu, acts bits) bool {
	an := s.an
	b := Beyond{Service: service, Pattern: pattern, Name: n.name, Part: n.part, Principal: s.a.id, service: an.world.catalog.ServiceName(service)}
	if t != nil {
		b.Type = an.world.catalog.TypeOf(t)
	}
	// Statements often say the same; the answer is of all of them.
	question := asked{service, b.Type, pattern, place, m}
	if v, ok := s.asked[question]; ok && v.acts.contains(acts) {
		return v.any
	}
	must, may := an.judge(s.a, -1, m, place, acts, nil)
	must = slices.Clone(must)
	must.take(m.vouched)
	s.asked[question] = verdict{slices.Clone(acts), !may.empty()}
	if may.empty() {
		return false
	}
	c := &account{an: an, actor: s.a}
	noted := map[string]bool{}
	sign := an.signer(s.a, -1, m)
	sure := false
	for i, x := range m.actions {
		if !may.has(i) {
			continue
		}
		b.Capabilities |= hits(x.Capabilities)
		sure = sure || must.has(i)
		if key := sign(i); !noted[string(key)] {
			noted[string(key)] = true
			d := an.decide(s.a, -1, x.String(), place, nil)
			c.note(d, -1, x.String())
		}
	}
	// Whether a role that was not seen trusts this principal, and what another account's policies say, is not known.
	b.account = foreign(place, s.a.account)
	if b.Type == "AWS::IAM::Role" && service == "sts" || b.account != "" {
		sure = false
	}
	b.Certainty, b.Evidence = certainty(sure), c.reasons()
	b.All = pattern == "*" || t == nil && strings.HasSuffix(pattern, ":*") || t != nil && (n.name == "*" || reachesAll(an.world, t, pattern, s.a.account))
	b.Known = b.Type != "" && len(an.world.types[b.Type]) > 0
	key := [3]string{service, b.Type, pattern}
	if i, ok := s.at[key]; ok {
		old := &s.out[i]
		old.Capabilities |= b.Capabilities
		old.Certainty = min(old.Certainty, b.Certainty)
		old.merge(&b)
		old.Evidence = joinEvidence(old.Evidence, b.Evidence)
		return true
	}
	s.at[key] = len(s.out)
	s.out = append(s.out, b)
	return true
}

// everything adds one entry for the services that are not looked at one by one.
func (s *swell) everything(pattern string) {
	d := s.an.decide(s.a, -1, "bulkhead:DoAnything", "*", nil)
	if d.Outcome != policy.Allowed {
		return
	}
	key := [3]string{"*", "", pattern}
	if _, ok := s.at[key]; ok {
		return
	}
	c := &account{an: s.an, actor: s.a}
	c.note(d, -1)
	s.at[key] = len(s.out)
	all := catalog.Capabilities(0)
	for x := catalog.List; x <= catalog.Tag; x++ {
		all = all.With(x)
	}
	s.out = append(s.out, Beyond{Service: "*", Capabilities: hits(all), Pattern: pattern, Certainty: certainty(d.Must), Evidence: c.reasons(), Principal: s.a.id, All: true})
}

// joinEvidence adds to a what b has beside it.
func joinEvidence(a, b []Evidence) []Evidence {
	out := a
	for _, e := range b {
		if !slices.ContainsFunc(out, func(x Evidence) bool { return x.From == e.From && x.Policy == e.Policy && x.Layer == e.Layer }) {
			out = append(out, e)
		}
	}
	return out
}

// reachesAll reports whether a pattern reaches everything of a resource type in an account and its region.
func reachesAll(w *world, t *catalog.ResourceType, pattern, own string) bool {
	for _, arn := range t.ARNs {
		space := w.spaceFor(arn, pattern, own)
		parts, want := strings.SplitN(space, ":", 6), strings.SplitN(pattern, ":", 6)
		if len(parts) == 6 && len(want) == 6 && want[3] != "*" {
			parts[3] = want[3]
		}
		if policy.Covers(pattern, strings.Join(parts, ":")) {
			return true
		}
	}
	return false
}

// inside reports whether a pattern reaches nothing but targets of the design and their parts.
func (w *world) inside(pattern string) bool {
	if pattern == "*" {
		return false
	}
	w.mu.RLock()
	in, ok := w.within[pattern]
	w.mu.RUnlock()
	if !ok {
		in = w.holds(pattern)
		w.mu.Lock()
		w.within[pattern] = in
		w.mu.Unlock()
	}
	return in
}

func (w *world) holds(pattern string) bool {
	if parts := strings.SplitN(pattern, ":", 6); len(parts) == 6 {
		// In other regions and accounts there is nothing of the design's names to tell apart.
		if parts[3] == "*" {
			parts[3] = w.region
		}
		if parts[4] == "*" {
			parts[4] = w.account
		}
		if parts[2] == "s3" || parts[2] == "iam" {
			parts[3] = ""
		}
		if parts[2] == "s3" {
			parts[4] = ""
		}
		pattern = strings.Join(parts, ":")
	}
	if secret, ok := strings.CutSuffix(pattern, "-??????"); ok && strings.Contains(pattern, ":secret:") {
		for _, m := range w.match(pattern) {
			if arn := w.targets[w.forms[m.form].target].arn; len(arn) == len(secret)+7 && strings.HasPrefix(arn, secret+"-") {
				return true
			}
		}
	}
	exact := !strings.ContainsAny(pattern, "*?")
	for _, m := range w.match(pattern) {
		f := &w.forms[m.form]
		if pattern == f.witness || f.space != "" && policy.Covers(f.space, pattern) || exact && (m.must && !f.loose || m.part != "") {
			return true
		}
		// "table/Orders/*" spans several forms of one target, each of them below its ARN.
		whole := w.targets[f.target].arn
		for _, sep := range []string{"/", ":"} {
			if f.space != "" && strings.HasPrefix(f.space, whole+sep) && strings.HasPrefix(pattern, whole+sep) {
				return true
			}
		}
	}
	_, ok := w.byARN[strings.TrimSuffix(pattern, ":*")]
	return ok
}

// beyond is the sea of a breach: that of all whom it runs as, and marked, of those that are fed.
func (an *Analysis) beyond(walks *[looks]*walk) []Beyond {
	var out []Beyond
	done := map[int32]bool{}
	for _, look := range [...]int{runsMust, runsMay, fedMust, fedMay} {
		for _, n := range walks[look].order {
			actor := an.actorOf[n]
			if done[actor] {
				continue
			}
			done[actor] = true
			var owed []Evidence // to what made it what it is
			if an.actors[actor].guise != nil {
				owed = new(Step).owed(an.path(walks[look], n)).Evidence
			}
			for _, b := range an.sea(actor) {
				b.Evidence = append(slices.Clip(b.Evidence), owed...)
				b.Fed = look == fedMust || look == fedMay
				b.Hops = walks[look].dist(n) + 1
				if look == runsMay || look == fedMay {
					b.Certainty = May
				}
				out = append(out, b)
			}
		}
	}
	return out
}

// mergeSea makes one entry of those of one service, type and pattern, and sorts them.
func mergeSea(in []Beyond) []Beyond {
	var out []Beyond
	at := map[[3]string]int{}
	var own []bool // whether an entry's evidence is its own
	for _, b := range in {
		key := [3]string{b.Service, b.Type, b.Pattern}
		i, ok := at[key]
		if !ok {
			at[key] = len(out)
			out, own = append(out, b), append(own, false)
			continue
		}
		if old := &out[i]; old.Fed == b.Fed {
			old.Capabilities |= b.Capabilities
			old.Certainty = min(old.Certainty, b.Certainty)
			old.Hops = min(old.Hops, b.Hops)
			if !own[i] {
				old.Evidence, own[i] = slices.Clone(old.Evidence), true
			}
			if b.Principal != old.Principal && !slices.Contains(old.Also, b.Principal) {
				old.Also = append(old.Also, b.Principal)
			}
			old.Evidence = joinEvidence(old.Evidence, b.Evidence)
		}
	}
	out = withoutNarrower(out)
	slices.SortStableFunc(out, func(x, y Beyond) int {
		return cmp.Or(x.rank()-y.rank(), strings.Compare(x.Service, y.Service), strings.Compare(x.Type, y.Type), strings.Compare(x.Pattern, y.Pattern))
	})
	return out
}

// withoutNarrower leaves out what a wider pattern of the same type says as well.
func withoutNarrower(in []Beyond) []Beyond {
	wide := map[[2]string][]int{} // service and type → entries with wildcards
	for i := range in {
		if strings.ContainsAny(in[i].Pattern, "*?") {
			key := [2]string{in[i].Service, in[i].Type}
			wide[key] = append(wide[key], i)
		}
	}
	for _, w := range wide {
		slices.SortStableFunc(w, func(i, j int) int { return len(in[i].Pattern) - len(in[j].Pattern) })
	}
	var out []Beyond
	for i := range in {
		if !slices.ContainsFunc(wide[[2]string{in[i].Service, in[i].Type}], func(j int) bool { return in[j].contains(&in[i]) }) {
			out = append(out, in[i])
		}
	}
	return out
}

// contains reports whether an entry says all that another says, by a wider pattern.
func (b *Beyond) contains(o *Beyond) bool {
	return b.Service == o.Service && b.Type == o.Type && b.Pattern != o.Pattern && o.Capabilities&^b.Capabilities == 0 &&
		b.Certainty <= o.Certainty && (!b.Fed || o.Fed) &&
		(b.Pattern == "*" || strings.HasPrefix(o.Pattern, literalPrefix(b.Pattern)) && policy.Covers(b.Pattern, o.Pattern))
}

// rank sorts data first, then what has a noun, then the rest.
func (b *Beyond) rank() int {
	k := catalog.KindOf(b.Type)
	switch {
	case k.Counted:
		return 0
	case b.Service == "*":
		return 1
	case b.Service == "iam" && b.Capabilities == catalog.Capabilities(0).With(catalog.Read):
		return 5 // who may what, to look at
	case b.Type == "AWS::Lambda::Function" || b.Service == "iam" || b.Service == "sts":
		return 2
	case b.Type != "":
		return 3
	}
	return 4
}
