package reach

import (
	"cmp"
	"slices"
	"strings"
	"sync"

	"bulkhead/model"
	"bulkhead/model/catalog"
	"bulkhead/model/policy"
)

// anyName stands for a name that nobody gave: what only a wildcard matches.
const anyName = "bulkheadAnyName0"

// anyCharacter stands for one character that nobody gave: few names have it, so that a denial of one name is not taken for one of
// all that a question mark stands for.
const anyCharacter = "~"

// sort is what a target is.
type sort uint8

const (
	isResource sort = iota
	isFunction
	isRole
	isUser
	isGroup
	isPolicy
	isStranger // somebody outside the account: a start, no target
	isImplied  // a function's own log group that the design does not declare
)

// A target is an element of the design that actions can name.
type target struct {
	id       model.ID
	sort     sort
	arn      string
	typ      string // CloudFormation type
	service  string // of the ARN
	region   string
	account  string
	resource *model.Resource // of isResource
	tags     map[string]string
	ordinal  int32 // among the resources; -1 for what is none
	forms    []int32
	key      int32                // target of the key that encrypts it, or noKey, unseenKey
	profile  model.Profile        // of a role: whether an instance profile holds it
	guarded  bool                 // a role that only AWS changes: service-linked, or of IAM Identity Center
	handed   bool                 // a role that is passed: see passed
	ownLogOf []model.ID           // functions whose own log group it is
	most     catalog.Capabilities // hits that there are of it, whoever comes by them
	policy   *answers             // resource policy (trust policy of a role), nil if none or not seen
	source   *policy.Program      // the same, compiled when first needed
}

const (
	noKey     int32 = -1
	unseenKey int32 = -2
)

// A form is one way in which actions name a target: the bucket itself, its objects.
type form struct {
	target  int32
	menu    *menu
	witness string // an ARN of the form that patterns match only if they match all of it, or by a wildcard
	space   string // pattern of all ARNs of the form; "" where the witness is the only one
	offset  int    // of its words in the flat sets of a tally
	minor   bool   // a part such as an index, beside which the whole is reached by itself
	loose   bool   // the ARN holds unknown parts
}

// A menu is the actions that fit a form. Forms of one resource type share a menu.
type menu struct {
	actions []*catalog.Action
	ordinal int      // among the world's; 0 of others
	lower   []string // "s3:getobject", for matching
	words   int
	service string // of the first action
	has     [catalog.Tag + 1]bits
	hits    bits // actions with a capability that is a hit
	forms   []int32
	places  map[string]int // lower-case action → bit
	steps   []int16        // technique action → bit, -1 for none
	onward  bits           // actions of techniques
	sts     bits           // actions of sts, which a role's trust policy decides
	vouched bits           // actions that policies of the service's own decide as well
	writers bits           // actions that write a policy
	writes  []writes       // what writing one gives

	mu   sync.RWMutex
	sets map[string]doings // lower-case action pattern → actions
}

// bits is a set of a menu's actions.
type bits []uint64

func (b bits) set(i int)      { b[i>>6] |= 1 << (i & 63) }
func (b bits) has(i int) bool { return b[i>>6]&(1<<(i&63)) != 0 }

// take takes those of another set out.
func (b bits) take(o bits) {
	for i, w := range o {
		b[i] &^= w
	}
}

func (b bits) empty() bool {
	for _, w := range b {
		if w != 0 {
			return false
		}
	}
	return true
}

func (b bits) contains(o bits) bool {
	for i, w := range o {
		if w&^b[i] != 0 {
			return false
		}
	}
	return true
}

func (b bits) meets(o bits) bool {
	for i, w := range b {
		if w&o[i] != 0 {
			return true
		}
	}
	return false
}

// bit is the place of an action in the menu, -1 if it has none.
func (m *menu) bit(action string) int {
	if i, ok := m.places[action]; ok {
		return i
	}
	return -1
}

// capabilities of a set of actions.
func (m *menu) capabilities(b bits) catalog.Capabilities {
	var s catalog.Capabilities
	for c := range m.has {
		if b.meets(m.has[c]) {
			s = s.With(catalog.Capability(c))
		}
	}
	return s
}

// most is the capabilities of all actions.
func (m *menu) most() (s catalog.Capabilities) {
	for c := range m.has {
		if !m.has[c].empty() {
			s = s.With(catalog.Capability(c))
		}
	}
	return s
}

// world is the targets of a design and the ways to name them. It depends on the elements, not on what policies say.
type world struct {
	catalog   *catalog.Catalog
	partition string
	account   string
	region    string
	known     bool // tags of principals are all known
	tagged    bool // resources that show tags, or that they have none, show all: nobody adds a stack's
	occupied  occupancy
	inlets    map[int32][]int32 // bucket → its access points
	inletted  []int32           // buckets that have some, in order
	targets   []target
	forms     []form
	menus     []*menu
	resources int
	types     map[string][]int32 // targets by CloudFormation type, those that are implied aside
	words     int                // of all forms together
	byID      map[model.ID]int32
	byARN     map[string]int32
	menuOf    map[string]*menu
	shapes    map[string][]shape // by service of the ARN
	order     []int32            // forms sorted by literal prefix, for ranges
	literals  []string           // literal prefixes in that order
	open      map[string][]int32 // forms that go on behind their literal prefix, by it
	lengths   []int              // of the keys of open

	mu           sync.RWMutex                 // of what is remembered below
	patterns     map[string][]match           // pattern → forms
	services     map[string]*menu             // of every action of a service
	filters      map[string]*passage          // of triggers, by their texts
	spaces       map[[2]string]string         // patterns of resource types' ARNs, by these and the account
	lesser       map[[2]*policy.Document]bool // versions of policies that allow nothing beyond another
	objectWrites map[string][]write           // by the events of a notification
	within       map[string]bool              // patterns that reach nothing but targets and their parts
}

// A shape is a resource type's ARN, taken apart.
type shape struct {
	kind    *catalog.ResourceType
	service string   // of its actions
	norm    string   // placeholders as {}
	pieces  []string // of norm, between placeholders
	literal int      // characters of pieces
}

// relatives are services whose actions name another service's resources, by the service in the ARN.
var relatives = map[string][]string{
	"iam":        {"sts"},
	"rds":        {"rds-data"},
	"kafka":      {"kafka-cluster"},
	"apigateway": {"execute-api"},
}

// masters are services whose actions reach into another service's resources, by the service in the ARN.
var masters = map[string][]string{"ec2": {"ssm", "ec2-instance-connect"}}

func newWorld(d *model.Design, c *catalog.Catalog) *world {
	info := d.Info()
	w := &world{
		catalog: c, partition: cmp.Or(info.Partition, "aws"), account: info.Account, region: cmp.Or(info.Region, "us-east-1"),
		known: info.Kind == "account", tagged: info.Kind == "account" || strings.HasPrefix(info.Kind, "terraform"),
		byID: map[model.ID]int32{}, byARN: map[string]int32{}, menuOf: map[string]*menu{}, shapes: map[string][]shape{},
		open: map[string][]int32{}, patterns: map[string][]match{}, services: map[string]*menu{}, filters: map[string]*passage{}, within: map[string]bool{}, objectWrites: map[string][]write{}, spaces: map[[2]string]string{}, lesser: map[[2]*policy.Document]bool{}, types: map[string][]int32{},
	}
	for _, f := range d.Functions() {
		w.add(target{id: f.ID, sort: isFunction, arn: f.ARN, typ: "AWS::Lambda::Function", tags: f.Tags})
	}
	for _, r := range d.Roles() {
		guarded := r.ServiceLinked || strings.Contains(r.ARN, ":role/aws-service-role/") || strings.Contains(r.ARN, ":role/aws-reserved/")
		w.add(target{id: r.ID, sort: isRole, arn: r.ARN, typ: "AWS::IAM::Role", guarded: guarded, profile: r.Profile, tags: r.Tags})
	}
	for _, p := range d.Principals() {
		if p.Kind == model.Group {
			w.add(target{id: p.ID, sort: isGroup, arn: p.ARN, typ: "AWS::IAM::Group"})
		} else {
			w.add(target{id: p.ID, sort: isUser, arn: p.ARN, typ: "AWS::IAM::User", tags: p.Tags})
		}
	}
	for _, r := range d.Resources() {
		w.add(target{id: r.ID, sort: isResource, arn: strings.TrimSuffix(r.ARN, ":*"), typ: r.Type, account: cmp.Or(r.Account, info.Accounts[r.Origin.File]), resource: r, tags: r.Tags})
	}
	for _, p := range d.Policies() {
		if p.Managed && p.ARN != "" && !strings.Contains(p.ARN, ":iam::aws:") {
			w.add(target{id: p.ID, sort: isPolicy, arn: p.ARN, typ: "AWS::IAM::ManagedPolicy"})
		}
	}
	for _, f := range d.Functions() {
		arn := f.LogGroupARN()
		if arn == "" {
			continue
		}
		t, ok := w.byARN[arn]
		if !ok {
			name := arn[strings.Index(arn, ":log-group:")+len(":log-group:"):]
			w.add(target{id: model.MakeID("res", name), sort: isImplied, arn: arn, typ: "AWS::Logs::LogGroup"})
			t = w.byARN[arn]
		}
		w.targets[t].ownLogOf = append(w.targets[t].ownLogOf, f.ID)
	}
	for i := range w.targets {
		w.addForms(int32(i))
		t := &w.targets[i]
		for _, f := range t.forms {
			t.most |= hits(w.forms[f].menu.most())
		}
	}
	w.setKeys()
	w.setInlets()
	w.sortForms()
	w.occupied = w.occupants()
	return w
}

// isLogOf reports whether the target is the log group that a function writes to.
func (t *target) isLogOf(function model.ID) bool { return slices.Contains(t.ownLogOf, function) }

func (w *world) add(t target) {
	if parts := strings.SplitN(t.arn, ":", 6); len(parts) == 6 {
		t.service, t.region, t.account = parts[2], parts[3], cmp.Or(parts[4], t.account, w.account)
	}
	t.key, t.ordinal = noKey, -1
	if t.sort != isImplied {
		w.types[t.typ] = append(w.types[t.typ], int32(len(w.targets)))
	}
	if t.sort == isResource {
		t.ordinal = int32(w.resources)
		w.resources++
	}
	w.byID[t.id] = int32(len(w.targets))
	if t.arn != "" {
		if _, ok := w.byARN[t.arn]; !ok {
			w.byARN[t.arn] = int32(len(w.targets))
		}
	}
	w.targets = append(w.targets, t)
}

// setKeys finds the key of each encrypted resource.
func (w *world) setKeys() {
	for i := range w.targets {
		t := &w.targets[i]
		t.key = noKey
		if t.resource == nil || t.resource.Key == "" {
			continue
		}
		if k, ok := w.byID[t.resource.Key]; ok && strings.Contains(w.targets[k].arn, ":key/") {
			t.key = k
		} else {
			t.key = unseenKey
		}
	}
}

// addForms finds the resource types that fit a target's ARN and those of its parts.
func (w *world) addForms(ti int32) {
	t := &w.targets[ti]
	if t.service == "" {
		return
	}
	shapes := w.shapesOf(t.service)
	plain := flatten(t.arn)
	best, literal := []shape{}, -1
	for _, loose := range []bool{false, true} {
		for _, s := range shapes {
			if s.literal < literal || !fits(s.pieces, plain, loose) {
				continue
			}
			if s.literal > literal {
				best, literal = nil, s.literal
			}
			best = append(best, s)
		}
		if len(best) > 0 {
			break
		}
	}
	type way struct{ witness, space string }
	var ways []way
	kinds := map[way][]shape{}
	put := func(v way, s shape) {
		if _, ok := kinds[v]; !ok {
			ways = append(ways, v)
		}
		kinds[v] = append(kinds[v], s)
	}
	for _, s := range best {
		put(way{witness: t.arn}, s)
	}
	if len(best) > 0 {
		for _, s := range shapes {
			for _, m := range best {
				rest, ok := strings.CutPrefix(s.norm, m.norm)
				if ok && rest != "" && (rest[0] == '/' || rest[0] == ':') {
					put(way{t.arn + strings.ReplaceAll(rest, "{}", anyName), t.arn + strings.ReplaceAll(rest, "{}", "*")}, s)
					break
				}
			}
		}
	}
	switch t.typ {
	case "AWS::Logs::LogGroup":
		// Actions on the group are authorized on its ARN with ":*" behind it (CloudWatch Logs user guide,
		// "CloudWatch Logs resources and operations").
		v := way{t.arn + ":log-stream:" + anyName, t.arn + ":*"}
		all := slices.Clone(best)
		for _, s := range shapes {
			if strings.HasSuffix(s.norm, ":log-stream:{}") {
				all = append(all, s)
			}
		}
		ways, kinds = []way{{witness: t.arn}, v}, map[way][]shape{{witness: t.arn}: best, v: all}
	case "AWS::MSK::Cluster", "AWS::MSK::ServerlessCluster":
		// Its topics, groups and transactions have ARNs of their own ("Resource types defined by Apache Kafka APIs for Amazon MSK clusters").
		for _, s := range shapes {
			if base := strings.Replace(t.arn, ":cluster/", ":"+s.kind.Name+"/", 1) + "/"; s.service == "kafka-cluster" && s.kind.Name != "cluster" {
				put(way{base + anyName, base + "*"}, s)
			}
		}
	case "AWS::ApiGateway::RestApi", "AWS::ApiGatewayV2::Api":
		base := w.callBase(t)
		for _, s := range w.shapesOf("execute-api") {
			put(way{base + anyName, base + "*"}, s)
		}
	}
	if o, ok := offshoots[t.typ]; ok {
		base := strings.Replace(t.arn, o.of, o.is, 1) + o.then
		for _, s := range shapes {
			if s.kind.Name == o.kind && strings.Contains(t.arn, o.of) {
				put(way{base + anyName, base + "*"}, s)
			}
		}
	}
	for _, v := range ways {
		var more []string
		if t.sort == isFunction && v.space == t.arn+":*" {
			more = qualified
		}
		if t.typ == "AWS::Events::EventBus" {
			more = []string{putPermission}
		}
		m := w.menu(kinds[v], more...)
		if m == nil {
			continue
		}
		f := form{target: ti, menu: m, witness: v.witness, space: v.space, offset: w.words, loose: strings.Contains(v.witness, "${")}
		f.minor = slices.ContainsFunc(kinds[v], func(s shape) bool { return minor[s.service+"/"+s.kind.Name] })
		w.words += m.words
		m.forms = append(m.forms, int32(len(w.forms)))
		t.forms = append(t.forms, int32(len(w.forms)))
		w.forms = append(w.forms, f)
	}
}

// An offshoot is what belongs to a resource and has an ARN that does not begin like its.
type offshoot struct{ kind, of, is, then string }

// offshoots are by CloudFormation type: the kind in the Service Authorization Reference, what of the resource's ARN is
// otherwise in its, and what follows. Executions of state machines hold what went in and came out; agents and bots are talked to by an alias.
var offshoots = func() map[string]offshoot {
	execution := offshoot{"execution", ":stateMachine:", ":execution:", ":"}
	return map[string]offshoot{
		machineType: execution, "AWS::Serverless::StateMachine": execution,
		"AWS::Bedrock::Agent": {"agent-alias", ":agent/", ":agent-alias/", "/"},
		"AWS::Lex::Bot":       {"bot alias", ":bot/", ":bot-alias/", "/"},
	}
}()

// minor are the resource types that are parts of another, while objects of a bucket are what it is there for.
var minor = map[string]bool{"dynamodb/index": true, "dynamodb/stream": true, "dynamodb/backup": true, "dynamodb/export": true, "dynamodb/import": true, "lambda/function alias": true, "lambda/function version": true}

// shapesOf lists the resource types whose ARNs are of a service.
func (w *world) shapesOf(service string) []shape {
	if s, ok := w.shapes[service]; ok {
		return s
	}
	var out []shape
	for _, of := range slices.Concat([]string{service}, relatives[service], masters[service]) {
		for _, kind := range w.catalog.ResourceTypes(of) {
			for _, arn := range kind.ARNs {
				norm := normalize(arn, w.partition)
				if parts := strings.SplitN(norm, ":", 4); len(parts) == 4 && (parts[2] == service || parts[2] == "{}") {
					s := shape{kind: kind, service: of, norm: norm, pieces: strings.Split(norm, "{}")}
					s.literal = len(norm) - len("{}")*(len(s.pieces)-1)
					out = append(out, s)
				}
			}
		}
	}
	w.shapes[service] = out
	return out
}

// normalize writes an ARN pattern's placeholders as {}, its partition filled in.
func normalize(arn, partition string) string {
	var b strings.Builder
	for arn != "" {
		i := strings.Index(arn, "${")
		if i < 0 {
			b.WriteString(arn)
			break
		}
		end := strings.IndexByte(arn[i:], '}')
		if end < 0 {
			b.WriteString(arn)
			break
		}
		b.WriteString(arn[:i])
		if arn[i:i+end+1] == "${Partition}" {
			b.WriteString(partition)
		} else {
			b.WriteString("{}")
		}
		arn = arn[i+end+1:]
	}
	return b.String()
}

// flatten replaces unknown parts by a plain name.
func flatten(s string) string {
	for {
		i := strings.Index(s, "${")
		if i < 0 {
			return s
		}
		end := strings.IndexByte(s[i:], '}')
		if end < 0 {
			return s
		}
		s = s[:i] + anyName + s[i+end+1:]
	}
}

// fits matches an ARN with the pieces of a pattern: between two of them is a name, which in the loose sense may hold : and /.
func fits(pieces []string, arn string, loose bool) bool {
	if !strings.HasPrefix(arn, pieces[0]) {
		return false
	}
	arn, pieces = arn[len(pieces[0]):], pieces[1:]
	if len(pieces) == 0 {
		return arn == ""
	}
	longest := len(arn)
	if !loose {
		if i := strings.IndexAny(arn, ":/"); i >= 0 {
			longest = i
		}
	}
	next, shortest := pieces[0], 1
	if next == "" || next[0] == ':' {
		shortest = 0 // a placeholder in the first five segments may be empty: S3 has no region
	}
	if !loose && (len(pieces) == 1 && next == "" || next != "" && (next[0] == ':' || next[0] == '/')) {
		shortest = max(shortest, longest) // the name ends where it has to
	}
	for i := shortest; i <= longest; i++ {
		if fits(pieces, arn[i:], loose) {
			return true
		}
	}
	return false
}

// qualified are actions on functions that take a version or alias, and are then authorized on its ARN (Lambda
// developer guide, "Defining Lambda permissions with a qualified ARN").
var qualified = []string{"lambda:InvokeFunction", "lambda:InvokeAsync", "lambda:InvokeFunctionUrl", "lambda:GetFunction", "lambda:GetFunctionConfiguration", "lambda:AddPermission"}

// menu is the actions that can be limited to one of the resource types, and more that go with them.
func (w *world) menu(kinds []shape, more ...string) *menu {
	names := slices.Clone(more)
	for _, k := range kinds {
		names = append(names, k.service+"/"+k.kind.Name)
	}
	slices.Sort(names)
	key := strings.Join(slices.Compact(names), ",")
	if m, ok := w.menuOf[key]; ok {
		return m
	}
	var services []string
	for _, k := range kinds {
		if !slices.Contains(services, k.service) {
			services = append(services, k.service)
		}
	}
	var actions []*catalog.Action
	for _, s := range services {
		for _, a := range w.catalog.Actions(s) {
			if slices.Contains(more, a.String()) || slices.ContainsFunc(kinds, func(k shape) bool {
				return k.service == s && slices.Contains(a.Resources, k.kind) && !w.catalog.Creates(a, k.kind)
			}) {
				actions = append(actions, a)
			}
		}
	}
	m := w.newMenu(actions)
	w.menuOf[key] = m
	return m
}

// newMenu is nil where there are no actions.
func (w *world) newMenu(actions []*catalog.Action) *menu {
	if len(actions) == 0 {
		return nil
	}
	m := makeMenu(actions)
	m.ordinal = len(w.menus)
	w.menus = append(w.menus, m)
	return m
}

func makeMenu(actions []*catalog.Action) *menu {
	m := &menu{actions: actions, words: (len(actions) + 63) / 64, service: actions[0].Service, places: map[string]int{}, sets: map[string]doings{}}
	for c := range m.has {
		m.has[c] = make(bits, m.words)
	}
	m.hits = make(bits, m.words)
	for i, a := range actions {
		m.lower = append(m.lower, strings.ToLower(a.String()))
		m.places[m.lower[i]] = i
		for _, c := range a.Capabilities.All() {
			m.has[c].set(i)
			if c.IsHit() {
				m.hits.set(i)
			}
		}
	}
	m.onward, m.sts, m.vouched = make(bits, m.words), make(bits, m.words), make(bits, m.words)
	for i, a := range actions {
		if a.Service == "sts" {
			m.sts.set(i)
		}
		if vouched[m.lower[i]] != "" {
			m.vouched.set(i)
		}
	}
	for _, name := range plans().actions {
		i := m.bit(strings.ToLower(name))
		m.steps = append(m.steps, int16(i))
		if i >= 0 {
			m.onward.set(i)
		}
	}
	m.newWrites()
	return m
}

// everyAction is a menu of all actions of a service, for what lies beyond the design; nil for an unknown service.
func (w *world) everyAction(service string) *menu {
	w.mu.Lock()
	defer w.mu.Unlock()
	m, ok := w.services[service]
	if !ok {
		if actions := w.catalog.Actions(service); len(actions) > 0 {
			m = makeMenu(actions)
		}
		w.services[service] = m
	}
	return m
}

// matching is the set of a menu's actions that a pattern such as "s3:Get*" stands for.
func (m *menu) matching(pattern string) doings {
	p := strings.ToLower(pattern)
	m.mu.RLock()
	b, ok := m.sets[p]
	m.mu.RUnlock()
	if ok {
		return b
	}
	b = doings{must: make(bits, m.words)}
	b.may = b.must
	if holdsUnknown(p) {
		b.may = make(bits, m.words)
	}
	for i, name := range m.lower {
		v := matchAction(p, name)
		if v != never {
			b.may.set(i)
		}
		if v == surely {
			b.must.set(i)
		}
	}
	m.mu.Lock()
	m.sets[p] = b
	m.mu.Unlock()
	return b
}

// without is a menu's other actions.
func (m *menu) without(b bits) bits {
	out := slices.Clone(b)
	for i := range m.actions {
		out[i>>6] ^= 1 << (i & 63)
	}
	return out
}

// common is what two sets of a menu's actions have in common.
func (m *menu) common(x, y bits) bits {
	out := make(bits, m.words)
	for i := range out {
		out[i] = x[i] & y[i]
	}
	return out
}

// only is what of a set is among some actions.
func (m *menu) only(b bits, actions []string) bits {
	out := make(bits, m.words)
	for _, a := range actions {
		if i := m.bit(strings.ToLower(a)); i >= 0 && b.has(i) {
			out.set(i)
		}
	}
	return out
}
