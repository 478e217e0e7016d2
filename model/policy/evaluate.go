package policy

import (
	"strings"
	"sync"
)

// Context holds the condition keys of a request, lower-case, each with one or more values.
type Context map[string][]string

// A Request is one call to AWS.
type Request struct {
	Principal       string // ARN of user, role or session; service principal; OIDC provider ARN; "anonymous"
	Action          string
	Resource        string // ARN, or "*" where the action takes none
	ResourceAccount string // account that owns the resource; "" : the one in the ARN, else the principal's
	Context         Context
	// Over are keys that overrule those in Context: of requests that differ in a few, the rest is written once.
	Over Context
	// Open: keys that Context lacks are unknown, not absent. A condition on one holds in an Allow and fails in
	// a Deny for Decision.Outcome (an upper bound), each listed in Decision.Assumed; Decision.Must tells whether
	// the request is allowed whatever they are.
	Open bool
	// Anytime: an Open request may also have been made long ago. Else it is made after 2025, so that what a policy
	// allows until a day before is refused.
	Anytime bool
	// Absent are keys, lower-case, that the request is known to lack, also where they would follow from its
	// principal or resource.
	Absent []string
	// Resource policy of Resource (bucket, key, queue, function policy; for sts:AssumeRole* the trust policy).
	ResourcePolicy *Program
	// PolicyUnseen: the resource has, or may have, a policy that was not read. Where one must allow, it perhaps
	// does; it may also deny, so the decision is never a must.
	PolicyUnseen bool
	S3           S3Settings
}

// S3Settings are the switches of an S3 bucket.
type S3Settings struct {
	// BlockPublicAccess: IgnorePublicAcls and RestrictPublicBuckets are on.
	BlockPublicAccess bool
	// ABAC says whether the bucket's tags count in decisions. Unset, they do not, which is S3's default; in an
	// Open request they perhaps do.
	ABAC Switch
}

// Switch is a setting that may not be known.
type Switch uint8

// The positions of a Switch.
const (
	Unset Switch = iota
	On
	Off
)

// Outcome is what AWS answers.
type Outcome uint8

// The outcomes.
const (
	ImplicitDeny Outcome = iota
	ExplicitDeny
	Allowed
)

// String is the word used in JSON: implicitDeny, explicitDeny, allowed.
func (o Outcome) String() string { return [...]string{"implicitDeny", "explicitDeny", "allowed"}[o] }

// Layer names a kind of policy in an evaluation.
type Layer string

// The layers.
const (
	LayerIdentity Layer = "identity"
	LayerResource Layer = "resource"
	LayerBoundary Layer = "boundary"
	LayerSession  Layer = "session"
	LayerSCP      Layer = "scp"
	LayerRCP      Layer = "rcp"
	LayerEndpoint Layer = "endpoint"

	// LayerPublicAccess is S3's Block Public Access, which denies without a statement: in Decision.Lacking alone.
	LayerPublicAccess Layer = "blockPublicAccess"
)

// A Reason is a statement that decided.
type Reason struct {
	Layer     Layer
	Policy    int // index of the document within its layer, counted over all its levels
	Statement int // index within the document
	Document  *Document
	From      *Statement
	Sure      bool // it applies whatever the unknowns
}

// A Decision is the answer to a Request.
type Decision struct {
	Outcome Outcome
	Must    bool     // allowed whatever the unknowns; false where Outcome is not Allowed
	Reasons []Reason // all statements that allow, or that deny
	// Assumed is what an Allowed that is no Must takes, no doubles: conditions on keys that an Open request does
	// not tell, those of denials negated. An unknown in a statement's own words gives a Condition with operator
	// "Matches" and key Action, Resource or Principal; a policy that was not read, "Allows" and "ResourcePolicy".
	Assumed []Condition
	// Lacking lists the layers without which the request is not allowed and that do not allow it.
	Lacking []Layer
}

// A Stack is all layers of one principal. Nil layers are not there: they limit nothing.
type Stack struct {
	Identity, Boundary, Session *Program
	SCPs, RCPs                  [][]*Program // levels, root first
	Endpoint                    *Program
	ManagementAccount           bool // SCPs do not bind
	// Principal is the ARN of the user, role or session whose layers these are, where it is known: Grants then tell by it whom
	// an endpoint policy names. A Request brings its own.
	Principal string
}

// Evaluate decides one request, as in "Policy evaluation logic" of the IAM User Guide.
func (s *Stack) Evaluate(req Request) Decision {
	var d Decision
	s.EvaluateInto(&req, &d)
	return d
}

// EvaluateInto is Evaluate into a Decision whose slices are used again.
func (s *Stack) EvaluateInto(req *Request, d *Decision) {
	d.Outcome, d.Must = ImplicitDeny, false
	d.Reasons, d.Assumed, d.Lacking = d.Reasons[:0], d.Assumed[:0], d.Lacking[:0]
	e := evaluations.Get().(*evaluation)
	e.stack, e.req = s, req
	e.matches, e.deny, e.blocked = e.matches[:0], no, false
	e.prepare()
	e.decide(d)
	// What is kept must not keep a program or a request in memory.
	clear(e.matches)
	clear(e.opens[:cap(e.opens)])
	e.stack, e.req, e.view.req, e.witness = nil, nil, nil, nil
	evaluations.Put(e)
}

// evaluations keeps the memory of those that are done.
var evaluations = sync.Pool{New: func() any { return new(evaluation) }}

// A match is a statement that applies to the request, surely or perhaps.
type match struct {
	statement *statement
	layer     Layer
	policy    int
	applies   tri
	bond      bond
}

type evaluation struct {
	stack    *Stack
	req      *Request
	view     view
	resource subject
	arn      [6]string // of the resource
	isARN    bool
	action   subject
	service  string // lower-case
	matches  []match
	opens    []Condition // memory of assume
	witness  *view       // what assume has to be true of; nil for nothing
	deny     tri
	blocked  bool // by S3's Block Public Access
}

func (e *evaluation) prepare() {
	req := e.req
	e.view.req = req
	if e.view.caller.asked != req.Principal || req.Principal == "" {
		// Requests of one principal follow each other; the pool's memory remembers the last.
		e.view.caller = parseCaller(req.Principal)
	}
	e.resource = subjectOf(req.Resource)
	e.arn, e.isARN = splitARN(req.Resource)
	e.action = subjectOf(req.Action)
	e.service, _, _ = strings.Cut(req.Action, ":")
	e.service = lowerASCII(e.service)
	e.view.resource = e.resourceAccount()
	e.view.tags = present
	if req.S3.ABAC != On && e.service == "s3" && e.isARN && e.arn[2] == "s3" && e.arn[3] == "" && e.arn[4] == "" {
		// "By default, ABAC is disabled for all Amazon S3 general purpose buckets" (Enabling ABAC).
		e.view.tags = absent
		if req.S3.ABAC == Unset && req.Open {
			e.view.tags = open
		}
	}
}

// resourceAccount is the account of the resource: as told, else from its ARN, else the caller's own.
func (e *evaluation) resourceAccount() string {
	switch {
	case e.req.ResourceAccount != "":
		return e.req.ResourceAccount
	case e.isARN && isAccountID(e.arn[4]):
		return e.arn[4]
	}
	return e.view.caller.account
}

func (e *evaluation) is(action string) bool { return strings.EqualFold(e.req.Action, action) }

// run collects the statements of a program that apply, and tells whether one allows.
func (e *evaluation) run(layer Layer, p *Program, offset int) (allow tri) {
	if p == nil {
		return no
	}
	named, others := p.byService[e.service], p.anyService
	for len(named)+len(others) > 0 {
		var s *statement
		if len(others) == 0 || len(named) > 0 && named[0].order < others[0].order {
			s, named = named[0], named[1:]
		} else {
			s, others = others[0], others[1:]
		}
		t, b := e.applies(s, layer)
		if t == no {
			continue
		}
		e.matches = append(e.matches, match{s, layer, offset + s.policy, t, b})
		if s.effect == Deny {
			e.deny = max(e.deny, t)
		} else {
			allow = max(allow, t)
		}
	}
	return allow
}

// levels runs SCPs or RCPs, and tells whether every level allows.
func (e *evaluation) levels(layer Layer, levels [][]*Program) (allow tri) {
	allow = yes
	offset := 0
	for _, level := range levels {
		a := no
		for _, p := range level {
			a = max(a, e.run(layer, p, offset))
			if p != nil {
				offset += len(p.documents)
			}
		}
		allow = min(allow, a)
	}
	return allow
}

func (e *evaluation) applies(s *statement, layer Layer) (tri, bond) {
	t := e.matchActions(s)
	if t == no {
		return no, bondNone
	}
	b := bondSelf
	if layer == LayerResource || layer == LayerRCP || layer == LayerEndpoint {
		var tp tri
		b, tp = e.matchPrincipals(s, layer)
		if t = min(t, tp); t == no {
			return no, bondNone
		}
	}
	if t = min(t, e.matchResources(s, layer)); t == no {
		return no, bondNone
	}
	for i := range s.conditions {
		tc, broken := s.conditions[i].eval(&e.view)
		if broken {
			return no, bondNone
		}
		if t = min(t, tc); t == no {
			return no, bondNone
		}
	}
	return t, b
}

func (e *evaluation) matchActions(s *statement) tri {
	t := no
	for i := range s.actions {
		p := &s.actions[i]
		if p.shape != shapeSymbols && e.action.symbols == nil {
			if p.matchText(e.action.text) {
				t = yes
				break
			}
		} else if t = max(t, p.match(&e.action)); t == yes {
			break
		}
	}
	if s.notAction {
		t = t.not()
	}
	return t
}

func (e *evaluation) matchResources(s *statement, layer Layer) tri {
	if s.noResource {
		// A trust policy's resource is its role; elsewhere IAM asks for a Resource.
		return triOf(layer == LayerResource, false)
	}
	t, most := no, yes
	for i := range s.resources {
		p := &s.resources[i]
		if p.shape != shapeSymbols && e.resource.symbols == nil {
			if p.matchText(e.resource.text) {
				t = yes
				break
			}
			continue
		}
		if p.variables {
			one, how := p.matchFilled(&e.resource, &e.view)
			switch {
			case how == compared:
				t = max(t, one)
			case how == openVariable:
				t, most = max(t, one), maybe
			case s.notResource:
				return no
			}
		} else {
			t = max(t, p.match(&e.resource))
		}
		if t == yes {
			break
		}
	}
	if layer == LayerResource && s.short != nil {
		t = max(t, e.matchShort(s.short))
	}
	if s.notResource {
		// Without the variable the statement would not apply.
		t = min(t.not(), most)
	}
	return t
}

// shortAPI is how an entry of Resource begins in the short form that an API's own policy may have: "execute-api:/stage/GET/pets"
// is of the API whose policy it is ("API Gateway resource policy examples").
const shortAPI = "execute-api:/"

// matchShort matches what of the request's resource is within its API.
func (e *evaluation) matchShort(patterns []pattern) tri {
	if !e.isARN || e.arn[2] != "execute-api" {
		return no
	}
	_, within, ok := strings.Cut(e.arn[5], "/")
	if !ok {
		return no
	}
	resource, t := subjectOf(shortAPI+within), no
	for i := range patterns {
		if p := &patterns[i]; p.variables {
			if one, how := p.matchFilled(&resource, &e.view); how == compared || how == openVariable {
				t = max(t, one)
			}
		} else {
			t = max(t, p.match(&resource))
		}
	}
	return t
}

// matchPrincipals reports whether a statement is about the caller, and how directly it names it.
func (e *evaluation) matchPrincipals(s *statement, layer Layer) (bond, tri) {
	c := &e.view.caller
	if s.principals == nil {
		return bondSelf, triOf(layer != LayerResource, false)
	}
	best, how := no, bondNone
	if !s.from.NotPrincipal {
		for i := range s.principals {
			b, t := s.principals[i].match(c, &e.view)
			if t > best || t == best && b > how {
				best, how = t, b
			}
		}
		return how, best
	}
	// "The NotPrincipal element with a Deny effect will always deny any IAM principal that has a permissions
	// boundary policy attached" (Permissions boundaries for IAM entities).
	if s.effect == Deny && e.stack.Boundary != nil && c.isIAM() {
		return bondSelf, yes
	}
	for i := range s.principals {
		b, t := s.principals[i].match(c, &e.view)
		if b == bondAccount && s.effect == Deny {
			// The account stands beside its principals in such a list; alone, it spares its root user only.
			continue
		}
		best = max(best, t)
	}
	return bondSelf, best.not()
}

// decide runs all layers and joins them.
func (e *evaluation) decide(d *Decision) {
	c := &e.view.caller
	if e.free(d) {
		return
	}
	s := e.stack
	identity, limit, scp := no, yes, yes
	if c.isIAM() {
		if c.typ == typeRoot {
			// "with the exception of the AWS account root user, which has full access"; but "you cannot call AssumeRole
			// by using AWS account root user credentials" (STS API Reference).
			identity = triOf(!e.is("sts:AssumeRole"), false)
		} else {
			identity = e.run(LayerIdentity, s.Identity, 0)
			if s.Boundary != nil {
				b := e.run(LayerBoundary, s.Boundary, 0)
				d.lack(LayerBoundary, b)
				limit = min(limit, b)
			}
			if s.Session != nil {
				b := e.run(LayerSession, s.Session, 0)
				d.lack(LayerSession, b)
				limit = min(limit, b)
			}
		}
		// SCPs do not bind service-linked roles or the management account ("Service control policies").
		if !c.linked && !s.ManagementAccount {
			scp = e.levels(LayerSCP, s.SCPs)
			d.lack(LayerSCP, scp)
		}
	}
	if e.rcpBinds() {
		// RCPFullAWSAccess is at every level, so an RCP can only deny.
		e.levels(LayerRCP, s.RCPs)
	}
	endpoint := yes
	if s.Endpoint != nil {
		endpoint = e.run(LayerEndpoint, s.Endpoint, 0)
		d.lack(LayerEndpoint, endpoint)
	}
	byBond := e.resourcePolicy()
	allowed := e.join(d, identity, limit, byBond)
	if c.typ == typeRoot {
		allowed = min(allowed, identity)
	}
	allowed = min(allowed, scp, endpoint)
	if e.service == "sts" && e.isTemporary() {
		allowed = no
		d.lack(LayerIdentity, allowed)
	}
	e.conclude(d, allowed)
}

// isTemporary reports a call that the credentials of a session cannot make ("Compare AWS STS credentials", restrictions on
// resulting temporary credentials).
func (e *evaluation) isTemporary() bool {
	switch e.view.caller.typ {
	case typeRole, typeSession:
		return e.is("sts:GetFederationToken") || e.is("sts:GetSessionToken")
	case typeFederated:
		return true // all but sts:GetCallerIdentity, which free answers
	case typeUnknown, typeUser, typeRoot, typeService, typeProvider, typeAnonymous:
	}
	return false
}

// lack notes a layer that does not allow.
func (d *Decision) lack(layer Layer, t tri) {
	if t == no {
		d.Lacking = append(d.Lacking, layer)
	}
}

// free answers the calls that no policy decides.
func (e *evaluation) free(d *Decision) bool {
	c := &e.view.caller
	switch {
	case !c.isIAM() || e.service != "sts":
	case e.is("sts:GetCallerIdentity"):
		// "No permissions are required to perform this operation", even with an explicit deny (STS API Reference).
		d.Outcome, d.Must = Allowed, true
		return true
	case (c.typ == typeUser || c.typ == typeRoot) && e.is("sts:GetSessionToken"):
		// "You cannot use policies to control authentication operations" (Permissions for GetSessionToken).
		d.Outcome, d.Must = Allowed, true
		return true
	}
	return false
}

// resourcePolicy runs the resource's policy, and tells for each bond whether it allows.
func (e *evaluation) resourcePolicy() (byBond [bonds]tri) {
	p := e.req.ResourcePolicy
	if e.service == "iam" {
		p = nil // a role's trust policy is asked by STS alone
	}
	from := len(e.matches)
	e.run(LayerResource, p, 0)
	for _, m := range e.matches[from:] {
		if m.statement.effect == Allow {
			byBond[m.bond] = max(byBond[m.bond], m.applies)
		}
	}
	e.blocked = p != nil && e.blockedAsPublic(p)
	if e.req.PolicyUnseen {
		for b := bondAccount; b < bonds; b++ {
			byBond[b] = max(byBond[b], maybe)
		}
		e.deny = max(e.deny, maybe)
	}
	return byBond
}

// join brings identity and resource policies together.
func (e *evaluation) join(d *Decision, identity, limit tri, byBond [bonds]tri) tri {
	c := &e.view.caller
	anyBond := max(byBond[bondAccount], byBond[bondRole], byBond[bondSelf])
	if !c.isIAM() {
		d.lack(LayerResource, anyBond)
		return anyBond
	}
	granted := min(identity, limit)
	if c.account != e.view.resource {
		if e.is("iam:PassRole") {
			// "You cannot pass a role from one account to another" (Granting a user permissions to pass a role).
			d.lack(LayerResource, no)
			return no
		}
		d.lack(LayerIdentity, identity)
		d.lack(LayerResource, anyBond)
		return min(granted, anyBond)
	}
	// Who is named directly needs no more; a role's session stays within boundary and session policy
	// ("Resource-based policies and implicit denies in other policy types").
	direct := max(byBond[bondSelf], min(byBond[bondRole], limit))
	if e.mustBeNamed() {
		d.lack(LayerResource, anyBond)
		if direct == no {
			d.lack(LayerIdentity, identity)
		}
		return max(direct, min(granted, anyBond))
	}
	if direct == no {
		d.lack(LayerIdentity, identity)
	}
	return max(direct, granted)
}

// mustBeNamed reports whether the resource's policy has to allow even within the account: "IAM role trust
// policies and KMS key policies are exceptions to this logic" (Policy evaluation logic). An alias has no policy of its
// own: the permission on it is given in an IAM policy, that on its key in the key's ("Controlling access to aliases").
func (e *evaluation) mustBeNamed() bool {
	switch {
	case !e.isARN:
	case e.service == "kms":
		return e.arn[2] == "kms" && strings.HasPrefix(e.arn[5], "key/")
	case e.service == "sts":
		return e.arn[2] == "iam" && strings.HasPrefix(e.arn[5], "role/")
	}
	return false
}

// conclude writes the outcome, its statements and what it takes.
func (e *evaluation) conclude(d *Decision, allowed tri) {
	want := Allow
	switch {
	case e.deny == yes:
		d.Outcome, want = ExplicitDeny, Deny
	case allowed == no:
		d.Outcome = ImplicitDeny
		return
	case e.blocked:
		d.Outcome = ExplicitDeny
		d.Lacking = append(d.Lacking[:0], LayerPublicAccess)
		return
	default:
		d.Outcome = Allowed
		d.Must = allowed == yes && e.deny == no
	}
	d.Lacking = d.Lacking[:0]
	for i := range e.matches {
		m := &e.matches[i]
		if m.statement.effect == want && (want == Allow || m.applies == yes) {
			d.Reasons = append(d.Reasons, Reason{m.layer, m.policy, m.statement.index, m.statement.document, m.statement.from, m.applies == yes})
		}
	}
	if d.Outcome == Allowed && !d.Must {
		e.assume(d)
	}
}
