package reach

import (
	"context"
	"fmt"
	"iter"
	"maps"
	"slices"
	"strings"
	"sync"

	"bulkhead/model"
	"bulkhead/model/catalog"
	"bulkhead/model/policy"
)

// An Analysis is the blast radius of every start in one design. It is safe for concurrent use.
type Analysis struct {
	design *model.Design
	ledger *ledger
	gauge  *gauge
	*graph
}

// A graph is the steps of a design. Analyses that differ in their ledgers alone share it.
type graph struct {
	design      *model.Design
	world       *world
	compiled    compilations
	keys        []string                   // condition keys that policies ask for
	asksTarget  bool                       // some of them are the target's
	deputies    map[string][]deputy        // functions that a service may start, by it
	askedTags   []tag                      // … and of principals, with the values worth trying
	tagsAsked   []string                   // … those of them that are tags which a request passes
	asksTags    bool                       // … its tags
	guards      map[string]*guards         // by account
	defaultKeys map[string]*policy.Program // by account: the policy of a key that is given none
	delegating  map[string]*policy.Program // by account: a policy that leaves everything to the account's own
	strangers   map[model.ID]*stranger
	choices     []policy.Context   // what the attacker writes for keys of its choice, by target, lastly beyond the design; nil: no policy asks
	unsettled   []attempts         // … and what it tries where nothing suits all, by target; nil with choices
	gates       []*gate            // by target
	namedBy     map[string][]int32 // what gates name → targets
	open        []int32            // targets whose gates are everybody's business
	common      []int32            // roles whose trust lets everybody in alike, whom it does not name
	letIn       set                // principals whom a policy of another account names
	realms      map[string]realms  // of the accounts of those who act
	everywhere  realms             // … all of them
	roles       []int32            // targets that are roles
	functions   []int32            // targets that are functions
	nodeAt      []int32            // of targets; -1 for none
	targetAt    []int32            // of nodes that the design shows; -1 for none
	attached    map[model.ID][]int32
	holdersOf   map[int32][]int32   // targets → actors with permissions from it
	trust       map[int32][]trusted // role → services that may assume it
	trusting    map[string][]int32  // service → roles that it may, or perhaps may, assume
	federated   []federated         // roles that SAML providers sign people in to
	tagged      map[int32]bool      // roles whose sessions may have tags
	kin         *kin
	shareFrom   int
	boundOf     map[model.ID][]int32 // boundaries → actors
	asking      map[string]int       // condition keys → elements and guardrails whose documents ask for them
	own         struct {             // of the design's own resources
		ledger *ledger
		gauge  *gauge
	}

	size        struct{ functions, resources, nodes, actors int } // as the design shows them
	nodes       []node
	nodeOf      map[model.ID]int32
	actors      []*actor
	actorOf     []int32 // of nodes
	perFunction bool    // some policy tells functions on one role apart
	perLambda   bool    // some policy tells functions from others who hold their role

	triggers     []*model.Trigger
	doorways     []int32 // triggers of the kinds that doors are of
	triggersFrom map[model.ID][]int32
	triggersTo   map[model.ID][]int32
	feedsFrom    map[int32][]feed // by target
	behind       map[int32][]feed // by trigger that starts at no resource
	readers      map[model.ID][]int32
	held         map[model.ID][]held // resource or function → whose code or access keys it holds
	listed       map[string][]int32  // type → targets of it that hold access keys, and that whoever may list the type is shown
	entries      map[model.ID]bool   // functions with a trigger from outside

	flows    [looks]*flow // what is reachable, by look
	powers   [2]set       // actors who perhaps, and who surely, rule by themselves
	guises   guises
	alterers []int32 // actors who may change others, in order

	exposures exposures

	unread sync.Once
	blind  []int32  // see unseen
	veiled []string // see hidden

	mu     sync.Mutex
	doers  map[string][][]*statement // by actions: who allows itself one of them somewhere, see acting
	seas   map[int32][]Beyond        // by actor
	kinds  [2]tallied                // of things in the sea: with fed functions safe, and vulnerable
	detail memory[detailKey, *Step]
	steps  memory[stepKey, *Step]
}

// A node is a start: a function, role, user or group.
type node struct {
	id   model.ID
	sort sort
}

// Analyze computes the steps of a design. prev, the analysis of an earlier version, may be nil; it saves work. The
// error is ctx's.
func Analyze(ctx context.Context, d *model.Design, c *catalog.Catalog, prev *Analysis) (*Analysis, error) {
	return analyze(ctx, d, c, prev, shareFrom, foremost{})
}

// analyze is Analyze with rows for statements that reach from so many forms.
func analyze(ctx context.Context, d *model.Design, c *catalog.Catalog, prev *Analysis, shareFrom int, first foremost) (*Analysis, error) {
	if an, err := again(ctx, d, c, prev, shareFrom); an != nil || err != nil {
		return an, err
	}
	g := &graph{design: d, compiled: newCompilations(0), nodeOf: map[model.ID]int32{},
		seas: map[int32][]Beyond{}, shareFrom: shareFrom, boundOf: map[model.ID][]int32{}, holdersOf: map[int32][]int32{}, namedBy: map[string][]int32{}, attached: map[model.ID][]int32{}}
	an := &Analysis{design: d, graph: g}
	same := prev != nil && sameWorld(prev.design, d) && prev.world.catalog == c
	if same {
		g.world = prev.world
		g.compiled = prev.compiled.in(d)
	} else {
		g.world = newWorld(d, c)
	}
	an.newNodes()
	an.newTriggers()
	an.newHoldings()
	if err := an.compileAll(ctx); err != nil {
		return nil, err
	}
	an.newGates()
	an.newGuards()
	an.newChoices()
	an.newAskedTags()
	an.newStrangers()
	an.newActors(d)
	an.size.nodes, an.size.actors = len(an.nodes), len(an.actors)
	an.wire()
	if err := an.explore(ctx, prev, same, first); err != nil {
		return nil, err
	}
	an.compiled = an.compiled.settled()
	an.measured(newLedger(d.Resources(), an.design))
	an.own.ledger, an.own.gauge = an.ledger, an.gauge
	return an, nil
}

// sameWorld reports whether two designs have the same targets by the same names.
func sameWorld(a, b *model.Design) bool {
	replaced, ok := a.Replaced(b)
	return ok && sameInfo(a, b) && !slices.ContainsFunc(replaced, func(c model.Change) bool { return !sameTarget(c.Before, c.After) })
}

// sameInfo reports whether two designs are of one account under the same guardrails.
func sameInfo(a, b *model.Design) bool {
	x, y := a.Info(), b.Info()
	return x.Partition == y.Partition && x.Account == y.Account && x.Region == y.Region && x.Kind == y.Kind &&
		maps.Equal(x.Accounts, y.Accounts) && slices.Equal(x.NotSeen, y.NotSeen) && sameGuardrails(x.Guardrails, y.Guardrails)
}

// sameTarget reports whether two elements are one target for policies and triggers.
func sameTarget(a, b model.Element) bool {
	switch a := a.(type) {
	case *model.Function:
		b, ok := b.(*model.Function)
		return ok && a.ID == b.ID && a.ARN == b.ARN && a.Name == b.Name && a.PolicyUnseen == b.PolicyUnseen && a.MoreUnseen == b.MoreUnseen && a.LogGroup == b.LogGroup && slices.Equal(a.Credentials, b.Credentials) && maps.Equal(a.Tags, b.Tags)
	case *model.Role:
		b, ok := b.(*model.Role)
		return ok && a.ID == b.ID && a.ARN == b.ARN && a.ServiceLinked == b.ServiceLinked && a.Profile == b.Profile && maps.Equal(a.Tags, b.Tags)
	case *model.Policy:
		b, ok := b.(*model.Policy)
		return ok && a.ID == b.ID && a.ARN == b.ARN && a.Managed == b.Managed && a.Listed == b.Listed && slices.Equal(a.Versions, b.Versions)
	case *model.Principal:
		b, ok := b.(*model.Principal)
		return ok && a.ID == b.ID && a.ARN == b.ARN && a.Kind == b.Kind && maps.Equal(a.Tags, b.Tags)
	case *model.Trigger:
		_, ok := b.(*model.Trigger)
		return ok
	case *model.Resource:
		b, ok := b.(*model.Resource)
		return ok && a.ID == b.ID && a.ARN == b.ARN && a.Type == b.Type && a.Account == b.Account && a.Policy == b.Policy && a.Key == b.Key && a.Role == b.Role && a.Package == b.Package && a.PartitionKey == b.PartitionKey && a.Workflow == b.Workflow && a.PublicLists == b.PublicLists && slices.Equal(a.Stages, b.Stages) && slices.Equal(a.Credentials, b.Credentials) &&
			a.BlockPublicAccess == b.BlockPublicAccess && a.Bucket == b.Bucket && a.Network == b.Network && a.PolicyUnseen == b.PolicyUnseen && a.MoreUnseen == b.MoreUnseen && maps.Equal(a.Tags, b.Tags)
	}
	return false
}

func (an *Analysis) newNodes() {
	put := func(id model.ID, s sort) {
		an.nodeOf[id] = int32(len(an.nodes))
		an.nodes = append(an.nodes, node{id, s})
	}
	for _, f := range an.design.Functions() {
		put(f.ID, isFunction)
	}
	an.size.functions, an.size.resources = len(an.nodes), len(an.design.Resources())
	for _, r := range an.design.Roles() {
		put(r.ID, isRole)
	}
	for _, p := range an.design.Principals() {
		if p.Kind == model.Group {
			put(p.ID, isGroup)
		} else {
			put(p.ID, isUser)
		}
	}
}

func (an *Analysis) newTriggers() {
	an.triggers = an.design.Triggers()
	if more := an.destinations(); len(more) > 0 {
		an.triggers = append(slices.Clip(an.triggers), more...)
	}
	an.triggersFrom, an.triggersTo = map[model.ID][]int32{}, map[model.ID][]int32{}
	an.readers, an.entries = map[model.ID][]int32{}, map[model.ID]bool{}
	for i, t := range an.triggers {
		if t.From != "" {
			an.triggersFrom[t.From] = append(an.triggersFrom[t.From], int32(i))
		}
		an.triggersTo[t.To] = append(an.triggersTo[t.To], int32(i))
		if t.Kind == "event-rule" || t.Kind == "api-route" || aside(t) {
			an.doorways = append(an.doorways, int32(i))
		}
	}
	for i, f := range an.design.Functions() {
		for _, v := range f.Environment {
			if v.Refers != "" && !slices.Contains(an.readers[v.Refers], int32(i)) {
				an.readers[v.Refers] = append(an.readers[v.Refers], int32(i))
			}
		}
	}
	for _, t := range an.triggers {
		if !t.Outside {
			continue
		}
		if n, ok := an.nodeOf[t.To]; ok {
			an.entries[an.nodes[n].id] = true
			continue
		}
		for _, f := range an.feeds(t.To) {
			an.entries[an.nodes[f.node].id] = true
		}
	}
}

// compileAll compiles every document of the design that no earlier analysis compiled.
func (an *Analysis) compileAll(ctx context.Context) error {
	an.asking = map[string]int{}
	var docs []*policy.Document
	for e := range an.design.All() {
		if doc := model.DocumentOf(e); doc != nil {
			docs = append(docs, doc)
		}
	}
	own := len(docs)
	docs = slices.AppendSeq(docs, guardrailDocuments(an.design))
	compiled := make([]*answers, len(docs))
	share(ctx, len(docs), func(mine iter.Seq[int]) {
		for i := range mine {
			if compiled[i] = an.compiled.of(docs[i]); compiled[i] == nil {
				compiled[i] = compile(an.world, docs[i], nil)
			}
		}
	})
	if ctx.Err() != nil {
		return fmt.Errorf("analyse %s: %w", an.design.Info().Name, ctx.Err())
	}
	for i, doc := range docs {
		a := an.compiled.of(doc)
		if a == nil {
			a = compiled[i]
			an.compiled.put(doc, a)
		}
		for _, k := range a.keys {
			an.asking[k]++
		}
		an.perFunction = an.perFunction || i < own && a.sessions
	}
	an.keys = slices.Sorted(maps.Keys(an.asking))
	an.asksTarget = slices.ContainsFunc(an.keys, ofTarget)
	an.asksTags = slices.ContainsFunc(an.keys, isResourceTag)
	an.tagsAsked = slices.DeleteFunc(slices.Clone(an.keys), func(k string) bool { return !isRequestTag(k) })
	an.perFunction = an.perFunction || an.asking["lambda:sourcefunctionarn"] > 0
	for _, k := range append(slices.Clip(lambdaLacks), secondFactor) {
		an.perLambda = an.perLambda || an.asking[k] > 0
	}
	return nil
}

// answers is a document compiled.
func (an *Analysis) answers(doc *policy.Document) *answers { return an.answersAfter(doc, nil) }

// answersAfter is a document compiled that was an earlier one.
func (an *Analysis) answersAfter(doc *policy.Document, earlier *answers) *answers {
	if a := an.compiled.of(doc); a != nil {
		return a
	}
	a := compile(an.world, doc, earlier)
	an.compiled.put(doc, a)
	return a
}

// wire connects actors with their documents and targets with what feeds from them.
func (an *Analysis) wire() {
	w := an.world
	an.delegating = map[string]*policy.Program{}
	for _, a := range an.actors {
		if an.delegating[a.account] == nil {
			an.delegating[a.account] = delegating("*", w.partition, a.account)
		}
		for i, doc := range a.documents {
			a.identity = append(a.identity, an.answers(doc))
			if ids := an.attached[a.ids[i]]; !slices.Contains(ids, a.index) {
				an.attached[a.ids[i]] = append(ids, a.index)
			}
		}
		if a.limit != nil {
			a.boundary = an.answers(a.limit)
			an.boundOf[a.boundaryID] = append(an.boundOf[a.boundaryID], a.index)
		}
		if !a.linked {
			a.guards = an.guards[a.account]
		}
		if a.self >= 0 {
			an.holdersOf[a.self] = append(an.holdersOf[a.self], a.index)
		}
		if a.sort == isUser {
			for _, g := range an.design.Principal(a.id).Groups {
				if t := w.target(g); t >= 0 {
					an.holdersOf[t] = append(an.holdersOf[t], a.index)
				}
			}
		}
	}
	an.feedsFrom = map[int32][]feed{}
	for id := range an.triggersFrom {
		if t, ok := w.byID[id]; ok {
			an.feedsFrom[t] = an.feeds(id)
		}
	}
	an.newBehind()
	for _, n := range an.nodes {
		an.targetAt = append(an.targetAt, w.target(n.id))
	}
	for i, g := range an.gates {
		ti := int32(i)
		node, ok := an.nodeOf[w.targets[i].id]
		if !ok {
			node = -1
		}
		an.nodeAt = append(an.nodeAt, node)
		switch {
		case w.targets[i].sort == isRole:
			an.roles = append(an.roles, ti)
		case w.targets[i].sort == isFunction && ok:
			an.functions = append(an.functions, ti)
		}
		if g == nil {
			continue
		}
		switch {
		case w.targets[i].sort == isRole && g.alike():
			an.common = append(an.common, ti)
		case g.anyone || g.answers != nil && !g.strict && (g.all || w.targets[i].account != w.account):
			an.open = append(an.open, ti)
			continue
		}
		for name := range g.named {
			an.namedBy[name] = append(an.namedBy[name], ti)
		}
	}
	an.newLetIn()
	an.newRealms()
	an.newTrust()
	an.newFederated()
	an.newTagged()
	an.newDeputies()
}

// newLetIn finds the principals whom a policy of another account names, so that nobody else has what they are let there.
func (an *Analysis) newLetIn() {
	an.letIn = newSet(len(an.actors))
	naming := slices.DeleteFunc(slices.Clone(an.open), func(t int32) bool { return len(an.gates[t].named) == 0 })
	for i, a := range an.actors {
		elsewhere := func(t int32) bool { return an.world.targets[t].account != a.account }
		for _, name := range a.names() {
			if slices.ContainsFunc(an.namedBy[name], elsewhere) || slices.ContainsFunc(naming, func(t int32) bool { return elsewhere(t) && an.gates[t].named[name] }) {
				an.letIn.put(int32(i))
			}
		}
	}
}

// gated lists the targets whose policies may let an actor pass whatever its own allow, beside the common ones.
func (an *Analysis) gated(a *actor) []int32 {
	if a.outside != nil {
		return slices.Concat(a.outside.doors, an.world.inletted)
	}
	out := slices.Concat(an.open, an.world.inletted)
	for _, name := range a.names() {
		out = append(out, an.namedBy[name]...)
	}
	return out
}

// names are those by which policies may mean an actor alone: its ARN, and that of a role's session.
func (a *actor) names() []string {
	if a.sort == isRole || a.sort == isFunction {
		return []string{a.arn, "session/" + a.arn[strings.LastIndexByte(a.arn, '/')+1:]}
	}
	return []string{a.arn}
}

// explore finds the acts and edges of every actor. Actors that prev had alike keep theirs.
func (an *Analysis) explore(ctx context.Context, prev *Analysis, same bool, first foremost) error {
	known := same && prev.settled(an)
	if known {
		an.kin = prev.kin.of(an)
	} else {
		an.kin = an.newKin()
	}
	work := set(nil)
	for i, a := range an.actors {
		if known {
			if old := prev.actors[i]; !old.meddles && old.alike(a) {
				a.found = old.found
				continue
			}
		}
		if work == nil {
			work = newSet(len(an.actors))
		}
		work.put(int32(i))
	}
	early, err := first.of(ctx, an, work)
	if err != nil {
		return err
	}
	if err := an.exploreAll(ctx, work); err != nil {
		return err
	}
	switch {
	case known:
		return an.disguise(ctx, prev.graph, nil, nil)
	case early != nil:
		return an.disguise(ctx, early.graph, nil, nil)
	}
	return an.disguise(ctx, nil, nil, nil)
}

// exploreAll finds the acts and edges of some actors, with as many hands as there are processors.
func (an *Analysis) exploreAll(ctx context.Context, work set) error {
	var todo []int32
	work.each(func(i int32) bool {
		todo = append(todo, i)
		return true
	})
	share(ctx, len(todo), func(mine iter.Seq[int]) {
		t := an.kin.tally(an)
		defer an.kin.give(t)
		for i := range mine {
			an.exploreActor(t, an.actors[todo[i]])
		}
	})
	if ctx.Err() != nil {
		return fmt.Errorf("analyse %s: %w", an.design.Info().Name, ctx.Err())
	}
	return nil
}

// exploreActor finds one actor's acts and edges.
func (an *Analysis) exploreActor(t *tally, a *actor) {
	e := newExplorer(an, a)
	if a.was != nil {
		a.edges = make([]edge, 0, len(a.was.edges)+2)
		e.before, a.was = a.standing(a.was), nil
	}
	a.lessons = e.lessons
	a.admin, a.helping = an.isAdmin(e), &helping{}
	a.row, a.except = an.rowOf(t, e)
	t.count(a, a.except)
	t.findings(func(f *finding) {
		if x, ok := an.actOf(a, f); ok {
			a.acts = append(a.acts, x)
		}
		e.visit(f)
	})
	if a.row != nil {
		a.meddles = a.meddles || a.row.meddles
		for _, x := range a.row.halves {
			if _, not := slices.BinarySearch(a.except, x.over); !not {
				a.halves = append(a.halves, x)
			}
		}
	}
	found := len(a.alters)
	e.rest()
	slices.SortStableFunc(a.halves, byPlan)
	an.settleAlters(a, found)
	a.alterer = a.changesOthers()
	a.settleEdges()
	a.drops = an.world.newDrops(a.acts)
}

// settled reports whether what actors' findings depend on beside their own documents is as it was: resource
// policies, trust policies, triggers and who there is.
func (an *Analysis) settled(next *Analysis) bool {
	if an.size.actors != next.size.actors || len(an.triggers) != len(next.triggers) || an.perFunction != next.perFunction || an.perLambda != next.perLambda || !slices.Equal(an.keys, next.keys) || !sameChoices(an.choices, next.choices) || !sameAttempts(an.unsettled, next.unsettled) || !slices.Equal(an.actorOf[:an.size.nodes], next.actorOf[:next.size.nodes]) {
		return false
	}
	for i, t := range an.triggers {
		if t != next.triggers[i] && !model.Same(t, next.triggers[i]) {
			return false
		}
	}
	for i, g := range an.gates {
		n := next.gates[i]
		if (g == nil) != (n == nil) || g != nil && (g.answers != n.answers || g.unseen != n.unseen) {
			return false
		}
	}
	for i, a := range an.actors[:an.size.actors] {
		if a.id != next.actors[i].id || a.arn != next.actors[i].arn {
			return false
		}
	}
	if !sameTags(an.askedTags, next.askedTags) || !an.sameHoldings(next) || !an.sameDeputies(next) {
		return false
	}
	for id, r := range an.readers {
		if !slices.Equal(r, next.readers[id]) {
			return false
		}
	}
	return len(an.readers) == len(next.readers)
}

// alike reports whether an actor has the same documents as another.
func (a *actor) alike(b *actor) bool {
	return slices.Equal(a.documents, b.documents) && a.limit == b.limit && a.unseen == b.unseen && a.unlimited == b.unlimited &&
		maps.EqualFunc(a.context, b.context, slices.Equal) && slices.Equal(a.absent, b.absent)
}

// Design is what was analysed.
func (an *Analysis) Design() *model.Design { return an.design }
