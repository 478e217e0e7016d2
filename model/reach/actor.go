package reach

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"sync"

	"bulkhead/model"
	"bulkhead/model/policy"
	"bulkhead/model/source"
)

// An actor is whose permissions are used: a role, a user, a group, or one function's session of its role where
// that makes a difference. Its permissions are those of its documents within its boundary.
type actor struct {
	profile

	once  sync.Once
	stack *policy.Stack

	was *actor // in an earlier analysis, until it is explored; nil for nothing
	found
}

// A profile is who an actor is and what its policies say.
type profile struct {
	index      int32
	id         model.ID // the role's, user's or group's; the function's for a session of its own
	sort       sort
	arn        string // that policies name
	session    string // ARN of the session where it is known
	account    string
	function   *model.Function // of a session of its own, else nil
	lambda     bool            // the session is a function's
	unique     string          // what AWS sends of who it is, as far as it is known: see newContext
	served     bool            // its role is assumed by services and through identity providers alone: nobody's second factor is in its sessions
	ids        []model.ID      // policies, in the order of documents
	by         []model.ID      // … and who has each: the role or user, or a group of it
	documents  []*policy.Document
	attached   model.Attachments
	boundaryID model.ID
	limit      *policy.Document // boundary
	unseen     bool             // some of its policies were not seen
	unlimited  bool             // it has a boundary that was not seen
	linked     bool             // a service-linked role, which no guardrail binds
	outside    *stranger        // of somebody outside the account, else nil
	guise      *guise           // what it was made of, nil for what the design shows
	self       int32            // target of the role, user or group; -1 for none
	context    policy.Context
	absent     []string

	identity []*answers
	boundary *answers
	guards   *guards
}

// place is where a statement of one of its policies stands: in its file, or, of a policy that stands in none, where it
// says that the actor has the policy.
func (a *actor) place(id model.ID, st *policy.Statement) source.Span {
	if st.Span.IsZero() {
		return a.attached[id]
	}
	return st.Span
}

// found is what the analysis found of an actor. It depends on the actor and the world alone.
type found struct {
	acts    []act    // by target, beside those of the row
	drops   []drop   // what acts make wet
	edges   []edge   // by node, beside those of the row
	alters  []alter  // by principal, beside those of the row
	alterer bool     // it may change others than itself
	altered []int32  // principals of whom the row's alters do not hold, in order
	halves  []half   // what it may do of techniques of several calls
	helping *helping // what it could do of others'
	lessons lessons
	row     *row    // what it shares with others; nil for none
	except  []int32 // targets on which the row does not hold, in order
	hidden  []int32 // nodes to which the row's edges do not hold, in order
	admin   power
	meddles bool // it may change what others may do, so that its alters depend on them
}

// principal is the ARN that makes the actor's requests.
func (a *actor) principal() string { return cmp.Or(a.session, a.arn) }

// value is what is known of a condition key of the actor's requests.
func (a *actor) value(key string) (values []string, known bool) {
	if v, ok := a.context[key]; ok {
		return v, true
	}
	return nil, slices.Contains(a.absent, key)
}

// lambdaLacks are keys that a function's session surely lacks, and others' sessions of the role may have.
var lambdaLacks = []string{"aws:multifactorauthage", "aws:federatedprovider", "ec2:sourceinstancearn"}

// withoutFactor is what a function's session tells of a second factor: none, or nothing. The key is there "only when the principal
// uses temporary credentials", which it does; whether it always is then, where no device can be used, is not said ("AWS global
// condition context keys").
var withoutFactor = []string{"false", policy.OrAbsent}

const secondFactor = "aws:multifactorauthpresent"

const userID = "aws:userid"

// attackerChooses are keys whose value is the caller's choice, set as it suits: whoever writes the request may use TLS.
var attackerChooses = map[string]string{"aws:securetransport": "true"}

// ownCalls are keys of calls that a principal makes itself, no service on its behalf and by no access point; nil: not there ("AWS KMS condition keys",
// "Forward access sessions", "Using IAM policy conditions in Amazon EventBridge").
var ownCalls = policy.Context{"kms:viaservice": nil, "aws:viaawsservice": {"false"}, "aws:calledvia": nil, "aws:calledviafirst": nil, "aws:calledvialast": nil, "events:eventbusinvocation": {"false"},
	"s3:dataaccesspointarn": nil, "s3:dataaccesspointaccount": nil, "s3:accesspointnetworkorigin": nil}

// newContext tells the condition keys that follow from who the actor is ("AWS global condition context keys").
// keys are those that policies of the design ask for.
func (a *actor) newContext(w *world, tags map[string]string, keys []string) {
	c := policy.Context{"aws:principalarn": {a.arn}, "aws:principalaccount": {a.account}, "kms:calleraccount": {a.account}, "aws:principalisawsservice": {"false"}}
	for k, v := range attackerChooses {
		c[k] = []string{v}
	}
	// A principal's own calls carry no service's keys, and pass no service.
	maps.Copy(c, ownCalls)
	absent := []string{"aws:sourcearn", "aws:sourceaccount", "aws:sourceorgid", "aws:sourceowner", "aws:principalservicename"}
	switch a.sort {
	case isUser, isGroup:
		c["aws:principaltype"] = []string{"User"}
		if a.sort == isUser {
			c["aws:username"] = []string{a.arn[strings.LastIndexByte(a.arn, '/')+1:]}
		} else {
			absent = append(absent, "aws:username") // who is in the group has one, and is a start of its own
		}
		absent = append(absent, "lambda:sourcefunctionarn")
	case isRole, isFunction:
		c["aws:principaltype"] = []string{"AssumedRole"}
		absent = append(absent, "aws:username")
	case isResource, isPolicy, isImplied, isStranger:
	}
	if a.function != nil {
		c["lambda:sourcefunctionarn"] = []string{a.function.ARN}
	}
	if a.lambda {
		absent = append(absent, lambdaLacks...)
	}
	if a.lambda || a.served {
		c[secondFactor] = withoutFactor
	}
	// A session's is the role's id and the name of the session, a function's name for its own ("AWS global condition context keys").
	switch {
	case a.unique == "" || !slices.Contains(keys, userID):
	case a.sort == isUser:
		c[userID] = []string{a.unique}
	case a.function != nil:
		c[userID] = []string{a.unique + ":" + a.function.Name}
	default:
		c[userID] = []string{a.unique + ":${the name of the session}"}
	}
	for k, v := range tags {
		c["aws:principaltag/"+strings.ToLower(k)] = []string{v}
	}
	if tags != nil || w.known {
		for _, k := range keys {
			if strings.HasPrefix(k, "aws:principaltag/") && c[k] == nil {
				absent = append(absent, k)
			}
		}
	}
	a.context, a.absent = c, absent
}

// isServed reports whether a trust policy lets in services and who signs in by an identity provider alone: AWS sends aws:MultiFactorAuth…
// for users' credentials alone, whatever a provider asked for ("Secure API access with MFA"; "AWS global condition context keys").
func isServed(trust *policy.Document) bool {
	if trust == nil {
		return false
	}
	allows := false
	for _, s := range trust.Statements {
		if s.Effect != policy.Allow {
			continue
		}
		allows = true
		if s.NotPrincipal || slices.ContainsFunc(s.Principals, func(p policy.Principal) bool { return p.Kind != "Service" && p.Kind != "Federated" }) {
			return false
		}
	}
	return allows
}

// contextOf is the actor's context, with what overrules it: what is known of a target, nil for none, and more. Neither is to be changed.
func (an *Analysis) contextOf(a *actor, t *target, more policy.Context) (own, over policy.Context) {
	chosen := an.choicesOn(t)
	if (t == nil || !an.asksTarget) && chosen == nil {
		return a.context, more
	}
	over = make(policy.Context, len(more)+len(chosen)+4)
	for k, v := range chosen {
		if _, known := a.value(k); !known {
			over[k] = v
		}
	}
	if t != nil && an.asksTarget {
		for _, k := range targetKeys {
			if v := an.world.targetValue(t, k); v != "" {
				over[k] = []string{v}
			}
		}
		for k, v := range t.tags {
			for _, p := range t.tagPrefixes() {
				over[p+":resourcetag/"+strings.ToLower(k)] = []string{v}
			}
		}
		for _, k := range an.keys {
			if !an.world.lacksTag(t, k) {
				continue
			}
			_, has := over[k]
			if _, own := a.context[k]; !own && !has {
				over[k] = nil
			}
		}
	}
	maps.Copy(over, more)
	return a.context, over
}

// passed is a role as iam:PassRole sees it: who may pass a role cannot be told by the role's tags ("Grant a user
// permissions to pass a role to an AWS service"), and what such a condition comes to is not said. It is asked within the call of the service
// that takes the role ("this permission is not an API call"), in whichever region that is.
func (t *target) passed() *target {
	bare := *t
	bare.tags, bare.handed = nil, true
	return &bare
}

// passedApart reports whether iam:PassRole of a target is to be asked for by itself.
func (an *Analysis) passedApart(t *target) bool {
	return t.sort == isRole && (len(t.tags) > 0 || an.asking[requestedRegion] > 0)
}

// targetKeys are condition keys that a target tells, its tags aside.
var targetKeys = []string{"aws:resourceaccount", "s3:resourceaccount", requestedRegion, "lambda:functionurlauthtype", "lambda:invokedviafunctionurl"}

// ofTarget reports whether a condition key is the resource's, so that the answer differs from one to the next.
func ofTarget(key string) bool {
	if slices.Contains(targetKeys, key) || isChosen(key) {
		return true
	}
	return isResourceTag(key)
}

// targetValue is a condition key that the target tells, "" if it does not.
func (w *world) targetValue(t *target, key string) string {
	switch key {
	case "aws:resourceaccount":
		return t.account
	case "s3:resourceaccount":
		if t.service == "s3" {
			return t.account
		}
		return ""
	case "lambda:functionurlauthtype":
		if t.sort == isFunction {
			return "AWS_IAM"
		}
		return ""
	case "lambda:invokedviafunctionurl":
		if t.sort == isFunction {
			return "false"
		}
		return ""
	case requestedRegion:
		switch {
		case t.handed:
			return ""
		case t.service == "iam":
			return "us-east-1"
		}
		return t.region
	}
	_, name, _ := strings.Cut(key, ":")
	if tag, ok := strings.CutPrefix(name, "resourcetag/"); ok {
		for k, v := range t.tags {
			if strings.EqualFold(k, tag) {
				return v
			}
		}
	}
	return ""
}

// lacksTag reports whether a condition key is about a tag that the target surely does not have.
func (w *world) lacksTag(t *target, key string) bool {
	if !w.tagged || t.tags == nil || !isResourceTag(key) {
		return false
	}
	service, name, _ := strings.Cut(key, ":")
	tag := strings.TrimPrefix(name, "resourcetag/")
	for k := range t.tags {
		if strings.EqualFold(k, tag) {
			return false
		}
	}
	return slices.Contains(t.tagPrefixes(), service)
}

// truth tells whether a statement's conditions hold for the actor; t is nil where no target is meant.
func (an *Analysis) truth(a *actor, s *statement, t *target) truth {
	w := an.world
	if len(s.from.Conditions) == 0 {
		return surely
	}
	if !s.ofTarget {
		t = nil
	}
	var key strings.Builder
	for _, k := range s.keys {
		values, known := a.value(k)
		for _, v := range values {
			key.WriteString(v)
			key.WriteByte(1)
		}
		if !known && an.choices != nil && isChosen(k) {
			if values, known = an.choice(t, k); known {
				key.WriteByte(4) // as chosen, which may be to leave it out
			}
			for _, v := range values {
				key.WriteString(v)
				key.WriteByte(1)
			}
		} else if !known && t != nil && ofTarget(k) {
			v := w.targetValue(t, k)
			key.WriteString(v)
			known = v != "" || w.lacksTag(t, k)
		}
		if known {
			key.WriteByte(2)
		} else {
			key.WriteByte(3)
		}
	}
	k := key.String()
	if s.ofTarget && t != nil {
		k = t.service + "\x00" + k
	}
	s.mu.Lock()
	out, ok := s.remembers[k]
	s.mu.Unlock()
	if ok {
		return out
	}
	req := policy.Request{Principal: a.arn, Action: "bulkhead:Any", Resource: "*", ResourceAccount: a.account, Absent: a.absent, Open: true}
	req.Context, req.Over = an.contextOf(a, t, nil)
	if t != nil {
		req.Action = t.service + ":Any"
		if t.service == "s3" {
			req.Resource = t.arn // a bucket's tags may not count
		}
	}
	d := s.ask(w).Evaluate(req)
	out = truthOf(d.Outcome == policy.Allowed && d.Must, d.Outcome == policy.Allowed)
	s.mu.Lock()
	s.remembers[k] = out
	s.mu.Unlock()
	return out
}

// own is the statement as the actor has it: with its variables filled in; nil where one of them is absent, so
// that the statement cannot match ("IAM policy elements: Variables and tags").
func (a *actor) own(w *world, s *statement) *statement {
	if !s.dynamic {
		return s
	}
	var resources []string
	perhaps := false
	for _, r := range s.from.Resources {
		if s.doc.Version != "2012-10-17" {
			resources = append(resources, plain(r))
			continue
		}
		at, _ := resourcePart(r)
		if filled, ok := a.fill(r[at:]); ok {
			resources = append(resources, plain(r[:at])+filled)
			perhaps = perhaps || s.from.NotResource && needsVariable(filled)
		} else if s.from.NotResource {
			return nil
		}
	}
	if len(resources) == 0 {
		return nil
	}
	key := strings.Join(resources, "\x00")
	s.mu.Lock()
	defer s.mu.Unlock()
	if f, ok := s.filled[key]; ok {
		return f
	}
	from := *s.from
	from.Resources = resources
	f := &statement{from: &from, doc: s.doc, index: s.index, deny: s.deny, keys: s.keys, ofTarget: s.ofTarget, perhaps: perhaps, remembers: map[string]truth{}}
	f.place(w)
	if s.filled == nil {
		s.filled = map[string]*statement{}
	}
	s.filled[key] = f
	return f
}

// fill replaces the policy variables of a pattern; those that are not known stay, and match perhaps.
func (a *actor) fill(s string) (string, bool) {
	var b strings.Builder
	for {
		i := strings.Index(s, "${")
		if i < 0 {
			b.WriteString(s)
			return b.String(), true
		}
		end := strings.IndexByte(s[i:], '}')
		if end < 0 {
			b.WriteString(s)
			return b.String(), true
		}
		b.WriteString(s[:i])
		token := s[i : i+end+1]
		s = s[i+end+1:]
		name, fallback, hasFallback := strings.Cut(token[2:len(token)-1], ",")
		if !strings.Contains(name, ":") {
			b.WriteString(token)
			continue
		}
		values, known := a.value(strings.ToLower(strings.TrimSpace(name)))
		switch {
		case len(values) == 1:
			b.WriteString(literal(values[0]))
		case len(values) == 0 && known && hasFallback:
			b.WriteString(literal(strings.Trim(strings.TrimSpace(fallback), `'"`)))
		case known:
			return "", false
		default:
			b.WriteString(token)
		}
	}
}

// plain escapes what would be variables: before Version 2012-10-17, and outside of an ARN's resource portion, they are plain
// text ("IAM policy elements: Variables and tags"). Unknowns of the template stay.
func plain(s string) string {
	var b strings.Builder
	for {
		i := strings.Index(s, "${")
		if i < 0 {
			b.WriteString(s)
			return b.String()
		}
		b.WriteString(s[:i])
		s = s[i:]
		end := strings.IndexByte(s, '}') + 1
		if token := s[:end]; end > 0 && len(variablesOf(token)) == 0 && !escaped(token) {
			b.WriteString(token) // an unknown
			s = s[end:]
			continue
		}
		b.WriteString("${$}")
		s = s[1:]
	}
}

// literal escapes wildcards, which in a variable's value are plain characters.
func literal(s string) string {
	if !strings.ContainsAny(s, "*?") {
		return s
	}
	return wildcards.Replace(s)
}

var wildcards = strings.NewReplacer("*", "${*}", "?", "${?}")

// layers is the actor's policies as the evaluator takes them.
func (a *actor) layers() *policy.Stack {
	a.once.Do(func() {
		var boundary *policy.Program
		if a.limit != nil {
			boundary = a.boundary.program()
		}
		identity := make([]*policy.Program, len(a.identity))
		for i, d := range a.identity {
			identity[i] = d.program()
		}
		a.stack = a.stackOf(policy.Join(identity...), boundary)
		if a.outside != nil {
			a.stack = a.outside.on(a, a.account)
		}
	})
	return a.stack
}

// stackOf is what the actor's policies would be with others in the place of its own, on resources of its account.
func (a *actor) stackOf(identity, boundary *policy.Program) *policy.Stack {
	s := &policy.Stack{Identity: identity, Boundary: boundary}
	a.guards.put(s)
	return s
}

// program compiles documents; what cannot be compiled allows nothing.
func program(docs ...*policy.Document) *policy.Program {
	p, err := policy.Compile(nil, docs...)
	if err != nil {
		return nil
	}
	return p
}

// newActors makes the actors of a design and tells which one each node is.
func (an *Analysis) newActors(d *model.Design) {
	w := an.world
	an.actorOf = make([]int32, len(an.nodes))
	byRole := map[string]int32{}
	add := func(a *actor, tags map[string]string) int32 {
		a.index = int32(len(an.actors))
		a.account = cmp.Or(accountOf(a.arn), w.account)
		if a.outside != nil {
			a.account = a.outside.account
		}
		if a.outside != nil {
			a.context, a.absent = a.outside.context()
		} else {
			a.newContext(w, tags, an.keys)
		}
		an.actors = append(an.actors, a)
		return a.index
	}
	seen := func(a *actor, by model.ID, ids ...model.ID) {
		for _, id := range ids {
			if p := d.Policy(id); p != nil && p.Document != nil {
				a.ids, a.by, a.documents = append(a.ids, id), append(a.by, by), append(a.documents, p.Document)
			} else {
				a.unseen = true
			}
		}
	}
	bound := func(a *actor, id model.ID) {
		if p := d.Policy(id); p != nil {
			a.boundaryID, a.limit = id, p.Document
		}
		a.unlimited = id != "" && a.limit == nil
	}
	role := func(r *model.Role) *actor {
		a := &actor{profile: profile{id: r.ID, sort: isRole, arn: r.ARN, unique: r.UniqueID, self: w.target(r.ID), unseen: r.External}}
		a.linked, a.attached = r.ServiceLinked, r.Attached
		seen(a, r.ID, r.Policies...)
		bound(a, r.Boundary)
		a.served = isServed(r.Trust)
		return a
	}
	for i, n := range an.nodes {
		switch n.sort {
		case isFunction:
			f := d.Function(n.id)
			r := d.Role(f.Role)
			key := cmp.Or(string(f.Role), f.RoleARN)
			if an.perLambda {
				key = "lambda " + key
			}
			own := an.perFunction || f.Role == "" && f.RoleARN == "" || len(an.held[f.ID]) > 0
			if at, ok := byRole[key]; ok && !own {
				an.actorOf[i] = at
				continue
			}
			var a *actor
			var tags map[string]string
			if r != nil {
				a, tags = role(r), r.Tags
			} else {
				a = &actor{profile: profile{id: n.id, sort: isRole, arn: f.RoleARN, self: -1, unseen: true}}
			}
			a.lambda = an.perLambda || own
			if own {
				a.id, a.sort, a.function = f.ID, isFunction, f
				if name := a.arn[strings.LastIndexByte(a.arn, '/')+1:]; name != "" {
					a.session = "arn:" + w.partition + ":sts::" + accountOf(a.arn) + ":assumed-role/" + name + "/" + f.Name
				}
			}
			at := add(a, tags)
			if !own {
				byRole[key] = at
			}
			an.actorOf[i] = at
		case isRole:
			r := d.Role(n.id)
			if at, ok := byRole[string(n.id)]; ok {
				an.actorOf[i] = at
				continue
			}
			an.actorOf[i] = add(role(r), r.Tags)
		case isUser, isGroup:
			p := d.Principal(n.id)
			a := &actor{profile: profile{id: p.ID, sort: n.sort, arn: p.ARN, unique: p.UniqueID, self: w.target(p.ID)}}
			if n.sort == isGroup {
				// A group makes no requests; whoever is in it does.
				a.arn = strings.Replace(p.ARN, ":group/", ":user/"+anyName+"/", 1)
			}
			seen(a, p.ID, p.Policies...)
			for _, g := range p.Groups {
				if group := d.Principal(g); group != nil {
					seen(a, group.ID, group.Policies...)
				} else {
					a.unseen = true
				}
			}
			bound(a, p.Boundary)
			an.actorOf[i] = add(a, p.Tags)
		case isStranger:
			s := an.strangers[n.id]
			an.actorOf[i] = add(&actor{profile: profile{id: n.id, sort: isStranger, arn: s.principal, session: s.caller, self: -1, outside: s, unseen: s.resident}}, nil)
		case isResource, isPolicy, isImplied:
		}
	}
}

// accountOf is the account in an ARN, "" if there is none.
func accountOf(arn string) string {
	if parts := strings.SplitN(arn, ":", 6); len(parts) == 6 {
		return parts[4]
	}
	return ""
}

// foreign is the account in an ARN where it is another one than own, "" otherwise. What AWS owns in every account
// ("arn:aws:iam::aws:policy/…") is not.
func foreign(arn, own string) string {
	a := accountOf(arn)
	if len(a) != 12 || strings.Trim(a, "0123456789") != "" || a == own {
		return ""
	}
	return a
}

// target is the index of an element, -1 if it is none.
func (w *world) target(id model.ID) int32 {
	if t, ok := w.byID[id]; ok {
		return t
	}
	return -1
}
